"""When: words, numbers and dates for periods of a run."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, TypeAlias

from scrapflow.errors import UnknownNameError, near
from scrapflow.ledger.engine import calendar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

When: TypeAlias = "str | int | dt.date | slice[Any, Any, Any] | Sequence[str | dt.date]"
"""How a time may be said."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_YEAR_SEASON = re.compile(r"(?:(\d{4})[-\s])?(spring|summer|autumn|winter)(?:[-\s](\d{4}))?")


def times(when: Iterable[When], periods: Sequence[str]) -> list[str]:
    """Return words for times given as words, numbers, dates, slices or sequences of these."""
    words: list[str] = []
    for time in when:
        if isinstance(time, slice):
            first, last = periods[0], periods[-1]
            ends = (first if time.start is None else time.start, last if time.stop is None else time.stop)
            words += times(ends, periods)
        elif isinstance(time, str | int | dt.date):
            words.append(time.isoformat()[:10] if isinstance(time, dt.date) else str(time))
        else:
            words += times(time, periods)
    return words


def periods_of(word: str, periods: pd.DataFrame) -> list[str]:
    """Return the periods that a word means: a period, a year, a season, the day within one."""
    labels = periods["period"].tolist()
    season = _YEAR_SEASON.fullmatch(word.strip().lower())
    if season:
        dated, year = calendar(periods), season.group(1) or season.group(3)
        fits = (dated["season"] == season.group(2)) & (dated["year"].eq(year) | (year is None))
        chosen = dated.loc[fits, "period"].tolist()
    else:
        chosen = [p for p in labels if p == word or p.startswith(f"{word}-")]
    if not chosen and _DAY.fullmatch(word):
        chosen = periods.loc[(periods["start"] <= word) & (periods["end"] >= word), "period"].tolist()
    if not chosen:
        span = f"the run covers {labels[0]} … {labels[-1]}" if labels else "the run has no period"
        msg = f"no period is called {word!r}; {span}"
        raise UnknownNameError(msg, near(word, labels, n=5, cutoff=0.5))
    return chosen
