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

from scrapflow.campaign.inspection import PATROLS
from scrapflow.campaign.looting import LOOTERS
from scrapflow.campaign.population import READINGS
from scrapflow.errors import Findings, did_you_mean
from scrapflow.grading import BASES
from scrapflow.network.impedance import Transport

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

TomlValue = Any
"""A value as TOML holds it, before it is checked."""
ORIGIN_KEYS = ("value", "low", "high", "basis", "source_id", "why")
"""Keys of a setting that is written as a table; only ``value`` is required."""
_LONGEST_SHOWN = 80
_WORDS = {
    "inspection.patrol": tuple(PATROLS),
    "looting.by": tuple(LOOTERS),
    "residents.unaffiliated": tuple(READINGS),
}
"""Words of a setting that are the names of functions: the table of functions is the list, not the file."""


@dataclass(frozen=True)
class SettingRule:
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
def setting_rules() -> dict[str, SettingRule]:
    """Return the rules of all settings by dotted key, in the order of the documentation."""
    text = (resources.files("scrapflow.campaign") / "settings.csv").read_text(encoding="utf-8")
    rules = [_rule(row) for row in csv.DictReader(text.splitlines())]
    rules += [
        SettingRule(
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


def _rule(row: Mapping[str, str]) -> SettingRule:
    allowed = _WORDS.get(row["key"]) or tuple(a for a in row["allowed"].split("|") if a)
    number = row["type"] != "text"
    default: Any = row["default"]
    if number:
        default = int(row["default"]) if row["type"] == "integer" else float(row["default"])
    return SettingRule(
        row["key"],
        row["type"],
        row["unit"],
        default,
        float(row["minimum"]) if row["minimum"] else -math.inf,
        float(row["maximum"]) if row["maximum"] else math.inf,
        allowed,
        row["meaning"],
    )


class CampaignFindings(Findings):
    """Gathers everything that is wrong with a campaign, each with file, key and allowed range."""

    def __init__(self, table: str, sources: Collection[str]) -> None:
        super().__init__()
        self.table = table
        self.sources = sources

    def note(self, key: str, message: str) -> None:
        """Note one problem at a dotted key."""
        self.add(self.table, key, "", message)

    def unknown(self, key: str, known: Iterable[str]) -> None:
        """Note a key that does not exist, with the nearest one that does."""
        known = list(known)
        hint = did_you_mean(key, known, f"known are {', '.join(known)}", cutoff=0.5)
        self.note(key, f"no such key; {hint}")

    def strangers(self, table: Mapping[str, Any], at: str, known: Iterable[str]) -> None:
        """Note the keys of a table that do not exist."""
        for extra in sorted(set(table) - set(known)):
            self.unknown(f"{at}.{extra}", [f"{at}.{k}" for k in known])

    def text(self, table: Mapping[str, Any], key: str, at: str, default: str = "") -> str:
        """Return a text of a table, and note a value that is none."""
        value = table.get(key, default)
        if isinstance(value, str):
            return value
        self.note(f"{at}.{key}" if at else key, f"{shown(value)} is not allowed: a text in quotation marks")
        return default

    def texts(self, table: Mapping[str, Any], key: str, at: str) -> tuple[str, ...]:
        """Return a list of texts of a table, and note a value that is none."""
        value = table.get(key, ())
        if isinstance(value, list | tuple) and all(isinstance(v, str) for v in value):
            return tuple(value)
        hint = f'["{value}"]' if isinstance(value, str) and len(value) < _LONGEST_SHOWN else '["…", "…"]'
        self.note(f"{at}.{key}", f"{shown(value)} is not allowed: a list of texts, {hint}")
        return ()

    def word(self, table: Mapping[str, Any], key: str, at: str, allowed: Collection[str], default: str = "") -> str:
        """Return a word of a table that is one of those allowed, and note any other."""
        value = table.get(key, default)
        if isinstance(value, str) and value in allowed:
            return value
        hint = did_you_mean(value, allowed) if isinstance(value, str) and value else ""
        allowed_words = f"one of {', '.join(allowed)}" + (hint and f"; {hint}")
        self.note(f"{at}.{key}", f"{shown(value)} is not allowed: {allowed_words}")
        return default

    def tables(self, raw: TomlValue, key: str) -> list[dict[str, Any]]:
        """Return a list of tables, and note anything else."""
        if isinstance(raw, list) and all(isinstance(r, dict) for r in raw):
            return raw
        self.note(key, f"{shown(raw)} is not allowed: write [[{key}]]")
        return []

    def setting(self, key: str, raw: TomlValue, rule: SettingRule) -> Setting:
        """Read one setting, plain or as a table with its origin, and note whatever is wrong with it."""
        table = raw if isinstance(raw, dict) else {"value": raw}
        self.strangers(table, key, ORIGIN_KEYS)
        if "value" not in table:
            self.note(key, "has no value; write a plain value or {value = …, low = …, high = …}")
            return Setting(rule.default)
        value = self._checked(key, table["value"], rule)
        low, high = (self._checked(f"{key}.{k}", table[k], rule) if k in table else None for k in ("low", "high"))
        if not (value is None or isinstance(value, str) or _ordered(low, value, high)):
            self.note(key, f"the value {value:g} lies outside its own range from low = {low} to high = {high}")
        return Setting(rule.default if value is None else value, low, high, *self._origin(key, table))

    def _origin(self, key: str, table: Mapping[str, Any]) -> tuple[str, str, str]:
        basis = self.word(table, "basis", key, BASES, "assumed")
        source, why = (self.text(table, k, key) for k in ("source_id", "why"))
        if basis == "reported" and not source:
            self.note(key, "is reported but names no source_id")
        if source and source not in self.sources:
            self.note(f"{key}.source_id", f"the world has no source {shown(source)}")
        return basis, source, why

    def _checked(self, key: str, value: TomlValue, rule: SettingRule) -> TomlValue:
        if rule.type == "text":
            if isinstance(value, str) and value in rule.allowed:
                return value
            self.note(key, f"{shown(value)} is not allowed: {rule.range_text}")
            return None
        number = _finite_or_infinite(value)
        if number is None or (rule.type == "integer" and not number.is_integer()):
            self.note(key, f"{shown(value)} is not allowed: {rule.range_text} is wanted")
            return None
        if not rule.minimum <= number <= rule.maximum:
            self.note(key, f"{number:g} is out of range: {rule.range_text}")
            return None
        return int(number) if rule.type == "integer" else number


def shown(value: TomlValue) -> str:
    """Return a value as it is told in a message: at most a line of it.

    Examples
    --------
    >>> shown("x" * 99)[-3:]
    'xx…'
    """
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"


def _finite_or_infinite(value: TomlValue) -> float | None:
    """Return a number as a float; None for anything else: words, true and false, NaN, what no float can hold."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return None if math.isnan(number) else number


def _ordered(low: float | None, value: float, high: float | None) -> bool:
    return (low is None or low <= value) and (high is None or value <= high)
