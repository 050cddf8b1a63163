"""Names are compared by what their spellings have in common; the page folds the same list the same way."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapflow.world.folding import fold, fold_all, letters

LIST = Path(__file__).parents[1] / "folded_names.csv"
"""The list that tests/js reads too."""
NAMES = list(csv.reader(LIST.read_text("utf-8").splitlines()))[1:]


@pytest.mark.parametrize(("name", "folded"), NAMES)
def test_the_list_of_both_languages(name, folded):
    """Each name folds to what the list says, alone and among others."""
    assert fold(name) == folded
    assert fold_all(["x", name, "y"]) == ["x", folded, "y"]


def test_the_table_says_each_letter_once():
    """Ranges are in order and do not overlap within what is dropped and what is changed."""
    for part in ([r for r in letters() if not r[2]], [r for r in letters() if r[2]]):
        assert all(first <= last for first, last, _ in part)
        assert all(a[1] < b[0] for a, b in itertools.pairwise(part))


@given(st.text(max_size=20))
def test_case_and_composition_never_matter(text):
    """A name in capitals, or decomposed, is the name; folding what is folded changes nothing."""
    import unicodedata

    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))
    assert fold(fold(text)) == fold(text)
