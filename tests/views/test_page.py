"""The file of a map: whole, the same every time, and closed to the network."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import folium
import geopandas as gpd
import pandas as pd
import pytest
from browser import watched
from fake import changed, fake_run
from shapely import LineString, MultiLineString, Point

import scrapflow as sf
from scrapflow import files
from scrapflow.errors import InputError
from scrapflow.views.figures import FIGURES, SHOWN
from scrapflow.views.flow_layer import ENTRIES, FlowLayer, modules, script
from scrapflow.views.maps import map_flows, save_map
from scrapflow.views.offline import OfflineFigure, OfflineMap
from scrapflow.views.words import LANGUAGES, labels, words_of


def lines(**columns):
    """Return two lines with the columns wanted."""
    geometry = [LineString([(0, 0), (1, 1)]), LineString([(1, 1), (0, 0)])]
    return gpd.GeoDataFrame({"tonnage_t": [5.0, 2.0], **columns}, geometry=geometry, crs="EPSG:4326")


def test_the_policy_names_every_script_and_style_by_hash_and_forbids_all_else(map_file):
    """Each inline script and style has its hash in the policy, which allows no eval, no request and no host."""
    page = map_file.read_text(encoding="utf-8")
    policy = html.unescape(re.search(r'Security-Policy" content="([^"]+)"', page)[1])
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert "http" not in policy
    for tag in ("script", "style"):
        for attrs, body in re.findall(rf"<{tag}([^>]*)>(.*?)</{tag}>", page, re.DOTALL):
            if "json" not in attrs:
                assert base64.b64encode(hashlib.sha256(body.encode()).digest()).decode() in policy


def test_nothing_in_the_page_points_outside(map_file):
    """No script, style, picture or frame has an address, and style refers only to data."""
    page = map_file.read_text(encoding="utf-8")
    assert not re.findall(r'(?:src|href|srcset|action)\s*=\s*["\']', page.split("<script>")[0])
    assert not re.findall(r"url\((?!data:|#)", page.split("</style>")[0])
    assert "sourceMappingURL" not in page


def test_the_same_run_gives_the_same_bytes(run, tmp_path):
    """Two maps of one run, and one made in another process with another hash seed and time zone, are identical."""
    first = save_map(map_flows(run), tmp_path / "a.html").read_bytes()
    assert save_map(map_flows(run), tmp_path / "b.html").read_bytes() == first
    code = f"import sys; sys.path[:0] = {sys.path!r}\nfrom fake import fake_run\nfrom scrapflow.views.maps import map_flows, save_map\nsave_map(map_flows(fake_run()), {str(tmp_path / 'c.html')!r})"
    subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        env={"PYTHONHASHSEED": "7", "TZ": "Asia/Seoul", "PATH": ""},
        cwd=Path(__file__).parent,
    )
    assert (tmp_path / "c.html").read_bytes() == first


def test_a_map_keeps_its_name_when_rendered_twice(run):
    """Showing a map in a notebook does not change what is saved afterwards."""
    m = map_flows(run)
    assert "srcdoc=" in m._repr_html_()
    assert m.get_root().render() == m.get_root().render()


EVERYTHING = "".join(script(kind) for kind in ENTRIES)


def test_our_script_is_small_readable_and_complete():
    """Every module is used by some page, none evaluates text or writes HTML, and pages carry only what they need."""
    folder = Path(__file__).parents[2] / "scrapflow" / "views" / "assets"
    # what stands in for folium's own, and what a notebook loads, are no modules of a page
    assert {m for entry in ENTRIES.values() for m in modules(entry)} == {p.name for p in folder.glob("*.js")} - {
        "folium_shims.js",
        "explore.js",
    }
    assert len(script("lines").encode()) < 40_000
    # what the page carries of ours: not minified, only comments stay in the package
    assert len(script("run").encode()) <= 160_000
    for word in ("eval(", "new Function", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "import("):
        assert word not in EVERYTHING, word


def test_a_page_has_no_letter_that_needs_two_bytes(run, tmp_path):
    """One letter beyond ASCII makes a browser read and compile a page of a megabyte in its slower way: all are escapes."""
    for lang in ("en", "ko"):
        path = save_map(map_flows(run, lang=lang, title="순천 — Sunch'ŏn"), tmp_path / f"{lang}.html")
        assert Path(path).read_bytes().isascii()


def test_every_word_of_the_page_is_there_in_both_languages(run):
    """All texts the script asks for exist, in English and in Korean, with the same places to fill, and no word open."""
    en, ko = (labels(lang) for lang in LANGUAGES)
    wanted = set(re.findall(r'\bt\("([a-z_.]*[a-z_])"', EVERYTHING))
    told = words_of(run)
    assert wanted - {"key"} <= set(told["en"])
    assert {f"{what}.{name}" for what in ("kind", "material") for name in run.movements[what].unique()} <= set(
        told["ko"]
    )
    for key in en:
        # a text that a kind of run leaves out is left out in both
        assert bool(ko[key]) == bool(en[key]), key
        assert sorted(re.findall(r"\{\w+\}", en[key])) == sorted(re.findall(r"\{\w+\}", ko[key])), key
    assert not [key for texts in told.values() for key, text in texts.items() if re.search(r"\[[a-z_]+\]", text)]


def test_the_script_names_no_kind_material_or_account():
    """What kinds, materials and columns of the accounts there are comes with the data."""
    from scrapflow.vocabulary import ACCOUNT_COLUMNS, KINDS, MATERIALS

    words = set(re.findall(r'"([a-z_]+)"', EVERYTHING))
    assert not words & ({*KINDS, *MATERIALS, *ACCOUNT_COLUMNS} - {"outside"})


def test_a_kind_that_the_vocabulary_does_not_know_is_refused_by_name():
    """What lacks a rule fails loudly: a movement of an undeclared kind is named."""
    run = fake_run(places=3)
    with pytest.raises(InputError, match="'resold' is no kind of the vocabulary"):
        map_flows(changed(run, movements=run.movements.assign(kind="resold")))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.drop(columns="tonnage_t"), "tonnage_t"),
        (lambda f: f.assign(tonnage_t=[1.0, -1.0]), "row 1"),
        (lambda f: f.assign(tonnage_t=[float("nan"), 1.0]), "row 0"),
        (lambda f: f.to_crs(3857), "EPSG:4326"),
        (lambda f: f.set_crs(None, allow_override=True), "set_crs"),
        (
            lambda f: f.set_geometry([MultiLineString([[(0, 0), (1, 1)], [(5, 5), (6, 6)]])] * 2, crs=4326),
            "explode",
        ),
        (lambda f: f.assign(period=["2015", None]), "period"),
        (lambda f: f.set_geometry([Point(0, 0), LineString([(0, 0), (1, 1)])], crs=4326), "no line"),
        (lambda f: pd.DataFrame(f.drop(columns="geometry")), "GeoDataFrame"),
    ],
)
def test_flows_that_cannot_be_drawn_are_refused_with_their_rows(change, message):
    """Missing, negative or unknown tonnes, another CRS and other geometries are named."""
    with pytest.raises(InputError, match=message):
        FlowLayer(change(lines()))


def test_values_are_lines_by_periods_by_kinds(run):
    """Geometry is stored once: the same line in two months and kinds is one line."""
    once = lines()
    frame = pd.concat(
        [once.assign(period="2015-01", kind="a"), once.assign(period="2015-02", kind="b")], ignore_index=True
    )
    layer = FlowLayer(gpd.GeoDataFrame(frame, crs="EPSG:4326"))
    assert layer.lines == 2
    assert layer.data["values"]["n"] == 2 * 2 * 2


def test_a_flow_layer_goes_on_any_folium_map():
    """On a plain folium map the layer brings its script, style and data along."""
    m = folium.Map([0.5, 0.5], tiles=None)
    FlowLayer(lines()).add_to(m)
    page = m.get_root().render()
    assert "= scrapflow_lines.layer(" in page
    assert page.count("const scrapflow_lines =") == 1


def test_users_layers_can_be_added_and_strangers_scripts_cannot(tmp_path):
    """A circle of the user's own is drawn; a layer that loads a script from the network is refused by address."""
    m = OfflineMap(title="x")
    folium.CircleMarker([1, 1]).add_to(m)
    assert "circleMarker" in m.get_root().render()
    from folium.plugins import HeatMap

    HeatMap([[1, 1]]).add_to(m)
    with pytest.raises(InputError, match="https://"):
        m.get_root().render()
    assert isinstance(m.get_root(), OfflineFigure)


