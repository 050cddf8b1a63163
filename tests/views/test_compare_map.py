"""Two maps in step and their difference, and maps of what a query selects."""

from __future__ import annotations

import html
import re

import folium
import pytest
from browser import watched

import scrapflow as sf
from scrapflow.views.compare_map import ComparisonLayer, compare_map
from scrapflow.views.flow_layer import FlowLayer, script
from scrapflow.views.maps import map_flows, save_map
from scrapflow.views.run_lines import run_lines
from scrapflow.views.sentences import two


@pytest.fixture(scope="module")
def comparison(toy, toy_run):
    """Return the toy's two campaigns side by side, months by their order."""
    return sf.compare(sf.run(toy, "2012"), toy_run, align="order")


@pytest.mark.browser
def test_two_maps_move_together_on_one_scale(browser, comparison, tmp_path):
    """Moving one map moves all three, widths mean the same on both, and totals and differences are the comparison's."""
    path = save_map(compare_map(comparison), tmp_path / "compare.html")
    with watched(browser) as watch:
        page = watch.open(path)
        root = "document.querySelector('.sf-compare').scrapflow"
        page.evaluate(f"{root}.maps[1].setView([0.6, 0.9], 9.25, {{animate: false}})")
        seen = page.evaluate(
            f"{root}.maps.map((m) => [m.getCenter().lat.toFixed(6), m.getCenter().lng.toFixed(6), m.getZoom()])"
        )
        assert seen[0] == seen[1] == seen[2]
        assert page.evaluate(f"{root}.views[0].widthOf(7) === {root}.views[1].widthOf(7)")
        table = page.locator(".sf-compare-table").inner_text()
        shipped = comparison.totals.set_index("total").loc["shipped_t"]
        periods = [len(run.periods) for run in (comparison.a, comparison.b)]
        for value, n in zip((shipped["tonnage_t_a"], shipped["tonnage_t_b"]), periods, strict=True):
            assert f"{two(value / n)}\u00a0t" in table
        change = page.evaluate(f"Array.from({root}.linkChange)")
        links = page.evaluate(f"{root}.runs[1].links.id")
        loads = comparison.link_loads.groupby("link_id")[["tonnage_t_a", "tonnage_t_b"]].sum()
        wanted = loads["tonnage_t_b"] / periods[1] - loads["tonnage_t_a"] / periods[0]
        rail = set(comparison.b.links.loc[comparison.b.links["mode"] == "rail", "link_id"])
        for link, value in zip(links, change, strict=True):
            if link in rail:
                assert value == pytest.approx(wanted.get(link, 0.0), abs=1e-4)
        page.locator("text=한국어").click()
        assert "차이" in page.locator(".sf-compare-table").inner_text()
        with page.expect_download() as download:
            page.click(".sf-csv")
        assert "rail_far" in download.value.path().read_text(encoding="utf-8")
        assert watch.clean()


def test_what_two_runs_share_is_stored_once(comparison):
    """Places, links and sources of one world stand in the page once."""
    layer = next(c for c in compare_map(comparison)._children.values() if isinstance(c, FlowLayer))
    assert not {"nodes", "links", "sources", "regions", "basemap"} & set(layer.second)
    assert {"rows", "about"} <= set(layer.second)


def test_a_comparison_is_titled_in_the_language_it_is_read_in(comparison):
    """Both campaigns by their titles in that language; a title of one's own is the same in both."""
    page = compare_map(comparison, lang="ko").get_root().render()
    assert "<title>장난감 캠페인: 한 번, 머릿수에 따라 · 장난감 캠페인: 종업원 수에 따라</title>" in html.unescape(page)
    words = ComparisonLayer(comparison).words()
    asked = set(re.findall(r'"(compare\.[a-z_.]*[a-z_])"', script("compare")))
    assert asked <= set(words["en"]) & set(words["ko"])
    assert words["en"]["compare.title"] == "Toy campaign by the head, once · Toy campaign by headcount"
    assert "머릿수" in words["ko"]["compare.title"]
    assert ComparisonLayer(comparison, title="Mine").payload()["options"]["title"] == "Mine"


def test_a_query_draws_only_what_it_selects(toy_run):
    """A map of a query holds its movements and no others."""
    query = toy_run.flows.to("Far Mill")
    m = map_flows(query)
    assert m.scrapflow_run.movements["tonnage_t"].sum() == pytest.approx(query.total_t)
    assert len(toy_run.movements) > len(m.scrapflow_run.movements)
    loads = m.scrapflow_run.link_loads.groupby("link_id")["tonnage_t"].sum()
    assert loads["rail_far"] == pytest.approx(query.total_t)
    assert loads["rail_near"] == 0


def test_on_a_map_of_ones_own_tonnes_are_summed_onto_links(toy_run):
    """Lines along the railway carry what the links carried, in the direction of the flow."""
    lines = run_lines(toy_run)
    shipped = lines[lines["kind"] == "shipped"]
    rail = toy_run.link_loads["link_id"].isin(toy_run.links.loc[toy_run.links["mode"] == "rail", "link_id"])
    assert shipped["tonnage_t"].sum() == pytest.approx(toy_run.link_loads.loc[rail, "tonnage_t"].sum())
    m = folium.Map([0.5, 0.5], tiles=None)
    layer = FlowLayer(toy_run.flows.to("Far Mill")).add_to(m)
    assert layer.lines >= 1
    assert "= scrapflow_lines.layer(" in m.get_root().render()


@pytest.mark.browser
def test_a_flow_layer_works_by_itself(browser, toy_run, tmp_path):
    """On an offline map: slider, kinds and total follow each other, and a flow answers the mouse."""
    m = sf.map_flows(run_lines(toy_run))
    path = save_map(m, tmp_path / "lines.html")
    with watched(browser) as watch:
        page = watch.open(path)
        box = page.locator(".sf-lines")
        assert "2015-01 – 2015-02" in box.inner_text()
        before = page.evaluate("document.querySelector('.folium-map').scrapflowLines.sums.total")
        page.locator(".sf-lines input[type=checkbox]").first.uncheck()
        after = page.evaluate("document.querySelector('.folium-map').scrapflowLines.sums.total")
        assert 0 < after < before
        page.locator(".sf-lines-time input").first.focus()
        page.keyboard.press("ArrowRight")
        assert "2015-02" in box.locator("b").inner_text()
        assert watch.clean()


def test_a_comparison_drawn_as_one_map_says_what_draws_it():
    """map_flows refuses a comparison and names compare_map, which is a public name."""
    world = sf.read_world("toy")
    both = sf.compare(sf.run(world, "2012"), sf.run(world, "2015"), align="order")
    with pytest.raises(sf.InputError, match=r"two runs are drawn by sf\.compare_map"):
        sf.map_flows(both)
    assert "Hill" in sf.compare_map(both).get_root().render()


@pytest.mark.browser
@pytest.mark.parametrize("width", [1400, 390])
def test_on_paper_three_maps_stand_beside_each_other(browser, comparison, tmp_path, width):
    """Whatever the window, the comparison is printed on one page, and its signs are explained there."""
    path = save_map(compare_map(comparison), tmp_path / "compare.html")
    with watched(browser, width, 900) as watch:
        page = watch.open(path)
        assert page.locator(".sf-key-line li").count() >= 3
        paper = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
        assert watch.clean()
