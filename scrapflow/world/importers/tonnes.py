"""Tonnes as people write them: kt, kg, thousands of tonnes, a column of units, a unit in each cell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, problem
from scrapflow.vocabulary import KINDS
from scrapflow.world.importers.number_cells import (
    as_floats,
    is_nothing,
    is_unsure,
    looks_like_number,
    style_of,
    written_plainly,
)
from scrapflow.world.other_names import parts_of, plain, usual_words

if TYPE_CHECKING:
    from collections.abc import Callable

_FACTORS = {
    1.0: "t|tonne|tonnes|ton|tons|metric ton|metric tons|metric tonnes|tonnen|toneladas|tonelada|tonnellate|tn|톤|吨|トン|т|тонн|тонны",
    1e3: "kt|kton|ktons|ktonnes|kilotonnes|kilotons|1000 t|1000 tonnes|1000 tons|10 3 t|thousand tonnes|thousand tons|thousand t|"
    "tsd t|tsd tonnen|mil t|mil toneladas|miles de toneladas|milliers de tonnes|천톤|천 톤|千吨|千トン|тыс т|тыс тонн|tys t|tys ton",
    1e4: "万吨|만톤|万トン",
    1e6: "mio t|million tonnes|million tons|million t|millones de toneladas|milhoes de toneladas|백만톤|百万吨|млн т|млн тонн|mln t|mln ton",
    1e-3: "kg|kgs|kilogram|kilograms|kilogramm|kilogramme|kilogrammes|kilogramos|kilogramo|quilogramas|quilograma|chilogrammi|kilo|kilos|킬로그램|公斤|кг",
    1e-6: "g|gram|grams|gramm|gramme|grammes|gramos|grammi|그램|克|г",
    1.016_046_908_8: "long tons|long ton|imperial tons",
    0.907_184_74: "short tons|short ton|us tons",
    0.000_453_592_37: "lb|lbs|pound|pounds",
}
"""What a unit is in tonnes (a short ton has 2,000 pounds of 0.45359237 kg, a long ton 2,240)."""
_UNITS = {plain(name): factor for factor, names in _FACTORS.items() for name in names.split("|")}
_BASES = usual_words("amount") | {*KINDS, ""}
_UNIT_COLUMNS = usual_words("unit")
_SUCH_AS = "t, kt, Mt, kg, g, lb, short tons or long tons"
_BETWEEN = re.compile(r"(?:^|_)(in|en|em)$")
_LONGEST = 3
_WITH_UNIT = re.compile(r"\s*([+\-\u2212]?\d[\d.,\s\u00a0\u202f']*?)\s*([^\W\d].*?)\s*")
_MANY_OR_METRIC = "is MT millions of tonnes or metric tons: write Mt or t"


def unit_of_name(name: str) -> float | None:
    """Return what the unit in the name of a column of tonnes is in tonnes; None if it is no such column.

    Examples
    --------
    >>> [unit_of_name(n) for n in ("Quantity (kt)", "Menge in kg", "Menge [1000 t]", "Mt", "value", "price_kg")]
    [1000.0, 0.001, 1000.0, 1000000.0, None, None]
    """
    words = re.split(r"[\W_]+", name.strip(" )]"))
    for length in range(_LONGEST, 0, -1):
        unit, base = " ".join(words[-length:]), _BETWEEN.sub("", plain(" ".join(words[:-length])))
        if len(words) >= length and base in _BASES and (factor := unit_factor(unit)) is not None:
            return factor
    return None


def unit_of_header(header: str) -> float | None:
    """Return what the unit anywhere in the name of a column is in tonnes, None without: for a column that is known to be tonnes.

    Examples
    --------
    >>> [unit_of_header(h) for h in ("weight [Kilogramm]", "Netto (kg) 2019", "Ladung in 1000 t", "kg", "Ladung")]
    [0.001, 0.001, 1000.0, 0.001, None]
    """
    return next((f for part in parts_of(header) if (f := unit_factor(part)) is not None), None)


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


def in_tonnes(
    frame: pd.DataFrame,
    table: str,
    said: Callable[[str, str], None],
    *,
    header: str = "",
    settled: bool = False,
    faults: list[dict[str, str]] | None = None,
) -> pd.DataFrame:
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
    header
        What the column ``tonnage_t`` was called before it was named so by hand: its unit counts.
    settled
        Whether the style of numbers was settled for the whole file.
    faults
        Takes what is wrong instead of its being raised, also cells that are empty or below 0: for tables that need every amount.

    Raises
    ------
    InputError
        If a unit is not known or a cell is no tonnage: every such cell.
    """
    found: list[dict[str, str]] = []
    beside = next((c for c in map(str, frame.columns) if plain(c) in _UNIT_COLUMNS), "")
    frame, factor = _named(frame, table, said, header, beside)
    if "tonnage_t" not in frame:
        return frame

    def cells(column: str) -> tuple[np.ndarray, np.ndarray]:
        values, own, wrong = _cells(frame[column], table, said, settled=settled)
        found.extend(wrong)
        return values, own

    values, own = cells("tonnage_t")
    if faults is not None:
        found += _not_there(frame["tonnage_t"], values, table, {int(f["row"]) - 1 for f in found})
    if beside:
        words = frame[beside].astype("str").where(frame[beside].notna(), "").str.strip()
        known = {w: unit_factor(w) for w in words.unique() if w}
        for word in [w for w, f in known.items() if f is None or np.isnan(f)]:
            rows = np.flatnonzero(words == word)
            message = (
                _MANY_OR_METRIC
                if word.lower() == "mt"
                else f"{word!r} is no unit of mass that is known ({_SUCH_AS}): give these rows in tonnes, or leave them out"
            )
            found.append(
                problem(table, str(rows[0] + 1), beside, message + (f" ({len(rows)} rows)" if len(rows) > 1 else ""))
            )
        own = np.where(np.isnan(own), words.map(known).astype("float64").to_numpy(), own)
        if any(f and f != 1 for f in known.values()):
            said(
                "unit",
                f"the column {beside} was applied: {', '.join(f'{w} = {f:g} t' for w, f in known.items() if f and f != 1)}",
            )
    scale = np.where(np.isnan(own), factor, own)
    ends = [c for c in ("tonnage_t_low", "tonnage_t_high") if c in frame and (scale != 1).any()]
    more = {c: cells(c)[0] * scale for c in ends}
    if faults is not None:
        faults += found
    elif found:
        raise InputError(found, what=f"the table of {table}")
    return frame.assign(tonnage_t=values * scale, **more)


