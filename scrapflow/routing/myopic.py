"""Month by month: each period is solved without regard to the next, and what is left waits where it can be kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from scrapflow.routing.lemon import prices_of
from scrapflow.routing.optimal_plans import Layout
from scrapflow.routing.ties import Settled, grain_of, settle
from scrapflow.routing.time_expansion import Net, expand, one_period
from scrapflow.routing.wishes import Wished, narrowed

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from scrapflow.routing.ends_alone import Ends
    from scrapflow.routing.problem import Arrays
    from scrapflow.routing.solution import Solution

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Part:
    """Periods that were solved as one: all of them with full foresight, one by one without."""

    net: Net
    solution: Solution
    penalty: float | None = None
    """Cost of leaving a tonne that it was solved with."""
    wished: Wished | None = None
    """The plan on the network widened for wishes, if there were any."""
    settled: Settled | None = None
    """The plan by the rule for plans of the same cost, if it was applied."""
    ends: Ends | None = None
    """What it was solved by, if its ends alone were enough."""

    def by_rule(self, nodes: int) -> Part:
        """Return the part with the plan that the rule takes, as far as it can be applied.

        Parameters
        ----------
        nodes
            Number of nodes of the problem.
        """
        net, wide = self.net, self.wished
        if wide is None:
            layout = Layout(nodes, net.size, len(net.tail), np.flatnonzero(net.demand > 0))
            prices = prices_of(net, self.solution, self.penalty)
            plan = settle(net, self.solution, prices, layout, penalty=self.penalty)
            return self if plan is None else replace(self, solution=plan.solution, settled=plan)
        layout = Layout(nodes, net.size, len(net.tail), wide.takers)
        plan = settle(wide.net, wide.solution, prices_of(wide.net, wide.solution, None), layout)
        if plan is None:
            return self
        plain = narrowed(net, plan.solution, wide.takers, wide.first)
        wished = replace(wide, solution=plan.solution, plain=plain)
        return replace(self, solution=plain, wished=wished, settled=plan)

    def again(self, net: Net, nodes: int, penalty: float | None) -> Part | None:
        """Return the part for other tonnes on the same network, by the prices of this one; None where they do not hold.

        Parameters
        ----------
        net, nodes, penalty
            The network with its tonnes, the number of nodes of its problem, and the cost of leaving a tonne.
        """
        if self.ends is not None:
            ends = self.ends.again(net) if penalty is None else None
            return None if ends is None else Part(net, ends.whole.solution, None, None, ends.whole, ends)
        own, before = self.net, self.solution
        same = all(np.array_equal(getattr(own, k), getattr(net, k)) for k in ("tail", "head", "cost"))
        if self.settled is None or self.wished is not None or penalty != self.penalty or not same:
            return None
        prices = prices_of(own, before, penalty)
        layout = Layout(nodes, net.size, len(net.tail), np.flatnonzero(net.demand > 0))
        kept = replace(before, prices=lambda: prices, grain=grain_of(net))
        plan = settle(net, kept, prices, layout, penalty=penalty, last=self.settled)
        if plan is None:
            return None
        told = plan.solution
        moved = float(np.rint((net.supply.sum() - told.left.sum()) * told.grain) / told.grain)
        plan = replace(plan, solution=replace(told, moved_t=moved))
        return replace(self, net=net, solution=plan.solution, settled=plan)


def solve_myopic(a: Arrays, net: Net, engine: Callable[[Net, Arrays], Part]) -> tuple[Solution, list[Part]]:
    """Return the plan on the time-expanded network, and its periods one by one.

    What is left at a node with storage, up to its capacity, is offered again in the next period; of an endless supply,
    what all later demands could take, and nothing if the next supply there is endless too. Tonnes that are never
    shipped count as left in the period in which they came (what came last goes first), and bear no cost of storage, as
    with full foresight.

    Parameters
    ----------
    a, net
        The problem's arrays and its time-expanded network.
    engine
        Solves the network of some arrays.
    """
    count, n = a.supply.shape
    held = np.zeros((count, n))
    carried, parts = np.zeros(n), list[Part]()
    for p in range(count):
        alone = one_period(a, p)
        here = expand(replace(alone, supply=alone.supply + carried))
        part = engine(here, alone)
        parts.append(part)
        carried = np.zeros(n)
        carried[a.store] = np.minimum(_waiting(a, p, part.solution.left)[a.store], a.store_capacity)
        held[p] = carried
    # Tonnes in the stock of period p that are still there at the end: the least stock from p on.
    never = np.minimum.accumulate(held[::-1])[::-1]
    before = np.vstack([np.zeros((1, n)), never[:-1]])
    stock = (held - never)[:-1][:, a.store]
    rest = np.stack([q.solution.left for q in parts])
    left = np.where(np.isinf(a.supply), rest, rest - held + (never - before))
    left[left < 1e-12 * max(1.0, net.through)] = 0.0
    flow = np.concatenate([q.solution.flow for q in parts] + [stock.ravel()] * (count > 1))
    full = np.concatenate([q.solution.full for q in parts] + [(stock >= a.store_capacity).ravel()] * (count > 1))
    used = np.concatenate([q.solution.used for q in parts] + [(stock > 0).ravel()] * (count > 1))
    whole = replace(
        parts[0].solution,
        flow=flow,
        left=left.ravel(),
        short=np.concatenate([q.solution.short for q in parts]),
        full=full,
        used=used,
        moved_t=float(sum(q.solution.moved_t for q in parts)),
        grain=max(q.solution.grain for q in parts),
        tolerance_t=max(q.solution.tolerance_t for q in parts),
        cost_error=max(q.solution.cost_error for q in parts),
        prices=None,
    )
    return whole, parts


def _waiting(a: Arrays, p: int, left: Floats) -> Floats:
    """Return what could wait at each node after a period."""
    waiting = np.where(np.isinf(a.supply[p]), a.demand[p + 1 :].sum(), left)
    return waiting if p + 1 == len(a.supply) else np.where(np.isinf(a.supply[p + 1]), 0.0, waiting)
