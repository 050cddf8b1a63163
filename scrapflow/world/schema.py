"""The tables of a world as rows: type, unit, default, limits and meaning of every column, read from ``schema/*.csv``.

Validation, the data dictionary of the docs and the error messages all come from these rows.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files


def _rows(name: str) -> list[dict[str, str]]:
    text = files("scrapflow.world").joinpath("schema", f"{name}.csv").read_text("utf-8")
    return list(csv.DictReader(io.StringIO(text)))


_DECLARED = _rows("tables")
TABLES = tuple(row["table"] for row in _DECLARED)
"""The tables of a world, in the order in which one refers to another: the rows of ``schema/tables.csv``."""
REQUIRED_TABLES = tuple(row["table"] for row in _DECLARED if row["required"] == "yes")
SPATIAL = {row["table"]: row["geometry"] for row in _DECLARED if row["geometry"]}
"""The tables that are GeoDataFrames, and the geometry each holds."""
MEANINGS = {row["table"]: row["meaning"] for row in _DECLARED}
"""What each table holds, in a line."""
OUTSIDE = "outside"
"""The node every world has: whatever lies beyond it."""
SUFFIXES = ("_low", "_high", "_basis", "_source_id")


@dataclass(frozen=True)
class Column:
    """One column of one table, as its schema row says."""

    name: str
    type: str
    unit: str = ""
    required: str = "no"
    default: str = ""
    allowed: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    references: tuple[str, str] | None = None
    meaning: str = ""

    @property
    def is_number(self) -> bool:
        """Whether the column is stored as float64 (whole numbers too, so that *unknown* can be NaN)."""
        return self.type in ("number", "integer")


@dataclass(frozen=True)
class Table:
    """One table: its columns in order and its key."""

    name: str
    columns: dict[str, Column] = field(repr=False)

    @property
    def key(self) -> str:
        """The column that identifies a row."""
        return next(c.name for c in self.columns.values() if c.required == "key")

    @property
    def key_parts(self) -> tuple[str, ...]:
        """The columns that an identifier is made of where a file gives none; none for most tables."""
        return tuple(filter(None, self.columns[self.key].default.split("|")))

    @property
    def families(self) -> tuple[str, ...]:
        """The columns ``x`` that come with ``x_low, x_high, x_basis, x_source_id``."""
        return tuple(c for c in self.columns if all(c + s in self.columns for s in SUFFIXES))


@cache
def schema() -> dict[str, Table]:
    """Read the schema rows of every table.

    Returns
    -------
    dict
        Table name to :class:`Table`, in the order of :data:`TABLES`.

    Examples
    --------
    >>> schema()["links"].columns["length_km"].unit
    'km'
    >>> schema()["mills"].families
    ('intake_t', 'other_supply_t', 'capacity_t_per_year')
    """
    return {name: Table(name, _columns(name)) for name in TABLES}


def _columns(table: str) -> dict[str, Column]:
    return {row["column"]: _column(row) for row in _rows(table)}


def _column(row: dict[str, str]) -> Column:
    to_table, _, to_column = row["references"].partition(".")
    return Column(
        name=row["column"],
        type=row["type"],
        unit=row["unit"],
        required=row["required"],
        default=row["default"],
        allowed=tuple(row["allowed"].split("|")) if row["allowed"] else (),
        minimum=float(row["minimum"]) if row["minimum"] else None,
        maximum=float(row["maximum"]) if row["maximum"] else None,
        references=(to_table, to_column) if to_table else None,
        meaning=row["meaning"],
    )
