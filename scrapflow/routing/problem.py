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
import pandas as pd

from scrapflow.errors import Findings, ProblemError
from scrapflow.routing.frames import (
    by_period,
    ids_of,
    label_positions,
    number,
    numbers,
    period_labels,
    positions,
    refuse_others,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_MOST = 1e250
"""Largest sum of tonnes, and of tonnes times cost: far enough from the end of float64 for all that follows."""


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
        tables = {"nodes": nodes, "links": links, "storage": storage, "calendar": calendar}
        refuse_others(tables, what="the flow problem")
        self.nodes = nodes
        self.links = links
        self.storage = storage
        self.calendar = calendar
        self.unserved_cost_per_t = None if unserved_cost_per_t is None else number(unserved_cost_per_t)
        wishes = {"shares": dict(() if shares is None else shares)}
        wishes["priorities"] = dict(() if priorities is None else priorities)
        findings = Findings()
        self.multi_period = periods is not None or any(
            f is not None and "period" in f.columns for f in (nodes, links, calendar)
        )
        labels = period_labels(periods, [nodes, links, calendar], findings)
        parts: dict[str, Any] = {"periods": labels}
        parts |= _read_nodes(nodes, labels, findings)
        index = parts["nodes"] if "node_id" in nodes.columns else None
        parts |= _read_links(links, labels, index, findings)
        if calendar is not None:
            _read_calendar(calendar, labels, parts, findings)
        parts |= _read_storage(storage, index, findings)
        if index is not None:
            parts |= _read_wishes(wishes, index, parts, findings)
        if not findings:
            _check_limits(parts, findings)
        if self.unserved_cost_per_t is not None and not 0 <= self.unserved_cost_per_t < np.inf:
            findings.add("problem", "", "unserved_cost_per_t", f"{unserved_cost_per_t!r} is not a cost ≥ 0")
        if self.unserved_cost_per_t is not None and any(wishes.values()):
            text = "shares and priorities come after the tonnage, so leaving a tonne cannot have a cost beside them"
            findings.add("problem", "", "unserved_cost_per_t", text)
        if findings:
            raise ProblemError(findings.records, what="the flow problem")
        self.arrays = Arrays(**parts)

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
            "supply": _changed("nodes", "supply_t", a.nodes, a.supply, supply_t, findings),
            "demand": _changed("nodes", "demand_t", a.nodes, a.demand, demand_t, findings),
            "capacity": _changed("links", "capacity_t", a.links, a.capacity, capacity_t, findings),
        }
        parts["capacity"] = _changed("links", "capacity_t", a.links, parts["capacity"], closed or None, findings)
        if cost_per_t is not None:
            parts["cost"] = _changed("links", "cost_per_t", a.links, a.cost, cost_per_t, findings, cost=True)
        if waiting_cost_per_t is not None:
            waiting = _changed(
                "storage", "cost_per_t", a.nodes[a.store], a.store_cost[None], waiting_cost_per_t, findings
            )
            parts["store_cost"] = waiting[0]
            for i in np.flatnonzero(np.isinf(waiting[0])):
                findings.add("storage", str(a.nodes[a.store[i]]), "cost_per_t", "it must be finite")
        if not findings:
            _check_limits({**{k: getattr(a, k) for k in ("nodes", "links", "cost", "lower")}, **parts}, findings)
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


def _changed(
    table: str,
    column: str,
    ids: pd.Index,
    old: Floats,
    new: Mapping[str, float] | Floats | None,
    findings: Findings,
    *,
    cost: bool = False,
) -> Floats:
    """Return an array with new values, by identifier or all of them; costs of links may be below zero and are finite."""
    if new is None:
        return old
    if isinstance(new, np.ndarray):
        value = np.asarray(new, dtype=np.float64).reshape(old.shape)
    else:
        by_id, value = dict(new), old.copy()
        at = ids.get_indexer(pd.Index(list(by_id), dtype=object))
        for key in (k for k, i in zip(by_id, at, strict=True) if i < 0):
            findings.add(table, str(key), column, f"unknown {table[:-1]}")
        value[:, at[at >= 0]] = np.array([number(v) for v in by_id.values()])[at >= 0]
    right, fault = (
        (np.isfinite(value), "no number, NaN or infinite") if cost else (value >= 0, "no number, NaN or negative")
    )
    for i in np.flatnonzero(~right.all(axis=0)):
        findings.add(table, str(ids[int(i)]), column, fault)
    return value


