"""Least and most of a weighted sum over the plans of a programme, and the plans where it is least."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from scrapflow.routing.solution import LimitError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.routing.convex_program import Programme

    Floats = NDArray[np.float64]

_CLEAR = 1e-7
"""Reduced cost, as a share of the largest weight, above which a column is at its bound."""


def bounds(programme: Programme, weight: Floats, most_weight: Floats | None = None) -> tuple[float, float]:
    """Return the least and the most of Σ weight × column over all plans: two linear programmes.

    Parameters
    ----------
    programme
        The plans.
    weight
        (n) weight of each column, or of fewer: columns beyond have none.
    most_weight
        (n) weights for the most, where a column stands for paths of different weights.

    Raises
    ------
    LimitError
        If the linear solver finds no bound.

    Examples
    --------
    >>> from scipy.sparse import csc_array
    >>> from scrapflow.routing.convex_program import Programme
    >>> one, two = np.ones(2), np.array([1.0, 2.0])
    >>> p = Programme(one, csc_array([[1.0, 1.0]]), np.array([3.0]), 0 * one, two, two)
    >>> bounds(p, np.array([1.0, 0.0]))
    (1.0, 1.0)
    """
    if not programme.rows.shape[0]:
        return 0.0, 0.0
    least, _ = _solved(programme, weight)
    most, _ = _solved(programme, -(weight if most_weight is None else most_weight))
    return least, max(-most, least)


def narrowed(programme: Programme, weight: Floats) -> Programme:
    """Return the plans of a programme where Σ weight × column is least, by the prices of one of them."""
    _, answer = _solved(programme, weight)
    low, high = programme.low.copy(), programme.high.copy()
    dear, cheap = answer.lower.marginals > _CLEAR, answer.upper.marginals < -_CLEAR
    high[dear], low[cheap] = low[dear], high[cheap]
    return replace(programme, low=low, high=high)


def _solved(programme: Programme, weight: Floats) -> tuple[float, Any]:
    """Return the least of a sum and what scipy says of it, with all columns and rows scaled to be near 1."""
    from scipy.optimize import linprog

    scale = programme.scale
    rows = programme.rows.multiply(scale).tocsr()
    size = np.maximum(abs(rows).max(axis=1).toarray().ravel(), np.finfo(np.float64).tiny)
    cost = np.zeros(len(scale))
    cost[: len(weight)] = weight * scale[: len(weight)]
    top = float(np.abs(cost).max(initial=0.0)) or 1.0
    limits = np.column_stack([programme.low / scale, programme.high / scale])
    answer = linprog(
        cost / top,
        A_eq=rows.multiply(1 / size[:, None]).tocsc(),
        b_eq=programme.right / size,
        bounds=limits,
        method="highs",
    )
    if answer.x is None:
        text = f"the range of the sum was not found: {answer.message}"
        raise LimitError(text)
    return float(answer.fun) * top, answer
