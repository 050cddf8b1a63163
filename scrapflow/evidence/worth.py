"""What knowing more would be worth: how much of a target's variance it would take away."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, did_you_mean, problem
from scrapflow.given import checked, is_number
from scrapflow.given_frames import numbers_of, plain_frames

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

_PAIRS = 2
"""So many pairs of draws of the error of a measurement are averaged; the second of a pair is the first turned round, so that what goes
with the target by chance cancels (antithetic draws; Hammersley and Morton 1956)."""
_CENTRES = {1: 24, 2: 80}
_MANY_CENTRES = 160
_WIDTHS = (0.5, 1.0, 2.0, 4.0)
_PENALTIES = np.logspace(-8, 4, 37)


@checked
def expected_reduction(
    inputs: pd.DataFrame,
    target: pd.Series | ArrayLike,
    candidates: str | Sequence[str | tuple[str, ...]] | None = None,
    noise_sd: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Tell by how much knowing each input would reduce the variance of a target.

    The target is regressed on the candidate over the members, so that no further run is needed (Strong, Oakley and Brennan
    2014, 2015); the share of variance that the regression explains is the reduction to be expected. A straight line plus
    Gaussian bumps with a ridge penalty, chosen by generalised cross-validation; the share is that of the unbiased variances,
    so that what tells nothing gets about 0.

    Parameters
    ----------
    inputs
        A row a member, a column an input.
    target
        One number a member.
    candidates
        Names of columns; a tuple is one joint candidate. Every column by itself if not given.
    noise_sd
        By name: the standard deviation of the error of a measurement. The reduction is then that of the measurement, drawn
        for each member with a fixed seed.

    Returns
    -------
    DataFrame
        ``candidate, sd_before, sd_after, reduction`` (between 0 and 1), the largest first.

    Raises
    ------
    InputError
        With every fault: lengths that differ, empty cells, names that are not there, errors below 0.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = pd.DataFrame({"a": rng.normal(size=2000), "b": rng.normal(size=2000)})
    >>> expected_reduction(x, 2 * x.a + x.b).round(1).reduction.tolist()
    [0.8, 0.2]
    """
    noise = dict(noise_sd or {})
    wanted = inputs.columns if candidates is None else [candidates] if isinstance(candidates, str) else candidates
    named: list[Any] = [(c,) if isinstance(c, str) else c for c in wanted]
    odd = [c for c in named if not (isinstance(c, tuple | list) and c and all(isinstance(name, str) for name in c))]
    if odd:
        fault = f"{odd[0]!r:.80} is no candidate: the name of a column is wanted, or a tuple of names"
        raise InputError([problem("candidates", "", "", fault)], what="the value of information")
    asked: list[tuple[str, ...]] = [tuple(c) for c in named]
    given: Any = target
    if not isinstance(given, list | tuple) and getattr(given, "ndim", 0) != 1:
        fault = f"has {getattr(given, 'ndim', 0)} dimensions: one number a member is wanted"
        raise InputError([problem("target", "", "", fault)], what="the value of information")
    (told,) = plain_frames({"target": pd.DataFrame({"target": given})}, what="the value of information")
    y = np.asarray(numbers_of(told["target"])[0], dtype=np.float64)
    inputs = pd.DataFrame({name: numbers_of(column)[0] for name, column in inputs.items()}, index=inputs.index)
    faults = _faults(inputs, y, asked, noise)
    if faults:
        raise InputError(faults, what="the value of information")
    before = float(np.std(y, ddof=1)) if len(y) > 1 else 0.0
    shares = [_share(inputs, y, c, noise) if before > 0 else 0.0 for c in asked]
    found = pd.DataFrame({
        "candidate": pd.array([", ".join(c) for c in asked], dtype="str"),
        "sd_before": before,
        "sd_after": before * np.sqrt(1.0 - np.array(shares, dtype=np.float64)),
        "reduction": np.array(shares, dtype=np.float64),
    })  # fmt: skip
    return found.sort_values(["reduction", "candidate"], ascending=[False, True], ignore_index=True)


