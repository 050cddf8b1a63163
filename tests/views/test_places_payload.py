"""Places, links and regions as the map's script reads them."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import shapely

from scrapflow.views.places_payload import links_payload, nodes_numbers, nodes_payload, places, regions, shapes


def plain(packed):
    """Return what an array or a text holds."""
    return json.loads(packed.content) if isinstance(packed.content, bytes) else packed.content.tolist()


def degrees(packed):
    """Return coordinates from their differences in steps of 1e-5 degrees."""
    return np.cumsum(packed.content.astype("int64")) * 1e-5


NODES = pd.DataFrame(
    {
        "node_id": ["a", "b", "c"],
        "name": ["Alpha", "Bravo", "Charlie"],
        "kind": ["mill", "junction", "mill"],
        "x_coord": [1.5, np.nan, -2.25],
        "y_coord": [50.0, 51.0, 52.0],
        "region": ["North", None, "North"],
        "workers": [10.0, np.nan, 2.5],
        "named": [True, None, False],
    }
)


def test_places_have_their_kinds_coordinates_and_numbers():
    """A kind that the map does not know is added behind those it does; what is not placed lies at 0 and says so; unknown is null."""
    told = nodes_payload(NODES) | nodes_numbers(NODES)
    assert told["name"] == ["Alpha", "Bravo", "Charlie"]
    assert plain(told["id"]) == ["a", "b", "c"]
    assert [told["kinds"][k] for k in plain(told["kind"])] == ["mill", "junction", "mill"]
    assert told["kinds"][:2] == ["enterprise", "community"]
    assert plain(told["placed"]) == [1, 0, 1]
    assert degrees(told["x"]) == pytest.approx([1.5, 0, -2.25])
    assert degrees(told["y"]) == pytest.approx([50, 0, 52])
    assert plain(told["workers"]) == [10, None, 2.5]
    assert plain(told["population"]) == [None] * 3
    assert plain(told["named"]) == [1, 1, 0]
    region = told["region"]
    assert [region["names"][i] for i in plain(region["of"])] == ["North", "", "North"]
    assert plain(told["local"]) == ["", "", ""]


def test_points_are_gathered_by_their_regions():
    """The region is a number, in order of appearance after none."""
    nodes = NODES.assign(kind="yard", subregion=["s", "", "s"])
    assert places(nodes) == [[1, [["s", [[0], [2]]]]]]


LINKS = pd.DataFrame(
    {
        "link_id": ["l", "m"],
        "from_node_id": ["a", "x"],
        "to_node_id": ["b", "a"],
        "mode": ["road", "ferry"],
        "line": ["", "Trunk"],
        "line_id": ["b1", "t"],
        "length_km": [12.34567, np.nan],
        "capacity_t": [np.inf, 5.0],
        "gauge_mm": [1435, np.nan],
        "geometry": [shapely.LineString([(0, 0), (1, 1), (2, 0)]), None],
    }
)


def test_links_have_their_ends_lines_and_courses():
    """An end that is no node is -1; a line without a name has its identifier; no limit and no length are null; no gauge is 0."""
    told = links_payload(LINKS, {"a": 0, "b": 1})
    assert (plain(told["from"]), plain(told["to"])) == ([0, -1], [1, 0])
    assert [told["modes"][m] for m in plain(told["mode"])] == ["road", "ferry"]
    assert plain(told["length_km"]) == [12.3457, None]
    assert plain(told["capacity_t"]) == [None, 5]
    assert plain(told["gauge_mm"]) == [1435, 0]
    assert [told["line"]["names"][i] for i in plain(told["line"]["of"])] == ["b1", "Trunk"]
    assert plain(told["shape"]["n"]) == [3, 0]
    assert degrees(told["shape"]["x"]) == pytest.approx([0, 1, 2])


def test_a_course_that_is_not_there_is_none_however_it_is_written():
    """None, NaN of a table, and an empty line have no corner."""
    told = shapes(pd.Series([None, np.nan, shapely.LineString(), shapely.LineString([(0, 1), (0, 2)])], dtype=object))
    assert plain(told["n"]) == [0, 0, 0, 2]
    assert degrees(told["y"]) == pytest.approx([1, 2])


def test_counties_are_within_their_regions():
    """Only what is no county is a region of the map, with its words in both languages."""
    frame = pd.DataFrame(
        {"region_id": ["p", "c"], "level": ["province", "county"], "parent_id": ["", "p"], "name": ["P", "C"]}
    )
    assert regions(frame) == [{"region_id": "p", "parent_id": "", "name": "P", "name_local": "", "basemap_id": ""}]


def test_what_the_first_sight_needs_is_not_deflated():
    """Kinds, places, courses and modes are read at once; what only a panel tells is packed as small as can be."""
    nodes, links = nodes_payload(NODES), links_payload(LINKS, {"a": 0})
    now = {k for told in (nodes, links) for k, v in told.items() if getattr(v, "ready", False)}
    assert now == {"kind", "placed", "x", "y", "named", "mode", "gauge_mm"}
    assert all(part.ready for part in links["shape"].values())
    assert nodes["basis"]["of"].ready
    assert not nodes["region"]["of"].ready
    assert not any(part.ready for part in shapes(LINKS["geometry"]).values())
