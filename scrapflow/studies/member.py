"""A member of a study: a campaign run for its totals, claims and loads alone, with no table written.

The numbers are those of :func:`scrapflow.run` (a test holds them together); names, geometry, grades, paths, shadow
prices and the books of single places, which a study throws away, are not made. What no draw touches, such as the links
drawn and the haul's problem, is made once for all members. Each haul is solved from nothing: with all supplies drawn at
once the last plan is no help (measured in ``benchmarks/studies.py``), and a plan that depended on the member before would
make an ensemble depend on the number of processes wherever several plans are the cheapest.
"""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from scrapflow.campaign import collect
from scrapflow.campaign.population import materials_of
from scrapflow.ledger.amounts import total_amounts
from scrapflow.ledger.run_places import run_links, run_nodes
from scrapflow.ledger.tables import RunTables
from scrapflow.network import build_network
from scrapflow.network.haulage import mill_intake, rail_arcs, rail_problem, supply_table
from scrapflow.pipeline import settle
from scrapflow.queries.claims import judge
from scrapflow.queries.metrics import Metrics
from scrapflow.routing.solve import solve
from scrapflow.studies.member_amounts import MemberAmounts
from scrapflow.studies.member_loads import loads
from scrapflow.studies.uncertain import Setter
from scrapflow.vocabulary import groups_of
from scrapflow.world.frames import shared

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.campaign import Campaign, Collected
    from scrapflow.ledger.yard_mixing import YardBooks
    from scrapflow.network import Network
    from scrapflow.routing import FlowProblem, FlowResult
    from scrapflow.studies.uncertain import Inputs
    from scrapflow.world import World

    Floats = NDArray[np.float64]


class Member(NamedTuple):
    """One campaign as arrays: what was asked, where, what people did, what the trains did, what the yards held."""

    world: World
    campaign: Campaign
    network: Network
    collected: Collected
    haul: Railed
    books: YardBooks

    @property
    def amounts(self) -> MemberAmounts:
        """What the member adds up to."""
        return MemberAmounts(self.collected, self.books)


class Railed(NamedTuple):
    """A solved haul: the arcs in the order of the problem's links, and the result."""

    arcs: pd.DataFrame
    result: FlowResult


