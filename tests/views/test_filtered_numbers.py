"""What an editor would check: numbers under filters, legends that say what is drawn, names where they are looked for."""

from __future__ import annotations

import re

import pytest
from browser import figures, legend, near, number, state, wait, watched
from fake import changed, fake_run

from scrapflow.views.maps import map_flows, save_map

pytestmark = pytest.mark.browser


def only(page, **filters):
    """Let one value of each filter pass."""
    sets = ", ".join(f"{name}: new Set([{value!r}])" for name, value in filters.items())
    state(page, f"app.set({{filter: {{...app.startState().filter, {sets}}}}})")


def held(page):
    """Return the legend's shares of what the yards held, by material."""
    rows = page.locator(".sf-legend .sf-list").nth(1)
    values = rows.locator("li b").all_text_contents()
    return dict(zip(rows.locator("li span").all_text_contents(), values, strict=True))


def test_what_was_asked_of_the_regions_is_together_what_was_asked(page, run):
    """A filter of the region is one of the quota too, so that the share of what was asked is the region's own."""
    quota = run.accounts.merge(run.nodes[["node_id", "region"]]).groupby("region")["quota_t"].sum()
    for region, asked in quota[quota > 0].items():
        only(page, region=region)
        assert figures(page)[0] == near(asked)
        share = re.search(r"(\d+)% of what was asked", page.locator(".sf-figures").inner_text())
        assert share
        assert int(share[1]) == pytest.approx(100 * figures(page)[1] / asked, rel=0.06)


def test_a_filter_never_says_that_nothing_was_handed_over(page):
    """Where a filter leaves a kind out, its zero says why, and no share of the whole quota is given for a part."""
    only(page, kind="returned")
    text = page.locator(".sf-figures").inner_text()
    assert text.count("left out by the filters") == 2
    assert not re.search(r"\b0\b", text)
    assert "% of" not in text
    assert "Of what passes the filters" in page.locator(".sf-headline").inner_text()
    only(page, material="scrap")
    assert "of what was asked" not in page.locator(".sf-figures").inner_text()


def test_what_a_region_does_not_send_is_nothing_and_not_left_out(browser, run, tmp_path):
    """Nothing of it reaches a mill: that is 0 t, because no filter keeps deliveries away."""
    yards = run.nodes["kind"] == "yard"
    region = str(run.nodes.loc[yards, "region"].iloc[0])
    there = set(run.nodes.loc[run.nodes["region"] == region, "node_id"])
    shipped = (run.movements["kind"] == "shipped") & run.movements["origin"].isin(there)
    idle = changed(run, movements=run.movements[~shipped])
    with watched(browser) as watch:
        page = watch.open(save_map(map_flows(idle), tmp_path / "idle.html"))
        only(page, region=region)
        assert figures(page)[3] == 0
        text = page.locator(".sf-figures").inner_text()
        assert "left out by the filters" not in text
        assert "0% of what was handed over" in text
        only(page, region=region, kind="carted")
        assert page.locator(".sf-figures").inner_text().count("left out by the filters") == 2
        assert watch.clean()


def test_the_sentence_says_that_it_is_a_model_and_what_is_left(page, run):
    """The first words are that this is an estimate, and handed over less what left the yards still lies there."""
    end = run.stocks[run.stocks["period"] == run.periods["period"].iloc[-1]]
    yards = set(run.nodes.loc[run.nodes["kind"] == "yard", "node_id"])
    left = end.loc[end["node_id"].isin(yards), "closing_t"].sum()
    text = page.locator(".sf-headline").inner_text()
    assert text.startswith("Model estimate")
    said = re.search(r"([\d,.]+)\u00a0t still lay in the yards", text)
    assert (said is not None) == (left > 0)
    if said:
        assert number(said[1]) == near(left)


def test_what_yards_held_does_not_depend_on_the_kind_of_movement(page, run):
    """Showing only what went back leaves the yards' holdings as they are; a filter on whence it came shows what came in."""
    before = held(page)
    only(page, kind="returned")
    assert held(page) == before
    only(page, region="West")
    assert "What came into the yards" in page.locator(".sf-legend").inner_text()
    sums = [
        state(page, f"app.view.shown.values.{name}.reduce((a, b) => a + b)") for name in ("held", "arrived", "received")
    ]
    assert sums[0] * len(run.periods) == pytest.approx(sums[1] + sums[2], rel=1e-6)


def test_the_months_say_how_much_the_tallest_bar_is(page, run):
    """The numbers beside the bars are those of the largest month, and of what goes back on its own scale."""
    months = run.movements.groupby(["kind", "period"])["tonnage_t"].sum()
    most = max(months["carted"].max(), months["shipped"].max())
    home = (months["returned"] + months["looted"]).max()
    assert [number(t) for t in page.locator(".sf-axis span").all_text_contents()] == [near(most), near(home)]


