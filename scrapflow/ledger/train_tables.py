"""What the trains did, as tables: trips, shipments by material, the books of the yards, what stayed and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from scrapflow.ledger.coded_legs import Labels, Legs, PathBook
from scrapflow.network.tracks import BACK, passed, physical, place_of, plain_arcs
from scrapflow.units import dust
from scrapflow.vocabulary import moved_by
from scrapflow.world.numbering import numbered, positions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from scrapflow.ledger.yard_mixing import YardBooks
    from scrapflow.routing import FlowResult

SHIPPED = moved_by("train")[0]
"""The kind of movement that trains make."""
AMOUNTS = ["opening_t", "arising_t", "converted_t", "in_t", "out_t", "closing_t"]


class Axes(NamedTuple):
    """Labels of the arrays of a run: periods, yards, materials, vias."""

    periods: Sequence[str]
    yard_ids: Sequence[str]
    materials: Sequence[str]
    vias: Sequence[str]

    def labels(
        self, p: NDArray[np.int64], m: NDArray[np.int64], v: NDArray[np.int64]
    ) -> dict[str, NDArray[np.object_]]:
        """Return the labels of positions as columns."""
        named = (("period", self.periods, p), ("material", self.materials, m), ("via", self.vias, v))
        return {name: np.asarray(values, dtype=object)[at] for name, values, at in named}


class Haul(NamedTuple):
    """How the trains ran: the solved problem and what went into it.

    Attributes
    ----------
    arcs, supplies
        The frames the problem was posed with.
    result
        The solver's result.
    trips
        As :func:`trips_of` gives them.
    """

    arcs: pd.DataFrame
    supplies: pd.DataFrame
    result: FlowResult
    trips: pd.DataFrame


def trips_of(result: FlowResult, periods: Sequence[str], arcs: pd.DataFrame) -> pd.DataFrame:
    """List the solver's paths: ``period, origin, destination, tonnage_t, arcs`` (a tuple of arc ids each).

    Parameters
    ----------
    result
        A solved problem.
    periods
        Labels of its periods.
    arcs
        The arcs it was posed with; those that keep operators apart are told as the plain arcs they pass.
    """
    links, plain = result.path_links, plain_arcs(arcs)
    number, names = numbered(links["path_id"])
    order = np.lexsort((links["seq"].to_numpy(), number))
    ends_at = np.cumsum(np.bincount(number, minlength=len(names)))
    courses = np.split(links["link_id"].to_numpy(dtype=object)[order], ends_at[:-1])
    steps = {name: passed(course.tolist(), plain) for name, course in zip(names.tolist(), courses, strict=False)}
    paths = result.paths
    if "period" not in paths.columns:
        paths = paths.assign(period=periods[0] if len(periods) else "")
    # One row a period and path: a plan may be told in several parts.
    tonnes: dict[tuple[str, str, str, str], float] = {}
    columns = (paths[c].to_numpy(dtype=object).tolist() for c in ("period", "origin", "destination", "path_id"))
    for key, t in zip(zip(*columns, strict=True), paths["tonnage_t"].tolist(), strict=True):
        tonnes[key] = tonnes.get(key, 0.0) + t
    told: dict[tuple[str, str, str, tuple[str, ...]], float] = {}
    for period, origin, end, path in sorted(tonnes):
        place = end if plain is None else place_of(end)
        # What is wanted where it is offered need not travel.
        if plain is None or origin != place:
            # Trains of two operators over the same links go one way.
            way = period, origin, place, steps.get(path, ())
            told[way] = told.get(way, 0.0) + tonnes[period, origin, end, path]
    ends = {
        c: pd.array([str(way[i]) for way in told], dtype="str")
        for i, c in enumerate(("period", "origin", "destination"))
    }
    amounts = np.array(list(told.values()), dtype=np.float64)
    return pd.DataFrame({**ends, "tonnage_t": amounts, "arcs": pd.Series([way[3] for way in told], dtype=object)})


def full_links(full: Iterable[Sequence[str]], arcs: pd.DataFrame) -> list[str]:
    """Name the links of full arcs, each once, with ``|`` between them; a text for each of many places."""
    plain = plain_arcs(arcs)
    return ["|".join(dict.fromkeys(a.removesuffix(BACK) for a in passed(steps, plain))) for steps in full]


def trains(trips: pd.DataFrame, axes: Axes) -> NDArray[np.float64]:
    """Add up what the trains take from each yard in each period, in t, shape (P, Y)."""
    out = np.zeros((len(axes.periods), len(axes.yard_ids)))
    np.add.at(out, _positions(trips, axes), trips["tonnage_t"].to_numpy(dtype=np.float64))
    return out


def _positions(trips: pd.DataFrame, axes: Axes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return positions(trips["period"], axes.periods), positions(trips["origin"], axes.yard_ids)


def shipments(trips: pd.DataFrame, books: YardBooks, axes: Axes, labels: Labels, paths: PathBook) -> Legs:
    """Split each train's tonnes by material and via, as the yard mixed them.

    Parameters
    ----------
    trips
        As :func:`trips_of` gives them.
    books
        Books of the yards.
    axes
        Labels of the books' arrays.
    labels
        Labels of the run.
    paths
        Where the paths of the trips are entered.

    Returns
    -------
    Legs
    """
    p, y = _positions(trips, axes)
    planned = trains(trips, axes)
    real = books.shipped.sum(axis=(2, 3))
    # The solver's tonnes are rounded to its integers; what left the yard is what the books say.
    ratio = np.divide(real, planned, out=np.zeros_like(real), where=planned > 0)
    tonnes = (trips["tonnage_t"].to_numpy(dtype=np.float64) * ratio[p, y])[:, None, None] * books.shares[p, y]
    row, m, v = np.nonzero(tonnes > 0)
    route = np.array(
        [paths.enter(*trip) for trip in zip(trips["origin"], trips["destination"], trips["arcs"], strict=True)],
        dtype=np.int64,
    )
    origin, destination = (positions(trips[c], labels.nodes) for c in ("origin", "destination"))
    kind = np.repeat(labels.of_kind([SHIPPED]), len(row))
    material, via = labels.of_material(axes.materials)[m], labels.of_via(axes.vias)[v]
    codes = np.array([p[row], kind, material, via, origin[row], destination[row]], dtype=np.int64).T
    return Legs(codes, tonnes[row, m, v], route[row])


def yard_stocks(books: YardBooks, axes: Axes) -> pd.DataFrame:
    """Tabulate the books of the yards as rows of ``run.stocks``; accounts that are all zero are left out."""
    zero = np.zeros_like(books.opening)
    amounts = [books.opening, zero, zero, books.arrived, books.returned + books.shipped, books.closing]
    stacked = np.stack(amounts, axis=-1)
    p, y, m, v = np.nonzero((stacked != 0).any(axis=-1))
    frame = pd.DataFrame(stacked[p, y, m, v], columns=AMOUNTS)
    frame.insert(0, "node_id", np.asarray(axes.yard_ids, dtype=object)[y])
    return frame.assign(**axes.labels(p, m, v))


def end_stocks(movements: pd.DataFrame, end_ids: Sequence[str], axes: Axes) -> pd.DataFrame:
    """Let what reached a mill or left the world pile up there: rows of ``run.stocks``."""
    arrived = movements[positions(movements["destination"], end_ids) >= 0]
    keys = ["destination", "material", "via"]
    came = arrived.pivot_table(index=keys, columns="period", values="tonnage_t", aggfunc="sum", fill_value=0.0)
    came = came.reindex(columns=list(axes.periods), fill_value=0.0).rename_axis(columns="period")
    pile = came.cumsum(axis=1)
    long = pd.DataFrame(
        {"in_t": came.stack(), "closing_t": pile.stack(), "opening_t": pile.shift(axis=1, fill_value=0.0).stack()}
    )
    out = long[long["closing_t"] != 0].reset_index().rename(columns={"destination": "node_id"})
    return out.assign(arising_t=0.0, converted_t=0.0, out_t=0.0)


def link_prices(haul: Haul) -> pd.Series[float]:
    """Return the higher of the shadow prices of a link's two directions, by period and link."""
    duals = _dated(haul.result.duals, haul)
    duals = duals[(duals["kind"] == "link") & (duals["shadow_price"] > 0)]
    item = duals["item"].map(physical(haul.arcs))
    link = item.str.removesuffix(BACK).rename("link_id")
    return duals.groupby([duals["period"], link])["shadow_price"].max()


