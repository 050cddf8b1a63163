"""Flows in wide tables: an origin–destination matrix, or a column for each period, as one row a flow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, problem
from scrapflow.units import counted
from scrapflow.world.folding import fold
from scrapflow.world.importers.number_cells import as_floats, looks_like_number
from scrapflow.world.importers.periods import label_of
from scrapflow.world.importers.tonnes import unit_of_name
from scrapflow.world.other_names import flow_columns, meant, plain, usual_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_TOTALS = usual_words("total")
"""What sums of rows are called, folded."""
_PERIOD = re.compile(r"(19|20)\d{2}([-_ ]?(Q[1-4]|\d{2}))?")
_DEGREES = ("x_coord", "y_coord")
_MOSTLY = 0.8
_LEAST = 2


def is_total(name: str) -> bool:
    """Tell whether a name is that of a sum of others.

    Examples
    --------
    >>> is_total("Grand total"), is_total("Totnes"), is_total("합계")
    (True, False, True)
    """
    return fold(name) in _TOTALS


def unpivoted(frame: pd.DataFrame, said: Callable[[str, str], None]) -> pd.DataFrame:
    """Return a wide table as one row a flow; a table that is not wide as it is.

    Parameters
    ----------
    frame
        Origins in the first column and a column for each destination; or origins, destinations and a column for each period.
    said
        Told what was done: kind and note.

    Raises
    ------
    InputError
        If a cell of a matrix is no number.
    """
    names = {str(c): plain(str(c)) for c in frame.columns}
    known = {c: {c, *flow_columns()[c]} for c in ("origin", "destination", "tonnage_t")}
    has = {c: any(n in words for n in names.values()) for c, words in known.items()}
    if has["tonnage_t"] or any(unit_of_name(c) is not None for c in names):
        return frame
    if has["origin"] and has["destination"]:
        return _by_period(frame, names, said)
    if has["destination"] or len(frame.columns) <= _LEAST or _places(names.values()):
        return frame
    return _matrix(frame, said)


def _places(names: Iterable[str]) -> bool:
    """Tell whether columns are those of places, whose degrees would be read as tonnes."""
    found = {name if name in _DEGREES else meant("nodes", name, _DEGREES) for name in names}
    return found >= set(_DEGREES)


def _by_period(frame: pd.DataFrame, names: dict[str, str], said: Callable[[str, str], None]) -> pd.DataFrame:
    dated = [c for c in names if _PERIOD.fullmatch(c.strip()) or label_of(c)]
    if not dated:
        return frame
    rest = [c for c in names if c not in dated]
    tall = frame.melt(id_vars=rest, value_vars=dated, var_name="period", value_name="tonnage_t")
    said(
        "wide",
        f"{counted(len(dated), 'column is a period', 'columns are periods')} ({dated[0]} to {dated[-1]}): one row each",
    )
    period = tall["period"].astype("str").str.strip().str.replace(r"(\d{4})[_ ]?(Q?\d+)", r"\1-\2", regex=True)
    period = period.where(~period.str.fullmatch(r"\d{2}-\d{2}"), tall["period"].astype("str"))
    return tall.assign(period=period)[_is_filled(tall["tonnage_t"])].reset_index(drop=True)


def _is_filled(cells: pd.Series) -> pd.Series[bool]:
    values, wrong = as_floats(cells)
    return pd.Series(wrong | (np.nan_to_num(values) != 0), cells.index)


def _matrix(frame: pd.DataFrame, said: Callable[[str, str], None]) -> pd.DataFrame:
    first, *others = map(str, frame.columns)
    label = frame[first].astype("str").str.strip()
    rows = {fold(v) for v in label}
    shared = [c for c in others if fold(c) in rows]
    if np.isfinite(as_floats(label)[0]).all() and len(shared) < len(others) / 2:
        return frame
    strange = {c: as_floats(frame[c])[1] & ~frame[c].astype("str").map(looks_like_number).to_numpy() for c in others}
    sound = [c for c, wrong in strange.items() if wrong.mean() <= 1 - _MOSTLY]
    if len(sound) < _LEAST or (len(sound) < len(others) and len(shared) < len(others) / 2):
        return frame
    faults = [
        problem(
            "flows",
            str(label.iloc[i]),
            c,
            f"{frame[c].iloc[i]!r} is no tonnage: the table is read as a matrix of origins and destinations",
        )
        for c in sound
        for i in np.flatnonzero(strange[c])
    ]
    if faults:
        raise InputError(faults, what="the table of flows")
    sums = [c for c in sound if is_total(c)]
    rows_kept = ~label.map(is_total) & (label != "")
    kept = [c for c in sound if c not in sums]
    tall = frame.loc[rows_kept, [first, *kept]].melt(id_vars=[first], var_name="destination", value_name="tonnage_t")
    tall = tall.rename(columns={first: "origin"})
    left = [*sums, *label[label.map(is_total)].unique()]
    dropped = f"; left out as sums: {', '.join(left)}" if left else ""
    unread = [c for c in others if c not in sound]
    dropped += f"; not used: {', '.join(unread)}" if unread else ""
    said(
        "wide",
        f"read as a matrix: {counted(int(rows_kept.sum()), 'row is an origin', 'rows are origins')}, {counted(len(kept), 'column is a destination', 'columns are destinations')}{dropped}",
    )
    return tall[_is_filled(tall["tonnage_t"])].reset_index(drop=True)
