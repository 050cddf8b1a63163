"""Where no capacity binds, the ends of journeys are the whole problem: who gives how much to whom, and when.

Every tonne then takes a path of least cost inside its period, so that a network of all periods shrinks to the nodes that
offer or keep tonnes, those that want them, one arc for each pair that a path joins, and what is kept from one period to
the next. That is solved and the rule for ties applied to it; what it sends from origin to destination is split equally over
the paths of least cost. If the plan overflows no link it is the plan of the whole network: what is best under fewer limits
and keeps the others is best under all of them. If a link overflows, the network itself is solved.

Reference: contraction of a network to its terminals by shortest paths, as in Dreyfus & Wagner (1971), "The Steiner problem
in graphs", Networks 1(3).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from scrapflow.routing.equal_paths import EqualPaths, equal_paths
from scrapflow.routing.integers import prepare, read_back
from scrapflow.routing.lemon import lemon
from scrapflow.routing.optimal_face import SAME_COST
from scrapflow.routing.optimal_plans import Layout
from scrapflow.routing.ties import Settled, grain_of, settle
from scrapflow.routing.time_expansion import Net

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from scrapflow.routing.problem import Arrays
    from scrapflow.routing.solution import Prices, Solution

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MOST_TAKERS = 24
"""Places that want tonnes; with more, a search from each costs more than it saves."""
_MEMO, _MOST_KEPT = "ways", 64


@dataclass(frozen=True, eq=False)
class _Ways:
    """The paths of least cost inside a period, n nodes and m links, from Y origins to M destinations.

    Attributes
    ----------
    equal
        The paths.
    copy
        (M, Y) where each origin stands in ``equal`` on its way to each destination, −1 if there is no way.
    links
        m.
    """

    equal: EqualPaths
    copy: Ints
    links: int

    @cached_property
    def pairs(self) -> tuple[Ints, Ints]:
        """Destination and origin of each pair that a path joins, by position, K of them."""
        to, of = np.nonzero(self.copy >= 0)
        return to, of

    @cached_property
    def single(self) -> bool:
        """Whether no pair has several equal paths."""
        return bool((self.equal.paths[self.copy[self.pairs]] == 1).all())

    def loads(self, amounts: Floats) -> Floats:
        """Return the tonnes on each link (P, m) of amounts by pair (P, K), each split equally over its paths."""
        starts = np.zeros((len(self.equal.node), len(amounts)))
        starts[self.copy[self.pairs]] = amounts.T
        return np.asarray((self._of_link @ self.equal.passing(starts)).T)

    @cached_property
    def _of_link(self) -> csr_array:
        """What each link carries of what passes each copy."""
        from scipy.sparse import csr_array

        equal = self.equal
        return csr_array((equal.chance, (equal.arc, equal.tail)), shape=(self.links, len(equal.node)))


@dataclass(frozen=True, eq=False)
class Shrunk:
    """What of the ends alone hangs on links and costs, not on tonnes: P periods, Y origins, M destinations.

    Attributes
    ----------
    net
        The network it was made from.
    nodes
        Its nodes in a period.
    origins, takers
        (Y) and (M) nodes of a period that offer or keep tonnes in some period, and that want them.
    store
        (q) where the nodes with storage stand among the origins.
    ways, distance
        Paths inside a period of each kind, and what a tonne costs on them, (M, Y).
    kind
        (P) kind of each period: those whose links cost the same and are open in the same are one.
    """

    net: Net
    nodes: int
    origins: Ints
    takers: Ints
    store: Ints
    ways: list[_Ways]
    distance: list[Floats]
    kind: Ints

    @property
    def size(self) -> int:
        """Nodes of the ends alone in a period."""
        return len(self.origins) + len(self.takers)

    def holds(self, net: Net) -> bool:
        """Tell whether another network differs by its tonnes and capacities only, and these between the same ends."""
        own = self.net
        if not all(np.array_equal(getattr(own, k), getattr(net, k)) for k in ("tail", "head", "cost")):
            return False
        closed = np.array_equal(own.capacity[: own.links] > 0, net.capacity[: net.links] > 0)
        giving, taking = _places(net, self.nodes)
        ends = np.isin(giving, self.origins, assume_unique=True).all() and np.array_equal(taking, self.takers)
        return closed and bool(ends)

    def small(self, net: Net) -> Net:
        """Return the network of the ends alone with the tonnes of ``net``."""
        count, many = len(self.kind), len(self.origins)
        supply, demand = np.zeros((2, count, self.size))
        supply[:, :many] = net.supply.reshape(count, -1)[:, self.origins]
        demand[:, many:] = net.demand.reshape(count, -1)[:, self.takers]
        tail, head, cost = self._arcs
        kept = slice(net.links, None)
        links = len(tail) - len(net.tail[kept])
        # Twice what can flow at all: a pair that carries everything has no price of its own either.
        capacity = np.concatenate([np.full(links, 2 * net.through), net.capacity[kept]])
        unlimited = np.concatenate([np.ones(links, dtype=bool), net.unlimited[kept]])
        none = np.zeros(len(tail))
        return Net(tail, head, capacity, cost, none, supply.ravel(), demand.ravel(), links, net.through, unlimited)

    @cached_property
    def _arcs(self) -> tuple[Ints, Ints, Floats]:
        """Tail, head and cost of the arcs: pairs of period 0, of period 1, …, then what is kept."""
        start = np.arange(len(self.kind), dtype=np.int64) * self.size
        ways = [self.ways[k] for k in self.kind.tolist()]
        tails = [w.pairs[1] + shift for w, shift in zip(ways, start.tolist(), strict=True)]
        heads = [w.pairs[0] + (len(self.origins) + shift) for w, shift in zip(ways, start.tolist(), strict=True)]
        kept = (start[:-1, None] + self.store).ravel() if len(self.store) else start[:0]
        cost = [self.distance[k][w.pairs] for k, w in zip(self.kind.tolist(), ways, strict=True)]
        return (
            np.concatenate([*tails, kept]),
            np.concatenate([*heads, kept + self.size]),
            np.concatenate([*cost, self.net.cost[self.net.links :]]),
        )

    def in_full(self, node: Ints) -> Ints:
        """Return the nodes of the whole network that nodes of the ends alone stand for."""
        ends = np.concatenate([self.origins, self.takers])
        return np.asarray(node // self.size * self.nodes + ends[node % self.size])

    def loads(self, flow: Floats) -> Floats:
        """Return the tonnes on each link in each period, (P * m), of what goes from origin to destination."""
        count = len(self.kind)
        load = np.zeros((count, self.net.links // count))
        ends = np.cumsum([len(self.ways[k].pairs[0]) for k in self.kind.tolist()])
        parts = np.split(flow[: int(ends[-1])], ends[:-1])
        for k, ways in enumerate(self.ways):
            periods = np.flatnonzero(self.kind == k)
            load[periods] = ways.loads(np.stack([parts[p] for p in periods.tolist()]))
        return load.ravel()

    def paths(self, origin: Ints, taker: Ints) -> tuple[EqualPaths, Ints]:
        """Return the paths of least cost of all periods, and where those of some pairs of the ends alone start."""
        links, each = self.net.links // len(self.kind), [self.ways[k].equal for k in self.kind.tolist()]
        steps = {"label": len(self.takers), "node": self.nodes, "arc": links}
        equal = EqualPaths.joined([e.moved(**{k: p * v for k, v in steps.items()}) for p, e in enumerate(each)])
        copies = np.cumsum([0, *(len(e.node) for e in each)])
        period, to = origin // self.size, taker % self.size - len(self.origins)
        table = np.stack([w.copy for w in self.ways])
        start: Ints = copies[period] + table[self.kind[period], to, origin % self.size]
        return equal, start


@dataclass(frozen=True, eq=False)
class Ends:
    """A network solved by its ends alone.

    Attributes
    ----------
    shrunk
        The ends.
    prices
        Potentials of the ends.
    settled
        The plan of the ends by the rule for ties.
    whole
        The same plan on the whole network.
    """

    shrunk: Shrunk
    prices: Prices
    settled: Settled
    whole: Settled

    def again(self, net: Net) -> Ends | None:
        """Return the plan for other tonnes on the same network, by the prices of this one where they hold; None if a limit binds."""
        if not self.shrunk.holds(net):
            return None
        small, prices = self.shrunk.small(net), self.prices
        kept = replace(self.settled.solution, prices=lambda: prices, grain=grain_of(small))
        plan = settle(small, kept, prices, _layout(self.shrunk, small), dearest=_dearest(net), last=self.settled)
        if plan is None:
            return _solved(self.shrunk, net)
        told = plan.solution
        moved = float(np.rint((small.supply.sum() - told.left.sum()) * told.grain) / told.grain)
        plan = replace(plan, solution=replace(told, moved_t=moved))
        whole = _whole(self.shrunk, net, small, plan, exact=False)
        return None if whole is None else Ends(self.shrunk, prices, plan, whole)


def by_ends(a: Arrays, net: Net, memo: dict[Any, Any]) -> Ends | None:
    """Return the plan of a network that its ends alone settle by the rule for ties, or None where they do not.

    Parameters
    ----------
    a, net
        The problem's arrays and its time-expanded network.
    memo
        Keeps the paths of problems over the same links, which other costs seldom change.
    """
    shrunk = _shrink(a, net, memo)
    return None if shrunk is None else _solved(shrunk, net)


def _solved(shrunk: Shrunk, net: Net) -> Ends | None:
    """Solve the ends alone; None if the plan does not fit the network."""
    small = shrunk.small(net)
    made = prepare(small)
    solved = read_back(made, lemon(made.ints))
    assert solved.prices is not None
    prices = solved.prices()
    plan = settle(small, solved, prices, _layout(shrunk, small), dearest=_dearest(net), quiet=True)
    if plan is None:
        return None
    whole = _whole(shrunk, net, small, plan, exact=plan.solution is solved)
    return None if whole is None else Ends(shrunk, prices, plan, whole)


def _layout(shrunk: Shrunk, small: Net) -> Layout:
    return Layout(shrunk.size, small.size, len(small.tail), np.flatnonzero(small.demand > 0))


def _dearest(net: Net) -> float:
    return float(net.cost.max(initial=0.0))


def _places(net: Net, nodes: int) -> tuple[Ints, Ints]:
    """Return the nodes of a period that offer tonnes in some period, and those that want them."""
    giving, taking = ((v.reshape(-1, nodes) > 0).any(axis=0) for v in (net.supply, net.demand))
    return np.flatnonzero(giving), np.flatnonzero(taking)


def _shrink(a: Arrays, net: Net, memo: dict[Any, Any]) -> Shrunk | None:
    """Return the ends of a network if they can stand for it, and are the smaller problem."""
    count, n = a.supply.shape
    if count < 2 or not n:
        return None
    giving, takers = _places(net, n)
    origins, links = np.union1d(giving, a.store), len(a.tail)
    if not 0 < len(takers) <= MOST_TAKERS or not 0 < len(origins) * len(takers) <= links:
        return None
    if net.lower.any() or net.cost.min(initial=0.0) < 0 or np.isin(takers, origins).any():
        return None
    inner = a.tail != a.head
    opened = (net.capacity[: net.links].reshape(count, links) > 0) & inner
    passed = opened.any(axis=0)
    # Where tonnes may wait on their way, a path runs through several periods.
    if np.isin(a.head[passed], a.store).any():
        return None
    cost = net.cost[: net.links].reshape(count, links)
    alike = bool((cost == cost[0]).all() and (opened == opened[0]).all())
    kind = np.zeros(count, dtype=np.int64) if alike else np.arange(count)
    same = SAME_COST * _dearest(net)
    ways: list[_Ways] = []
    distance: list[Floats] = []
    for p in range(int(kind[-1]) + 1):
        far = _distances(a, cost[p], opened[p], takers)
        best = opened[p] & np.isfinite(far[:, a.head])
        with np.errstate(invalid="ignore"):
            best &= cost[p] + far[:, a.head] - far[:, a.tail] <= same
        free = cost[p] <= 2 * same
        key = _MEMO, origins.tobytes(), takers.tobytes(), np.packbits(best).tobytes(), np.packbits(free).tobytes()
        if key not in memo:
            if len(memo) >= _MOST_KEPT:
                memo.clear()
            memo[key] = _ways(a, best, free, origins, takers)
        ways.append(memo[key])
        distance.append(far[:, origins])
    return Shrunk(net, n, origins, takers, np.searchsorted(origins, a.store), ways, distance, kind)


def _ways(a: Arrays, best: NDArray[np.bool_], free: NDArray[np.bool_], origins: Ints, takers: Ints) -> _Ways:
    """Return the paths over the ``best`` links to each taker, (M, m), of which those that are ``free`` cost nothing."""
    n, parts = a.supply.shape[1], []
    for j, links in enumerate(best):
        arc = np.flatnonzero(links)
        own = equal_paths(n, arc, a.tail[arc], a.head[arc], free[arc], takers[j : j + 1])
        parts.append(own.moved(label=j, node=0, arc=0))
    equal = EqualPaths.joined(parts)
    place = np.full((len(takers), n), -1)
    place[equal.label, equal.node] = np.arange(len(equal.node))
    return _Ways(equal, place[:, origins], len(a.tail))


def _distances(a: Arrays, cost: Floats, opened: NDArray[np.bool_], takers: Ints) -> Floats:
    """Return the least cost of a tonne from every node to each taker, (M, n)."""
    from scipy.sparse.csgraph import dijkstra

    graph = _turned_round(a.supply.shape[1], a.tail[opened], a.head[opened], cost[opened])
    return np.asarray(dijkstra(graph, indices=takers))


def _turned_round(n: int, tail: Ints, head: Ints, price: Floats) -> csr_array:
    """Return the graph from heads to tails, the cheapest of parallels."""
    from scipy.sparse import csr_array

    order = np.lexsort((price, tail, head))
    tail, head = tail[order], head[order]
    first = np.append(True, (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])) if len(tail) else np.zeros(0, dtype=bool)
    return csr_array((price[order][first], (head[first], tail[first])), shape=(n, n))


def _whole(shrunk: Shrunk, net: Net, small: Net, plan: Settled, *, exact: bool) -> Settled | None:
    """Return the plan of the ends on the whole network; None if a link would carry more than it can.

    Parameters
    ----------
    shrunk, net, small
        The ends, and the two networks.
    plan
        The plan of the ends.
    exact
        Whether it is the solver's own, in whole units.
    """
    told, noise = plan.solution, plan.plans.noise
    if plan.arcs is not None:
        return None
    load = shrunk.loads(told.flow)
    if ((load > net.capacity[: net.links] + noise) & ~net.unlimited[: net.links]).any():
        return None
    if exact:
        exact = all(w.single for w in shrunk.ways)
        load = np.rint(load * told.grain) / told.grain if exact else load
    flow = np.minimum(np.concatenate([load, told.flow[small.links :]]), net.capacity)
    flow[flow <= noise] = 0.0
    left, short = np.zeros((2, net.size))
    ends = shrunk.in_full(np.arange(small.size))
    left[ends], short[ends] = told.left, told.short
    loop = net.tail == net.head
    solution: Solution = replace(
        told,
        flow=flow,
        left=left,
        short=short,
        full=(flow >= net.capacity - noise) & ~net.unlimited & ~loop,
        used=(flow > noise) & ~loop,
        grain=told.grain if exact else grain_of(net),
        prices=None,
    )
    return replace(
        plan,
        solution=solution,
        origin=shrunk.in_full(plan.origin),
        taker=shrunk.in_full(plan.taker),
        ways=lambda: shrunk.paths(plan.origin, plan.taker),
    )
