"""The peers: the same work by OR-tools, networkx and an arc-based linear programme on HiGHS."""

from __future__ import annotations

from typing import Any

import numpy as np

from scrapflow.routing.periods import Net


def arc_programme(net: Net, supply: np.ndarray, cost: np.ndarray, total: float) -> tuple[float, Any]:
    """Return the least cost of moving ``total`` tonnes of several commodities, a variable a commodity and arc."""
    import highspy

    kinds, n, arcs = len(supply), net.size, len(net.tail)
    takers = np.flatnonzero(net.demand)
    rows_of = [(k, np.flatnonzero(supply[k])) for k in range(kinds)]
    flow = kinds * arcs
    given = sum(len(v) for _, v in rows_of)
    many = flow + given + kinds * len(takers)
    value, row, column = [], [], []

    def add(r: Any, c: Any, v: float) -> None:
        row.append(np.asarray(r))
        column.append(np.asarray(c))
        value.append(np.full(len(row[-1]), v))

    at = flow
    supplies = []
    for k, nodes in rows_of:
        e = k * arcs + np.arange(arcs)
        add(k * n + net.tail, e, 1.0)
        add(k * n + net.head, e, -1.0)
        add(k * n + nodes, at + np.arange(len(nodes)), -1.0)
        supplies.append(supply[k, nodes])
        at += len(nodes)
    for k in range(kinds):
        add(k * n + takers, at + np.arange(len(takers)), 1.0)
        add(kinds * n + np.arange(len(takers)), at + np.arange(len(takers)), 1.0)
        at += len(takers)
    shared = np.flatnonzero(~net.unlimited)
    first = kinds * n + len(takers)
    for k in range(kinds):
        add(first + np.arange(len(shared)), k * arcs + shared, 1.0)
    last = first + len(shared)
    add(np.full(given, last), flow + np.arange(given), 1.0)
    rows = last + 1
    lower, upper = np.zeros(rows), np.zeros(rows)
    lower[kinds * n : last] = -np.inf
    upper[kinds * n : first] = net.demand[takers]
    upper[first:last] = net.capacity[shared]
    lower[last], upper[last] = total * (1 - 1e-12), np.inf
    programme = highspy.HighsLp()
    programme.num_col_, programme.num_row_ = many, rows
    programme.col_cost_ = np.concatenate([cost.ravel(), np.zeros(many - flow)])
    programme.col_lower_ = np.zeros(many)
    programme.col_upper_ = np.concatenate([np.full(flow, np.inf), *supplies, np.full(kinds * len(takers), np.inf)])
    programme.row_lower_, programme.row_upper_ = lower, upper
    columns = np.concatenate(column)
    order = np.argsort(columns, kind="stable")
    matrix = programme.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kColwise
    matrix.num_col_, matrix.num_row_ = many, rows
    matrix.start_ = np.searchsorted(columns[order], np.arange(many + 1)).astype(np.int32)
    matrix.index_ = np.concatenate(row)[order].astype(np.int32)
    matrix.value_ = np.concatenate(value)[order]
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("threads", 1)
    model.passModel(programme)
    model.run()
    return float(model.getInfo().objective_function_value), model.getModelStatus()
