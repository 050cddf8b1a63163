"""The steps of a period in their order, on arrays over enterprises and communities."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from scrapflow.campaign.behaviour import in_period
from scrapflow.campaign.by_code import ratio, sum_by
from scrapflow.campaign.carting import cart
from scrapflow.campaign.chance import happens
from scrapflow.campaign.court import Court
from scrapflow.campaign.filling import first_of, gather
from scrapflow.campaign.history import Period
from scrapflow.campaign.inspection import STEADY, at_least_once
from scrapflow.campaign.looting import loot
from scrapflow.campaign.output import Repair, capacity_index, output_index
from scrapflow.campaign.population import HOME_SCRAP, IDLE, SCRAP, WORKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from scrapflow.campaign.behaviour import Behaviour
    from scrapflow.campaign.calendar import Months
    from scrapflow.campaign.chance import Draws
    from scrapflow.campaign.history import History
    from scrapflow.campaign.looting import Loot
    from scrapflow.campaign.population import Floats
    from scrapflow.campaign.quota import Due

_FORGIVEN = 1e-9
"""Part of a quota or a load below which a gap is rounding."""


class _Ready(NamedTuple):
    """What owners have ready, what of it they offer to the yards, and what communities sell instead.

    Attributes
    ----------
    pool
        What lies ready by role of the material: what no yard took before, and what was brought together now; (k, n).
    offered, sold
        No more of it than is owed; and what is sold abroad; (k, n).
    lack
        What is owed and not offered; (n,).
    """

    pool: Floats
    offered: Floats
    sold: Floats
    lack: Floats


class _Brought(NamedTuple):
    """What went to the yards in a period, and what that leaves; shapes as in :class:`Period`."""

    carted: Floats
    carted_own: Floats
    carted_looted: Floats
    sold_looted: Floats
    shares: Floats
    offered: Floats
    total: Floats
    hindered: NDArray[np.bool_]
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
    condemned: Floats
    uncaught: Floats
    returned: _Returned
    closing: Floats
    account: dict[str, Floats]


class Steps:
    """The steps of a period in their order, and what is carried from period to period."""

    def __init__(
        self,
        behaviour: Behaviour,
        history: History,
        months: Sequence[Months],
        draws: Draws | None,
        home: Floats | None,
    ) -> None:
        population = history.population
        self.behaviour, self.history, self.months, self.draws, self.home = behaviour, history, months, draws, home
        self.n = len(population.workers)
        regions, self.region = np.unique(population.region[: self.n], return_inverse=True)
        self.budget = np.full(len(regions), behaviour.visits)
        self.stranded = history.access.stranded
        self.visited = self._visited(len(regions))
        self.stock = np.ascontiguousarray(population.stock.T)
        self.at_start = self.stock.copy()
        self.household = np.ascontiguousarray(population.household.T)
        self.looted = np.zeros((len(self.stock), len(population.residents)))
        self.ready, self.ready_home = np.zeros_like(self.stock), np.zeros_like(self.household)
        self.put_by = np.zeros_like(self.stock)
        self.shortfall = np.zeros(self.n)
        self.cases: list[tuple[Floats, Floats, Floats]] = []
        self.size = ratio(population.workers, population.sites)
        self.met: tuple[Floats, Floats] | None = None
        self.repair = Repair(self.n, behaviour.repair)

    def _visited(self, regions: int) -> Floats:
        """Return the sites that teams go to, shape (n,): those that owe something and can cart something.

        Where nobody in a region owes anything, teams go to all that could cart something.
        """
        population = self.history.population
        can = ~self.stranded[: self.n] & ((population.stock.sum(axis=1) > 0) | (population.arising > 0))
        owes = can & np.any([due.enterprises.sum(axis=0) > 0 for due in self.history.dues], axis=0)
        some = sum_by(self.region, owes.astype(np.float64), regions) > 0
        return np.where(np.where(some[self.region], owes, can), population.sites, 0.0)

    def period(self, step: int) -> Period:
        """Run one period and return its record."""
        b, dues = self.behaviour, self.history.dues[step]
        opening, household, looted = self.stock, self.household, self.looted
        arising = self.history.population.arising * b.arising * self._output(opening)
        stock = opening.copy()
        stock[SCRAP] += arising
        household_arising = self._thrown_away()
        self.household = household.copy()
        self.household[HOME_SCRAP] += household_arising
        owed, owed_by_homes = dues.total[: self.n], dues.total[self.n :]
        own, homes = self._prepare(owed, stock), self._gather(owed_by_homes)
        held, lack = self._bring_out(homes.lack)
        night = self._night(dues, stock - own.offered * b.used[:, None], lack)
        brought = self._cart(own, homes, held, night)
        stock -= brought.carted * b.used[:, None]
        spared = 1.0 - np.minimum(ratio(night.lost, stock), 1.0)
        stock -= night.lost
        np.maximum(stock, 0.0, out=stock)
        machines = self._machines(step, stock, brought)
        credit = self._credit(dues.total, brought)
        fault = self._fault(owed, brought.offered[: self.n], credit["books_only_t"][: self.n])
        shown = np.where(machines.account["for_show_t"] > 0, machines.account["detection"], 0.0)
        self.cases.append((owed, fault, shown))
        by_night = {"looted_from_t": night.lost.sum(axis=0), "looted_by_t": night.got.sum(axis=0)}
        self._keep(own, homes, brought, machines, credit["shortfall_t"], spared)
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
            household_arising=household_arising,
            looted=looted,
            looted_closing=brought.looted_closing,
            got=night.got,
            carted_own=brought.carted_own,
            carted_looted=brought.carted_looted,
            sold_own=homes.sold,
            sold_looted=brought.sold_looted,
            shares=brought.shares,
            back=machines.returned.back,
            takings=night.tonnage,
            ready=np.concatenate([self.ready.sum(axis=0), self.ready_home.sum(axis=0) + self.looted.sum(axis=0)]),
            hindered=brought.hindered,
            full=brought.full,
            account=credit | by_night | machines.account,
        )

    def verdicts(self) -> list[dict[str, Floats]]:
        """Judge all periods that were run, and return columns of the account of each; nothing that people do hangs on it."""
        court, judged = Court(self.behaviour, self.history.population.sites, self.draws), []
        for months, case in zip(self.months, self.cases, strict=False):
            court.note(*case)
            judged.append(court.judge(months))
        return judged

    def _prepare(self, owed: Floats, stock: Floats) -> _Ready:
        """Let enterprises bring together what they owe, beside what lies ready because no yard took it."""
        b = self.behaviour
        free = np.maximum(stock - self.ready * b.used[:, None] - self.put_by, 0.0)
        fresh = b.filling(owed, free, b.willingness, b.used)
        fresh = np.where(fresh > self.history.dust_t, fresh, 0.0)
        pool = self.ready + fresh
        offered = first_of(pool, owed) if self.ready.any() else fresh
        return _Ready(pool, offered, np.zeros_like(offered), np.maximum(owed - offered.sum(axis=0), 0.0))

    def _gather(self, owed: Floats) -> _Ready:
        """Let communities bring together what they owe, beside what lies ready because no yard took it."""
        b = self.behaviour
        fresh = gather(owed, np.maximum(self.household - self.ready_home, 0.0), b.household_willingness, b.sold)
        enough = fresh.handed > self.history.dust_t
        pool = self.ready_home + np.where(enough, fresh.handed, 0.0)
        sold = np.where(enough, fresh.sold, 0.0)
        if not self.ready_home.any():
            return _Ready(pool, pool, sold, fresh.lack)
        offered = first_of(pool, owed)
        return _Ready(pool, offered, sold, np.maximum(owed - offered.sum(axis=0), 0.0))

    def _thrown_away(self) -> Floats:
        """Return the scrap that arises in households; shape (m,). A world without scrap in homes has none."""
        population = self.history.population
        known = population.gathered[HOME_SCRAP] >= 0
        return population.residents * (self.behaviour.household_arising if known else 0.0)

    def _bring_out(self, lack: Floats) -> tuple[Floats, Floats]:
        """Let communities hand over looted steel that they still hold; return it (4, m), and the lack left (m,)."""
        there = self.looted.sum(axis=0)
        part = ratio(np.minimum(there, lack), there, where=there > self.history.dust_t)
        return self.looted * part, lack - there * part

    def _night(self, dues: Due, left: Floats, lack: Floats) -> Loot:
        """Loot what the looters lack from what enterprises have not used up; nobody loots for a yard that takes nothing."""
        b, dust = self.behaviour, self.history.dust_t
        wanted = lack * b.loot_share * b.looters(dues.youth_share)
        no_yard = self.stranded[self.n :] | (b.receipt_limit == 0)
        wanted[(wanted <= dues.total[self.n :] * _FORGIVEN) | (wanted <= dust) | no_yard] = 0.0
        return loot(wanted, np.where(left > dust, left, 0.0), self.history.reach, b.guard, b.liftable, b.portability)

    def _cart(self, own: _Ready, homes: _Ready, held: Floats, night: Loot) -> _Brought:
        """Cart to the yards what they have room for."""
        b, n = self.behaviour, self.n
        sold = night.got * b.sold
        looted = held + night.got - sold
        offered = np.concatenate([own.offered.sum(axis=0), homes.offered.sum(axis=0) + looted.sum(axis=0)])
        load = cart(offered, self.history.access, b.receipt_limit, b.months)
        carted, carted_own, carted_looted, total = own.offered, homes.offered, looted, offered
        if not load.whole:
            carted = own.offered * load.total[:n]
            carted_own, carted_looted = homes.offered * load.total[n:], looted * load.total[n:]
            total = np.concatenate([carted.sum(axis=0), carted_own.sum(axis=0) + carted_looted.sum(axis=0)])
        return _Brought(
            carted,
            carted_own,
            carted_looted,
            sold,
            load.share,
            offered,
            total,
            offered - total > offered * _FORGIVEN,
            load.full,
            np.maximum(self.household - carted_own - homes.sold, 0.0),
            np.maximum(self.looted + night.got - carted_looted - sold, 0.0),
        )

    def _machines(self, step: int, stock: Floats, brought: _Brought) -> _Machines:
        """Strip, inspect, condemn, carry back; close the stocks of enterprises."""
        b, population = self.behaviour, self.history.population
        found, looked_over = self._inspect()
        caught = self._caught(step, found)
        machines = brought.carted[SCRAP + 1 :]
        uncaught = np.zeros_like(brought.carted)
        np.multiply(machines, b.show, out=uncaught[SCRAP + 1 :])
        for_show = uncaught.sum(axis=0)
        uncaught[SCRAP + 1 :] *= 1 - caught
        condemned = stock[IDLE] * looked_over
        condemned[condemned <= self.history.dust_t] = 0.0
        converted = np.empty_like(brought.carted)
        np.multiply(machines, (1 - b.used)[SCRAP + 1 :, None], out=converted[SCRAP + 1 :])
        converted[SCRAP] = condemned - converted[SCRAP + 1 :].sum(axis=0)
        converted[IDLE] -= condemned
        returned = self._back(step, uncaught, brought.shares)
        if b.repair:
            self.repair.shrink(ratio(stock[WORKING], self.stock[WORKING], default=1.0))
        output = self._output(stock)
        self.repair.advance(returned.tonnage[WORKING])
        closing = stock + returned.tonnage
        closing[SCRAP] += converted[SCRAP]
        closing[IDLE] -= condemned
        account = {
            "for_show_t": for_show,
            "intercepted_t": for_show * caught,
            "detection": found,
            "output_index": output,
            "capacity_index": capacity_index(
                closing[IDLE] + closing[WORKING], self.at_start[IDLE] + self.at_start[WORKING], chain=b.chain
            ),
            "lost_worker_months": population.workers * (1 - output) * b.months,
            "returned_t": returned.tonnage.sum(axis=0),
            "taken_t": returned.taken,
        }
        return _Machines(converted, condemned, uncaught, returned, closing, account)

    def _inspect(self) -> tuple[Floats, Floats]:
        """Return the chance that inspectors find a load for show, and the part of idle machines that they condemn."""
        b = self.behaviour
        if self.met is None or b.patrol not in STEADY:
            shortfall = ratio(self.shortfall, self.history.population.sites)
            visits = ratio(b.patrol(self.region, self.budget, self.size, shortfall, self.visited), self.visited)
            self.met = at_least_once(visits, b.chance), in_period(at_least_once(visits, b.condemn), b.months)
        return self.met

    def _output(self, stock: Floats) -> Floats:
        """Return the output index with a stock of machines and what is under repair."""
        b = self.behaviour
        return output_index(
            stock[WORKING], self.repair.tonnage, self.at_start[WORKING], spares=b.spares * stock[IDLE], chain=b.chain
        )

    def _caught(self, step: int, found: Floats) -> Floats:
        """Return the share of the loads for show that is caught: a load is looked for in the month in which it lies."""
        if self.draws is None:
            return found
        sites, drawn = self.history.population.sites, self.months[step].drawn
        return np.asarray(np.mean([happens(found, self.draws.caught[month], sites) for month in drawn], axis=0))

    def _back(self, step: int, uncaught: Floats, shares: Floats) -> _Returned:
        """Carry back what is due and still there; the rest of it was taken by trains."""
        history = self.history
        source = step - history.return_after
        if source < 0:
            nothing = np.zeros((len(self.stock), self.n))
            return _Returned(nothing[:1], nothing, nothing[0])
        if history.return_after:
            uncaught, shares = history.steps[source].uncaught, history.steps[source].shares
        share = shares[:, : self.n]
        back = ratio(share, share.sum(axis=0))
        if history.return_after:
            yard = np.maximum(history.access.yard[: len(share), : self.n], 0)
            back *= self.home[source][yard] if self.home is not None and self.home.size else 0.0
        tonnage = np.zeros_like(uncaught)
        np.multiply(uncaught[SCRAP + 1 :], back.sum(axis=0), out=tonnage[SCRAP + 1 :])
        return _Returned(back, tonnage, np.maximum(uncaught.sum(axis=0) - tonnage.sum(axis=0), 0.0))

    def _credit(self, owed: Floats, brought: _Brought) -> dict[str, Floats]:
        """Credit what was carted and what is on the books only; the rest of the quota is the shortfall.

        Nobody pays cash for steel that lies ready and that no yard took: it is owed, and can be carted another day.
        """
        carted = brought.total
        lack, unready = (np.maximum(owed - given, 0.0) for given in (carted, brought.offered))
        for amount in (lack, unready):
            amount[amount <= owed * _FORGIVEN] = 0.0
        books = self.behaviour.books_only * unready
        return {
            "quota_t": owed,
            "carted_t": carted,
            "books_only_t": books,
            "credited_t": carted + books,
            "shortfall_t": np.maximum(lack - books, 0.0),
        }

    def _fault(self, owed: Floats, offered: Floats, books: Floats) -> Floats:
        """Return the shortfall that is the enterprise's own fault, t: not for a full yard, nor for a gap in the map."""
        fault = np.maximum(owed - offered - books, 0.0)
        fault[self.stranded[: self.n]] = 0.0
        return fault

    def _keep(
        self, own: _Ready, homes: _Ready, brought: _Brought, machines: _Machines, shortfall: Floats, spared: Floats
    ) -> None:
        """Carry over what the next period begins with; what was looted came from what lies ready as from the rest."""
        b, closing = self.behaviour, machines.closing
        self.stock, self.household, self.looted = closing, brought.household_closing, brought.looted_closing
        self.shortfall = shortfall[: self.n]
        self.ready = np.minimum(_rest(own.pool, brought.carted) * spared, closing / b.used[:, None])
        self.ready_home = np.minimum(_rest(homes.pool, brought.carted_own), self.household)
        self.put_by = self.put_by * spared + machines.returned.tonnage * (1 - b.recredit)
        self.put_by[SCRAP] += machines.condemned * (1 - b.condemned_counts)
        np.minimum(self.put_by, closing, out=self.put_by)


def _rest(pool: Floats, carted: Floats) -> Floats:
    """Return what stays ready, without the dust of rounding."""
    rest = pool - carted
    return np.where(rest > pool * _FORGIVEN, rest, 0.0)
