"""Quota rules as a file has them: what is read, and each problem at the key where it stands."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from scrapflow.campaign.population import Population
from scrapflow.campaign.quota_rules import ALL, NONE
from scrapflow.campaign.read_rules import check_members, read_rules, read_window, rule_name
from scrapflow.campaign.settings import CampaignFindings

MONTHS = pd.DataFrame({"period": ["2015-01", "2015-02"]})


@pytest.fixture
def findings(toy):
    """Return where problems are gathered."""
    return CampaignFindings("campaign:made", set(toy.sources["source_id"]))


def noted(findings):
    """Return the problems by key."""
    return {p["row"]: p["message"] for p in findings.records}


def read(toy, findings, *rules):
    """Read rules of a campaign in months."""
    return read_rules([dict(r) for r in rules], toy, "month", findings)


def test_a_rule_that_says_little_has_the_usual_rest(toy, findings):
    """Kind and amount alone: due every period, in any month, of everybody, nobody counted twice."""
    (rule,) = read(toy, findings, {"kind": "per_worker", "kg": 20})
    assert noted(findings) == {}
    assert (rule.rule_id, rule.kind, rule.kg.value, rule.t) == ("per_worker", "per_worker", 20, NONE)
    assert (rule.every, rule.first, rule.last, rule.additional) == ("period", "", "", False)
    assert (rule.organisation, rule.members_share, rule.draw) == ("", ALL, "residents")
    assert rule.sectors == rule.regions == rule.nodes == ()


def test_a_rule_that_says_all(toy, findings):
    """Every key arrives in its field; places are looked up by any of their names, a region with all inside it."""
    sector = toy.sectors["sector_id"].iloc[0]
    drive, named = read(
        toy, findings,
        {"rule_id": "d", "kind": "organisation", "kg": {"value": 3, "low": 2, "high": 4}, "every": "once",
         "first": "2015-01", "last": "2015-02", "additional": True, "organisation": "league", "members_share": 0.5,
         "draw": "youth", "regions": ["Toyland"], "note": "n"},
        {"rule_id": "f", "kind": "fixed", "t": 7, "nodes": ["Vale Machine Works"], "sectors": [sector]},
    )  # fmt: skip
    assert noted(findings) == {}
    assert (drive.rule_id, drive.kg.value, drive.kg.low, drive.kg.high) == ("d", 3, 2, 4)
    assert (drive.every, drive.first, drive.last, drive.additional) == ("once", "2015-01", "2015-02", True)
    assert (drive.organisation, drive.members_share.value, drive.draw) == ("league", 0.5, "youth")
    assert drive.regions == ("hill", "land", "vale")
    assert (named.t.value, named.kg, named.nodes, named.sectors) == (7, NONE, ("works",), (sector,))
    assert named.additional


@pytest.mark.parametrize(
    ("table", "position", "name"),
    [
        ({"rule_id": "a", "kind": "fixed"}, 0, "a"),
        ({"rule_id": "", "kind": "fixed"}, 0, "fixed"),
        ({"rule_id": 5}, 0, "rule1"),
        ({}, 3, "rule4"),
    ],
)
def test_a_rule_is_called_by_its_name_its_kind_or_its_place(table, position, name):
    """The first of them that is a text and not empty."""
    assert rule_name(table, position) == name


@pytest.mark.parametrize(
    ("table", "key", "message"),
    [
        ({"kind": "per_wroker", "kg": 1}, "quota.per_wroker.kind", "did you mean 'per_worker'"),
        ({"kind": "per_worker"}, "quota.per_worker.kg", "has no value: a number from 0, in kg per head"),
        ({"kind": "per_worker", "kg": -1}, "quota.per_worker.kg", "a number from 0"),
        ({"kind": "per_worker", "kg": -0.5}, "quota.per_worker.kg", "-0.5 is out of range: a number from 0"),
        ({"kind": "per_worker", "kg": 1, "t": 2}, "quota.per_worker.t", "is in kg per head: write kg"),
        ({"kind": "fixed", "t": 1}, "quota.fixed.nodes", "names its places"),
        ({"kind": "fixed", "t": -1, "nodes": ["works"]}, "quota.fixed.t", "a number from 0"),
        ({"kind": "fixed", "kg": 1, "nodes": ["works"]}, "quota.fixed.kg", "is in t per place: write t"),
        ({"kind": "organisation", "kg": 1}, "quota.organisation.organisation", "names its organisation"),
        ({"kind": "organisation", "kg": 1, "organisation": "x", "members_share": 2},
         "quota.organisation.members_share", "from 0 to 1"),
        ({"kind": "organisation", "kg": 1, "organisation": "x", "members_share": -0.5},
         "quota.organisation.members_share", "from 0 to 1"),
        ({"kind": "per_worker", "kg": 1, "additional": "yes"}, "quota.per_worker.additional", "true or false"),
        ({"kind": "per_worker", "kg": 1, "every": "often"}, "quota.per_worker.every", "one of period, once, spread"),
        ({"kind": "per_worker", "kg": 1, "draw": "elders"}, "quota.per_worker.draw", "one of residents"),
        ({"kind": "per_worker", "kg": 1, "sectors": ["no"]}, "quota.per_worker.sectors", "no sector 'no'; "),
        ({"kind": "per_worker", "kg": 1, "regions": ["Nowhere"]}, "quota.per_worker.regions", "Nowhere"),
        ({"kind": "per_worker", "kg": 1, "nodes": ["near"]}, "quota.per_worker.nodes", "'near' is of kind 'mill'; here a place of kind 'enterprise' or 'community' is meant"),
        ({"kind": "per_worker", "kg": 1, "note": 3}, "quota.per_worker.note", "a text"),
        ({"kind": "per_worker", "kg": 1, "kilos": 3}, "quota.per_worker.kilos", "no such key"),
        ({"kind": "per_worker", "kg": 1, "first": "March"}, "quota.per_worker.first", "'March' is no ISO month"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be(toy, findings, table, key, message):
    """Each fault at its own key, with what may stand there."""
    read(toy, findings, table)
    assert message in noted(findings)[key]


def test_two_rules_of_one_name_are_refused(toy, findings):
    """The second one is told; a rule without a name is called by its kind, so two of a kind need names."""
    read(toy, findings, {"kind": "per_worker", "kg": 1}, {"rule_id": "per_worker", "kind": "per_person", "kg": 1})
    assert "two rules of this rule_id" in noted(findings)["quota.per_worker"]


@pytest.mark.parametrize(
    ("table", "window", "problems"),
    [
        ({}, ("", ""), set()),
        ({"first": "2015-02"}, ("2015-02", ""), set()),
        ({"last": "2015-02"}, ("", "2015-02"), set()),
        ({"first": "2015-02", "last": "2015-02"}, ("2015-02", "2015-02"), set()),
        ({"first": "2015-03", "last": "2015-02"}, ("2015-03", "2015-02"), {"at.first"}),
        ({"first": 2015}, ("", ""), {"at.first"}),
        ({"first": "2015-13", "last": "2015-02"}, ("", "2015-02"), {"at.first"}),
        ({"first": "2015-02", "last": "soon"}, ("2015-02", ""), {"at.last"}),
    ],
)
def test_a_window_is_two_labels_in_order(findings, table, window, problems):
    """What is wrong counts as open; a window of one month is one, a window that ends before it starts is none."""
    assert read_window(table, "at", "month", findings) == window
    assert set(noted(findings)) == problems


def test_a_day_written_as_a_date_is_meant(findings):
    """TOML has dates of its own."""
    assert read_window({"first": dt.date(2015, 2, 3)}, "at", "day", findings) == ("2015-02-03", "")
    assert noted(findings) == {}


def members(toy, findings, *rules):
    """Return the problems of members that rules have, by name of the rule."""
    made = read(toy, findings, *rules)
    check_members(made, MONTHS, "month", Population.of(toy), findings)
    return {key.removeprefix("quota."): message for key, message in noted(findings).items()}


WORKERS = {"rule_id": "a", "kind": "per_worker", "kg": 20}


def test_a_rule_whose_heads_are_all_counted_is_told_with_a_way_out(toy, findings):
    """The second rule on the same workers finds nobody; the earlier rule is named, and ``additional`` offered."""
    found = members(toy, findings, WORKERS, {"rule_id": "b", "kind": "per_worker", "kg": 5})
    assert set(found) == {"b"}
    assert "counted by an earlier rule (a): then say additional = true" in found["b"]


def test_a_rule_that_finds_somebody_in_one_period_is_no_fault(toy, findings):
    """While the first rule asks in January alone, the second has the workers of February."""
    assert members(toy, findings, WORKERS | {"last": "2015-01"}, {"rule_id": "b", "kind": "per_worker", "kg": 5}) == {}


def test_a_rule_that_asks_for_nothing_needs_nobody(toy, findings):
    """0 kg, or a window outside the campaign: whoever would be counted does not matter."""
    assert members(toy, findings, WORKERS, {"rule_id": "b", "kind": "per_worker", "kg": 0}) == {}
    assert members(toy, findings, WORKERS, {"rule_id": "c", "kind": "per_worker", "kg": 1, "first": "2020-01"}) == {}


def test_a_rule_that_chooses_and_finds_nobody_is_told(toy, findings):
    """Workers of a region where there is no works: nobody fits, and with a single rule no other one is blamed."""
    found = members(toy, findings, {"rule_id": "c", "kind": "per_worker", "kg": 1, "regions": ["hill"]})
    assert found == {"c": "the rule has no members: nobody fits it"}


def test_a_rule_that_chooses_nobody_in_a_world_without_such_people_asks_for_nothing(make, findings):
    """The same file serves worlds of which less is known: without communities a quota a head of residents is none."""
    world = make.world(enterprises=[{"node_id": "e", "workers": 10.0}])
    rules = read_rules([{"kind": "unaffiliated", "kg": 1}], world, "month", findings)
    check_members(rules, MONTHS, "month", Population.of(world), findings)
    assert noted(findings) == {}
