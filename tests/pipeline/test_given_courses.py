"""Flows that were drawn with a course of their own: it is drawn, measured and kept."""

from __future__ import annotations

import json

import pandas as pd
import pytest
import shapely

import scrapflow as sf
from scrapflow.views.map_payload import run_payload
from tests.made_up_inputs import KM, NORTH, courses, drawn


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
