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
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from scrapflow.routing.entries import Entries
from scrapflow.routing.solution import LimitError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from scipy.sparse import csc_array

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]
    _Correct = Callable[[Floats, Floats], tuple[Floats, Floats]]

_CLEAR = 1e-11
"""Shares of a variable's scale below which it is at its bound."""
_EXACT = 1e-15
_ROUNDS = 50
_INTERIOR = (1e-11, 1e-8)
"""Tolerances of the interior-point method, tried in turn: the polish makes a point exact that shows which bounds hold."""
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

    @cached_property
    def entries(self) -> Entries:
        """The rows as plain arrays."""
        return Entries.of(self.rows)


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
    if fixed.all():
        return value if near is None else _met(programme, value)
    free = np.flatnonzero(~fixed)
    small = _scaled(programme, free, right)
    start = None if near is None or len(near) != len(fixed) else near[free] / programme.scale[free]
    found = _by_active_set(small, start)
    if found is None and near is not None:
        text = "the quick way leads nowhere"
        raise LimitError(text)
    if found is None:
        found = _polish(small, *_interior(small))
    value[free] = found * programme.scale[free]
    value = np.clip(value, programme.low, programme.high)
    return value if near is None else _met(programme, value)


def _scaled(p: Programme, free: Ints, right: Floats) -> Programme:
    """Return the programme of the ``free`` variables alone, rows and columns scaled to be near 1."""
    entries = p.entries
    scale, position = p.scale[free], np.full(len(p.scale), -1)
    position[free] = np.arange(len(free))
    here = position[entries.column] >= 0
    kept, row = np.unique(entries.row[here], return_inverse=True)
    column = position[entries.column[here]]
    value = entries.value[here] * scale[column]
    size = np.full(len(kept), np.finfo(np.float64).tiny)
    np.maximum.at(size, row, np.abs(value))
    small = Entries(row, column, value * (1.0 / size)[row], (len(kept), len(free)))
    curve = p.curve[free] * scale**2
    return Programme(
        curve / (float(curve.max()) or 1.0),
        small.matrix(),
        right[kept] / size,
        p.low[free] / scale,
        p.high[free] / scale,
        np.ones(len(free)),
    )


def _met(p: Programme, value: Floats) -> Floats:
    """Return a point if it satisfies all rows, those that were settled beforehand too."""
    size = p.entries._replace(value=np.abs(p.entries.value)).times(p.scale)
    if (np.abs(p.entries.times(value) - p.right) > _CLEAR * size).any():
        text = "no point satisfies the rows"
        raise LimitError(text)
    return value


def _presolve(p: Programme) -> tuple[Floats, Bools, Floats]:
    """Fix what a bound or a row alone settles: the values, which are fixed, and the right side that is left."""
    entries = p.entries
    row, many = entries.row, entries.shape[0]
    value = np.where(np.isfinite(p.low), p.low, 0.0)
    fixed = p.high - p.low <= _CLEAR * p.scale
    right = p.right - entries.times(np.where(fixed, value, 0.0))
    while True:
        live = ~fixed[entries.column]
        single = np.bincount(row[live], minlength=many) == 1
        chosen = np.flatnonzero(live & single[row])
        if not len(chosen):
            return value, fixed, right
        column, first = np.unique(entries.column[chosen], return_index=True)
        entry = chosen[first]
        value[column] = np.clip(right[row[entry]] / entries.value[entry], p.low[column], p.high[column])
        fixed[column] = True
        step = np.zeros(len(value))
        step[column] = value[column]
        right -= entries.times(step)


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
        slope = p.curve * value + p.entries.turned(price)
        under, over = value < p.low - _CLEAR, value > p.high + _CLEAR
        loose = (at_low & (slope < -_CLEAR)) | (at_high & (slope > _CLEAR))
        if not (under.any() or over.any() or loose.any()):
            return value if float(np.abs(p.entries.times(value) - p.right).max(initial=0.0)) <= _MET else None
        at_low, at_high = (at_low & ~loose) | under, (at_high & ~loose) | over
        value = np.clip(value, p.low, p.high)
    return None


