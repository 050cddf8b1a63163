"""What the report of 2015 makes one ask: what the yards held, who was punished, whether the mills got their shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, UnknownNameError, did_you_mean, near, problem
from scrapflow.given import checked
from scrapflow.queries.wording import flat
from scrapflow.routing.wishes import shares_table
from scrapflow.vocabulary import kinds_to

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapflow.ledger.tables import RunTables

_PUNISHED = ("for_show_t", "intercepted_t", "marks", "expelled", "detained", "camp", "lost_worker_months")


@checked
def yards(run: RunTables, *, by: Sequence[str] | str = ("period", "name")) -> pd.DataFrame:
    """Return what yards held, by material, and how much of it was functional machinery.

    Parameters
    ----------
    run
        A run.
    by
        Columns to group by: ``period`` and columns of ``run.nodes`` such as ``name``, ``node_id``, ``region``. Without
        ``period``: the mean over the periods.

    Returns
    -------
    DataFrame
        ``by``, then what was held (opening stock and all that came in, loads for show included) in t: ``held_t``, of it
        each material of the run (``scrap_t`` …); and where the run's materials have the group ``functional``,
        ``functional_t`` and ``functional_share`` of ``held_t`` (0 where nothing was held). Sorted by ``by``.

    Raises
    ------
    UnknownNameError
        If there is no such column.

    Examples
    --------
    >>> import scrapflow as sf
    >>> t = sf.yards(sf.run(sf.read_world("toy")))
    >>> t[["period", "name", "scrap_t", "functional_t", "functional_share"]].round(3).values.tolist()
    [['2015-01', 'Vale Yard', 15.0, 1.25, 0.04], ['2015-02', 'Vale Yard', 2.5, 17.375, 0.678]]
    """
    words = words_of(run, by, "period")
    places = _places(run, "yard", words)
    stocks = run.stocks[run.stocks["node_id"].isin(places["node_id"])]
    held = stocks.assign(held_t=stocks["opening_t"] + stocks["in_t"]).merge(places, on="node_id")
    wide = held.pivot_table(index=words, columns="material", values="held_t", aggfunc="sum", fill_value=0.0)
    wide = wide.reindex(columns=[m.material for m in run.material_rows], fill_value=0.0)
    if "period" not in words:
        wide /= max(len(run.periods), 1)
    total = wide.sum(axis=1)
    out = wide.rename(columns=lambda material: f"{material}_t")
    out.insert(0, "held_t", total)
    if "functional" in run.material_groups:
        functional = wide[list(run.material_groups["functional"])].sum(axis=1)
        share = np.divide(functional, total, out=np.zeros(len(out)), where=total.to_numpy() > 0)
        out = out.assign(functional_t=functional, functional_share=share)
    return out.rename_axis(columns=None).reset_index()


@checked
def penalties(run: RunTables, *, by: Sequence[str] | str = ("region",)) -> pd.DataFrame:
    """Return how enterprises were inspected and punished, and what output they lost.

    Parameters
    ----------
    run
        A run.
    by
        Columns to group by: ``period`` and columns of ``run.nodes`` such as ``region``, ``sector``, ``name``.

    Returns
    -------
    DataFrame
        ``by``, and where places are told one by one ``named`` (False: a row that stands for many works); then
        ``enterprises`` (how many rows) and ``sites`` (how many works they stand for), ``detection`` (chance that a load for show is found, mean over
        enterprises and periods), ``for_show_t, intercepted_t`` (t), and the numbers of black ``marks`` given, party
        secretaries ``expelled``, managers ``detained`` and of these sent to a ``camp`` (expected numbers in expected
        mode), and ``lost_worker_months`` of output. Sorted by ``by``.

    Raises
    ------
    UnknownNameError
        If there is no such column.

    Examples
    --------
    >>> import scrapflow as sf
    >>> t = sf.penalties(sf.run(sf.read_world("toy")), by="period")
    >>> t[["period", "detection", "intercepted_t", "marks", "expelled"]].values.tolist()
    [['2015-01', 0.5, 1.25, 0.5, 0.0], ['2015-02', 0.5, 2.125, 1.0, 0.0]]
    """
    words = with_named(words_of(run, by, "period"))
    places = _places(run, "enterprise", [*words, "sites"])
    # The account tells how many marks stand; those given are the chance a site times the sites.
    table = run.accounts.merge(places, on="node_id").assign(marks=lambda t: t["mark_probability"] * t["sites"])
    grouped = table.groupby(words, sort=True)
    out = grouped[list(_PUNISHED)].sum()
    out.insert(0, "detection", grouped["detection"].mean())
    sites = table.drop_duplicates([*words, "node_id"]).groupby(words, sort=True)["sites"].sum()
    out.insert(0, "sites", sites)
    out.insert(0, "enterprises", grouped["node_id"].nunique())
    return out.reset_index()


def allocation(run: RunTables) -> pd.DataFrame:
    """Return the shares of the tonnage shipped that a campaign fixed for mills, beside those that came about.

    Returns
    -------
    DataFrame
        ``node_id, wanted_share, share, wanted_t, tonnage_t, met``, sorted by ``node_id``; no row if the campaign fixes
        none. ``met`` is False where the wish could not be had without shipping less, and the nearest was done.

    Examples
    --------
    >>> import scrapflow as sf
    >>> toy = sf.read_world("toy")
    >>> wish = {"allocation.shares.near": 0.9, "allocation.shares.far": 0.1}
    >>> t = allocation(sf.run(toy, sf.read_campaign(toy).update(wish)))
    >>> t[["node_id", "wanted_share", "tonnage_t", "met"]].round(1).values.tolist()
    [['far', 0.1, 23.5, False], ['near', 0.9, 30.0, False]]
    """
    wanted = pd.Series(run.meta.get("allocation") or {}, dtype=np.float64).sort_index()
    moved = run.legs_by("destination", kinds=kinds_to("mill"))
    total = float(moved["tonnage_t"].sum())
    got = moved.groupby("destination")["tonnage_t"].sum().reindex(wanted.index, fill_value=0.0).to_numpy()
    return shares_table(pd.array(wanted.index.to_list(), dtype="str"), wanted.to_numpy(), got, total)


def words_of(run: RunTables, by: Sequence[str] | str, more: str) -> list[str]:
    """Return the columns asked for as a list: those of ``run.nodes``, and one ``more`` that a table has of its own.

    Raises
    ------
    InputError
        If no column is asked for.
    UnknownNameError
        If there is no such column.
    """
    words = flat([by])
    known = [more, *run.nodes.columns.drop("geometry")]
    if not words:
        raise InputError(
            [problem("flows", "", "by", f"names no column; there are {', '.join(known)}")], what="the query"
        )
    for word in words:
        if word not in known:
            hint = did_you_mean(word, known, f"there are {', '.join(known)}", n=3)
            msg = f"no column is called {word!r}; {hint}"
            raise UnknownNameError(msg, near(word, known))
    return words


def with_named(words: list[str]) -> list[str]:
    """Add ``named`` where places are told one by one, so that a row that stands for many works is not taken for one."""
    return [*words, "named"] if {"node_id", "name"} & set(words) and "named" not in words else words


def _places(run: RunTables, kind: str, words: Sequence[str]) -> pd.DataFrame:
    """Return the places of a kind with the columns that are asked for."""
    places = pd.DataFrame(run.nodes[run.nodes["kind"] == kind])
    return places[list(dict.fromkeys(["node_id", *(w for w in words if w != "period")]))]
