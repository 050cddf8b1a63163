"""Measure how far the mean of sampled runs lies from the expected run, as the table of docs/model.md has it.

``python -m scripts.expected_against_sampled`` prints the two rows: each amount summed over all places and periods; the mean of
the sums less the expected sum, in per cent of it, ± the standard deviation over seeds divided by the root of their number.
"""

from __future__ import annotations

import argparse

import numpy as np

import scrapflow as sf
from scrapflow.campaign import collect

COLUMNS = {
    "credited": "credited_t",
    "for show": "for_show_t",
    "carried back": "returned_t",
    "intercepted": "intercepted_t",
    "shortfall": "shortfall_t",
    "expelled": "expelled",
    "detained": "detained",
    "lost output": "lost_worker_months",
}
SEEDS = {"dprk": 200, "toy": 2000}


def gaps(name: str, seeds: int) -> list[str]:
    """Return the gap of each amount with its standard error, in words."""
    world = sf.read_world(name)
    campaign = sf.read_campaign(world, "2015")
    network = sf.build_network(world, transport=campaign.transport)
    columns = list(COLUMNS.values())

    def sums(**options: object) -> np.ndarray:
        return collect(world, network, campaign, **options).accounts[columns].sum().to_numpy()

    expected = sums()
    sampled = np.array([sums(mode="sampled", seed=seed) for seed in range(seeds)])
    return [_told(runs, now) for runs, now in zip(sampled.T, expected, strict=True)]


def _told(runs: np.ndarray, expected: float) -> str:
    if not expected:
        return "–"
    if np.allclose(runs, expected, rtol=1e-12):
        return "0"
    gap = 100 * (runs.mean() / expected - 1)
    error = 100 * runs.std(ddof=1) / np.sqrt(len(runs)) / expected
    digits = max(0, int(-np.floor(np.log10(error))))
    return f"{gap:+.{digits}f} % ± {error:.{digits}f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("worlds", nargs="*", help=f"of {', '.join(SEEDS)}; all of them if none is named")
    print("| | " + " | ".join(COLUMNS) + " |")
    print("|---" * (len(COLUMNS) + 1) + "|")
    for name in parser.parse_args().worlds or SEEDS:
        print(f"| {name}, {SEEDS[name]:,} seeds | " + " | ".join(gaps(name, SEEDS[name])) + " |", flush=True)


if __name__ == "__main__":
    main()
