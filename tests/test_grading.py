"""Grades of sources and claims: read, compared, and never better for not being known."""

from __future__ import annotations

import itertools

import pytest

from scrapflow.errors import InputError
from scrapflow.grading import BASES, CREDIBILITY, RELIABILITY, at_least, parse, weakest_basis

GRADES = [a + b for a, b in itertools.product(RELIABILITY, CREDIBILITY)]


@pytest.mark.parametrize("grade", ["", "G1", "B7", "1B", "B22", "BB", "B 2"])
def test_what_is_no_grade_is_refused_as_it_was_written(grade):
    """The message repeats it, and says what is wanted."""
    with pytest.raises(InputError, match=f"{grade!r} is none: write a letter A-F and a digit 1-6"):
        parse(grade)


def test_a_grade_may_be_in_small_letters_and_with_blanks_around():
    """Letter and digit come apart; the digit may be missing."""
    assert [parse(g) for g in (" c4 ", "F6", "a")] == [("C", "4"), ("F", "6"), ("A", "")]


def test_what_is_not_judged_is_as_good_as_nothing_and_all_else_by_both_scales():
    """Of all 36 grades beside all others: F and 6 reach no threshold; the rest needs both letter and digit."""
    for grade, wanted in itertools.product(GRADES, GRADES):
        known = "F" not in grade and "6" not in grade
        assert at_least(grade, wanted) == (known and grade[0] <= wanted[0] and grade[1] <= wanted[1])


@pytest.mark.parametrize(("grade", "good"), [("", False), ("B", True), ("B6", True), ("C1", False), ("F1", False)])
def test_a_threshold_of_a_letter_asks_for_nothing_else(grade, good):
    """How credible the claim is does not matter to it; no grade is never good enough."""
    assert at_least(grade, "B") is good


def test_the_weakest_of_bases_is_the_last():
    """In any order, one of each or many."""
    for some in itertools.permutations(BASES):
        assert weakest_basis(*some) == "assumed"
    assert weakest_basis("reported", "derived", "reported") == "derived"
    assert weakest_basis("reported") == "reported"
