"""Words for periods: what each means in a run of months over a new year."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from scrapflow.errors import InputError, UnknownNameError
from scrapflow.queries.times import periods_of, times

_STARTS = pd.date_range("2014-11-01", "2015-12-01", freq="MS")
MONTHS = pd.DataFrame(
    {
        "period": [f"{d:%Y-%m}" for d in _STARTS],
        "start": [f"{d:%Y-%m-%d}" for d in _STARTS],
        "end": [f"{d + pd.offsets.MonthEnd(1):%Y-%m-%d}" for d in _STARTS],
    }
)
LABELS = MONTHS["period"].tolist()


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("2015-03", ["2015-03"]),
        ("2014", ["2014-11", "2014-12"]),
        ("2015/03", ["2015-03"]),
        ("3/2015", ["2015-03"]),
        ("03.2015", ["2015-03"]),
        ("2015-03-31", ["2015-03"]),
        ("2015-03-01", ["2015-03"]),
        ("spring", ["2015-03", "2015-04", "2015-05"]),
        (" Winter ", ["2014-12", "2015-01", "2015-02", "2015-12"]),
        ("2015-winter", ["2015-01", "2015-02", "2015-12"]),
        ("winter 2014", ["2014-12"]),
        ("2015 summer", ["2015-06", "2015-07", "2015-08"]),
    ],
)
def test_a_word_means_its_periods(word, meant):
    """A period, a year, a day within one, a season of any year or of the year in which its months lie."""
    assert periods_of(word, MONTHS) == meant


@pytest.mark.parametrize("word", ["2013", "2015-1", "2015-13", "spring-2013", "2016-01-01", "2014-10-31", "", "soon"])
def test_another_word_is_refused_with_the_span_of_the_run(word):
    """What lies outside is told with what the run covers; a beginning of a label is no label."""
    with pytest.raises(UnknownNameError, match="the run covers 2014-11 … 2015-12"):
        periods_of(word, MONTHS)


def test_near_periods_are_offered_and_a_run_without_any_says_so():
    """A slip of the pen finds its neighbours."""
    with pytest.raises(UnknownNameError) as fault:
        periods_of("2015-0", MONTHS)
    assert "2015-01" in fault.value.candidates
    with pytest.raises(UnknownNameError, match="the run has no period"):
        periods_of("2015", MONTHS.iloc[:0])


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (("2015-01",), ["2015-01"]),
        ((2015,), ["2015"]),
        ((dt.date(2015, 3, 9),), ["2015-03-09"]),
        ((dt.datetime(2015, 3, 9, 23, 59, tzinfo=dt.UTC),), ["2015-03-09"]),
        ((("2015-01", "2015-03"),), ["2015-01", "2015-03"]),
        (("2015-01", "2015-03"), ["2015-01", "2015-03"]),
        ((slice("2015-01", None),), ["2015-01", "2015-12"]),
        ((slice(None, 2014),), ["2014-11", "2014"]),
        ((slice(None),), ["2014-11", "2015-12"]),
        (([dt.date(2015, 1, 1), "2015-02"],), ["2015-01-01", "2015-02"]),
    ],
)
def test_times_are_said_in_words_numbers_dates_slices_and_lists(when, words):
    """All of them become the words that mean periods, a slice its two ends."""
    assert times(when, LABELS) == words


@pytest.mark.parametrize("when", [[["2015-02"]], [[["2015-02"]]], None, 2.5, True, b"2015"])
def test_what_is_no_time_is_refused(when):
    """A list within a list, nothing, a fraction, a truth value and bytes say no period."""
    with pytest.raises(InputError, match="is no time"):
        times((when,), LABELS)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("March 2015", ["2015-03"]),
        ("2015 march", ["2015-03"]),
        ("März 2015", ["2015-03"]),
        ("mars 2015", ["2015-03"]),
        ("marzo de 2015", ["2015-03"]),
        ("2015년 3월", ["2015-03"]),
        ("Dezember", ["2014-12", "2015-12"]),
        ("December", ["2014-12", "2015-12"]),
        ("December 2014", ["2014-12"]),
        ("2015-Q1", ["2015-01", "2015-02", "2015-03"]),
        ("Q4", ["2014-11", "2014-12", "2015-10", "2015-11", "2015-12"]),
        ("Q4 2014", ["2014-11", "2014-12"]),
    ],
)
def test_a_month_or_quarter_is_of_any_year_or_of_the_one_that_is_named(word, meant):
    """The year may stand before or after; months of another year, and other months of that year, are not meant."""
    assert periods_of(word, MONTHS) == meant