class Study:
    """Runs a campaign again and again with other values of its assumptions. Travels by pickle; each process makes its own.

    Parameters
    ----------
    world, campaign, inputs
        As given to and made by :func:`scrapflow.studies.uncertain.uncertain`.

    Examples
    --------
    >>> import scrapflow as sf
    >>> from scrapflow.studies.uncertain import uncertain
    >>> world = sf.read_world("toy")
    >>> campaign = sf.read_campaign(world, "2015")
    >>> study = Study(world, campaign, uncertain(world, campaign))
    >>> study.totals(study.run({}))["delivered_t"]
    53.5
    """

    def __init__(self, world: World, campaign: Campaign, inputs: Inputs) -> None:
        self.world = world
        self.campaign = campaign
        self.inputs = inputs

    def __reduce__(self) -> tuple[type[Study], tuple[World, Campaign, Inputs]]:
        return Study, (self.world, self.campaign, self.inputs)

    def run(self, values: dict[str, Floats]) -> Member:
        """Run the campaign with other values, by input, one for each of its members; all others stay as they are."""
        world, campaign = self._setter(values)
        network = self._network(world, campaign)
        people = partial(collect, world, network, campaign)
        route = partial(self._route, world, network, campaign)
        return Member(world, campaign, network, *settle(campaign, people, route, _silent))

    def totals(self, member: Member) -> dict[str, float]:
        """Return what ``run.totals()`` says, in t."""
        return {name: float(amount) for name, amount in total_amounts(member.amounts).items()}

    def claims(self, member: Member) -> list[dict[str, Any]]:
        """Return what ``run.claims()`` says: ``claim_id, modelled, agrees`` of every claim."""
        frame = self._skeleton
        metrics = Metrics(
            member.amounts,
            member.collected.periods,
            self._nodes(member.world),
            partial(run_links, member.network),
            frame.names,
            self._groups,
            member.campaign.raw,
        )
        return [
            {"claim_id": c["claim_id"], **{k: v for k, v in judge(c, metrics).items() if k != "stated"}}
            for c in self._claims
        ]

    def _nodes(self, world: World) -> pd.DataFrame:
        """Return the places with the workers of a member, by which the largest enterprises are chosen."""
        nodes: pd.DataFrame = self._skeleton.nodes
        firms = shared(world.tables)["enterprises"]
        if firms is shared(self.world.tables)["enterprises"]:
            return nodes
        workers = nodes["node_id"].map(firms.set_index("node_id")["workers"])
        drawn = {"workers": workers.where(workers.notna(), nodes["workers"])}
        return nodes.assign(**drawn)

    def loads(self, member: Member) -> pd.DataFrame:
        """Return the tonnes on each link, both directions together: link ids as index, one column a period."""
        flow = member.haul.result.flows["tonnage_t"].to_numpy(dtype=np.float64)
        return loads(member.network, member.collected, flow, member.haul.arcs["link_id"])

    def _network(self, world: World, campaign: Campaign) -> Network:
        """Return the network of a member; the links are drawn anew only if a draw touched what they hang on."""
        same = all(shared(world.tables)[t] is shared(self.world.tables)[t] for t in ("nodes", "links"))
        return self._base.under(campaign.transport) if same else build_network(world, transport=campaign.transport)

    def _route(
        self, world: World, network: Network, campaign: Campaign, collected: Collected, offered: Floats
    ) -> tuple[Railed, Floats]:
        intake = mill_intake(world.mills, campaign.months, displaced=campaign["mills.displaced_share"])
        if network.links is self._base.links and campaign.calendar.empty and not campaign.allocation:
            arcs = network.in_periods(campaign.months).arcs.iloc[self._rails]
            problem = self._changed(campaign, collected, offered, intake, arcs)
        else:
            arcs = rail_arcs(network.in_periods(campaign.months))
            problem = self._posed(campaign, collected, offered, intake, arcs)
        result = solve(problem, foresight=campaign.foresight)
        a = result.problem.arrays
        flow = result.flows["tonnage_t"].to_numpy(dtype=np.float64).reshape(a.capacity.shape)
        # No train calls at a second yard, so what leaves a yard is what the trains take from it.
        out = np.zeros(a.supply.shape)
        np.add.at(out.T, a.tail, flow.T)
        return Railed(arcs, result), out[:, a.nodes.get_indexer(pd.Index(collected.yard_ids))]

    def _posed(
        self,
        campaign: Campaign,
        collected: Collected,
        offered: Floats,
        intake: dict[str, float],
        arcs: pd.DataFrame,
    ) -> FlowProblem:
        """Pose the haul from its frames."""
        return rail_problem(
            arcs,
            supply_table(collected.periods["period"].tolist(), collected.yard_ids, offered, intake),
            waiting_cost_per_t=campaign.waiting_cost_per_t,
            calendar=campaign.calendar,
            shares=campaign.allocation,
        )

    def _changed(
        self,
        campaign: Campaign,
        collected: Collected,
        offered: Floats,
        intake: dict[str, float],
        arcs: pd.DataFrame,
    ) -> FlowProblem:
        """Pose the haul as the last one with other numbers, if only numbers of tonnes are different."""
        cost = arcs["cost_per_t"].to_numpy(dtype=np.float64)
        key = (cost.tobytes(), campaign.waiting_cost_per_t, len(collected.periods), tuple(intake))
        first = self._problems.get(key)
        if first is None:
            self._problems.clear()
            first = self._problems[key] = self._posed(campaign, collected, np.ones_like(offered), intake, arcs)
        a = first.arrays
        supply, demand = np.zeros_like(a.supply), np.zeros_like(a.demand)
        supply[:, a.nodes.get_indexer(pd.Index(collected.yard_ids))] = offered
        demand[:, a.nodes.get_indexer(pd.Index(list(intake)))] = list(intake.values())
        capacity = np.tile(arcs["capacity_t"].to_numpy(dtype=np.float64), (len(a.capacity), 1))
        return first.change(supply_t=supply, demand_t=demand, capacity_t=capacity)

    @cached_property
    def _setter(self) -> Setter:
        return Setter(self.world, self.campaign, self.inputs)

    @cached_property
    def _base(self) -> Network:
        return build_network(self.world, transport=self.campaign.transport)

    @cached_property
    def _rails(self) -> NDArray[np.int64]:
        """Positions of the arcs a train may use."""
        arcs = self._base.arcs
        return np.flatnonzero(arcs["arc_id"].isin(rail_arcs(self._base)["arc_id"]))

    @cached_property
    def _problems(self) -> dict[Any, FlowProblem]:
        return {}

    @cached_property
    def _claims(self) -> list[dict[Any, Any]]:
        return self.world.claims.to_dict("records")

    @cached_property
    def _groups(self) -> dict[str, tuple[str, ...]]:
        return groups_of(materials_of(self.world))

    @cached_property
    def _skeleton(self) -> RunTables:
        """A run without movements: the names that scopes of claims are resolved by."""
        return RunTables({"nodes": run_nodes(self.world), "regions": self.world.regions}, {}, {})


def _silent(step: str) -> None:
    """Say nothing of the steps of a member."""
