"""Reading frames into arrays, with every fault noted by table, row and column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.errors import problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_MOST = 1000
"""Faults of one kind noted in one column; beyond that the count says the rest."""


class Findings:
    """Faults found so far; false while there are none."""

    def __init__(self) -> None:
        self.records: list[dict[str, str]] = []

    def __bool__(self) -> bool:
        return bool(self.records)

    def add(self, table: str, row: str, column: str, message: str) -> None:
        """Note one fault."""
        self.records.append(problem(table, row, column, message))

    def add_rows(self, table: str, names: pd.Series | None, rows: Ints, column: str, message: str) -> None:
        """Note the same fault in several rows, named by their identifiers where there are any."""
        for r in rows[:_MOST]:
            name = str(r) if names is None or pd.isna(names.iloc[r]) else str(names.iloc[r])
            self.add(table, name, column, message)
        if len(rows) > _MOST:
            self.add(table, "", column, f"{message}: {len(rows) - _MOST} rows more")


def period_labels(
    periods: Iterable[str] | None, frames: Sequence[pd.DataFrame | None], found: Findings
) -> tuple[str, ...]:
    """Return the labels of the periods: those given, else the sorted ones of the frames, else one label ``""``."""
    if periods is not None:
        labels = tuple(str(p) for p in periods)
        if len(set(labels)) != len(labels) or not labels:
            found.add("problem", "", "periods", "the labels of the periods must be one or more, each once")
        return labels or ("",)
    seen: set[str] = set()
    for frame in frames:
        if frame is not None and "period" in frame.columns:
            seen.update(map(str, frame["period"].dropna().unique()))
    return tuple(sorted(seen)) or ("",)


def numbers(
    table: str,
    frame: pd.DataFrame,
    column: str,
    key: str,
    found: Findings,
    *,
    least: float | None = None,
    finite: bool = False,
) -> Floats:
    """Return a column as float64, noting what is no number, NaN, below ``least`` or without end."""
    if column not in frame.columns:
        found.add(table, "", column, "the column is missing")
        return np.zeros(len(frame))
    names = frame[key] if key in frame.columns else None
    raw = frame[column]
    if raw.dtype.kind in "fiu":
        value = raw.to_numpy(dtype=np.float64)
    else:
        value = pd.to_numeric(raw, errors="coerce").astype("float64").to_numpy(dtype=np.float64, na_value=np.nan)
        words = np.flatnonzero(np.isnan(value) & raw.notna().to_numpy())
        found.add_rows(table, names, words, column, "this is no number")
        value = np.where(np.isnan(value) & raw.notna().to_numpy(), 0.0, value)
    lowest, highest = (float(value.min()), float(value.max())) if len(value) else (0.0, 0.0)
    if np.isfinite(lowest) and (least is None or lowest >= least) and (not finite or np.isfinite(highest)):
        return value
    found.add_rows(table, names, np.flatnonzero(np.isnan(value)), column, "NaN is refused: every value must be known")
    if least is not None:
        found.add_rows(table, names, np.flatnonzero(value < least), column, f"negative: it must be at least {least:g}")
    if finite:
        found.add_rows(table, names, np.flatnonzero(np.isinf(value)), column, "it must be finite")
    elif least is None:
        found.add_rows(table, names, np.flatnonzero(np.isneginf(value)), column, "it must be above minus infinity")
    return value


def ids_of(
    table: str, frame: pd.DataFrame, column: str, found: Findings, *, unique: bool | None = None
) -> tuple[pd.Index, Ints]:
    """Return the identifiers in order of first mention and, for each row, its position among them.

    Repeats are faults unless the frame has a column ``period``.
    """
    if column not in frame.columns:
        found.add(table, "", column, "the column is missing")
        return pd.Index([], dtype=object), np.zeros(0, dtype=np.int64)
    raw = frame[column]
    if (empty := raw.isna().to_numpy()).any():
        found.add_rows(table, None, np.flatnonzero(empty), column, "the identifier is missing")
    ids = pd.Index(raw)
    same = _find(ids, ids)
    if ids.is_unique if same is None else bool((same == np.arange(len(ids))).all()):
        return ids, np.arange(len(ids), dtype=np.int64)
    if unique or "period" not in frame.columns:
        repeats = np.flatnonzero(ids.duplicated() & ~empty)
        found.add_rows(table, raw, repeats, column, "duplicate: this identifier was given before")
    codes, first = pd.factorize(raw, use_na_sentinel=False)
    return pd.Index(first), codes.astype(np.int64)


def positions(
    table: str,
    frame: pd.DataFrame,
    column: str,
    key: str,
    index: pd.Index,
    found: Findings,
    *,
    what: str = "node",
) -> Ints:
    """Return where the identifiers of a column stand in ``index``, noting those that do not."""
    if column not in frame.columns:
        found.add(table, "", column, "the column is missing")
        return np.zeros(len(frame), dtype=np.int64)
    wanted = pd.Index(frame[column])
    at = _find(wanted, index)
    if at is None:
        if not index.is_unique:
            index = index[~index.duplicated()]
        at = np.asarray(index.get_indexer(wanted), dtype=np.int64)
    if len(at) and at.min() < 0:
        unknown = np.flatnonzero(at < 0)
        names = frame[key] if key in frame.columns else None
        for r in unknown[:_MOST]:
            row = str(r) if names is None else str(names.iloc[r])
            found.add(table, row, column, f"unknown {what} {frame[column].iloc[r]!r}")
        if len(unknown) > _MOST:
            found.add(table, "", column, f"unknown {what}: {len(unknown) - _MOST} rows more")
    return at


def _find(wanted: pd.Index, index: pd.Index) -> Ints | None:
    """Return where strings stand in ``index`` (first mention, −1 if nowhere); None if Arrow does not hold both.

    Arrow looks up its own strings six times faster than pandas, which makes Python objects of them first.
    """
    if not (
        isinstance(wanted.array, pd.arrays.ArrowStringArray) and isinstance(index.array, pd.arrays.ArrowStringArray)
    ):
        return None
    import pyarrow as pa
    import pyarrow.compute as pc

    values, known = (pa.array(i.array) for i in (wanted, index))
    if isinstance(known, pa.ChunkedArray):
        known = known.combine_chunks()
    if values.type != known.type:
        values = values.cast(known.type)
    found = pc.index_in(values, value_set=known)
    return np.asarray(pc.fill_null(found, -1).to_numpy(zero_copy_only=False), dtype=np.int64)


def by_period(
    table: str,
    frame: pd.DataFrame,
    labels: tuple[str, ...],
    rows: Ints,
    count: int,
    values: dict[str, Floats],
    absent: dict[str, float],
    found: Findings,
) -> dict[str, Floats]:
    """Spread the columns over periods: (P, count) each.

    Without a column ``period`` a row holds in every period; with it, pairs that are not listed get ``absent``.
    """
    if "period" not in frame.columns:
        if count != len(frame):
            return {c: np.zeros((len(labels), count)) for c in values}
        if len(labels) == 1:
            return {c: v.reshape(1, count) for c, v in values.items()}
        return {c: np.tile(v, (len(labels), 1)) for c, v in values.items()}
    where = pd.Index(labels).get_indexer(pd.Index(frame["period"].astype(str)))
    for r in np.flatnonzero((where < 0) | frame["period"].isna().to_numpy())[:_MOST]:
        found.add(table, str(r), "period", f"unknown period {frame['period'].iloc[r]!r}")
    if len(rows) != len(frame):
        return {c: np.zeros((len(labels), count)) for c in values}
    pair = where.astype(np.int64) * max(1, count) + rows
    for r in np.flatnonzero(pd.Series(pair).duplicated().to_numpy() & (where >= 0))[:_MOST]:
        found.add(
            table, str(r), "period", f"duplicate: period {frame['period'].iloc[r]!r} was given before for this row"
        )
    spread = {}
    for column, value in values.items():
        full = np.full((len(labels), count), absent[column])
        full[where, rows] = value
        spread[column] = full
    return spread
