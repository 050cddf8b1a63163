"""Paths from origin to destination: flows taken apart, and assignments made of shortest paths.

Link flows have many decompositions into paths; this one is deterministic and has no cycles. Origins are taken in
input order, and each follows the first link, in input order, that still has tonnes to explain. Every step uses up a
link, an origin or a destination, so there are at most as many paths as there are of these (Ahuja, Magnanti & Orlin
1993, *Network Flows*, theorem 3.5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Number = TypeVar("Number", Floats, Ints)


@dataclass(frozen=True, eq=False)
class Paths:
    """Paths of one period: ``links[k]`` leads from ``origin[k]`` to ``destination[k]`` and carries ``tonnage[k]``."""

    origin: list[int]
    destination: list[int]
    tonnage: list[float]
    links: list[tuple[int, ...]]


def acyclic(size: int, tail: Ints, head: Ints, flow: Number, least: Number | None = None) -> Number:
    """Return the flow with all cycles taken out: the same tonnes between the same nodes, on fewer links.

    Parameters
    ----------
    size
        Number of nodes.
    tail, head, flow
        Arcs and what they carry.
    least
        What must stay on each arc (lower bounds); default nothing.

    Examples
    --------
    >>> acyclic(2, np.array([0, 1]), np.array([1, 0]), np.array([3.0, 1.0])).tolist()
    [2.0, 0.0]
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    rest = flow.copy() if least is None else flow - least
    live = np.flatnonzero(rest > 0)
    if not len(live):
        return flow
    graph = csr_array((np.ones(len(live), dtype=np.int8), (tail[live], head[live])), shape=(size, size))
    _, part = connected_components(graph, connection="strong")
    inner = live[part[tail[live]] == part[head[live]]]
    if not len(inner):
        return flow
    taken = rest.copy()
    out: dict[int, list[int]] = {}
    for e in inner[::-1].tolist():
        out.setdefault(int(tail[e]), []).append(e)
    for start in sorted(out):
        while _take_cycle(start, out, head, rest):
            pass
    return flow - (taken - rest)


def _take_cycle(start: int, out: dict[int, list[int]], head: Ints, rest: Floats | Ints) -> bool:
    """Walk from ``start`` until a node repeats and take that cycle out; False when nothing leaves ``start``."""
    trail: list[int] = []
    place = {start: 0}
    node = start
    while True:
        links = out.get(node, [])
        while links and rest[links[-1]] <= 0:
            links.pop()
        if not links:
            # A dead end: the link that led here is in no cycle any more.
            if not trail:
                return False
            e = trail.pop()
            del place[node]
            node = next(v for v, k in place.items() if k == len(trail))
            out[node].remove(e)
            continue
        e = links[-1]
        trail.append(e)
        node = int(head[e])
        if node in place:
            cycle = trail[place[node] :]
            rest[cycle] -= rest[cycle].min()
            return True
        place[node] = len(trail)


def decompose(size: int, tail: Ints, head: Ints, flow: Floats, noise: float) -> Paths:
    """Return paths that sum to the flow, cycles apart.

    Parameters
    ----------
    size
        Number of nodes.
    tail, head, flow
        Links of one period and what they carry. A node that sends more than it receives is an origin, one that
        receives more a destination.
    noise
        Tonnes below which a remainder is float noise.

    Examples
    --------
    >>> p = decompose(3, np.array([0, 1]), np.array([1, 2]), np.array([5.0, 3.0]), 0.0)
    >>> p.links, p.tonnage, p.destination
    ([(0,), (0, 1)], [2.0, 3.0], [1, 2])
    """
    flow = acyclic(size, tail, head, flow)
    live = np.flatnonzero(flow > noise)
    net = np.bincount(tail[live], flow[live], size) - np.bincount(head[live], flow[live], size)
    rest, wanted = flow.tolist(), (-net).tolist()
    order = live[np.argsort(tail[live], kind="stable")]
    edges = np.searchsorted(tail[order], np.arange(size + 1)).tolist()
    leaving, heads = order.tolist(), head.tolist()
    nxt = edges[:size]
    paths = Paths([], [], [], [])
    for origin in np.flatnonzero(net > noise).tolist():
        amount = -wanted[origin]
        while amount > noise:
            path: list[int] = []
            node, most = origin, amount
            while not (wanted[node] > noise and path):
                while nxt[node] < edges[node + 1] and rest[leaving[nxt[node]]] <= noise:
                    nxt[node] += 1
                if nxt[node] == edges[node + 1]:
                    break
                e = leaving[nxt[node]]
                path.append(e)
                most = min(most, rest[e])
                node = heads[e]
            if wanted[node] > noise:
                most = min(most, wanted[node])
            if not path:
                break
            for e in path:
                rest[e] -= most
            wanted[node] -= most
            amount -= most
            paths.origin.append(origin)
            paths.destination.append(node)
            paths.tonnage.append(most)
            paths.links.append(tuple(path))
    return paths
