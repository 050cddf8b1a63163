"""What people did, as tables and as arrays for the trains; made from the history when asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from scrapflow.campaign.by_code import sum_by
from scrapflow.campaign.people_legs import people_legs, people_sums
from scrapflow.campaign.people_tables import account_table, quota_table, stock_table, unserved_table
from scrapflow.campaign.population import HELD, HOME_SCRAP, LOOTED, OWN, SCRAP
from scrapflow.errors import BalanceError
from scrapflow.units import dust
from scrapflow.vocabulary import VIAS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from scrapflow.campaign.history import History
    from scrapflow.campaign.people_legs import PeopleLegs, PeopleSums
    from scrapflow.campaign.population import Floats, Ints, Texts


class Collected:
    """What people did in P periods, for Y yards, M materials, V vias. Made by :func:`collect`.

    Attributes
    ----------
    periods : DataFrame
        ``period, start, end``.
    history : History
        The arrays behind the tables.
    vias : tuple of str
        Order of the last axis of the arrays.
    """

    vias = VIAS

    def __init__(self, history: History, periods: pd.DataFrame) -> None:
        self.history = history
        self.periods = periods

    @property
    def materials(self) -> tuple[str, ...]:
        """Order of the axis of the arrays over materials."""
        return self.history.population.materials

    @property
    def yard_ids(self) -> Texts:
        """Identifiers of the yards, shape (Y,)."""
        return self.history.access.yard_ids

    @property
    def owners(self) -> Texts:
        """Enterprises, then communities: the order of the arrays of the history."""
        return self.history.owners

    @cached_property
    def arrivals(self) -> Floats:
        """What was carted into each yard, loads for show included, in t, shape (P, Y, M, V)."""
        history, n, arrived = self.history, self._n, self._zeros()
        held, gathered = history.population.held, history.population.gathered
        carted, looted, own = (history.over_steps(k) for k in ("carted", "carted_looted", "carted_own"))
        for yard, part in self._ranks():
            self._add(arrived[..., OWN], yard[:n], carted * part[..., :n], held)
            self._add(arrived[..., LOOTED], yard[n:], looted * part[..., n:], held)
            self._add(arrived[..., OWN], yard[n:], own * part[..., n:], gathered)
        return arrived

    @cached_property
    def show(self) -> Floats:
        """The uncaught part of the loads for show in ``arrivals``, in t, shape (P, Y, M, V)."""
        history, n, shown = self.history, self._n, self._zeros()
        machines = history.over_steps("uncaught")[:, SCRAP + 1 : HELD]
        for yard, part in self._ranks():
            self._add(shown[..., OWN], yard[:n], machines * part[..., :n], history.population.held[SCRAP + 1 : HELD])
        return shown

    @cached_property
    def legs(self) -> PeopleLegs:
        """What people moved, as codes."""
        return people_legs(self.history)

    @cached_property
    def sums(self) -> PeopleSums:
        """What people moved, added up by kind."""
        return people_sums(self.history)

    @cached_property
    def movements(self) -> pd.DataFrame:
        """``period, kind, material, via, origin, destination, tonnage_t, link_id, basis``; no path on rails."""
        return self.legs.table(self.labels)

    @cached_property
    def accounts(self) -> pd.DataFrame:
        """What each enterprise and community owed, gave, took back and suffered, a row for each in each period."""
        return account_table(self.history, self.labels)

    @cached_property
    def quotas(self) -> pd.DataFrame:
        """``period, node_id, rule_id, organisation, quota_t, credited_t``: credit is split like the quota."""
        return quota_table(self.history, self.labels)

    @cached_property
    def stocks(self) -> pd.DataFrame:
        """Stock accounts of enterprises and communities, a row for each that held or moved anything."""
        return stock_table(self.history, self.labels)

    @cached_property
    def unserved(self) -> pd.DataFrame:
        """``period, node_id, tonnage_t, reason, links``: what people wanted to cart and could not."""
        return unserved_table(self.history, self.labels)

    def check(self) -> None:
        """Refuse tonnes that appeared or vanished, and stocks below zero.

        Raises
        ------
        BalanceError
            Naming the first place, period and material.
        """
        population = self.history.population
        for step, p in enumerate(self.history.steps):
            own = p.opening + p.converted
            own += p.returned
            for gone in (p.carted, p.lost, p.closing):
                own -= gone
            own[SCRAP] += p.arising
            gathered = p.household.copy()
            gathered[HOME_SCRAP] += p.household_arising
            gathered -= p.carted_own + p.sold_own + p.household_closing
            largest = max(float(a.max(initial=0.0)) for a in (p.carted, p.closing, p.household, p.looted))
            looted = p.looted + p.got - p.carted_looted - p.sold_looted - p.looted_closing
            for residual, closing, ids, held in (
                (own, p.closing, population.enterprise_id, population.held),
                (gathered, p.household_closing, population.community_id, population.gathered),
                (looted, p.looted_closing, population.community_id, population.held),
            ):
                limit = dust(largest) * max(1.0, float(closing.sum()) / 1e6)
                least = min(residual.min(initial=0.0), closing.min(initial=0.0))
                if not (-limit <= least and residual.max(initial=0.0) <= limit):
                    # what is held of a role that has no material is said to be of none
                    materials = [self.materials[m] if m >= 0 else "" for m in held]
                    _refuse(residual, closing, ids, self.labels[step // self.history.parts], materials, limit)

    @cached_property
    def labels(self) -> list[str]:
        """Labels of the periods."""
        return self.periods["period"].tolist()

    @property
    def _n(self) -> int:
        return len(self.history.population.enterprise_id)

    def _zeros(self) -> Floats:
        return np.zeros((len(self.periods), len(self.yard_ids), len(self.materials), len(VIAS)))

    def _add(self, into: Floats, yard: Ints, tonnage: Floats, materials: tuple[int, ...]) -> None:
        """Add tonnes by step, role and owner, (S, k, n), to what is in yards by material, (P, Y, M); -1: no such material."""
        (count, yards, _), (steps, roles, _) = into.shape, tonnage.shape
        first = np.arange(steps) // self.history.parts * roles
        at = (first[:, None] + np.arange(roles))[..., None] * yards + yard
        there = sum_by(at.ravel(), tonnage.ravel(), count * roles * yards).reshape(count, roles, yards)
        for m, sums in zip(materials, np.moveaxis(there, 1, 0), strict=True):
            if m >= 0:
                into[..., m] += sums

    def _ranks(self) -> Iterator[tuple[Ints, Floats]]:
        """Yield, for each rank of yards, the yard of every owner and the part of its load that went there in each step, (S, 1, n)."""
        shares = self._shares
        for rank in range(shares.shape[1]):
            yield np.maximum(self.history.access.yard[rank], 0), shares[:, rank, None]

    @cached_property
    def _shares(self) -> Floats:
        return self.history.carted_shares()


def _refuse(residual: Floats, closing: Floats, ids: Texts, label: str, materials: list[str], limit: float) -> None:
    """Tell the first place and material whose tonnes are unexplained or negative by more than rounding."""
    m, i = np.argwhere(~((np.abs(residual) <= limit) & (closing >= -limit)))[0]
    message = (
        f"tonnes of {materials[m]!r} do not balance at {ids[i]!r} in {label}: "
        f"{residual[m, i]:.6g} t unexplained, {closing[m, i]:.6g} t left"
    )
    raise BalanceError(message)
