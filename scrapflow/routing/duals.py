r"""Shadow prices: what one more tonne of a link's capacity, of a supply or of a demand would save, or let move.

Definition. With the tonnage served held fixed, the price of an item is the rate at which the least cost falls as its
limit is raised. That is the shortest way around: raising the limit of link (u, v) lets a tonne go u → v and come back
v → u through the residual network, so the price is max(0, −(cost + distance v → u)). It is the right-hand derivative
and hence unique, also where the plan is degenerate and the solver's own potentials are not. Supplies and demands are
links from one source and to one sink. A link from a node to itself is its own way round: it saves its negative cost.

Distances are found by Dijkstra's method on the reduced costs of the solver's potentials (Johnson 1977), only for full
links with a negative reduced cost: all others have the price 0 by complementary slackness.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scrapflow.routing.reasons import reach

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.routing.solution import Prices, Solution
    from scrapflow.routing.time_expansion import Net

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_BUDGET = 3e8
"""Arc visits spent on exact prices of links; beyond it, links get the solver's own dual, an upper bound."""


@dataclass(frozen=True, eq=False)
class Duals:
    """Prices by arc and node of a net: cost saved by one more tonne, and tonnes that one more tonne lets move."""

    link: Floats
    supply: Floats
    demand: Floats
    link_t: Floats
    supply_t: Floats
    demand_t: Floats


@dataclass(frozen=True, eq=False)
class _Residual:
    """The residual network with a source (node N) and a sink (N + 1), as arcs with reduced costs in units."""

    tail: Ints
    head: Ints
    length: Floats
    level: Ints
    """(N + 2) potentials."""


def shadow_prices(net: Net, solution: Solution, prices: Prices) -> Duals:
    """Return the prices of a solved network.

    Parameters
    ----------
    net, solution
        The network and its solution.
    prices
        Potentials of any optimal solution of the same network.
    """
    n = net.size
    rest = _residual(net, solution, prices)
    level, gap = rest.level, _gap(rest.level, net.tail, net.head, prices.cost)
    link = np.where(net.tail == net.head, np.maximum(0.0, -prices.cost), 0.0)
    asked = np.flatnonzero(solution.full & (gap < 0))
    if len(asked):
        around = _distances(rest, net.head[asked], net.tail[asked], float(-gap[asked].min()))
        link[asked] = np.maximum(0.0, -gap[asked] - around)
    supply, demand = np.zeros(n), np.zeros(n)
    spent, filled = (net.supply > 0) & (solution.left == 0), (net.demand > 0) & (solution.short == 0)
    if spent.any():
        back = _tree(rest, n, backward=True)[:n]
        supply = np.where(spent, np.maximum(0.0, (level[:n] - level[n]) - back), 0.0)
    if filled.any():
        on = _tree(rest, n + 1, backward=False)[:n]
        demand = np.where(filled, np.maximum(0.0, (level[n + 1] - level[:n]) - on), 0.0)
    from_left = reach(n + 2, rest.tail, rest.head, np.flatnonzero(solution.left > 0))
    to_short = reach(n + 2, rest.head, rest.tail, np.flatnonzero(solution.short > 0))
    gain = solution.full & from_left[net.tail] & to_short[net.head]
    return Duals(
        link / prices.unit,
        supply / prices.unit,
        demand / prices.unit,
        gain.astype(np.float64),
        (spent & to_short[:n]).astype(np.float64),
        (filled & from_left[:n]).astype(np.float64),
    )


def _gap(level: Ints, tail: Ints, head: Ints, cost: Ints) -> Ints:
    """Return reduced costs in units."""
    return cost + level[tail] - level[head]


def _residual(net: Net, solution: Solution, prices: Prices) -> _Residual:
    """Return the residual network, tonnage held fixed: no way from sink to source but back along the flow."""
    n = net.size
    loop = net.tail == net.head
    level = np.append(prices.potential, [prices.supply, prices.demand])
    room, back = np.flatnonzero(~solution.full & ~loop), np.flatnonzero(solution.used)
    source, sink = np.int64(n), np.int64(n + 1)
    offered, given = np.flatnonzero(solution.left > 0), np.flatnonzero(net.supply - solution.left > 0)
    wanting, got = np.flatnonzero(solution.short > 0), np.flatnonzero(net.demand - solution.short > 0)
    tail = [net.tail[room], net.head[back], np.full(len(offered), source), given, wanting, np.full(len(got), sink)]
    head = [net.head[room], net.tail[back], offered, np.full(len(given), source), np.full(len(wanting), sink), got]
    none = np.zeros(len(offered) + len(given) + len(wanting) + len(got), dtype=np.int64)
    cost = np.concatenate([prices.cost[room], -prices.cost[back], none])
    tails, heads = np.concatenate(tail), np.concatenate(head)
    # Solutions of other solvers carry noise of their tolerance; their reduced costs may be a hair below zero.
    length = np.maximum(_gap(level, tails, heads, cost), 0).astype(np.float64)
    return _Residual(tails, heads, length, level)


def _graph(rest: _Residual, *, backward: bool) -> object:
    """Return the residual network as a sparse graph with the shortest of parallel arcs."""
    from scipy.sparse import csr_array

    size = len(rest.level)
    tail, head = (rest.head, rest.tail) if backward else (rest.tail, rest.head)
    order = np.lexsort((rest.length, head, tail))
    pair = tail[order] * size + head[order]
    first = np.ones(len(pair), dtype=bool)
    first[1:] = pair[1:] != pair[:-1]
    kept = order[first]
    start = np.searchsorted(tail[kept], np.arange(size + 1))
    return csr_array((rest.length[kept], head[kept], start), shape=(size, size))


def _tree(rest: _Residual, root: int, *, backward: bool) -> Floats:
    """Return reduced distances from ``root``, or to it."""
    from scipy.sparse.csgraph import dijkstra

    return np.asarray(dijkstra(_graph(rest, backward=backward), indices=root))


def _distances(rest: _Residual, start: Ints, end: Ints, limit: float) -> Floats:
    """Return reduced distances of the pairs; infinite above ``limit``, zero (a bound) beyond the budget."""
    from scipy.sparse.csgraph import dijkstra

    graph = _graph(rest, backward=False)
    roots, which = np.unique(start, return_inverse=True)
    most = max(1, int(_BUDGET // max(1, len(rest.tail))))
    away = np.zeros(len(start))
    order = np.argsort(which, kind="stable")
    edges = np.searchsorted(which[order], np.arange(len(roots) + 1))
    chunk = max(1, int(4e6 // len(rest.level)))
    for low in range(0, min(len(roots), most), chunk):
        high = min(low + chunk, len(roots))
        far = np.atleast_2d(dijkstra(graph, indices=roots[low:high], limit=limit))
        pairs = order[edges[low] : edges[high]]
        away[pairs] = far[which[pairs] - low, end[pairs]]
    return away