def test_a_click_on_a_bar_is_that_month_and_a_drag_a_range(page):
    """The bars answer the mouse."""
    box = page.locator(".sf-bars").bounding_box()
    middle = box["y"] + box["height"] / 2
    at = [box["x"] + box["width"] * (p + 0.5) / 6 for p in range(6)]
    page.mouse.click(at[2], middle)
    assert page.locator(".sf-range-label").inner_text() == "2015-03"
    page.mouse.move(at[1], middle)
    page.mouse.down()
    page.mouse.move(at[4], middle)
    page.mouse.up()
    assert page.locator(".sf-range-label").inner_text() == "2015-02 – 2015-05"


def test_shades_begin_at_nothing_or_are_left_out(browser, tmp_path):
    """A shade is an amount: the lightest step begins at zero; where regions hardly differ, words say so instead."""
    run = fake_run()
    west = run.accounts["node_id"].isin(run.nodes.loc[run.nodes["region"] == "West", "node_id"])
    uneven = changed(run, accounts=run.accounts.assign(quota_t=run.accounts["quota_t"].mask(west, 0.0)))
    with watched(browser) as watch:
        page = watch.open(save_map(map_flows(uneven), tmp_path / "uneven.html"))
        shaded = []
        for measure in state(page, "Object.keys(app.measures)"):
            state(page, f"app.set({{measure: {measure!r}}})")
            said = [number(t) for t in page.locator(".sf-shades i").all_text_contents()]
            colours = set(state(page, "app.shapes.regions.names.map((_, f) => app.measured.colour(f))"))
            if said:
                shaded.append(measure)
                assert said[0] == 0
                assert said == sorted(said)
                assert len(colours) > 1
            else:
                assert colours == {None}
                assert "everywhere" in page.locator(".sf-legend").inner_text()
        assert "burden" in shaded
        assert watch.clean()


def test_one_click_leaves_one_value(page, run):
    """`only` lets one region pass, without unchecking all the others, and from the keyboard too."""
    page.click(".sf-filters summary")
    button = page.locator('[data-key="only:regionWest"]')
    button.focus()
    page.keyboard.press("Enter")
    west = run.movements[run.movements["origin"].isin(run.nodes.loc[run.nodes["region"] == "West", "node_id"])]
    kinds = west.groupby("kind")["tonnage_t"].sum()
    assert legend(page)["handed over"] == near(kinds["carted"])
    assert page.locator('[data-key^="region:"]:checked').count() == 1
    assert page.evaluate("document.activeElement.getAttribute('data-key')") == "only:regionWest"


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_a_chosen_place_has_its_name_and_no_name_lies_under_a_button(browser, map_file, size):
    """The chosen place is named whatever stands around it, and names keep off the bar above the map."""
    with watched(browser, *size) as watch:
        page = watch.open(map_file)
        for yard in state(page, "app.yards.filter((i) => app.run.nodes.placed[i]).slice(0, 6)"):
            state(page, f"app.flyTo([{yard}], 8)")
            state(page, f"app.focusOn([{yard}])")
            names = state(page, "app.view.shown.names.map((n) => [n.bold, n.text])")
            sign = state(page, f"app.view.groupName(app.view.shown.signs.find((s) => s.nodes.includes({yard})).group)")
            # what goes back from it may be told beside its name
            assert any(there and (name == sign or name.startswith(f"{sign}: ")) for there, name in names)
            bar, canvas = (page.locator(name).bounding_box() for name in (".sf-search", ".sf-flows"))
            tops = state(page, "app.view.shown.names.map((n) => n.top)")
            assert all(canvas["y"] + top >= bar["y"] + bar["height"] - 2 for top in tops)
        assert watch.clean()


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844), (360, 800)])
def test_every_region_and_every_mill_that_receives_is_named_at_first_sight(browser, dprk_run, tmp_path, size, lang):
    """Also on a phone, where two regions had no name: names make way for each other, in two lines or with a line to their sign."""
    with watched(browser, *size) as watch:
        page = watch.open(save_map(map_flows(dprk_run, lang=lang), tmp_path / "map.html"))
        named = state(page, "app.view.shown.names.map((n) => n.text).join(' · ')")
        signs = state(page, "app.view.shown.signs.filter((s) => s.seen).map((s) => app.view.groupName(s.group))")
        mills = state(page, "app.view.mills.filter((i) => app.view.shown.values.received[i] > 0).map(app.name)")
        assert len(signs) == 13
        assert not [name for name in [*signs, *(m.split(" (")[0] for m in mills)] if name not in named]
        assert watch.clean()


@pytest.mark.parametrize("size", [(1440, 900), (800, 900), (390, 844)])
def test_a_page_has_nothing_below_itself(browser, map_file, size):
    """What is there for screen readers alone makes no empty page to scroll to under the map."""
    with watched(browser, *size) as watch:
        page = watch.open(map_file)
        assert page.evaluate("document.documentElement.scrollHeight") == size[1]
        assert watch.clean()


