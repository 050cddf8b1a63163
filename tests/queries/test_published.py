"""Examples that others printed: proportional sharing after Bialek, select-link on Braess's network and on Sioux Falls."""

from __future__ import annotations

import itertools
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from scrapflow.queries.proportional_sharing import trace_flows
from scrapflow.runs import Run


def flows(*rows):
    """A table of flows."""
    return pd.DataFrame(rows, columns=["origin", "destination", "tonnage_t"])


def test_bialek_the_principle_at_one_node():
    """Of 70 that leave a node fed by 40 and 60, 28 and 42 come from each (Bialek 1996, the figure of the principle)."""
    out = trace_flows(flows(("j", "i", 40.0), ("k", "i", 60.0), ("i", "m", 70.0), ("i", "l", 30.0)))
    got = out.set_index(["origin", "destination"]).tonnage_t.to_dict()
    assert got == pytest.approx({("j", "m"): 28, ("k", "m"): 42, ("j", "l"): 12, ("k", "l"): 18})


def test_bialek_four_nodes():
    """Two generators and two loads of the four-node network on its average flows: who serves whom, by hand.

    Sending and receiving ends of the lines are 60/59, 225/218, 115/112, 173/171 and 83/82; their averages close at every
    node with generation 394.5 and 112.5 and loads 304 and 203. Node 2 has 59.5 of 172 from node 1; node 4 then has
    (113.5 + 59.5) of 285.5 from generator 1.
    """
    average = flows(
        ("n1", "n2", 59.5), ("n1", "n3", 221.5), ("n1", "n4", 113.5), ("n2", "n4", 172.0), ("n4", "n3", 82.5)
    )
    got = trace_flows(average).set_index(["origin", "destination"]).tonnage_t
    first = 173.0 / 285.5
    want = {
        ("n1", "n4"): 203 * first,
        ("n2", "n4"): 203 * (1 - first),
        ("n1", "n3"): 221.5 + 82.5 * first,
        ("n2", "n3"): 82.5 * (1 - first),
    }
    assert got.to_dict() == pytest.approx(want)
    assert got.round(1).to_dict() == {
        ("n1", "n3"): 271.5,
        ("n1", "n4"): 123.0,
        ("n2", "n4"): 80.0,
        ("n2", "n3"): 32.5,
    }


def run_of(paths):
    """A run whose trains took given paths: (origin, destination, nodes, tonnes)."""
    rows, steps, places = [], [], set()
    for i, (a, b, nodes, t) in enumerate(paths):
        rows.append(("2015-01", "shipped", "scrap", "own", a, b, float(t), f"p{i:04d}", "assumed", ""))
        steps += [(f"p{i:04d}", s, f"{u}>{v}", True) for s, (u, v) in enumerate(itertools.pairwise(nodes))]
        places |= set(nodes)
    columns = ["period", "kind", "material", "via", "origin", "destination", "tonnage_t", "path_id", "basis", "grade"]
    used = pd.DataFrame(steps, columns=["path_id", "seq", "link_id", "forward"])
    ends = used["link_id"].drop_duplicates().str.split(">", expand=True)
    nodes = pd.DataFrame({"node_id": sorted(places)}).assign(kind="station", region_id="r", region="R")
    nodes["name"] = "Node " + nodes["node_id"]
    frames = {
        "periods": pd.DataFrame({"period": ["2015-01"], "start": ["2015-01-01"], "end": ["2015-01-31"]}),
        "movements": pd.DataFrame(rows, columns=columns),
        "paths": used,
        "nodes": nodes,
        "links": pd.DataFrame({"link_id": ends[0] + ">" + ends[1], "from_node_id": ends[0], "to_node_id": ends[1]}),
        "regions": pd.DataFrame({"region_id": ["r"], "parent_id": [""], "name": ["R"]}),
    }
    return Run(frames, {"world": "w", "campaign": "c"})


def test_braess_select_link():
    """At Braess's equilibrium of 6 vehicles each of three paths has 2: the bridge has 2, its neighbours 4 (Braess 1968)."""
    run = run_of([("s", "t", "sat", 2), ("s", "t", "sbt", 2), ("s", "t", "sabt", 2)])
    load = {link: run.flows.through(link).total_t for link in ("s>a", "a>b", "b>t", "s>b", "a>t")}
    assert load == {"s>a": 4, "a>b": 2, "b>t": 4, "s>b": 2, "a>t": 2}
    assert run.flows.through("Node a").total_t == 4


@pytest.fixture(scope="module")
def sioux_falls():
    """Sioux Falls, every pair along its quickest path at the published equilibrium times, and those paths."""
    times = pd.read_csv(Path(__file__).with_name("sioux_falls.csv"), dtype={"from": str, "to": str})
    graph = nx.DiGraph()
    for a, b, time in times.itertuples(index=False):
        graph.add_edge(a, b, time=time)
    rng = np.random.default_rng(1)
    pairs = []
    for origin in sorted(graph):
        for destination, nodes in nx.single_source_dijkstra_path(graph, origin, weight="time").items():
            if destination != origin:
                pairs.append((origin, destination, nodes, int(rng.integers(1, 45)) * 100))
    return run_of(pairs), pairs


@pytest.mark.parametrize("chosen", ["3>4", "10>15", "20>22", "24>13"])
def test_sioux_falls_select_link(sioux_falls, chosen):
    """The pairs that use a link, and what they put on all others, are those found path by path (AequilibraE's own test)."""
    run, pairs = sioux_falls
    a, b = chosen.split(">")
    users = [p for p in pairs if any(s == (a, b) for s in zip(p[2][:-1], p[2][1:], strict=True))]
    got = run.flows.through(chosen).by("origin", "destination")
    assert got.set_index(["origin", "destination"]).tonnage_t.to_dict() == {(o, d): t for o, d, _, t in users}
    loads = {}
    for _, _, nodes, t in users:
        for step in itertools.pairwise(nodes):
            loads[">".join(step)] = loads.get(">".join(step), 0) + t
    assert run.flows.through(chosen).by("link_id").set_index("link_id").tonnage_t.to_dict() == loads


def test_sioux_falls_select_node(sioux_falls):
    """The tonnes through a node are those whose path touches it, at its ends too, each once."""
    run, pairs = sioux_falls
    assert run.flows.through("10").total_t == sum(t for _, _, nodes, t in pairs if "10" in nodes)
