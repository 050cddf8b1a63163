"""Columns of frames as the map's script reads them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scrapflow.views.plain_columns import codes_and_words, column, floats, numbers, records, text

FRAME = pd.DataFrame(
    {"name": ["a", None, "b"], "t": [1.0, np.nan, 2.34567], "n": ["3", "x", None], "odd": [1, "b", None]},
    index=[5, 6, 7],
)


def test_a_column_that_is_not_there_is_constant_and_unknown_is_empty():
    """With the frame's own index; a default of None leaves what is unknown as it is."""
    assert column(FRAME, "name").tolist() == ["a", "", "b"]
    assert column(FRAME, "none", 7).tolist() == [7, 7, 7]
    assert column(FRAME, "none").index.tolist() == [5, 6, 7]
    assert column(FRAME, "t", None).isna().tolist() == [False, True, False]


def test_texts_are_plain_strings():
    """Of a column of strings and of one of mixed things alike."""
    for name, told in (("name", ["a", "", "b"]), ("odd", ["1", "b", ""])):
        assert text(FRAME, name) == told
        assert {type(v) for v in text(FRAME, name)} == {str}


def test_numbers_are_short_and_what_is_none_is_null():
    """Whole numbers without a point, others to four decimals; words and infinities are unknown."""
    assert numbers(FRAME, "t") == [1, None, 2.3457]
    assert isinstance(numbers(FRAME, "t")[0], int)
    assert numbers(FRAME, "n") == [3, None, None]
    assert numbers(pd.DataFrame({"t": [np.inf]}), "t") == [None]
    assert np.isnan(floats(FRAME, "none")).all()


def test_words_are_numbered_after_those_that_are_known():
    """Known ones keep their places, new ones follow in order of appearance; unknown is a word too."""
    codes, words = codes_and_words(["z", "b", "y", "z", "a"], ["a", "b"])
    assert (codes.tolist(), words) == ([2, 1, 3, 2, 0], ["a", "b", "z", "y"])
    codes, words = codes_and_words(pd.Series([], dtype="str"), ["a"])
    assert (codes.tolist(), words) == ([], ["a"])


def test_records_leave_out_what_is_unknown():
    """Numbers stay numbers to six decimals, truth stays truth, all else is text."""
    frame = pd.DataFrame(
        {
            "a": [1, 2],
            "b": [True, False],
            "c": [0.12345678, np.inf],
            "d": ["x", None],
            "e": [pd.Period("2015-03"), pd.NA],
        }
    )
    assert records(frame) == [{"a": 1.0, "b": True, "c": 0.123457, "d": "x", "e": "2015-03"}, {"a": 2.0, "b": False}]
    assert [type(v) for v in records(frame)[0].values()] == [float, bool, float, str, str]
