"""Numbers as people write them, in the style of their file."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from scrapflow.world.importers.number_cells import style_of, written_plainly


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
