"""How long the periods of a run are, whatever their unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

MONTHS_A_DAY = 12 / 365.25


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
    start = pd.to_datetime(periods["start"])
    after = pd.to_datetime(periods["end"]) + pd.Timedelta(days=1)
    whole = (start.dt.day == 1) & (after.dt.day == 1)
    calendar = (after.dt.year - start.dt.year) * 12 + (after.dt.month - start.dt.month)
    days = (after - start).dt.days * MONTHS_A_DAY
    return np.where(whole, calendar, days).astype(np.float64)
