"""Long tables of what people did: accounts, stock accounts, quotas by rule, what could not be carted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.campaign.by_code import ratio, texts
from scrapflow.campaign.carting import CAPACITY, reasons
from scrapflow.campaign.history import ACCOUNT_COLUMNS
from scrapflow.campaign.long_columns import NumberColumn, TextColumn
from scrapflow.campaign.population import HELD, HOME_SCRAP, LOOTED, OWN, SCRAP
from scrapflow.vocabulary import VIAS
from scrapflow.world.numbering import numbered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapflow.campaign.history import History, Period
    from scrapflow.campaign.population import Floats, Ints

_AMOUNTS = ("opening_t", "arising_t", "converted_t", "in_t", "out_t", "closing_t")


def account_table(history: History, periods: Sequence[str]) -> pd.DataFrame:
    """Tabulate what each enterprise and community owed, gave, took back and suffered, a row for each in each period.

    Returns
    -------
    DataFrame
        ``period, node_id`` and the columns of the vocabulary's ``accounts.csv``, sorted by the two.
    """
    order = history.order
    period, node = TextColumn(periods), TextColumn(history.owners[order])
    for step in range(len(history.periods)):
        period.repeat(step, len(order))
        node.add(np.arange(len(order)))
    columns = {name: history.column(name)[:, order].ravel() for name in ACCOUNT_COLUMNS}
    return pd.DataFrame({"period": period.close(), "node_id": node.close(), **columns}, copy=False)


def stock_table(history: History, periods: Sequence[str]) -> pd.DataFrame:
    """List the stock accounts of enterprises and communities, sorted by period, place, material and via.

    Returns
    -------
    DataFrame
        ``period, node_id, material, via, opening_t, arising_t, converted_t, in_t, out_t, closing_t``, in t.
    """
    population, order = history.population, history.order
    n, owners = len(population.enterprise_id), len(history.owners)
    place = np.empty(owners, dtype=np.int64)
    place[order] = np.arange(owners)
    material_names, via_names = sorted(population.materials), sorted(VIAS)
    material_rank = {m: material_names.index(name) for m, name in enumerate(population.materials)}
    blocks = [
        (via_names.index(VIAS[via]), [material_rank.get(m, -1) for m in materials], places)
        for via, materials, places in (
            (OWN, population.held, place[:n]),
            (OWN, population.gathered, place[n:]),
            (LOOTED, population.held, place[n:]),
        )
    ]
    period = TextColumn(periods)
    written = [TextColumn(labels) for labels in (history.owners[order], material_names, via_names)]
    sizes = (owners, len(material_names), len(via_names))
    amounts = [NumberColumn() for _ in _AMOUNTS]
    for step, months in enumerate(history.periods):
        keys, parts = [], []
        for (via, materials, places), values in zip(blocks, _stocks_over(months), strict=True):
            role, at = np.nonzero(np.logical_or.reduce([v != 0 for v in values if v is not None]))
            keys.append((places[at] * sizes[1] + np.array(materials)[role]) * sizes[2] + via)
            parts.append([np.zeros(len(at)) if v is None else v[role, at] for v in values])
        key = np.concatenate(keys)
        by_key = np.argsort(key, kind="stable")
        period.repeat(step, len(key))
        for column, code in zip(written, _decoded(key[by_key], sizes), strict=True):
            column.add(code)
        for amount, part in zip(amounts, zip(*parts, strict=True), strict=True):
            amount.add(np.concatenate(part)[by_key])
    names = ("period", "node_id", "material", "via")
    columns = {name: column.close() for name, column in zip(names, (period, *written), strict=True)}
    numbers = {name: amount.close() for name, amount in zip(_AMOUNTS, amounts, strict=True)}
    return pd.DataFrame({**columns, **numbers}, copy=False)


def _stocks_over(months: Sequence[Period]) -> list[tuple[Floats | None, ...]]:
    """Return the amounts of a period: what the first of its months opened with, what all moved, what the last left."""
    if len(months) == 1:
        return list(_stock_amounts(months[0]))
    amounts = []
    for block in zip(*(_stock_amounts(p) for p in months), strict=True):
        opening, *moved, closing = zip(*block, strict=True)
        sums = [None if values[0] is None else np.sum(values, axis=0) for values in moved]
        amounts.append((opening[0], *sums, closing[-1]))
    return amounts


def _stock_amounts(p: Period) -> tuple[tuple[Floats | None, ...], ...]:
    """Return the amounts of a period for own stocks of enterprises, own and looted stocks of communities; None: zero."""
    arising = np.zeros((HELD, len(p.arising)))
    arising[SCRAP] = p.arising
    household_arising = np.zeros_like(p.household)
    household_arising[HOME_SCRAP] = p.household_arising
    return (
        (p.opening, arising, p.converted, p.returned, p.carted + p.lost, p.closing),
        (p.household, household_arising, None, None, p.carted_own + p.sold_own, p.household_closing),
        (p.looted, None, None, p.got, p.carted_looted + p.sold_looted, p.looted_closing),
    )


def _decoded(key: Ints, sizes: tuple[int, ...]) -> list[Ints]:
    """Take a number apart into the codes it was made of."""
    parts: list[Ints] = []
    for size in sizes[::-1]:
        key, code = np.divmod(key, max(size, 1))
        parts.append(code)
    return parts[::-1]


def quota_table(history: History, periods: Sequence[str]) -> pd.DataFrame:
    """List quotas by rule; what an owner was credited with is split over its rules in proportion to their quotas.

    Returns
    -------
    DataFrame
        ``period, node_id, rule_id, organisation, quota_t, credited_t``, in t; only rules that ask for something.
    """
    order = history.order
    rules = {rule.rule_id: rule.organisation for due in history.dues for rule in due.rules}
    ids = sorted(rules)
    position = {rule_id: i for i, rule_id in enumerate(ids)}
    body, bodies = numbered(np.array([rules[i] for i in ids], dtype=object))
    period, node = TextColumn(periods), TextColumn(history.owners[order])
    rule_id, organisation = TextColumn(ids), TextColumn(bodies)
    asked, credited = NumberColumn(), NumberColumn()
    for step, months in enumerate(history.periods):
        quota, credit = np.zeros((2, len(ids), len(order)))
        for due, record in zip(history.dues[step * history.parts :], months, strict=False):
            rows = [position[rule.rule_id] for rule in due.rules]
            by_rule = np.concatenate([due.enterprises, due.communities], axis=1)[:, order]
            quota[rows] += by_rule
            credit[rows] += by_rule * ratio(record.account["credited_t"], record.account["quota_t"])[order]
        owner, code = np.nonzero(quota.T > 0)
        if not len(owner):
            continue
        period.repeat(step, len(owner))
        for column, codes_ in ((node, owner), (rule_id, code), (organisation, body[code])):
            column.add(codes_)
        asked.add(quota[code, owner])
        credited.add(credit[code, owner])
    names = ("period", "node_id", "rule_id", "organisation")
    columns = {name: c.close() for name, c in zip(names, (period, node, rule_id, organisation), strict=True)}
    return pd.DataFrame({**columns, "quota_t": asked.close(), "credited_t": credited.close()}, copy=False)


def unserved_table(history: History, periods: Sequence[str]) -> pd.DataFrame:
    """List what lies ready and could not be carted yet: a level, and what each period added to it.

    Returns
    -------
    DataFrame
        ``period, node_id, tonnage_t`` (t at the end of the period), ``new_t`` (t added in it; negative where it shrank,
        so that they sum to the last level), ``reason, links``.
    """
    order, access = history.order, history.access
    level = history.levels()
    new = np.diff(level, axis=0, prepend=0.0)
    period, owner = np.nonzero((level[:, order] > 0) | (new[:, order] != 0))
    at = order[owner]
    ends = [months[-1] for months in history.periods]
    why = np.array([reasons(access, p.full, p.hindered) for p in ends], dtype=object).reshape(level.shape)
    why = why[period, at]
    links = np.where(why == CAPACITY, access.link_id[0, at], "")
    return pd.DataFrame(
        {
            "period": texts(np.array(periods, dtype=object), period),
            "node_id": texts(history.owners, at),
            "tonnage_t": level[period, at],
            "new_t": new[period, at],
            "reason": pd.array(why, dtype="str"),
            "links": pd.array(links, dtype="str"),
        }
    )
