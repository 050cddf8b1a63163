"""Ranges on bars and under the mouse, month against month, shades by county, sources by use: what the page says of them."""

from __future__ import annotations

import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from browser import near, number, state, watched
from fake import changed, fake_run
from shapely import box

import scrapflow as sf
from scrapflow.ledger.tables import RunTables
from scrapflow.views.maps import map_flows, save_map
from scrapflow.views.sentences import two

pytestmark = pytest.mark.browser


TIPS = """(type) => {
    const app = document.querySelector('.sf-app').scrapflow;
    let canvas;
    app.map.eachLayer((layer) => { if (layer.point) canvas = layer; });
    return app.view.shown.hits.filter((hit) => hit.type === type).map((hit) => {
        const [x, y] = hit.points ? hit.points[0].map((v, i) => (v + hit.points[1][i]) / 2) : [hit.x, hit.y];
        const containerPoint = app.map.layerPointToContainerPoint(L.point(x, y).add(canvas._bounds.min));
        app.map.fire('mousemove', {containerPoint, originalEvent: {}});
        return document.querySelector('.sf-tip').innerText;
    });
}"""
"""What is told under the mouse of all that is drawn of one type."""


@pytest.fixture(scope="module")
def ranged(toy):
    """Return the toy with the ranges of six members."""
    return sf.ensemble(toy, n=6, processes=1).central


def opened(watch, run, path, hash_=""):
    """Open the map of a run."""
    return watch.open(save_map(map_flows(run), path / "map.html"), hash_)


def test_in_the_story_too_all_is_on_one_page_of_paper(browser, ranged, tmp_path):
    """With ranges at its numbers, and a step told: map and months end above the edge of A4, and numbers and legend stand beside them."""
    with watched(browser, 1440, 900) as watch:
        page = opened(watch, ranged, tmp_path)
        pages = [page.pdf(prefer_css_page_size=True)]
        state(page, "app.tell()")
        pages += [page.pdf(prefer_css_page_size=True)]
        assert [len(re.findall(rb"/Type\s*/Page\b", pdf)) for pdf in pages] == [1, 1]
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 1054, "height": 726})
        parts = (".folium-map", ".sf-time", ".sf-figures", ".sf-legend")
        boxes = [page.locator(part).bounding_box() for part in parts]
        assert max(box["y"] + box["height"] for box in boxes) <= 726
        assert min(box["x"] for box in boxes[2:]) > boxes[0]["x"] + boxes[0]["width"]
        assert watch.clean()


def test_mills_and_railways_tell_their_range_under_the_mouse(browser, ranged, tmp_path):
    """In two figures with low and high over all members; of one month, or while something is filtered, without."""
    told = ranged.meta["part_ranges"]
    sums = ranged.movements[ranged.movements["kind"] == "shipped"].groupby("destination")["tonnage_t"].sum()
    with watched(browser) as watch:
        page = opened(watch, ranged, tmp_path)
        for type_, pairs in (("mill", told["mill"]), ("link", told["link"])):
            tips = page.evaluate(TIPS, type_)
            assert len(tips) == 2
            for end in ("near", "far"):
                low, high = pairs[end if type_ == "mill" else f"rail_{end}"]
                (tip,) = [tip for tip in tips if f" ({two(low)}–{two(high)})" in tip]
                assert number(re.search(r"[\d.]+(?=\s?t \()", tip)[0]) == near(sums[end])
        page.evaluate("() => document.querySelector('.sf-app').scrapflow.set({to: 0})")
        assert not any("(" in tip for type_ in ("mill", "link") for tip in page.evaluate(TIPS, type_))
        assert watch.clean()


def test_bars_and_the_tip_of_a_region_have_their_ranges(browser, ranged, tmp_path):
    """Every bar has a line from low to high and says both; so does what is told of a region; with a filter there are none."""
    told = ranged.meta["part_ranges"]
    with watched(browser) as watch:
        page = opened(watch, ranged, tmp_path)
        moved = {(k, p): t for (k, p), t in ranged.movements.groupby(["kind", "period"])["tonnage_t"].sum().items()}
        said = page.locator(".sf-bars title").first.text_content()
        low, high = told["period"]["shipped"][0]
        month = ranged.periods["period"].iloc[0]
        assert f"by rail to the mills {two(moved['shipped', month])}\u00a0t ({two(low)}–{two(high)})" in said.replace(
            " t (", "\u00a0t ("
        )
        lines = page.locator('.sf-bars line[data-range="true"]').count()
        # a line for what is handed over, what goes by rail, and what goes back and is taken together, each month
        assert lines == 3 * len(ranged.periods)
        tips = page.evaluate(TIPS, "place")
        (region,) = {name for by in told["region"].values() for name in by}
        low, high = told["region"]["returned"][region]
        if state(page, "app.view.shown.level") == "region":
            assert any(f"({two(low)}–{two(high)})" in tip for tip in tips)
        page.evaluate(
            "() => { const app = document.querySelector('.sf-app').scrapflow;"
            "app.set({filter: {...app.state.filter, kind: new Set(['shipped'])}}); }"
        )
        assert page.locator('.sf-bars line[data-range="true"]').count() == 0
        assert watch.clean()


