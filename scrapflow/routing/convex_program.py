r"""A small convex programme in separable squares, solved to the last digits: min ½ Σ d v² with A v = b, low ≤ v ≤ high.

With the variables that are at a bound fixed, what is left is one system of linear equations, solved directly and refined;
bounds that turn out wrong are changed and it is solved again (a primal–dual active set, Hintermüller, Ito & Kunisch 2003).
Where rows are balances of a network, the equations of their prices alone are a weighted Laplacian, which is eliminated with
little fill and without pivoting. A handful of steps from no bound at all usually ends where every condition of the minimum
holds; where it does not, Clarabel's interior-point method tells which bounds hold. Variables that rows settle alone are
taken out beforehand.

Reference: Goulart & Chen (2024), "Clarabel: an interior-point solver for conic programs with quadratic objectives".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scrapflow.routing.solution import LimitError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from scipy.sparse import csc_array

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]
    _Correct = Callable[[Floats, Floats], tuple[Floats, Floats]]

_CLEAR = 1e-11
"""Shares of a variable's scale below which it is at its bound."""
_EXACT = 1e-15
_ROUNDS = 50
_SHIFT = 1e-9
"""What makes the equations regular; refinement takes its effect out again."""
_STEPS, _STEPS_NEAR, _MET = 12, 4, 1e-12
"""Steps of the active set from no bound at all and from those of a point, and by how much the rows may be off at its end."""


@dataclass(frozen=True, eq=False)
class Programme:
    """min ½ Σ ``curve`` v² such that ``rows`` v = ``right`` and ``low`` ≤ v ≤ ``high``: n variables, m rows.

    ``scale`` is the size that each variable can be expected to have, shape (n,).
    """

    curve: Floats
    rows: csc_array
    right: Floats
    low: Floats
    high: Floats
    scale: Floats


def minimise(programme: Programme, *, near: Floats | None = None) -> Floats:
    """Return the variables at the minimum, shape (n,).

    Parameters
    ----------
    programme
        What to minimise.
    near
        The minimum of a programme with other tonnes, where there may well be no point: only the quick way is then tried,
        from the bounds that held there.

    Raises
    ------
    LimitError
        If no point satisfies the rows and bounds, or none can be proven the least.

    Examples
    --------
    >>> from scipy.sparse import csc_array
    >>> two = np.array([1.0, 2.0])
    >>> none = np.zeros(2)
    >>> p = Programme(1 / two, csc_array([[1.0, 1.0]]), np.array([3.0]), none, none + np.inf, two)
    >>> minimise(p).round(9).tolist()
    [1.0, 2.0]
    """
    value, fixed, right = _presolve(programme)
    free = np.flatnonzero(~fixed)
    if not len(free):
        return value if near is None else _met(programme, value)
    rows = programme.rows[:, free]
    kept = np.flatnonzero(np.diff(rows.tocsr().indptr))
    scale = programme.scale[free]
    scaled = (rows.tocsr()[kept] @ _diagonal(scale)).tocsr()
    size = np.maximum(abs(scaled).max(axis=1).toarray().ravel(), np.finfo(np.float64).tiny)
    curve = programme.curve[free] * scale**2
    small = Programme(
        curve / (float(curve.max()) or 1.0),
        (_diagonal(1.0 / size) @ scaled).tocsc(),
        right[kept] / size,
        programme.low[free] / scale,
        programme.high[free] / scale,
        np.ones(len(free)),
    )
    start = None if near is None or len(near) != len(fixed) else near[free] / scale
    found = _by_active_set(small, start)
    if found is None and near is not None:
        text = "the quick way leads nowhere"
        raise LimitError(text)
    value[free] = (_polish(small, *_interior(small)) if found is None else found) * scale
    value = np.clip(value, programme.low, programme.high)
    return value if near is None else _met(programme, value)


