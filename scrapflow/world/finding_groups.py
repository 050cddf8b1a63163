"""Findings as a person reads them: equal ones together, the cause first, never more than a screenful or two."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

GROUP_COLUMNS = ("severity", "table", "column", "rows", "finding")
"""Columns of grouped findings."""
SEVERITIES = ("error", "warning", "note")
_VARIES = re.compile(r"'[^']*'|\"[^\"]*\"|[-+]?\d[\d,.]*")
_CLAUSE = re.compile(r"^(.{12,}?)(?:[,:;(]|$)")
_FIRST = 3


def grouped(findings: pd.DataFrame) -> pd.DataFrame:
    """Put findings together that say the same of several rows of one column, whatever the values in them.

    Parameters
    ----------
    findings
        Rows with ``table, row, column, severity, message``, as :meth:`scrapflow.World.check` gives them.

    Returns
    -------
    DataFrame
        The columns of :data:`GROUP_COLUMNS`: ``rows`` says how many findings a group has; a group of one keeps its text.
        Of each severity and table, what concerns the table as a whole comes first, then the largest groups.

    Examples
    --------
    >>> rows = [("nodes", f"n{i}", "name", "warning", f"{i} is odd") for i in range(5)]
    >>> grouped(pd.DataFrame(rows, columns=["table", "row", "column", "severity", "message"])).finding.tolist()
    ['5 rows: 0 is odd; in n0, n1, n2 …']
    """
    if not len(findings):
        return pd.DataFrame({c: [] for c in GROUP_COLUMNS})
    text = findings.astype("str")
    ids = [re.escape(row) for row in text["row"]]
    own = [re.sub(rf"(?<!\w){i}(?!\w)", "·", m) if i else m for i, m in zip(ids, text["message"], strict=True)]
    form = pd.Series([_VARIES.sub("·", m) for m in own], index=text.index)
    # Names without quotation marks vary too: its first clause tells what a message is about.
    form = form.str.extract(_CLAUSE, expand=False).fillna(form)
    rows = []
    for (severity, table, column, _), part in text.groupby(
        [text["severity"], text["table"], text["column"], form], sort=False
    ):
        rows.append((severity, table, column, len(part), _said(part["row"].tolist(), part["message"].iloc[0])))
    out = pd.DataFrame(rows, columns=list(GROUP_COLUMNS))
    # What is wrong with a line of a file, whatever its columns, is a cause as well.
    of_file = ~out["finding"].str.startswith("row ") | (
        out["finding"].str.startswith("row line ") & (out["column"] == "")
    )
    whole = out["rows"].eq(1) & of_file
    order = pd.DataFrame(
        {
            "severity": out["severity"].map({s: i for i, s in enumerate(SEVERITIES)}),
            "table": pd.factorize(out["table"])[0],
            "whole": ~whole,
            "rows": -out["rows"],
        }
    )
    return out.loc[order.sort_values(list(order.columns), kind="stable").index].reset_index(drop=True)


def _said(rows: Sequence[str], message: str) -> str:
    named = [r for r in rows if r]
    if len(rows) == 1:
        return f"row {named[0]}: {message}" if named else message
    more = " …" if len(named) > _FIRST else ""
    where = f"; in {', '.join(named[:_FIRST])}{more}" if named else ""
    return f"{len(rows):,} rows: {message}{where}"


def report_lines(findings: pd.DataFrame, *, severity: str = "note", at_most: int = 55) -> list[str]:
    """Return findings as lines for a person, of a severity and worse, no more than so many.

    Parameters
    ----------
    findings
        Rows with ``table, row, column, severity, message``.
    severity
        The least severity to tell: ``error``, ``warning`` or ``note``.
    at_most
        So many lines; the last says what was left out.
    """
    wanted = SEVERITIES[: SEVERITIES.index(severity) + 1]
    groups = grouped(findings[findings["severity"].isin(wanted)])
    lines = []
    for severe, table, column, _, finding in groups.itertuples(index=False):
        where = ", ".join(filter(None, (table, f"column {column}" if column else "")))
        lines.append(_short(f"{severe}: {where}: {finding}"))
    if len(lines) <= at_most:
        return lines
    left = len(lines) - (at_most - 1)
    return [
        *lines[: at_most - 1],
        f"… and {left} kinds of findings more: --severity error shows the worst, --format csv all",
    ]


def _short(line: str, width: int = 400) -> str:
    line = " ".join(line.split())
    return line if len(line) <= width else line[: width - 2] + " …"