def left_in_yards(books: YardBooks, haul: Haul, axes: Axes) -> pd.DataFrame:
    """Say of every tonne that never left a yard why: ``period`` (it came in), ``node_id, tonnage_t, reason, links``."""
    unserved = _dated(haul.result.unserved, haul)
    supply = unserved[unserved["side"] == "supply"]
    rows = supply[["period", "node_id", "tonnage_t"]].copy()
    rows["reason"] = supply["reason"].astype("str").replace({"demand_met": "mill_full"})
    rows["links"] = full_links(supply["links"], haul.arcs)
    explained = rows.groupby("node_id")["tonnage_t"].sum().reindex(list(axes.yard_ids), fill_value=0.0).to_numpy()
    last = books.closing[-1].sum(axis=(1, 2)) if len(books.closing) else explained
    rest = pd.DataFrame(
        {
            "period": axes.periods[-1] if len(axes.periods) else "",
            "node_id": list(axes.yard_ids),
            "tonnage_t": last - explained,
            "reason": "kept",
            "links": "",
        }
    )
    # What waits in a yard to be carried home is in no train's plan; the rounding of the solver's integers is not worth a row.
    held = (books.opening + books.arrived).sum(axis=(2, 3))
    return pd.concat([rows, rest[rest["tonnage_t"] > dust(float(held.max(initial=0.0)))]], ignore_index=True)


def _dated(frame: pd.DataFrame, haul: Haul) -> pd.DataFrame:
    """Give the rows of a one-period result the label of that period."""
    if "period" in frame.columns:
        return frame
    return frame.assign(period=haul.supplies["period"].iloc[0] if len(haul.supplies) else "")
