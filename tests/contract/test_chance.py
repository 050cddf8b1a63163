"""The rule of more than three marks, worked out by hand and by brute force."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import scrapflow as sf


def brute(p, periods, allowed):
    """Add up the probability of every sequence in which the count passes the allowed one at least once."""
    total = 0.0
    for way in itertools.product((0, 1), repeat=periods):
        if sum(way) > allowed:
            total += p ** sum(way) * (1 - p) ** (periods - sum(way))
    return total


@pytest.mark.parametrize(("p", "n", "allowed"), [(0.3, 4, 3), (0.3, 6, 3), (0.5, 8, 3), (0.2, 5, 0), (0.9, 7, 2)])
def test_binomial_tail(p, n, allowed):
    """The probability is that of more marks than allowed among the periods."""
    assert sf.expulsion_probability(p, n, marks_allowed=allowed) == pytest.approx(brute(p, n, allowed))


def test_three_periods_can_never_expel():
    """More than three: three marks are not enough, the fourth expels."""
    assert sf.expulsion_probability(1.0, 3) == 0
    assert sf.expulsion_probability(1.0, 4) == 1
    assert sf.expulsion_probability(0.5, 4) == pytest.approx(1 / 16)


def test_arrays_go_in_and_come_out():
    """An array of probabilities gives an array of the same shape."""
    got = sf.expulsion_probability(np.array([0.0, 0.5, 1.0]), 4)
    assert np.allclose(got, [0, 1 / 16, 1])


@pytest.mark.parametrize("bad", [-0.1, 1.1, float("nan")])
def test_no_probability_is_refused(bad):
    """What is no probability is a ValueError."""
    with pytest.raises(ValueError, match=r"prob|0"):
        sf.expulsion_probability(bad, 4)


def test_the_names_of_the_design_are_the_arguments():
    """``p, periods, marks_allowed`` by name too."""
    assert sf.expulsion_probability(p=1.0, periods=4, marks_allowed=3) == 1.0
