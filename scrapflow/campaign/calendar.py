"""Periods of a campaign: ISO labels with their first and last day."""

from __future__ import annotations

import datetime as dt
import math
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from scrapflow.campaign.settings import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapflow.campaign.settings import CampaignFindings

MONTHS_PER_PERIOD = {"day": 12 / 365.25, "week": 84 / 365.25, "month": 1.0, "quarter": 3.0, "year": 12.0}
"""Length of a period in months, for rates that are given per month (a year of 365.25 days)."""
STEPS_PER_PERIOD = {"quarter": 3, "year": 12}
"""What is longer than a month is worked out month by month; other periods are one step each."""


class Months(NamedTuple):
    """The months that a period has to do with.

    Attributes
    ----------
    drawn
        Positions of the months in which it lies.
    judged
        How many of them end in it.
    """

    drawn: range
    judged: int


def months_of(count: int, length: float) -> list[Months]:
    """Return the months of each of ``count`` periods of a length in months; a month ends in the period nearest its end.

    Examples
    --------
    >>> [m.judged for m in months_of(2, 3.0)], [m.judged for m in months_of(4, MONTHS_PER_PERIOD["week"])]
    ([3, 3], [0, 0, 1, 0])
    """
    ends = [math.floor(i * length + 0.5 + _HAIR) for i in range(count + 1)]
    return [Months(range(a, max(b, a + 1)), b - a) for a, b in pairwise(ends)]


_HAIR = 1e-9
"""Rounding that must not shift the end of a month."""
_FORMS = {
    "day": re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII),
    "week": re.compile(r"\d{4}-W\d{2}", re.ASCII),
    "month": re.compile(r"\d{4}-\d{2}", re.ASCII),
    "quarter": re.compile(r"\d{4}-Q[1-4]", re.ASCII),
    "year": re.compile(r"\d{4}", re.ASCII),
}
_KEYS = ("start", "count", "unit", "labels")
_MOST = 1200


def first_day(label: str, unit: str) -> dt.date:
    """Return the first day of the period a label names.

    Raises
    ------
    ValueError
        If the label is not of the unit's form, or names no date.

    Examples
    --------
    >>> first_day("2015-W02", "week"), first_day("2015-Q3", "quarter")
    (datetime.date(2015, 1, 5), datetime.date(2015, 7, 1))
    """
    if not _FORMS[unit].fullmatch(label):
        msg = f"{shown(label)} is no ISO {unit}"
        raise ValueError(msg)
    try:
        if unit == "week":
            return dt.date.fromisocalendar(int(label[:4]), int(label[6:]), 1)
        if unit == "quarter":
            return dt.date(int(label[:4]), 3 * int(label[6]) - 2, 1)
        return dt.date.fromisoformat(label + {"day": "", "month": "-01", "year": "-01-01"}[unit])
    except ValueError as error:
        msg = f"{label!r} is no {unit} of the calendar: {error}"
        raise ValueError(msg) from error


def label_of(day: dt.date, unit: str) -> str:
    """Return the label of the period a day lies in.

    Examples
    --------
    >>> label_of(dt.date(2015, 3, 25), "month"), label_of(dt.date(2016, 1, 1), "week")
    ('2015-03', '2015-W53')
    """
    iso = day.isocalendar()
    return {
        "day": day.isoformat(),
        "week": f"{iso.year}-W{iso.week:02d}",
        "month": f"{day.year:04d}-{day.month:02d}",
        "quarter": f"{day.year:04d}-Q{(day.month + 2) // 3}",
        "year": f"{day.year:04d}",
    }[unit]


def next_day(day: dt.date, unit: str) -> dt.date:
    """Return the first day of the following period, given the first day of one.

    Raises
    ------
    ValueError
        If the calendar ends before it.
    """
    try:
        if unit in ("day", "week"):
            return day + dt.timedelta(days=1 if unit == "day" else 7)
        months = day.year * 12 + day.month - 1 + {"month": 1, "quarter": 3, "year": 12}[unit]
        return dt.date(months // 12, months % 12 + 1, 1)
    except (ValueError, OverflowError) as error:
        msg = "the calendar ends with the year 9999"
        raise ValueError(msg) from error


def read_periods(raw: Mapping[str, Any], name: str, findings: CampaignFindings) -> tuple[pd.DataFrame, str]:
    """Read the section ``[periods]``: ``start`` and ``count``, or ``labels``, and the ``unit``.

    Parameters
    ----------
    raw
        The section.
    name
        Name of the campaign: where it is a year and nothing else is said, periods start in its January.
    findings
        Where problems are noted.

    Returns
    -------
    periods : DataFrame
        ``period, start, end``: ISO label, first and last day (inclusive).
    unit : str
    """
    findings.strangers(raw, "periods", _KEYS)
    unit = findings.word(raw, "unit", "periods", tuple(_FORMS), "month")
    key = "labels" if "labels" in raw else "start"
    labels = findings.texts(raw, "labels", "periods") if "labels" in raw else _counted(raw, name, unit, findings)
    if len(labels) > _MOST:
        findings.note("periods.labels", f"{len(labels)} periods are too many: at most {_MOST}")
    starts: dict[str, dt.date] = {}
    for label in labels[:_MOST]:
        try:
            start = first_day(label, unit)
            next_day(start, unit)
        except ValueError as error:
            findings.note(f"periods.{key}", str(error))
            continue
        if label in starts:
            findings.note("periods.labels", f"the period {label!r} is there twice; each may be there once")
        starts[label] = start
    if not starts:
        findings.note("periods", "there is no period; at least one is needed")
    if list(starts.values()) != sorted(starts.values()):
        findings.note("periods.labels", "the periods are not in order of time")
    ends = [next_day(s, unit) - dt.timedelta(days=1) for s in starts.values()]
    frame = pd.DataFrame(
        {
            "period": list(starts),
            "start": [s.isoformat() for s in starts.values()],
            "end": [e.isoformat() for e in ends],
        },
        dtype="str",
    )
    return frame, unit


def _counted(raw: Mapping[str, Any], name: str, unit: str, findings: CampaignFindings) -> tuple[str, ...]:
    count = raw.get("count", 12)
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= _MOST:
        findings.note("periods.count", f"{shown(count)} is not allowed: a whole number from 1 to {_MOST}")
        count = 1
    january = dt.date(int(name) if re.fullmatch(r"[12]\d{3}", name) else 2000, 1, 1)
    given = raw.get("start", label_of(january, unit))
    start = given.isoformat() if isinstance(given, dt.date) else given
    if not isinstance(start, str):
        findings.note("periods.start", f"{shown(start)} is not allowed: the label of a period in quotation marks")
        return ()
    try:
        day = first_day(start, unit)
    except ValueError:
        # Told once, with the labels.
        return (start,)
    labels = [start]
    try:
        for _ in range(count - 1):
            day = next_day(day, unit)
            labels.append(label_of(day, unit))
    except ValueError as error:
        findings.note("periods.count", f"{count} is too many: {error}")
    return tuple(labels)
