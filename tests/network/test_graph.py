"""The network in networkx's terms: its nodes, its edges and what they carry."""

from __future__ import annotations

import networkx as nx
import pytest

import scrapflow as sf


@pytest.fixture(scope="module")
def net(toy):
    """Return the toy's network."""
    return sf.build_network(toy)


def test_every_node_and_arc_is_there_with_what_is_known_of_it(net):
    """Keys are links; each way of a link is an edge; numbers are those of the tables."""
    graph = net.graph
    assert set(graph.nodes) == set(net.nodes["node_id"])
    assert graph.number_of_edges() == len(net.arcs)
    for arc in net.arcs.itertuples():
        edge = graph.edges[arc.from_node_id, arc.to_node_id, arc.link_id]
        assert edge["link_id"] == arc.link_id
        assert edge["cost"] == edge["cost_per_t"] == edge["weight"] == arc.cost_per_t
        assert (edge["length_km"], edge["capacity_t"]) == (arc.length_km, arc.capacity_t)
        assert (edge["mode"], edge["line_id"]) == (arc.mode, arc.line_id)
    node = net.nodes.iloc[0]
    told = graph.nodes[node["node_id"]]
    assert (told["name"], told["kind"], told["region_id"]) == (node["name"], node["kind"], node["region_id"])
    assert (told["x"], told["y"]) == (node["x_coord"], node["y_coord"])
    assert graph.graph["crs"] == "EPSG:4326"


def test_networkx_finds_the_path_that_the_network_finds(net):
    """By cost from Vale's station to the far mill: the same places, the same cost."""
    own = net.path("Vale", "Far Mill")
    assert nx.shortest_path(net.graph, own.nodes[0], own.nodes[-1], weight="cost") == list(own.nodes)
    assert nx.shortest_path_length(net.graph, own.nodes[0], own.nodes[-1], weight="cost") == pytest.approx(own.cost)
