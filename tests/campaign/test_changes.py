"""Changes by dotted keys: sections taken apart, values put into the tables of a campaign's TOML."""

from __future__ import annotations

import pytest

import scrapflow as sf
from scrapflow.campaign.changes import flat, put
from scrapflow.errors import UnknownNameError


def test_sections_are_taken_apart_and_values_with_a_range_stay_whole():
    """A section of settings and the periods become dotted keys; a value with its low and high is one value."""
    ranged = {"value": 0.5, "low": 0.1, "high": 0.9}
    changes = {"show": {"share": ranged, "return_after": 1}, "periods": {"count": 3}, "quota": [{"kg": 1}], "note": "x"}
    assert flat(changes) == {
        "show.share": ranged,
        "show.return_after": 1,
        "periods.count": 3,
        "quota": [{"kg": 1}],
        "note": "x",
    }
    assert flat({"show.share": 0.5}) == {"show.share": 0.5}


def test_a_bare_number_moves_a_value_and_widens_its_range_to_it():
    """Basis and source stay; low and high never leave the value outside; a range of its own replaces all."""
    raw = {"show": {"share": {"value": 0.5, "low": 0.4, "high": 0.6, "basis": "assumed"}}}
    raw = put(raw, "show.share", 0.9)
    assert raw["show"]["share"] == {"value": 0.9, "low": 0.4, "high": 0.9, "basis": "assumed"}
    raw = put(raw, "show.share", 0.1)
    assert raw["show"]["share"] == {"value": 0.1, "low": 0.1, "high": 0.9, "basis": "assumed"}
    raw = put(raw, "show.share", {"value": 0.2})
    assert raw["show"]["share"] == {"value": 0.2}


def test_sections_that_are_not_there_are_made():
    """A key may be the first of its section."""
    raw = {}
    raw = put(raw, "inspection.teams", 4)
    raw = put(raw, "note", "x")
    assert raw == {"inspection": {"teams": 4}, "note": "x"}


def test_a_quota_rule_is_found_by_its_identifier():
    """With or without one of its own; an unknown one is told with those that there are."""
    raw = {"quota": [{"rule_id": "heads", "kg": 1}, {"rule_id": "homes", "kg": {"value": 2, "low": 1, "high": 3}}]}
    raw = put(raw, "quota.homes.kg", 5)
    raw = put(raw, "quota.heads.kg", 7)
    assert [r["kg"] for r in raw["quota"]] == [7, {"value": 5, "low": 1, "high": 5}]
    with pytest.raises(UnknownNameError, match="no quota rule 'hosts' to update; there are heads, homes") as fault:
        put(raw, "quota.hosts.kg", 1)
    assert list(fault.value.candidates) == ["heads", "homes"]
    with pytest.raises(UnknownNameError, match="there are none"):
        put({}, "quota.hosts.kg", 1)


def test_a_value_is_no_section():
    """A key that leads through a value is refused by name."""
    with pytest.raises(UnknownNameError, match=r"'show\.share\.part' cannot be set: 'share' is a value, not a section"):
        put({"show": {"share": 0.5}}, "show.share.part", 1)


@pytest.mark.parametrize("key", ["quota", "quota.scale"])
def test_a_quota_is_set_rule_by_rule(toy, key):
    """Less quota has no key of its own: the keys that there are, are told."""
    with pytest.raises(UnknownNameError, match=r"there are quota\.headcount\.kg"):
        sf.read_campaign(toy, "2015").update({key: 0.8})
