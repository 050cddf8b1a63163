"""Every sentence of a map states what is so: recomputed from the run's own tables, in Python and on the page, under filters too."""

from __future__ import annotations

import re

import pytest
from browser import watched
from fake import changed, fake_run
from page_sentences import Choice, differences, random_choice, rng_of, story_differences

import scrapflow as sf
from scrapflow.views.map_payload import kinds_of
from scrapflow.views.maps import map_flows, save_map
from scrapflow.views.run_lines import run_of
from scrapflow.views.sentences import headline, percent, rests_on, two
from scrapflow.views.story import mills_are_full, story
from scrapflow.views.words import run_words

SEEDS = (1, 2, 3)
NUMBER = r"(<?[\d,.]+)\u00a0t"


def runs(toy_run, dprk_run):
    """Return the toy, the real world and some random ones."""
    return [toy_run, dprk_run, *(fake_run(places=12, periods=4, seed=seed) for seed in SEEDS)]


def told(text):
    """Return every tonnage that a text names, as it is written."""
    return re.findall(NUMBER, text)


def test_the_headline_states_the_sums_of_the_tables(toy_run, dprk_run):
    """Each number of the headline is that of the tables in two figures, in the order in which it is told; none is zero."""
    for run in runs(toy_run, dprk_run):
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


def test_inputs_with_a_range_are_counted(toy_run, dprk_run):
    """What is assumed, and how much of it has a range, is counted, and one run says that it is one."""
    for run in runs(toy_run, dprk_run):
        rows = run.assumed[run.assumed["basis"] == "assumed"]
        ranged = (rows["low"].astype(float) < rows["high"].astype(float)).sum()
        text = rests_on(run, run_words(run, "en"))
        assert f"{len(rows):,} inputs are assumed, {ranged:,} of them with a range" in text
        assert "All tonnes are modelled." in text
        assert "This is one run" in text


def test_mills_are_full_only_where_they_took_all_that_they_were_assumed_to_take(toy_run, dprk_run):
    """Receipts are told as the assumed intake where they are as much, and nowhere else."""
    assert not mills_are_full(toy_run)
    intake = dprk_run.tables["supplies"]["demand_t"].sum()
    shipped = dprk_run.movements.loc[dprk_run.movements["kind"] == "shipped", "tonnage_t"].sum()
    assert mills_are_full(dprk_run) == (shipped >= 0.995 * intake)
    text = headline(dprk_run, run_words(dprk_run, "en"))
    assert ("as much as they were assumed to take" in text) == mills_are_full(dprk_run)


def steps(run):
    """Return the story's sentences by step and key."""
    index = {node: i for i, node in enumerate(run.nodes["node_id"])}
    return {step["key"]: {s["key"]: s for s in step["says"]} for step in story(run, index)}


def test_the_largest_part_is_the_largest_and_has_its_share(toy_run, dprk_run):
    """Where the story names a region, it is the one with most, and the share is its own."""
    for run in runs(toy_run, dprk_run):
        region = run.nodes.set_index("node_id")["region"]
        carted = run.movements[run.movements["kind"] == "carted"].groupby("destination")["tonnage_t"].sum()
        quota, owed = (run.accounts.groupby("node_id")[c].sum() for c in ("quota_t", "shortfall_t"))
        for step, sums in (("asked", quota), ("comes", carted), ("hit", owed)):
            part = steps(run).get(step, {}).get("part")
            by_region = sums.groupby(region.reindex(sums.index).to_numpy()).sum().drop("", errors="ignore")
            if part is None:
                assert len(by_region) < 2 or not sums.sum() > 0
                continue
            assert by_region[part["region"]] == pytest.approx(by_region.max())
            assert part["share"] == pytest.approx(by_region.max() / sums.sum())


def test_the_yard_of_the_story_held_most_on_average(toy_run, dprk_run):
    """The yard that is named has the largest mean stock, and the parts by material are of it."""
    for run in runs(toy_run, dprk_run):
        yards = run.nodes.loc[run.nodes["kind"] == "yard", "node_id"]
        stocks = run.stocks[run.stocks["node_id"].isin(yards)]
        mean = stocks.groupby("node_id")["closing_t"].sum() / len(run.periods)
        says = steps(run).get("yard")
        if says is None:
            assert not mean.max() > 0.005
            continue
        first = says.get("most") or says["one"]
        name = run.nodes["node_id"].iloc[first["name"]]
        assert mean[name] == pytest.approx(mean.max())
        assert first["t"] == pytest.approx(mean.max())
        scrap = stocks[(stocks["node_id"] == name) & (stocks["material"] == "scrap")]["closing_t"].sum() / len(
            run.periods
        )
        assert says["scrap"]["share"] == pytest.approx(scrap / mean.max())


