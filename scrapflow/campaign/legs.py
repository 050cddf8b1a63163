"""Long tables of what people did: movements, stock accounts, quotas by rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.campaign.arrays import ratio, texts
from scrapflow.campaign.collected import LOOTED, OUTSIDE, OWN, split
from scrapflow.campaign.population import APPLIANCE, HELD, MATERIALS, SCRAP, VIAS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scrapflow.campaign.collected import Collected
    from scrapflow.campaign.population import Floats, Ints, Texts

_KINDS = np.array(["carted", "leaked", "looted", "returned"], dtype=object)
CARTED, LEAKED, LOOTED_KIND, RETURNED = range(4)
_HOUSEHOLD = (SCRAP, APPLIANCE)
_AMOUNTS = ("opening_t", "arising_t", "converted_t", "in_t", "out_t", "closing_t")


class _Legs:
    """Gathers movements as codes; places are coded in the order of their identifiers."""

    def __init__(self, collected: Collected) -> None:
        self.names = np.unique(np.concatenate([collected.owners, collected.yard_ids, [OUTSIDE]]).astype(str)).astype(
            object
        )
        access = collected.history.access
        self.links, code = np.unique(access.link_id.astype(str), return_inverse=True)
        self.link = code.reshape(access.link_id.shape)
        self.no_link = int(np.searchsorted(self.links, "")) if "" in self.links else -1
        self.rows: list[tuple[Ints, ...]] = []
        self.tonnage: list[Floats] = []

    def place(self, ids: Iterable[str] | Texts) -> Ints:
        return np.searchsorted(self.names, np.asarray(ids, dtype=object)).astype(np.int64)

    def add(self, what: tuple[int, int, int, int], ends: tuple[Ints, Ints], tonnage: Floats, link: Ints | int) -> None:
        """Add the rows above zero of one period, kind, material and via (``what``), with origins and destinations."""
        at = np.flatnonzero(tonnage > 0)
        if not len(at):
            return
        places = [np.broadcast_to(np.asarray(x), tonnage.shape)[at] for x in (*ends, link)]
        self.rows.append((*(np.full(len(at), c) for c in what), *places))
        self.tonnage.append(tonnage[at])

    def frame(self, collected: Collected) -> pd.DataFrame:
        """Return all rows, sorted by their keys, as strings and tonnes."""
        empty = [np.zeros(0, dtype=np.int64)] * 7
        t, kind, material, via, origin, destination, link = (
            (np.concatenate(c) for c in zip(*self.rows, strict=True)) if self.rows else empty
        )
        tonnage = np.concatenate([np.zeros(0), *self.tonnage])
        by_name, via_by_name = np.argsort(np.argsort(MATERIALS)), np.argsort(np.argsort(VIAS))
        order = np.lexsort((link, destination, origin, via_by_name[via], by_name[material], kind, t))
        links = np.append(self.links, "").astype(object)
        return pd.DataFrame(
            {
                "period": collected.labels(t[order]),
                "kind": texts(_KINDS, kind[order]),
                "material": texts(np.array(MATERIALS, dtype=object), material[order]),
                "via": texts(np.array(VIAS, dtype=object), via[order]),
                "origin": texts(self.names, origin[order]),
                "destination": texts(self.names, destination[order]),
                "tonnage_t": tonnage[order],
                "link_id": texts(links, link[order] % len(links)),
                "basis": texts(np.array(["modelled"], dtype=object), np.zeros(len(order), dtype=np.int64)),
            }
        )


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
    owner, yard, outside = legs.place(collected.owners), legs.place(collected.yard_ids), legs.place([OUTSIDE])[0]
    yard = yard if len(yard) else np.array([-1])
    e, c = owner[:n], owner[n:]
    for t in range(len(collected.periods)):
        for r, part in enumerate(split(h.shares[t])):
            to, link = yard[np.maximum(h.access.yard[r], 0)], legs.link[r]
            for m in range(HELD):
                legs.add((t, CARTED, m, OWN), (e, to[:n]), h.carted[t, m] * part[:n], link[:n])
                legs.add((t, CARTED, m, LOOTED), (c, to[n:]), h.carted_looted[t, m] * part[n:], link[n:])
            for i, m in enumerate(_HOUSEHOLD):
                legs.add((t, CARTED, m, OWN), (c, to[n:]), h.carted_own[t, i] * part[n:], link[n:])
        source = max(t - h.return_after, 0)
        for r, part in enumerate(h.back[t]):
            from_ = yard[np.maximum(h.access.yard[r, :n], 0)]
            for m in range(1, HELD):
                legs.add((t, RETURNED, m, OWN), (from_, e), h.uncaught[source, m] * part, legs.link[r, :n])
        for i, m in enumerate(_HOUSEHOLD):
            legs.add((t, LEAKED, m, OWN), (c, outside), h.sold_own[t, i], -1)
        _nights(collected, legs, t, e, c)
        for m in range(HELD):
            legs.add((t, LEAKED, m, LOOTED), (c, outside), h.sold_looted[t, m], -1)
    return legs.frame(collected)


def _nights(collected: Collected, legs: _Legs, t: int, e: Ints, c: Ints) -> None:
    """Add what was looted, from each enterprise to each community, by material."""
    h = collected.history
    taken, enterprise = h.takings[t], h.reach.enterprise
    at_c, rank = np.nonzero(taken)
    if not len(at_c):
        return
    at_e = enterprise[at_c, rank]
    lost = h.lost[t].sum(axis=0)
    for m in range(HELD):
        part = ratio(h.lost[t, m], lost)
        legs.add((t, LOOTED_KIND, m, LOOTED), (e[at_e], c[at_c]), taken[at_c, rank] * part[at_e], -1)


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
    keys, amounts = [], []
    for t in range(len(collected.periods)):
        zero_c, zero_l = np.zeros((2, m)), np.zeros((HELD, m))
        arising = np.zeros((HELD, n))
        arising[SCRAP] = h.arising[t]
        columns = (
            (h.opening[t], arising, h.converted[t], h.returned[t], h.carted[t] + h.lost[t], h.opening[t + 1]),
            (h.household[t], zero_c, zero_c, zero_c, h.carted_own[t] + h.sold_own[t], h.household[t + 1]),
            (h.looted_stock[t], zero_l, zero_l, h.got[t], h.carted_looted[t] + h.sold_looted[t], h.looted_stock[t + 1]),
        )
        for (via, materials, places), values in zip(blocks, columns, strict=True):
            table = np.stack(values)
            row, at = np.nonzero((table != 0).any(axis=0))
            keys.append(_key(t, places[at], np.array(materials)[row], via, n + m))
            amounts.append(table[:, row, at])
    key, together = np.concatenate(keys), np.concatenate(amounts, axis=1)
    order = np.argsort(key, kind="stable")
    return _stock_frame(collected, key[order], together[:, order])


def _key(t: int, place: Ints, material: Ints, via: int, owners: int) -> Ints:
    """Return one number that sorts like period, identifier, name of the material, name of the via."""
    m = np.argsort(np.argsort(MATERIALS))[material]
    v = np.argsort(np.argsort(VIAS))[via]
    return np.asarray(((t * owners + place) * len(MATERIALS) + m) * len(VIAS) + v, dtype=np.int64)


def _stock_frame(collected: Collected, key: Ints, values: Floats) -> pd.DataFrame:
    rest, via = np.divmod(key, len(VIAS))
    rest, material = np.divmod(rest, len(MATERIALS))
    period, place = np.divmod(rest, max(len(collected.order), 1))
    return pd.DataFrame(
        {
            "period": collected.labels(period),
            "node_id": texts(collected.owners[collected.order], place),
            "material": texts(np.array(sorted(MATERIALS), dtype=object), material),
            "via": texts(np.array(sorted(VIAS), dtype=object), via),
            **dict(zip(_AMOUNTS, values, strict=True)),
        }
    )


def quotas(collected: Collected) -> pd.DataFrame:
    """List quotas by rule; what an owner was credited with is split over its rules in proportion to their quotas.

    Returns
    -------
    DataFrame
        ``period, node_id, rule_id, organisation, quota_t, credited_t``, in t; only rules that ask for something.
    """
    h, order = collected.history, collected.order
    parts = []
    for t, due in enumerate(h.dues):
        if not due.rules:
            continue
        by_rule = np.concatenate([due.enterprises, due.communities], axis=1)[:, order]
        total = h.account["quota_t"][t, order]
        credit = ratio(h.account["credited_t"][t, order], total)
        ranked = np.argsort([r.rule_id for r in due.rules], kind="stable")
        owner, rank = np.nonzero(by_rule[ranked].T > 0)
        rule = ranked[rank]
        tonnage = by_rule[rule, owner]
        ids, bodies = (_names(due.rules, attribute, rule) for attribute in ("rule_id", "organisation"))
        parts.append((np.full(len(owner), t), owner, ids, bodies, tonnage, tonnage * credit[owner]))
    frames = [
        pd.DataFrame(
            {
                "period": collected.labels(t),
                "node_id": texts(collected.owners[order], owner),
                "rule_id": rule,
                "organisation": body,
                "quota_t": quota,
                "credited_t": credited,
            }
        )
        for t, owner, rule, body, quota, credited in parts
    ]
    if frames:
        return pd.concat(frames, ignore_index=True)
    none = {c: pd.array([], dtype="str") for c in ("period", "node_id", "rule_id", "organisation")}
    return pd.DataFrame({**none, "quota_t": np.zeros(0), "credited_t": np.zeros(0)})


def _names(rules: tuple[object, ...], attribute: str, at: Ints) -> pd.api.extensions.ExtensionArray:
    return texts(np.array([getattr(r, attribute) for r in rules], dtype=object), at)
