"""The worth of knowing more: published sensitivities, a closed form, and bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.evidence import expected_reduction
from scrapflow.evidence.worth import explained


@pytest.fixture(scope="module")
def ishigami():
    """Inputs and values of the Ishigami function, a = 7, b = 0.1."""
    rng = np.random.default_rng(1)
    x = pd.DataFrame(rng.uniform(-np.pi, np.pi, (10_000, 3)), columns=["x1", "x2", "x3"])
    return x, np.sin(x.x1) + 7 * np.sin(x.x2) ** 2 + 0.1 * x.x3**4 * np.sin(x.x1)


def test_ishigami(ishigami):
    """First-order shares 0.3139, 0.4424 and 0; x1 and x3 together 0.5576."""
    found = expected_reduction(*ishigami, candidates=["x1", "x2", "x3", ("x1", "x3")]).set_index("candidate").reduction
    assert found["x1"] == pytest.approx(0.3139, abs=0.015)
    assert found["x2"] == pytest.approx(0.4424, abs=0.015)
    assert found["x3"] == pytest.approx(0.0, abs=0.003)
    assert found["x1, x3"] == pytest.approx(0.5576, abs=0.015)


def test_a_linear_gaussian_model_measured_with_errors():
    """Reductions are weights squared over variances, less by the error of each measurement."""
    rng = np.random.default_rng(2)
    x = pd.DataFrame(rng.normal(size=(8000, 3)), columns=["a", "b", "c"])
    y = 3 * x.a + 2 * x.b + x.c
    for sd in (0.0, 0.5, 2.0):
        found = expected_reduction(x, y, ["a", "b", ("a", "b")], {"a": sd, "b": 0.5}).set_index("candidate")
        a, b = 9 / 14 / (1 + sd**2), 4 / 14 / 1.25
        assert found.reduction.to_dict() == pytest.approx({"a": a, "b": b, "a, b": a + b}, abs=0.02)
        assert found.sd_after["b"] == pytest.approx(found.sd_before["b"] * np.sqrt(1 - found.reduction["b"]))


def test_what_tells_nothing_gets_nothing():
    """On noise the share is 0.00 on average with a thousand members, and never below 0 or above 1."""
    rng = np.random.default_rng(3)
    shares = np.array([explained(rng.normal(size=(1000, 1)), rng.normal(size=1000)) for _ in range(60)])
    assert shares.mean() < 0.004
    assert ((shares >= 0) & (shares <= 1)).all()


def test_what_tells_all_gets_all_and_a_constant_nothing():
    """The target itself reduces everything; a constant input and a constant target nothing."""
    x = pd.DataFrame({"self": np.linspace(0, 1, 200), "flat": 1.0})
    found = expected_reduction(x, x["self"]).set_index("candidate").reduction
    assert found.to_dict() == pytest.approx({"self": 1.0, "flat": 0.0})
    assert expected_reduction(x, pd.Series(np.ones(200))).reduction.tolist() == [0.0, 0.0]


def test_the_same_question_gets_the_same_answer(ishigami):
    """The seed is fixed, hangs on the candidate's name, and not on what else is asked."""
    x, y = ishigami
    noise = {"x1": 1.0, "x2": 0.3}
    both = expected_reduction(x, y, ["x1", "x2"], noise).set_index("candidate").reduction
    alone = expected_reduction(x, y, ["x2"], noise).set_index("candidate").reduction
    assert alone["x2"] == both["x2"]


def test_every_fault_is_told_at_once():
    """A name that is not there, an empty cell, an error below 0."""
    x = pd.DataFrame({"a": [1.0, np.nan, 3.0]})
    with pytest.raises(sf.InputError) as refused:
        expected_reduction(x, pd.Series([1.0, 2.0, 3.0]), ["a", "z"], {"a": -1.0})
    assert refused.value.problems.column.tolist() == ["a", "z", "a"]
    with pytest.raises(sf.InputError, match="one row a member"):
        expected_reduction(x, pd.Series([1.0]))


def test_an_error_without_a_name():
    """One number for all inputs is told how errors are given."""
    with pytest.raises(sf.InputError, match="a mapping or None is wanted"):
        expected_reduction(pd.DataFrame({"a": [1.0, 2.0]}), np.array([1.0, 2.0]), noise_sd=0.5)
