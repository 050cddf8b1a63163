"""The one way in: :func:`solve` a :class:`~scrapflow.routing.problem.FlowProblem`."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, cast

from scrapflow.errors import ProblemError
from scrapflow.errors import problem as problem_of
from scrapflow.given import called
from scrapflow.routing.ends_alone import by_ends
from scrapflow.routing.integers import prepare, read_back
from scrapflow.routing.lemon import LemonGraph, lemon
from scrapflow.routing.linear import solve_linear
from scrapflow.routing.myopic import Part, solve_myopic
from scrapflow.routing.or_tools import solve_ortools
from scrapflow.routing.problem import FlowProblem
from scrapflow.routing.result import FlowResult, Status, Termination
from scrapflow.routing.solution import InfeasibleError, LimitError, Solution
from scrapflow.routing.time_expansion import Net, expand
from scrapflow.routing.uncapacitated import try_shortcut
from scrapflow.routing.wishes import solve_wishes

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from scrapflow.routing.problem import Arrays
    from scrapflow.routing.solution import NetSolver

_log = logging.getLogger(__name__)
FORESIGHT = ("full", "myopic")
TIES = ("rule", "any")


def solve_simplex(net: Net, *, penalty: float | None = None) -> Solution:
    """Solve a network with LEMON's network simplex, or by shortest paths alone where no capacity binds."""
    made = prepare(net, penalty=penalty)
    return read_back(made, try_shortcut(made) or lemon(made.ints))


SOLVERS: dict[str, NetSolver] = {"simplex": solve_simplex, "linear": solve_linear, "ortools": solve_ortools}
"""What ``solver=`` may name; another solver is one more function in a file of its own, and one more entry."""


@called
def solve(
    problem: FlowProblem,
    *,
    solver: str | NetSolver = "simplex",
    foresight: str = "full",
    ties: str = "rule",
    near: FlowResult | None = None,
) -> FlowResult:
    """Move the most tonnes possible, then at the least cost.

    Parameters
    ----------
    problem
        What is offered and wanted, and the links.
    solver
        ``"simplex"``: LEMON's network simplex, exact, the fastest. ``"linear"``: HiGHS, a second opinion in floating
        point. ``"ortools"``: OR-tools' cost scaling on the same integers as ``"simplex"``. Or a function of your own,
        as :class:`~scrapflow.routing.solution.NetSolver` describes it, to try another solver.
    foresight
        ``"full"``: all periods together. ``"myopic"``: one period after the other, keeping what is left where storage
        allows.
    ties
        What to take where several plans cost the least: ``"rule"``, the one that :mod:`scrapflow.routing.ties` defines,
        which hangs on no solver, numbering, name or idle link; ``"any"``, whichever the solver finds, which is faster.
    near
        With full foresight and the rule: the result of a problem that differs by a few tonnes. Where its prices still hold,
        which is proven, nothing is solved anew; the plan is the same but for the last digits.

    Returns
    -------
    FlowResult
        ``status, termination, cost, moved_t, served, unique, flows, unserved, duals, stocks, paths, shares``.

    Raises
    ------
    ProblemError
        If costs span so wide a range that 64-bit integers cannot rank them.
    ValueError
        If ``solver``, ``foresight`` or ``ties`` is none of those named.

    Examples
    --------
    >>> import pandas as pd
    >>> from scrapflow.routing import FlowProblem
    >>> nodes = pd.DataFrame({"node_id": ["yard", "mill"], "supply_t": [5.5, 0], "demand_t": [0, 4]})
    >>> links = pd.DataFrame(
    ...     {
    ...         "link_id": ["rail"],
    ...         "from_node_id": ["yard"],
    ...         "to_node_id": ["mill"],
    ...         "capacity_t": [float("inf")],
    ...         "cost_per_t": [2.0],
    ...     }
    ... )
    >>> result = solve(FlowProblem(nodes, links))
    >>> str(result.status), result.cost, result.served
    ('optimal', 8.0, True)
    >>> result.unserved
      node_id    side  tonnage_t      reason links
    0    yard  supply        1.5  demand_met    ()
    """
    for value, allowed, name in (
        (solver, tuple(SOLVERS), "solver"),
        (foresight, FORESIGHT, "foresight"),
        (ties, TIES, "ties"),
    ):
        if not (isinstance(value, str) and value in allowed) and not (name == "solver" and callable(value)):
            text = f"{name} {value!r} is none of {', '.join(allowed)}"
            raise ProblemError([problem_of("solve", "", name, text)], what="the call")
    if not isinstance(cast("object", problem), FlowProblem):
        text = f"a FlowProblem is needed, not a {type(problem).__name__}: FlowProblem(nodes, links)"
        raise ProblemError([problem_of("solve", "", "problem", text)], what="the call")
    a, penalty = problem.arrays, problem.unserved_cost_per_t
    engine = _engine(SOLVERS[solver] if isinstance(solver, str) else solver, penalty)
    net = expand(a)

    def part(here: Net, arrays: Arrays) -> Part:
        if arrays.share is None and arrays.priority is None:
            solved = Part(here, engine(here), penalty)
        else:
            wished = solve_wishes(here, arrays, engine)
            solved = Part(here, wished.plain, None, wished)
        return solved.by_rule(len(a.nodes)) if ties == "rule" else solved

    try:
        if foresight == "myopic" and len(a.periods) > 1:
            solution, parts = solve_myopic(a, net, part)
        else:
            plain = a.share is None and a.priority is None and ties == "rule"
            known = near.again(net, len(a.nodes), penalty) if near is not None and plain else None
            if (
                known is None
                and plain
                and penalty is None
                and solver == "simplex"
                and (ends := by_ends(a, net, problem.memo))
            ):
                known = Part(net, ends.whole.solution, None, None, ends.whole, ends)
            parts = [part(net, a) if known is None else known]
            solution = parts[0].solution
    except _PartInfeasibleError as error:
        return FlowResult(problem, error.net, None, Status.FAILED, Termination.INFEASIBLE, cut=error.cut)
    except LimitError:
        return FlowResult(problem, net, None, Status.FAILED, Termination.LIMIT)
    _log.info("solved: %s nodes, %s links, %s periods", len(a.nodes), len(a.links), len(a.periods))
    return FlowResult(problem, net, solution, Status.OPTIMAL, Termination.OPTIMAL, parts=parts)


class _PartInfeasibleError(Exception):
    """The lower bounds of a network cannot be met, because of what its cut shows."""

    def __init__(self, net: Net, cut: NDArray[np.bool_]) -> None:
        super().__init__("infeasible")
        self.net, self.cut = net, cut


def _engine(solver: NetSolver, penalty: float | None) -> Callable[[Net], Solution]:
    """Return the function that solves a network with the solver asked for."""

    def engine(net: Net) -> Solution:
        try:
            return solver(net, penalty=penalty)
        except InfeasibleError as error:
            raise _PartInfeasibleError(net, _cut(net)) from error

    return engine


def _cut(net: Net) -> NDArray[np.bool_]:
    """Return the nodes that show why lower bounds cannot be met, or say that the solver was wrong about it."""
    graph = LemonGraph(prepare(net).ints)
    try:
        graph.solve()
    except InfeasibleError:
        return graph.cut()[: net.size]
    text = "the solver found no plan where there is one"
    raise LimitError(text)
