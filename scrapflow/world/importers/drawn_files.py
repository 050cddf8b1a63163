"""Lines and points out of files that GDAL knows, of Parquet and of tables with a column of WKT, in degrees."""

from __future__ import annotations

import bz2
import gzip
import json
import os
import shutil
import tempfile
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, problem
from scrapflow.files import path_of
from scrapflow.units import CRS
from scrapflow.world.importers.stops_of_osm import OUT_OF_USE, read_stops, unnamed_stops
from scrapflow.world.importers.table_files import SAID, TABLES, read_table, refuse, said_of
from scrapflow.world.other_names import other_names, plain
from scrapflow.world.table_geometry import read_shape, without_place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import geopandas as gpd
    from pyproj import CRS as System  # noqa: N811

_RAILS = ("rail", "narrow_gauge", "light_rail", "subway", "tram", "preserved")
_TAGS = ("railway", "gauge", "electrified", "operator", "usage", "service", "oneway", "name", "highway")
_ONE_WAY = ("yes", "no", "true", "false", "1", "-1")
_OF_KIND = {
    "lines": ("Line", "Unknown", "Geometry Collection", "GeometryCollection"),
    "points": ("Point", "Polygon", "Unknown"),
    "outlines": ("Polygon", "Unknown"),
}
_USUAL = {
    "lines": (
        "lines",
        "links",
        "link",
        "edges",
        "rails",
        "rail",
        "railways",
        "railway",
        "network",
        "tracks",
        "sections",
        "routes",
    ),
    "points": ("points", "nodes", "node", "places", "stations", "station", "stops", "waypoints"),
    "outlines": ("regions", "provinces", "states", "departments", "counties"),
}
"""Layers that are taken where a file has several, the first that is there."""
_TABLE = {"lines": "links", "points": "places", "outlines": "regions"}
_WANTED = {table: wanted for wanted, table in _TABLE.items()}
"""What is wanted of a drawn file for a table, where it is no lines."""
_OSM_LAYERS = {"lines", "multilinestrings", "multipolygons", "other_relations"}
"""Layers that GDAL makes of an extract of OpenStreetMap."""
_OSM_OPTIONS = {"TAGS_FORMAT": "JSON", "USE_CUSTOM_INDEXING": "NO"}
"""Tags that can be parsed; identifiers below 0 too, as editors give them to what is new."""
_FARTHEST = 1e9
"""No system of coordinates on Earth reaches so far, in whatever unit."""
_PACKED: Mapping[str, Callable[[Path], Any]] = {".gz": gzip.open, ".bz2": bz2.open}
_SEVERAL = (".kml", ".kmz")
"""Files whose layers are folders of one map."""


def read_drawn(path: Path, wanted: str, *, layer: str = "") -> gpd.GeoDataFrame:
    """Read the lines or points of a file, in the reference system that it names.

    Parameters
    ----------
    path
        GeoJSON, GeoPackage, Shapefile (also zipped), TopoJSON, KML, GPX, FlatGeobuf, ``.osm``, ``.osm.pbf``.
    wanted
        ``lines``, ``points`` or ``outlines``.
    layer
        Which layer of several; "" for the one that there is, or that has a usual name.

    Raises
    ------
    InputError
        If it cannot be read, has nothing of the kind, or several layers of which none is the obvious one.
    """
    import pyogrio

    source = f"/vsizip/{path}" if path.suffix.lower() == ".zip" else path
    if not path.stat().st_size:
        refuse(f"{path.name} is empty (0 bytes)", _TABLE[wanted])
    table = _TABLE[wanted]
    said: list[tuple[str, str]] = []
    if path.suffix.lower() == ".osc":
        refuse(f"{path.name} is a file of changes of OpenStreetMap: an extract (.osm, .osm.pbf) is wanted", table)
    try:
        kinds = {str(name): str(kind) for name, kind in pyogrio.list_layers(source)}
        osm = set(kinds) >= _OSM_LAYERS
        if osm and wanted == "points" and not layer:
            return _stations(path)
        chosen = _layers(path, kinds, wanted, layer, table, said)
        frames = [_one_layer(source, name, _OSM_OPTIONS if osm else {}) for name in chosen]
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, UnicodeDecodeError) as e:
        refuse(f"{path.name} cannot be read: {_cause(path, str(e))}", table)
    frame = frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
    if "geometry" not in frame:
        refuse(f"{path.name} has no geometry, and is no table of sections either", table)
    if osm and wanted == "lines":
        frame = rails_of_osm(frame, said)
    if not len(frame):
        refuse(f"{path.name} holds no {wanted}: it has no rows{' of railways' if osm else ''}", table)
    frame.attrs[SAID] = said
    return frame


