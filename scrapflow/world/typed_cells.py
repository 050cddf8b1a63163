"""From cells as found to the types of the schema, every cell that cannot be converted named."""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.errors import did_you_mean, near, problem
from scrapflow.world.csv_text import Raw, is_mojibake, repaired
from scrapflow.world.other_names import is_empty
from scrapflow.world.schema import SPATIAL, Column, Table, schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_STR = pd.StringDtype(na_value=np.nan)
"""What pandas calls ``str``."""
_TRUE = {"true", "t", "yes", "y", "1", "1.0"}
_FALSE = {"false", "f", "no", "n", "0", "0.0"}
_DATE = re.compile(
    r"^(\d{1,2}[-. ][A-Za-z]{3}\.?([-. ]\d{2,4})?|[A-Za-z]{3}[-. ]\d{2,4}|\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2})?)?"
    r"|\d{1,2}/\d{1,2}/\d{2,4})$"
)
_WITH_UNIT = re.compile(r"^[+-]?\d+(\.\d+)?\s*(%|[A-Za-z]{1,3})$")
_RANGE = re.compile(r"^([~<>≤≥±]|ca\.?|about)\s*\d|^\d+(\.\d+)?\s*[-–—]\s*\d+(\.\d+)?$")
_DEGREES = re.compile(r"[°º′″]|\d\s*['\"]|^[NSEWO]\s*\d|\d\s*[NSEWO]$", re.IGNORECASE)
_PAIR = re.compile(r"^[+-]?\d+(\.\d+\s*[,;/ ]|\s*[,;/]\s+|\s*[;/ ])\s*[+-]?\d+(\.\d+)?$")
_GAUGES = re.compile(r"\d{3,4}\D+\d{3,4}")
_LETTERS = re.compile(r"[^\W\d_]")
_GROUPS = re.compile(r"^[+-]?\d{1,3}(?:[ \u00a0\u2007\u2009\u202f'\u2019]\d{3})+([.,]\d+)?$")
_NO_LIMIT = {"inf", "infinity", "\u221e", "unlimited", "unbounded", "no limit", "infinite"}
_POWER = re.compile(r"^\d([.,]\d+)?[Ee][+-]\d+$")
_FORMULA_ERRORS = {"#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!"}
_COMMA = re.compile(r"^[+-]?\d+(,\d+)+(\.\d+)?$|^[+-]?\d+(\.\d{3})*,\d+$")
_NOTHING = {"nan", "NaN", "n/a", "N/A", "#N/A", "null", "NULL", "<NA>", "NaT", "-", "--", "?"}
"""Words for an empty cell as programs write them; NAN, NA and none may be codes or names."""
_FREE_TEXT = {"note", "text", "coordinate_method", "title"}
_UNKNOWN = {"nan", "na", "n/a", "none", "null", "-", "?", "unknown", "#n/a", "nil", "--", "…", "tbd"}


def conform(raw: Raw) -> pd.DataFrame:
    """Convert a table to its schema: all columns, in order, text as ``str`` ("" is unknown), numbers as float64 (NaN).

    Columns that the schema does not know are kept behind the others as text. Faults are appended to ``raw.problems``.

    Parameters
    ----------
    raw
        Cells as found.

    Returns
    -------
    DataFrame
        With a RangeIndex; geometry still as WKT text or geometries.
    """
    table = schema()[raw.table]
    _made_keys(raw, table)
    frame = raw.frame
    _unknown_columns(raw, table)
    n = len(frame)
    rows = row_names(raw, table)
    judged = np.ones(n, dtype=bool) if raw.ragged is None else ~raw.ragged
    _doubled_keys(raw, table)
    out: dict[str, Any] = {}
    blank: dict[str, Any] = {}
    for column in table.columns.values():
        cells = frame[column.name].to_numpy() if column.name in frame else np.full(n, "", dtype=object)
        # Of an empty file it was said that it is empty.
        if column.name not in frame and column.required in ("key", "yes") and not column.default and len(frame.columns):
            raw.problems.append(problem(raw.table, "", column.name, _missing(table, column, frame)))
        empty = cells.dtype == object and is_empty(cells.tolist())
        out[column.name] = _empty(column, n, blank) if empty else _column(raw, column, cells, rows, judged)
    for name in frame.columns:
        if name not in out and not (name == "geometry" and raw.table in SPATIAL):
            out[name] = pd.array(_text(frame[name].to_numpy()), dtype=_STR)
    made = pd.DataFrame(out, index=pd.RangeIndex(n))
    _fill_bases(raw, made, table, rows)
    return made


