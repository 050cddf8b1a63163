"""When a quota falls due and how much: windows, rates a month, drives of once, on calendars written by hand."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from scrapflow.campaign.quota_rules import DUE, QuotaRule, amount_key
from scrapflow.campaign.settings import Setting

MONTHS = pd.DataFrame({"period": ["2015-01", "2015-02", "2015-03", "2015-04"]})
QUARTERS = pd.DataFrame({"period": ["2015-Q1", "2015-Q2"]})


def rule(**more):
    """Return a rule of 12 kg a head, or 3 t a place."""
    return QuotaRule("r", **{"kind": "per_worker", "kg": Setting(12.0), "t": Setting(3.0), **more})


@pytest.mark.parametrize(
    ("more", "due_kg"),
    [
        ({}, [12, 12, 12, 12]),
        ({"first": "2015-02"}, [0, 12, 12, 12]),
        ({"last": "2015-02"}, [12, 12, 0, 0]),
        ({"first": "2015-02", "last": "2015-03"}, [0, 12, 12, 0]),
        ({"every": "once"}, [12, 0, 0, 0]),
        ({"every": "once", "first": "2015-03"}, [0, 0, 12, 0]),
        ({"every": "spread"}, [3, 3, 3, 3]),
        ({"every": "spread", "first": "2015-02"}, [0, 4, 4, 4]),
        ({"every": "spread", "first": "2016-01"}, [0, 0, 0, 0]),
        ({"every": "once", "first": "2016-01"}, [0, 0, 0, 0]),
        ({"every": "once", "first": "2014-06"}, [12, 0, 0, 0]),
    ],
)
def test_a_window_of_months(more, due_kg):
    """Both ends of the window count; a rate falls due in each month, a drive once, a whole in equal parts."""
    assert rule(**more).tonnes(MONTHS, "month") == pytest.approx([kg / 1000 for kg in due_kg])


def test_a_rate_a_month_is_three_of_them_in_a_quarter_and_a_drive_is_one():
    """Only what is a rate grows with the period; its unit says so."""
    assert rule().tonnes(QUARTERS, "quarter") == pytest.approx([0.036, 0.036])
    assert rule(every="once").tonnes(QUARTERS, "quarter") == pytest.approx([0.012, 0.0])
    assert rule(every="spread").tonnes(QUARTERS, "quarter") == pytest.approx([0.006, 0.006])
    assert [rule(every=every).unit for every in DUE] == ["kg per head and month", "kg per head", "kg per head"]


def test_named_places_owe_tonnes_and_everybody_else_kilograms_a_head():
    """The key of the amount follows from the kind."""
    fixed = rule(kind="fixed")
    assert (fixed.amount_key, fixed.amount.value, fixed.unit) == ("t", 3.0, "t per place and month")
    assert fixed.tonnes(MONTHS, "month") == [3.0] * 4
    assert (rule().amount_key, rule().amount.value) == ("kg", 12.0)
    assert amount_key("organisation") == "kg"


def test_a_period_in_steps_has_the_same_tonnes():
    """A rate is shared alike over the steps of a period; what is asked for once is asked for in the first."""
    assert rule().in_steps(6.0, 3) == [2.0, 2.0, 2.0]
    assert rule(every="spread").in_steps(6.0, 3) == [2.0, 2.0, 2.0]
    assert rule(every="once").in_steps(6.0, 3) == [6.0, 0.0, 0.0]
    assert rule(every="once").in_steps(6.0, 1) == [6.0]


def test_a_rule_cannot_be_changed_in_place():
    """Another amount is another rule."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        rule().kg = Setting(99.0)
