"""Lines meet at shared vertices, where an end lies on a line, and at places; elsewhere they pass over one another."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

import scrapflow as sf
from scrapflow.world.importers.noding import degrees, mercator, node_lines
from tests.made_up_inputs import ROWS, lines, said


def test_ends_are_joined_within_the_tolerance_only():
    """Five metres short is joined and said; with a tolerance of one metre it is an island."""
    rows = ["LINESTRING (10 50, 11 50)", "LINESTRING (10.5 50.00005, 10.5 50.5)"]
    joined, apart = sf.world_from(lines(rows)), sf.world_from(lines(rows), tolerance_m=1)
    assert (len(joined.links), len(apart.links)) == (3, 2)
    assert joined.report.loc[joined.report["kind"] == "snapped_end", "metres"].iloc[0] == pytest.approx(5.6, abs=0.1)
    assert len(said(apart, "island")) == 1


def test_lines_that_merely_cross_pass_over_one_another():
    """A bridge is no junction unless one says so."""
    rows = ["LINESTRING (10 50, 11 50)", "LINESTRING (10.5 49.5, 10.5 50.5)"]
    assert len(sf.world_from(lines(rows)).links) == 2
    assert len(sf.world_from(lines(rows), crossings=True).links) == 4


def test_all_crossings_are_found_and_no_others():
    """Three by four straight lines cross in twelve places: 31 pieces; one that only touches an end of another adds itself."""
    upright = [f"LINESTRING ({10 + x / 10} 50, {10 + x / 10} 51)" for x in (1, 2, 3)]
    level = [f"LINESTRING (10 {50 + y / 10}, 11 {50 + y / 10})" for y in (1, 2, 3, 4)]
    touching = ["LINESTRING (11 50.1, 12 50.1)"]
    world = sf.world_from(lines([*upright, *level, *touching]), crossings=True)
    assert len(world.links) == 3 * 5 + 4 * 4 + 1
    met = world.nodes["node_id"].map(pd.concat([world.links["from_node_id"], world.links["to_node_id"]]).value_counts())
    assert (met == 4).sum() == 12


def test_the_order_and_direction_of_lines_do_not_matter():
    """Shuffled and turned lines are the same network."""
    turned = [shapely.reverse(shapely.from_wkt(r)).wkt for r in ROWS][::-1]
    a, b = sf.world_from(lines()), sf.world_from(lines(turned))
    lengths = [sorted(sf.build_network(w).links["length_km"].round(6)) for w in (a, b)]
    assert lengths[0] == lengths[1]


def noded(rows, places=(), **how):
    """Return the network of lines and places (lon, lat)."""
    return node_lines(shapely.from_wkt(rows), np.array(places, dtype=float).reshape(-1, 2), **how)


def test_a_place_joins_the_nearest_line_within_reach_at_a_corner_where_one_is_about_as_near():
    """At the equator 0.001° are 111 m: on the line a new node, within ten metres of a corner the corner, beyond reach none."""
    told = noded(["LINESTRING (0 0, 1 0, 2 0)"], [(0.5, 0.001), (1.00005, 0), (0.5, 0.1), (np.nan, 0)], reach_m=1000)
    assert told.place.tolist()[2:] == [-1, -1]
    assert told.xy[told.place[0]].tolist() == pytest.approx([0.5, 0])
    assert told.xy[told.place[1]].tolist() == pytest.approx([1, 0])
    assert told.moved_m[:2].tolist() == pytest.approx([111.3, 5.57], abs=0.1)
    assert np.isnan(told.moved_m[2:]).all()
    assert len(told.course) == 3


def test_metres_are_those_on_the_ground():
    """At 60° north a degree of longitude is half of one at the equator: 0.001° are 55.7 m, within a reach of 60."""
    told = noded(["LINESTRING (10 59, 10 61)"], [(10.001, 60)], reach_m=60)
    assert told.moved_m[0] == pytest.approx(55.7, abs=0.2)
    assert noded(["LINESTRING (10 59, 10 61)"], [(10.001, 60)], reach_m=55).place.tolist() == [-1]
    assert (
        noded(["LINESTRING (10 59, 10 61)"], [(10.001, 60)] * 2, reach_m=np.array([60.0, 50.0])).place.tolist()[1] == -1
    )


def test_of_two_loose_ends_the_later_moves_to_the_earlier():
    """Eleven metres apart with a tolerance of twenty: one node where the first ended; with ten they stay apart."""
    rows = ["LINESTRING (0 0, 1 0)", "LINESTRING (1.0001 0, 2 0)"]
    told = noded(rows, tolerance_m=20)
    assert len(told.xy) == 3
    assert told.snapped[:, :3].tolist() == [[1, pytest.approx(1.0001), 0]]
    assert told.snapped[0, 3] == pytest.approx(11.13, abs=0.01)
    assert told.course[1].coords[0] == pytest.approx((1, 0))
    assert len(noded(rows, tolerance_m=10).xy) == 4
    assert len(noded(rows, tolerance_m=0).snapped) == 0


def test_a_line_is_cut_where_it_passes_the_same_point_twice():
    """A loop of a balloon: out, round and back over its own start; and where two share a vertex."""
    told = noded(["LINESTRING (0 0, 1 0, 1 1, 0 1, 0 0, -1 0)"])
    assert told.xy[told.start].tolist() == [[0, 0], [0, 0]]
    assert told.xy[told.end].tolist() == [[0, 0], [-1, 0]]
    two = noded(["LINESTRING (0 0, 1 0, 2 0)", "LINESTRING (1 0, 1 1)"])
    assert two.line.tolist() == [0, 0, 1]
    assert len(two.xy) == 4


def test_the_projection_leads_back():
    """Degrees to metres and back, also near the poles, where it stops at 89°."""
    xy = np.array([[0.0, 0.0], [-179.0, 85.0], [12.0, -88.9]])
    assert degrees(mercator(xy)) == pytest.approx(xy)
    assert degrees(mercator(np.array([[0.0, 90.0]])))[0, 1] == pytest.approx(89)