def test_what_goes_back_is_told_with_its_share_and_nothing_of_what_is_not_there(toy_run, dprk_run):
    """Carried back and taken are the movements' sums; a run without them has no such step and no such word."""
    for run in runs(toy_run, dprk_run):
        moved = run.movements.groupby("kind")["tonnage_t"].sum()
        says = steps(run)["back"]
        assert says["returned"]["t"] == pytest.approx(moved["returned"])
        assert says["returned"]["share"] == pytest.approx(moved["returned"] / moved["carted"])
        assert says["looted"]["t"] == pytest.approx(moved["looted"])
        honest = changed(run, movements=run.movements[run.movements["kind"].isin(["carted", "shipped"])])
        assert "back" not in steps(honest)
        assert kinds_of(honest) == ["carted", "shipped"]
        assert "carried back" not in headline(honest, run_words(honest, "en"))


def test_people_are_told_where_there_are_any(dprk_run):
    """Secretaries expelled, warrants and camps are the accounts' sums, and each has a sentence in both languages."""
    says = steps(dprk_run)["hit"]
    for name in ("expelled", "detained", "camp"):
        total = dprk_run.accounts[name].sum()
        assert (name in says) == (total >= 0.5)
        if name in says:
            assert says[name]["n"] == pytest.approx(total)
    words = run_words(dprk_run, "en")
    assert "party secretaries are expelled" in words["story.hit.expelled"]
    assert "labour camp" in words["story.hit.camp"]


def test_tanks_are_told_from_the_delivered_steel_of_drives(toy_run, dprk_run):
    """Where drives of organisations delivered steel for a tank, its tonnes and tanks are told, and nowhere else."""
    told_of = steps(dprk_run)["mills"]["tanks"]
    drives = sf.organisations(dprk_run)
    assert told_of["t"] == pytest.approx(drives.delivered_t.sum())
    assert told_of["n"] == pytest.approx(drives.delivered_t.sum() / 40)
    assert "at most {n} tanks" in run_words(dprk_run, "en")["story.mills.tanks"]
    for run in runs(toy_run, dprk_run):
        assert ("tanks" in steps(run)["mills"]) == (run is dprk_run)


def test_what_a_world_says_of_one_campaign_is_not_told_of_another(dprk, dprk_run):
    """The report of 2015 stands beside the story of 2015: anniversary, tanks, rice cooker, the sale of the building."""
    other = type(dprk_run)(dict(dprk_run.tables), dprk_run.meta | {"campaign": "2012"}, dprk_run.basemap)
    for lang in ("en", "ko"):
        notes = [run_words(dprk_run, lang)[f"story.{step}.note"] for step in ("asked", "yard", "hit")]
        assert all(notes)
        assert not any(f"story.{step}.note" in run_words(other, lang) for step in ("asked", "yard", "hit"))
    words = " ".join(run_words(dprk_run, "en")[f"story.{step}.note"] for step in ("asked", "yard", "hit"))
    for met in (
        "70th anniversary",
        "tanks",
        "Women's Union",
        "Children's Union",
        "rice cooker",
        "sold the whole building",
    ):
        assert met in words


def test_a_worlds_own_words_and_unit_of_time_stand_on_its_map(toy_run):
    """`[words]` replaces what the package calls things, and the unit of time is the campaign's."""
    own = {"asked": "supplied", "mills": "ports", "ko": {"mills": "항구"}}
    toml = toy_run.meta["campaign_toml"].replace('unit = "month"', "")
    run = type(toy_run)(dict(toy_run.tables), toy_run.meta | {"words": own, "campaign_toml": toml}, toy_run.basemap)
    english, korean = (run_words(run, lang) for lang in ("en", "ko"))
    assert "of steel were supplied" in headline(run, english)
    assert "The ports received" in headline(run, english)
    assert "항구 수령" in headline(run, korean)
    assert english["time.all"] == "All months"
    yearly = changed(run, periods=run.periods.assign(period=["2015", "2016"]))
    assert run_words(yearly, "en")["legend.width"] == "Width of a railway flow, t a year"


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
    assert told.startswith({"en": "Only what was selected: returned.", "ko": "선택한 것만: returned."}[lang])
    assert "3.4\u00a0t" in told
    with watched(browser) as watch:
        page = watch.open(save_map(m, tmp_path / "part.html"))
        assert page.locator(".sf-headline").text_content() == told
        assert page.locator(".sf-lead").count() == 0
        assert page.locator("[data-key='top:story']").count() == 0
        assert watch.clean()
    whole = run_of(toy_run.flows)
    assert whole.part is whole.whole