def test_a_month_is_set_against_another(browser, run, tmp_path):
    """With one month shown, the numbers stand beside those of another that is chosen; the address keeps it."""
    with watched(browser) as watch:
        page = opened(watch, run, tmp_path)
        assert page.locator(".sf-versus select").count() == 0
        page.evaluate("() => document.querySelector('.sf-app').scrapflow.set({from: 2, to: 2})")
        page.select_option(".sf-versus select", "0")
        moved = run.movements.groupby(["period", "kind"])["tonnage_t"].sum()
        months = run.periods["period"].tolist()
        then, now = (float(moved.get((months[k], "carted"), 0.0)) for k in (0, 2))
        said = page.locator(".sf-figure .sf-against").all_text_contents()
        assert len(said) == page.locator(".sf-figure").count()
        change = round(abs(now - then) / then * 100)
        wanted = f"{months[0]}: {two(then)} t, {'+' if now > then else '−'}{change}%"
        assert wanted in [text.replace("\u00a0", " ") for text in said]
        assert "vs=0" in state(page, "app.address()")
        page.evaluate("() => document.querySelector('.sf-app').scrapflow.goTo('#m=1-1&vs=3')")
        assert page.locator(".sf-versus select").input_value() == "3"
        page.evaluate("() => document.querySelector('.sf-app').scrapflow.set({from: 0, to: 3})")
        assert page.locator(".sf-against").count() == 0
        assert watch.clean()


def test_counties_are_shaded_by_their_own_places(browser, run, tmp_path):
    """A measure by county divides what its places are asked by what they were; two counties of one name are not offered."""
    placed = run.nodes["x_coord"].notna()
    west = run.nodes["x_coord"] < run.nodes.loc[placed, "x_coord"].median()
    nodes = run.nodes.assign(county=west.map({True: "West", False: "East"}))
    square = [list(p) for p in box(120, 35, 130, 45).exterior.coords]

    def with_counties(names):
        features = [
            {
                "type": "Feature",
                "properties": {"name": n, "id": n},
                "geometry": {"type": "Polygon", "coordinates": [square]},
            }
            for n in names
        ]
        layers = {**run.basemap, "counties": {"type": "FeatureCollection", "features": features}}
        tables = dict(run.tables) | {"nodes": gpd.GeoDataFrame(nodes, crs="EPSG:4326")}
        return RunTables(tables, run.meta, layers)

    with watched(browser) as watch:
        page = opened(watch, with_counties(["West", "East"]), tmp_path)
        page.evaluate("() => document.querySelector('.sf-app').scrapflow.set({measure: 'shortfall.county'})")
        owed = run.accounts.groupby("node_id")[["shortfall_t", "quota_t"]].sum()
        sums = owed.groupby(nodes.set_index("node_id")["county"].reindex(owed.index)).sum()
        share = (sums["shortfall_t"] / sums["quota_t"]).to_dict()
        steps = state(page, "app.measured.steps")
        if steps:
            most = max(share.values())
            for k, name in enumerate(("West", "East")):
                step = min(len(steps) - 1, int(share[name] / most * len(steps)))
                assert state(page, f"app.measured.colour({k}, 'counties')") == steps[step]
                assert state(page, f"app.measured.colour({k}, 'regions')") is None
        else:
            assert "Shortfall of the quota, by county" in page.locator(".sf-legend").inner_text()
        assert "by county" in page.locator(".sf-legend").inner_text()
        page = opened(watch, with_counties(["West", "West"]), tmp_path)
        assert not any("county" in name for name in state(page, "Object.keys(app.measures)"))
        assert watch.clean()


