"""Ensembles that the tests of the evidence loop share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.evidence.observation import table_of
from scrapflow.evidence.predictions import Predictor
from scrapflow.studies.ensemble import Ensemble
from tests.made_up_reports import table

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="session")
def kept(toy) -> Ensemble:
    """Sixty members of the toy that kept what they did."""
    return sf.ensemble(toy, n=60, seed=3, keep="flows", processes=1)


@pytest.fixture(scope="session")
def made(toy_run) -> Callable[..., Ensemble]:
    """Make an ensemble of the toy whose totals are given: ``made(delivered_t=...)``, others zero."""

    def make(**totals: np.ndarray) -> Ensemble:
        n = len(next(iter(totals.values())))
        frame = pd.DataFrame(0.0, index=pd.RangeIndex(n, name="member"), columns=toy_run.totals().index)
        frame = frame.assign(**totals)
        draws = pd.DataFrame({"quota.headcount.kg": np.random.default_rng(5).random(n)})
        return Ensemble(toy_run, draws, frame, toy_run.claims()[["claim_id", "metric"]], pd.DataFrame())

    return make


@pytest.fixture(scope="module")
def bypass():
    """The heat exchanger with a bypass of Narasimhan and Jordache (2000), chapter 1: every flow measured with sd 1."""
    return table(
        ("1", "", "splitter", 101.91, 1.0),
        ("2", "splitter", "exchanger", 64.45, 1.0),
        ("3", "splitter", "valve", 34.65, 1.0),
        ("4", "exchanger", "mixer", 64.20, 1.0),
        ("5", "valve", "mixer", 36.44, 1.0),
        ("6", "mixer", "", 98.88, 1.0),
    )


@pytest.fixture(scope="module")
def rng():
    """A seeded generator."""
    return np.random.default_rng(0)


@pytest.fixture(scope="module")
def predict(kept):
    """Return what members say of one observation."""

    def of(metric, **cells):
        predicted, faults = Predictor(kept).table(table_of({"metric": metric, **cells}))
        assert faults == []
        return predicted.iloc[:, 0].to_numpy()

    return of
