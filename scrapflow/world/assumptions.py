"""Every input that is not reported, as rows: what a reader must know before believing a result."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.world.schema import schema

if TYPE_CHECKING:
    from collections.abc import Mapping

COLUMNS = ("table", "row", "column", "value", "low", "high", "unit", "basis", "source_id", "note")
"""Columns of every frame of assumptions."""


def assumptions(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """List the values of all tables whose basis is not ``reported``.

    A value without a basis counts as assumed. A number that is unknown everywhere it could stand, but for which the
    schema has a default, is listed with that default, for the model uses it.

    Parameters
    ----------
    tables
        Tables by name, with the schema's columns.

    Returns
    -------
    DataFrame
        The columns of :data:`COLUMNS`, in the order of the tables, columns and rows; ``value, low, high`` float64.
    """
    parts = []
    for name, table in schema().items():
        frame = tables[name]
        parts += [_family(frame, name, column) for column in table.families]
        if name == "links":
            parts.append(_plain(frame, name, "length_km", "length_basis", frame["length_km"]))
        if name == "nodes":
            unplaced = frame["x_coord"].isna() | frame["y_coord"].isna()
            where = _plain(frame[~unplaced], name, "x_coord, y_coord", "basis", None)
            accuracy = frame.loc[where.index, "coordinate_accuracy_km"]
            how = frame.loc[where.index, "coordinate_method"]
            within = ["" if np.isnan(km) else f"within {km:g} km" for km in accuracy.tolist()]
            where["note"] = [", ".join(p for p in pair if p) for pair in zip(how, within, strict=True)]
            parts.append(where)
    parts = [p for p in parts if len(p)]
    if not parts:
        return pd.DataFrame({c: pd.Series(dtype="float64" if c in COLUMNS[3:6] else "str") for c in COLUMNS})
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)]


def _family(frame: pd.DataFrame, table: str, column: str) -> pd.DataFrame:
    definition = schema()[table].columns[column]
    known, basis = frame[column].notna(), frame[f"{column}_basis"]
    default = float(definition.default) if definition.default else np.nan
    listed = (known & (basis != "reported")) | (~known & np.isfinite(default))
    rows = frame[listed]
    filled = rows[column].isna()
    note = rows["note"].where(~filled, "not known: the default of the schema")
    return pd.DataFrame(
        {
            "table": table,
            "row": rows[schema()[table].key],
            "column": column,
            "value": rows[column].fillna(default),
            "low": rows[f"{column}_low"],
            "high": rows[f"{column}_high"],
            "unit": definition.unit,
            "basis": rows[f"{column}_basis"].where(~filled & (rows[f"{column}_basis"] != ""), "assumed"),
            "source_id": rows[f"{column}_source_id"],
            "note": note,
        }
    ).astype({c: "str" for c in COLUMNS if c not in ("value", "low", "high")})


def _plain(frame: pd.DataFrame, table: str, column: str, basis: str, values: pd.Series[float] | None) -> pd.DataFrame:
    """List values with a basis but no range: lengths, places."""
    known = pd.Series(data=True, index=frame.index) if values is None else values.notna()
    rows = frame[known & (frame[basis] != "reported")]
    first = column.split(",", maxsplit=1)[0]
    return pd.DataFrame(
        {
            "table": table,
            "row": rows[schema()[table].key],
            "column": column,
            "value": np.nan if values is None else values[rows.index],
            "low": np.nan,
            "high": np.nan,
            "unit": schema()[table].columns[first].unit,
            "basis": rows[basis].where(rows[basis] != "", "assumed"),
            "source_id": rows["source_id"],
            "note": rows["note"],
        }
    ).astype({c: "str" for c in COLUMNS if c not in ("value", "low", "high")})
