"""Networks against bare scipy and geopandas.

*Origin–mill costs*: planar networks of mean degree 3, nodes numbered at random (`benchmarks/routing_nets.py`), from every
node to four mills, with the trees of next nodes. Ours starts from the arcs' ends and costs and includes numbering the
nodes along a space-filling curve and back; *bare* is `scipy.sparse.csgraph.dijkstra` on a ready matrix of the nodes as
they are numbered. *Snapping*: points and stations at random in projected metres; the peer starts from GeoDataFrames,
ours from arrays of coordinates. Ours uses all cores from 100,000 points on, which the peer cannot; its processor
seconds stand beside the wall-clock seconds. Medians of three; the answers are compared before a row is written.
"""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
from routing_nets import _tracks
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from scrapflow.network.skim import trees
from scrapflow.network.snap import nearest

if TYPE_CHECKING:
    from collections.abc import Callable

REPEATS = 3


def timed(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """Return wall-clock and processor seconds (medians) and the answer."""
    wall, processor, answer = [], [], None
    for _ in range(REPEATS):
        start, spent = time.perf_counter(), time.process_time()
        answer = work()
        wall.append(time.perf_counter() - start)
        processor.append(time.process_time() - spent)
    return median(wall), median(processor), answer


def mill_costs(links: int) -> dict:
    """Time the cost of the cheapest way from every node to four mills."""
    rng = np.random.default_rng(0)
    size = links // 3
    xy = rng.random((size, 2)) * np.sqrt(size) * 10
    a, b, length = _tracks(xy, links, rng)
    tail, head, cost = np.concatenate([a, b]), np.concatenate([b, a]), np.tile(length, 2)
    mills = rng.choice(size, 4, replace=False)
    ready = coo_array((cost, (head, tail)), shape=(size, size)).tocsr()
    ours, spent, found = timed(lambda: trees(tail, head, cost, size, mills, xy=xy))
    bare, _, expected = timed(lambda: dijkstra(ready, indices=mills, return_predecessors=True))
    assert np.allclose(found.cost, expected[0])
    return {"work": f"origin–mill costs, {len(tail):,} links", "against": "bare scipy Dijkstra", "goal": "≤ 1.2",
            "ratio": ours / bare, "seconds": ours, "processor_s": spent, "peer_s": bare}  # fmt: skip


def snapping(points: int, stations: int) -> dict:
    """Time the nearest station of every point."""
    rng = np.random.default_rng(1)
    p, s = rng.random((points, 2)) * 500_000, rng.random((stations, 2)) * 500_000
    frames = [gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=32652) for xy in (p, s)]
    ours, spent, found = timed(lambda: nearest(p, s))
    peer, _, joined = timed(lambda: gpd.sjoin_nearest(*frames, distance_col="metres"))
    assert np.array_equal(found.target[:, 0], joined["index_right"].to_numpy())
    assert np.allclose(found.distance[:, 0], joined["metres"])
    return {"work": f"snapping {points:,} points to {stations:,} stations", "against": "geopandas.sjoin_nearest",
            "goal": "≥ 3", "ratio": peer / ours, "seconds": ours, "processor_s": spent, "peer_s": peer}  # fmt: skip


def rows() -> list[dict]:
    """Return one row a measurement."""
    return [mill_costs(100_000), mill_costs(1_000_000), snapping(1_000_000, 2_000)]
