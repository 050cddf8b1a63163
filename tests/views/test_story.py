"""A run told in steps, each from its own numbers."""

from __future__ import annotations

import pytest
from fake import changed

import scrapflow as sf
from scrapflow.views.map_payload import kinds_of
from scrapflow.views.sentences import headline
from scrapflow.views.story import mills_are_full, story
from scrapflow.views.words import run_words


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


def test_the_largest_part_is_the_largest_and_has_its_share(told_runs):
    """Where the story names a region, it is the one with most, and the share is its own."""
    for run in told_runs:
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


def test_the_yard_of_the_story_held_most_on_average(told_runs):
    """The yard that is named has the largest mean stock, and the parts by material are of it."""
    for run in told_runs:
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


def test_what_goes_back_is_told_with_its_share_and_nothing_of_what_is_not_there(told_runs):
    """Carried back and taken are the movements' sums; a run without them has no such step and no such word."""
    for run in told_runs:
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


def test_tanks_are_told_from_the_delivered_steel_of_drives(dprk_run, told_runs):
    """Where drives of organisations delivered steel for a tank, its tonnes and tanks are told, and nowhere else."""
    told_of = steps(dprk_run)["mills"]["tanks"]
    drives = sf.organisations(dprk_run)
    assert told_of["t"] == pytest.approx(drives.delivered_t.sum())
    assert told_of["n"] == pytest.approx(drives.delivered_t.sum() / 40)
    assert "at most {n} tanks" in run_words(dprk_run, "en")["story.mills.tanks"]
    for run in told_runs:
        assert ("tanks" in steps(run)["mills"]) == (run is dprk_run)
