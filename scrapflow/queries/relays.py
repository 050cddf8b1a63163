"""Tracing where places that receive send on: flows that were given need not stop at the first yard or mill.

Every place is one mixed store a material and via. Within a period all that comes in, was there and arises at a place
leaves and stays in the same mix, so that loops need no order: one sparse linear system a period, as in
:mod:`scrapflow.queries.proportional_sharing` (Bialek 1996), with the stock of the period before as a further source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.vocabulary import traced_as

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from scrapflow.ledger.tables import RunTables

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_LEG = ["period", "kind", "material", "via", "origin", "destination"]
_POOL = ["material", "via", "node_id"]
_LEAST = 1e-9
"""A smaller part of what passes a place is rounding."""
_BATCH = 256


def has_relays(run: RunTables) -> bool:
    """Tell whether a place that trains reach sends anything on, which no campaign lets a mill do.

    Examples
    --------
    >>> import scrapflow as sf
    >>> has_relays(sf.run(sf.read_world("toy")))
    False
    """
    if not run.meta.get("given"):
        return False
    moves = run.legs_by("kind", "origin", "destination")
    delivered = moves.loc[moves["kind"].isin(traced_as("deliver")), "destination"]
    return bool(moves["origin"].isin(delivered.unique()).any())


def relayed_ends(run: RunTables, wanted: set[str] | None) -> pd.DataFrame:
    """Follow given flows and return where tonnes ended, as :func:`scrapflow.queries.stores.ends_of` does.

    Of a place that is asked for, all that came to it; else what came to places that send nothing on, and what the
    others hold at the end.
    """
    from scipy.sparse import csr_array

    legs = pd.DataFrame(run.legs_by(*_LEG).groupby(_LEG, as_index=False, sort=True)["tonnage_t"].sum())
    ends = [legs[[*_POOL[:2], c]].set_axis(_POOL, axis=1) for c in ("origin", "destination")]
    pools = pd.MultiIndex.from_frame(pd.concat(ends).drop_duplicates().sort_values(_POOL))
    place = pools.get_level_values("node_id")
    nodes = pd.Index(sorted(set(place)))
    of_pool = nodes.get_indexer(place)
    a, b = (
        pools.get_indexer(pd.MultiIndex.from_frame(legs[["material", "via", c]])) for c in ("origin", "destination")
    )
    tonnes, period = legs["tonnage_t"].to_numpy(), legs["period"].to_numpy(dtype=object)
    final = ~legs["destination"].isin(set(legs["origin"])) if wanted is None else legs["destination"].isin(wanted)
    held: csr_array = csr_array((len(pools), len(nodes)))
    rows = []
    for label in run.periods["period"]:
        now = np.flatnonzero(period == label)
        mix, stays = _mixed(a[now], b[now], tonnes[now], held, of_pool)
        chosen = now[final.to_numpy()[now]]
        rows.append(_told(legs.iloc[chosen], mix[a[chosen]] * tonnes[chosen][:, None], nodes))
        held = (mix * stays[:, None]).tocsr()
    if wanted is None:
        sends = np.isin(place.to_numpy(), legs["origin"].unique())
        kept = pools[sends].to_frame(index=False).rename(columns={"node_id": "destination"})
        last = run.periods["period"].iloc[-1] if len(run.periods) else ""
        kept = kept.assign(period=last, kind="kept", origin=kept["destination"])
        rows.append(_told(kept, held[np.flatnonzero(sends)], nodes))
    return pd.concat(rows, ignore_index=True)


def _mixed(a: Ints, b: Ints, tonnes: Floats, held: csr_array, of_pool: Ints) -> tuple[csr_array, Floats]:
    """Return the mix of each pool in one period, (pools × nodes), rows summing to 1, and what stays in it, t."""
    from scipy.sparse import coo_array, csr_array, eye_array
    from scipy.sparse.csgraph import connected_components
    from scipy.sparse.linalg import splu

    n = len(of_pool)
    out, into = np.bincount(a, tonnes, minlength=n), np.bincount(b, tonnes, minlength=n)
    opening = np.asarray(held.sum(axis=1)).ravel()
    arising = np.maximum(0.0, out - opening - into)
    through = opening + into + arising
    arising[arising <= _LEAST * through] = 0.0
    # Tonnes that only go round have no source: each place is said to have had its own.
    count, part = connected_components(coo_array((np.ones(len(a)), (a, b)), shape=(n, n)), directed=False)
    fed = np.bincount(part, weights=opening + arising, minlength=count) > 0
    live = fed[part]
    ways = live[a]
    share = tonnes[ways] / through[a[ways]]
    system = eye_array(n, format="csc") - coo_array((share, (b[ways], a[ways])), shape=(n, n)).tocsc()
    own = np.where(live, arising, through)
    source = (held + coo_array((own, (np.arange(n), of_pool)), shape=held.shape)).tocsc()
    used = np.flatnonzero(np.diff(source.indptr))
    solver, parts = splu(system.tocsc()), []
    for start in range(0, len(used), _BATCH):
        solved = solver.solve(source[:, used[start : start + _BATCH]].toarray())
        solved[solved < _LEAST * through[:, None]] = 0.0
        parts.append(coo_array(solved))
    mix = csr_array(held.shape)
    if parts:
        row = np.concatenate([p.row for p in parts])
        column = used[np.concatenate([p.col + i * _BATCH for i, p in enumerate(parts)])]
        mix = csr_array((np.concatenate([p.data for p in parts]), (row, column)), shape=held.shape)
    sums = np.asarray(mix.sum(axis=1)).ravel()
    mix = mix * np.divide(1.0, sums, out=np.zeros(n), where=sums > 0)[:, None]
    return mix.tocsr(), np.maximum(0.0, through - out)


def _told(legs: pd.DataFrame, mix: csr_array, nodes: pd.Index) -> pd.DataFrame:
    """Return one row per leg and place of origin."""
    picked = mix.tocoo()
    picked_legs = legs.iloc[picked.row]
    columns = ("period", "kind", "material", "via", "destination")
    told = {c: picked_legs[c].to_numpy() for c in columns}
    told |= {"origin": nodes.to_numpy()[picked.col], "yard": picked_legs["origin"].to_numpy()}
    return pd.DataFrame(told).assign(tonnage_t=picked.data)
