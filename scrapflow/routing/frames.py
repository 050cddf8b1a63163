"""Reading frames into arrays, with every fault noted by table, row and column."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.given_frames import numbers_of, plain_frame

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from scrapflow.errors import Findings

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


_MOST = 1000
"""Faults of one kind noted in one column; beyond that the count says the rest."""


def labels_of(values: Iterable[Any]) -> NDArray[np.object_]:
    """Return labels as text, None where one is missing: whole numbers have no point, dates are as in ISO 8601.

    Examples
    --------
    >>> labels_of([1.0, "2015-03", None]).tolist()
    ['1', '2015-03', None]
    """
    codes, seen = pd.factorize(values if isinstance(values, pd.Series) else pd.Series(list(values)))
    return np.array([*map(_label, seen), None], dtype=object)[codes]


def _label(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).removesuffix(" 00:00:00") if isinstance(value, pd.Timestamp) else str(value)


def in_order(labels: Iterable[str]) -> tuple[str, ...]:
    """Return labels in order, with the numbers in them by their value.

    Examples
    --------
    >>> in_order({"month 10", "month 9"}), in_order({"10", "-1", "9"})
    (('month 9', 'month 10'), ('-1', '9', '10'))
    """
    some = sorted(labels)
    try:
        return tuple(sorted(some, key=float))
    except ValueError:
        parts = (re.split("([0-9]+)", label) for label in some)
        keys = {
            label: [_size(x) if i % 2 else x for i, x in enumerate(p)] for label, p in zip(some, parts, strict=True)
        }
        return tuple(sorted(some, key=lambda label: keys[label]))


def _size(digits: str) -> tuple[int, str]:
    """Return what sorts whole numbers of any length by their value."""
    plain = digits.lstrip("0")
    return len(plain), plain


def period_labels(
    periods: Iterable[Any] | None, frames: Sequence[pd.DataFrame | None], findings: Findings
) -> tuple[str, ...]:
    """Return the labels of the periods: those given, else those of the frames in order, else one label ``""``."""
    if periods is None:
        columns = [f["period"] for f in frames if f is not None and "period" in f.columns]
        return in_order({label for c in columns for label in labels_of(c.unique()) if label is not None}) or ("",)
    some: Any = periods
    given = [some] if isinstance(some, str) else list(some) if np.iterable(some) else []
    column = pd.Series(given, dtype=object).infer_objects()
    plain = plain_frame(column.to_frame("periods"), "problem", findings.records)["periods"]
    labels = tuple(labels_of(plain))
    if not labels or None in labels or len(set(labels)) != len(labels):
        findings.add("problem", "", "periods", "give the labels of the periods in order: one or more, each once")
        return ("",)
    return labels


def numbers(
    table: str,
    frame: pd.DataFrame,
    column: str,
    key: str,
    findings: Findings,
    *,
    least: float | None = None,
    finite: bool = False,
) -> Floats:
    """Return a column as float64, noting what is no number, NaN, below ``least`` or without end."""
    if not has(table, frame, column, findings):
        return np.zeros(len(frame))
    names = frame[key] if key in frame.columns else None
    raw = frame[column]
    if raw.dtype.kind in "fiu":
        value = raw.to_numpy(dtype=np.float64)
    else:
        value = numbers_of(raw)[0].to_numpy(dtype=np.float64, na_value=np.nan)
        words = np.flatnonzero(np.isnan(value) & raw.notna().to_numpy())
        findings.add_rows(table, names, words, column, "this is no number")
        value = np.where(np.isnan(value) & raw.notna().to_numpy(), 0.0, value)
    lowest, highest = (float(value.min()), float(value.max())) if len(value) else (0.0, 0.0)
    if np.isfinite(lowest) and (least is None or lowest >= least) and (not finite or np.isfinite(highest)):
        return value
    findings.add_rows(
        table, names, np.flatnonzero(np.isnan(value)), column, "NaN is refused: every value must be known"
    )
    if least is not None:
        findings.add_rows(
            table, names, np.flatnonzero(value < least), column, f"negative: it must be at least {least:g}"
        )
    if finite:
        findings.add_rows(table, names, np.flatnonzero(np.isinf(value)), column, "it must be finite")
    elif least is None:
        findings.add_rows(table, names, np.flatnonzero(np.isneginf(value)), column, "it must be above minus infinity")
    return value


def number(value: object) -> float:
    """Return a value as float, NaN if it is no number.

    Examples
    --------
    >>> number("2.5"), number("two"), number(None)
    (2.5, nan, nan)
    """
    try:
        return float("nan") if isinstance(value, np.complexfloating) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return float("nan")


def ids_of(
    table: str, frame: pd.DataFrame, column: str, findings: Findings, *, unique: bool | None = None
) -> tuple[pd.Index, Ints]:
    """Return the identifiers in order of first mention and, for each row, its position among them.

    Repeats are faults unless the frame has a column ``period``.
    """
    if not has(table, frame, column, findings):
        return pd.Index([], dtype=object), np.zeros(0, dtype=np.int64)
    raw = plain(frame[column])
    if (empty := raw.isna().to_numpy()).any():
        findings.add_rows(table, None, np.flatnonzero(empty), column, "the identifier is missing")
    ids = pd.Index(raw)
    same = _find(ids, ids)
    if ids.is_unique if same is None else bool((same == np.arange(len(ids))).all()):
        return ids, np.arange(len(ids), dtype=np.int64)
    if unique or "period" not in frame.columns:
        repeats = np.flatnonzero(ids.duplicated() & ~empty)
        findings.add_rows(table, raw, repeats, column, "duplicate: this identifier was given before")
    codes, first = pd.factorize(raw, use_na_sentinel=False)
    return pd.Index(first), codes.astype(np.int64)


def positions(
    table: str,
    frame: pd.DataFrame,
    column: str,
    key: str,
    index: pd.Index | None,
    findings: Findings,
    *,
    what: str = "node",
) -> Ints:
    """Return where the identifiers of a column stand in ``index``, noting those that do not (−1).

    None for ``index`` says that it could not be read, so that nothing can be told of them.
    """
    if not has(table, frame, column, findings) or index is None:
        return np.zeros(len(frame), dtype=np.int64)
    wanted = pd.Index(plain(frame[column]))
    at = _find(wanted, index)
    if at is None:
        if not index.is_unique:
            index = index[~index.duplicated()]
        at = np.asarray(index.get_indexer(wanted), dtype=np.int64)
    names = frame[key] if key in frame.columns else None
    absent = wanted.isna()
    if absent.any():
        at = np.where(absent, -1, at)
        findings.add_rows(table, names, np.flatnonzero(absent), column, f"the {what} is missing")
    unknown = np.flatnonzero((at < 0) & ~absent)
    alike = {str(i): i for i in index} if len(unknown) else {}
    for r in unknown[:_MOST]:
        row, value = str(r) if names is None else str(names.iloc[r]), wanted[r]
        value = value.item() if isinstance(value, np.generic) else value
        other = alike.get(str(value))
        hint = "" if other is None else f": it is known as {type(other).__name__}, not as {type(value).__name__}"
        findings.add(table, row, column, f"unknown {what} {value!r}{hint}")
    if len(unknown) > _MOST:
        findings.add(table, "", column, f"unknown {what}: {len(unknown) - _MOST} rows more")
    return at


def has(table: str, frame: pd.DataFrame, column: str, findings: Findings) -> bool:
    """Tell whether a frame has a column, and note it if not."""
    there = column in frame.columns
    if not there:
        hint = ": it is the index, so use reset_index()" if column in frame.index.names else ""
        findings.add(table, "", column, f"the column is missing{hint}")
    return there


def plain(column: pd.Series) -> pd.Series:
    """Return a column without categories."""
    return column.astype(column.cat.categories.dtype) if isinstance(column.dtype, pd.CategoricalDtype) else column


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
    rows = pc.index_in(values, value_set=known)
    return np.asarray(pc.fill_null(rows, -1).to_numpy(zero_copy_only=False), dtype=np.int64)


def label_positions(
    table: str, frame: pd.DataFrame, column: str, key: str, labels: tuple[str, ...], findings: Findings
) -> Ints:
    """Return where the periods (or other labels) of a column stand among ``labels``, noting those that do not (−1)."""
    if not has(table, frame, column, findings):
        return np.full(len(frame), -1, dtype=np.int64)
    named = frame.assign(**{column: labels_of(frame[column])})
    return positions(table, named, column, key, pd.Index(labels, dtype=object), findings, what=column)


def by_period(
    table: str,
    frame: pd.DataFrame,
    key: str,
    labels: tuple[str, ...],
    rows: Ints,
    count: int,
    values: dict[str, Floats],
    findings: Findings,
) -> dict[str, Floats]:
    """Spread the columns over periods: (P, count) each.

    Without a column ``period`` a row holds in every period; with it, pairs that are not listed get 0.
    """
    if "period" not in frame.columns:
        if count != len(frame):
            return {c: np.zeros((len(labels), count)) for c in values}
        if len(labels) == 1:
            return {c: v.reshape(1, count) for c, v in values.items()}
        return {c: np.tile(v, (len(labels), 1)) for c, v in values.items()}
    where = label_positions(table, frame, "period", key, labels, findings)
    if len(rows) != len(frame):
        return {c: np.zeros((len(labels), count)) for c in values}
    pair = where.astype(np.int64) * max(1, count) + rows
    for r in np.flatnonzero(pd.Series(pair).duplicated().to_numpy() & (where >= 0))[:_MOST]:
        findings.add(
            table, str(frame[key].iloc[r]), "period", f"duplicate: period {labels[where[r]]!r} was given before"
        )
    spread = {}
    for column, value in values.items():
        full = np.zeros((len(labels), count))
        full[where, rows] = value
        spread[column] = full
    return spread
