"""A query as a graph: links in the direction of travel, with the tonnes that pass."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def flows(toy_run):
    """All that moved in the toy."""
    return toy_run.flows


def passing(graph):
    """Return tonnes by (from, to, link)."""
    return {(u, v, key): round(t, 9) for u, v, key, t in graph.edges(keys=True, data="tonnage_t")}


def test_a_link_that_is_used_both_ways_is_two_edges(flows):
    """Works hand over 37 t and carry 3.375 back on one road; 19.875 come from town; 53.5 t leave by rail, 30 of them to Near Mill.

    What is looted moves on no link and is not there.
    """
    graph = flows.to_networkx()
    assert passing(graph) == {
        ("works", "yard", "cart_works"): 37.0,
        ("yard", "works", "cart_works"): 3.375,
        ("town", "yard", "cart_town"): 19.875,
        ("yard", "station", "gate"): 53.5,
        ("station", "near", "rail_near"): 30.0,
        ("station", "far", "rail_far"): 23.5,
    }
    assert graph.graph == {"crs": "EPSG:4326"}


def test_edges_and_nodes_say_what_they_are(flows):
    """Lengths, lines and modes of the links; costs of the run's arcs, of a road by the campaign's rates; names, kinds and places of nodes."""
    graph = flows.to_networkx()
    rail, road = graph.edges["station", "far", "rail_far"], graph.edges["works", "yard", "cart_works"]
    assert {k: v for k, v in rail.items() if k != "tonnage_t"} == {
        "length_km": 110.0, "cost": 110.0, "cost_per_t": 110.0, "mode": "rail", "line_id": "trunk",
    }  # fmt: skip
    assert (road["length_km"], road["mode"], road["line_id"]) == (16.0, "road", "")
    assert road["cost"] == road["cost_per_t"] == 16.0 * 5.0
    assert graph.nodes["far"] == {"name": "Far Mill", "kind": "mill", "x": 1.4, "y": 0.5}


def test_a_narrower_query_has_fewer_links_and_tonnes(flows):
    """By rail to Far Mill: the gate and one line, 23.5 t each; what moves on no link gives no graph."""
    graph = flows.kind("shipped").to("far").to_networkx()
    assert passing(graph) == {("yard", "station", "gate"): 23.5, ("station", "far", "rail_far"): 23.5}
    assert len(flows.kind("looted").to_networkx()) == 0