def _interior(p: Programme) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the point, the multipliers of the rows, and those of the lower and upper bounds."""
    import clarabel
    from scipy.sparse import diags_array, eye_array, vstack

    many, count = p.rows.shape
    below, above = np.flatnonzero(np.isfinite(p.low)), np.flatnonzero(np.isfinite(p.high))
    unit = eye_array(count, format="csr")
    every = vstack([p.rows, -unit[below], unit[above]], format="csc")
    right = np.concatenate([p.right, -p.low[below], p.high[above]])
    cones = [clarabel.ZeroConeT(many), clarabel.NonnegativeConeT(len(below) + len(above))]
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1
    curve = diags_array(p.curve, format="csc")
    # Where rows hang on one another it may lose a point that it had, and end anywhere, before it is as exact as the first asks.
    for tolerance in _INTERIOR:
        settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = tolerance
        answer = clarabel.DefaultSolver(curve, np.zeros(count), every, right, cones, settings).solve()
        if "Solved" in str(answer.status):
            break
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
        slope = p.curve * value + p.entries.turned(price)
        under, over = value < p.low - _CLEAR, value > p.high + _CLEAR
        # What was let go once and came back is at its bound by a hair; to let it go again would go on for ever.
        loose = ((at_low & (slope < -_CLEAR)) | (at_high & (slope > _CLEAR))) & ~freed
        freed |= loose
        if not (under.any() or over.any() or loose.any()):
            break
        at_low, at_high = (at_low & ~loose) | under, (at_high & ~loose) | over
        point = np.clip(value, p.low, p.high)
    worst = float(np.abs(p.entries.times(value) - p.right).max(initial=0.0))
    if worst > 1e-7:
        text = f"the rows are off by {worst:.1e} of their scale"
        raise LimitError(text)
    return value


def _refined(
    p: Programme,
    value: Floats,
    price: Floats,
    free: Bools,
    factored: Callable[[Floats, Entries, Bools], _Correct],
) -> tuple[Floats, Floats]:
    """Return the point where the slope along the rows is zero, all but the ``free`` variables held, and the prices."""
    if not free.any():
        return value, price
    correct = factored(p.curve, p.entries.among(free), free)
    last = np.inf
    for _ in range(_ROUNDS):
        step, change = correct(-(p.curve * value + p.entries.turned(price)), p.right - p.entries.times(value))
        size = float(np.abs(step).max(initial=0.0))
        if not np.isfinite(size):
            text = "the equations between bounds have no finite solution"
            raise LimitError(text)
        value, price = value + step, price + change
        if size < _EXACT or size > last / 2:  # exact, as near as floats come, or rows that contradict one another
            break
        last = size
    return value, price


def _together(curve: Floats, part: Entries, free: Bools) -> _Correct:
    """Factor the equations of values and prices together; return what corrects both, by what slopes and rows are off.

    ``part`` has entries in the ``free`` columns alone; the others stay as they are.
    """
    from scipy.sparse import block_array, diags_array
    from scipy.sparse.linalg import splu

    own, many = np.flatnonzero(free), part.shape[0]
    rows = part.matrix()[:, own]
    exact = block_array([[diags_array(curve[own]), rows.T], [rows, None]], format="csr")
    shift = np.concatenate([np.full(len(own), _SHIFT), np.full(many, -_SHIFT)])
    factor = splu((exact + diags_array(shift)).tocsc())

    def correct(slope: Floats, rows: Floats) -> tuple[Floats, Floats]:
        solved = factor.solve(np.concatenate([slope[own], rows]))
        step = np.zeros(len(curve))
        step[own] = solved[: len(own)]
        return step, solved[len(own) :]

    return correct


def _by_prices(curve: Floats, part: Entries, free: Bools) -> _Correct:
    """Do the same by the equations of the prices alone, which have no negative eigenvalue: no pivot needs to be sought."""
    from scipy.sparse.linalg import splu

    ease, many = np.where(free, 1.0 / (curve + _SHIFT), 0.0), np.arange(part.shape[0])
    # The root of the equations: the rows, each column by the root of its ease, and beside them what makes them regular.
    root = Entries(
        np.concatenate([part.row, many]),
        np.concatenate([part.column, len(curve) + many]),
        np.concatenate([part.value * np.sqrt(ease)[part.column], np.full(len(many), np.sqrt(_SHIFT))]),
        (len(many), len(curve) + len(many)),
    ).matrix()
    symmetric = {"SymmetricMode": True}
    factor = splu(root @ root.T, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options=symmetric)

    def correct(slope: Floats, rows: Floats) -> tuple[Floats, Floats]:
        change = factor.solve(part.times(ease * slope) - rows)
        return ease * (slope - part.turned(change)), change

    return correct
