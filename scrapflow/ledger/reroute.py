"""The same hand-over on other rails: a run routed anew, with all that people did held fixed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, problem
from scrapflow.ledger.assemble import labels_of, link_loads, stocks_table, unserved_table
from scrapflow.ledger.coded_legs import Labels, Legs, PathBook, movements_table
from scrapflow.ledger.tables import RunTables, tidy
from scrapflow.ledger.train_tables import Axes, Haul, shipments, trains, trips_of
from scrapflow.ledger.yard_mixing import keep_books
from scrapflow.network.haulage import rail_problem
from scrapflow.network.tracks import BACK, track_numbers
from scrapflow.routing.together import solve_together
from scrapflow.vocabulary import VIAS, moved_by, traced_as

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.routing import FlowProblem, FlowResult


def haul_problem(
    run: RunTables,
    *,
    arcs: pd.DataFrame | None = None,
    supplies: pd.DataFrame | None = None,
    calendar: pd.DataFrame | None = None,
) -> FlowProblem:
    """Pose the haul of a run again, or with other arcs or supplies.

    Parameters
    ----------
    run
        A run.
    arcs, supplies, calendar
        Tables like ``run.tables["arcs"]``, ``run.tables["supplies"]`` and ``run.tables["calendar"]``; the run's own if not
        given.

    Returns
    -------
    FlowProblem

    Raises
    ------
    InputError
        If the run routes known tonnes: what was wanted of whom is not kept.
    """
    yards = run.nodes.loc[run.nodes["kind"] == "yard", "node_id"]
    arisen = run.stocks[run.stocks["node_id"].isin(yards) & (run.stocks["arising_t"] != 0)]
    if len(arisen):
        message = (
            "it routes known tonnes, of which it does not keep who wanted what, so that no other plan can be made of it. "
            "Run the changed world and compare: sf.compare(run, sf.run(world.without('LINK'))), or "
            "world.with_values({('links', 'LINK', 'capacity_t'): 0})"
        )
        raise InputError([problem("stocks", "", "arising_t", message)], what=f"the run {run.name}")
    return rail_problem(
        run.tables["arcs"] if arcs is None else arcs,
        run.tables["supplies"] if supplies is None else supplies,
        waiting_cost_per_t=haul_setting(run, "waiting_cost_per_t"),
        calendar=run.tables["calendar"] if calendar is None else calendar,
        shares=haul_setting(run, "allocation") or None,
    )


def reroute(
    run: RunTables,
    *,
    arcs: pd.DataFrame | None = None,
    supplies: pd.DataFrame | None = None,
    calendar: pd.DataFrame | None = None,
    result: FlowResult | None = None,
    case: str = "",
) -> RunTables:
    """Route a run anew, with every cart, carry-back and theft as it was.

    Parameters
    ----------
    run
        A run.
    arcs, supplies
        What is different about the rails (``capacity_t, cost_per_t``) or the mills (``demand_t``); supplies of yards are
        not to be changed, because what people brought is held fixed.
    calendar
        ``period, link_id, factor``: what part of a link's capacity is left in a period.
    result
        The solved problem, if it is at hand already.
    case
        What is different, in words, for the name of the new run.

    Returns
    -------
    RunTables
        Checked for balance.
    """
    arcs = run.tables["arcs"] if arcs is None else arcs
    supplies = run.tables["supplies"] if supplies is None else supplies
    if result is None:
        posed, tracks = haul_problem(run, arcs=arcs, supplies=supplies, calendar=calendar), track_numbers(arcs)
        result = solve_together([posed], tracks, foresight=haul_setting(run, "foresight"))[0]
    axes = yard_axes(run)
    haul = Haul(arcs, supplies, result, trips_of(result, axes.periods, arcs))
    arrivals, away = yard_arrivals(run, axes)
    everything = np.ones(arrivals.shape[:2])
    books = keep_books(arrivals, away, everything, trains(haul.trips, axes), haul_setting(run, "return_after"))
    labels, paths = labels_of(axes, run.nodes), PathBook()
    legs = _people_legs(run, labels, paths).with_more(shipments(haul.trips, books, axes, labels, paths))
    apart = run.nodes.loc[run.nodes["kind"].isin(["yard", "mill", "outside"]), "node_id"]
    yards = run.nodes.loc[run.nodes["kind"] == "yard", "node_id"]
    links = _links_now(run, arcs)
    movements = movements_table(legs, labels, paths, run.nodes)
    moved = {
        "movements": movements,
        "paths": paths.table(),
        "stocks": stocks_table(run.stocks[~run.stocks["node_id"].isin(apart)], movements, run.nodes, books, axes),
        "unserved": unserved_table(run.unserved[~run.unserved["node_id"].isin(yards)], haul, books, axes),
        "link_loads": link_loads(legs, paths, links, axes.periods, haul),
    }
    tables = dict(run.tables) | {name: tidy(name, frame) for name, frame in moved.items()}
    tables |= {"arcs": arcs, "supplies": supplies, "links": links}
    tables |= {} if calendar is None else {"calendar": tidy("calendar", calendar)}
    again = RunTables(tables, run.meta | {"case": case}, run.basemap)
    again.check()
    return again


def yard_axes(run: RunTables) -> Axes:
    """Return the labels of the arrays of a run's yards."""
    yards = run.nodes.loc[run.nodes["kind"] == "yard", "node_id"].sort_values()
    return Axes(run.periods["period"].tolist(), yards.tolist(), [m.material for m in run.material_rows], VIAS)


