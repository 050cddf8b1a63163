"""Access links: from where scrap arises to the yards, and from yards and mills to the rails.

A world may give these links itself; what it leaves out is drawn here, straight, to the nearest place within reach.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from scrapflow.network.snap import earth_xyz, nearest
from scrapflow.world.geodesy import geodesic_km

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.network.impedance import Transport

ORIGIN_KINDS = ("enterprise", "community")


class Catchment(NamedTuple):
    """The yards each origin can cart to, cheapest first (ties by yard id); n origins, m yards, at most k yards each.

    Attributes
    ----------
    origin_ids
        Identifiers of all placed enterprises and communities, sorted; shape (n,).
    yard_ids
        Identifiers of all yards, sorted; shape (m,).
    yard
        Positions in ``yard_ids``, -1 where there is none; shape (n, k).
    link_id
        The access link used, "" where there is none; shape (n, k).
    length_km, cost
        Length in km and generalised cost per tonne of that link, inf where there is none; shape (n, k).
    capacity_t
        Capacity of that link in t per period; shape (n, k).
    """

    origin_ids: NDArray[np.object_]
    yard_ids: NDArray[np.object_]
    yard: NDArray[np.int64]
    link_id: NDArray[np.object_]
    length_km: NDArray[np.float64]
    cost: NDArray[np.float64]
    capacity_t: NDArray[np.float64]


def missing_access(nodes: pd.DataFrame, links: pd.DataFrame, transport: Transport) -> pd.DataFrame:
    """Draw the access links that a world leaves out: origin to yards, yard and mill to a station or else a junction.

    Parameters
    ----------
    nodes
        Nodes with ``node_id, kind, x_coord, y_coord`` (degrees, EPSG:4326).
    links
        The world's own links; an end that already has a link to the right kind of place gets no other.
    transport
        Reach, circuity and number of yards.

    Returns
    -------
    DataFrame
        ``link_id, from_node_id, to_node_id, directed, mode, length_km, length_basis``, sorted by ``link_id``.
    """
    at = pd.Index(nodes["node_id"])
    ends = np.stack([at.get_indexer(links[c]) for c in ("from_node_id", "to_node_id")])
    parts = [_snap(nodes, ends, kind, "yard", transport.yard_choices, transport, mode="road") for kind in ORIGIN_KINDS]
    for kind in ("yard", "mill"):
        # A junction serves only where no station is near: trains stop at stations.
        by_station = _snap(nodes, ends, kind, "station", 1, transport, mode="access")
        at_junction = _snap(nodes, ends, kind, "junction", 1, transport, mode="access")
        reached = set(by_station["from_node_id"]) | _served(nodes, ends, "station")
        parts += [by_station, at_junction[~at_junction["from_node_id"].isin(reached)]]
    return pd.concat(parts, ignore_index=True).sort_values("link_id", ignore_index=True)


def _snap(
    nodes: pd.DataFrame,
    ends: NDArray[np.int64],
    kind: str,
    target_kind: str,
    k: int,
    transport: Transport,
    *,
    mode: str,
) -> pd.DataFrame:
    """Link each place of a kind that has no link to a target yet; ``ends`` are the places of the links' ends (2, m)."""
    x, y = (nodes[c].to_numpy(dtype=np.float64) for c in ("x_coord", "y_coord"))
    kinds, ids = (nodes[c].to_numpy(dtype=object) for c in ("kind", "node_id"))
    placed = ~(np.isnan(x) | np.isnan(y))
    served = np.isin(ids, list(_served(nodes, ends, target_kind)))
    from_, to = np.flatnonzero(placed & (kinds == kind) & ~served), np.flatnonzero(placed & (kinds == target_kind))
    to = to[np.argsort(ids[to])]
    reach = transport.reach_km / transport.circuity
    found = nearest(earth_xyz(x[from_], y[from_]), earth_xyz(x[to], y[to]), k=k, reach=reach)
    row, rank = np.nonzero(found.target >= 0)
    a, b = from_[row], to[found.target[row, rank]]
    return pd.DataFrame(
        {
            "link_id": pd.array([f"{m}>{n}" for m, n in zip(ids[a], ids[b], strict=True)], dtype="str"),
            "from_node_id": pd.array(ids[a], dtype="str"),
            "to_node_id": pd.array(ids[b], dtype="str"),
            "directed": False,
            "mode": mode,
            "length_km": geodesic_km(x[a], y[a], x[b], y[b]) * transport.circuity,
            "length_basis": "assumed",
        }
    )


def _served(nodes: pd.DataFrame, ends: NDArray[np.int64], target_kind: str) -> set[str]:
    """Return the nodes that the world itself links to a place of a kind."""
    ids, is_target = nodes["node_id"].to_numpy(dtype=object), (nodes["kind"] == target_kind).to_numpy()
    # A link may end at a node that is not there: position -1 says so.
    return {str(ids[i]) for one, other in (ends, ends[::-1]) for i in one[is_target[other] & (other >= 0)] if i >= 0}


def catchment(nodes: pd.DataFrame, arcs: pd.DataFrame) -> Catchment:
    """Rank the yards of every placed origin by the cost of the access link, ties by yard id.

    Parameters
    ----------
    nodes
        Nodes with ``node_id, kind, x_coord``.
    arcs
        Directed arcs with ``link_id, from_node_id, to_node_id, length_km, cost_per_t, capacity_t``.

    Returns
    -------
    Catchment
    """
    kinds, ids = (nodes[c].to_numpy(dtype=object) for c in ("kind", "node_id"))
    at = pd.Index(nodes["node_id"])
    start, end = (at.get_indexer(arcs[c]) for c in ("from_node_id", "to_node_id"))
    placed = nodes["x_coord"].notna().to_numpy(copy=True)
    placed[start] = True
    is_origin, is_yard = placed & np.isin(kinds, ORIGIN_KINDS), kinds == "yard"
    origins, yards = np.sort(ids[is_origin]), np.sort(ids[is_yard])
    used = is_origin[start] & is_yard[end]
    carts = arcs[used]
    o, y = np.searchsorted(origins, ids[start[used]]), np.searchsorted(yards, ids[end[used]])
    cost = carts["cost_per_t"].to_numpy(dtype=np.float64)
    order = np.lexsort((carts["link_id"].to_numpy(dtype=str), y, cost, o))
    # Of parallel links between one origin and one yard only the cheapest is used.
    first = ~pd.DataFrame({"o": o[order], "y": y[order]}).duplicated().to_numpy()
    order = order[first]
    o, y = o[order], y[order]
    rank = np.arange(len(o)) - np.searchsorted(o, o)
    k = int(rank.max()) + 1 if len(rank) else 1
    shape = (len(origins), k)
    out = Catchment(
        origins,
        yards,
        np.full(shape, -1),
        np.full(shape, "", dtype=object),
        np.full(shape, np.inf),
        np.full(shape, np.inf),
        np.full(shape, np.inf),
    )
    out.yard[o, rank] = y
    out.link_id[o, rank] = carts["link_id"].to_numpy(dtype=object)[order]
    out.length_km[o, rank] = carts["length_km"].to_numpy(dtype=np.float64)[order]
    out.cost[o, rank] = cost[order]
    out.capacity_t[o, rank] = carts["capacity_t"].to_numpy(dtype=np.float64)[order]
    return out
