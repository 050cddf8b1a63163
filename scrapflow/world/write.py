"""Writing a world: a folder of CSV files, one GeoPackage, or a folder of GeoParquet files, all of it or nothing."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, problem
from scrapflow.files import folder_of, is_of_a_desktop, path_of, replacing
from scrapflow.world import table_geometry
from scrapflow.world.default_materials import told
from scrapflow.world.lineage import FILES as LINEAGE
from scrapflow.world.lineage import About, Resource, write_lineage
from scrapflow.world.outlines import of_basemap
from scrapflow.world.relations import relation_of
from scrapflow.world.schema import REQUIRED_TABLES, SPATIAL, TABLES, schema
from scrapflow.world.toml_text import write_toml
from scrapflow.world.typed_files import CAMPAIGNS_LAYER, SETTINGS_LAYER, layers_of
from scrapflow.world.whole_geopackage import require_whole

if TYPE_CHECKING:
    from os import PathLike
    from pathlib import Path

    from scrapflow.world.world_data import WorldData

_FORMATS = ("csv", "gpkg", "parquet")
_ALIASES = {"geopackage": "gpkg", "geoparquet": "parquet", "folder": "csv"}
_SUFFIXES = {".gpkg": "gpkg", ".parquet": "parquet", ".geoparquet": "parquet"}
_GPKG_VERSION = "1.2"
"""Old enough for the GDAL of a long-term distribution to open it without a warning."""
_HEAD = 65_536
_STAMP = "2000-01-01T00:00:00.000Z"
"""Date written into a GeoPackage in place of today's, so that equal worlds are equal files."""


def write_world(world: WorldData, path: str | PathLike[str], *, format: str | None = None) -> Path:  # noqa: A002
    """Write a world; see :meth:`World.write`."""
    target = path_of(path, "the world")
    kind = _ALIASES.get(format, format) if format else _SUFFIXES.get(target.suffix.lower(), "csv")
    if kind != "gpkg":
        target = folder_of(path, "the world", "; one file of all tables ends in .gpkg")
    if kind not in _FORMATS:
        faults = [problem("world", "", "format", f"{kind!r} is not one of {', '.join(_FORMATS)}")]
        raise InputError(faults, what=f"writing {target}")
    _may_replace(target, kind)
    with replacing(target, own=lambda _: True, what="the world") as made:
        if kind == "gpkg":
            _write_gpkg(world, made)
        else:
            _write_folder(world, made, kind)
    return target


def _may_replace(target: Path, kind: str) -> None:
    """Refuse to overwrite what is no part of a world."""
    if not target.exists():
        return
    if target.is_dir() == (kind == "gpkg"):
        what = "a folder" if target.is_dir() else "a file"
        faults = [problem("world", "", "", f"{what} of this name is in the way: delete it, or choose another name")]
        raise InputError(faults, what=f"writing {target}")
    if kind == "gpkg":
        _refuse_other_layers(target)
        return
    ours = {f"{t}.{suffix}" for t in TABLES for suffix in ("csv", "parquet")} | {"world.toml", *LINEAGE}
    files = sorted(p.relative_to(target) for p in target.rglob("*") if not p.is_dir() and not is_of_a_desktop(p))
    parts = {("campaigns", ".toml"), ("basemap", ".geojson")}
    others = [f.as_posix() for f in files if f.as_posix() not in ours and (f.parent.as_posix(), f.suffix) not in parts]
    if others:
        message = f"the folder also holds {', '.join(others)}, which would be lost: choose another folder"
        raise InputError([problem("world", "", "", message)], what=f"writing {target}")
    if files and not _is_world(target):
        message = f"the folder holds {files[0].as_posix()}, which is no table of a world and would be lost: choose another folder"
        raise InputError([problem("world", "", "", message)], what=f"writing {target}")


def _is_world(folder: Path) -> bool:
    """Tell whether a folder of files that are called like a world's is one: by its settings, or by its nodes."""
    if (folder / "world.toml").is_file() or (folder / "nodes.parquet").is_file():
        return True
    nodes = folder / "nodes.csv"
    with suppress(OSError):
        return nodes.is_file() and b"node_id" in nodes.read_bytes()[:_HEAD].splitlines()[0]
    return False


def _refuse_other_layers(file: Path) -> None:
    """Refuse to replace a file that is no GeoPackage of a world, or has other layers too, such as styles of QGIS."""
    if file.stat().st_size == 0:
        return
    layers = layers_of(file)
    others = sorted(set(layers) - {*TABLES, SETTINGS_LAYER, CAMPAIGNS_LAYER})
    if others or "nodes" not in layers:
        holds = f"also holds {', '.join(others)}" if "nodes" in layers else "is no GeoPackage of a world"
        message = f"the file {holds}, which would be lost: choose another name, or move it away"
        raise InputError([problem("world", "", "", message)], what=f"writing {file}")


def _write_folder(world: WorldData, folder: Path, kind: str) -> None:
    folder.mkdir()
    for name in tables_of(world):
        if kind == "csv":
            (folder / f"{name}.csv").write_bytes(csv_bytes(world, name))
            continue
        frame = typed(world, name)
        frame.to_parquet(folder / f"{name}.parquet", index=False, compression="zstd")
    for label, data in files_of(world).items():
        file = folder / label
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    sources = world.tables["sources"]
    dates = sources["accessed"].tolist() if "accessed" in sources else []
    # What a world is made of is its sources: equal worlds are equal files, wherever they were read from.
    told_by = sources[[c for c in ("source_id", "title", "url") if c in sources]]
    made_of = [
        {"identifier": row["source_id"], "name": row.get("title") or row["source_id"], "url": row.get("url", "")}
        for row in told_by.fillna("").to_dict("records")
    ]
    about = About(world.name, world.title, made_of, {}, version("scrapflow"), dates)
    write_lineage(folder, about, [_resource(world, name, kind) for name in tables_of(world)])


