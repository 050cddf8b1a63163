"""A campaign that is steered: what sliders and closures change, and the run that follows."""

from __future__ import annotations

import gc

import pytest
from painted import painted

import scrapflow as sf
from scrapflow.errors import InputError, ScrapflowError, UnknownNameError
from scrapflow.runs import Run
from scrapflow.views.steering import Steering


def test_a_slider_of_the_world_keeps_the_network_and_gives_a_fresh_run(steered):
    """Places and links are those of the first run, so that nothing is drawn anew; the mills take what the changed world says."""
    steered.values = {"enterprises.scrap_t": 20.0}
    first, moved = steered._steering.world, steered.world
    kept = steered._steering._runs[(("enterprises.scrap_t", 20.0),), ()]
    changed, campaign = steered._steering.case({"enterprises.scrap_t": 20.0}, ())
    assert moved is not first
    assert kept.totals().equals(sf.run(changed, campaign).totals())
    assert kept == sf.run(changed, campaign)


def test_a_picture_needs_no_tables_that_it_does_not_show_and_what_is_handed_out_is_checked(steered, monkeypatch):
    """A slider is answered without a check and without the quotas by rule; whoever asks for the run gets it checked, once."""
    checks = []
    check = Run.check
    monkeypatch.setattr(Run, "check", lambda run: checks.append(run) or check(run))
    steered._wish = {"n": 3, "values": {"looting.share": 1.0}, "closed": []}
    assert (painted(steered)["answers"], checks) == (3, [])
    assert {"movements", "stocks", "quotas", "link_loads"} <= set(steered._shown_run.tables._kept._to_make)
    assert steered.run is steered.run
    assert checks == [steered._shown_run]
    assert not steered.run.tables._kept._to_make


def test_what_a_move_leaves_as_it_is_is_not_made_anew(steered):
    """With a slider of the campaign the changed world stays; runs of the same places share what is drawn of places alone."""
    steering = steered._steering
    first, _ = steering.case({"enterprises.scrap_t": 20.0}, ())
    again, campaign = steering.case({"enterprises.scrap_t": 20.0, "looting.share": 1.0}, ())
    other, _ = steering.case({"enterprises.scrap_t": 21.0}, ())
    assert first is again is campaign.world
    assert other is not first
    runs = [steering.run(values, ()) for values in ({}, {"looting.share": 1.0}, {"enterprises.scrap_t": 20.0})]
    assert runs[0].memo["places"] is runs[1].memo["places"] is runs[2].memo["places"]


def test_no_garbage_is_searched_for_until_a_picture_is_sent(steered, monkeypatch):
    """A search through all that a notebook holds takes as long as a run; afterwards it is as it was."""
    seen = []
    run = Steering.run
    monkeypatch.setattr(Steering, "run", lambda *given: seen.append(gc.isenabled()) or run(*given))
    steered.values = {"looting.share": 1.0}
    assert (seen, gc.isenabled()) == ([False], True)
    gc.disable()
    try:
        steered.values = {}
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_each_case_has_a_hash_of_its_own(steered):
    """No two settings share the hash that their numbers carry."""
    seen = set()
    for values in ({}, {"looting.share": 1.0}, {"quota.headcount.kg": 30.0}, {"enterprises.scrap_t": 20.0}):
        for closed in ((), ("rail_far",)):
            steered.values, steered.closed = values, closed
            seen.add(painted(steered)["inputs"])
    assert len(seen) == 8


def test_a_changed_number_of_the_world_is_on_record(steered):
    """What a slider changes in the world is listed as a change, and in the run's identity."""
    steered.values = {"enterprises.scrap_t": 20.0}
    assert steered.world.changes["column"].tolist() == ["scrap_t"]
    assert steered.run.meta["changes"][0]["is"] == "20"


def test_a_closed_link_is_in_the_campaign_that_can_be_saved(steered):
    """Closures are entries of the campaign's calendar; the far mill gets nothing."""
    steered.closed = "rail_far"
    assert 'link_id = "rail_far"' in steered.campaign.to_toml()
    assert steered.run.flows.to("Far Mill").total_t == 0


