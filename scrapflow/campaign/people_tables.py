"""Long tables of what people did: movements, stock accounts, quotas by rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.campaign.by_code import codes, ratio
from scrapflow.campaign.collected import LOOTED, OUTSIDE, OWN, split
from scrapflow.campaign.long_columns import NumberColumn, TextColumn
from scrapflow.campaign.population import APPLIANCE, HELD, MATERIALS, SCRAP, VIAS

if TYPE_CHECKING:
    from scrapflow.campaign.collected import Collected
    from scrapflow.campaign.history import History
    from scrapflow.campaign.population import Floats, Ints, Texts

_KINDS = np.array(["carted", "leaked", "looted", "returned"], dtype=object)
CARTED, LEAKED, LOOTED_KIND, RETURNED = range(4)
_HOUSEHOLD = (SCRAP, APPLIANCE)
_MATERIAL_RANK: Ints = np.argsort(np.argsort(MATERIALS))
_VIA_RANK: Ints = np.argsort(np.argsort(VIAS))
"""Position of each material and via in the order of their names."""
_AMOUNTS = ("opening_t", "arising_t", "converted_t", "in_t", "out_t", "closing_t")


class _Legs:
    """Gathers movements as codes; places are coded in the order of their identifiers."""

    def __init__(self, collected: Collected) -> None:
        places = np.concatenate([collected.owners, collected.yard_ids, [OUTSIDE]])
        self.names = np.array(sorted(set(places)), dtype=object)
        access = collected.history.access
        self.links, code = codes(np.append(access.link_id.ravel(), ""))
        self.link, self.no_link = code[:-1].reshape(access.link_id.shape), int(code[-1])
        self.runs: dict[tuple[int, int, int], list[tuple[Ints, Ints, Floats]]] = {}
        self.period, self.kind = TextColumn(collected.periods["period"]), TextColumn(_KINDS)
        self.material, self.via = TextColumn(sorted(MATERIALS)), TextColumn(sorted(VIAS))
        self.origin, self.destination = TextColumn(self.names), TextColumn(self.names)
        self.used, self.basis = TextColumn(self.links), TextColumn(["modelled"])
        self.tonnage = NumberColumn()

    def place(self, ids: Texts) -> Ints:
        """Return the codes of places."""
        return np.asarray(pd.Index(self.names).get_indexer(ids), dtype=np.int64)

    def add(self, what: tuple[int, int, int], ends: tuple[Ints, Ints], tonnage: Floats, link: Ints) -> None:
        """Add the rows above zero of one kind, material and via (``what``), with their origins and destinations."""
        at = np.flatnonzero(tonnage > 0)
        if not len(at):
            return
        kind, material, via = what
        origin, destination, used = (np.broadcast_to(x, tonnage.shape)[at] for x in (*ends, link))
        run = self.runs.setdefault((kind, int(_MATERIAL_RANK[material]), int(_VIA_RANK[via])), [])
        run.append((origin * len(self.names) + destination, used, tonnage[at]))

    def close(self, period: int) -> None:
        """End a period: write its rows down, sorted, run by run."""
        amounts = []
        for what, parts in sorted(self.runs.items()):
            key, used, tonnage = (np.concatenate(p) if len(p) > 1 else p[0] for p in zip(*parts, strict=True))
            if (key[1:] < key[:-1]).any():
                order = np.argsort(key, kind="stable")
                key, used, tonnage = key[order], used[order], tonnage[order]
            origin, destination = np.divmod(key, len(self.names))
            for column, code in zip(
                (self.period, self.kind, self.material, self.via, self.basis), (period, *what, 0), strict=True
            ):
                column.repeat(code, len(key))
            self.origin.add(origin, what)
            self.destination.add(destination, what)
            self.used.add(used, what)
            amounts.append(tonnage)
        self.tonnage.add(*amounts)
        self.runs = {}

    def table(self) -> pd.DataFrame:
        """Return all rows."""
        return pd.DataFrame(
            {
                "period": self.period.close(),
                "kind": self.kind.close(),
                "material": self.material.close(),
                "via": self.via.close(),
                "origin": self.origin.close(),
                "destination": self.destination.close(),
                "tonnage_t": self.tonnage.close(),
                "link_id": self.used.close(),
                "basis": self.basis.close(),
            },
            copy=False,
        )


def _decoded(key: Ints, sizes: tuple[int, ...]) -> list[Ints]:
    """Take a number apart into the codes it was made of."""
    out: list[Ints] = []
    for size in sizes[::-1]:
        key, code = np.divmod(key, max(size, 1))
        out.append(code)
    return out[::-1]


def movements(collected: Collected) -> pd.DataFrame:
    """List what enterprises and communities moved: carted, carried back, looted, sold abroad.

    Returns
    -------
    DataFrame
        ``period, kind, material, via, origin, destination, tonnage_t, link_id, basis``; t, above zero; sorted.
    """
    h = collected.history
    legs = _Legs(collected)
    n = len(h.population.enterprise_id)
    owner, yard, outside = (
        legs.place(collected.owners),
        legs.place(collected.yard_ids),
        legs.place(np.array([OUTSIDE], dtype=object)),
    )
    yard = yard if len(yard) else np.array([-1])
    e, c, nowhere = owner[:n], owner[n:], np.array(legs.no_link)
    for t in range(len(collected.periods)):
        for r, part in enumerate(split(h.shares[t])):
            to, link = yard[np.maximum(h.access.yard[r], 0)], legs.link[r]
            for m in range(HELD):
                legs.add((CARTED, m, OWN), (e, to[:n]), h.carted[t][m] * part[:n], link[:n])
                legs.add((CARTED, m, LOOTED), (c, to[n:]), h.carted_looted[t][m] * part[n:], link[n:])
            for i, m in enumerate(_HOUSEHOLD):
                legs.add((CARTED, m, OWN), (c, to[n:]), h.carted_own[t][i] * part[n:], link[n:])
        source = max(t - h.return_after, 0)
        for r, part in enumerate(h.back[t]):
            from_ = yard[np.maximum(h.access.yard[r, :n], 0)]
            for m in range(1, HELD):
                legs.add((RETURNED, m, OWN), (from_, e), h.uncaught[source][m] * part, legs.link[r, :n])
        for i, m in enumerate(_HOUSEHOLD):
            legs.add((LEAKED, m, OWN), (c, outside), h.sold_own[t][i], nowhere)
        _nights(collected, legs, t, e, c)
        for m in range(HELD):
            legs.add((LEAKED, m, LOOTED), (c, outside), h.sold_looted[t][m], nowhere)
        legs.close(t)
    return legs.table()


def _nights(collected: Collected, legs: _Legs, t: int, e: Ints, c: Ints) -> None:
    """Add what was looted, from each enterprise to each community, by material."""
    h = collected.history
    taken, enterprise = h.takings[t], h.reach.enterprise
    at_c, rank = np.nonzero(taken)
    if not len(at_c):
        return
    at_e = enterprise[at_c, rank]
    lost, nowhere = h.lost[t].sum(axis=0), np.array(legs.no_link)
    for m in range(HELD):
        part = ratio(h.lost[t][m], lost)
        legs.add((LOOTED_KIND, m, LOOTED), (e[at_e], c[at_c]), taken[at_c, rank] * part[at_e], nowhere)


def stocks(collected: Collected) -> pd.DataFrame:
    """List the stock accounts of enterprises and communities, sorted by period, place, material and via.

    Returns
    -------
    DataFrame
        ``period, node_id, material, via, opening_t, arising_t, converted_t, in_t, out_t, closing_t``, in t.
    """
    h = collected.history
    n, m = len(h.population.enterprise_id), len(h.population.community_id)
    rank = np.empty(n + m, dtype=np.int64)
    rank[collected.order] = np.arange(n + m)
    blocks = [(OWN, tuple(range(HELD)), rank[:n]), (OWN, _HOUSEHOLD, rank[n:]), (LOOTED, tuple(range(HELD)), rank[n:])]
    sizes = (n + m, len(MATERIALS), len(VIAS))
    period = TextColumn(collected.periods["period"])
    written = [TextColumn(x) for x in (collected.owners[collected.order], sorted(MATERIALS), sorted(VIAS))]
    amounts = [NumberColumn() for _ in _AMOUNTS]
    for t in range(len(collected.periods)):
        keys, parts = [], []
        for (via, materials, places), values in zip(blocks, _accounts_of(h, t), strict=True):
            row, at = np.nonzero(np.logical_or.reduce([v != 0 for v in values if v is not None]))
            material = _MATERIAL_RANK[np.array(materials)[row]]
            keys.append((places[at] * len(MATERIALS) + material) * len(VIAS) + _VIA_RANK[via])
            parts.append([np.zeros(len(at)) if v is None else v[row, at] for v in values])
        key = np.concatenate(keys)
        order = np.argsort(key, kind="stable")
        period.repeat(t, len(key))
        for column, code in zip(written, _decoded(key[order], sizes), strict=True):
            column.add(code)
        for amount, part in zip(amounts, zip(*parts, strict=True), strict=True):
            amount.add(np.concatenate(part)[order])
    names = ("period", "node_id", "material", "via")
    columns = {name: column.close() for name, column in zip(names, (period, *written), strict=True)}
    numbers = {name: amount.close() for name, amount in zip(_AMOUNTS, amounts, strict=True)}
    return pd.DataFrame({**columns, **numbers}, copy=False)


def _accounts_of(h: History, t: int) -> tuple[tuple[Floats | None, ...], ...]:
    """Return the amounts of a period for own stocks of enterprises, own and looted stocks of communities; None: zero."""
    arising = np.zeros((HELD, len(h.population.enterprise_id)))
    arising[SCRAP] = h.arising[t]
    return (
        (h.opening[t], arising, h.converted[t], h.returned[t], h.carted[t] + h.lost[t], h.opening[t + 1]),
        (h.household[t], None, None, None, h.carted_own[t] + h.sold_own[t], h.household[t + 1]),
        (h.looted_stock[t], None, None, h.got[t], h.carted_looted[t] + h.sold_looted[t], h.looted_stock[t + 1]),
    )


def quotas(collected: Collected) -> pd.DataFrame:
    """List quotas by rule; what an owner was credited with is split over its rules in proportion to their quotas.

    Returns
    -------
    DataFrame
        ``period, node_id, rule_id, organisation, quota_t, credited_t``, in t; only rules that ask for something.
    """
    h, order = collected.history, collected.order
    rules = {r.rule_id: r.organisation for due in h.dues for r in due.rules}
    ids = sorted(rules)
    position = {rule_id: i for i, rule_id in enumerate(ids)}
    bodies, body = codes(np.array([rules[i] for i in ids], dtype=object))
    period, node = TextColumn(collected.periods["period"]), TextColumn(collected.owners[order])
    rule_id, organisation = TextColumn(ids), TextColumn(bodies)
    asked, credited = NumberColumn(), NumberColumn()
    for t, due in enumerate(h.dues):
        if not due.rules:
            continue
        by_rule = np.concatenate([due.enterprises, due.communities], axis=1)[:, order]
        credit = ratio(h.account["credited_t"][t], h.account["quota_t"][t])[order]
        ranked = np.argsort([position[r.rule_id] for r in due.rules], kind="stable")
        owner, rank = np.nonzero(by_rule[ranked].T > 0)
        rule = np.array([position[r.rule_id] for r in due.rules])[ranked][rank]
        tonnage = by_rule[ranked[rank], owner]
        period.repeat(t, len(owner))
        for column, code in ((node, owner), (rule_id, rule), (organisation, body[rule])):
            column.add(code)
        asked.add(tonnage)
        credited.add(tonnage * credit[owner])
    names = ("period", "node_id", "rule_id", "organisation")
    columns = {name: c.close() for name, c in zip(names, (period, node, rule_id, organisation), strict=True)}
    return pd.DataFrame({**columns, "quota_t": asked.close(), "credited_t": credited.close()}, copy=False)
