"""Write docs/data-dictionary.md from the schema rows that check every world: `python scripts/data_dictionary.py`."""

from __future__ import annotations

from pathlib import Path

from scrapflow.vocabulary import RunTable, accounts, kinds, materials, run_tables
from scrapflow.vocabulary.totals import totals
from scrapflow.world.schema import MEANINGS, SUFFIXES, TABLES, Column, schema

PAGE = Path(__file__).parents[1] / "docs" / "data-dictionary.md"
INTRODUCTION = """\
# Data dictionary

A world is a folder of CSV files, one a table, with a `world.toml` and `campaigns/NAME.toml`; or the layers of one
GeoPackage; or a folder of GeoParquet files. Only `sources`, `regions`, `nodes` and `links` are required.

An empty cell means *unknown*, never 0. Coordinates are WGS 84 (EPSG:4326), in degrees, longitude in `x_coord`.
A column marked *+ low, high, basis, source* stands for five: `x`, `x_low`, `x_high`, `x_basis` (`reported`, `derived`
or `assumed`) and `x_source_id`. This page is made by `make docs` from the rows that check your files; do not edit it.
"""


RUN = """\
# What a run holds

`run.movements`, `run.stocks` … and the files of a saved run (Parquet, one a table) have these columns. A run that is read back
is checked against these rows. Columns marked *key* together name a row and are what the table is sorted by.
"""
WORDS = """\
# The words

Kinds of movement, materials, amounts of `run.accounts` and totals are declared in `scrapflow/vocabulary/*.csv`; a world can
bring materials of its own.
"""


def _escape(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def _limits(column: Column) -> str:
    if column.allowed:
        return ", ".join(f"`{value}`" for value in column.allowed)
    if column.references:
        return f"a row of [{column.references[0]}](#{column.references[0]})"
    low, high = (None if x is None else f"{x:g}" for x in (column.minimum, column.maximum))
    if low and high:
        return f"{low} to {high}"
    return f"≥ {low}" if low else f"≤ {high}" if high else ""


def dictionary() -> str:
    """Return the page: a section for every table, a row for every column, or for each family of five."""
    parts = [INTRODUCTION]
    for name in TABLES:
        table = schema()[name]
        family = {f"{x}{suffix}" for x in table.families for suffix in SUFFIXES}
        meaning = MEANINGS[name]
        parts.append(f"## {name}\n\n{meaning[0].upper()}{meaning[1:]}.\n")
        parts.append("| column | type | unit | required | default | allowed | meaning |\n|---|---|---|---|---|---|---|")
        for c in table.columns.values():
            if c.name not in family:
                shown = f"`{c.name}`" + (" *+ low, high, basis, source*" if c.name in table.families else "")
                cells = [shown, c.type, c.unit, c.required, _escape(c.default), _limits(c), _escape(c.meaning)]
                parts.append("| " + " | ".join(cells) + " |")
        parts.append("")
    return "\n".join([*parts, RUN, *(line for t in run_tables().values() for line in _run_table(t)), WORDS, *_words()])


def _run_table(table: RunTable) -> list[str]:
    """Return the section of a table of a run."""
    rows = [
        f"| `{c.name}`{' *key*' if c.key else ''} | {c.type} | {c.unit} | {_escape(c.meaning)} |"
        for c in table.columns.values()
    ]
    head = "| column | type | unit | meaning |\n|---|---|---|---|"
    return [f"## run: {table.name}\n", f"{_escape(table.meaning).capitalize()}.\n", head, *rows, ""]


def _words() -> list[str]:
    """Return the sections of kinds, materials, amounts and totals."""
    of_kinds = [
        [f"`{k.kind}`", k.mover, ", ".join(k.starts_at), k.ends_at, "yes" if k.diverted else "", k.meaning]
        for k in kinds().values()
    ]
    of_materials = [[f"`{m.material}`", ", ".join(m.groups), m.role, m.name] for m in materials().values()]
    of_accounts = [[f"`{a.column}`", a.unit, a.owner, a.over_time, a.meaning] for a in accounts().values()]
    of_totals = [[f"`{t.total}`", "level" if t.is_level else "flow", t.meaning] for t in totals().values()]
    return [
        *_section("kinds of movement", "kind|moved by|from|to|diverted|meaning", of_kinds),
        *_section("materials", "material|groups|role|name", of_materials),
        *_section("amounts of accounts", "column|unit|about|over periods|meaning", of_accounts),
        *_section("totals", "total|what it is|meaning", of_totals),
    ]


def _section(title: str, columns: str, rows: list[list[str]]) -> list[str]:
    names = columns.split("|")
    head = f"| {' | '.join(names)} |\n|{'---|' * len(names)}"
    return [f"## {title}\n", head, *("| " + " | ".join(map(_escape, row)) + " |" for row in rows), ""]


if __name__ == "__main__":
    PAGE.write_text(dictionary(), encoding="utf-8")
