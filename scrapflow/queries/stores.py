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

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from scrapflow.ledger.tables import RunTables

_LEG = ["period", "kind", "material", "via", "origin", "destination"]
_POOL = ["node_id", "material", "via"]
_BROUGHT, _TAKEN_BACK, _STORED = traced_as("bring"), traced_as("take_back"), traced_as("store")
_LEAVING = traced_as("take_back", "deliver")
_NOISE_T = 1e-12


@dataclass(eq=False)
class _Stores:
    """Composition of every store: one row a (node, material, via), one column a node where steel arose; tonnes."""

    pools: pd.MultiIndex
    nodes: pd.Index
    mix: csr_array

    def pool(self, frame: pd.DataFrame, end: str) -> NDArray[np.int64]:
        return self.pools.get_indexer(pd.MultiIndex.from_frame(frame[[end, "material", "via"]]))

    def add(self, pool: NDArray[np.int64], arose: pd.Series[str], tonnes: NDArray[np.float64]) -> None:
        from scipy.sparse import coo_array

        at = (pool, self.nodes.get_indexer(pd.Index(arose)))
        self.mix = self.mix + coo_array((tonnes, at), shape=self.mix.shape).tocsr()

    def take(self, pool: NDArray[np.int64], tonnes: NDArray[np.float64]) -> csr_array:
        """Take tonnes out of stores, each with the mix of its store; return the mix of each withdrawal.

        What a store does not have is said to have arisen at its place.
        """
        from scipy.sparse import coo_array, diags_array

        asked = np.bincount(pool, tonnes, minlength=self.mix.shape[0])
        held = np.asarray(self.mix.sum(axis=1)).ravel()
        # Rounding may ask for a hair more than is there; a store emptied to within rounding is empty.
        share = np.divide(1.0, np.maximum(asked, held), out=np.zeros_like(held), where=asked > 0)
        share = np.where(
            (asked > 0) & (np.abs(asked - held) <= 1e-9 * held), 1.0 / np.where(asked > 0, asked, 1.0), share
        )
        rows = np.arange(len(pool))
        weight = coo_array((tonnes * share[pool], (rows, pool)), shape=(len(pool), len(held))).tocsr()
        taken = weight @ self.mix
        lack = tonnes - np.asarray(taken.sum(axis=1)).ravel()
        short = lack > 1e-9 * np.maximum(tonnes, 1e-3)
        place = self.nodes.get_indexer(self.pools.get_level_values(0)[pool])
        own = coo_array((lack[short], (rows[short], place[short])), shape=taken.shape)
        self.mix = (diags_array(1.0 - np.minimum(asked * share, 1.0)) @ self.mix).tocsr()
        self.mix.data[np.abs(self.mix.data) < _NOISE_T] = 0.0
        self.mix.eliminate_zeros()
        return (taken + own.tocsr()).tocsr()


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
    return ends_of(run, mills, handed_over=True).groupby("origin")["tonnage_t"].sum()


def ends_of(run: RunTables, wanted: set[str] | None, *, handed_over: bool = False) -> pd.DataFrame:
    """Follow the run and return where tonnes ended, by ``period, kind, material, via, origin, destination, yard``.

    ``wanted`` names the places whose arrivals are asked for; None means every final end. ``handed_over``: what came to
    a looter counts as arisen there.
    """
    if has_relays(run):
        return relayed_ends(run, wanted)
    legs = pd.DataFrame(run.movements.groupby(_LEG, as_index=False, sort=True)["tonnage_t"].sum())
    if handed_over:
        # A store that never got anything says that what it gives arose at its place.
        legs = legs[~legs["kind"].isin(_STORED)]
    legs = _without_carry_back(legs, run.periods["period"].tolist(), run.meta.get("return_after"))
    stores = _opened(run, legs)
    ends: list[pd.DataFrame] = []
    months = dict(iter(legs.groupby("period")))
    for period in run.periods["period"]:
        month = months.get(period, legs.iloc[:0])
        stored, brought = (month[month["kind"].isin(kinds)] for kinds in (_STORED, _BROUGHT))
        ends.append(_arrive(stores, stored, wanted))
        own = brought["via"] == OWN
        ends.append(_arrive(stores, brought[own], wanted))
        ends.append(_arrive(stores, brought[~own], wanted, from_store=True))
        # What goes back beyond its owner's own load, if a ledger has such rows, leaves with the mix like a train.
        leaving = month[month["kind"].isin(_LEAVING)]
        mix = stores.take(stores.pool(leaving, "origin"), leaving["tonnage_t"].to_numpy())
        final = ~leaving["kind"].isin(_TAKEN_BACK) if wanted is None else leaving["destination"].isin(wanted)
        ends.append(_rows(leaving, mix, final.to_numpy(), stores.nodes, yard="origin"))
    if wanted is None:
        ends.append(_kept(stores, run.periods["period"].tolist()))
    return pd.concat(ends, ignore_index=True)


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
    back = legs[taken_back]
    if back.empty:
        return legs
    order = {p: i for i, p in enumerate(periods)}
    bringing = legs["kind"].isin(_BROUGHT).to_numpy()
    brought = _by_owner(legs[bringing], order, owner="origin", yard="destination")
    same = _by_owner(back, order, owner="destination", yard="origin")
    before = _by_owner(back, {p: i - 1 for p, i in order.items()}, owner="destination", yard="origin")
    slack = 1e-9 * max(1.0, float(legs["tonnage_t"].max()))
    if return_after is None:
        return_after = int((before - brought.reindex(before.index, fill_value=0.0) <= slack).all())
    went = before if return_after else same
    settled = pd.Series(np.minimum(brought.reindex(went.index, fill_value=0.0), went), index=went.index)
    net = legs["tonnage_t"].to_numpy(dtype=np.float64).copy()
    net[bringing] -= settled.reindex(brought.index, fill_value=0.0).to_numpy()
    net[taken_back] -= settled.to_numpy()
    return legs.assign(tonnage_t=net)[net > slack]


