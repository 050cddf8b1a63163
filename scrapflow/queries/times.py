"""Words for times: a period's label, a month by name, a quarter, a season, a year, a day."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from scrapflow.errors import InputError, UnknownNameError, near, problem
from scrapflow.given import iterates
from scrapflow.ledger.engine import calendar
from scrapflow.queries.arguments import text
from scrapflow.world.month_names import month_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

When: TypeAlias = "str | int | dt.date | slice[Any, Any, Any] | Sequence[str | dt.date]"
"""How a time may be said."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SEASON = re.compile(r"(?:(\d{4})[-\s])?(spring|summer|autumn|fall|winter)(?:[-\s](\d{4}))?")
_SLASHED = re.compile(r"(\d{4})[/.](\d{1,2})|(\d{1,2})[/.](\d{4})")
_QUARTER = re.compile(r"(?:(\d{4})[-\s]?)?q([1-4])(?:[-\s](\d{4}))?")
_MONTH = re.compile(r"(?:(\d{4})[-\s년]+)?(\d{0,2}[^\W\d_]+)\.?(?:(?:\s+de)?[-\s]+(\d{4}))?")


def times(when: Iterable[object], periods: Sequence[str], *, nested: bool = False) -> list[str]:
    """Return words for times given as words, numbers, dates, slices or sequences of these.

    Raises
    ------
    InputError
        If something is no time.

    Examples
    --------
    >>> times([slice("2015-01", None)], ["2015-01", "2015-02"])
    ['2015-01', '2015-02']
    """
    words: list[str] = []
    for time in when:
        if isinstance(time, slice):
            first, last = periods[0], periods[-1]
            ends = (first if time.start is None else time.start, last if time.stop is None else time.stop)
            words += times(ends, periods, nested=True)
        elif isinstance(time, dt.date):
            words.append(time.isoformat()[:10])
        elif isinstance(time, str | int | np.integer) and not isinstance(time, bool):
            words.append(text(str(time), "a time"))
        elif iterates(time) and not isinstance(time, bytes) and not nested:
            words += times(time, periods, nested=True)
        else:
            message = f"{time!r} is no time: say '2015-03', 'March', '2015-Q1' or a day"
            raise InputError([problem("flows", "", "period", message)], what="the query")
    return words


def periods_of(word: str, periods: pd.DataFrame) -> list[str]:
    """Return the periods that a word means, in order.

    Parameters
    ----------
    word
        ``"2015-03"``, ``"2015/03"``, ``"03/2015"``, ``"2015"``, ``"March"``, ``"March 2015"`` (or ``"März 2015"``, ``"mars 2015"``, ``"2015년 3월"`` …), ``"2015-Q1"``,
        ``"spring"``, ``"2015-spring"``, a day. A month or a quarter without a year means that of every year; a period belongs to the month in which it begins.
    periods
        ``period, start, end``.

    Raises
    ------
    UnknownNameError
        If the run has no such period; the message says what may be said.

    Examples
    --------
    >>> import scrapflow as sf
    >>> run = sf.run(sf.read_world("toy"))
    >>> periods_of("February", run.periods), periods_of("2015-Q1", run.periods)
    (['2015-02'], ['2015-01', '2015-02'])
    """
    labels = [str(p) for p in periods["period"]]
    said = word.strip().lower()
    if slashed := _SLASHED.fullmatch(said):
        word = f"{slashed[1] or slashed[4]}-{int(slashed[2] or slashed[3]):02d}"
    chosen = [p for p in labels if p == word or p.startswith(f"{word}-")]
    if not chosen and (season := _SEASON.fullmatch(said)):
        dated, year = calendar(periods), season.group(1) or season.group(3)
        name = "autumn" if season.group(2) == "fall" else season.group(2)
        chosen = dated.loc[(dated["season"] == name) & (dated["year"].eq(year) | (year is None)), "period"].tolist()
    if not chosen:
        chosen = _beginning_in(said, periods)
    if not chosen and _DAY.fullmatch(word):
        starts, ends = (periods[c].astype(str).str[:10] for c in ("start", "end"))
        chosen = periods.loc[(starts <= word) & (ends >= word), "period"].tolist()
    if not chosen:
        span = f"the run covers {labels[0]} … {labels[-1]}" if labels else "the run has no period"
        example = f"; say {labels[0]!r}, 'March', '2015-Q1', 'spring' or a day" if labels else ""
        msg = f"no period is called {word!r}; {span}{example}"
        raise UnknownNameError(msg, near(word, labels, n=5, cutoff=0.5))
    return chosen


def _beginning_in(said: str, periods: pd.DataFrame) -> list[str]:
    """Return the periods that begin in a month or a quarter."""
    if quarter := _QUARTER.fullmatch(said):
        year, months = (
            quarter.group(1) or quarter.group(3),
            range(3 * int(quarter.group(2)) - 2, 3 * int(quarter.group(2)) + 1),
        )
    elif (month := _MONTH.fullmatch(said)) and (number := month_of(month.group(2))):
        year, months = month.group(1) or month.group(3), range(number, number + 1)
    else:
        return []
    starts = [str(s)[:10] for s in periods["start"]]
    return [
        str(p)
        for p, start in zip(periods["period"], starts, strict=True)
        if int(start[5:7]) in months and (year is None or start[:4] == year)
    ]
