"""Tonnes and costs as integers: which factor is chosen, and what it can do to a value."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapflow.errors import ProblemError
from scrapflow.routing.scaling import TONNAGE_LIMIT, TOTAL_LIMIT, Scale, choose, cost_scale, is_decimal, tonnage_scale


@pytest.mark.parametrize("digits", range(10))
def test_decimals_keep_their_digits(digits):
    """The least power of ten that makes all values whole is taken, up to nine digits, float noise and all."""
    value = np.array([3.0, 7.0 + 10.0**-digits])
    assert choose([value], 1e12) == Scale(10.0**digits, exact=True)
    noisy = np.nextafter(value, np.inf)
    assert choose([noisy], 1e12) == Scale(10.0**digits, exact=True)


def test_a_value_that_is_no_decimal_is_found_beyond_the_sample_and_in_any_part():
    """The first hundreds of values are tried first, and then all of them."""
    late = np.append(np.ones(300), 0.5)
    assert choose([late], 1e6) == Scale(10.0, exact=True)
    assert choose([np.ones(2), late / 5], 1e6) == Scale(10.0, exact=True)
    thirds = np.append(np.ones(300), 1 / 3)
    assert not choose([np.ones(2), thirds], 1e6).exact


@given(st.floats(1.0, 1e15))
def test_else_it_is_the_largest_power_of_two_allowed(most):
    """Halving and doubling round nothing, so that the factor is one of two and at most what is allowed."""
    scale = choose([np.array([1 / 3])], most)
    assert not scale.exact
    assert scale.factor <= most < 2 * scale.factor
    assert np.log2(scale.factor) % 1 == 0


def test_decimals_that_need_more_units_than_are_allowed_are_rounded():
    """A tenth needs ten units; if only nine are allowed it is no decimal."""
    assert choose([np.array([0.1])], 10.0) == Scale(10.0, exact=True)
    assert choose([np.array([0.1])], 9.0) == Scale(8.0, exact=False)


def test_four_units_in_the_last_place_are_noise_and_five_are_not():
    """What a few additions do to a decimal is forgiven; more is another number."""
    value = np.array([1.0])
    step = np.spacing(1.0)
    assert is_decimal(value + 4 * step, 1.0)
    assert not is_decimal(value + 5 * step, 1.0)
    assert is_decimal(np.zeros(0), 1.0)


def test_tonnes_that_flow_stay_exact_as_floats_and_all_of_them_in_64_bits():
    """The limit on what one arc carries, or on what there is in all, decides; nothing flowing needs no factor."""
    third = [np.array([1 / 3])]
    assert tonnage_scale(third, 0.0, 5.0) == Scale(1.0, exact=True)
    assert tonnage_scale(third, 1.0, 1.0).factor == TONNAGE_LIMIT
    assert tonnage_scale(third, 1.0, 1024.0).factor == TOTAL_LIMIT / 1024
    assert tonnage_scale(third, 4.0, 0.0).factor == TONNAGE_LIMIT / 4
    assert tonnage_scale([np.array([1e-300 / 3])], 1e-300, 1e-300).factor == 2.0**1000


def test_costs_without_a_path_need_no_factor_and_too_wide_a_range_is_refused():
    """Zero costs are zero; a cost that would keep less than a thousand units cannot be ranked, unless all are exact."""
    assert cost_scale(np.zeros(3), 5.0) == Scale(1.0, exact=True)
    assert cost_scale(np.ones(3), 0.0) == Scale(1.0, exact=True)
    assert cost_scale(np.array([-0.5, 2.0]), 10.0) == Scale(10.0, exact=True)
    wide = np.array([1 / 3, 1e16 / 3])
    with pytest.raises(ProblemError, match=r"overflow: costs from 0\.333333 to 3\.33333e"):
        cost_scale(wide, 1e16)
    assert cost_scale(np.array([1.0, 1e14]), 1e14).exact
    assert cost_scale(np.array([1 / 3]), 1.0, limit=2.0**20).factor == 2.0**20
    assert Scale(8.0, exact=False).doubled() == Scale(16.0, exact=False)
