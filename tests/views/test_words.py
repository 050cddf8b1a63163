"""The words of a view: in both languages, of the world and the campaign, in its unit of time."""

from __future__ import annotations

import re

import pytest
from fake import changed

from scrapflow.views.flow_layer import ENTRIES, script
from scrapflow.views.run_lines import run_of
from scrapflow.views.sentences import headline
from scrapflow.views.words import LANGUAGES, labels, run_words, words_of


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


EVERYTHING = "".join(script(kind) for kind in ENTRIES)


def test_every_word_of_the_page_is_there_in_both_languages(run):
    """All texts the script asks for exist, in English and in Korean, with the same places to fill, and no word open."""
    en, ko = (labels(lang) for lang in LANGUAGES)
    wanted = set(re.findall(r'\bt\("([a-z_.]*[a-z_])"', EVERYTHING))
    told = words_of(run)
    # what is said of two runs is told where two are compared
    assert {key for key in wanted - {"key"} if not key.startswith("compare.")} <= set(told["en"])
    assert {f"{what}.{name}" for what in ("kind", "material") for name in run.movements[what].unique()} <= set(
        told["ko"]
    )
    for key in en:
        # a text that a kind of run leaves out is left out in both
        assert bool(ko[key]) == bool(en[key]), key
        assert sorted(re.findall(r"\{\w+\}", en[key])) == sorted(re.findall(r"\{\w+\}", ko[key])), key
    assert not [key for texts in told.values() for key, text in texts.items() if re.search(r"\[[a-z_]+\]", text)]


@pytest.mark.parametrize(
    ("select", "en", "ko"),
    [
        (lambda f: f.to("Near Mill").of("machinery", "scrap"), "to Near Mill · of machinery, scrap", "니어제강소 도착 · 재료 설비, 고철"),
        (lambda f: f.in_region("Vale", end="both").kind("carted"), "within Vale · handed over", "베일 내부 · 헌납 반입"),
        (lambda f: f.via("looted").during("2015-01"), "taken from a factory · in 2015-01", "공장에서 절취 · 2015-01"),
        (lambda f: f.narrowed(("TRUE", ()), "as one likes"), "as one likes", "as one likes"),
    ],
)  # fmt: skip
def test_what_was_selected_is_told_in_the_words_of_the_map(toy_run, select, en, ko):
    """Kinds, materials and places as the map calls them, in its language; only what has no verb stays as it was said."""
    part = run_of(select(toy_run.flows)).part
    assert run_words(part, "en")["headline.part"] == f"Only what was selected: {en}."
    assert run_words(part, "ko")["headline.part"] == f"선택한 것만: {ko}."
    assert not any(key.startswith("part.") for key in run_words(part, "en"))
