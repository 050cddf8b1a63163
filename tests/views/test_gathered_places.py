"""Places gathered by point, county and region; the basemap's rings as plain data."""

from __future__ import annotations

import numpy as np
import pytest

from scrapflow.views.gathered_places import STEPS_PER_DEGREE, basemap, gathered


def grouped(places):
    """Return what places (x, y, kind, region, county) are gathered to."""
    x, y, kinds, regions, counties = zip(*places, strict=True)
    return gathered(np.array(x, dtype=float), np.array(y, dtype=float), kinds, regions, counties)


def test_what_stands_on_one_point_is_together_and_within_its_county():
    """Works and yard on one point, a town of the same county elsewhere, a yard of no county: points by county, by region."""
    told = grouped([
        (0, 0, "enterprise", 0, "Vale"), (0, 0, "yard", 1, ""), (1, 1, "community", 1, "Vale"), (2, 2, "yard", 1, ""), (3, 3, "yard", 2, ""),
    ])  # fmt: skip
    assert told == [[1, [["Vale", [[0, 1], [2]]], ["", [[3]]]]], [2, [["", [[4]]]]]]


def test_mills_and_stations_stand_alone_and_what_has_no_place_is_left_out():
    """Neither is gathered, nor a community without a coordinate."""
    told = grouped([
        (0, 0, "mill", 1, ""), (0, 0, "station", 1, ""), (np.nan, 0, "community", 1, ""), (0, np.nan, "yard", 1, ""), (0, 0, "yard", 1, ""),
    ])  # fmt: skip
    assert told == [[1, [["", [[4]]]]]]


def test_the_yard_says_the_region_of_a_point_and_the_community_its_county():
    """Where two yards differ the last counts; without a yard whoever has a region says it."""
    told = grouped([
        (0, 0, "yard", 1, "A"), (0, 0, "yard", 2, "B"), (0, 0, "community", 3, "C"), (5, 5, "enterprise", 0, "D"), (5, 5, "enterprise", 4, ""),
    ])  # fmt: skip
    assert told == [[2, [["C", [[0, 1, 2]]]]], [4, [["D", [[3, 4]]]]]]


def test_fifty_metres_are_one_point():
    """A quarter of a step apart is together, one and a half steps is not."""
    step = 1 / STEPS_PER_DEGREE
    told = grouped([(0, 0, "yard", 1, ""), (step / 4, 0, "yard", 1, ""), (1.5 * step, 0, "yard", 1, "")])
    assert told == [[1, [["", [[0, 1]]], ["", [[2]]]]]]


def test_rings_of_all_polygons_stand_in_a_row():
    """A polygon with a hole and a pair of islands: how many rings each has, how many corners each ring, and names by the properties."""
    ring = [[0, 0], [1, 0], [1, 1], [0, 0]]
    hole = [[0.2, 0.1, 7], [0.3, 0.1, 7], [0.3, 0.2, 7], [0.2, 0.1, 7], [0.2, 0.1, 7]]
    features = [
        {"geometry": {"type": "Polygon", "coordinates": [ring, hole]}, "properties": {"name": "One", "region_id": "r1"}, "id": 9},
        {"geometry": {"type": "MultiPolygon", "coordinates": [[ring], [ring]]}, "properties": {"home": True, "basemap_id": "b2"}, "id": 8},
        {"geometry": {"type": "Point", "coordinates": [0, 0]}, "properties": None, "id": 7},
        {"geometry": None},
    ]  # fmt: skip
    told = basemap({"regions": {"features": features}, "countries": {}})
    assert list(told) == ["regions"]
    rings = told["regions"]
    assert rings["names"] == ["One", "", "", ""]
    assert rings["ids"] == ["r1", "b2", "7", ""]
    assert rings["home"] == [False, True, False, False]
    assert rings["rings"].content.tolist() == [2, 2, 0, 0]
    assert rings["n"].content.tolist() == [4, 5, 4, 4]
    assert rings["x"].count == rings["y"].count == 17
    assert (np.cumsum(rings["x"].content.astype("int64")) * 1e-5)[4:6] == pytest.approx([0.2, 0.3])


def test_a_basemap_without_polygons_has_no_corner():
    """Its arrays are empty, not missing."""
    rings = basemap({"countries": {"features": [], "type": "FeatureCollection"}})["countries"]
    assert (rings["names"], rings["x"].count, rings["n"].count) == ([], 0, 0)
