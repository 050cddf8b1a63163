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
    link_ids
        Identifiers of all links of the network.
    yard
        Positions in ``yard_ids``, -1 where there is none; shape (n, k).
    link
        The access link used, by position in ``link_ids``, -1 where there is none; shape (n, k).
    length_km, cost
        Length in km and generalised cost per tonne of that link, inf where there is none; shape (n, k).
    capacity_t
        Capacity of that link in t per period; shape (n, k).
    """

    origin_ids: NDArray[np.object_]
    yard_ids: NDArray[np.object_]
    link_ids: NDArray[np.object_]
    yard: NDArray[np.int64]
    link: NDArray[np.int64]
    length_km: NDArray[np.float64]
    cost: NDArray[np.float64]
    capacity_t: NDArray[np.float64]

    @property
    def link_id(self) -> NDArray[np.object_]:
        """Identifiers of the access links, "" where there is none; shape (n, k)."""
        return np.asarray(np.append(self.link_ids, "")[self.link], dtype=object)


class Candidates(NamedTuple):
    """The access links that could be drawn in a world, c of them, sorted by ``link_id``; which are depends on :class:`Transport`.

    Attributes
    ----------
    links
        ``link_id, from_node_id, to_node_id, directed, mode, length_km, length_basis``; lengths without circuity.
    straight_km
        Straight line between the ends, by which the nearest are chosen; shape (c,).
    rank
        How many targets of the kind are nearer; shape (c,).
    most
        How many targets the origin may have; 0: as many as ``Transport.yard_choices`` says; shape (c,).
    instead_km
        Straight line to the place of a better kind, which makes this one needless if it is in reach; shape (c,).
    reach_km, choices
        Up to where, and how many yards, candidates were looked for.
    """

    links: pd.DataFrame
    straight_km: NDArray[np.float64]
    rank: NDArray[np.int64]
    most: NDArray[np.int64]
    instead_km: NDArray[np.float64]
    reach_km: float
    choices: int

    def hold(self, transport: Transport) -> bool:
        """Tell whether all links that some assumptions would draw are among these."""
        return straight_reach(transport) <= self.reach_km and transport.yard_choices <= self.choices

    def drawn(self, transport: Transport) -> NDArray[np.bool_]:
        """Tell which of them are drawn, shape (c,)."""
        reach = straight_reach(transport)
        most = np.where(self.most > 0, self.most, transport.yard_choices)
        return np.asarray((self.straight_km <= reach) & (self.rank < most) & (self.instead_km > reach))


def straight_reach(transport: Transport) -> float:
    """Return the straight line, in km, that corresponds to the reach by road."""
    return transport.reach_km / transport.circuity


def candidates(nodes: pd.DataFrame, links: pd.DataFrame, reach_km: float, choices: int) -> Candidates:
    """Find the access links that a world leaves out: origin to yards, yard and mill to a station or else a junction.

    Parameters
    ----------
    nodes
        Nodes with ``node_id, kind, x_coord, y_coord`` (degrees, EPSG:4326).
    links
        The world's own links; an end that already has a link to the right kind of place gets no other.
    reach_km
        Longest straight line, in km.
    choices
        Most yards that an origin has.

    Returns
    -------
    Candidates
    """
    at = pd.Index(nodes["node_id"])
    ends = np.stack([at.get_indexer(links[c]) for c in ("from_node_id", "to_node_id")])
    endless = np.zeros(0)
    parts: list[tuple[_Snapped, NDArray[np.float64], int]] = [
        (_snap(nodes, ends, kind, "yard", choices, reach_km, mode="road"), endless, 0) for kind in ORIGIN_KINDS
    ]
    island = on_islands(nodes, links)
    for kind in ("yard", "mill"):
        parts += _by_rail(nodes, ends, island, kind, reach_km)
    drawn = pd.concat([part.links for part, *_ in parts], ignore_index=True)
    straight = np.concatenate([part.straight_km for part, *_ in parts])
    rank = np.concatenate([part.rank for part, *_ in parts])
    instead_km = np.concatenate([x if len(x) else np.full(len(part.rank), np.inf) for part, x, _ in parts])
    most = np.concatenate([np.full(len(part.rank), number) for part, _, number in parts])
    order = drawn["link_id"].argsort().to_numpy()
    return Candidates(
        drawn.take(order).reset_index(drop=True),
        straight[order],
        rank[order],
        most[order],
        instead_km[order],
        reach_km,
        choices,
    )


def _by_rail(
    nodes: pd.DataFrame, ends: NDArray[np.int64], island: NDArray[np.bool_], kind: str, reach_km: float
) -> list[tuple[_Snapped, NDArray[np.float64], int]]:
    """Join places of a kind to the rails: each to what it would rather have, and to the next only where that is too far.

    A junction serves only where no station is near, for trains stop at stations; an island only where nothing of the
    main network is, for no train leaves it.
    """
    tiers: list[tuple[_Snapped, NDArray[np.float64], int]] = []
    nearer = pd.Series(dtype="float64")
    joined = _served(nodes, ends, "station") | _served(nodes, ends, "junction")
    for apart in (False, True):
        for target in ("station", "junction"):
            chosen = (nodes["kind"] == target).to_numpy() & (island == apart)
            found = _snap(nodes, ends, kind, target, 1, reach_km, mode="access", among=chosen)
            found = found.where(~found.links["from_node_id"].isin(joined).to_numpy())
            place = found.links["from_node_id"].to_numpy(dtype=object)
            instead = nearer.reindex(place).to_numpy(dtype=np.float64)
            tiers.append((found, np.nan_to_num(instead, nan=np.inf), 1))
            here = pd.Series(found.straight_km, index=place)
            nearer = pd.concat([nearer, here]).groupby(level=0).min() if len(nearer) else here
    return tiers


def on_islands(nodes: pd.DataFrame, links: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell the nodes that no track joins to the main network, the part where most of it meets.

    Parameters
    ----------
    nodes
        ``node_id``, n of them.
    links
        ``from_node_id, to_node_id, mode``; roads and access links are no track.

    Examples
    --------
    >>> nodes = pd.DataFrame({"node_id": ["a", "b", "c", "d", "e"]})
    >>> links = pd.DataFrame({"from_node_id": ["a", "b", "d"], "to_node_id": ["b", "c", "e"], "mode": "rail"})
    >>> on_islands(nodes, links).tolist()
    [False, False, False, True, True]
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    at = pd.Index(nodes["node_id"])
    track = links[~links["mode"].isin(["road", "access"])]
    a, b = (at.get_indexer(track[c]) for c in ("from_node_id", "to_node_id"))
    known = (a >= 0) & (b >= 0)
    if not known.any():
        return np.zeros(len(nodes), dtype=bool)
    size = (len(nodes), len(nodes))
    _, part = connected_components(coo_array((np.ones(known.sum()), (a[known], b[known])), shape=size), directed=False)
    # Of equal parts the one of the first identifier, whatever the order of the rows.
    count = np.bincount(part[a[known]])
    largest = np.flatnonzero(count == count.max())
    ids = nodes["node_id"].to_numpy(dtype=object)
    main = min(largest.tolist(), key=lambda p: str(min(ids[part == p])))
    return np.asarray(part != main)


class _Snapped(NamedTuple):
    """Links to the nearest places of a kind, their straight lines in km, and how many places are nearer; shapes (c,)."""

    links: pd.DataFrame
    straight_km: NDArray[np.float64]
    rank: NDArray[np.int64]

    def where(self, kept: NDArray[np.bool_]) -> _Snapped:
        return _Snapped(self.links[kept], self.straight_km[kept], self.rank[kept])


def _snap(
    nodes: pd.DataFrame,
    ends: NDArray[np.int64],
    kind: str,
    target_kind: str,
    k: int,
    reach_km: float,
    *,
    mode: str,
    among: NDArray[np.bool_] | None = None,
) -> _Snapped:
    """Link each place of a kind that has no link to a target yet; ``ends`` are the places of the links' ends (2, m)."""
    x, y = (nodes[c].to_numpy(dtype=np.float64) for c in ("x_coord", "y_coord"))
    kinds, ids = (nodes[c].to_numpy(dtype=object) for c in ("kind", "node_id"))
    placed = ~(np.isnan(x) | np.isnan(y))
    served = nodes["node_id"].isin(_served(nodes, ends, target_kind)).to_numpy()
    from_, to = (
        np.flatnonzero(placed & (kinds == kind) & ~served),
        np.flatnonzero(placed & (kinds == target_kind if among is None else among)),
    )
    to = to[np.argsort(ids[to])]
    found = nearest(earth_xyz(x[from_], y[from_]), earth_xyz(x[to], y[to]), k=k, reach=reach_km)
    row, rank = np.nonzero(found.target >= 0)
    a, b = from_[row], to[found.target[row, rank]]
    frame = pd.DataFrame(
        {
            "link_id": pd.array([f"{m}>{n}" for m, n in zip(ids[a], ids[b], strict=True)], dtype="str"),
            "from_node_id": pd.array(ids[a], dtype="str"),
            "to_node_id": pd.array(ids[b], dtype="str"),
            "directed": False,
            "mode": mode,
            "length_km": geodesic_km(x[a], y[a], x[b], y[b]),
            "length_basis": "assumed",
        }
    )
    return _Snapped(frame, found.distance[row, rank], rank)


