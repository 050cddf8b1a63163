"""Operators kept apart: the cheapest way over track of several railways, and every place where it is asked for."""

from __future__ import annotations

import math
from dataclasses import replace

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scrapflow as sf
from scrapflow.errors import NoPathError
from scrapflow.network.passage import Passage
from scrapflow.network.skim import skim
from scrapflow.network.trackage import rights_of
from scrapflow.world.operators import Operators

from .worlds import small_world

STATIONS = {s: (s.upper(), i / 10, 0.0) for i, s in enumerate("abcd")}
RAILS = [("a", "b", 10), ("b", "d", 10), ("b", "c", 15), ("c", "d", 15)]
"""North runs a–b and by c to d, 40 km; south has the short cut b–d."""
RAILWAYS = ["north", "south", "north", "north"]


def world_of(*, operator=RAILWAYS, yards=None, **section):
    """The four stations, with a section ``[operators]`` if anything is said in it."""
    world = small_world(stations=STATIONS, rails=RAILS, yards=yards)
    links = world.links.assign(operator=[*operator, *[""] * (len(world.links) - len(RAILS))])
    return replace(world, tables={**world.tables, "links": links}, settings={"operators": section} if section else {})


def path(world, a="a", b="d", **options):
    """Length and cost of a path."""
    found = sf.build_network(world).path(a, b, **options)
    return found.length_km, found.cost


def test_without_the_section_operators_do_not_matter():
    """20 km by the short cut, whoever owns it; a cost of 0 says the same."""
    assert path(world_of()) == path(world_of(change_cost_per_t=0)) == (20.0, 20.0)


def test_a_change_is_made_where_it_saves_more_than_it_costs():
    """The way round is 20 km longer: a change for 19 is worth it and is in the cost, one for 21 is not."""
    assert path(world_of(change_cost_per_t=19)) == (20.0, 39.0)
    assert path(world_of(change_cost_per_t=21)) == (40.0, 40.0)


def test_a_ban_leaves_what_only_a_change_could_reach():
    """With ``inf`` nobody changes: there is no way from the north's a to a station that the south alone serves."""
    assert path(world_of(change_cost_per_t=math.inf)) == (40.0, 40.0)
    cut = world_of(change_cost_per_t=math.inf, operator=["north", "south", "south", "south"])
    with pytest.raises(NoPathError):
        path(cut)
    assert path(cut, "b", "d") == (10.0, 10.0)


def test_rights_and_groups_need_no_change():
    """The north may run on the short cut, or both run as one: 20 km at no cost beside them."""
    assert path(world_of(change_cost_per_t=99, operator=["north", "south|north", "north", "north"])) == (20.0, 20.0)
    assert path(world_of(change_cost_per_t=99, together=[["south", "north"]])) == (20.0, 20.0)


def test_rights_on_one_link_are_no_change_on_the_next():
    """The north may run to d but not beyond: what passes d into the south's own track has changed."""
    shared = ["north", "south|north", "south", "south"]
    assert path(world_of(change_cost_per_t=9, operator=shared), "a", "c") == (25.0, 34.0)


def test_a_table_of_paths_says_the_same():
    """``skim`` adds the cost of changes, and the lengths are those of the paths."""
    net = sf.build_network(world_of(change_cost_per_t=19))
    table = net.skim(list("abcd"), list("abcd"))
    for row in table.itertuples():
        if row.origin != row.destination:
            found = net.path(row.origin, row.destination)
            assert (row.length_km, row.cost) == (found.length_km, found.cost)


def test_given_flows_take_the_way_of_the_paths():
    """A flow on a network is put on the longer line where changing is dear."""
    rows = pd.DataFrame({"origin": ["a"], "destination": ["d"], "tonnage_t": [5.0]})
    used = [sf.run_from(rows, network=world_of(change_cost_per_t=cost)).paths["link_id"].tolist() for cost in (19, 21)]
    assert used == [["l0", "l1"], ["l0", "l2", "l3"]]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_search_over_places_and_operators_finds_nothing_better(data):
    """Beside Dijkstra's search by networkx on nodes (place, operator), built link by link: the same costs."""
    size, names = data.draw(st.integers(3, 6)), ["n", "s", "w"]
    ends = [(a, b) for a in range(size) for b in range(size) if a != b]
    chosen = data.draw(st.lists(st.sampled_from(ends), min_size=3, max_size=12, unique=True))
    cells = [data.draw(st.sampled_from(["", "n", "s", "w", "n|s", "s|w"])) for _ in chosen]
    km = [float(data.draw(st.integers(1, 9))) for _ in chosen]
    toll = data.draw(st.sampled_from([2.0, 7.0, math.inf]))
    nodes = pd.DataFrame({"node_id": [str(i) for i in range(size)], "kind": "station", "x_coord": 0.0, "y_coord": 0.0})
    arcs = pd.DataFrame(
        {"from_node_id": [str(a) for a, _ in chosen], "to_node_id": [str(b) for _, b in chosen], "cost_per_t": km,
         "length_km": km, "link_id": [f"l{i}" for i in range(len(chosen))], "mode": "rail"}
    )  # fmt: skip
    found = skim(
        Passage(nodes, arcs, rights_of(np.array(cells, dtype=object), Operators(toll, {}))), *[nodes["node_id"]] * 2
    )
    graph = nx.DiGraph()
    for place in range(size):
        for a in names:
            graph.add_edge(("start", place), (place, a), weight=0.0)
            graph.add_edge((place, a), ("end", place), weight=0.0)
            for b in set(names) - {a} if math.isfinite(toll) else ():
                graph.add_edge((place, a), (place, b), weight=toll)
    for (a, b), cell, cost in zip(chosen, cells, km, strict=True):
        for name in cell.split("|") if cell else names:
            graph.add_edge((a, name), (b, name), weight=cost)
    for row in found[found["origin"] != found["destination"]].itertuples():
        lengths = nx.single_source_dijkstra_path_length(graph, ("start", int(row.origin)))
        assert row.cost == pytest.approx(lengths.get(("end", int(row.destination)), math.inf))
