"""Several commodities that share capacities but not costs: paths are made as they are needed (column generation).

The master problem chooses tonnes on known paths. Nearly every supply uses one path only, its key, so the master has
variables for the *other* paths alone, each a change from the key; a supply gets a row only once the others would take
more than it has, and a link only once its capacity is broken (lazy rows). That keeps thousands of supplies out of it.
The duals price the links, and one shortest-path tree a commodity, from the demands backwards through all periods,
finds for every origin the path that would improve the plan most. When no path improves it and no capacity is broken,
the plan is optimal for all paths and all capacities, by linear-programming duality.

References: Ford & Fulkerson (1958), "A suggested computation for maximal multi-commodity network flows", Management
Science 5(1); Barnhart, Hane & Vance (2000), Operations Research 48(2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from scrapflow.routing.highs import new_model
from scrapflow.routing.path_set import PathSet, Tolls, joined
from scrapflow.routing.solution import LimitError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.routing.time_expansion import Net

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_TOLERANCE = 1e-9
_ROUNDS = 500
_PACE = 0.3
"""Part of the way that the mean of the prices goes to the latest ones in a round."""


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
    first
        Paths of a plan that moves them, and a path that ends nowhere for each supply that need not move.
    toll, gate
        (A) and (N) a guess at the prices of links and demands.
    """

    def __init__(
        self, net: Net, supply: Floats, cost: Floats, total: float, first: PathSet, toll: Floats, gate: Floats
    ) -> None:
        self.net, self.supply, self.cost, self.total = net, supply, cost, total
        self.unit = max(total, 1e-300) / 1000.0
        self.money = float(cost.max(initial=0.0)) or 1.0
        self.takers = np.flatnonzero(net.demand > 0)
        self.demand_row = np.full(net.size + 1, -1, dtype=np.int64)
        self.demand_row[self.takers] = np.arange(len(self.takers))
        self.total_row = len(self.takers)
        self.capacity_row = np.full(len(net.tail), -1, dtype=np.int64)
        self.supply_row = np.full(supply.size, -1, dtype=np.int64)
        self._trees()
        # The keys are the best paths at the first tolls, so that most supplies need no second one.
        every = np.full(supply.size, np.inf)
        best = self._best(every, 0.0, toll / self.money, np.append(gate, 0.0) / self.money)
        self.paths = first if best is None else joined([best, first])
        self.key = np.full(supply.size, -1, dtype=np.int64)
        origin = self.paths.origin
        self.key[origin[::-1]] = np.arange(len(origin))[::-1]
        self.price_of_path = self._own_cost(self.paths)
        is_key = np.zeros(len(origin), dtype=bool)
        is_key[self.key[self.key >= 0]] = True
        self.variable = np.flatnonzero(~is_key)
        """Path of each variable of the master problem: all but the keys."""
        self.mean: Tolls | None = None
        self.model = self._master()
        self._load(np.arange(len(self.variable)))

    def _own_cost(self, paths: PathSet) -> Floats:
        """Return what a tonne costs on each path, in units of money."""
        column = paths.column_of_entry
        kind = (paths.origin // self.net.size)[column]
        return np.bincount(column, self.cost[kind, paths.arcs], len(paths.origin)) / self.money

    def _keys(self) -> tuple[PathSet, Floats]:
        """Return the keys and the tonnes they would carry alone, in units."""
        keys = self.key[self.key >= 0]
        return self.paths.take(keys), self.supply.ravel()[self.paths.origin[keys]] / self.unit

    def _master(self) -> Any:  # noqa: ANN401, RUF100
        """Return a master problem with a row for each demand and the total, less what the keys put there."""
        model = new_model(
            primal_feasibility_tolerance=_TOLERANCE, dual_feasibility_tolerance=_TOLERANCE, presolve="off"
        )
        keys, carried = self._keys()
        goes = keys.end >= 0
        taken = np.bincount(keys.end[goes], carried[goes], self.net.size)[self.takers]
        upper = np.append(self.net.demand[self.takers] / self.unit - taken, np.inf)
        lower = np.full(len(upper), -np.inf)
        lower[-1] = self.total / self.unit * (1 - 1e-13) - carried[goes].sum()
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

    def _entries(self, at: Ints) -> Any:  # noqa: ANN401, RUF100
        """Return some variables' columns as a sparse array: what a path adds to the rows less what its key adds."""
        from scipy.sparse import csc_array

        paths = self.paths.take(self.variable[at])
        keys = self.paths.take(self.key[paths.origin])
        rows, columns, values = [], [], []
        for part, sign in ((paths, 1.0), (keys, -1.0)):
            entry, goes = part.column_of_entry, np.flatnonzero(part.end >= 0)
            rows += [self.capacity_row[part.arcs], self.demand_row[part.end[goes]], np.full(len(goes), self.total_row)]
            columns += [entry, goes, goes]
            values += [np.full(len(entry), sign), np.full(len(goes), sign), np.full(len(goes), sign)]
        rows.append(self.supply_row[paths.origin])
        columns.append(np.arange(len(at)))
        values.append(np.ones(len(at)))
        row, column, value = np.concatenate(rows), np.concatenate(columns), np.concatenate(values)
        kept = row >= 0
        columns = csc_array((value[kept], (row[kept], column[kept])), shape=(self.model.getNumRow(), len(at)))
        columns.sum_duplicates()
        columns.eliminate_zeros()
        return columns

    def _load(self, at: Ints) -> None:
        """Add variables to the master problem."""
        if not len(at):
            return
        columns, path = self._entries(at), self.variable[at]
        origin = self.paths.origin[path]
        self.model.addCols(
            len(at),
            self.price_of_path[path] - self.price_of_path[self.key[origin]],
            np.zeros(len(at)),
            self.supply.ravel()[origin] / self.unit,
            columns.nnz,
            columns.indptr[:-1].astype(np.int32),
            columns.indices.astype(np.int32),
            columns.data,
        )

    def _add(self, columns: PathSet) -> None:
        """Take up new paths."""
        first, before = len(self.paths.origin), len(self.variable)
        self.paths = joined([self.paths, columns])
        self.price_of_path = np.append(self.price_of_path, self._own_cost(columns))
        self.variable = np.append(self.variable, first + np.arange(len(columns.origin)))
        self._load(np.arange(before, len(self.variable)))

    def _add_rows(self, upper: Floats, row: Ints, variable: Ints, value: Floats) -> None:
        """Add rows with the given entries, which are in the order of the rows."""
        start = np.searchsorted(row, np.arange(len(upper)))
        lower = np.full(len(upper), -np.inf)
        ints = (start.astype(np.int32), variable.astype(np.int32))
        self.model.addRows(len(upper), lower, upper, len(row), *ints, value)

    def limit(self, arcs: Ints) -> None:
        """Add the capacities of some arcs to the master problem."""
        from scipy.sparse import csr_array

        keys, carried = self._keys()
        load = np.bincount(keys.arcs, carried[keys.column_of_entry], len(self.net.tail))
        place = np.full(len(self.net.tail), -1, dtype=np.int64)
        place[arcs] = np.arange(len(arcs))
        # Which paths use the arcs; a variable then adds its path less its key.
        at, column = place[self.paths.arcs], self.paths.column_of_entry
        kept = at >= 0
        shape = (len(arcs), len(self.paths.origin))
        uses = csr_array((np.ones(int(kept.sum())), (at[kept], column[kept])), shape=shape).tocsc()
        change = (uses[:, self.variable] - uses[:, self.key[self.paths.origin[self.variable]]]).tocoo()
        row, variable = change.coords
        order = np.lexsort((variable, row))
        order = order[change.data[order] != 0]
        self.capacity_row[arcs] = self.model.getNumRow() + np.arange(len(arcs))
        self._add_rows(
            self.net.capacity[arcs] / self.unit - load[arcs], row[order], variable[order], change.data[order]
        )

    def _hold(self, origins: Ints) -> None:
        """Add rows for supplies of which the others took more than there is."""
        place = np.full(self.supply.size, -1, dtype=np.int64)
        place[origins] = np.arange(len(origins))
        at = place[self.paths.origin[self.variable]]
        variable = np.flatnonzero(at >= 0)
        variable = variable[np.argsort(at[variable], kind="stable")]
        self.supply_row[origins] = self.model.getNumRow() + np.arange(len(origins))
        self._add_rows(self.supply.ravel()[origins] / self.unit, at[variable], variable, np.ones(len(variable)))

    def run(self) -> tuple[Floats, Floats]:
        """Return tonnes moved by commodity and node, and tonnes by commodity and arc.

        Raises
        ------
        LimitError
            If the master problem fails or the rounds run out.
        """
        noise = 1e-9 * 1000.0 * self.unit
        for _ in range(_ROUNDS):
            value, dual = self._solve()
            tonnes = self._tonnes(value)
            flow = self._flow(np.maximum(tonnes, 0.0))
            broken = np.flatnonzero((flow.sum(axis=0) > self.net.capacity + noise) & (self.capacity_row < 0))
            origin = np.unique(self.paths.origin[tonnes < -noise])
            origin = origin[self.supply_row[origin] < 0]
            columns = self._offers(self._tolls(dual))
            if len(broken):
                self.limit(broken)
            if len(origin):
                self._hold(origin)
            if columns is not None:
                self._add(columns)
            elif not len(broken) and not len(origin):
                goes = self.paths.end >= 0
                carried = np.maximum(tonnes, 0.0)[goes]
                moved = np.bincount(self.paths.origin[goes], carried, self.supply.size)
                return moved.astype(np.float64).reshape(len(self.supply), self.net.size), flow
        text = f"column generation did not end within {_ROUNDS} rounds"
        raise LimitError(text)

    def _solve(self) -> tuple[Floats, Floats]:
        """Solve the master problem; return units by variable and duals by row."""
        import highspy

        self.model.run()
        status = self.model.getModelStatus()
        if status not in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kModelEmpty):
            text = f"the master problem ended with {status.name}"
            raise LimitError(text)
        solution = self.model.getSolution()
        return np.asarray(solution.col_value, dtype=np.float64), np.asarray(solution.row_dual, dtype=np.float64)

    def _tonnes(self, value: Floats) -> Floats:
        """Return tonnes by path: a key carries what the others leave, below zero if they take too much."""
        tonnes = np.zeros(len(self.paths.origin))
        tonnes[self.variable] = np.maximum(value[: len(self.variable)], 0.0) * self.unit
        others = np.bincount(self.paths.origin, tonnes, self.supply.size)
        has = np.flatnonzero(self.key >= 0)
        tonnes[self.key[has]] = self.supply.ravel()[has] - others[has]
        return tonnes

    def _flow(self, tonnes: Floats) -> Floats:
        """Return tonnes by commodity and arc."""
        arcs, column = len(self.net.tail), self.paths.column_of_entry
        where = (self.paths.origin // self.net.size)[column] * arcs + self.paths.arcs
        flow = np.bincount(where, tonnes[column], len(self.cost) * arcs)
        return flow.astype(np.float64).reshape(len(self.cost), arcs)

    def _tolls(self, dual: Floats) -> Tolls:
        """Return the master problem's prices of links, demands and of what must move."""
        toll, gate = np.zeros(len(self.net.tail)), np.zeros(self.net.size + 1)
        limited = np.flatnonzero(self.capacity_row >= 0)
        toll[limited] = np.maximum(0.0, -dual[self.capacity_row[limited]])
        gate[self.takers] = np.maximum(0.0, -dual[self.demand_row[self.takers]])
        return Tolls(toll, gate, max(0.0, float(dual[self.total_row])))

    def _offers(self, now: Tolls) -> PathSet | None:
        """Return paths that improve the plan at the master's prices, and others that would at steadier ones.

        The master's prices swing from round to round. Their running mean is often nearer to the final ones, so that
        its paths save rounds; it never decides when to stop.
        """
        columns = self._price(now)
        if columns is None:
            return None
        if self.mean is None:
            self.mean = now
            return columns
        self.mean = self.mean.towards(now, _PACE)
        others = self._price(self.mean)
        if others is None:
            return columns
        own = np.full(self.supply.size, np.nan)
        own[columns.origin] = self._own_cost(columns)
        return joined([columns, others.take(np.flatnonzero(self._own_cost(others) != own[others.origin]))])

    def _price(self, tolls: Tolls) -> PathSet | None:
        """Return, for every supply, a path that costs less with tolls than any it has."""
        toll, gate, prize = tolls.link, tolls.demand, tolls.prize
        column = self.paths.column_of_entry
        all_in = self.price_of_path + np.bincount(column, toll[self.paths.arcs], len(self.paths.origin))
        all_in += np.where(self.paths.end >= 0, gate[self.paths.end] - prize, 0.0)
        least = np.full(self.supply.size, np.inf)
        np.minimum.at(least, self.paths.origin, all_in)
        return self._best(least, prize, toll, gate)

    def _best(self, least: Floats, prize: float, toll: Floats, gate: Floats) -> PathSet | None:
        """Return the cheapest path with tolls of every supply for which it costs less than ``least``."""
        columns = []
        for k in range(len(self.supply)):
            nodes = np.flatnonzero(self.supply[k] > 0)
            part = self._tree(k, nodes, least[k * self.net.size + nodes] + prize, toll, gate)
            if part is not None:
                columns.append(part)
        return joined(columns) if columns else None

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
        chosen = nodes[np.isfinite(distance[nodes]) & (distance[nodes] < worth - 10 * _TOLERANCE)]
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
