"""A run, or what a query selects of it, as lines with tonnes: for a flow layer on a map of the user's own."""

from __future__ import annotations

from collections import ChainMap
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from scrapflow.ledger.tables import RunTables
from scrapflow.queries.flows import Flows
from scrapflow.units import CRS

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Drawn(NamedTuple):
    """What is drawn of a run: the tables with only the movements that were selected, and the whole run."""

    part: RunTables
    whole: RunTables


def run_of(flows: object) -> Drawn | None:
    """Return the run behind a run or a query; of a query, with only the movements it selects. None for a frame.

    What a query selects is told as such: ``meta["part"]`` holds its words, ``meta["part_told"]`` ``[words, verb, names]`` a
    condition.
    """
    if isinstance(flows, RunTables):
        return Drawn(flows, flows)
    if not isinstance(flows, Flows):
        return None
    run = flows.context.run
    if not flows.clauses:
        return Drawn(run, run)
    moves = flows.to_frame()
    tables = ChainMap({"movements": moves, "link_loads": _loads(run, moves)}, dict(run.tables))
    # low and high are of the whole run's totals
    meta = {key: value for key, value in run.meta.items() if key not in ("ranges", "part_ranges")}
    about = {"part": flows.words, "part_told": told_of(flows)}
    return Drawn(RunTables(tables, {**meta, **about}, run.basemap), run)


def told_of(flows: Flows) -> list[list[object]]:
    """Return what a query selects, to be told in any language: ``[words, verb, names]`` a condition.

    Examples
    --------
    >>> import scrapflow as sf
    >>> told_of(sf.run(sf.read_world("toy")).flows.kind("shipped"))
    [['shipped', 'kind', ['shipped']]]
    """
    return [[c.words, c.verb, [*c.names]] for c in flows.clauses]


def _loads(run: RunTables, moves: pd.DataFrame) -> pd.DataFrame:
    """Return the loads of the links from some of a run's movements, with the whole run's capacities and prices."""
    keys = ["period", "link_id"]
    railed = moves[moves["path_id"] != ""].groupby(["period", "path_id"], as_index=False)["tonnage_t"].sum()
    rows = railed.merge(run.paths[["path_id", "link_id", "forward"]], on="path_id")
    ahead = rows["forward"].astype(bool)
    rows = rows.assign(forward_t=rows["tonnage_t"].where(ahead, 0.0), backward_t=rows["tonnage_t"].where(~ahead, 0.0))
    sums = rows.groupby(keys)[["tonnage_t", "forward_t", "backward_t"]].sum()
    whole = run.link_loads.set_index(keys)
    out = whole.assign(**{c: sums[c].reindex(whole.index).fillna(0.0) for c in sums.columns})
    shown: pd.DataFrame = out.reset_index()[list(run.link_loads.columns)]
    return shown


def run_lines(run: RunTables) -> gpd.GeoDataFrame:
    """Sum a run's movements onto lines: what is shipped onto the links it passes, the rest straight to its end.

    Returns
    -------
    GeoDataFrame
        ``kind, period, tonnage_t, geometry`` (EPSG:4326), lines running with the flow. Movements from or to a place
        without a coordinate have no line and are left out.
    """
    moves = run.legs_by("kind", "period", "path_id", "origin", "destination")
    railed = moves[moves["path_id"] != ""]
    parts = [_on_links(run, railed), _straight(run, moves[moves["path_id"] == ""])]
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), geometry="geometry", crs=CRS)


def _on_links(run: RunTables, railed: pd.DataFrame) -> pd.DataFrame:
    sums = railed.groupby(["kind", "period", "path_id"], as_index=False)["tonnage_t"].sum()
    rows = sums.merge(run.paths[["path_id", "link_id", "forward"]], on="path_id")
    rows = rows.groupby(["kind", "period", "link_id", "forward"])["tonnage_t"].sum().reset_index()
    courses = dict(zip(run.links["link_id"], run.links.geometry, strict=True))
    geometry = np.array([courses.get(i) for i in rows["link_id"]], dtype=object)
    back = ~rows["forward"].to_numpy(dtype=bool)
    geometry[back] = shapely.reverse(geometry[back])
    # a gate between a yard and its station, on one point, is no flow of its own
    return _drawable(rows, geometry, least=0.0)


def _straight(run: RunTables, legs: pd.DataFrame) -> pd.DataFrame:
    rows = legs.groupby(["kind", "period", "origin", "destination"], as_index=False)["tonnage_t"].sum()
    where = run.nodes.set_index("node_id")[["x_coord", "y_coord"]]
    ends = np.stack([where.reindex(rows[end]).to_numpy(dtype=float) for end in ("origin", "destination")], axis=1)
    known = np.isfinite(ends).all(axis=(1, 2))
    geometry = np.full(len(rows), None, dtype=object)
    geometry[known] = shapely.linestrings(ends[known])
    # what moves between places on one point has no length, and is drawn as a ring
    return _drawable(rows, geometry)  # type: ignore[arg-type]


def _drawable(rows: pd.DataFrame, geometry: NDArray[np.object_], *, least: float = -1.0) -> pd.DataFrame:
    out = rows[["kind", "period", "tonnage_t"]].assign(geometry=geometry)
    return out.loc[(shapely.get_num_coordinates(geometry) > 1) & (shapely.length(geometry) > least)]
