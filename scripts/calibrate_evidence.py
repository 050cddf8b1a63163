"""Whether the evidence loop keeps what it promises, on truths that are known: members left out of their own ensemble.

    python scripts/calibrate_evidence.py toy --members 300

Three questions: does the 80 % range after conditioning hold the truth in 80 % of cases; does ``value_of_information`` rank what
observations then really take away; does a false report of grade E move the median by less than a tenth of what one of grade A does.
"""  # fmt: skip

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

import scrapflow as sf
from scrapflow.evidence.candidates import Candidate, candidates_of
from scrapflow.evidence.condition import borne
from scrapflow.evidence.information import ranked
from scrapflow.evidence.likelihood import DISCREPANCY, log_likelihoods
from scrapflow.evidence.predictions import Predictor
from scrapflow.evidence.prepared import OFF
from scrapflow.evidence.weighing import conflicts_of, weighed, weighted_quantiles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.studies.ensemble import Ensemble

    Floats = NDArray[np.float64]

TARGETS = ("carted_t", "delivered_t", "returned_t", "looted_t", "shortfall_t")
AT_ONCE = 3
"""So many observations are made of each truth."""


def observed(candidate: Candidate, truth: int, rng: np.random.Generator) -> dict[str, object]:
    """Return what would be seen of a candidate if a member were the truth, with error and discrepancy."""
    x, miss = candidate.signal[truth], OFF * rng.standard_normal()
    row = {
        "metric": candidate.name,
        "error": candidate.error,
        "low": np.nan,
        "high": np.nan,
        "exposure": candidate.exposure,
    }
    if candidate.error == "poisson":
        spread = np.hypot(candidate.sd, OFF)
        rate = x * candidate.exposure * np.exp(spread * rng.standard_normal())
        return row | {"value": float(rng.poisson(rate)), "sd": np.nan, DISCREPANCY: spread}
    value = x * np.exp(miss + candidate.sd * rng.standard_normal())
    return row | {"value": float(value), "sd": float(np.hypot(candidate.sd, OFF)), DISCREPANCY: OFF}


def coverage(ens: Ensemble, listed: list[Candidate], truths: int, seed: int) -> pd.DataFrame:
    """Return for each truth and target whether the range after holds it, and how wide it is beside that of before."""
    rng, rows = np.random.default_rng(seed), []
    totals = ens.totals[list(TARGETS)].to_numpy(dtype=np.float64)
    for truth in rng.choice(len(totals), min(truths, len(totals)), replace=False):
        chosen = [listed[i] for i in rng.choice(len(listed), min(AT_ONCE, len(listed)), replace=False)]
        seen = pd.DataFrame([observed(c, truth, rng) for c in chosen]).assign(observation=[c.name for c in chosen])
        rest = np.arange(len(totals)) != truth
        predictions = pd.DataFrame({c.name: c.signal[rest] for c in chosen})
        logs = log_likelihoods(predictions, seen)
        logs = np.maximum(logs, logs.max() - 700)
        full = weighed(logs, conflicts_of(predictions, seen, logs), seen)
        weights, power = borne(logs, full, seen)
        low, high = weighted_quantiles(totals[rest], weights, np.array([0.1, 0.9]))
        before = np.quantile(totals[rest], [0.1, 0.9], axis=0)
        for k, name in enumerate(TARGETS):
            inside = low[k] <= totals[truth, k] <= high[k]
            rows.append((int(truth), name, inside, (high[k] - low[k]) / max(before[1, k] - before[0, k], 1e-9), power))
    return pd.DataFrame(rows, columns=["truth", "target", "inside", "width", "power"])


def realised(listed: list[Candidate], y: Floats, truths: int, seed: int) -> Floats:
    """Return what observing each candidate took away of the variance of y, as a mean over truths."""
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(y), min(truths, len(y)), replace=False)
    shares = np.zeros(len(listed))
    for i, candidate in enumerate(listed):
        predictions, after = pd.DataFrame({candidate.name: candidate.signal}), []
        for truth in chosen:
            row = pd.DataFrame([observed(candidate, truth, rng)])
            logs = log_likelihoods(predictions, row)[:, 0]
            logs[truth] = -np.inf
            weights = np.exp(logs - logs.max())
            weights /= weights.sum()
            mean = weights @ y
            after.append((weights @ (y - mean) ** 2) / max(1.0 - np.sum(weights**2), 1e-9))
        shares[i] = 1.0 - np.mean(after) / np.var(y, ddof=1)
    return shares


def false_report(ens: Ensemble, target: str = "delivered_t") -> pd.DataFrame:
    """Return by how much false reports of grades A and E move the median of a target, in t."""
    y, rows = ens.totals[target], []
    for quantile in (0.05, 0.25, 0.4, 0.6, 0.75, 0.95):
        report = {"metric": target, "value": float(y.quantile(quantile)), "error": "lognormal", "sd": 0.1}
        moved = {
            g: abs(
                float(
                    sf.condition(ens, {**report, "reliability": g}).ranges().set_index("total").loc[target, "median"]
                    - y.median()
                )
            )
            for g in "AE"
        }
        rows.append((quantile, moved["A"], moved["E"]))
    return pd.DataFrame(rows, columns=["quantile", "moved_by_a", "moved_by_e"])


def report(ens: Ensemble, *, truths: int, seed: int = 0) -> str:
    """Run the three calibrations and tell what came of them."""
    predictor = Predictor(ens)
    y = ens.totals["delivered_t"].to_numpy(dtype=np.float64)
    everything = [
        c
        for c in candidates_of(predictor, ens.central, y, ["pile", "wagons", "quota"])
        if np.min(c.signal) > 0 or c.error == "poisson"
    ]
    table = ranked(everything, y, np.arange(len(y)), OFF, {}).drop_duplicates("reduction")
    worth = table[table["reduction"] > 0.01]
    by_name = {c.name: c for c in everything}
    came = realised([by_name[n] for n in worth["candidate"]], y, max(50, truths // 4), seed)
    held = coverage(ens, everything, truths, seed)
    lies = false_report(ens)
    by_target = held.groupby("target")[["inside", "width"]].mean().round(3)
    return "\n".join([
        f"{len(y)} members, {held['truth'].nunique()} truths, {AT_ONCE} observations each out of {len(everything)}",
        f"range of 80 % holds the truth: {held['inside'].mean():.3f}; width beside before: {held['width'].mean():.3f}; evidence used: {held['power'].mean():.2f}",
        by_target.to_string(),
        f"rank correlation of expected and realised reduction over {len(worth)} candidates: {spearmanr(worth['reduction'], came).statistic:.3f}",
        worth.assign(realised=came)[["candidate", "reduction", "realised"]].head(8).to_string(index=False),
        lies.assign(ratio=lies["moved_by_e"] / lies["moved_by_a"]).round(4).to_string(index=False),
    ])  # fmt: skip


def main() -> None:
    """Make an ensemble and calibrate by it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("world", nargs="?", default="toy")
    parser.add_argument("--members", type=int, default=300)
    parser.add_argument("--truths", type=int, default=200)
    parser.add_argument("--folder", type=Path, help="Keep the members there, and use those that are there already.")
    given = parser.parse_args()
    if given.folder and given.folder.exists():
        ens = sf.read_ensemble(given.folder)
    else:
        world = sf.read_world(given.world)
        ens = sf.ensemble(world, n=given.members, seed=1, keep="flows", folder=given.folder, processes=1)
    print(report(ens, truths=given.truths))


if __name__ == "__main__":
    main()
