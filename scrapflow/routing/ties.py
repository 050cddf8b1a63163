r"""Which of several plans of least cost is taken: a rule that hangs on no solver, numbering, name or idle link.

1. Among all plans that move the most tonnes at the least cost, the one with the least Σ x² / S, where x is what a
   destination takes from an origin in a period and S is what that origin offers in all. Origins to which it makes no
   difference thus give in proportion to what they offer, and a destination takes as evenly over time as cost allows.
   The sum is strictly convex, so these amounts are unique. An origin that is cut in two gives the same in all.
2. With these amounts, what goes from an origin to a destination is split equally over its paths of equal cost, or as
   equally as capacities let (least sum of squares, which is again unique).
3. With these departures, the least stock is kept.

A plan is of least cost by complementary slackness (:mod:`scrapflow.routing.optimal_face`), which is exact but for float
noise: a link that is dearer by less than a billionth of the dearest link counts as equal. A link that carries nothing
in the plan of this rule may be closed: the plan stays among those of least cost, and the least of a larger set is the
least of a smaller one that holds it.

Where links have lower bounds or negative costs, or there are too many equal paths to list under binding capacities,
the rule is not applied (:class:`Settled` is None), and the plan is the solver's.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from scrapflow.notices import warn
from scrapflow.routing.convex_program import minimise
from scrapflow.routing.linear_sums import narrowed
from scrapflow.routing.optimal_face import optimal_face
from scrapflow.routing.optimal_plans import Layout, OptimalPlans, sums
from scrapflow.routing.solution import LimitError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from scipy.sparse import csc_array

    from scrapflow.routing.convex_program import Programme
    from scrapflow.routing.equal_paths import EqualPaths
    from scrapflow.routing.optimal_plans import Books
    from scrapflow.routing.solution import Prices, Solution
    from scrapflow.routing.time_expansion import Net

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_log = logging.getLogger(__name__)
MOST_PAIRS, MOST_PATHS = 1_000_000, 20_000
"""Pairs of origin and destination, and equal paths under binding capacities, beyond which the rule is not applied."""
_ROUNDS = 30
_GRAINS = 2.0**45
"""Units of all tonnes in which the amounts of the rule are taken apart; they are no decimals any more."""
_AMOUNTS = ("flow", "left", "short")


@dataclass(frozen=True, eq=False)
class Settled:
    """The plan that the rule takes.

    Attributes
    ----------
    solution
        The plan on the network.
    programme
        All plans of least cost: ranges and rows of its columns, of which the first are ``origin``'s.
    origin, taker
        (K) nodes of the network between which each column carries tonnes.
    arcs
        The path of each column where capacities bind, else None: then a column stands for all its equal paths.
    tonnes
        (K) tonnes of each column.
    value
        What the rule chose for every column of the programme.
    plans
        What the programme was made from.
    ways
        Makes ``equal``, the paths, and ``copy``, (K) where each column starts in them, when they are asked for.
    """

    solution: Solution
    programme: Programme
    origin: Ints
    taker: Ints
    arcs: list[tuple[int, ...]] | None
    tonnes: Floats
    value: Floats
    plans: OptimalPlans
    ways: Callable[[], tuple[EqualPaths, Ints]]

    @property
    def equal(self) -> EqualPaths:
        """The paths."""
        return self._ways[0]

    @property
    def copy(self) -> Ints:
        """(K) where each column starts in ``equal``."""
        return self._ways[1]

    @cached_property
    def _ways(self) -> tuple[EqualPaths, Ints]:
        return self.ways()

    def holds(self, plans: OptimalPlans, *, fewest: bool) -> bool:
        """Tell whether these are the equal paths of other tonnes too: plans of least cost may use the same arcs."""
        own, takers = self.plans, self.plans.layout.takers
        same = np.array_equal(own.way, plans.way) and np.array_equal(takers, plans.layout.takers)
        return same and fewest == (self.arcs is None)


def grain_of(net: Net) -> float:
    """Return the units a tonne in which amounts of the rule are taken apart."""
    return _GRAINS / (max(net.through, 1e-200) if net.through else 1.0)


def settle(
    net: Net,
    solution: Solution,
    prices: Prices,
    layout: Layout,
    *,
    penalty: float | None = None,
    dearest: float | None = None,
    last: Settled | None = None,
    quiet: bool = False,
) -> Settled | None:
    """Return the plan of least cost that the rule takes, or None where the rule cannot be applied.

    Parameters
    ----------
    net, solution, prices
        A network, any optimal solution of it, and potentials.
    layout
        What is what in the network.
    penalty
        Cost of leaving a tonne, if leaving it was a choice.
    dearest
        Cost of the dearest link, where an arc of ``net`` stands for several.
    last
        Given where solution and potentials are those of other tonnes on the same network, for which the rule took this: None
        too if they are not optimal for these, which complementary slackness tells.
    quiet
        Whether nobody is told where the rule cannot be applied, because it will be tried on another network.
    """
    if net.lower.any() or (net.cost < 0).any():
        return None
    face = optimal_face(net, solution, prices, penalty=penalty, dearest=dearest)
    plans = OptimalPlans(net, face, layout)
    try:
        return _told(
            plans, solution, _choose(plans, partial(minimise, near=None if last is None else last.value), last)
        )
    except LimitError as fault:
        if last is not None or quiet:
            return None
        text = "several plans cost the same, and the rule was not applied (%s): the plan is the solver's"
        warn(_log, text, fault)
        return None


class _Choice(NamedTuple):
    """What the rule chose: amounts by column, and what they put on the arcs."""

    equal: EqualPaths
    copy: Ints
    arcs: list[tuple[int, ...]] | None
    programme: Programme
    books: Books
    value: Floats
    load: Floats


def _choose(plans: OptimalPlans, least: Callable[[Programme], Floats], last: Settled | None) -> _Choice:
    """Apply the rule as if no capacity bound; if one does, apply it path by path."""
    if (plans.face.low[plans.way] > 0).any():
        return _under_capacity(plans, least, last)
    equal = last.equal if last is not None and last.holds(plans, fewest=True) else plans.paths(fewest=True)
    copy = np.flatnonzero(plans.hub[equal.node])
    if len(copy) > MOST_PAIRS:
        text = f"{len(copy)} pairs of origin and destination"
        raise LimitError(text)
    programme, books = plans.programme(equal, copy)
    offered = plans.offered[equal.node[copy]]
    value = _evenly(programme, least, equal.paths[copy], offered, np.zeros(len(copy)))
    amounts = np.zeros(len(equal.node))
    amounts[copy] = value[: len(copy)]
    load = sums(equal.arc, equal.split(amounts), len(plans.net.tail))
    if len(_overloaded(plans, load)):
        return _under_capacity(plans, least, last)
    return _Choice(equal, copy, None, programme, books, value, load)


def _overloaded(plans: OptimalPlans, load: Floats) -> Ints:
    """Return the links that would carry more than they can."""
    net = plans.net
    return np.flatnonzero((load > net.capacity + plans.noise) & ~net.unlimited)


def _under_capacity(plans: OptimalPlans, least: Callable[[Programme], Floats], last: Settled | None) -> _Choice:
    """Apply the rule where capacities bind: a column for every path, and a row for every link that matters."""
    if last is not None and last.holds(plans, fewest=False) and np.array_equal(last.plans.hub, plans.hub):
        equal, copy, arcs = last.equal, last.copy, last.arcs
    else:
        equal = plans.paths(fewest=False)
        arcs, copy = _every_path(plans, equal)
    assert arcs is not None
    size = len(plans.net.tail)
    entry = np.array([e for path in arcs for e in path], dtype=np.int64)
    owner = np.repeat(np.arange(len(arcs)), [len(path) for path in arcs])
    free = np.zeros(size)
    free[plans.way[plans.free]] = 1.0
    detour = sums(owner, free[entry], len(arcs))
    scarce = plans.way[plans.face.low[plans.way] > 0]
    for _ in range(_ROUNDS):
        programme, books = plans.programme(equal, copy, _incidence(scarce, entry, owner, len(arcs)), scarce)
        offered = plans.offered[equal.node[copy]]
        value = _evenly(programme, least, np.ones(len(arcs)), offered, detour)
        load = sums(entry, value[owner], size)
        over = _overloaded(plans, load)
        if not len(over):
            return _Choice(equal, copy, arcs, programme, books, value, load)
        scarce = np.union1d(scarce, over)
    text = "the links that bind were not found"
    raise LimitError(text)


def _every_path(plans: OptimalPlans, equal: EqualPaths) -> tuple[list[tuple[int, ...]], Ints]:
    """Return the arcs of all equal paths, and where each starts."""
    arcs: list[tuple[int, ...]] = []
    starts: list[int] = []
    for start in np.flatnonzero(plans.hub[equal.node]).tolist():
        listed = equal.simple(start, MOST_PATHS - len(arcs) + 1)
        arcs.extend(listed)
        starts.extend([start] * len(listed))
        if len(arcs) > MOST_PATHS:
            text = f"more than {MOST_PATHS} equal paths"
            raise LimitError(text)
    return arcs, np.array(starts, dtype=np.int64)


def _evenly(
    programme: Programme, least: Callable[[Programme], Floats], paths: Floats, offered: Floats, detour: Floats
) -> Floats:
    """Settle the amounts, and split them over columns that stand for ``paths`` equal paths each, as equally as can be.

    Columns with the fewest links that cost nothing (``detour``) come first.
    """
    value = least(programme)
    count, chosen = len(paths), programme.curve > 0
    if chosen[:count].all():
        return value
    low, high = np.where(chosen, value, programme.low), np.where(chosen, value, programme.high)
    rest = replace(programme, low=low, high=high, curve=np.zeros(len(value)))
    if detour.any():
        rest = narrowed(rest, detour)
    curve = rest.curve.copy()
    curve[:count] = 1 / (paths * offered)
    return least(replace(rest, curve=curve))


def _told(plans: OptimalPlans, solution: Solution, choice: _Choice) -> Settled:
    """Return the plan in the terms of a solver's solution; the solver's own where it is the same."""
    net, books, value, noise = plans.net, choice.books, choice.value, plans.noise
    count = len(choice.copy)
    tonnes = np.where(value[:count] > noise, value[:count], 0.0)
    origin, taker = choice.equal.node[choice.copy], plans.layout.takers[choice.equal.label[choice.copy]]
    flow, left, short = choice.load.copy(), np.zeros(net.size), np.zeros(net.size)
    flow[plans.stock] = value[books.kept]
    flow[plans.layout.plain_arcs :] = value[books.beyond]
    left[books.giving] = value[books.left]
    short[books.wanting] = value[books.short]
    _least_stock(plans, flow, left, sums(origin, value[:count], net.size))
    for amount in (flow, left, short):
        amount[amount <= noise] = 0.0
    left, short = left + net.supply - plans.give, short + net.demand - plans.take
    flow, loop = np.minimum(flow, net.capacity), net.tail == net.head
    plan = replace(
        solution,
        flow=flow,
        left=left,
        short=short,
        full=(flow >= net.capacity - noise) & ~net.unlimited & ~loop,
        used=(flow > noise) & ~loop,
        tolerance_t=max(solution.tolerance_t, noise),
        grain=grain_of(net),
    )
    if all(np.abs(getattr(plan, k) - getattr(solution, k)).max(initial=0.0) <= noise for k in _AMOUNTS):
        plan = solution
    return Settled(
        plan, choice.programme, origin, taker, choice.arcs, tonnes, value, plans, lambda: (choice.equal, choice.copy)
    )


def _least_stock(plans: OptimalPlans, flow: Floats, left: Floats, out: Floats) -> None:
    """Keep as little as the departures need, and leave the rest where it came."""
    net, n, stock = plans.net, max(plans.layout.nodes, 1), plans.stock
    if not flow[stock].any():
        return
    tail, head = net.tail[stock], net.head[stock]
    low, high = plans.face.low[stock], plans.face.high[stock]
    need, came, rest = np.zeros(net.size), np.zeros(net.size), left.copy()
    for p in range(plans.layout.plain_nodes // n - 1, 0, -1):
        now = np.flatnonzero(head // n == p)
        node = head[now]
        need[tail[now]] = np.clip(out[node] + need[node] - plans.give[node], low[now], high[now])
    keepers = np.union1d(tail, head)
    came[head] = need[tail]
    rest[keepers] = plans.give[keepers] + came[keepers] - out[keepers] - need[keepers]
    if (rest >= -plans.noise).all():
        flow[stock], left[keepers] = need[tail], np.maximum(rest[keepers], 0.0)


def _incidence(links: Ints, entry: Ints, owner: Ints, count: int) -> csc_array:
    """Return which of ``count`` paths use each of some links."""
    from scipy.sparse import csc_array

    used = np.isin(entry, links)
    row = np.searchsorted(links, entry[used])
    return csc_array((np.ones(len(row)), (row, owner[used])), shape=(len(links), count))
