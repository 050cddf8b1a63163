"""Quotas: how many heads each rule counts where, and how many tonnes that makes.

Rules count in the order of the file. Nobody is counted twice: a head counted by one rule is left out by the later ones,
unless a rule is ``additional`` (it then counts everybody who fits, and takes nobody from the others). Workers live
among the affiliated adults of their region, so that a rule over enterprises and a rule over residents do not both count
them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from scrapflow.campaign.by_code import ratio, sum_by

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from scrapflow.campaign.population import Floats, Population, Texts
    from scrapflow.campaign.quota_rules import QuotaRule

    Places = tuple[NDArray[np.bool_], NDArray[np.bool_]]
    """Which enterprises and which communities fit a rule."""
    Counter = Callable[[QuotaRule, Floats, Floats, Places, Floats], "Heads"]
    """Counts the heads of a rule: free workers (n,) and pools (m, 4) of the places that fit, these, residents (m,)."""

YOUTH = (1, 3)
"""Pools of pupils and students."""
AFFILIATED_ADULTS = 2
POOLS = {"residents": (0, 1, 2, 3), "unaffiliated": (0, 1), "unaffiliated_adults": (0,), "youth": YOUTH}
"""Pools from which the members of an organisation may be drawn, by the word of the file."""
DRAWS = tuple(POOLS)


class Heads(NamedTuple):
    """Whom a rule counts: workers of enterprises (n,), residents of communities by pool (m, 4); ``fixed``: places."""

    workers: Floats
    residents: Floats

    @property
    def total(self) -> float:
        """All heads together."""
        return float(self.workers.sum() + self.residents.sum())


@dataclass(frozen=True, eq=False)
class Due:
    """Quotas of one period in t, by rule.

    Attributes
    ----------
    rules
        The r rules that ask for something in this period.
    enterprises, communities
        Shapes (r, n) and (r, m).
    youth
        The part of ``communities`` that falls on pupils and students; shape (r, m).
    """

    rules: tuple[QuotaRule, ...]
    enterprises: Floats
    communities: Floats
    youth: Floats

    @cached_property
    def total(self) -> Floats:
        """Of all rules together, in t; shape (n + m,), enterprises first."""
        return np.concatenate([self.enterprises.sum(axis=0), self.communities.sum(axis=0)])

    @cached_property
    def youth_share(self) -> Floats:
        """Part of a community's quota that falls on pupils and students; shape (m,)."""
        return ratio(self.youth.sum(axis=0), self.communities.sum(axis=0))


def count_heads(rules: Sequence[QuotaRule], population: Population) -> list[Heads]:
    """Count the heads of rules that hold in one period, nobody twice.

    Parameters
    ----------
    rules
        Rules in the order of the file.
    population
        Enterprises and communities.

    Returns
    -------
    list of Heads
        One a rule.
    """
    workers, pools = population.workers.copy(), population.pools.copy()
    counted = []
    for rule in rules:
        places = (
            _places(rule, population.enterprise_id, population.enterprise_region, population.sector),
            _places(rule, population.community_id, population.community_region, None),
        )
        free_workers, free_pools = (population.workers, population.pools) if rule.additional else (workers, pools)
        heads = COUNTERS[rule.kind](
            rule, free_workers * places[0], free_pools * places[1][:, None], places, population.residents
        )
        counted.append(heads)
        if not rule.additional:
            workers, pools = _left(workers, pools, heads, population)
    return counted


def _places(rule: QuotaRule, ids: Texts, regions: Texts, sectors: Texts | None) -> NDArray[np.bool_]:
    fits = np.ones(len(ids), dtype=bool)
    if rule.nodes:
        fits &= np.isin(ids, np.array(rule.nodes, dtype=object))
    if rule.regions:
        fits &= np.isin(regions, np.array(rule.regions, dtype=object))
    if rule.sectors and sectors is not None:
        fits &= np.isin(sectors, np.array(rule.sectors, dtype=object))
    return fits


def _workers(rule: QuotaRule, workers: Floats, pools: Floats, places: Places, residents: Floats) -> Heads:
    del rule, places, residents
    return Heads(workers, np.zeros_like(pools))


def _everyone(rule: QuotaRule, workers: Floats, pools: Floats, places: Places, residents: Floats) -> Heads:
    del rule, places, residents
    return Heads(np.zeros_like(workers), pools)


def _unaffiliated(rule: QuotaRule, workers: Floats, pools: Floats, places: Places, residents: Floats) -> Heads:
    del rule, places, residents
    return Heads(np.zeros_like(workers), _of_pools(pools, POOLS["unaffiliated"]))


def _members(rule: QuotaRule, workers: Floats, pools: Floats, places: Places, residents: Floats) -> Heads:
    """Draw the members of a body from its pools in proportion, at most all who are left in them."""
    del places
    drawn = _of_pools(pools, POOLS[rule.draw])
    there = drawn.sum(axis=1)
    wanted = residents * float(rule.members_share.value)
    return Heads(np.zeros_like(workers), drawn * ratio(np.minimum(wanted, there), there)[:, None])


def _named_places(rule: QuotaRule, workers: Floats, pools: Floats, places: Places, residents: Floats) -> Heads:
    del rule, workers, pools, residents
    return Heads(places[0].astype(np.float64), np.outer(places[1], [1.0, 0.0, 0.0, 0.0]))


