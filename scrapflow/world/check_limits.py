"""What the schema rows demand of each column: keys, required cells, allowed words, limits.

A quick pass over the arrays tells whether a table breaks any of it. Only if one does is pandera, which takes a
fifth of a second to import, asked to say where: a sound world is read at the price of the quick pass.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.errors import did_you_mean, problem
from scrapflow.world.schema import Column, Table, schema

if TYPE_CHECKING:
    import pandera.pandas as pa

_LATITUDE = ("nodes", "y_coord")
_NO_DEGREES = 360


def limit_problems(tables: dict[str, pd.DataFrame]) -> list[dict[str, str]]:
    """Find every cell that breaks its schema row, in all tables.

    Parameters
    ----------
    tables
        Tables by name, with the types of the schema.
    """
    faults: list[dict[str, str]] = []
    for name, table in schema().items():
        if len(tables[name]) and not looks_sound(table, tables[name]):
            faults += _with_pandera(table, tables[name])
    return faults


def looks_sound(table: Table, frame: pd.DataFrame) -> bool:
    """Tell whether a table keeps to its schema rows; equivalent to pandera finding nothing, and much faster."""
    for c in table.columns.values():
        if c.is_number:
            v = frame[c.name].to_numpy(dtype=np.float64)
            if (c.minimum is not None and (v < c.minimum).any()) or (c.maximum is not None and (v > c.maximum).any()):
                return False
        elif c.type == "string":
            if c.required == "key" and frame[c.name].duplicated().any():
                return False
            if (_filled(c) and (frame[c.name] == "").any()) or (
                c.allowed and not set(frame[c.name].unique()) <= {"", *c.allowed}
            ):
                return False
    return True


def _filled(column: Column) -> bool:
    return column.required == "key" or (column.type == "string" and column.required == "yes" and not column.default)


def _is_filled(cells: pd.Series[str]) -> pd.Series[bool]:
    return cells != ""


@cache
def pandera_schema(table: str) -> pa.DataFrameSchema:
    """Build the pandera schema of a table from its schema rows; geometry is judged elsewhere.

    Examples
    --------
    >>> list(pandera_schema("mills").columns)[:2]
    ['node_id', 'intake_t']
    """
    import pandera.pandas as pa

    columns = {}
    for c in schema()[table].columns.values():
        if c.type == "geometry":
            continue
        checks = []
        if _filled(c):
            checks.append(pa.Check(_is_filled, error="required"))
        if c.minimum is not None:
            checks.append(pa.Check.ge(c.minimum, error="minimum"))
        if c.maximum is not None:
            checks.append(pa.Check.le(c.maximum, error="maximum"))
        if c.allowed:
            checks.append(pa.Check.isin([*c.allowed, ""], error="allowed"))
        columns[c.name] = pa.Column(None, checks, nullable=c.is_number, unique=c.required == "key")
    return pa.DataFrameSchema(columns)


def _with_pandera(table: Table, frame: pd.DataFrame) -> list[dict[str, str]]:
    from pandera.errors import SchemaErrors

    plain = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
    try:
        pandera_schema(table.name).validate(plain, lazy=True)
    except SchemaErrors as e:
        cases = e.failure_cases.dropna(subset=["index"])
        return _worded(table, plain, cases.drop_duplicates(["column", "check", "index"]))
    return []


def _worded(table: Table, frame: pd.DataFrame, cases: pd.DataFrame) -> list[dict[str, str]]:
    """Turn pandera's failure cases into findings that say what to do; a doubled identifier is one finding."""
    ids = frame[table.key].tolist()
    faults = []
    doubled: set[str] = set()
    for name, check, index in zip(cases["column"], cases["check"], cases["index"], strict=True):
        i, column = int(index), table.columns[str(name)]
        value: Any = frame[column.name].iloc[i]
        row = ids[i] or f"row {i + 1}"
        if check == "field_uniqueness":
            if value == "" or value in doubled:
                continue
            doubled.add(value)
            places = [str(j + 1) for j, id_ in enumerate(ids) if id_ == value]
            message = f"the identifier stands in {len(places)} rows ({', '.join(places)}): each needs its own"
        elif check == "required":
            message = f"must not be empty; it holds: {column.meaning}"
        elif check == "allowed":
            hint = did_you_mean(value, column.allowed)
            message = f"{value!r} is not one of {', '.join(column.allowed)}" + (hint and f"; {hint}")
        else:
            message = _beyond(table.name, column, float(value), str(check))
        faults.append(problem(table.name, row, column.name, message))
    return faults


def _beyond(table: str, column: Column, value: float, check: str) -> str:
    if column.unit == "degree" and abs(value) > _NO_DEGREES:
        return f"{value:g} cannot be degrees: transform the coordinates to EPSG:4326, longitude and latitude in degrees"
    if (table, column.name) == _LATITUDE:
        return f"{value:g} is no latitude (-90 to 90): are x_coord (longitude) and y_coord (latitude) swapped?"
    limit, side = (column.minimum, "less") if check == "minimum" else (column.maximum, "more")
    unit = f" {column.unit}" if column.unit else ""
    if column.minimum == 0 and check == "minimum":
        return f"{value:g}{unit} is negative: correct the sign, or leave the cell empty where the value is unknown"
    return f"{value:g}{unit} is {side} than {limit:g}, the {'least' if check == 'minimum' else 'most'} there can be"
