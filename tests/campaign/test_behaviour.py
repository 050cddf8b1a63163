"""The settings of a campaign as the loop needs them: shares of a month made those of a step, amounts in t and steps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import scrapflow as sf
from scrapflow.campaign.behaviour import Behaviour, in_period
from scrapflow.campaign.filling import fill_in_order
from scrapflow.campaign.inspection import PATROLS
from scrapflow.campaign.looting import LOOTERS

MATERIALS = ("scrap", "obsolete_machinery", "idle_machinery", "working_machinery")


@given(st.floats(0, 1), st.floats(0.1, 6), st.floats(0.1, 6))
def test_two_periods_leave_what_one_of_both_lengths_leaves(share, first, second):
    """What is left after two periods is the product of what each leaves; a month has its own share, to the last digit."""
    left = (1 - in_period(share, first)) * (1 - in_period(share, second))
    assert 1 - in_period(share, first + second) == pytest.approx(left, abs=1e-12)
    assert in_period(share, 1.0) == share


@pytest.fixture(scope="module")
def campaign(toy):
    """Return a campaign in which every setting has a value of its own."""
    changes = {f"filling.willingness.{m}": 0.1 * (i + 1) for i, m in enumerate(MATERIALS)}
    changes |= {"filling.willingness.household_scrap": 0.6, "filling.willingness.appliance": 0.7}
    changes |= {f"looting.portability.{m}": 0.2 * (i + 1) for i, m in enumerate(MATERIALS)}
    changes |= {"arising.scale": 1.5, "arising.household_kg_per_year": 6.0, "show.repair_periods": 2}
    changes |= {
        "inspection.teams": 3,
        "inspection.visits": 4,
        "inspection.patrol": "worst_first",
        "looting.by": "everyone",
    }
    changes |= {"looting.liftable_share": 0.5, "yards.receipt_limit_t": 70.0}
    return sf.read_campaign(toy, "2015").update(changes)


def test_a_month_has_the_settings_of_the_file(campaign):
    """Shares stand in the order of the roles; rates a year become t a month, kinds of visits are counted together."""
    b = Behaviour.of(campaign, None, None)
    assert b.months == 1.0
    assert b.willingness.tolist() == pytest.approx([0.1, 0.2, 0.3, 0.4])
    assert b.household_willingness.tolist() == pytest.approx([0.6, 0.7])
    assert b.portability.tolist() == pytest.approx([0.2, 0.4, 0.6, 0.8])
    assert b.household_arising == pytest.approx(0.0005)
    assert (b.arising, b.visits, b.liftable, b.repair, b.receipt_limit) == (1.5, 12, 0.5, 2.0, 70.0)
    assert b.filling is fill_in_order
    assert b.patrol is PATROLS["worst_first"]
    assert b.looters is LOOTERS["everyone"]


def test_a_week_has_a_weeks_part_of_what_a_month_has(campaign):
    """Amounts shrink with the length; of shares as much is left after a month of weeks as after a month; limits stay a month's."""
    weeks = campaign.update({"periods": {"unit": "week", "start": "2015-W01", "count": 4}})
    b, month = Behaviour.of(weeks, None, None), Behaviour.of(campaign, None, None)
    assert b.months == pytest.approx(84 / 365.25)
    assert b.arising == pytest.approx(1.5 * b.months)
    assert b.household_arising == pytest.approx(0.0005 * b.months)
    assert b.repair == pytest.approx(2.0 / b.months)
    assert (b.receipt_limit, b.visits) == (month.receipt_limit, month.visits)
    for of_week, of_month in (
        (b.willingness, month.willingness),
        (b.household_willingness, month.household_willingness),
        (b.liftable, month.liftable),
    ):
        np.testing.assert_allclose((1 - of_week) ** (1 / b.months), 1 - of_month)


def test_a_quarter_is_worked_out_in_months(campaign):
    """A step of a quarter is a month, so that everything is as in a month."""
    quarters = campaign.update({"periods": {"unit": "quarter", "start": "2015-Q1", "count": 2}})
    b, month = Behaviour.of(quarters, None, None), Behaviour.of(campaign, None, None)
    assert b.months == 1.0
    assert (b.arising, b.repair, b.liftable) == (month.arising, month.repair, month.liftable)


def test_rules_of_ones_own_take_the_place_of_the_campaigns(campaign):
    """They are wrapped, so that what they return is checked, and called with what they are given."""
    called = []

    def nothing(stock, quota, willingness):
        called.append("filling")
        return np.zeros_like(stock)

    def nowhere(view):
        called.append("patrol")
        return np.zeros_like(view.workers)

    b = Behaviour.of(campaign, nothing, nowhere)
    assert b.filling is not fill_in_order
    assert b.patrol is not PATROLS["worst_first"]
    assert Behaviour.of(campaign, nothing, None).patrol is PATROLS["worst_first"]
    assert Behaviour.of(campaign, None, nowhere).filling is fill_in_order