def _stations(path: Path) -> gpd.GeoDataFrame:
    stops, unnamed = read_stops(path)
    if stops is None:
        refuse(f"{path.name} holds no station with a name", "places")
    if unnamed:
        stops.attrs[SAID] = [unnamed_stops(unnamed)]
    return stops


def _one_layer(source: Any, name: str, options: dict[str, str]) -> gpd.GeoDataFrame:
    import pyogrio

    frame: gpd.GeoDataFrame = pyogrio.read_dataframe(source, layer=name, **options)
    return frame


def is_osm(path: Path) -> bool:
    """Tell whether a file is an extract of OpenStreetMap, whatever it is called."""
    import pyogrio

    try:
        return {str(name) for name in pyogrio.list_layers(path)[:, 0]} >= _OSM_LAYERS
    except (pyogrio.errors.DataSourceError, OSError):
        return False


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """Give the content of a file that was compressed by itself (.gz, .bz2) as a file of its own; other files as they are.

    Raises
    ------
    InputError
        If it cannot be unpacked.
    """
    opener = _PACKED.get(path.suffix.lower())
    if opener is None or not path.is_file():
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        plain_file = Path(folder) / path.stem
        try:
            with opener(path) as packed, plain_file.open("wb") as file:
                shutil.copyfileobj(packed, file)
        except (OSError, EOFError, zlib.error) as e:
            refuse(f"{path.name} cannot be unpacked: {e}")
        yield plain_file


def _cause(path: Path, message: str) -> str:
    """Return what GDAL complains of, with what to do where that is known."""
    beside = {f.suffix.lower() for f in path.parent.glob(f"{path.stem}.*")}
    if path.suffix.lower() == ".shp" and not {".shx", ".dbf"} <= beside:
        lacks = " and ".join(f"{path.stem}{e}" for e in (".shx", ".dbf") if e not in beside)
        return f"{lacks} is missing: a Shapefile is several files, copy all of them"
    head = path.read_bytes()[:200].lstrip().lower()
    if head.startswith(b"version https://git-lfs"):
        return "it is a pointer of Git LFS, not the file itself: fetch it with 'git lfs pull'"
    if head.startswith((b"<!doctype html", b"<html")):
        return "it is a web page: download the file itself"
    if head.startswith(b"{") and b'"elements"' in path.read_bytes()[:2000]:
        return "it is an answer of Overpass in JSON: ask with [out:xml] and 'out body; >; out skel qt;', and save it as .osm"
    if head.startswith(b"[{"):
        return "it is JSON of rows, without geometry: save it as CSV UTF-8"
    if "during the parsing" in message:
        return f"{message.rstrip('.')}: was it cut short?"
    if "not recognized" in message:
        return "it is of no kind that is known, or was cut short: look whether it is whole and has the right ending"
    return message.splitlines()[0] if message else "GDAL says nothing more"


def _layers(
    path: Path, kinds: dict[str, str], wanted: str, layer: str, table: str, said: list[tuple[str, str]]
) -> list[str]:
    """Return the layers to read: the one asked for, the only one that fits, one of a usual name, or all of a KML file."""
    import pyogrio

    if layer:
        if layer not in kinds:
            refuse(f"{path.name} has no layer {layer!r}; there are {', '.join(kinds)}", table)
        return [layer]
    fits = [name for name, kind in kinds.items() if any(k in kind for k in _OF_KIND[wanted])]
    if path.suffix.lower() == ".gpx":
        fits = [n for n in (("tracks", "routes") if wanted == "lines" else ("waypoints",)) if n in kinds]
        fits = [n for n in fits if pyogrio.read_info(path, layer=n)["features"]][:1] or fits[:1]
    if not fits:
        there = ", ".join(f"{name} ({kind})" for name, kind in kinds.items()) or "nothing"
        refuse(f"{path.name} holds {there}, and no {wanted}", table)
    if len(fits) == 1 or path.suffix.lower() in _SEVERAL:
        return fits
    usual = [name for word in _USUAL[wanted] for name in fits if name.lower() == word]
    if not usual:
        filled = [n for n in fits if pyogrio.read_info(path, layer=n)["features"]]
        if len(filled) == 1:
            return filled
        refuse(f"{path.name} has several layers of {wanted}: {', '.join(fits)}; say which with layer= (--layer)", table)
    if not set(kinds) >= _OSM_LAYERS:
        said.append(
            ("layer", f"layer {usual[0]!r} of {path.name} was read; not {', '.join(n for n in kinds if n != usual[0])}")
        )
    return usual[:1]


def is_tagged(frame: pd.DataFrame) -> bool:
    """Tell whether the column ``railway`` of a frame holds the tags of OpenStreetMap, and not names of railways."""
    return "railway" in frame and bool(frame["railway"].isin(_RAILS).any())


