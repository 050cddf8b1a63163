"""Where a map's places are: the basemap's outlines, and the nodes gathered by point, county and region."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

from scrapflow.views.packing import pack, pack_degrees

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from scrapflow.views.plain_columns import GeoJson, Json

T = TypeVar("T")

STANDING_ALONE = ("mill", "station", "outside")
"""Kinds of nodes that are not gathered."""
STEPS_PER_DEGREE = 2000
"""Nodes nearer than this are on one point: about fifty metres."""


def gathered(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    kinds: Sequence[str],
    regions: Sequence[int],
    counties: Sequence[str],
) -> list[Json]:
    """Return the nodes by the point they stand on, the points by county and the counties by region.

    Parameters
    ----------
    x, y
        Degrees of every node, shape ``(n,)``; NaN where it has no place.
    kinds, regions, counties
        Kind, region (as a number, 0 for none) and county of every node. A point is in the region of its yard and in
        the county of its community, if it has them.

    Returns
    -------
    list
        ``[region, [[county, [[node, …], …]], …]]`` in order of appearance; points without a county are one each.

    Examples
    --------
    >>> gathered(np.array([0.0, 0.0, 1.0]), np.zeros(3), ["yard", "enterprise", "yard"], [1, 1, 1], ["", "", ""])
    [[1, [['', [[0, 1]]], ['', [[2]]]]]]
    """
    points: dict[tuple[int, int], list[int]] = {}
    for i, kind in enumerate(kinds):
        if kind not in STANDING_ALONE and np.isfinite(x[i]) and np.isfinite(y[i]):
            points.setdefault((round(x[i] * STEPS_PER_DEGREE), round(y[i] * STEPS_PER_DEGREE)), []).append(i)
    tree: dict[int, dict[str | tuple[int, int], tuple[str, list[list[int]]]]] = {}
    for point, ids in points.items():
        region = _of(ids, regions, kinds, "yard")
        county = _of(ids, counties, kinds, "community")
        tree.setdefault(region, {}).setdefault(county or point, (county, []))[1].append(ids)
    return [[region, [list(part) for part in parts.values()]] for region, parts in tree.items()]


def _of(ids: list[int], values: Sequence[T], kinds: Sequence[str], kind: str) -> T:
    """Return the value of the last node of a kind that has one, else the first that there is."""
    own = [values[i] for i in ids if kinds[i] == kind and values[i]]
    return own[-1] if own else next((values[i] for i in ids if values[i]), values[ids[0]])


def basemap(layers: Mapping[str, GeoJson]) -> dict[str, Json]:
    """Return the rings of a basemap's polygons, packed, with a name and identifiers per feature.

    Parameters
    ----------
    layers
        GeoJSON mappings by name (``countries``, ``regions``), EPSG:4326.
    """
    return {name: _polygons(data) for name, data in sorted(layers.items()) if data}


def _polygons(data: GeoJson) -> dict[str, Json]:
    names, ids, rings_of, counts = [], [], [], []  # type: ignore[var-annotated]
    xy: list[NDArray[np.float64]] = []
    for feature in data.get("features", []):
        geometry = feature.get("geometry") or {}
        parts = {"Polygon": [geometry.get("coordinates")], "MultiPolygon": geometry.get("coordinates")}.get(
            geometry.get("type"),  # type: ignore[arg-type]
            [],
        )
        rings = [np.asarray(ring, dtype=np.float64)[:, :2] for part in parts or [] for ring in part]  # type: ignore[union-attr]
        properties = feature.get("properties") or {}
        names.append(str(properties.get("name", "")))
        ids.append(
            str(properties.get("region_id", properties.get("basemap_id", feature.get("id", properties.get("id", "")))))
        )
        rings_of.append(len(rings))
        counts.extend(len(r) for r in rings)
        xy.extend(rings)
    points = np.concatenate(xy) if xy else np.zeros((0, 2))
    return {
        "names": names,
        "ids": ids,
        "home": [bool((f.get("properties") or {}).get("home", False)) for f in data.get("features", [])],
        "rings": pack(rings_of, "int", ready=True),
        "n": pack(counts, "int", ready=True),
        "x": pack_degrees(points[:, 0], ready=True),
        "y": pack_degrees(points[:, 1], ready=True),
    }
