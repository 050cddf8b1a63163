"""What the documentation build fills in: the data dictionary, from the rows that validation uses too."""

from __future__ import annotations

from scrapflow.world.schema import TABLES, Column, schema

PLACE = "<!-- data dictionary -->"


def _escape(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def _limits(column: Column) -> str:
    if column.allowed:
        return ", ".join(f"`{value}`" for value in column.allowed)
    if column.references:
        return f"in [`{column.references[0]}`](#{column.references[0]})"
    low, high = (None if x is None else f"{x:g}" for x in (column.minimum, column.maximum))
    return f"{low} to {high}" if low and high else f"≥ {low}" if low else f"≤ {high}" if high else ""


def data_dictionary() -> str:
    """Return one section a table, one row a column; `x_low, x_high, x_basis, x_source_id` are told once, with `x`."""
    parts = []
    for name in TABLES:
        table = schema()[name]
        family = {f"{x}{s}" for x in table.families for s in ("_low", "_high", "_basis", "_source_id")}
        parts.append(f"## {name}\n")
        parts.append("| column | type | unit | required | default | allowed | meaning |\n|---|---|---|---|---|---|---|")
        for column in table.columns.values():
            if column.name in family:
                continue
            shown = f"`{column.name}`" + ("<br>+ low, high, basis, source" if column.name in table.families else "")
            cells = (shown, column.type, column.unit, column.required, column.default, _limits(column), column.meaning)
            parts.append("| " + " | ".join(c if "`" in c else _escape(c) for c in cells) + " |")
        parts.append("")
    return "\n".join(parts)


def on_page_markdown(markdown: str, **_: object) -> str:
    """Put the data dictionary where its page asks for it (an event of MkDocs)."""
    return markdown.replace(PLACE, data_dictionary()) if PLACE in markdown else markdown
