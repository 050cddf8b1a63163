"""People act and trains run, round after round, until loads that trains may take before they go home agree on both sides."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from scrapflow.ledger.assemble import axes_of
from scrapflow.ledger.home_shares import HomeShares
from scrapflow.ledger.train_tables import Haul, trains, trips_of
from scrapflow.ledger.yard_mixing import keep_books, shippable, still_there
from scrapflow.network.haulage import mill_intake, rail_arcs, rail_problem, supply_table
from scrapflow.network.tracks import track_numbers
from scrapflow.notices import warn
from scrapflow.routing.together import solve_together
from scrapflow.world.numbering import positions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from scrapflow.campaign import Campaign, Collected
    from scrapflow.ledger.yard_mixing import YardBooks
    from scrapflow.network import Network
    from scrapflow.routing import FlowProblem, FlowResult

_log = logging.getLogger(__name__)
_Haul = TypeVar("_Haul")
_MOST_ROUNDS = 50
_SETTLED = 1e-9


def settle(
    camp: Campaign,
    people: Callable[..., Collected],
    route: Callable[[Collected, NDArray[np.float64]], tuple[_Haul, NDArray[np.float64]]],
    say: Callable[[str], None],
) -> tuple[Collected, _Haul, YardBooks]:
    """Let people act and trains run, until loads that trains may take before they are carried back agree on both sides.

    With ``return_after = 0`` one round is enough: such loads never meet a train. With 1, what is still in the yard
    decides what goes home and what goes home decides what trains find, so the rounds go on until neither changes.

    Parameters
    ----------
    camp
        What is asked.
    people
        Collects, given ``home``: the share of loads for show that can be carried home, (P, Y), or None.
    route
        Runs the trains on what the yards offer, in t, (P, Y): returns the haul and what it took, in t, (P, Y).
    say
        Called with the name of each step as it begins.

    Returns
    -------
    tuple
        What people did, what ``route`` made of it, and the books of the yards.
    """
    after, shares = camp.return_after, HomeShares()
    home: NDArray[np.float64] | None = None
    for _ in range(_MOST_ROUNDS):
        say("collect")
        collected = people(home=home)
        here = np.zeros(collected.arrivals.shape[:2]) if home is None else home
        offered = shippable(collected.arrivals, collected.show, here, after)
        say("route")
        haul, taken = route(collected, offered)
        books = keep_books(collected.arrivals, collected.show, here, taken, after)
        if after == 0:
            break
        gap, home = shares.next(here, still_there(books, taken), collected.show.sum(axis=(2, 3)) > 0)
        if gap < _SETTLED:
            break
    else:
        warn(_log, "people and trains still differ by %.1g of a load for show after %s rounds", gap, _MOST_ROUNDS)
    return collected, haul, books


class Trains:
    """Runs the trains of a campaign on what the yards offer, round after round.

    Parameters
    ----------
    network
        With capacities a period.
    camp
        What is asked.
    """

    def __init__(self, network: Network, camp: Campaign) -> None:
        self._network, self._camp = network, camp
        self._arcs = rail_arcs(network)
        self._tracks = track_numbers(self._arcs)
        self._last: list[FlowResult] = []

    def __call__(self, collected: Collected, offered: NDArray[np.float64]) -> tuple[Haul, NDArray[np.float64]]:
        """Return the haul and what it took from each yard in each period; a plan starts from that of the round before."""
        camp, periods = self._camp, collected.labels
        intake = mill_intake(self._network.world.mills, camp.months, displaced=camp["mills.displaced_share"])
        supplies = supply_table(periods, collected.yard_ids, offered, intake)
        problem = self._problem(supplies, collected, offered, intake)
        self._last = solve_together([problem], self._tracks, foresight=camp.foresight, near=self._last or None)
        result = self._last[0]
        haul = Haul(self._arcs, supplies, result, trips_of(result, periods, self._arcs))
        return haul, trains(haul.trips, axes_of(collected))

    def _problem(
        self, supplies: pd.DataFrame, collected: Collected, offered: NDArray[np.float64], intake: Mapping[str, float]
    ) -> FlowProblem:
        """Pose the haul; on the same rails, with other tonnes, it is the one that was posed before."""
        camp, memo = self._camp, self._network.drawn.memo
        # where operators are kept apart, what is wanted where it is offered stands at another node
        alone = camp.allocation or len(camp.calendar) or self._network.rights
        # a mill that takes nothing may keep what it has, as a yard does
        key = None if alone else (camp.months, tuple(collected.labels), *((m, t > 0) for m, t in intake.items()))
        if key is None or memo.get("haul", (None,))[0] != key:
            posed = rail_problem(
                self._arcs,
                supplies,
                waiting_cost_per_t=camp.waiting_cost_per_t,
                calendar=camp.calendar,
                shares=camp.allocation,
            )
            if key is not None:
                memo["haul"] = key, posed
            return posed
        first: FlowProblem = memo["haul"][1]
        a = first.arrays
        supply, demand = np.zeros_like(a.supply), np.zeros_like(a.demand)
        supply[:, positions(collected.yard_ids, a.nodes)] = offered
        demand[:, positions(list(intake), a.nodes)] = list(intake.values())
        waiting = np.full_like(a.store_cost, camp.waiting_cost_per_t)
        return first.change(supply_t=supply, demand_t=demand, waiting_cost_per_t=waiting)
