"""Worlds over the date line: places, lines and land in one piece, the first view as large as the world is."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from browser import state, watched

import scrapflow as sf
from scrapflow.views.backdrop import land_around
from scrapflow.views.in_one_piece import cut_and_moved, in_one_piece
from scrapflow.world.date_line import cut_of

FLOWS = pd.DataFrame({"from": ["Suva", "Apia", "Auckland"], "to": ["Apia", "Honolulu", "Suva"], "tonnes": [50, 20, 90]})
PLACES = pd.DataFrame(
    {
        "name": ["Suva", "Apia", "Auckland", "Honolulu"],
        "lat": [-18.14, -13.83, -36.85, 21.3],
        "lon": [178.44, -171.77, 174.76, -157.86],
    }
)


@pytest.fixture(scope="module")
def pacific():
    """Return flows between islands on both sides of the date line."""
    return sf.run_from(FLOWS, PLACES)


def test_a_world_that_does_not_cross_is_left_as_it_is(toy_run):
    """Nothing is copied or moved: other maps are what they were, byte for byte."""
    assert in_one_piece(toy_run) is toy_run
    around = np.array([-118.0, 0.0, 140.0])
    assert cut_of(around) is None


def test_places_links_and_land_are_in_one_piece(pacific):
    """Apia and Honolulu lie east of Suva, and so does their land; the run itself still says where they are."""
    drawn = in_one_piece(pacific)
    x = drawn.nodes.set_index("node_id")["x_coord"]
    assert x["apia"] == pytest.approx(188.23)
    assert x["suva"] < x["apia"] < x["honolulu"]
    assert drawn.nodes.set_index("node_id").geometry["apia"].x == pytest.approx(188.23)
    assert pacific.nodes.set_index("node_id").loc["apia", "x_coord"] == pytest.approx(-171.77)
    land = land_around(drawn.nodes["x_coord"].to_numpy(), drawn.nodes["y_coord"].to_numpy())
    assert land == {} or all(
        max(x for x, _ in ring) - min(x for x, _ in ring) < 180
        for f in land["countries"]["features"] if f["properties"]["name"] != "Antarctica"
        for part in f["geometry"]["coordinates"] for ring in part
    )  # fmt: skip


def test_an_outline_torn_at_the_date_line_is_mended():
    """An island on both sides is one outline of two degrees, not a band around the globe."""
    island = shapely.Polygon([(179, -17), (-179, -17), (-179, -16), (179, -16)])
    assert cut_and_moved(island, 0.0).bounds == (179.0, -17.0, 181.0, -16.0)


def test_a_railway_over_the_date_line_is_routed_and_drawn_as_anywhere_else(tmp_path):
    """Two stations a degree apart: 111 km, whichever meridian lies between; the drawn course goes the short way."""
    links = pd.DataFrame({"from": ["a"], "to": ["b"], "geometry": ["LINESTRING (179.5 0, 180 0, -179.5 0)"]})
    places = pd.DataFrame({"id": ["a", "b"], "lon": [179.5, -179.5], "lat": [0, 0]})
    world = sf.world_from(
        links, places=places, supply=pd.DataFrame({"node_id": ["a"], "t": [5], "period": ["2019"]}),
        demand=pd.DataFrame({"node_id": ["b"], "t": [5], "period": ["2019"]}),
    )  # fmt: skip
    run = sf.run(world)
    assert run.links.loc[run.links["mode"] == "rail", "length_km"].tolist() == [pytest.approx(111.3, abs=0.1)]
    drawn = in_one_piece(run)
    assert shapely.length(drawn.links.geometry.to_numpy()).max() == pytest.approx(1.0)


@pytest.mark.parametrize("torn", [False, True])
def test_lines_over_the_date_line_are_noded_there(torn):
    """One line that jumps, or two cut at 180 degrees as GeoJSON wants it: a branch meets it, a station is put on it."""
    rows = ["LINESTRING (179 -17, 179.9 -17, 180 -17, -179.9 -17, -179 -17)", "LINESTRING (-179.9 -17, -179.9 -16)"]
    if torn:
        rows[:1] = ["LINESTRING (179 -17, 179.9 -17, 180 -17)", "LINESTRING (-180 -17, -179.9 -17, -179 -17)"]
    lines = gpd.GeoDataFrame(geometry=gpd.GeoSeries.from_wkt(rows), crs=4326)
    places = pd.DataFrame({"name": ["West", "East"], "lon": [179.0, -179.5], "lat": [-17.0, -17.001]})
    world = sf.world_from(lines, places=places)
    assert not (world.report["kind"] == "island").any()
    assert world.nodes["x_coord"].abs().max() <= 180
    assert sf.build_network(world).path("West", "East").length_km == pytest.approx(1.5 * 106.5, abs=1)


@pytest.mark.browser
def test_the_first_view_is_the_world_and_signs_stand_at_the_ends_of_lines(browser, pacific, tmp_path):
    """The map opens on sixty degrees, not on the globe; a sign stands where its flow ends."""
    with watched(browser, 1100, 700) as watch:
        page = watch.open(sf.save_map(sf.map_flows(pacific), tmp_path / "pacific.html"))
        west, east = page.evaluate(
            "(() => { const b = document.querySelector('.sf-app').scrapflow.map.getBounds(); return [b.getWest(), b.getEast()]; })()"
        )
        assert west < 174.76
        assert 202 < east < 330
        assert state(page, "[...app.run.nodes.lon]") == pytest.approx(
            in_one_piece(pacific).nodes["x_coord"].fillna(0.0).tolist()
        )
        assert watch.clean()
