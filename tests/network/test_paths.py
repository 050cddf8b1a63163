"""Paths and skims: cheapest by generalised cost, and never through a factory."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scrapflow as sf
from scrapflow.errors import AmbiguousNameError, NoPathError, UnknownNameError
from tests.network.worlds import grid_world, small_world


@pytest.fixture(scope="module")
def net():  # noqa: D103
    return sf.build_network(sf.read_world("toy"))


def test_a_path_names_its_nodes_and_links_in_order(net):
    """From the works to the far mill: 16 km by cart, through the gate, 110 km by rail; cost 16 x 5 + 0 + 110."""
    path = net.path("Vale Works", "Far Mill")
    assert path.nodes == ["works", "yard", "station", "far"]
    assert path.links == ["cart_works", "gate", "rail_far"]
    assert path.length_km == pytest.approx(126)
    assert path.cost == pytest.approx(190)


def test_any_spelling_names_a_place_and_a_station_goes_first(net):
    """``Vale`` is a station, a region and part of other names; the station is meant."""
    assert net.path("vale", "파제강소").nodes == net.path("station", "Faar").nodes == ["station", "far"]


def test_a_place_is_no_distance_from_itself(net):
    """A path from a place to itself has no link and no length."""
    path = net.path("Vale", "Vale")
    assert (path.nodes, path.links, path.length_km, path.cost) == (["station"], [], 0.0, 0.0)


def test_via_puts_legs_together(net):
    """A path by way of a place passes it, and its length is the sum of the legs."""
    path = net.path("works", "near", via=["station"])
    assert path.nodes == ["works", "yard", "station", "near"]
    assert path.length_km == pytest.approx(36)


def test_a_line_is_kept_to_by_id_or_by_name(net):
    """Restricted to a line, the path uses its links alone, and says so when they do not suffice."""
    assert net.path("station", "far", line="trunk").links == ["rail_far"]
    assert net.path("station", "far", line="Trunk line").links == ["rail_far"]
    with pytest.raises(NoPathError, match="branch"):
        net.path("station", "far", line="branch")
    with pytest.raises(UnknownNameError, match="no line 'nowhere'"):
        net.path("station", "far", line="nowhere")


def test_unknown_places_are_named_with_near_ones(net):
    """A misspelt name is refused and the nearest names are offered."""
    with pytest.raises(UnknownNameError) as caught:
        net.path("Val", "Far Mil")
    assert caught.value.candidates


def test_two_stations_of_one_name_are_ambiguous_and_never_merged():
    """Two stations called alike stay two, and the error names both."""
    world = small_world(
        stations={"s1": ("Same", 0.0, 0.0), "s2": ("Same", 0.0, 3.0), "s3": ("Other", 0.0, 1.0)},
        rails=[("s1", "s3", 120.0)],
    )
    network = sf.build_network(world)
    with pytest.raises(AmbiguousNameError) as caught:
        network.path("Same", "Other")
    assert sorted(caught.value.candidates) == ["s1", "s2"]
    assert network.path("s1", "Other").length_km == pytest.approx(120)
    with pytest.raises(NoPathError):
        network.path("s1", "s2")


def test_two_access_links_of_one_factory_are_no_short_cut():
    """A factory that can cart to two yards does not join the two railway lines beside them."""
    world = small_world(
        stations={"s1": ("One", 0.0, 0.0), "s2": ("Two", 0.2, 0.0)},
        rails=[],
        yards={"y1": "s1", "y2": "s2"},
        enterprises={"e": (0.1, 0.0)},
    )
    network = sf.build_network(world)
    assert set(network.catchment.yard[0]) == {0, 1}
    with pytest.raises(NoPathError):
        network.path("s1", "s2")


def test_gauges_meet_only_where_a_transshipment_link_joins_them():
    """Without the link there is no path; with it, its cost is paid once."""
    stations = {"a": ("Wide", 0.0, 0.0), "b": ("Narrow", 0.01, 0.0), "c": ("End", 0.3, 0.0)}
    apart = small_world(stations=stations, rails=[("b", "c", 40.0)])
    with pytest.raises(NoPathError):
        sf.build_network(apart).path("a", "c")
    joined = small_world(stations=stations, rails=[("b", "c", 40.0)], changes=[("a", "b", 0.5)])
    path = sf.build_network(joined).path("a", "c")
    assert path.cost == pytest.approx(0.5 + 50 + 40)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(2, 25))
def test_paths_agree_with_networkx(seed, n):
    """On random rail networks, cost and reachability are those of networkx's own Dijkstra."""
    network = sf.build_network(grid_world(np.random.default_rng(seed), n))
    a, b = "s0", f"s{n - 1}"
    try:
        expected = nx.dijkstra_path_length(network.graph, a, b, weight="cost_per_t")
    except nx.NetworkXNoPath:
        with pytest.raises(NoPathError):
            network.path(a, b)
        return
    path = network.path(a, b)
    assert path.cost == pytest.approx(expected, abs=1e-9)
    lengths = network.links.set_index("link_id").length_km
    assert path.length_km == pytest.approx(lengths[path.links].sum(), abs=1e-9)
    table = network.skim([a], [b])
    assert table.cost[0] == pytest.approx(expected, abs=1e-9)
    assert table.length_km[0] == pytest.approx(path.length_km, abs=1e-9)


