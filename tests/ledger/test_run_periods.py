"""Months of periods, whatever their unit."""

from __future__ import annotations

import pandas as pd
import pytest

from scrapflow.ledger.run_periods import months_of


def spans(*ends):
    """Return periods from pairs of dates."""
    return pd.DataFrame(ends, columns=["start", "end"])


def test_calendar_months_quarters_and_years_are_whole():
    """A month is one however many days it has, a quarter three, a year twelve."""
    frame = spans(("2015-02-01", "2015-02-28"), ("2015-01-01", "2015-03-31"), ("2016-01-01", "2016-12-31"))
    assert months_of(frame).tolist() == [1.0, 3.0, 12.0]


def test_weeks_and_days_are_parts_of_a_year():
    """A week is 84 / 365.25 of a month, and a year of days is twelve."""
    assert months_of(spans(("2015-01-05", "2015-01-11")))[0] == pytest.approx(84 / 365.25)
    days = pd.date_range("2015-01-02", periods=1461).strftime("%Y-%m-%d")
    assert months_of(spans(*zip(days, days, strict=True))).sum() == pytest.approx(48.0)