def test_tiles_are_said_and_only_their_host_is_allowed(run):
    """Where the user asks for tiles, the policy allows pictures of that host alone, and the map says whom it asks."""
    page = map_flows(run, tiles="https://tiles.example.org/{z}/{x}/{y}.png", attr="Example").get_root().render()
    policy = html.unescape(re.search(r'Security-Policy" content="([^"]+)"', page)[1])
    assert "img-src data: https://tiles.example.org;" in policy
    assert policy.count("http") == 1
    data = json.loads(re.search(r'application/json"[^>]*>(.*?)</script>', page, re.DOTALL)[1])
    assert data["options"]["network"] == ["https://tiles.example.org"]


def test_ranges_are_those_of_the_four_numbers(run):
    """A range of a figure that is not on the map is refused with the names there are."""
    assert '"ranges":{"bring":[1.0,2.0]}' in map_flows(run, ranges={"carted": (1, 2)}).get_root().render()
    with pytest.raises(ValueError, match="asked, carted, diverted, returned, looted, received"):
        map_flows(run, ranges={"moved": (1, 2)})


def test_the_ranges_of_an_ensemble_are_shown_without_being_asked_for():
    """The run in the middle of an ensemble draws its 10 and 90 % quantiles at the four numbers; a query does not."""
    found = sf.ensemble(sf.read_world("toy"), n=5, processes=1)
    options = map_flows(found.central).get_root().render()
    shown = json.loads(re.search(r'"ranges":(\{.*?\})', options)[1])
    totals = found.totals.assign(diverted_t=found.totals["returned_t"] + found.totals["looted_t"])
    for name, total in FIGURES.items():
        figure = SHOWN[name]
        assert shown[figure] == pytest.approx(totals[total].quantile([0.1, 0.9]).tolist())
    assert '"ranges":{}' in map_flows(found.central.flows.kind("carted")).get_root().render()
    assert '"ranges":{}' in map_flows(found.central, ranges={}).get_root().render()


