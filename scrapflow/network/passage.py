"""The arcs of a network as arrays and graphs, made once: who may be passed, and which arc stands behind a step.

Places that are not on the rails (enterprises, communities, mills, the outside) are ends of paths, never waypoints:
otherwise two access links of one factory would be a short cut between two railway lines. A mill that a world draws on
the line itself, with track on two sides, is passed like a station. Every node that is no waypoint is therefore two in
the graph: where paths end keeps its number i, where they begin is n + i. Where changing operators costs something, places
that several of them reach are more nodes still (:mod:`scrapflow.network.trackage`).
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from scrapflow.network.trackage import NO_ARC, expand

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from scipy.sparse import csr_array

    from scrapflow.network.trackage import Rights

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]

WAYPOINTS = ("station", "junction", "yard")
_ENDS = ("from_node_id", "to_node_id")


def mills_on_the_line(nodes: pd.DataFrame, arcs: pd.DataFrame) -> set[str]:
    """Return the mills where two or more rail links meet; one link is a siding, which nobody passes."""
    mills = nodes.loc[nodes["kind"] == "mill", "node_id"]
    rail = arcs[arcs["mode"] == "rail"]
    ends = pd.concat([rail[[c, "link_id"]].set_axis(["node_id", "link_id"], axis=1) for c in _ENDS])
    tracks = ends[ends["node_id"].isin(mills)].drop_duplicates()["node_id"].value_counts()
    return set(tracks.index[tracks > 1])


class Steps:
    """Which of parallel arcs stands behind an entry of a graph: the cheapest, the first of equals."""

    def __init__(self, u: Ints, v: Ints, arc: Ints, n: int) -> None:
        self._key = u * n + v
        self._arc = arc
        self._n = n

    def of(self, u: ArrayLike, v: ArrayLike) -> Ints:
        """Return the arcs from u to v."""
        key = np.asarray(u, dtype=np.int64) * self._n + np.asarray(v, dtype=np.int64)
        return self._arc[np.searchsorted(self._key, key)]


class Ways(NamedTuple):
    """A graph of costs, and the arcs behind its entries."""

    graph: csr_array
    steps: Steps


class Passage:
    """The arcs of a network, ready for searches.

    A *step* is an entry of the graph: the passing of an arc, or a change of operators at a place (``arc`` is ``NO_ARC``).
    Without rights the steps are the arcs.

    Parameters
    ----------
    nodes, arcs
        As :class:`scrapflow.network.Network` has them.
    rights
        Who may run where, if changing operators costs something.
    """

    def __init__(self, nodes: pd.DataFrame, arcs: pd.DataFrame, rights: Rights | None = None) -> None:
        self.ids = nodes["node_id"].to_numpy(dtype=object)
        self.index = pd.Index(nodes["node_id"])
        self.size = len(self.ids)
        self.xy = nodes[["x_coord", "y_coord"]].to_numpy(dtype=np.float64)
        self.tail, self.head = (self.index.get_indexer(arcs[c]).astype(np.int64) for c in _ENDS)
        self.cost, self.km = (arcs[c].to_numpy(dtype=np.float64) for c in ("cost_per_t", "length_km"))
        self.link = arcs["link_id"].to_numpy(dtype=object)
        passed = nodes["kind"].isin(WAYPOINTS) | nodes["node_id"].isin(mills_on_the_line(nodes, arcs))
        self.waypoint = passed.to_numpy(dtype=bool)
        self.expanded = None if rights is None else expand(self.tail, self.head, self.waypoint, rights)
        self._ways: dict[str, Ways] = {}

    @cached_property
    def start(self) -> Ints:
        """Where paths from each node begin in the graph, (n,)."""
        alone = self.waypoint.copy()
        if self.expanded is not None:
            alone[self.expanded.place] = False
        return np.where(alone, np.arange(self.size), self.size + np.arange(self.size))

    @cached_property
    def _ends(self) -> tuple[Ints, Ints]:
        """The nodes of the graph that each step joins."""
        if self.expanded is None:
            return self.start[self.tail], self.head
        return self.expanded.tail, self.expanded.head

    @cached_property
    def arc(self) -> Ints:
        """The arc of each step, (E,)."""
        return np.arange(len(self.tail)) if self.expanded is None else self.expanded.arc

    @cached_property
    def step_cost(self) -> Floats:
        """The cost of each step, (E,)."""
        return self.cost if self.expanded is None else self._of_steps(self.cost) + self.expanded.toll

    @cached_property
    def step_km(self) -> Floats:
        """The length of each step, (E,)."""
        return self._of_steps(self.km)

    def arcs_of(self, steps: Ints) -> Ints:
        """Return the arcs that some steps pass, in their order."""
        arcs = self.arc[steps]
        return np.asarray(arcs[arcs != NO_ARC])

    def ways(self, kept: Bools | None = None, key: str | None = "") -> Ways:
        """Return the graph over all steps, or those on the arcs ``kept``, (m,); one with a ``key`` is made once."""
        if key is not None and key in self._ways:
            return self._ways[key]
        steps = np.arange(len(self.arc)) if kept is None else np.flatnonzero((self.arc == NO_ARC) | kept[self.arc])
        u, v = self._ends
        ways = graph_of(u[steps], v[steps], self.step_cost[steps], self._count, steps)
        if key is not None:
            self._ways[key] = ways
        return ways

    def dearer(self, extra: Floats) -> Ways:
        """Return the graph over all steps where passing each arc costs so much more, (m,)."""
        return graph_of(*self._ends, self.step_cost + self._of_steps(extra), self._count)

    @property
    def _count(self) -> int:
        """How many nodes the graph has."""
        return 2 * self.size + (0 if self.expanded is None else len(self.expanded.place))

    def _of_steps(self, values: Floats) -> Floats:
        """Return numbers of arcs, (m,), by step; 0 for a step without an arc."""
        if self.expanded is None:
            return values
        return np.asarray(np.where(self.arc == NO_ARC, 0.0, values[self.arc]))


def cheapest(u: Ints, v: Ints, cost: Floats) -> Ints:
    """Return the arcs sorted by their ends; of parallel ones the cheapest, the first of equals."""
    order = np.lexsort((np.arange(len(u)), cost, v, u))
    first = np.r_[True, (np.diff(u[order]) != 0) | (np.diff(v[order]) != 0)] if len(order) else order.astype(bool)
    return order[first]


def graph_of(u: Ints, v: Ints, cost: Floats, n: int, arcs: Ints | None = None) -> Ways:
    """Return the graph of n nodes with the cheapest of parallel arcs; ``arcs`` are their numbers."""
    from scipy.sparse import csr_array

    used = cheapest(u, v, cost)
    rows = np.concatenate([[0], np.cumsum(np.bincount(u[used], minlength=n))])
    graph = csr_array((positive(cost[used]), v[used], rows), shape=(n, n))
    return Ways(graph, Steps(u[used], v[used], used if arcs is None else arcs[used], n))


def positive(cost: Floats) -> Floats:
    """Keep free passage in a sparse matrix, where a zero would read as "no arc": as the smallest positive number."""
    return np.maximum(cost, np.finfo(np.float64).tiny)
