"""Trees of cheapest ways, against networkx."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapflow.network.skim import trees


@st.composite
def arcs(draw):
    """Up to twelve nodes and forty arcs, parallel and free ones among them."""
    n = draw(st.integers(2, 12))
    node = st.integers(0, n - 1)
    listed = draw(st.lists(st.tuples(node, node, st.sampled_from([0.0, 0.5, 1.0, 2.0, 7.25])), max_size=40))
    return n, [(a, b, c) for a, b, c in listed if a != b], draw(st.integers(0, 2**16))


@given(arcs())
def test_costs_are_those_of_networkx_however_nodes_are_numbered(case):
    """With or without places, every node's cost to two destinations is the shortest path's; the trees lead there at that cost."""
    n, listed, seed = case
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(n))
    graph.add_weighted_edges_from(listed)
    tail, head, cost = (np.array([row[i] for row in listed]) for i in range(3))
    tail, head, cost = tail.astype(np.int64), head.astype(np.int64), cost.astype(np.float64)
    ends = np.array([0, n - 1])
    for xy in (None, np.random.default_rng(seed).random((n, 2))):
        found = trees(tail, head, cost, n, ends, xy=xy)
        for d, end in enumerate(ends):
            expected = nx.single_source_dijkstra_path_length(graph.reverse(), int(end))
            assert found.cost[d] == pytest.approx([expected.get(v, np.inf) for v in range(n)], abs=1e-12)
            for v in range(n):
                step = found.next_node[d, v]
                if v == end or v not in expected:
                    assert step == -1
                else:
                    hop = min(data["weight"] for data in graph[v][int(step)].values())
                    assert found.cost[d, v] == pytest.approx(hop + found.cost[d, step], abs=1e-12)


def test_nodes_without_a_place_take_part():
    """A node whose coordinates nobody knows is found like the others."""
    xy = np.array([[np.nan, np.nan], [5.0, 5.0], [1.0, 2.0]])
    found = trees(np.array([0, 1]), np.array([1, 2]), np.array([5.0, 2.0]), 3, np.array([2]), xy=xy)
    assert found.cost.tolist() == [[7.0, 2.0, 0.0]]
    unplaced = trees(np.array([0]), np.array([1]), np.array([5.0]), 2, np.array([1]), xy=np.full((2, 2), np.nan))
    assert unplaced.cost.tolist() == [[5.0, 0.0]]
