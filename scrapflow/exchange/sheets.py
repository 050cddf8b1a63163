"""A run, or a selection of its movements, as named tables for spreadsheets, with what it is and its sources beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from scrapflow.queries.selectors import Selection
from scrapflow.runs import Run

if TYPE_CHECKING:
    from scrapflow.ledger.tables import RunTables

_TABLES = ("movements", "accounts", "link_loads", "unserved", "nodes", "links")
_LONG = ("stocks", "paths")
"""Tables with a row for each place, period and material, which only the folder of CSV files has."""
_ABOUT = ("title", "campaign", "campaign_title", "mode", "seed", "case", "version", "attribution")


def sheets(given: RunTables | Selection, *, whole: bool) -> dict[str, pd.DataFrame]:
    """Return the tables by name; empty ones are left out.

    Parameters
    ----------
    given
        A run, or a query over its movements, whose rows take the place of the run's tables.
    whole
        Whether to add the longest tables of a run.

    Returns
    -------
    dict
        First ``about`` (what it is, how to read it), last ``assumptions`` and ``sources``.

    Examples
    --------
    >>> import scrapflow as sf
    >>> run = sf.run(sf.read_world("toy"))
    >>> list(sheets(run.flows.to("Far Mill"), whole=False))
    ['about', 'flows', 'by_period', 'assumptions', 'sources']
    """
    if isinstance(given, Selection):
        run: Any = given.context.run
        flows: Any = given
        named = [
            "kind",
            "period",
            "material",
            "via",
            "origin_name",
            "origin_region",
            "destination_name",
            "grade",
            "basis",
        ]
        told = {"flows": flows.by(*named), "by_period": flows.by("kind", "period")}
        query = flows.words
    else:
        run, query = given, ""
        totals = run.totals().rename_axis("total").reset_index()
        claims = Run.of(run).claims()
        told = (
            {"totals": totals} | {n: run.tables[n] for n in (*_TABLES, *(_LONG if whole else ()))} | {"claims": claims}
        )
    ends = {"assumptions": pd.DataFrame(run.assumptions()), "sources": run.sources}
    return {"about": _about(run, query, whole=whole)} | {
        name: pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
        for name, frame in {**told, **ends}.items()
        if len(frame)
    }


def _about(run: RunTables, query: str, *, whole: bool) -> pd.DataFrame:
    rows = [("run", run.name)] + ([("query", query)] if query else [])
    rows += [(key, str(run.meta[key])) for key in _ABOUT if run.meta.get(key) not in (None, "")]
    rows += [(f"input {name}", str(digest)) for name, digest in run.meta.get("inputs", {}).items()]
    rows += [
        ("amounts", "tonnes (columns that end in _t); two digits are known, the rest is arithmetic"),
        (
            "origin",
            "inputs are reported, derived or assumed (sheet assumptions, with low and high); results are modelled",
        ),
        ("unserved", "tonnage_t is the level at the end of a period and is never summed over periods; new_t is"),
    ]
    rows += [] if whole or query else [("not here", f"{' and '.join(_LONG)}: export the format csv")]
    return pd.DataFrame(rows, columns=["what", "value"])
