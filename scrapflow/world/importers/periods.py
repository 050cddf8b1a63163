"""Periods that stand in two columns: a year, and a month or quarter of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scrapflow.world.month_names import MONTHS
from scrapflow.world.other_names import plain, usual_words

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

_YEAR = re.compile(r"(\d{4})(\.0)?")
_NUMBER = re.compile(r"(\d{1,2})(\.0)?")
_QUARTER = re.compile(r"[qt]?\s*([1-4])(\.0)?", re.IGNORECASE)


def with_period(frame: pd.DataFrame, say: Callable[[str, str], None]) -> pd.DataFrame:
    """Return a table whose year and month, or year and quarter, are one column ``period``.

    A table of one of these columns, of a column ``period``, or with a cell that is neither is returned as it is.

    Parameters
    ----------
    frame
        A table as people have it.
    say
        Told what was read together: kind and note.

    Examples
    --------
    >>> import pandas as pd
    >>> with_period(pd.DataFrame({"Year": [2019, 2019], "Month": [1, "Feb"]}), print)["period"].tolist()
    period Year and Month are read together: 2019-01
    ['2019-01', '2019-02']
    """
    columns = {plain(str(c)): str(c) for c in frame.columns}
    year, month, quarter = ([columns[n] for n in columns if n in usual_words(w)] for w in ("year", "month", "quarter"))
    if "period" in columns or len(year) != 1 or len(month) + len(quarter) != 1 or not len(frame):
        return frame
    (part,) = month or quarter
    labels = []
    for y, p in zip(frame[year[0]].tolist(), frame[part].tolist(), strict=True):
        label = _label(str(y).strip(), str(p).strip(), is_month=bool(month))
        if not label:
            return frame
        labels.append(label)
    say("period", f"{year[0]} and {part} are read together: {labels[0]}")
    return frame.drop(columns=[year[0], part]).assign(period=labels)


def _label(year: str, part: str, *, is_month: bool) -> str:
    """Return the label of a month or quarter, "" if either cell is none."""
    of_year = _YEAR.fullmatch(year)
    if not of_year:
        return ""
    if not is_month:
        quarter = _QUARTER.fullmatch(part)
        return f"{of_year[1]}-Q{quarter[1]}" if quarter else ""
    number = _NUMBER.fullmatch(part)
    month = int(number[1]) if number else MONTHS.get(part.lower().rstrip("."), 0)
    return f"{of_year[1]}-{month:02d}" if 1 <= month <= 12 else ""