def _met(p: Programme, value: Floats) -> Floats:
    """Return a point if it satisfies all rows, those that were settled beforehand too."""
    if (np.abs(p.rows @ value - p.right) > _CLEAR * (abs(p.rows) @ p.scale)).any():
        text = "no point satisfies the rows"
        raise LimitError(text)
    return value


def _diagonal(values: Floats) -> csc_array:
    from scipy.sparse import diags_array

    return diags_array(values, format="csc")


def _presolve(p: Programme) -> tuple[Floats, Bools, Floats]:
    """Fix what a bound or a row alone settles: the values, which are fixed, and the right side that is left."""
    matrix = p.rows.tocsr()
    value = np.where(np.isfinite(p.low), p.low, 0.0)
    fixed = p.high - p.low <= _CLEAR * p.scale
    right = p.right - matrix @ np.where(fixed, value, 0.0)
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    while True:
        live = ~fixed[matrix.indices]
        single = np.bincount(row[live], minlength=matrix.shape[0]) == 1
        entries = np.flatnonzero(live & single[row])
        if not len(entries):
            return value, fixed, right
        column, first = np.unique(matrix.indices[entries], return_index=True)
        entry = entries[first]
        value[column] = np.clip(right[row[entry]] / matrix.data[entry], p.low[column], p.high[column])
        fixed[column] = True
        step = np.zeros(len(value))
        step[column] = value[column]
        right -= matrix @ step


def _by_active_set(p: Programme, near: Floats | None) -> Floats | None:
    """Return the minimum, all conditions of which hold, or None if a few steps do not lead there: from the bounds of a point, or none."""
    at_low, at_high = np.zeros((2, len(p.curve)), dtype=bool)
    if near is not None:
        at_low = near <= p.low + _CLEAR
        at_high = (near >= p.high - _CLEAR) & ~at_low
    value, price = np.where(np.isfinite(p.low), p.low, 0.0), np.zeros(p.rows.shape[0])
    for _ in range(_STEPS if near is None else _STEPS_NEAR):
        value = np.where(at_low, p.low, np.where(at_high, p.high, value))
        try:
            value, price = _refined(p, value, price, ~(at_low | at_high), _by_prices)
        except (RuntimeError, LimitError):  # a singular factor, or one that is nearly so: too many bounds at once
            return None if near is None else _by_active_set(p, None)
        slope = p.curve * value + p.rows.T @ price
        under, over = value < p.low - _CLEAR, value > p.high + _CLEAR
        loose = (at_low & (slope < -_CLEAR)) | (at_high & (slope > _CLEAR))
        if not (under.any() or over.any() or loose.any()):
            return value if float(np.abs(p.rows @ value - p.right).max(initial=0.0)) <= _MET else None
        at_low, at_high = (at_low & ~loose) | under, (at_high & ~loose) | over
        value = np.clip(value, p.low, p.high)
    return None


