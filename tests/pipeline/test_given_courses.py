"""Flows that were drawn with a course of their own: it is drawn, measured and kept."""

from __future__ import annotations

import json

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from matplotlib.figure import Figure

import scrapflow as sf
from scrapflow.commands.reading import holds_flows
from scrapflow.views.map_payload import run_payload
from scrapflow.views.picture_layers import WIDEST_PT, rail

PLACES = pd.DataFrame({"id": ["a", "b", "c"], "lon": [0.0, 2.0, 4.0], "lat": [0.0, 0.0, 0.0]})
NORTH, SOUTH, STRAIGHT = "LINESTRING (0 0, 1 1, 2 0)", "LINESTRING (0 0, 1 -1, 2 0)", "LINESTRING (0 0, 2 0)"
KM = 313.799
"""Twice the geodesic from (0, 0) to (1, 1), WGS 84: pyproj's Geod says 156.8996 km."""


def drawn(rows, crs=4326):
    """Return flows of (origin, destination, tonnes, WKT)."""
    frame = pd.DataFrame(rows, columns=["origin", "destination", "tonnes", "wkt"])
    return gpd.GeoDataFrame(frame.drop(columns="wkt"), geometry=gpd.GeoSeries.from_wkt(frame["wkt"]), crs=crs)


def courses(run):
    """Return the course of each leg as WKT, with its tonnes."""
    lines = run.flows.to_geo()
    return dict(zip(shapely.to_wkt(lines.geometry.to_numpy()), lines["tonnage_t"], strict=True))


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
    run = sf.run_from(drawn([("b", "a", 3, NORTH)]), PLACES)
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
        sf.run_from(drawn(rows), PLACES if len(rows) == 1 else None)
    assert set(refused.value.problems["table"]) == {"flows"}


@pytest.mark.parametrize("form", ["csv", "geojson", "gpkg", "parquet", "cell", "metres"])
def test_every_form_of_the_same_course_gives_the_same_run(tmp_path, form):
    """WKT and GeoJSON in a cell, files of lines and lines in metres."""
    flows = drawn([("a", "b", 1, NORTH), ("b", "c", 5, "LINESTRING (2 0, 3 1, 4 0)")])
    plain = pd.DataFrame(flows.drop(columns="geometry"))
    if form == "csv":
        given = tmp_path / "f.csv"
        plain.assign(WKT=flows.geometry.to_wkt()).to_csv(given, index=False)
    elif form == "cell":
        given = plain.assign(geometry=[json.dumps(shapely.geometry.mapping(g)) for g in flows.geometry])
    elif form == "metres":
        given = flows.to_crs(3857)
    else:
        given = tmp_path / f"f.{form}"
        (flows.to_parquet if form == "parquet" else flows.to_file)(given)
    run = sf.run_from(given)
    assert run.links["length_km"].tolist() == [pytest.approx(KM, abs=1e-3)] * 2
    assert run.link_loads["tonnage_t"].tolist() == [1, 5]


def test_months_and_materials_share_a_course_and_it_survives_saving(tmp_path):
    """Four rows on one line are one link; what is saved is read and drawn with it."""
    rows = drawn([("a", "b", t, NORTH) for t in (1, 2, 4, 8)])
    run = sf.run_from(rows.assign(month=["2019-01", "2019-02"] * 2, material=["ore"] * 2 + ["coal"] * 2))
    run.save(tmp_path / "r")
    again = sf.read_run(tmp_path / "r")
    assert again.links["link_id"].tolist() == ["a>b"]
    assert again.flows.through("a>b").of("coal").during("2019-02").total_t == 8
    assert courses(again) == {NORTH: 15}
    assert run_payload(again)["links"]["from"].count == 1


def test_a_geopackage_of_flows_is_no_world_on_the_command_line(tmp_path):
    """One that holds the tables of a world is one."""
    flows = drawn([("a", "b", 1, NORTH)])
    flows.to_file(tmp_path / "f.gpkg")
    flows.to_file(tmp_path / "w.gpkg", layer="Nodes")
    assert [holds_flows(tmp_path / name) for name in ("f.gpkg", "w.gpkg", "none.gpkg")] == [True, False, False]


def test_on_a_network_its_path_counts_and_not_the_course(toy):
    """A line from the yard to the far mill by way of nowhere: the train runs on the links."""
    nodes = toy.nodes.set_index("node_id").geometry
    detour = shapely.LineString([nodes["yard"], (0, 5), nodes["far"]])
    flow = drawn([("yard", "far", 2, detour.wkt)])
    assert sf.run_from(flow, network=toy).paths["link_id"].tolist() == ["gate", "rail_far"]


def test_a_loop_from_a_place_to_itself_is_no_link():
    """Its tonnes arise there and stay."""
    run = sf.run_from(drawn([("a", "a", 2, "LINESTRING (0 0, 1 1, 1 0, 0 0)"), ("a", "b", 1, NORTH)]))
    assert run.links["link_id"].tolist() == ["a>b"]
    assert run.flows.total_t == 1


def test_a_map_scales_its_lines_by_what_runs_straight_too():
    """Of 1 t, 10 t and, in two months, 40 t and 60 t on no path, and 30 t on a course, 60 t in a month is the widest line."""
    straight = pd.DataFrame(
        {
            "from": ["a", "b", "c", "c"],
            "to": ["b", "c", "a", "a"],
            "t": [1, 10, 40, 60],
            "month": ["2019-01"] * 3 + ["2019-02"],
        }
    )
    assert run_payload(sf.run_from(straight, PLACES))["largestLoad"] == 60
    assert run_payload(sf.run_from(straight))["largestLoad"] == 0, "nothing has a place"
    mixed = drawn([("a", "b", 1, STRAIGHT), ("a", "b", 30, NORTH)])
    assert run_payload(sf.run_from(mixed))["largestLoad"] == 30


def test_a_picture_draws_what_runs_straight():
    """A flow of 3 t from A to B without a course is a line between the two, and the width of 3 t a period."""
    run = sf.run_from(drawn([("a", "b", 3, STRAIGHT), ("b", "c", 1, "LINESTRING (2 0, 3 1, 4 0)")]))
    axes = Figure().add_subplot()
    axes.set(xlim=(0, 4), ylim=(-1, 1))
    assert rail(axes, run) == 3
    flows = axes.collections[-1]
    assert sorted(len(path) for path in flows.get_segments()) == [2, 3]
    assert max(flows.get_linewidths()) == WIDEST_PT
