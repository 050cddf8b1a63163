"""Least and most of a weighted sum over the plans of a small programme, by its corners."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csc_array

from scrapflow.routing.convex_program import Programme
from scrapflow.routing.linear_sums import bounds, narrowed


def programme(high, right):
    """Return the plans x ≥ 0 with x ≤ high and Σ x = right."""
    high = np.array(high, dtype=float)
    one = np.ones(len(high))
    return Programme(one, csc_array(one[None, :]), np.array([float(right)]), 0 * one, high, np.maximum(high, 1.0))


def corners(high, right):
    """Return every plan in which at most one column is neither at nothing nor at its limit."""
    for free in range(len(high)):
        rest = [i for i in range(len(high)) if i != free]
        for full in itertools.product([0, 1], repeat=len(rest)):
            plan = np.zeros(len(high))
            plan[rest] = [h * f for h, f in zip((high[i] for i in rest), full, strict=True)]
            plan[free] = right - plan.sum()
            if -1e-9 <= plan[free] <= high[free] + 1e-9:
                yield plan


@settings(max_examples=40)
@given(st.lists(st.integers(1, 4), min_size=2, max_size=4), st.data())
def test_the_bounds_are_those_of_the_corners(high, data):
    """A sum over a polytope is least and most at a corner; another weight may be given for the most."""
    right = data.draw(st.integers(0, sum(high)))
    weights = st.lists(st.integers(-5, 5), min_size=len(high), max_size=len(high))
    weight, other = (np.array(data.draw(weights), dtype=float) for _ in range(2))
    plans = list(corners(high, right))
    low, top = bounds(programme(high, right), weight)
    assert (low, top) == pytest.approx((min(p @ weight for p in plans), max(p @ weight for p in plans)), abs=1e-7)
    least, most = bounds(programme(high, right), weight, other)
    assert least == pytest.approx(low, abs=1e-7)
    assert most == pytest.approx(max(*(p @ other for p in plans), low), abs=1e-7)
    narrow = narrowed(programme(high, right), weight)
    assert bounds(narrow, weight) == pytest.approx((low, low), abs=1e-7)


def test_columns_without_a_weight_have_none_and_no_rows_no_sum():
    """A shorter weight leaves the last columns out; a programme that asks nothing has nothing to add up."""
    assert bounds(programme([2, 2, 9], 4), np.array([1.0])) == pytest.approx((0.0, 2.0))
    one = np.ones(2)
    empty = Programme(one, csc_array((0, 2)), np.zeros(0), 0 * one, one, one)
    assert bounds(empty, one) == (0.0, 0.0)