def test_unknown_languages_and_scales_are_refused(run):
    """A typing error in an option is an error with the choices."""
    with pytest.raises(ValueError, match="en, ko"):
        map_flows(run, lang="xx")
    with pytest.raises(ValueError, match="fixed, adaptive"):
        map_flows(run, scale="xx")


def test_a_file_is_written_whole_or_not_at_all(run, tmp_path, monkeypatch):
    """A failing rename leaves the old file and no remains."""
    target = save_map(OfflineMap(title="old"), tmp_path / "map.html")
    before = target.read_text()

    def full(*_: object) -> None:
        raise OSError(28, "full")

    # neither in one step, which Linux can, nor by a rename
    monkeypatch.setattr(files, "_exchange", lambda *_: False)
    monkeypatch.setattr(os, "replace", full)
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(sf.ScrapflowError):
        save_map(OfflineMap(title="x"), target)
    assert [p.name for p in tmp_path.iterdir()] == ["map.html"]
    assert target.read_text() == before


def test_importing_the_views_is_light():
    """Neither folium nor matplotlib nor geopandas is loaded before something is drawn."""
    code = "import sys, scrapflow.views.maps, scrapflow.views; assert not {'folium', 'matplotlib', 'geopandas', 'pandas'} & set(sys.modules), sorted(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_periods_are_in_the_order_that_they_have(run):
    """Months are in their order past nine, in any script; an ordered categorical says its own; dates are dates."""
    months = [f"2015-{m}" for m in (10, 1, 2)]
    three = pd.concat([lines(), lines(), lines()], ignore_index=True)

    def periods(values):
        frame = gpd.GeoDataFrame(three.assign(period=values), crs="EPSG:4326")
        return FlowLayer(frame).data["periods"]

    assert periods([m for m in months for _ in range(2)]) == ["2015-1", "2015-2", "2015-10"]
    assert periods([f"{m}월" for m in (10, 10, 1, 1, 2, 2)]) == ["1월", "2월", "10월"]
    before = pd.Categorical(["after", "before"] * 3, categories=["before", "after"], ordered=True)
    assert periods(before) == ["before", "after"]
    assert periods(pd.to_datetime(["2015-02-01", "2015-01-01"] * 3)) == ["2015-01-01", "2015-02-01"]


