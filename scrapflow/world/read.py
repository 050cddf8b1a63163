"""Reading a world: find it, read all of its tables, report all that is wrong at once."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from scrapflow.errors import PROBLEM_COLUMNS, InputError, UnknownNameError, did_you_mean, near, problem
from scrapflow.world import table_geometry
from scrapflow.world.courses import joined, turned
from scrapflow.world.csv_text import Raw, parse_csv
from scrapflow.world.database import Address, is_database
from scrapflow.world.default_materials import materials_of
from scrapflow.world.outlines import with_outlines
from scrapflow.world.schema import OUTSIDE, REQUIRED_TABLES, SPATIAL, TABLES, schema
from scrapflow.world.toml_text import TomlError, parse_toml
from scrapflow.world.typed_cells import conform, row_names
from scrapflow.world.world import World

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

DEFAULT_WORLD = "dprk"
"""The embedded world that is read when none is named."""
_SAME_DEGREES = 1e-6
"""A decimetre: less is rounding, as by a transformation and back."""
_BASEMAP_LAYERS = ("countries", "regions", "counties")
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
_SETTINGS = ("name", "title", "default_campaign", "basemap", "labels", "words")


@dataclass
class Found:
    """What a folder or file holds, before it is judged."""

    name: str
    raws: dict[str, Raw] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    """``world.toml`` and ``campaigns/NAME.toml``."""
    basemap: dict[str, bytes] = field(default_factory=dict)
    """Path inside the world to bytes."""
    hashes: dict[str, str] = field(default_factory=dict)
    problems: list[dict[str, str]] = field(default_factory=list)

    def take(self, label: str, data: bytes) -> bytes:
        """Note the hash of a file and hand its bytes on."""
        self.hashes[label] = hashlib.sha256(data).hexdigest()
        return data


def read_world(path: str | Path = DEFAULT_WORLD, *, strict: bool = True) -> World:
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
    if is_database(path):
        return _sound(_of_database(str(path)), path, strict=strict)
    where = locate(path)
    if where.suffix.lower() == ".gpkg" and where.is_file():
        found = read_geopackage(where)
    elif where.is_file():
        found = Found(where.stem)
        found.problems.append(problem("world", "", "", f"{where.name} is neither a folder of tables nor a .gpkg file"))
    else:
        found = read_folder(where)
    return _sound(assemble(found), path, strict=strict)


def _sound(world: World, path: str | Path, *, strict: bool) -> World:
    """Refuse a world with errors, if that is wanted."""
    from scrapflow.world.check import errors_of

    errors = errors_of(world) if strict else ()
    if len(errors):
        where = Address(str(path)) if is_database(path) else path
        raise InputError(errors, what=f"world {world.name!r} ({where})")
    return world


def _of_database(url: str) -> World:
    """Read a world from a schema of a database; its inputs are known by the files that it would be written to."""
    from scrapflow.world.postgis import hashes_of, read_database

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


def locate(path: str | Path) -> Path:
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
    for layer in _basemap_paths(found):
        file = folder / layer
        if _is_inside(layer) and file.is_file():
            found.basemap[layer] = found.take(layer, file.read_bytes())
    return found


def _is_inside(label: str) -> bool:
    """Tell whether a path stays inside its world: a world from a stranger must not read or write elsewhere."""
    path = PurePosixPath(label)
    return not path.is_absolute() and ".." not in path.parts and not set(label) & set("\\:\0")


def read_geopackage(file: Path) -> Found:
    """Take in a GeoPackage: one layer a table, and the texts in the attribute layers ``settings`` and ``campaigns``.

    Without the latter, which no other tool writes, the campaigns are those of a folder ``campaigns`` beside the file.
    """
    from scrapflow.world.typed_files import read_layers

    found = Found(file.stem)
    found.take(file.name, file.read_bytes())
    found.raws, texts, found.problems = read_layers(file)
    for label in [k for k in texts if not _is_inside(k) or (k.startswith("campaigns/") and k.count("/") > 1)]:
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
    """Report files whose name is almost a table's: a table must not get lost through a typing error."""
    missing = [t for t in TABLES if t not in found.raws]
    for file in sorted(f for f in folder.iterdir() if _is_seen(f)):
        readable = file.suffix in (".csv", ".parquet")
        meant = near(file.stem, missing, n=1, cutoff=0.8)
        if not meant or (readable and file.stem in TABLES):
            continue
        if readable or (file.suffix.lower() in (".csv", ".parquet") and file.suffix not in (".csv", ".parquet")):
            message = f"there is no table of this name; did you mean {meant[0]}{file.suffix.lower()}?"
        elif file.suffix.lower() in _OTHER_KINDS:
            message = f"not read: save the table {meant[0]} as CSV UTF-8, {meant[0]}.csv"
        else:
            continue
        found.problems.append(problem(file.name, "", "", message))


