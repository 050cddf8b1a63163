"""Sections of a campaign's file: what is read of each, and every problem at its key."""

from __future__ import annotations

import pytest

from scrapflow.campaign.sections import read_closures, read_settings, read_shares
from scrapflow.campaign.settings import CampaignFindings, setting_rules


@pytest.fixture
def findings(toy):
    """Return where problems are gathered."""
    return CampaignFindings("campaign:made", set(toy.sources["source_id"]))


def noted(findings):
    """Return the problems by key."""
    return {p["row"]: p["message"] for p in findings.records}


def test_what_is_not_said_has_its_default(findings):
    """An empty file has every setting, as nobody gave it; one that is given says so, however deep it stands."""
    rules = setting_rules()
    silent = read_settings({}, findings)
    assert list(silent) == list(rules)
    assert all(s.value == rules[k].default and not s.given for k, s in silent.items())
    said = read_settings(
        {"filling": {"willingness": {"scrap": 0.5}}, "show": {"share": {"value": 0.25, "why": "so"}}}, findings
    )
    assert {k: s.value for k, s in said.items() if s.given} == {"filling.willingness.scrap": 0.5, "show.share": 0.25}
    assert said["show.share"].why == "so"
    assert noted(findings) == {}


def test_unknown_keys_are_told_with_the_nearest_on_their_level(findings):
    """A section misspelt, a key misspelt inside one, a number where a section stands; texts and other sections are let be."""
    raw = {"inspektion": {}, "show": {"shar": 1}, "filling": 3, "title": "T", "name": "n", "note": "", "quota": [],
           "periods": {}, "calendar": [], "allocation": {}}  # fmt: skip
    read_settings(raw, findings)
    found = noted(findings)
    assert set(found) == {"inspektion", "show.shar", "filling"}
    assert "did you mean 'inspection'" in found["inspektion"]
    assert "did you mean 'show.share'" in found["show.shar"]
    assert found["filling"] == "is a section: write [filling]"


def test_a_name_of_a_text_is_no_key_inside_a_section(findings):
    """``note`` may stand at the top alone."""
    read_settings({"show": {"note": "x"}}, findings)
    assert set(noted(findings)) == {"show.note"}


def test_shares_are_those_of_mills_by_any_of_their_names(toy, findings):
    """Sorted by identifier, whichever name was written; together they may be all."""
    shares = read_shares({"shares": {"near": 0.4, "Far Mill": 0.6}}, toy, findings)
    assert {mill: s.value for mill, s in shares.items()} == {"far": 0.6, "near": 0.4}
    assert list(shares) == ["far", "near"]
    assert noted(findings) == {}
    assert read_shares({}, toy, findings) == {}


@pytest.mark.parametrize(
    ("table", "key", "message"),
    [
        ({"shares": {"near": 0.6, "far": 0.5}}, "allocation.shares", "add up to 1.1"),
        ({"shares": {"near": 0.6, "Near Mill": 0.2}}, "allocation.shares.Near Mill", "has a share already"),
        ({"shares": {"near": 1.5}}, "allocation.shares.near", "from 0 to 1"),
        (
            {"shares": {"works": 0.5}},
            "allocation.shares.works",
            "'works' is of kind 'enterprise'; here a place of kind 'mill' is meant",
        ),
        ({"shares": {"nowhere": 0.5}}, "allocation.shares.nowhere", "nowhere"),
        ({"shares": 0.5}, "allocation.shares", "write [allocation.shares]"),
        ({"share": {}}, "allocation.share", "did you mean 'allocation.shares'"),
    ],
)
def test_shares_that_cannot_be(toy, findings, table, key, message):
    """Too much together, a mill twice, out of range, no mill, no table, a misspelt key."""
    read_shares(table, toy, findings)
    assert message in noted(findings)[key]


def test_shares_may_miss_one_by_rounding(toy, findings):
    """A third, a third and what is left of one, as floats add them up, are no more than all."""
    read_shares({"shares": {"near": 0.1 + 0.2, "far": 0.7 + 1e-12}}, toy, findings)
    assert noted(findings) == {}


def test_closures_have_a_window_a_factor_and_what_they_close(toy, findings):
    """Closed is factor 0 where nothing is said; dates of TOML's own are dates; the note stays."""
    link = toy.links["link_id"].iloc[0]
    closures = read_closures(
        [{"link_id": link, "first": "2015-02", "last": "2015-03", "note": "flood"}, {"link_id": link, "factor": 0.5}],
        toy, "month", findings,
    )  # fmt: skip
    assert noted(findings) == {}
    assert closures[0] == {"link_id": link, "first": "2015-02", "last": "2015-03", "factor": 0.0, "note": "flood"}
    assert closures[1] == {"link_id": link, "first": "", "last": "", "factor": 0.5}


@pytest.mark.parametrize(
    ("entry", "key", "message"),
    [
        ({}, "calendar.1", "either a link_id or a line_id"),
        ({"link_id": "LINK", "line_id": "x"}, "calendar.1", "either a link_id or a line_id"),
        ({"link_id": "nowhere"}, "calendar.1.link_id", "the world has no link of link_id 'nowhere'"),
        ({"line_id": "nowhere"}, "calendar.1.line_id", "the world has no link of line_id 'nowhere'"),
        ({"link_id": 5}, "calendar.1.link_id", "a text"),
        ({"link_id": "LINK", "factor": -1}, "calendar.1.factor", "from 0 to 1000"),
        ({"link_id": "LINK", "factr": 1}, "calendar.1.factr", "did you mean 'calendar.1.factor'"),
        ({"link_id": "LINK", "note": 1}, "calendar.1.note", "a text"),
        ({"link_id": "LINK", "first": "2015-03", "last": "2015-02"}, "calendar.1.first", "ends (2015-02) before"),
    ],
)
def test_closures_that_cannot_be(toy, findings, entry, key, message):
    """Nothing or two things closed, what does not exist, a factor below zero, a misspelt key, a window upside down."""
    link = toy.links["link_id"].iloc[0]
    read_closures([{k: link if v == "LINK" else v for k, v in entry.items()}], toy, "month", findings)
    assert message in noted(findings)[key]


def test_the_second_closure_is_called_by_its_place(toy, findings):
    """Problems name the closure by its position in the file, from one; a list that is none is told with what to write."""
    read_closures([{"link_id": toy.links["link_id"].iloc[0]}, {}], toy, "month", findings)
    read_closures({}, toy, "month", findings)
    assert set(noted(findings)) == {"calendar.2", "calendar"}
    assert "write [[calendar]]" in noted(findings)["calendar"]
