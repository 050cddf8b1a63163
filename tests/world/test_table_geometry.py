"""Geometry of the tables: cells read, every fault by its row, and lines and points where none is drawn."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import scrapflow as sf
from scrapflow.world.table_geometry import parse, points, read_shape, straight, without_place


def parsed(table, cells, judged=None):
    """Return what becomes of the cells of rows a, b, … and the messages by row."""
    rows = list("abcdefgh"[: len(cells)])
    problems = []
    judged = np.ones(len(cells), dtype=bool) if judged is None else np.array(judged)
    shapes = parse(table, np.array(cells, dtype=object), rows, problems, judged)
    return shapes, {p["row"]: p["message"] for p in problems}


def test_every_row_is_told_by_the_first_rule_that_it_breaks():
    """A point in metres on a row of links is told as a point; sound lines stay as they are, blank cells are empty."""
    cells = [
        "LINESTRING (0 0, 1 1)",
        "POINT (500 0)",
        "nonsense",
        "LINESTRING (0 0, 1 nan)",
        "LINESTRING (0 95, 5 100)",
        "",
    ]
    shapes, told = parsed("links", cells)
    assert shapes[0].wkt == "LINESTRING (0 0, 1 1)"
    assert all(shape.is_empty and shape.geom_type == "LineString" for shape in shapes[1:])
    assert told == {
        "b": "a Point stands where a LineString is wanted",
        "c": "'nonsense' is not WKT such as 'LINESTRING (125.7 39.0, 125.8 39.1)'",
        "d": "the geometry has coordinates that are no numbers",
        "e": "the geometry reaches beyond ±180, ±90 degrees; longitude comes first: are the two swapped?",
    }


def test_what_lies_beyond_the_degrees_is_swapped_or_in_another_system():
    """The poles and the date line are within; past them the two axes are swapped, or the system is another."""
    _, told = parsed("nodes", ["POINT (180 -90)", "POINT (-180.01 0)", "POINT (39 125)", "POINT (181 91)"])
    assert list(told) == ["b", "c", "d"]
    assert told["b"].endswith("it must be in degrees (EPSG:4326)")
    assert told["c"].endswith("are the two swapped?")
    assert told["d"].endswith("it must be in degrees (EPSG:4326)")


def test_outlines_have_to_be_valid_and_lines_need_not_be():
    """A bow tie is no region, with the reason and the cure; a line may cross itself."""
    tie = "((0 0, 1 1, 1 0, 0 1, 0 0))"
    shapes, told = parsed("regions", [f"POLYGON {tie}", "POLYGON ((0 0, 1 0, 1 1, 0 0))"])
    assert shapes[0].is_empty
    assert shapes[1].area == 0.5
    assert told == {
        "a": "the outline is not valid (Self-intersection[0.5 0.5]): repair it, for example with make_valid"
    }
    assert parsed("links", ["LINESTRING (0 0, 1 1, 1 0, 0 1)"])[1] == {}


def test_several_points_are_a_place_only_if_they_are_one():
    """A multi-point of one is its point; of two it is refused with the cure."""
    shapes, told = parsed("nodes", ["MULTIPOINT ((1 2))", "MULTIPOINT ((1 2), (3 4))"])
    assert shapes[0].wkt == "POINT (1 2)"
    assert told["b"] == "a MultiPoint stands where a Point is wanted; turn multipart into singleparts, one row a place"


def test_rows_that_are_not_judged_are_empty_without_a_word():
    """What is wrong there is left out; what is sound is taken, and heights are dropped."""
    shapes, told = parsed("nodes", ["POINT Z (1 2 3)", "POINT (500 0)"], judged=[False, False])
    assert [shape.wkt for shape in shapes] == ["POINT (1 2)", "POINT EMPTY"]
    assert told == {}


def test_cells_are_read_in_any_spelling_of_a_shape():
    """WKT with and without an SRID of degrees, hexadecimal and binary WKB, GeoJSON, and shapes; another SRID is none."""
    point = shapely.Point(1, 2)
    written = shapely.to_wkb(point)
    for cell in (
        " POINT (1 2) ",
        "SRID=4326;POINT (1 2)",
        written,
        bytearray(written),
        written.hex(),
        shapely.to_geojson(point),
        point,
    ):
        assert read_shape(cell).equals(point)
    for cell in ("SRID=3857;POINT (1 2)", b"nothing", 5, None):
        assert read_shape(cell) is None


def test_a_link_without_a_course_is_straight_between_its_ends():
    """An end that is unknown or not placed leaves it empty; of a place named twice the first counts."""
    nodes = pd.DataFrame({"node_id": ["a", "b", "b", "c"], "x_coord": [0.0, 1, 9, np.nan], "y_coord": [0.0, 1, 9, 0]})
    links = pd.DataFrame({"from_node_id": ["a", "a", "a"], "to_node_id": ["b", "c", "x"]})
    assert [line.wkt for line in straight(links, nodes)] == [
        "LINESTRING (0 0, 1 1)",
        "LINESTRING EMPTY",
        "LINESTRING EMPTY",
    ]
    assert [point.wkt for point in points(nodes)][2:] == ["POINT (9 9)", "POINT EMPTY"]


def test_all_rows_that_have_no_place_are_told_at_once_on_a_map_and_in_a_world():
    """Both doors list every row; a point of NaN is a place that is not known, and a coordinate at the limit is too far."""
    nan, inf = float("nan"), float("inf")
    ends = [[(0, 0), (1, nan)], [(0, 0), (1, 1)], [(inf, 0), (1, 1)]]
    with np.errstate(invalid="ignore"):
        drawn = [shapely.LineString(xy) for xy in [*ends, [(0, 0), (2, 1)]]]
    shapes = np.array([*drawn, shapely.Point(nan, nan)])
    assert without_place(shapes).tolist() == [0, 2]
    assert without_place(shapes, 2).tolist() == [0, 2, 3]
    frame = gpd.GeoDataFrame({"tonnage_t": [1.0, 2.0, 3.0]}, geometry=shapes[:3], crs=4326)
    with pytest.raises(sf.InputError) as on_a_map:
        sf.map_flows(frame)
    with pytest.raises(sf.InputError) as in_a_world:
        sf.world_from(links=frame[["geometry"]])
    assert on_a_map.value.problems["row"].tolist() == ["0", "2"]
    assert in_a_world.value.problems["row"].tolist() == ["1", "3"]