def _resource(world: WorldData, name: str, kind: str) -> Resource:
    relation = relation_of(world, name)
    fields = relation.fields
    if kind == "csv":
        order = _header(world.tables[name], name)
        fields = tuple(sorted(relation_of(world, name, plain=True).fields, key=lambda f: order.index(f.name)))
    return Resource(name, relation.meaning, (f"{name}.{kind}",), fields, relation.key)


def _write_gpkg(world: WorldData, file: Path) -> None:
    import pyogrio

    settings = {k: v.decode("utf-8") for k, v in files_of(world).items() if not k.startswith("campaigns/")}
    extra = {
        SETTINGS_LAYER: pd.DataFrame(settings.items(), columns=["key", "value"], dtype="str"),
        CAMPAIGNS_LAYER: pd.DataFrame(world.campaigns.items(), columns=["name", "toml"], dtype="str"),
    }
    # No need to wait for the disk at every layer: the file is put in place only when it is whole.
    wanted = {"OGR_CURRENT_DATE": _STAMP, "OGR_SQLITE_SYNCHRONOUS": "OFF"}
    before = {option: pyogrio.get_gdal_config_option(option) for option in wanted}
    pyogrio.set_gdal_config_options(wanted)
    try:
        for name in tables_of(world):
            frame = typed(world, name)
            options: dict[str, Any] = {}
            if name in SPATIAL:
                options |= {"geometry_type": _geometry_type(name, frame), "promote_to_multi": False}
            if not file.exists():
                options["dataset_options"] = {"VERSION": _GPKG_VERSION}
            pyogrio.write_dataframe(frame, file, layer=name, driver="GPKG", append=file.exists(), **options)
        for name, frame in extra.items():
            pyogrio.write_dataframe(frame, file, layer=name, driver="GPKG", append=True)
    finally:
        pyogrio.set_gdal_config_options(before)
    require_whole(file, {n: len(world.tables[n]) for n in tables_of(world)} | {n: len(f) for n, f in extra.items()})


def _geometry_type(name: str, frame: pd.DataFrame) -> str:
    # One type where possible: GIS programs ask what a layer of unknown type is.
    kinds = set(frame["geometry"].geom_type) | {SPATIAL[name]}
    return SPATIAL[name] if len(kinds) == 1 else "Unknown"


def tables_of(world: WorldData) -> list[str]:
    """Return the tables worth a file: those that must be there, and those that say something."""
    return [t for t in TABLES if t in REQUIRED_TABLES or t in told(world.tables)]


def typed(world: WorldData, name: str) -> pd.DataFrame:
    """Return a table as a layer: coordinates of nodes are their points, said once, so that an editor can move them."""
    frame = world.tables[name]
    return frame.drop(columns=["x_coord", "y_coord"]) if name == "nodes" else frame


def files_of(world: WorldData) -> dict[str, bytes]:
    """Return everything but the tables, by path inside the folder."""
    out = {"world.toml": world_toml(world).encode("utf-8")}
    out |= {f"basemap/{layer}.geojson": data for layer, data in world.basemap_files.items()}
    out |= {f"campaigns/{name}.toml": text.encode("utf-8") for name, text in world.campaigns.items()}
    return out


def world_toml(world: WorldData) -> str:
    """Return the text of ``world.toml``: what the settings say, and the name, which a copy must not lose.

    Examples
    --------
    >>> import scrapflow as sf
    >>> print(world_toml(sf.read_world("toy")).splitlines()[0])
    name = "toy"
    """
    settings: dict[str, Any] = {"name": world.name, "title": world.title, "default_campaign": world.default_campaign}
    settings |= {k: v for k, v in world.settings.items() if k not in settings}
    if world.basemap_files:
        # Wherever the files lay: in the copy they lie where the writer puts them.
        layers = {layer: f"basemap/{layer}.geojson" for layer in world.basemap_files}
        settings["basemap"] = {**world.settings.get("basemap", {}), **layers}
    return write_toml(settings)


def csv_bytes(world: WorldData, name: str) -> bytes:
    """Return a table as the bytes of its CSV file: columns in the order of the schema, further ones behind."""
    header = _header(world.tables[name], name)
    columns = [_cells(world, name, c) for c in header]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(zip(*columns, strict=True))
    return out.getvalue().encode("utf-8")


def _header(frame: pd.DataFrame, name: str) -> list[str]:
    known = [c for c in schema()[name].columns if c in frame]
    return known + [c for c in frame.columns if c not in known and c != "geometry"]


def _cells(world: WorldData, name: str, column: str) -> list[str]:
    values = world.tables[name][column]
    if column == "geometry":
        return _wkt(world, name)
    if values.dtype == bool:
        return ["true" if v else "false" for v in values.tolist()]
    if values.dtype.kind == "f":
        return [_number(v) for v in values.tolist()]
    return list(values.tolist())


def _number(value: float) -> str:
    if np.isnan(value):
        return ""
    # The shortest text that reads back as the same number.
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _wkt(world: WorldData, name: str) -> list[str]:
    import shapely

    shapes = world.tables[name]["geometry"].to_numpy()
    left_out = shapely.is_empty(shapes)
    if name == "links":
        # A straight line is what the reader draws anyway.
        left_out |= shapely.equals_identical(shapes, table_geometry.straight(world.links, world.nodes))
    if name == "regions":
        left_out |= shapely.equals_identical(shapes, of_basemap(world.regions, world.basemap_files))
    text = shapely.to_wkt(shapes, rounding_precision=17, trim=True)
    return ["" if empty else str(t) for empty, t in zip(left_out, text, strict=True)]
