"""Outlines of regions: their own, else the polygons of the basemap that they name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

LAYERS = ("regions", "counties")
"""Layers of the basemap that hold outlines of regions."""


def of_basemap(regions: gpd.GeoDataFrame, layers: Mapping[str, bytes]) -> NDArray[Any]:
    """Return the polygon of the basemap that each region names; empty where there is none, or it is not sound.

    Parameters
    ----------
    regions
        Rows with ``basemap_id``.
    layers
        GeoJSON by layer, EPSG:4326; what cannot be read is passed over here and reported by the check.
    """
    wanted = set(regions["basemap_id"]) - {""}
    polygons: dict[str, Any] = {}
    for layer in LAYERS if wanted else ():
        for feature in _features(layers.get(layer, b"")):
            for key in wanted.intersection(identifiers(feature)) - polygons.keys():
                polygons[key] = _polygon(feature)
    drawn = [polygons.get(key, shapely.Polygon()) for key in regions["basemap_id"].tolist()]
    out = np.empty(len(regions), dtype=object)
    out[:] = drawn
    return out


def with_outlines(regions: gpd.GeoDataFrame, layers: Mapping[str, bytes]) -> gpd.GeoDataFrame:
    """Give the regions without an outline of their own that of the basemap."""
    own = regions["geometry"].to_numpy()
    empty = shapely.is_empty(own)
    if not empty.any():
        return regions
    return regions.set_geometry(np.where(empty, of_basemap(regions, layers), own), crs=regions.crs)


def identifiers(feature: Mapping[str, Any]) -> Iterator[str]:
    """Yield all by which a feature of the basemap may be named."""
    yield str(feature.get("id", ""))
    for value in (feature.get("properties") or {}).values():
        if isinstance(value, str):
            yield value


def _features(data: bytes) -> list[Mapping[str, Any]]:
    try:
        found = json.loads(data)["features"]
    except (ValueError, KeyError, TypeError):
        return []
    return [f for f in found if isinstance(f, dict)] if isinstance(found, list) else []


def _polygon(feature: Mapping[str, Any]) -> Any:
    try:
        shape = shapely.from_geojson(json.dumps(feature.get("geometry")))
    except shapely.errors.GEOSException:
        return shapely.Polygon()
    usable = shape.geom_type in ("Polygon", "MultiPolygon") and shapely.is_valid(shape)
    return shape if usable else shapely.Polygon()
