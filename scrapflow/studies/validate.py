"""What was published beside what a run says: lengths, flows between places, loads of links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, did_you_mean, problem
from scrapflow.given import checked
from scrapflow.given_frames import numbers_of, shown
from scrapflow.vocabulary import moved_by

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.ledger.tables import RunTables

_STOPS = ("station", "junction", "mill", "yard", "community", "enterprise", "outside")
_SENDERS = ("yard", "enterprise", "community", "station", "mill", "junction", "outside")
_TAKERS = ("mill", "outside", "yard", "station", "enterprise", "community", "junction")
_WANTED = {
    "lengths": ["origin", "destination", "length_km"],
    "flows": ["origin", "destination", "tonnage_t"],
    "loads": ["link_id", "tonnage_t"],
}


@dataclass(frozen=True, eq=False)
class Validation:
    """What was observed beside what a run says, row by row; a table that was not observed is empty.

    Attributes
    ----------
    lengths
        ``origin, destination, observed_km, modelled_km, ratio``: the way of least cost by rail; NaN where there is none.
    flows
        ``[period,] origin, destination, observed_t, modelled_t``: every pair of either side.
    loads
        ``[period,] link_id, observed_t, modelled_t, geh``.
    """

    lengths: pd.DataFrame
    flows: pd.DataFrame
    loads: pd.DataFrame

    def summary(self) -> pd.DataFrame:
        """Return the measures of agreement: ``table, measure, value``.

        Lengths: the share of pairs within 1 and within 5 %, and the median of modelled over observed. Flows: the share
        of the observed tonnes that are on the right pairs, the common part of commuters (Sørensen 1948; Lenormand and
        others 2012), the root of the mean squared difference in t. Loads: Spearman's rank correlation, and the share of
        links with a GEH below 5 (Design Manual for Roads and Bridges, volume 12; meant for vehicles an hour, so that it
        says something of tonnes only beside itself).
        """
        rows: list[tuple[str, str, float]] = []
        if len(self.lengths):
            ratio = self.lengths["ratio"]
            rows += [("lengths", f"within {p} %", float((abs(ratio - 1) <= p / 100).mean())) for p in (1, 5)]
            rows.append(("lengths", "median of modelled over observed", float(ratio.median())))
        if len(self.flows):
            seen, said = (self.flows[c].to_numpy(dtype=np.float64) for c in ("observed_t", "modelled_t"))
            common = float(np.minimum(seen, said).sum())
            rows.append(("flows", "tonnes on the right pairs", common / seen.sum() if seen.sum() else np.nan))
            rows.append(("flows", "common part (CPC)", 2 * common / (seen.sum() + said.sum())))
            rows.append(("flows", "root mean squared difference, t", float(np.sqrt(((seen - said) ** 2).mean()))))
        if len(self.loads):
            ranks = self.loads[["observed_t", "modelled_t"]].rank()
            rows.append(("loads", "rank correlation", float(ranks["observed_t"].corr(ranks["modelled_t"]))))
            rows.append(("loads", "GEH below 5", float((self.loads["geh"] < 5).mean())))
        return pd.DataFrame(rows, columns=["table", "measure", "value"])

    def plot(self, axes: Any = None) -> Any:
        """Draw modelled against observed, one picture a table, with the line on which they are equal.

        Parameters
        ----------
        axes
            Matplotlib axes, as many as there are tables; new ones if not given.

        Returns
        -------
        list
            The axes drawn on; new ones are shown by a notebook as their picture.
        """
        from matplotlib.figure import Figure

        from scrapflow.queries.plot import SeveralAxes, show_itself

        parts = [
            (n, f, u)
            for n, f, u in (("lengths", self.lengths, "km"), ("flows", self.flows, "t"), ("loads", self.loads, "t"))
            if len(f)
        ]
        own = axes is None
        if axes is None:
            axes = Figure(figsize=(4 * max(1, len(parts)), 4), layout="constrained").subplots(
                1, max(1, len(parts)), squeeze=False
            )[0]
        for ax, (name, frame, unit) in zip(np.atleast_1d(axes), parts, strict=False):
            seen, said = frame[f"observed_{unit}"], frame[f"modelled_{unit}"]
            most = float(np.nanmax([seen.max(), said.max()]))
            ax.plot([0, most], [0, most], color="#a9b4b8", linewidth=1)
            ax.scatter(seen, said, s=9, color="#0072b2")
            ax.set(title=name, xlabel=f"observed, {unit}", ylabel=f"modelled, {unit}")
            ax.spines[["top", "right"]].set_visible(False)
            ax.locator_params(nbins=4)
            for axis in (ax.xaxis, ax.yaxis):
                axis.set_major_formatter("{x:,.10g}")
        drawn = SeveralAxes(np.atleast_1d(axes))
        if own:
            show_itself(drawn, drawn[0].figure)
        return drawn

    def __repr__(self) -> str:
        rows = "\n".join(f"  {r.table}: {r.measure} {r.value:.3g}" for r in self.summary().itertuples())
        return f"<Validation: {len(self.lengths)} lengths, {len(self.flows)} flows, {len(self.loads)} loads>\n{rows}"


@checked
def validate(run: RunTables, observed: pd.DataFrame | dict[str, pd.DataFrame]) -> Validation:
    """Set published lengths, flows between places or loads of links beside the run's.

    Parameters
    ----------
    run
        A run.
    observed
        One frame, or several by any name; each is known by its columns: ``origin, destination, length_km`` (km),
        ``origin, destination, tonnage_t`` (t), or ``link_id, tonnage_t``; flows and loads may have a ``period``. Places
        by any spelling. Flows are the run's by train.

    Raises
    ------
    InputError
        If a frame has none of these sets of columns, or a number is missing; all faults at once.
    UnknownNameError
        If a place is not in the run.

    Examples
    --------
    >>> import pandas as pd, scrapflow as sf
    >>> run = sf.run(sf.read_world("toy"))
    >>> published = pd.DataFrame({"link_id": ["rail_near"], "tonnage_t": [35.0]})
    >>> sf.validate(run, published).loads.observed_t.tolist()
    [35.0]
    """
    frames = {"observed": observed} if isinstance(observed, pd.DataFrame) else dict(observed)
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in _WANTED}
    faults = []
    for label, frame in frames.items():
        fits = next((name for name, columns in _WANTED.items() if set(columns) <= set(frame.columns)), None)
        if fits is None:
            ways = " or ".join(", ".join(columns) for columns in _WANTED.values())
            faults.append(
                problem(label, "", "", f"has the columns {', '.join(map(str, frame.columns))}; wanted: {ways}")
            )
            continue
        number = _WANTED[fits][-1]
        bad = ~np.isfinite(numbers_of(frame[number])[0])
        given = zip(frame.index[bad], frame[number][bad], strict=True)
        message = "is no number: leave out what was not observed"
        faults += [problem(label, str(row), number, f"{shown(value)} {message}") for row, value in given]
        parts[fits].append(frame.assign(**{number: numbers_of(frame[number])[0]}))
    if faults:
        raise InputError(faults, what="what was observed")
    seen = {name: pd.concat(rows, ignore_index=True) if rows else pd.DataFrame() for name, rows in parts.items()}
    return Validation(_lengths(run, seen["lengths"]), _flows(run, seen["flows"]), _loads(run, seen["loads"]))


def _lengths(run: RunTables, seen: pd.DataFrame) -> pd.DataFrame:
    if seen.empty:
        return seen
    ends = [run.names.resolve_all(seen[c].astype("str"), _STOPS) for c in ("origin", "destination")]
    modelled = _rail_km(run.tables["arcs"], *ends)
    rows = pd.DataFrame(
        {
            "origin": ends[0],
            "destination": ends[1],
            "observed_km": seen["length_km"].astype("float64"),
            "modelled_km": modelled,
        }
    )
    return rows.assign(ratio=rows["modelled_km"] / rows["observed_km"].where(rows["observed_km"] > 0))


def _rail_km(arcs: pd.DataFrame, origins: pd.Series[str], destinations: pd.Series[str]) -> NDArray[np.float64]:
    """Return the length of the way of least cost for each pair, in km; NaN where there is none."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import dijkstra

    nodes = pd.Index(pd.unique(pd.concat([arcs["from_node_id"], arcs["to_node_id"], origins, destinations])))
    cheapest = arcs.sort_values("cost_per_t", kind="stable").drop_duplicates(["from_node_id", "to_node_id"])
    tail, head = (nodes.get_indexer(cheapest[c]) for c in ("from_node_id", "to_node_id"))
    shape = (len(nodes), len(nodes))
    # A way without cost would be no way at all to the solver.
    cost = coo_array((np.maximum(cheapest["cost_per_t"], 1e-9), (tail, head)), shape=shape).tocsr()
    length = dict(zip(zip(tail.tolist(), head.tolist(), strict=True), cheapest["length_km"].tolist(), strict=True))
    starts, of_start = np.unique(nodes.get_indexer(origins), return_inverse=True)
    far, before = dijkstra(cost, indices=starts, return_predecessors=True)
    km = np.full(far.shape, np.nan)
    for row, start in enumerate(starts.tolist()):
        km[row, start] = 0.0
        for node in np.argsort(far[row], kind="stable").tolist():
            if node != start and np.isfinite(far[row, node]):
                km[row, node] = km[row, before[row, node]] + length[before[row, node], node]
    ways: NDArray[np.float64] = km[of_start, nodes.get_indexer(destinations)]
    return ways


