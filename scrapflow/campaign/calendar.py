"""Periods of a campaign: ISO labels with their first and last day."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapflow.campaign.settings import Findings

MONTHS_PER_PERIOD = {"day": 12 / 365.25, "week": 84 / 365.25, "month": 1.0, "quarter": 3.0, "year": 12.0}
"""Length of a period in months, for rates that are given per month (a year of 365.25 days)."""
_FORMS = {
    "day": re.compile(r"\d{4}-\d{2}-\d{2}"),
    "week": re.compile(r"\d{4}-W\d{2}"),
    "month": re.compile(r"\d{4}-\d{2}"),
    "quarter": re.compile(r"\d{4}-Q[1-4]"),
    "year": re.compile(r"\d{4}"),
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
        msg = f"{label!r} is no ISO {unit}"
        raise ValueError(msg)
    if unit == "week":
        return dt.date.fromisocalendar(int(label[:4]), int(label[6:]), 1)
    if unit == "quarter":
        return dt.date(int(label[:4]), 3 * int(label[6]) - 2, 1)
    return dt.date.fromisoformat(label + {"day": "", "month": "-01", "year": "-01-01"}[unit])


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
    """Return the first day of the following period, given the first day of one."""
    if unit in ("day", "week"):
        return day + dt.timedelta(days=1 if unit == "day" else 7)
    months = day.year * 12 + day.month - 1 + {"month": 1, "quarter": 3, "year": 12}[unit]
    return dt.date(months // 12, months % 12 + 1, 1)


def read_periods(raw: Mapping[str, Any], name: str, findings: Findings) -> tuple[pd.DataFrame, str]:
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
    for extra in sorted(set(raw) - set(_KEYS)):
        findings.unknown(f"periods.{extra}", [f"periods.{k}" for k in _KEYS])
    unit = raw.get("unit", "month")
    if unit not in _FORMS:
        findings.add("periods.unit", f"{unit!r} is not allowed: one of {', '.join(_FORMS)}")
        unit = "month"
    labels = raw["labels"] if "labels" in raw else _counted(raw, name, unit, findings)
    starts: dict[str, dt.date] = {}
    for label in labels if isinstance(labels, list) else [labels]:
        try:
            start = first_day(str(label), unit)
        except ValueError as error:
            findings.add("periods.labels" if "labels" in raw else "periods.start", f"{error}")
            continue
        if label in starts:
            findings.add("periods.labels", f"the period {label!r} is there twice; each may be there once")
        starts[str(label)] = start
    if not starts:
        findings.add("periods", "there is no period; at least one is needed")
    if list(starts.values()) != sorted(starts.values()):
        findings.add("periods.labels", "the periods are not in order of time")
    ends = [next_day(s, unit) - dt.timedelta(days=1) for s in starts.values()]
    frame = pd.DataFrame(
        {
            "period": list(starts),
            "start": [s.isoformat() for s in starts.values()],
            "end": [e.isoformat() for e in ends],
        },
        dtype="str",
    )
    return frame, str(unit)


def _counted(raw: Mapping[str, Any], name: str, unit: str, findings: Findings) -> list[str]:
    count = raw.get("count", 12)
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= _MOST:
        findings.add("periods.count", f"{count!r} is not allowed: a whole number from 1 to {_MOST}")
        count = 1
    january = dt.date(int(name) if re.fullmatch(r"[12]\d{3}", name) else 2000, 1, 1)
    start = str(raw.get("start", label_of(january, unit)))
    try:
        day = first_day(start, unit)
    except ValueError:
        return [start]
    labels = []
    for _ in range(count):
        labels.append(label_of(day, unit))
        day = next_day(day, unit)
    return labels
