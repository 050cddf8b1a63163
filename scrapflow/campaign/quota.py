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

from scrapflow.campaign.by_code import codes, ratio, sum_by
from scrapflow.units import KG_PER_T

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from scrapflow.campaign.campaign import Campaign
    from scrapflow.campaign.population import Floats, Population, Texts
    from scrapflow.campaign.quota_rules import QuotaRule

YOUTH = (1, 3)
"""Pools of pupils and students."""
AFFILIATED_ADULTS = 2
_POOLS = {"residents": (0, 1, 2, 3), "unaffiliated": (0, 1), "youth": YOUTH}


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
    out = []
    for rule in rules:
        here = _places(rule, population.enterprise_id, population.enterprise_region, population.sector)
        there = _places(rule, population.community_id, population.community_region, None)
        if rule.kind == "fixed":
            out.append(Heads(here.astype(np.float64), np.outer(there, [1.0, 0.0, 0.0, 0.0])))
            continue
        free_workers, free_pools = (population.workers, population.pools) if rule.additional else (workers, pools)
        if rule.kind == "per_worker":
            heads = Heads(free_workers * here, np.zeros_like(pools))
        else:
            heads = Heads(np.zeros_like(workers), _residents(rule, free_pools * there[:, None], population))
        out.append(heads)
        if not rule.additional:
            workers, pools = _left(workers, pools, heads, population)
    return out


def _places(rule: QuotaRule, ids: Texts, regions: Texts, sectors: Texts | None) -> NDArray[np.bool_]:
    fits = np.ones(len(ids), dtype=bool)
    if rule.nodes:
        fits &= np.isin(ids, np.array(rule.nodes, dtype=object))
    if rule.regions:
        fits &= np.isin(regions, np.array(rule.regions, dtype=object))
    if rule.sectors and sectors is not None:
        fits &= np.isin(sectors, np.array(rule.sectors, dtype=object))
    return fits


def _residents(rule: QuotaRule, free: Floats, population: Population) -> Floats:
    """Take a rule's residents out of the pools that are free."""
    drawn = np.zeros_like(free)
    columns = list(_POOLS[{"unaffiliated": "unaffiliated", "organisation": rule.draw}.get(rule.kind, "residents")])
    drawn[:, columns] = free[:, columns]
    if rule.kind == "organisation":
        wanted = population.residents * float(rule.members_share.value)
        there = drawn.sum(axis=1)
        drawn *= ratio(np.minimum(wanted, there), there)[:, None]
    return drawn


def _left(workers: Floats, pools: Floats, heads: Heads, population: Population) -> tuple[Floats, Floats]:
    """Take counted heads from the pools, and counted workers from the affiliated adults of their region and back."""
    regions, code = codes(np.concatenate([population.enterprise_region, population.community_region]))
    at_e, at_c = code[: len(workers)], code[len(workers) :]
    k = len(regions)
    adults = sum_by(at_c, pools[:, AFFILIATED_ADULTS], k)
    taken_adults = sum_by(at_c, heads.residents[:, AFFILIATED_ADULTS], k)
    taken_workers = sum_by(at_e, heads.workers, k)
    workers_gone = ratio(taken_adults, adults)
    adults_gone = np.minimum(ratio(taken_workers, adults), 1.0)
    workers = (workers - heads.workers) * (1 - workers_gone)[at_e]
    pools = pools - heads.residents
    pools[:, AFFILIATED_ADULTS] *= (1 - adults_gone)[at_c]
    return workers, np.maximum(pools, 0.0)


def due(campaign: Campaign, population: Population) -> list[Due]:
    """Work out the quota of every rule, place and period, in t.

    ``quota = heads × kg / 1000`` (``fixed``: the tonnes of the rule at each of its places). The kg come from the
    campaign's file, with their origin.

    Returns
    -------
    list of Due
        One a period; periods that ask for the same share one.
    """
    out = []
    counted: dict[tuple[str, ...], list[Heads]] = {}
    made: dict[tuple[tuple[str, float], ...], Due] = {}
    amounts = [
        [kg / (1.0 if r.kind == "fixed" else KG_PER_T) for kg in r.amounts(campaign.periods, campaign.unit)]
        for r in campaign.rules
    ]
    for step in range(len(campaign.periods)):
        active = [(r, tonnes[step]) for r, tonnes in zip(campaign.rules, amounts, strict=True) if tonnes[step] > 0]
        what = tuple((r.rule_id, tonnes) for r, tonnes in active)
        if what not in made:
            rules = tuple(r for r, _ in active)
            key = tuple(r.rule_id for r in rules)
            if key not in counted:
                counted[key] = count_heads(rules, population)
            made[what] = _made_due(rules, counted[key], [tonnes for _, tonnes in active], population)
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
