"""The map, driven in a real browser without a network as a person would."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import urllib.parse

import folium
import pytest
from browser import figures, find_firefox, legend, near, number, state, wait, watched
from fake import changed, fake_run
from PIL import Image

from scrapflow.views.maps import map_flows, save_map
from scrapflow.views.sentences import two

pytestmark = pytest.mark.browser


def centre_of(page, kind, name):
    """Return the pixels of a place's sign on the page."""
    return page.evaluate(
        """([kind, name]) => {
            const app = document.querySelector('.sf-app').scrapflow;
            const i = app.run.nodes.name.findIndex((n, k) => n === name && app.run.nodes.kinds[app.run.nodes.kind[k]] === kind);
            const p = app.map.latLngToContainerPoint([app.run.nodes.lat[i], app.run.nodes.lon[i]]);
            const box = app.map.getContainer().getBoundingClientRect();
            return [box.x + p.x, box.y + p.y];
        }""",
        [kind, name],
    )


def test_the_first_sight_tells_the_runs_totals(page, run):
    """Headline, figures and legend are the totals of the run's own tables."""
    kinds = run.movements.groupby("kind")["tonnage_t"].sum()
    asked, carted, diverted, received = figures(page)
    assert asked == near(run.accounts["quota_t"].sum())
    assert carted == near(kinds["carted"])
    assert diverted == near(kinds["returned"] + kinds["looted"])
    assert received == near(kinds["shipped"])
    assert f"{two(kinds['shipped'])}\u00a0t" in page.locator(".sf-headline").text_content()
    assert "3 inputs are assumed, 2 of them with a range" in page.locator(".sf-assumed").inner_text()


def test_the_slider_changes_every_number_and_the_months_add_up(page, run):
    """Month by month the totals are those of the run, and together those of all months."""
    months = run.movements[run.movements["kind"] == "carted"].groupby("period")["tonnage_t"].sum()
    seen = []
    for i, period in enumerate(months.index):
        state(page, f"app.set({{from: {i}, to: {i}}})")
        assert page.locator(".sf-range-label").inner_text() == period
        seen.append(figures(page)[1])
        assert seen[-1] == near(months[period])
    page.click(".sf-all")
    assert sum(seen) == pytest.approx(figures(page)[1], rel=0.1)


def test_the_slider_is_moved_by_keys(page):
    """Arrow keys on the sliders' handles change the range."""
    page.locator(".sf-from").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator(".sf-range-label").inner_text() == "2015-02 – 2015-06"
    page.locator(".sf-to").focus()
    page.keyboard.press("ArrowLeft")
    assert page.locator(".sf-range-label").inner_text() == "2015-02 – 2015-05"


def test_playing_goes_through_the_months_and_pauses(page):
    """Play shows one month after another; pause holds it."""
    page.click(".sf-play")
    first = page.locator(".sf-range-label").inner_text()
    assert "–" not in first
    wait(page, f"document.querySelector('.sf-range-label').textContent !== {first!r}")
    page.click(".sf-play")
    held = page.locator(".sf-range-label").inner_text()
    page.wait_for_timeout(1100)
    assert page.locator(".sf-range-label").inner_text() == held


@pytest.mark.parametrize("group", ["kind", "material", "via", "region", "mill"])
def test_each_filter_changes_totals_legend_and_picture(page, group):
    """Taking one box off lessens what is shown, in the legend and on the canvas; a reset brings it back."""
    page.click(".sf-filters summary")
    page.locator('[data-key="reset"]').wait_for()
    boxes = page.locator(f'[data-key^="{group}:"]')
    if boxes.count() < 2:
        pytest.skip("the made-up run has one value only")
    before, picture = legend(page), page.locator(".sf-flows").screenshot()
    boxes.nth(boxes.count() - 1 if group == "kind" else 0).uncheck() if group != "kind" else boxes.nth(3).uncheck()
    after = legend(page)
    assert sum(after.values()) < sum(before.values())
    assert page.locator(".sf-flows").screenshot() != picture
    page.click('[data-key="reset"]')
    assert legend(page) == before


