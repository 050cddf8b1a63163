"""Exact solution by OR-tools' cost scaling, on the same integers as :mod:`scrapflow.routing.lemon`.

Reference: Goldberg (1997), "An efficient implementation of a scaling minimum-cost flow algorithm", Journal of
Algorithms 22(1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scrapflow.errors import extra
from scrapflow.routing.integers import IntFlow, prepare, read_back
from scrapflow.routing.scaling import COST_LIMIT
from scrapflow.routing.solution import InfeasibleError

if TYPE_CHECKING:
    from scrapflow.routing.integers import IntNet
    from scrapflow.routing.solution import Solution
    from scrapflow.routing.time_expansion import Net


def solve_ortools(net: Net, *, penalty: float | None = None) -> Solution:
    """Solve a network with OR-tools; see :class:`~scrapflow.routing.solution.NetSolver`."""
    # OR-tools multiplies costs by the number of nodes, so fewer units are left for them.
    made = prepare(net, penalty=penalty, limit=COST_LIMIT / (net.size + 2))
    return read_back(made, ortools(made.ints))


def ortools(ints: IntNet) -> IntFlow:
    """Solve with OR-tools' cost-scaling push-relabel; it has no potentials to give.

    Raises
    ------
    InfeasibleError
        If the balances cannot be met.
    MissingExtraError
        If the extra ``ortools`` is not installed.
    """
    with extra("ortools", "solver 'ortools'"):
        from ortools.graph.python import min_cost_flow

    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(ints.tail, ints.head, ints.capacity, ints.cost)
    solver.set_nodes_supplies(np.arange(len(ints.balance)), ints.balance)
    status = solver.solve()
    if status == solver.INFEASIBLE:
        raise InfeasibleError
    if status != solver.OPTIMAL:
        text = f"OR-tools ended with status {status!r}"
        raise ArithmeticError(text)
    return IntFlow(np.asarray(solver.flows(arcs), dtype=np.int64), None)
