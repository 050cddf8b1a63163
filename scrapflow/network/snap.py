"""Which place is nearest: points snapped to targets through a spatial index."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from scrapflow.world.geodesy import ellipsoid

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_FEW = 500_000
"""Up to how many pairs every point is compared with every target."""
_MANY_TO_ONE, _CROWD = 100, 100_000
"""From how many points a target a better tree pays, and from how many points all cores do."""


class Nearest(NamedTuple):
    """Nearest targets of each point: ``target`` (n, k) positions, -1 where there is none; ``distance`` (n, k), inf there."""

    target: NDArray[np.int64]
    distance: NDArray[np.float64]


def earth_xyz(x: ArrayLike, y: ArrayLike) -> NDArray[np.float64]:
    """Turn degrees (EPSG:4326) into geocentric kilometres on WGS84, where straight lines order like geodesics.

    Parameters
    ----------
    x, y
        Longitudes and latitudes in degrees, shape (n,).

    Returns
    -------
    ndarray of float64, shape (n, 3)

    Examples
    --------
    >>> earth_xyz([0.0], [0.0]).round(3)
    array([[6378.137,    0.   ,    0.   ]])
    """
    lon, lat = np.radians(np.asarray(x, dtype=np.float64)), np.radians(np.asarray(y, dtype=np.float64))
    radius_km, squared = ellipsoid()
    n = radius_km / np.sqrt(1 - squared * np.sin(lat) ** 2)
    return np.stack(
        [n * np.cos(lat) * np.cos(lon), n * np.cos(lat) * np.sin(lon), n * (1 - squared) * np.sin(lat)], axis=-1
    )


def nearest(points: ArrayLike, targets: ArrayLike, *, k: int = 1, reach: float = np.inf) -> Nearest:
    """Find the k nearest targets of each point, nearest first, equal distances by position of the target.

    Parameters
    ----------
    points, targets
        Coordinates in one metric system (projected, or :func:`earth_xyz`), shapes (n, d) and (m, d).
    k
        How many targets a point may have.
    reach
        Largest distance, in the unit of the coordinates.

    Returns
    -------
    Nearest

    Examples
    --------
    >>> nearest([[0.0, 0.0]], [[3.0, 4.0], [1.0, 0.0]], k=2).target
    array([[1, 0]])
    """
    a, b = np.asarray(points, dtype=np.float64), np.asarray(targets, dtype=np.float64)
    if not len(a) or not len(b):
        return Nearest(np.full((len(a), k), -1), np.full((len(a), k), np.inf))
    kept = min(k, len(b))
    search = _compared if len(a) * len(b) <= _FEW else _searched
    target, distance = search(a, b, kept, reach)
    target[np.isinf(distance)] = -1
    short = k - kept
    if short:
        target = np.pad(target, ((0, 0), (0, short)), constant_values=-1)
        distance = np.pad(distance, ((0, 0), (0, short)), constant_values=np.inf)
    return Nearest(target, distance)


def _compared(
    a: NDArray[np.float64], b: NDArray[np.float64], kept: int, reach: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Compare every point with every target: for a country's few hundred that is quicker than importing a tree."""
    far = np.sqrt(((a[:, None, :] - b[None, :, :]) ** 2).sum(axis=2))
    far[far > reach] = np.inf
    target = np.argsort(far, axis=1, kind="stable")[:, :kept]
    return target, np.take_along_axis(far, target, 1)


def _searched(
    a: NDArray[np.float64], b: NDArray[np.float64], kept: int, reach: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Search a k-d tree, more widely where the last place is shared by targets at one distance."""
    from scipy.spatial import cKDTree

    # Median splits and compact nodes cost more to build than they save, unless there are many more points than targets.
    many = len(a) > _MANY_TO_ONE * len(b)
    tree = cKDTree(b, balanced_tree=many, compact_nodes=many)
    limit, workers = np.nextafter(reach, np.inf), -1 if len(a) > _CROWD else 1
    distance, target = np.full((len(a), kept), np.inf), np.full((len(a), kept), -1)
    rows, wide = np.arange(len(a)), kept
    while len(rows):
        # One more than wanted tells whether the last place is shared, which is settled by position of the target.
        wide = min(2 * wide if wide > kept else kept + 1, len(b))
        some = a if len(rows) == len(a) else a[rows]
        far, which = tree.query(some, k=range(1, wide + 1), distance_upper_bound=limit, workers=workers)
        shared = np.isfinite(far[:, -1]) & (far[:, kept - 1] == far[:, -1]) & (wide < len(b))
        if wide > 1:
            equal = (far[:, :-1] == far[:, 1:]).any(axis=1)
            order = np.lexsort((which[equal], far[equal]), axis=1)
            which[equal] = np.take_along_axis(which[equal], order, 1)
        distance[rows], target[rows] = far[:, :kept], which[:, :kept]
        rows = rows[shared]
    return target, distance
