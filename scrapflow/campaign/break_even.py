"""Up to which quota an enterprise gets by on scrap and obsolete machinery: the model itself is asked, again and again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scrapflow.campaign.behaviour import Behaviour
from scrapflow.campaign.calendar import months_of
from scrapflow.campaign.carting import Access
from scrapflow.campaign.history import History
from scrapflow.campaign.looting import Reach
from scrapflow.campaign.population import IDLE
from scrapflow.campaign.quota import Due
from scrapflow.campaign.steps import Steps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.campaign.campaign import Campaign
    from scrapflow.campaign.population import Floats, Population

_HALVINGS = 50
_ROUNDING = 1e-9


def break_even(campaign: Campaign, population: Population, stranded: NDArray[np.bool_], periods: int) -> Floats:
    """Find, by halving, the largest quota a month that scrap and obsolete machinery fill in every period.

    Each enterprise is asked for a quota of its own and the periods are run as in :func:`~scrapflow.campaign.collect`: what
    arises, what is shown and comes home, what inspectors condemn. Yards have room for everything, nobody loots, and what
    is shown comes home in time unless it is caught.

    Parameters
    ----------
    campaign
        Its settings; its quota rules are not asked.
    population
        Enterprises with their stocks at the start; n of them.
    stranded
        Enterprises that reach no yard: teams do not visit them; shape (n,).
    periods
        Number of periods.

    Returns
    -------
    ndarray of float64, shape (n,)
        t a month; 0 where nothing at all can be filled, or no yard be reached.
    """
    behaviour = replace(Behaviour.of(campaign, None, None), receipt_limit=np.inf, loot_share=0.0)
    months = behaviour.months
    steps = periods * campaign.steps_per_period
    low = np.zeros(len(population.workers))
    # So much cannot be filled even once without a functional machine.
    high = (population.stock.sum(axis=1) + population.arising * behaviour.arising * steps) / months
    for _ in range(_HALVINGS):
        asked = (low + high) / 2
        fits = _fits(campaign, behaviour, population, stranded, asked * months, steps)
        low, high = np.where(fits, asked, low), np.where(fits, high, asked)
    return low


def _fits(
    campaign: Campaign,
    behaviour: Behaviour,
    population: Population,
    stranded: NDArray[np.bool_],
    owed: Floats,
    steps: int,
) -> NDArray[np.bool_]:
    """Tell who fills what is owed in each step without touching a functional machine; shape (n,)."""
    n = len(owed)
    nobody = np.zeros((1, 0))
    history = History(
        population,
        _one_yard(n, stranded),
        Reach(np.zeros((0, 0), dtype=np.int64), np.zeros((0, 0))),
        [Due((), owed[None, :], nobody, nobody)] * steps,
        campaign.return_after * campaign.steps_per_period,
    )
    home = np.ones((steps, 1)) if campaign.return_after else None
    ahead = Steps(behaviour, history, months_of(steps, behaviour.months), None, home)
    fits = np.ones(n, dtype=bool)
    for step in range(steps):
        record = ahead.period(step)
        history.steps.append(record)
        functional = (record.carted[IDLE:] > 0).any(axis=0)
        short = record.account["quota_t"] - record.account["carted_t"] > owed * _ROUNDING
        fits &= ~(functional | short)
    return fits


def _one_yard(n: int, stranded: NDArray[np.bool_]) -> Access:
    yard = np.where(stranded, -1, 0)[None, :]
    return Access(
        yard,
        np.full((1, n), -1),
        np.where(stranded, 0.0, np.inf)[None, :],
        ~stranded,
        np.array(["yard"], dtype=object),
        np.zeros(0, dtype=object),
    )
