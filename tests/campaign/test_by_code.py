"""Sums by code, ratios that survive zero, strings by code: against plain Python."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapflow.campaign.by_code import ratio, sum_by, texts
from scrapflow.world.numbering import numbered

_pairs = st.lists(st.tuples(st.integers(0, 4), st.integers(-9, 9)), max_size=20)


@given(_pairs, st.integers(5, 7))
def test_values_are_added_up_by_their_code(pairs, size):
    """A code nobody has sums to nothing, and the result has as many entries as there are codes."""
    sums = sum_by(np.array([c for c, _ in pairs], dtype=np.int64), np.array([v for _, v in pairs], dtype=float), size)
    assert sums.tolist() == [sum(v for c, v in pairs if c == code) for code in range(size)]


def test_no_codes_at_all_sum_to_an_empty_array():
    """Where there is nobody, nothing is added up."""
    nothing = np.zeros(0)
    assert sum_by(nothing.astype(np.int64), nothing, 0).shape == (0,)


@given(
    st.lists(st.tuples(st.integers(-3, 3), st.integers(-2, 3)), min_size=1, max_size=8),
    st.sampled_from([0.0, 1.0, np.nan]),
)
def test_a_ratio_is_taken_where_the_whole_is_above_zero(pairs, default):
    """Elsewhere it is the default; no division by zero is ever tried."""
    part, whole = (np.array(side, dtype=float) for side in zip(*pairs, strict=True))
    want = [p / w if w > 0 else default for p, w in pairs]
    assert ratio(part, whole, default=default) == pytest.approx(np.array(want), nan_ok=True)


def test_a_ratio_can_be_asked_for_elsewhere_and_over_a_smaller_whole():
    """The mask decides where it is given; shapes are broadcast to the larger of the two."""
    part, whole = np.array([[2.0, 4.0], [6.0, 8.0]]), np.array([-2.0, 4.0])
    assert ratio(part, whole, where=whole != 4.0, default=7.0).tolist() == [[-1.0, 7.0], [-3.0, 7.0]]
    assert ratio(part, whole).tolist() == [[0.0, 1.0], [0.0, 2.0]]
    assert ratio(np.array(6.0), np.array([2.0, 3.0])).tolist() == [3.0, 2.0]
    assert ratio(part[0], part).tolist() == [[1.0, 1.0], [2.0 / 6.0, 0.5]]


@given(st.lists(st.sampled_from(["b", "a", "", "ö", "B"])))
def test_numbers_and_texts_undo_each_other(words):
    """The distinct words are sorted, and their positions give the words back as text."""
    code, labels = numbered(np.array(words, dtype=object))
    assert list(labels) == sorted(set(words))
    assert code.dtype == np.int64
    assert list(texts(labels, code)) == words
    assert str(texts(labels, code).dtype) == "str"
