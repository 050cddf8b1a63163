"""A run as the plain tables of other formats: sums at places, on links and between pairs."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd
import pytest

from scrapflow.exchange.plain_tables import harmless, loaded_links, od_lines, pairs, placed_nodes, write_csv


def test_cells_that_a_spreadsheet_would_work_out_have_an_apostrophe(tmp_path):
    """Of text alone, by its first letter; numbers below zero and a sign within stay as they are."""
    frame = pd.DataFrame({"a": ["=1", "+1", "-1", "@x", "\tx", "\rx", "x=1", ""], "t": -np.arange(8.0)})
    told = harmless(frame)
    assert told["a"].tolist() == ["'=1", "'+1", "'-1", "'@x", "'\tx", "'\rx", "x=1", ""]
    assert told["t"].tolist() == frame["t"].tolist()
    assert frame["a"][0] == "=1"
    write_csv(frame[:1], tmp_path / "t.csv")
    write_csv(frame[1:2], tmp_path / "t.csv", more=True)
    assert (tmp_path / "t.csv").read_text() == "a,t\n'=1,-0.0\n'+1,-1.0\n"


def test_places_have_what_left_and_came_by_kind(toy_run):
    """All that is carted leaves works and town and comes to the yard; what has no place, as the outside, is not there."""
    told = placed_nodes(toy_run).set_index("node_id")
    carted = toy_run.movements.query("kind == 'carted'")["tonnage_t"].sum()
    assert "outside" not in told.index
    assert told["carted_in_t"].to_dict() == {n: pytest.approx(carted if n == "yard" else 0) for n in told.index}
    assert told.loc[["works", "town"], "carted_out_t"].sum() == pytest.approx(carted)
    assert told.loc[["near", "far"], "shipped_in_t"].tolist() == pytest.approx([30.0, 23.5])
    assert told.loc["yard", "shipped_out_t"] == pytest.approx(53.5)
    assert told.crs.to_epsg() == 4326
    half = toy_run.nodes.assign(y_coord=toy_run.nodes["y_coord"].mask(toy_run.nodes["node_id"] == "far"))
    run = type(toy_run)(toy_run.tables | {"nodes": half}, toy_run.meta, toy_run.basemap)
    assert set(told.index) - set(placed_nodes(run)["node_id"]) == {"far"}, "half a coordinate is no place"
    assert placed_nodes(run).index.tolist() == list(range(len(told) - 1))


def test_links_have_their_load_of_all_periods_and_no_infinite_limit(toy_run):
    """Each direction apart; a link that nothing passed has 0; no limit is no number."""
    links = toy_run.links
    spare = links[links["link_id"] == "rail_far"].assign(link_id="spare")
    run = type(toy_run)(
        toy_run.tables | {"links": pd.concat([links, spare], ignore_index=True)}, toy_run.meta, toy_run.basemap
    )
    told = loaded_links(run).set_index("link_id")
    assert told.loc[["rail_far", "rail_near", "gate", "spare"], "tonnage_t"].tolist() == pytest.approx(
        [23.5, 30, 53.5, 0]
    )
    assert told.loc["cart_works", "backward_t"] == pytest.approx(1.25 + 2.125)
    assert (told["forward_t"] + told["backward_t"]).tolist() == pytest.approx(told["tonnage_t"].tolist())
    assert np.isfinite(told.loc["rail_far", "capacity_t"])
    assert np.isnan(told.loc["gate", "capacity_t"])


def test_pairs_without_a_place_are_left_out_with_a_warning_of_their_tonnes(toy_run, caplog):
    """With the far mill unplaced its 23.5 t are told, and the rest adds up."""
    far = toy_run.nodes["node_id"] == "far"
    nodes = toy_run.nodes.assign(x_coord=toy_run.nodes["x_coord"].mask(far), y_coord=toy_run.nodes["y_coord"].mask(far))
    run = type(toy_run)(toy_run.tables | {"nodes": nodes}, toy_run.meta, toy_run.basemap)
    with caplog.at_level(logging.WARNING):
        told = pairs(run, "period")
    assert [r.getMessage() for r in caplog.records] == [
        "23.500 t shipped are not in the file: an end of theirs has no place on a map"
    ]
    assert told.columns.tolist() == [
        "kind",
        "origin",
        "destination",
        "period",
        "tonnage_t",
        "origin_x",
        "origin_y",
        "destination_x",
        "destination_y",
    ]
    assert told.query("kind == 'shipped'")["destination"].unique().tolist() == ["near"]
    assert told.query("kind == 'shipped'")[["origin_x", "origin_y", "destination_x", "destination_y"]].values.tolist()[
        0
    ] == [0.5, 0.5, 0.6, 0.6]


def test_lines_lead_from_origin_to_destination(toy_run):
    """One a kind and pair, over all periods; a run that moved nothing has none."""
    told = od_lines(toy_run).query("kind == 'shipped'").set_index("destination")
    assert told.loc["far", "geometry"].wkt == "LINESTRING (0.5 0.5, 1.4 0.5)"
    assert told.loc["far", "tonnage_t"] == pytest.approx(23.5)
    still = type(toy_run)(toy_run.tables | {"movements": toy_run.movements[:0]}, toy_run.meta, toy_run.basemap)
    assert len(od_lines(still)) == 0
