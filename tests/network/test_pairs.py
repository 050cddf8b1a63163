"""Pairs that share links: all that fits moves, at least cost, as one linear program over the arcs says too."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from scrapflow.network.many_paths import cheapest_arcs
from scrapflow.network.pairs import route_pairs
from scrapflow.network.passage import Passage


def passage(arcs, size):
    """A network of stations and arcs (tail, head, cost)."""
    nodes = pd.DataFrame({"node_id": [str(i) for i in range(size)], "kind": "station", "x_coord": 0.0, "y_coord": 0.0})
    table = pd.DataFrame(arcs, columns=["from_node_id", "to_node_id", "cost_per_t"])
    table = table.astype({"from_node_id": "str", "to_node_id": "str", "cost_per_t": "float64"})
    return Passage(
        nodes, table.assign(length_km=table["cost_per_t"], link_id=[f"a{i}" for i in range(len(table))], mode="rail")
    )


def by_arcs(arcs, size, pairs, tonnes, capacity, dear):
    """Return tonnes moved and their cost, by a linear program over what each pair puts on each arc."""
    m, k = len(arcs), len(pairs)
    tail, head, cost = (np.array(c) for c in zip(*arcs, strict=True))
    equal, wanted = np.zeros((k * size, k * m + k)), np.zeros(k * size)
    for i, (a, b) in enumerate(pairs):
        equal[i * size + tail, i * m + np.arange(m)] += 1
        equal[i * size + head, i * m + np.arange(m)] -= 1
        equal[[i * size + int(a), i * size + int(b)], k * m + i] = [1, -1]
        wanted[[i * size + int(a), i * size + int(b)]] = [tonnes[i], -tonnes[i]]
    room = np.hstack([np.tile(np.eye(m), k), np.zeros((m, k))])
    c = np.concatenate([np.tile(cost, k), np.full(k, dear)])
    found = linprog(c, A_ub=room, b_ub=capacity, A_eq=equal, b_eq=wanted, method="highs")
    left = found.x[k * m :].sum()
    return sum(tonnes) - left, found.fun - dear * left


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_program_over_the_arcs_finds_nothing_better(data):
    """On small random networks both move as much, at one cost, and no arc carries more than it can."""
    size = data.draw(st.integers(3, 6))
    ends = [(a, b) for a in range(size) for b in range(size) if a != b]
    chosen = data.draw(st.lists(st.sampled_from(ends), min_size=3, max_size=14, unique=True))
    arcs = [(a, b, data.draw(st.integers(1, 9))) for a, b in chosen]
    capacity = np.array([data.draw(st.integers(1, 6)) for _ in arcs], dtype=float)
    wanted = data.draw(st.lists(st.sampled_from(ends), min_size=1, max_size=5, unique=True))
    pairs = [(str(a), str(b)) for a, b in wanted]
    tonnes = np.array([data.draw(st.integers(1, 8)) for _ in pairs], dtype=float)
    network = passage(arcs, size)
    routes = route_pairs(network, pairs, tonnes, capacity)
    loads = np.zeros(len(arcs))
    for path, t in zip(routes.arcs, routes.tonnage_t, strict=True):
        loads[path] += t
    cost = sum(t * network.cost[path].sum() for path, t in zip(routes.arcs, routes.tonnage_t, strict=True))
    moved, least = by_arcs(arcs, size, pairs, tonnes, capacity, float(network.cost.sum()) + 1)
    assert (loads <= capacity + 1e-6).all()
    assert routes.tonnage_t.sum() == pytest.approx(moved, abs=1e-6)
    assert cost == pytest.approx(least, abs=1e-5)
    assert (routes.unserved_t + np.bincount(routes.pair, routes.tonnage_t, len(pairs))) == pytest.approx(
        tonnes, abs=1e-6
    )


def test_paths_of_many_pairs_are_those_of_one():
    """From one root all ends are found; a place reaches itself without an arc, and an unjoined pair is left out."""
    network = passage([(0, 1, 5), (1, 2, 2), (0, 2, 9)], 4)
    routes = cheapest_arcs(network, [("0", "2"), ("0", "1"), ("1", "1"), ("2", "0")])
    assert {pair: arcs.tolist() for pair, arcs in routes.items()} == {
        ("0", "2"): [0, 1],
        ("0", "1"): [0],
        ("1", "1"): [],
    }
