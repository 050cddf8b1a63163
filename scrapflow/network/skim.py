"""Cheapest paths and the table of their costs (a skim), over the arcs of a network.

Places that are not on the rails (enterprises, communities, mills, the outside) are ends of paths, never waypoints:
otherwise two access links of one factory would be a short cut between two railway lines. A mill that a world draws on
the line itself, with track on two sides, is passed like a station.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from scrapflow.errors import AmbiguousNameError, NoPathError, UnknownNameError, did_you_mean, near

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray
    from scipy.sparse import csr_array

    from scrapflow.network.build import Network

PLACE_ORDER = ("station", "mill", "yard", "community", "enterprise", "junction")
"""What a name shared by several kinds of place means in ``path`` and ``through``."""
_WAYPOINTS = ("station", "junction", "yard")
_ENDS = ("from_node_id", "to_node_id")
_CELLS = 2**16 - 1


@dataclass(frozen=True)
class Path:
    """An ordered way through the network.

    Attributes
    ----------
    nodes, links
        Identifiers in order; there is one node more than links.
    length_km
        Length in km.
    cost
        Generalised cost in kilometre-equivalents per tonne.
    """

    nodes: list[str]
    links: list[str]
    length_km: float
    cost: float

    def __repr__(self) -> str:
        ends = f"{self.nodes[0]} → {self.nodes[-1]}"
        return f"<Path {ends}: {len(self.links)} links, {self.length_km:.1f} km, cost {self.cost:.1f}>"


def find_path(net: Network, origin: str, destination: str, *, via: Sequence[str] | str, line: str | None) -> Path:
    """Find the cheapest path; see :meth:`scrapflow.network.Network.path`."""
    via = (via,) if isinstance(via, str) else via
    arcs = net.arcs if line is None else net.arcs[_on_line(net, line)]
    stops = [_stop(net, name, arcs, line) for name in (origin, *via, destination)]
    nodes, used = [stops[0]], []
    for a, b in zip(stops, stops[1:], strict=False):  # noqa: RUF007
        rows = _leg(net, arcs, a, b)
        if rows is None:
            by = f" on line {line!r}" if line is not None else ""
            msg = f"no path from {a!r} to {b!r}{by}: the network does not connect them"
            raise NoPathError(msg)
        used.append(rows)
        nodes.extend(arcs["to_node_id"].iloc[rows])
    chosen = arcs.iloc[np.concatenate(used)] if used else arcs.iloc[:0]
    return Path(
        nodes,
        chosen["link_id"].tolist(),
        float(chosen["length_km"].sum()),
        float(chosen["cost_per_t"].sum()),
    )


def _stop(net: Network, name: str, arcs: pd.DataFrame, line: str | None) -> str:
    """Resolve a name; of several places of that name the line, if one is given, tells which is meant."""
    try:
        return net.world.names.meant(name, PLACE_ORDER).id
    except AmbiguousNameError as error:
        on_line = [c for c in error.candidates if line is not None and arcs["from_node_id"].eq(c).any()]
        if len(on_line) == 1:
            return on_line[0]
        raise


def _on_line(net: Network, line: str) -> NDArray[np.bool_]:
    """Tell the arcs that a line uses: its own, and the track it shares with others."""
    line_id = _line_id(net, line)
    shared = {ids for ids in net.arcs["also_line_ids"].unique() if line_id in ids.split("|")}
    return (net.arcs["line_id"].eq(line_id) | net.arcs["also_line_ids"].isin(shared)).to_numpy()


def _line_id(net: Network, line: str) -> str:
    known = net.arcs["line_id"]
    if (known == line).any():
        return line
    from scrapflow.world.folding import fold

    lines = net.world.lines
    for row in lines[["line_id", "name", "name_local", "aliases"]].fillna("").itertuples(index=False):
        spellings = [row.name, row.name_local, *str(row.aliases).split("|")]
        if fold(line) in {fold(s) for s in spellings if s}:  # type: ignore[arg-type]
            return str(row.line_id)
    names = sorted((set(known) | set(lines["name"].dropna())) - {""})
    hint = did_you_mean(line, names, "lines are named by line_id or by name, as in world.lines", n=3)
    msg = f"no line {line!r}; {hint}"
    raise UnknownNameError(msg, near(line, names) or names)


def _leg(net: Network, arcs: pd.DataFrame, a: str, b: str) -> NDArray[np.int64] | None:
    """Return the positions of the arcs of the cheapest path from a to b, or None."""
    from scipy.sparse.csgraph import dijkstra

    if a == b:
        return np.empty(0, dtype=np.int64)
    keep = _passable(net, arcs, a, b)
    at = pd.Index(net.nodes["node_id"])
    u, v = at.get_indexer(arcs["from_node_id"].iloc[keep]), at.get_indexer(arcs["to_node_id"].iloc[keep])
    matrix, position = _matrix(u, v, arcs["cost_per_t"].to_numpy()[keep], len(at))
    start, end = at.get_loc(a), at.get_loc(b)
    cost, before = dijkstra(matrix, indices=start, return_predecessors=True)
    if not np.isfinite(cost[end]):
        return None
    rows = []
    while end != start:
        rows.append(keep[position.of(before[end], end)])
        end = before[end]
    return np.array(rows[::-1], dtype=np.int64)


def mills_on_the_line(net: Network) -> set[str]:
    """Return the mills where two or more rail links meet; one link is a siding, which nobody passes."""
    mills = net.nodes.loc[net.nodes["kind"] == "mill", "node_id"]
    rail = net.arcs[net.arcs["mode"] == "rail"]
    ends = pd.concat([rail[[c, "link_id"]].set_axis(["node_id", "link_id"], axis=1) for c in _ENDS])
    tracks = ends[ends["node_id"].isin(mills)].drop_duplicates()["node_id"].value_counts()
    return set(tracks.index[tracks > 1])


def _passable(net: Network, arcs: pd.DataFrame, *ends: str) -> NDArray[np.int64]:
    way = set(net.nodes.loc[net.nodes["kind"].isin(_WAYPOINTS), "node_id"]) | set(ends) | mills_on_the_line(net)
    return np.flatnonzero(arcs["from_node_id"].isin(way) & arcs["to_node_id"].isin(way))


class _Position:
    """Which of parallel arcs stands behind an entry of the matrix: the cheapest, the first of equals."""

    def __init__(self, u: NDArray[np.int64], v: NDArray[np.int64], arc: NDArray[np.int64], n: int) -> None:
        self._key = u * n + v
        self._arc = arc
        self._n = n

    def of(self, u: ArrayLike, v: ArrayLike) -> NDArray[np.int64]:
        key = np.asarray(u, dtype=np.int64) * self._n + np.asarray(v, dtype=np.int64)
        return self._arc[np.searchsorted(self._key, key)]


def _cheapest(u: NDArray[np.int64], v: NDArray[np.int64], cost: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the arcs sorted by their ends; of parallel ones the cheapest, the first of equals."""
    order = np.lexsort((np.arange(len(u)), cost, v, u))
    first = np.r_[True, (np.diff(u[order]) != 0) | (np.diff(v[order]) != 0)] if len(order) else order.astype(bool)
    return order[first]


