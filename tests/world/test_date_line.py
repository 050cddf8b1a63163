"""Longitudes over the date line go on past 180°."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scrapflow.world.date_line import cut_of, east_of


@given(
    st.lists(st.floats(0, 80, allow_nan=False), min_size=2, max_size=9, unique=True),
    st.floats(-180, 179, allow_nan=False),
)
def test_places_keep_their_distances_wherever_they_lie(offsets, start):
    """Places within eighty degrees are drawn within eighty degrees, also over the date line, at the same longitudes."""
    x = (start + np.array(offsets) + 180) % 360 - 180
    cut = cut_of(x)
    moved = x if cut is None else east_of(x, cut)
    assert np.ptp(moved) <= 80 + 1e-6
    assert np.allclose((moved - x) % 360, 0)
    assert cut is None or np.ptp(x) > 180
