"""Weights of members: closed forms, published diagnostics, conflicts, and bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.evidence import weigh
from scrapflow.evidence.weighing import pareto_smoothed, weighted_quantiles

N = 20_000


@pytest.fixture(scope="module")
def rng():
    """A seeded generator."""
    return np.random.default_rng(0)


def seen(**columns):
    """Return a table of one observation."""
    return pd.DataFrame([columns])


def test_normal_prior_and_normal_error(rng):
    """The posterior mean and deviation are the conjugate ones."""
    mu = rng.normal(0.0, 10.0, N)
    found = weigh(pd.DataFrame({"m": mu}), seen(metric="m", value=8.0, error="normal", sd=5.0))
    mean = found.weights @ mu
    assert mean == pytest.approx(6.4, abs=0.1)
    assert np.sqrt(found.weights @ (mu - mean) ** 2) == pytest.approx(np.sqrt(20.0), abs=0.1)
    assert found.weights.sum() == pytest.approx(1.0)
    assert found.raw_weights.sum() == pytest.approx(1.0)
    assert found.ess == pytest.approx(1 / np.sum(found.raw_weights**2))
    assert found.reliable


def test_gamma_prior_and_a_count(rng):
    """The expected count is prediction times exposure."""
    rate = rng.gamma(4.0, 2.0, N)
    found = weigh(pd.DataFrame({"l": rate}), seen(metric="l", value=30, error="poisson", exposure=3.0))
    assert found.weights @ rate == pytest.approx(34.0 / 3.5, abs=0.1)


def test_lognormal_prior_and_lognormal_error(rng):
    """On the logarithm it is the normal case; sd is that of the logarithm."""
    amount = np.exp(rng.normal(size=N))
    found = weigh(pd.DataFrame({"t": amount}), seen(metric="t", value=3.0, error="lognormal", sd=0.5))
    assert found.weights @ np.log(amount) == pytest.approx(np.log(3.0) * 0.8, abs=0.02)


def test_beta_prior_and_trials(rng):
    """Fourteen of twenty: the prediction is the chance, the exposure the trials."""
    chance = rng.beta(2.0, 2.0, N)
    found = weigh(pd.DataFrame({"p": chance}), seen(metric="p", value=14, error="binomial", exposure=20))
    assert found.weights @ chance == pytest.approx(16.0 / 24.0, abs=0.01)


def test_a_bound_alone_cuts(rng):
    """A low without a high leaves what lies above it, evenly."""
    u = rng.random(N)
    found = weigh(pd.DataFrame({"u": u}), seen(metric="u", error="bounds", low=0.75))
    assert found.weights[u < 0.75].sum() == 0
    assert found.weights @ u == pytest.approx(0.875, abs=0.005)
    assert found.ess == pytest.approx((u >= 0.75).sum())
    assert found.k_hat == -np.inf


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


def test_every_fault_is_told_at_once():
    """No error, an unknown kind, a metric that is not there, half a wagon: one report."""
    members = pd.DataFrame({"m": [1.0, 2.0]})
    bad = pd.DataFrame(
        [("m", 1.0, "normal", np.nan), ("m", 1.0, "gauss", 1.0), ("q", 1.0, "normal", 1.0), ("m", 1.5, "poisson", np.nan),
         ("m", -1.0, "lognormal", 1.0)],
        columns=["metric", "value", "error", "sd"],
    )  # fmt: skip
    with pytest.raises(sf.InputError) as refused:
        weigh(members, bad)
    assert refused.value.problems.column.tolist() == ["sd", "error", "metric", "value", "value"]
    assert "a value without an error" in str(refused.value)
    with pytest.raises(sf.InputError, match="empty or infinite"):
        weigh(members.assign(m=np.nan), bad)


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