def test_materials_add_up(page, run):
    """The parts by material are together what all materials are."""
    whole = legend(page)["handed over"]
    parts = []
    for material in run.movements["material"].unique():
        state(page, f"app.set({{filter: {{...app.state.filter, material: new Set(['{material}'])}}}})")
        parts.append(legend(page)["handed over"])
    assert sum(parts) == pytest.approx(whole, rel=0.1)


def test_the_largest_n_says_its_share(page):
    """Top 10 keeps ten flows and the legend says of how many and what share of the tonnes."""
    page.click(".sf-filters summary")
    page.locator('[data-key="reset"]').wait_for()
    page.select_option('[data-key="top"]', "10")
    text = page.locator(".sf-legend").inner_text()
    assert re.search(r"largest 10 of \d+ flows, \d+% of the tonnes", text)


def test_a_place_is_found_in_any_spelling_and_tells_all(page, run):
    """Search by alias, Enter, and the panel shows in and out, months, penalties and source with both grades."""
    works = run.nodes[run.nodes["kind"] == "enterprise"].iloc[0]
    page.fill(".sf-search", works["aliases"].split("|")[0].upper())
    page.keyboard.press("Enter")
    panel = page.locator(".sf-detail")
    text = panel.inner_text()
    for wanted in (
        works["name"],
        "Goes out",
        "handed over",
        "By month",
        "Quota and penalties",
        "A report",
        "https://example.org/report",
        "source: C, fairly reliable; claim: 3, possibly true",
    ):
        assert wanted in text
    t = run.movements[(run.movements["origin"] == works["node_id"]) & (run.movements["kind"] == "carted")][
        "tonnage_t"
    ].sum()
    assert f"{two(t)}\u00a0t" in text
    assert panel.locator("a").count() == 0
    page.locator(".sf-detail .sf-close").click()
    assert panel.is_hidden()


def test_search_says_when_there_is_nothing(page):
    """A name that no place has is answered in words."""
    page.fill(".sf-search", "Atlantis")
    assert "No place of that name" in page.locator(".sf-found").inner_text()


def test_a_mill_and_a_link_answer_a_click(page, run):
    """A click on a mill tells what it received; a click on a railway link whose tonnes pass, from where to where."""
    mill = run.nodes[run.nodes["kind"] == "mill"].iloc[0]
    x, y = centre_of(page, "mill", mill["name"])
    page.mouse.click(x, y)
    received = run.movements[run.movements["destination"] == mill["node_id"]]["tonnage_t"].sum()
    assert f"{two(received)}\u00a0t" in page.locator(".sf-detail").text_content()
    loads = run.movements[run.movements["path_id"] != ""].groupby("path_id")["tonnage_t"].sum()
    busiest = run.paths.assign(t=run.paths["path_id"].map(loads)).groupby("link_id")["t"].sum()
    rail = run.links[(run.links["mode"] == "rail")].set_index("link_id")
    link = busiest[busiest.index.isin(rail.index)].idxmax()
    at = state(
        page,
        f"(() => {{ app.select(null); const l = app.run.links.index.get('{link}'); app.map.fitBounds([app.run.links.from[l], app.run.links.to[l]].map((i) => [app.run.nodes.lat[i], app.run.nodes.lon[i]]), {{animate: false}}); const p = app.map.latLngToContainerPoint([app.run.links.from[l], app.run.links.to[l]].map((i) => [app.run.nodes.lat[i], app.run.nodes.lon[i]]).reduce((a, b) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2])); const b = app.map.getContainer().getBoundingClientRect(); return [p.x + b.x, p.y + b.y]; }})()",
    )
    page.mouse.click(*at)
    panel = page.locator(".sf-detail").inner_text()
    shown = [number(t) for t in re.findall(r"→ [^:]*: ([\d,]+)\u00a0t", panel)]
    assert sum(shown) == near(busiest[link])


def test_zooming_splits_the_places_and_loses_no_tonne(page):
    """At every zoom the signs together hold the same tonnes."""
    sums = []
    for step in (0, 1.25, 2.5, 4):
        sums.append(  # noqa: PERF401
            state(
                page,
                f"(() => {{ app.map.setZoom(app.homeZoom + {step}, {{animate: false}}); return app.view.shown.signs.reduce((sum, s) => sum + s.values.total, 0); }})()",
            )
        )
    levels = sums[0]
    assert all(s == pytest.approx(levels, rel=1e-9) for s in sums)
    assert sums[0] > 0


