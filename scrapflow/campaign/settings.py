"""Settings of a campaign: what each may be, and where its value comes from.

The settings are rows of ``settings.csv`` (and the fields of :class:`scrapflow.network.Transport`); checks, defaults and
the documentation come from those rows.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from scrapflow.errors import did_you_mean, problem
from scrapflow.grading import BASES
from scrapflow.network.impedance import Transport

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

Raw = Any
"""A value as TOML holds it, before it is checked."""
ORIGIN_KEYS = ("value", "low", "high", "basis", "source_id", "why")
"""Keys of a setting that is written as a table; only ``value`` is required."""


@dataclass(frozen=True)
class Rule:
    """What a setting may be: a row of ``settings.csv``; ``minimum`` and ``maximum`` are inclusive."""

    key: str
    type: str
    unit: str
    default: Any
    minimum: float
    maximum: float
    allowed: tuple[str, ...]
    meaning: str

    @property
    def range_text(self) -> str:
        """The allowed values in words.

        Examples
        --------
        >>> setting_rules()["show.share"].range_text
        'a number from 0 to 1'
        """
        if self.allowed:
            return "one of " + ", ".join(self.allowed)
        kind = "a whole number" if self.type == "integer" else "a number"
        return (
            f"{kind} from {self.minimum:g} to {self.maximum:g}"
            if self.maximum < math.inf
            else f"{kind} from {self.minimum:g}"
        )


@dataclass(frozen=True)
class Setting:
    """A value and where it comes from.

    Attributes
    ----------
    value
        The number or word used.
    low, high
        Range of plausible values; None where nobody gave one.
    basis
        ``reported``, ``derived`` or ``assumed``.
    source_id, why
        Source (of the world's ``sources``) and reasoning.
    given
        False where the campaign says nothing and the default holds.
    """

    value: Any
    low: float | None = None
    high: float | None = None
    basis: str = "assumed"
    source_id: str = ""
    why: str = ""
    given: bool = True


@cache
def setting_rules() -> dict[str, Rule]:
    """Return the rules of all settings by dotted key, in the order of the documentation."""
    text = (resources.files("scrapflow.campaign") / "settings.csv").read_text(encoding="utf-8")
    rules = [_rule(row) for row in csv.DictReader(text.splitlines())]
    rules += [
        Rule(
            f"transport.{f.name}",
            "integer" if isinstance(f.default, int) and not isinstance(f.default, bool) else "number",
            "",
            f.default,
            0.0 if f.name != "circuity" else 1.0,
            math.inf,
            (),
            "see scrapflow.network.Transport",
        )
        for f in fields(Transport)
    ]
    return {r.key: r for r in rules}


def _rule(row: Mapping[str, str]) -> Rule:
    allowed = tuple(a for a in row["allowed"].split("|") if a)
    number = row["type"] != "text"
    default: Any = row["default"]
    if number:
        default = int(row["default"]) if row["type"] == "integer" else float(row["default"])
    return Rule(
        row["key"],
        row["type"],
        row["unit"],
        default,
        float(row["minimum"]) if row["minimum"] else -math.inf,
        float(row["maximum"]) if row["maximum"] else math.inf,
        allowed,
        row["meaning"],
    )


class Findings:
    """Gathers everything that is wrong with a campaign, each with file, key and allowed range."""

    def __init__(self, table: str, sources: Collection[str]) -> None:
        self.table = table
        self.sources = sources
        self.rows: list[dict[str, str]] = []

    def add(self, key: str, message: str) -> None:
        """Note one problem at a dotted key."""
        self.rows.append(problem(self.table, key, "", message))

    def unknown(self, key: str, known: Iterable[str]) -> None:
        """Note a key that does not exist, with the nearest one that does."""
        known = list(known)
        hint = did_you_mean(key, known, f"known are {', '.join(known)}", cutoff=0.5)
        self.add(key, f"no such key; {hint}")

    def setting(self, key: str, raw: Raw, rule: Rule) -> Setting:
        """Read one setting, plain or as a table with its origin, and note whatever is wrong with it."""
        table = raw if isinstance(raw, dict) else {"value": raw}
        for extra in sorted(set(table) - set(ORIGIN_KEYS)):
            self.unknown(f"{key}.{extra}", [f"{key}.{k}" for k in ORIGIN_KEYS])
        if "value" not in table:
            self.add(key, "has no value; write a plain value or {value = …, low = …, high = …}")
            return Setting(rule.default)
        value = self._checked(key, table["value"], rule)
        low, high = (self._checked(f"{key}.{k}", table[k], rule) if k in table else None for k in ("low", "high"))
        if value is not None and not isinstance(value, str) and not _ordered(low, value, high):
            self.add(key, f"the value {value:g} lies outside its own range from low = {low} to high = {high}")
        return Setting(rule.default if value is None else value, low, high, *self._origin(key, table))

    def _origin(self, key: str, table: Mapping[str, Any]) -> tuple[str, str, str]:
        basis, source = str(table.get("basis", "assumed")), str(table.get("source_id", ""))
        if basis not in BASES:
            self.add(f"{key}.basis", f"{basis!r} is none of {', '.join(BASES)}")
        if basis == "reported" and not source:
            self.add(key, "is reported but names no source_id")
        if source and source not in self.sources:
            self.add(f"{key}.source_id", f"the world has no source {source!r}")
        return basis, source, str(table.get("why", ""))

    def _checked(self, key: str, value: Raw, rule: Rule) -> Raw:
        if rule.type == "text":
            if value in rule.allowed:
                return value
            self.add(key, f"{value!r} is not allowed: {rule.range_text}")
            return None
        wrong = isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value)
        if wrong or (rule.type == "integer" and value != int(value)):
            self.add(key, f"{value!r} is not allowed: {rule.range_text}")
            return None
        if not rule.minimum <= value <= rule.maximum:
            self.add(key, f"{value:g} is out of range: {rule.range_text}")
            return None
        return int(value) if rule.type == "integer" else float(value)


def _ordered(low: float | None, value: float, high: float | None) -> bool:
    return (low is None or low <= value) and (high is None or value <= high)