def _faults(
    inputs: pd.DataFrame, y: Floats, asked: list[tuple[str, ...]], noise: Mapping[str, float]
) -> list[dict[str, str]]:
    faults = []
    if len(y) != len(inputs):
        faults.append(
            problem("target", "", "", f"has {len(y)} rows and inputs {len(inputs)}: one row a member in both")
        )
    elif not np.isfinite(y).all():
        faults.append(problem("target", "", "", "has empty or infinite cells, or some that are no number"))
    used = {name for c in asked for name in c}
    for name in sorted(used | set(noise), key=str):
        if name not in inputs:
            hint = did_you_mean(
                str(name), map(str, inputs.columns), f"there are {', '.join(map(str, inputs.columns[:8]))}", n=3
            )
            table = "inputs" if name in used else "noise_sd"
            faults.append(problem(table, "", str(name), f"is no column of inputs; {hint}"))
        elif not np.isfinite(inputs[name]).all():
            faults.append(problem("inputs", "", name, "has cells that are empty or no number"))
    faults += [
        problem("noise_sd", "", str(n), f"{sd!r} is no standard deviation: 0 or more")
        for n, sd in noise.items()
        if not (is_number(sd) and 0 <= sd < np.inf)
    ]
    return faults


def _share(inputs: pd.DataFrame, y: Floats, names: tuple[str, ...], noise: Mapping[str, float]) -> float:
    x = inputs[list(names)].to_numpy(dtype=np.float64)
    sd = np.array([float(noise.get(n, 0.0)) for n in names])
    if not sd.any():
        return explained(x, y)
    rng = np.random.default_rng(zlib.crc32("\n".join(names).encode()))
    errors = [sd * rng.standard_normal(x.shape) for _ in range(_PAIRS)]
    return float(np.mean([explained(x + sign * error, y) for error in errors for sign in (1.0, -1.0)]))


def explained(x: Floats, y: Floats) -> float:
    """Return the share of the variance of y that a smooth function of x explains, between 0 and 1.

    Parameters
    ----------
    x
        Shape (n, d).
    y
        Shape (n,).
    """
    n = len(y)
    spread = x.std(axis=0)
    x = x[:, spread > 1e-12 * np.maximum(np.abs(x).max(axis=0), 1e-300)]
    d = x.shape[1]
    if not d or n < d + 3:
        return 0.0
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    line, _ = np.linalg.qr(np.column_stack([np.ones(n), x]))
    rest = y - line @ (line.T @ y)
    total = float(np.sum((y - y.mean()) ** 2)) / (n - 1)
    straight = n - line.shape[1]
    best_score, best_variance = float(rest @ rest) * n / straight**2, float(rest @ rest) / straight
    count = min(_CENTRES.get(d, _MANY_CENTRES), n // 5)
    if count >= 3:
        centres = _spread_out(x, count)
        for width in _WIDTHS:
            score, variance = _ridge(_bumps(x, centres, width * np.sqrt(d)), line, rest, y)
            if score < best_score:
                best_score, best_variance = score, variance
    return float(np.clip(1.0 - best_variance / total, 0.0, 1.0)) if total > 0 else 0.0


def _spread_out(x: Floats, count: int) -> Floats:
    """Return points spread over the members: quantiles along one dimension, members drawn with a fixed seed in more."""
    if x.shape[1] == 1:
        return np.unique(np.quantile(x, (np.arange(count) + 0.5) / count))[:, None]
    return np.asarray(x[np.random.default_rng(0).choice(len(x), count, replace=False)])


def _bumps(x: Floats, centres: Floats, width: float) -> Floats:
    distance = np.sum(x**2, axis=1)[:, None] + np.sum(centres**2, axis=1)[None, :] - 2.0 * x @ centres.T
    return np.asarray(np.exp(-0.5 * np.maximum(distance, 0.0) / width**2))


def _ridge(features: Floats, line: Floats, rest: Floats, y: Floats) -> tuple[float, float]:
    """Return the best score of generalised cross-validation over the penalties, and the unbiased variance left there."""
    n = len(y)
    features = features - line @ (line.T @ features)
    values, vectors = np.linalg.eigh(features.T @ features)
    kept = values > 1e-10 * max(values[-1], 1e-300)
    along = (vectors[:, kept].T @ (features.T @ rest)) ** 2 / values[kept]
    shrink = values[kept][:, None] / (values[kept][:, None] + _PENALTIES[None, :] * values[-1])
    left = float(rest @ rest) - (along[:, None] * (1.0 - (1.0 - shrink) ** 2)).sum(axis=0)
    freedom = n - line.shape[1] - shrink.sum(axis=0)
    score = n * left / freedom**2
    best = int(np.argmin(score))
    unbiased = n - line.shape[1] - (2.0 * shrink[:, best] - shrink[:, best] ** 2).sum()
    return float(score[best]), float(left[best] / unbiased)
