"""What an ensemble kept of its members: Parquet, one file a table and member, read in pieces."""

from __future__ import annotations

import shutil
import weakref
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

import pandas as pd

from scrapflow.ledger.tables import HandedOut, RunTables
from scrapflow.queries.stores import grade_mix
from scrapflow.studies.keeping import Keeper
from scrapflow.units import CRS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd

    from scrapflow.runs import Run

TABLES = ("movements", "stocks", "link_loads", "accounts")
"""What is kept of each member, for its users."""
_INNER = ("paths", "links")
"""What members have beyond the central run."""


class Kept:
    """Tables of all members of an ensemble, each with a leading column ``member``. Made by :func:`scrapflow.ensemble`.

    What a member does not have, such as a load on a link, has no row: it is zero.

    Parameters
    ----------
    central
        The run around which the members are drawn.
    folder
        Where they are written; a temporary one, which goes when nothing uses it any more, if not given.

    Examples
    --------
    >>> import scrapflow as sf
    >>> kept = sf.ensemble(sf.read_world("toy"), n=3, keep="flows", processes=1).kept
    >>> kept.link_loads.columns.tolist()
    ['member', 'period', 'link_id', 'tonnage_t']
    """

    def __init__(self, central: Run, folder: Path | None = None) -> None:
        self._central = central
        self.folder = folder or Path(mkdtemp(prefix="scrapflow-"))
        if folder is None:
            weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        for name in (*TABLES, *_INNER):
            (self.folder / name).mkdir(parents=True, exist_ok=True)

    @property
    def keeper(self) -> Keeper:
        """What writes the members."""
        return Keeper.beside(self._central, self.folder)

    def files(self, name: str) -> list[Path]:
        """Return the Parquet files of a table, one a member, in their order."""
        return sorted((self.folder / name).glob("*.parquet"))

    def pieces(self, name: str) -> Iterator[pd.DataFrame]:
        """Give the rows of one member after the other."""
        import pyarrow.parquet as pq

        for file in self.files(name):
            yield _plain(pq.ParquetFile(file).read()).to_pandas()

    @property
    def movements(self) -> pd.DataFrame:
        """``member`` and the columns of ``run.movements`` but the path, all members at once."""
        return self._frame("movements").drop(columns="path_id")

    @property
    def stocks(self) -> pd.DataFrame:
        """``member`` and the columns of ``run.stocks``: yards, mills and what left the world."""
        return self._frame("stocks")

    @property
    def link_loads(self) -> pd.DataFrame:
        """``member, period, link_id, tonnage_t``: both directions together; no row for a link that carried nothing."""
        return self._frame("link_loads")

    @property
    def accounts(self) -> pd.DataFrame:
        """``member`` and the columns of ``run.accounts``."""
        return self._frame("accounts")

    def run(self) -> RunTables:
        """Return the places, links and paths of all members with their movements in place of a run's, for queries."""
        central = self._central.tables
        paths = pd.concat([central["paths"], self._frame("paths").drop(columns="member")], ignore_index=True)
        drawn = _drawn(self._frame("links")).drop(columns="member").drop_duplicates("link_id")
        links = pd.concat([central["links"], drawn], ignore_index=True)
        tables = {name: central[name] for name in central if name not in TABLES}
        return RunTables(
            _MemberTables({**tables, "paths": paths.drop_duplicates(["path_id", "seq"]), "links": links}, self),
            self._central.meta,
            self._central.basemap,
        )

    def member(self, number: int) -> Run:
        """Return a member as a run: its movements, yard stocks, paths and links, beside the places of the central run."""
        from scrapflow.runs import Run

        central = self._central.tables
        of_member = {name: self._of(name, number) for name in (*TABLES, *_INNER)}
        own = {name: of_member[name].drop(columns="member") for name in ("movements", "stocks", "accounts")}
        more = {"paths": of_member["paths"], "links": _drawn(of_member["links"])}
        joined = {n: pd.concat([central[n], f.drop(columns="member")], ignore_index=True) for n, f in more.items()}
        kept_of_all = {name: central[name] for name in central if name not in TABLES}
        return Run({**kept_of_all, **own, **joined}, self._central.meta, self._central.basemap)

    def grade_mix(self, _: RunTables) -> pd.DataFrame:
        """Return the grades of what left the yards of each member; see :func:`scrapflow.queries.stores.grade_mix`."""
        places = {name: self._central.tables[name] for name in ("nodes", "periods", "materials")}
        parts = []
        for movements, stocks in zip(self.pieces("movements"), self.pieces("stocks"), strict=True):
            member = RunTables({**places, "movements": movements, "stocks": stocks}, self._central.meta)
            parts.append(grade_mix(member).assign(member=movements["member"].iloc[0] if len(movements) else -1))
        return pd.concat(parts, ignore_index=True)

    def _of(self, name: str, number: int) -> pd.DataFrame:
        """Return a table of one member; empty if it wrote none."""
        import pyarrow.parquet as pq

        file = self.folder / name / f"{number:06d}.parquet"
        return _plain(pq.ParquetFile(file).read()).to_pandas() if file.exists() else self._blank(name)

    def _blank(self, name: str) -> pd.DataFrame:
        return pd.DataFrame({"member": pd.Series(dtype="int32")}).join(self._central.tables[name].iloc[:0])

    def _frame(self, name: str) -> pd.DataFrame:
        import pyarrow as pa
        import pyarrow.parquet as pq

        files = self.files(name)
        if not files:
            return self._blank(name)
        tables = [_plain(pq.ParquetFile(f).read()) for f in files]
        frame: pd.DataFrame = pa.concat_tables(tables, promote_options="permissive").to_pandas()
        return frame


class _MemberTables(HandedOut):
    """Tables for queries over members: their movements stay on disk."""

    def __init__(self, tables: dict[str, pd.DataFrame], kept: Kept) -> None:
        super().__init__(tables)
        self._members = kept

    def files(self, name: str) -> list[Path]:
        """Return the files of a table that stays on disk."""
        return self._members.files(name) if name == "movements" else []


def _drawn(links: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return links of members with their courses."""
    import geopandas as gpd

    courses = gpd.GeoSeries.from_wkb(links["geometry"]) if links["geometry"].dtype == object else links["geometry"]
    return gpd.GeoDataFrame(links, geometry=gpd.GeoSeries(courses, crs=CRS))


def _plain(table: Any) -> Any:
    """Return a table whose coded text is text again, so that members with other words can be joined."""
    import pyarrow as pa

    fields = [pa.field(f.name, pa.string()) if pa.types.is_dictionary(f.type) else f for f in table.schema]
    return table.cast(pa.schema(fields))
