"""A run on disk: Parquet that any tool reads as it is, and a manifest that says what it is and whether it is whole.

``movements`` is a folder with one file a period; every file holds all its columns, so that DuckDB, Dask, Spark and
Arrow read the folder as one table without being told anything. Places, links and regions are GeoParquet.
"""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

from scrapflow.errors import InputError, ScrapflowError, problem
from scrapflow.files import differing, folder_of, hashes, is_of_a_desktop, path_of, pipes, replacing
from scrapflow.ledger import balance
from scrapflow.ledger.consistency import contradictions
from scrapflow.ledger.engine import Engine
from scrapflow.ledger.manifest import MANIFEST, OWN, read_manifest, write_manifest
from scrapflow.ledger.table_rows import column_faults, unreadable, word_faults
from scrapflow.ledger.tables import KEYS, HandedOut, RunTables
from scrapflow.vocabulary import run_tables
from scrapflow.world.database import Field
from scrapflow.world.lineage import About, Resource, write_lineage

if TYPE_CHECKING:
    from os import PathLike
    from pathlib import Path

    import pandas as pd

    Stamp = tuple[int, int, int] | None

_log = logging.getLogger(__name__)
_BASEMAP = "basemap.json"
_ROWS_A_GROUP = 250_000
_SHOWN = 5
_TRIES = 20
"""So often a run is read again that was replaced while it was read."""
_TYPES = {
    "string": "string",
    "large_string": "string",
    "double": "number",
    "int64": "integer",
    "bool": "boolean",
    "binary": "geometry",
}
"""Types of Arrow in the words of ``run_tables.csv``."""


def save_run(run: RunTables, path: str | PathLike[str]) -> None:
    """Write a run to a folder: all of it or nothing.

    The same run gives the same bytes. A folder that holds an older run is replaced; any other folder with something in
    it is left alone.

    Parameters
    ----------
    run
        The run.
    path
        Folder to make.

    Raises
    ------
    InputError
        If the folder holds something that is no run.

    Examples
    --------
    >>> import tempfile, scrapflow as sf
    >>> run = sf.run(sf.read_world("toy"))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_run(run, f"{folder}/out")
    ...     sf.read_run(f"{folder}/out").movements.equals(run.movements)
    True
    """
    whole = folder_of(path, "the run", "; sf.export(run, 'xlsx', …) and the like write single files")
    with replacing(whole, own=lambda folder: folder.is_dir() and _is_run(folder), what="the run") as folder:
        folder.mkdir()
        _log.info("write %s to %s", run.name, path)
        _write(run, folder)


def read_tables(path: str | PathLike[str], *, check: bool = True) -> RunTables:
    """Read the tables of a saved run, without the façade; see :func:`scrapflow.read_run`."""
    # Tables are loaded later, from wherever the user has gone by then; and to Arrow a name that begins with ~ is a home.
    folder = path_of(path, "the run").absolute()
    for _ in range(_TRIES):
        stamp = _stamp(folder)
        try:
            return _read_once(folder, stamp, check=check)
        except (ScrapflowError, OSError, ValueError):  # Arrow's errors are of the last two kinds
            # Another process may have saved a run there meanwhile: what was read is then neither.
            if _stamp(folder) == stamp:
                raise
    raise _replaced(folder)


def _replaced(folder: Path) -> InputError:
    message = "another run was saved here after this one was read: read it again with sf.read_run"
    return InputError([problem(str(folder), "", "", message)], what="the run")


def _read_once(folder: Path, stamp: Stamp, *, check: bool) -> RunTables:
    manifest = read_manifest(folder, check=check)
    if faults := pipes(folder):
        raise InputError(faults, what="the run")
    if check:
        _compare_files(folder, manifest["files"])
    basemap = folder / _BASEMAP
    meta = {k: v for k, v in manifest.items() if k not in OWN}
    tables = StoredTables(folder, list(manifest["rows"]), stamp)
    run = RunTables(tables, meta, json.loads(basemap.read_text(encoding="utf-8")) if basemap.exists() else {})
    if check:
        _check_tables(folder, run, stamp)
    tables.require_same()
    return run


