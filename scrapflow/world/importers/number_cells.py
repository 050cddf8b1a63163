"""Numbers as people write them: thousands separators, decimal commas, spaces between groups; told apart, never guessed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable

_NOTHING = ["", "nan", "none", "null", "n/a", "na", "<na>", "-", "–", "—"]
_BLANKS = " \u00a0\u2007\u2009\u202f'\u2019"
_NUMBER = re.compile(rf"[+\-\u2212\u2013]?\d[\d.,{_BLANKS}]*")
_GROUPED = re.compile(rf"[+-]?\d{{1,3}}(?:[{_BLANKS}]\d{{3}})+(?:[.,]\d+)?")
_COMMA_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3}){2,}|[+-]?[1-9]\d{0,2}(,\d{3})+\.\d*")
_POINT_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3}){2,}|[+-]?[1-9]\d{0,2}(\.\d{3})+,\d*")
_COMMA = re.compile(r"[+-]?\d*,\d+")
_POINT = re.compile(r"[+-]?\d*\.\d+([eE][+-]?\d+)?")
_UNSURE = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_PLAIN = re.compile(r"[+-]?\d*\.?\d+([eE][+-]?\d+)?")


class Style(NamedTuple):
    """How a file writes numbers.

    Attributes
    ----------
    decimal
        ``.`` or ``,``; "" where nothing tells.
    example
        A cell that shows it.
    against
        A cell that shows the opposite; "" where there is none.
    """

    decimal: str
    example: str = ""
    against: str = ""


def looks_like_number(cell: str) -> bool:
    """Tell whether a cell is a number in some style.

    Examples
    --------
    >>> [looks_like_number(t) for t in ("1 234,5", "1.234", "12 t", "A-1", "2019-03")]
    [True, True, False, False, False]
    """
    return bool(_NUMBER.fullmatch(cell.strip()))


def is_nothing(cells: pd.Series[str]) -> pd.Series[bool]:
    """Tell which cells of text are empty, or a word for that.

    Examples
    --------
    >>> is_nothing(pd.Series(["", "n/a", "-", "0"])).tolist()
    [True, True, True, False]
    """
    return cells.str.strip().str.lower().isin(_NOTHING)


def _bare(cell: str) -> str:
    """Return a number without blanks between its groups, with a plain minus sign."""
    text = cell.strip().replace("\u2212", "-")
    text = "-" + text[1:] if text[:1] == "\u2013" else text
    return re.sub(f"[{_BLANKS}]", "", text) if _GROUPED.fullmatch(text) else text


def _shows(cell: str) -> str:
    """Return the decimal mark that a number shows, "" where it may be either."""
    if _COMMA_GROUPS.fullmatch(cell):
        return "."
    if _POINT_GROUPS.fullmatch(cell):
        return ","
    if _UNSURE.fullmatch(cell):
        return ""
    if _COMMA.fullmatch(cell):
        return ","
    return "." if _POINT.fullmatch(cell) else ""


def style_of(cells: Iterable[str]) -> Style:
    """Return how numbers are written in cells that all come from one file.

    Examples
    --------
    >>> style_of(["1.234,5", "7"]).decimal, style_of(["1,234.5"]).decimal, style_of(["1,234"]).decimal
    (',', '.', '')
    >>> style_of(["3,5", "0.25"])
    Style(decimal=',', example='3,5', against='0.25')
    """
    first: dict[str, str] = {}
    for cell in cells:
        shown = _shows(_bare(cell))
        if shown:
            first.setdefault(shown, cell)
            if len(first) > 1:
                break
    if not first:
        return Style("")
    decimal = next(iter(first))
    return Style(decimal, first[decimal], next((c for d, c in first.items() if d != decimal), ""))


def is_unsure(cell: str) -> bool:
    """Tell whether a number can be read as thousands or as decimals: ``1,234``."""
    return bool(_UNSURE.fullmatch(_bare(cell)))


def written_plainly(cells: pd.Series[str], decimal: str) -> pd.Series[str]:
    """Return numbers with a point and without groups; what is none stays as it is.

    Parameters
    ----------
    cells
        Text.
    decimal
        The decimal mark of the file.

    Examples
    --------
    >>> written_plainly(pd.Series(["1.234,5", "1 000", "many", ""]), ",").tolist()
    ['1234.5', '1000', 'many', '']
    """
    other = "," if decimal == "." else "."

    def plain(cell: str) -> str:
        if not looks_like_number(cell):
            return cell
        text = _bare(cell)
        parts = text.split(other)
        grouped = len(parts) > 1 and all(len(p.partition(decimal)[0]) == 3 for p in parts[1:])
        text = ("".join(parts) if grouped else text).replace(decimal, ".") if grouped or other not in text else text
        return text if _PLAIN.fullmatch(text) else cell

    return cells.map(plain)


def as_floats(cells: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return numbers and which cells hold something that is none; empty cells and words for nothing are NaN.

    Examples
    --------
    >>> [a.tolist() for a in as_floats(pd.Series(["1.5", "", "many"]))]
    [[1.5, nan, nan], [False, False, True]]
    """
    if cells.dtype.kind in "mM":
        return np.full(len(cells), np.nan), cells.notna().to_numpy()
    if pd.api.types.is_numeric_dtype(cells.dtype):
        values = cells.to_numpy(dtype=np.float64, na_value=np.nan, copy=True)
        return values, np.isinf(values)
    text = cells.astype("str").where(cells.notna(), "").str.strip()
    text = text.where(~is_nothing(text), "")
    values = pd.to_numeric(text.where(~text.str.contains("_"), "?"), errors="coerce").to_numpy(
        dtype=np.float64, copy=True
    )
    return values, (text != "").to_numpy() & ~np.isfinite(values)


def whole_names(names: pd.Series[str]) -> pd.Series[str]:
    """Return identifiers, of which those that a program wrote as decimal numbers are whole ones; others stay as they are.

    Examples
    --------
    >>> whole_names(pd.Series(["7.0", "007", "Block 2.0"])).tolist()
    ['7', '007', 'Block 2.0']
    """
    return names.str.replace(r"^(\d+)\.0$", r"\1", regex=True)
