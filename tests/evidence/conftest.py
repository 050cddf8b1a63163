"""Ensembles that the tests of the evidence loop share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.studies.ensemble import Ensemble

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
