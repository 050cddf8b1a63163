"""Write docs/data-dictionary.md from the schema rows that check every world: `python scripts/data_dictionary.py`."""

from __future__ import annotations

from pathlib import Path

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
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(dictionary(), encoding="utf-8")
