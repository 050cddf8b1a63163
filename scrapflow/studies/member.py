"""A member of a study: a campaign run for its totals, claims and loads alone, with no table written.

The numbers are those of :func:`scrapflow.run` (a test holds them together); names, geometry, grades, paths, shadow
prices and the books of single places, which a study throws away, are not made. What no draw touches, such as the links
drawn and the haul's problem, is made once for all members. Each haul is solved from nothing: with all supplies drawn at
once the last plan is no help (measured in ``benchmarks/studies.py``), and a plan that depended on the member before would
make an ensemble depend on the number of processes wherever several plans are the cheapest.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from scrapflow.campaign.collect import Collector
from scrapflow.campaign.population import materials_of
from scrapflow.ledger.amounts import total_amounts
from scrapflow.ledger.people_and_trains import settle
from scrapflow.ledger.run_places import run_nodes
from scrapflow.ledger.tables import RunTables
from scrapflow.network import build_network
from scrapflow.queries.claims import judge_claim
from scrapflow.queries.metrics import Metrics
from scrapflow.queries.sites import Sites, of_line
from scrapflow.studies.member_amounts import MemberAmounts
from scrapflow.studies.member_haul import Hauls
from scrapflow.studies.member_loads import loads
from scrapflow.studies.uncertain import Drawer, Setter
from scrapflow.vocabulary import groups_of
from scrapflow.world.shared_frames import numbers_in, shared

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.campaign import Campaign, Collected
    from scrapflow.ledger.yard_mixing import YardBooks
    from scrapflow.network import Network
    from scrapflow.studies.member_haul import Railed
    from scrapflow.studies.uncertain import Inputs
    from scrapflow.world import World

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


class Member(NamedTuple):
    """One campaign as arrays: what was asked, where, what people did, what the trains did, what the yards held, what it adds up to."""

    world: World
    campaign: Campaign
    network: Network
    collected: Collected
    haul: Railed
    books: YardBooks
    amounts: MemberAmounts


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
        people, haul = Collector(world, network, campaign), self._hauls.haul(world, network, campaign)
        collected, railed, books = settle(campaign, people, haul, _silent)
        return Member(world, campaign, network, collected, railed, books, MemberAmounts(collected, books))

    def totals(self, member: Member) -> dict[str, float]:
        """Return what ``run.totals()`` says, in t."""
        return {name: float(amount) for name, amount in total_amounts(member.amounts).items()}

    def claims(self, member: Member) -> list[dict[str, Any]]:
        """Return what ``run.claims()`` says: ``claim_id, modelled, agrees`` of every claim."""
        metrics = Metrics(
            member.amounts,
            member.collected.periods,
            self._sites,
            self._workers(member),
            partial(self._line, member),
            self._groups,
            member.campaign.raw,
        )
        return [
            {"claim_id": c["claim_id"], **{k: v for k, v in judge_claim(c, metrics).items() if k != "stated"}}
            for c in self._claims
        ]

    def _workers(self, member: Member) -> Floats:
        """Return the workers of the places, by which the largest enterprises are chosen: those of a member where they were drawn."""
        central, place, at = self._central_workers
        workers = central.copy()
        drawn = numbers_in(member.world.tables, "enterprises", "workers")[at]
        workers[place] = np.where(np.isnan(drawn), workers[place], drawn)
        return workers

    @cached_property
    def _central_workers(self) -> tuple[Floats, Ints, Ints]:
        """The workers of the places of a run, where enterprises stand among these, and where in their table."""
        nodes, ids = self._skeleton.nodes, pd.Index(shared(self.world.tables)["enterprises"]["node_id"])
        at = ids.get_indexer(pd.Index(nodes["node_id"])).astype(np.int64)
        place = np.flatnonzero(at >= 0)
        return nodes["workers"].to_numpy(dtype=np.float64), place, at[place]

    def _line(self, member: Member, line: str) -> Floats:
        """Return the capacities of the world's own links of a line, t a period, as ``run.links`` says of a run."""
        if line not in self._lines:
            self._lines[line] = np.flatnonzero(of_line(self._own_lines, line))
        network = member.network.in_periods(member.campaign.months)
        # The arcs are in the order of their links, of which the world's own come first; both directions have one capacity.
        return network.capacity_t[np.searchsorted(network.drawn.link, self._lines[line])]

    @cached_property
    def _lines(self) -> dict[str, Ints]:
        """Where the links of the lines that claims name stand."""
        return {}

    def received(self, member: Member) -> dict[str, float]:
        """Return what each mill received by rail over the whole campaign, by ``node_id``, t: what came in less what went on."""
        problem, plan = member.haul.result.problem, member.haul.result.plan
        a = problem.arrays
        flow = plan.flow[: a.capacity.size].reshape(a.capacity.shape).sum(axis=0)
        into = np.bincount(a.head, flow, minlength=len(a.nodes)) - np.bincount(a.tail, flow, minlength=len(a.nodes))
        mills = np.flatnonzero(a.demand.sum(axis=0) > 0)
        return {str(a.nodes[int(i)]): float(into[i]) for i in mills}

    def loads(self, member: Member) -> pd.DataFrame:
        """Return the tonnes on each link, both directions together: link ids as index, one column a period."""
        result = member.haul.result
        flow = result.plan.flow[: result.problem.arrays.capacity.size]
        return loads(member.network, member.collected, flow, member.haul.link)

    def _network(self, world: World, campaign: Campaign) -> Network:
        """Return the network of a member; places are searched for anew only if a draw touched them."""
        same = all(shared(world.tables)[t] is shared(self.world.tables)[t] for t in ("nodes", "links"))
        return self._base.under(campaign.transport) if same else build_network(world, transport=campaign.transport)

    @cached_property
    def drawer(self) -> Drawer:
        """Turns quantiles, one for each input, into the values that :meth:`run` takes."""
        return Drawer(self.world, self.inputs)

    @cached_property
    def _setter(self) -> Setter:
        return Setter(self.world, self.campaign, self.inputs)

    @cached_property
    def _base(self) -> Network:
        """The network with the longest reach and the most yards that a member may draw."""
        members, transport = self.inputs.members, self.campaign.transport

        def end(name: str, column: str) -> float:
            ends = members.loc[members["row"] == f"transport.{name}", column]
            return float(ends.iloc[0]) if len(ends) else float(getattr(transport, name))

        circuity, reach, choices = end("circuity", "low"), end("reach_km", "high"), round(end("yard_choices", "high"))
        widest = replace(transport, circuity=circuity, reach_km=reach, yard_choices=choices)
        return build_network(self.world, transport=widest)

    @cached_property
    def _hauls(self) -> Hauls:
        return Hauls()

    @cached_property
    def _own_lines(self) -> pd.DataFrame:
        links = self._base.links[: len(shared(self.world.tables)["links"])]
        line = links["line_id"].fillna("")
        names = self.world.lines.set_index("line_id")["name"]
        return pd.DataFrame({"line_id": line, "line": line.map(names).fillna("")})

    @cached_property
    def _sites(self) -> Sites:
        return Sites(self._skeleton.nodes, self._skeleton.names)

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
