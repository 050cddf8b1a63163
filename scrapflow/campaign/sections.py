"""The sections of a campaign's file, read and checked one by one; problems are gathered, not raised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapflow.campaign.read_rules import look_up, read_window
from scrapflow.campaign.settings import Setting, SettingRule, TomlValue, setting_rules, shown
from scrapflow.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapflow.campaign.settings import CampaignFindings
    from scrapflow.world import World

TEXTS = ("name", "title", "note")
SECTIONS = ("periods", "quota", "allocation", "calendar")
"""Sections that are no plain settings."""
_SHARE = SettingRule("shares", "number", "share", 0.0, 0.0, 1.0, (), "part of the tonnage shipped")
_FACTOR = SettingRule("factor", "number", "factor", 0.0, 0.0, 1000.0, (), "factor on the capacity; 0: closed")
_CALENDAR_KEYS = ("link_id", "line_id", "first", "last", "factor", "note")


def read_settings(raw: Mapping[str, Any], findings: CampaignFindings) -> dict[str, Setting]:
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
                    findings.note(dotted, f"is a section: write [{dotted}]")
            elif prefix or key not in (*TEXTS, *SECTIONS):
                findings.unknown(dotted, rules if prefix else _top_level())

    walk(raw, "")
    return {k: found.get(k, Setting(r.default, given=False)) for k, r in rules.items()}


def _top_level() -> list[str]:
    return [*TEXTS, *SECTIONS, *dict.fromkeys(k.split(".")[0] for k in setting_rules())]


def read_shares(table: Mapping[str, Any], world: World, findings: CampaignFindings) -> dict[str, Setting]:
    """Read ``[allocation]``: the shares of mills, by node id."""
    findings.strangers(table, "allocation", ("shares",))
    given = table.get("shares", {})
    if not isinstance(given, dict):
        findings.note(
            "allocation.shares", f"{shown(given)} is not allowed: write [allocation.shares] with MILL = share"
        )
        return {}
    shares: dict[str, Setting] = {}
    for name, raw in given.items():
        key = f"allocation.shares.{name}"
        mill = look_up(name, world, ("mill",), key, findings)
        if not mill:
            continue
        if mill in shares:
            findings.note(key, f"{mill!r} has a share already, under another of its names; each mill has one")
        shares[mill] = findings.setting(key, raw, _SHARE)
    total = sum(float(s.value) for s in shares.values())
    if total > 1 + 1e-9:
        findings.note("allocation.shares", f"the shares add up to {total:g}; they may add up to at most 1")
    return dict(sorted(shares.items()))


def read_closures(raw: TomlValue, world: World, unit: str, findings: CampaignFindings) -> tuple[dict[str, Any], ...]:
    """Read ``[[calendar]]``: links closed or slowed for a time."""
    entries = findings.tables(raw, "calendar")
    known = {k: sorted(set(world.links[k]) - {""}) for k in ("link_id", "line_id")} if entries else {}
    closures = []
    for i, entry in enumerate(entries):
        at = f"calendar.{i + 1}"
        findings.strangers(entry, at, _CALENDAR_KEYS)
        findings.text(entry, "note", at)
        if ("link_id" in entry) == ("line_id" in entry):
            findings.note(at, "names either a link_id or a line_id")
        for key, ids in known.items():
            name = findings.text(entry, key, at) if key in entry else ""
            if name and name not in ids:
                hint = did_you_mean(name, ids)
                findings.note(f"{at}.{key}", f"the world has no link of {key} {shown(name)}" + (hint and f"; {hint}"))
        factor = findings.setting(f"{at}.factor", entry.get("factor", 0.0), _FACTOR)
        first, last = read_window(entry, at, unit, findings)
        closures.append({**entry, "first": first, "last": last, "factor": float(factor.value)})
    return tuple(closures)
