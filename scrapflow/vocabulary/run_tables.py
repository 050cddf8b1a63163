"""What a run holds, as rows: tables, columns, types, units and keys, read from ``run_tables.csv``.

The order of rows, the properties of a run, the check of a run that is read back and the data dictionary come from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from scrapflow.vocabulary.read import accounts, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

TYPES = ("string", "number", "integer", "boolean", "geometry")


@dataclass(frozen=True)
class RunColumn:
    """One column of a table of a run: its type is one of :data:`TYPES`."""

    name: str
    type: str
    unit: str
    key: bool
    meaning: str


@dataclass(frozen=True)
class RunTable:
    """One table of a run: what it is and its columns in order."""

    name: str
    meaning: str
    columns: dict[str, RunColumn]

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that the table is sorted by; together they name a row."""
        return tuple(c.name for c in self.columns.values() if c.key)

    @property
    def words(self) -> str:
        """The table in one line: what it is, and its columns with their units."""
        listed = ", ".join(f"{c.name} ({c.unit})" if c.unit else c.name for c in self.columns.values())
        return f"{self.meaning[:1].upper()}{self.meaning[1:]}: {listed}."


@cache
def run_tables() -> dict[str, RunTable]:
    """Return the tables of a run by name; the amounts of ``accounts`` are those of ``accounts.csv``.

    Examples
    --------
    >>> run_tables()["unserved"].key
    ('period', 'node_id', 'reason')
    >>> run_tables()["link_loads"].columns["capacity_t"].unit
    't'
    """
    meanings: dict[str, str] = {}
    columns: dict[str, dict[str, RunColumn]] = {}
    for row in rows_of("run_tables"):
        table, name = row["table"], row["column"]
        if not name:
            meanings[table], columns[table] = row["meaning"], {}
            continue
        if row["type"] not in TYPES:
            msg = f"run_tables.csv, {table}.{name}: {row['type']!r} is none of {', '.join(TYPES)}"
            raise ValueError(msg)
        columns[table][name] = RunColumn(name, row["type"], row["unit"], row["key"] == "yes", row["meaning"])
    columns["accounts"] |= {c.name: c for c in _amounts()}
    return {table: RunTable(table, meanings[table], columns[table]) for table in columns}


def _amounts() -> Iterator[RunColumn]:
    for a in accounts().values():
        yield RunColumn(a.column, "number", a.unit, key=False, meaning=a.meaning)