def _read_nodes(nodes: pd.DataFrame, labels: tuple[str, ...], findings: Findings) -> dict[str, Any]:
    """Return node ids, their index, and supply and demand by period."""
    values = {c: numbers("nodes", nodes, c, "node_id", findings, least=0.0) for c in ("supply_t", "demand_t")}
    ids, rows = ids_of("nodes", nodes, "node_id", findings)
    spread = by_period("nodes", nodes, "node_id", labels, rows, len(ids), values, findings)
    return {
        "nodes": ids,
        "supply": spread["supply_t"],
        "demand": spread["demand_t"],
    }


def _read_links(
    links: pd.DataFrame, labels: tuple[str, ...], index: pd.Index | None, findings: Findings
) -> dict[str, Any]:
    """Return link ids, their ends, and capacity, cost and lower bound by period."""
    values = {
        "capacity_t": numbers("links", links, "capacity_t", "link_id", findings, least=0.0),
        "cost_per_t": numbers("links", links, "cost_per_t", "link_id", findings, finite=True),
    }
    if "lower_t" in links.columns:
        values["lower_t"] = numbers("links", links, "lower_t", "link_id", findings, least=0.0, finite=True)
    ids, rows = ids_of("links", links, "link_id", findings)
    ends = [positions("links", links, c, "link_id", index, findings) for c in ("from_node_id", "to_node_id")]
    spread = by_period("links", links, "link_id", labels, rows, len(ids), values, findings)
    tail, head = (np.zeros(len(ids), dtype=np.int64) for _ in range(2))
    if len(ids) == len(links):
        tail, head = ends
    elif len(rows) == len(links) and "period" in links.columns:
        for end, at, column in ((tail, ends[0], "from_node_id"), (head, ends[1], "to_node_id")):
            end[rows[::-1]] = at[::-1]
            for r in np.flatnonzero(end[rows] != at):
                findings.add("links", str(ids[rows[r]]), column, "differs from one period to another")
    return {
        "links": ids,
        "tail": tail,
        "head": head,
        "capacity": spread["capacity_t"],
        "cost": spread["cost_per_t"],
        "lower": spread.get("lower_t", np.zeros_like(spread["capacity_t"])),
    }


def _read_calendar(calendar: pd.DataFrame, labels: tuple[str, ...], parts: dict[str, Any], findings: Findings) -> None:
    """Put the exceptions of ``calendar`` into the arrays."""
    at = positions("calendar", calendar, "link_id", "link_id", parts["links"], findings, what="link")
    when = label_positions("calendar", calendar, "period", "link_id", labels, findings)
    pairs = pd.Series(when * max(1, len(parts["links"])) + at)
    again = np.flatnonzero(pairs.duplicated().to_numpy() & (at >= 0) & (when >= 0))
    names = calendar["link_id"] if "link_id" in calendar.columns else None
    findings.add_rows("calendar", names, again, "period", "the same link and period twice")
    for column, name, least in (("capacity_t", "capacity", 0.0), ("cost_per_t", "cost", None)):
        if column not in calendar.columns:
            continue
        given = calendar[column].notna().to_numpy()
        value = numbers("calendar", calendar[given], column, "link_id", findings, least=least, finite=name == "cost")
        if not findings:
            parts[name] = parts[name].copy()
            parts[name][when[given], at[given]] = value


def _read_storage(storage: pd.DataFrame | None, index: pd.Index | None, findings: Findings) -> dict[str, Any]:
    """Return where tonnes may wait, how many and at what cost."""
    if storage is None:
        nothing = np.zeros(0)
        return {"store": np.zeros(0, dtype=np.int64), "store_capacity": nothing, "store_cost": nothing}
    capacity = numbers("storage", storage, "capacity_t", "node_id", findings, least=0.0)
    cost = numbers("storage", storage, "cost_per_t", "node_id", findings, least=0.0, finite=True)
    ids, _ = ids_of("storage", storage, "node_id", findings, unique=True)
    at = positions("storage", storage, "node_id", "node_id", index, findings)
    return {"store": at[: len(ids)], "store_capacity": capacity, "store_cost": cost}


