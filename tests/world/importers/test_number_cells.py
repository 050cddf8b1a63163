"""Numbers as people write them, in the style of their file."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapflow.world.importers.number_cells import as_floats, is_unsure, style_of, written_plainly


@given(
    st.lists(st.floats(-1e9, 1e9).map(lambda v: round(v, 2)), min_size=1, max_size=8),
    st.sampled_from([",.", ".,", " ,", " ."]),
)
def test_numbers_come_back_in_whatever_style_they_were_written(values, style):
    """Grouped by commas, points or blanks, with either decimal mark: the file's own style is found, and every number is what it was."""
    groups, decimal = style
    written = [f"{v:,.2f}".translate(str.maketrans({",": groups, ".": decimal})) for v in values]
    found = style_of(written)
    assert found.decimal == decimal
    assert [float(t) for t in written_plainly(pd.Series(written), found.decimal)] == values


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("5", 5.0),
        (" -2.5 ", -2.5),
        ("1e3", 1000.0),
        ("", np.nan),
        ("n/a", np.nan),
        ("None", np.nan),
        ("-", np.nan),
        ("–", np.nan),
        (None, np.nan),
    ],
)
def test_cells_of_text_are_numbers_or_nothing(cell, value):
    """Words for nothing are no fault."""
    values, wrong = as_floats(pd.Series([cell], dtype="str"))
    assert values[0] == pytest.approx(value, nan_ok=True)
    assert not wrong[0]


@pytest.mark.parametrize("cell", ["many", "1_000", "inf", "1,5", "5 t", "nan t"])
def test_cells_that_are_no_numbers_are_told(cell):
    """Python's own underscores and endless numbers too."""
    values, wrong = as_floats(pd.Series([cell]))
    assert np.isnan(values[0]) or np.isinf(values[0])
    assert wrong[0]


def test_columns_that_are_numbers_or_dates_already():
    """A column of numbers is taken as it is, but for infinities; dates are no numbers."""
    values, wrong = as_floats(pd.Series([1.5, np.nan, np.inf]))
    assert (values[0], wrong.tolist()) == (1.5, [False, False, True])
    values, wrong = as_floats(pd.to_datetime(pd.Series(["2019-01-01", None])))
    assert (np.isnan(values).all(), wrong.tolist()) == (True, [True, False])


@pytest.mark.parametrize(
    ("cell", "decimal", "plain"),
    [
        ("1.234", ",", "1234"), ("1.234", ".", "1.234"), ("1.23", ",", "1.23"), ("12,345.6", ".", "12345.6"), ("1'234", ".", "1234"),
        ("\u2212 5", ".", "\u2212 5"), ("\u22125,5", ",", "-5.5"), ("\u20135", ".", "-5"), ("1.2.3", ".", "1.2.3"), ("1 23", ".", "1 23"),
    ],
)  # fmt: skip
def test_one_number_is_written_plainly_in_the_style_of_its_file(cell, decimal, plain):
    """Groups are of three; what is none, and what would be guessed, stays as it is."""
    assert written_plainly(pd.Series([cell]), decimal).tolist() == [plain]


def test_a_file_that_writes_in_two_ways_shows_both():
    """The first cell of each; what may be either, and what is no number, tells nothing."""
    assert style_of(["1,234", "x", "7", "1.5", "2,5", "3.5"]) == (".", "1.5", "2,5")
    assert style_of(["1,234", "5"]) == ("", "", "")
    assert [is_unsure(c) for c in ("1,234", "1.234", "0,234", "1234,5", "12,34")] == [True, True, False, False, False]
