"""Replacing numbers of a world: what is tried out is assumed, claims nobody as its source, and is written down."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, did_you_mean, problem
from scrapflow.given_frames import numbers_of, plain_frames
from scrapflow.world.schema import schema
from scrapflow.world.shared_frames import shared
from scrapflow.world.world_data import CHANGE_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_BASES = {("links", "length_km"): "length_basis"}
"""Numbers whose basis is not called after them."""
CHANGES = "changes"
"""Under this name the changes of a world stand among the hashes of its inputs."""


def with_values(
    tables: Mapping[str, pd.DataFrame], values: pd.DataFrame | Mapping[tuple[str, str, str], float]
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Return the tables with some numbers replaced, and what was changed; tables not touched are shared, not copied.

    A changed number is ``assumed`` and has no source; its range, where it had one, is widened to take it in.

    Parameters
    ----------
    tables
        Tables by name.
    values
        Frame of ``table, row, column, value``, or a mapping of ``(table, row, column)`` to a number.

    Returns
    -------
    tuple
        The tables, and the changes with the columns of :data:`CHANGE_COLUMNS`.

    Raises
    ------
    InputError
        If a place does not exist or cannot hold the number; all at once.
    """
    keys = ["table", "row", "column", "value"]
    if isinstance(values, Mapping):
        try:
            values = pd.DataFrame([(*k, v) for k, v in values.items()], columns=keys)
        except (TypeError, ValueError, OverflowError):  # the last of pandas 3.0, for whole numbers beyond floats
            raise _no_values() from None
    if not set(keys) <= set(values.columns):
        raise _no_values()
    (listed,) = plain_frames({"values": values}, what="the values to be set")
    tables = shared(tables)
    problems: list[dict[str, str]] = []
    changed: dict[str, pd.DataFrame] = dict(tables)
    changes = []
    for (t, c), group in listed.groupby(["table", "column"], sort=False, dropna=False):
        table, column = str(t), str(c)
        faults = list(_faults(tables, table, column, group))
        problems += faults
        if not faults:
            plain = group.assign(row=group["row"].astype("str"), value=numbers_of(group["value"])[0])
            changed[table], rows = _set(changed[table], table, column, plain)
            changes.append(rows)
    if problems:
        raise InputError(problems, what="the values to be set")
    told = pd.concat(changes, ignore_index=True) if changes else pd.DataFrame(columns=list(CHANGE_COLUMNS))
    return changed, told.astype("str")


def _no_values() -> InputError:
    message = (
        "a mapping of (table, row, column) to a number is wanted, or a frame with the columns table, row, column, value"
    )
    return InputError([problem("values", "", "", message)], what="the values to be set")


def _set(frame: pd.DataFrame, table: str, column: str, group: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put the numbers of one column in their rows; what is equal to what was there is no change."""
    group = group.drop_duplicates("row", keep="last")
    position = pd.Index(frame[schema()[table].key]).get_indexer(group["row"])
    numbers = frame[column].to_numpy(dtype=np.float64, copy=True)
    new, old = group["value"].to_numpy(dtype=np.float64), numbers[position]
    differs = ~((new == old) | (np.isnan(new) & np.isnan(old)))
    position, new, old = position[differs], new[differs], old[differs]
    numbers[position] = new
    columns: dict[str, Any] = {column: numbers, **_without_origin(frame, table, column, position, new)}
    rows = pd.DataFrame(
        {
            "table": table,
            "row": group["row"].to_numpy(dtype=object)[differs],
            "column": column,
            "was": [_shown(v) for v in old.tolist()],
            "is": [_shown(v) for v in new.tolist()],
        }
    )
    return (frame.assign(**columns) if len(position) else frame), rows


def _without_origin(
    frame: pd.DataFrame, table: str, column: str, position: NDArray[np.int64], new: NDArray[np.float64]
) -> dict[str, Any]:
    """Return the columns beside a changed one: nobody reported what was made up, and the range must hold it."""
    columns: dict[str, Any] = {}
    family = column in schema()[table].families
    words = {f"{column}_basis": "assumed", f"{column}_source_id": ""} if family else {}
    if (table, column) in _BASES:
        words[_BASES[table, column]] = "assumed"
    for name, word in words.items():
        cells = frame[name].to_numpy(dtype=object, copy=True)
        cells[position] = word
        columns[name] = pd.Series(cells, index=frame.index, dtype="str")
    for name, wider in ((f"{column}_low", np.minimum), (f"{column}_high", np.maximum)) if family else ():
        bounds = frame[name].to_numpy(dtype=np.float64, copy=True)
        bounds[position] = np.where(np.isnan(new), np.nan, wider(bounds[position], new))
        columns[name] = bounds
    return columns


def joined_changes(earlier: pd.DataFrame, later: pd.DataFrame) -> pd.DataFrame:
    """Return two lists of changes as one: of a cell changed twice, what it was at first and what it is at last."""
    both = pd.concat([earlier, later], ignore_index=True).astype("str")
    cell = ["table", "row", "column"]
    first = both.groupby(cell, sort=False)["was"].transform("first")
    last = both.assign(was=first).drop_duplicates(cell, keep="last")
    return last[last["was"] != last["is"]].sort_values(cell, ignore_index=True)


def with_changes(hashes: Mapping[str, str], changes: pd.DataFrame) -> dict[str, str]:
    """Return the hashes of a world's inputs with one over its changes: a changed world is another input."""
    others = {name: value for name, value in hashes.items() if name != CHANGES}
    if not len(changes):
        return others
    text = changes.to_csv(index=False, lineterminator="\n")
    return others | {CHANGES: hashlib.sha256(text.encode("utf-8")).hexdigest()}


def _shown(value: float) -> str:
    return "" if np.isnan(value) else repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _faults(
    tables: Mapping[str, pd.DataFrame], table: str, column: str, group: pd.DataFrame
) -> Iterator[dict[str, str]]:
    if table not in tables:
        hint = did_you_mean(table, tables, f"there are {', '.join(tables)}")
        yield problem(table, "", "", f"there is no such table; {hint}")
        return
    definition = schema()[table].columns.get(column)
    if definition is None or not definition.is_number or column in ("x_coord", "y_coord"):
        numbers = [c.name for c in schema()[table].columns.values() if c.is_number and not c.name.endswith("_coord")]
        yield problem(table, "", column, f"no number that can be set; those are {', '.join(numbers)}")
        return
    ids = set(tables[table][schema()[table].key])
    low = -np.inf if definition.minimum is None else definition.minimum
    high = np.inf if definition.maximum is None else definition.maximum
    given = zip(group["row"].astype(str), group["value"], numbers_of(group["value"])[0], strict=True)
    for row, said, value in given:
        if row not in ids:
            hint = did_you_mean(row, ids)
            yield problem(table, row, column, "there is no such row" + (hint and f"; {hint}"))
        elif np.isnan(value):
            yield problem(table, row, column, f"{said!r} is no number")
        elif not low <= value <= high:
            yield problem(table, row, column, f"{value:g} lies outside {low:g} to {high:g}")