def _by_owner(legs: pd.DataFrame, order: dict[str, int], *, owner: str, yard: str) -> pd.Series[float]:
    """Return tonnes by step in time, owner, yard, material and via, in the order of the rows."""
    step = legs["period"].map(order).to_numpy(dtype=np.int64)
    keys = [step, legs[owner].to_numpy(), legs[yard].to_numpy(), legs["material"].to_numpy(), legs["via"].to_numpy()]
    return pd.Series(legs["tonnage_t"].to_numpy(dtype=np.float64), index=pd.MultiIndex.from_arrays(keys))


def _opened(run: RunTables, legs: pd.DataFrame) -> _Stores:
    """Return the stores with what was in yards and communities before the first period."""
    from scipy.sparse import csr_array

    stores_at = run.nodes.loc[run.nodes["kind"].isin(["yard", "community"]), "node_id"]
    first = run.periods["period"].iloc[:1]
    opening = run.stocks[run.stocks["period"].isin(first) & run.stocks["node_id"].isin(stores_at)]
    community = run.nodes.loc[run.nodes["kind"] == "community", "node_id"]
    # A community's own steel needs no store: it arises where it is handed over.
    opening = opening[(opening["opening_t"] > 0) & ~(opening["node_id"].isin(community) & opening["via"].eq("own"))]
    ends = [legs[[end, "material", "via"]].set_axis(_POOL, axis=1) for end in ("origin", "destination")]
    pools = pd.MultiIndex.from_frame(pd.concat([*ends, opening[_POOL]]).drop_duplicates().sort_values(_POOL))
    nodes = pd.Index(run.nodes["node_id"])
    stores = _Stores(pools, nodes, csr_array((len(pools), len(nodes)), dtype=np.float64))
    stores.add(stores.pool(opening, "node_id"), opening["node_id"], opening["opening_t"].to_numpy())
    return stores


def _arrive(stores: _Stores, legs: pd.DataFrame, wanted: set[str] | None, *, from_store: bool = False) -> pd.DataFrame:
    """Bring legs into the stores they end in and return those that end in a wanted place."""
    from scipy.sparse import coo_array

    tonnes = legs["tonnage_t"].to_numpy()
    if from_store:
        mix = stores.take(stores.pool(legs, "origin"), tonnes)
    else:
        at = (np.arange(len(legs)), stores.nodes.get_indexer(pd.Index(legs["origin"])))
        mix = coo_array((tonnes, at), shape=(len(legs), len(stores.nodes))).tocsr()
    at = (stores.pool(legs, "destination"), np.arange(len(legs)))
    into = coo_array((np.ones(len(legs)), at), shape=(len(stores.pools), len(legs))).tocsr()
    stores.mix = (stores.mix + into @ mix).tocsr()
    asked = legs["destination"].isin(wanted or set()).to_numpy()
    return _rows(legs, mix, asked, stores.nodes, yard="destination")


def _rows(legs: pd.DataFrame, mix: csr_array, chosen: NDArray[np.bool_], nodes: pd.Index, *, yard: str) -> pd.DataFrame:
    """Return one row per leg and place of origin."""
    picked = mix[np.flatnonzero(chosen)].tocoo()
    legs = legs[chosen].iloc[picked.row]
    out: dict[str, Any] = {c: legs[c].to_numpy() for c in ("period", "kind", "material", "via", "destination")}
    return pd.DataFrame(
        {**out, "origin": nodes.to_numpy()[picked.col], "yard": legs[yard].to_numpy(), "tonnage_t": picked.data}
    )


def _kept(stores: _Stores, periods: list[str]) -> pd.DataFrame:
    """Return what yards and communities still hold of what came in; mills and owners are ends of their own."""
    rest = stores.mix.tocoo()
    place, material, via = (stores.pools.get_level_values(i).to_numpy()[rest.row] for i in range(3))
    return pd.DataFrame(
        {
            "period": periods[-1] if periods else "",
            "kind": "kept",
            "material": material,
            "via": via,
            "destination": place,
            "origin": stores.nodes.to_numpy()[rest.col],
            "yard": place,
            "tonnage_t": rest.data,
        }
    )
