"""Every sentence of a map states what is so: recomputed from the run's own tables, in Python and on the page, under filters too."""

from __future__ import annotations

import re

import pytest
from browser import watched
from fake import changed, fake_run
from page_sentences import Choice, differences, random_choice, rng_of, story_differences

from scrapflow.views.maps import map_flows, save_map
from scrapflow.views.run_lines import run_of
from scrapflow.views.sentences import headline, percent, rests_on, two
from scrapflow.views.words import run_words

NUMBER = r"(<?[\d,.]+)\u00a0t"


def told(text):
    """Return every tonnage that a text names, as it is written."""
    return re.findall(NUMBER, text)


def test_the_headline_states_the_sums_of_the_tables(told_runs):
    """Each number of the headline is that of the tables in two figures, in the order in which it is told; none is zero."""
    for run in told_runs:
        moved = run.movements.groupby("kind")["tonnage_t"].sum()
        yards = run.nodes.loc[run.nodes["kind"] == "yard", "node_id"]
        last = run.periods["period"].iloc[-1]
        end = run.stocks[(run.stocks["period"] == last) & run.stocks["node_id"].isin(yards)]["closing_t"].sum()
        lost = run.unserved[(run.unserved["period"] == last) & (run.unserved["reason"] == "unplaced")][
            "tonnage_t"
        ].sum()
        wanted = [
            run.accounts["quota_t"].sum(),
            *(moved.get(k, 0.0) for k in ("carted", "returned", "looted", "shipped")),
        ]
        wanted += [moved.get("leaked", 0.0), end if end > 1e-4 * moved["carted"] else 0.0, lost]
        for lang in ("en", "ko"):
            text = headline(run, run_words(run, lang))
            assert told(text) == [two(t) for t in wanted if t > 0]
            assert not re.search(r"(?<![\d,.])0\u00a0t", text)


def test_a_headline_has_the_ranges_of_its_ensemble(toy_run):
    """Where an ensemble left low and high, they stand beside the number in two figures."""
    meta = toy_run.meta | {"ranges": {"carted_t": {"low": 41.3, "high": 77.7}}, "members": 20}
    run = type(toy_run)(dict(toy_run.tables), meta, toy_run.basemap)
    words = run_words(run, "en")
    assert "57\u00a0t (41–78) were handed over" in headline(run, words).replace(" t (", "\u00a0t (")
    assert words["legend.one"] not in rests_on(run, words)


def test_inputs_with_a_range_are_counted(told_runs):
    """What is assumed, and how much of it has a range, is counted, and one run says that it is one."""
    for run in told_runs:
        rows = run.assumed[run.assumed["basis"] == "assumed"]
        ranged = (rows["low"].astype(float) < rows["high"].astype(float)).sum()
        text = rests_on(run, run_words(run, "en"))
        assert f"{len(rows):,} inputs are assumed, {ranged:,} of them with a range" in text
        assert "All tonnes are modelled." in text
        assert "This is one run" in text


@pytest.mark.parametrize(("share", "text"), [(0.136, "14%"), (0.004, "0.4%"), (0.125, "13%"), (float("nan"), "–")])
def test_shares_are_whole_per_cents(share, text):
    """A share has a digit only below one per cent, and half a per cent goes up, as on the page."""
    assert percent(share) == text


@pytest.mark.browser
@pytest.mark.parametrize("seed", range(10))
def test_every_sentence_of_the_page_is_so(browser, tmp_path, seed):
    """Headline, figures, legend, bars, what stands on the map, panels and story are what pandas says, under random filters, in two languages by turns."""
    run = fake_run(places=8 + seed, periods=1 + seed % 5, seed=seed)
    lang = "ko" if seed % 2 else "en"
    words = run_words(run, lang)
    rng = rng_of(seed)
    with watched(browser, 1440, 900) as watch:
        page = watch.open(save_map(map_flows(run), tmp_path / "map.html"))
        whole = Choice(0, len(run.periods) - 1, lang=lang)
        for choice in [whole, *(random_choice(run, rng, lang) for _ in range(5))]:
            assert differences(page, run, words, choice, rng) == []
        assert story_differences(page, run, words, lang) == []
        assert watch.clean()


@pytest.mark.browser
def test_the_checker_of_sentences_sees_what_is_false(browser, tmp_path):
    """Set beside tables that hold a tenth more, every kind of text on the page is found to be false."""
    run = fake_run(places=8, periods=3, seed=5)
    other = changed(run, movements=run.movements.assign(tonnage_t=run.movements["tonnage_t"] * 1.1))
    words = run_words(run, "en")
    with watched(browser, 1440, 900) as watch:
        page = watch.open(save_map(map_flows(run), tmp_path / "map.html"))
        wrong = differences(page, other, words, Choice(0, 2), rng_of(2))
        assert {text.split(":")[0].split(" of ")[0] for text in wrong} >= {
            "headline",
            "figures",
            "legend",
            "months",
            "on the map",
            "mill on the map",
            "panel",
        }
        assert len(story_differences(page, other, words)) >= 3


@pytest.mark.browser
def test_the_toys_page_says_what_its_tables_say(browser, tmp_path, toy_run):
    """The toy's page too, with the months apart and each kind alone."""
    words = run_words(toy_run, "en")
    kinds = sorted(toy_run.movements["kind"].unique())
    with watched(browser, 1440, 900) as watch:
        page = watch.open(save_map(map_flows(toy_run), tmp_path / "map.html"))
        assert page.locator(".sf-headline").text_content() == headline(toy_run, words)
        for choice in (Choice(0, 1), Choice(1, 1), *(Choice(0, 1, {"kind": {k}}) for k in kinds)):
            assert differences(page, toy_run, words, choice, rng_of(1)) == []
        assert story_differences(page, toy_run, words) == []
        assert watch.clean()


@pytest.mark.browser
def test_what_stands_on_the_map_follows_a_change_of_language(browser, tmp_path, toy_run):
    """Tonnes that go back are told in the language that was chosen, at once and back again."""
    with watched(browser, 1440, 900) as watch:
        page = watch.open(save_map(map_flows(toy_run), tmp_path / "map.html"))
        for lang in ("ko", "en"):
            told = page.evaluate(
                "(lang) => { const app = document.querySelector('.sf-app').scrapflow; app.set({lang});"
                " return app.view.shown.names.filter((n) => n.home).map((n) => n.text); }",
                lang,
            )
            words = run_words(toy_run, lang)
            kinds = words["kind.returned"], words["kind.looted"]
            assert told
            assert all(text.endswith(kinds) for text in told)
        assert watch.clean()


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_map_of_what_a_query_selects_says_so(browser, toy_run, tmp_path, lang):
    """It is of a part: what is told is that part alone, beside no share of a whole that is not on the map, and no story of it."""
    m = map_flows(toy_run.flows.kind("returned"), lang=lang)
    drawn = run_of(toy_run.flows.kind("returned")).part
    told = headline(drawn, run_words(drawn, lang))
    assert told.startswith({"en": "Only what was selected: carried back.", "ko": "선택한 것만: 되실어 감."}[lang])
    assert "3.4\u00a0t" in told
    with watched(browser) as watch:
        page = watch.open(save_map(m, tmp_path / "part.html"))
        assert page.locator(".sf-headline").text_content() == told
        assert page.locator(".sf-lead").count() == 0
        assert page.locator("[data-key='top:story']").count() == 0
        assert watch.clean()
    whole = run_of(toy_run.flows)
    assert whole.part is whole.whole
