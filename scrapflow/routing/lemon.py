"""Exact solution by LEMON's network simplex, through the PyPI package pylmcf.

References: Kovács (2015), "Minimum-cost flow algorithms: an experimental evaluation", Optimization Methods and
Software 30(1); Cunningham (1976), "A network simplex method", Mathematical Programming 11 (it cannot cycle).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scrapflow.routing.integers import IntFlow, prepare, read_back
from scrapflow.routing.solution import InfeasibleError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.routing.integers import IntNet
    from scrapflow.routing.solution import Prices, Solution
    from scrapflow.routing.time_expansion import Net

    Ints = NDArray[np.int64]

RENUMBER = 30_000
"""Arcs from which nodes are renumbered for the sake of the processor's cache."""


def lemon(ints: IntNet) -> IntFlow:
    """Solve with LEMON's network simplex.

    Raises
    ------
    InfeasibleError
        If the balances cannot be met.
    """
    return LemonGraph(ints).solve()


def prices_of(net: Net, solution: Solution, penalty: float | None) -> Prices:
    """Return the solver's potentials, or those of a network simplex solution where the solver has none to give.

    By duality, potentials of one optimal plan are optimal for all.
    """
    if solution.prices is not None:
        return solution.prices()
    made = prepare(net, penalty=penalty)
    solved = read_back(made, lemon(made.ints))
    assert solved.prices is not None
    return solved.prices()


class LemonGraph:
    """A pylmcf graph that can be solved again from its last basis after balances or capacities have changed.

    pylmcf wants arcs sorted by their ends; nodes of large networks are renumbered too.
    """

    def __init__(self, ints: IntNet) -> None:
        from pylmcf import Graph

        n, tail, head = len(ints.balance), ints.tail, ints.head
        self.number = _numbering(n, tail[: ints.links], head[: ints.links]) if len(tail) >= RENUMBER else None
        if self.number is not None:
            tail, head = self.number[tail], self.number[head]
        self.order = np.argsort(tail * n + head, kind="stable")
        self.graph = Graph(n, tail[self.order].astype(np.int32), head[self.order].astype(np.int32))
        if self.number is not None:
            self.graph.set_pivot_rule("candidate_list")  # a tenth to a fifth faster than block search at 10⁵ arcs
        # What enters the last node (1), and what leaves it (−1).
        self.side = (ints.head == n - 1).astype(np.int64) - (ints.tail == n - 1)
        self.lift = 0
        self.load(ints.balance, ints.capacity, ints.cost)

    def load(self, balance: Ints, capacity: Ints, cost: Ints | None = None) -> None:
        """Set balances by node, capacities by arc and, where they changed, costs by arc."""
        if cost is not None:
            if self.number is not None:
                # The penalty is paid where demand is short, not where supply is left: the same optimum, by a
                # potential on the last node, but supplies no longer crowd there first. A sixth faster with storage.
                entering = cost[self.side > 0]
                self.lift = int(entering.min()) if len(entering) else 0
            self.graph.set_edge_costs((cost - self.lift * self.side)[self.order])
        if self.number is not None:
            moved = np.empty_like(balance)
            moved[self.number] = balance
            balance = moved
        self.graph.set_node_supply(balance)
        self.graph.set_edge_capacities(capacity[self.order])

    def quicken(self) -> None:
        """Prepare for many solves that change little: few pivots are left then, and the first that helps will do."""
        self.graph.set_pivot_rule("first_eligible")

    def solve(self) -> IntFlow:
        """Solve what is loaded.

        Raises
        ------
        InfeasibleError
            If the balances cannot be met.
        """
        try:
            self.graph.solve()
        except RuntimeError as error:
            if "INFEASIBLE" not in str(error):
                raise
            raise InfeasibleError from error
        flow = np.empty(len(self.order), dtype=np.int64)
        flow[self.order] = self.graph.result()
        return IntFlow(flow, self.potentials)

    def potentials(self) -> Ints:
        """Return potentials that are optimal for the flow of the last solve."""
        level = np.array(self.graph.potentials(), dtype=np.int64)
        if self.number is not None:
            level = level[self.number]
        level[-1] += self.lift
        return level

    def cut(self) -> NDArray[np.bool_]:
        """Return a mask of nodes that would have to push out more than the arcs that leave them can carry."""
        inside = np.asarray(self.graph.infeasibility_cut(), dtype=bool)
        return inside if self.number is None else inside[self.number]


def _numbering(n: int, tail: Ints, head: Ints) -> Ints:
    """Return numbers that keep neighbours together in memory, a third faster at 10⁵ arcs.

    Periods stay in order, each a component of the links; inside, nodes are in reverse Cuthill–McKee order.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components, reverse_cuthill_mckee

    inner = (tail < n - 1) & (head < n - 1)
    links = csr_array((np.ones(int(inner.sum()), dtype=np.int8), (tail[inner], head[inner])), shape=(n, n))
    near = reverse_cuthill_mckee(links)
    part = connected_components(links, directed=False)[1]
    number = np.empty(n, dtype=np.int64)
    number[near[np.argsort(part[near], kind="stable")]] = np.arange(n)
    return number
