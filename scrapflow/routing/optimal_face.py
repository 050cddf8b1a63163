"""All plans of least cost at once: what each arc carries in some of them, by the prices of any one of them.

By complementary slackness a plan is of least cost if and only if arcs with a positive reduced cost carry the least they
may, and arcs with a negative one the most. Both are true of every plan of least cost whichever prices are taken, so the
set does not hang on the solver, the numbering or the names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.routing.solution import Prices, Solution
    from scrapflow.routing.time_expansion import Net

    Floats = NDArray[np.float64]

SAME_COST = 1e-9
"""Share of the dearest link's cost by which a link may be too dear and still be part of a plan of least cost: float noise."""


@dataclass(frozen=True, eq=False)
class Face:
    """Ranges of what arcs carry (A), of supply that stays and of demand that is not met (N), in t, over all plans of least cost.

    Of a supply or demand above all that the other side can match, only what could be matched counts.
    """

    low: Floats
    high: Floats
    left_low: Floats
    left_high: Floats
    short_low: Floats
    short_high: Floats


def optimal_face(
    net: Net, solution: Solution, prices: Prices, *, penalty: float | None = None, dearest: float | None = None
) -> Face:
    """Return the ranges of all plans of least cost.

    Parameters
    ----------
    net, solution
        A network and its solution, for the bound on what rounding of costs may have done.
    prices
        Potentials of any optimal solution of the network.
    penalty
        Cost of leaving a tonne; a tonne whose path costs just as much moves, so no noise is allowed for there.
    dearest
        Cost of the dearest link, where an arc of ``net`` stands for several.
    """
    level, loop = prices.potential, net.tail == net.head
    dearest = float(np.abs(net.cost).max(initial=0.0)) if dearest is None else dearest
    noise = max(SAME_COST * dearest, solution.cost_error) * prices.unit
    gap = prices.cost + level[net.tail] - level[net.head]
    low = np.where(gap < -noise, net.capacity, net.lower)
    high = np.where((gap > noise) | (loop & (gap >= -noise)), net.lower, net.capacity)
    most = min(float(net.supply.sum()), float(net.demand.sum()))
    spare = noise if penalty is None else 0.0
    left = _rest(net.supply, most, level - prices.supply, spare)
    short = _rest(net.demand, most, prices.demand - level, spare)
    return Face(low, high, *left, *short)


def _rest(whole: Floats, most: float, gap: NDArray[np.int64], noise: float) -> tuple[Floats, Floats]:
    """Return the least and the most that stays of each supply, or is not met of each demand."""
    part = np.minimum(whole, most)
    return np.where(gap < -noise, part, 0.0), np.where(gap > noise, 0.0, part)
