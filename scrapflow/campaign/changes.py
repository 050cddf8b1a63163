"""Changes of a campaign by dotted keys, put into the nested tables of its TOML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapflow.campaign.quota_rules import AMOUNTS
from scrapflow.campaign.read_rules import rule_name
from scrapflow.campaign.settings import Setting, TomlValue, setting_rules
from scrapflow.errors import InputError, UnknownNameError, problem
from scrapflow.world.toml_text import TomlError, toml_value

if TYPE_CHECKING:
    from collections.abc import Mapping


def as_toml(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return changes in the types that a campaign's file has.

    Raises
    ------
    InputError
        Naming every key whose value is of another type, nested too deep, or too long a number.
    """
    plain, faults = {}, []
    for key, value in changes.items():
        try:
            plain[key] = toml_value(value)
        except TomlError as error:
            faults.append(problem("campaign", key, "", str(error)))
    if faults:
        raise InputError(faults, what="the changes")
    return plain


def flat(changes: Mapping[str, Any], at: str = "") -> dict[str, Any]:
    """Return the changes by dotted keys, sections taken apart."""
    apart: dict[str, Any] = {}
    for key, value in changes.items():
        dotted = f"{at}{key}"
        section = isinstance(value, dict) and (
            dotted == "periods" or any(k.startswith(f"{dotted}.") for k in setting_rules())
        )
        apart |= flat(value, f"{dotted}.") if section else {dotted: value}
    return apart


def whole(setting: Setting | None, key: str, value: TomlValue) -> TomlValue:
    """Round a number that was drawn from the range of a whole-number setting."""
    drawn = isinstance(value, float) and setting is not None and setting.low is not None
    return round(value) if drawn and setting_rules()[key].type == "integer" else value


def put(raw: Mapping[str, Any], key: str, value: TomlValue) -> dict[str, Any]:
    """Return nested tables with a dotted key set; ``quota.RULE_ID.…`` finds the rule by its identifier.

    Tables on the way are new, all others are shared.

    Examples
    --------
    >>> first = {"a": {"b": 1}}
    >>> put(first, "a.b", 2), first
    ({'a': {'b': 2}}, {'a': {'b': 1}})
    """
    *parents, last = key.split(".")
    table = changed = dict(raw)
    if key in ("quota", f"quota.{last}") and not isinstance(value, list):
        there = [
            f"quota.{rule_name(rule, i)}.{k}"
            for i, rule in enumerate(raw.get("quota", []))
            for k in AMOUNTS
            if k in rule
        ]
        msg = f"{key!r} cannot be set: a quota is set rule by rule; there are {', '.join(there) or 'no amounts'}"
        raise UnknownNameError(msg, there)
    if parents and parents[0] == "quota" and len(parents) > 1:
        rules = table["quota"] = list(raw.get("quota", []))
        ids = [rule_name(rule, i) for i, rule in enumerate(rules)]
        if parents[1] not in ids:
            msg = f"no quota rule {parents[1]!r} to update; there are {', '.join(map(str, ids)) or 'none'}"
            raise UnknownNameError(msg, [str(i) for i in ids])
        at, parents = ids.index(parents[1]), parents[2:]
        table = rules[at] = dict(rules[at])
    for part in parents:
        inner = table.get(part, {})
        if not isinstance(inner, dict):
            msg = f"{key!r} cannot be set: {part!r} is a value, not a section"
            raise UnknownNameError(msg, [])
        table[part] = inner = dict(inner)
        table = inner
    old = table.get(last)
    if isinstance(old, dict) and "value" in old and not isinstance(value, dict):
        value = {**old, "value": value}
        if isinstance(value["value"], int | float):
            value |= {k: f(value[k], value["value"]) for k, f in (("low", min), ("high", max)) if k in value}
    table[last] = value
    return changed
