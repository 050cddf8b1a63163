"""What a solve found, told in rows: flows, what was not moved and why, stocks, shadow prices, paths."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.given import checked
from scrapflow.routing.decompose import decompose
from scrapflow.routing.duals import Duals, shadow_prices
from scrapflow.routing.lemon import prices_of
from scrapflow.routing.linear_sums import bounds
from scrapflow.routing.myopic import Part
from scrapflow.routing.reasons import explain
from scrapflow.routing.trips import Trip, options_of, trips_of
from scrapflow.routing.unique_plan import is_unique
from scrapflow.routing.wishes import shares_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.routing.problem import FlowProblem
    from scrapflow.routing.solution import Prices, Solution
    from scrapflow.routing.time_expansion import Net

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_OPTION = ["part", "column", "way", "period", "origin", "destination", "links"]


class Status(StrEnum):
    """Whether there is a plan."""

    OPTIMAL = "optimal"
    FAILED = "failed"


class Termination(StrEnum):
    """Why the solver stopped."""

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    """Lower bounds of links cannot be met; ``FlowResult.conflict`` names the links of the cut."""
    LIMIT = "limit"
    """A limit of time or iterations was reached before the optimum was proven."""


class FlowResult:
    """The plan that moves the most tonnes at the least cost, or the reason why there is none.

    Frames are made on first access. They have exactly the columns named here; where the problem names its periods (a
    column ``period`` or the argument ``periods``) the column ``period`` comes first.

    Attributes
    ----------
    status, termination
        Whether there is a plan and why the solver stopped.
    cost
        Σ tonnes × cost of links (and of storage), in float64, without any penalty; NaN if the solve failed.
    moved_t
        Tonnes moved from supply to demand.
    served
        True when min(total supply, total demand) was moved.
    tonnage_error_t, cost_error
        What rounding to integers may have done, at most: to any tonnage, and to the cost of a tonne's path. 0.0 =
        exact.
    """

    def __init__(
        self,
        problem: FlowProblem,
        net: Net,
        solution: Solution | None,
        status: Status,
        termination: Termination,
        *,
        cut: NDArray[np.bool_] | None = None,
        parts: list[Part] | None = None,
    ) -> None:
        self.problem = problem
        self.status = status
        self.termination = termination
        self._net = net
        self._solution = solution
        self._cut = cut
        self._parts = parts or ([] if solution is None else [Part(net, solution)])
        self.cost = float("nan")
        self.moved_t = 0.0
        self.served = False
        self.tonnage_error_t = self.cost_error = 0.0
        if solution is not None:
            self.cost = float((solution.flow * net.cost).sum())
            self.moved_t = solution.moved_t
            more = solution.left.any() or np.isinf(problem.arrays.supply).any()
            room = solution.short.any() or np.isinf(problem.arrays.demand).any()
            self.served = not (more and room)
            self.tonnage_error_t, self.cost_error = solution.tolerance_t, solution.cost_error

    @property
    def plan(self) -> Solution:
        """The solved network behind the frames; for code in this package."""
        if self._solution is None:
            text = f"there is no plan: the solve ended as {self.termination}"
            raise ValueError(text)
        return self._solution

    def again(self, net: Net, nodes: int, penalty: float | None) -> Part | None:
        """Return the plan for other tonnes on the same network by the prices of this one, if they hold; for code in this package."""
        return self._parts[0].again(net, nodes, penalty) if len(self._parts) == 1 else None

    def prices(self) -> Prices:
        """Return the potentials of the plan with full foresight; for code in this package."""
        return prices_of(self._net, self.plan, self.problem.unserved_cost_per_t)

    @cached_property
    def flows(self) -> pd.DataFrame:
        """``link_id, tonnage_t`` of every link in input order, by period."""
        if self._solution is None:
            return self._by_period(np.zeros(0, dtype=np.int64), {"link_id": [], "tonnage_t": np.zeros(0)})
        a = self.problem.arrays
        m, links = len(a.links), self._net.links
        ids: Any = a.links.array
        if len(a.periods) > 1:
            ids = ids.take(np.tile(np.arange(m), len(a.periods)))
        columns = {"link_id": ids, "tonnage_t": self._solution.flow[:links]}
        return self._by_period(np.arange(links) // max(1, m), columns)

    @cached_property
    def unserved(self) -> pd.DataFrame:
        """``node_id, side, tonnage_t, reason, links``: what was not moved (side supply) or not received (demand).

        ``links`` is a tuple of the links of the cut where ``reason`` is ``capacity``, else empty; a yard whose
        storage is part of the cut appears as ``storage:NODE_ID``.
        """
        rows: list[tuple[int, str, float, str, tuple[str, ...]]] = []
        if self._solution is not None:
            rows = [*self._rest("supply"), *self._rest("demand")]
        n = max(1, len(self.problem.arrays.nodes))
        rows.sort(key=lambda row: row[0] // n)
        node = np.array([row[0] for row in rows], dtype=np.int64)
        links = np.empty(len(rows), dtype=object)
        links[:] = [row[4] for row in rows]
        columns = {
            "node_id": self.problem.arrays.nodes.array.take(node % n),
            "side": pd.array([row[1] for row in rows], dtype="str"),
            "tonnage_t": np.array([row[2] for row in rows], dtype=np.float64),
            "reason": pd.array([row[3] for row in rows], dtype="str"),
            "links": links,
        }
        return self._by_period(node // n, columns)

    def _rest(self, side: str) -> list[tuple[int, str, float, str, tuple[str, ...]]]:
        """Return node of the time-expanded network, side, tonnes, reason and links of what is left on one side."""
        a, rows, first = self.problem.arrays, [], 0
        rest = self.plan.left if side == "supply" else self.plan.short
        endless = np.isinf((a.supply if side == "supply" else a.demand).ravel())
        for part in self._parts if rest.any() else ():
            nodes, reasons, cuts = explain(part.net, part.solution, side)
            for v, reason, cut in zip((nodes + first).tolist(), reasons, cuts, strict=True):
                if rest[v] > 0 and not endless[v]:
                    rows.append((v, side, float(rest[v]), str(reason), self._arc_names(cut)))
            first += part.net.size
        return rows

    @cached_property
    def stocks(self) -> pd.DataFrame:
        """``period, node_id, tonnage_t``: what a node with storage keeps at the end of a period for a later one."""
        a = self.problem.arrays
        q, n = len(a.store), len(a.periods)
        kept = np.zeros((n, q))
        if self._solution is not None and n > 1 and q:
            kept[:-1] = self._solution.flow[self._net.links : self._net.links + (n - 1) * q].reshape(n - 1, q)
        return pd.DataFrame(
            {
                "period": pd.array(np.repeat(np.array(a.periods, dtype=object), q), dtype="str"),
                "node_id": np.tile(a.node_ids[a.store], n),
                "tonnage_t": kept.ravel(),
            }
        )

    @cached_property
    def duals(self) -> pd.DataFrame:
        """``item, kind, shadow_price`` ≥ 0 of every link, demand, supply and storage (which are the kinds).

        The shadow price is the cost that one more tonne of capacity, demand or supply would save at the same tonnage
        served. It is 0 for whatever is not used up. Storage is what a node may keep from a period to the next; it has
        rows only where periods were solved together.
        """
        return self._priced(self._duals.link, self._duals.demand, self._duals.supply, "shadow_price")

    @cached_property
    def tonnage_duals(self) -> pd.DataFrame:
        """``item, kind, tonnage_t``: tonnes that one more tonne of each row of ``duals`` would let move."""
        return self._priced(self._duals.link_t, self._duals.demand_t, self._duals.supply_t, "tonnage_t")

    @cached_property
    def _duals(self) -> Duals:
        """Prices by arc and node of the time-expanded network."""
        each = [_part_duals(q) for q in self._parts]
        if len(each) == 1:
            return each[0]
        names = ("link", "supply", "demand", "link_t", "supply_t", "demand_t")
        return Duals(*(np.concatenate([getattr(d, k) for d in each] or [np.zeros(0)]) for k in names))

    def _priced(self, link: Floats, demand: Floats, supply: Floats, column: str) -> pd.DataFrame:
        """Return prices of links, demands, supplies and storage as rows, period by period."""
        a, net = self.problem.arrays, self._net
        m, n, q = max(1, len(a.links)), max(1, len(a.nodes)), max(1, len(a.store))
        none = np.zeros(0, dtype=np.int64)
        links = supplies = demands = kept = none
        if self._solution is not None:
            links, kept = np.arange(net.links), np.arange(len(link) - net.links)
            supplies, demands = np.flatnonzero(net.supply), np.flatnonzero(net.demand)
        when = np.concatenate([links // m, demands // n, supplies // n, kept // q])
        keepers = a.node_ids[a.store[kept % q]] if len(kept) else a.node_ids[:0]
        item = np.concatenate([a.link_ids[links % m], a.node_ids[demands % n], a.node_ids[supplies % n], keepers])
        kinds = np.array(["link", "demand", "supply", "storage"], dtype=object)
        kind = np.repeat(kinds, [len(links), len(demands), len(supplies), len(kept)])
        value = np.concatenate([link[links], demand[demands], supply[supplies], link[net.links + kept]])
        order = np.argsort(when, kind="stable")
        columns = {"item": item[order], "kind": kind[order], column: value[order]}
        return self._by_period(when[order], columns)

    @cached_property
    def paths(self) -> pd.DataFrame:
        """``path_id, origin, destination, tonnage_t``: the flows of each period taken apart into paths without cycles.

        They sum to the flows, but for what goes round a cycle because of lower bounds or negative costs: it has no origin.

        A node with storage is the destination of what it puts by and the origin of what it sends on later. Paths of
        the same links have the same ``path_id`` in every period; their links are in ``path_links``.
        """
        return self._paths[0]

    @cached_property
    def path_links(self) -> pd.DataFrame:
        """``path_id, seq, link_id``: the links of every path in order, ``seq`` from 0."""
        return self._paths[1]

    @cached_property
    def _paths(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Paths and their links."""
        a = self.problem.arrays
        name: dict[tuple[int, ...], str] = {}
        when: list[int] = []
        rows: dict[str, list[Any]] = {k: [] for k in ("path_id", "origin", "destination", "tonnage_t")}
        for trip in self._trips():
            when.append(trip.period)
            rows["path_id"].append(name.setdefault(trip.links, f"path-{len(name) + 1}"))
            rows["origin"].append(a.node_ids[trip.origin])
            rows["destination"].append(a.node_ids[trip.destination])
            rows["tonnage_t"].append(trip.tonnes)
        steps = {
            "path_id": [i for links, i in name.items() for _ in links],
            "seq": [seq for links in name for seq in range(len(links))],
            "link_id": [a.link_ids[e] for links in name for e in links],
        }
        paths = self._by_period(np.array(when, dtype=np.int64), rows).astype({"tonnage_t": "float64"})
        return paths, pd.DataFrame(steps).astype({"seq": "int64"})

    def _trips(self) -> list[Trip]:
        """Return the tonnes by period and path: those of the rule, or the flows taken apart."""
        settled = [(q.settled, q.net) for q in self._parts if q.settled is not None]
        if self.by_rule:
            return [
                trip for p, (plan, net) in enumerate(settled) for trip in trips_of(plan, net, self.problem.arrays, p)
            ]
        a, trips = self.problem.arrays, list[Trip]()
        m, n = len(a.links), len(a.nodes)
        for p in range(len(a.periods) if self._solution is not None else 0):
            assert self._solution is not None
            grain = self._solution.grain
            units = np.rint(self._solution.flow[p * m : (p + 1) * m] * grain)
            apart = decompose(n, a.tail, a.head, units, 0.5 + (self._solution.tolerance_t * grain))
            ends = zip(apart.origin, apart.destination, apart.tonnage, apart.links, strict=True)
            trips.extend(Trip(p, o, d, units_t / grain, links) for o, d, units_t, links in ends)
        return trips

    @property
    def by_rule(self) -> bool:
        """Whether the rule of :mod:`scrapflow.routing.ties` chose among plans of the same cost; else the solver did."""
        return bool(self._parts) and all(q.settled is not None for q in self._parts)

    @cached_property
    def unique(self) -> bool:
        """Whether the cost alone settles the plan: who takes how much from whom, when, and over which links.

        False where a rule, or without one the solver, had to choose; False as well if the solve failed.
        """
        return bool(self._parts) and all(is_unique(q.settled) for q in self._settled())

    def options(self) -> pd.DataFrame:
        """Return every way that a tonne may take in any plan of least cost: what :meth:`range_of` weighs.

        Returns
        -------
        DataFrame
            ``part, column, way, period, origin, destination, links`` (a tuple): a column is a tonne from an origin to a
            destination, a way one of its equal paths. No row where the rule for ties could not be applied.

        Examples
        --------
        >>> import pandas as pd
        >>> from scrapflow.routing import FlowProblem, solve
        >>> nodes = pd.DataFrame({"node_id": ["yard", "mill"], "supply_t": [10.0, 0.0], "demand_t": [0.0, 10.0]})
        >>> links = pd.DataFrame(
        ...     {
        ...         "link_id": ["main", "loop"],
        ...         "from_node_id": "yard",
        ...         "to_node_id": "mill",
        ...         "cost_per_t": 3.0,
        ...         "capacity_t": 8.0,
        ...     }
        ... )
        >>> solve(FlowProblem(nodes, links)).options()["links"].tolist()
        [('main',), ('loop',)]
        """
        a, rows = self.problem.arrays, []
        for number, part in enumerate(self._settled()):
            if part.settled is None:
                return pd.DataFrame(columns=_OPTION)
            for column, way, trip in options_of(part.settled, part.net, a, number):
                links = tuple(str(a.link_ids[i]) for i in trip.links)
                ends = str(a.node_ids[trip.origin]), str(a.node_ids[trip.destination])
                rows.append((number, column, way, str(a.periods[trip.period]), *ends, links))
        return pd.DataFrame(rows, columns=_OPTION)

    @checked
    def range_of(self, weight: NDArray[np.float64]) -> tuple[float, float]:
        """Return the least and the most of a weighted sum of tonnes over all plans of least cost: two linear programmes.

        No plan has less or more. Capacities that the plan by the rule keeps below are left out, so that where other plans
        would break one, the range is wider than what plans reach.

        Parameters
        ----------
        weight
            Weight of a tonne on each row of :meth:`options`.

        Raises
        ------
        LimitError
            If the linear solver finds no bound.
        """
        options = self.options().assign(weight=weight)
        ways = (
            options.groupby(["part", "column", "way"])["weight"].sum().groupby(["part", "column"]).agg(["min", "max"])
        )
        least = most = 0.0
        for number, part in enumerate(self._settled()):
            if part.settled is None:
                continue
            columns = ways.loc[[number]] if number in ways.index else ways.iloc[:0]
            low, high = np.zeros(len(part.settled.tonnes)), np.zeros(len(part.settled.tonnes))
            at = columns.index.get_level_values("column")
            low[at], high[at] = columns["min"], columns["max"]
            ends = bounds(part.settled.programme, low, high)
            least, most = least + ends[0], most + ends[1]
        return least, most

    def _settled(self) -> list[Part]:
        """Return the parts with the plan of the rule, which is made now if the solve was to take any plan."""
        return [q if q.settled is not None else q.by_rule(len(self.problem.arrays.nodes)) for q in self._parts]

    @cached_property
    def shares(self) -> pd.DataFrame:
        """``node_id, wanted_share, share, wanted_t, tonnage_t, met`` of every demand whose share was fixed.

        ``share`` is what it received of all tonnes moved; ``met`` is False where that had to differ from the wish.
        """
        a, net, solution = self.problem.arrays, self._net, self._solution
        named = np.zeros(0, dtype=np.int64) if a.share is None else np.flatnonzero(~np.isnan(a.share))
        wish = np.zeros(0) if a.share is None else a.share[named]
        got, total = np.zeros(len(named)), 0.0
        if solution is not None:
            got = (net.demand - solution.short).reshape(-1, max(1, len(a.nodes)))[:, named].sum(axis=0)
            total = solution.moved_t
        return shares_table(a.node_ids[named], wish, got, total)

    @property
    def conflict(self) -> tuple[str, ...]:
        """Links whose lower bounds bring more into a set of nodes than can leave it, and the links that leave it.

        Empty unless the solve failed as infeasible.
        """
        if self._cut is None:
            return ()
        net, inside = self._net, self._cut
        start, end = inside[net.tail], inside[net.head]
        return self._arc_names(np.flatnonzero((start & ~end) | (~start & end & (net.lower > 0))))

    def _arc_names(self, arcs: Ints) -> tuple[str, ...]:
        """Return the links of some arcs, each once, in input order, storage last."""
        if not len(arcs):
            return ()
        a, links = self.problem.arrays, self._net.links
        here = np.unique(arcs[arcs < links] % max(1, len(a.links)))
        kept = np.unique((arcs[arcs >= links] - links) % max(1, len(a.store)))
        return (*(a.link_ids[here]), *(f"storage:{a.node_ids[a.store[i]]}" for i in kept))

    def _by_period(self, when: Ints, columns: dict[str, Any]) -> pd.DataFrame:
        """Return a frame, with the column ``period`` first if there are several."""
        if not self.problem.multi_period:
            return pd.DataFrame(columns, copy=False)
        labels = pd.array(np.array(self.problem.periods, dtype=object), dtype="str").take(when)
        return pd.DataFrame({"period": labels, **columns})

    def __repr__(self) -> str:
        return (
            f"<FlowResult: {self.status}, {self.moved_t:g} t moved at cost {self.cost:g}, "
            f"{'all' if self.served else 'not all'} served>"
        )


def _part_duals(part: Part) -> Duals:
    """Return the shadow prices of a part, on the network widened for wishes if it has any."""
    if part.wished is None:
        return shadow_prices(part.net, part.solution, prices_of(part.net, part.solution, part.penalty))
    wide = part.wished
    return wide.duals(shadow_prices(wide.net, wide.solution, prices_of(wide.net, wide.solution, None)))