def _flows(run: RunTables, seen: pd.DataFrame) -> pd.DataFrame:
    if seen.empty:
        return seen
    keys = [*(["period"] if "period" in seen else []), "origin", "destination"]
    places = {"origin": _SENDERS, "destination": _TAKERS}
    named = seen.assign(**{c: run.names.resolve_all(seen[c].astype("str"), order) for c, order in places.items()})
    by_train = run.movements[run.movements["kind"].isin(moved_by("train"))]
    return _beside(named, by_train, keys)


def _loads(run: RunTables, seen: pd.DataFrame) -> pd.DataFrame:
    if seen.empty:
        return seen
    keys = [*(["period"] if "period" in seen else []), "link_id"]
    strange = sorted(set(seen["link_id"].astype(str)) - set(run.links["link_id"]))
    if strange:
        hints = [did_you_mean(i, run.links["link_id"], "run.links lists them") for i in strange]
        raise InputError(
            [
                problem("observed", i, "link_id", f"the run has no such link; {hint}")
                for i, hint in zip(strange, hints, strict=True)
            ],
            what="what was observed",
        )
    there = run.link_loads[run.link_loads["link_id"].isin(seen["link_id"])]
    rows = _beside(seen, there, keys)
    total = rows["observed_t"] + rows["modelled_t"]
    geh = np.sqrt(2 * (rows["observed_t"] - rows["modelled_t"]) ** 2 / total.where(total > 0))
    return rows.assign(geh=geh.fillna(0.0))


def _beside(seen: pd.DataFrame, there: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    sides = [frame.groupby(keys)["tonnage_t"].sum().astype("float64") for frame in (seen, there)]
    rows = pd.concat(sides, axis=1, keys=["observed_t", "modelled_t"]).fillna(0.0)
    return rows.sort_index().reset_index()
