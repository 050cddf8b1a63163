"""Which k links would be missed most.

A set of links that hurts must contain a link that the current plan uses, or the plan would still stand. So the search
closes each used link in turn, solves again, and goes on from there; sets are not met twice. A branch is left out when
even losing all the tonnes of the busiest remaining links would not reach the best set found: closing links loses at
most what they carry, because the paths that avoid them still stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scrapflow.errors import ProblemError, problem
from scrapflow.given import checked
from scrapflow.routing.warm_start import Solver

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.routing.problem import FlowProblem
    from scrapflow.routing.result import FlowResult

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Interdiction:
    """The links whose loss hurts most.

    Attributes
    ----------
    links
        Identifiers in input order; fewer than asked for if no more links matter.
    lost_t
        Tonnes that no longer move.
    cost_added
        Change of cost of what still moves.
    exact
        True if no other set of as many links can be worse.
    bound_t
        No set of as many links loses more than this.
    solves
        Solves needed.
    """

    links: tuple[str, ...]
    lost_t: float
    cost_added: float
    exact: bool
    bound_t: float
    solves: int


@checked
def interdict(flow_problem: FlowProblem, k: int = 1, *, max_solves: int = 5000) -> Interdiction:
    """Find the k links whose loss, in all periods, loses the most tonnes and then adds the most cost.

    Parameters
    ----------
    flow_problem
        A problem without lower bounds, shares and priorities.
    k
        How many links are closed.
    max_solves
        Solves after which the search stops with the best set so far and a bound on what any set could lose.

    Raises
    ------
    ProblemError
        If a link has a lower bound, or the problem has shares or priorities.
    ValueError
        If k is below 1.

    Examples
    --------
    >>> import pandas as pd
    >>> from scrapflow.routing import FlowProblem
    >>> nodes = pd.DataFrame({"node_id": ["a", "b"], "supply_t": [5, 0], "demand_t": [0, 5]})
    >>> links = pd.DataFrame(
    ...     {
    ...         "link_id": ["big", "small"],
    ...         "from_node_id": ["a", "a"],
    ...         "to_node_id": ["b", "b"],
    ...         "capacity_t": [4, 3],
    ...         "cost_per_t": [1, 2],
    ...     }
    ... )
    >>> interdict(FlowProblem(nodes, links))
    Interdiction(links=('big',), lost_t=2.0, cost_added=0.0, exact=True, bound_t=2.0, solves=2)
    """
    if k < 1:
        text = f"k = {k} links cannot be closed"
        raise ProblemError([problem("interdict", "", "k", text)], what="the call")
    if flow_problem.arrays.lower.any():
        text = "links with a lower bound cannot be closed"
        raise ProblemError([problem("links", "", "lower_t", text)], what="the flow problem")
    search = _Search(flow_problem, max_solves)
    whole = search.solve(())
    search.base = whole
    search.go(whole, (), frozenset(), k)
    lost, added, closed = search.best
    exact = not search.open_t
    bound = lost if exact else max(lost, *search.open_t)
    names = tuple(flow_problem.arrays.link_ids[sorted(closed)])
    return Interdiction(names, lost, added, exact, bound, search.solves)


class _Search:
    """Depth-first branch and bound over sets of links."""

    base: FlowResult

    def __init__(self, flow_problem: FlowProblem, most: int) -> None:
        self.solver = Solver(flow_problem)
        self.ids = flow_problem.arrays.link_ids
        self.shape = flow_problem.arrays.capacity.shape
        self.most = most
        self.solves = 0
        self.open_t: list[float] = []
        self.best: tuple[float, float, tuple[int, ...]] = (0.0, 0.0, ())
        self.noise = 1e-9 * float(np.nan_to_num(flow_problem.arrays.supply, posinf=0.0).sum())

    def solve(self, closed: tuple[int, ...]) -> FlowResult:
        """Return the plan with some links closed."""
        self.solves += 1
        return self.solver.solve(close=[self.ids[e] for e in closed])

    def go(self, plan: FlowResult, closed: tuple[int, ...], spared: frozenset[int], more: int) -> None:
        """Close each link that ``plan`` uses and that is not spared, and go on while ``more`` may be closed."""
        carried = plan.flows["tonnage_t"].to_numpy().reshape(self.shape).sum(axis=0)
        carried[list(spared)] = 0.0
        used = np.flatnonzero(carried > self.noise)
        used = used[np.argsort(-carried[used], kind="stable")]
        order: list[int] = used.tolist()
        for i, e in enumerate(order):
            most = self._lost(plan) + float(carried[used[i : i + more]].sum())
            if most < self.best[0] - self.noise:
                return
            if self.solves >= self.most:
                self.open_t.append(most)
                return
            now = (*closed, e)
            other = self.solve(now)
            self._keep(other, now)
            if more > 1:
                self.go(other, now, spared | set(used[:i].tolist()), more - 1)

    def _lost(self, plan: FlowResult) -> float:
        return self.base.moved_t - plan.moved_t

    def _keep(self, plan: FlowResult, closed: tuple[int, ...]) -> None:
        """Keep a set that is worse than the worst so far; ties go to the first in input order."""
        lost, added = self._lost(plan), plan.cost - self.base.cost
        money = self.noise * max(1.0, abs(self.base.cost))
        if lost < self.best[0] - self.noise:
            return
        if lost <= self.best[0] + self.noise:
            if added < self.best[1] - money:
                return
            if added <= self.best[1] + money and (not self.best[2] or sorted(closed) >= sorted(self.best[2])):
                return
        self.best = (lost, added, closed)
