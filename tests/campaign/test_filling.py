"""Filling a quota, against doing it one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapflow.campaign.filling import fill_in_order, first_of, gather, stock_used

seeds = st.integers(0, 10**6)


@settings(max_examples=50)
@given(seed=seeds)
def test_filling_agrees_with_doing_it_one_by_one(seed):
    """The array form gives what a person with a pencil gives, enterprise by enterprise and material by material."""
    rng = np.random.default_rng(seed)
    need, stock = rng.uniform(0, 50, 5), rng.uniform(0, 20, (4, 5)) * (rng.random((4, 5)) < 0.8)
    willing, used = rng.random(4), np.array([1.0, *np.full(3, rng.uniform(1, 3))])
    handed = fill_in_order(need, stock, willing, used)
    for e in range(5):
        left = need[e]
        for m in range(4):
            step = min(left, willing[m] * stock[m, e] / used[m])
            assert handed[m, e] == pytest.approx(step)
            left -= step


@settings(max_examples=50)
@given(seed=seeds)
def test_no_more_is_taken_of_what_lies_ready_than_is_owed(seed):
    """From the first material on, up to what is owed; nothing stays while something is still owed."""
    rng = np.random.default_rng(seed)
    pool, owed = rng.uniform(0, 9, (3, 6)), rng.uniform(0, 20, 6)
    taken = first_of(pool, owed)
    np.testing.assert_allclose(taken.sum(axis=0), np.minimum(owed, pool.sum(axis=0)))
    assert (taken <= pool).all()
    untouched = taken[1:] > 0
    np.testing.assert_allclose(taken[:-1][untouched], pool[:-1][untouched])


def test_machines_for_show_go_whole_and_the_others_leave_parts():
    """At a stripped share of 0.8 a quarter for show uses up 0.25 + 0.75 / 0.8 t for each tonne handed over."""
    assert stock_used(0.8, 0.25).tolist() == pytest.approx([1, 1.1875, 1.1875, 1.1875])


def test_what_households_sell_is_not_credited():
    """Of 4 t gathered a quarter is sold: 3 t are handed over, and 7 of 10 t are still owed."""
    gathered = gather(np.array([10.0]), np.array([[4.0], [0.0]]), np.ones(2), 0.25)
    assert (gathered.handed[0, 0], gathered.sold[0, 0], gathered.lack[0]) == (3.0, 1.0, 7.0)
