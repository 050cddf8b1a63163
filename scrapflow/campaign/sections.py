"""The sections of a campaign's file, read and checked one by one; problems are gathered, not raised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapflow.campaign.calendar import first_day
from scrapflow.campaign.population import Population
from scrapflow.campaign.quota import count_heads
from scrapflow.campaign.settings import Raw, Rule, Setting, setting_rules
from scrapflow.errors import UnknownNameError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapflow.campaign.campaign import Campaign
    from scrapflow.campaign.settings import Findings
    from scrapflow.world import World

TEXTS = ("name", "title", "note")
SECTIONS = ("periods", "quota", "allocation", "calendar")
"""Sections that are no plain settings."""
_SHARE = Rule("shares", "number", "share", 0.0, 0.0, 1.0, (), "part of the tonnage shipped")
_FACTOR = Rule("factor", "number", "factor", 0.0, 0.0, 1000.0, (), "factor on the capacity; 0: closed")
_CALENDAR_KEYS = ("link_id", "line_id", "first", "last", "factor", "note")


def read_settings(raw: Mapping[str, Any], findings: Findings) -> dict[str, Setting]:
    """Read every plain setting, defaults where nothing is said."""
    rules = setting_rules()
    found: dict[str, Setting] = {}

    def walk(table: Mapping[str, Any], prefix: str) -> None:
        for key, value in table.items():
            dotted = f"{prefix}{key}"
            if dotted in rules:
                found[dotted] = findings.setting(dotted, value, rules[dotted])
            elif any(r.startswith(f"{dotted}.") for r in rules):
                if isinstance(value, dict):
                    walk(value, f"{dotted}.")
                else:
                    findings.add(dotted, f"is a section: write [{dotted}]")
            elif prefix or key not in (*TEXTS, *SECTIONS):
                findings.unknown(dotted, rules if prefix else _top_level())

    walk(raw, "")
    return {k: found.get(k, Setting(r.default, given=False)) for k, r in rules.items()}


def _top_level() -> list[str]:
    return [*TEXTS, *SECTIONS, *dict.fromkeys(k.split(".")[0] for k in setting_rules())]


def read_shares(table: Mapping[str, Any], world: World, findings: Findings) -> dict[str, Setting]:
    """Read ``[allocation]``: the shares of mills, by node id."""
    for extra in sorted(set(table) - {"shares"}):
        findings.unknown(f"allocation.{extra}", ["allocation.shares"])
    shares: dict[str, Setting] = {}
    for name, raw in dict(table.get("shares", {})).items():
        key = f"allocation.shares.{name}"
        try:
            mill = world.resolve(name, kinds=("mill",))
        except UnknownNameError as error:
            findings.add(key, str(error))
            continue
        shares[mill] = findings.setting(key, raw, _SHARE)
    total = sum(float(s.value) for s in shares.values())
    if total > 1 + 1e-9:
        findings.add("allocation.shares", f"the shares add up to {total:g}; they may add up to at most 1")
    return dict(sorted(shares.items()))


def read_closures(raw: Raw, world: World, unit: str, findings: Findings) -> tuple[dict[str, Any], ...]:
    """Read ``[[calendar]]``: links closed or slowed for a time."""
    entries = raw if isinstance(raw, list) else [raw]
    known = {k: set(world.links[k]) - {""} for k in ("link_id", "line_id")}
    for i, entry in enumerate(entries):
        at = f"calendar.{i + 1}"
        for extra in sorted(set(entry) - set(_CALENDAR_KEYS)):
            findings.unknown(f"{at}.{extra}", [f"{at}.{k}" for k in _CALENDAR_KEYS])
        if ("link_id" in entry) == ("line_id" in entry):
            findings.add(at, "names either a link_id or a line_id")
        for key, ids in known.items():
            if key in entry and entry[key] not in ids:
                hint = did_you_mean(str(entry[key]), sorted(ids))
                findings.add(f"{at}.{key}", f"the world has no link of {key} {entry[key]!r}" + (hint and f"; {hint}"))
        findings.setting(f"{at}.factor", entry.get("factor", 0.0), _FACTOR)
        for key in ("first", "last"):
            try:
                first_day(str(entry[key]), unit) if key in entry else None
            except ValueError as error:
                findings.add(f"{at}.{key}", str(error))
    return tuple({"factor": 0.0, **entry} for entry in entries)


def check_members(made: Campaign, findings: Findings) -> None:
    """Note the rules that nobody is left for, in any period in which they ask for something.

    A rule that chooses nobody itself, in a world without such people or without their number, asks for nothing: the
    same file serves worlds of which more and of which less is known.
    """
    population = Population.of(made.world)
    counted: set[str] = set()
    asked: set[str] = set()
    amounts = [r.amounts(made.periods, made.unit) for r in made.rules]
    together = {
        tuple(r for r, kg in zip(made.rules, amounts, strict=True) if kg[i] > 0) for i in range(len(made.periods))
    }
    for due in together:
        asked |= {r.rule_id for r in due}
        counted |= {r.rule_id for r, h in zip(due, count_heads(due, population), strict=True) if h.total > 0}
    for r in made.rules:
        chooses = bool(r.nodes or r.regions or r.sectors)
        if r.rule_id in asked - counted and (chooses or count_heads((r,), population)[0].total > 0):
            others = ", ".join(o.rule_id for o in made.rules if o is not r and not o.additional)
            hint = f", or those it names are all counted by an earlier rule ({others}): then say additional = true"
            findings.add(f"quota.{r.rule_id}", f"the rule has no members: nobody fits it{hint if others else ''}")
