"""What if: the hand-over is held fixed, only the haul changes."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.errors import InputError, UnknownNameError
from scrapflow.ledger.reroute import reroute


@pytest.mark.parametrize("changes", [{}, {"show.return_after": 1}, {"transport.foresight": "myopic"}])
def test_nothing_changed_is_the_same_run(toy, changes):
    """Hauled again on the same rails, every table is what it was."""
    run = sf.run(toy, sf.read_campaign(toy, "2015").update(changes))
    again = reroute(run)
    for name in ("movements", "stocks", "link_loads", "paths", "unserved"):
        pd.testing.assert_frame_equal(again.tables[name], run.tables[name])


def test_a_closed_line_leaves_its_mill_without_and_the_yard_full(toy_run):
    """Without the trunk line the far mill gets nothing and 23.5 t stay in the yard, and the reason says so."""
    shut = sf.what_if(toy_run, close=["rail_far"])
    assert shut.b.totals().delivered_t == pytest.approx(30.0)
    assert shut.b.totals().held_t == pytest.approx(23.5)
    assert shut.b.unserved.new_t.sum() == pytest.approx(23.5)
    assert set(shut.b.unserved.reason) <= {"mill_full", "capacity"}
    pd.testing.assert_frame_equal(shut.b.accounts, toy_run.accounts)


def test_capacity_and_intake_can_be_changed(toy_run):
    """One tonne a month on the branch line, and a near mill without appetite, both halve what was there."""
    less = sf.what_if(toy_run, capacity={"rail_near": 1.0})
    assert less.b.flows.to("Near Mill").total_t == pytest.approx(2.0)
    none = sf.what_if(toy_run, mill={"Near Mill": 0.0})
    assert none.b.flows.to("near").total_t == 0.0
    assert none.b.flows.to("far").total_t == pytest.approx(53.5)


def test_several_cases_in_one_call_are_several_comparisons(toy_run):
    """A batch gives one comparison a case, in order, equal to the single ones."""
    cases = [{"close": ["rail_far"]}, {"mill": {"near": 0.0}}]
    both = sf.what_if(toy_run, cases=cases)
    assert [c.b.totals().delivered_t for c in both] == pytest.approx(
        [sf.what_if(toy_run, **case).b.totals().delivered_t for case in cases]
    )


def test_everything_wrong_with_a_case_is_said_at_once(toy_run):
    """Unknown links, roads, and negative numbers are listed together."""
    with pytest.raises(InputError) as caught:
        sf.what_if(toy_run, close=["nowhere", "cart_town"], capacity={"rail_far": -1.0}, mill={"near": -2.0})
    text = str(caught.value)
    assert len(caught.value.problems) == 4
    assert "nowhere" in text
    assert "no train runs on this link" in text
    with pytest.raises(UnknownNameError):
        sf.what_if(toy_run, mill={"Nowhere Mill": 1.0})


def test_cases_are_taken_as_people_write_them(toy_run):
    """Series, a word for one link, None for nothing and a single mapping are fine."""
    shut = sf.what_if(toy_run, close="rail_far").b.totals().delivered_t
    cases = [{"close": "rail_far", "mill": None}, {"close": None}, {"capacity": pd.Series({"rail_far": 0.0})}]
    found = [c.b.totals().delivered_t for c in sf.what_if(toy_run, cases=cases)]
    assert found == pytest.approx([shut, toy_run.totals().delivered_t, shut])
    assert len(sf.what_if(toy_run, cases=cases[0])) == 1
    assert sf.what_if(toy_run, cases=[]) == []


def test_faults_of_all_cases_are_said_at_once(toy_run):
    """Words for numbers, places that are no mills, keys that are none: each with the number of its case."""
    cases = [{"close": ["nowhere"], "shut": ["gate"]}, {"capacity": {"gate": "wide"}, "mill": {"yard": 1}}, "rail_far"]
    with pytest.raises(InputError) as caught:
        sf.what_if(toy_run, cases=cases)
    assert sorted(caught.value.problems[["row", "column"]].itertuples(index=False, name=None)) == [
        ("1", "nowhere"),
        ("1", "shut"),
        ("2", "gate"),
        ("2", "yard"),
        ("3", ""),
    ]
    with pytest.raises(InputError, match="not both"):
        sf.what_if(toy_run, close=["gate"], cases=[{}])