def _interior(p: Programme) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the point, the multipliers of the rows, and those of the lower and upper bounds."""
    import clarabel
    from scipy.sparse import eye_array, vstack

    many, count = p.rows.shape
    below, above = np.flatnonzero(np.isfinite(p.low)), np.flatnonzero(np.isfinite(p.high))
    unit = eye_array(count, format="csr")
    every = vstack([p.rows, -unit[below], unit[above]], format="csc")
    right = np.concatenate([p.right, -p.low[below], p.high[above]])
    cones = [clarabel.ZeroConeT(many), clarabel.NonnegativeConeT(len(below) + len(above))]
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-11
    solver = clarabel.DefaultSolver(_diagonal(p.curve), np.zeros(count), every, right, cones, settings)
    answer = solver.solve()
    if "Solved" not in str(answer.status) and "Insufficient" not in str(answer.status):
        text = f"no plan of least cost was found: {answer.status}"
        raise LimitError(text)
    point, multiplier = np.array(answer.x), np.array(answer.z)
    lower, upper = np.zeros(count), np.zeros(count)
    lower[below] = multiplier[many : many + len(below)]
    upper[above] = multiplier[many + len(below) :]
    return point, multiplier[:many], lower, upper


def _polish(p: Programme, point: Floats, lagrange: Floats, lower: Floats, upper: Floats) -> Floats:
    """Return the exact minimum near ``point``."""
    at_low, at_high = lower > point - p.low, upper > p.high - point
    at_high &= ~at_low
    freed = np.zeros(len(point), dtype=bool)
    for _ in range(_ROUNDS):
        value = np.where(at_low, p.low, np.where(at_high, p.high, point))
        value, price = _refined(p, value, lagrange, ~(at_low | at_high), _together)
        slope = p.curve * value + p.rows.T @ price
        under, over = value < p.low - _CLEAR, value > p.high + _CLEAR
        # What was let go once and came back is at its bound by a hair; to let it go again would go on for ever.
        loose = ((at_low & (slope < -_CLEAR)) | (at_high & (slope > _CLEAR))) & ~freed
        freed |= loose
        if not (under.any() or over.any() or loose.any()):
            break
        at_low, at_high = (at_low & ~loose) | under, (at_high & ~loose) | over
        point = np.clip(value, p.low, p.high)
    worst = float(np.abs(p.rows @ value - p.right).max(initial=0.0))
    if worst > 1e-7:
        text = f"the rows are off by {worst:.1e} of their scale"
        raise LimitError(text)
    return value


def _refined(
    p: Programme, value: Floats, price: Floats, free: Bools, factored: Callable[[Floats, csc_array], _Correct]
) -> tuple[Floats, Floats]:
    """Return the point where the slope along the rows is zero, all but the ``free`` variables held, and the prices."""
    own = np.flatnonzero(free)
    if not len(own):
        return value, price
    curve, part = p.curve[own], p.rows[:, own]
    correct, turned = factored(curve, part), part.T.tocsr()
    value, price = value.copy(), price.copy()
    last = np.inf
    for _ in range(_ROUNDS):
        step, change = correct(-(curve * value[own] + turned @ price), p.right - p.rows @ value)
        size = float(np.abs(step).max(initial=0.0))
        if not np.isfinite(size):
            text = "the equations between bounds have no finite solution"
            raise LimitError(text)
        value[own] += step
        price += change
        if size < _EXACT or (size > last / 2 and size < _CLEAR):
            break
        last = size
    return value, price


def _together(curve: Floats, part: csc_array) -> _Correct:
    """Factor the equations of values and prices together; return what corrects both, by what slopes and rows are off."""
    from scipy.sparse import block_array
    from scipy.sparse.linalg import splu

    many, count = part.shape
    exact = block_array([[_diagonal(curve), part.T], [part, None]], format="csr")
    factor = splu((exact + _diagonal(np.concatenate([np.full(count, _SHIFT), np.full(many, -_SHIFT)]))).tocsc())

    def correct(slope: Floats, rows: Floats) -> tuple[Floats, Floats]:
        step = factor.solve(np.concatenate([slope, rows]))
        return step[:count], step[count:]

    return correct


def _by_prices(curve: Floats, part: csc_array) -> _Correct:
    """Do the same by the equations of the prices alone, which have no negative eigenvalue: no pivot needs to be sought."""
    from scipy.sparse.linalg import splu

    ease = 1.0 / (curve + _SHIFT)
    laplacian = (part @ _diagonal(ease) @ part.T + _diagonal(np.full(part.shape[0], _SHIFT))).tocsc()
    symmetric = {"SymmetricMode": True}
    factor = splu(laplacian, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options=symmetric)
    turned = part.T.tocsr()

    def correct(slope: Floats, rows: Floats) -> tuple[Floats, Floats]:
        change = factor.solve(part @ (ease * slope) - rows)
        return ease * (slope - turned @ change), change

    return correct
