"""Longitudes over the date line go on past 180°."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapflow.world.date_line import cut_of, east_of, wrapped


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


def test_a_map_is_cut_in_the_middle_of_the_widest_gap():
    """Fiji and Samoa: between -172 and 178 lies nothing; within half a globe, at one place or at none there is no cut."""
    assert cut_of(np.array([178.0, -172.0, np.nan, 179.0])) == 3.0
    assert cut_of(np.array([-90.0, 90.0])) is None
    assert cut_of(np.array([-90.1, 90.0])) == pytest.approx(-0.05)
    assert cut_of(np.array([-170.0, 5.0, 170.0])) is None
    assert cut_of(np.array([50.0, 50.0])) is None


def test_what_lies_west_of_the_cut_goes_on_past_the_date_line_and_back():
    """The cut itself stays; 180 is no further than it is."""
    moved = east_of(np.array([178.0, 3.0, 2.9, -172.0]), 3.0)
    assert moved.tolist() == pytest.approx([178, 3, 362.9, 188])
    assert wrapped(moved[[0, 3]]).tolist() == [178, -172]
    assert wrapped(np.array([180.0])).tolist() == [180]
