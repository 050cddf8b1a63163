"""The basemap of a world: GeoJSON in degrees that the regions point into."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from scrapflow.errors import problem
from scrapflow.units import CRS
from scrapflow.world.check_rules import ids_where
from scrapflow.world.geodesy import geodesic_km
from scrapflow.world.outlines import LAYERS, identifiers
from scrapflow.world.schema import schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapflow.world.world_data import WorldData

_OUTLINE_KM = 20.0
"""A basemap is simplified, and coasts and borders move: so near an outline nothing is said."""
_DEGREES = ("4326", "CRS84")


def basemap_problems(world: WorldData) -> Iterator[dict[str, str]]:
    """Yield the errors of the basemap's files: not GeoJSON, or not in degrees."""
    for layer, data in world.basemap_files.items():
        file = str(world.settings.get("basemap", {}).get(layer, layer))
        try:
            # GEOS reads the whole file much faster than json; the map parses it when it is drawn.
            shapes = shapely.from_geojson(data)
            about = json.loads(data) if b'"crs"' in data else {}
        except (ValueError, shapely.errors.GEOSException) as e:
            yield problem(file, "", "", f"not a GeoJSON FeatureCollection: {e}")
            continue
        if shapes.geom_type != "GeometryCollection" or b"FeatureCollection" not in data:
            yield problem(file, "", "", f"not a GeoJSON FeatureCollection, but a {shapes.geom_type}")
            continue
        named = str(about.get("crs", {}).get("properties", {}).get("name", _DEGREES[0]))
        if not named.endswith(_DEGREES):
            yield problem(file, "", "crs", f"the basemap is in {named}: transform it to {CRS}, as GeoJSON must be")
            continue
        x0, y0, x1, y1 = shapely.total_bounds(shapes)
        # A little beyond is rounding at the date line; 360 and more are no degrees.
        if min(x0, y0 * 2) < -180.1 or max(x1, y1 * 2) > 180.1:
            message = (
                f"coordinates reach from ({x0:g}, {y0:g}) to ({x1:g}, {y1:g}): not longitude and latitude in degrees"
            )
            yield problem(file, "", "", message)


def basemap_warnings(world: WorldData) -> Iterator[dict[str, str]]:
    """Yield regions that point to no polygon of the basemap."""
    regions = world.tables["regions"]
    if not set(LAYERS) & set(world.basemap_files):
        return
    features = [f for layer in LAYERS for f in world.basemap.get(layer, {}).get("features", [])]
    known = {key for feature in features for key in identifiers(feature)}
    lost = ~regions["basemap_id"].isin(known) & (regions["basemap_id"] != "")
    for row, value in zip(ids_where(schema()["regions"], regions, lost), regions.loc[lost, "basemap_id"], strict=True):
        yield problem("regions", row, "basemap_id", f"no polygon of the basemap is called {value!r}", "warning")
    drawn = np.asarray(regions["basemap_id"] != "") | ~shapely.is_empty(regions["geometry"].to_numpy())
    has_parts = regions["region_id"].isin(regions["parent_id"])
    for row in ids_where(schema()["regions"], regions, ~drawn & ~has_parts.to_numpy()):
        yield problem(
            "regions", row, "basemap_id", "neither a polygon of the basemap nor a geometry: drawn nowhere", "note"
        )


def misplaced(world: WorldData) -> Iterator[dict[str, str]]:
    """Yield nodes that lie well outside the outline of their region: a coordinate or a region is wrong."""
    nodes, regions = world.tables["nodes"], world.tables["regions"]
    index = pd.Index(regions["region_id"])
    if index.has_duplicates or not len(index):
        return
    outlines = regions["geometry"].to_numpy()
    region = index.get_indexer(nodes["region_id"])
    placed = np.isfinite(nodes[["x_coord", "y_coord"]].to_numpy(dtype=np.float64)).all(axis=1) & (region >= 0)
    at = np.flatnonzero(placed)
    at = at[~shapely.is_empty(outlines[region[at]])]
    points, shapes = nodes["geometry"].to_numpy()[at], outlines[region[at]]
    out = ~shapely.intersects(shapes, points)
    at, points, shapes = at[out], points[out], shapes[out]
    ends = shapely.get_coordinates(shapely.shortest_line(points, shapes)).reshape(-1, 4)
    away = geodesic_km(*ends.T)
    slack = nodes["coordinate_accuracy_km"].fillna(0.0).to_numpy(dtype=np.float64)[at] + _OUTLINE_KM
    for i, km in zip(at[away > slack], away[away > slack], strict=True):
        name = regions["name"].iloc[region[i]]
        message = f"lies {km:.0f} km outside of its region, {name}: is the coordinate wrong, or the region?"
        yield problem("nodes", str(nodes["node_id"].iloc[i]), "region_id", message, "warning")
