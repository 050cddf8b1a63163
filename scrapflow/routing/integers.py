"""A network in integers for solvers that compute exactly in them, and their answer read back as tonnes.

See :mod:`scrapflow.routing.scaling` for what rounding can do.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from scrapflow.routing.decompose import acyclic
from scrapflow.routing.scaling import COST_LIMIT, Scale, cost_scale, tonnage_scale
from scrapflow.routing.solution import Prices, Solution

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from scrapflow.routing.time_expansion import Net

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


_MARGIN = 10
"""Part of the dearest link, as a power of two, by which the penalty is above any path: more than float noise in costs."""
_ALL_FORWARD = np.ones(1, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class IntNet:
    """A balanced integer min-cost flow: N + 1 nodes (the last takes what is left and gives what is short)."""

    tail: Ints
    head: Ints
    capacity: Ints
    cost: Ints
    balance: Ints
    """(N + 1) what a node must send out net of what it takes in; sums to zero."""
    links: int | None = None
    """Arcs from the first on that are links, not storage; numbering keeps to them, so that a period stays together."""


@dataclass(frozen=True, eq=False)
class IntFlow:
    """Flow on the arcs of an :class:`IntNet`, and potentials on its nodes when asked for."""

    flow: Ints
    potentials: Callable[[], Ints] | None


@dataclass(frozen=True, eq=False)
class Prepared:
    """An integer network made from a :class:`~scrapflow.routing.time_expansion.Net`, and how to read its flow back."""

    net: Net
    ints: IntNet
    base: Ints
    """(A) flow that is there before the solver starts: lower bounds, and full arcs of negative cost."""
    sign: Ints
    """(A) −1 where the solver's arc is the reverse of the net's."""
    givers: Ints
    """Nodes with supply, in the order of their arcs to the last node."""
    takers: Ints
    """Nodes with demand, in the order of their arcs from the last node."""
    least: Ints
    """(A) lower bounds in units."""
    most: Ints
    """(A) capacities in units."""
    tonnage: Scale
    costs: Scale
    penalty: int
    supply_units: int
    penalty_given: bool


def prepare(
    net: Net,
    *,
    penalty: float | None = None,
    limit: float = COST_LIMIT,
    givers: Ints | None = None,
    takers: Ints | None = None,
) -> Prepared:
    """Return the integer network of ``net``, see :mod:`scrapflow.routing.scaling` for the proof.

    Parameters
    ----------
    net
        A network with finite capacities.
    penalty
        Cost of leaving a tonne; None for more than any path costs.
    limit
        Most units that costs along a path may sum to.
    givers, takers
        Nodes that may offer and want tonnes, where more than those that do are to have their arcs.
    """
    n = net.size
    negative = net.cost < 0
    turned = bool(negative.any())
    start = np.where(negative, net.head, net.tail) if turned else net.tail
    size = np.abs(net.cost) if turned else net.cost
    dearest = np.zeros(n)
    np.maximum.at(dearest, start, size)
    longest = float(dearest.sum())
    if penalty is None:
        costs = cost_scale(net.cost, longest, limit)
        cost, worst = _integers(size, costs), np.zeros(n, dtype=np.int64)
        np.maximum.at(worst, start, cost)
        price = int(worst.sum()) + 1 + (int(cost.max(initial=0)) >> _MARGIN)
    else:
        costs = cost_scale(np.append(net.cost, penalty), max(longest, penalty), limit / 2).doubled()
        cost, price = _integers(size, costs), int(np.rint(penalty * costs.factor)) + 1
    most = min(float(net.supply.sum()), float(net.demand.sum()))
    offered, wanted = np.minimum(net.supply, most), np.minimum(net.demand, most)
    parts = [offered, wanted, net.capacity, net.lower]
    tonnage = tonnage_scale(parts, net.through, max(float(offered.sum()), float(wanted.sum())))
    supply, demand, capacity, lower = _tonnage_units(parts, tonnage)
    base = np.where(negative, capacity, lower) if turned else lower
    loop = net.tail == net.head
    room = np.where(loop, 0, capacity - lower) if loop.any() else capacity - lower
    balance = np.append(supply - demand, demand.sum() - supply.sum())
    if base.any():
        np.subtract.at(balance, net.tail, base)
        np.add.at(balance, net.head, base)
    givers = np.flatnonzero(supply) if givers is None else givers
    takers = np.flatnonzero(demand) if takers is None else takers
    last = np.int64(n)
    ints = IntNet(
        np.concatenate([start, givers, np.full(len(takers), last)]),
        np.concatenate(
            [np.where(negative, net.tail, net.head) if turned else net.head, np.full(len(givers), last), takers]
        ),
        np.concatenate([room, supply[givers], demand[takers]]),
        np.concatenate([cost, np.full(len(givers), price, dtype=np.int64), np.zeros(len(takers), dtype=np.int64)]),
        balance,
        net.links,
    )
    sign = np.where(negative, -1, 1) if turned else _ALL_FORWARD
    return Prepared(
        net,
        ints,
        base,
        sign,
        givers,
        takers,
        lower,
        capacity,
        tonnage,
        costs,
        price,
        int(supply.sum()),
        penalty is not None,
    )


def read_back(made: Prepared, result: IntFlow) -> Solution:
    """Return the solver's integers as tonnes."""
    net, k = made.net, made.tonnage.factor
    arcs = len(net.tail)
    units = made.base + made.sign * result.flow[:arcs]
    least = made.least
    idle = np.flatnonzero((net.cost == 0) & (units > least))
    if len(idle) and made.sign is _ALL_FORWARD:
        # A basis may send tonnes round a cycle of links that cost nothing; nobody asked for that.
        round_about: Ints = units[idle]
        units[idle] = acyclic(net.size, net.tail[idle], net.head[idle], round_about, least[idle])
    flow = np.clip(units / k, net.lower, net.capacity)
    rest_left, rest_short = np.zeros(net.size), np.zeros(net.size)
    rest_left[made.givers] = result.flow[arcs : arcs + len(made.givers)] / k
    rest_short[made.takers] = result.flow[arcs + len(made.givers) :] / k
    most = min(float(net.supply.sum()), float(net.demand.sum()))
    left = np.maximum(net.supply - most, 0.0) + rest_left
    short = np.maximum(net.demand - most, 0.0) + rest_short
    loop = net.tail == net.head
    full = (units == made.most) & ~net.unlimited & ~loop
    used = (units > least) & ~loop
    tolerance = 0.0
    if not made.tonnage.exact:
        tolerance = (len(made.givers) + len(made.takers) + arcs) / (k if least.any() else 2 * k)
        left[left <= tolerance] = 0.0
        short[short <= tolerance] = 0.0
    moved = int(made.supply_units - result.flow[arcs : arcs + len(made.givers)].sum())
    potentials = result.potentials

    @cache
    def prices() -> Prices:
        assert potentials is not None
        level = potentials()
        cost = made.sign * made.ints.cost[:arcs]
        return Prices(cost, level[:-1], int(level[-1]) - made.penalty, int(level[-1]), made.costs.factor)

    error = 0.0 if made.costs.exact else (net.size - 1) / made.costs.factor
    return Solution(
        flow, left, short, full, used, moved / k, tolerance, error, k, None if potentials is None else prices
    )


def _tonnage_units(parts: list[Floats], scale: Scale) -> list[Ints]:
    """Return supply, demand, capacity and lower bounds in units.

    Where rounding matters to lower bounds they are rounded down and all that limits up, or a plan that just fits would
    be lost.
    """
    if scale.exact or not parts[-1].any():
        return [_integers(v, scale) for v in parts]
    limits = [np.ceil(v * scale.factor).astype(np.int64) for v in parts[:-1]]
    return [*limits, np.floor(parts[-1] * scale.factor).astype(np.int64)]


def _integers(value: Floats, scale: Scale) -> Ints:
    """Return the values in units, rounded to the nearest."""
    return np.rint(value * scale.factor).astype(np.int64)
