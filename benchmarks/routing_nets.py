"""Benchmark networks: planar, degree 2.5 to 4, a few mills, capacities that bind here and there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scrapflow.routing import FlowProblem, assign


@dataclass(frozen=True)
class Case:
    """A random network as ready integer arrays and as frames."""

    xy: np.ndarray
    tail: np.ndarray
    head: np.ndarray
    capacity: np.ndarray
    cost: np.ndarray
    supply: np.ndarray
    demand: np.ndarray

    @property
    def size(self) -> int:
        """Number of nodes."""
        return len(self.supply)

    def frames(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the network as the frames a caller would have: tonnes with one decimal, lengths as cost."""
        names = np.array([f"node-{i:07d}" for i in range(self.size)], dtype=object)
        nodes = pd.DataFrame({"node_id": names, "supply_t": self.supply / 10, "demand_t": self.demand / 10})
        links = pd.DataFrame(
            {
                "link_id": np.array([f"link-{i:07d}" for i in range(len(self.tail))], dtype=object),
                "from_node_id": names[self.tail],
                "to_node_id": names[self.head],
                "capacity_t": self.capacity / 10,
                "cost_per_t": self.cost / 10,
            }
        )
        return nodes, links

    def problem(self, **settings: object) -> FlowProblem:
        """Return the frames as a flow problem."""
        return FlowProblem(*self.frames(), **settings)  # type: ignore[arg-type]


def planar(links: int, *, mills: int = 4, degree: float = 3.0, room: float = 1.0, seed: int = 0) -> Case:
    """Return a planar network of about ``links`` directed links (two a track), supplies balanced with the demands.

    Points are numbered at random. Tracks are a spanning tree of the Delaunay triangulation and a random part of its
    other edges, so that the mean degree is ``degree``. Capacities are those of three classes of track, times ``room``,
    and no less than what a plan for other costs needs: so everything can be moved, but not everywhere on the shortest
    path.
    """
    rng = np.random.default_rng(seed)
    n = max(8, int(links / degree))
    xy = rng.random((n, 2)) * np.sqrt(n) * 10
    a, b, length = _tracks(xy, links, rng)
    tail, head = np.concatenate([a, b]), np.concatenate([b, a])
    cost = np.tile(np.maximum(1, np.rint(length * 10)), 2).astype(np.int64)
    supply = np.where(rng.random(n) < 0.4, rng.integers(10, 5000, n), 0).astype(np.int64)
    at = rng.choice(n, mills, replace=False)
    supply[at] = 0
    total = int(supply.sum())
    demand = np.zeros(n, dtype=np.int64)
    demand[at] = total // mills
    demand[at[0]] += total - int(demand.sum())
    track = rng.choice([0.02, 0.05, 0.2], len(a), p=[0.3, 0.4, 0.3])
    free = Case(
        xy, tail, head, np.full(len(tail), total), np.rint(cost * rng.uniform(0.5, 2, len(tail))), supply, demand
    )
    needed = assign(free.problem()).flows["tonnage_t"].to_numpy() * 10
    capacity = np.maximum(np.rint(np.tile(track, 2) * room * total / np.sqrt(n / 333)), np.rint(needed)).astype(
        np.int64
    )
    return Case(xy, tail, head, capacity, cost, supply, demand)


def _tracks(xy: np.ndarray, links: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the two ends and the length of each track."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import minimum_spanning_tree
    from scipy.spatial import Delaunay

    n = len(xy)
    corners = Delaunay(xy).simplices
    pairs = np.unique(np.sort(np.vstack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]]), axis=1), axis=0)
    length = np.hypot(*(xy[pairs[:, 0]] - xy[pairs[:, 1]]).T)
    tree = minimum_spanning_tree(coo_array((length, tuple(pairs.T)), shape=(n, n)).tocsr()).tocoo()
    inside = np.isin(pairs[:, 0] * n + pairs[:, 1], np.minimum(*tree.coords) * n + np.maximum(*tree.coords))
    rest = np.flatnonzero(~inside)
    extra = rng.choice(rest, size=max(0, min(len(rest), links // 2 - int(inside.sum()))), replace=False)
    kept = np.concatenate([np.flatnonzero(inside), extra])
    return pairs[kept, 0].astype(np.int64), pairs[kept, 1].astype(np.int64), length[kept]