def test_places_on_one_point_fan_out(page, run):
    """A click on a point where several places stand spreads them, and each can be chosen."""
    page.fill(".sf-search", "Place 20 yard")
    page.keyboard.press("Enter")
    page.locator(".sf-detail .sf-close").click()
    state(page, "app.map.setZoom(app.homeZoom + 4, {animate: false})")
    x, y = centre_of(page, "yard", "Place 20 yard")
    page.mouse.click(x, y)
    nodes = state(page, "app.view.shown.hits.filter((h) => h.type === 'node').map((h) => ({x: h.x, y: h.y}))")
    assert len(nodes) >= 2
    box = page.locator(".sf-flows").bounding_box()
    page.mouse.click(box["x"] + nodes[0]["x"], box["y"] + nodes[0]["y"])
    assert len(state(page, "app.state.selected.nodes")) == 1


@pytest.mark.parametrize("which", ["flows", "places", "links", "months"])
def test_the_table_and_its_file_equal_the_map(page, which, run):
    """Every view of the table sums to the map's numbers, and the CSV holds the same rows."""
    page.click('[data-key="top:table"]')
    page.click(f'[data-key="view:{which}"]')
    with page.expect_download() as download:
        page.click(".sf-csv")
    text = download.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    head, body = rows[0], rows[1:]
    shown = state(page, "Array.from(app.view.shown.result.byKind)")
    if which == "flows":
        assert sum(float(r[-1]) for r in body) == pytest.approx(sum(shown), rel=1e-4)
    elif which == "months":
        for k, column in enumerate(("handed over", "carried back", "taken at night", "by rail to the mills")):
            assert sum(float(r[head.index(column + ", t")]) for r in body) == pytest.approx(shown[k], rel=1e-4)
    elif which == "places":
        assert sum(float(r[head.index("by rail to the mills, t")]) for r in body) == pytest.approx(
            2 * shown[3], rel=1e-4
        )
    else:
        loads = state(
            page,
            "app.view.shown.loads.forward.reduce((a, b) => a + b, 0) + app.view.shown.loads.backward.reduce((a, b) => a + b, 0)",
        )
        assert sum(float(r[-1]) for r in body) == pytest.approx(loads, rel=1e-4)
    page.locator(".sf-table-scroll th button").first.click()
    assert page.locator(".sf-table-scroll th").first.get_attribute("aria-sort") == "ascending"
    page.keyboard.press("Escape")
    assert page.locator(".sf-sheet-table").is_hidden()


def test_the_address_restores_the_view(browser, map_file):
    """What the address says is shown again in a new page: place, months, filters, language, position."""
    with watched(browser) as first:
        page = first.open(map_file)
        state(
            page,
            "app.set({from: 1, to: 3, lang: 'ko', measure: 'shortfall', filter: {...app.state.filter, kind: new Set(['shipped'])}, selected: {type: 'nodes', nodes: [3]}})",
        )
        state(page, "app.map.setView([46.5, 12.1], 8.5, {animate: false})")
        wait(page, "location.hash.includes('place=') && location.hash.includes('46.5')")
        hash_, seen = page.evaluate("location.hash"), (legend(page), page.locator(".sf-headline").inner_text())
        assert first.clean()
    with watched(browser) as second:
        page = second.open(map_file, urllib.parse.unquote(hash_) if "%" not in hash_ else hash_)
        assert (legend(page), page.locator(".sf-headline").inner_text()) == seen
        assert state(
            page, "[app.map.getZoom(), app.state.from, app.state.to, app.state.measure, app.state.selected.nodes[0]]"
        ) == [8.5, 1, 3, "shortfall", 3]
        assert second.clean()


