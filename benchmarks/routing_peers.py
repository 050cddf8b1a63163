"""The peers: the same work by OR-tools, networkx and an arc-based linear programme on HiGHS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from scrapflow.routing.integers import IntFlow, prepare, read_back

if TYPE_CHECKING:
    import pandas as pd

    from scrapflow.routing.solution import Solution
    from scrapflow.routing.time_expansion import Net


def by_ortools(tail: Any, head: Any, capacity: Any, cost: Any, balance: Any) -> int:
    """Solve ready integer arrays with OR-tools; return the cost."""
    from ortools.graph.python import min_cost_flow

    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(tail, head, capacity, cost)
    solver.set_nodes_supplies(np.arange(len(balance)), balance)
    if solver.solve() != solver.OPTIMAL:
        raise ArithmeticError
    return int(solver.flows(arcs) @ cost)


def ortools_batch(arrays: tuple[Any, ...], balances: np.ndarray) -> list[int]:
    """Solve a share of a batch with OR-tools, for one of two processes."""
    return [by_ortools(*arrays, balance) for balance in balances]


def by_networkx(nodes: pd.DataFrame, links: pd.DataFrame) -> float:
    """Build a networkx graph from the frames in whole units and solve it; return the cost."""
    import networkx as nx

    graph = nx.MultiDiGraph()
    for node, balance in zip(nodes["node_id"], (nodes["demand_t"] - nodes["supply_t"]) * 10, strict=True):
        graph.add_node(node, demand=round(balance))
    for a, b, capacity, cost in zip(
        links["from_node_id"], links["to_node_id"], links["capacity_t"] * 10, links["cost_per_t"] * 10, strict=True
    ):
        graph.add_edge(a, b, capacity=round(capacity), weight=round(cost))
    return float(nx.network_simplex(graph)[0]) / 100


def networkx_solver(net: Net, *, penalty: float | None) -> Solution:
    """Answer ``solve(..., solver=networkx_solver)`` with networkx' network simplex: an optional solver on trial."""
    import networkx as nx

    made = prepare(net, penalty=penalty)
    ints, graph = made.ints, nx.MultiDiGraph()
    graph.add_nodes_from((node, {"demand": -units}) for node, units in enumerate(ints.balance.tolist()))
    rows = zip(ints.tail.tolist(), ints.head.tolist(), ints.capacity.tolist(), ints.cost.tolist(), strict=True)
    for key, (tail, head, capacity, cost) in enumerate(rows):
        graph.add_edge(tail, head, key, capacity=capacity, weight=cost)
    plan = nx.network_simplex(graph)[1]
    flow = np.array(
        [plan[t][h][k] for k, (t, h) in enumerate(zip(ints.tail.tolist(), ints.head.tolist(), strict=True))]
    )
    return read_back(made, IntFlow(flow.astype(np.int64), None))


class _Matrix:
    """Entries of a sparse matrix, gathered."""

    def __init__(self) -> None:
        self.rows: list[np.ndarray] = []
        self.columns: list[np.ndarray] = []
        self.values: list[np.ndarray] = []

    def add(self, rows: np.ndarray, columns: np.ndarray, value: float) -> None:
        """Add entries of one value."""
        self.rows.append(rows)
        self.columns.append(columns)
        self.values.append(np.full(len(rows), value))


def arc_programme(net: Net, supply: np.ndarray, cost: np.ndarray, total: float) -> float:
    """Return the least cost of moving ``total`` tonnes of several commodities, a variable a commodity and arc."""
    import highspy

    kinds, n, arcs, takers = len(supply), net.size, len(net.tail), np.flatnonzero(net.demand)
    givers = [np.flatnonzero(supply[k]) for k in range(kinds)]
    shared = np.flatnonzero(~net.unlimited)
    flow, given = kinds * arcs, sum(map(len, givers))
    first, last = kinds * n + len(takers), kinds * n + len(takers) + len(shared)
    entries, at = _Matrix(), flow
    for k, nodes in enumerate(givers):
        links = k * arcs + np.arange(arcs)
        entries.add(k * n + net.tail, links, 1.0)
        entries.add(k * n + net.head, links, -1.0)
        entries.add(first + np.arange(len(shared)), k * arcs + shared, 1.0)
        entries.add(k * n + nodes, at + np.arange(len(nodes)), -1.0)
        at += len(nodes)
    for k in range(kinds):
        entries.add(k * n + takers, at + np.arange(len(takers)), 1.0)
        entries.add(kinds * n + np.arange(len(takers)), at + np.arange(len(takers)), 1.0)
        at += len(takers)
    entries.add(np.full(given, last), flow + np.arange(given), 1.0)
    lower, upper = np.zeros(last + 1), np.zeros(last + 1)
    lower[kinds * n : last] = -np.inf
    upper[kinds * n : last] = np.concatenate([net.demand[takers], net.capacity[shared]])
    lower[last], upper[last] = total * (1 - 1e-12), np.inf
    offered = np.concatenate([supply[k, v] for k, v in enumerate(givers)])
    programme = highspy.HighsLp()
    programme.num_col_, programme.num_row_ = at, last + 1
    programme.col_cost_ = np.concatenate([cost.ravel(), np.zeros(at - flow)])
    programme.col_lower_ = np.zeros(at)
    programme.col_upper_ = np.concatenate([np.full(flow, np.inf), offered, np.full(kinds * len(takers), np.inf)])
    programme.row_lower_, programme.row_upper_ = lower, upper
    _fill(programme, entries)
    model = highspy.Highs()
    for option, value in (("output_flag", False), ("threads", 1)):
        model.setOptionValue(option, value)
    model.passModel(programme)
    model.run()
    return float(model.getInfo().objective_function_value)


def _fill(programme: Any, entries: _Matrix) -> None:
    """Put the entries into a programme, column by column."""
    import highspy

    columns = np.concatenate(entries.columns)
    order = np.argsort(columns, kind="stable")
    matrix = programme.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kColwise
    matrix.num_col_, matrix.num_row_ = programme.num_col_, programme.num_row_
    matrix.start_ = np.searchsorted(columns[order], np.arange(programme.num_col_ + 1)).astype(np.int32)
    matrix.index_ = np.concatenate(entries.rows)[order].astype(np.int32)
    matrix.value_ = np.concatenate(entries.values)[order]
