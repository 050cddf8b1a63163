"""What a run's tables must be: empty ones as ``vocabulary/run_tables.csv`` describes them, and what is wrong with others."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pandas as pd
from pandas.api.types import is_bool_dtype, is_integer_dtype, is_numeric_dtype

from scrapflow.errors import problem
from scrapflow.units import CRS
from scrapflow.vocabulary import KINDS, VIAS, materials, run_tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scrapflow.vocabulary import Material

_DTYPES = {"string": "str", "number": "float64", "integer": "int64", "boolean": "bool"}
_SHOWN = 5


def empty_table(name: str) -> pd.DataFrame:
    """Return a table of a run without rows; of ``materials``, the packaged ones.

    Examples
    --------
    >>> empty_table("unserved").dtypes["tonnage_t"]
    dtype('float64')
    """
    if name == "materials":
        return materials_table(materials().values())
    columns = run_tables()[name].columns.values()
    frame = pd.DataFrame({c.name: pd.Series([], dtype=_DTYPES.get(c.type, "object")) for c in columns})
    if any(c.type == "geometry" for c in columns):
        import geopandas as gpd

        return gpd.GeoDataFrame(frame, geometry="geometry", crs=CRS)  # type: ignore[no-any-return]
    return frame


def complete(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Give a table of a run the columns it lacks, unknown in every row, in the order of ``run_tables.csv``.

    Examples
    --------
    >>> complete("calendar", pd.DataFrame({"period": ["2015-01"], "link_id": ["a"]}))["factor"].isna().tolist()
    [True]
    """
    blank: dict[str, Any] = {"string": "", "integer": 0, "boolean": False, "geometry": None}
    columns = run_tables()[name].columns
    lacking = {c.name: blank.get(c.type, float("nan")) for c in columns.values() if c.name not in frame.columns}
    own = [c for c in frame.columns if c not in columns]
    full = frame.assign(**lacking)[[*columns, *own]]
    texts = [c for c in lacking if columns[c].type == "string"]
    return full.astype(dict.fromkeys(texts, "str"))


def materials_table(rows: Iterable[Material]) -> pd.DataFrame:
    """Return materials as ``run.materials``: ``material, group, role, name, name_local, colour``.

    Examples
    --------
    >>> materials_table(materials().values())["role"].tolist()
    ['scrap', 'obsolete', 'idle', 'working', 'appliance']
    """
    records = [{**asdict(m), "group": "|".join(m.groups)} for m in rows]
    return pd.DataFrame(records, columns=list(run_tables()["materials"].columns), dtype="str")


def type_of(column: pd.Series) -> str:
    """Return the type of a column in the words of ``run_tables.csv``."""
    dtype = column.dtype
    if dtype.name == "geometry":
        return "geometry"
    if is_bool_dtype(dtype):
        return "boolean"
    if is_integer_dtype(dtype):
        return "integer"
    return "number" if is_numeric_dtype(dtype) else "string"


def column_faults(table: str, types: Mapping[str, str], *, rows: int = 1) -> list[dict[str, str]]:
    """Say which columns of a table are missing or of another type; a table without rows may have any type.

    Parameters
    ----------
    table
        Name of the table.
    types
        Type of each column it has, in the words of ``run_tables.csv``.
    rows
        How many rows it has.

    Returns
    -------
    list of dict
        Problems, as :class:`scrapflow.errors.InputError` takes them.

    Examples
    --------
    >>> column_faults("calendar", {"period": "string", "link_id": "number", "factor": "number"})[0]["message"]
    'should be of type string, and is number'
    """
    wanted = run_tables()[table].columns
    missing = [problem(table, "", c, "the column is missing") for c in wanted if c not in types]
    other = [
        problem(table, "", name, f"should be of type {c.type}, and is {types[name]}")
        for name, c in wanted.items()
        if rows and name in types and types[name] != c.type and not (c.type == "number" and types[name] == "integer")
    ]
    return missing + other


def word_faults(moved: pd.DataFrame, known: Iterable[str]) -> list[dict[str, str]]:
    """Say which words of the movements nobody declared.

    Parameters
    ----------
    moved
        Movements, or their ``kind, material, via`` without repetition.
    known
        Materials that the run declares.
    """
    checks = (
        ("kind", KINDS, "vocabulary/kinds.csv declares"),
        ("material", tuple(known), "the run's materials are"),
        ("via", VIAS, "there are"),
    )
    return [
        problem("movements", "", column, f"{word!r} is not declared; {where} {', '.join(declared)}")
        for column, declared, where in checks
        for word in sorted(set(moved[column].unique()) - set(declared))[:_SHOWN]
    ]


def unreadable(name: str, error: Exception) -> dict[str, str]:
    """Return as a fault that the file of a table is no Parquet, or damaged.

    Examples
    --------
    >>> unreadable("nodes", ValueError("0 bytes"))["message"]
    'its file cannot be read as Parquet: 0 bytes'
    """
    said = (str(error).splitlines() or [type(error).__name__])[0]
    return problem(name, "", "", f"its file cannot be read as Parquet: {said}")