def haul_setting(run: RunTables, key: str) -> Any:
    """Return a setting of the haul from what a run says of itself.

    Raises
    ------
    InputError
        If it does not say it: a ledger of another origin need not, and its trains cannot be planned anew.
    """
    if key not in run.meta:
        message = "is missing, so that no other plan can be made of this run: run the campaign again and save it"
        raise InputError([problem("meta", "", key, message)], what=f"the run {run.name}")
    return run.meta[key]


def yard_arrivals(run: RunTables, axes: Axes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what came into the yards, and the part of it that was carried home: two arrays (P, Y, M, V) in t.

    The second is dated by the period of arrival, as the books of the yards want it.
    """
    moves = run.movements
    came = moves[moves["kind"].isin(traced_as("bring"))]
    went = moves[moves["kind"].isin(traced_as("take_back"))]
    arrivals = _dense(came.assign(node_id=came["destination"]), axes)
    away = _dense(went.assign(node_id=went["origin"]), axes)
    if haul_setting(run, "return_after") and len(away):
        away = np.concatenate([away[1:], np.zeros_like(away[:1])])
    return arrivals, away


def _dense(moves: pd.DataFrame, axes: Axes) -> NDArray[np.float64]:
    columns = ("period", "node_id", "material", "via")
    at = tuple(pd.Index(list(labels)).get_indexer(moves[c]) for c, labels in zip(columns, axes, strict=True))  # type: ignore[arg-type]
    out = np.zeros([len(labels) for labels in axes])
    np.add.at(out, at, moves["tonnage_t"].to_numpy(dtype=np.float64))
    return out


def _people_legs(run: RunTables, labels: Labels, paths: PathBook) -> Legs:
    """Return the legs of a run that no train ran."""
    arc = run.paths["link_id"].where(run.paths["forward"], run.paths["link_id"] + BACK)
    arcs = arc.groupby(run.paths["path_id"]).agg(tuple)
    moves = run.movements[run.movements["kind"].isin(moved_by("people"))]
    trips = moves[["path_id", "origin", "destination"]].drop_duplicates("path_id").set_index("path_id")
    entered = {
        path_id: paths.enter(origin, destination, arcs.get(path_id, ()))
        for path_id, origin, destination in trips.itertuples(name=None)
    }
    tonnage = moves["tonnage_t"].to_numpy(dtype=np.float64)
    return Legs(labels.codes(moves), tonnage, moves["path_id"].map(entered).to_numpy(dtype=np.int64))


def _links_now(run: RunTables, arcs: pd.DataFrame) -> pd.DataFrame:
    """Give the links of a run the capacity their arcs have now."""
    now = arcs.drop_duplicates("link_id").set_index("link_id")["capacity_t"]
    return run.links.assign(capacity_t=run.links["link_id"].map(now).fillna(run.links["capacity_t"]))  # type: ignore[no-any-return]
