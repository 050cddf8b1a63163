"""How likely an observation is if a prediction is true, for the kinds of error that observations have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, problem
from scrapflow.given import misspelt
from scrapflow.given_frames import numbers_of, shown

if TYPE_CHECKING:
    from collections.abc import Hashable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ERRORS = ("normal", "lognormal", "poisson", "binomial", "bounds")
"""Kinds of error; ``needs`` of each below."""
_COLUMNS = ("metric", "value", "error", "sd", "exposure", "low", "high")
DISCREPANCY = "discrepancy"
"""Column with the standard deviation of the logarithm by which predictions themselves can be off, where counts, trials and
bounds are observed; a normal or lognormal error takes it into its ``sd``."""
_NODES, _SHARES = np.polynomial.hermite_e.hermegauss(15)
_SHARES = _SHARES / _SHARES.sum()


def readable(observations: pd.DataFrame, metrics: pd.Index | list[str]) -> pd.DataFrame:
    """Return observations with all columns and an ``observation`` label each, and refuse what cannot be used.

    Raises
    ------
    InputError
        With every fault: an unknown metric or kind of error, a value without an error, bounds the wrong way round.
    """
    missing = [c for c in ("metric", "error") if c not in observations]
    if missing:
        faults = [problem("observations", "", c, "is missing: observations need metric, value, error") for c in missing]
        raise InputError(faults, what="the observations")
    seen = observations.reset_index(drop=True).reindex(
        columns=[*observations.columns, *(c for c in _COLUMNS if c not in observations)]
    )
    label = seen["observation_id"] if "observation_id" in seen else pd.Series(index=seen.index, dtype="str")
    number = " " + (seen.index + 1).astype("str").to_series(index=seen.index)
    own = seen["metric"].astype("str") + number.where(seen["metric"].duplicated(keep=False), "")
    seen["observation"] = label.where(label.notna(), own).astype("str")
    faults = misspelt("observations", observations.columns, _COLUMNS)
    for c in ("value", "sd", "exposure", "low", "high"):
        given = seen[c]
        seen[c], wrong = numbers_of(given)
        faults += [
            problem("observations", seen["observation"].iloc[i], c, f"{shown(given.iloc[i])} is no number")
            for i in np.flatnonzero(wrong)
        ]
    if faults:
        raise InputError(faults, what="the observations")
    seen["exposure"] = seen["exposure"].where(seen["exposure"].notna() | (seen["error"] != "poisson"), 1.0)
    faults = [
        problem("observations", str(row["observation"]), column, message)
        for row in seen.to_dict("records")
        for column, message in _faults(row, set(metrics))
    ]
    if faults:
        raise InputError(faults, what="the observations")
    return seen


def _faults(row: dict[Hashable, Any], metrics: set[str]) -> list[tuple[str, str]]:
    """Return column and message of everything wrong with an observation."""
    value, sd, exposure, low, high = (float(row[c]) for c in ("value", "sd", "exposure", "low", "high"))
    kind, found = row["error"], []
    if row["metric"] not in metrics:
        found.append(("metric", f"{row['metric']!r} is not predicted; there are {', '.join(sorted(metrics)[:8])}"))
    if not kind:
        message = (
            "a value without an error: give sd and which error it is, or the low and high that hold it in 80 % of cases"
        )
        return [*found, ("low", f"low {low:g} is above high {high:g}") if low > high else ("sd", message)]
    if kind not in ERRORS:
        return [*found, ("error", f"{kind!r} is no kind of error: choose from {', '.join(ERRORS)}")]
    if kind == "bounds":
        return [*found, *_bound_faults(low, high)]
    if not np.isfinite(value):
        found.append(
            (
                "value",
                "is infinite: give bounds" if np.isinf(value) else "is missing: say what was observed, or give bounds",
            )
        )
    if kind in ("normal", "lognormal") and not 0 < sd < np.inf:
        of = " (of the logarithm)" if kind == "lognormal" else ""
        endless = "is endless, which says nothing: leave the observation out"
        found.append(("sd", endless if np.isinf(sd) else f"a value without an error: give sd above 0{of}"))
    if kind == "lognormal" and value <= 0:
        found.append(("value", f"{value:g} has no logarithm: use a normal error or bounds"))
    if kind in ("poisson", "binomial") and (value < 0 or value != round(value)):
        found.append(("value", f"{value:g} is no count"))
    if kind == "binomial" and exposure > 0 and exposure != round(exposure):
        found.append(("exposure", f"{exposure:g} is no number of trials"))
    if kind in ("poisson", "binomial") and not 0 < exposure < np.inf:
        found.append(
            (
                "exposure",
                "is missing or endless: " + ("how many trials" if kind == "binomial" else "expected count a unit"),
            )
        )
    if kind == "binomial" and value > exposure:
        found.append(("value", f"{value:g} successes in {exposure:g} trials"))
    return found


def _bound_faults(low: float, high: float) -> list[tuple[str, str]]:
    """Return column and message of what is wrong with bounds."""
    if not (np.isfinite(low) or np.isfinite(high)):
        return [("low", "bounds without a low or a high: give at least one")]
    if low == np.inf or high == -np.inf:
        return [
            (
                "low" if low == np.inf else "high",
                "nothing lies beyond infinity: exchange low and high, or leave it empty",
            )
        ]
    if low > high:
        return [("low", f"low {low:g} is above high {high:g}")]
    return [("low", f"low and high are both {low:g}: give a value with an error")] if low == high else []


def log_likelihoods(predictions: pd.DataFrame, seen: pd.DataFrame) -> Floats:
    """Return the logarithm of each observation's likelihood for each member, shape (members, observations)."""
    columns = [_log_likelihood(predictions[r["metric"]].to_numpy(dtype=np.float64), r) for r in seen.to_dict("records")]
    return np.column_stack(columns) if columns else np.zeros((len(predictions), 0))