def _settings(found: Found) -> dict[str, Any]:
    try:
        return parse_toml(found.texts.get("world.toml", ""))
    except TomlError:
        return {}


def _basemap_paths(found: Found) -> list[str]:
    basemap = _settings(found).get("basemap", {})
    if not isinstance(basemap, dict):
        return []
    return [str(basemap[layer]) for layer in _BASEMAP_LAYERS if layer in basemap]


def assemble(found: Found) -> World:
    """Make a world of what was found: types, geometry, the outside; all faults kept in ``World.found``."""
    problems = found.problems
    for table in REQUIRED_TABLES:
        if table not in found.raws:
            message = f"the table is missing: a world needs {', '.join(REQUIRED_TABLES)}"
            problems.append(problem(table, "", "", message))
    tables: dict[str, pd.DataFrame] = {}
    unnamed: dict[str, dict[str, str]] = {}
    for table in TABLES:
        raw = found.raws.get(table)
        # An absent table is an empty one; that it is absent was said above, not once more for each of its columns.
        absent = raw is None
        raw = raw or Raw(table, pd.DataFrame(columns=list(schema()[table].columns), dtype=object))
        frame = conform(raw)
        if table in SPATIAL:
            frame = _placed(raw, frame, tables)
        tables[table] = frame
        empty = np.flatnonzero(frame[schema()[table].key].iloc[: len(raw.where)] == "")
        unnamed |= {table: {f"row {i + 1}": raw.where[i] for i in empty}} if len(empty) else {}
        problems += [] if absent else raw.problems
    tables |= _whole_ids(tables, problems)
    tables["links"] = _without_loops(tables["links"], problems)
    if "lines" not in found.raws:
        tables["lines"] = _lines_of(tables["links"])
    if "materials" not in found.raws:
        tables["materials"] = materials_of(tables["supply"], tables["demand"])
    for table in ("supply", "demand"):
        tables[table] = _with_material(tables[table], tables["materials"])
    settings = _checked_settings(found)
    campaigns = {
        Path(label).stem: text for label, text in sorted(found.texts.items()) if label.startswith("campaigns/")
    }
    name = str(settings.get("name", found.name))
    basemap = settings.get("basemap", {})
    layers = {layer: found.basemap[basemap[layer]] for layer in _BASEMAP_LAYERS if basemap.get(layer) in found.basemap}
    tables["regions"] = with_outlines(cast("gpd.GeoDataFrame", tables["regions"]), layers)
    default = unicodedata.normalize("NFC", str(settings.get("default_campaign", "") or next(iter(campaigns), "")))
    return World(
        name=name,
        title=str(settings.get("title", name)),
        default_campaign=default,
        tables=tables,
        campaigns=campaigns,
        hashes=dict(sorted(found.hashes.items())),
        basemap_files=layers,
        settings=settings,
        found=pd.DataFrame(problems, columns=list(PROBLEM_COLUMNS)),
        unnamed=unnamed,
    )