def _of_pools(pools: Floats, columns: tuple[int, ...]) -> Floats:
    chosen = np.zeros_like(pools)
    chosen[:, columns] = pools[:, columns]
    return chosen


COUNTERS: dict[str, Counter] = {
    "per_worker": _workers,
    "per_person": _everyone,
    "unaffiliated": _unaffiliated,
    "fixed": _named_places,
    "organisation": _members,
}
"""Who owes, by the word of the file: workers of enterprises, everyone, residents without a quota elsewhere, named places,
members of a body. Each counts among those who are free and fit the rule."""
KINDS = tuple(COUNTERS)


def _left(workers: Floats, pools: Floats, heads: Heads, population: Population) -> tuple[Floats, Floats]:
    """Take counted heads from the pools, and counted workers from the affiliated adults of their region and back."""
    at_e, at_c = np.split(population.region, [len(workers)])
    k = int(population.region.max(initial=-1)) + 1
    adults = sum_by(at_c, pools[:, AFFILIATED_ADULTS], k)
    taken_adults = sum_by(at_c, heads.residents[:, AFFILIATED_ADULTS], k)
    taken_workers = sum_by(at_e, heads.workers, k)
    workers_gone = ratio(taken_adults, adults)
    adults_gone = ratio(np.minimum(taken_workers, adults), adults)
    workers = (workers - heads.workers) * (1 - workers_gone)[at_e]
    pools = pools - heads.residents
    pools[:, AFFILIATED_ADULTS] *= (1 - adults_gone)[at_c]
    return workers, np.maximum(pools, 0.0)


def members(
    rules: Sequence[QuotaRule], periods: pd.DataFrame, unit: str, population: Population
) -> list[tuple[str, str, str, float, float]]:
    """Count for each rule whom it asks for and whom it finds, in the first period in which it asks for something.

    Returns
    -------
    list of tuple
        ``rule_id, kind, organisation, asked, counted``: ``asked`` is the members that an organisation is said to have, and
        for other kinds all whom the rule would count if it stood alone (places for ``fixed``); ``counted`` leaves out
        those whom earlier rules have counted. 0 and 0 for a rule that never asks.
    """
    due_t = [r.tonnes(periods, unit) for r in rules]
    rows = []
    for rule, tonnes in zip(rules, due_t, strict=True):
        step = next((i for i, t in enumerate(tonnes) if t > 0), None)
        asked = counted = 0.0
        if step is not None:
            asking = tuple(r for r, t in zip(rules, due_t, strict=True) if t[step] > 0)
            counted = count_heads(asking, population)[asking.index(rule)].total
            asked = _asked(rule, population)
        rows.append((rule.rule_id, rule.kind, rule.organisation, asked, counted))
    return rows


def _asked(rule: QuotaRule, population: Population) -> float:
    if rule.kind != "organisation":
        return count_heads((rule,), population)[0].total
    there = _places(rule, population.community_id, population.community_region, None)
    return float((population.residents * there).sum() * float(rule.members_share.value))


def due(
    rules: Sequence[QuotaRule], periods: pd.DataFrame, unit: str, population: Population, parts: int = 1
) -> list[Due]:
    """Work out the quota of every rule, place and period, in t.

    ``quota = heads × kg / 1000 × months`` (``fixed``: the tonnes of the rule at each of its places × months): a rate a
    month, whatever the unit of the periods; what is asked once, or spread, is a sum. The kg come from the campaign's
    file, with their origin.

    Parameters
    ----------
    rules, periods, unit, population
        Who asks, when, and of whom.
    parts
        Steps of a period: it asks for as much in each, and for what is due once in the first.

    Returns
    -------
    list of Due
        One a step; steps that ask for the same share one.
    """
    out = []
    counted: dict[tuple[str, ...], list[Heads]] = {}
    made: dict[tuple[tuple[str, float], ...], Due] = {}
    labels = tuple(periods["period"].tolist())
    amounts = [[t for tonnes in r.tonnes_in(labels, unit) for t in r.in_steps(tonnes, parts)] for r in rules]
    for step in range(len(periods) * parts):
        active = [(r, tonnes[step]) for r, tonnes in zip(rules, amounts, strict=True) if tonnes[step] > 0]
        what = tuple((r.rule_id, tonnes) for r, tonnes in active)
        if what not in made:
            asking = tuple(r for r, _ in active)
            key = tuple(r.rule_id for r in asking)
            if key not in counted:
                counted[key] = count_heads(asking, population)
            made[what] = _made_due(asking, counted[key], [tonnes for _, tonnes in active], population)
        out.append(made[what])
    return out


def _made_due(
    rules: tuple[QuotaRule, ...], heads: Sequence[Heads], tonnes: Sequence[float], population: Population
) -> Due:
    """Multiply heads by tonnes a head."""
    n, m = len(population.workers), len(population.residents)
    parts = list(zip(heads, tonnes, strict=True))
    return Due(
        rules,
        np.array([h.workers * t for h, t in parts]).reshape(len(parts), n),
        np.array([h.residents.sum(axis=1) * t for h, t in parts]).reshape(len(parts), m),
        np.array([h.residents[:, YOUTH].sum(axis=1) * t for h, t in parts]).reshape(len(parts), m),
    )
