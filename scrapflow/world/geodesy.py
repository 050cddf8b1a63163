"""Lengths on the ellipsoid: the one place where degrees become kilometres."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from scrapflow.units import ELLIPSOID, M_PER_KM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray
    from pyproj import Geod
    from shapely.geometry.base import BaseGeometry


@cache
def _geod() -> Geod:
    from pyproj import Geod

    return Geod(ellps=ELLIPSOID)


def ellipsoid() -> tuple[float, float]:
    """Return the equatorial radius in km and the squared eccentricity of the ellipsoid of :mod:`scrapflow.units`.

    Examples
    --------
    >>> ellipsoid()[0]
    6378.137
    """
    return _geod().a / M_PER_KM, _geod().es


def geodesic_km(x1: ArrayLike, y1: ArrayLike, x2: ArrayLike, y2: ArrayLike) -> NDArray[np.float64]:
    """Measure the shortest way over the ellipsoid between points, in kilometres.

    Parameters
    ----------
    x1, y1, x2, y2
        Longitudes and latitudes in degrees (EPSG:4326), of one shape ``(n,)``. Unknown coordinates (NaN) give NaN.

    Returns
    -------
    ndarray of float64, shape (n,)
        Lengths in km on WGS84 (Karney 2013, *Algorithms for geodesics*, as implemented in PROJ).

    Examples
    --------
    >>> geodesic_km([0.0], [0.0], [1.0], [0.0]).round(3)
    array([111.319])
    """
    ends = [np.asarray(np.atleast_1d(a), dtype=np.float64) for a in (x1, y1, x2, y2)]
    known = np.isfinite(np.stack(ends)).all(axis=0)
    out = np.full(known.shape, np.nan)
    if known.any():
        # pyproj takes an array of one for a scalar, which NumPy deprecates; a list of one it takes for a list.
        a, b, c, d = (end[known] if known.sum() > 1 else end[known].tolist() for end in ends)
        out[known] = np.asarray(_geod().inv(a, b, c, d)[2]) / M_PER_KM
    return out


def geometry_km(geometries: Sequence[BaseGeometry | None]) -> NDArray[np.float64]:
    """Measure lines on the ellipsoid, in kilometres; of several parts their sum; a missing or empty geometry is NaN.

    Parameters
    ----------
    geometries
        Lines in EPSG:4326, n of them.

    Examples
    --------
    >>> from shapely import LineString
    >>> geometry_km([LineString([(0, 0), (1, 0)]), None]).round(3)
    array([111.319,     nan])
    """
    import shapely

    shapes = np.asarray(geometries, dtype=object)
    # From one part of a line to the next there is no track.
    parts, owner = shapely.get_parts(shapes, return_index=True)
    points, index = shapely.get_coordinates(parts, return_index=True)
    out = np.full(len(shapes), np.nan)
    out[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))] = 0.0
    if len(points) > 1:
        same = index[1:] == index[:-1]
        steps = geodesic_km(points[:-1, 0], points[:-1, 1], points[1:, 0], points[1:, 1])
        np.add.at(out, owner[index[1:][same]], steps[same])
    return out
