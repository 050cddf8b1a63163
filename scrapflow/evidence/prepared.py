"""Observations made ready to weigh an ensemble by: completed, predicted by every member, with the discrepancy of the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, problem
from scrapflow.evidence.grades import believed, trust
from scrapflow.evidence.likelihood import DISCREPANCY, log_likelihoods, readable
from scrapflow.evidence.observation import table_of
from scrapflow.given import is_number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.evidence.asks import Reader
    from scrapflow.evidence.predictions import Predictor
    from scrapflow.ledger.tables import RunTables

    Floats = NDArray[np.float64]

OFF = 0.1
"""Standard deviation of the logarithm by which the model itself may miss what is true, if nothing else is said. Assumed."""
_FAR_OFF = 10
"""A model that misses by so many e-folds says nothing: somebody wrote 10 for 10 %."""
_RANGE_Z = 2 * 1.2815515655446004
"""A range of 80 % is so many standard deviations wide."""


class Prepared(NamedTuple):
    """Observations ready to be weighed.

    Attributes
    ----------
    table
        The observations with all columns, and ``trust``: the chance that each means what it says.
    seen
        As :func:`scrapflow.evidence.weigh` takes them: ``metric`` is the identifier of the observation, the discrepancy is in
        ``sd`` or beside it.
    predictions
        A row a member, a column an observation.
    """

    table: pd.DataFrame
    seen: pd.DataFrame
    predictions: pd.DataFrame

    def plain_logs(self) -> Floats:
        """Return the log-likelihoods of reports that mean what they say, shape (members, observations)."""
        return log_likelihoods(self.predictions, self.seen)

    def logs(self, plain: Floats) -> Floats:
        """Return the log-likelihoods with the alternative that a report says nothing, shape (members, observations)."""
        return believed(plain, self.predictions, self.seen, self.table["trust"].to_numpy(dtype=np.float64))

    def implausibility(self) -> Floats:
        """Return by how many standard deviations each member misses each observation, shape (members, observations)."""
        columns = [
            _missed(self.predictions[r["metric"]].to_numpy(dtype=np.float64), r) for r in self.seen.to_dict("records")
        ]
        return np.column_stack(columns) if columns else np.zeros((len(self.predictions), 0))


def prepare(
    predictor: Predictor, run: RunTables, observations: object, discrepancy: float | Mapping[str, float]
) -> Prepared:
    """Complete observations, predict them and add the discrepancy.

    Parameters
    ----------
    predictor
        Of the ensemble.
    run
        Its central run: places, periods, sources.
    observations
        As :func:`scrapflow.evidence.observation.table_of` takes them.
    discrepancy
        Standard deviation of the logarithm by which the model may miss; or one a metric, with ``""`` for all others.

    Raises
    ------
    InputError
        With everything that is wrong with every observation, at once.
    """
    table = completed(table_of(observations))  # type: ignore[arg-type]
    faults = off_faults(discrepancy, predictor.reader)
    predictions, unread = predictor.table(table)
    chance, ungraded = trust(table, run.sources)
    as_asked = table.assign(metric=table["observation_id"])
    try:
        seen = readable(as_asked, as_asked["metric"].tolist())
    except InputError as fault:
        unread += fault.problems.to_dict("records")  # type: ignore[arg-type]
        seen = as_asked
    faults += unread + ungraded
    if faults:
        raise InputError(faults, what="the observations")
    inputs = table["metric"].isin(predictor.inputs.columns) if len(table) else pd.Series(dtype=bool)
    off = np.array([0.0 if i else _off(discrepancy, m) for i, m in zip(inputs, table["metric"], strict=True)])
    return Prepared(table.assign(trust=chance), with_discrepancy(seen, predictions, off), predictions)


def completed(table: pd.DataFrame) -> pd.DataFrame:
    """Return observations with the error that their range tells: bounds without a value, else lognormal over 80 %."""
    table = table.copy()
    low, value, high = (table[c].to_numpy(dtype=np.float64) for c in ("low", "value", "high"))
    ranged = np.isfinite(low) & np.isfinite(high) & (low < high)
    unsaid = (table["error"] == "").to_numpy()
    bounds = unsaid & np.isnan(value) & (np.isfinite(low) | np.isfinite(high))
    table.loc[bounds, "error"] = "bounds"
    usual = unsaid & np.isfinite(value) & (ranged | table["sd"].notna().to_numpy())
    table.loc[usual, "error"] = np.where(ranged & (low > 0) & (value > 0), "lognormal", "normal")[usual]
    with np.errstate(divide="ignore", invalid="ignore"):  # ends that are endless are told later
        spans = high - low, np.log(np.maximum(high, 1e-300) / np.maximum(low, 1e-300))
    for kind, span in zip(("normal", "lognormal"), spans, strict=True):
        lacks = (table["error"] == kind).to_numpy() & table["sd"].isna().to_numpy() & ranged
        table.loc[lacks, "sd"] = (span / _RANGE_Z)[lacks]
    return table


def with_discrepancy(seen: pd.DataFrame, predictions: pd.DataFrame, off: Floats) -> pd.DataFrame:
    """Return observations whose errors hold the discrepancy too, and what a count stands for.

    Parameters
    ----------
    seen, predictions
        As for :func:`scrapflow.evidence.weigh`.
    off
        Standard deviations of the logarithm, shape (observations,).
    """
    seen = seen.copy()
    kind, sd = seen["error"], seen["sd"].to_numpy(dtype=np.float64)
    size = np.array([float(np.median(np.abs(predictions[m]))) for m in seen["metric"]])
    seen["sd"] = np.where(
        kind == "lognormal", np.hypot(sd, off), np.where(kind == "normal", np.hypot(sd, off * size), sd)
    )
    seen[DISCREPANCY] = np.where(kind == "poisson", np.hypot(np.nan_to_num(sd), off), off)
    return seen


def off_faults(discrepancy: float | Mapping[str, float], reader: Reader) -> list[dict[str, str]]:
    """Return what is wrong with a discrepancy: numbers that are none, metrics that nobody could observe."""
    given = discrepancy if isinstance(discrepancy, Mapping) else {"": discrepancy}
    faults = [
        problem(
            "condition", str(name), "discrepancy", f"{value!r} is no standard deviation of a logarithm: 0.1 is 10 %"
        )
        for name, value in given.items()
        if not (is_number(value) and 0 <= value < _FAR_OFF)
    ]
    return faults + [
        problem("condition", str(name), "discrepancy", fault)
        for name in given
        if name != "" and (fault := reader.unknown(name))
    ]


def _off(discrepancy: float | Mapping[str, float], metric: str) -> float:
    if isinstance(discrepancy, Mapping):
        return float(discrepancy.get(metric, discrepancy.get("", OFF)))
    return float(discrepancy)


def _missed(p: Floats, row: Mapping[Any, Any]) -> Floats:
    kind, value, sd, off = row["error"], row["value"], row["sd"], row[DISCREPANCY]
    if kind == "bounds":
        low = -np.inf if np.isnan(row["low"]) else row["low"]
        high = np.inf if np.isnan(row["high"]) else row["high"]
        beyond = np.maximum(np.maximum(low - p, p - high), 0.0)
        return np.where(beyond > 0, beyond / np.maximum(off * np.abs(p), 1e-300), 0.0)
    if kind == "lognormal":
        with np.errstate(divide="ignore"):
            return np.asarray(np.abs(np.log(value) - np.log(np.maximum(p, 0.0))) / sd)
    if kind == "normal":
        return np.asarray(np.abs(value - p) / sd)
    mean = (np.maximum(p, 0.0) if kind == "poisson" else np.clip(p, 0.0, 1.0)) * row["exposure"]
    own = mean if kind == "poisson" else mean * (1.0 - mean / row["exposure"])
    return np.asarray(np.abs(value - mean) / np.sqrt(np.maximum(own, 0.5) + (off * mean) ** 2))
