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
    """Draw the access links that a world leaves out: origin to yards, yard to station, mill to station.

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
    parts = [
        _snap(nodes, links, (kind,), "yard", transport.yard_choices, transport, mode="road") for kind in ORIGIN_KINDS
    ]
    parts += [_snap(nodes, links, (kind,), "station", 1, transport, mode="access") for kind in ("yard", "mill")]
    return pd.concat(parts, ignore_index=True).sort_values("link_id", ignore_index=True)


def _snap(
    nodes: pd.DataFrame,
    links: pd.DataFrame,
    kinds: tuple[str, ...],
    target_kind: str,
    k: int,
    transport: Transport,
    *,
    mode: str,
) -> pd.DataFrame:
    placed = nodes["x_coord"].notna() & nodes["y_coord"].notna()
    targets = nodes[placed & (nodes["kind"] == target_kind)].sort_values("node_id")
    served = _linked_to(links, set(nodes.loc[nodes["kind"] == target_kind, "node_id"]))
    ends = nodes[placed & nodes["kind"].isin(kinds) & ~nodes["node_id"].isin(served)]
    found = nearest(
        earth_xyz(ends["x_coord"], ends["y_coord"]),
        earth_xyz(targets["x_coord"], targets["y_coord"]),
        k=k,
        reach=transport.reach_km / transport.circuity,
    )
    row, rank = np.nonzero(found.target >= 0)
    a, b = ends.iloc[row], targets.iloc[found.target[row, rank]]
    straight = geodesic_km(a["x_coord"], a["y_coord"], b["x_coord"], b["y_coord"])
    return pd.DataFrame(
        {
            "link_id": [f"{x}>{y}" for x, y in zip(a["node_id"], b["node_id"], strict=True)],
            "from_node_id": a["node_id"].to_numpy(),
            "to_node_id": b["node_id"].to_numpy(),
            "directed": False,
            "mode": mode,
            "length_km": straight * transport.circuity,
            "length_basis": "assumed",
        }
    )


def _linked_to(links: pd.DataFrame, targets: set[str]) -> set[str]:
    forward = links["to_node_id"].isin(targets)
    backward = links["from_node_id"].isin(targets)
    return set(links.loc[forward, "from_node_id"]) | set(links.loc[backward, "to_node_id"])


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
    placed = nodes["x_coord"].notna() | nodes["node_id"].isin(arcs["from_node_id"])
    origins = np.sort(nodes.loc[placed & nodes["kind"].isin(ORIGIN_KINDS), "node_id"].to_numpy(dtype=object))
    yards = np.sort(nodes.loc[nodes["kind"] == "yard", "node_id"].to_numpy(dtype=object))
    carts = arcs[arcs["from_node_id"].isin(origins) & arcs["to_node_id"].isin(yards)]
    o = np.searchsorted(origins, carts["from_node_id"].to_numpy(dtype=object))
    y = np.searchsorted(yards, carts["to_node_id"].to_numpy(dtype=object))
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