def test_the_story_is_told_to_its_end(page):
    """Four to six captioned views, with next, back and an end that gives the whole map back."""
    before = legend(page)
    page.click('[data-key="top:story"]')
    first = page.locator(".sf-story").inner_text()
    count = int(re.search(r"1 of (\d)", first)[1])
    assert 4 <= count <= 6
    captions = {first}
    for _ in range(count - 1):
        page.click('[data-key="story:next"]')
        captions.add(page.locator(".sf-story").inner_text())
    assert len(captions) == count
    assert not any("{" in c for c in captions)
    page.click('[data-key="story:back"]')
    page.click('[data-key="story:end"]')
    assert page.locator(".sf-story").is_hidden()
    assert legend(page) == before


def test_both_languages_and_no_word_without_a_translation(page):
    """In Korean everything that was English is Korean; Hangul names stand on the map's panel."""
    page.click('[data-key="top:lang"]')
    assert page.locator(".sf-app").get_attribute("lang") == "ko"
    text = page.locator(".sf-side").inner_text()
    assert "할당" in text
    assert not re.search(r"\b(handed|asked|yards|months)\b", text)


def test_article_and_model_stand_side_by_side(page):
    """The panel sets each claim beside the model's number, with both grades."""
    page.click('[data-key="top:claims"]')
    text = page.locator(".sf-sheet-claims").inner_text()
    assert "More is handed over than is carried back" in text
    assert "1 of 1 test agrees" in text
    assert "went in as an input" in text
    assert "claim: 3, possibly true" in text


def test_about_this_map_says_where_it_comes_from(page):
    """Version, campaign, months, assumptions, input hashes, sources and that nothing is asked of a server."""
    page.click('[data-key="top:about"]')
    text = page.locator(".sf-sheet-about").inner_text()
    for wanted in (
        "scrapflow 0.1.0",
        "2015-01 – 2015-06",
        "3 inputs are assumed, 2 of them with a range",
        "Cite as",
        "station to station",
        "asks no server",
        "A report",
    ):
        assert wanted in text


def test_the_keyboard_alone_reaches_everything(page):
    """Tab goes through search, panels, months, filters and the map, and the focus can always be seen."""
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate(
                "(() => { const e = document.activeElement; const s = getComputedStyle(e); return [e.className, e.getAttribute('data-key') || '', parseFloat(s.outlineWidth) > 0 && s.outlineStyle !== 'none']; })()"
            )
        )
    names = " ".join(a + " " + b for a, b, _ in seen)
    for wanted in ("sf-search", "top:story", "top:table", "top:lang", "sf-play", "sf-from", "sf-to", "folium-map"):
        assert wanted in names, wanted
    assert all(visible for a, _, visible in seen if a and "leaflet" not in a)


def test_the_map_shows_inside_a_notebook(browser, run, tmp_path):
    """In the frame of a notebook the same map is drawn, without complaint."""
    host = tmp_path / "notebook.html"
    host.write_text(f"<!DOCTYPE html><meta charset=utf-8><body>{map_flows(run)._repr_html_()}</body>", encoding="utf-8")
    with watched(browser) as watch:
        watch.page.goto(host.as_uri())
        frame = watch.page.frame_locator("iframe")
        frame.locator(".sf-app[data-ready]").wait_for(timeout=20000)
        assert "t of steel were asked for" in frame.locator(".sf-headline").inner_text()
        frame.locator('[data-key="top:table"]').click()
        assert frame.locator(".sf-sheet-table tbody tr").count() > 5
        assert watch.clean()


def test_on_a_phone_the_numbers_are_a_sheet_at_the_bottom(browser, map_file):
    """On a narrow screen the map comes first, the panel can be drawn up, nothing is wider than the screen."""
    with watched(browser, 390, 844, has_touch=True, is_mobile=True) as watch:
        page = watch.open(map_file)
        side, shown = page.locator(".sf-side").bounding_box(), page.locator(".folium-map").bounding_box()
        assert shown["height"] > 300
        assert side["y"] >= shown["y"] + shown["height"] - 1
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.click(".sf-grip")
        assert page.locator(".sf-side").bounding_box()["height"] > side["height"]
        assert watch.clean()