def rails_of_osm(frame: gpd.GeoDataFrame, said: list[tuple[str, str]]) -> gpd.GeoDataFrame:
    """Take tags out of the column in which GDAL packs them; of tagged rails only those in use stay.

    The tag ``railway`` says what a way is and not which line it belongs to: it goes.
    """
    frame = frame.copy()
    packed = frame["other_tags"].tolist() if "other_tags" in frame else [None] * len(frame)
    tags = [t if isinstance(t, dict) else json.loads(t) if isinstance(t, str) and t else {} for t in packed]
    for tag in _TAGS:
        own = frame[tag].fillna("").astype("str") if tag in frame else pd.Series("", frame.index)
        frame[tag] = np.where(own == "", [str(t.get(tag, "")) for t in tags], own)
    frame = frame.drop(columns=["other_tags", "z_order"], errors="ignore")
    rails = frame["railway"].isin(_RAILS)
    rails &= np.array([all(t.get(tag, "no") == "no" for tag in OUT_OF_USE) for t in tags], dtype=bool)
    for tag in frame.columns.intersection(OUT_OF_USE):
        rails &= frame[tag].fillna("no").astype("str").isin(["no", "", "None", "nan"])
    roads = frame["highway"] != ""
    chosen, what = (
        (rails, "railways") if rails.any() else (roads, "roads") if roads.any() else (frame.index >= 0, "lines")
    )
    if not rails.any():
        said.append(("no_railways", f"no way of the extract is a railway in use: its {what} are taken"))
    left = len(frame) - int(np.sum(chosen))
    if left:
        kind = "features" if (frame.geom_type == "Point").any() else "ways"
        said.append(("left_out", f"{left} {kind} of OpenStreetMap that are no {what} in use"))
    frame = frame[chosen].reset_index(drop=True)
    frame["oneway"] = frame["oneway"].where(frame["oneway"].str.lower().isin(_ONE_WAY), "")
    # Keys that no railway has are no columns of links.
    said_of_none = [c for c in frame.columns.drop(frame.geometry.name) if frame[c].isin(["", None]).all()]
    return frame.drop(columns={*said_of_none, "railway"})


def with_geometry(frame: pd.DataFrame, table: str) -> Any:
    """Return a table as drawn features where a column of it holds them, as WKT, WKB or hexadecimal WKB; else as it is.

    Raises
    ------
    InputError
        If a cell of that column is none of these.
    """
    import geopandas as gpd

    if isinstance(frame, gpd.GeoDataFrame):
        return frame
    kind = {"places": "nodes", "regions": "regions"}.get(table, "links")
    column = next(
        (
            c
            for c in frame.columns
            if plain(str(c)) == "geometry" or other_names().get((kind, plain(str(c)))) == "geometry"
        ),
        None,
    )
    if column is None:
        return frame
    cells = frame[column].tolist()
    shapes = [None if _is_nothing(c) else read_shape(c) for c in cells]
    bad = [i for i, (c, s) in enumerate(zip(cells, shapes, strict=True)) if s is None and not _is_nothing(c)]
    if len(bad) == len(cells):
        return frame
    if bad:
        refuse(
            f"{str(cells[bad[0]])[:40]!r} is neither WKT such as LINESTRING (10 50, 11 50) nor WKB",
            table,
            row=str(bad[0] + 1),
            column=str(column),
        )
    said = said_of(frame)
    out = gpd.GeoDataFrame(frame.drop(columns=[column]), geometry=np.array(shapes, dtype=object))
    out.attrs[SAID] = said
    return out


def _is_nothing(cell: object) -> bool:
    return cell is None or (isinstance(cell, float) and np.isnan(cell)) or (isinstance(cell, str) and not cell.strip())


def read_any(given: object, table: str, *, layer: str = "") -> Any:
    """Return what was given as a frame: drawn features where it holds some, else a table of cells.

    Parameters
    ----------
    given
        A frame or a path.
    table
        ``links``, ``places``, ``flows`` …: what it is, for messages.
    layer
        Which layer of several.
    """
    if isinstance(given, pd.DataFrame):
        return with_geometry(given, table)
    if not isinstance(given, (str, os.PathLike)):
        refuse(f"a table, drawn features or a path is wanted, not a {type(given).__name__}", table)
    path = path_of(given, f"the {table}")
    if not path.is_file():
        refuse(f"there is no file {given}", table)
    if path.suffix.lower() in _PACKED:
        with unpacked(path) as inner:
            return read_any(inner, table, layer=layer)
    if path.suffix.lower() == ".parquet":
        return with_geometry(_parquet(path, table), table)
    if path.suffix.lower() in (".feather", ".arrow"):
        return with_geometry(_feather(path, table), table)
    if path.suffix.lower() in (*TABLES, ".xls", ".ods"):
        return with_geometry(read_table(path, table), table)
    return read_drawn(path, _WANTED.get(table, "lines"), layer=layer)


