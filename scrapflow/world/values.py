"""Replacing numbers of a world: what sensitivity and ensembles vary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, problem
from scrapflow.world.schema import schema

if TYPE_CHECKING:
    from collections.abc import Iterator


def with_values(
    tables: Mapping[str, pd.DataFrame], values: pd.DataFrame | Mapping[tuple[str, str, str], float]
) -> dict[str, pd.DataFrame]:
    """Return the tables with some numbers replaced; tables not touched are shared, not copied.

    Parameters
    ----------
    tables
        Tables by name.
    values
        Frame of ``table, row, column, value``, or a mapping of ``(table, row, column)`` to a number.

    Raises
    ------
    InputError
        If a place does not exist or cannot hold the number; all at once.
    """
    if isinstance(values, Mapping):
        values = pd.DataFrame([(*k, v) for k, v in values.items()], columns=["table", "row", "column", "value"])
    problems: list[dict[str, str]] = []
    out = dict(tables)
    for (t, c), group in values.groupby(["table", "column"], sort=False):
        table, column = str(t), str(c)
        found = list(_faults(tables, table, column, group))
        problems += found
        if found:
            continue
        old = out[table]
        at = pd.Index(old[schema()[table].key]).get_indexer(group["row"])
        numbers = old[column].to_numpy(dtype=np.float64, copy=True)
        numbers[at] = group["value"].to_numpy(dtype=np.float64)
        out[table] = old.assign(**{column: numbers})
    if problems:
        raise InputError(problems, what="the values to be set")
    return out


def _faults(
    tables: Mapping[str, pd.DataFrame], table: str, column: str, group: pd.DataFrame
) -> Iterator[dict[str, str]]:
    if table not in tables:
        yield problem(table, "", "", f"there is no such table; there are {', '.join(tables)}")
        return
    definition = schema()[table].columns.get(column)
    if definition is None or not definition.is_number or column in ("x_coord", "y_coord"):
        numbers = [c.name for c in schema()[table].columns.values() if c.is_number and not c.name.endswith("_coord")]
        yield problem(table, "", column, f"no number that can be set; those are {', '.join(numbers)}")
        return
    ids = set(tables[table][schema()[table].key])
    low = -np.inf if definition.minimum is None else definition.minimum
    high = np.inf if definition.maximum is None else definition.maximum
    for row, value in zip(group["row"].astype(str), group["value"].astype("float64"), strict=True):
        if row not in ids:
            yield problem(table, row, column, "there is no such row")
        elif not low <= value <= high:
            yield problem(table, row, column, f"{value:g} lies outside {low:g} to {high:g}")
