"""What people do, period by period: the loop over periods, on arrays over enterprises and communities."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from scrapflow.campaign.behaviour import Behaviour
from scrapflow.campaign.by_code import codes, ratio
from scrapflow.campaign.carting import Access, cart
from scrapflow.campaign.chance import Draws, Mode, draw, happens
from scrapflow.campaign.collected import Collected
from scrapflow.campaign.filling import gather
from scrapflow.campaign.history import History, Period
from scrapflow.campaign.inspection import at_least_once
from scrapflow.campaign.looting import loot, within_reach
from scrapflow.campaign.output import Repair, output_index
from scrapflow.campaign.penalties import Record, judge, mark_probability
from scrapflow.campaign.population import IDLE, SCRAP, WORKING, Population
from scrapflow.campaign.quota import due
from scrapflow.errors import InputError, problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.campaign.campaign import Campaign
    from scrapflow.campaign.filling import FillingRule, Gathered
    from scrapflow.campaign.inspection import PatrolRule
    from scrapflow.campaign.looting import Loot
    from scrapflow.campaign.population import Floats
    from scrapflow.campaign.quota import Due
    from scrapflow.network import Network
    from scrapflow.world import World

_FORGIVEN = 1e-9
"""Part of a quota below which a shortfall is rounding, not a fault."""


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
    if mode not in ("expected", "sampled"):
        faults = [problem("run", "", "mode", f"{mode!r} is neither 'expected' nor 'sampled'")]
        raise InputError(faults, what="the run")
    if home is not None:
        check_home(home, len(campaign.periods), len(network.catchment.yard_ids))
    population = Population.of(world, campaign["residents.unaffiliated"])
    access = Access.of(network.catchment, population)
    reach = within_reach(
        population, campaign["looting.reach_km"], campaign["looting.decay_km"], campaign["looting.targets"]
    )
    dues = due(campaign.rules, campaign.periods, campaign.unit, population)
    history = History(population, access, reach, dues, campaign.return_after)
    draws = draw(seed, population.enterprise_region, len(campaign.periods)) if mode == "sampled" else None
    steps = _Steps(Behaviour.of(campaign, filling, patrol), history, draws, home)
    for step in range(len(campaign.periods)):
        history.periods.append(steps.period(step))
    collected = Collected(history, campaign.periods)
    collected.check()
    return collected


class _Brought(NamedTuple):
    """What went to the yards in a period, and what that leaves; shapes as in :class:`Period`."""

    carted: Floats
    carted_own: Floats
    carted_looted: Floats
    sold_looted: Floats
    shares: Floats
    total: Floats
    unserved: Floats
    full: NDArray[np.bool_]
    household_closing: Floats
    looted_closing: Floats


class _Returned(NamedTuple):
    """What is carried back in a period: the part by rank of yard, tonnes by material, and what trains took of it."""

    back: Floats
    tonnage: Floats
    taken: Floats


class _Machines(NamedTuple):
    """What inspectors and the way home do to machines, and the stocks that are left; shapes as in :class:`Period`."""

    converted: Floats
    uncaught: Floats
    returned: _Returned
    closing: Floats
    account: dict[str, Floats]
    found: Floats
    caught: Floats


class _Steps:
    """The steps of a period in their order, and what is carried from period to period."""

    def __init__(self, behaviour: Behaviour, history: History, draws: Draws | None, home: Floats | None) -> None:
        population = history.population
        self.behaviour, self.history, self.draws, self.home = behaviour, history, draws, home
        self.n = len(population.workers)
        regions, self.region = codes(population.enterprise_region)
        self.budget = np.full(len(regions), behaviour.visits)
        self.stranded = history.access.stranded[: self.n]
        self.stock = np.ascontiguousarray(population.stock.T)
        self.working_at_start = self.stock[WORKING].copy()
        self.household = np.ascontiguousarray(population.household.T)
        self.looted = np.zeros((len(self.stock), len(population.residents)))
        self.shortfall = np.zeros(self.n)
        self.record = Record.clean(self.n, behaviour.marks_allowed)
        self.repair = Repair(self.n, behaviour.repair)

    def period(self, step: int) -> Period:
        """Run one period and return its record."""
        b, dues = self.behaviour, self.history.dues[step]
        opening, household, looted = self.stock, self.household, self.looted
        output = output_index(opening[WORKING], self.repair.tonnage, self.working_at_start)
        arising = self.history.population.arising * b.arising * output
        stock = opening.copy()
        stock[SCRAP] += arising
        owed, owed_by_homes = np.split(dues.total, [self.n])
        handed = b.filling(owed, stock, b.willingness, b.used)
        own = gather(owed_by_homes, household, b.household_willingness, b.sold)
        held, lack = self._bring_out(own.lack)
        spent = handed * b.used[:, None]
        night = self._night(dues, stock - spent, lack)
        brought = self._cart(handed, own, held, night)
        stock -= brought.carted * b.used[:, None] + night.lost
        np.maximum(stock, 0.0, out=stock)
        machines = self._machines(step, stock, brought)
        credit = self._credit(dues.total, brought.total)
        punished = self._punish(step, owed, credit["shortfall_t"][: self.n], machines)
        self.stock, self.household, self.looted = machines.closing, brought.household_closing, brought.looted_closing
        self.shortfall = credit["shortfall_t"][: self.n]
        by_night = {"looted_from_t": night.lost.sum(axis=0), "looted_by_t": night.got.sum(axis=0)}
        return Period(
            opening=opening,
            closing=machines.closing,
            arising=arising,
            converted=machines.converted,
            carted=brought.carted,
            lost=night.lost,
            returned=machines.returned.tonnage,
            uncaught=machines.uncaught,
            household=household,
            household_closing=brought.household_closing,
            looted=looted,
            looted_closing=brought.looted_closing,
            got=night.got,
            carted_own=brought.carted_own,
            carted_looted=brought.carted_looted,
            sold_own=own.sold,
            sold_looted=brought.sold_looted,
            shares=brought.shares,
            back=machines.returned.back,
            takings=night.tonnage,
            unserved=brought.unserved,
            full=brought.full,
            account=credit | by_night | machines.account | punished,
        )

    def _bring_out(self, lack: Floats) -> tuple[Floats, Floats]:
        """Let communities hand over looted steel that they still hold; return it (4, m), and the lack left (m,)."""
        there = self.looted.sum(axis=0)
        part = ratio(np.minimum(there, lack), there)
        return self.looted * part, lack - there * part

    def _night(self, dues: Due, left: Floats, lack: Floats) -> Loot:
        """Loot what the looters lack from what enterprises have not used up."""
        b = self.behaviour
        wanted = lack * b.loot_share * b.looters(dues.youth_share)
        wanted[wanted <= dues.total[self.n :] * _FORGIVEN] = 0.0
        return loot(wanted, np.maximum(left, 0.0), self.history.reach, b.guard, b.liftable, b.portability)

    def _cart(self, handed: Floats, own: Gathered, held: Floats, night: Loot) -> _Brought:
        """Cart to the yards what they have room for."""
        b, n = self.behaviour, self.n
        sold = night.got * b.sold
        looted = held + night.got - sold
        wanted = np.concatenate([handed.sum(axis=0), own.handed.sum(axis=0) + looted.sum(axis=0)])
        load = cart(wanted, self.history.access, b.receipt_limit)
        carted, carted_own, carted_looted, total = handed, own.handed, looted, wanted
        unserved = np.zeros(len(wanted))
        if not load.whole:
            unserved = wanted * (1 - load.total)
            carted = handed * load.total[:n]
            carted_own, carted_looted = own.handed * load.total[n:], looted * load.total[n:]
            total = np.concatenate([carted.sum(axis=0), carted_own.sum(axis=0) + carted_looted.sum(axis=0)])
        return _Brought(
            carted,
            carted_own,
            carted_looted,
            sold,
            load.share,
            total,
            unserved,
            load.full,
            np.maximum(self.household - carted_own - own.sold, 0.0),
            np.maximum(self.looted + night.got - carted_looted - sold, 0.0),
        )

    def _machines(self, step: int, stock: Floats, brought: _Brought) -> _Machines:
        """Strip, inspect, condemn, carry back; close the stocks of enterprises."""
        b, population = self.behaviour, self.history.population
        visits = b.patrol(self.region, self.budget, population.workers, self.shortfall)
        found = at_least_once(visits, b.chance)
        caught = happens(found, None if self.draws is None else self.draws.caught[step])
        machines = brought.carted[SCRAP + 1 :]
        uncaught = np.zeros_like(brought.carted)
        np.multiply(machines, b.show, out=uncaught[SCRAP + 1 :])
        for_show = uncaught.sum(axis=0)
        uncaught[SCRAP + 1 :] *= 1 - caught
        condemned = stock[IDLE] * at_least_once(visits, b.condemn)
        converted = np.empty_like(brought.carted)
        np.multiply(machines, (1 - b.used)[SCRAP + 1 :, None], out=converted[SCRAP + 1 :])
        converted[SCRAP] = condemned - converted[SCRAP + 1 :].sum(axis=0)
        converted[IDLE] -= condemned
        returned = self._back(step, uncaught, brought.shares)
        if b.repair:
            self.repair.shrink(ratio(stock[WORKING], self.stock[WORKING], default=1.0))
        output = output_index(stock[WORKING], self.repair.tonnage, self.working_at_start)
        self.repair.advance(returned.tonnage[WORKING])
        closing = stock + returned.tonnage
        closing[SCRAP] += converted[SCRAP]
        closing[IDLE] -= condemned
        account = {
            "for_show_t": for_show,
            "intercepted_t": for_show * caught,
            "detection": found,
            "output_index": output,
            "lost_worker_months": population.workers * (1 - output) * b.months,
            "returned_t": returned.tonnage.sum(axis=0),
            "taken_t": returned.taken,
        }
        shown = for_show > 0
        return _Machines(
            converted, uncaught, returned, closing, account, np.where(shown, found, 0.0), np.where(shown, caught, 0.0)
        )

    def _back(self, step: int, uncaught: Floats, shares: Floats) -> _Returned:
        """Carry back what is due and still there; the rest of it was taken by trains."""
        history = self.history
        source = step - history.return_after
        if source < 0:
            nothing = np.zeros((len(self.stock), self.n))
            return _Returned(nothing[:1], nothing, nothing[0])
        if history.return_after:
            uncaught, shares = history.periods[source].uncaught, history.periods[source].shares
        share = shares[:, : self.n]
        back = ratio(share, share.sum(axis=0))
        if history.return_after:
            yard = np.maximum(history.access.yard[: len(share), : self.n], 0)
            back *= self.home[source][yard] if self.home is not None and self.home.size else 0.0
        tonnage = np.zeros_like(uncaught)
        np.multiply(uncaught[SCRAP + 1 :], back.sum(axis=0), out=tonnage[SCRAP + 1 :])
        return _Returned(back, tonnage, np.maximum(uncaught.sum(axis=0) - tonnage.sum(axis=0), 0.0))

    def _credit(self, owed: Floats, carted: Floats) -> dict[str, Floats]:
        """Credit what was carted and what is on the books only; the rest of the quota is the shortfall."""
        lack = np.maximum(owed - carted, 0.0)
        lack[lack <= owed * _FORGIVEN] = 0.0
        books = self.behaviour.books_only * lack
        return {
            "quota_t": owed,
            "carted_t": carted,
            "books_only_t": books,
            "credited_t": carted + books,
            "shortfall_t": lack - books,
        }

    def _punish(self, step: int, owed: Floats, shortfall: Floats, machines: _Machines) -> dict[str, Floats]:
        """Judge secretaries and managers."""
        b, n = self.behaviour, self.n
        # Nobody is punished for a place that the analyst could not find on the map.
        severity = ratio(shortfall, owed)
        severity[self.stranded] = 0.0
        punishable = severity > b.tolerance + _FORGIVEN
        chance = mark_probability(punishable, machines.found)
        self.record, verdict = judge(
            self.record,
            marked=chance if self.draws is None else mark_probability(punishable, machines.caught),
            punishable=punishable,
            severity=severity,
            warrant_shortfall=b.warrant_shortfall,
            warrant_after=b.warrant_after,
        )
        camp = b.camp if self.draws is None else happens(np.full(n, b.camp), self.draws.camp[step])
        return {
            "mark_probability": chance,
            "marks": self.record.marks,
            "expelled": verdict.expelled,
            "detained": verdict.detained,
            "camp": verdict.detained * camp,
        }


def check_home(home: Floats, periods: int, yards: int) -> None:
    """Refuse a ``home`` of the wrong shape or outside 0 to 1."""
    if home.shape != (periods, yards) or not ((home >= 0) & (home <= 1)).all():
        msg = f"home must be of shape {(periods, yards)} with values from 0 to 1"
        raise ValueError(msg)