def _named(
    frame: pd.DataFrame, table: str, said: Callable[[str, str], None], header: str, beside: str
) -> tuple[pd.DataFrame, float]:
    """Return the table with its tonnes as ``tonnage_t``, where it has some, and what the unit in their name is in tonnes."""
    column, factor = header, unit_of_header(header) if header else None
    if "tonnage_t" not in frame:
        named = {c: f for c in map(str, frame.columns) if (f := unit_of_name(c)) is not None}
        if not named and beside:
            named = {c: 1.0 for c in map(str, frame.columns) if plain(c) in _BASES}
        if len(named) > 1:
            message = f"several columns can be the tonnes: {', '.join(named)}; name one with --map COLUMN=tonnage_t"
            raise _refusal(table, "", "tonnage_t", message)
        if not named:
            return frame, 1.0
        (column, factor), *_ = named.items()
        if np.isnan(factor):
            raise _refusal(table, "", column, _MANY_OR_METRIC)
        frame = frame.rename(columns={column: "tonnage_t"})
    if factor is None:
        if bracketed := re.search(r"[(\[]([^)\]]*[^\W\d][^)\]]*)[)\]]", column):
            said(
                "unit",
                f"{column}: {bracketed[1]!r} is no unit that is known ({_SUCH_AS}); read as tonnes, as it was named",
            )
        return frame, 1.0
    if np.isnan(factor):
        said("unit", f"{column}: read as tonnes, as it was named; write Mt if it is millions")
        return frame, 1.0
    if factor != 1:
        said("unit", f"{column}: multiplied by {factor:g} to tonnes")
    return frame, factor


