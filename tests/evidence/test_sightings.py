"""Piles and wagons: tonnes by hand, ranges, and measures that cannot be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import scrapflow as sf
from scrapflow.errors import InputError
from scrapflow.evidence.sightings import days_of

positive = st.floats(0.1, 1e4)


def test_a_cone_by_hand():
    """A third of 900 m2 times 4 m at 0.6 t/m3 is 720 t; a ridge half as much again, a layer three times."""
    assert sf.pile(area_m2=900, height_m=4).value == pytest.approx(720)
    assert sf.pile(area_m2=900, height_m=4, shape="windrow").value == pytest.approx(1080)
    assert sf.pile(area_m2=900, height_m=4, shape="flat").value == pytest.approx(2160)


def test_a_shadow_tells_the_height():
    """At 30 degrees a shadow of 10 m stands for 5.77 m."""
    by_shadow = sf.pile(area_m2=100, shadow_m=10, sun_elevation_deg=30)
    assert by_shadow.value == pytest.approx(sf.pile(area_m2=100, height_m=10 / np.sqrt(3)).value)


def test_density_rules_the_range():
    """The errors add up on the logarithm; a better picture helps little, a known density much."""
    seen = sf.pile(area_m2=100, height_m=2)
    assert seen.sd == pytest.approx(np.sqrt(0.41**2 + 0.1**2 + 0.2**2 + 0.15**2))
    sharp = sf.pile(area_m2=100, height_m=2, area_sd=0.01, height_sd=0.01)
    known = sf.pile(area_m2=100, height_m=2, density_sd=0.01)
    assert seen.sd - sharp.sd < (seen.sd - known.sd) / 3
    assert seen.low < seen.value < seen.high
    assert seen.high / seen.value == pytest.approx(seen.value / seen.low)


@given(area=positive, height=positive, times=st.floats(1.1, 50))
def test_tonnes_are_in_proportion(area, height, times):
    """Twice the ground is twice the tonnes, with the same relative range."""
    one, more = sf.pile(area_m2=area, height_m=height), sf.pile(area_m2=area * times, height_m=height)
    assert more.value == pytest.approx(one.value * times)
    assert more.high / more.low == pytest.approx(one.high / one.low)


@pytest.mark.parametrize(
    ("given_", "column"),
    [
        ({"area_m2": -1, "height_m": 2}, "area_m2"),
        ({"area_m2": 1}, "height_m"),
        ({"area_m2": 1, "height_m": 2, "shadow_m": 3, "sun_elevation_deg": 40}, "height_m"),
        ({"area_m2": 1, "shadow_m": 3}, "sun_elevation_deg"),
        ({"area_m2": 1, "shadow_m": 3, "sun_elevation_deg": 95}, "sun_elevation_deg"),
        ({"area_m2": 1, "height_m": 2, "shape": "heap"}, "shape"),
        ({"area_m2": float("nan"), "height_m": 2}, "area_m2"),
        ({"area_m2": 1, "height_m": 2, "density_sd": -1}, "density_sd"),
    ],
)
def test_a_pile_that_cannot_be(given_, column):
    """The fault names the measure."""
    with pytest.raises(sf.InputError) as fault:
        sf.pile(**given_)
    assert column in fault.value.problems["column"].tolist()


def test_wagons_by_hand():
    """40 wagons in 10 of January's 31 days, 48 t in each: 40 * 3.1 * 48 t in the month, and a wider range than the count's."""
    seen = sf.wagons(count=40, days=10, link="rail_near", period="2015-01")
    low, middle, high = seen.tonnes
    assert middle == pytest.approx(40 * 3.1 * 48)
    assert (seen.value, seen.error, seen.metric) == (40, "poisson", "link_load_t")
    assert low < middle < high
    exact = sf.wagons(count=40, days=10, link="rail_near", period="2015-01", fill_sd=0).tonnes
    assert low < exact[0]
    assert high > exact[2]
    assert exact[2] / middle == pytest.approx(1 + 1.28 / np.sqrt(40), abs=0.03)


def test_no_wagon_seen_is_an_observation_too():
    """Nothing in ten days leaves zero possible, and says how much there may have been."""
    low, middle, high = sf.wagons(count=0, days=10, place="near").tonnes
    assert (low, middle) == (0, 0)
    assert 0 < high < 48 * 3.1 * 3


@pytest.mark.parametrize(
    ("given_", "column"),
    [
        ({"count": -1, "days": 1}, "count"),
        ({"count": 1.5, "days": 1}, "count"),
        ({"count": 1, "days": 0}, "days"),
        ({"count": 1, "days": 40, "period": "2015-01"}, "days"),
        ({"count": 1, "days": 1, "period": "spring"}, "period"),
        ({"count": 1, "days": 1, "seen_share": 2}, "seen_share"),
    ],
)
def test_wagons_that_cannot_be(given_, column):
    """The fault names the measure."""
    with pytest.raises(sf.InputError) as fault:
        sf.wagons(**given_)
    assert column in fault.value.problems["column"].tolist()


def test_lengths_of_periods():
    """Months, quarters, weeks, years and days."""
    assert [days_of(p) for p in ("2015-02", "2016-02", "2015-Q1", "2015-W05", "2015", "2015-03-25")] == [
        28,
        29,
        90,
        7,
        365,
        1,
    ]
    assert np.isnan(days_of("soon"))


@pytest.mark.parametrize(
    "measures",
    [
        {"area_m2": "9"},
        {"area_m2": None},
        {"density_t_m3": None},
        {"density_sd": np.inf},
        {"area_sd": "wide"},
        {"height_m": True},
    ],
)
def test_measures_of_a_pile_that_are_no_numbers(measures):
    """Words, nothing and endless errors are one report that names the measure."""
    with pytest.raises(sf.InputError) as fault:
        sf.pile(**{"area_m2": 9.0, "height_m": 4.0, **measures})
    assert fault.value.problems["column"].tolist() == list(measures)


@pytest.mark.parametrize(
    "cells", [{"count": "3"}, {"count": None}, {"fill_sd": np.inf}, {"days": "two"}, {"seen_share": None}]
)
def test_counts_that_are_no_numbers(cells):
    """So with wagons; what may be left out is left out."""
    with pytest.raises(sf.InputError) as fault:
        sf.wagons(**{"count": 3, "days": 2, **cells})
    assert fault.value.problems["column"].tolist() == list(cells)


@pytest.mark.parametrize("period", ["June", "März", "août", "Q1", "spring", "2015", "2015-03", "2015-Q1", ""])
def test_a_period_may_be_a_name(period):
    """What a run can understand as a time is left to it."""
    assert sf.pile(area_m2=900, height_m=4, period=period, reliability="b", credibility="2").first == period


@pytest.mark.parametrize(
    "seen",
    [
        lambda **more: sf.pile(area_m2=900, height_m=4, **more),
        lambda **more: sf.wagons(count=4, days=2, **more),
    ],
)
def test_what_is_wrong_without_a_world_is_told_before_anything_is_run(seen):
    """A grade that there is not and a thirteenth month, both at once, and not after an ensemble was drawn."""
    with pytest.raises(InputError) as told:
        seen(reliability="G", credibility="7", period="2015-13")
    assert set(told.value.problems["column"]) == {"reliability", "credibility", "period"}
