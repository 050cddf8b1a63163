"""How queries and comparisons look: one plain text, and the same as a small table in a notebook."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from scrapflow.units import two_figures

if TYPE_CHECKING:
    import pandas as pd

    from scrapflow.queries.query import Query

_FIRST = 5


def flows_text(flows: Query) -> str:
    """Return a query in plain text: what it is, tonnes by kind, span, share on assumptions, first rows."""
    summary = flows.summary()
    head = f"<Flows of {flows.context.run.name}: {flows.words}; {_count(int(summary['movements'].sum()), 'movement')}"
    lines = [f"{head}>", *(f"  {line}" for line in _kind_lines(summary))]
    first = flows.top(_FIRST)
    if len(first):
        lines.append(first.to_string(index=False, max_colwidth=24))
    return "\n".join(lines)


def flows_html(flows: Query) -> str:
    """Return a query as HTML for a notebook; all text is escaped."""
    summary = flows.summary()
    head = f"Flows of {flows.context.run.name}: {flows.words}; {_count(int(summary['movements'].sum()), 'movement')}"
    kinds = "".join(f"<li>{escape(line)}</li>" for line in _kind_lines(summary))
    return f"<p><b>{escape(head)}</b></p><ul>{kinds}</ul>{_table(flows.top(_FIRST))}"


def lines_html(text: str, table: pd.DataFrame) -> str:
    """Return lines of text and a table as HTML for a notebook; all text is escaped."""
    words = "".join(f"<li>{escape(line)}</li>" for line in text.splitlines())
    return f"<ul style='list-style:none'>{words}</ul>{_table(table)}"


def _kind_lines(summary: pd.DataFrame) -> list[str]:
    return [
        f"{kind}: {two_figures(t)} t from {_count(origins, 'origin')} to {_count(destinations, 'destination')}, "
        f"{first} … {last}; {assumed:.0%} rests on assumptions"
        for kind, t, _, origins, destinations, first, last, assumed in summary.to_numpy().tolist()
    ]


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def _table(frame: pd.DataFrame) -> str:
    return frame.to_html(index=False, border=0, float_format=two_figures, escape=True)
