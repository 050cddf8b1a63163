"""What lies under a map: the world's own basemap, else land and borders of Natural Earth, else a neutral ground."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import shapely

from scrapflow.views.in_one_piece import cut_and_moved
from scrapflow.views.plain_columns import floats

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapflow.ledger.tables import RunTables
    from scrapflow.views.plain_columns import GeoJson

ATTRIBUTION = "Natural Earth (public domain)"
PER_DEGREE = 100
_AROUND = 1.0
"""Land is drawn as far around the places as they reach themselves."""
_LEAST_DEGREES = 5.0
_EDGE = 180.0
_ON_LAND = 0.5
"""With a smaller share of its places on land, a world is taken for a drawn one, which lies nowhere."""


@cache
def _countries() -> list[tuple[str, list[list[list[float]]]]]:
    """Names and rings in degrees; see ``geodata/build/land.py``."""
    rows = json.loads(files("scrapflow.views").joinpath("land.json").read_text("utf-8"))
    return [
        (name, [(np.array(ring, dtype=float).reshape(-1, 2) / PER_DEGREE).tolist() for ring in rings])
        for name, rings in rows
    ]


@cache
def _countries_from(cut: float) -> list[tuple[str, list[list[list[float]]]]]:
    """Names and rings in longitudes that go on past 180° up to a meridian."""
    moved = [
        (name, [part for ring in rings for part in cut_and_moved(shapely.Polygon(ring), cut).geoms])
        for name, rings in _countries()
    ]
    return [(name, [np.asarray(part.exterior.coords).tolist() for part in parts]) for name, parts in moved]


def _polygons(rings: list[list[list[float]]]) -> list[shapely.Geometry]:
    return [shapely.make_valid(shapely.Polygon(ring)) for ring in rings]


def backdrop(run: RunTables) -> Mapping[str, GeoJson]:
    """Return GeoJSON by name for drawing under a run; empty where nothing is known of the land.

    Examples
    --------
    >>> import scrapflow as sf
    >>> sorted(backdrop(sf.run(sf.read_world("toy"))))
    []
    """
    return run.basemap or land_around(floats(run.nodes, "x_coord"), floats(run.nodes, "y_coord"))


def attribution(run: RunTables) -> str:
    """Return whose work the background is."""
    return str(run.meta.get("attribution", "")) or ("" if run.basemap or not backdrop(run) else ATTRIBUTION)


def land_around(x: np.ndarray, y: np.ndarray) -> dict[str, GeoJson]:
    """Return the countries around some places, if most of these are on land.

    Parameters
    ----------
    x, y
        Degrees (EPSG:4326), shape ``(n,)``; NaN where there is no place. Longitudes that go on past 180° are drawn so.

    Examples
    --------
    >>> names = [
    ...     f["properties"]["name"] for f in land_around(np.array([9.0]), np.array([48.0]))["countries"]["features"]
    ... ]
    >>> "Germany" in names, land_around(np.array([0.0]), np.array([0.0]))
    (True, {})
    """
    placed = np.isfinite(x) & np.isfinite(y)
    x, y = x[placed], y[placed]
    if not len(x):
        return {}
    cut = (x.min() + x.max() - 360.0) / 2 if x.max() > _EDGE else None
    far = max(_LEAST_DEGREES, _AROUND * float(max(np.ptp(x), np.ptp(y))))
    window = shapely.box(x.min() - far, y.min() - far, x.max() + far, y.max() + far)
    known = _countries() if cut is None else _countries_from(float(cut))
    land = [(name, rings) for name, rings in known if any(shapely.intersects(_polygons(rings), window))]
    on_land = np.zeros(len(x), dtype=bool)
    for _, rings in land:
        for outline in _polygons(rings):
            on_land |= shapely.contains_xy(outline, x, y)
    if on_land.mean() < _ON_LAND:
        return {}
    features = [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]},
        }
        for name, rings in land
    ]
    return {"countries": {"type": "FeatureCollection", "features": features}}
