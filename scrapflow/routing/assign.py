"""Named alternatives to the optimum: what each yard would do alone.

All-or-nothing puts every tonne on the shortest path to its destination, as if no link had a limit (Wardrop 1952; the
base case of freight assignment). Nearest goes further and ignores how much the destinations can take. What they
overload shows what the limits are worth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.routing.integers import Prepared, prepare
from scrapflow.routing.time_expansion import expand, one_period
from scrapflow.routing.uncapacitated import open_ways, to_cheapest, to_nearest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.routing.problem import Arrays, FlowProblem

    Floats = NDArray[np.float64]

METHODS = ("all_or_nothing", "nearest")


@dataclass(frozen=True, eq=False)
class Assignment:
    """Tonnes on shortest paths, whatever the limits say. With named periods every frame has ``period`` first.

    Attributes
    ----------
    cost
        Σ tonnes × cost.
    moved_t
        Tonnes that have a path.
    flows
        ``link_id, tonnage_t`` of every link in input order.
    pairs
        ``origin, destination, tonnage_t, cost_per_t``.
    overloads
        ``item, kind, tonnage_t, limit_t`` of links (kind ``link``) and demands (kind ``demand``) that get more than
        they can take.
    """

    cost: float
    moved_t: float
    flows: pd.DataFrame
    pairs: pd.DataFrame
    overloads: pd.DataFrame


def assign(problem: FlowProblem, method: str = "all_or_nothing") -> Assignment:
    """Put all tonnes on shortest paths, period by period and without storage.

    Parameters
    ----------
    problem
        A problem without lower bounds and negative costs; links of capacity 0 stay closed.
    method
        ``"all_or_nothing"``: destinations take what they want at most, links take anything. ``"nearest"``: everything
        goes to the nearest demand.

    Raises
    ------
    ValueError
        If the method is unknown, or links have lower bounds or negative costs.

    Examples
    --------
    >>> import pandas as pd
    >>> from scrapflow.routing import FlowProblem
    >>> nodes = pd.DataFrame({"node_id": ["yard", "near", "far"], "supply_t": [9, 0, 0], "demand_t": [0, 4, 9]})
    >>> links = pd.DataFrame(
    ...     {
    ...         "link_id": ["n", "f"],
    ...         "from_node_id": "yard",
    ...         "to_node_id": ["near", "far"],
    ...         "capacity_t": [9, 3],
    ...         "cost_per_t": [1, 2],
    ...     }
    ... )
    >>> assign(FlowProblem(nodes, links)).overloads
      item  kind  tonnage_t  limit_t
    0    f  link        5.0      3.0
    >>> assign(FlowProblem(nodes, links), "nearest").pairs
      origin destination  tonnage_t  cost_per_t
    0   yard        near        9.0         1.0
    """
    if method not in METHODS:
        text = f"method {method!r} is none of {', '.join(METHODS)}"
        raise ValueError(text)
    a = problem.arrays
    if a.lower.any() or (a.cost < 0).any():
        text = "shortest paths know no lower bounds and no negative costs"
        raise ValueError(text)
    every: tuple[list[pd.DataFrame], ...] = ([], [], [])
    for p, label in enumerate(a.periods):
        one = _period(one_period(a, p), method)
        for frames, frame in zip(every, one, strict=True):
            if problem.multi_period:
                frame.insert(0, "period", pd.Series([label] * len(frame), dtype="str"))
            frames.append(frame)
    whole = [pd.concat(frames, ignore_index=True) for frames in every]
    cost = float((whole[1]["tonnage_t"] * whole[1]["cost_per_t"]).sum())
    return Assignment(cost, float(whole[1]["tonnage_t"].sum()), *whole)


def _period(a: Arrays, method: str) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return flows, pairs and overloads of one period."""
    made: Prepared = prepare(expand(a))
    ways, k = open_ways(made), made.tonnage.factor
    origin = destination = np.zeros(0, dtype=np.int64)
    tonnes = cost = np.zeros(0)
    load, got = np.zeros(len(a.links)), np.zeros(len(made.takers))
    if len(made.takers) and len(made.givers):
        spread = to_nearest(made, ways) if method == "nearest" else to_cheapest(made, ways)
        origin, destination = made.givers[spread.giver], made.takers[spread.taker]
        tonnes, cost = spread.units / k, spread.distance / made.costs.factor
        load = spread.flow[: len(a.links)] / k
        got = np.bincount(spread.taker, spread.units, len(made.takers)) / k
    flows = pd.DataFrame({"link_id": a.links.array, "tonnage_t": load})
    pairs = pd.DataFrame(
        {
            "origin": a.nodes.array.take(origin),
            "destination": a.nodes.array.take(destination),
            "tonnage_t": tonnes,
            "cost_per_t": cost,
        }
    )
    noise = 1e-9 * max(1.0, float(tonnes.sum()))
    links = np.flatnonzero(load > a.capacity[0] + noise)
    wanted = a.demand[0, made.takers]
    nodes = np.flatnonzero(got > wanted + noise)
    overloads = pd.DataFrame(
        {
            "item": np.concatenate([a.link_ids[links], a.node_ids[made.takers[nodes]]]),
            "kind": np.repeat(np.array(["link", "demand"], dtype=object), [len(links), len(nodes)]),
            "tonnage_t": np.concatenate([load[links], got[nodes]]),
            "limit_t": np.concatenate([a.capacity[0, links], wanted[nodes]]),
        }
    )
    return flows, pairs, overloads
