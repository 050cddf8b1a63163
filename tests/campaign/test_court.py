"""Judging by the month: what weeks add up to, where the tolerance ends, what a verdict brings to how many sites."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from scrapflow.campaign.calendar import Months
from scrapflow.campaign.court import Court

ONE = Months(range(1), 1)


def court(sites=1, draws=None, **settings):
    """Return a court over two enterprises in which every shortfall counts, unless settings say otherwise."""
    usual = {"months": 1.0, "tolerance": 0.0, "punished": 1.0, "camp": 0.0, "marks_allowed": 2, "marks_before": 0.0}
    usual |= {"warrant_shortfall": 1.0, "warrant_after": 0}
    return Court(SimpleNamespace(**usual | settings), np.full(2, float(sites)), draws)


def noted(judge, fault, shown=(0.0, 0.0), owed=(10.0, 10.0)):
    """Note a period of two enterprises."""
    judge.note(np.array(owed), np.array(fault, dtype=float), np.array(shown, dtype=float))
    return judge


def months(judged, first=0):
    """Return a step in which so many months end."""
    return Months(range(first, first + max(judged, 1)), judged)


def test_weeks_are_added_up_and_judged_once():
    """Four quarters of a month: 1 of 40 t short is within 5 %, 3 of 40 t are not; nobody is judged before the month ends."""
    b = court(months=0.25, tolerance=0.05)
    for fault in ((0, 3), (0, 0), (1, 0)):
        verdict = noted(b, fault).judge(months(0))
        assert {name: v.tolist() for name, v in verdict.items()} == {name: [0.0, 0.0] for name in verdict}
    verdict = noted(b, (0, 0)).judge(months(1))
    assert verdict["mark_probability"].tolist() == [0.0, 1.0]
    assert verdict["marks"].tolist() == [0.0, 1.0]
    later = noted(b, (0, 0)).judge(months(1, 1))
    assert later["mark_probability"].tolist() == [0.0, 0.0]


def test_the_tolerance_itself_is_tolerated():
    """5 % of a shortfall at a tolerance of 5 % is no fault, and neither is what rounding adds to it; a little more is."""
    b = court(tolerance=0.05)
    assert noted(b, (0.5, 0.5 + 1e-9)).judge(months(1))["mark_probability"].tolist() == [0.0, 0.0]
    assert noted(b, (0.5 + 1e-6, 0.51)).judge(months(1, 1))["mark_probability"].tolist() == [1.0, 1.0]


def test_the_chance_to_be_found_is_that_of_a_month():
    """Found with a chance of 0.4 in one of two halves of a month: 0.2; a load caught earns a mark without any shortfall."""
    b = court(months=0.5)
    noted(b, (0, 0), shown=(0.4, 0.0))
    assert noted(b, (0, 0)).judge(months(1))["mark_probability"].tolist() == [0.2, 0.0]


def test_two_months_of_a_step_are_judged_one_after_the_other():
    """Two months short of a quota bring two marks of a secretary; the chance told is that of a month, not their sum."""
    verdict = noted(court(), (5, 0)).judge(months(2))
    assert verdict["mark_probability"].tolist() == [1.0, 0.0]
    assert verdict["marks"].tolist() == [2.0, 0.0]


def test_marks_beyond_those_allowed_expel_and_warrants_send_some_to_a_camp():
    """With one mark allowed every second month expels; two short months in a row are a warrant, a quarter of them a camp."""
    b = court(marks_allowed=1, warrant_after=2, camp=0.25, sites=40)
    told = [noted(b, (5, 0)).judge(months(1, month)) for month in range(4)]
    assert [v["expelled"][0] for v in told] == [0, 40, 0, 40]
    assert [v["marks"][0] for v in told] == [40, 0, 40, 0]
    assert [v["detained"][0] for v in told] == [0, 40, 0, 40]
    assert [v["camp"][0] for v in told] == [0, 10, 0, 10]
    assert all(v[name][1] == 0 for v in told for name in v)


def test_a_shortfall_beyond_the_severe_is_a_warrant_at_once():
    """Above the threshold of 0.4 of a quota the manager is detained in the same month; at the threshold nobody is."""
    assert noted(court(warrant_shortfall=0.4), (4, 4.1)).judge(months(1))["detained"].tolist() == [0.0, 1.0]


def test_the_sampled_mode_draws_punishment_loads_and_camps():
    """Each month has its own numbers: below the chance it happens. The chance told is the expected one all the same."""
    draws = SimpleNamespace(
        record=np.array([0.0, 0.0]),
        punished=np.array([[0.2, 0.6], [0.6, 0.2]]),
        caught=np.array([[0.9, 0.9], [0.9, 0.9]]),
        camp=np.array([[0.9, 0.9], [0.9, 0.1]]),
    )
    b = court(punished=0.5, warrant_after=1, camp=0.3, draws=draws)
    first = noted(b, (5, 5)).judge(months(1))
    assert first["mark_probability"].tolist() == [0.5, 0.5]
    assert (first["marks"].tolist(), first["detained"].tolist(), first["camp"].tolist()) == ([1, 0], [1, 0], [0, 0])
    second = noted(b, (5, 5)).judge(months(1, 1))
    assert (second["marks"].tolist(), second["detained"].tolist(), second["camp"].tolist()) == ([1, 1], [0, 1], [0, 1])


def test_what_somebody_owes_who_owes_nothing_is_no_shortfall():
    """Without a quota there is no share of it that could be missing."""
    verdict = noted(court(), (0, 0), owed=(0, 0)).judge(ONE)
    assert verdict["mark_probability"].tolist() == [0.0, 0.0]


def test_marks_of_before_the_campaign_stand_in_the_record():
    """Each of two marks allowed is there with a chance of a half: one on average, and more expulsions in the first month."""
    b = court(marks_before=0.5)
    verdict = noted(b, (0, 5)).judge(ONE)
    assert verdict["marks"].tolist() == pytest.approx([1.0, 0.5 * 2 + 0.25 * 1])
    assert verdict["expelled"].tolist() == pytest.approx([0.0, 0.25])
