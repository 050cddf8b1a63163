"""How likely an observation is, by the kind of its error, and what cannot be one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.evidence import weigh
from tests.made_up_reports import N, seen


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
