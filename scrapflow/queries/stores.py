"""The mixing stores of a run, followed period by period: where every tonne that leaves a yard arose.

Each yard is one store per material and via, because a tonne keeps both; what leaves it has the mix of what is in it
(proportional sharing, see :mod:`scrapflow.queries.trace`). Looted steel waits in a store of the community.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.queries.relays import has_relays, relayed_ends
from scrapflow.vocabulary import OWN, traced_as
from scrapflow.world.numbering import joined, numbered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from scrapflow.ledger.tables import RunTables

_LEG = ["period", "kind", "material", "via", "origin", "destination"]
_POOL = ["node_id", "material", "via"]
_BROUGHT, _TAKEN_BACK, _STORED = traced_as("bring"), traced_as("take_back"), traced_as("store")
_LEAVING = traced_as("take_back", "deliver")
_NOISE = 1e-12
"""Tonnes of a store, or parts of what is taken from it where that is less than a tonne, that are rounding."""


@dataclass(eq=False)
class _Stores:
    """Composition of every store: one row a (node, material, via), one column a node where steel arose; tonnes."""

    place: NDArray[np.int64]
    """The node of each store, as a position in the columns of ``mix``."""
    mix: csr_array

    def take(self, pool: NDArray[np.int64], tonnes: NDArray[np.float64]) -> csr_array:
        """Take tonnes out of stores, each with the mix of its store; return the mix of each withdrawal.

        What a store does not have is said to have arisen at its place.
        """
        if not len(pool):
            return self.mix[:0]
        asked = np.bincount(pool, tonnes, minlength=self.mix.shape[0])
        held = np.asarray(self.mix.sum(axis=1)).ravel()
        # Rounding may ask for a hair more than is there; a store emptied to within rounding is empty.
        share = np.divide(1.0, np.maximum(asked, held), out=np.zeros_like(held), where=asked > 0)
        share = np.where(
            (asked > 0) & (np.abs(asked - held) <= 1e-9 * held), 1.0 / np.where(asked > 0, asked, 1.0), share
        )
        taken = _one_a_row(tonnes * share[pool], pool, len(held)) @ self.mix
        lack = tonnes - np.asarray(taken.sum(axis=1)).ravel()
        unit = min(1.0, float(tonnes.max(initial=0.0)))
        lack[lack <= 1e-9 * np.maximum(tonnes, 1e-3 * unit)] = 0.0
        left = 1.0 - np.minimum(asked * share, 1.0)
        self.mix.data *= np.repeat(left, np.diff(self.mix.indptr))
        self.mix.data[np.abs(self.mix.data) < _NOISE * unit] = 0.0
        self.mix.eliminate_zeros()
        return (taken + _one_a_row(lack, self.place[pool], self.mix.shape[1])).tocsr() if lack.any() else taken.tocsr()

    def put(self, pool: NDArray[np.int64], mix: csr_array) -> None:
        """Put loads into stores, each with its own mix."""
        if len(pool):
            into = _one_a_row(np.ones(len(pool)), pool, self.mix.shape[0]).T
            self.mix = (self.mix + into @ mix).tocsr()


def _one_a_row(values: NDArray[np.float64], columns: NDArray[np.int64], width: int) -> csr_array:
    """Return a matrix with one value in each row."""
    from scipy.sparse import csr_array

    return csr_array((values, columns, np.arange(len(values) + 1)), shape=(len(values), width))


@dataclass(eq=False)
class _Course:
    """The legs of a run in codes, and what came of following them.

    Attributes
    ----------
    legs
        ``period, kind, material, via, origin, destination, tonnage_t``, n of them.
    nodes
        Identifiers of the nodes.
    pools
        ``node_id, material, via`` of the stores.
    stores
        What is in them: at first before the first period, in the end after the last.
    start, end
        Stores at the ends of each leg, shape (n,).
    """

    legs: pd.DataFrame
    nodes: pd.Index
    pools: pd.DataFrame
    stores: _Stores
    start: NDArray[np.int64]
    end: NDArray[np.int64]

    def follow(
        self, periods: Iterable[str], wanted: set[str] | None
    ) -> Iterator[tuple[NDArray[np.int64], csr_array, str]]:
        """Follow the legs; give those that end in a wanted place, where their tonnes arose, and the end that is their yard.

        Of many legs at once: positions in ``legs`` (k,), tonnes (k, nodes), and ``origin`` or ``destination``.
        """
        legs, stores = self.legs, self.stores
        labels, kind = list(periods), legs["kind"]
        period = pd.Index(labels).get_indexer(pd.Index(legs["period"]))
        tonnes = legs["tonnage_t"].to_numpy(dtype=np.float64)
        stored, brought, leaving = (kind.isin(kinds).to_numpy() for kinds in (_STORED, _BROUGHT, _LEAVING))
        own = (legs["via"] == OWN).to_numpy()
        arrives = legs["destination"].isin(wanted or set()).to_numpy()
        final = arrives if wanted is not None else ~kind.isin(_TAKEN_BACK).to_numpy()
        for i in range(len(labels)):
            now = period == i
            for coming, from_store in ((stored, False), (brought & own, False), (brought & ~own, True)):
                rows = np.flatnonzero(now & coming)
                mix = stores.take(self.start[rows], tonnes[rows]) if from_store else self._arisen(rows, tonnes[rows])
                stores.put(self.end[rows], mix)
                yield rows[arrives[rows]], mix[np.flatnonzero(arrives[rows])], "destination"
            # What goes back beyond its owner's own load, if a ledger has such rows, leaves with the mix like a train.
            rows = np.flatnonzero(now & leaving)
            mix = stores.take(self.start[rows], tonnes[rows])
            yield rows[final[rows]], mix[np.flatnonzero(final[rows])], "origin"

    def _arisen(self, rows: NDArray[np.int64], tonnes: NDArray[np.float64]) -> csr_array:
        return _one_a_row(tonnes, self.stores.place[self.start[rows]], len(self.nodes))


def delivered_by_owner(run: RunTables) -> pd.Series[float]:
    """Return the tonnes that mills received by who handed them over; looted steel is its looters'.

    Returns
    -------
    Series
        t, by ``node_id``.

    Examples
    --------
    >>> import scrapflow as sf
    >>> run = sf.run(sf.read_world("toy"))
    >>> bool(abs(delivered_by_owner(run).sum() - run.totals()["delivered_t"]) < 1e-9)
    True
    """
    nodes = run.nodes
    mills = set(nodes.loc[nodes["kind"].eq("mill"), "node_id"])
    if has_relays(run):
        return relayed_ends(run, mills).groupby("origin")["tonnage_t"].sum()
    course = _course_of(run, handed_over=True)
    sums = np.zeros(len(course.nodes))
    for _, mix, _ in course.follow(run.periods["period"], mills):
        sums += np.asarray(mix.sum(axis=0)).ravel()
    gave = sums > 0
    return pd.Series(sums[gave], index=course.nodes[gave], name="tonnage_t")


def ends_of(run: RunTables, wanted: set[str] | None) -> pd.DataFrame:
    """Follow the run and return where tonnes ended, by ``period, kind, material, via, origin, destination, yard``.

    ``wanted`` names the places whose arrivals are asked for; None means every final end.
    """
    if has_relays(run):
        return relayed_ends(run, wanted)
    course = _course_of(run)
    ends = [
        _rows(course.legs, rows, mix, course.nodes, yard=yard)
        for rows, mix, yard in course.follow(run.periods["period"], wanted)
    ]
    if wanted is None:
        ends.append(_kept(course, run.periods["period"].tolist()))
    return pd.concat(ends, ignore_index=True)


def _course_of(run: RunTables, *, handed_over: bool = False) -> _Course:
    """Return the legs of a run before the first period; ``handed_over``: what came to a looter counts as arisen there."""
    legs = run.legs_by(*_LEG)
    if handed_over:
        # A store that never got anything says that what it gives arose at its place.
        legs = legs[~legs["kind"].isin(_STORED)]
    number, first = _numbered([legs[c] for c in _LEG])
    tonnes = legs["tonnage_t"].groupby(number).sum().to_numpy()
    legs = legs.iloc[first].reset_index(drop=True).assign(tonnage_t=tonnes)
    return _opened(run, _without_carry_back(legs, run.periods["period"].tolist(), run.meta.get("return_after")))


def grade_mix(run: RunTables) -> pd.DataFrame:
    """Return the grades of what left each yard: a tonne has the mix of grades of what the yard held.

    Returns
    -------
    DataFrame
        ``period, node_id, material, via, grade, share``: shares of what left the yard by train or across the border, summing
        to 1; the grade is that of the place where the steel arose, "" where it was not judged.

    Examples
    --------
    >>> import scrapflow as sf
    >>> mix = grade_mix(sf.run(sf.read_world("toy")))
    >>> bool((mix.groupby(["period", "node_id", "material", "via"]).share.sum().sub(1).abs() < 1e-9).all())
    True
    """
    if run.meta.get("given"):
        return _own_grades(run.movements)
    nodes = run.nodes.set_index("node_id")
    yards = nodes.index[nodes["kind"] == "yard"]
    ends = ends_of(run, None)
    left = ends[ends["kind"].isin(_LEAVING) & ends["yard"].isin(yards)]
    keys = ["period", "yard", "material", "via"]
    left = left.assign(grade=left["origin"].map(nodes["grade"]).fillna("").astype("str"))
    mix = pd.DataFrame(left.groupby([*keys, "grade"], as_index=False, sort=True)["tonnage_t"].sum())
    mix["share"] = mix["tonnage_t"] / mix.groupby(keys)["tonnage_t"].transform("sum")
    mix = mix.rename(columns={"yard": "node_id"})
    return pd.DataFrame(mix[["period", "node_id", "material", "via", "grade", "share"]])


def _own_grades(moves: pd.DataFrame) -> pd.DataFrame:
    """Return no mix at all: flows that were given have grades of their own."""
    keys = moves.iloc[:0][["period", "origin", "material", "via", "grade"]].rename(columns={"origin": "node_id"})
    return keys.assign(share=pd.Series([], dtype="float64"))


def _without_carry_back(legs: pd.DataFrame, periods: list[str], return_after: int | None) -> pd.DataFrame:
    """Set each load carried back against what its owner brought, and leave only what stayed in a yard.

    ``return_after`` tells how many periods later a load goes home; a ledger that does not say so (None) is taken to
    send it home a period later if every load carried back was brought by its owner a period before.
    """
    taken_back = legs["kind"].isin(_TAKEN_BACK).to_numpy()
    if not taken_back.any():
        return legs
    step = pd.Index(periods).get_indexer(pd.Index(legs["period"]))
    bringing = legs["kind"].isin(_BROUGHT).to_numpy()
    owner, yard = (
        legs[a].where(taken_back, legs[b]) for a, b in (("destination", "origin"), ("origin", "destination"))
    )
    load, _ = _numbered([owner, yard, legs["material"], legs["via"]])
    # Loads by the period in which they were brought; one that goes back in the first has none before.
    here, before = step * (load.max() + 1) + load, (step - 1) * (load.max() + 1) + load
    tonnes = legs["tonnage_t"].to_numpy(dtype=np.float64)
    slack = 1e-9 * float(tonnes.max())
    brought, went = pd.Series(tonnes[bringing], index=here[bringing]), tonnes[taken_back]
    if return_after is None:
        there = brought.reindex(before[taken_back], fill_value=0.0).to_numpy()
        return_after = int((went - there <= slack).all())
    home = (before if return_after else here)[taken_back]
    settled = np.minimum(brought.reindex(home, fill_value=0.0).to_numpy(), went)
    net = tonnes.copy()
    net[bringing] -= pd.Series(settled, index=home).reindex(brought.index, fill_value=0.0).to_numpy()
    net[taken_back] -= settled
    return legs.assign(tonnage_t=net)[net > slack]


def _opened(run: RunTables, legs: pd.DataFrame) -> _Course:
    """Return the course of legs with what was in yards and communities before the first period."""
    from scipy.sparse import coo_array

    stores_at = run.nodes.loc[run.nodes["kind"].isin(["yard", "community"]), "node_id"]
    first = run.periods["period"].iloc[:1]
    opening = run.stocks[run.stocks["period"].isin(first) & run.stocks["node_id"].isin(stores_at)]
    community = run.nodes.loc[run.nodes["kind"] == "community", "node_id"]
    # A community's own steel needs no store: it arises where it is handed over.
    opening = opening[(opening["opening_t"] > 0) & ~(opening["node_id"].isin(community) & opening["via"].eq("own"))]
    ends = [legs[[end, "material", "via"]].set_axis(_POOL, axis=1) for end in ("origin", "destination")]
    stacked = pd.concat([*ends, opening[_POOL]], ignore_index=True)
    pool, first_row = _numbered([stacked[c] for c in _POOL])
    pools = stacked.iloc[first_row].reset_index(drop=True)
    nodes = pd.Index(run.nodes["node_id"])
    place = nodes.get_indexer(pools["node_id"])
    start, end, held = np.split(pool, [len(legs), 2 * len(legs)])
    at = (held, place[held])
    mix = coo_array((opening["opening_t"].to_numpy(), at), shape=(len(pools), len(nodes)), dtype=np.float64)
    return _Course(legs, nodes, pools, _Stores(place, mix.tocsr()), start, end)


def _numbered(columns: list[pd.Series[str]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give each row a number by its values, in their order; return the numbers, and the first row of each."""
    number = joined([numbered(column)[0] for column in columns])
    _, first, numbers = np.unique(number, return_index=True, return_inverse=True)
    return numbers.astype(np.int64), first.astype(np.int64)


def _rows(legs: pd.DataFrame, rows: NDArray[np.int64], mix: csr_array, nodes: pd.Index, *, yard: str) -> pd.DataFrame:
    """Return one row per leg and place of origin."""
    cells = mix.tocoo()
    legs = legs.iloc[rows[cells.row]]
    told: dict[str, Any] = {c: legs[c].to_numpy() for c in ("period", "kind", "material", "via", "destination")}
    return pd.DataFrame(
        {**told, "origin": nodes.to_numpy()[cells.col], "yard": legs[yard].to_numpy(), "tonnage_t": cells.data}
    )


def _kept(course: _Course, periods: list[str]) -> pd.DataFrame:
    """Return what yards and communities still hold of what came in; mills and owners are ends of their own."""
    rest = course.stores.mix.tocoo()
    place, material, via = (course.pools[c].to_numpy()[rest.row] for c in _POOL)
    return pd.DataFrame(
        {
            "period": periods[-1] if periods else "",
            "kind": "kept",
            "material": material,
            "via": via,
            "destination": place,
            "origin": course.nodes.to_numpy()[rest.col],
            "yard": place,
            "tonnage_t": rest.data,
        }
    )
