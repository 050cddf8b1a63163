"""What is printed of a table with many columns."""

from __future__ import annotations

import pickle

import pandas as pd


def test_assumptions_are_printed_with_value_low_and_high(dprk, toy_run):
    """The columns that matter are whole in the text of thousands of rows; the others are named; the frame has all."""
    for frame in (dprk.assumptions(), toy_run.assumptions()):
        text = repr(frame).splitlines()
        assert text[0].split() == ["table", "row", "column", "value", "low", "high", "unit"]
        assert len(text) < 30
        assert (
            text[-1]
            == f"[{len(frame)} rows x {len(frame.columns)} columns; not printed: {', '.join(frame.columns[7:])}]"
        )


def test_what_is_made_of_it_is_a_plain_frame(toy_run):
    """Selecting, copying and pickling give pandas' own frames."""
    frame = toy_run.assumptions()
    for made in (frame.head(2), frame[["value"]], frame.copy(), pickle.loads(pickle.dumps(frame))):
        assert type(made) is pd.DataFrame
    pd.testing.assert_frame_equal(frame, toy_run.assumed, check_frame_type=False)