def _served(nodes: pd.DataFrame, ends: NDArray[np.int64], target_kind: str) -> set[str]:
    """Return the nodes that the world itself links to a place of a kind."""
    ids, is_target = nodes["node_id"].to_numpy(dtype=object), (nodes["kind"] == target_kind).to_numpy()
    # A link may end at a node that is not there: position -1 says so.
    return {str(ids[i]) for one, other in (ends, ends[::-1]) for i in one[is_target[other] & (other >= 0)] if i >= 0}


class Carts(NamedTuple):
    """The arcs by which something is carted to a yard, c of them, and the places at their ends.

    Attributes
    ----------
    origin_ids, yard_ids
        As in :class:`Catchment`.
    arc
        Positions of the arcs, shape (c,).
    origin, yard
        Positions of their ends in ``origin_ids`` and ``yard_ids``, shape (c,).
    order
        Place of each arc in the order of their ``link_id``, shape (c,).
    """

    origin_ids: NDArray[np.object_]
    yard_ids: NDArray[np.object_]
    arc: NDArray[np.int64]
    origin: NDArray[np.int64]
    yard: NDArray[np.int64]
    order: NDArray[np.int64]

    @staticmethod
    def of(nodes: pd.DataFrame, arcs: pd.DataFrame) -> Carts:
        """Find them.

        Parameters
        ----------
        nodes
            Nodes with ``node_id, kind, x_coord``.
        arcs
            Directed arcs with ``link_id, from_node_id, to_node_id``.
        """
        kinds, ids = (nodes[c].to_numpy(dtype=object) for c in ("kind", "node_id"))
        at = pd.Index(nodes["node_id"])
        start, end = (at.get_indexer(arcs[c]) for c in ("from_node_id", "to_node_id"))
        placed = nodes["x_coord"].notna().to_numpy(copy=True)
        placed[start] = True
        is_origin, is_yard = placed & nodes["kind"].isin(ORIGIN_KINDS).to_numpy(), kinds == "yard"
        origins, yards = np.sort(ids[is_origin]), np.sort(ids[is_yard])
        used = np.flatnonzero(is_origin[start] & is_yard[end])
        links = arcs["link_id"].to_numpy(dtype=object)[used]
        order = pd.factorize(links, sort=True)[0].astype(np.int64)
        o, y = np.searchsorted(origins, ids[start[used]]), np.searchsorted(yards, ids[end[used]])
        return Carts(origins, yards, used, o, y, order)

    def among(self, kept: NDArray[np.bool_]) -> Carts:
        """Return those that are left where only some arcs are kept, ``kept`` of shape (arcs,)."""
        here = kept[self.arc]
        arc = (np.cumsum(kept) - 1)[self.arc[here]]
        return self._replace(arc=arc, origin=self.origin[here], yard=self.yard[here], order=self.order[here])


