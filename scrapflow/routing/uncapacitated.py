"""Where no capacity binds, shortest paths and a small transportation problem say it all.

Without capacities every tonne takes a shortest path to its destination, so only the choice of destination is left: a
transportation problem between the nodes that offer and the few that want. If the tonnes put on their paths overflow
no link, the plan is optimal for the network too, since it is optimal for a problem with fewer limits. If a link
overflows, the network is solved.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from scrapflow.routing.integers import IntFlow
from scrapflow.routing.transport import transport

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from scrapflow.routing.integers import Prepared

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MOST_TAKERS = 24
"""Nodes that want tonnes; with more, a shortest-path tree for each costs more than it saves."""
WORTH_TRYING = 50_000
"""Arcs from which the trees cost little beside the network solve, so that a try is worth it even if it may fail."""


@dataclass(frozen=True, eq=False)
class Ways:
    """Open arcs turned round, the cheapest of parallels, as a sparse graph."""

    graph: csr_array
    arcs: Ints
    """Arc of each entry of the graph."""
    keys: Ints
    """Sorted ``head * n + tail`` of each entry."""


@dataclass(frozen=True, eq=False)
class Spread:
    """A flow made of shortest paths: units by arc, and by pair of giver and taker (positions among them)."""

    flow: Ints
    giver: Ints
    taker: Ints
    units: Ints
    distance: Floats
    """Units of cost between the pairs."""


def try_shortcut(made: Prepared) -> IntFlow | None:
    """Return the optimal flow if no link capacity binds, else None.

    Parameters
    ----------
    made
        A prepared network.
    """
    net, ints = made.net, made.ints
    sure = bool(np.all(net.unlimited | (net.capacity == 0)))
    if not len(made.takers) or len(made.takers) > MOST_TAKERS or made.base.any():
        return None
    if len(net.tail) < (WORTH_TRYING // 2 if sure else WORTH_TRYING):
        return None
    if net.cost.min(initial=0.0) < 0:
        return None
    ways, arcs = open_ways(made), len(net.tail)
    scarce = len(made.takers) > 1 and ints.capacity[arcs + len(made.givers) :].sum() <= made.supply_units
    if not (sure and scarce):
        near = to_nearest(made, ways)
        if not sure and (near.flow[:arcs] > ints.capacity[:arcs]).any():
            # No proof that the network must be solved, but a good omen: the nearest demands share the load unevenly.
            return None
        if (near.flow[arcs:] >= 0).all() and not made.penalty_given:
            return IntFlow(near.flow, None)
    spread = to_cheapest(made, ways)
    if (spread.flow[:arcs] > ints.capacity[:arcs]).any():
        return None
    return IntFlow(spread.flow, None)


def open_ways(made: Prepared) -> Ways:
    """Return the graph from the nodes that want tonnes back to those that offer them."""
    from scipy.sparse import csr_array

    net, n = made.net, made.net.size
    cost = made.ints.cost[: len(net.tail)]
    live = np.flatnonzero((net.capacity > 0) & (net.tail != net.head))
    keys = net.head[live] * n + net.tail[live]
    order = np.argsort(keys, kind="stable")
    keys, order = keys[order], live[order]
    first = np.ones(len(keys), dtype=bool)
    first[1:] = keys[1:] != keys[:-1]
    if not first.all():
        order = order[np.lexsort((cost[order], keys))]
        order, keys = order[first], keys[first]
    start = np.searchsorted(net.head[order], np.arange(n + 1)).astype(np.int32)
    graph = csr_array((cost[order].astype(np.float64), net.tail[order].astype(np.int32), start), shape=(n, n))
    return Ways(graph, order, keys)


def to_nearest(made: Prepared, ways: Ways) -> Spread:
    """Return the flow that sends everything to the nearest demand; it may overfill demands and links."""
    from scipy.sparse.csgraph import dijkstra

    arcs, many = len(made.net.tail), len(made.givers)
    offered = made.ints.capacity[arcs : arcs + many]
    distance, before, root = dijkstra(ways.graph, indices=made.takers, return_predecessors=True, min_only=True)
    sent = np.where(np.isfinite(distance[made.givers]), offered, 0)
    flow = np.zeros(len(made.ints.tail), dtype=np.int64)
    tonnes = np.zeros(made.net.size, dtype=np.int64)
    tonnes[made.givers] = sent
    _pour(flow, tonnes, before, ways, made.net.size)
    origin = np.flatnonzero(sent > 0)
    at = np.searchsorted(made.takers, root[made.givers[origin]])
    got = np.bincount(at, sent[origin], len(made.takers)).astype(np.int64)
    flow[arcs : arcs + many] = offered - sent
    flow[arcs + many :] = made.ints.capacity[arcs + many :] - got
    return Spread(flow, origin, at, sent[origin], distance[made.givers[origin]])


def to_cheapest(made: Prepared, ways: Ways) -> Spread:
    """Return the flow of the transportation problem on shortest paths; it may overfill links."""
    from scipy.sparse.csgraph import dijkstra

    arcs, many, n = len(made.net.tail), len(made.givers), made.net.size
    distance, before = dijkstra(ways.graph, indices=made.takers, return_predecessors=True)
    offered, wanted = made.ints.capacity[arcs : arcs + many], made.ints.capacity[arcs + many :]
    sent = transport(distance[:, made.givers].T, offered, wanted, made.penalty)
    flow = np.zeros(len(made.ints.tail), dtype=np.int64)
    flow[arcs : arcs + many] = offered - sent.sum(axis=1)
    flow[arcs + many :] = wanted - sent.sum(axis=0)
    for j in range(len(wanted)):
        tonnes = np.zeros(n, dtype=np.int64)
        tonnes[made.givers] = sent[:, j]
        _pour(flow, tonnes, before[j], ways, n)
    origin, at = np.nonzero(sent)
    return Spread(flow, origin, at, sent[origin, at], distance[at, made.givers[origin]])


def _pour(flow: Ints, tonnes: Ints, before: Ints, ways: Ways, n: int) -> None:
    """Add to ``flow`` what ``tonnes`` at the nodes put on the arcs of a tree, from the leaves to the roots."""
    has = before >= 0
    up = np.where(has, before, np.arange(n))
    depth, jump = has.astype(np.int64), up
    while True:
        more = depth + depth[jump]
        if (more == depth).all():
            break
        depth, jump = more, jump[jump]
    nodes = np.flatnonzero(has)
    nodes = nodes[np.argsort(-depth[nodes], kind="stable")]
    edges = np.flatnonzero(np.diff(depth[nodes], prepend=-1, append=-1))
    for low, high in pairwise(edges.tolist()):
        level = nodes[low:high]
        np.add.at(tonnes, up[level], tonnes[level])
    carried = nodes[tonnes[nodes] > 0]
    entry = np.searchsorted(ways.keys, up[carried] * n + carried)
    flow[ways.arcs[entry]] += tonnes[carried]
