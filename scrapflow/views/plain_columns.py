"""Columns of frames as what the map's script reads: plain text, short numbers, numbered words, records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

Json: TypeAlias = object
"""What JSON can say, arrays that are packed among it: a page's data is made of it. Python writes it down and does not read it."""
GeoJson: TypeAlias = Mapping[str, Any]
"""A collection of features as GeoJSON has it: how deep coordinates nest hangs on the type of the geometry."""


def column(frame: pd.DataFrame, name: str, default: object = "") -> pd.Series:
    """Return a column of a frame, or a constant one where the frame has none; unknown text is empty."""
    if name not in frame.columns:
        return pd.Series([default] * len(frame), index=frame.index)
    values = frame[name]
    return values if default is None else values.fillna(default)  # type: ignore[arg-type]


def text(frame: pd.DataFrame, name: str) -> list[str]:
    """Return a column as plain strings, unknown ones empty."""
    values = column(frame, name)
    if isinstance(values.dtype, pd.StringDtype):
        # many times faster than a walk through the strings of an Arrow array
        return list(values.to_numpy(dtype=object))
    return [str(v) for v in values]


def numbers(frame: pd.DataFrame, name: str) -> list[Json]:
    """Return a column as numbers with ``None`` for unknown, short enough for JSON."""
    values = floats(frame, name)
    return [
        (int(value) if value.is_integer() else round(value, 4)) if known else None
        for value, known in zip(values.tolist(), np.isfinite(values).tolist(), strict=True)
    ]


def floats(frame: pd.DataFrame, name: str) -> NDArray[np.float64]:
    """Return a column as numbers, NaN for unknown; shape ``(n,)``."""
    return pd.to_numeric(column(frame, name, None), errors="coerce").to_numpy(dtype=np.float64)


def codes_and_words(values: Iterable[object], known: Sequence[str]) -> tuple[NDArray[np.int64], list[str]]:
    """Number strings by their place in a list, which grows by what it does not hold, in order of appearance."""  # noqa: D401
    table = {name: i for i, name in enumerate(known)}
    places, words = pd.factorize(
        values if isinstance(values, pd.Series) else pd.Series(list(values)), use_na_sentinel=False
    )
    numbers = np.array([table.setdefault(str(word), len(table)) for word in words], dtype=np.int64)
    return numbers[places], list(table)


def records(frame: pd.DataFrame) -> list[Json]:
    """Return a small frame as JSON records: numbers stay numbers, unknown is left out."""
    rows: list[Json] = []
    for row in frame.to_dict("records"):
        record: dict[str, Json] = {}
        for key, value in row.items():
            if value is None or (isinstance(value, float) and not np.isfinite(value)) or value is pd.NA:
                continue
            if isinstance(value, bool | np.bool_):
                record[str(key)] = bool(value)
            elif isinstance(value, int | float | np.integer | np.floating):
                record[str(key)] = round(float(value), 6)
            else:
                record[str(key)] = str(value)
        rows.append(record)
    return rows
