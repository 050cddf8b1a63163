"""Reading a world: find it, read all of its tables, report all that is wrong at once."""

from __future__ import annotations

import logging
import re
import unicodedata
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from scrapflow.errors import InputError, UnknownNameError, near, problem
from scrapflow.files import path_of
from scrapflow.given import called
from scrapflow.world.csv_text import parse_csv
from scrapflow.world.database import Address, is_database
from scrapflow.world.found import Found, basemap_paths, is_inside
from scrapflow.world.make import assemble
from scrapflow.world.schema import TABLES

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from scrapflow.world.world import World


_log = logging.getLogger(__name__)
DEFAULT_WORLD = "dprk"
"""The embedded world that is read when none is named."""
_OTHER_KINDS = (
    ".xlsx",
    ".xls",
    ".ods",
    ".tsv",
    ".txt",
    ".json",
    ".geojson",
    ".shp",
    ".feather",
    ".gpkg",
    ".kml",
    ".dbf",
)
"""Files that hold tables, but not as a world does."""
_NO_TABLES = (
    ".md",
    ".rst",
    ".html",
    ".pdf",
    ".docx",
    ".py",
    ".ipynb",
    ".r",
    ".sql",
    ".toml",
    ".qml",
    ".qgz",
    ".png",
    ".svg",
)
"""Files that hold texts, programs or pictures of a table."""
_ONCE: dict[tuple[Path, str], tuple[list[tuple[str, int, int]], World]] = {}
"""The embedded worlds that were read, with the times and sizes of their files."""


@called
def read_world(path: str | os.PathLike[str] = DEFAULT_WORLD, *, strict: bool = True) -> World:
    """Read a world and check it.

    Parameters
    ----------
    path
        Name of an embedded world, a folder of CSV or GeoParquet files, a GeoPackage (``.gpkg``), or a schema of a PostGIS
        database: ``postgresql://user@host/database?schema=NAME`` (extra ``postgis``).
    strict
        Refuse a world with errors. If false, give it as far as it can be read; ``world.check()`` lists the faults.

    Returns
    -------
    World

    Raises
    ------
    UnknownNameError
        If there is no such world, folder or file; ``candidates`` names those there are.
    InputError
        If anything is wrong: every fault of every table at once, in ``problems``.

    Examples
    --------
    >>> import scrapflow as sf
    >>> world = sf.read_world("toy")
    >>> world.name, len(world.nodes)
    ('toy', 7)
    """
    path_of(path, "the world")
    if is_database(path):
        return _sound(_of_database(str(path)), path, strict=strict)
    where = locate(path)
    if isinstance(path, str) and strict and where in embedded_worlds().values():
        return _embedded(where, path)
    if where.suffix.lower() == ".gpkg" and where.is_file():
        found = read_geopackage(where)
    elif where.is_file():
        found = Found(where.stem)
        found.problems.append(problem("world", "", "", f"{where.name} is neither a folder of tables nor a .gpkg file"))
    else:
        found = read_folder(where)
    return _sound(assemble(found), path, strict=strict)


def _sound(world: World, path: str | os.PathLike[str], *, strict: bool) -> World:
    """Refuse a world with errors, if that is wanted."""
    from scrapflow.world.check import errors_of

    errors = errors_of(world) if strict else ()
    if len(errors):
        where = Address(str(path)) if is_database(path) else path
        raise InputError(errors, what=f"world {world.name!r} ({where})")
    _log.info("world %s: %s places, %s links", world.name, len(world.nodes), len(world.links))
    return world


def _embedded(folder: Path, name: str) -> World:
    """Read a world that comes with the package, once a process as long as none of its files changes."""
    files = ((file, file.stat()) for file in sorted(folder.rglob("*")) if file.is_file())
    stamp = [(str(file), state.st_mtime_ns, state.st_size) for file, state in files]
    # Its text is of the kind that pandas is set to.
    kept = folder, pd.get_option("mode.string_storage")
    if kept not in _ONCE or _ONCE[kept][0] != stamp:
        _ONCE[kept] = stamp, _sound(assemble(read_folder(folder)), name, strict=True)
    world = _ONCE[kept][1]
    # The tables cannot be written to; of what can be, everybody gets their own.
    plain = ("campaigns", "hashes", "basemap_files", "settings", "found", "unnamed", "changes", "report")
    return replace(world, **{field: deepcopy(getattr(world, field)) for field in plain})


def _of_database(url: str) -> World:
    """Read a world from a schema of a database; its inputs are known by the files that it would be written to."""
    from scrapflow.world.in_postgis import hashes_of, read_database

    schema_name, raws, texts = read_database(url)
    found = Found(schema_name, raws, {k: v for k, v in texts.items() if k.endswith(".toml")})
    found.basemap = {k: v.encode("utf-8") for k, v in texts.items() if not k.endswith(".toml")}
    world = assemble(found)
    return replace(world, hashes=hashes_of(world))


def embedded_worlds() -> dict[str, Path]:
    """Return the worlds that come with the package, by name."""
    package = Path(__file__).resolve().parents[1]
    # In the wheel the worlds are package data; in a checkout they lie next to the package, where people edit them.
    homes = (package / "_worlds", package.parent / "geodata")
    return {
        p.name: p
        for home in reversed(homes)
        if home.is_dir()
        for p in sorted(home.iterdir())
        if (p / "world.toml").is_file() or (p / "nodes.csv").is_file()
    }


