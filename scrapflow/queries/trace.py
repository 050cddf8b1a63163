"""Where the steel arose and where it ended up: legs joined through yards that mix and keep stock.

A leg says from which yard a mill was served, not whose machines the yard had. Tracing follows the origins through the
stock of every yard, period by period, with *proportional sharing*: what leaves a store has the mix of what is in it
(Bialek 1996, *Tracing the flow of electricity*, IEE Proceedings 143; in material-flow analysis the perfectly mixed
stock, Brunner and Rechberger 2016). Material and ``via`` are labels that a tonne keeps, so each yard is one store per
material and via. Within a period the order is: looting, hand-over, carry-back, trains.

Three rules fill what mixing leaves open. A looted tonne arose at the enterprise it was looted from. A load that is
carried back is its owner's own and was never on a train: it is taken off what the owner brought in the same period, or
in the period before where loads go home one period later. Tonnes that were in a yard before the first period arose
there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.errors import UnknownNameError
from scrapflow.queries.flows import Flows
from scrapflow.queries.groupers import Column, Columns
from scrapflow.queries.selectors import FROM_ORDER, TO_ORDER
from scrapflow.vocabulary import OWN, traced_as

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from scrapflow.ledger.tables import RunTables
    from scrapflow.queries.query_context import QueryContext
    from scrapflow.queries.selectors import When
    from scrapflow.world.names import Match

_LEG = ["period", "kind", "material", "via", "origin", "destination"]
_POOL = ["node_id", "material", "via"]
_WORDS = ("period", "kind", "material", "via", "origin", "destination", "yard")
_BROUGHT, _TAKEN_BACK, _STORED = traced_as("bring"), traced_as("take_back"), traced_as("store")
_LEAVING = traced_as("take_back", "deliver")
_NOISE_T = 1e-12


def trace(
    run: RunTables,
    *,
    to: str | Sequence[str] | None = None,
    from_: str | Sequence[str] | None = None,
    by: Sequence[str] | str = ("region",),
    during: When | None = None,
) -> pd.DataFrame:
    """Trace tonnes from where they arose to where they ended, through the mixing stocks of the yards.

    Parameters
    ----------
    run
        A run.
    to
        Where the tonnes arrived: a mill; a region, meaning its mills; a yard or a community, meaning what it took in
        for good; ``"outside"``; or several of these. None: every end, namely mills, ``outside`` and what yards and communities still hold.
    from_
        Where the tonnes arose: an enterprise, a community, a region; or a yard, meaning what passed through it; or several.
    by
        Words to group by: ``origin`` (where it arose), ``region, sector, name`` … of the origin, ``destination`` and
        ``destination_region`` … of the end, ``yard`` and ``yard_region`` … of the yard it passed, ``material, via,
        period`` (of arrival) and ``kind`` (``shipped, leaked, kept``; ``carted`` or ``looted`` into a place asked for).
    during
        Periods of arrival, as for ``Flows.during``; stock from earlier periods counts where it arrives.

    Returns
    -------
    DataFrame
        The columns asked for, ``tonnage_t`` and ``share`` of the traced total (sums to 1), largest first, ties by name.

    Raises
    ------
    UnknownNameError, AmbiguousNameError
        If a place or a word means nothing, or two places of one kind.

    Examples
    --------
    >>> import scrapflow as sf
    >>> run = sf.run(sf.read_world("toy"))
    >>> mix = sf.trace(run, to="Near Mill", by=["material", "region"])
    >>> bool(abs(mix.tonnage_t.sum() - run.flows.to("Near Mill").total_t) < 1e-9)
    True
    """
    flows = Flows.of_run(run)
    context = flows.context
    words = [by] if isinstance(by, str) else list(dict.fromkeys(by))
    columns = [_word(w, context.columns) for w in words]
    targets = [run.names.meant(name, TO_ORDER) for name in _listed(to)]
    origins = [run.names.meant(name, FROM_ORDER) for name in _listed(from_)]
    periods = None if during is None else set(flows.find_periods(during))
    ends = _ends(run, _wanted(context, targets) if targets else None)
    if origins:
        yards = [o.id for o in origins if o.kind == "yard"]
        places = [place for o in origins if o.kind != "yard" for place in _places(context, o)]
        ends = ends[ends["yard"].isin(yards) | ends["origin"].isin(places)]
    if periods is not None:
        ends = ends[ends["period"].isin(periods)]
    return _grouped(ends, columns, run.nodes)


def _listed(names: str | Sequence[str] | None) -> list[str]:
    return [] if names is None else [names] if isinstance(names, str) else list(names)


def _wanted(context: QueryContext, targets: Sequence[Match]) -> set[str]:
    """Return the places whose arrivals are asked for; of a region, its mills."""
    nodes = context.run.nodes
    mills = set(nodes.loc[nodes["kind"].eq("mill"), "node_id"])
    return {p for t in targets for p in ((mills & set(_places(context, t))) if t.kind == "region" else {t.id})}


def _places(context: QueryContext, match: Match) -> list[str]:
    return context.region_nodes(match.id) if match.kind == "region" else [match.id]


def _word(word: str, columns: Columns) -> Column:
    if word in _WORDS:
        return Column(word, "m", word, text=True)
    if word.startswith("yard_"):
        return columns.find(f"origin_{word.removeprefix('yard_')}")._replace(name=word, table="y")
    found = columns.find(word)
    if found.table not in "od":
        msg = f"a trace cannot be grouped by {word!r}; use {', '.join(_WORDS)} or a column of a place"
        raise UnknownNameError(msg, list(_WORDS))
    return found


def _grouped(ends: pd.DataFrame, columns: list[Column], nodes: pd.DataFrame) -> pd.DataFrame:
    places = nodes.set_index("node_id")
    key_of = {"o": "origin", "d": "destination", "y": "yard"}
    out = pd.DataFrame(index=ends.index)
    for c in columns:
        values = ends[c.source] if c.table == "m" else ends[key_of[c.table]].map(places[c.source])
        out[c.name] = values.fillna("") if c.text else values
    names = [c.name for c in columns]
    out = out.assign(tonnage_t=ends["tonnage_t"])
    if names:
        out = pd.DataFrame(out.groupby(names, as_index=False, sort=True, dropna=False)["tonnage_t"].sum())
    else:
        out = pd.DataFrame({"tonnage_t": [out["tonnage_t"].sum()]})
    out = out.sort_values(["tonnage_t", *names], ascending=[False, *[True] * len(names)], ignore_index=True)
    total = out["tonnage_t"].sum()
    return out.assign(share=out["tonnage_t"] / total if total > 0 else out["tonnage_t"])


@dataclass
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
    return _ends(run, mills, handed_over=True).groupby("origin")["tonnage_t"].sum()


def _ends(run: RunTables, wanted: set[str] | None, *, handed_over: bool = False) -> pd.DataFrame:
    """Follow the run and return where tonnes ended, by ``period, kind, material, via, origin, destination, yard``.

    ``wanted`` names the places whose arrivals are asked for; None means every final end. ``handed_over``: what came to
    a looter counts as arisen there.
    """
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