def _made_keys(raw: Raw, table: Table) -> None:
    """Name the rows of a table that needs no identifiers after what they are about, equal ones with a number."""
    if table.key in raw.frame or not table.key_parts or not len(raw.frame.columns):
        return
    texts = [_text(raw.frame[c].to_numpy()) for c in table.key_parts if c in raw.frame]
    names = [" ".join(filter(None, parts)) for parts in zip(*texts, strict=True)] if texts else list(raw.where)
    times = pd.Series(names, dtype="str").groupby(pd.Series(names, dtype="str")).cumcount() + 1
    made = [f"{name} ({time})" if time > 1 else name for name, time in zip(names, times, strict=True)]
    raw.frame = raw.frame.assign(**{table.key: np.array(made, dtype=object)})


def _doubled_keys(raw: Raw, table: Table) -> None:
    if table.key not in raw.frame:
        return
    ids = _text(raw.frame[table.key].to_numpy())
    if len(set(ids)) == len(ids):
        return
    places: dict[str, list[str]] = {}
    for id_, where in zip(ids, raw.where, strict=True):
        places.setdefault(id_, []).append(where)
    for id_, lines in places.items():
        if id_ and len(lines) > 1:
            message = f"the identifier stands in {', '.join(lines)}: each row needs its own"
            raw.problems.append(problem(raw.table, id_, table.key, message))


def _fill_bases(raw: Raw, frame: pd.DataFrame, table: Table, rows: list[str]) -> None:
    """Call values that do not say where they come from assumed, and say so."""
    if not len(frame):
        return
    given = {f"{c}_basis": frame[c].notna() for c in table.families}
    if table.name == "nodes":
        given["basis"] = frame["node_id"] != ""
    if table.name == "links":
        given["length_basis"] = frame["length_km"].notna()
    for basis, present in given.items():
        silent = ((frame[basis] == "") & present).to_numpy()
        if not silent.any():
            continue
        frame.loc[silent, basis] = "assumed"
        message = "empty, so that the value counts as assumed: write reported (with a source), derived or assumed"
        raw.problems += [problem(raw.table, rows[i], basis, message, "warning") for i in np.flatnonzero(silent)]


def row_names(raw: Raw, table: Table) -> list[str]:
    """Say for each row what a finding calls it: its identifier, or where it stands."""
    if table.key not in raw.frame:
        return list(raw.where)
    ids = _text(raw.frame[table.key].to_numpy())
    return [id_ or where for id_, where in zip(ids, raw.where, strict=True)]


def _unknown_columns(raw: Raw, table: Table) -> None:
    missing = [c for c in table.columns if c not in raw.frame]
    asked = {p["column"] for p in raw.problems}
    for name in raw.frame.columns:
        if name in table.columns or name in asked or (name == "geometry" and raw.table in SPATIAL):
            continue
        hint = did_you_mean(name, missing, cutoff=0.8)
        if hint:
            message = f"there is no such column; {hint} It would be ignored as it is"
            raw.problems.append(problem(raw.table, "", name, message))
        else:
            raw.problems.append(problem(raw.table, "", name, "not in the schema: kept, but not used", "note"))


def _missing(table: Table, column: Column, frame: pd.DataFrame) -> str:
    meant = near(column.name, [c for c in frame.columns if c not in table.columns], n=1)
    hint = f" (rename {meant[0]!r}?)" if meant else ""
    return f"the column is missing{hint}; it holds: {column.meaning}"


def _text(cells: NDArray[Any]) -> list[str]:
    """Cells as trimmed text; nothing is ""."""
    values = cells.tolist()
    try:
        return [v.strip() for v in values]
    except AttributeError:
        pass
    out = []
    for v in values:
        if isinstance(v, str):
            out.append(v.strip())
        elif isinstance(v, (list, tuple, set, dict, np.ndarray)):
            out.append(_listed(v))
        elif isinstance(v, (bytes, bytearray)):
            out.append(bytes(v).decode("utf-8", errors="replace").strip())
        elif pd.isna(v):
            out.append("")
        elif isinstance(v, float) and v.is_integer():
            out.append(str(int(v)))
        elif isinstance(v, dt.datetime):
            out.append(v.isoformat() if v.time() != dt.time() else v.date().isoformat())
        else:
            out.append(str(v).strip())
    return out


