"""What people do, period by period: the loop over periods, on arrays over enterprises and communities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scrapflow.campaign.by_code import codes, ratio
from scrapflow.campaign.calendar import MONTHS_PER_PERIOD
from scrapflow.campaign.carting import Access, cart
from scrapflow.campaign.chance import Draws, Mode, draw, happens
from scrapflow.campaign.collected import Collected
from scrapflow.campaign.filling import check_filling, fill_in_order, gather, stock_used
from scrapflow.campaign.history import History
from scrapflow.campaign.inspection import PATROLS, at_least_once, check_patrol
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
        found = [problem("run", "", "mode", f"{mode!r} is neither 'expected' nor 'sampled'")]
        raise InputError(found, what="the run")
    if home is not None:
        check_home(home, len(campaign.periods), len(network.catchment.yard_ids))
    population = Population.of(world)
    access = Access.of(network.catchment, population)
    reach = within_reach(
        population, campaign["looting.reach_km"], campaign["looting.decay_km"], campaign["looting.targets"]
    )
    history = History.begin(population, access, reach, due(campaign, population), campaign.return_after)
    draws = draw(seed, population.enterprise_region, len(campaign.periods)) if mode == "sampled" else None
    loop = _Loop(_Behaviour.of(campaign, filling, patrol), history, draws, home)
    for step in range(len(campaign.periods)):
        loop.period(step)
    collected = Collected(history, campaign.periods)
    collected.check()
    return collected


@dataclass(frozen=True)
class _Behaviour:
    """The settings of a campaign as the loop needs them."""

    willingness: Floats
    household_willingness: Floats
    used: Floats
    show: float
    return_after: int
    repair: int
    books_only: float
    arising: float
    loot_share: float
    youth_only: bool
    guard: float
    liftable: float
    visits: float
    chance: float
    condemn: float
    patrol: PatrolRule
    filling: FillingRule
    own_rules: tuple[bool, bool]
    tolerance: float
    marks_allowed: int
    warrant_shortfall: float
    warrant_after: int
    camp: float
    receipt_limit: float
    sold: float
    months: float

    @staticmethod
    def of(c: Campaign, filling: FillingRule | None, patrol: PatrolRule | None) -> _Behaviour:
        willing = "filling.willingness."
        machines = ("scrap", "obsolete_machinery", "idle_machinery", "working_machinery")
        months = MONTHS_PER_PERIOD[c.unit]
        return _Behaviour(
            willingness=np.array([c[willing + m] for m in machines]),
            household_willingness=np.array([c[willing + m] for m in ("household_scrap", "appliance")]),
            used=stock_used(c["filling.stripped_share"], c["show.share"]),
            show=c["show.share"],
            return_after=c.return_after,
            repair=c["show.repair_periods"],
            books_only=c["filling.books_only_share"],
            arising=c["arising.scale"] * months,
            loot_share=c["looting.share"],
            youth_only=c["looting.by"] == "youth",
            guard=c["looting.guard"],
            liftable=c["looting.liftable_share"],
            visits=c["inspection.teams"] * c["inspection.visits"],
            chance=c["inspection.chance"],
            condemn=c["inspection.condemn_share"],
            patrol=patrol or PATROLS[c["inspection.patrol"]],
            filling=filling or fill_in_order,
            own_rules=(filling is not None, patrol is not None),
            tolerance=c["penalties.tolerance"],
            marks_allowed=c["penalties.marks_allowed"],
            warrant_shortfall=c["penalties.warrant_shortfall"],
            warrant_after=c["penalties.warrant_after"],
            camp=c["penalties.camp_share"],
            receipt_limit=c["yards.receipt_limit_t"],
            sold=c["leakage.share"],
            months=months,
        )


class _Loop:
    """What is carried from period to period, and the steps of a period in their order."""

    def __init__(self, b: _Behaviour, h: History, draws: Draws | None, home: Floats | None) -> None:
        self.b, self.h, self.draws, self.home = b, h, draws, home
        self.n = len(h.population.workers)
        regions, self.region = codes(h.population.enterprise_region)
        self.budget = np.full(len(regions), b.visits)
        self.shortfall = np.zeros(self.n)
        self.record = Record.clean(self.n, b.marks_allowed)
        self.repair = Repair(self.n, b.repair)
        self.caught = np.zeros(self.n), np.zeros(self.n)
        self.stranded = h.access.stranded[: self.n]
        self.visits, self.found, self.condemned = np.zeros(0), np.zeros(0), np.zeros(0)

    def period(self, t: int) -> None:
        """Run one period."""
        b, h = self.b, self.h
        stock = h.opening[t].copy()
        at_start = h.opening[0][WORKING]
        output = output_index(stock[WORKING], self.repair.tonnage, at_start)
        h.arising.append(h.population.arising * b.arising * output)
        stock[SCRAP] += h.arising[t]
        need_e, need_c = np.split(h.dues[t].total, [self.n])
        if b.own_rules[0]:
            handed = b.filling(need_e.copy(), stock.copy(), b.willingness, b.used)
            handed = check_filling(b.filling, handed, need_e, stock, b.used)
        else:
            handed = b.filling(need_e, stock, b.willingness, b.used)
        spent = handed * b.used[:, None]
        own = gather(need_c, h.household[t], b.household_willingness, b.sold)
        held, lack = self._bring_out(t, own)
        night = self._night(t, stock, spent, lack, need_c)
        got = self._cart(t, handed, own, held, night)
        if h.carted[t] is not handed:
            np.multiply(h.carted[t], b.used[:, None], out=spent)
        spent += night.lost
        stock -= spent
        np.maximum(stock, 0.0, out=stock)
        self._machines(t, stock, at_start)
        self._accounts(t, h.dues[t].total, got)

    def _bring_out(self, t: int, own: Gathered) -> tuple[Floats, Floats]:
        """Let communities hand over looted steel that they still hold; return it (4, m), and what is lacking (m,)."""
        looted = self.h.looted_stock[t]
        there = looted.sum(axis=0)
        part = ratio(np.minimum(there, own.lack), there)
        return looted * part, own.lack - there * part

    def _night(self, t: int, stock: Floats, spent: Floats, lack: Floats, need: Floats) -> Loot:
        """Loot what the looters lack from what enterprises have not used up."""
        b, h = self.b, self.h
        wanted = lack * b.loot_share
        if b.youth_only:
            wanted *= h.dues[t].youth_share
        wanted[wanted <= need * _FORGIVEN] = 0.0
        left = stock
        if wanted.any():
            left = stock - spent
            np.maximum(left, 0.0, out=left)
        night = loot(wanted, left, h.reach, b.guard, b.liftable)
        h.lost.append(night.lost)
        h.got.append(night.got)
        h.takings.append(night.tonnage)
        return night

    def _cart(self, t: int, handed: Floats, own: Gathered, held: Floats, night: Loot) -> Floats:
        """Cart to the yards what they have room for; return what each owner carted in all, t."""
        b, h, n = self.b, self.h, self.n
        sold = night.got * b.sold
        looted = held + night.got - sold
        wanted = np.concatenate([handed.sum(axis=0), own.handed.sum(axis=0) + looted.sum(axis=0)])
        load = cart(wanted, h.access, b.receipt_limit)
        h.shares.append(load.share)
        h.unserved.append(np.zeros(len(wanted)) if load.whole else wanted * (1 - load.total))
        h.full.append(load.full)
        h.carted.append(handed if load.whole else handed * load.total[:n])
        h.carted_own.append(own.handed if load.whole else own.handed * load.total[n:])
        h.carted_looted.append(looted if load.whole else looted * load.total[n:])
        h.sold_own.append(own.sold)
        h.sold_looted.append(sold)
        h.household.append(np.maximum(h.household[t] - h.carted_own[t] - own.sold, 0.0))
        h.looted_stock.append(np.maximum(h.looted_stock[t] + night.got - h.carted_looted[t] - sold, 0.0))
        if load.whole:
            return wanted
        own_and_looted = h.carted_own[t].sum(axis=0) + h.carted_looted[t].sum(axis=0)
        return np.concatenate([h.carted[t].sum(axis=0), own_and_looted])

    def _machines(self, t: int, stock: Floats, at_start: Floats) -> None:
        """Strip, inspect, condemn, carry back; close the stocks of enterprises; note their output."""
        b, h = self.b, self.h
        visits = b.patrol(self.region, self.budget, h.population.workers, self.shortfall)
        if b.own_rules[1]:
            visits = check_patrol(b.patrol, visits, self.region, self.budget)
        if not np.array_equal(visits, self.visits):
            self.visits, self.found = visits.copy(), at_least_once(visits, b.chance)
            self.condemned = at_least_once(visits, b.condemn)
        detection = self.found
        caught = happens(detection, None if self.draws is None else self.draws.caught[t])
        machines = h.carted[t][SCRAP + 1 :]
        show = np.zeros_like(h.carted[t])
        np.multiply(machines, b.show, out=show[SCRAP + 1 :])
        for_show = show.sum(axis=0)
        show[SCRAP + 1 :] *= 1 - caught
        h.uncaught.append(show)
        condemned = stock[IDLE] * self.condemned
        converted = np.empty_like(h.carted[t])
        np.multiply(machines, (1 - b.used)[SCRAP + 1 :, None], out=converted[SCRAP + 1 :])
        converted[SCRAP] = condemned - converted[SCRAP + 1 :].sum(axis=0)
        converted[IDLE] -= condemned
        h.converted.append(converted)
        self._back(t)
        if b.repair:
            self.repair.shrink(ratio(stock[WORKING], h.opening[t][WORKING], default=1.0))
        output = output_index(stock[WORKING], self.repair.tonnage, at_start)
        self.repair.advance(h.returned[t][WORKING])
        stock += h.returned[t]
        stock[SCRAP] += converted[SCRAP]
        stock[IDLE] -= condemned
        h.opening.append(stock)
        h.note(for_show_t=for_show, intercepted_t=for_show * caught, detection=detection, output_index=output)
        h.note(lost_worker_months=h.population.workers * (1 - output) * b.months)
        self.caught = np.where(for_show > 0, detection, 0.0), np.where(for_show > 0, caught, 0.0)

    def _back(self, t: int) -> None:
        """Carry back what is due and still there; the rest of it was taken by trains."""
        h, n = self.h, self.n
        source = t - h.return_after
        if source < 0:
            nothing = np.zeros((4, n))
            h.back.append(nothing[:1])
            h.returned.append(nothing)
            h.note(returned_t=nothing[0], taken_t=nothing[0])
            return
        share = h.shares[source][:, :n]
        back = ratio(share, share.sum(axis=0))
        if h.return_after:
            at = np.maximum(h.access.yard[: len(share), :n], 0)
            back *= self.home[source][at] if self.home is not None and self.home.size else 0.0
        h.back.append(back)
        home = np.zeros_like(h.uncaught[source])
        np.multiply(h.uncaught[source][SCRAP + 1 :], back.sum(axis=0), out=home[SCRAP + 1 :])
        h.returned.append(home)
        returned = h.returned[t].sum(axis=0)
        h.note(returned_t=returned, taken_t=np.maximum(h.uncaught[source].sum(axis=0) - returned, 0.0))

    def _accounts(self, t: int, need: Floats, carted: Floats) -> None:
        """Credit, find shortfalls, judge."""
        b, h, n = self.b, self.h, self.n
        lack = np.maximum(need - carted, 0.0)
        lack[lack <= need * _FORGIVEN] = 0.0
        books = b.books_only * lack
        shortfall = lack - books
        h.note(quota_t=need, carted_t=carted, books_only_t=books, credited_t=carted + books, shortfall_t=shortfall)
        h.note(looted_from_t=h.lost[t].sum(axis=0), looted_by_t=h.got[t].sum(axis=0))
        # Nobody is punished for a place that the analyst could not find on the map.
        severity = ratio(shortfall[:n], need[:n])
        severity[self.stranded] = 0.0
        punishable = severity > b.tolerance + _FORGIVEN
        p = mark_probability(punishable, self.caught[0])
        self.record, verdict = judge(
            self.record,
            marked=p if self.draws is None else mark_probability(punishable, self.caught[1]),
            punishable=punishable,
            severity=severity,
            warrant_shortfall=b.warrant_shortfall,
            warrant_after=b.warrant_after,
        )
        camp = b.camp if self.draws is None else happens(np.full(n, b.camp), self.draws.camp[t])
        h.note(mark_probability=p, marks=self.record.marks, expelled=verdict.expelled)
        h.note(detained=verdict.detained, camp=verdict.detained * camp)
        self.shortfall = shortfall[:n]


def check_home(home: Floats, periods: int, yards: int) -> None:
    """Refuse a ``home`` of the wrong shape or outside 0 to 1."""
    if home.shape != (periods, yards) or not ((home >= 0) & (home <= 1)).all():
        msg = f"home must be of shape {(periods, yards)} with values from 0 to 1"
        raise ValueError(msg)
