"""Every input that is not reported, as rows: what a reader must know before believing a result."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.world.schema import schema
from scrapflow.world.shared_frames import shared

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.object_]

COLUMNS = ("table", "row", "column", "value", "low", "high", "unit", "basis", "source_id", "note")
"""Columns of every frame of assumptions."""
SHOWN = ("table", "row", "column", "value", "low", "high", "unit")
"""Those that are printed."""


def assumptions(
    tables: Mapping[str, pd.DataFrame], known: dict[str, tuple[pd.DataFrame, pd.DataFrame]] | None = None
) -> pd.DataFrame:
    """List the values of all tables whose basis is not ``reported``.

    A value without a basis counts as assumed. A number that is unknown everywhere it could stand, but for which the
    schema has a default, is listed with that default, for the model uses it.

    Parameters
    ----------
    tables
        Tables by name, with the schema's columns.
    known
        By name, a table and what was listed of it before; what is listed anew is written into it. A world with some numbers
        changed shares most of its tables with the one that it was made of.

    Returns
    -------
    DataFrame
        The columns of :data:`COLUMNS`, in the order of the tables, columns and rows; ``value, low, high`` float64.
    """
    tables, known = shared(tables), {} if known is None else known
    for name in schema():
        if name not in known or known[name][0] is not tables[name]:
            known[name] = tables[name], _listed(tables[name], name)
    parts = [known[name][1] for name in schema()]
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def _listed(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """List the values of one table."""
    rows: dict[str, list[Array]] = {c: [] for c in COLUMNS}
    for column in schema()[name].families:
        _family(rows, frame, name, column)
    if name == "links":
        _plain(rows, frame[frame["length_km"].notna()], name, "length_km", "length_basis", "length_km")
    if name == "nodes":
        placed = frame["x_coord"].notna() & frame["y_coord"].notna()
        _plain(rows, frame[placed], name, "x_coord, y_coord", "basis", None)
    joined = {c: np.concatenate(parts) if parts else np.empty(0, dtype=object) for c, parts in rows.items()}
    numbers = ("value", "low", "high")
    return pd.DataFrame(
        {c: joined[c].astype(np.float64) if c in numbers else pd.array(joined[c], dtype="str") for c in COLUMNS}
    )


def _family(rows: dict[str, list[Array]], frame: pd.DataFrame, table: str, column: str) -> None:
    """Add the values of a column that has a range beside it, and its default where it is unknown."""
    definition = schema()[table].columns[column]
    value = frame[column].to_numpy(dtype=np.float64, na_value=np.nan)
    basis = frame[f"{column}_basis"].to_numpy(dtype=object)
    default = float(definition.default) if definition.default else np.nan
    filled = np.isnan(value)
    at = np.flatnonzero((~filled & (basis != "reported")) | (filled & np.isfinite(default)))
    filled = filled[at]
    _add(
        rows,
        len(at),
        table=table,
        row=frame[schema()[table].key].to_numpy(dtype=object)[at],
        column=column,
        value=np.where(filled, default, value[at]),
        low=frame[f"{column}_low"].to_numpy(dtype=np.float64, na_value=np.nan)[at],
        high=frame[f"{column}_high"].to_numpy(dtype=np.float64, na_value=np.nan)[at],
        unit=definition.unit,
        basis=np.where(filled | (basis[at] == ""), "assumed", basis[at]),
        source_id=frame[f"{column}_source_id"].to_numpy(dtype=object)[at],
        note=np.where(filled, "not known: the default of the schema", frame["note"].to_numpy(dtype=object)[at]),
    )


def _plain(
    rows: dict[str, list[Array]], frame: pd.DataFrame, table: str, column: str, basis: str, values: str | None
) -> None:
    """Add lengths with their range, and places, whose range is how far off they may be (``low`` 0, ``high`` the accuracy)."""
    listed = frame[frame[basis] != "reported"]
    given = listed[basis].to_numpy(dtype=object)
    _add(
        rows,
        len(listed),
        table=table,
        row=listed[schema()[table].key].to_numpy(dtype=object),
        column=column,
        value=np.nan if values is None else listed[values].to_numpy(dtype=np.float64),
        low=0.0 if values is None else listed[f"{values}_low"].to_numpy(dtype=np.float64),
        high=listed["coordinate_accuracy_km" if values is None else f"{values}_high"].to_numpy(dtype=np.float64),
        unit="km from the place" if values is None else schema()[table].columns[column].unit,
        basis=np.where(given == "", "assumed", given),
        source_id=listed["source_id"].to_numpy(dtype=object),
        note=listed["note"].to_numpy(dtype=object) if values else _places(listed),
    )


def _places(nodes: pd.DataFrame) -> Array:
    """Say how each place was found and how near it is."""
    within = ["" if np.isnan(km) else f"within {km:g} km" for km in nodes["coordinate_accuracy_km"].tolist()]
    pairs = zip(nodes["coordinate_method"], within, strict=True)
    return np.array([", ".join(p for p in pair if p) for pair in pairs], dtype=object)


def _add(rows: dict[str, list[Array]], count: int, **columns: Array | float | str) -> None:
    """Add rows, a single value standing for all of them."""
    for name, values in columns.items():
        whole = isinstance(values, np.ndarray)
        rows[name].append(np.asarray(values, dtype=object) if whole else np.full(count, values, dtype=object))
