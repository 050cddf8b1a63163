"""Small worlds made in memory for the tests of the network."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd

import scrapflow as sf


def small_world(*, stations, rails, yards=None, enterprises=None, changes=()):
    """Write and read a world of stations ``{id: (name, x, y)}``, rails ``(a, b, km)``, yards ``{id: station}``."""
    node = {"aliases": "", "region_id": "r", "basis": "assumed", "source_id": "", "coordinate_accuracy_km": 1.0}
    rows = [
        {"node_id": i, "name": n, "kind": "station", "x_coord": x, "y_coord": y} | node
        for i, (n, x, y) in stations.items()
    ]
    links = [
        {
            "link_id": f"l{k}",
            "from_node_id": a,
            "to_node_id": b,
            "mode": mode,
            "length_km": km,
            "length_basis": "reported",
        }
        for k, (a, b, km, mode) in enumerate(
            [(a, b, km, "rail") for a, b, km in rails] + [(a, b, km, "transshipment") for a, b, km in changes]
        )
    ]
    for i, station in (yards or {}).items():
        _, x, y = stations[station]
        rows.append({"node_id": i, "name": f"Yard {i}", "kind": "yard", "x_coord": x, "y_coord": y} | node)
    for i, (x, y) in (enterprises or {}).items():
        rows.append({"node_id": i, "name": f"Works {i}", "kind": "enterprise", "x_coord": x, "y_coord": y} | node)
    columns = ["link_id", "from_node_id", "to_node_id", "mode", "length_km", "length_basis"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "world"
        path.mkdir()
        (path / "world.toml").write_text('title = "small"\n')
        pd.DataFrame(rows).to_csv(path / "nodes.csv", index=False)
        pd.DataFrame(links, columns=columns).to_csv(path / "links.csv", index=False)
        pd.DataFrame({"region_id": ["r"], "name": ["Region"]}).to_csv(path / "regions.csv", index=False)
        pd.DataFrame({"source_id": ["s"], "title": ["Source"]}).to_csv(path / "sources.csv", index=False)
        return sf.read_world(path, strict=False)


def grid_world(rng, n):
    """Return n stations on random points, each joined to a few of the others by random lengths."""
    xy = rng.uniform(0, 2, size=(n, 2))
    stations = {f"s{i}": (f"S{i}", float(x), float(y)) for i, (x, y) in enumerate(xy)}
    pairs = rng.integers(0, n, size=(2 * n, 2))
    rails = [
        (f"s{a}", f"s{b}", float(km)) for (a, b), km in zip(pairs, rng.uniform(1, 100, 2 * n), strict=True) if a != b
    ]
    return small_world(stations=stations, rails=rails)
