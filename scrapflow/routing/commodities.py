"""Several commodities on one network: what they share, what each costs, and where each goes."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.errors import Findings, ProblemError
from scrapflow.given_frames import plain_frames
from scrapflow.routing.column_generation import Generator
from scrapflow.routing.decompose import decompose
from scrapflow.routing.frames import (
    in_order,
    label_positions,
    labels_of,
    numbers,
    period_labels,
    positions,
)
from scrapflow.routing.path_set import PathSet
from scrapflow.routing.problem import FlowProblem
from scrapflow.routing.result import Status, Termination
from scrapflow.routing.solution import LimitError
from scrapflow.routing.solve import solve
from scrapflow.routing.time_expansion import Net, expand

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.routing.result import FlowResult

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


class CommodityProblem:
    """A flow problem in which several commodities share links, storage and demands.

    Parameters
    ----------
    supplies
        ``node_id, commodity, supply_t`` and, with several periods, ``period``. One row each.
    nodes
        ``node_id, demand_t`` (of any commodity) and optionally ``period``, as for :class:`FlowProblem`; a column
        ``supply_t`` is not used.
    links
        As for :class:`FlowProblem`: ``capacity_t`` is shared by all commodities; no lower bounds.
    costs
        ``link_id, commodity, cost_per_t``: where a commodity costs something else than ``links`` says. Default:
        nowhere.
    periods, storage, calendar
        As for :class:`FlowProblem`; storage is shared too and costs all the same.

    Raises
    ------
    ProblemError
        If anything is wrong; ``.problems`` lists all that could be found.

    Examples
    --------
    >>> import pandas as pd
    >>> nodes = pd.DataFrame({"node_id": ["yard", "mill"], "demand_t": [0, 9]})
    >>> links = pd.DataFrame(
    ...     {
    ...         "link_id": ["rail", "road"],
    ...         "from_node_id": "yard",
    ...         "to_node_id": "mill",
    ...         "capacity_t": [4, 9],
    ...         "cost_per_t": [1, 3],
    ...     }
    ... )
    >>> supplies = pd.DataFrame({"node_id": ["yard", "yard"], "commodity": ["scrap", "machinery"], "supply_t": [3, 3]})
    >>> costs = pd.DataFrame({"link_id": ["road"], "commodity": ["machinery"], "cost_per_t": [8]})
    >>> result = solve_commodities(CommodityProblem(supplies, nodes, links, costs=costs))
    >>> round(result.cost, 9)
    10.0
    """

    def __init__(
        self,
        supplies: pd.DataFrame,
        nodes: pd.DataFrame,
        links: pd.DataFrame,
        *,
        costs: pd.DataFrame | None = None,
        periods: list[str] | None = None,
        storage: pd.DataFrame | None = None,
        calendar: pd.DataFrame | None = None,
    ) -> None:
        tables = {"supplies": supplies, "nodes": nodes, "links": links, "costs": costs}
        supplies, nodes, links, costs = plain_frames(tables, what="the commodity problem", refusal=ProblemError)
        if periods is None and "period" in supplies.columns:
            periods = list(period_labels(None, [supplies, nodes, links, calendar], Findings()))
        self.base = FlowProblem(nodes.assign(supply_t=0.0), links, periods=periods, storage=storage, calendar=calendar)
        a, findings = self.base.arrays, Findings()
        if a.lower.any() or (a.cost < 0).any():
            findings.add("links", "", "lower_t", "commodities take no lower bounds and no negative costs")
        if "commodity" not in supplies.columns:
            findings.add("supplies", "", "commodity", "the column is missing")
            raise ProblemError(findings.records, what="the commodity problem")
        self.commodities = in_order(label for label in labels_of(supplies["commodity"].unique()) if label is not None)
        self.supply = self._read_supplies(supplies, findings)
        self.cost = self._read_costs(costs, findings)
        if findings:
            raise ProblemError(findings.records, what="the commodity problem")

    def _read_supplies(self, supplies: pd.DataFrame, findings: Findings) -> Floats:
        """Return (K, P, n) tonnes offered."""
        a = self.base.arrays
        value = numbers("supplies", supplies, "supply_t", "node_id", findings, least=0.0, finite=True)
        at = positions("supplies", supplies, "node_id", "node_id", a.nodes, findings)
        kind = label_positions("supplies", supplies, "commodity", "node_id", self.commodities, findings)
        full = np.zeros((len(self.commodities), *a.supply.shape))
        if "period" not in supplies.columns:
            pair = kind * (len(a.nodes) + 1) + at
            target: Any = (kind, slice(None), at)
            value = np.repeat(value[:, None], len(a.periods), axis=1)
        else:
            when = label_positions("supplies", supplies, "period", "node_id", a.periods, findings)
            pair = (kind * len(a.periods) + when) * (len(a.nodes) + 1) + at
            target = (kind, when, at)
        twice = np.flatnonzero(pd.Series(pair).duplicated().to_numpy() & (at >= 0) & (kind >= 0))
        findings.add_rows("supplies", supplies.get("node_id"), twice, "commodity", "the same node and commodity twice")
        if not findings:
            full[target] = value
        return full

    def _read_costs(self, costs: pd.DataFrame | None, findings: Findings) -> Floats:
        """Return (K, P, m) costs of a tonne."""
        a = self.base.arrays
        full = np.tile(a.cost, (len(self.commodities), 1, 1))
        if costs is None:
            return full
        value = numbers("costs", costs, "cost_per_t", "link_id", findings, least=0.0, finite=True)
        at = positions("costs", costs, "link_id", "link_id", a.links, findings, what="link")
        kind = label_positions("costs", costs, "commodity", "link_id", self.commodities, findings)
        twice = np.flatnonzero(
            pd.Series(kind * (len(a.links) + 1) + at).duplicated().to_numpy() & (at >= 0) & (kind >= 0)
        )
        findings.add_rows("costs", costs.get("link_id"), twice, "commodity", "the same link and commodity twice")
        if not findings:
            full[kind, :, at] = value[:, None]
        return full

    @property
    def same_costs(self) -> bool:
        """Whether all commodities cost the same everywhere."""
        return bool((self.cost == self.cost[:1]).all())

    def __repr__(self) -> str:
        return f"<CommodityProblem: {', '.join(self.commodities)}; supply {self.supply.sum():g} t; {self.base!r}>"


class CommodityResult:
    """The plan that moves the most tonnes of all commodities together at the least cost.

    Attributes
    ----------
    status, termination, cost, moved_t, served
        As in :class:`~scrapflow.routing.result.FlowResult`.
    method
        ``"mixing"`` where all commodities cost the same: the total is routed, and at every node what leaves is mixed
        as what is there. ``"columns"`` where costs differ: a multi-commodity plan by column generation.
    """

    def __init__(
        self, problem: CommodityProblem, total: FlowResult, flow: Floats | None, left: Floats, method: str
    ) -> None:
        self.problem = problem
        self.total = total
        self.method = method
        self._flow, self._left = flow, left
        ok = flow is not None and total.status is Status.OPTIMAL
        self.status = Status.OPTIMAL if ok else Status.FAILED
        self.termination = total.termination if flow is not None else Termination.LIMIT
        self.moved_t = float(problem.supply.sum() - left.sum()) if ok else 0.0
        self.served = ok and total.served
        self.cost = float("nan")
        if flow is not None:
            self.cost = float((flow * _arc_costs(problem)).sum())

    @cached_property
    def flows(self) -> pd.DataFrame:
        """``commodity, link_id, tonnage_t`` of every commodity and link, ``period`` first if there are several."""
        a, names = self.problem.base.arrays, self.problem.commodities
        flow = np.zeros((0, 0)) if self._flow is None else self._flow[:, : a.capacity.size]
        shape = (len(flow), len(a.periods), len(a.links))
        k, p, e = (i.ravel() for i in np.indices(shape)) if len(flow) else (np.zeros(0, dtype=int),) * 3
        return self._frame(
            p, {"commodity": _names(names, k), "link_id": a.links.array.take(e), "tonnage_t": flow.ravel()}
        )

    @cached_property
    def unserved(self) -> pd.DataFrame:
        """``commodity, node_id, tonnage_t`` of what was not moved; ``total.unserved`` has the reasons."""
        a, names = self.problem.base.arrays, self.problem.commodities
        k, v = np.nonzero(self._left > 1e-12 * float(self.problem.supply.sum()))
        n = max(1, len(a.nodes))
        columns = {
            "commodity": _names(names, k),
            "node_id": a.nodes.array.take(v % n),
            "tonnage_t": self._left[k, v],
        }
        return self._frame(v // n, columns)

    def _frame(self, when: Ints, columns: dict[str, Any]) -> pd.DataFrame:
        base = self.problem.base
        if not base.multi_period:
            return pd.DataFrame(columns)
        return pd.DataFrame({"period": _names(base.periods, when), **columns})

    def __repr__(self) -> str:
        return f"<CommodityResult: {self.status}, {self.moved_t:g} t moved at cost {self.cost:g} by {self.method}>"


def solve_commodities(problem: CommodityProblem) -> CommodityResult:
    """Move the most tonnes of all commodities together, then at the least cost.

    Every commodity may use every link and go to every demand, so the most tonnes are those of a single commodity with
    the same totals.

    Parameters
    ----------
    problem
        Supplies by commodity, and the network they share.
    """
    weight = problem.supply.sum(axis=(1, 2))
    share = weight / weight.sum() if weight.sum() else np.full(len(weight), 1.0 / max(1, len(weight)))
    mean = np.tensordot(share, problem.cost, axes=1) if len(share) else problem.base.arrays.cost
    joint = problem.base.change(supply_t=problem.supply.sum(axis=0) if len(share) else None)
    alike = problem.same_costs and len(share)
    joint.arrays = replace(joint.arrays, cost=problem.cost[0] if alike else mean)
    total = solve(joint, ties="any")
    net = expand(joint.arrays)
    supply = problem.supply.reshape(len(problem.commodities), net.size)
    if problem.same_costs or not total.moved_t:
        flow, left = _mix(net, total, supply)
        return CommodityResult(problem, total, flow, left, "mixing")
    toll, gate = _first_prices(net, total)
    first = _first_paths(net, total, supply)
    generator = Generator(net, supply, _arc_costs(problem), total.moved_t, first, toll, gate)
    generator.limit(np.flatnonzero(total.plan.full))
    try:
        moved, flow = generator.run()
    except LimitError:
        return CommodityResult(problem, total, None, np.zeros_like(supply), "columns")
    return CommodityResult(problem, total, flow, np.maximum(0.0, supply - moved), "columns")


def _arc_costs(problem: CommodityProblem) -> Floats:
    """Return (K, A) costs on the arcs of the time-expanded network."""
    a = problem.base.arrays
    stored = np.tile(a.store_cost, len(a.periods) - 1) if len(a.store) else np.zeros(0)
    count = len(problem.commodities)
    return np.hstack([problem.cost.reshape(count, a.cost.size), np.tile(stored, (count, 1))])


def _names(labels: tuple[str, ...], at: Ints) -> pd.api.extensions.ExtensionArray:
    """Return labels by position."""
    return pd.array(np.array(labels, dtype=object), dtype="str").take(at)


def _first_prices(net: Net, total: FlowResult) -> tuple[Floats, Floats]:
    """Return the joint plan's prices of arcs and demands: where the commodities' own will be near."""
    prices = total.prices()
    level = prices.potential
    gap = prices.cost + level[net.tail] - level[net.head]
    toll = np.where(total.plan.full, np.maximum(0, -gap), 0) / prices.unit
    return toll, np.maximum(0, prices.demand - level) / prices.unit


def _first_paths(net: Net, total: FlowResult, supply: Floats) -> PathSet:
    """Return the paths of the joint plan for every commodity that starts there, each supply's busiest first."""
    grain = total.plan.grain
    noise = 0.5 + total.tonnage_error_t * grain
    paths = decompose(net.size, net.tail, net.head, np.rint(total.plan.flow * grain), noise)
    ways: list[list[tuple[float, int, tuple[int, ...]]]] = [[] for _ in range(net.size)]
    for node, end, units, links in zip(paths.origin, paths.destination, paths.tonnage, paths.links, strict=True):
        ways[node].append((-units, end, links))
    offered, left = supply.sum(axis=0), total.plan.left
    for node in np.flatnonzero(offered > 0).tolist():
        sent = -sum(way[0] for way in ways[node]) / grain
        own = offered[node] - left[node] - sent
        if net.demand[node] > 0 and own > noise / grain:
            ways[node].append((-own * grain, node, ()))
        if left[node] > 0 or not ways[node] or total.plan.left.any():
            ways[node].append((-left[node] * grain, -1, ()))
        ways[node].sort()
    origin, end_of, start, arcs = list[int](), list[int](), [0], list[int]()
    for k, node in zip(*(i.tolist() for i in np.nonzero(supply > 0)), strict=True):
        for _, end, links in ways[node]:
            origin.append(k * net.size + node)
            end_of.append(end)
            arcs.extend(links)
            start.append(len(arcs))
    return PathSet(*(np.array(v, dtype=np.int64) for v in (origin, end_of, start, arcs)))


def _mix(net: Net, total: FlowResult, supply: Floats) -> tuple[Floats, Floats]:
    """Return flows and left tonnes by commodity when all that leaves a node is mixed as what is there."""
    flow, left = total.plan.flow, total.plan.left
    held = supply.copy()
    mixed = np.zeros((len(supply), len(flow)))
    live = np.flatnonzero(flow > 0)
    waiting = np.bincount(net.head[live], minlength=net.size)
    leaving = live[np.argsort(net.tail[live], kind="stable")]
    edges = np.searchsorted(net.tail[leaving], np.arange(net.size + 1))
    queue = np.flatnonzero(waiting == 0).tolist()
    for node in queue:
        here = held[:, node].sum()
        part = held[:, node] / here if here > 0 else np.zeros(len(supply))
        for e in leaving[edges[node] : edges[node + 1]].tolist():
            mixed[:, e] = part * flow[e]
            to = net.head[e]
            held[:, to] += mixed[:, e]
            waiting[to] -= 1
            if waiting[to] == 0:
                queue.append(int(to))
    everything = held.sum(axis=0)
    return mixed, np.divide(held, everything, out=np.zeros_like(held), where=everything > 0) * left