class StoredTables(HandedOut):
    """The tables of a saved run, each loaded once when it is first asked for.

    Parameters
    ----------
    folder
        Where they are.
    names
        Which there are.
    stamp
        What told the run from others when its manifest was read.
    """

    def __init__(self, folder: Path, names: list[str], stamp: Stamp) -> None:
        self._loaded: dict[str, pd.DataFrame] = {}
        super().__init__(self._loaded)
        self._folder = folder
        self._names = names
        self._stamp = stamp

    def require_same(self) -> None:
        """Refuse to go on if another run was saved to the folder meanwhile: its tables must not be mixed with ours."""
        if _stamp(self._folder) != self._stamp:
            raise _replaced(self._folder)

    def files(self, name: str) -> list[Path]:
        """Return the Parquet files of a table, in the order of its rows."""
        return sorted((self._folder / name).glob("*.parquet")) or [self._folder / f"{name}.parquet"]

    def count(self, name: str) -> int:
        """Return how many rows a table has, from the heads of its files."""
        import pyarrow.parquet as pq

        return sum(pq.read_metadata(file).num_rows for file in self.files(name) if file.exists())

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name in self._names and name not in self._loaded:
            self.require_same()
            try:
                frame = _read_table(self.files(name))
            except (OSError, ValueError) as error:  # Arrow's errors are of these kinds
                self.require_same()
                raise InputError([unreadable(name, error)], what="the run") from error
            self.require_same()
            self._loaded[name] = frame
        return super().__getitem__(name)