@pytest.mark.parametrize(
    "close",
    [
        "rail_far",
        ["rail_far", "rail_near"],
        ("Vale", "Far Mill"),
        "Vale – Far Mill",
        "Vale",
        "Trunk Line",
        "trunk",
        None,
    ],
)
def test_what_if_and_the_widget_close_the_same(steered, toy, close):
    """A line, a station, a stretch: the links that are closed are those that `what_if` closes."""
    run = sf.run(toy, "2015")
    steered.closed = close
    shut = sf.what_if(run, close=close).b.tables["arcs"]
    assert set(steered.closed) == set(shut.loc[shut["capacity_t"] == 0, "link_id"])


@pytest.mark.parametrize(
    ("trait", "value", "told"),
    [
        ("closed", "rail_farr", "did you mean rail_far"),
        ("closed", ("Vale", "Nowhere"), "'Nowhere'"),
        ("closed", {"rail_far": "January"}, "what_if"),
        ("values", {"quota.headcount.kg": "30"}, "'30' is no number"),
        ("values", {"quota.headcount.kg": 40}, "40 is not between 10 and 30"),
        ("periods", ("2015-02", "2015-01"), "the first one is the earlier"),
    ],
)
def test_what_is_refused_is_told_with_what_may_be_said(steered, trait, value, told):
    """A near name, a number, the order, or where closing for a time is asked for."""
    with pytest.raises(ScrapflowError, match=told):
        setattr(steered, trait, value)


def test_a_widget_says_its_sliders_and_what_is_closed(steered):
    """The names that `values` takes are seen nowhere else in Python."""
    steered.values, steered.closed = {"quota.headcount.kg": 30}, "rail_far"
    assert "quota.headcount.kg = 30 (10 to 30 kg" in repr(steered)
    assert repr(steered).endswith("; closed: rail_far>")


def test_what_is_opened_wrongly_is_told_with_the_right_call(toy):
    """A misspelt assumption has near names; the name of a world is to be read first."""
    with pytest.raises(UnknownNameError, match=r"did you mean quota\.headcount\.kg"):
        sf.explore(toy, "2015", settings=["quota.headcnt.kg"])
    with pytest.raises(InputError, match=r"sf\.read_world\('toy'\)"):
        sf.explore("toy")


@pytest.mark.parametrize(
    ("trait", "value", "error"),
    [
        ("values", {"quota.headcount.kg": 31}, InputError),
        ("values", {"quota.headcount.kg": None}, InputError),
        ("values", {"quota": 3}, UnknownNameError),
        ("values", 7, InputError),
        ("closed", "no such link", UnknownNameError),
    ],
)
def test_what_cannot_be_steered_is_refused(steered, trait, value, error):
    """A value beyond its range, or a link that is not there, changes nothing."""
    before = painted(steered)["inputs"]
    with pytest.raises(error):
        setattr(steered, trait, value)
    assert painted(steered)["inputs"] == before


def test_sliders_are_those_that_matter(toy):
    """Without names, a world's sliders are the assumptions with the largest effect on what mills receive."""
    ranked = sf.sensitivity(toy, "2015", processes=1)
    expected = ranked.loc[ranked.effect_t > 0, "input"].head(6).tolist()
    assert [s["name"] for s in sf.explore(toy, "2015")._sliders] == expected


def test_a_world_names_its_sliders(toy):
    """What ``world.toml`` says under ``[explore]`` needs no ranking; names that the campaign does not have are passed over."""
    from dataclasses import replace

    named = replace(
        toy, settings={**toy.settings, "explore": {"sliders": ["looting.share", "quota.of_another_year.kg"]}}
    )
    assert [s["name"] for s in sf.explore(named, "2015")._sliders] == ["looting.share"]


def test_the_sliders_of_the_real_world_are_assumptions_of_its_campaign(dprk):
    """Every name in the packaged world is an assumption with a range."""
    from scrapflow.studies.uncertain import uncertain

    known = set(uncertain(dprk, sf.read_campaign(dprk, "2015")).groups.input)
    assert set(dprk.settings["explore"]["sliders"]) <= known
