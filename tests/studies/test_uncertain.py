"""Assumptions with a range, and a world and campaign with other values for them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.studies.uncertain import Setter, two_sided, uncertain


def test_shares_of_mills_that_add_up_to_more_than_one_are_made_smaller_in_proportion(toy):
    """0.9 and 0.6 are 1.5 in all, so 0.6 and 0.4 of the whole; 0.45 and 0.3 stay as they are."""
    wide = {"value": 0.5, "low": 0.1, "high": 1.0}
    camp = sf.read_campaign(toy, "2015").update({"allocation.shares.near": wide, "allocation.shares.far": wide})
    place = Setter(toy, camp, uncertain(toy, camp))
    names = ("allocation.shares.near", "allocation.shares.far")
    for drawn, wanted in (((0.9, 0.6), (0.6, 0.4)), ((0.45, 0.3), (0.45, 0.3))):
        found = place({n: np.array([v]) for n, v in zip(names, drawn, strict=True)})[1].allocation
        assert found == pytest.approx(dict(zip(("near", "far"), wanted, strict=True)))
    assert sf.ensemble(toy, camp, n=10, processes=1).totals.delivered_t.notna().all()


@pytest.mark.parametrize("detail", [False, True])
def test_known_totals_keep_their_sum_in_every_draw(dprk, detail):
    """Towns of a province vary one by one and add up to its census total, none below zero, whether its rows are one input or each its own."""
    from scrapflow.studies.uncertain import draws_of

    camp = sf.read_campaign(dprk, "2015")
    inputs = uncertain(dprk, camp, detail=detail)
    setter = Setter(dprk, camp, inputs)
    rng = np.random.default_rng(0)
    before = dprk.communities.groupby("population_total").population.sum()
    worlds = [setter(draws_of(dprk, inputs, rng.random(len(inputs.groups))))[0] for _ in range(3)]
    for world in worlds:
        after = world.communities.groupby("population_total").population.sum()
        pd.testing.assert_series_equal(after, before)
        assert world.communities.population.min() > 0
    shares = [w.communities.population / dprk.communities.population for w in worlds]
    assert min(s.std() for s in shares) > 0.05
    assert shares[0].corr(shares[1]) < 0.7


def test_the_median_of_a_draw_is_the_central_value():
    """Also where a range begins at 0 or the central value is an end; a factor up is as likely as the same factor down."""
    half = np.full(1, 0.5)
    for low, value, high in ((0.0, 1.0, 4.0), (0.0, 0.003, 0.02), (1.0, 3.0, 18.0), (0.0, 0.0, 1.0), (0.5, 1.0, 1.0)):
        ends = (np.full(1, low), np.full(1, value), np.full(1, high))
        assert two_sided(half, *ends) == pytest.approx(value)
        assert two_sided(np.zeros(1), *ends) == pytest.approx(low)
        assert two_sided(np.ones(1), *ends) == pytest.approx(high)
    q = np.linspace(0.0, 1.0, 101)
    drawn = two_sided(q, np.full(101, 2.0), np.full(101, 6.0), np.full(101, 18.0))
    assert np.log(drawn / 6.0) == pytest.approx(-np.log(drawn / 6.0)[::-1])
    assert (np.diff(drawn) > 0).all()
