"""Members of an ensemble weighed by how well they predict what was observed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, problem
from scrapflow.evidence.likelihood import cumulative, log_likelihoods, readable
from scrapflow.given import checked
from scrapflow.given_frames import numbers_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CONFLICT = 0.01
"""An observation that the rest makes less likely than this to be so far off is in conflict."""
LEAST = 30
"""Fewer effective members than this say little of a range."""
EVEN = 0.95
"""Members that are worth this part of their number weigh nearly the same."""


@dataclass(frozen=True, repr=False, eq=False)
class Weighing:
    """Weights of members, and how far they can be trusted. Made by :func:`scrapflow.evidence.weigh`.

    Attributes
    ----------
    weights
        One a member, sum 1, Pareto-smoothed (Vehtari and others 2024).
    raw_weights
        One a member, sum 1, not smoothed.
    ess
        Effective number of members: 1 / sum of the squares of the raw weights.
    k_hat
        Shape of the tail of the weights: above ``min(0.7, 1 - 1 / log10(members))`` they are not to be trusted. -inf where
        the largest are all the same.
    conflicts
        ``observation, metric, p, conflict, excludes``: one row an observation. ``p`` is the chance, by all other
        observations, of one at least so far off; ``conflict`` where that is below 1 %; ``excludes`` names the observations
        that cannot be true together with this one.
    """

    weights: Floats
    raw_weights: Floats
    ess: float
    k_hat: float
    conflicts: pd.DataFrame

    @property
    def reliable(self) -> bool:
        """Whether ``k_hat`` is small enough for the number of members, and enough of them are left.

        Weights that hardly differ, as after a report that is not believed, have no tail whose shape could matter.
        """
        n = len(self.weights)
        limit = min(0.7, 1.0 - 1.0 / np.log10(max(n, 2)))
        return bool(self.ess >= min(LEAST, n / 2) and (self.k_hat <= limit or self.ess >= EVEN * n))

    def __repr__(self) -> str:
        trust = (
            ""
            if self.reliable
            else "; the weights are not to be trusted: more members near the observations are needed"
        )
        fights = self.conflicts.loc[self.conflicts["conflict"], "observation"].tolist()
        said = f"; in conflict: {', '.join(fights)}" if fights else ""
        return f"<Weights of {len(self.weights)} members, worth {self.ess:.0f}, k-hat {self.k_hat:.2f}{said}{trust}>"


@checked
def weigh(predictions: pd.DataFrame, observations: pd.DataFrame) -> Weighing:
    """Weigh members by observations: importance sampling with Pareto-smoothed weights.

    No discrepancy of the model and no grade is added: what the errors say is all.

    Parameters
    ----------
    predictions
        A row a member, a column a metric.
    observations
        ``metric, value, error`` (``normal, lognormal, poisson, binomial, bounds``), ``sd`` (of the logarithm for lognormal),
        ``exposure`` (poisson: the expected count is prediction times exposure, 1 if empty; binomial: the number of trials,
        ``value`` the successes, the prediction the chance), ``low, high`` (bounds; either alone may stand).
        ``observation_id`` names them, if there.

    Returns
    -------
    Weighing

    Raises
    ------
    InputError
        With every fault of the tables; if no member fits all observations, with those that exclude one another.

    Examples
    --------
    >>> members = pd.DataFrame({"held_t": np.linspace(0.0, 100.0, 101)})
    >>> seen = pd.DataFrame([("held_t", 70.0, "normal", 5.0)], columns=["metric", "value", "error", "sd"])
    >>> found = weigh(members, seen)
    >>> round(float(found.weights @ members.held_t))
    70
    """
    twice = predictions.columns[predictions.columns.duplicated()].unique()
    faults = [problem("predictions", "", str(c), "stands twice: one column a metric") for c in twice]
    told = {c: numbers_of(predictions[c])[0] for c in predictions.columns if c not in twice}
    faults += [
        problem("predictions", "", str(c), "has empty or infinite cells, or some that are no number")
        for c, column in told.items()
        if not np.isfinite(column).all()
    ]
    if not len(predictions):
        faults.append(problem("predictions", "", "", "has no member"))
    if faults:
        raise InputError(faults, what="the predictions")
    predictions = pd.DataFrame(told, index=predictions.index)
    seen = readable(observations, predictions.columns)
    logs = log_likelihoods(predictions, seen)
    return weighed(logs, conflicts_of(predictions, seen, logs), seen)


def weighed(logs: Floats, conflicts: pd.DataFrame, seen: pd.DataFrame) -> Weighing:
    """Return the weights that log-likelihoods (members, observations) give."""
    log_weights = logs.sum(axis=1)
    best = log_weights.max()
    if not np.isfinite(best):
        raise InputError(_impossible(logs, seen), what="the observations")
    raw = np.exp(log_weights - best)
    raw /= raw.sum()
    smooth, k_hat = pareto_smoothed(log_weights)
    return Weighing(smooth, raw, float(1.0 / np.sum(raw**2)), k_hat, conflicts)


def pareto_smoothed(log_weights: Floats) -> tuple[Floats, float]:
    """Return weights whose largest are smoothed by a generalised Pareto distribution, sum 1, and its shape k-hat.

    Vehtari, Simpson, Gelman, Yao and Gabry (2024), *Journal of Machine Learning Research* 25(72); ArviZ's ``psislw``.
    """
    from arviz_stats.base.array import array_stats

    possible = np.isfinite(log_weights)
    logs = log_weights[possible] - log_weights[possible].max()
    k_hat = -np.inf
    largest = np.sort(logs)[-max(5, min(len(logs) // 5, int(3 * np.sqrt(len(logs))))) :]
    if len(logs) > 25 and np.ptp(largest) > 1e-10:
        with np.errstate(all="ignore"):  # a tail that vanishes in float64 has no shape, which is the worst shape
            smoothed, k_hat = array_stats.psislw(-logs)  # type: ignore[no-untyped-call]
        sound = np.isfinite(k_hat) and not np.isnan(smoothed).any()
        logs, k_hat = (smoothed, float(k_hat)) if sound else (logs, np.inf)
    elif len(logs) <= 25:
        k_hat = np.inf if np.ptp(logs) > 0 else -np.inf
    weights = np.zeros(len(log_weights))
    weights[possible] = np.exp(logs - np.max(logs))
    return weights / weights.sum(), float(k_hat)


def conflicts_of(
    predictions: pd.DataFrame, seen: pd.DataFrame, logs: Floats, at_face_value: Floats | None = None
) -> pd.DataFrame:
    """Return how well each observation goes with the others: ``observation, metric, p, conflict, excludes``.

    Parameters
    ----------
    predictions, seen
        As for :func:`weigh`.
    logs
        Log-likelihoods by which the others count, shape (members, observations).
    at_face_value
        Log-likelihoods of reports that mean what they say, by which two are told to exclude one another; ``logs`` if not given.
    """
    labels = seen["observation"].tolist()
    if not len(seen):
        return pd.DataFrame(
            {"observation": [], "metric": [], "p": [], "conflict": np.zeros(0, dtype=bool), "excludes": []}
        )
    below, upto = cumulative(predictions, seen)
    without = _normalised(logs.sum(axis=1, keepdims=True) - np.where(np.isfinite(logs), logs, 0.0), logs)
    bounds = (seen["error"] == "bounds").to_numpy()
    p = _two_sided((without * below).sum(axis=0), (without * upto).sum(axis=0), bounds)
    alone = _normalised(logs if at_face_value is None else at_face_value, None)
    pair = _two_sided(alone.T @ below, alone.T @ upto, bounds[None, :])
    prior = _two_sided(below.mean(axis=0), upto.mean(axis=0), bounds)
    apart = (np.fmin(pair, pair.T) < CONFLICT) & (np.minimum(prior[:, None], prior[None, :]) >= CONFLICT)
    np.fill_diagonal(apart, val=False)
    excludes = [", ".join(labels[j] for j in np.flatnonzero(row)) for row in apart]
    return pd.DataFrame({
        "observation": pd.array(labels, dtype="str"), "metric": pd.array(seen["metric"].tolist(), dtype="str"), "p": p,
        "conflict": (p < CONFLICT) | apart.any(axis=1), "excludes": pd.array(excludes, dtype="str"),
    })  # fmt: skip


def _normalised(logs: Floats, own: Floats | None) -> Floats:
    """Return each column of log-weights as weights with sum 1; NaN where none is possible.

    With ``own``, the column's own log-likelihood counts for nothing: where it was impossible, the others are added anew.
    """
    if own is not None and not np.isfinite(own).all():
        impossible = ~np.isfinite(own)
        finite = np.where(impossible, 0.0, own).sum(axis=1, keepdims=True) - np.where(impossible, 0.0, own)
        others = impossible.sum(axis=1, keepdims=True) - impossible
        logs = np.where(others > 0, -np.inf, finite)
    top = logs.max(axis=0)
    with np.errstate(invalid="ignore"):
        weights = np.exp(logs - np.where(np.isfinite(top), top, np.nan))
        return np.asarray(weights / weights.sum(axis=0))


def _two_sided(below: Floats, upto: Floats, bounds: NDArray[np.bool_]) -> Floats:
    middle = (below + upto) / 2.0
    return np.where(bounds, upto, np.clip(2.0 * np.minimum(middle, 1.0 - middle), 0.0, 1.0))


def _impossible(logs: Floats, seen: pd.DataFrame) -> list[dict[str, str]]:
    """Say which observations no member fits, or which exclude one another."""
    labels = seen["observation"].tolist()
    fits = np.isfinite(logs)
    faults = [problem("observations", labels[j], "value", "no member of the ensemble fits it: check its unit, or draw more members")
             for j in np.flatnonzero(~fits.any(axis=0))]  # fmt: skip
    both = fits.astype(np.float64).T @ fits.astype(np.float64)
    faults += [
        problem(
            "observations",
            f"{labels[i]}, {labels[j]}",
            "value",
            "exclude one another: no member fits both; drop one or widen its error",
        )
        for i, j in zip(*np.nonzero(np.triu(both == 0, k=1)), strict=True)
        if fits[:, i].any() and fits[:, j].any()
    ]
    return faults or [
        problem("observations", ", ".join(labels), "value", "exclude one another: no member fits all of them")
    ]


def weighted_quantiles(values: Floats, weights: Floats, quantiles: Floats) -> Floats:
    """Return quantiles of weighted values, interpolated as ``numpy.quantile`` does for equal weights.

    Parameters
    ----------
    values
        Shape (members, columns).
    weights
        Sum 1, shape (members,).
    quantiles
        Shape (Q,).

    Returns
    -------
    ndarray
        Shape (Q, columns).

    Examples
    --------
    >>> weighted_quantiles(np.array([[1.0], [2.0], [3.0]]), np.full(3, 1 / 3), np.array([0.25, 0.5])).ravel().tolist()
    [1.5, 2.0]
    """
    used = weights > 0
    values, weights = values[used], weights[used]
    if len(values) == 1:
        return np.repeat(values, len(quantiles), axis=0)
    order = np.argsort(values, axis=0, kind="stable")
    ordered = np.take_along_axis(values, order, axis=0)
    w = weights[order]
    reach = np.cumsum(w, axis=0) - w
    # member i of n stands at i / (n - 1) when all weigh the same; in general at what lies before it, over all but the last
    place = reach / reach[-1:]
    out = np.empty((len(quantiles), values.shape[1]))
    for c in range(values.shape[1]):
        out[:, c] = np.interp(quantiles, place[:, c], ordered[:, c])
    return out
