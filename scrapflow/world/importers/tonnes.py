"""Tonnes as people write them: kt, kg, thousands of tonnes, a column of units, a unit in each cell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, problem
from scrapflow.vocabulary import KINDS
from scrapflow.world.importers.number_cells import as_floats, is_unsure, style_of, written_plainly
from scrapflow.world.other_names import plain, usual_words

if TYPE_CHECKING:
    from collections.abc import Callable

_FACTORS = {
    1.0: "t|tonne|tonnes|ton|tons|metric ton|metric tons|metric tonnes|tonnen|toneladas|tonelada|tonnellate|tn|톤|吨|トン|т|тонн|тонны",
    1e3: "kt|kton|ktons|ktonnes|kilotonnes|kilotons|1000 t|1000 tonnes|1000 tons|10 3 t|thousand tonnes|thousand tons|thousand t|"
    "tsd t|tsd tonnen|mil t|mil toneladas|miles de toneladas|milliers de tonnes|천톤|천 톤|千吨|千トン|тыс т|тыс тонн|tys t|tys ton",
    1e4: "万吨|만톤|万トン",
    1e6: "mio t|million tonnes|million tons|million t|millones de toneladas|milhoes de toneladas|백만톤|百万吨|млн т|млн тонн|mln t|mln ton",
    1e-3: "kg|kgs|kilogram|kilograms|kilogramme|kilo|kilos|킬로그램|公斤|кг",
    0.907_184_74: "short tons|short ton|us tons",
    0.000_453_592_37: "lb|lbs|pounds",
}
"""What a unit is in tonnes (a short ton has 2,000 pounds of 0.45359237 kg)."""
_UNITS = {plain(name): factor for factor, names in _FACTORS.items() for name in names.split("|")}
_BASES = usual_words("amount") | {*KINDS, ""}
_UNIT_COLUMNS = usual_words("unit")
_WITH_UNIT = re.compile(r"\s*([+\-\u2212]?\d[\d.,\s\u00a0\u202f']*?)\s*([^\W\d].*?)\s*")
_MANY_OR_METRIC = "is MT millions of tonnes or metric tons: write Mt or t"


def unit_of_name(name: str) -> float | None:
    """Return what the unit in the name of a column of tonnes is in tonnes; None if it is no such column.

    Examples
    --------
    >>> [unit_of_name(n) for n in ("Quantity (kt)", "tonnage_kg", "Menge [1000 t]", "Mt", "value", "price_kg")]
    [1000.0, 0.001, 1000.0, 1000000.0, None, None]
    """
    words = re.split(r"[\W_]+", name.strip(" )]"))
    for length in (3, 2, 1):
        unit, base = " ".join(words[-length:]), plain(" ".join(words[:-length]))
        if len(words) >= length and base in _BASES and (factor := unit_factor(unit)) is not None:
            return factor
    return None


def unit_factor(unit: str) -> float | None:
    """Return what a unit is in tonnes, None if that is not known, NaN for ``MT``, which has two meanings.

    Examples
    --------
    >>> unit_factor("kt"), unit_factor("Mt"), unit_factor("TEU"), unit_factor("MT")
    (1000.0, 1000000.0, None, nan)
    """
    bare = unit.strip(" .()[]")
    if bare.lower() == "mt":
        return 1e6 if bare == "Mt" else np.nan
    return _UNITS.get(plain(bare))


def in_tonnes(frame: pd.DataFrame, table: str, said: Callable[[str, str], None]) -> pd.DataFrame:
    """Return a table whose ``tonnage_t`` is float64 in tonnes.

    Parameters
    ----------
    frame
        A table with the columns of ours that have usual names; the tonnes may stand in a column with a unit in its name, beside
        a column of units, or with a unit in each cell.
    table
        What it is, for messages.
    said
        Told what was converted: kind and note.

    Raises
    ------
    InputError
        If a unit is not known or a cell is no tonnage: every such cell.
    """
    beside = next((c for c in map(str, frame.columns) if plain(c) in _UNIT_COLUMNS), "")
    factor = 1.0
    if "tonnage_t" not in frame:
        named = {c: f for c in map(str, frame.columns) if (f := unit_of_name(c)) is not None}
        if not named and beside:
            named = {c: 1.0 for c in map(str, frame.columns) if plain(c) in _BASES}
        if len(named) > 1:
            message = f"several columns can be the tonnes: {', '.join(named)}; name one with --map COLUMN=tonnage_t"
            raise _refusal(table, "", "tonnage_t", message)
        if not named:
            return frame
        (column, factor), *_ = named.items()
        if np.isnan(factor):
            raise _refusal(table, "", column, _MANY_OR_METRIC)
        if factor != 1:
            said("unit", f"{column}: multiplied by {factor:g} to tonnes")
        frame = frame.rename(columns={column: "tonnage_t"})
    values, own, faults = _cells(frame["tonnage_t"], table)
    if beside:
        words = frame[beside].astype("str").where(frame[beside].notna(), "").str.strip()
        known = {w: unit_factor(w) for w in words.unique() if w}
        for word in [w for w, f in known.items() if f is None or np.isnan(f)]:
            rows = np.flatnonzero(words == word)
            message = (
                _MANY_OR_METRIC
                if word.lower() == "mt"
                else f"{word!r} is no unit of mass such as t, kt, Mt or kg: give these rows in tonnes, or leave them out"
            )
            faults.append(
                problem(table, str(rows[0] + 1), beside, message + (f" ({len(rows)} rows)" if len(rows) > 1 else ""))
            )
        beside_factor = words.map(known).astype("float64").fillna(1.0).to_numpy()
        own = np.where(np.isnan(own), beside_factor, own)
        if (beside_factor != 1).any():
            said(
                "unit",
                f"the column {beside} was applied: {', '.join(f'{w} = {f:g} t' for w, f in known.items() if f and f != 1)}",
            )
    if faults:
        raise InputError(faults, what=f"the table of {table}")
    scale = np.where(np.isnan(own), factor, own)
    more = {
        c: as_floats(frame[c])[0] * scale
        for c in ("tonnage_t_low", "tonnage_t_high")
        if c in frame and (scale != 1).any()
    }
    return frame.assign(tonnage_t=values * scale, **more)


def _refusal(table: str, row: str, column: str, message: str) -> InputError:
    return InputError([problem(table, row, column, message)], what=f"the table of {table}")


def _cells(cells: pd.Series, table: str) -> tuple[np.ndarray, np.ndarray, list[dict[str, str]]]:
    """Return numbers, what the unit in each cell is in tonnes (NaN where it has none), and faults."""
    values, wrong = as_floats(cells)
    own = np.full(len(cells), np.nan)
    faults: list[dict[str, str]] = []
    if not wrong.any():
        return values, own, faults
    text = cells.astype("str")
    split = {i: _WITH_UNIT.fullmatch(text.iloc[i]) for i in np.flatnonzero(wrong)}
    style = style_of([m[1] for m in split.values() if m] + text[~wrong].tolist())
    for i, match in split.items():
        factor = unit_factor(match[2]) if match else None
        number = np.nan
        if match and not (is_unsure(match[1]) and not style.decimal):
            number = as_floats(written_plainly(pd.Series([match[1]]), style.decimal or "."))[0][0]
        if match is None or factor is None or np.isnan(number):
            faults.append(
                problem(
                    table, str(i + 1), "tonnage_t", f"{text.iloc[i]!r} is no tonnage: write a number alone, in tonnes"
                )
            )
        elif np.isnan(factor):
            faults.append(problem(table, str(i + 1), "tonnage_t", f"{text.iloc[i]!r}: {_MANY_OR_METRIC}"))
        else:
            values[i], own[i] = number, factor
    return values, own, faults
