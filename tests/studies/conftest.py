"""Members that the tests of the studies share."""

from __future__ import annotations

import pytest

import scrapflow as sf
from scrapflow.studies.uncertain import Setter, draws_of, uncertain


@pytest.fixture(scope="session")
def ens(toy):
    """Nine members of the toy with all that they did."""
    return sf.ensemble(toy, n=9, seed=3, keep="flows", processes=1)


@pytest.fixture(scope="session")
def runs(toy, ens):
    """The same members, each as a run of its own."""
    camp = sf.read_campaign(toy, "2015")
    inputs = uncertain(toy, camp)
    setter = Setter(toy, camp, inputs)
    return [sf.run(*setter(draws_of(toy, inputs, row))) for row in ens.draws.to_numpy()]
