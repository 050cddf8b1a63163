"""Periods and their months."""

from __future__ import annotations

import datetime as dt

import pytest

from scrapflow.campaign.calendar import MONTHS_PER_PERIOD, first_day, label_of, months_of, next_day, read_periods
from scrapflow.campaign.settings import CampaignFindings

DAYS = {"day": 1, "week": 7}


@pytest.mark.parametrize("unit", ["day", "week"])
def test_a_year_of_days_or_weeks_has_twelve_months(unit):
    """365.25 days, cut in periods of so many days, are twelve months."""
    assert MONTHS_PER_PERIOD[unit] * 365.25 / DAYS[unit] == pytest.approx(12.0)


@pytest.mark.parametrize(("unit", "per_year"), [("month", 12), ("quarter", 4), ("year", 1)])
def test_longer_periods_have_whole_months(unit, per_year):
    """Twelve of them make a year."""
    assert MONTHS_PER_PERIOD[unit] * per_year == 12


@pytest.mark.parametrize("unit", sorted(MONTHS_PER_PERIOD))
def test_labels_go_on_without_a_gap(unit):
    """Every period begins on the day after the last one, and its label names that day again."""
    day = first_day(label_of(dt.date(2014, 12, 29), unit), unit)
    for _ in range(60):
        after = next_day(day, unit)
        assert first_day(label_of(after, unit), unit) == after
        assert label_of(after - dt.timedelta(days=1), unit) == label_of(day, unit)
        day = after


@pytest.mark.parametrize(
    ("unit", "count", "months"), [("month", 7, 7), ("quarter", 4, 12), ("week", 52, 12), ("day", 365, 12)]
)
def test_every_month_is_judged_once(unit, count, months):
    """Over a year twelve months end, each in one period, whatever the unit; none is drawn for twice by two months."""
    spans = months_of(count, MONTHS_PER_PERIOD[unit])
    judged = [m for span in spans for m in span.drawn[: span.judged]]
    assert judged == list(range(months))


@pytest.mark.parametrize(("unit", "start"), [("week", "2015-W02"), ("quarter", "2015-Q1"), ("day", "2015-01-01")])
def test_new_scrap_arises_by_the_month(make, unit, start):
    """A kilogram a worker and month: of a thousand workers a tonne for every month of the period."""
    sector = {"sector_id": "s", "name": "S", "scrap_arising_kg_per_worker": 1.0, "output_per_worker": 1.0}
    works = {"node_id": "e", "x": 0.1, "y": 0.1, "workers": 1000.0, "working_machinery_t": 9.0}
    world = make.world(enterprises=[works], sectors=[sector])
    stocks = make.collect(world, {"periods": {"start": start, "count": 2, "unit": unit}}).stocks
    arising = stocks[stocks.material == "scrap"].arising_t
    length = {"week": 7 / 365.25 * 12, "quarter": 3.0, "day": 12 / 365.25}[unit]
    assert arising.tolist() == pytest.approx([length, length])


def test_every_label_that_is_none_is_told_and_the_others_are_read(toy):
    """A word in the middle does not end the reading: the second fault is told as well, and the last period is there."""
    findings = CampaignFindings("campaign:made", set())
    frame, unit = read_periods({"labels": ["2015-01", "soon", "2015-13", "2015-04"]}, "made", findings)
    assert frame.values.tolist() == [["2015-01", "2015-01-01", "2015-01-31"], ["2015-04", "2015-04-01", "2015-04-30"]]
    assert unit == "month"
    assert [r["row"] for r in findings.records] == ["periods.labels", "periods.labels"]
    assert ["soon" in findings.records[0]["message"], "2015-13" in findings.records[1]["message"]] == [True, True]