def _listed(cell: Any) -> str:
    """Return a list as the text that such a column holds here: its words, separated by |."""
    if isinstance(cell, dict):
        return json.dumps(cell, ensure_ascii=False, default=str)
    return "|".join(_text(np.array([*cell, ""], dtype=object))[:-1])


def _empty(column: Column, n: int, blank: dict[str, Any]) -> Any:
    """Return a column of which no cell was filled in; a good part of the columns of any world are such.

    ``blank`` keeps the texts of a table by their word: each is made once.
    """
    if column.type == "geometry":
        return np.full(n, "", dtype=object)
    if column.is_number:
        return np.full(n, np.nan)
    if column.type == "boolean":
        return np.full(n, column.default == "true")
    word = column.default if column.required != "key" else ""
    if word not in blank:
        blank[word] = pd.array([word] * n, dtype=_STR)
    return blank[word]


def _column(raw: Raw, column: Column, cells: NDArray[Any], rows: list[str], judged: NDArray[np.bool_]) -> Any:
    if column.type == "geometry":
        return cells if cells.dtype == object else np.asarray(cells, dtype=object)
    if column.is_number:
        return _numbers(raw, column, cells, rows, judged)
    text = _text(cells)
    if column.type == "boolean":
        return _booleans(raw, column, text, rows, judged)
    joined = "\n".join(text)
    if not joined.isascii() and is_mojibake(joined):
        _lost_letters(raw, column, text, rows)
    if "#" in joined:
        _formula_errors(raw, column, text, rows)
    if column.required == "key" or column.references:
        # The same letters composed and decomposed look equal and are one identifier.
        text = text if unicodedata.is_normalized("NFC", joined) else [unicodedata.normalize("NFC", t) for t in text]
        _mangled_ids(raw, column, text, rows)
    if column.name not in _FREE_TEXT and not column.allowed:
        text = _without_unknown(raw, column, text, rows)
    if column.default and column.required != "key":
        text = [t or column.default for t in text]
    return pd.array(text, dtype=_STR)


def _numbers(
    raw: Raw, column: Column, cells: NDArray[Any], rows: list[str], judged: NDArray[np.bool_]
) -> NDArray[np.float64]:
    if cells.dtype != object and cells.dtype.kind in "fiu":
        values = cells.astype(np.float64)
        faulty = np.isinf(values)
        text = [str(v) for v in values.tolist()] if faulty.any() else []
    else:
        text = _text(cells)
        values, faulty = _parse(text, comma=raw.comma_decimals)
        faulty &= judged
    for i in np.flatnonzero(faulty):
        raw.problems.append(problem(raw.table, rows[i], column.name, _no_number(text[i], column)))
    values[~np.isfinite(values)] = np.nan
    if column.type == "integer":
        broken = np.flatnonzero(judged & (values != np.rint(values)) & ~np.isnan(values))
        for i in broken:
            message = f"{values[i]:g} is not a whole number of {column.unit or 'units'}"
            raw.problems.append(problem(raw.table, rows[i], column.name, message))
    return values


