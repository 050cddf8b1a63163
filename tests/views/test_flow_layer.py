"""A flow layer is a layer of folium's: in any figure, in groups, in layer controls."""

from __future__ import annotations

import branca
import folium
import geopandas as gpd
import numpy as np
import pytest
from browser import watched
from shapely import LineString

from scrapflow.views.flow_layer import FlowLayer
from scrapflow.views.maps import map_flows, save_map
from scrapflow.views.offline import OfflineMap, leaflet
from scrapflow.views.sentences import two
from scrapflow.vocabulary import kinds


def lines(x=0.0):
    """Two lines of 5 t and 2 t, and one from a place to itself of 1 t."""
    courses = [LineString([(x, 0), (x + 1, 1)]), LineString([(x + 1, 1), (x, 0)]), LineString([(x, 0), (x, 0)])]
    return gpd.GeoDataFrame({"tonnage_t": [5.0, 2.0, 1.0]}, geometry=courses, crs="EPSG:4326")


def test_a_layer_has_a_name_and_is_listed_unless_it_is_the_whole_page():
    """Name, overlay, control and show are folium's own; a page of its own cannot be switched off."""
    layer = FlowLayer(lines(), name="Scrap", show=False)
    assert isinstance(layer, folium.map.Layer)
    assert (layer.layer_name, layer.overlay, layer.control, layer.show) == ("Scrap", True, True, False)
    assert not FlowLayer(lines(), interface="full").control
    assert FlowLayer(lines(), lang="ko").layer_name == "흐름"


def test_a_layer_knows_where_it_lies(toy_run):
    """A map can be fitted to the bounds of a layer, of a frame or of a run, alone or in a group; of nothing it has none."""
    assert FlowLayer(lines(2.0)).get_bounds() == [[0.0, 2.0], [1.0, 3.0]]
    group = folium.FeatureGroup("both")
    FlowLayer(lines()).add_to(group)
    FlowLayer(lines(5.0)).add_to(group)
    assert group.get_bounds() == [[0.0, 0.0], [1.0, 6.0]]
    x = toy_run.nodes["x_coord"].dropna()
    assert FlowLayer(toy_run).get_bounds()[0][1] == pytest.approx(x.min())
    assert FlowLayer(lines().iloc[:0]).get_bounds() == [[None, None], [None, None]]


def test_tiles_in_a_group_are_named_too():
    """A background that is added to a group of layers is as much asked of the network as one of the map's own."""
    m = OfflineMap()
    group = folium.FeatureGroup("background").add_to(m)
    folium.TileLayer("https://deep.example.org/{z}/{x}/{y}.png", attr="x").add_to(group)
    assert m.network_hosts == ["https://deep.example.org"]


@pytest.mark.browser
@pytest.mark.parametrize("own", [True, False])
def test_a_control_switches_layers_off_and_on(browser, tmp_path, own):
    """On a map of ours and on folium's own in a figure of branca's, a layer and a group come and go at a click."""
    m = OfflineMap() if own else folium.Map([0.5, 0.5], zoom_start=7, tiles=None)
    if not own:
        branca.element.Figure(width=900, height=500).add_child(m)
    FlowLayer(lines(), name="One").add_to(m)
    group = folium.FeatureGroup("Two").add_to(m)
    FlowLayer(lines(0.5), name="in a group", interface="none").add_to(group)
    FlowLayer(lines(1.0), name="Hidden", show=False).add_to(m)
    folium.LayerControl(collapsed=False).add_to(m)
    m.fit_bounds(m.get_bounds())
    with watched(browser) as watch:
        if own:
            page = watch.open(save_map(m, tmp_path / "map.html"))
        else:
            # folium's own page asks for its files from elsewhere: only what is ours must work without them
            text = m.get_root().render()
            given = f"<script>{leaflet()[0]}</script>"
            target = tmp_path / "own.html"
            target.write_text(text.replace("<head>", "<head>" + given, 1), encoding="utf-8")
            page = watch.open(target)
        names = page.locator(".leaflet-control-layers-overlays label").all_text_contents()
        assert [name.strip() for name in names] == ["One", "Two", "Hidden"]
        assert page.locator("canvas.sf-canvas").count() == 2
        assert page.locator(".sf-lines").count() == 1
        boxes = page.locator(".leaflet-control-layers-overlays input")
        boxes.nth(2).check()
        assert page.locator("canvas.sf-canvas").count() == 3
        for box in (0, 1, 2):
            boxes.nth(box).uncheck()
        assert page.locator("canvas.sf-canvas").count() == 0
        assert page.locator(".sf-lines").count() == 0
        boxes.nth(1).check()
        assert page.locator("canvas.sf-canvas").count() == 1
        assert not [line for line in watch.complaints if "ERR_INTERNET_DISCONNECTED" not in line]


@pytest.mark.browser
def test_a_runs_layer_tells_what_moved_by_kind(browser, run, tmp_path):
    """A train's tonnes count once, however many links it passes, and are not added to those that were handed over before."""
    moved = run.legs_by("kind").groupby("kind")["tonnage_t"].sum()
    lines = FlowLayer(run, interface="none").data["values"]
    assert np.frombuffer(lines.content.tobytes(), "f4").sum() > 1.05 * moved.sum()
    m = OfflineMap(location=[40.0, 127.0])
    FlowLayer(run).add_to(m)
    with watched(browser) as watch:
        watch.open(save_map(m, tmp_path / "own.html"), ready=".sf-lines")
        told = watch.page.locator(".sf-lines").inner_text().replace("\u00a0", " ")
        for kind, tonnes in moved.items():
            assert f"{kinds()[kind].label['en']} {two(tonnes)} t" in told
        assert "in the periods shown" not in told
        assert watch.clean()


@pytest.mark.browser
def test_the_legend_of_lines_shows_how_each_kind_looks(browser, tmp_path):
    """Beside each box stands the line of its kind; of more kinds than there are colours no two look alike."""
    names = ["shipped", "returned", *(f"k{i}" for i in range(12))]
    geometry = [LineString([(0, 0), (1, i)]) for i in range(len(names))]
    frame = gpd.GeoDataFrame({"tonnage_t": 1.0, "kind": names}, geometry=geometry, crs="EPSG:4326")
    with watched(browser) as watch:
        page = watch.open(save_map(map_flows(frame), tmp_path / "kinds.html"))
        looks = page.locator(".sf-lines-kind line").evaluate_all(
            "(all) => all.map((line) => [line.getAttribute('stroke'), line.getAttribute('stroke-dasharray')].join())"
        )
        assert len(looks) == len(set(looks)) == len(names)
        assert watch.clean()
