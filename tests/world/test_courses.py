"""A drawn course leads from one end of its link to the other, however it was drawn, or it is refused."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import scrapflow as sf
from scrapflow.world.courses import joined, turned
from scrapflow.world.geodesy import geometry_km

POINTS = [(0.5, 0.5), (0.7, 0.3), (1.0, 0.6), (1.2, 0.45), (1.4, 0.5)]
COURSE = shapely.LineString(POINTS)
NODES = pd.DataFrame(
    {"node_id": ["a", "b"], "x_coord": [0.5, 1.4], "y_coord": [0.5, 0.5], "coordinate_accuracy_km": [0.1, 0.1]}
)
LINK = pd.DataFrame({"from_node_id": ["a"], "to_node_id": ["b"]})


def tidy(shape):
    """Join and turn one course; return it and the findings."""
    problems: list[dict[str, str]] = []
    shapes = np.array([shape], dtype=object)
    return turned(joined(shapes, ["l"], problems), LINK, NODES, ["l"], problems)[0], problems


@settings(max_examples=40)
@given(st.permutations(range(4)), st.lists(st.booleans(), min_size=4, max_size=4))
def test_parts_in_any_order_and_direction_are_one_course(order, flips):
    """A dissolved or promoted line gives the same course and the same length, whichever way its parts come."""
    steps = list(itertools.pairwise(POINTS))
    parts = [steps[i][::-1] if flip else steps[i] for i, flip in zip(order, flips, strict=True)]
    shape, problems = tidy(shapely.MultiLineString(parts))
    assert problems == []
    assert shape.equals_exact(COURSE, 0)
    assert geometry_km([shape])[0] == pytest.approx(geometry_km([COURSE])[0])


def test_a_course_drawn_backwards_is_turned():
    """It begins where its link begins."""
    shape, problems = tidy(shapely.reverse(COURSE))
    assert problems == []
    assert shape.coords[0] == (0.5, 0.5)


def test_a_gap_is_named_and_not_measured():
    """Two parts that do not meet have the length of the two, in the order in which one passes them."""
    parts = [[(1.4, 0.5), (1.2, 0.5)], [(0.7, 0.5), (0.5, 0.5)]]
    shape, problems = tidy(shapely.MultiLineString(parts))
    assert [(p["severity"], "gaps of up to 55.66 km" in p["message"]) for p in problems] == [("warning", True)]
    assert geometry_km([shape])[0] == pytest.approx(geometry_km([shapely.LineString(p) for p in parts]).sum())
    assert [p.coords[0][0] for p in shape.geoms] == [0.5, 1.2]


@pytest.mark.parametrize(
    ("course", "part"),
    [
        ("LINESTRING (100 40, 100.01 40)", "somewhere else"),
        ("LINESTRING (0.5 0.5, 0.6 0.6)", "somewhere else"),
        ("LINESTRING (0.5 0.5, 0.5 0.5)", "no length"),
        ("LINESTRING (0.5 1.4, 0.5 0.5)", "km away from its node"),
    ],
)
def test_a_course_that_leads_elsewhere_is_refused(folder, course, part):
    """A row of another link, a point, a line on another continent: the error says how far it misses its node."""
    folder.set("links", "rail_far", geometry=course, length_km="")
    problems = folder.problems()
    said = problems.loc[(problems["row"] == "rail_far") & (problems["column"] == "geometry"), "message"]
    assert said.str.contains("km away from its node").all()
    assert said.str.contains(part).any()


def test_latitude_first_is_recognised(folder):
    """Swapped coordinates of a course get the advice that fits."""
    folder.set("nodes", "far", x_coord="21.4", y_coord="38.5")
    folder.set("nodes", "station", x_coord="20.5", y_coord="38.5")
    folder.set("links", "rail_far", geometry="LINESTRING (38.5 20.5, 38.5 21.4)", length_km="")
    problems = folder.problems()
    assert problems["message"].str.contains("are the two swapped").any()


def test_a_course_that_stops_short_is_doubtful_only(folder):
    """Two kilometres short of the node is a warning: the length leaves them out."""
    folder.set("links", "rail_far", geometry="LINESTRING (0.5 0.5, 1.38 0.5)", length_km="")
    found = folder.check()
    row = found[(found["row"] == "rail_far") & (found["column"] == "geometry")]
    assert row["severity"].tolist() == ["warning"]


def test_arrows_of_a_run_point_where_the_tonnes_go(folder):
    """A link drawn from the mill to the station carries its tonnes to the mill on the map too."""
    folder.set("links", "rail_far", geometry="LINESTRING (1.4 0.5, 0.9 0.3, 0.5 0.5)")
    run = sf.run(sf.read_world(folder.path))
    line = run.flows.to("far").to_geo().geometry.iloc[0]
    assert shapely.get_point(line, -1).coords[0] == (1.4, 0.5)


def test_the_antimeridian_is_no_obstacle():
    """From 179.6 to -179.5 it is a hundred kilometres, not round the world."""
    nodes = NODES.assign(x_coord=[179.6, -179.5], y_coord=[0.0, 0.0])
    shapes = np.array([shapely.LineString([(-179.5, 0), (180, 0), (179.6, 0)])], dtype=object)
    problems: list[dict[str, str]] = []
    out = turned(shapes, LINK, nodes, ["l"], problems)
    assert problems == []
    assert out[0].coords[0] == (179.6, 0.0)
    assert geometry_km(out)[0] == pytest.approx(100.2, abs=0.1)


def test_parts_given_twice_are_taken_once():
    """A dissolve that kept both copies of a track, one of them backwards, gives the course; the copy is noted."""
    shape, problems = tidy(shapely.MultiLineString([POINTS, POINTS[::-1]]))
    assert shape.equals_exact(COURSE, 0)
    assert [(p["severity"], p["message"]) for p in problems] == [("note", "the course gives 1 part twice: taken once")]


def test_a_course_that_forks_is_told_where():
    """Three parts that meet in one point are no gap: the warning names the point."""
    parts = [POINTS[:3], POINTS[2:], [POINTS[2], (1.0, 0.9)]]
    _, problems = tidy(shapely.MultiLineString(parts))
    assert [(p["severity"], "forks at 1 0.6" in p["message"]) for p in problems] == [("warning", True)]


def test_a_vertex_that_is_no_number_is_an_error(folder):
    """It had passed the check, and the run stopped at a cost that nobody knew."""
    folder.set("links", "rail_far", geometry="LINESTRING (0.5 0.5, nan 0.5, 1.4 0.5)", length_km="")
    problems = folder.problems()
    assert problems["message"].tolist() == ["the geometry has coordinates that are no numbers"]


def test_a_course_may_be_geojson(folder):
    """A cell as web programs write it."""
    cell = '{"type": "LineString", "coordinates": [[0.5, 0.5], [1.0, 0.6], [1.4, 0.5]]}'
    folder.set("links", "rail_far", geometry=cell)
    course = sf.read_world(folder.path).links.set_index("link_id").loc["rail_far", "geometry"]
    assert list(course.coords) == [(0.5, 0.5), (1.0, 0.6), (1.4, 0.5)]
