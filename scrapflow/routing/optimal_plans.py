"""All plans of least cost of a network as the columns and rows of a programme: who gives how much to whom, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from scrapflow.routing.convex_program import Programme
from scrapflow.routing.equal_paths import equal_paths
from scrapflow.routing.optimal_face import SAME_COST
from scrapflow.routing.solution import LimitError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csc_array

    from scrapflow.routing.equal_paths import EqualPaths
    from scrapflow.routing.optimal_face import Face
    from scrapflow.routing.time_expansion import Net

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

NOISE = 1e-12
"""Share of all tonnes below which a remainder is nothing."""


def sums(at: Ints, values: Floats, size: int) -> Floats:
    """Return the values added up by position, (size,)."""
    return np.bincount(at, values, size).astype(np.float64)


class Layout(NamedTuple):
    """Where things stand in a time-expanded network that may be widened for wishes.

    Attributes
    ----------
    nodes
        Nodes a period, n; node ``p * n + i`` is node i in period p.
    plain_nodes, plain_arcs
        Nodes and arcs of the network without what was added for wishes.
    takers
        Nodes where tonnes arrive.
    """

    nodes: int
    plain_nodes: int
    plain_arcs: int
    takers: Ints


@dataclass(frozen=True, eq=False)
class Books:
    """Columns of a programme beside those of its paths: stock, supply left at ``giving``, demand short at ``wanting``, arcs beyond."""

    kept: Ints
    left: Ints
    giving: Ints
    short: Ints
    wanting: Ints
    beyond: Ints


class OptimalPlans:
    """The plans of least cost of one network.

    Parameters
    ----------
    net, face, layout
        The network, what its arcs may carry in plans of least cost, and what is what in it.

    Attributes
    ----------
    way
        Arcs that paths may take.
    free
        Which of these cost nothing.
    stock
        Storage arcs of places that keep their own tonnes only; these need no path through time.
    hub
        (N) nodes from which tonnes set out.
    offered
        (N) what the place of a node offers in all periods, in t.
    give, take
        (N) supply and demand without what must stay because the other side is smaller.
    noise
        Tonnes that are nothing.
    """

    def __init__(self, net: Net, face: Face, layout: Layout) -> None:
        self.net, self.face, self.layout = net, face, layout
        n, first = max(layout.nodes, 1), layout.plain_arcs
        live = (face.high > 0) & (net.tail != net.head)
        live[first:] = False
        link, store = live.copy(), live.copy()
        link[net.links :], store[: net.links] = False, False
        passed = np.zeros(n, dtype=bool)
        passed[net.head[link] % n] = True
        through = store & passed[net.tail % n]
        self.stock = np.flatnonzero(store & ~through)
        self.way = np.flatnonzero(link | through)
        self.free = net.cost[self.way] <= 2 * SAME_COST * float(np.abs(net.cost).max(initial=0.0))
        offered = net.supply[: layout.plain_nodes].reshape(-1, n).sum(axis=0)
        self.offered = np.concatenate([offered[np.arange(layout.plain_nodes) % n], np.zeros(net.size)])[: net.size]
        self.hub = net.supply > 0
        self.hub[net.tail[self.stock]] = self.hub[net.head[self.stock]] = True
        self.hub &= self.offered > 0
        most = min(float(net.supply.sum()), float(net.demand.sum()))
        self.give, self.take = np.minimum(net.supply, most), np.minimum(net.demand, most)
        self.noise = NOISE * max(net.through, np.finfo(np.float64).tiny)

    def paths(self, *, fewest: bool) -> EqualPaths:
        """Return the equal paths to all takers."""
        net, way = self.net, self.way
        return equal_paths(net.size, way, net.tail[way], net.head[way], self.free, self.layout.takers, fewest=fewest)

    def programme(
        self, equal: EqualPaths, copy: Ints, limits: csc_array | None = None, scarce: Ints | None = None
    ) -> tuple[Programme, Books]:
        """Return all plans of least cost with the measure that chooses among them, and where its columns are.

        Columns: what goes from ``copy`` to its taker; totals by place, taker and period where several columns make one;
        stock; supply left; demand short; arcs beyond the takers (wishes); room left on the ``scarce`` links. Rows: what
        is at each origin, at each taker, those totals, the nodes beyond the takers, the scarce links.
        """
        net, layout = self.net, self.layout
        columns = _Columns()
        flow, joint = self._paths(columns, equal.node[copy], layout.takers[equal.label[copy]])
        books = self._books(columns)
        hubs = np.flatnonzero(self.hub)
        right = np.zeros(2 * net.size + joint)
        right[hubs] = self.give[hubs]
        right[net.size + books.wanting] = self.take[books.wanting]
        if scarce is not None and limits is not None:
            entry, capacity = limits.tocoo(), net.capacity[scarce]
            row = len(right) + np.arange(len(scarce))
            columns.put(row[entry.row], flow[entry.col], entry.data)
            room = columns.add(0.0, 0.0, capacity - self.face.low[scarce], np.maximum(capacity, self.noise))
            columns.put(row, room, 1.0)
            right = np.concatenate([right, capacity])
        return columns.programme(right), books

    def _paths(self, columns: _Columns, origin: Ints, taker: Ints) -> tuple[Ints, int]:
        """Add what goes from origins to takers, and totals where several make one; return the former, and how many totals."""
        n, size, offered = self.layout.nodes, self.net.size, self.offered[origin]
        _, first, group, many = np.unique(
            origin % max(n, 1) * size + taker, return_index=True, return_inverse=True, return_counts=True
        )
        alone = many[group] == 1
        scale = np.minimum(offered, max(float(self.take.sum()), self.noise))
        flow = columns.add(np.where(alone, 1 / offered, 0.0), 0.0, np.inf, scale)
        columns.put(origin, flow, 1.0)
        columns.put(size + taker, flow, 1.0)
        joint, summed = np.flatnonzero(many > 1), np.flatnonzero(~alone)
        total = columns.add(1 / offered[first[joint]], 0.0, np.inf, scale[first[joint]])
        columns.put(2 * size + np.searchsorted(joint, group[summed]), flow[summed], 1.0)
        columns.put(2 * size + np.arange(len(joint)), total, -1.0)
        return flow, len(joint)

    def _books(self, columns: _Columns) -> Books:
        """Add stock, what stays and what is short, and what goes on beyond the takers."""
        net, face, size = self.net, self.face, self.net.size
        tail, head = net.tail[self.stock], net.head[self.stock]
        scale = np.maximum(np.minimum(self.offered[tail], face.high[self.stock]), self.noise)
        kept = columns.add(0.0, face.low[self.stock], face.high[self.stock], scale)
        columns.put(tail, kept, 1.0)
        columns.put(head, kept, -1.0)
        giving = np.flatnonzero(self.hub & (net.supply > 0))
        left = columns.add(0.0, face.left_low[giving], face.left_high[giving], self.give[giving])
        columns.put(giving, left, 1.0)
        wanting = np.flatnonzero(net.demand > 0)
        short = columns.add(0.0, face.short_low[wanting], face.short_high[wanting], self.take[wanting])
        columns.put(size + wanting, short, 1.0)
        arcs = np.arange(self.layout.plain_arcs, len(net.tail))
        beyond = columns.add(0.0, face.low[arcs], face.high[arcs], np.maximum(face.high[arcs], self.noise))
        columns.put(size + net.tail[arcs], beyond, -1.0)
        columns.put(size + net.head[arcs], beyond, 1.0)
        return Books(kept, left, giving, short, wanting, beyond)


class _Columns:
    """Columns of a programme as they are added, and their entries."""

    def __init__(self) -> None:
        self.count = 0
        self.parts: list[Floats] = []
        self.entries: list[tuple[Ints, Ints, Floats]] = []

    def add(self, curve: Floats | float, low: Floats | float, high: Floats | float, scale: Floats) -> Ints:
        """Add a column for each value of ``scale``; return their positions."""
        count = len(scale)
        scale = np.maximum(scale, np.finfo(np.float64).tiny)
        self.parts.append(
            np.stack([np.broadcast_to(np.asarray(v, dtype=np.float64), count) for v in (curve, low, high, scale)])
        )
        self.count += count
        return np.arange(self.count - count, self.count)

    def put(self, rows: Ints, columns: Ints, value: Floats | float) -> None:
        """Enter a value in rows and columns."""
        self.entries.append((rows, columns, np.broadcast_to(np.asarray(value, dtype=np.float64), len(columns))))

    def programme(self, right: Floats) -> Programme:
        """Return the programme, without rows that have no entry."""
        from scipy.sparse import csc_array

        row, column, data = (np.concatenate([e[i] for e in self.entries]) for i in range(3))
        curve, low, high, scale = np.concatenate(self.parts, axis=1)
        used = np.zeros(len(right), dtype=bool)
        used[row] = True
        number = np.cumsum(used) - 1
        rows = csc_array((data, (number[row], column)), shape=(int(used.sum()), self.count))
        if right[~used].any():
            text = "a row without a column wants something"
            raise LimitError(text)
        return Programme(curve, rows, right[used], low, high, scale)