def _parse(text: list[str], *, comma: bool) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Convert text to numbers; the second array marks what is neither a finite number nor empty."""
    try:
        # Python takes 1_4 for 14; nobody else does.
        values = np.array([t.replace("_", "?") or "nan" for t in text], dtype=np.float64)
    except ValueError:
        values = np.array([_one(t, comma=comma) for t in text], dtype=np.float64)
    filled = np.array([bool(t) for t in text], dtype=bool)
    return values, (filled & ~np.isfinite(values)).astype(bool)


def _one(text: str, *, comma: bool) -> float:
    if comma and text.count(",") == 1:
        text = text.replace(",", ".")
    try:
        return float(text) if text and "_" not in text else np.nan
    except ValueError:
        return np.nan


def _no_number(text: str, column: Column) -> str:
    low = text.lower()
    if low in _UNKNOWN:
        return f"{text!r} is no number: leave the cell empty where the value is unknown"
    if low.lstrip("+-") in _NO_LIMIT:
        return f"{text!r} is not accepted: leave the cell empty where there is no known limit"
    for where, fits, advice in _ADVICE:
        if where in ("", column.unit, column.name) and fits(text):
            return f"{text!r} {advice.format(unit=column.unit or 'none')}"
    unit = f" of {column.unit}" if column.unit else ""
    return f"{text!r} is no number{unit}; were the cells of the row shifted?"


def _is_dashed(text: str) -> bool:
    return text[:1] in tuple("\u2212\u2013\u2012") and not np.isnan(_one("-" + text[1:], comma=False))


_ADVICE: tuple[tuple[str, Callable[[str], object], str], ...] = (
    (
        "degree",
        _DEGREES.search,
        "is no number: write decimal degrees such as 37.558 (minutes / 60, seconds / 3600), south and west negative",
    ),
    ("degree", _PAIR.match, "is two numbers: write latitude in y_coord and longitude in x_coord"),
    (
        "gauge_mm",
        _GAUGES.search,
        "is several gauges: write them as 1000|1600, or one link for each, between nodes of its own",
    ),
    ("", _is_dashed, "begins with a dash, not a minus sign: type the number again with -"),
    ("", _COMMA.match, "is no number: write decimals with a point and no thousands separators"),
    ("", _DATE.match, "is no number: a spreadsheet seems to have made a date of it; type the number again"),
    ("", _WITH_UNIT.match, "is no number: write the number alone, in the unit of the column ({unit})"),
    ("", _RANGE.match, "is no number: write one value, and what it may be in the columns _low and _high"),
    ("", _GROUPS.match, "is no number: write it without blanks or marks between its digits"),
    (
        "gauge_mm",
        _LETTERS.search,
        "is no number: write millimetres, such as 1435 for standard and 1000 for metre gauge",
    ),
)
"""What is told to whoever wrote a cell that is no number: the first advice that fits."""


def _booleans(
    raw: Raw, column: Column, text: list[str], rows: list[str], judged: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    words = {"": column.default == "true"} | dict.fromkeys(_TRUE, True) | dict.fromkeys(_FALSE, False)
    low = [t.lower() for t in text]
    for i, t in enumerate(low):
        if t not in words and judged[i]:
            raw.problems.append(
                problem(raw.table, rows[i], column.name, f"{text[i]!r} is neither true nor false: write one of the two")
            )
    return np.array([words.get(t, words[""]) for t in low], dtype=bool)


def _without_unknown(raw: Raw, column: Column, text: list[str], rows: list[str]) -> list[str]:
    """Empty the cells that only say that nothing is known; a name that happens to read so stands alone in its column."""
    words = {t for t in set(text) if t in _NOTHING}
    refers = column.references is not None and column.name != "line_id"
    if not words or refers or column.required == "key":
        return text
    at = [i for i, t in enumerate(text) if t in words]
    shown = ", ".join(map(repr, sorted(words)))
    message = f"{shown} taken as unknown in {len(at)} cell{'s' if len(at) > 1 else ''}: leave a cell empty where nothing is known"
    raw.problems.append(problem(raw.table, rows[at[0]] if len(at) == 1 else "", column.name, message, "warning"))
    return ["" if t in words else t for t in text]


def _lost_letters(raw: Raw, column: Column, text: list[str], rows: list[str]) -> None:
    for i, t in enumerate(text):
        if is_mojibake(t):
            was = repaired(t)
            meant = f", perhaps of {was!r}" if was else ""
            message = f"{t!r} is text in a wrong encoding (mojibake){meant}: copy it anew and save the file as UTF-8"
            raw.problems.append(problem(raw.table, rows[i], column.name, message))


def _formula_errors(raw: Raw, column: Column, text: list[str], rows: list[str]) -> None:
    for i, t in enumerate(text):
        if t in _FORMULA_ERRORS:
            message = f"{t} is what a spreadsheet shows for a broken formula: write the value itself"
            raw.problems.append(problem(raw.table, rows[i], column.name, message))


def _mangled_ids(raw: Raw, column: Column, text: list[str], rows: list[str]) -> None:
    """Report identifiers that a spreadsheet turned into dates or numbers, unless the column is full of them anyway."""
    mangled = {t for t in set(text) if _DATE.match(t) or _POWER.match(t)}
    dated = [i for i, t in enumerate(text) if t in mangled] if mangled else []
    if 2 * len(dated) >= sum(map(bool, text)) and len(dated) > 1:
        return
    for i in dated:
        what = "number" if _POWER.match(text[i]) else "date"
        message = f"{text[i]!r} looks like a {what} that a spreadsheet made of an identifier: write it anew, as text"
        raw.problems.append(problem(raw.table, rows[i], column.name, message))
