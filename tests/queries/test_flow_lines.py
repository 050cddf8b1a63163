"""Lines of flows: chained along the links of a path, turned to the direction of travel, straight where there is none."""

from __future__ import annotations

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from scrapflow.ledger.engine import Engine
from scrapflow.queries.flow_lines import _ragged, flow_lines, path_links, path_table

LINKS = gpd.GeoDataFrame(
    {"link_id": ["ab", "bc", "cd"], "length_km": [1.0, 2.0, np.nan]},
    geometry=[
        shapely.LineString([(0, 0), (1, 0)]),
        shapely.LineString([(2, 0), (1.5, 1), (1, 0)]),  # drawn from c to b
        shapely.LineString([(2, 0), (3, 0)]),
    ],
    crs=4326,
)
NODES = gpd.GeoDataFrame(
    {"node_id": ["a", "b", "c", "d", "nowhere", "here"]},
    geometry=[*shapely.points([[0, 0], [1, 0], [2, 0], [3, 0]]), shapely.Point(), shapely.Point(0, 0)],
    crs=4326,
)
PATHS = pd.DataFrame(
    [
        ("a>c", 1, "bc", False),
        ("a>c", 0, "ab", True),
        ("c>a", 0, "bc", True),
        ("c>a", 1, "ab", False),
        ("a>d", 0, "ab", True),
        ("a>d", 1, "cd", True),
    ],
    columns=["path_id", "seq", "link_id", "forward"],
)
RUN = SimpleNamespace(links=LINKS, nodes=NODES)


@pytest.fixture
def engine():
    """An engine over the paths."""
    return Engine({"paths": PATHS})


def lines(engine, *rows):
    """Return the coordinates of the lines of ``(origin, destination, path)``."""
    frame = pd.DataFrame(rows, columns=["origin", "destination", "path_id"])
    drawn = flow_lines(frame, engine, RUN)
    assert drawn.crs.to_epsg() == 4326
    return [list(line.coords) for line in drawn.geometry]


def test_a_path_is_drawn_in_the_direction_of_travel_each_corner_once(engine):
    """Links drawn the other way round are turned; where two links meet the point stands once."""
    assert lines(engine, ("a", "c", "a>c"), ("c", "a", "c>a")) == [
        [(0, 0), (1, 0), (1.5, 1), (2, 0)],
        [(2, 0), (1.5, 1), (1, 0), (0, 0)],
    ]


def test_without_a_path_the_line_is_straight_and_without_a_place_empty(engine):
    """A theft by night has two ends and no links; an unplaced end has no line, and two places on one spot have one."""
    assert lines(engine, ("a", "d", ""), ("a", "nowhere", ""), ("a", "here", "")) == [
        [(0, 0), (3, 0)],
        [],
        [(0, 0), (0, 0)],
    ]


def test_a_path_whose_links_meet_nowhere_keeps_all_their_points(engine):
    """A gap in the rails is drawn through, not dropped."""
    assert lines(engine, ("a", "d", "a>d")) == [[(0, 0), (1, 0), (2, 0), (3, 0)]]


def test_a_path_between_two_places_on_one_spot_is_a_line_of_two_points():
    """A gate of no length keeps both of its points, and a path of a link without a shape is drawn straight."""
    links = gpd.GeoDataFrame(
        {"link_id": ["gate", "shapeless"], "length_km": [0.0, 1.0]},
        geometry=[shapely.LineString([(0, 0), (0, 0)]), shapely.LineString()],
        crs=4326,
    )
    paths = pd.DataFrame({"path_id": ["p", "q"], "seq": 0, "link_id": ["gate", "shapeless"], "forward": True})
    frame = pd.DataFrame({"origin": ["a", "a"], "destination": ["here", "b"], "path_id": ["p", "q"]})
    drawn = flow_lines(frame, Engine({"paths": paths}), SimpleNamespace(links=links, nodes=NODES))
    assert [list(line.coords) for line in drawn.geometry] == [[(0, 0), (0, 0)], [(0, 0), (1, 0)]]


def test_links_of_paths_come_in_order_of_travel(engine):
    """Only the paths asked for, each once; the empty path has no links."""
    steps = path_links(pd.Series(["c>a", "a>c", "c>a", ""]), engine)
    assert list(zip(steps["path_id"], steps["link_id"], strict=True)) == [
        ("a>c", "ab"),
        ("a>c", "bc"),
        ("c>a", "bc"),
        ("c>a", "ab"),
    ]
    assert len(path_links(pd.Series([""]), engine)) == 0


def test_a_path_is_as_long_as_its_links_and_unknown_if_one_is(engine):
    """The length adds up; one link of unknown length leaves the whole unknown; no path has no links and no length."""
    frame = pd.DataFrame(
        {"path_id": ["a>c", "a>d", ""], "kind": "shipped", "origin": "a", "destination": "c", "tonnage_t": 1.0}
    )
    table = path_table(frame, engine, RUN)
    assert table["length_km"].tolist() == pytest.approx([3.0, np.nan, np.nan], nan_ok=True)
    assert table["links"].tolist() == [("ab", "bc"), ("ab", "cd"), ()]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 5), st.booleans()), max_size=8))
def test_slices_are_laid_end_to_end_backward_ones_reversed(slices):
    """As Python would do it slice by slice."""
    first, count, forward = (
        np.array([row[i] for row in slices], dtype=t) for i, t in enumerate((np.int64, np.int64, bool))
    )
    rows, owner = _ragged(first, count, forward)
    want = [
        (i, r) for i, (a, n, f) in enumerate(slices) for r in (range(a, a + n) if f else range(a + n - 1, a - 1, -1))
    ]
    assert list(zip(owner.tolist(), rows.tolist(), strict=True)) == want


def test_a_path_of_one_straight_link_is_a_line_of_two_points():
    """Two points are enough for a line, so that the shortest path is drawn along its link."""
    one = Engine({"paths": pd.DataFrame([("b>a", 0, "ab", False)], columns=PATHS.columns)})
    frame = pd.DataFrame({"origin": ["b"], "destination": ["a"], "path_id": ["b>a"]})
    moved = SimpleNamespace(links=LINKS, nodes=NODES.set_geometry(NODES.geometry.translate(0, 5)))
    line = flow_lines(frame, one, moved).geometry.iloc[0]
    assert list(line.coords) == [(1, 0), (0, 0)]
