"""What people do: a campaign begun, its periods run one after the other, its tonnes checked.

A period longer than a month is worked out month by month, so that stocks run out and yards fill when they do in months.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from scrapflow.campaign.behaviour import Behaviour
from scrapflow.campaign.calendar import months_of
from scrapflow.campaign.carting import Access
from scrapflow.campaign.chance import Mode, draw
from scrapflow.campaign.collected import Collected
from scrapflow.campaign.history import History
from scrapflow.campaign.looting import within_reach
from scrapflow.campaign.population import Population
from scrapflow.campaign.quota import due
from scrapflow.campaign.steps import Steps
from scrapflow.errors import InputError, problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from scrapflow.campaign.campaign import Campaign
    from scrapflow.campaign.filling import FillingRule
    from scrapflow.campaign.inspection import PatrolRule
    from scrapflow.campaign.population import Floats
    from scrapflow.campaign.quota import Due
    from scrapflow.network import Network
    from scrapflow.world import World

_DUST = 1e-15
"""Part of all there is that is too little to be handed over."""


def collect(
    world: World,
    network: Network,
    campaign: Campaign,
    *,
    mode: Mode = "expected",
    seed: int = 0,
    home: NDArray[np.float64] | None = None,
    filling: FillingRule | None = None,
    patrol: PatrolRule | None = None,
) -> Collected:
    """Let people answer a campaign: fill quotas, cart, loot, be inspected, carry back, be punished.

    Parameters
    ----------
    world
        What is known.
    network
        Where it can be carted.
    campaign
        What is asked.
    mode
        ``"expected"``: probabilities as fractions, no chance involved. ``"sampled"``: one random outcome.
    seed
        Seed of the sampled mode.
    home
        For ``show.return_after = 1``: part of the loads for show of each period and yard (columns in the order of
        ``network.catchment.yard_ids``) that no train took and that is carried back one period later, shape (P, Y), 0
        to 1; None: the trains took everything.
    filling
        Rule by which enterprises fill their quotas, if not :func:`~scrapflow.campaign.filling.fill_in_order`.
    patrol
        Rule by which teams choose whom to visit, if not the campaign's ``inspection.patrol``.

    Returns
    -------
    Collected
        Checked: every tonne of enterprises and communities is accounted for.

    Raises
    ------
    BalanceError
        If a rule of one's own makes or loses tonnes; it is named.
    InputError
        If the mode is neither of the two.
    ValueError
        If ``home`` is no such array.

    Examples
    --------
    >>> import scrapflow as sf
    >>> from scrapflow.campaign import collect
    >>> world = sf.read_world("toy")
    >>> collect(world, sf.build_network(world), sf.read_campaign(world, "2015")).accounts.quota_t.tolist()
    [20.0, 20.0, 20.0, 20.0]
    """
    return Collector(world, network, campaign, mode=mode, seed=seed, filling=filling, patrol=patrol)(home)


class Collector:
    """A campaign that is collected several times, because what trains took changes what can be carried back.

    Who there is, what is near and what is owed are found once. Parameters are those of :func:`collect`.
    """

    def __init__(
        self,
        world: World,
        network: Network,
        campaign: Campaign,
        *,
        mode: Mode = "expected",
        seed: int = 0,
        filling: FillingRule | None = None,
        patrol: PatrolRule | None = None,
    ) -> None:
        if mode not in ("expected", "sampled"):
            faults = [problem("run", "", "mode", f"{mode!r} is neither 'expected' nor 'sampled'")]
            raise InputError(faults, what="the run")
        self._periods = campaign.periods
        self._yards = len(network.catchment.yard_ids)
        population = Population.of(world, campaign["residents.unaffiliated"])
        access = Access.of(network.catchment, population)
        reach = within_reach(
            population, campaign["looting.reach_km"], campaign["looting.decay_km"], campaign["looting.targets"]
        )
        self._parts = campaign.steps_per_period
        dues = due(campaign.rules, campaign.periods, campaign.unit, population, self._parts)
        self._begun = partial(
            History,
            population,
            access,
            reach,
            dues,
            campaign.return_after * self._parts,
            _dust(population, dues),
            self._parts,
        )
        self._behaviour = Behaviour.of(campaign, filling, patrol)
        self._months = months_of(len(dues), self._behaviour.months)
        drawn = max((m.drawn.stop for m in self._months), default=0)
        self._draws = draw(seed, population.enterprise_region, drawn) if mode == "sampled" else None

    def __call__(self, home: Floats | None = None) -> Collected:
        """Return what people do; ``home`` as for :func:`collect`."""
        if home is not None:
            check_home(home, len(self._periods), self._yards)
        history = self._begun()
        in_steps = None if home is None else np.repeat(home, self._parts, axis=0)
        steps = Steps(self._behaviour, history, self._months, self._draws, in_steps)
        history.judged = steps.verdicts
        for step in range(len(history.dues)):
            history.steps.append(steps.period(step))
        collected = Collected(history, self._periods)
        collected.check()
        return collected


def _dust(population: Population, dues: Sequence[Due]) -> float:
    """Return tonnes too few to be handed over, whatever the unit of mass and however rows are cut."""
    owed = max((float(d.total.sum()) for d in dues), default=0.0)
    return _DUST * (float(population.stock.sum() + population.household.sum()) + owed)


def check_home(home: Floats, periods: int, yards: int) -> None:
    """Refuse a ``home`` of the wrong shape or outside 0 to 1."""
    if home.shape != (periods, yards) or not ((home >= 0) & (home <= 1)).all():
        msg = f"home must be of shape {(periods, yards)} with values from 0 to 1"
        raise ValueError(msg)
