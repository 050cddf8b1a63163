"""The hauls of members: one problem, posed once from its frames, with the numbers of each member set as arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from scrapflow.network.haulage import mill_intake, on_rails, rail_arcs, rail_problem, supply_table
from scrapflow.network.tracks import track_numbers
from scrapflow.routing.together import solve_together

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.campaign import Campaign, Collected
    from scrapflow.network import Network
    from scrapflow.routing import FlowProblem, FlowResult
    from scrapflow.world import World

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


class Railed(NamedTuple):
    """A solved haul: its arcs, in the order of the problem's links, and the result."""

    arcs: pd.DataFrame
    result: FlowResult


class _Posed(NamedTuple):
    """A problem and where its yards and mills stand among its nodes."""

    problem: FlowProblem
    arcs: pd.DataFrame
    yards: Ints
    mills: Ints
    tracks: Ints | None


class Hauls:
    """Poses the hauls of members. A problem is posed anew only where other arcs are drawn than for the members before."""

    def __init__(self) -> None:
        self._posed: dict[tuple[bytes, tuple[str, ...], tuple[str, ...]], _Posed] = {}
        self._rails: tuple[pd.DataFrame, NDArray[np.bool_]] | None = None

    def haul(self, world: World, network: Network, campaign: Campaign) -> Haul:
        """Return the haul of a member, without what its yards offer."""
        intake = mill_intake(world.mills, campaign.months, displaced=campaign["mills.displaced_share"])
        special = bool(campaign.allocation or campaign.closures or network.rights)
        if network.rights is None:
            arcs, rails = network.in_periods(campaign.months).arcs, self._of(network)
        else:
            arcs = rail_arcs(network.in_periods(campaign.months))
            rails = np.arange(len(arcs))
        posed = None if special else self._known(network, campaign, intake, arcs, rails)
        return Haul(campaign, intake, arcs, rails, posed)

    def _of(self, network: Network) -> Ints:
        """Return the positions of the arcs a train may use: looked for once among all arcs that could be drawn."""
        whole = network.drawing.arcs
        if self._rails is None or self._rails[0] is not whole:
            self._rails = whole, on_rails(network.nodes, whole)
            self._posed.clear()
        kept = network.drawn.kept_arcs
        return np.flatnonzero(self._rails[1] if kept is None else self._rails[1][kept])

    def _known(
        self, network: Network, campaign: Campaign, intake: dict[str, float], arcs: pd.DataFrame, rails: Ints
    ) -> _Posed:
        assert self._rails is not None
        kept = network.drawn.kept_arcs
        drawn = b"" if kept is None else kept[self._rails[1]].tobytes()
        key = drawn, tuple(campaign.periods["period"]), tuple(intake)
        if key not in self._posed:
            yards = network.catchment.yard_ids
            nothing = np.zeros((len(campaign.periods), len(yards)))
            rows = arcs.iloc[rails].reset_index(drop=True)
            posed = _pose(campaign, yards, nothing, dict.fromkeys(intake, 1.0), rows)
            nodes = posed.arrays.nodes
            self._posed[key] = _Posed(
                posed,
                rows,
                nodes.get_indexer(pd.Index(yards)).astype(np.int64),
                nodes.get_indexer(pd.Index(list(intake))).astype(np.int64),
                track_numbers(rows),
            )
        return self._posed[key]


class Haul:
    """The haul of one member: called with what people did and what yards offer, it runs the trains."""

    def __init__(
        self, campaign: Campaign, intake: dict[str, float], arcs: pd.DataFrame, rails: Ints, posed: _Posed | None
    ) -> None:
        self._campaign, self._intake, self._arcs, self._rails, self._posed = campaign, intake, arcs, rails, posed
        self._last: list[FlowResult] | None = None

    def __call__(self, collected: Collected, offered: Floats) -> tuple[Railed, Floats]:
        """Return the haul and what it took from each yard in each period, t, shape (P, Y)."""
        campaign = self._campaign
        if self._posed is None:
            rows = self._arcs.iloc[self._rails].reset_index(drop=True)
            problem = _pose(campaign, collected.yard_ids, offered, self._intake, rows)
            yards, tracks = problem.arrays.nodes.get_indexer(pd.Index(collected.yard_ids)), track_numbers(rows)
        else:
            posed = self._posed
            problem, rows, yards, tracks = self._changed(posed, offered), posed.arcs, posed.yards, posed.tracks
        self._last = solve_together([problem], tracks, foresight=campaign.foresight, near=self._last)
        result = self._last[0]
        a = problem.arrays
        flow = result.plan.flow[: a.capacity.size].reshape(a.capacity.shape)
        # No train calls at a second yard, so what leaves a yard is what the trains take from it.
        out = np.zeros(a.supply.shape)
        np.add.at(out.T, a.tail, flow.T)
        return Railed(rows, result), out[:, yards]

    def _changed(self, posed: _Posed, offered: Floats) -> FlowProblem:
        """Return the problem with the numbers of this member."""
        a = posed.problem.arrays
        supply, demand = np.zeros_like(a.supply), np.zeros_like(a.demand)
        supply[:, posed.yards] = offered
        demand[:, posed.mills] = list(self._intake.values())
        capacity, cost = (
            np.tile(self._arcs[c].to_numpy(dtype=np.float64)[self._rails], (len(a.capacity), 1))
            for c in ("capacity_t", "cost_per_t")
        )
        waiting = np.full_like(a.store_cost, self._campaign.waiting_cost_per_t)
        return posed.problem.change(
            supply_t=supply, demand_t=demand, capacity_t=capacity, cost_per_t=cost, waiting_cost_per_t=waiting
        )


def _pose(
    campaign: Campaign,
    yard_ids: NDArray[np.object_],
    offered: Floats,
    intake: dict[str, float],
    arcs: pd.DataFrame,
) -> FlowProblem:
    """Pose a haul from its frames."""
    return rail_problem(
        arcs,
        supply_table(campaign.periods["period"].tolist(), yard_ids, offered, intake),
        waiting_cost_per_t=campaign.waiting_cost_per_t,
        calendar=campaign.calendar,
        shares=campaign.allocation,
    )