@pytest.mark.parametrize(
    ("what", "make"),
    [
        ("empty", lambda: _cut(fake_run(places=4), 0)),
        ("one place", lambda: fake_run(places=1, periods=1)),
        ("one month", lambda: fake_run(places=6, periods=1)),
        ("300 months", lambda: fake_run(places=2, periods=300)),
        ("edges", lambda: _edges()),  # noqa: PLW0108
    ],
)
def test_odd_runs_still_give_a_page_that_works(browser, tmp_path, what, make):
    """An empty run, one place, one or 300 months, poles and the date line: a page that works and says why it is empty."""
    path = save_map(map_flows(make()), tmp_path / "odd.html")
    with watched(browser, 1200, 700) as watch:
        page = watch.open(path)
        text = page.locator(".sf-headline").inner_text()
        assert ("holds no movement" in text) == (what == "empty")
        page.click('[data-key="top:table"]')
        page.keyboard.press("Escape")
        assert watch.clean()


def _cut(run, rows):
    return changed(run, movements=run.movements.iloc[:rows], paths=run.paths.iloc[:rows])


def _edges():
    run = fake_run(places=5, periods=2)
    nodes = run.nodes
    for node, where in (("st0", [180.0, 90.0]), ("ya0", [-180.0, -90.0]), ("ya1", [-179.9, 0.0])):
        nodes.loc[nodes["node_id"] == node, ["x_coord", "y_coord"]] = where
    return changed(run, nodes=nodes)


def test_hostile_names_are_text_and_nothing_else(browser, tmp_path):
    """A thousand names of markup, script, templates and odd characters neither run nor break anything."""
    pieces = [
        "</script><script>window.hit=1</script>",
        '"><img src=x onerror="window.hit=1">',
        "`${window.hit=1}`",
        "{{ 7*7 }}{% raw %}",
        "' OR 1=1 --",
        "\\u003c/script>",
        "<!--",
        "]]>",
        "\u202etxt",
        "\u2028",
        "a" * 300,
        "&lt;b&gt;",
        "${}",
        "\\",
        "\x00x".replace("\x00", "\ufffd"),
        "=cmd|' /C calc'!A0",
    ]
    names = tuple(f"{pieces[i % len(pieces)]}{pieces[(i * 7) % len(pieces)] if i % 3 else ''} {i}" for i in range(1000))
    run = fake_run(places=300, periods=2, hostile=names)
    path = save_map(map_flows(run, title=pieces[0]), tmp_path / "hostile.html")
    with watched(browser) as watch:
        page = watch.open(path)
        assert page.evaluate("window.hit") is None
        assert page.title() == pieces[0]
        page.click('[data-key="top:table"]')
        assert page.locator(".sf-table-scroll tbody tr").count() == 300
        page.keyboard.press("Escape")
        page.fill(".sf-search", "onerror")
        page.keyboard.press("Enter")
        assert "onerror" in page.locator(".sf-detail h2").inner_text()
        assert page.evaluate("window.hit") is None
        assert page.locator("img").count() == 0
        assert watch.clean()


def test_axe_finds_nothing_serious(browser, map_file):
    """The automated accessibility check has no serious or critical finding, on the map and on each panel."""
    from pathlib import Path

    import axe_core_python

    source = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    with watched(browser) as watch:
        page = watch.open(map_file)
        page.evaluate(source)
        for panel in ("", "table", "claims", "about"):
            state(page, f"app.set({{panel: '{panel}', selected: {{type: 'nodes', nodes: [1]}}}})")
            found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
            serious = [
                (v["id"], [n["html"][:120] for n in v["nodes"]][:3])
                for v in found["violations"]
                if v["impact"] in ("serious", "critical")
            ]
            assert serious == []


def test_users_markers_and_popups_work_without_the_network(browser, run, tmp_path):
    """Folium's own markers, icons, popups and tooltips are drawn on our map, with their pictures inside the page."""
    m = map_flows(run, ranges={"carted": (1000, 2000)})
    folium.Marker([46.5, 12.0], popup="<b>seen</b> here", tooltip="a tip").add_to(m)
    folium.Marker([46.0, 12.5], icon=folium.Icon(color="red")).add_to(m)
    with watched(browser) as watch:
        page = watch.open(save_map(m, tmp_path / "own.html"))
        assert page.locator(".leaflet-marker-icon").count() == 2
        assert page.evaluate("[...document.querySelectorAll('.leaflet-marker-icon')].every((i) => i.naturalWidth > 0)")
        page.locator(".leaflet-marker-icon").first.click(force=True)
        assert page.locator(".leaflet-popup-content b").inner_text() == "seen"
        assert "1,000–2,000 t" in page.locator(".sf-cards").inner_text()
        assert watch.clean()


