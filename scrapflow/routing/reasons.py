"""Why a tonne was not moved: no path, all demand met, or the capacity of a named cut.

By the max-flow min-cut theorem (Ford & Fulkerson 1956) a plan that moves the most tonnes has a cut whose links are all
full. The cut named here is the one nearest to what was left: the links that leave the set of nodes which the left
tonnes could still reach.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.routing.solution import Solution
    from scrapflow.routing.time_expansion import Net

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]


class Reason(StrEnum):
    """Why tonnes are in ``FlowResult.unserved``."""

    NO_PATH = "no_path"
    """No open links lead to any node that wants tonnes (supply), or from any that offers them (demand)."""
    CAPACITY = "capacity"
    """The links named are full; more tonnes can only pass if they take more."""
    DEMAND_MET = "demand_met"
    """Supply: every node that wants tonnes and can be reached has all it wants."""
    NO_SUPPLY = "no_supply"
    """Demand: everything offered that could reach this node has been moved."""
    TOO_DEAR = "too_dear"
    """The path costs more than ``unserved_cost_per_t``."""


def reach(size: int, tail: Ints, head: Ints, start: Ints) -> Bools:
    """Return which of ``size`` nodes can be reached along the arcs from the nodes ``start``.

    Examples
    --------
    >>> reach(3, np.array([0]), np.array([1]), np.array([0])).tolist()
    [True, True, False]
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order

    seen = np.zeros(size + 1, dtype=bool)
    if len(start):
        rows = np.concatenate([tail, np.full(len(start), size)])
        cols = np.concatenate([head, start])
        graph = csr_array((np.ones(len(rows), dtype=np.int8), (rows, cols)), shape=(size + 1, size + 1))
        seen[breadth_first_order(graph, size, return_predecessors=False)] = True
    return seen[:size]


def explain(net: Net, solution: Solution, side: str) -> tuple[Ints, list[Reason], list[Ints]]:
    """Return the nodes with something left on one side, the reason of each, and the arcs of its cut.

    Parameters
    ----------
    net, solution
        The network and its solution.
    side
        ``"supply"`` (tonnes not moved) or ``"demand"`` (tonnes not received).
    """
    supply = side == "supply"
    tail, head = (net.tail, net.head) if supply else (net.head, net.tail)
    rest, other_rest = (solution.left, solution.short) if supply else (solution.short, solution.left)
    other = net.demand if supply else net.supply
    nodes = np.flatnonzero(rest > 0)
    passable = net.capacity > 0
    to_any = reach(net.size, head[passable], tail[passable], np.flatnonzero(other > 0))
    to_rest = reach(net.size, head[passable], tail[passable], np.flatnonzero(other_rest > 0))
    stuck = nodes[to_rest[nodes]]
    group, cuts = _cuts(net, solution, tail, head, stuck, to_rest) if len(stuck) else (None, [])
    spent = Reason.DEMAND_MET if supply else Reason.NO_SUPPLY
    reasons, arcs = [], []
    for v in nodes:
        cut = np.zeros(0, dtype=np.int64)
        if not to_any[v]:
            reason = Reason.NO_PATH
        elif not to_rest[v] or group is None:
            reason = spent
        else:
            cut = cuts[group[v]]
            reason = Reason.CAPACITY if len(cut) else Reason.TOO_DEAR
        reasons.append(reason)
        arcs.append(cut)
    return nodes, reasons, arcs


def _cuts(net: Net, solution: Solution, tail: Ints, head: Ints, stuck: Ints, to_rest: Bools) -> tuple[Ints, list[Ints]]:
    """Return a group for every node and the cut of every group: the full arcs that leave it towards unmet demand.

    Nodes that the left tonnes can still reach are grouped by the arcs with room between them, so that each island
    names its own cut.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    loop = tail == head
    room, back = ~solution.full & ~loop, solution.used
    ahead = np.concatenate([tail[room], head[back]]), np.concatenate([head[room], tail[back]])
    inside = reach(net.size, *ahead, stuck)
    kept = inside[ahead[0]] & inside[ahead[1]]
    pairs = csr_array(
        (np.ones(kept.sum(), dtype=np.int8), (ahead[0][kept], ahead[1][kept])), shape=(net.size, net.size)
    )
    count, group = connected_components(pairs, directed=False)
    crossing = np.flatnonzero(inside[tail] & ~inside[head] & to_rest[head] & (net.capacity > 0))
    owner = group[tail[crossing]]
    order = np.argsort(owner, kind="stable")
    edges = np.searchsorted(owner[order], np.arange(count + 1))
    return group, [crossing[order[edges[g] : edges[g + 1]]] for g in range(count)]
