"""A campaign is read as a whole, refused as a whole, and never changed in place."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import scrapflow as sf
from scrapflow.campaign import setting_rules
from scrapflow.campaign.settings import shown
from scrapflow.errors import InputError, UnknownNameError


def refused(make, world, raw):
    """Return the problems for which a campaign is refused, by key."""
    with pytest.raises(InputError) as error:
        make.campaign(world, raw)
    return dict(zip(error.value.problems["row"], error.value.problems["message"], strict=True)), error.value


def test_everything_wrong_is_said_at_once(make, toy):
    """Unknown key, negative share, share above 1, period twice: one refusal, each with its allowed range."""
    raw = {
        "periods": {"labels": ["2015-01", "2015-01"]},
        "inspektion": {"teams": 1},
        "inspection": {"temas": 3, "patrol": "sleepy"},
        "show": {"share": -0.1, "return_after": 2},
        "looting": {"share": {"value": 1.5, "low": 0}},
        "penalties": {"marks_allowed": 2.5},
        "quota": [{"rule_id": "x", "kind": "per_wroker", "kg": 1}],
        "allocation": {"shares": {"near": 0.7, "Far Mill": 0.7}},
    }
    found, error = refused(make, toy, raw)
    assert "twice" in found["periods.labels"]
    assert "did you mean 'inspection'" in found["inspektion"]
    assert "did you mean 'inspection.teams'" in found["inspection.temas"]
    assert "one of uniform, largest_first, worst_first" in found["inspection.patrol"]
    assert "a number from 0 to 1" in found["show.share"]
    assert "one of 0, 1" in found["show.return_after"] or "from 0 to 1" in found["show.return_after"]
    assert "a number from 0 to 1" in found["looting.share"]
    assert "a whole number from 0 to 1000" in found["penalties.marks_allowed"]
    assert "one of per_worker" in found["quota.x.kind"]
    assert "at most 1" in found["allocation.shares"]
    assert set(error.problems["table"]) == {"campaign:made"}
    assert set(error.problems["severity"]) == {"error"}
    assert "campaigns/made.toml" in str(error)


def test_a_rule_needs_members(make, toy):
    """A rule that nobody fits is refused, and one whose members an earlier rule has counted, unless additional."""
    rules = [{"rule_id": "a", "kind": "per_worker", "kg": 20}, {"rule_id": "b", "kind": "per_worker", "kg": 5}]
    found, _ = refused(make, toy, {"quota": rules})
    assert "no members" in found["quota.b"]
    assert "additional = true" in found["quota.b"]
    rules[1]["additional"] = True
    assert len(make.campaign(toy, {"quota": rules}).rules) == 2
    nobody = [{"rule_id": "c", "kind": "per_worker", "kg": 1, "regions": ["hill"]}]
    assert "no members" in refused(make, toy, {"quota": nobody})[0]["quota.c"]


def test_places_sectors_and_sources_must_exist(make, toy):
    """What a rule or a setting names is looked up in the world, by any spelling."""
    raw = {
        "quota": [
            {"rule_id": "a", "kind": "per_worker", "kg": 1, "sectors": ["no"], "regions": ["Nowhere"]},
            {"rule_id": "f", "kind": "fixed", "t": 1, "nodes": ["Nobody"]},
        ],
        "show": {"share": {"value": 0.1, "basis": "reported"}},
        "looting": {"guard": {"value": 0.1, "basis": "guessed", "source_id": "nobody"}},
    }
    found, _ = refused(make, toy, raw)
    assert {"quota.a.sectors", "quota.a.regions", "quota.f.nodes", "show.share"} <= set(found)
    assert {"looting.guard.basis", "looting.guard.source_id"} <= set(found)
    fixed = make.campaign(toy, {"quota": [{"rule_id": "f", "kind": "fixed", "t": 1, "nodes": ["Vale Machine Works"]}]})
    assert fixed.rules[0].nodes == ("works",)
    region = make.campaign(toy, {"quota": [{"rule_id": "a", "kind": "per_worker", "kg": 1, "regions": ["Toyland"]}]})
    assert region.rules[0].regions == ("hill", "land", "vale")


def test_an_update_is_a_new_campaign(toy):
    """Updating leaves the old campaign alone, keeps the origin of a value and widens its range where needed."""
    old = sf.read_campaign(toy, "2015")
    new = old.update({"inspection.teams": 4, "show.share": 0.9, "quota.headcount.kg": 25, "periods.count": 5})
    assert (old["inspection.teams"], new["inspection.teams"]) == (1, 4)
    assert (new.settings["show.share"].low, new.settings["show.share"].high) == (0.0, 0.9)
    assert new.settings["show.share"].basis == "assumed"
    assert new.rules[0].kg.value == 25
    assert len(new.periods) == 5
    with pytest.raises(InputError, match=r"inspection\.teams"):
        old.update({"inspection.teems": 4})
    with pytest.raises(UnknownNameError, match="no quota rule"):
        old.update({"quota.nobody.kg": 4})
    with pytest.raises(dataclasses.FrozenInstanceError):
        old.name = "other"


def test_a_number_drawn_from_a_whole_range_is_rounded(make, toy):
    """An ensemble may draw 1.7 repairs from the range of a whole-number setting; a typed fraction is refused."""
    camp = make.campaign(toy, {"show": {"repair_periods": {"value": 1, "low": 0, "high": 3}}})
    assert camp.update({"show.repair_periods": 1.7})["show.repair_periods"] == 2
    with pytest.raises(InputError, match="whole number"):
        make.campaign(toy, {}).update({"show.repair_periods": 1.7})


def test_text_and_campaign_are_the_same(toy):
    """What to_toml writes reads back as the same settings, rules and periods."""
    camp = sf.read_campaign(toy, "2015").update(
        {"yards.receipt_limit_t": float("inf"), "inspection.teams": np.int64(4), "show.share": np.float64(0.1)}
    )
    world = dataclasses.replace(toy, campaigns={"again": camp.to_toml()})
    again = sf.read_campaign(world, "again")
    assert again.settings == camp.settings
    assert again.rules == camp.rules
    assert again.periods.equals(camp.periods)


@pytest.mark.parametrize(
    ("unit", "start", "labels", "last"),
    [
        ("month", "2015-12", ["2015-12", "2016-01"], "2016-01-31"),
        ("week", "2015-W53", ["2015-W53", "2016-W01"], "2016-01-10"),
        ("quarter", "2015-Q4", ["2015-Q4", "2016-Q1"], "2016-03-31"),
        ("year", "2015", ["2015", "2016"], "2016-12-31"),
        ("day", "2016-02-28", ["2016-02-28", "2016-02-29"], "2016-02-29"),
    ],
)
def test_periods_have_iso_labels_and_days(make, toy, unit, start, labels, last):
    """Every unit of time counts on over the turn of a year and knows its last day."""
    periods = make.campaign(toy, {"periods": {"start": start, "count": 2, "unit": unit}}).periods
    assert periods["period"].tolist() == labels
    assert periods["end"].iloc[-1] == last


def test_the_calendar_closes_links_for_a_time(make, toy):
    """A closed line is its links at factor 0 in the months named; factors of one link multiply."""
    raw = {
        "calendar": [
            {"line_id": "trunk", "first": "2015-02"},
            {"link_id": "rail_near", "factor": 0.5, "last": "2015-01"},
        ]
    }
    calendar = make.campaign(toy, raw).calendar
    assert calendar.values.tolist() == [
        ["2015-01", "rail_near", 0.5],
        ["2015-02", "rail_far", 0],
        ["2015-03", "rail_far", 0],
    ]
    found, _ = refused(make, toy, {"calendar": [{"line_id": "moon"}, {"factor": 1, "frist": "2015-01"}]})
    assert {"calendar.1.line_id", "calendar.2", "calendar.2.frist"} <= set(found)


def test_every_unreported_setting_is_listed(toy):
    """Assumptions list given values and defaults with their unit, but nothing that a source reports."""
    camp = sf.read_campaign(toy, "2015")
    a = camp.assumptions().set_index("row")
    assert a.loc["quota.headcount.kg", ["value", "low", "high"]].tolist() == [20, 10, 30]
    assert "quota.residents.kg" not in a.index
    assert a.loc["filling.books_only_share", "note"] != "default of scrapflow"
    assert a.loc["looting.liftable_share", "note"] == "default of scrapflow"
    numbers = [k for k, r in setting_rules().items() if r.type != "text"]
    assert set(numbers) - set(a.index) == set()


def test_an_unknown_campaign_names_those_that_exist(toy, tmp_path):
    """A name that is neither campaign nor file lists the known ones; broken TOML says so; a file of one's own works."""
    with pytest.raises(UnknownNameError, match="2012, 2015"):
        sf.read_campaign(toy, "1984")
    path = tmp_path / "mine.toml"
    path.write_text("[show\n")
    with pytest.raises(InputError, match=r"mine\.toml(?s:.*)no TOML"):
        sf.read_campaign(toy, path)
    path.write_text('[periods]\nstart = "2016-01"\n')
    camp = sf.read_campaign(toy, path)
    assert camp.name == "mine"
    assert len(camp.periods) == 12
    assert np.isinf(camp["yards.receipt_limit_t"])


@pytest.mark.parametrize("length", [78, 79, 200])
def test_a_value_is_told_in_at_most_a_line(length):
    """Eighty signs with the quotes are told whole; of a longer one as many, the last of them dots."""
    text = shown("x" * length)
    assert len(text) == 80
    assert text.endswith("…") == (length > 78)
