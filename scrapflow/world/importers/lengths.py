"""Lengths and capacities of links whose unit the file states, the caller says, or nobody does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.world.importers.number_cells import as_floats
from scrapflow.world.importers.table_files import refuse
from scrapflow.world.other_names import parts_of, plain, usual_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Say = Callable[[str, str], None]

KM: dict[str, float] = {
    "km": 1.0,
    "m": 1e-3,
    "mi": 1.609344,
    "ft": 0.0003048,
    "yd": 0.0009144,
    "nmi": 1.852,
    "verst": 1.0668,
}
"""Kilometres in a unit of length."""
_SPELT = {
    "kilometer": "km",
    "kilometers": "km",
    "kilometre": "km",
    "kilometres": "km",
    "kilometern": "km",
    "kilometros": "km",
    "chilometri": "km",
    "1000_m": "km",
    "kms": "km",
    "quilometros": "km",
    "킬로미터": "km",
    "公里": "km",
    "千米": "km",
    "キロ": "km",
    "км": "km",
    "كم": "km",
    "meter": "m",
    "meters": "m",
    "metre": "m",
    "metres": "m",
    "metern": "m",
    "metros": "m",
    "metri": "m",
    "미터": "m",
    "米": "m",
    "м": "m",
    "mile": "mi",
    "miles": "mi",
    "feet": "ft",
    "foot": "ft",
    "yard": "yd",
    "yards": "yd",
}
_NAMES = usual_words("length") | {"long_length", "short_length"}
LENGTHS = ("length_km", "length_km_low", "length_km_high")
_WITH_UNIT = re.compile(r"(.+?)[_ ]+([^\W_]+)")


def unit_of_length(word: str) -> str:
    """Return the unit that a word means, "" if it is none.

    Examples
    --------
    >>> unit_of_length("Miles"), unit_of_length("km"), unit_of_length("parsec")
    ('mi', 'km', '')
    """
    name = plain(word)
    return name if name in KM else _SPELT.get(name, "")


def unit_of_length_header(header: str) -> str:
    """Return the unit anywhere in the name of a column that is known to be lengths, "" without.

    Examples
    --------
    >>> [
    ...     unit_of_length_header(h)
    ...     for h in ("Länge (m)", "Strecke in Metern 2019", "dist_mi", "Länge [1000 m]", "Strecke")
    ... ]
    ['m', 'm', 'mi', 'km', '']
    """
    return next((unit for part in parts_of(header) if (unit := unit_of_length(part))), "")


def unit_of_length_name(name: str) -> str | None:
    """Return the unit in the name of a column of lengths, "" if it says none; None if it is no such column.

    Examples
    --------
    >>> [unit_of_length_name(n) for n in ("Länge (m)", "distance", "miles", "width_m")]
    ['m', '', 'mi', None]
    """
    name = plain(name)
    if name in _NAMES:
        return ""
    match = _WITH_UNIT.fullmatch(name)
    if match and match[1] in _NAMES and (unit := unit_of_length(match[2])):
        return unit
    return unit_of_length(name) if name in ("miles", "mi", "meters", "metres", "feet") else None


def with_lengths(
    table: pd.DataFrame, unit: str, stated: str, say: Say, *, measured: bool, headers: Mapping[str, str]
) -> pd.DataFrame:
    """Return links with ``length_km``, where their lengths have a unit; else without, and said or refused.

    Parameters
    ----------
    table
        Links with their columns as found, and ``length_km`` if kilometres are given under a usual name.
    unit
        Unit of a column of lengths that names none, as the caller says; "" if nothing is said.
    stated
        The unit that the file states elsewhere.
    say
        Told what was done.
    measured
        Whether a link without a length can be measured, along its course or straight.
    headers
        What columns of :data:`LENGTHS` were called before they were named so by hand: their units count.

    Raises
    ------
    InputError
        If nothing can be measured and no unit is known; the message says how to name it.
    """
    _capacity(table, say)
    for column in LENGTHS:
        own = unit_of_length_header(headers.get(column, ""))
        if column in table and own not in ("", "km"):
            table = table.assign(**{column: _in_km(table[column], headers[column], own, say)})
    if "length_km" in table and (as_floats(table["length_km"])[0] >= 0).any():
        return table
    column, own = _length_column(table)
    if not column:
        if not measured:
            refuse(
                f"the links have neither a length nor places to measure it between; there are {', '.join(map(str, table.columns))}: "
                "give length_km, or places with coordinates (--places)"
            )
        return table
    chosen = own or unit_of_length(unit) or stated
    if unit and not unit_of_length(unit):
        refuse(f"{unit!r} is no unit of length; there are {', '.join(KM)}", column=column)
    if not chosen:
        if not measured:
            refuse(
                f"the unit of {column!r} is stated nowhere, and without places it cannot be measured: say it with "
                f"length_unit='km' (--length-unit km; also {', '.join(u for u in KM if u != 'km')})",
                column=column,
            )
        say("length_unused", f"the unit of {column} is stated nowhere: measured instead; --length-unit says it")
        return table
    return table.assign(length_km=_in_km(table[column], column, chosen, say)).drop(columns=column)


def _in_km(cells: pd.Series, header: str, unit: str, say: Say) -> pd.Series:
    """Return lengths in kilometres, as text."""
    values, wrong = as_floats(cells)
    if wrong.any() or (values < 0).any():
        at = int((wrong | (values < 0)).argmax())
        refuse(f"{str(cells.iloc[at])!r} is no length ≥ 0", row=str(at + 1), column=header)
    say("length_unit", f"{header} is read in {unit} ({KM[unit]:g} km)")
    # A length of 0 between different places is what programs write where they know none.
    km = pd.Series(values * KM[unit], cells.index)
    return km.where(km > 0).map(lambda v: "" if np.isnan(v) else repr(float(v)))


def _length_column(table: pd.DataFrame) -> tuple[str, str]:
    """Return the column of lengths and the unit in its name."""
    for column in map(str, table.columns):
        if (unit := unit_of_length_name(column)) is not None:
            return column, unit
    return "", ""


def _capacity(table: pd.DataFrame, say: Say) -> None:
    column = next((c for c in map(str, table.columns) if plain(c).split("_")[0] in usual_words("capacity")), "")
    if column and "capacity_t" not in table:
        say("capacity_unused", f"the unit of {column} is not known to be t a month: --map {column}=capacity_t if it is")
