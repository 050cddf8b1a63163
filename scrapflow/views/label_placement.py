"""Room for signs and names on a figure: the same two rules as on the map, in points on paper."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


def make_room(at: Points, radius: Points, fixed: NDArray[np.bool_], rounds: int = 60) -> Points:
    """Push signs off each other; fixed ones stay.

    Parameters
    ----------
    at
        Centres, shape ``(n, 2)``.
    radius
        Radii, shape ``(n,)``.
    fixed
        Which ones do not move, shape ``(n,)``.

    Examples
    --------
    >>> moved = make_room(np.array([[0.0, 0.0], [1.0, 0.0]]), np.array([5.0, 5.0]), np.array([True, False]))
    >>> float(np.hypot(*(moved[1] - moved[0])).round(3)) >= 10
    True
    """
    out = at.astype(np.float64).copy()
    for _ in range(rounds):
        moved = False
        for i in np.flatnonzero(~fixed):
            away = out[i] - out
            apart = np.hypot(away[:, 0], away[:, 1])
            lack = radius + radius[i] - apart
            lack[i] = 0.0
            for j in np.flatnonzero(lack > 1e-6):
                direction = away[j] / apart[j] if apart[j] > 1e-9 else np.array([-1.0, 0.0])
                out[i] += direction * lack[j] * (1.0 if fixed[j] else 0.5)
                moved = True
        if not moved:
            break
    return out


def place_names(
    at: Points,
    radius: Points,
    size: Points,
    order: NDArray[np.int64],
    view: Points | None = None,
    needed: NDArray[np.bool_] | None = None,
) -> list[tuple[float, float] | None]:
    """Find the lower left corner of each name beside its sign so that none meets another; None where there is no room.

    Parameters
    ----------
    at, radius
        Signs: centres ``(n, 2)`` and radii ``(n,)``.
    size
        Width and height of each name, shape ``(n, 2)``.
    order
        Which name is placed first, second, …: indices, shape ``(n,)``.
    view
        Box ``x1, y1, x2, y2`` that names stay in.
    needed
        Which names must be there, shape ``(n,)``: rather over a sign than not at all, and over as little as can be.

    Examples
    --------
    >>> place_names(np.zeros((1, 2)), np.ones(1), np.array([[10.0, 4.0]]), np.array([0]))
    [(3.0, -2.0)]
    """
    signs = np.column_stack([at - radius[:, None], at + radius[:, None]])
    names = np.zeros((0, 4))
    out: list[tuple[float, float] | None] = [None] * len(at)
    for i in order:
        (x, y), r, (w, h) = at[i], radius[i] + 2.0, size[i]
        tries = (
            (r, -h / 2),
            (-r - w, -h / 2),
            (-w / 2, r),
            (-w / 2, -r - h),
            (r * 0.7, r * 0.7),
            (r * 0.7, -r * 0.7 - h),
            (-r * 0.7 - w, r * 0.7),
            (-r * 0.7 - w, -r * 0.7 - h),
        )
        others = np.delete(signs, i, axis=0)
        boxes = [np.array([x + dx, y + dy, x + dx + w, y + dy + h]) for dx, dy in tries]
        inside = [b for b in boxes if view is None or bool(np.all(b[:2] >= view[:2]) and np.all(b[2:] <= view[2:]))]
        clear = [b for b in inside if not _meets(b, names)]
        # the first that covers nothing; where a name must be there, the one that covers least
        box = next((b for b in clear if not _meets(b, others)), None)
        if box is None and needed is not None and needed[i]:
            box = min(clear, key=lambda b: _shared(b, others), default=None)
        if box is not None:
            names = np.vstack([names, box])
            out[i] = (float(box[0]), float(box[1]))
    return out


def _shared(box: Points, others: Points) -> float:
    """Return the area that a box shares with others."""
    wide = np.minimum(box[2], others[:, 2]) - np.maximum(box[0], others[:, 0])
    high = np.minimum(box[3], others[:, 3]) - np.maximum(box[1], others[:, 1])
    return float((np.maximum(wide, 0.0) * np.maximum(high, 0.0)).sum())


def _meets(box: Points, others: Points) -> bool:
    return bool(
        np.any((box[0] < others[:, 2]) & (others[:, 0] < box[2]) & (box[1] < others[:, 3]) & (others[:, 1] < box[3]))
    )
