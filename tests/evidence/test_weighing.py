"""Weights of members: closed forms, published diagnostics, conflicts, and bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.evidence import weigh
from scrapflow.evidence.weighing import pareto_smoothed, weighted_quantiles
from tests.made_up_reports import N, seen


def test_no_observation_changes_nothing():
    """An empty table leaves every member its share."""
    found = weigh(pd.DataFrame({"m": [1.0, 2.0]}), pd.DataFrame(columns=["metric", "value", "error", "sd"]))
    assert found.weights.tolist() == [0.5, 0.5]
    assert found.ess == 2
    assert found.conflicts.empty


@pytest.mark.parametrize("theta", [1.5, 2.0, 3.0, 10.0])
def test_k_hat_is_the_published_shape(theta):
    """Vehtari and others (2024): Exp(theta) drawn for Exp(1) has a tail of shape 1 - 1 / theta."""
    shapes = []
    for seed in range(20):
        x = np.random.default_rng(seed).exponential(1.0 / theta, 10_000)
        shapes.append(pareto_smoothed((theta - 1.0) * x)[1])
    assert np.mean(shapes) == pytest.approx(1.0 - 1.0 / theta, abs=0.06)


def test_two_that_exclude_one_another_are_named(rng):
    """Two sharp reports far apart: each conflicts with the other, a third that fits both is left alone."""
    members = pd.DataFrame({"m": rng.normal(0.0, 10.0, N), "other": rng.normal(size=N)})
    reports = pd.DataFrame(
        [("east", "m", -8.0, 1.0), ("west", "m", 8.0, 1.0), ("far", "other", 0.3, 1.0)],
        columns=["observation_id", "metric", "value", "sd"],
    ).assign(error="normal")
    conflicts = weigh(members, reports).conflicts.set_index("observation")
    assert conflicts.excludes.to_dict() == {"east": "west", "west": "east", "far": ""}
    assert conflicts.conflict.tolist() == [True, True, False]
    assert conflicts.p["far"] == pytest.approx(0.83, abs=0.05)


def test_bounds_that_no_member_can_meet_are_refused_by_name():
    """Above 3 and below 1: the message names both."""
    members = pd.DataFrame({"m": np.linspace(0.0, 5.0, 50)})
    both = pd.DataFrame(
        [("a", "m", 3.0, np.nan), ("b", "m", np.nan, 1.0)], columns=["observation_id", "metric", "low", "high"]
    )
    with pytest.raises(sf.InputError, match=r"a, b.*exclude one another"):
        weigh(members, both.assign(error="bounds"))
    with pytest.raises(sf.InputError, match="no member of the ensemble fits it"):
        weigh(members, seen(metric="m", error="bounds", low=9.0))


def test_the_order_of_members_and_reports_does_not_matter(rng):
    """Shuffled members keep their weights; shuffled reports give the same weights."""
    members = pd.DataFrame({"m": rng.normal(size=500)})
    reports = pd.DataFrame([("m", 0.5, 1.0), ("m", 0.1, 0.7)], columns=["metric", "value", "sd"]).assign(error="normal")
    base = weigh(members, reports).weights
    order = rng.permutation(500)
    np.testing.assert_allclose(weigh(members.iloc[order], reports.iloc[::-1]).weights, base[order], rtol=1e-9)


def test_weighted_quantiles_are_numpy_s_for_equal_weights(rng):
    """Equal weights give ``numpy.quantile``; a member of weight 0 is as if it were not there."""
    values = rng.normal(size=(101, 3))
    equal = weighted_quantiles(values, np.full(101, 1 / 101), np.array([0.1, 0.5, 0.9]))
    np.testing.assert_allclose(equal, np.quantile(values, [0.1, 0.5, 0.9], axis=0))
    weights = np.r_[np.full(100, 0.01), 0.0]
    np.testing.assert_allclose(
        weighted_quantiles(values, weights, np.array([0.3])), np.quantile(values[:100], [0.3], axis=0)
    )


def test_a_weighing_says_how_far_it_is_to_be_trusted(rng):
    """One sharp report far out leaves few members, and the repr says so."""
    found = weigh(pd.DataFrame({"m": rng.normal(size=300)}), seen(metric="m", value=4.0, error="normal", sd=0.02))
    assert not found.reliable
    assert "not to be trusted" in repr(found)
