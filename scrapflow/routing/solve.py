"""The one way in: :func:`solve` a :class:`~scrapflow.routing.problem.FlowProblem`."""

from __future__ import annotations

from scrapflow.routing.periods import expand
from scrapflow.routing.problem import FlowProblem
from scrapflow.routing.result import FlowResult, Status, Termination
from scrapflow.routing.simplex import InfeasibleError, lemon, prepare, read_back

SOLVERS = ("simplex",)


def solve(problem: FlowProblem, *, solver: str = "simplex", foresight: str = "full") -> FlowResult:
    """Move the most tonnes possible, then at the least cost.

    Parameters
    ----------
    problem
        What is offered and wanted, and the links.
    solver
        ``"simplex"``: LEMON's network simplex.
    foresight
        ``"full"``: all periods together.

    Returns
    -------
    FlowResult
        ``status``, ``termination``, ``cost``, ``served``, ``flows``, ``unserved``, ``stocks`` …

    Examples
    --------
    >>> import pandas as pd
    >>> nodes = pd.DataFrame({"node_id": ["yard", "mill"], "supply_t": [5.5, 0], "demand_t": [0, 4]})
    >>> links = pd.DataFrame({"link_id": ["rail"], "from_node_id": ["yard"], "to_node_id": ["mill"],
    ...                       "capacity_t": [float("inf")], "cost_per_t": [2.0]})
    >>> result = solve(FlowProblem(nodes, links))
    >>> str(result.status), result.cost, result.served
    ('optimal', 8.0, True)
    >>> result.unserved
      node_id    side  tonnage_t      reason links
    0    yard  supply        1.5  demand_met    ()
    """
    net = expand(problem.arrays)
    try:
        made = prepare(net, penalty=problem.unserved_cost_per_t)
        found = read_back(made, lemon(made.ints))
    except InfeasibleError as error:
        return FlowResult(problem, net, None, Status.FAILED, Termination.INFEASIBLE, cut=error.cut)
    return FlowResult(problem, net, found, Status.OPTIMAL, Termination.OPTIMAL)
