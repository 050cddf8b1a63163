"""The file of a map: whole, the same every time, and closed to the network."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import folium
import geopandas as gpd
import pandas as pd
import pytest
from browser import watched
from shapely import LineString, MultiLineString, Point

from scrapflow.errors import InputError
from scrapflow.views.flow_layer import ENTRIES, FlowLayer, modules, script
from scrapflow.views.maps import map_flows, save_map


def lines(**columns):
    """Return two lines with the columns wanted."""
    geometry = [LineString([(0, 0), (1, 1)]), LineString([(1, 1), (0, 0)])]
    return gpd.GeoDataFrame({"tonnage_t": [5.0, 2.0], **columns}, geometry=geometry, crs="EPSG:4326")


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


def test_the_script_names_no_kind_material_or_account():
    """What kinds, materials and columns of the accounts there are comes with the data."""
    from scrapflow.vocabulary import ACCOUNT_COLUMNS, KINDS, MATERIALS

    words = set(re.findall(r'"([a-z_]+)"', EVERYTHING))
    assert not words & ({*KINDS, *MATERIALS, *ACCOUNT_COLUMNS} - {"outside"})


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
        # nothing of the map lies beside it, and its controls stand in their corners
        reach = "() => document.documentElement.scrollWidth"
        assert watch.page.frames[1].evaluate(reach) == 1000
        assert frame.locator(".leaflet-control-zoom").evaluate("(e) => e.getBoundingClientRect().x") > 900


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), [(700, 400), ("50%", "500px"), (1000, 600), ("100%", None)])
def test_a_figure_of_ones_own_is_as_large_as_a_file_as_in_a_notebook(browser, run, tmp_path, width, height):
    """Pixels that were asked for are kept in a window of any size, and the page is arranged for them; shares are of the window."""
    import branca

    figure = branca.element.Figure(width=width, height=height)
    figure.add_child(map_flows(run))
    path = tmp_path / "figure.html"
    figure.save(str(path))
    with watched(browser, 1300, 900) as watch:
        page = watch.open(path)
        body = page.evaluate("[document.body.offsetWidth, document.body.offsetHeight]")
        assert body == [{700: 700, 1000: 1000}.get(width, 1300), {400: 400, "500px": 500, 600: 600}.get(height, 900)]
        assert page.locator(".sf-menu").is_visible() == (width != "100%")
        wide = page.locator(".folium-map").bounding_box()
        # where there is little room the panel comes under the map
        assert (wide["x"] == 0) == (height in (400, "500px"))
        page.click(".sf-menu") if width != "100%" else None
        page.click('[data-key="top:table"]')
        sheet = page.locator(".sf-sheet-table").bounding_box()
        assert sheet["x"] + sheet["width"] <= body[0]
        assert sheet["y"] + sheet["height"] <= body[1]


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
