"""Arcs by whose train passes them, where changing from one operator's trains to another's costs something or is banned.

A tonne is with one operator at a time. Places where several have track are therefore as many nodes as there are operators
(a state expansion): a train of an operator stays in its own node, changing leads from node to node at a cost, and what
begins or ends there enters any of them and leaves from any of them. A link without an operator is everybody's: whoever
brought the tonnes takes them on. Everywhere else the graph is as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from scrapflow.world.operators import Operators

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

NO_ARC = -1
"""The arc of a step that leads from one operator to another, or into or out of their nodes."""


class Rights(NamedTuple):
    """Who may run where: ``names`` of K operators, ``may`` (m, K) of each arc (none: everybody), ``change_cost_per_t``."""

    names: Sequence[str]
    may: Bools
    change_cost_per_t: float


def rights_of(cells: NDArray[np.object_], operators: Operators) -> Rights | None:
    """Read who may run on each arc from the cells of the column ``operator``; None if fewer than two operators are named.

    Examples
    --------
    >>> from scrapflow.world.operators import Operators
    >>> found = rights_of(np.array(["a|b", "", "b"], dtype=object), Operators(9.0, {}))
    >>> found.names, found.may.tolist()
    (['a', 'b'], [[True, True], [False, False], [False, True]])
    """
    of_cell = {cell: operators.of(str(cell)) for cell in set(cells)}
    names = sorted({name for named in of_cell.values() for name in named})
    if len(names) < 2:
        return None
    rows = {cell: np.isin(names, named) for cell, named in of_cell.items()}
    return Rights(names, np.array([rows[cell] for cell in cells]), operators.change_cost_per_t)


class Expanded(NamedTuple):
    """The steps of a graph that keeps operators apart.

    Attributes
    ----------
    tail, head
        Ends of E steps, (E,): numbers below 2 n as in :class:`~scrapflow.network.passage.Passage`, states from there on.
    arc
        The arc behind each step, ``NO_ARC`` for one that is none, (E,).
    toll
        What a step costs beside its arc, (E,).
    by
        The operator of each step, a position among the names, -1 for none, (E,).
    place, holder
        Node and operator of each of S states, (S,).
    """

    tail: Ints
    head: Ints
    arc: Ints
    toll: Floats
    by: Ints
    place: Ints
    holder: Ints


def expand(tail: Ints, head: Ints, passed: Bools, rights: Rights) -> Expanded:
    """Keep operators apart at the places that several of them reach.

    Parameters
    ----------
    tail, head
        Ends of m arcs, positions among n nodes.
    passed
        Nodes that may be passed on the way, (n,).
    rights
        Who may run where.

    Returns
    -------
    Expanded

    Examples
    --------
    Of two railways that meet in node 1, each reaches it on its own track; going on with the other costs 9.

    >>> ends, way = np.array([0, 1]), np.array([1, 2])
    >>> found = expand(ends, way, np.ones(3, dtype=bool), Rights(["a", "b"], np.eye(2, dtype=bool), 9.0))
    >>> found.place.tolist(), sorted(found.toll.tolist())
    ([1, 1], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 9.0, 9.0])
    """
    n, count = len(passed), len(rights.names)
    here = _holders(tail, head, n, rights.may)
    apart = passed & (here.sum(axis=1) > 1)
    place, holder = np.nonzero(here & apart[:, None])
    state = np.full((n, count), -1, dtype=np.int64)
    state[place, holder] = 2 * n + np.arange(len(place))
    start = np.where(passed & ~apart, np.arange(n), n + np.arange(n))
    free = ~rights.may.any(axis=1)
    steps: list[tuple[Ints, Ints, Ints, Ints]] = []
    for k in range(count):
        rows = np.flatnonzero(rights.may[:, k] | (free & here[tail, k]))
        steps.append(_between(rows, tail, head, apart, state[:, k], start, k))
    nobody = np.flatnonzero(free & ~here[tail].any(axis=1))
    steps.append((start[tail[nobody]], head[nobody], nobody, np.full(len(nobody), -1)))
    u, v, arc, by = (np.concatenate(parts).astype(np.int64) for parts in zip(*steps, strict=True))
    # Where neither end is kept apart, who runs there makes no difference: one step is enough.
    _, first = np.unique(np.stack([u, v, arc]), axis=1, return_index=True)
    u, v, arc, by = (column[np.sort(first)] for column in (u, v, arc, by))
    seat = state[place, holder]
    more = [(n + place, seat, holder, 0.0), (seat, place, holder, 0.0)]
    for far in range(1, count if np.isfinite(rights.change_cost_per_t) else 0):
        # States of one place stand side by side.
        a = np.flatnonzero(place[far:] == place[: len(place) - far])
        for i, j in ((a, a + far), (a + far, a)):
            more.append((seat[i], seat[j], holder[j], rights.change_cost_per_t))
    added = np.concatenate([np.full(len(begin), NO_ARC) for begin, *_ in more])
    toll = np.concatenate([np.zeros(len(u)), *(np.full(len(begin), cost) for begin, _, _, cost in more)])
    return Expanded(
        np.concatenate([u, *(m[0] for m in more)]),
        np.concatenate([v, *(m[1] for m in more)]),
        np.concatenate([arc, added]),
        toll,
        np.concatenate([by, *(m[2] for m in more)]),
        place.astype(np.int64),
        holder.astype(np.int64),
    )


def _holders(tail: Ints, head: Ints, n: int, may: Bools) -> Bools:
    """Tell which operators reach each node, on their own track or by links that are everybody's, (n, K)."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    free = ~may.any(axis=1)
    joined = coo_array((np.ones(int(free.sum())), (tail[free], head[free])), shape=(n, n))
    part = connected_components(joined, directed=False)[1]
    reached = np.zeros((part.max(initial=-1) + 1, may.shape[1]), dtype=bool)
    for ends in (tail, head):
        np.logical_or.at(reached, part[ends], may)
    return np.asarray(reached[part])


def _between(
    rows: Ints, tail: Ints, head: Ints, apart: Bools, seat: Ints, start: Ints, k: int
) -> tuple[Ints, Ints, Ints, Ints]:
    """Return the steps of one operator's trains over some arcs."""
    a, b = tail[rows], head[rows]
    return np.where(apart[a], seat[a], start[a]), np.where(apart[b], seat[b], b), rows, np.full(len(rows), k)
