"""The one "did you mean", and what errors of input show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapflow.errors import did_you_mean, near


def test_the_nearest_word_comes_first_and_case_and_joiners_do_not_count() -> None:
    """Length KM is length_km, and an exact word goes before one that merely looks like it."""
    known = ["length_basis", "length_km", "lengths"]
    assert near("Length KM", known)[0] == "length_km"
    assert near("lengths", known)[0] == "lengths"


def test_what_is_like_nothing_has_no_suggestion() -> None:
    """A bad guess is worse than none: the list of what there is stands in its place."""
    assert near("xyz", ["mill", "yard"]) == []
    assert did_you_mean("xyz", ["mill", "yard"], "there are mill, yard") == "there are mill, yard"
    assert did_you_mean("xyz", []) == ""


@pytest.mark.parametrize(("n", "said"), [(1, "did you mean 'mill_a'?"), (2, "did you mean mill_a, mill_b?")])
def test_one_guess_is_quoted_and_several_are_listed(n: int, said: str) -> None:
    """The wording is the same wherever a word is not known."""
    assert did_you_mean("mill_", ["yard", "mill_a", "mill_b"], n=n) == said


@given(st.lists(st.text(max_size=8), max_size=20), st.text(max_size=8), st.integers(1, 5))
def test_suggestions_are_known_words_without_repetition(known: list[str], word: str, n: int) -> None:
    """Whatever is asked: at most n, each of them known, none twice."""
    words = near(word, known, n=n)
    assert len(words) <= n
    assert len(set(words)) == len(words)
    assert set(words) <= set(known)