class Way(NamedTuple):
    """What it takes to pass arcs: their link (position), length in km, cost per tonne and capacity in t a period; shapes (a,)."""

    link: NDArray[np.int64]
    length_km: NDArray[np.float64]
    cost: NDArray[np.float64]
    capacity_t: NDArray[np.float64]


def catchment(carts: Carts, link_ids: NDArray[np.object_], way: Way) -> Catchment:
    """Rank the yards of every placed origin by the cost of the access link, ties by yard id.

    Parameters
    ----------
    carts
        The arcs from origins to yards.
    link_ids
        Identifiers of the links.
    way
        What it takes to pass each arc.

    Returns
    -------
    Catchment
    """
    link, length, cost, capacity = (of_arc[carts.arc] for of_arc in way)
    order = np.lexsort((carts.order, carts.yard, cost, carts.origin))
    o, y = carts.origin[order], carts.yard[order]
    # Of parallel links between one origin and one yard only the cheapest is used.
    _, first = np.unique(o * max(len(carts.yard_ids), 1) + y, return_index=True)
    first.sort()
    order, o, y = order[first], o[first], y[first]
    rank = np.arange(len(o)) - np.searchsorted(o, o)
    k = int(rank.max()) + 1 if len(rank) else 1
    shape = (len(carts.origin_ids), k)
    ranked = Catchment(
        carts.origin_ids,
        carts.yard_ids,
        link_ids,
        np.full(shape, -1),
        np.full(shape, -1),
        np.full(shape, np.inf),
        np.full(shape, np.inf),
        np.full(shape, np.inf),
    )
    ranked.yard[o, rank] = y
    ranked.link[o, rank] = link[order]
    ranked.length_km[o, rank] = length[order]
    ranked.cost[o, rank] = cost[order]
    ranked.capacity_t[o, rank] = capacity[order]
    return ranked
