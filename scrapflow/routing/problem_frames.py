"""The frames of a flow problem as arrays, and what is wrong with them; other values for a problem that stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.routing.frames import by_period, ids_of, label_positions, number, numbers, positions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from scrapflow.errors import Findings

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_MOST = 1e250
"""Largest sum of tonnes, and of tonnes times cost: far enough from the end of float64 for all that follows."""


def changed(
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
        if new.size != old.size or new.dtype.kind not in "fiub":
            findings.add(table, "", column, f"an array of {old.size} numbers is wanted")
            return old
        value = np.asarray(new, dtype=np.float64).reshape(old.shape)
    elif not hasattr(new, "items"):
        findings.add(table, "", column, f"values by identifier or an array of all are wanted, not {type(new).__name__}")
        return old
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


def read_nodes(nodes: pd.DataFrame, labels: tuple[str, ...], findings: Findings) -> dict[str, Any]:
    """Return node ids, their index, and supply and demand by period."""
    values = {c: numbers("nodes", nodes, c, "node_id", findings, least=0.0) for c in ("supply_t", "demand_t")}
    ids, rows = ids_of("nodes", nodes, "node_id", findings)
    spread = by_period("nodes", nodes, "node_id", labels, rows, len(ids), values, findings)
    return {
        "nodes": ids,
        "supply": spread["supply_t"],
        "demand": spread["demand_t"],
    }


def read_links(
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


def read_calendar(calendar: pd.DataFrame, labels: tuple[str, ...], parts: dict[str, Any], findings: Findings) -> None:
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


def read_storage(storage: pd.DataFrame | None, index: pd.Index | None, findings: Findings) -> dict[str, Any]:
    """Return where tonnes may wait, how many and at what cost."""
    if storage is None:
        nothing = np.zeros(0)
        return {"store": np.zeros(0, dtype=np.int64), "store_capacity": nothing, "store_cost": nothing}
    capacity = numbers("storage", storage, "capacity_t", "node_id", findings, least=0.0)
    cost = numbers("storage", storage, "cost_per_t", "node_id", findings, least=0.0, finite=True)
    ids, _ = ids_of("storage", storage, "node_id", findings, unique=True)
    at = positions("storage", storage, "node_id", "node_id", index, findings)
    return {"store": at[: len(ids)], "store_capacity": capacity, "store_cost": cost}


def read_wishes(
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


def check_limits(parts: dict[str, Any], findings: Findings) -> None:
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
