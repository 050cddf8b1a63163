"""The transportation problem with many origins and few destinations, exactly and mostly without a solver.

With the right price at each destination, nearly every origin has one best destination, far ahead of its second best.
So prices are guessed from a sample of the origins, clear cases are fixed, and only the rest is solved. The prices of
that solution then prove the fixed cases right, or name those that were not, which are set free and solved again
(sifting).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scrapflow.routing.integers import IntNet
from scrapflow.routing.lemon import lemon

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_SAMPLE = 1500
_UNCLEAR = 0.1
"""Share of the origins, those with the closest call, that is left to the solver at first."""


def transport(distance: Floats, offered: Ints, wanted: Ints, penalty: int) -> Ints:
    """Return what each origin sends to each destination: the most units, then at the least cost.

    Parameters
    ----------
    distance
        (Y, M) whole costs, infinite where there is no way.
    offered, wanted
        (Y) and (M) units.
    penalty
        Cost of leaving a unit; above all costs, unless leaving units is a choice.

    Examples
    --------
    >>> far = np.array([[1.0, 9.0], [2.0, 3.0]])
    >>> transport(far, np.array([4, 4]), np.array([5, 5]), 100).tolist()
    [[4, 0], [1, 3]]
    """
    count = len(offered)
    if count < 4 * _SAMPLE:
        return _solve(distance, offered, wanted, penalty)[0]
    # The last column is staying where one is.
    every = np.column_stack([distance, np.full(count, float(penalty))])
    some = slice(count // _SAMPLE // 2, None, count // _SAMPLE)
    part = offered[some].sum() / max(1, offered.sum())
    price = _solve(distance[some], offered[some], np.floor(wanted * part).astype(np.int64), penalty)[1]
    value = every - price
    best, gap = _choices(value)
    free = gap <= np.partition(gap, int(count * _UNCLEAR))[int(count * _UNCLEAR)]
    while True:
        rest = wanted - np.bincount(best[~free], offered[~free], every.shape[1])[:-1].astype(np.int64)
        if (rest < 0).any():
            free |= _closest(best, gap, free, offered, rest)
            continue
        plan, price = _solve(distance[free], offered[free], rest, penalty)
        value = every - price
        wrong = ~free & (value[np.arange(count), best] > value.min(axis=1))
        if not wrong.any():
            break
        free |= wrong
    sent = np.zeros(every.shape, dtype=np.int64)
    fixed = np.flatnonzero(~free)
    sent[fixed, best[fixed]] = offered[fixed]
    sent[free, :-1] = plan
    return sent[:, :-1]


def _choices(value: Floats) -> tuple[Ints, Floats]:
    """Return the best way of each origin and how far its second best is behind."""
    best = np.argmin(value, axis=1)
    gap = np.partition(value, 1, axis=1)[:, 1] - value[np.arange(len(value)), best]
    return best, gap


def _closest(best: Ints, gap: Floats, free: NDArray[np.bool_], offered: Ints, rest: Ints) -> NDArray[np.bool_]:
    """Return the closest calls among those fixed to overfilled destinations: enough for twice what is too much."""
    loose = np.zeros(len(best), dtype=bool)
    for j in np.flatnonzero(rest < 0):
        mine = np.flatnonzero((best == j) & ~free)
        mine = mine[np.argsort(gap[mine], kind="stable")]
        loose[mine[: int(np.searchsorted(np.cumsum(offered[mine]), -2 * rest[j])) + 1]] = True
    return loose


def _solve(distance: Floats, offered: Ints, wanted: Ints, penalty: int) -> tuple[Ints, Floats]:
    """Return the plan by network simplex, and the prices of the destinations and of staying."""
    many, takers = distance.shape
    of, to = np.nonzero(np.isfinite(distance))
    last = many + takers
    ints = IntNet(
        np.concatenate([of, np.arange(many), np.full(takers, last)]),
        np.concatenate([many + to, np.full(many, last), many + np.arange(takers)]),
        np.concatenate([np.minimum(offered[of], wanted[to]), offered, wanted]),
        np.concatenate(
            [
                np.rint(distance[of, to]).astype(np.int64),
                np.full(many, penalty, dtype=np.int64),
                np.zeros(takers, dtype=np.int64),
            ]
        ),
        np.concatenate([offered, -wanted, [wanted.sum() - offered.sum()]]),
    )
    result = lemon(ints)
    plan = np.zeros((many, takers), dtype=np.int64)
    plan[of, to] = result.flow[: len(of)]
    assert result.potentials is not None
    return plan, result.potentials()[many:].astype(np.float64)