def locate(path: str | os.PathLike[str]) -> Path:
    """Find a world: an embedded name first, else a path.

    Raises
    ------
    UnknownNameError
        If there is neither.
    """
    known = embedded_worlds()
    if isinstance(path, str) and path in known:
        return known[path]
    where = Path(path)
    if where.exists():
        return where
    names = list(known)
    if where.parent.is_dir():
        names += [p.name for p in sorted(where.parent.iterdir()) if p.suffix == ".gpkg" or (p / "nodes.csv").is_file()]
    candidates = near(where.name, names, cutoff=0.5) or list(known)
    msg = (
        f"there is no world {str(path)!r}: neither an embedded one ({', '.join(known) or 'none'}) nor a folder or "
        f".gpkg file; did you mean {' or '.join(candidates)}?"
    )
    raise UnknownNameError(msg, candidates)


def read_folder(folder: Path) -> Found:
    """Take in a folder: one CSV (or GeoParquet) file a table, ``world.toml``, ``campaigns/*.toml``, the basemap."""
    found = Found(folder.name)
    if (folder / "manifest.json").is_file() and not (folder / "nodes.csv").is_file():
        message = "this is a saved run, not a world: sf.read_run reads it, 'scrapflow map' draws it, 'scrapflow flows' asks it"
        raise InputError([problem(str(folder), "", "", message)], what="the world")
    for table in TABLES:
        file, columns = folder / f"{table}.csv", folder / f"{table}.parquet"
        if file.is_file() and columns.is_file():
            message = f"both {file.name} and {columns.name} are there: delete the one that is out of date"
            found.problems.append(problem(table, "", "", message))
        if file.is_file():
            found.raws[table] = parse_csv(table, found.take(file.name, file.read_bytes()))
        elif columns.is_file():
            from scrapflow.world.typed_files import read_parquet

            found.raws[table] = read_parquet(table, found.take(columns.name, columns.read_bytes()))
    _stray_files(folder, found)
    _take_texts(folder, ("world.toml", "campaigns/*.toml"), found)
    for layer in basemap_paths(found):
        file = folder / layer
        if is_inside(layer) and file.is_file():
            found.basemap[layer] = found.take(layer, file.read_bytes())
    return found


def read_geopackage(file: Path) -> Found:
    """Take in a GeoPackage: one layer a table, and the texts in the attribute layers ``settings`` and ``campaigns``.

    Without the latter, which no other tool writes, the campaigns are those of a folder ``campaigns`` beside the file.
    """
    from scrapflow.world.typed_files import read_layers

    found = Found(file.stem)
    found.take(file.name, file.read_bytes())
    found.raws, texts, found.problems = read_layers(file)
    for label in [k for k in texts if not is_inside(k) or (k.startswith("campaigns/") and k.count("/") > 1)]:
        found.problems.append(problem("campaigns", label, "name", "a name must not lead to another folder: rename it"))
        del texts[label]
    found.texts = {k: v for k, v in texts.items() if k.endswith(".toml")}
    found.basemap = {k: v.encode("utf-8") for k, v in texts.items() if not k.endswith(".toml")}
    if not any(k.startswith("campaigns/") for k in found.texts):
        _take_texts(file.parent, ("campaigns/*.toml",), found)
    return found


def _take_texts(folder: Path, patterns: Sequence[str], found: Found) -> None:
    """Take in the text files of a folder that fit the patterns."""
    for file in (f for pattern in patterns for f in sorted(folder.glob(pattern)) if _is_seen(f)):
        # One spelling of composed letters, whatever the file system made of them.
        label = unicodedata.normalize("NFC", file.relative_to(folder).as_posix())
        found.texts[label] = _text(label, found.take(label, file.read_bytes()), found)


def _is_seen(file: Path) -> bool:
    """Tell whether a file is one that its user can see; macOS leaves hidden ones beside what it copies."""
    return file.is_file() and not file.name.startswith(".")


def _text(label: str, data: bytes, found: Found) -> str:
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as e:
        line = data[: e.start].count(b"\n") + 1
        found.problems.append(problem(label, f"line {line}", "", "not UTF-8 text; save the file as UTF-8"))
        return data.decode("utf-8-sig", errors="replace")


def _stray_files(folder: Path, found: Found) -> None:
    """Report files whose name is almost a table's, or holds it: a table must not get lost through its name or its kind."""
    missing = [t for t in TABLES if t not in found.raws]
    for file in sorted(f for f in folder.iterdir() if _is_seen(f)):
        if fault := _stray(file, missing):
            found.problems.append(problem(file.name, "", "", *fault))


def _stray(file: Path, missing: Sequence[str]) -> tuple[str, str] | None:
    """Return what is to be said of a file that is not read, and how grave it is; None if it is no table that is missing."""
    readable = file.suffix in (".csv", ".parquet")
    whole = file.name.partition(".")[0].lower()
    tabular = file.suffix.lower() in (".csv", ".parquet", *_OTHER_KINDS) and not (readable and file.stem in TABLES)
    meant = near(file.stem, missing, n=1, cutoff=0.8) if tabular else []
    if meant and (readable or file.suffix.lower() in (".csv", ".parquet")):
        return f"there is no table of this name; did you mean {meant[0]}{file.suffix.lower()}?", "error"
    if meant and file.suffix.lower() in _OTHER_KINDS:
        return f"not read: save the table {meant[0]} as CSV UTF-8, {meant[0]}.csv", "error"
    if whole in missing and file.suffix.lower() not in _NO_TABLES:
        return f"not read: if it is the table {whole}, save it as CSV UTF-8, {whole}.csv", "warning"
    within = [t for t in missing if t in re.split(r"[\W_]+", file.stem.lower())]
    if within and file.suffix.lower() in (".csv", ".parquet", *_OTHER_KINDS):
        return f"not read: if it is the table {within[0]}, save it as {within[0]}.csv", "warning"
    return None
