"""A run in PostGIS: its tables with keys and references between them, which GIS programs and SQL follow."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd

from scrapflow.vocabulary import run_tables
from scrapflow.world.database import Address, Field, Relation, write_relations

if TYPE_CHECKING:
    from scrapflow.ledger.tables import RunTables
    from scrapflow.vocabulary.run_tables import RunTable

_ENDS = dict.fromkeys(("origin", "destination", "from_node_id", "to_node_id"), ("nodes", "node_id"))
_FREE = {("claim_rows", "period"), ("arcs", "from_node_id"), ("arcs", "to_node_id")}
"""Columns that are called as a key and refer to nothing: a claim may be about any period, and where operators share a
place the routing has a node for each of them."""
META = "meta"
"""Table of what identifies the run: ``key, value`` (JSON)."""


def write_database(run: RunTables, url: str, *, overwrite: bool = False) -> str:
    """Write every table of a run to a schema of a database; see :func:`scrapflow.export`."""
    there = Address(url)
    tables = run_tables()
    # A column called as the key of a table refers to it.
    referred = _ENDS | {t.key[0]: (t.name, t.key[0]) for t in tables.values() if len(t.key) == 1}
    relations = [_relation(run.tables[name], tables[name], referred) for name in tables]
    about = {k: json.dumps(v, ensure_ascii=False, sort_keys=True) for k, v in sorted(run.meta.items())}
    meta = Relation(
        META,
        "what identifies the run, as JSON",
        (Field("key", "string"), Field("value", "string")),
        ("key",),
        pd.DataFrame(about.items(), columns=["key", "value"], dtype="str"),
    )
    write_relations(there, [*relations, meta], about=f"run {run.name}", overwrite=overwrite, what="the run")
    return str(there)


def _relation(frame: pd.DataFrame, table: RunTable, referred: dict[str, tuple[str, str]]) -> Relation:
    own = {table.key[0]} if len(table.key) == 1 else set()
    free = own | {column for name, column in _FREE if name == table.name}
    fields = tuple(
        Field(
            c.name,
            c.type,
            f"{c.meaning} ({c.unit})" if c.unit else c.meaning,
            None if c.name in free else referred.get(c.name),
        )
        for c in table.columns.values()
        if c.name in frame
    )
    # No key where rows of the table are not told apart by one.
    key = table.key if not frame.duplicated(list(table.key)).any() else ()
    return Relation(table.name, table.meaning, fields, key, frame)
