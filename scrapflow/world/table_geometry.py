"""Geometry of the tables: points from coordinates, straight lines where no course is given, outlines from WKT."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from scrapflow.errors import problem
from scrapflow.units import CRS
from scrapflow.world.schema import SPATIAL

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    from numpy.typing import NDArray

_EMPTY = {
    "nodes": shapely.Point(),
    "links": shapely.LineString(),
    "regions": shapely.Polygon(),
}
_HEX = re.compile("0[01][0-9A-Fa-f]{16,}")
_ALLOWED = {"nodes": ("Point",), "links": ("LineString", "MultiLineString"), "regions": ("Polygon", "MultiPolygon")}


def points(nodes: pd.DataFrame) -> NDArray[Any]:
    """Return the points of nodes (EPSG:4326); empty where a coordinate is unknown."""
    xy = nodes[["x_coord", "y_coord"]].to_numpy(dtype=np.float64)
    out = np.full(len(xy), _EMPTY["nodes"], dtype=object)
    placed = np.isfinite(xy).all(axis=1)
    out[placed] = shapely.points(xy[placed])
    return out


def straight(links: pd.DataFrame, nodes: pd.DataFrame) -> NDArray[Any]:
    """Return the straight line between the ends of each link; empty where an end is unknown or not placed."""
    at = pd.Index(nodes["node_id"])
    xy = np.vstack([nodes[["x_coord", "y_coord"]].to_numpy(dtype=np.float64), [[np.nan, np.nan]]])
    if at.has_duplicates:
        at, xy = at[~at.duplicated()], np.vstack([xy[:-1][~at.duplicated()], xy[-1:]])
    ends = np.stack([xy[at.get_indexer(links[c])] for c in ("from_node_id", "to_node_id")], axis=1)
    out = np.full(len(links), _EMPTY["links"], dtype=object)
    placed = np.isfinite(ends).all(axis=(1, 2))
    out[placed] = shapely.linestrings(ends[placed])
    return out


def parse(
    table: str, cells: NDArray[Any], rows: list[str], problems: list[dict[str, str]], judged: NDArray[np.bool_]
) -> NDArray[Any]:
    """Turn WKT text or geometries into geometries of the table's kind; what is not one is reported and left empty.

    Rows that are not ``judged`` are taken only if they are sound.
    """
    out = np.full(len(cells), _EMPTY[table], dtype=object)
    given = np.array([i for i, cell in enumerate(cells.tolist()) if not _is_blank(cell)], dtype=np.intp)
    shapes = np.array([read_shape(cells[i]) for i in given], dtype=object)
    if table == "nodes":
        shapes = np.array([_single(shape) for shape in shapes], dtype=object)
    faults = _faults(table, cells[given], shapes)
    problems += [problem(table, rows[given[k]], "geometry", faults[k]) for k in sorted(faults) if judged[given[k]]]
    drawn = ~shapely.is_empty(shapes)
    drawn[list(faults)] = False
    with np.errstate(invalid="ignore"):  # heights that are none
        out[given[drawn]] = shapely.force_2d(shapes[drawn])
    return out


def _is_blank(cell: object) -> bool:
    return not cell.strip() if isinstance(cell, str) else cell is None or (isinstance(cell, float) and np.isnan(cell))


def _faults(table: str, cells: NDArray[Any], shapes: NDArray[Any]) -> dict[int, str]:
    """Return what is wrong with shapes, by position: the first rule that each one breaks, found for all at once."""
    xy, of = shapely.get_coordinates(shapes, return_index=True)
    with np.errstate(invalid="ignore"):
        beyond = of[(np.abs(xy) > (180, 90)).any(axis=1)]
    kinds = [shapely.GeometryType[name.upper()].value for name in _ALLOWED[table]]
    invalid = ~shapely.is_valid(shapes) if table == "regions" else np.zeros(len(shapes), dtype=bool)
    rules: tuple[tuple[NDArray[np.intp], Callable[[int], str]], ...] = (
        (np.flatnonzero(shapely.is_missing(shapes)), lambda i: _unread(str(cells[i]))),
        (np.flatnonzero(~np.isin(shapely.get_type_id(shapes), kinds)), lambda i: _wrong_kind(table, shapes[i])),
        (of[~np.isfinite(xy).all(axis=1)], lambda _: "the geometry has coordinates that are no numbers"),
        (beyond, lambda i: _beyond(shapes[i])),
        (np.flatnonzero(invalid), lambda i: _not_valid(shapes[i])),
    )
    faults: dict[int, str] = {}
    for broken, told in rules:
        faults |= {i: told(i) for i in np.unique(broken).tolist() if i not in faults}
    return faults


def without_place(shapes: NDArray[Any], farthest: float = np.inf) -> NDArray[np.intp]:
    """Return the positions of shapes with a coordinate that is no number, or that is as far away as ``farthest``.

    A point of NaN is a place that is not known, and none of them.

    Examples
    --------
    >>> shapes = np.array(
    ...     [shapely.Point(1, 2), shapely.Point(np.nan, np.nan), shapely.LineString([(0, 0), (1, np.inf)])]
    ... )
    >>> without_place(shapes).tolist(), without_place(shapes, 2).tolist()
    ([2], [0, 2])
    """
    xy, of = shapely.get_coordinates(shapes, return_index=True)
    wrong = ~(np.abs(xy) < farthest).all(axis=1)
    unknown = np.isnan(xy).all(axis=1) & (shapely.get_type_id(shapes)[of] == 0)
    positions: NDArray[np.intp] = np.unique(of[wrong & ~unknown])
    return positions


def read_shape(cell: object) -> BaseGeometry | None:
    """Return what a cell draws: a geometry, WKT (with an SRID of degrees or none), WKB or GeoJSON; None if it is none of these.

    Examples
    --------
    >>> read_shape("SRID=4326;POINT (1 2)").wkt, read_shape(b"no geometry")
    ('POINT (1 2)', None)
    """
    if isinstance(cell, str):
        text = cell.strip()
        head, _, rest = text.partition(";")
        if head.upper().replace(" ", "") in ("SRID=4326", "SRID=0"):
            text = rest
        if _HEX.fullmatch(text):
            return _wkb(text)
        if text.startswith("{"):
            shape: BaseGeometry | None = shapely.from_geojson(text, on_invalid="ignore")
            return shape
        with np.errstate(invalid="ignore"):
            return shapely.from_wkt(text, on_invalid="ignore")
    if isinstance(cell, (bytes, bytearray, memoryview)):
        return _wkb(bytes(cell))
    return cell if isinstance(cell, BaseGeometry) else None


def _wkb(cell: bytes | str) -> BaseGeometry | None:
    shape: BaseGeometry | None = shapely.from_wkb(cell, on_invalid="ignore")
    return shape


def _single(shape: BaseGeometry | None) -> BaseGeometry | None:
    """Return the point of a multi-point of one, as programs write it that promote to multi."""
    return shape.geoms[0] if isinstance(shape, shapely.MultiPoint) and len(shape.geoms) == 1 else shape


def _wrong_kind(table: str, shape: BaseGeometry) -> str:
    parts = "; turn multipart into singleparts, one row a place" if shape.geom_type == "MultiPoint" else ""
    return f"a {shape.geom_type} stands where a {SPATIAL[table]} is wanted{parts}"


def _beyond(shape: BaseGeometry) -> str:
    x0, y0, x1, y1 = np.abs(shape.bounds)
    swapped = max(y0, y1) <= 180 and max(x0, x1) <= 90
    hint = "; longitude comes first: are the two swapped?" if swapped else f"; it must be in degrees ({CRS})"
    return f"the geometry reaches beyond ±180, ±90 degrees{hint}"


def _not_valid(shape: BaseGeometry) -> str:
    return f"the outline is not valid ({shapely.is_valid_reason(shape)}): repair it, for example with make_valid"


def _unread(text: str) -> str:
    if text.upper().startswith("SRID="):
        return f"{text[:40]!r} is EWKT: write plain WKT in degrees ({CRS}), without the SRID"
    return f"{text[:40]!r} is not WKT such as 'LINESTRING (125.7 39.0, 125.8 39.1)'"


def geo(frame: pd.DataFrame, geometry: NDArray[Any]) -> gpd.GeoDataFrame:
    """Return a GeoDataFrame in EPSG:4326 with the geometry as the last column."""
    import geopandas as gpd

    plain = frame.drop(columns="geometry", errors="ignore")
    return gpd.GeoDataFrame(plain, geometry=gpd.GeoSeries(geometry, index=frame.index, crs=CRS))
