"""Periods as people write them: months by name, dates in any order, a year and a month or quarter of it in two columns."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from scrapflow.world.month_names import month_of
from scrapflow.world.other_names import plain, usual_words

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

_YEAR = re.compile(r"(\d{4})(\.0)?")
_NUMBER = re.compile(r"(\d{1,2})(\.0)?")
_QUARTER = re.compile(r"[qt]?\s*([1-4])(\.0)?", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{4}-\d{2}-\d{2})[T ].*|(.*\d)\s+\d{1,2}:\d{2}.*")
_OF_YEAR = re.compile(r"(\d{4})[-/ ]?[qt]([1-4])|[qt]([1-4])[-/ ]?(\d{4})", re.IGNORECASE)
_YEAR_FIRST = re.compile(
    r"(\d{4})(?:[년年]?|(?:(?:\s*[-/년年]\s*|\.\s)(\d{1,2})|\.(\d{2}))(?:\s*[-/.월月]\s*(\d{1,2})\s*[일日.]?|[월月.])?)"
    r"|((?:19|20)\d{2})(\d{2})(\d{2})?"
)
_MONTH_FIRST = re.compile(r"(\d{1,2})[-/.](\d{4})")
_DAY_FIRST = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})")
_EITHER = re.compile(r"(\d{1,2})([-/])(\d{1,2})\2(\d{4})")
_WORDS = re.compile(r"\d+\s*월|[^\W\d_]+|\d+")
_LITTLE = {"de", "of", "년", "일"}
_LAST_MONTH = 12
_CENTURY = 70
NO_PERIOD = "is no period: write 2019, 2019-Q1, 2019-03 or 2019-03-25"


def with_period(frame: pd.DataFrame, say: Callable[[str, str], None]) -> pd.DataFrame:
    """Return a table whose year and month, or year and quarter, are one column ``period``.

    A table of one of these columns, or with a cell that is neither is returned as it is; so is one with a column ``period``,
    unless that names months or quarters without their year.

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
    parts = [columns["period"]] if "period" in columns else month + quarter
    if len(year) != 1 or len(parts) != 1 or not len(frame):
        return frame
    (part,) = parts
    cells = [str(p).strip() for p in frame[part].tolist()]
    if "period" in columns and any(c[:1].isdigit() and not month_of(c) for c in cells):
        return frame
    is_month = bool(month) if "period" not in columns else any(map(month_of, cells))
    labels = []
    for y, p in zip(frame[year[0]].tolist(), cells, strict=True):
        label = _label(str(y).strip(), p, is_month=is_month)
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
    month = int(number[1]) if number else month_of(part)
    return f"{of_year[1]}-{month:02d}" if 1 <= month <= 12 else ""


def labels_of(cells: pd.Series[str], say: Callable[[str, str], None]) -> tuple[pd.Series[str], dict[str, str]]:
    """Return ISO labels of a column of periods, and what is wrong with each word that is none.

    Of dates that are all the first of a month, the months. Days and months between slashes or hyphens stand in the order that
    some cell of the column tells; where none does, the day is taken to come first, and that is said.

    Parameters
    ----------
    cells
        Text; "" is no period.
    say
        Told what was taken for what: kind and note.

    Examples
    --------
    >>> import pandas as pd
    >>> labels_of(pd.Series(["Mrz 2024", "2024/4", "May"]), print)
    (0    2024-03
    1    2024-04
    2        May
    dtype: str, {'May': 'is a month of no year: add a column year, or write 2019-05'})
    """
    words = [w for w in cells.unique() if w]
    slashed = [m for w in words if (m := _EITHER.fullmatch(_bare(w)))]
    first, second = (any(int(m[i]) > _LAST_MONTH for m in slashed) for i in (1, 3))
    month_first = second and not first
    read = {w: _read(_bare(w), month_first=month_first) for w in words}
    labels = cells.map({w: label or w for w, label in read.items()} | {"": ""})
    _say_assumed(read, say, month_first=month_first, sure=first != second)
    found = [label for label in read.values() if label]
    if found and len(found) == len(words) and all(len(f) == len("2019-03-01") and f.endswith("-01") for f in found):
        labels = labels.str.slice(0, 7)
        say("period", f"every date is the first of a month: read as months, {words[0]!r} as {found[0][:7]}")
    wrong = {w: _fault(w) for w, label in read.items() if not label}
    return labels.astype("str"), wrong