def test_a_skim_tells_what_cannot_be_reached_and_what_it_does_not_know():
    """Unreachable pairs are inf in both columns; an unknown node is refused by name."""
    world = small_world(stations={"s1": ("One", 0.0, 0.0), "s2": ("Two", 0.0, 1.0)}, rails=[])
    network = sf.build_network(world)
    row = network.skim(["s1"], ["s2", "s1"]).set_index("destination")
    assert np.isinf(row.loc["s2", ["cost", "length_km"]].astype(float)).all()
    assert row.loc["s1", "length_km"] == 0
    with pytest.raises(UnknownNameError, match="s9"):
        network.skim(["s9"], ["s1"])


def test_what_is_to_be_avoided_is_gone_around():
    """A link, a place and a line can be avoided; without any other way the error says so."""
    world = small_world(
        stations={"a": ("Ay", 0.0, 0.0), "b": ("Bee", 0.0, 1.0), "c": ("Cee", 1.0, 0.0)},
        rails=[("a", "b", 10.0), ("b", "c", 10.0), ("a", "c", 50.0)],
    )
    network = sf.build_network(world)
    assert network.path("Ay", "Cee").nodes == ["a", "b", "c"]
    assert network.path("Ay", "Cee", avoid="Bee").nodes == ["a", "c"]
    assert network.path("Ay", "Cee", avoid=["l1"]).length_km == pytest.approx(50)
    with pytest.raises(NoPathError, match="without Bee, l2"):
        network.path("Ay", "Cee", avoid=["Bee", "l2"])


def test_a_skim_takes_names_and_grows_from_the_smaller_side():
    """Places by any spelling; the same pairs asked both ways round and one by one agree."""
    network = sf.build_network(grid_world(np.random.default_rng(4), 12))
    ids = [f"s{i}" for i in range(12)]
    wide = network.skim(["S0"], ids).set_index("destination")
    tall = network.skim(ids, ["S0"]).set_index("origin")
    for node in ids:
        try:
            path = network.path("s0", node)
        except NoPathError:
            assert np.isinf(wide.cost[node])
            continue
        assert wide.cost[node] == pytest.approx(path.cost)
        assert wide.length_km[node] == pytest.approx(path.length_km)
        assert tall.cost[node] == pytest.approx(path.cost)  # every link of this world can be passed both ways


def test_what_is_to_be_avoided_may_be_a_place_or_a_line(toy):
    """A misspelt station is told with the station, not with lines alone."""
    with pytest.raises(UnknownNameError, match="no place, line or link 'Near Mil'; did you mean Near Mill"):
        sf.build_network(toy).path("Vale", "Far Mill", avoid="Near Mil")
