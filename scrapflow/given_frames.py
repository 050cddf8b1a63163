"""Frames as people hand them over: one text names a column, one value stands in a cell, in the types of NumPy.

pandas has many ways to hold the same table. Two levels of names, a name twice, numbers that can be ``NA``, cells that hold
lists or functions: what means a plain table becomes one, and what does not is refused by column and row.
"""

from __future__ import annotations

import datetime as dt
import os
from decimal import Decimal
from functools import partial
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray

_AS_TEXT = (
    list, tuple, set, frozenset, dict, np.ndarray, dt.time, dt.timedelta, np.datetime64, np.timedelta64, pd.Period, os.PathLike
)  # fmt: skip
_WIDEST = 2**63
_GEOMETRY = "_geometry_column_name"
_SHOWN = 20
_SHORTEST_WKB = 9


def plain_frames(tables: Mapping[str, object], *, what: str, refusal: type[InputError] = InputError) -> list[Any]:
    """Return several frames as :func:`plain_frame` does, in the order given, None for None.

    Raises
    ------
    InputError
        Or the ``refusal`` given: naming each table that is no frame, and all that is wrong with the others.

    Examples
    --------
    >>> plain_frames({"nodes": pd.DataFrame({"a": [1]}), "storage": None}, what="the problem")[1] is None
    True
    """
    faults: list[dict[str, str]] = []
    plain: list[Any] = []
    for name, table in tables.items():
        if isinstance(table, pd.DataFrame):
            plain.append(plain_frame(table, name, faults))
            continue
        plain.append(None)
        if table is not None:
            faults.append(problem(name, "", "", f"a pandas DataFrame is needed, not a {type(table).__name__}"))
    if faults:
        raise refusal(faults, what=what)
    return plain


def plain_frame(frame: pd.DataFrame, table: str, faults: list[dict[str, str]]) -> pd.DataFrame:
    """Return a frame of one text a column and one value a cell; itself, if it is one already.

    Several values in a cell, as OSMnx gives them, are written as one text; a GeoDataFrame without its geometry is a table.

    Parameters
    ----------
    frame
        What was handed over.
    table
        What it is, for messages.
    faults
        What cannot be read is noted here: names in two levels or given twice, and cells that hold no value.

    Examples
    --------
    >>> faults = []
    >>> frame = pd.DataFrame({7: pd.array([1, None], dtype="Int64"), "a": [["x"], len]})
    >>> plain_frame(frame, "links", faults)["7"].dtype
    dtype('float64')
    >>> [(f["row"], f["column"], f["message"]) for f in faults]
    [('1', 'a', 'builtin_function_or_method is no value of a cell')]
    """
    if frame.columns.nlevels > 1:
        faults.append(
            problem(table, "", "", f"its columns have {frame.columns.nlevels} levels of names: give each one")
        )
        return frame
    if any(type(name) is not str or not name.isascii() for name in frame.columns):
        frame = frame.set_axis([_name(c) for c in frame.columns], axis=1)
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()].unique()
        faults += [problem(table, "", str(c), "stands twice: rename or drop one of the columns") for c in twice]
        return frame
    drawn = getattr(frame, _GEOMETRY, "")
    if drawn != "" and str(frame.dtypes.get(drawn)) != "geometry":
        frame = pd.DataFrame(frame)
    changed = {}
    for name, column in frame.items():
        now = _plain(column, partial(_note, faults, table, str(name)))
        if now is not column:
            changed[str(name)] = now
    return frame.assign(**changed) if changed else frame


def numbers_of(cells: pd.Series[Any]) -> tuple[pd.Series[float], NDArray[np.bool_]]:
    """Return a column as numbers, NaN where it has none, and where there stands something that is neither a number nor nothing.

    Examples
    --------
    >>> numbers, wrong = numbers_of(pd.Series([1.5, "2", "", None, "many", True], dtype=object))
    >>> numbers.tolist(), wrong.tolist()
    ([1.5, 2.0, nan, nan, nan, nan], [False, False, False, False, True, True])
    """
    if cells.dtype.kind in "fiu":
        return cells.astype("float64"), np.zeros(len(cells), dtype=bool)
    truth = cells.map(lambda cell: isinstance(cell, bool | np.bool_)).to_numpy(dtype=bool)
    numbers = pd.to_numeric(cells.astype(object).mask(truth, np.nan), errors="coerce").astype("float64")
    empty = cells.isna() | (cells.astype("str").str.strip() == "")
    return numbers, truth | (numbers.isna() & ~empty).to_numpy(dtype=bool)


