"""The three tables that are asked for first: who lost most, who was punished, what each yard holds; of an ensemble with ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, problem
from scrapflow.given import called
from scrapflow.queries.yards_and_penalties import with_named, words_of
from scrapflow.runs import Run
from scrapflow.studies.ensemble import Ensemble
from scrapflow.studies.quantiles import QUANTILES
from scrapflow.world.told_frame import Told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from scrapflow.queries.times import When

_LOST = ("lost_t", "given_t", "looted_from_t", "lost_worker_months")
_PUNISHED = ("expelled", "marks", "detained", "camp", "intercepted_t")


@called
def losses(run: Run | Ensemble, *, by: Sequence[str] | str = ("name", "region")) -> pd.DataFrame:
    """Return who lost most: what enterprises gave for good and what was taken from them at night.

    Parameters
    ----------
    run
        A run; or an ensemble made with ``keep="flows"``, which gives ranges.
    by
        Columns of ``run.nodes`` to group by: ``name, region, sector, node_id …``.

    Returns
    -------
    DataFrame
        ``by``; where places are told one by one ``named`` (False: a row that stands for many works, no factory); then
        ``lost_t`` = ``given_t`` (carted less carried back) + ``looted_from_t``, in t over the whole run, and
        ``lost_worker_months`` of output. Of an ensemble each is the central run's and is followed by ``…_low`` and
        ``…_high``, the 10 and 90 % quantiles of the members. Factories before rows that stand for many, largest first.

    Raises
    ------
    UnknownNameError
        If there is no such column.
    InputError
        If it is neither, or the ensemble kept its totals alone.

    Examples
    --------
    >>> import scrapflow as sf
    >>> sf.losses(sf.run(sf.read_world("toy")))[["name", "named", "lost_t", "looted_from_t"]].round(2).values.tolist()
    [['Vale Works', True, 36.5, 2.88]]
    """
    central, members = _sides(run, "accounts")
    words = with_named(words_of(central, by, "node_id"))
    places = _places(central, "enterprise", words)

    def lost(accounts: pd.DataFrame) -> pd.DataFrame:
        table = accounts.merge(places, on="node_id")
        table["given_t"] = table["carted_t"] - table["returned_t"]
        table["lost_t"] = table["given_t"] + table["looted_from_t"]
        return table.groupby(words, sort=True)[list(_LOST)].sum()

    return _ranked(_with_ranges(lost, central.accounts, members), _LOST)


@called
def punished(run: Run | Ensemble, *, by: Sequence[str] | str = ("name", "region")) -> pd.DataFrame:
    """Return who was punished: black marks, secretaries expelled, managers detained and sent to a camp.

    Parameters
    ----------
    run, by
        As for :func:`losses`.

    Returns
    -------
    DataFrame
        ``by`` and ``named`` as for :func:`losses`, ``sites`` (for how many works the rows stand), then the numbers
        ``expelled, marks, detained, camp`` (expected numbers in expected mode) and ``intercepted_t`` (loads for show that
        were caught, t), each with its range if it is an ensemble. Factories first, most expelled first, then most marks.
        Who was neither marked nor expelled nor detained has no row.

    Raises
    ------
    UnknownNameError, InputError
        As for :func:`losses`.

    Examples
    --------
    >>> import scrapflow as sf
    >>> sf.punished(sf.run(sf.read_world("toy")))[["name", "expelled", "marks"]].values.tolist()
    [['Vale Works', 0.0, 1.5]]
    """
    central, members = _sides(run, "accounts")
    words = with_named(words_of(central, by, "node_id"))
    places = _places(central, "enterprise", [*words, "sites"])

    def punishments(accounts: pd.DataFrame) -> pd.DataFrame:
        table = accounts.merge(places, on="node_id")
        table["marks"] = table["mark_probability"] * table["sites"]
        return table.groupby(words, sort=True)[list(_PUNISHED)].sum()

    rows = _with_ranges(punishments, central.accounts, members)
    sites = places.groupby(words)["sites"].sum()
    rows.insert(0, "sites", sites.reindex(rows.index))
    judged = [c for c in rows.columns if not c.startswith(("sites", "intercepted_t"))]
    return _ranked(rows[(rows[judged] > 0).any(axis=1)], _PUNISHED)


@called
def held(
    run: Run | Ensemble, *, when: When | None = None, by: Sequence[str] | str = ("name", "region")
) -> pd.DataFrame:
    """Return what each yard holds at the end of a period.

    :func:`scrapflow.yards` tells what passed through their hands, period by period.

    Parameters
    ----------
    run, by
        As for :func:`losses`.
    when
        A time as :meth:`scrapflow.Flows.during` takes it; the end of its last period counts. The end of the run if not
        given.

    Returns
    -------
    DataFrame
        ``by``, ``held_t``, of it each material (``scrap_t`` …) and, where the run's materials have that group,
        ``functional_t``: tonnes at the end of the period, each with its range if it is an ensemble. Largest first.

    Raises
    ------
    UnknownNameError, InputError
        As for :func:`losses`; also if there is no such period.

    Examples
    --------
    >>> import scrapflow as sf
    >>> run = sf.run(sf.read_world("toy"))
    >>> sf.held(run, when="January")[["name", "held_t", "functional_t"]].round(2).values.tolist()
    [['Vale Yard', 0.0, 0.0]]
    """
    central, members = _sides(run, "stocks")
    words = words_of(central, by, "node_id")
    places = _places(central, "yard", words)
    last = central.flows.find_periods(when)[-1] if when is not None else central.periods["period"].iloc[-1]
    materials = [m.material for m in central.material_rows]
    functional = central.material_groups.get("functional", ())

    def lying(stocks: pd.DataFrame) -> pd.DataFrame:
        there = stocks[stocks["period"] == last].merge(places, on="node_id")
        wide = there.pivot_table(index=words, columns="material", values="closing_t", aggfunc="sum", fill_value=0.0)
        wide = wide.reindex(columns=materials, fill_value=0.0)
        more = {"functional_t": wide[list(functional)].sum(axis=1)} if functional else {}
        out = wide.add_suffix("_t").rename_axis(columns=None).assign(**more)
        out.insert(0, "held_t", wide.sum(axis=1))
        return out

    return _ranked(_with_ranges(lying, central.stocks, members), ("held_t",))


def _sides(run: Run | Ensemble, table: str) -> tuple[Run, Callable[[], Iterator[pd.DataFrame]] | None]:
    """Return the run in the middle, and what gives the table of each member; None for a run alone."""
    if isinstance(run, Run):
        return run, None
    if not isinstance(cast("object", run), Ensemble):
        more = (
            ": .ranges() and .flows have its ranges, .central is its run in the middle"
            if hasattr(run, "weighing")
            else ""
        )
        fault = f"a run or an ensemble is wanted, not {type(run).__name__}{more}"
        raise InputError([problem("run", "", "", fault)], what="the question")
    kept = run.kept
    if kept is None:
        fault = "this ensemble kept its totals alone: make it with sf.ensemble(…, keep='flows')"
        raise InputError([problem("ensemble", "", "keep", fault)], what="the question")
    return run.central, lambda: kept.pieces(table)


def _places(run: Run, kind: str, words: Sequence[str]) -> pd.DataFrame:
    """Return the places of a kind with the columns that are asked for."""
    places = pd.DataFrame(run.nodes[run.nodes["kind"] == kind])
    return places[list(dict.fromkeys(["node_id", *words]))]


def _with_ranges(
    question: Callable[[pd.DataFrame], pd.DataFrame],
    table: pd.DataFrame,
    members: Callable[[], Iterator[pd.DataFrame]] | None,
) -> pd.DataFrame:
    """Answer a question of the central run, with the range of its answers by the members; a group one lacks is 0 there."""
    rows = question(table)
    if members is None:
        return rows
    answers = [question(piece) for piece in members()]
    index = rows.index
    for answer in answers:
        index = index.union(answer.index)
    rows = rows.reindex(index, fill_value=0.0)
    stacked = np.stack([a.reindex(index, fill_value=0.0).to_numpy(dtype=np.float64) for a in answers])
    low, _, high = np.quantile(stacked, QUANTILES, axis=0)
    columns: dict[str, NDArray[np.float64]] = {}
    for i, name in enumerate(rows.columns):
        columns |= {str(name): rows[name].to_numpy(), f"{name}_low": low[:, i], f"{name}_high": high[:, i]}
    return pd.DataFrame(columns, index=index)


def _ranked(rows: pd.DataFrame, amounts: Sequence[str]) -> pd.DataFrame:
    """Put factories before rows that stand for many, then the largest first; ties by name."""
    words = [str(n) for n in rows.index.names]
    rows = rows.reset_index()
    order = [*(c for c in ("named",) if c in words), *amounts]
    ranked = rows.sort_values(order, ascending=False, kind="stable", ignore_index=True)
    first = next(i for i, c in enumerate(ranked.columns) if c == amounts[0])
    return Told(ranked, shown=[*words, *map(str, ranked.columns[first : first + 6])])
