"""The hauls of members: one problem, posed once from its frames, with the numbers of each member set as arrays."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from scrapflow.network.haulage import mill_intake, on_rails, rail_arcs, rail_problem, supply_table
from scrapflow.network.tracks import track_numbers
from scrapflow.routing.together import solve_together
from scrapflow.world.numbering import positions
from scrapflow.world.shared_frames import by_words, numbers_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from scrapflow.campaign import Campaign, Collected
    from scrapflow.network import Network
    from scrapflow.routing import FlowProblem, FlowResult
    from scrapflow.world import World

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


class Railed(NamedTuple):
    """A solved haul: its arcs, in the order of the problem's links, the network's link that each passes (-1: none), and the result."""

    arcs: pd.DataFrame
    link: Ints
    result: FlowResult


class _Posed(NamedTuple):
    """A problem, its arcs, where its yards and mills stand among its nodes, the network's link of each arc, and the tracks."""

    problem: FlowProblem
    arcs: pd.DataFrame
    yards: Ints
    mills: Ints
    link: Ints
    tracks: Ints | None


class Hauls:
    """Poses the hauls of members. A problem is posed anew only where other arcs are drawn than for the members before."""

    def __init__(self) -> None:
        self._posed: dict[tuple[bytes, tuple[str, ...], tuple[str, ...]], _Posed] = {}
        self._rails: tuple[pd.DataFrame, NDArray[np.bool_]] | None = None

    def haul(self, world: World, network: Network, campaign: Campaign) -> Haul:
        """Return the haul of a member, without what its yards offer."""
        words = by_words(
            world.tables, "mills", lambda: {c: world.mills[c].to_numpy() for c in ("node_id", "destination")}
        )
        mills = words | {c: numbers_in(world.tables, "mills", c) for c in ("intake_t", "other_supply_t")}
        intake = mill_intake(mills, campaign.months, displaced=campaign["mills.displaced_share"])
        network = network.in_periods(campaign.months)
        if campaign.allocation or campaign.closures or network.rights:
            return Haul(campaign, partial(_posed_alone, network, campaign, intake))
        whole = network.drawing.arcs
        if self._rails is None or self._rails[0] is not whole:
            self._rails = whole, on_rails(network.nodes, whole)
            self._posed.clear()
        drawn, can = network.drawn, self._rails[1]
        key = drawn.kept_arcs[can].tobytes(), tuple(campaign.periods["period"].tolist()), tuple(intake)
        if key not in self._posed:
            nothing = np.zeros((len(campaign.periods), len(network.catchment.yard_ids)))
            self._posed[key] = _pose(network, campaign, nothing, dict.fromkeys(intake, 1.0), rail_arcs(network))
        posed, rails = self._posed[key], np.flatnonzero(can[drawn.kept_arcs])
        a = posed.problem.arrays
        demand = np.zeros_like(a.demand)
        demand[:, posed.mills] = list(intake.values())
        capacity, cost = (
            np.tile(of_arc[rails], (len(a.periods), 1)) for of_arc in (network.capacity_t, drawn.cost_per_t)
        )
        waiting = np.full_like(a.store_cost, campaign.waiting_cost_per_t)
        problem = posed.problem.change(
            demand_t=demand, capacity_t=capacity, cost_per_t=cost, waiting_cost_per_t=waiting
        )
        return Haul(campaign, partial(_offering, posed._replace(problem=problem, link=drawn.link[rails])))


def _posed_alone(network: Network, campaign: Campaign, intake: dict[str, float], offered: Floats) -> _Posed:
    """Return a problem that no other member shares: with shares, closures or operators kept apart."""
    return _pose(network, campaign, offered, intake, rail_arcs(network))


def _offering(posed: _Posed, offered: Floats) -> _Posed:
    """Return a problem with what the yards offer, t, shape (P, Y)."""
    supply = np.zeros_like(posed.problem.arrays.supply)
    supply[:, posed.yards] = offered
    return posed._replace(problem=posed.problem.change(supply_t=supply))


class Haul:
    """The haul of one member: called with what people did and what yards offer, it runs the trains."""

    def __init__(self, campaign: Campaign, pose: Callable[[Floats], _Posed]) -> None:
        self._campaign, self._pose = campaign, pose
        self._last: list[FlowResult] | None = None

    def __call__(self, collected: Collected, offered: Floats) -> tuple[Railed, Floats]:
        """Return the haul and what it took from each yard in each period, t, shape (P, Y)."""
        del collected
        posed = self._pose(offered)
        self._last = solve_together([posed.problem], posed.tracks, foresight=self._campaign.foresight, near=self._last)
        result, a = self._last[0], posed.problem.arrays
        flow = result.plan.flow[: a.capacity.size].reshape(a.capacity.shape)
        # No train calls at a second yard, so what leaves a yard is what the trains take from it.
        out = np.stack([np.bincount(a.tail, moved, len(a.nodes)) for moved in flow])
        return Railed(posed.arcs, posed.link, result), np.asarray(out[:, posed.yards], dtype=np.float64)


def _pose(
    network: Network, campaign: Campaign, offered: Floats, intake: dict[str, float], arcs: pd.DataFrame
) -> _Posed:
    """Pose a haul from its frames."""
    yards = network.catchment.yard_ids
    problem = rail_problem(
        arcs,
        supply_table(campaign.periods["period"].tolist(), yards, offered, intake),
        waiting_cost_per_t=campaign.waiting_cost_per_t,
        calendar=campaign.calendar,
        shares=campaign.allocation,
    )
    nodes, links = problem.arrays.nodes, pd.Index(network.drawn.link_ids)
    return _Posed(
        problem,
        arcs,
        yards=positions(yards, nodes),
        mills=positions(list(intake), nodes),
        link=positions(arcs["link_id"], links),
        tracks=track_numbers(arcs),
    )