def cumulative(predictions: pd.DataFrame, seen: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return for each member the chances of less than, and of no more than, what was observed, (members, observations).

    For bounds both are such that their middle is 0 outside and 1/2 inside, so that the chance of bounds is what they hold.
    """
    below, upto = zip(
        *(_cumulative(predictions[r["metric"]].to_numpy(dtype=np.float64), r) for r in seen.to_dict("records")),
        strict=True,
    )
    return np.column_stack(below), np.column_stack(upto)


def _log_likelihood(p: Floats, row: dict[Hashable, Any]) -> Floats:
    from scipy.special import gammaln, logsumexp, xlog1py, xlogy

    kind, value, sd, exposure = row["error"], row["value"], row["sd"], row["exposure"]
    if kind == "bounds":
        with np.errstate(divide="ignore"):
            return np.log(_inside(p, row))
    if kind in ("poisson", "binomial") and (off_by := float(row.get(DISCREPANCY, 0.0))):
        exact = row | {DISCREPANCY: 0.0}
        parts = [_log_likelihood(p * np.exp(off_by * z), exact) for z in _NODES]
        return np.asarray(logsumexp(parts, axis=0, b=_SHARES[:, None]))
    if kind == "poisson":
        mean = np.maximum(p, 0.0) * exposure
        return np.asarray(xlogy(value, mean) - mean - gammaln(value + 1))
    if kind == "binomial":
        ways = gammaln(exposure + 1) - gammaln(value + 1) - gammaln(exposure - value + 1)
        chance = np.clip(p, 0.0, 1.0)
        return np.asarray(ways + xlogy(value, chance) + xlog1py(exposure - value, -chance))
    with np.errstate(divide="ignore"):
        off = np.log(value) - np.log(np.maximum(p, 0.0)) if kind == "lognormal" else value - p
    return np.asarray(
        -0.5 * (off / sd) ** 2 - np.log(sd * np.sqrt(2 * np.pi)) - (np.log(value) if kind == "lognormal" else 0.0)
    )


def _cumulative(p: Floats, row: dict[Hashable, Any]) -> tuple[Floats, Floats]:
    from scipy.special import bdtr, ndtr, pdtr

    kind, value, sd, exposure = row["error"], row["value"], row["sd"], row["exposure"]
    if kind == "bounds":
        return np.zeros_like(p), _inside(p, row)
    if kind in ("poisson", "binomial") and (off_by := float(row.get(DISCREPANCY, 0.0))):
        exact = row | {DISCREPANCY: 0.0}
        parts = [_cumulative(p * np.exp(off_by * z), exact) for z in _NODES]
        return tuple(np.einsum("k,kn->n", _SHARES, np.array(side)) for side in zip(*parts, strict=True))
    if kind == "poisson":
        mean = np.maximum(p, 0.0) * exposure
        return (np.asarray(pdtr(value - 1, mean)) if value > 0 else np.zeros_like(p)), np.asarray(pdtr(value, mean))
    if kind == "binomial":
        chance, trials = np.clip(p, 0.0, 1.0), round(exposure)
        return (np.asarray(bdtr(value - 1, trials, chance)) if value > 0 else np.zeros_like(p)), np.asarray(
            bdtr(value, trials, chance)
        )
    with np.errstate(divide="ignore"):
        off = np.log(value) - np.log(np.maximum(p, 0.0)) if kind == "lognormal" else value - p
    both = np.asarray(ndtr(off / sd))
    return both, both


def _inside(p: Floats, row: dict[Hashable, Any]) -> Floats:
    """Return the chance that what is predicted lies within the bounds: 0 or 1 unless predictions themselves can be off."""
    from scipy.special import ndtr

    low = -np.inf if np.isnan(row["low"]) else row["low"]
    high = np.inf if np.isnan(row["high"]) else row["high"]
    exact = ((p >= low) & (p <= high)).astype(np.float64)
    off_by = float(row.get(DISCREPANCY, 0.0))
    if not off_by:
        return exact
    size = np.where(p == 0, 1.0, np.abs(p))
    near, far = (np.where(p < 0, -high, low), np.where(p < 0, -low, high))
    with np.errstate(divide="ignore"):
        reach = [np.where(end > 0, np.log(np.maximum(end, 0.0) / size), -np.inf) for end in (near, far)]
    return np.where(p == 0, exact, np.maximum(ndtr(reach[1] / off_by) - ndtr(reach[0] / off_by), 0.0))
