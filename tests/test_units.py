"""Two figures, dust and what a solver counts as one."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapflow.units import dust, ranged, two_figures, unit_for_solver


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (1.0, "1"), (9.94, "9.9"), (9.951, "10"), (99.4, "99"), (99.5, "100"), (1049.0, "1,000"), (1050.0, "1,100"), (-125.0, "-130"),
        (0.0123, "0.012"), (0.00999, "0.01"), (0.0099, "<0.01"), (-1e-9, "-<0.01"), (math.inf, "inf"), (math.nan, "nan"), (7e9, "7,000,000,000"),
    ],
)  # fmt: skip
def test_numbers_are_told_in_two_figures(value, text):
    """A half goes up, thousands are grouped, what is less than a hundredth is told as that, and not as nothing."""
    assert two_figures(value) == text


@settings(max_examples=40)
@given(st.floats(0.01, 1e12))
def test_two_figures_are_within_a_twentieth_of_the_number(value):
    """The rounding is at most 5 % off, at 10.5 of 10."""
    assert float(two_figures(value).replace(",", "")) == pytest.approx(value, rel=0.0501)


def test_a_range_has_its_three_numbers():
    """The centre first, then low and high."""
    assert ranged(1.0, 0.0, 2000.0) == "1 (0 to 2,000)"


@pytest.mark.parametrize(("largest", "least"), [(0.001, 1e-9), (1.0, 1e-6), (1e7, 1e-6), (1e8, 1e-5)])
def test_dust_is_a_gram_between_a_tonne_and_ten_million(largest, least):
    """In smaller runs a millionth of the largest amount, in larger ones what sixteen digits lose."""
    assert dust(largest) == pytest.approx(least)


@pytest.mark.parametrize(("largest", "unit"), [(0.0, 1.0), (0.999, 0.999), (1.0, 1.0), (1e7, 1.0), (1.1e7, 1.1e7)])
def test_a_solver_counts_in_tonnes_or_in_the_largest_amount(largest, unit):
    """The ends of the range of tonnes are within it; of nothing the unit is one."""
    assert unit_for_solver(largest) == unit
