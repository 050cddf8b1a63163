"""Paths of equal cost from origins to destinations: how many there are, what an equal split puts on links, and which.

An equal split over all paths of least cost needs no list of them. If N(v) paths lead from v to the destination, a tonne at
u goes on to v with chance N(v) / N(u) and has then taken each path with the same chance. Of paths that differ only by
links that cost nothing, those with the fewest of these count, so that nothing runs in circles.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from scrapflow.routing.solution import LimitError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_array
    from scipy.sparse.linalg import SuperLU

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]

_DEAR = 1e-9
"""Length of a link that costs something where those that cost nothing are counted; a sparse matrix knows no zero."""


@dataclass(frozen=True, eq=False)
class EqualPaths:
    """The arcs on paths of least cost to T destinations, as one graph with a copy of a node for each destination it leads to.

    Attributes
    ----------
    label, node
        (C) destination (position among the T) and node of each copy, sorted by both.
    tail, head, arc
        (B) copies at the ends of each step, and the arc of the network that it takes.
    paths
        (C) number of equal paths from each copy to its destination.
    """

    label: Ints
    node: Ints
    tail: Ints
    head: Ints
    arc: Ints
    paths: Floats

    def split(self, amounts: Floats) -> Floats:
        """Return what amounts (C) put on the steps (B) when each is split equally over its paths.

        Examples
        --------
        >>> arcs = [np.array(v) for v in ([0, 1, 2], [0, 0, 1], [1, 2, 2])]
        >>> equal = equal_paths(3, *arcs, np.zeros(3, dtype=bool), np.array([2]))
        >>> equal.paths.tolist(), equal.split(np.array([8.0, 0.0, 0.0])).tolist()
        ([2.0, 1.0, 1.0], [4.0, 4.0, 4.0])
        """
        return self.passing(amounts)[self.tail] * self.chance

    def passing(self, amounts: Floats) -> Floats:
        """Return what passes each copy of amounts (C) or (C, P) when each is split equally over its paths."""
        return np.asarray(self._factor.solve(amounts)) if len(amounts) else amounts

    @cached_property
    def _factor(self) -> SuperLU:
        """The equations of what passes each copy: its amount, and its part of what passes where a step to it starts."""
        from scipy.sparse import csc_array
        from scipy.sparse.linalg import splu

        own, size = np.arange(len(self.node)), len(self.node)
        row, column = np.concatenate([own, self.head]), np.concatenate([own, self.tail])
        matrix = csc_array((np.concatenate([np.ones(size), -self.chance]), (row, column)), shape=(size, size))
        return splu(matrix, diag_pivot_thresh=0.0)

    @cached_property
    def chance(self) -> Floats:
        """(B) part of what passes the start of a step that takes it."""
        return self.paths[self.head] / self.paths[self.tail]

    @classmethod
    def joined(cls, parts: Sequence[EqualPaths]) -> EqualPaths:
        """Return the paths of several graphs as those of one; labels, nodes and arcs stay as they are."""
        copies = np.cumsum([0, *(len(e.node) for e in parts)]).tolist()
        shifted = [
            (e.label, e.node, e.tail + c, e.head + c, e.arc, e.paths) for e, c in zip(parts, copies, strict=False)
        ]
        return cls(*(np.concatenate(columns) for columns in zip(*shifted, strict=True)))

    def moved(self, *, label: int, node: int, arc: int) -> EqualPaths:
        """Return the same paths in a network in which destinations, nodes and arcs have numbers that are higher by so much."""
        return replace(self, label=self.label + label, node=self.node + node, arc=self.arc + arc)

    def simple(self, copy: int, most: int) -> list[tuple[int, ...]]:
        """Return up to ``most`` paths from a copy that meet no node twice, however many links that cost nothing they take."""
        start, leaving, heads, arc_of, ends = self._start, self._leaving, self._heads, self._arcs, self._ends
        stack: list[tuple[int, tuple[int, ...], frozenset[int]]] = [(copy, (), frozenset([copy]))]
        paths: list[tuple[int, ...]] = []
        while stack and len(paths) < most:
            place, before, passed = stack.pop()
            arcs, met = list(before), set(passed)
            while True:
                steps = [s for s in leaving[start[place] : start[place + 1]] if heads[s] not in met]
                if len(steps) != 1:
                    break
                arcs.append(arc_of[steps[0]])
                place = heads[steps[0]]
                met.add(place)
            if ends[place]:
                paths.append(tuple(arcs))
            stack.extend(((to := heads[s]), (*arcs, arc_of[s]), frozenset(met | {to})) for s in reversed(steps))
        return paths

    def listed(self, copy: int, most: int) -> list[tuple[int, ...]]:
        """Return up to ``most`` of the paths from a copy as arcs of the network, in the order of the arcs."""
        stack: list[tuple[int, tuple[int, ...]]] = [(copy, ())]
        paths: list[tuple[int, ...]] = []
        while stack and len(paths) < most:
            place, arcs = stack.pop()
            steps = self._steps(place)
            while len(steps) == 1:
                arcs = (*arcs, self._arcs[steps[0]])
                place = self._heads[steps[0]]
                steps = self._steps(place)
            if steps:
                stack.extend((self._heads[s], (*arcs, self._arcs[s])) for s in reversed(steps))
            else:
                paths.append(arcs)
        return paths

    def _steps(self, copy: int) -> list[int]:
        """Return the steps that leave a copy, in the order of their arcs."""
        return self._leaving[self._start[copy] : self._start[copy + 1]]

    @cached_property
    def _ends(self) -> list[bool]:
        return (np.bincount(self.tail, minlength=len(self.node)) == 0).tolist()  # type: ignore[no-any-return]

    @cached_property
    def _start(self) -> list[int]:
        return np.searchsorted(np.sort(self.tail), np.arange(len(self.node) + 1)).tolist()  # type: ignore[no-any-return]

    @cached_property
    def _leaving(self) -> list[int]:
        return np.lexsort((self.arc, self.tail)).tolist()  # type: ignore[no-any-return]

    @cached_property
    def _arcs(self) -> list[int]:
        return self.arc.tolist()  # type: ignore[no-any-return]

    @cached_property
    def _heads(self) -> list[int]:
        return self.head.tolist()  # type: ignore[no-any-return]


def equal_paths(
    size: int, arc: Ints, tail: Ints, head: Ints, free: Bools, destinations: Ints, *, fewest: bool = True
) -> EqualPaths:
    """Return the paths of least cost to some nodes.

    Parameters
    ----------
    size
        Number of nodes N.
    arc, tail, head, free
        Arcs that plans of least cost may use: their position in the network, their ends, and whether they cost nothing.
    destinations
        Nodes, T of them.
    fewest
        False to keep paths with more links that cost nothing than need be; they may then run in circles and are not
        counted (``paths`` is 0).
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order

    is_end = np.zeros(size, dtype=bool)
    is_end[destinations] = True
    searched = (fewest and free.any()) or is_end[tail].any() or not is_end[head].all()
    if not searched:
        return _single_steps(arc, tail, head, destinations, fewest=fewest)
    turned = csr_array(
        (np.ones(len(arc)), (head, tail)), shape=(size, size)
    )  # floats: of others each search makes a copy
    steps = _free_steps(size, tail, head, free) if fewest and free.any() else None
    near, local = np.zeros(size, dtype=bool), np.zeros(size, dtype=np.int64)
    labels: list[Ints] = []
    nodes, tails, heads, arcs = labels.copy(), labels.copy(), labels.copy(), labels.copy()
    shift = 0
    for label, end in enumerate(destinations.tolist()):
        reached = np.sort(breadth_first_order(turned, end, return_predecessors=False)).astype(np.int64)
        near[reached], local[reached] = True, shift + np.arange(len(reached))
        kept = near[head] & near[tail] & (tail != end)
        if steps is not None:
            kept &= _fewest(steps, end, tail, head, free)
        near[reached] = False
        labels.append(np.full(len(reached), label))
        nodes.append(reached)
        tails.append(local[tail[kept]])
        heads.append(local[head[kept]])
        arcs.append(arc[kept])
        shift += len(reached)
    label_of, node, at, to, way = (
        np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64) for parts in (labels, nodes, tails, heads, arcs)
    )
    ends = np.flatnonzero(node == destinations[label_of]) if len(node) else node
    one = np.zeros(shift)
    one[ends] = float(fewest)
    return EqualPaths(label_of, node, at, to, way, _through(at, to, np.ones(len(at)), one) if fewest else one)


