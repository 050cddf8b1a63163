"""How far a report is believed by its grade: the chance that it says something of what it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from scrapflow.errors import problem

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RELIABILITY = {"A": 0.98, "B": 0.9, "C": 0.7, "D": 0.3, "E": 0.02, "F": 0.5, "": 0.5}
"""Chance that a report is about what it says, by the reliability of its source. Assumed, but for their order: F cannot be judged,
which is even odds and not worst; and E is so small that a false report of it moves a median by less than a tenth of what the same
report of A does wherever it stands, as long as what is believed narrows the range to no less than a fifth."""
CREDIBILITY = {"1": 1.0, "2": 0.95, "3": 0.85, "4": 0.5, "5": 0.1, "6": 1.0, "": 1.0}
"""By what the chance is multiplied for the report's own credibility; what cannot be judged leaves it to the source. Assumed."""
_WIDER = 1.0
_FREEDOM = 3.0
"""The alternative to a report, that it says nothing, is Student's t with so many degrees of freedom around what the ensemble
expects, so many times as wide as prediction and report together: who makes something up says what could be, and far out
it is always the likelier one."""
_LEAST_CHANCE = 0.05
"""A report that says nothing hits its bounds at least so often."""


def trust(table: pd.DataFrame, sources: pd.DataFrame) -> tuple[Floats, list[dict[str, str]]]:
    """Return the chance that each report means what it says, and what is wrong with the grades.

    Parameters
    ----------
    table
        Observations, with ``reliability, credibility, source_id``.
    sources
        The sources of a run, whose reliability counts where the observation has none of its own.
    """
    of_source = sources.set_index("source_id")["reliability"].to_dict()
    found, chances = [], []
    for row in table.to_dict("records"):
        letter = str(row["reliability"] or of_source.get(row["source_id"], "")).strip().upper()
        digit = str(row["credibility"]).strip().removesuffix(".0")
        for column, word, scale in (("reliability", letter, RELIABILITY), ("credibility", digit, CREDIBILITY)):
            if word not in scale:
                known = ", ".join(w for w in scale if w)
                found.append(problem("observations", str(row["observation_id"]), column, f"{word!r} is no grade: {known}, or empty"))  # fmt: skip
        chances.append(RELIABILITY.get(letter, 0.5) * CREDIBILITY.get(digit, 1.0))
    return np.array(chances, dtype=np.float64), found


def believed(logs: Floats, predictions: pd.DataFrame, seen: pd.DataFrame, chance: Floats) -> Floats:
    """Return log-likelihoods under which each report may say nothing, so that a lie costs bounded evidence.

    Parameters
    ----------
    logs
        Log-likelihoods of reports that mean what they say, shape (members, observations).
    predictions, seen
        As for :func:`scrapflow.evidence.weigh`.
    chance
        That a report means what it says, shape (observations,).
    """
    nothing = np.array(
        [_says_nothing(predictions[r["metric"]].to_numpy(dtype=np.float64), r) for r in seen.to_dict("records")]
    )
    with np.errstate(divide="ignore"):
        return np.asarray(np.logaddexp(np.log(chance) + logs, np.log1p(-chance) + nothing))


def _says_nothing(p: Floats, row: Mapping[Hashable, Any]) -> float:
    """Return the log-likelihood of a report that has nothing to do with the truth: the same for every member."""
    from scipy.stats import t

    kind, value, sd = row["error"], row["value"], row["sd"]
    if kind == "bounds":
        low = -np.inf if np.isnan(row["low"]) else row["low"]
        high = np.inf if np.isnan(row["high"]) else row["high"]
        return float(np.log(max(float(np.mean((p >= low) & (p <= high))), _LEAST_CHANCE)))
    if kind == "binomial":
        return float(-np.log(row["exposure"] + 1.0))
    if kind == "normal":
        scale = _WIDER * np.hypot(np.std(p), sd)
        return float(t.logpdf(value, _FREEDOM, loc=np.median(p), scale=scale))
    if kind == "poisson":
        p, value, sd = p * row["exposure"] + 0.5, value + 0.5, float(row["discrepancy"]) + 1 / np.sqrt(value + 1)
    above = np.log(p[p > 0])
    middle, spread = (float(np.median(above)), float(np.std(above))) if len(above) else (np.log(value), 0.0)
    return float(t.logpdf(np.log(value), _FREEDOM, loc=middle, scale=_WIDER * np.hypot(spread, sd)) - np.log(value))
