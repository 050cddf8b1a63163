"""The engine behind every query: DuckDB, over frames in memory and over Parquet on disk alike.

DuckDB was chosen over polars because importing it costs a tenth of what polars costs, it reads several Parquet files as
one table and skips the row groups a filter rules out, it spills to disk under a memory limit, and one SQL text serves
both cases. ``docs/performance.md`` holds the measurements. It is imported with the first query, not before.
"""

from __future__ import annotations

import re
import secrets
import tempfile
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import pandas as pd

from scrapflow.errors import InputError, problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import duckdb

MEMORY_LIMIT = "2GB"
"""Most memory a query may take before it spills to a temporary folder; a saved run of any size stays within it."""
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": MEMORY_LIMIT,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
_LARGE = ("movements", "paths")
_MONTH_SEASON = {
    12: "winter",
    1: "winter",
    2: "winter",
    3: "spring",
    4: "spring",
    5: "spring",
    6: "summer",
    7: "summer",
}
_MONTH_SEASON |= {8: "summer", 9: "autumn", 10: "autumn", 11: "autumn"}


class Engine:
    """SQL over the tables of one run.

    Parameters
    ----------
    tables
        The tables by name. A mapping with a method ``files(name)`` names the Parquet files of a table, which are then
        read in place, and has a method ``require_same()`` that refuses to go on once they are others; other tables are
        taken from memory without a copy of their text.
    """

    def __init__(self, tables: Mapping[str, pd.DataFrame]) -> None:
        self._tables = tables
        self._lock = Lock()
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._known: set[str] = set()

    def __getstate__(self) -> dict[str, Any]:
        """Leave the connection behind: it belongs to one process and opens again with the next query."""
        return {"_tables": self._tables}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["_tables"])  # type: ignore[misc]

    def frame(self, sql: str, parameters: Sequence[Any] = (), *, uses: Iterable[str]) -> pd.DataFrame:
        """Run a query and return its rows.

        Parameters
        ----------
        sql
            One statement, with ``?`` for each parameter.
        parameters
            Values for the question marks.
        uses
            Tables the statement reads, by name.

        Returns
        -------
        DataFrame
            With a RangeIndex; text as ``str``.

        Raises
        ------
        InputError
            If a value of the query does not fit the type of its column.
        """
        import duckdb

        require_same = getattr(self._tables, "require_same", _nothing)
        require_same()
        with self._lock:
            try:
                connection = self._ready(uses)
                # By way of Arrow: turning millions of texts into Python's costs more than the query itself.
                rows: pd.DataFrame = connection.sql(sql, params=list(parameters)).to_arrow_table().to_pandas()
            # Of the bare kind, too, where a file is replaced under the reader; DuckDB 1.3 has RuntimeError for a spoilt footer.
            except (duckdb.Error, RuntimeError) as error:
                require_same()
                message = str(error).splitlines()[0]
                raise InputError([problem("flows", "", "", message)], what="the query") from error
        require_same()  # the files may have been replaced while they were read
        return rows

    def sums(self, *columns: str, where: str = "TRUE", parameters: Sequence[Any] = ()) -> pd.DataFrame:
        """Add up the tonnes of the movements by some of their columns; return these and ``tonnage_t``, sorted by them.

        ``where`` is a condition in SQL with its parameters, of the movements that count.
        """
        sql = (
            f"SELECT {', '.join(columns)}, sum(tonnage_t) AS tonnage_t FROM movements"  # noqa: S608 - names of ours
            f" WHERE {where} GROUP BY ALL ORDER BY ALL"
        )
        return self.frame(sql, parameters, uses=["movements"])

    def _ready(self, uses: Iterable[str]) -> duckdb.DuckDBPyConnection:
        import duckdb

        if self._connection is None:
            # A folder of its own to spill to, which DuckDB makes and removes: it may write nowhere else.
            spill = Path(tempfile.gettempdir()) / f"scrapflow-{secrets.token_hex(8)}"
            self._connection = duckdb.connect(config=_CONFIG | {"temp_directory": str(spill)})
            self._lock_up(self._connection)
        for name in sorted(set(uses) - self._known):
            self._attach(self._connection, name)
            self._known.add(name)
        return self._connection

    def _lock_up(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Leave the engine nothing to reach but the files of its run, whatever a query says."""
        files = getattr(self._tables, "files", None)
        parents = {f.parent for name in _LARGE for f in files(name)} if files is not None else set()
        # A folder lets in all within it; DuckDB 1.3 refuses its files where a folder within it is named beside it.
        parents = {p for p in parents if parents.isdisjoint(p.parents)}
        folders = {str(p) for p in parents} | {_literal(p) for p in parents}
        connection.execute("SET allowed_directories = ?", [sorted(folders)])
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")

    def _attach(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        files = getattr(self._tables, "files", None)
        stored = files(name) if files is not None and name in _LARGE else []
        if stored:
            connection.read_parquet([_literal(f) for f in stored], hive_partitioning=False).create_view(name)
            return
        import pyarrow as pa

        frame = calendar(self._tables[name]) if name == "periods" else self._tables[name]
        plain = pd.DataFrame(frame[[c for c in frame.columns if c != "geometry"]])
        connection.register(name, pa.Table.from_pandas(plain, preserve_index=False))


def _nothing() -> None:
    """Require nothing of tables in memory: they are nobody else's."""


def _literal(file: Path) -> str:
    """Return a path that DuckDB does not take for a pattern: a folder may be called ``out [1]`` or ``a*``."""
    return re.sub(r"([*?\[])", r"[\1]", str(file))


def calendar(periods: pd.DataFrame) -> pd.DataFrame:
    """Add ``year``, ``quarter`` and ``season`` (of the month a period starts in, northern half of the Earth) to periods.

    Parameters
    ----------
    periods
        ``period, start, end``; the last two ISO dates, or "" where nobody says when it was.

    Examples
    --------
    >>> calendar(pd.DataFrame({"period": ["2015-03"], "start": ["2015-03-01"], "end": ["2015-03-31"]})).season.item()
    'spring'
    """
    start = periods["start"].astype(str)
    year, month = start.str.slice(0, 4), start.str.slice(5, 7)
    season = month.map(lambda month: _MONTH_SEASON[int(month)] if month else "").astype("str")
    quarter = (year + month.map(lambda month: f"-Q{(int(month) + 2) // 3}" if month else "")).astype("str")
    return periods.assign(year=year, quarter=quarter, season=season)
