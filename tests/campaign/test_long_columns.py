"""Columns that share what repeats read like columns that do not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from scrapflow.campaign.long_columns import NumberColumn, TextColumn

LABELS = ["", "a", "bb", "ccc"]
CODES = st.lists(st.integers(0, 3), max_size=6)


@given(pieces=st.lists(st.one_of(CODES, st.tuples(st.integers(0, 3), st.integers(0, 5))), max_size=8))
def test_a_text_column_is_its_pieces_one_after_the_other(pieces):
    """Whatever is added or repeated, in any slot, comes out in order with the dtype of text."""
    column, plain = TextColumn(LABELS), []
    for i, piece in enumerate(pieces):
        if isinstance(piece, tuple):
            column.repeat(*piece)
            plain += [LABELS[piece[0]]] * piece[1]
        else:
            column.add(np.array(piece, dtype=np.int64), slot=i % 2)
            plain += [LABELS[c] for c in piece]
    pd.testing.assert_series_equal(pd.Series(column.close()), pd.Series(plain, dtype="str"))


def test_a_long_column_shares_its_memory():
    """A million times the same text, and the same piece ten times over, take the room of one block and one piece."""
    column = TextColumn(LABELS)
    column.repeat(3, 10**6)
    piece = np.random.default_rng(0).integers(0, 4, 10**5)
    for _ in range(10):
        column.add(piece.copy())
    made = column.close()
    counts = pd.Series(made).value_counts()
    assert counts.to_dict() == {
        label: 10 * int((piece == code).sum()) + 10**6 * (code == 3) for code, label in enumerate(LABELS)
    }
    buffers = {b.address: b.size for c in pa.array(made).chunks for b in c.buffers() if b is not None}
    assert sum(buffers.values()) < 3 * 10**6


@given(pieces=st.lists(st.lists(st.floats(allow_nan=False), max_size=5), max_size=6))
def test_a_number_column_is_its_pieces_one_after_the_other(pieces):
    """Numbers come out as they went in, and the column is empty again afterwards."""
    column = NumberColumn()
    for piece in pieces:
        column.add(np.array(piece), np.array(piece[:1]))
    made = column.close()
    np.testing.assert_array_equal(made, np.array([x for p in pieces for x in (*p, *p[:1])]))
    assert column.close().size == 0
