"""Flows that were drawn: each course is a link of its own, turned to its flow, or refused by its row."""

from __future__ import annotations

import pandas as pd
import pytest
import shapely

import scrapflow as sf
from scrapflow.world.importers.flow_courses import links_of_courses
from tests.made_up_inputs import CORNERS, KM, NORTH, SOUTH, STRAIGHT, courses, drawn


def test_each_course_is_a_link_with_its_length_and_its_load():
    """Between A and B 1 t goes by the north, 2 + 4 t by the south, and 8 t on a line of two points, which is no course."""
    run = sf.run_from(
        drawn([("a", "b", 1, NORTH), ("a", "b", 2, SOUTH), ("a", "b", 4, SOUTH), ("a", "b", 8, STRAIGHT)])
    )
    assert courses(run) == {NORTH: 1, SOUTH: 6, STRAIGHT: 8}
    links = run.links.set_index("link_id")
    assert links["length_km"].tolist() == [pytest.approx(KM, abs=1e-3)] * 2
    assert set(links["length_basis"]) == {"derived"}
    assert sorted(run.link_loads["tonnage_t"]) == [1, 6]
    assert run.flows.to("b").total_t == 15
    assert run.flows.paths()["length_km"].notna().sum() == 2


def test_a_course_is_turned_to_its_flow_where_the_places_are_known():
    """B sends 3 t to A on a line that was drawn from A: it runs from B."""
    run = sf.run_from(drawn([("b", "a", 3, NORTH)]), CORNERS)
    assert courses(run) == {"LINESTRING (2 0, 1 1, 0 0)": 3}


@pytest.mark.parametrize(
    "rows",
    [
        [("a", "c", 1, "LINESTRING (0 0, 1 1, 1.5 0)")],
        [("a", "b", 1, STRAIGHT), ("b", "c", 1, "LINESTRING (6 0, 3 1, 2 0)")],
    ],
    ids=["another place", "backwards, and no places to see it by"],
)
def test_a_line_that_leads_elsewhere_is_refused_by_its_row(rows):
    """It would be drawn from and to places that its tonnes do not join."""
    with pytest.raises(sf.InputError, match=rf"flows.*row {len(rows)}.*away from its node") as refused:
        sf.run_from(drawn(rows), CORNERS if len(rows) == 1 else None)
    assert set(refused.value.problems["table"]) == {"flows"}


def test_courses_of_one_pair_are_numbered_and_each_flow_knows_its_own():
    """North, south and north again from A to B, straight from B to A, by train and on the road: two links, by rail if any train goes there."""
    table = pd.DataFrame(
        {
            "origin": ["a", "a", "a", "b"],
            "destination": ["b", "b", "b", "a"],
            "kind": ["carted", "carted", "shipped", "shipped"],
            "_course": [0, 1, 0, 2],
        },
        index=[3, 5, 7, 9],
    )
    nodes = CORNERS.rename(columns={"id": "node_id", "lon": "x_coord", "lat": "y_coord"})
    links, ids, said = links_of_courses(table, shapely.from_wkt([NORTH, SOUTH, STRAIGHT]), nodes)
    assert sorted(links["link_id"]) == ["a>b", "a>b#2"]
    course = links.set_index("link_id").geometry.map(lambda g: g.wkt).to_dict()
    assert [course.get(i, "") for i in ids] == [NORTH, SOUTH, NORTH, ""]
    assert ids.index.tolist() == [3, 5, 7, 9]
    by = links.set_index("link_id")["mode"]
    assert (by[ids[3]], by[ids[5]]) == ("rail", "road")
    assert said == []