def _is_run(folder: Path) -> bool:
    """Tell whether a folder is a saved run and nothing else: its manifest names every file, but those of a desktop."""
    manifest = folder / MANIFEST
    if not manifest.is_file():
        return False
    try:
        known = json.loads(manifest.read_text(encoding="utf-8"))["files"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
    there = {f.relative_to(folder).as_posix() for f in folder.rglob("*") if f.is_file() and not is_of_a_desktop(f)}
    return there <= {*known, MANIFEST}


def _write(run: RunTables, folder: Path) -> None:
    rows: dict[str, int] = {}
    for name in (n for n in KEYS if n in run.tables):
        frame = run.tables[name]
        rows[name] = len(frame)
        if name == "movements":
            (folder / name).mkdir()
            of_period = dict(iter(frame.groupby("period", sort=False)))
            for period in run.periods["period"]:
                _write_table(of_period.get(period, frame.iloc[:0]), folder / name / f"{period}.parquet")
        else:
            _write_table(frame, folder / f"{name}.parquet")
    if run.basemap:
        text = json.dumps(run.basemap, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        (folder / _BASEMAP).write_text(text, encoding="utf-8")
    write_lineage(folder, _about(run), [_resource(run, name) for name in rows])
    write_manifest(folder, {**run.meta, "rows": rows, "files": _hashes(folder)})


def _about(run: RunTables) -> About:
    settings = {key: run.meta[key] for key in ("campaign", "mode", "seed", "case") if run.meta.get(key) is not None}
    return About(
        run.name,
        str(run.meta.get("title", "")),
        [{"name": label, "sha256": digest} for label, digest in sorted(run.meta.get("inputs", {}).items())],
        settings,
        str(run.meta.get("version", "")),
        run.sources["accessed"].fillna("").tolist() if "accessed" in run.sources else [],
    )


def _resource(run: RunTables, name: str) -> Resource:
    table, frame = run_tables()[name], run.tables[name]
    files = (
        tuple(f"movements/{p}.parquet" for p in run.periods["period"]) if name == "movements" else (f"{name}.parquet",)
    )
    fields = tuple(
        Field(c.name, c.type, f"{c.meaning} ({c.unit})" if c.unit else c.meaning)
        for c in table.columns.values()
        if c.name in frame
    )
    return Resource(name, table.meaning, files, fields, table.key)


def _write_table(frame: pd.DataFrame, path: Path) -> None:
    import geopandas as gpd
    import pyarrow as pa
    import pyarrow.parquet as pq

    if isinstance(frame, gpd.GeoDataFrame):
        frame.to_parquet(path, index=False, compression="zstd")
    else:
        table = pa.Table.from_pandas(frame, preserve_index=False)
        pq.write_table(table, path, compression="zstd", row_group_size=_ROWS_A_GROUP)


def _read_table(files: list[Path]) -> pd.DataFrame:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if b"geo" in (pq.read_schema(files[0]).metadata or {}):
        import geopandas as gpd

        found: pd.DataFrame = gpd.read_parquet(files[0])
        return found
    # File by file rather than as a folder: a folder's name must never be taken for a column.
    tables = [pq.ParquetFile(f).read() for f in files]
    table: pd.DataFrame = pa.concat_tables(tables).to_pandas()
    return table


def _hashes(folder: Path) -> dict[str, str]:
    return hashes(folder, besides=MANIFEST)


def _stamp(folder: Path) -> Stamp:
    """Return what changes when a run is saved to a folder: which file its manifest is, its size and its time."""
    try:
        about = (folder / MANIFEST).stat()
    except OSError:
        return None
    return about.st_ino, about.st_size, about.st_mtime_ns


def _compare_files(folder: Path, wanted: dict[str, str]) -> None:
    faults = differing(_hashes(folder), wanted, "run")
    if faults:
        raise InputError(faults, what="the run")


def _check_tables(folder: Path, run: RunTables, stamp: Stamp) -> None:
    """Check columns, words and balance without loading every movement: the engine adds them up first."""
    stored = StoredTables(folder, list(run.tables), stamp)
    faults = [fault for name in KEYS for fault in _column_faults(name, stored.files(name))]
    if faults:
        raise InputError(faults, what="the run")
    # Apart from the run's own tables, which stay unread until they are asked for.
    engine, apart = Engine(stored), RunTables(stored, run.meta)
    faults = [
        problem(name, str(row), key[0], "it stands there twice: what other tables refer to has one row")
        for name, key in KEYS.items()
        if len(key) == 1
        for row in apart.tables[name].loc[lambda t, key=key: t[key[0]].duplicated(), key[0]].head(_SHOWN)
    ]
    known = set(apart.nodes["node_id"])
    faults += [
        problem(MANIFEST, place, "allocation", "a share of it is fixed, and it is no place of the run")
        for place in run.meta.get("allocation", {})
        if place not in known
    ]
    if faults:
        raise InputError(faults, what="the run")
    words = engine.frame("SELECT DISTINCT kind, material, via FROM movements", uses=["movements"])
    faults = word_faults(words, apart.materials["material"])
    if faults:
        raise InputError(faults, what="the run")
    left, came = (
        engine.sums("period", end, "material").rename(columns={end: "node_id"}) for end in ("origin", "destination")
    )
    balance.check_sums(apart.stocks, left, came, apart.periods)
    faults = contradictions(apart, engine)
    if faults:
        raise InputError(faults, what="the run")


def _column_faults(name: str, files: list[Path]) -> list[dict[str, str]]:
    """Compare the columns of stored files with those of the table; a table that is not there is empty."""
    import pyarrow.parquet as pq

    faults: list[dict[str, str]] = []
    for file in (f for f in files if f.exists()):
        try:
            schema = pq.read_schema(file)
        except (OSError, ValueError) as error:  # Arrow's errors are of these kinds
            return [unreadable(name, error)]
        types = {field.name: _TYPES.get(str(field.type), str(field.type)) for field in schema}
        faults += column_faults(name, types, rows=pq.read_metadata(file).num_rows)
        if faults:
            break
    return faults
