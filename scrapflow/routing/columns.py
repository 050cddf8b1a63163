"""Several commodities that share capacities but not costs: paths are made as they are needed (column generation).

The master problem chooses tonnes on known paths; capacities enter it only once they are broken (lazy rows). Its
duals price the links, and one shortest-path tree a commodity, from the demands backwards through all periods, finds for every origin
the path that would improve the plan most. When no path improves it and no capacity is broken, the plan is optimal for
all paths and all capacities, by linear-programming duality.

References: Ford & Fulkerson (1958), "A suggested computation for maximal multi-commodity network flows", Management Science 5(1);
Barnhart, Hane & Vance (2000), Operations Research 48(2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from scrapflow.routing.linear import LimitError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.routing.periods import Net

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_TOLERANCE = 1e-9
_ROUNDS = 500


@dataclass(frozen=True, eq=False)
class PathSet:
    """Paths as columns: the row (commodity × node) each starts from, the node it ends at, and its arcs (CSR)."""

    origin: Ints
    end: Ints
    start: Ints
    arcs: Ints

    def column_of_entry(self) -> Ints:
        """Return the path of each entry of ``arcs``."""
        return np.repeat(np.arange(len(self.origin)), np.diff(self.start))


def joined(parts: list[PathSet]) -> PathSet:
    """Return several sets as one."""
    starts, shift = [np.zeros(1, dtype=np.int64)], 0
    for part in parts:
        starts.append(part.start[1:] + shift)
        shift += len(part.arcs)
    return PathSet(
        np.concatenate([p.origin for p in parts]),
        np.concatenate([p.end for p in parts]),
        np.concatenate(starts),
        np.concatenate([p.arcs for p in parts]),
    )


class Generator:
    """Column generation on a time-expanded network.

    Parameters
    ----------
    net
        Network with joint capacities and demands; its own supply and costs are not used.
    supply
        (K, N) tonnes of each commodity at each node.
    cost
        (K, A) cost of a tonne of each commodity on each arc, ≥ 0.
    total
        Tonnes that must move: the most that can.
    """

    def __init__(self, net: Net, supply: Floats, cost: Floats, total: float) -> None:
        self.net, self.supply, self.cost = net, supply, cost
        self.unit = max(total, 1e-300) / 1000.0
        self.money = float(cost.max(initial=0.0)) or 1.0
        self.rows = np.flatnonzero(supply.ravel() > 0)
        self.row_of = np.full(supply.size, -1, dtype=np.int64)
        self.row_of[self.rows] = np.arange(len(self.rows))
        self.takers = np.flatnonzero(net.demand > 0)
        self.demand_row = np.full(net.size, -1, dtype=np.int64)
        self.demand_row[self.takers] = len(self.rows) + np.arange(len(self.takers))
        self.total_row = len(self.rows) + len(self.takers)
        self.capacity_row = np.full(len(net.tail), -1, dtype=np.int64)
        self.paths: list[PathSet] = []
        self.columns = 0
        self.all_moves = abs(float(supply.sum()) - total) <= 1e-12 * total
        self.model = self._master(total)
        self._trees()

    def _master(self, total: float) -> Any:
        """Return an empty master problem with a row for each supply, each demand and the total."""
        import highspy

        model = highspy.Highs()
        for name, value in (
            ("output_flag", False),
            ("threads", 1),
            ("primal_feasibility_tolerance", _TOLERANCE),
            ("dual_feasibility_tolerance", _TOLERANCE),
            ("presolve", "off"),
        ):
            model.setOptionValue(name, value)
        upper = np.concatenate([self.supply.ravel()[self.rows], self.net.demand[self.takers], [np.inf]]) / self.unit
        lower = np.full(len(upper), -np.inf)
        if self.all_moves:
            lower[: len(self.rows)] = upper[: len(self.rows)]
        else:
            lower[-1] = total / self.unit * (1 - 1e-13)
        nothing = np.zeros(0, dtype=np.int32)
        model.addRows(len(upper), lower, upper, 0, np.zeros(len(upper), dtype=np.int32), nothing, np.zeros(0))
        return model

    def _trees(self) -> None:
        """Prepare the network turned round, with a root before all demands, for shortest paths."""
        n, net = self.net.size, self.net
        live = np.flatnonzero((net.capacity > 0) & (net.tail != net.head))
        rows = np.concatenate([net.head[live], np.full(len(self.takers), n)])
        cols = np.concatenate([net.tail[live], self.takers])
        arcs = np.concatenate([live, np.full(len(self.takers), -1)])
        order = np.lexsort((cols, rows))
        self.entry_arc, self.entry_col, entry_row = arcs[order], cols[order].astype(np.int32), rows[order]
        self.entry_taker = np.where(self.entry_arc < 0, self.entry_col, 0)
        self.indptr = np.searchsorted(entry_row, np.arange(n + 2)).astype(np.int32)
        keys = entry_row * (n + 1) + self.entry_col
        # Of parallel arcs the cheapest counts; which one that is changes with the prices.
        self.group = np.concatenate([[0], np.cumsum(keys[1:] != keys[:-1])]) if len(keys) else keys
        self.group_start = np.flatnonzero(np.diff(keys, prepend=-1))
        self.keys = keys[self.group_start]

    def add(self, found: PathSet) -> None:
        """Add paths to the master problem."""
        count = len(found.origin)
        if not count:
            return
        commodity, node = found.origin // self.net.size, found.origin % self.net.size
        column = found.column_of_entry()
        cost = np.bincount(column, self.cost[commodity[column], found.arcs], count) / self.money
        limited = self.capacity_row[found.arcs]
        kept = limited >= 0
        rows = np.concatenate(
            [self.row_of[commodity * self.net.size + node], self.demand_row[found.end], np.full(count, self.total_row)]
        )
        columns = np.concatenate([np.tile(np.arange(count), 3), column[kept]])
        rows = np.concatenate([rows, limited[kept]])
        order = np.argsort(columns, kind="stable")
        start = np.searchsorted(columns[order], np.arange(count))
        self.model.addCols(
            count,
            cost,
            np.zeros(count),
            np.full(count, np.inf),
            len(rows),
            start.astype(np.int32),
            rows[order].astype(np.int32),
            np.ones(len(rows)),
        )
        self.paths.append(found)
        self.columns += count

    def limit(self, arcs: Ints) -> None:
        """Add the capacities of some arcs to the master problem."""
        every = joined(self.paths)
        self.paths = [every]
        first = self.model.getNumRow()
        place = np.full(len(self.net.tail), -1, dtype=np.int64)
        place[arcs] = np.arange(len(arcs))
        at = place[every.arcs]
        kept = at >= 0
        row, column = at[kept], every.column_of_entry()[kept]
        order = np.argsort(row, kind="stable")
        start = np.searchsorted(row[order], np.arange(len(arcs)))
        self.model.addRows(
            len(arcs),
            np.full(len(arcs), -np.inf),
            self.net.capacity[arcs] / self.unit,
            len(row),
            start.astype(np.int32),
            column[order].astype(np.int32),
            np.ones(len(row)),
        )
        self.capacity_row[arcs] = first + np.arange(len(arcs))

    def run(self) -> tuple[Floats, Floats]:
        """Return tonnes by path, and tonnes by commodity and arc.

        Raises
        ------
        LimitError
            If the master problem fails or the rounds run out.
        """
        for _ in range(_ROUNDS):
            value, dual = self._solve()
            flow = self._flow(value)
            load = flow.sum(axis=0)
            over = load > self.net.capacity + 1e-9 * 1000.0 * self.unit
            broken = np.flatnonzero(over & (self.capacity_row < 0))
            if len(broken):
                self.limit(broken)
            found = self._price(dual)
            if found is not None:
                self.add(found)
            elif not len(broken):
                return value, flow
        text = f"column generation did not end within {_ROUNDS} rounds"
        raise LimitError(text)

    def _solve(self) -> tuple[Floats, Floats]:
        """Solve the master problem; return tonnes by path and duals by row."""
        import highspy

        self.model.run()
        status = self.model.getModelStatus()
        if status not in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kModelEmpty):
            text = f"the master problem ended with {status.name}"
            raise LimitError(text)
        solution = self.model.getSolution()
        value = np.maximum(np.asarray(solution.col_value, dtype=np.float64), 0.0)
        return value * self.unit, np.asarray(solution.row_dual, dtype=np.float64)

    def _flow(self, value: Floats) -> Floats:
        """Return tonnes by commodity and arc."""
        flow = np.zeros(self.cost.shape)
        at = 0
        for part in self.paths:
            count = len(part.origin)
            column = part.column_of_entry()
            where = (part.origin // self.net.size)[column] * flow.shape[1] + part.arcs
            flow += np.bincount(where, value[at : at + count][column], flow.size).reshape(flow.shape)
            at += count
        return flow

    def _price(self, dual: Floats) -> PathSet | None:
        """Return the path that improves the plan most for every commodity and origin that has one."""
        toll = np.zeros(len(self.net.tail))
        # Capacities added since the last solve have no dual yet.
        limited = np.flatnonzero((self.capacity_row >= 0) & (self.capacity_row < len(dual)))
        toll[limited] = np.maximum(0.0, -dual[self.capacity_row[limited]])
        gate = np.zeros(self.net.size)
        gate[self.takers] = np.maximum(0.0, -dual[self.demand_row[self.takers]])
        found = []
        for k in range(len(self.supply)):
            nodes = np.flatnonzero(self.supply[k] > 0)
            worth = dual[self.row_of[k * self.net.size + nodes]] + dual[self.total_row]
            part = self._tree(k, nodes, worth, toll, gate)
            if part is not None:
                found.append(part)
        return joined(found) if found else None

    def _tree(self, k: int, nodes: Ints, worth: Floats, toll: Floats, gate: Floats) -> PathSet | None:
        """Return the paths of one commodity that cost less than they are worth."""
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import dijkstra

        n = self.net.size
        length = np.where(
            self.entry_arc < 0, gate[self.entry_taker], self.cost[k, self.entry_arc] / self.money + toll[self.entry_arc]
        )
        first = self._cheapest(length)
        indptr = np.searchsorted(self.keys, np.arange(n + 2) * (n + 1)).astype(np.int32)
        graph = csr_array((length[first], self.entry_col[first], indptr), shape=(n + 1, n + 1))
        distance, before = dijkstra(graph, indices=n, return_predecessors=True)
        gain = worth - distance[nodes]
        chosen = nodes[gain > 10 * _TOLERANCE]
        if not len(chosen):
            return None
        column, arcs, end = [], [], np.full(len(chosen), -1, dtype=np.int64)
        at, live = chosen.astype(np.int64), np.arange(len(chosen))
        while len(live):
            up = before[at].astype(np.int64)
            done = up == n
            end[live[done]] = at[done]
            at, up, live = at[~done], up[~done], live[~done]
            entry = first[np.searchsorted(self.keys, up * (n + 1) + at)]
            column.append(live)
            arcs.append(self.entry_arc[entry])
            at = up
        columns, passed = np.concatenate(column), np.concatenate(arcs)
        order = np.argsort(columns, kind="stable")
        start = np.searchsorted(columns[order], np.arange(len(chosen) + 1))
        return PathSet(k * n + chosen, end, start, passed[order])

    def _cheapest(self, length: Floats) -> Ints:
        """Return the cheapest entry of each group of parallel arcs."""
        if len(self.group_start) == len(length):
            return np.arange(len(length))
        order = np.lexsort((length, self.group))
        return order[self.group_start]
