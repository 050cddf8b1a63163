"""Who bears the burden: what was asked and given per head, and how unequally."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from scrapflow.given import checked
from scrapflow.queries.concentration import gini
from scrapflow.queries.yards_and_penalties import with_named, words_of
from scrapflow.units import KG_PER_T

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapflow.ledger.tables import RunTables

_AMOUNTS = (
    "quota_t",
    "credited_t",
    "carted_t",
    "books_only_t",
    "returned_t",
    "looted_from_t",
    "looted_by_t",
    "shortfall_t",
)


@checked
def burden(run: RunTables, *, by: Sequence[str] | str = ("region", "actor")) -> pd.DataFrame:
    """Return what was asked and given per head and period, and how unequally.

    Parameters
    ----------
    run
        A run.
    by
        Columns to group by: ``actor`` (``enterprise`` or ``community``) and columns of ``run.nodes`` such as ``region``,
        ``sector``, ``name``.

    Returns
    -------
    DataFrame
        ``by``, then ``heads`` (workers of enterprises, residents of communities), ``quota_kg, credited_kg, carted_kg,
        books_only_kg, returned_kg, looted_from_kg, looted_by_kg, shortfall_kg`` (kg a head and period) and ``gini`` of
        the kg carted per head among the heads of the group's places: 0 where all give alike, NaN where nobody gives. Where places are told one by one, ``named`` stands beside them: False is a row for the rest
        of a place's workforce, which is no factory. Sorted by ``by``.

    Raises
    ------
    UnknownNameError
        If there is no such column.

    Examples
    --------
    >>> import scrapflow as sf
    >>> burden(sf.run(sf.read_world("toy")))[["region", "actor", "heads", "quota_kg", "gini"]].values.tolist()
    [['Vale', 'community', 5000.0, 4.0, 0.0], ['Vale', 'enterprise', 1000.0, 20.0, 0.0]]
    """
    words = with_named(words_of(run, by, "actor"))
    nodes = run.nodes[run.nodes["kind"].isin(["enterprise", "community"])]
    heads = nodes["workers"].where(nodes["kind"] == "enterprise", nodes["population"]).fillna(0.0)
    places = pd.DataFrame(nodes.drop(columns="geometry")).assign(actor=nodes["kind"], heads=heads)
    given = run.accounts.groupby("node_id")[list(_AMOUNTS)].sum()
    table = places.join(given, on="node_id").fillna(dict.fromkeys(_AMOUNTS, 0.0))
    table = table[table["heads"] > 0]
    grouped = table.groupby(words, sort=True)
    out = grouped[["heads", *_AMOUNTS]].sum()
    per_head = KG_PER_T / (out["heads"] * max(len(run.periods), 1))
    for column in _AMOUNTS:
        out[column] *= per_head
    unequal = [gini(g["carted_t"] / g["heads"], g["heads"]) for _, g in grouped]
    return (
        out.rename(columns=lambda c: c.removesuffix("_t") + "_kg" if c in _AMOUNTS else c)
        .assign(gini=unequal)
        .reset_index()
    )