def test_sources_stand_by_use_with_those_of_the_statements_first(browser, run, tmp_path):
    """Sources that the model is set beside come first, led by those of which the world says something; publishers follow."""
    rows = [
        dict(run.sources.iloc[0], source_id=f"w{i}", title=f"Town {i}", publisher="An encyclopedia") for i in range(4)
    ]
    rows += [dict(rows[0], source_id="lead", title="The report", publisher="A paper")]
    sources = pd.concat([run.sources, pd.DataFrame(rows)], ignore_index=True)
    told = changed(run, sources=sources)
    told.meta["words"] = {"source.lead": "what all of it is about"}
    with watched(browser) as watch:
        page = opened(watch, told, tmp_path, "#panel=about")
        groups = page.locator(".sf-sources")
        first = groups.first
        assert first.evaluate("(e) => e.open")
        assert first.locator("li").first.inner_text().startswith("The report, A paper")
        assert "what all of it is about" in first.locator("li").first.inner_text()
        titles = groups.locator("summary").all_text_contents()
        assert "An encyclopedia (4)" in titles
        assert page.locator(".sf-sources li").count() == len(sources)
        assert watch.clean()
    told.meta.pop("words")


def test_two_mills_on_one_point_are_both_named(browser, run, tmp_path):
    """Under the mouse and in the panel stand both."""
    mills = run.nodes.index[run.nodes["kind"] == "mill"][:2]
    assert len(mills) == 2
    nodes = run.nodes.copy()
    for column in ("x_coord", "y_coord", "geometry"):
        nodes.loc[mills[1], column] = nodes.loc[mills[0], column]
    with watched(browser) as watch:
        page = opened(watch, changed(run, nodes=nodes), tmp_path)
        hit = "app.view.shown.hits.filter((h) => h.type === 'mill' && h.also.length).map((h) => [h.node, ...h.also])"
        pairs = state(page, hit)
        assert sorted(map(sorted, pairs)) == [sorted(int(m) for m in mills)] * 2
        assert watch.clean()


@pytest.mark.parametrize("look", [{"forced_colors": "active"}, {"reduced_motion": "reduce"}])
def test_colours_and_motion_of_the_readers_own_choice(browser, map_file, look):
    """With forced colours the swatches keep theirs; without motion nothing moves by itself; nothing goes wrong."""
    with watched(browser, **look) as watch:
        page = watch.open(map_file)
        style = "(e) => getComputedStyle(e)"
        if "forced_colors" in look:
            assert page.locator(".sf-swatch").first.evaluate(f"{style}.forcedColorAdjust") == "none"
        else:
            moving = page.evaluate(
                "() => [...document.querySelectorAll('*')].filter((e) => parseFloat(getComputedStyle(e).transitionDuration) > 0).length"
            )
            assert moving == 0
        assert watch.clean()


@pytest.mark.parametrize(("size", "scale"), [((720, 450), 2), ((360, 225), 4)])
def test_zoomed_in_the_map_is_still_half_of_the_window(browser, map_file, size, scale):
    """At 200 and 400 per cent (WCAG 1.4.4, 1.4.10) nothing runs out sideways, and the map has at least half of the height."""
    with watched(browser, *size, device_scale_factor=scale) as watch:
        page = watch.open(map_file)
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        assert page.locator(".folium-map").bounding_box()["height"] >= size[1] / 2 - 1
        page.click(".sf-menu")
        assert page.locator('[data-key="top:table"]').is_visible()
        # the story is told where it is seen, though the whole page scrolls
        page.evaluate("() => document.querySelector('.sf-app').scrapflow.tell()")
        caption = page.locator(".sf-story").bounding_box()
        assert 0 <= caption["y"] < caption["y"] + min(caption["height"], size[1]) <= size[1] + 1
        assert watch.clean()


def test_places_on_both_sides_of_the_date_line_are_seen_at_once(browser, tmp_path):
    """A chain of stations over the date line is fitted as it lies, not around the globe; its land goes with it."""
    rails = pd.DataFrame(
        {
            "name": [f"Place {i}" for i in range(6)],
            "name_local": "",
            "x": [174.0, 176.0, 178.0, -179.0, -177.0, -175.0],
            "y": np.linspace(10.0, 12.0, 6),
            "region": "Ocean",
            "line": "L",
            "before": np.arange(6) - 1,
        }
    )
    run = fake_run(rails=rails, places=6, periods=2)
    with watched(browser) as watch:
        page = opened(watch, run, tmp_path)
        west, east = state(page, "[app.map.getBounds().getWest(), app.map.getBounds().getEast()]")
        assert east - west < 90
        drawn = state(page, "app.run.nodes.lon.filter((_, i) => app.run.nodes.placed[i])")
        assert all(west < lon < east for lon in (drawn.values() if isinstance(drawn, dict) else drawn))
        assert watch.clean()
