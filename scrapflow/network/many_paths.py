"""The cheapest paths of many pairs of places at once, all or nothing: one search for each place on the rarer side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from scrapflow.network.passage import Passage


def cheapest_arcs(passage: Passage, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], NDArray[np.int64]]:
    """Return the arcs of the cheapest path of each pair, in order, as positions in ``network.arcs``.

    Parameters
    ----------
    passage
        The arcs of a network, ready for searches.
    pairs
        Origins and destinations, by ``node_id``.

    Returns
    -------
    dict
        A pair that nothing joins is not in it; of a place to itself there are no arcs.

    Examples
    --------
    >>> import scrapflow as sf
    >>> net = sf.build_network(sf.read_world("toy"))
    >>> cheapest_arcs(net.passage, [("yard", "far")])["yard", "far"].size
    2
    """
    return {pair: passage.arcs_of(steps) for pair, steps in cheapest_steps(passage, pairs).items()}


def cheapest_steps(
    passage: Passage, pairs: Iterable[tuple[str, str]], *, extra: NDArray[np.float64] | None = None
) -> dict[tuple[str, str], NDArray[np.int64]]:
    """Return the steps of the cheapest path of each pair, as positions among those of the passage.

    Parameters
    ----------
    passage, pairs
        As for :func:`cheapest_arcs`.
    extra
        What passing each arc costs beside its own cost, (m,).
    """
    from scipy.sparse.csgraph import dijkstra

    ends: dict[str, list[str]] = {}
    for origin, destination in dict.fromkeys(pairs):
        ends.setdefault(origin, []).append(destination)
    ways = passage.ways() if extra is None else passage.dearer(extra)
    at = dict(zip(passage.ids, range(passage.size), strict=True))
    routes: dict[tuple[str, str], NDArray[np.int64]] = {}
    for origin, destinations in ends.items():
        root = int(passage.start[at[origin]])
        cost, before = dijkstra(ways.graph, indices=root, return_predecessors=True)
        for destination in destinations:
            end = at[destination]
            if destination == origin:
                routes[origin, destination] = np.empty(0, dtype=np.int64)
            elif np.isfinite(cost[end]):
                nodes = [end]
                while nodes[-1] != root:
                    nodes.append(int(before[nodes[-1]]))
                way = np.array(nodes[::-1], dtype=np.int64)
                routes[origin, destination] = ways.steps.of(way[:-1], way[1:])
    return routes
