"""The same problem as a linear programme on HiGHS: a second opinion that shares no code with the network simplex.

Tonnes and costs are scaled to be near 1, because the tolerances of a linear solver are absolute. The plan that moves
the most tonnes is found first, then the cheapest plan that moves as many; there is no penalty at all.

Reference: Huangfu & Hall (2018), "Parallelizing the dual revised simplex method", Mathematical Programming
Computation 10.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from scrapflow.routing.simplex import InfeasibleError, Solution

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.routing.periods import Net

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_TOLERANCE = 1e-9
"""Feasibility tolerance asked of HiGHS, in units of the largest tonnage."""


class LimitError(Exception):
    """The solver stopped before it could prove the optimum."""


def solve_linear(net: Net, *, penalty: float | None = None) -> Solution:
    """Solve a network with HiGHS' simplex.

    Parameters
    ----------
    net
        A network with finite capacities.
    penalty
        Cost of leaving a tonne, which moves if its path costs as much; None to move the most tonnes first.

    Raises
    ------
    InfeasibleError
        If lower bounds cannot be met.
    LimitError
        If HiGHS stops for any other reason than an optimum.
    """
    givers, takers = np.flatnonzero(net.supply), np.flatnonzero(net.demand)
    unit = max(1.0, net.through, float(net.capacity.max(initial=0.0)))
    money = max(float(np.abs(net.cost).max(initial=0.0)), penalty or 0.0) or 1.0
    arcs, many = len(net.tail), len(net.tail) + len(givers) + len(takers)
    cost = np.zeros(many)
    if penalty is not None:
        cost[:arcs] = net.cost / money
        cost[arcs : arcs + len(givers)] = penalty / money
    else:
        cost[arcs : arcs + len(givers)] = 1.0
    model = _model(net, givers, takers, unit, cost)
    value = _run(model)
    if penalty is not None:
        # Of the cheapest plans, the one that moves the most: columns that have a price stay where they are.
        price, column = np.asarray(model.getSolution().col_dual), np.arange(many, dtype=np.int32)
        lower, upper = np.asarray(model.getLp().col_lower_), np.asarray(model.getLp().col_upper_)
        low, high = np.where(price < -_TOLERANCE, value, lower), np.where(price > _TOLERANCE, value, upper)
        model.changeColsBounds(many, column, np.minimum(low, high), high)
        model.changeColsCost(many, column, ((column >= arcs) & (column < arcs + len(givers))).astype(np.float64))
        value = _run(model)
    else:
        left = float(value[arcs : arcs + len(givers)].sum())
        where = np.arange(arcs, arcs + len(givers), dtype=np.int32)
        model.addRow(-np.inf, left + 1e-12, len(where), where, np.ones(len(where)))
        stage = np.concatenate([net.cost / money, np.zeros(many - arcs)])
        model.changeColsCost(many, np.arange(many, dtype=np.int32), stage)
        value = _run(model)
    return _solution(net, np.maximum(value, 0.0) * unit, givers, takers, unit)


def _model(net: Net, givers: Ints, takers: Ints, unit: float, cost: Floats) -> Any:  # noqa: ANN401, RUF100
    """Return a loaded HiGHS model: a column an arc, a left tonne and a short tonne; a row a node."""
    import highspy

    arcs, many = len(net.tail), len(cost)
    model: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    model.setOptionValue("output_flag", False)  # noqa: FBT003 - its signature
    model.setOptionValue("threads", 1)
    model.setOptionValue("primal_feasibility_tolerance", _TOLERANCE)
    model.setOptionValue("dual_feasibility_tolerance", _TOLERANCE)
    programme = highspy.HighsLp()
    programme.num_col_, programme.num_row_ = many, net.size
    programme.col_cost_ = cost
    programme.col_lower_ = np.concatenate([net.lower, np.zeros(many - arcs)]) / unit
    programme.col_upper_ = np.concatenate([net.capacity, net.supply[givers], net.demand[takers]]) / unit
    rest = (net.supply - net.demand) / unit
    programme.row_lower_ = programme.row_upper_ = rest
    loop = net.tail == net.head
    first = np.concatenate([net.tail, givers, takers])
    signs = np.concatenate([np.where(loop, 0.0, 1.0), np.ones(len(givers)), -np.ones(len(takers))])
    second = np.flatnonzero(~loop)
    rows = np.concatenate([first, net.head[second]])
    columns = np.concatenate([np.arange(many), second])
    order = np.argsort(columns, kind="stable")
    start = np.searchsorted(columns[order], np.arange(many + 1))
    matrix = programme.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kColwise
    matrix.num_col_, matrix.num_row_ = many, net.size
    matrix.start_ = start.astype(np.int32)
    matrix.index_ = rows[order].astype(np.int32)
    matrix.value_ = np.concatenate([signs, -np.ones(len(second))])[order]
    model.passModel(programme)
    return model


def _run(model: Any) -> Floats:  # noqa: ANN401, RUF100
    """Run HiGHS and return its columns."""
    import highspy

    model.run()
    status = model.getModelStatus()
    if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
        raise InfeasibleError
    if status not in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kModelEmpty):
        text = f"HiGHS ended with {status.name}"
        raise LimitError(text)
    return np.asarray(model.getSolution().col_value, dtype=np.float64)


def _solution(net: Net, value: Floats, givers: Ints, takers: Ints, unit: float) -> Solution:
    """Return the columns as a solution, with remainders below the tolerance taken as nothing."""
    arcs, noise = len(net.tail), _TOLERANCE * unit
    flow = np.clip(np.where(value[:arcs] < noise * 1e-3, 0.0, value[:arcs]), net.lower, net.capacity)
    left, short = np.zeros(net.size), np.zeros(net.size)
    left[givers] = value[arcs : arcs + len(givers)]
    short[takers] = value[arcs + len(givers) :]
    left[left <= noise] = 0.0
    short[short <= noise] = 0.0
    loop = net.tail == net.head
    full = (flow >= net.capacity - noise) & ~net.unlimited & ~loop
    used = (flow > net.lower + noise) & ~loop
    return Solution(flow, left, short, full, used, float((net.supply - left).sum()), noise, 0.0, 2.0**40 / unit, None)
