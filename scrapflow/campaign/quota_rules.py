"""Quota rules: who owes how much, per head or per place, when."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scrapflow.campaign.calendar import first_day
from scrapflow.campaign.settings import Raw, Rule, Setting
from scrapflow.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from scrapflow.campaign.settings import Findings
    from scrapflow.world import World

KINDS = ("per_worker", "per_person", "unaffiliated", "fixed", "organisation")
"""Who owes: workers of enterprises, everyone, residents without a quota elsewhere, named places, members of a body."""
EVERY = ("period", "once", "spread")
"""Due in each period of its window, in the first of them alone, or in equal parts over all of them."""
DRAWS = ("residents", "unaffiliated", "youth")
"""From whom an organisation draws its members."""
_KEYS = (
    "rule_id", "kind", "kg", "every", "first", "last", "additional", "organisation", "members_share", "draw", "sectors",
    "regions", "nodes", "note",
)  # fmt: skip
_KG = Rule("kg", "number", "kg per head and period (fixed: t per place)", 0.0, 0.0, math.inf, (), "the quota")
_ALL = Setting(1.0, given=False)
_SHARE = Rule("members_share", "number", "share of the residents", 1.0, 0.0, 1.0, (), "members of the organisation")


@dataclass(frozen=True)
class QuotaRule:
    """One rule of a campaign.

    Attributes
    ----------
    rule_id, kind
        Identifier, and one of :data:`KINDS`.
    kg
        Quota in kg per head and period; for ``fixed`` in t per place and period.
    every
        One of :data:`EVERY`.
    first, last
        Labels of the first and last period of its window; "" is open.
    additional
        True: its heads may be counted by other rules as well.
    organisation
        Body whose drive it is; "" for none.
    members_share
        Members as a share of the residents (``organisation`` only).
    draw
        One of :data:`DRAWS`.
    sectors, regions, nodes
        Only these (identifiers, regions with all they contain); empty: all.
    """

    rule_id: str
    kind: str
    kg: Setting
    every: str = "period"
    first: str = ""
    last: str = ""
    additional: bool = False
    organisation: str = ""
    members_share: Setting = _ALL
    draw: str = "residents"
    sectors: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()

    def amounts(self, periods: pd.DataFrame, unit: str) -> list[float]:
        """Return the kg per head (``fixed``: t per place) that fall due in each period; 0 outside the window.

        Parameters
        ----------
        periods
            ``period`` labels of the campaign.
        unit
            Unit of the periods.
        """
        days = [first_day(p, unit) for p in periods["period"]]
        lowest = first_day(self.first, unit) if self.first else days[0]
        highest = first_day(self.last, unit) if self.last else days[-1]
        window = [i for i, day in enumerate(days) if lowest <= day <= highest]
        due = set(window[:1] if self.every == "once" else window)
        part = float(self.kg.value) / (max(len(window), 1) if self.every == "spread" else 1)
        return [part if i in due else 0.0 for i in range(len(days))]


def read_rules(raw: Raw, world: World, unit: str, findings: Findings) -> tuple[QuotaRule, ...]:
    """Read the tables ``[[quota]]`` of a campaign; problems are noted in ``findings``."""
    if not isinstance(raw, list) or not all(isinstance(r, dict) for r in raw):
        findings.add("quota", "quota rules are tables: write [[quota]]")
        return ()
    rules, seen = [], set()
    for i, table in enumerate(raw):
        rule_id = str(table.get("rule_id", table.get("kind", f"rule{i + 1}")))
        if rule_id in seen:
            findings.add(f"quota.{rule_id}", "there are two rules of this rule_id; each needs its own")
        seen.add(rule_id)
        rules.append(_read_rule(table, rule_id, world, unit, findings))
    return tuple(rules)


def _read_rule(table: Mapping[str, Any], rule_id: str, world: World, unit: str, findings: Findings) -> QuotaRule:
    at = f"quota.{rule_id}"
    for extra in sorted(set(table) - set(_KEYS)):
        findings.unknown(f"{at}.{extra}", [f"{at}.{k}" for k in _KEYS])
    words = {"kind": KINDS, "every": EVERY, "draw": DRAWS}
    defaults = {"kind": "", "every": "period", "draw": "residents"}
    chosen = {k: str(table.get(k, defaults[k])) for k in words}
    for key, allowed in words.items():
        if chosen[key] not in allowed:
            findings.add(f"{at}.{key}", f"{chosen[key]!r} is not allowed: one of {', '.join(allowed)}")
    if not isinstance(table.get("additional", False), bool):
        findings.add(f"{at}.additional", "is not allowed: true or false")
    if chosen["kind"] == "organisation" and not table.get("organisation"):
        findings.add(f"{at}.organisation", "an organisation rule names its organisation")
    if chosen["kind"] == "fixed" and not table.get("nodes"):
        findings.add(f"{at}.nodes", "a fixed quota names its places")
    if "kg" not in table:
        findings.add(f"{at}.kg", f"has no value: {_KG.range_text}")
    share = table.get("members_share")
    return QuotaRule(
        rule_id=rule_id,
        kind=chosen["kind"],
        kg=findings.setting(f"{at}.kg", table.get("kg", 0.0), _KG),
        every=chosen["every"],
        **_window(table, at, unit, findings),
        additional=bool(table.get("additional", False)) or chosen["kind"] == "fixed",
        organisation=str(table.get("organisation", "")),
        members_share=_ALL if share is None else findings.setting(f"{at}.members_share", share, _SHARE),
        draw=chosen["draw"],
        sectors=_sectors(table.get("sectors", ()), world, at, findings),
        regions=_regions(table.get("regions", ()), world, at, findings),
        nodes=_named(table.get("nodes", ()), world, ("enterprise", "community"), f"{at}.nodes", findings),
    )


def _window(table: Mapping[str, Any], at: str, unit: str, findings: Findings) -> dict[str, str]:
    window = {k: str(table.get(k, "")) for k in ("first", "last")}
    days = {}
    for key, label in window.items():
        try:
            days[key] = first_day(label, unit) if label else None
        except ValueError as error:
            findings.add(f"{at}.{key}", str(error))
            window[key] = ""
            days[key] = None
    first, last = days["first"], days["last"]
    if first and last and first > last:
        findings.add(f"{at}.first", f"the window ends ({window['last']}) before it starts ({window['first']})")
    return window


def _sectors(given: Sequence[str], world: World, at: str, findings: Findings) -> tuple[str, ...]:
    known = set(world.sectors["sector_id"])
    for sector in given:
        if sector not in known:
            findings.add(f"{at}.sectors", f"no sector {sector!r}; known are {', '.join(sorted(known))}")
    return tuple(given)


def _regions(given: Sequence[str], world: World, at: str, findings: Findings) -> tuple[str, ...]:
    """Return the regions named and everything inside them."""
    inside = set(_named(given, world, ("region",), f"{at}.regions", findings))
    parents = dict(zip(world.regions["region_id"], world.regions["parent_id"], strict=True))
    grown = True
    while grown:
        more = {r for r, parent in parents.items() if parent in inside} - inside
        inside |= more
        grown = bool(more)
    return tuple(sorted(inside))


def _named(given: Sequence[str], world: World, kinds: tuple[str, ...], key: str, findings: Findings) -> tuple[str, ...]:
    found = []
    for name in given:
        try:
            found.append(world.resolve(str(name), kinds=kinds))
        except UnknownNameError as error:
            findings.add(key, str(error))
    return tuple(found)
