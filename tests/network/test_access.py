"""Access links and catchments: drawn where a world leaves them out, nearest first, ties by id."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scrapflow as sf
from scrapflow.network import Transport
from scrapflow.network.access import candidates
from scrapflow.network.snap import earth_xyz, nearest
from scrapflow.world.geodesy import geodesic_km
from tests.network.worlds import small_world

STATIONS = {"s1": ("One", 0.0, 0.0), "s2": ("Two", 0.2, 0.0), "s3": ("Three", 5.0, 0.0)}


def test_missing_access_is_drawn_straight_times_circuity_and_says_so():
    """A factory 11.1 km from a yard gets a road of 1.25 times that, basis assumed."""
    world = small_world(stations=STATIONS, rails=[], yards={"y1": "s1"}, enterprises={"e": (0.1, 0.0)})
    link = sf.build_network(world).links.set_index("link_id").loc["e>y1"]
    assert link.length_km == pytest.approx(1.25 * geodesic_km(0, 0, 0.1, 0)[0])
    assert (link["mode"], link.length_basis) == ("road", "assumed")


def test_a_yard_out_of_reach_is_not_in_the_catchment():
    """Beyond the reach no access link is drawn, so an origin may have no yard at all."""
    world = small_world(stations=STATIONS, rails=[], yards={"y3": "s3"}, enterprises={"e": (0.1, 0.0)})
    catchment = sf.build_network(world).catchment
    assert catchment.yard.tolist() == [[-1]]
    near = sf.build_network(world, transport=Transport(reach_km=1000)).catchment
    assert near.yard.tolist() == [[0]]


def test_yards_are_ranked_by_cost_and_ties_by_identifier():
    """Two yards on one point cost the same: the smaller identifier comes first."""
    world = small_world(
        stations={"s1": ("One", 0.0, 0.0)}, rails=[], yards={"yb": "s1", "ya": "s1"}, enterprises={"e": (0.1, 0.0)}
    )
    catchment = sf.build_network(world).catchment
    assert [catchment.yard_ids[i] for i in catchment.yard[0]] == ["ya", "yb"]
    assert np.diff(catchment.cost[0])[0] == pytest.approx(0)


def test_links_of_the_world_are_kept_to():
    """An origin that the world itself links to a yard gets no other access link."""
    links = sf.build_network(sf.read_world("toy")).links
    assert sorted(links.link_id) == ["cart_town", "cart_works", "gate", "rail_far", "rail_near"]


def test_unplaced_origins_have_no_access_link():
    """What has no coordinate is not snapped to anything."""
    world = small_world(
        stations=STATIONS, rails=[], yards={"y1": "s1"}, enterprises={"e": (float("nan"), float("nan"))}
    )
    network = sf.build_network(world)
    assert "e" not in set(network.links.from_node_id)
    assert len(network.catchment.origin_ids) == 0


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 60), m=st.integers(1, 40), k=st.integers(1, 4))
def test_nearest_agrees_with_brute_force(seed, n, m, k):
    """On random points the k nearest are those of the full table of distances."""
    rng = np.random.default_rng(seed)
    a, b = rng.uniform(0, 100, (n, 2)), rng.uniform(0, 100, (m, 2))
    table = np.hypot(*(a[:, None, :] - b[None]).transpose(2, 0, 1))
    found = nearest(a, b, k=k)
    kept = min(k, m)
    assert np.allclose(found.distance[:, :kept], np.sort(table, axis=1)[:, :kept])
    assert (found.target[:, kept:] == -1).all()


def test_snapping_agrees_with_geopandas():
    """In projected metres the nearest target is the one that ``sjoin_nearest`` finds."""
    rng = np.random.default_rng(7)
    a, b = rng.uniform(0, 1e5, (500, 2)), rng.uniform(0, 1e5, (80, 2))
    left = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*a.T), crs=32652)
    right = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*b.T), crs=32652)
    expected = left.sjoin_nearest(right)["index_right"].to_numpy()
    assert (nearest(a, b).target[:, 0] == expected).all()


def test_geocentric_distance_orders_like_the_geodesic():
    """Through the earth or over it, the nearer of two places stays the nearer."""
    rng = np.random.default_rng(3)
    x, y = rng.uniform(124, 131, 200), rng.uniform(37, 43, 200)
    through = np.linalg.norm(earth_xyz(x, y) - earth_xyz([125.7], [39.0]), axis=1)
    over = geodesic_km(x, y, np.full(200, 125.7), np.full(200, 39.0))
    assert (np.argsort(through) == np.argsort(over)).all()


def test_a_notebook_shows_lengths_by_where_they_come_from():
    """The display of a network names its modes and bases, and a hostile identifier is text."""
    world = small_world(stations={"<b>": ("One", 0.0, 0.0), "s2": ("Two", 0.2, 0.0)}, rails=[("<b>", "s2", 30.0)])
    shown = sf.build_network(world)._repr_html_()
    assert "reported" in shown
    assert "rail" in shown
    assert "<b>" not in shown


def test_a_yard_is_joined_to_the_main_network_and_not_to_a_nearer_island():
    """An island's station lies nearer, and the main network has but a junction: no train leaves an island."""
    nodes = pd.DataFrame(
        {
            "node_id": ["yard", "isle", "isle2", "m1", "m2", "m3"],
            "kind": ["yard", "station", "station", "junction", "station", "station"],
            "x_coord": [0.0, 0.01, 0.02, 0.05, 5.0, 6.0],
            "y_coord": 0.0,
        }
    )
    links = pd.DataFrame({"from_node_id": ["isle", "m1", "m2"], "to_node_id": ["isle2", "m2", "m3"], "mode": "rail"})
    found = candidates(nodes, links, 50.0, 3)
    first = found.links.loc[np.isinf(found.instead_km), "to_node_id"].tolist()
    assert first == ["m1"]
    alone = candidates(nodes[nodes["node_id"] != "m1"], links[links["from_node_id"] != "m1"], 50.0, 3)
    assert alone.links["to_node_id"].tolist() == ["isle"]
