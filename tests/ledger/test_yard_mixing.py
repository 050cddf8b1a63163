"""The books of the yards: proportional mixing, loads for show apart, nothing made or lost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from scrapflow.ledger.yard_mixing import keep_books, shippable, still_there

P, Y, M, V = 3, 2, 3, 2
TONNES = st.floats(0, 1000, allow_nan=False)


def books_of(arrivals, show_share, train_share, home, after):
    """Let trains take a share of what can be shipped in each period, worked out along the way as a solver would."""
    show = arrivals * show_share
    offered = shippable(arrivals, show, home, after)
    trains = np.zeros((P, Y))
    stock = np.zeros(Y)
    for p in range(P):
        stock = stock + offered[p]
        trains[p] = stock * train_share
        stock = stock - trains[p]
    return show, trains, keep_books(arrivals, show, home, trains, after)


def test_a_train_takes_each_material_in_proportion():
    """Six tonnes of one material and two of another, four railed: three and one go."""
    arrivals = np.zeros((1, 1, 2, 1))
    arrivals[0, 0, :, 0] = [6.0, 2.0]
    books = keep_books(arrivals, 0 * arrivals, np.zeros((1, 1)), np.full((1, 1), 4.0), 0)
    assert books.shipped[0, 0, :, 0] == pytest.approx([3.0, 1.0])
    assert books.closing[0, 0, :, 0] == pytest.approx([3.0, 1.0])


def test_what_stays_mixes_with_what_comes_next():
    """Four tonnes of a stay and meet four of b: the next train of four takes two of each."""
    arrivals = np.zeros((2, 1, 2, 1))
    arrivals[0, 0, 0, 0] = arrivals[1, 0, 1, 0] = 4.0
    books = keep_books(arrivals, 0 * arrivals, np.zeros((2, 1)), np.array([[0.0], [4.0]]), 0)
    assert books.shipped[1, 0, :, 0] == pytest.approx([2.0, 2.0])


def test_loads_for_show_are_out_of_the_trains_reach_when_they_go_home_at_once():
    """Of ten tonnes, four are for show and return in the same period: at most six can be railed."""
    arrivals = np.full((1, 1, 1, 1), 10.0)
    show = np.full((1, 1, 1, 1), 4.0)
    home = np.zeros((1, 1))
    assert shippable(arrivals, show, home, 0).item() == 6.0
    books = keep_books(arrivals, show, home, np.full((1, 1), 6.0), 0)
    assert (books.returned.item(), books.closing.item(), books.held.item()) == (4.0, 0.0, 10.0)


def test_a_load_for_show_that_no_train_took_goes_home_a_period_later():
    """With no train at all everything for show is still there, waits, and leaves in the next period."""
    arrivals = np.zeros((2, 1, 1, 1))
    arrivals[0] = 10.0
    show = arrivals * 0.4
    home = np.ones((2, 1))
    books = keep_books(arrivals, show, home, np.zeros((2, 1)), 1)
    assert books.closing[0].item() == 10.0
    assert (books.returned[0].item(), books.returned[1].item()) == (0.0, 4.0)
    assert books.closing[1].item() == pytest.approx(6.0)
    assert still_there(books, np.zeros((2, 1))).tolist() == [[1.0], [1.0]]


@settings(max_examples=150)
@given(
    arrivals=arrays(np.float64, (P, Y, M, V), elements=TONNES),
    show_share=st.floats(0, 1),
    train_share=st.floats(0, 1),
    home=arrays(np.float64, (P, Y), elements=st.floats(0, 1)),
    after=st.sampled_from([0, 1]),
)
def test_yards_neither_make_nor_lose_a_tonne(arrivals, show_share, train_share, home, after):
    """Opening + arrived - returned - shipped = closing, nothing is negative, and trains get what they planned."""
    _, trains, books = books_of(arrivals, show_share, train_share, home, after)
    residual = books.opening + books.arrived - books.returned - books.shipped - books.closing
    assert np.abs(residual).max() < 1e-8
    assert min(part.min() for part in (books.opening, books.returned, books.shipped, books.closing)) >= 0
    assert np.allclose(books.shipped.sum(axis=(2, 3)), trains, atol=1e-8)
    assert np.allclose(books.opening[1:], books.closing[:-1])


@settings(max_examples=60)
@given(
    arrivals=arrays(np.float64, (P, Y, M, V), elements=TONNES), train_share=st.floats(0, 1), factor=st.floats(0.5, 8)
)
def test_twice_the_steel_is_twice_the_books(arrivals, train_share, factor):
    """The books scale with the masses."""
    home = np.zeros((P, Y))
    _, _, one = books_of(arrivals, 0.3, train_share, home, 0)
    _, _, more = books_of(arrivals * factor, 0.3, train_share, home, 0)
    assert np.allclose(one.closing * factor, more.closing, rtol=1e-9, atol=1e-6)


def test_a_train_that_takes_all_leaves_no_dust():
    """A plan is rounded to integers; what is below that rounding is neither kept nor called held."""
    arrivals = np.full((2, 1, 3, 1), 1 / 3)
    books = keep_books(arrivals, 0 * arrivals, np.zeros((2, 1)), np.array([[1.0 - 1e-13], [1.0 + 1e-13]]), 0)
    assert (books.closing == 0).all()
    assert (books.shipped == arrivals).all()