def _matrix(
    u: NDArray[np.int64], v: NDArray[np.int64], cost: NDArray[np.float64], n: int
) -> tuple[csr_array, _Position]:
    from scipy.sparse import csr_array

    arc = _cheapest(u, v, cost)
    rows = np.concatenate([[0], np.cumsum(np.bincount(u[arc], minlength=n))])
    return csr_array((_positive(cost[arc]), v[arc], rows), shape=(n, n)), _Position(u[arc], v[arc], arc, n)


def _positive(cost: NDArray[np.float64]) -> NDArray[np.float64]:
    """Keep free passage in a sparse matrix, where a zero would read as "no arc": as the smallest positive number."""
    return np.maximum(cost, np.finfo(np.float64).tiny)


class Trees(NamedTuple):
    """Cheapest ways to D destinations: ``cost`` (D, n) per tonne, inf where there is none; ``next_node`` (D, n), -1 there.

    A tree of next nodes takes the room of one number a node, where lists of paths take that of every step.
    """

    cost: NDArray[np.float64]
    next_node: NDArray[np.int32]


def trees(
    tail: NDArray[np.int64],
    head: NDArray[np.int64],
    cost: NDArray[np.float64],
    size: int,
    destinations: NDArray[np.int64],
    *,
    xy: NDArray[np.float64] | None = None,
) -> Trees:
    """Find the cheapest way from every node to each of a few destinations.

    Parameters
    ----------
    tail, head
        Ends of m arcs, positions of nodes, shape (m,).
    cost
        Cost per tonne, ≥ 0, shape (m,).
    size
        Number of nodes n.
    destinations
        Positions of D nodes.
    xy
        Coordinates of the nodes in any system, shape (n, 2): then nodes are numbered along a space-filling curve while
        the search runs (Morton 1966), so that what is near on the ground is near in memory.

    Returns
    -------
    Trees

    Examples
    --------
    >>> found = trees(np.array([0, 1]), np.array([1, 2]), np.array([5.0, 2.0]), 3, np.array([2]))
    >>> found.cost.tolist(), found.next_node.tolist()
    ([[7.0, 2.0, 0.0]], [[1, 2, -1]])
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import dijkstra

    order = np.arange(size, dtype=np.int32) if xy is None else np.argsort(_curve(xy)).astype(np.int32)
    rank = np.empty_like(order)
    rank[order] = np.arange(size, dtype=np.int32)
    # From the destinations against the arcs: there are few mills and many origins.
    u, v = rank[head], rank[tail]
    matrix = coo_array((_positive(cost), (u, v)), shape=(size, size)).tocsr()
    if matrix.nnz < len(cost):  # parallel arcs were added up
        matrix, _ = _matrix(u.astype(np.int64), v.astype(np.int64), cost, size)
    found, after = dijkstra(matrix, indices=rank[destinations], return_predecessors=True)
    if xy is None:
        return Trees(found, np.where(after < 0, -1, after).astype(np.int32))
    named = np.append(order, np.int32(-1))[np.maximum(after, -1)]
    return Trees(found[:, rank], named[:, rank])


def _curve(xy: NDArray[np.float64]) -> NDArray[np.uint32]:
    """Return the places of points on the Z-shaped curve through a grid of 2¹⁶ × 2¹⁶ cells; unplaced ones come first."""
    low, high = np.nanmin(xy, axis=0, initial=np.inf), np.nanmax(xy, axis=0, initial=-np.inf)
    span = np.where(high > low, high - low, 1.0)
    cell = np.nan_to_num((xy - np.where(np.isfinite(low), low, 0.0)) / span * _CELLS).astype(np.uint32)
    code = np.zeros(len(xy), dtype=np.uint32)
    for axis in (0, 1):
        bits = cell[:, axis]
        for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
            bits = (bits | (bits << np.uint32(shift))) & np.uint32(mask)
        code |= bits << np.uint32(axis)
    return code


def skim(net: Network, origins: Sequence[str], destinations: Sequence[str]) -> pd.DataFrame:
    """Tabulate cheapest paths between node ids; see :meth:`scrapflow.network.Network.skim`."""
    at = pd.Index(net.nodes["node_id"])
    ends = [*origins, *destinations]
    unknown = [e for e in ends if e not in at]
    if unknown:
        msg = f"no node {', '.join(map(repr, unknown))}; a skim takes node ids, net.nodes lists them"
        raise UnknownNameError(msg)
    keep = _passable(net, net.arcs, *ends)
    arcs = net.arcs.iloc[keep]
    u, v = at.get_indexer(arcs["from_node_id"]), at.get_indexer(arcs["to_node_id"])
    o, d = at.get_indexer(origins), at.get_indexer(destinations)
    cost_per_t, arc_km = (arcs[c].to_numpy(dtype=np.float64) for c in ("cost_per_t", "length_km"))
    xy = net.nodes[["x_coord", "y_coord"]].to_numpy(dtype=np.float64)
    cost, after = trees(u, v, cost_per_t, len(at), d, xy=xy)
    used = _cheapest(v, u, cost_per_t)
    position = _Position(v[used], u[used], used, len(at))
    frames = []
    for name, costs, tree, root in zip(destinations, cost, after, d, strict=True):
        km = _tree_length(tree, root, arc_km, position)
        frames.append(pd.DataFrame({"origin": origins, "destination": name, "cost": costs[o], "length_km": km[o]}))
    table = pd.concat(frames) if frames else pd.DataFrame(columns=["origin", "destination", "cost", "length_km"])
    return table.sort_values(["origin", "destination"], ignore_index=True)


def _tree_length(
    after: NDArray[np.int32], root: int, arc_km: NDArray[np.float64], position: _Position
) -> NDArray[np.float64]:
    """Add up the lengths along a tree of next nodes, for all nodes at once, by doubling the stride in each round."""
    on_tree = after >= 0
    step = np.where(on_tree, after, np.arange(len(after)))
    km = np.full(len(after), np.inf)
    km[root] = 0.0
    km[on_tree] = arc_km[position.of(after[on_tree], np.flatnonzero(on_tree))]
    while (step[step] != step).any():
        km += km[step]
        step = step[step]
    return km
