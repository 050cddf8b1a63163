"""Flows of members by their weights."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import scrapflow as sf
from tests.made_up_reports import N


def lognormal(mean, sd, n=N, seed=0):
    """Return amounts whose logarithms are normal, evenly spread."""
    at = (np.arange(n) + 0.5) / n
    return np.random.default_rng(seed).permutation(np.exp(norm.ppf(at, mean, sd)))


def test_flows_are_weighted(kept):
    """The flows of the posterior are those of the ensemble by weight: a total agrees with the ranges, equal weights change nothing."""
    post = sf.condition(kept, {"metric": "shipped_t", "value": 45, "sd": 0.1, "error": "lognormal", "reliability": "A"})
    row = post.ranges().set_index("total").loc["shipped_t"]
    assert tuple(post.flows.kind("shipped").total_t) == pytest.approx(tuple(row[["low", "median", "high"]]), rel=1e-5)
    by_mill = post.flows.kind("shipped").by("destination")
    assert by_mill.columns.tolist() == ["destination", "low", "median", "high"]
    assert by_mill["median"].is_monotonic_decreasing


def test_even_weights_change_no_range_of_links(kept):
    """Loads on links of members that all weigh the same are those of the ensemble."""
    pd.testing.assert_frame_equal(sf.condition(kept).flows.loads(), kept.flows.loads())
