"""The cheapest paths of many pairs at once: each as the single search finds it."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import scrapflow as sf
from scrapflow.errors import NoPathError
from scrapflow.network.many_paths import cheapest_arcs, cheapest_steps

from .worlds import grid_world, small_world


@pytest.mark.parametrize("seed", range(3))
def test_every_pair_has_the_path_of_a_single_search(seed):
    """On random networks: as cheap, from the origin to the destination, link by link; pairs that nothing joins are left out."""
    net = sf.build_network(grid_world(np.random.default_rng(seed), 9))
    pairs = list(itertools.permutations(net.nodes["node_id"], 2))
    routes = cheapest_arcs(net.passage, pairs)
    arcs = net.arcs
    for pair in pairs:
        try:
            single = net.path(*pair)
        except NoPathError:
            assert pair not in routes
            continue
        rows = arcs.iloc[routes[pair]]
        assert rows["cost_per_t"].sum() == pytest.approx(single.cost)
        stops = [pair[0], *rows["to_node_id"]]
        assert stops[-1] == pair[1]
        assert rows["from_node_id"].tolist() == stops[:-1]


def line():
    """Return a network of three stations in a row and a long way round."""
    stations = {"a": ("A", 0.0, 0.0), "b": ("B", 0.1, 0.0), "c": ("C", 0.2, 0.0), "alone": ("D", 9.0, 9.0)}
    return sf.build_network(small_world(stations=stations, rails=[("a", "b", 10), ("b", "c", 10), ("a", "c", 50)]))


def test_of_a_place_to_itself_there_are_no_arcs_and_to_an_island_no_path():
    """The one is an empty path, the other none; a pair asked for twice is there once."""
    net = line()
    routes = cheapest_arcs(net.passage, [("a", "a"), ("a", "alone"), ("a", "c"), ("a", "c")])
    assert set(routes) == {("a", "a"), ("a", "c")}
    assert routes["a", "a"].tolist() == []
    assert net.arcs["link_id"].iloc[routes["a", "c"]].tolist() == ["l0", "l1"]
    assert cheapest_arcs(net.passage, []) == {}


def test_tolls_move_the_path_to_the_long_way():
    """With 40 a tonne more on the middle link the way round is cheaper."""
    net = line()
    extra = np.where(net.arcs["link_id"] == "l1", 40.0, 0.0)
    steps = cheapest_steps(net.passage, [("a", "c")], extra=extra)
    assert net.arcs["link_id"].iloc[net.passage.arcs_of(steps["a", "c"])].tolist() == ["l2"]