VISIBLE = """[...document.querySelectorAll(".sf-app *")].flatMap((node) => [
    ...[...node.childNodes].filter((child) => child.nodeType === 3).map((child) => child.textContent),
    ...["aria-label", "title", "placeholder"].map((name) => node.getAttribute(name) || ""),
])"""


@pytest.mark.parametrize("start", ["", "#lang=ko"])
def test_a_page_is_whole_in_korean_from_its_address_as_from_its_button(browser, dprk_run, tmp_path, start):
    """Also what only a screen reader says, the sectors of the filters, and what the sources say that the model is set beside."""
    with watched(browser) as watch:
        page = watch.open(save_map(map_flows(dprk_run), tmp_path / "map.html"), start)
        if not start:
            page.click('[data-key="top:lang"]')
        page.evaluate("document.querySelectorAll('.sf-filters').forEach((part) => (part.open = true))")
        page.wait_for_function("document.querySelectorAll('.sf-choice').length > 30")
        words = {word for text in page.evaluate(VISIBLE) for word in re.findall("[A-Za-z]{3,}", text)}
        # the way back, a key of the keyboard, the file formats, the command
        assert words <= {"English", "Shift", "CSV", "PNG", "scrapflow", "map", "members"}
        assert page.locator(".leaflet-control-zoom-in").get_attribute("title") == "확대"
        state(page, "app.open('claims')")
        said = page.locator(".sf-claims-scroll > .sf-claim > div:first-child > p:first-child").all_text_contents()
        assert len(said) == 15
        assert all(re.search("[가-힣]", text) for text in said)
        assert watch.clean()


def test_the_materials_of_a_factory_are_of_what_it_gave(page, run):
    """A works that hands over more than it fetches back shows that by material, alone: the heading names the sum that it takes apart."""
    moves = run.movements
    sent = moves[moves["kind"] == "carted"].groupby("origin")["tonnage_t"].sum()
    works = sent[run.nodes.set_index("node_id")["kind"].reindex(sent.index) == "enterprise"].idxmax()
    state(page, f"app.focusOn([app.run.nodes.index.get({works!r})])")
    assert "By material: Goes out, handed over" in page.locator(".sf-detail").inner_text()
    shown = page.locator(".sf-detail .sf-list b").all_text_contents()
    assert sum(number(t.split("\u00a0t")[0]) for t in shown) == near(sent[works])


def test_the_table_begins_with_what_matters(page, run):
    """Places begin with the one that handed over most, months with the first."""
    page.click('[data-key="top:table"]')
    page.click('[data-key="view:months"]')
    first = page.locator(".sf-table-scroll tbody tr").first.locator("td").first
    assert first.inner_text() == run.periods["period"].iloc[0]
    page.click('[data-key="view:places"]')
    assert page.locator('.sf-table-scroll th[aria-sort="descending"]').inner_text().startswith("handed over")


def test_a_claim_stands_beside_the_number_with_its_relation(page):
    """The model's number with its unit, and how the claim puts it: the relation, and what it is compared with."""
    page.click('[data-key="top:claims"]')
    text = page.locator(".sf-sheet-claims").inner_text()
    assert re.search(r"[Hh]anded over: [\d,]+ t", text)
    assert re.search(r"claimed: > carried back \([\d,]+ t\)", text)
    assert "claimed: > 0 t" in text


def test_an_address_pasted_into_an_open_page_is_followed_and_escape_lets_go(page, run):
    """A view that was sent is shown also where the map is open already; Escape takes back what was chosen."""
    yard = run.nodes.loc[run.nodes["kind"] == "yard", "node_id"].iloc[0]
    state(page, "app.set({measure: 'burden'})")
    page.evaluate(f"location.hash = '#m=1-2&lang=en&place={yard}'")
    wait(page, "!document.querySelector('.sf-detail').hidden")
    assert page.locator(".sf-range-label").inner_text() == "2015-02 – 2015-03"
    assert state(page, "app.state.measure") == ""
    page.keyboard.press("Escape")
    assert page.locator(".sf-detail").is_hidden()


def test_regions_that_owe_the_same_have_one_shade(browser, tmp_path):
    """Where all owe ten kilograms a head, no region is darker for the last digit of a sum."""
    run = fake_run(places=12, periods=1)
    heads = run.nodes.set_index("node_id")["population"]
    heads = heads.reindex(run.accounts["node_id"]).fillna(0).to_numpy()
    run = changed(run, accounts=run.accounts.assign(quota_t=heads * 10.0 / 1000))
    with watched(browser) as watch:
        page = watch.open(save_map(map_flows(run), tmp_path / "even.html"))
        state(page, "app.set({measure: 'burden'})")
        assert page.locator(".sf-shades i").count() == 0
        assert "a month: 10 everywhere" in page.locator(".sf-legend").inner_text()
        assert set(state(page, "app.shapes.regions.names.map((_, f) => app.measured.colour(f))")) == {None}
        assert watch.clean()
