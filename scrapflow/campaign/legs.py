"""Long tables of what people did: movements, stock accounts, quotas by rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.campaign.arrays import codes, ratio, texts
from scrapflow.campaign.collected import LOOTED, OUTSIDE, OWN, split
from scrapflow.campaign.population import APPLIANCE, HELD, MATERIALS, SCRAP, VIAS

if TYPE_CHECKING:
    from scrapflow.campaign.collected import Collected
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
        self.sizes = (len(_KINDS), len(MATERIALS), len(VIAS), len(self.names), len(self.names))
        self.parts: list[pd.DataFrame] = []
        self._clear()

    def _clear(self) -> None:
        self.keys: list[Ints] = []
        self.link_codes: list[Ints] = []
        self.tonnage: list[Floats] = []

    def place(self, ids: Texts) -> Ints:
        """Return the codes of places."""
        return np.asarray(pd.Index(self.names).get_indexer(ids), dtype=np.int64)

    def add(self, what: tuple[int, int, int], ends: tuple[Ints, Ints], tonnage: Floats, link: Ints) -> None:
        """Add the rows above zero of one kind, material and via (``what``), with their origins and destinations."""
        at = np.flatnonzero(tonnage > 0)
        kind, material, via = what
        key = (kind * len(MATERIALS) + _MATERIAL_RANK[material]) * len(VIAS) + _VIA_RANK[via]
        n = len(self.names)
        origin, destination, used = (np.broadcast_to(x, tonnage.shape)[at] for x in (*ends, link))
        self.keys.append((key * n + origin) * n + destination)
        self.link_codes.append(used)
        self.tonnage.append(tonnage[at])

    def close(self, label: pd.api.extensions.ExtensionArray) -> None:
        """End a period: sort its rows by their keys and turn codes into text."""
        key: Ints = np.concatenate(self.keys)
        link, tonnage = np.concatenate(self.link_codes), np.concatenate(self.tonnage)
        self._clear()
        order = np.argsort(key, kind="stable")
        kind, material, via, origin, destination = _decoded(key[order], self.sizes)
        zeros = np.zeros(len(order), dtype=np.int64)
        self.parts.append(
            pd.DataFrame(
                {
                    "period": label.take(zeros),
                    "kind": texts(_KINDS, kind),
                    "material": texts(np.array(sorted(MATERIALS), dtype=object), material),
                    "via": texts(np.array(sorted(VIAS), dtype=object), via),
                    "origin": texts(self.names, origin),
                    "destination": texts(self.names, destination),
                    "tonnage_t": tonnage[order],
                    "link_id": texts(self.links, link[order]),
                    "basis": texts(np.array(["modelled"], dtype=object), zeros),
                }
            )
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
        legs.close(collected.labels(np.array([t])))
    return pd.concat(legs.parts, ignore_index=True)


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
    parts = []
    for t in range(len(collected.periods)):
        zero_c, zero_l = np.zeros((2, m)), np.zeros((HELD, m))
        arising = np.zeros((HELD, n))
        arising[SCRAP] = h.arising[t]
        columns = (
            (h.opening[t], arising, h.converted[t], h.returned[t], h.carted[t] + h.lost[t], h.opening[t + 1]),
            (h.household[t], zero_c, zero_c, zero_c, h.carted_own[t] + h.sold_own[t], h.household[t + 1]),
            (h.looted_stock[t], zero_l, zero_l, h.got[t], h.carted_looted[t] + h.sold_looted[t], h.looted_stock[t + 1]),
        )
        keys, amounts = [], []
        for (via, materials, places), values in zip(blocks, columns, strict=True):
            row, at = np.nonzero(np.logical_or.reduce([v != 0 for v in values]))
            material = _MATERIAL_RANK[np.array(materials)[row]]
            keys.append((places[at] * len(MATERIALS) + material) * len(VIAS) + _VIA_RANK[via])
            amounts.append([v[row, at] for v in values])
        key = np.concatenate(keys)
        order = np.argsort(key, kind="stable")
        parts.append(
            _stock_frame(collected, t, key[order], [np.concatenate(a)[order] for a in zip(*amounts, strict=True)])
        )
    return pd.concat(parts, ignore_index=True)


def _stock_frame(collected: Collected, t: int, key: Ints, values: list[Floats]) -> pd.DataFrame:
    place, material, via = _decoded(key, (len(collected.order), len(MATERIALS), len(VIAS)))
    return pd.DataFrame(
        {
            "period": collected.labels(np.full(len(key), t)),
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
    quota, credited = h.column("quota_t")[:, order], h.column("credited_t")[:, order]
    for t, due in enumerate(h.dues):
        if not due.rules:
            continue
        by_rule = np.concatenate([due.enterprises, due.communities], axis=1)[:, order]
        credit = ratio(credited[t], quota[t])
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
