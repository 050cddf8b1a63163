"""Tables of the costs of cheapest paths (a skim), and trees of cheapest ways to a few places."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from scrapflow.network.passage import graph_of, positive

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from scrapflow.network.passage import Passage, Steps

_CELLS = 2**16 - 1


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
    >>> ways = trees(np.array([0, 1]), np.array([1, 2]), np.array([5.0, 2.0]), 3, np.array([2]))
    >>> ways.cost.tolist(), ways.next_node.tolist()
    ([[7.0, 2.0, 0.0]], [[1, 2, -1]])
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import dijkstra

    order = np.arange(size, dtype=np.int32) if xy is None else np.argsort(_curve(xy)).astype(np.int32)
    rank = np.empty_like(order)
    rank[order] = np.arange(size, dtype=np.int32)
    # From the destinations against the arcs: there are few mills and many origins.
    u, v = rank[head], rank[tail]
    matrix = coo_array((positive(cost), (u, v)), shape=(size, size)).tocsr()
    if matrix.nnz < len(cost):  # parallel arcs were added up
        matrix = graph_of(u.astype(np.int64), v.astype(np.int64), cost, size).graph
    cheap, after = dijkstra(matrix, indices=rank[destinations], return_predecessors=True)
    if xy is None:
        return Trees(cheap, np.where(after < 0, -1, after).astype(np.int32))
    named = np.append(order, np.int32(-1))[np.maximum(after, -1)]
    return Trees(cheap[:, rank], named[:, rank])


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


def skim(passage: Passage, origins: Sequence[str], destinations: Sequence[str]) -> pd.DataFrame:
    """Tabulate cheapest paths between node ids; see :meth:`scrapflow.network.Network.skim`."""
    from scipy.sparse.csgraph import dijkstra

    columns = ["origin", "destination", "cost", "length_km"]
    if not len(origins) or not len(destinations):
        return pd.DataFrame(columns=columns)
    ways = passage.ways()
    start, end = passage.start[passage.index.get_indexer(list(origins))], passage.index.get_indexer(list(destinations))
    # Trees grow from the side that has fewer places.
    turned = len(set(end)) < len(set(start))
    roots, of_root = np.unique(end if turned else start, return_inverse=True)
    graph = ways.graph.T.tocsr() if turned else ways.graph
    other, of_other = np.unique(start if turned else end, return_inverse=True)
    cost, km = np.empty((len(roots), len(other))), np.empty((len(roots), len(other)))
    for k, root in enumerate(roots):
        away, before = dijkstra(graph, indices=root, return_predecessors=True)
        cost[k] = away[other]
        km[k] = _tree_length(before, int(root), passage, ways.steps, turned=turned)[other]
    own = passage.index.get_indexer(list(origins))[:, None] == end[None, :]
    by_pair = [
        (t[of_root[None, :], of_other[:, None]] if turned else t[of_root[:, None], of_other]) for t in (cost, km)
    ]
    flat = [np.where(own, 0.0, values).ravel() for values in by_pair]
    many = len(destinations)
    table = pd.DataFrame(
        {
            "origin": np.repeat(np.asarray(origins, dtype=object), many),
            "destination": np.tile(np.asarray(destinations, dtype=object), len(origins)),
            "cost": flat[0],
            "length_km": flat[1],
        }
    ).astype({"origin": "str", "destination": "str"})
    return table.sort_values(["origin", "destination"], ignore_index=True, kind="stable")


def _tree_length(
    before: NDArray[np.int32], root: int, passage: Passage, steps: Steps, *, turned: bool
) -> NDArray[np.float64]:
    """Add up the lengths along a tree, for all nodes at once, by doubling the stride in each round."""
    on_tree = np.flatnonzero(before >= 0)
    step = np.arange(len(before))
    step[on_tree] = before[on_tree]
    km = np.full(len(before), np.inf)
    km[root] = 0.0
    ends = (on_tree, step[on_tree]) if turned else (step[on_tree], on_tree)
    km[on_tree] = passage.step_km[steps.of(*ends)]
    while (step[step] != step).any():
        km += km[step]
        step = step[step]
    return km