def test_lines_as_people_have_them_are_drawn():
    """The default CRS of GeoParquet is the same degrees, and a multi-line of one part is a line."""
    frame = lines()
    multi = frame.set_geometry([MultiLineString([g]) for g in frame.geometry], crs="OGC:CRS84")
    assert FlowLayer(multi).lines == FlowLayer(frame).lines == 2


def test_tiles_added_after_the_map_was_made_are_said_too(run):
    """A tile layer of folium's is allowed by its host, and the page says whom it asks."""
    m = map_flows(run)
    folium.TileLayer("https://later.example.org/{z}/{x}/{y}.png", attr="Example").add_to(m)
    page = m.get_root().render()
    assert "img-src data: https://later.example.org;" in html.unescape(page)
    data = json.loads(re.search(r'application/json"[^>]*>(.*?)</script>', page, re.DOTALL)[1])
    assert data["options"]["network"] == ["https://later.example.org"]


def test_what_a_page_cannot_be_put_into_is_refused(run):
    """A second page on a page, and a whole page in a group, are refused with what to do."""
    m = map_flows(run)
    with pytest.raises(InputError, match="shows a run already"):
        map_flows(run, m=m)
    group = folium.FeatureGroup("f").add_to(folium.Map(tiles=None))
    FlowLayer(lines(), interface="full").add_to(group)
    with pytest.raises(TypeError, match="not of a group of layers"):
        group.get_root().render()


def test_a_world_without_a_basemap_gets_land_or_a_neutral_ground(run):
    """Places on land get Natural Earth's outlines and its credit; a drawn world that lies nowhere gets neither."""
    from scrapflow.views.backdrop import attribution, backdrop

    bare = type(run)(dict(run.tables), run.meta, {})
    names = {f["properties"]["name"] for f in backdrop(bare)["countries"]["features"]}
    assert {"Germany", "Austria"} <= names
    assert attribution(bare) == "Natural Earth (public domain)"
    nodes = run.nodes.assign(x_coord=run.nodes["x_coord"] - 40.0, y_coord=run.nodes["y_coord"] - 50.0)
    nowhere = changed(bare, nodes=nodes)
    assert backdrop(nowhere) == {}
    assert attribution(nowhere) == ""
    folder = Path(__file__).parents[2] / "scrapflow" / "views"
    assert (folder / "land.json").stat().st_size < 250_000


@pytest.mark.browser
def test_a_page_in_a_figure_of_ones_own_keeps_its_size(browser, run, tmp_path):
    """In a branca Figure the map is as large as it was asked to be, and stays so."""
    import branca

    figure = branca.element.Figure(width=1000, height=600)
    figure.add_child(map_flows(run))
    host = tmp_path / "cell.html"
    host.write_text(f"<!DOCTYPE html><meta charset=utf-8><body>{figure._repr_html_()}</body>", encoding="utf-8")
    with watched(browser, 1300, 900) as watch:
        watch.page.goto(host.as_uri())
        frame = watch.page.frame_locator("iframe")
        frame.locator(".sf-app[data-ready]").wait_for(timeout=20000)
        heights = []
        for _ in range(3):
            watch.page.wait_for_timeout(300)
            heights.append(frame.locator(".sf-app").evaluate("(e) => e.offsetHeight"))
        assert heights == [600] * 3


@pytest.mark.browser
def test_flows_over_the_pacific_and_to_oneself_are_in_sight(browser, tmp_path):
    """The first view holds lines over the date line as they are drawn; a flow from a place to itself is a ring."""
    geometry = [
        LineString([(179, 10), (-179, 12)]),
        LineString([(140, 35), (-120, 37)]),
        LineString([(170, 20), (170, 20)]),
    ]
    frame = gpd.GeoDataFrame({"tonnage_t": [5.0, 2.0, 3.0]}, geometry=geometry, crs="EPSG:4326")
    with watched(browser, 1000, 700) as watch:
        page = watch.open(save_map(map_flows(frame), tmp_path / "pacific.html"))
        drawn = page.evaluate("document.querySelector('.folium-map').scrapflowLines.drawn")
        assert drawn["count"] == 3
        assert watch.clean()
