"""Whose trains may run where: the section ``[operators]`` of ``world.toml``, beside the column ``operator`` of links.

A link names the operators whose trains run on it, with ``|`` between them (trackage rights); the section says what it
costs to change from one to another. Without the section nothing is asked of operators.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from scrapflow.errors import did_you_mean, problem
from scrapflow.grading import BASES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

SECTION = "operators"
COST = "change_cost_per_t"
_NUMBERS = (COST, f"{COST}_low", f"{COST}_high")
_KEYS = (*_NUMBERS, f"{COST}_basis", f"{COST}_source_id", "note", "together")


class Operators(NamedTuple):
    """What it takes to change operators.

    Attributes
    ----------
    change_cost_per_t
        Cost of handing a tonne from one operator's trains to another's, in kilometre-equivalents; inf is a ban.
    group
        The operators whose trains run as one, by their name: the first of each group.
    """

    change_cost_per_t: float
    group: dict[str, str]

    def of(self, cell: str) -> tuple[str, ...]:
        """Return whose trains may run on a link, by the cell of its column ``operator``; nothing stands for everybody's.

        Examples
        --------
        >>> Operators(100.0, {"north": "south"}).of("north|west")
        ('south', 'west')
        """
        names = (part.strip() for part in cell.split("|"))
        return tuple(dict.fromkeys(self.group.get(name, name) for name in names if name))


def operators_of(settings: Mapping[str, Any]) -> Operators | None:
    """Return what a world's settings say of its operators; None where changing costs nothing.

    Examples
    --------
    >>> operators_of({"operators": {"change_cost_per_t": 100, "together": [["RMN", "RMP"]]}})
    Operators(change_cost_per_t=100.0, group={'RMN': 'RMN', 'RMP': 'RMN'})
    >>> operators_of({})
    """
    section = settings.get(SECTION, {})
    cost = float(section.get(COST, 0.0))
    if cost == 0.0:
        return None
    return Operators(cost, {str(name): str(names[0]) for names in section.get("together", ()) for name in names})


def operator_problems(
    settings: Mapping[str, Any], links: pd.DataFrame, sources: pd.DataFrame
) -> Iterator[dict[str, str]]:
    """Yield what is wrong with the section ``[operators]``."""
    section = settings.get(SECTION)
    if section is None:
        return
    for key in [k for k in section if k not in _KEYS]:
        hint = did_you_mean(key, _KEYS, f"there are {', '.join(_KEYS)}")
        yield problem("world.toml", SECTION, key, f"no such setting; {hint}")
    numbers = {}
    for key in (k for k in _NUMBERS if k in section):
        value = section[key]
        if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
            yield problem(
                "world.toml", SECTION, key, f"{value!r}: a number from 0 on, in kilometre-equivalents a tonne"
            )
        else:
            numbers[key] = float(value)
    yield from _origin(section, numbers, set(sources["source_id"]))
    yield from _groups(section.get("together", []), links)


def _origin(section: Mapping[str, Any], numbers: Mapping[str, float], sources: set[str]) -> Iterator[dict[str, str]]:
    """Yield what is missing of the cost, its range and its origin."""
    if COST not in section:
        yield problem(
            "world.toml", SECTION, COST, "is missing: the cost of a change, a tonne; 0 for none, inf for a ban"
        )
        return
    basis, source = str(section.get(f"{COST}_basis", "assumed")), str(section.get(f"{COST}_source_id", ""))
    if basis not in BASES:
        yield problem("world.toml", SECTION, f"{COST}_basis", f"{basis!r}: it is one of {', '.join(BASES)}")
    elif basis == "reported" and not source:
        yield problem("world.toml", SECTION, f"{COST}_source_id", "a reported value needs a source")
    if source and source not in sources:
        hint = did_you_mean(source, sorted(sources), "sources are the source_id of the table sources")
        yield problem("world.toml", SECTION, f"{COST}_source_id", f"there is no source {source!r}; {hint}")
    value, *ends = (numbers.get(key, math.nan) for key in _NUMBERS)
    if basis == "assumed" and 0 < value < math.inf and any(map(math.isnan, ends)):
        yield problem("world.toml", SECTION, COST, f"an assumed value has a low and a high: {COST}_low, {COST}_high")
    if ends[0] > value or ends[1] < value:
        yield problem("world.toml", SECTION, COST, f"{value:g} lies outside of its range, {ends[0]:g} to {ends[1]:g}")


def _groups(together: object, links: pd.DataFrame) -> Iterator[dict[str, str]]:
    """Yield groups that are none, and operators that no link names."""
    if not isinstance(together, list) or not all(isinstance(names, list) and names for names in together):
        yield problem("world.toml", SECTION, "together", 'a list of groups is wanted, such as [["north", "south"]]')
        return
    known = {part.strip() for cell in links["operator"].fillna("").unique() for part in cell.split("|")} - {""}
    named = [str(name) for names in together for name in names]
    for name in dict.fromkeys(named):
        if name not in known:
            hint = did_you_mean(name, sorted(known), "operators are those that links name")
            yield problem("world.toml", SECTION, "together", f"no link names the operator {name!r}; {hint}")
        if named.count(name) > 1:
            yield problem("world.toml", SECTION, "together", f"{name!r} stands there twice: name it once")


def operator_assumption(settings: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the cost of a change as a row of the assumptions of a world; None if there is none or it is reported."""
    section = settings.get(SECTION, {})
    basis = section.get(f"{COST}_basis", "assumed")
    if operators_of(settings) is None or basis == "reported":
        return None
    value, low, high = (float(section.get(key, math.nan)) for key in _NUMBERS)
    return {"table": "world.toml", "row": SECTION, "column": COST, "value": value, "low": low, "high": high,
            "unit": "cost per t", "basis": basis, "source_id": section.get(f"{COST}_source_id", ""),
            "note": section.get("note", "")}  # fmt: skip
