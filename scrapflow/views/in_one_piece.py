"""Worlds that lie on both sides of the date line: drawn in one piece, in longitudes that go on past 180°."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import shapely

from scrapflow.views.plain_columns import floats
from scrapflow.world.date_line import cut_of, east_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from scrapflow.ledger.tables import RunTables

    Drawn = TypeVar("Drawn", bound=RunTables)

_WHOLE = 360.0


def in_one_piece(run: Drawn) -> Drawn:
    """Return a run whose places, links and background are drawn in one piece; the run itself where they are already."""
    cut = cut_of(floats(run.nodes, "x_coord"))
    if cut is None:
        return run
    nodes, links = run.nodes, run.links
    x = east_of(floats(nodes, "x_coord"), cut)
    nodes = nodes.assign(x_coord=x).set_geometry(_moved(nodes.geometry.to_numpy(), cut), crs=nodes.crs)
    links = links.set_geometry(_moved(links.geometry.to_numpy(), cut), crs=links.crs)
    basemap = {name: _features(data, cut) for name, data in run.basemap.items()}
    return type(run)({**run.tables, "nodes": nodes, "links": links}, run.meta, basemap)


def _moved(shapes: NDArray[Any], cut: float) -> NDArray[Any]:
    return np.asarray(
        shapely.transform(shapes, lambda xy: np.column_stack([east_of(xy[:, 0], cut), xy[:, 1]])), dtype=object
    )


def _features(data: Mapping[str, Any], cut: float) -> dict[str, Any]:
    """Cut the polygons of a GeoJSON mapping at a meridian and move what lies west of it to the east."""
    features = []
    for feature in data.get("features", []):
        geometry = feature.get("geometry")
        shape = shapely.geometry.shape(geometry) if geometry else None
        features.append({**feature, "geometry": cut_and_moved(shape, cut).__geo_interface__} if shape else feature)
    return {**data, "features": features}


def cut_and_moved(shape: shapely.Geometry, cut: float) -> shapely.MultiPolygon:
    """Cut a polygon at a meridian and move the part west of it by a whole turn to the east.

    Examples
    --------
    >>> cut_and_moved(shapely.box(-1, 0, 1, 1), 0).bounds
    (0.0, 0.0, 360.0, 1.0)
    """
    whole = shapely.make_valid(
        shapely.MultiPolygon([_untorn(p) for p in shapely.get_parts(shape) if p.geom_type == "Polygon"])
    )
    west = shapely.intersection(whole, shapely.box(-_WHOLE, -90.0, cut, 90.0))
    east = shapely.intersection(whole, shapely.box(cut, -90.0, _WHOLE, 90.0))
    moved = shapely.transform(west, lambda xy: xy + np.array([_WHOLE, 0.0]))
    parts = [p for side in (east, moved) for p in shapely.get_parts(side) if p.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.MultiPolygon([q for p in parts for q in shapely.get_parts(p)])


def _untorn(polygon: shapely.Polygon) -> shapely.Polygon:
    """Return an outline that crosses the date line as one that goes on past it, instead of back around the globe."""
    rings = [np.asarray(ring.coords)[:, :2] for ring in (polygon.exterior, *polygon.interiors)]
    whole = [np.column_stack([np.unwrap(ring[:, 0], period=_WHOLE), ring[:, 1]]) for ring in rings]
    # One that does not come back to where it began goes around a pole.
    return shapely.Polygon(whole[0], whole[1:]) if all((r[0] == r[-1]).all() for r in whole) else polygon
