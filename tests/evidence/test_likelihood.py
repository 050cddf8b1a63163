"""How likely an observation is, by the kind of its error, and what cannot be one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, lognorm, norm, poisson

import scrapflow as sf
from scrapflow.evidence import weigh
from scrapflow.evidence.likelihood import cumulative, log_likelihoods, readable
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


P = np.array([0.5, 2.0, 8.0])


def one(**cells):
    """Return the table of one observation of m, with all columns."""
    return readable(seen(metric="m", **cells), ["m"])


@pytest.mark.parametrize(
    ("cells", "law"),
    [
        ({"value": 3.0, "error": "normal", "sd": 2.0}, lambda p: norm(p, 2.0)),
        ({"value": 3.0, "error": "lognormal", "sd": 0.5}, lambda p: lognorm(0.5, scale=p)),
        ({"value": 3, "error": "poisson", "exposure": 2.0}, lambda p: poisson(2.0 * p)),
        ({"value": 3, "error": "binomial", "exposure": 10}, lambda p: binom(10, np.clip(p, 0, 1))),
    ],
    ids=lambda c: c["error"] if isinstance(c, dict) else "",
)
def test_likelihoods_and_chances_are_those_of_the_laws(cells, law):
    """Scipy's densities and distributions at what was observed, for three predictions."""
    table, members = one(**cells), pd.DataFrame({"m": P})
    value, known = cells["value"], law(P)
    log = known.logpmf(value) if hasattr(known.dist, "pmf") else known.logpdf(value)
    assert log_likelihoods(members, table)[:, 0] == pytest.approx(log)
    below, upto = (side[:, 0] for side in cumulative(members, table))
    assert upto == pytest.approx(known.cdf(value))
    assert below == pytest.approx(known.cdf(value - 1 if hasattr(known.dist, "pmf") else value))


@pytest.mark.parametrize(
    ("low", "high", "inside"), [(1.0, 3.0, [0, 1, 0]), (2.0, np.nan, [0, 1, 1]), (np.nan, 0.5, [1, 0, 0])]
)
def test_bounds_hold_what_lies_between_ends_included(low, high, inside):
    """An end that is not given is no end; the chance of bounds is what they hold."""
    table, members = one(error="bounds", low=low, high=high), pd.DataFrame({"m": P})
    with np.errstate(divide="ignore"):
        assert log_likelihoods(members, table)[:, 0].tolist() == np.log(inside).tolist()
    below, upto = cumulative(members, table)
    assert (below[:, 0].tolist(), upto[:, 0].tolist()) == ([0, 0, 0], inside)


def test_bounds_of_a_model_that_may_be_off_are_a_chance():
    """Off by a factor of e^0.5 at one deviation: the chance that the truth lies within 1 and 3; below zero the ends change sides."""
    table = one(error="bounds", low=1.0, high=3.0).assign(discrepancy=0.5)
    told = np.exp(log_likelihoods(pd.DataFrame({"m": [2.0, -2.0, 0.0]}), table)[:, 0])
    expected = norm.cdf(np.log(3 / 2) / 0.5) - norm.cdf(np.log(1 / 2) / 0.5)
    assert told.tolist() == pytest.approx([expected, 0, 0])
    mirrored = one(error="bounds", low=-3.0, high=-1.0).assign(discrepancy=0.5)
    assert np.exp(log_likelihoods(pd.DataFrame({"m": [-2.0]}), mirrored)[0, 0]) == pytest.approx(expected)


@pytest.mark.parametrize("kind", ["poisson", "binomial"])
def test_a_count_of_a_model_that_may_be_off_is_a_mean_over_what_it_may_be(kind):
    """Beside a fine numerical mean over a normal logarithm: densities and chances."""
    exposure = {"poisson": 2.0, "binomial": 20.0}[kind]
    table = one(value=3, error=kind, exposure=exposure).assign(discrepancy=0.3)
    p = 1.4 if kind == "poisson" else 0.2
    many = p * np.exp(0.3 * norm.ppf((np.arange(4000) + 0.5) / 4000))
    law = poisson(exposure * many) if kind == "poisson" else binom(20, np.clip(many, 0, 1))
    members = pd.DataFrame({"m": [p]})
    assert np.exp(log_likelihoods(members, table)[0, 0]) == pytest.approx(law.pmf(3).mean(), rel=1e-3)
    below, upto = cumulative(members, table)
    assert (below[0, 0], upto[0, 0]) == pytest.approx((law.cdf(2).mean(), law.cdf(3).mean()), rel=1e-3)


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"error": "poisson", "value": 2.5}, "value"), ({"error": "poisson", "value": -1}, "value"), ({"error": "binomial", "value": 2, "exposure": 2.5}, "exposure"),
        ({"error": "binomial", "value": 3, "exposure": 2}, "value"), ({"error": "binomial", "value": 3}, "exposure"), ({"error": "poisson", "value": 3, "exposure": 0}, "exposure"),
        ({"error": "lognormal", "value": 0.0, "sd": 1.0}, "value"), ({"error": "normal", "value": np.nan, "sd": 1.0}, "value"),
        ({"error": "normal", "value": 1.0, "sd": 0.0}, "sd"), ({"error": "bounds", "low": 2.0, "high": 1.0}, "low"), ({"error": "bounds"}, "low"),
        ({"error": "bounds", "low": 1.0, "high": -np.inf}, "high"),
    ],
)  # fmt: skip
def test_each_fault_of_an_observation_is_told_by_its_column(cells, column):
    """One fault, one row."""
    with pytest.raises(sf.InputError) as refused:
        one(**cells)
    assert refused.value.problems["column"].tolist() == [column]


def test_observations_have_labels_of_their_own():
    """The given one, else the metric, with the number of its row where several are of it."""
    table = pd.DataFrame(
        {"observation_id": [None, "x", None], "metric": ["m", "m", "n"], "value": 1.0, "error": "normal", "sd": 1.0}
    )
    assert readable(table, ["m", "n"])["observation"].tolist() == ["m 1", "x", "n"]
