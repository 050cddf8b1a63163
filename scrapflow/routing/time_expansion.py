"""All periods as one network: a copy of each node and link a period, and storage links from one copy to the next.

Reference: Ford & Fulkerson (1958), "Constructing maximal dynamic flows from static flows", Operations Research 6(3).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.routing.problem import Arrays

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Net:
    """A time-expanded network of N nodes and A arcs.

    Node ``p * n + i`` is node i in period p. Arcs are the links of period 0, of period 1, …, then the storage arcs;
    ``extra`` arcs at the end, if any, are a solver's own.
    """

    tail: Ints
    head: Ints
    capacity: Floats
    cost: Floats
    lower: Floats
    supply: Floats
    """(N) tonnes offered, finite."""
    demand: Floats
    """(N) tonnes wanted, finite."""
    links: int
    """Arcs that are links: P * m."""
    through: float
    """The most tonnes that any arc needs to carry."""
    unlimited: NDArray[np.bool_]
    """(A) arcs whose own capacity is above ``through``, so that it can never bind."""

    @property
    def size(self) -> int:
        """Number of nodes N."""
        return len(self.supply)


def expand(a: Arrays) -> Net:
    """Return the time-expanded network of a problem.

    Parameters
    ----------
    a
        The arrays of a checked problem.

    Returns
    -------
    Net
        With capacities cut to what can flow at all, so that all of them are finite. Endless supply or demand is cut
        to the sum of the other side.

    Examples
    --------
    >>> import pandas as pd
    >>> from scrapflow.routing.problem import FlowProblem
    >>> nodes = pd.DataFrame({"node_id": ["a", "b"], "supply_t": [1, 0], "demand_t": [0, 1]})
    >>> links = pd.DataFrame(
    ...     {"link_id": ["ab"], "from_node_id": ["a"], "to_node_id": ["b"], "capacity_t": [1], "cost_per_t": [1]}
    ... )
    >>> keep = pd.DataFrame({"node_id": ["a"], "capacity_t": [9], "cost_per_t": [0]})
    >>> expand(FlowProblem(nodes, links, storage=keep, periods=["1", "2", "3"]).arrays).size
    6
    """
    supply, demand = _finite(a.supply.ravel(), a.demand.ravel())
    count, n = a.supply.shape
    tail, head = a.tail, a.head
    if count > 1:
        shift = (np.arange(count, dtype=np.int64) * n)[:, None]
        tail, head = (shift + a.tail).ravel(), (shift + a.head).ravel()
    capacity, cost, lower = a.capacity.ravel(), a.cost.ravel(), a.lower.ravel()
    links = len(tail)
    if count > 1 and len(a.store):
        shift = (np.arange(count - 1, dtype=np.int64) * n)[:, None]
        start = (shift + a.store).ravel()
        tail, head = np.concatenate([tail, start]), np.concatenate([head, start + n])
        capacity = np.concatenate([capacity, np.tile(a.store_capacity, count - 1)])
        cost = np.concatenate([cost, np.tile(a.store_cost, count - 1)])
        lower = np.concatenate([lower, np.zeros(len(start))])
    through = min(float(supply.sum()), float(demand.sum())) + float(lower.sum())
    if len(cost) and cost.min() < 0:
        through += float(capacity[cost < 0].sum())
    unlimited = capacity > through
    if unlimited.any():
        capacity = np.minimum(capacity, through)
    return Net(tail, head, capacity, cost, lower, supply, demand, links, through, unlimited)


def one_period(a: Arrays, p: int) -> Arrays:
    """Return the arrays of one period alone, without storage.

    Parameters
    ----------
    a
        The arrays of a checked problem.
    p
        Position of the period.
    """
    nothing = np.zeros(0)
    rows = {k: getattr(a, k)[p : p + 1] for k in ("supply", "demand", "capacity", "cost", "lower")}
    return replace(
        a, periods=a.periods[p : p + 1], store=a.store[:0], store_capacity=nothing, store_cost=nothing, **rows
    )


def _finite(supply: Floats, demand: Floats) -> tuple[Floats, Floats]:
    """Cut an endless side to the finite sum of the other."""
    if np.isinf(supply).any():
        supply = np.minimum(supply, demand.sum())
    if np.isinf(demand).any():
        demand = np.minimum(demand, supply.sum())
    return supply, demand