def test_the_first_paint_is_complete(browser, map_file):
    """What the browser paints first has the sentence, the four numbers, the months, and flows and signs in their colours."""
    with watched(browser) as watch:
        watch.page.add_init_script(
            """new PerformanceObserver((list) => list.getEntries().forEach(({name}) => {
                if (name !== 'first-contentful-paint') return;
                const flows = document.querySelector('.sf-flows');
                const {data} = flows.getContext('2d').getImageData(0, 0, flows.width, flows.height);
                const seen = (r, g, b) => { for (let i = 0; i < data.length; i += 4) if (data[i] === r && data[i + 1] === g && data[i + 2] === b) return true; return false; };
                window.first = {
                    sentence: document.querySelector('.sf-headline').textContent,
                    numbers: document.querySelectorAll('.sf-figure').length,
                    months: document.querySelectorAll('.sf-bars g').length,
                    colours: [seen(0, 114, 178), seen(59, 68, 77), seen(240, 228, 66)],
                };
            })).observe({type: 'paint', buffered: true});"""
        )
        page = watch.open(map_file)
        wait(page, "window.first !== undefined")
        first = page.evaluate("window.first")
        assert first["sentence"] == page.locator(".sf-headline").inner_text()
        assert (first["numbers"], first["months"]) == (4, 6)
        assert first["colours"] == [True, True, True]
        assert watch.clean()


def test_what_is_shown_already_is_drawn_once(browser, map_file):
    """A page that is opened with an address, and one that is told what it shows already, is drawn once."""
    with watched(browser) as watch:
        watch.page.add_init_script(
            """const clear = CanvasRenderingContext2D.prototype.clearRect;
            window.drawn = 0;
            CanvasRenderingContext2D.prototype.clearRect = function (...box) { window.drawn++; return clear.apply(this, box); };"""
        )
        page = watch.open(map_file, "#m=1-2&lang=ko")
        assert page.evaluate("window.drawn") == 1
        page.evaluate("const {scrapflow} = document.querySelector('.sf-app'); scrapflow.goTo(scrapflow.address())")
        assert (page.evaluate("window.drawn"), state(page, "[app.state.from, app.state.lang]")) == (2, [1, "ko"])
        assert watch.clean()


@pytest.mark.parametrize("width", [1000, 1280, 1920, 2560])
def test_nothing_is_cut_on_paper(browser, map_file, width):
    """From a window of any width, all is on one page, and within one of 979 pixels (letter, landscape, 10 mm margins)."""
    with watched(browser, width, 900) as watch:
        page = watch.open(map_file)
        assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 979, "height": 700})
        for part in (".folium-map", ".sf-time", ".sf-head", ".sf-legend"):
            box = page.locator(part).bounding_box()
            assert box["x"] >= 0, part
            assert box["x"] + box["width"] <= 979, part
        assert page.evaluate("document.documentElement.scrollWidth") <= 979
        assert watch.clean()


def test_firefox_opens_it_too(map_file, tmp_path):
    """Firefox, without a window, draws the same file: flows in their blue, signs and the panel."""
    shot = tmp_path / "firefox.png"
    command = [find_firefox(), "--headless", "--no-remote", "--profile", str(tmp_path), "--window-size", "1280,800"]
    subprocess.run(
        [*command, "--screenshot", str(shot), map_file.as_uri()], check=True, timeout=120, capture_output=True
    )
    colours = Image.open(shot).convert("RGB").getcolors(1 << 24)
    found = {rgb: n for n, rgb in colours}
    for colour in ("#0072b2", "#3b444d", "#f0e442"):
        assert found.get(tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5)), 0) > 50, colour