def shown(cell: object) -> str:
    """Return a cell as whoever wrote it knows it: ``True``, not ``np.True_``."""
    return repr(cell.item() if isinstance(cell, np.generic) else cell)


def _note(faults: list[dict[str, str]], table: str, column: str, row: str, message: str) -> None:
    faults.append(problem(table, row, column, message))


def _name(given: object) -> str:
    told = str(given) if isinstance(given, str | Real) else repr(given)
    return told.encode("utf-8", "backslashreplace").decode()


def _plain(column: pd.Series, note: Callable[[str, str], None]) -> pd.Series:
    kind = column.dtype
    if isinstance(kind, np.dtype) and kind.kind in "biufmM":
        return column
    if isinstance(kind, pd.StringDtype):
        return column if str(kind) == "str" else column.astype("str")
    if isinstance(kind, pd.CategoricalDtype):
        plain = [*map(type, kind.categories)]
        return column if set(plain) <= {str, int, float} else _plain(column.astype(object), note)
    if str(kind) == "geometry":
        return column
    if pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_complex_dtype(kind):
        whole = pd.api.types.is_integer_dtype(kind) and not column.hasnans
        return column.astype("int64" if whole and not str(kind).lower().startswith("uint") else "float64")
    if isinstance(kind, pd.DatetimeTZDtype):
        return column
    cells = column.astype(object)
    if set(map(type, cells)) <= {str, int, float, bool, type(None)} and _ordinary(cells):
        return column if column.dtype.kind == "O" else cells
    return _cell_by_cell(cells, note)


def _ordinary(cells: Iterable[object]) -> bool:
    """Tell whether texts and numbers are such as files hold: whole letters, no more than 64 bits."""
    return all(c.isascii() if isinstance(c, str) else not isinstance(c, int) or -_WIDEST <= c < _WIDEST for c in cells)


def _cell_by_cell(cells: pd.Series, note: Callable[[str, str], None]) -> pd.Series:
    now: list[object] = []
    wrong = 0
    for row, cell in cells.items():
        try:
            now.append(_value(cell))
        except (ValueError, TypeError, OverflowError, RecursionError) as fault:
            now.append(None)
            wrong += 1
            if wrong <= _SHOWN:
                note(_name(row), str(fault))
    return pd.Series(now, index=cells.index, dtype=object)


def _value(cell: object) -> object:
    """Return what a cell holds as text, number, date, geometry, WKB or None.

    Raises
    ------
    ValueError
        Saying what is wrong with it.
    """
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return None
    if isinstance(cell, str):
        return _whole(cell)
    if isinstance(cell, _AS_TEXT):
        return str(cell)
    if isinstance(cell, Real | Decimal | np.bool_):
        return _number(cell)
    if isinstance(cell, bytes) and not (cell[:1] in (b"\0", b"\1") and len(cell) >= _SHORTEST_WKB):
        msg = f"{cell!r:.40} is neither text nor WKB: decode it"
        raise ValueError(msg)
    if not (isinstance(cell, dt.date | bytes) or hasattr(cell, "__geo_interface__")):
        msg = f"{type(cell).__name__} is no value of a cell"
        raise ValueError(msg)
    return cell


def _whole(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        msg = f"{text!r} holds half of a letter"
        raise ValueError(msg) from None
    return str(text)


def _number(cell: Real | Decimal | np.bool_) -> object:
    if isinstance(cell, Integral | np.bool_):
        if not -_WIDEST <= int(cell) < 2 * _WIDEST:
            msg = "a whole number of more than 64 bits"
            raise ValueError(msg)
        return cell
    return float(cell)
