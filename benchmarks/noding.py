"""Networks out of drawn lines, against bare shapely.node and snkit.

Lines without topology: a grid of tracks of five vertices each that meet at shared vertices, every tenth ending on another line. `noded_s` is
`node_lines` as it is used (a mere crossing is a bridge), `crossings_s` the same where lines meet at crossings too; `shapely_node_s` nodes the same lines,
and does not say which line a piece is of. `noded/shapely` is wanted ≤ 3. snkit is not in the environment: its row is there where `SNKIT_PYTHON` names an
interpreter that has it (end points, `split_edges_at_nodes`, ids and topology), and `snkit/noded` is wanted ≥ 50. `world_s` is the whole of `sf.world_from`,
to checked tables. Seconds of processor time, taken in turn, the least of three, on a machine with much else to do.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable

REPEATS = 3
SMALL = 400
SNKIT = """
import sys, time, geopandas as gpd, snkit
lines = gpd.read_file(sys.argv[1])
start = time.process_time()
network = snkit.network.add_endpoints(snkit.Network(edges=lines))
network = snkit.network.split_edges_at_nodes(network)
network = snkit.network.add_topology(snkit.network.add_ids(network))
print(time.process_time() - start, len(network.edges))
"""


def tracks(count: int) -> gpd.GeoDataFrame:
    """Return lines of a square grid in degrees, jittered inside, so that they meet at their ends alone; every tenth at another line."""
    rng = np.random.default_rng(0)
    side = int(np.ceil(np.sqrt(count / 2))) + 1
    x, y = np.meshgrid(np.arange(side), np.arange(side), indexing="ij")
    corner = np.stack([x, y], axis=-1) * 0.01
    pairs = [(corner[:-1], corner[1:]), (corner[:, :-1], corner[:, 1:])]
    ends = np.concatenate([np.stack([a.reshape(-1, 2), b.reshape(-1, 2)], axis=1) for a, b in pairs])[:count]
    along = np.linspace(0, 1, 5)[None, :, None]
    points = ends[:, :1] * (1 - along) + ends[:, 1:] * along
    points[:, 1:-1] += rng.uniform(-1e-4, 1e-4, points[:, 1:-1].shape)
    short = np.arange(0, count, 10)
    points[short, -1] = points[(short + 1) % count, 2]
    return gpd.GeoDataFrame(geometry=shapely.linestrings(points), crs=4326)


def spent(*works: Callable[[], Any]) -> list[float]:
    """Return the least processor seconds of each piece of work, taken in turn."""
    best = [np.inf] * len(works)
    for _ in range(REPEATS):
        for i, work in enumerate(works):
            start = time.process_time()
            work()
            best[i] = min(best[i], time.process_time() - start)
    return best


def _snkit(lines: gpd.GeoDataFrame) -> float:
    python = os.environ.get("SNKIT_PYTHON", "")
    if not python:
        return float("nan")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "lines.gpkg"
        lines.to_file(file)
        done = subprocess.run(
            [python, "-c", SNKIT, str(file)],
            capture_output=True,
            text=True,
            check=True,
            env={"PATH": os.environ["PATH"]},
        )
    return float(done.stdout.split()[0])


def rows() -> list[dict]:
    """Measure 400 and 50,000 lines."""
    import scrapflow as sf
    from scrapflow.world.importers.noding import node_lines

    out = []
    for count in (SMALL, 50_000):
        lines = tracks(count)
        shapes, nowhere = lines.geometry.to_numpy(), np.empty((0, 2))
        whole = shapely.multilinestrings(shapes)
        ours, crossing, bare = spent(
            lambda s=shapes, p=nowhere: node_lines(s, p),
            lambda s=shapes, p=nowhere: node_lines(s, p, crossings=True),
            lambda w=whole: shapely.node(w),
        )
        row = {
            "what": f"{count:,} lines",
            "noded_s": ours,
            "shapely_node_s": bare,
            "noded/shapely": ours / bare,
            "crossings_s": crossing,
        }
        if count <= SMALL:
            (row["world_s"],) = spent(lambda f=lines: sf.world_from(f))
        peer = _snkit(lines) if count <= SMALL else float("nan")
        if np.isfinite(peer):
            row |= {"snkit_s": peer, "snkit/noded": peer / ours}
        out.append(row)
    return out
