"""Sections whose ends are coordinates in columns of their own."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.world.importers.ends import end_columns

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
