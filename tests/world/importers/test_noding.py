"""Lines meet at shared vertices, where an end lies on a line, and at places; elsewhere they pass over one another."""

from __future__ import annotations

import pandas as pd
import pytest
import shapely

import scrapflow as sf
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