def label_of(word: str) -> str:
    """Return the ISO label of one period, "" if it is none.

    Examples
    --------
    >>> [
    ...     label_of(w)
    ...     for w in ("Jan 2024", "2024-1", "202401", "15.01.2024", "2024년 1월", "Q1 2024", "2024-13", "Vale")
    ... ]
    ['2024-01', '2024-01', '2024-01', '2024-01-15', '2024-01', '2024-Q1', '', '']
    """
    return _read(_bare(word), month_first=False)


def _fault(word: str) -> str:
    month = month_of(word)
    return f"is a month of no year: add a column year, or write 2019-{month:02d}" if month else NO_PERIOD


def _bare(word: str) -> str:
    """Return a period without the time of day, and without the decimals that a program gave a whole number."""
    clock = _CLOCK.fullmatch(word.strip())
    return (clock[1] or clock[2] if clock else word.strip()).removesuffix(".0")


def _read(word: str, *, month_first: bool) -> str:
    if quarter := _OF_YEAR.fullmatch(word):
        return f"{quarter[1] or quarter[4]}-Q{quarter[2] or quarter[3]}"
    if m := _YEAR_FIRST.fullmatch(word):
        return _written(m[1] or m[5], m[2] or m[3] or m[6], m[4] or m[7])
    if m := _MONTH_FIRST.fullmatch(word):
        return _written(m[2], m[1])
    if m := _DAY_FIRST.fullmatch(word):
        return _written(m[3], m[2], m[1])
    if m := _EITHER.fullmatch(word):
        return _written(m[4], m[1], m[3]) if month_first else _written(m[4], m[3], m[1])
    parts = [p for p in _WORDS.findall(word) if p not in _LITTLE]
    months = [p for p in parts if month_of(p)]
    numbers = [p for p in parts if p.isdecimal()]
    # "Mar 24" may be a month of 2024, "24 Mar" is a day.
    short = len(parts) == 2 and parts[1].isdecimal() and len(parts[1]) == 2
    years = [n for n in numbers if len(n) == 4] or (numbers if short else [])
    days = [n for n in numbers if n not in years]
    if len(months) != 1 or len(years) != 1 or len(days) > 1 or len(parts) != 1 + len(numbers):
        return ""
    return _written(years[0], str(month_of(months[0])), days[0] if days else None)


def _written(year: str, month: str | None = None, day: str | None = None) -> str:
    """Return the label of a year, a month or a day; "" if there is none such."""
    if len(year) == 2:
        year = f"{'20' if int(year) < _CENTURY else '19'}{year}"
    try:
        date = dt.date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return ""
    return date.isoformat()[: 10 if day else 7 if month else 4]


def _say_assumed(read: dict[str, str], say: Callable[[str, str], None], *, month_first: bool, sure: bool) -> None:
    """Say of each form of which something had to be assumed what its first cell was read as."""
    order = "month, day, year" if month_first else "day, month, year"
    told: dict[tuple[str, str], str] = {}
    for word, label in read.items():
        bare = _bare(word)
        if not label:
            continue
        if _EITHER.fullmatch(bare):
            doubt = "" if sure else "; no cell tells which number is the month: write 2019-03-25 if it is the first"
            told.setdefault(("period" if sure else "period_assumed", order + doubt), f"{word!r} is read as {label}")
        elif _DAY_FIRST.fullmatch(bare):
            told.setdefault(("period", "day, month, year"), f"{word!r} is read as {label}")
        if label[:4] not in bare and f"{label[2:4]}" in bare:
            told.setdefault(
                ("period_assumed", "two digits are a year from 1970 to 2069"), f"{word!r} is read as {label}"
            )
    for (kind, why), example in told.items():
        say(kind, f"{example} ({why})")
