"""How long the periods of a run are, whatever their unit."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.vocabulary import UNDATED

if TYPE_CHECKING:
    from numpy.typing import NDArray

MONTHS_A_DAY = 12 / 365.25


def undated() -> pd.DataFrame:
    """Return ``period, start, end`` of tonnes of which nobody says when they were: one period without a beginning or an end."""
    return pd.DataFrame({"period": [UNDATED], "start": [""], "end": [""]}, dtype="str")


def mean_months(periods: pd.DataFrame) -> float:
    """Return the mean length of the periods in months: what a monthly capacity is multiplied by.

    Of an unknown length of time nobody can say what a link could carry: it is infinite, and no capacity limits.

    Examples
    --------
    >>> mean_months(undated())
    inf
    """
    return np.inf if (periods["start"] == "").all() else float(months_of(periods).mean())


def months_of(periods: pd.DataFrame) -> NDArray[np.float64]:
    """Return the length of each period in months: whole for calendar months, else by days of a year of 365.25.

    Parameters
    ----------
    periods
        ``start, end`` (ISO dates, inclusive).

    Examples
    --------
    >>> frame = pd.DataFrame({"start": ["2015-02-01", "2015-01-05"], "end": ["2015-04-30", "2015-01-11"]})
    >>> months_of(frame).round(3).tolist()
    [3.0, 0.23]
    """
    return np.array(_months(tuple(periods["start"].tolist()), tuple(periods["end"].tolist())))


@lru_cache(maxsize=8)
def _months(first: tuple[str, ...], last: tuple[str, ...]) -> tuple[float, ...]:
    """Return the lengths; studies ask for those of the same periods again and again."""
    start = pd.to_datetime(pd.Series(first, dtype="object"))
    after = pd.to_datetime(pd.Series(last, dtype="object")) + pd.Timedelta(days=1)
    whole = (start.dt.day == 1) & (after.dt.day == 1)
    calendar = (after.dt.year - start.dt.year) * 12 + (after.dt.month - start.dt.month)
    days = (after - start).dt.days * MONTHS_A_DAY
    return tuple(np.where(whole, calendar, days).astype(np.float64).tolist())
