"""Quota rules as a campaign's file has them, read and checked; problems are gathered, not raised."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from scrapflow.campaign.calendar import first_day
from scrapflow.campaign.quota import DRAWS, KINDS, count_heads
from scrapflow.campaign.quota_rules import ALL, AMOUNTS, EVERY, NONE, QuotaRule, amount_key
from scrapflow.campaign.settings import Setting, SettingRule, TomlValue, shown
from scrapflow.errors import UnknownNameError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from scrapflow.campaign.population import Population
    from scrapflow.campaign.settings import CampaignFindings
    from scrapflow.world import World

_KEYS = (
    "rule_id", "kind", "kg", "t", "every", "first", "last", "additional", "organisation", "members_share", "draw", "sectors",
    "regions", "nodes", "note",
)  # fmt: skip
_AMOUNT = {key: SettingRule(key, "number", unit, 0.0, 0.0, math.inf, (), "the quota") for key, unit in AMOUNTS.items()}
_SHARE = SettingRule(
    "members_share", "number", "share of the residents", 1.0, 0.0, 1.0, (), "members of the organisation"
)


def read_rules(raw: TomlValue, world: World, unit: str, findings: CampaignFindings) -> tuple[QuotaRule, ...]:
    """Read the tables ``[[quota]]`` of a campaign; problems are noted in ``findings``."""
    rules, seen = [], set()
    for i, table in enumerate(findings.tables(raw, "quota")):
        rule_id = rule_name(table, i)
        if rule_id in seen:
            findings.note(f"quota.{rule_id}", "there are two rules of this rule_id; each needs its own")
        seen.add(rule_id)
        rules.append(_read_rule(table, rule_id, world, unit, findings))
    return tuple(rules)


def rule_name(table: Mapping[str, Any], position: int) -> str:
    """Return the identifier of a rule: its ``rule_id``, else its kind, else its place in the file.

    Examples
    --------
    >>> rule_name({"kind": "fixed"}, 0), rule_name({}, 1)
    ('fixed', 'rule2')
    """
    names = (table.get(key) for key in ("rule_id", "kind"))
    return next((n for n in names if isinstance(n, str) and n), f"rule{position + 1}")


def _read_rule(
    table: Mapping[str, Any], rule_id: str, world: World, unit: str, findings: CampaignFindings
) -> QuotaRule:
    at = f"quota.{rule_id}"
    findings.strangers(table, at, _KEYS)
    for key in ("rule_id", "note"):
        findings.text(table, key, at)
    kind = findings.word(table, "kind", at, KINDS)
    if not isinstance(table.get("additional", False), bool):
        findings.note(f"{at}.additional", f"{shown(table['additional'])} is not allowed: true or false")
    organisation = findings.text(table, "organisation", at)
    if kind == "organisation" and not table.get("organisation"):
        findings.note(f"{at}.organisation", "an organisation rule names its organisation")
    if kind == "fixed" and not table.get("nodes"):
        findings.note(f"{at}.nodes", "a fixed quota names its places")
    share = table.get("members_share")
    first, last = read_window(table, at, unit, findings)
    return QuotaRule(
        rule_id=rule_id,
        kind=kind,
        **{key: _amount(table, key, kind, at, findings) for key in AMOUNTS},
        every=findings.word(table, "every", at, EVERY, "period"),
        first=first,
        last=last,
        additional=bool(table.get("additional", False)) or kind == "fixed",
        organisation=organisation,
        members_share=ALL if share is None else findings.setting(f"{at}.members_share", share, _SHARE),
        draw=findings.word(table, "draw", at, DRAWS, "residents"),
        sectors=_sectors(findings.texts(table, "sectors", at), world, at, findings),
        regions=_regions(findings.texts(table, "regions", at), world, at, findings),
        nodes=_named(findings.texts(table, "nodes", at), world, ("enterprise", "community"), f"{at}.nodes", findings),
    )


def _amount(table: Mapping[str, Any], key: str, kind: str, at: str, findings: CampaignFindings) -> Setting:
    """Read ``kg`` or ``t``, whichever a rule of the kind is given in; the other one is refused with the one to write."""
    wanted = amount_key(kind)
    if key == wanted and key not in table and kind:
        findings.note(f"{at}.{key}", f"has no value: {_AMOUNT[key].range_text}, in {AMOUNTS[key]}")
    if key not in table:
        return NONE
    if key != wanted and kind:
        findings.note(f"{at}.{key}", f"a quota of kind {kind!r} is in {AMOUNTS[wanted]}: write {wanted} = …, not {key}")
    return findings.setting(f"{at}.{key}", table[key], _AMOUNT[key])


def read_window(table: Mapping[str, Any], at: str, unit: str, findings: CampaignFindings) -> tuple[str, str]:
    """Read ``first`` and ``last``: labels of periods, "" where nothing is said or what is said is wrong."""
    window, days = {}, {}
    for key in ("first", "last"):
        # TOML has dates of its own, and a day written as one is meant.
        label = table.get(key, "")
        label = label.isoformat() if hasattr(label, "isoformat") else label
        window[key] = ""
        if label == "":
            continue
        if not isinstance(label, str):
            findings.note(f"{at}.{key}", f"{shown(label)} is not allowed: the label of a period in quotation marks")
            continue
        try:
            days[key] = first_day(label, unit)
        except ValueError as error:
            findings.note(f"{at}.{key}", str(error))
            continue
        window[key] = label
    if len(days) == len(window) and days["first"] > days["last"]:
        findings.note(f"{at}.first", f"the window ends ({window['last']}) before it starts ({window['first']})")
    return window["first"], window["last"]


def _sectors(given: Sequence[str], world: World, at: str, findings: CampaignFindings) -> tuple[str, ...]:
    known = sorted(world.sectors["sector_id"]) if given else []
    for sector in given:
        if sector not in known:
            hint = did_you_mean(sector, known, f"known are {', '.join(known)}")
            findings.note(f"{at}.sectors", f"no sector {shown(sector)}; {hint}")
    return tuple(given)


def _regions(given: Sequence[str], world: World, at: str, findings: CampaignFindings) -> tuple[str, ...]:
    """Return the regions named and everything inside them."""
    if not given:
        return ()
    inside = set(_named(given, world, ("region",), f"{at}.regions", findings))
    parents = dict(zip(world.regions["region_id"], world.regions["parent_id"], strict=True))
    grown = True
    while grown:
        more = {r for r, parent in parents.items() if parent in inside} - inside
        inside |= more
        grown = bool(more)
    return tuple(sorted(inside))


def _named(
    given: Sequence[str], world: World, kinds: tuple[str, ...], key: str, findings: CampaignFindings
) -> tuple[str, ...]:
    found = (look_up(name, world, kinds, key, findings) for name in given)
    return tuple(place for place in found if place)


def look_up(name: str, world: World, kinds: tuple[str, ...], key: str, findings: CampaignFindings) -> str:
    """Return the identifier of a place of some kinds; "" where there is none, which is noted at a key."""
    try:
        match = world.names.lookup(name, kinds)
    except UnknownNameError as error:
        findings.note(key, str(error))
        return ""
    if match.kind in kinds:
        return match.id
    findings.note(
        key, f"{name!r} is of kind {match.kind!r}; here a place of kind {' or '.join(map(repr, kinds))} is meant"
    )
    return ""


def check_members(
    rules: Sequence[QuotaRule], periods: pd.DataFrame, unit: str, population: Population, findings: CampaignFindings
) -> None:
    """Note the rules that nobody is left for, in any period in which they ask for something.

    A rule that chooses nobody itself, in a world without such people or without their number, asks for nothing: the
    same file serves worlds of which more and of which less is known.
    """
    counted: set[str] = set()
    asked: set[str] = set()
    due_t = [r.tonnes(periods, unit) for r in rules]
    together = {tuple(r for r, t in zip(rules, due_t, strict=True) if t[i] > 0) for i in range(len(periods))}
    for due in together:
        asked |= {r.rule_id for r in due}
        counted |= {r.rule_id for r, h in zip(due, count_heads(due, population), strict=True) if h.total > 0}
    for r in rules:
        chooses = bool(r.nodes or r.regions or r.sectors)
        if r.rule_id in asked - counted and (chooses or count_heads((r,), population)[0].total > 0):
            others = ", ".join(o.rule_id for o in rules if o is not r and not o.additional)
            hint = f", or those it names are all counted by an earlier rule ({others}): then say additional = true"
            findings.note(f"quota.{r.rule_id}", f"the rule has no members: nobody fits it{hint if others else ''}")