def _parquet(path: Path, table: str) -> Any:
    import geopandas as gpd

    try:
        return gpd.read_parquet(path)
    except (ValueError, OSError):  # not of GeoParquet: a table, perhaps with WKB
        return read_table(path, table)


def _feather(path: Path, table: str) -> Any:
    import geopandas as gpd
    import pyarrow as pa

    try:
        return gpd.read_feather(path)
    except (ValueError, OSError):  # no geometry in it, or none that names itself
        try:
            return pd.read_feather(path)
        except (pa.ArrowException, ValueError, OSError) as e:
            refuse(f"{path.name} cannot be read as Feather: {str(e).splitlines()[0]}", table)


def in_degrees(frame: gpd.GeoDataFrame, crs: object, table: str = "links") -> gpd.GeoDataFrame:
    """Return a frame in EPSG:4326.

    Coordinates that are called degrees and cannot be, as in a GeoJSON file in metres, count as naming no system.

    Raises
    ------
    InputError
        If it names no reference system, none is given and its coordinates cannot be degrees; if one is no number, or farther
        away than any system reaches.
    """
    _check_coordinates(frame, table)
    from pyproj.exceptions import ProjError

    named = frame.crs
    if named is not None and named.is_geographic and not _can_be_degrees(frame.total_bounds):
        named = None
        frame = frame.set_crs(None, allow_override=True)
    if named is None:
        system = _known_system(crs, table) if crs is not None else None
        if system is not None and system.is_projected and _can_be_degrees(frame.total_bounds):
            # What lies within 360 m of the origin of a system in metres is in degrees.
            system = None
        frame = frame.set_crs(system if system is not None else _degrees_or_refuse(frame.total_bounds, table))
    if frame.crs.equals(CRS, ignore_axis_order=True):
        return frame
    try:
        moved = frame.to_crs(CRS)
    except ProjError as error:
        refuse(f"there is no way from {frame.crs.name} to degrees ({CRS}): {error}", table)
    if not np.isfinite(moved.total_bounds).all() and np.isfinite(frame.total_bounds).all():
        refuse(
            f"the coordinates cannot be of {frame.crs.name}: they lie outside of it; say another with crs= (--crs)",
            table,
        )
    return moved


def _check_coordinates(frame: gpd.GeoDataFrame, table: str) -> None:
    """Refuse what cannot be measured, row by row."""
    message = "a coordinate of it is no number, or beyond all systems: draw it anew, or leave the row out"
    wrong = without_place(frame.geometry.to_numpy(), _FARTHEST)
    if len(wrong):
        faults = [problem(table, str(i + 1), str(frame.geometry.name), message) for i in wrong.tolist()]
        raise InputError(faults, what="making a world")


def _known_system(crs: object, table: str) -> System:
    import pyproj
    from pyproj.exceptions import CRSError

    try:
        return pyproj.CRS.from_user_input(crs)
    except CRSError:
        refuse(f"{crs!r} is no reference system: write a code such as EPSG:3857", table)


def _can_be_degrees(bounds: Sequence[float] | np.ndarray[Any, np.dtype[np.float64]]) -> bool:
    x0, y0, x1, y1 = bounds
    # 360 for those who count longitudes from 0 east.
    return not np.isfinite(bounds).all() or (
        min(x0, x1) >= -180.001 and max(x0, x1) <= 360 and max(abs(y0), abs(y1)) <= 90.001
    )


def _degrees_or_refuse(bounds: np.ndarray[Any, np.dtype[np.float64]], table: str) -> str:
    x0, y0, x1, y1 = bounds
    if _can_be_degrees(bounds):
        return CRS
    where = f"coordinates reach from ({x0:g}, {y0:g}) to ({x1:g}, {y1:g})"
    if max(abs(y0), abs(y1)) <= 180 and max(abs(x0), abs(x1)) <= 90:
        refuse(
            f"{where}: latitude seems to stand before longitude; exchange the two (x is longitude, y is latitude)",
            table,
        )
    mercator = max(abs(x0), abs(x1), abs(y0), abs(y1)) <= 20_037_509 and max(abs(x0), abs(y0)) > 1e5
    hint = ", EPSG:3857 if it comes from a web map" if mercator else ""
    return refuse(
        f"{where}: these are no degrees, and no reference system is named; say which with crs='EPSG:…' (--crs on the command "
        f"line){hint}",
        table,
    )