def _placed(raw: Raw, frame: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Give a spatial table its geometry."""
    table, rows = raw.table, row_names(raw, schema()[raw.table])
    given = raw.frame["geometry"].to_numpy() if "geometry" in raw.frame else np.full(len(frame), None, dtype=object)
    judged = np.ones(len(frame), dtype=bool) if raw.ragged is None else ~raw.ragged
    shapes = table_geometry.parse(table, np.asarray(given, dtype=object), rows, raw.problems, judged)
    if table == "nodes":
        if "geometry" in raw.frame:
            _coordinates_from(frame, shapes, rows, raw)
        if OUTSIDE not in set(frame["node_id"]):
            frame = _with_outside(frame)
        shapes = table_geometry.points(frame)
    if table == "links":
        import shapely

        shapes = joined(shapes, rows, raw.problems)
        shapes = turned(shapes, frame, tables["nodes"], rows, raw.problems)
        shapes = np.where(shapely.is_empty(shapes), table_geometry.straight(frame, tables["nodes"]), shapes)
    placed: pd.DataFrame = table_geometry.geo(frame, shapes)
    return placed


def _whole_ids(tables: Mapping[str, pd.DataFrame], problems: list[dict[str, str]]) -> dict[str, pd.DataFrame]:
    """Read identifiers that a program wrote as decimal numbers (``1.0``) as the whole ones (``1``) that they refer to."""
    ids = {name: set(tables[name][table.key]) for name, table in schema().items()}
    changed: dict[str, pd.DataFrame] = {}
    for name, table in schema().items():
        for column in table.columns.values():
            if column.references is None:
                continue
            known = ids[column.references[0]]
            cells = changed.get(name, tables[name])[column.name]
            odd = {v for v in cells.unique() if v.endswith(".0") and v not in known and v[:-2] in known}
            if odd:
                first = min(odd)
                message = f"{len(odd)} identifiers are written as decimal numbers: {first!r} is read as {first[:-2]!r}"
                problems.append(problem(name, "", column.name, message, "note"))
                whole = cells.map(lambda v, odd=odd: v[:-2] if v in odd else v).astype("str")
                changed[name] = changed.get(name, tables[name]).assign(**{column.name: whole})
    return changed


def _without_loops(links: pd.DataFrame, problems: list[dict[str, str]]) -> pd.DataFrame:
    """Leave out links that end where they begin: they carry nothing anywhere."""
    loop = (links["from_node_id"] == links["to_node_id"]) & (links["from_node_id"] != "")
    if not loop.any():
        return links
    message = "left out, for it ends where it begins: correct one end if it leads anywhere"
    problems += [problem("links", row, "to_node_id", message, "warning") for row in links.loc[loop, "link_id"]]
    return links[~loop].reset_index(drop=True)


def _coordinates_from(frame: pd.DataFrame, shapes: np.ndarray[Any, Any], rows: list[str], raw: Raw) -> None:
    """Take coordinates from points; where columns say something else, nobody can know which is meant."""
    import shapely

    placed = ~shapely.is_empty(shapes)
    for column, read in (("x_coord", shapely.get_x), ("y_coord", shapely.get_y)):
        said, measured = frame[column].to_numpy(), np.full(len(frame), np.nan)
        measured[placed] = read(shapes[placed])
        differ = np.isfinite(said) & np.isfinite(measured) & (np.abs(said - measured) > _SAME_DEGREES)
        for i in np.flatnonzero(differ):
            message = f"the column says {said[i]:g}, the point {measured[i]:g}: delete the column, or set it right"
            raw.problems.append(problem(raw.table, rows[i], column, message))
        frame[column] = np.where(np.isfinite(measured), measured, said)


def _lines_of(links: pd.DataFrame) -> pd.DataFrame:
    """Return the lines that the links name: where nobody wrote the table, a line is known by its identifier."""
    named = {id_ for cell in {*links["line_id"], *links["also_line_ids"]} for id_ in cell.split("|")}
    ids = sorted({id_.strip() for id_ in named} - {""})
    return conform(Raw("lines", pd.DataFrame({"line_id": ids, "name": ids}, dtype=object), where=ids))


def _with_material(known: pd.DataFrame, materials: pd.DataFrame) -> pd.DataFrame:
    """Name the material of known tonnes where only one can be meant."""
    words = materials["material"].tolist()
    silent = known["material"] == ""
    if len(words) != 1 or not silent.any():
        return known
    return known.assign(material=known["material"].where(~silent, words[0]))


def _with_outside(nodes: pd.DataFrame) -> pd.DataFrame:
    row: dict[str, Any] = {c: "" if nodes[c].dtype == "str" else np.nan for c in nodes.columns}
    row |= {"node_id": OUTSIDE, "name": "Outside", "kind": OUTSIDE, "basis": "assumed"}
    extra = pd.DataFrame([row], columns=nodes.columns).astype(nodes.dtypes.to_dict())
    return pd.concat([nodes, extra], ignore_index=True)


def _checked_settings(found: Found) -> dict[str, Any]:
    """Return what ``world.toml`` says; unknown keys and missing files are reported."""
    text, problems = found.texts.get("world.toml", ""), found.problems
    try:
        settings = parse_toml(text)
    except TomlError as error:
        problems.append(problem("world.toml", "", "", str(error)))
        return {}
    for key in [k for k in settings if k not in _SETTINGS]:
        hint = did_you_mean(key, _SETTINGS, f"there are {', '.join(_SETTINGS)}")
        problems.append(problem("world.toml", key, "", f"no such setting; {hint}"))
    for key in ("basemap", "labels", "words"):
        if not isinstance(settings.get(key, {}), dict):
            problems.append(problem("world.toml", key, "", "must be a table of keys and values"))
            settings.pop(key)
    campaigns = [Path(label).stem for label in found.texts if label.startswith("campaigns/")]
    default = unicodedata.normalize("NFC", str(settings.get("default_campaign", "")))
    if default and default not in campaigns:
        message = f"there is no campaigns/{default}.toml; there are: {', '.join(campaigns) or 'none'}"
        problems.append(problem("world.toml", "default_campaign", "", message))
    for layer in _basemap_paths(found):
        if not _is_inside(layer):
            problems.append(problem("world.toml", "basemap", "", f"{layer} lies outside of the world: move it in"))
        elif layer not in found.basemap:
            problems.append(problem("world.toml", "basemap", "", f"there is no file {layer}"))
    return settings
