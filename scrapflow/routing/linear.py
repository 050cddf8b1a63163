"""The same problem as a linear programme on HiGHS: a second opinion that shares no code with the network simplex.

Tonnes and costs are scaled to be near 1, because the tolerances of a linear solver are absolute. The plans that move
the most tonnes are found first, then the cheapest of them; there is no penalty at all. Where leaving a tonne has a
cost, the cheapest plans are found first, then the one of them that moves the most.

Reference: Huangfu & Hall (2018), "Parallelizing the dual revised simplex method", Mathematical Programming
Computation 10.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from scrapflow.routing.highs import new_model
from scrapflow.routing.solution import InfeasibleError, LimitError, Solution

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.routing.time_expansion import Net

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_TOLERANCE = 1e-9
"""Feasibility tolerance asked of HiGHS, in units of the largest tonnage."""


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
    unit = net.through or 1.0
    arcs, many = len(net.tail), len(net.tail) + len(givers) + len(takers)
    left, cost = np.zeros(many), np.zeros(many)
    left[arcs : arcs + len(givers)] = 1.0
    cost[:arcs] = net.cost
    first, then = (left, cost) if penalty is None else (cost + penalty * left, left)
    model = _model(net, givers, takers, unit, first / (float(np.abs(first).max(initial=0.0)) or 1.0))
    _run(model)
    _hold(model)
    model.changeColsCost(many, np.arange(many, dtype=np.int32), then / (float(np.abs(then).max(initial=0.0)) or 1.0))
    value = np.maximum(_run(model), 0.0) * unit
    return _solution(net, value, givers, takers, unit)


def _most(net: Net) -> float:
    """Return the most tonnes that can be moved by what is offered and wanted."""
    return min(float(net.supply.sum()), float(net.demand.sum()))


def _hold(model: Any) -> None:  # noqa: ANN401, RUF100
    """Narrow a solved model to its optimal plans: columns with a reduced cost stay at their bound."""
    programme, price = model.getLp(), np.asarray(model.getSolution().col_dual)
    lower, upper = np.asarray(programme.col_lower_), np.asarray(programme.col_upper_)
    low, high = np.where(price < -_TOLERANCE, upper, lower), np.where(price > _TOLERANCE, lower, upper)
    model.changeColsBounds(len(price), np.arange(len(price), dtype=np.int32), low, high)


def _model(net: Net, givers: Ints, takers: Ints, unit: float, cost: Floats) -> Any:  # noqa: ANN401, RUF100
    """Return a loaded HiGHS model: a column an arc, a left tonne and a short tonne; a row a node."""
    import highspy

    arcs, many = len(net.tail), len(cost)
    model = new_model(primal_feasibility_tolerance=_TOLERANCE, dual_feasibility_tolerance=_TOLERANCE)
    programme = highspy.HighsLp()
    programme.num_col_, programme.num_row_ = many, net.size
    programme.col_cost_ = cost
    programme.col_lower_ = np.concatenate([net.lower, np.zeros(many - arcs)]) / unit
    offered, wanted = np.minimum(net.supply, _most(net)), np.minimum(net.demand, _most(net))
    programme.col_upper_ = np.concatenate([net.capacity, offered[givers], wanted[takers]]) / unit
    rest = (offered - wanted) / unit
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
    rest_left, rest_short = np.zeros(net.size), np.zeros(net.size)
    rest_left[givers] = value[arcs : arcs + len(givers)]
    rest_short[takers] = value[arcs + len(givers) :]
    rest_left[rest_left <= noise] = 0.0
    rest_short[rest_short <= noise] = 0.0
    most = _most(net)
    moved = float((np.minimum(net.supply, most) - rest_left).sum())
    left, short = np.maximum(net.supply - most, 0.0) + rest_left, np.maximum(net.demand - most, 0.0) + rest_short
    loop = net.tail == net.head
    full = (flow >= net.capacity - noise) & ~net.unlimited & ~loop
    used = (flow > net.lower + noise) & ~loop
    return Solution(flow, left, short, full, used, moved, noise, 0.0, 2.0**40 / unit, None)
