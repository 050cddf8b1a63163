"""What is to be routed: supplies, demands, links and storage as plain frames, checked once and at once.

A :class:`FlowProblem` holds the caller's frames and the arrays made from them. Everything wrong with the frames is
reported together, by table, row and column, in one :class:`~scrapflow.errors.ProblemError`.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from scrapflow.errors import Findings, ProblemError
from scrapflow.given_frames import plain_frames
from scrapflow.routing.frames import number, period_labels
from scrapflow.routing.problem_frames import (
    changed,
    check_limits,
    read_calendar,
    read_links,
    read_nodes,
    read_storage,
    read_wishes,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Arrays:
    """A checked problem as arrays: P periods, n nodes, m links, q nodes with storage."""

    nodes: pd.Index
    """(n) identifiers in the order of first mention."""
    links: pd.Index
    """(m) identifiers in input order."""
    periods: tuple[str, ...]
    tail: Ints
    """(m) position of the node a link leaves."""
    head: Ints
    """(m) position of the node a link enters."""
    supply: Floats
    """(P, n) tonnes offered."""
    demand: Floats
    """(P, n) tonnes wanted."""
    capacity: Floats
    """(P, m) most tonnes a link takes."""
    cost: Floats
    """(P, m) cost of a tonne."""
    lower: Floats
    """(P, m) least tonnes a link must take."""
    store: Ints
    """(q) positions of the nodes that can keep tonnes from one period to the next."""
    store_capacity: Floats
    """(q) most tonnes kept."""
    store_cost: Floats
    """(q) cost of keeping a tonne one period."""
    share: Floats | None
    """(n) wanted share of all tonnes moved, NaN where free; None if no share is wanted."""
    priority: Ints | None
    """(n) rank of a demand, 0 first; None if all are equal."""

    @cached_property
    def node_ids(self) -> NDArray[np.object_]:
        """(n) identifiers of the nodes as Python objects."""
        return self.nodes.to_numpy(dtype=object)

    @cached_property
    def link_ids(self) -> NDArray[np.object_]:
        """(m) identifiers of the links as Python objects."""
        return self.links.to_numpy(dtype=object)


def _by_node(name: str, given: Mapping[str, Any] | None, findings: Findings) -> dict[str, Any]:
    if given is None or hasattr(given, "items"):
        return {} if given is None else dict(given.items())
    findings.add("problem", "", name, f"a mapping of node_id to a number is wanted, not {type(given).__name__}")
    return {}


class FlowProblem:
    """A transport problem: who offers, who wants, and the links between them.

    The most tonnes possible are moved, then at the least cost. A node may offer and want at once (its own tonnes then
    need no link), links are directed, parallel and opposite links are ordinary, and so are nodes without any link.

    Parameters
    ----------
    nodes
        ``node_id``, ``supply_t``, ``demand_t``: tonnes offered and wanted a period, both ≥ 0. ``inf`` means no limit
        and is allowed on one side (supply or demand) of a problem. With a column ``period`` there is one row a node
        and period (a pair that is not listed offers and wants nothing); without it the row holds in every period.
    links
        ``link_id, from_node_id, to_node_id, capacity_t, cost_per_t`` and optionally ``lower_t``. ``capacity_t`` is
        tonnes a period, ``inf`` is no limit. A negative cost is allowed only with a finite capacity. With a column
        ``period`` there is one row a link and period, and a link is closed in the periods that do not list it.
    periods
        Labels of the periods in order. Default: those of the frames' ``period`` columns, sorted with numbers by their
        value (``Q9`` before ``Q10``; names of months need this argument), or one period.
    storage
        ``node_id, capacity_t, cost_per_t``: where tonnes may wait for the next period, how many, and the cost of
        keeping a tonne one period.
    calendar
        ``period, link_id`` and ``capacity_t`` or ``cost_per_t`` or both: exceptions to ``links``; an empty cell leaves
        the link's own value.
    shares
        Wanted share of all tonnes moved, by the ``node_id`` of a demand; 0 to 1, summing to at most 1. Demands that
        are not named share the rest freely. What cannot be met without moving less is met as nearly as possible
        (least sum of tonnes above the wanted ones) and is told in ``FlowResult.shares``.
    priorities
        Rank by ``node_id`` of a demand: those of rank 1 are filled first, then rank 2, …; demands not named come last.
    unserved_cost_per_t
        Cost of leaving a tonne of supply where it is. Default: none, so that whatever can move does. With a value, a
        tonne whose path costs more stays, and one whose path costs as much moves. It is a penalty, so it never enters
        ``FlowResult.cost``.

    Raises
    ------
    ProblemError
        If anything is wrong; ``.problems`` lists all of it.

    Examples
    --------
    >>> import pandas as pd
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
    >>> FlowProblem(nodes, links)
    <FlowProblem: 2 nodes, 1 link, 1 period, supply 5.5 t, demand 4 t>
    """

    def __init__(
        self,
        nodes: pd.DataFrame,
        links: pd.DataFrame,
        *,
        periods: Iterable[str] | None = None,
        storage: pd.DataFrame | None = None,
        calendar: pd.DataFrame | None = None,
        shares: Mapping[str, float] | None = None,
        priorities: Mapping[str, int] | None = None,
        unserved_cost_per_t: float | None = None,
    ) -> None:
        self.nodes = nodes
        self.links = links
        self.storage = storage
        self.calendar = calendar
        tables = {"nodes": nodes, "links": links, "storage": storage, "calendar": calendar}
        nodes, links, storage, calendar = plain_frames(tables, what="the flow problem", refusal=ProblemError)
        self.unserved_cost_per_t = None if unserved_cost_per_t is None else number(unserved_cost_per_t)
        findings = Findings()
        wishes = {
            name: _by_node(name, given, findings) for name, given in (("shares", shares), ("priorities", priorities))
        }
        self.multi_period = periods is not None or any(
            f is not None and "period" in f.columns for f in (nodes, links, calendar)
        )
        labels = period_labels(periods, [nodes, links, calendar], findings)
        parts: dict[str, Any] = {"periods": labels}
        parts |= read_nodes(nodes, labels, findings)
        index = parts["nodes"] if "node_id" in nodes.columns else None
        parts |= read_links(links, labels, index, findings)
        if calendar is not None:
            read_calendar(calendar, labels, parts, findings)
        parts |= read_storage(storage, index, findings)
        if index is not None:
            parts |= read_wishes(wishes, index, parts, findings)
        if not findings:
            check_limits(parts, findings)
        if self.unserved_cost_per_t is not None and not 0 <= self.unserved_cost_per_t < np.inf:
            findings.add("problem", "", "unserved_cost_per_t", f"{unserved_cost_per_t!r} is not a cost ≥ 0")
        if self.unserved_cost_per_t is not None and any(wishes.values()):
            text = "shares and priorities come after the tonnage, so leaving a tonne cannot have a cost beside them"
            findings.add("problem", "", "unserved_cost_per_t", text)
        if findings:
            raise ProblemError(findings.records, what="the flow problem")
        self.arrays = Arrays(**parts)
        self.memo: dict[Any, Any] = {}
        """What solvers found of the links and keep for the changed problems; it makes no difference to any plan."""

    @property
    def periods(self) -> tuple[str, ...]:
        """Labels of the periods in order; one period has the label ``""`` unless it was named."""
        return self.arrays.periods

    def change(
        self,
        *,
        supply_t: Mapping[str, float] | Floats | None = None,
        demand_t: Mapping[str, float] | Floats | None = None,
        capacity_t: Mapping[str, float] | Floats | None = None,
        cost_per_t: Mapping[str, float] | Floats | None = None,
        waiting_cost_per_t: Mapping[str, float] | Floats | None = None,
        close: Iterable[str] = (),
    ) -> FlowProblem:
        """Return the same problem with other tonnages, capacities or costs.

        ``nodes`` and ``links`` stay the frames first given.

        Parameters
        ----------
        supply_t, demand_t, capacity_t
            New values by identifier (dict or Series), the same in every period; or an array of all of them, (P, n) or (P, m).
        cost_per_t
            The same for the costs of links.
        waiting_cost_per_t
            New costs of keeping a tonne for a period, by ``node_id`` of a node with storage, or an array of all of them, (q).
        close
            Link or links that carry nothing in any period.

        Raises
        ------
        ProblemError
            If an identifier is unknown, a value is NaN, or one that must not be is negative or infinite.

        Examples
        --------
        >>> import pandas as pd
        >>> nodes = pd.DataFrame({"node_id": ["a", "b"], "supply_t": [5, 0], "demand_t": [0, 4]})
        >>> links = pd.DataFrame(
        ...     {"link_id": ["ab"], "from_node_id": ["a"], "to_node_id": ["b"], "capacity_t": [9], "cost_per_t": [1]}
        ... )
        >>> FlowProblem(nodes, links).change(supply_t={"a": 7.5})
        <FlowProblem: 2 nodes, 1 link, 1 period, supply 7.5 t, demand 4 t>
        """
        findings, a = Findings(), self.arrays
        closed = dict.fromkeys([close] if isinstance(close, str) else close, 0.0)
        parts: dict[str, Any] = {
            "supply": changed("nodes", "supply_t", a.nodes, a.supply, supply_t, findings),
            "demand": changed("nodes", "demand_t", a.nodes, a.demand, demand_t, findings),
            "capacity": changed("links", "capacity_t", a.links, a.capacity, capacity_t, findings),
        }
        parts["capacity"] = changed("links", "capacity_t", a.links, parts["capacity"], closed or None, findings)
        if cost_per_t is not None:
            parts["cost"] = changed("links", "cost_per_t", a.links, a.cost, cost_per_t, findings, cost=True)
        if waiting_cost_per_t is not None:
            waiting = changed(
                "storage", "cost_per_t", a.nodes[a.store], a.store_cost[None], waiting_cost_per_t, findings
            )
            parts["store_cost"] = waiting[0]
            for i in np.flatnonzero(np.isinf(waiting[0])):
                findings.add("storage", str(a.nodes[a.store[i]]), "cost_per_t", "it must be finite")
        if not findings:
            check_limits({**{k: getattr(a, k) for k in ("nodes", "links", "cost", "lower")}, **parts}, findings)
        if findings:
            raise ProblemError(findings.records, what="the changed flow problem")
        other = copy(self)
        other.arrays = replace(a, **parts)
        return other

    def __repr__(self) -> str:
        a = self.arrays
        counts = ", ".join(
            f"{k} {w}{'' if k == 1 else 's'}"
            for k, w in ((len(a.nodes), "node"), (len(a.links), "link"), (len(a.periods), "period"))
        )
        return f"<FlowProblem: {counts}, supply {a.supply.sum():g} t, demand {a.demand.sum():g} t>"
