"""Longitudes of places on both sides of the date line, as numbers that go on past 180°."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HALF, _WHOLE = 180.0, 360.0


def cut_of(longitudes: NDArray[np.float64]) -> float | None:
    """Return the meridian on which to cut the map, where the places lie on both sides of the date line; else None.

    It lies in the middle of the widest empty stretch. Places that reach around more than half of the globe are drawn as
    usual.

    Parameters
    ----------
    longitudes
        Degrees, NaN where there is no place.

    Examples
    --------
    >>> cut_of(np.array([179.0, -179.0])), cut_of(np.array([-60.0, 100.0])), cut_of(np.array([]))
    (0.0, None, None)
    """
    placed = np.unique(longitudes[np.isfinite(longitudes)])
    if len(placed) < 2 or placed[-1] - placed[0] <= _HALF:
        return None
    gaps = np.diff(placed)
    widest = int(gaps.argmax())
    if gaps[widest] < _HALF:
        return None
    return float(placed[widest : widest + 2].mean())


def east_of(longitudes: NDArray[np.float64], cut: float) -> NDArray[np.float64]:
    """Return longitudes that go on past 180° for what lies west of a meridian."""
    return np.where(longitudes < cut, longitudes + _WHOLE, longitudes)


def wrapped(longitudes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return longitudes between -180° and 180°, where they went on past that.

    Examples
    --------
    >>> wrapped(np.array([180.0, 190.0])).tolist()
    [180.0, -170.0]
    """
    return np.where(longitudes > _HALF, longitudes - _WHOLE, longitudes)