def _single_steps(arc: Ints, tail: Ints, head: Ints, destinations: Ints, *, fewest: bool) -> EqualPaths:
    """Return the paths where every arc leads from a node that is no destination to one that is: nothing needs to be searched."""
    label = np.searchsorted(destinations, head)
    ends = np.arange(len(destinations))
    node, of = np.concatenate([destinations, tail]), np.concatenate([ends, label])
    size = int(node.max(initial=0)) + 1
    copies, at = np.unique(of * size + node, return_inverse=True)
    paths = np.bincount(at, np.full(len(at), float(fewest)), len(copies)).astype(np.float64)
    return EqualPaths(copies // size, copies % size, at[len(ends) :], at[label], arc, paths)


def _free_steps(size: int, tail: Ints, head: Ints, free: Bools) -> csr_array:
    """Return the graph turned round in which links that cost nothing count one; of parallel ones the dearer, which counts none."""
    from scipy.sparse import csr_array

    length = np.where(free, 1.0, _DEAR)
    order = np.lexsort((length, tail, head))
    pair = head[order] * size + tail[order]
    order = order[np.append(True, pair[1:] != pair[:-1])]
    return csr_array((length[order], (head[order], tail[order])), shape=(size, size))


def _fewest(steps: csr_array, end: int, tail: Ints, head: Ints, free: Bools) -> Bools:
    """Tell the arcs on paths to ``end`` with the fewest links that cost nothing."""
    from scipy.sparse.csgraph import dijkstra

    count = np.rint(np.nan_to_num(dijkstra(steps, indices=end), posinf=-1.0))
    return np.asarray((count[tail] == count[head] + free) & (count[head] >= 0))


def _through(to: Ints, of: Ints, weight: Floats, amounts: Floats) -> Floats:
    """Return what passes each copy: its amount, and of each step that ends there the weight times what passes its start."""
    from scipy.sparse import csr_array

    graph = csr_array((weight, (to, of)), shape=(len(amounts), len(amounts)))
    total: Floats = amounts
    for _ in range(len(amounts) + 1):
        more: Floats = amounts + graph @ total
        if np.array_equal(more, total):
            return more
        total = more
    text = "paths of equal cost run in circles"
    raise LimitError(text)
