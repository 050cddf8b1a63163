"""Sections whose ends are coordinates in columns of their own."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.world.importers.ends import end_columns, straight_lines

SECTIONS = [(10.0, 50.0, 10.5, 50.0), (10.5, 50.0, 10.5, 50.5)]


@pytest.mark.parametrize(
    "columns",
    [
        ["from_x", "from_y", "to_x", "to_y"],
        ["lon1", "lat1", "lon2", "lat2"],
        ["Origin Longitude", "Origin Latitude", "Dest Longitude", "Dest Latitude"],
        ["x_1", "y_1", "x_2", "y_2"],
    ],
)
def test_sections_between_coordinates_are_lines(columns):
    """Two sections that share an end are two links between three places, whatever their columns are called."""
    world = sf.world_from(pd.DataFrame(SECTIONS, columns=columns))
    assert len(world.links) == 2
    assert (world.nodes["kind"] == "junction").sum() == 3
    assert "straight" in world.report["kind"].tolist()


def test_codes_come_first():
    """Sections that name their ends are joined by names, and their coordinates are left alone."""
    table = pd.DataFrame(SECTIONS, columns=["lon1", "lat1", "lon2", "lat2"])
    world = sf.world_from(table.assign(**{"from": ["a", "b"], "to": ["b", "c"], "km": [36.0, 56.0]}))
    assert set(world.nodes["node_id"]) >= {"a", "b", "c"}


def test_a_coordinate_that_is_none_is_refused_with_its_row():
    """The message names row and column."""
    table = pd.DataFrame([*SECTIONS, (1.0, 2.0, "east", 4.0)], columns=["x1", "y1", "x2", "y2"])
    with pytest.raises(sf.errors.InputError, match="row 3, column x2: 'east' is no coordinate"):
        sf.world_from(table)


def test_three_of_four_columns_are_no_ends():
    """Half an end is none."""
    assert end_columns(["lat1", "lon1", "lat2", "other"]) == {}


def test_a_section_leads_from_its_first_end_to_its_second():
    """Of one that is run one way, the ends must not be exchanged; columns in any order."""
    table = pd.DataFrame({"to_y": [50.0], "from_x": [10.0], "to_x": [11.0], "from_y": [49.0], "oneway": ["yes"]})
    world = sf.world_from(table)
    link, nodes = world.links.iloc[0], world.nodes.set_index("node_id")
    assert nodes.loc[link["from_node_id"], ["x_coord", "y_coord"]].tolist() == [10, 49]
    assert nodes.loc[link["to_node_id"], ["x_coord", "y_coord"]].tolist() == [11, 50]
    assert end_columns(["lat2", "lon2", "lat1", "lon1"])["destination", "x_coord"] == "lon2"
    assert straight_lines(table).geometry.iloc[0].wkt == "LINESTRING (10 49, 11 50)"


def test_an_empty_coordinate_is_refused_too():
    """A line to nowhere would have no length."""
    with pytest.raises(sf.errors.InputError, match="row 1, column y2: 'nan' is no coordinate"):
        sf.world_from(pd.DataFrame({"x1": [1.0], "y1": [2.0], "x2": [3.0], "y2": [float("nan")]}))