def _refusal(table: str, row: str, column: str, message: str) -> InputError:
    return InputError([problem(table, row, column, message)], what=f"the table of {table}")


def _not_there(cells: pd.Series, values: np.ndarray, table: str, told: set[int]) -> list[dict[str, str]]:
    """Return a fault for each cell without an amount or with one below 0, as it was written, but for rows already told."""
    faults = []
    for i in np.flatnonzero(~(values >= 0)):
        if i in told:
            continue
        cell = cells.iloc[i]
        written = "an empty cell" if pd.isna(cell) or not str(cell).strip() else repr(str(cell))
        fix = (
            "is below 0: turn its origin and destination round if it went back, or leave the row out"
            if values[i] < 0
            else "tells no tonnage: leave the row out, or write the tonnes"
        )
        faults.append(problem(table, str(i + 1), "tonnage_t", f"{written} {fix}"))
    return faults


def _cells(
    cells: pd.Series, table: str, said: Callable[[str, str], None], *, settled: bool
) -> tuple[np.ndarray, np.ndarray, list[dict[str, str]]]:
    """Return numbers, what the unit in each cell is in tonnes (NaN where it has none), and faults."""
    values, wrong = as_floats(cells)
    own = np.full(len(cells), np.nan)
    faults: list[dict[str, str]] = []
    text = cells.astype("str").where(cells.notna(), "").str.strip()
    asked = wrong
    if cells.dtype.kind not in "mM" and not pd.api.types.is_numeric_dtype(cells.dtype):
        typed = np.array([isinstance(c, str) for c in cells.tolist()])
        if wrong.any() or not settled:
            # A number of a program is what it is; one that was typed may be written in groups.
            asked = wrong | (typed & text.map(is_unsure).to_numpy(dtype=bool))
    if not asked.any():
        return values, own, faults
    split = {i: _WITH_UNIT.fullmatch(text.iloc[i]) for i in np.flatnonzero(asked)}
    style = style_of([m[1] for m in split.values() if m] + text[~is_nothing(text)].tolist())
    changed = ""
    for i, match in split.items():
        cell = text.iloc[i]
        number = match[1] if match else cell
        factor = unit_factor(match[2]) if match else 1.0
        message = ""
        if factor is None or not looks_like_number(number):
            message = f"{cell!r} is no tonnage: write a number alone, or one with a unit of mass"
        elif np.isnan(factor):
            message = f"{cell!r}: {_MANY_OR_METRIC}"
        elif is_unsure(number) and (style.against or not style.decimal):
            message = _unsure(cell, number)
        else:
            plainly = written_plainly(pd.Series([number]), style_of([number]).decimal or style.decimal or ".")
            values[i] = as_floats(plainly)[0][0]
            own[i] = factor if match else np.nan
            if np.isnan(values[i]):
                message = f"{cell!r} is no tonnage: write a number alone, or one with a unit of mass"
            elif not match and plainly.iloc[0] != number:
                changed = changed or f"{cells.name}: {cell!r} is read as {plainly.iloc[0]}"
        if message:
            values[i] = np.nan
            faults.append(problem(table, str(i + 1), str(cells.name), message))
    if changed:
        said("numbers", changed)
    return values, own, faults


def _unsure(cell: str, number: str) -> str:
    """Return the refusal of a number that may be of thousands or of decimals."""
    whole, small = re.sub(r"[.,]", "", number), f"{float(number.replace(',', '.')):.4f}"
    return f"{cell!r} can be read with thousands or with decimals, and no other cell tells: write {whole} or {small}, or give numbers"
