"""What is handed to a query by mistake is refused in words, before it reaches the engine."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from scrapflow.errors import InputError
from scrapflow.queries.arguments import text, words


def test_a_word_is_returned_as_it_is():
    """No letter is changed and no space is cut."""
    assert text(" Łódź ", "a place") == " Łódź "


@pytest.mark.parametrize("value", [None, b"Vale", 5, ["Vale"], float("nan")])
def test_what_is_no_text_is_told_with_what_was_wanted(value):
    """Bytes, numbers, lists and nothing are no words; the message names what was wanted and what was given."""
    with pytest.raises(InputError) as refused:
        text(value, "a place")
    assert refused.value.problems.to_dict("records") == [
        {"table": "flows", "row": "", "column": "", "severity": "error", "message": f"a place is text, not {value!r}"}
    ]
    assert "the query" in str(refused.value)


def test_half_of_a_letter_is_refused():
    """A lone surrogate is text to Python and can be written nowhere."""
    with pytest.raises(InputError, match="a place holds half of a letter"):
        text("Va\ud800le", "a place")


def test_words_are_given_one_by_one_or_in_anything_that_holds_them():
    """Lists, tuples, arrays, series and generators are opened once; a text is one word and not its letters."""
    given = ["a", ["b", "c"], ("d",), np.array(["e"], dtype=object), pd.Series(["f"]), (word for word in "gh")]
    assert words(given, "a place") == list("abcdefgh")
    assert words(["Vale"], "a place") == ["Vale"]
    assert words([], "a place") == []


@pytest.mark.parametrize(
    ("value", "told"), [(b"ab", "b'ab'"), (5, "5"), (None, "None"), ([["a"]], "['a']"), (["a", 5], "5")]
)
def test_one_wrong_word_among_many_refuses_all(value, told):
    """Bytes are not opened, and lists within lists are no words."""
    with pytest.raises(InputError) as refused:
        words(["a", value], "a material")
    assert refused.value.problems["message"].tolist() == [f"a material is text, not {told}"]
