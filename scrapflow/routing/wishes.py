"""Wishes about who receives: fixed shares of the tonnage moved, or an order in which demands are filled.

Both come after the tonnage and before the cost, and both are plain network flows, so they are exact and need no
penalty:

1. Without wishes, find the most tonnes *T* that can be moved.
2. Send all demands of a group through one node. A wish is then a cheap and a dear way from there to a single sink
   that wants *T*:
   for shares, tonnes above share × *T* cost 1; for priorities, tonnes of rank *r* cost *r*. Links cost nothing. The
   cheapest plan meets the wishes as nearly as *T* tonnes allow. (For priorities any increasing costs give the same:
   what a set of sinks can receive is a polymatroid, where the greedy choice is optimal; Edmonds 1970.)
3. Fix what each way carries, and find the cheapest plan by the links' own costs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.routing.duals import Duals

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from scrapflow.routing.problem import Arrays
    from scrapflow.routing.solution import Solution
    from scrapflow.routing.time_expansion import Net

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


def shares_table(node_ids: Any, wish: Floats, got: Floats, total: float) -> pd.DataFrame:
    """Return the shares that were fixed beside those that came about.

    Parameters
    ----------
    node_ids, wish, got
        Identifiers, wanted shares and t received, shape (n,).
    total
        Tonnes moved to all demands.

    Returns
    -------
    DataFrame
        ``node_id, wanted_share, share, wanted_t, tonnage_t, met``; ``met`` is False where the two differ by more than
        rounding.

    Examples
    --------
    >>> shares_table(["mill"], np.array([0.5]), np.array([4.0]), 10.0).values.tolist()
    [['mill', 0.5, 0.4, 5.0, 4.0, False]]
    """
    return pd.DataFrame(
        {
            "node_id": node_ids,
            "wanted_share": wish,
            "share": got / total if total else np.zeros(len(wish)),
            "wanted_t": wish * total,
            "tonnage_t": got,
            "met": np.abs(got - wish * total) <= 1e-9 * max(1.0, total),
        }
    )


@dataclass(frozen=True, eq=False)
class Wished:
    """A plan under wishes: the widened network with its solution, and the same plan on the plain network."""

    net: Net
    solution: Solution
    plain: Solution
    takers: Ints
    """Nodes of the plain net with demand, in the order of their arcs."""
    first: int
    """Position of the first of these arcs."""

    def duals(self, wide: Duals) -> Duals:
        """Return the prices of the widened network as those of the plain one: a demand is the arc to its group."""
        arcs, size = slice(self.first, self.first + len(self.takers)), len(self.plain.left)
        demand, demand_t = np.zeros(size), np.zeros(size)
        demand[self.takers], demand_t[self.takers] = wide.link[arcs], wide.link_t[arcs]
        link, gain = wide.link[: self.first], wide.link_t[: self.first]
        return Duals(link, wide.supply[:size], demand, gain, wide.supply_t[:size], demand_t)


def solve_wishes(net: Net, a: Arrays, engine: Callable[[Net], Solution]) -> Wished:
    """Return the cheapest plan among those that move the most and meet the wishes best.

    Parameters
    ----------
    net, a
        The network and the arrays it was made from, with ``share`` or ``priority``.
    engine
        Solves a network.
    """
    total = engine(net).moved_t
    wide, takers, first, free = _widen(net, a, total)
    ways = slice(first + len(takers), len(wide.tail))
    cost = np.zeros(len(wide.tail))
    cost[ways] = wide.cost[ways]
    trial = engine(replace(wide, cost=cost))
    capacity = wide.capacity.copy()
    bound = np.flatnonzero(~free) + ways.start
    capacity[bound] = np.minimum(capacity[bound], trial.flow[bound])
    cost = wide.cost.copy()
    cost[ways] = 0.0
    final = replace(wide, capacity=capacity, cost=cost)
    solution = engine(final)
    return Wished(final, solution, narrowed(net, solution, takers, first), takers, first)


def narrowed(net: Net, wide: Solution, takers: Ints, first: int) -> Solution:
    """Return a plan of the widened network on the plain one, whose takers' arcs begin at ``first``."""
    arcs, short = len(net.tail), np.zeros(net.size)
    short[takers] = np.maximum(0.0, net.demand[takers] - wide.flow[first : first + len(takers)])
    short[short <= wide.tolerance_t] = 0.0
    return replace(
        wide,
        flow=wide.flow[:arcs],
        left=wide.left[: net.size],
        short=short,
        full=wide.full[:arcs],
        used=wide.used[:arcs],
    )


def _groups(a: Arrays) -> tuple[Ints, Floats, Floats, bool]:
    """Return the group of each node, and each group's share (NaN: none) and rank."""
    if a.share is not None:
        named = np.flatnonzero(~np.isnan(a.share))
        group = np.full(len(a.share), len(named), dtype=np.int64)
        group[named] = np.arange(len(named))
        share = np.append(a.share[named], max(0.0, 1.0 - float(a.share[named].sum())))
        return group, share, np.zeros(len(share)), True
    assert a.priority is not None
    rank = np.unique(a.priority).astype(np.float64)
    return a.priority, np.full(len(rank), np.nan), rank, False


def _widen(net: Net, a: Arrays, total: float) -> tuple[Net, Ints, int, NDArray[np.bool_]]:
    """Return the network with groups and one sink, the nodes with demand, their first arc, and which ways stay free."""
    group, share, rank, by_share = _groups(a)
    n, many = net.size, len(share)
    takers = np.flatnonzero(net.demand)
    middle = n + np.arange(many, dtype=np.int64)
    over, sink = n + many, n + many + 1
    node_count = len(a.nodes)
    tails = [net.tail, takers, middle]
    heads = [net.head, middle[group[takers % node_count]], np.full(many, sink)]
    capacity = [net.capacity, net.demand[takers], share * total if by_share else np.full(many, total)]
    cost = [net.cost, np.zeros(len(takers)), np.zeros(many) if by_share else rank]
    free = np.full(many, by_share)
    if by_share:
        tails += [middle, np.array([over])]
        heads += [np.full(many, over), np.array([sink])]
        capacity += [np.full(many, total), np.array([total])]
        cost += [np.zeros(many), np.ones(1)]
        free = np.append(np.full(2 * many, fill_value=True), False)
    extra = np.zeros(many + 2)
    wanted = extra.copy()
    wanted[-1] = total
    tail = np.concatenate(tails).astype(np.int64)
    wide = replace(
        net,
        tail=tail,
        head=np.concatenate(heads).astype(np.int64),
        capacity=np.concatenate(capacity),
        cost=np.concatenate(cost),
        lower=np.append(net.lower, np.zeros(len(tail) - len(net.lower))),
        supply=np.append(net.supply, extra),
        demand=np.append(np.zeros(n), wanted),
        unlimited=np.append(net.unlimited, np.zeros(len(tail) - len(net.lower), dtype=bool)),
        through=max(net.through, total),
    )
    return wide, takers, len(net.tail), free