def _read_wishes(
    wishes: dict[str, dict[Any, Any]], index: pd.Index, parts: dict[str, Any], findings: Findings
) -> dict[str, Any]:
    """Return the wanted shares and the ranks of the demands as arrays."""
    shares, ranks = ({node: number(v) for node, v in wishes[name].items()} for name in ("shares", "priorities"))
    for name, wish in (("shares", shares), ("priorities", ranks)):
        for node in wish:
            if node not in index:
                findings.add(name, str(node), "node_id", "no such node")
            elif index.is_unique and not parts["demand"][:, index.get_loc(node)].any():
                findings.add(name, str(node), "node_id", "this node wants nothing in any period")
    _check_wishes(shares, ranks, wishes, findings)
    share: Floats | None = None
    rank: Ints | None = None
    if shares and not findings:
        share = np.full(len(index), np.nan)
        share[index.get_indexer(pd.Index(list(shares)))] = list(shares.values())
    if ranks and not findings:
        known = np.unique(np.array(list(ranks.values()), dtype=np.float64), return_inverse=True)[1]
        rank = np.full(len(index), int(known.max()) + 1, dtype=np.int64)
        rank[index.get_indexer(pd.Index(list(ranks)))] = known
    return {"share": share, "priority": rank}


def _check_wishes(
    shares: dict[Any, float], ranks: dict[Any, float], wishes: dict[str, dict[Any, Any]], findings: Findings
) -> None:
    """Find shares and ranks that are none, and sums above one."""
    if shares and ranks:
        findings.add("problem", "", "shares", "give shares or priorities, not both")
    for node, value in shares.items():
        if not 0 <= value <= 1:
            findings.add("shares", str(node), "share", f"{wishes['shares'][node]!r} is not between 0 and 1")
    if sum(shares.values()) > 1 + 1e-9:
        findings.add("shares", "", "share", "the shares sum to more than 1")
    for node, value in ranks.items():
        if not np.isfinite(value):
            findings.add("priorities", str(node), "priority", f"{wishes['priorities'][node]!r} is no rank")


def _check_limits(parts: dict[str, Any], findings: Findings) -> None:
    """Find what is wrong only in combination: bounds that cross, and sums without end."""
    ids, capacity, cost, lower = (parts[k] for k in ("links", "capacity", "cost", "lower"))
    for e in np.flatnonzero((lower > capacity).any(axis=0)):
        findings.add("links", str(ids[e]), "lower_t", "the lower bound is above the capacity")
    for e in np.flatnonzero(((cost < 0) & np.isinf(capacity)).any(axis=0)):
        findings.add(
            "links", str(ids[e]), "cost_per_t", "a negative cost needs a finite capacity, else the cost has no end"
        )
    supply, demand = parts["supply"], parts["demand"]
    if np.isinf(supply).any() and np.isinf(demand).any():
        where = parts["nodes"][np.flatnonzero(np.isinf(supply).any(axis=0))[0]]
        findings.add(
            "nodes",
            str(where),
            "supply_t",
            "supply and demand are both without limit, so the tonnage has no end: give one side a number, such as the "
            "sum of the capacities",
        )
    tonnes = 1.0
    for table, name, value in (
        ("nodes", "supply_t", supply),
        ("nodes", "demand_t", demand),
        ("links", "lower_t", lower),
    ):
        with np.errstate(over="ignore"):
            total = float(value[np.isfinite(value)].sum())
        tonnes = max(tonnes, min(total, _MOST))
        if total > _MOST:
            findings.add(table, "", name, f"overflow: the sum of tonnes is above {_MOST:g}")
    if np.abs(cost).max(initial=0.0) > _MOST / tonnes:
        findings.add("links", "", "cost_per_t", f"overflow: the highest cost times all tonnes is above {_MOST:g}")
