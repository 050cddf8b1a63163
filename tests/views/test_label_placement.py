"""Room for signs and names: none meets another, and what must be there is."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scrapflow.views.label_placement import make_room, place_names

places = st.lists(st.tuples(st.floats(0, 400), st.floats(0, 300)), min_size=1, max_size=25)


@given(places)
def test_no_two_names_meet_and_none_leaves_the_figure(where):
    """Placed names overlap neither each other nor a sign, and lie inside."""
    at = np.array(where)
    size = np.tile([40.0, 8.0], (len(at), 1))
    radius = np.full(len(at), 4.0)
    view = np.array([0.0, 0.0, 400.0, 300.0])
    found = [c for c in place_names(at, radius, size, np.arange(len(at)), view) if c is not None]
    boxes = np.array([[x, y, x + 40, y + 8] for x, y in found]).reshape(-1, 4)
    assert np.all(boxes[:, :2] >= 0)
    for i, a in enumerate(boxes):
        for b in boxes[i + 1 :]:
            assert not (a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3])


def test_a_name_that_must_be_there_covers_as_little_as_can_be():
    """With signs all around, a name is left out, but one that is needed stands where it covers least."""
    at = np.array([[50.0, 50.0], [20.0, 50.0], [82.0, 50.0], [50.0, 70.0], [50.0, 28.0]])
    radius = np.array([4.0, 14.0, 14.0, 12.0, 12.0])
    size = np.tile([40.0, 8.0], (5, 1))
    order, view = np.arange(5), np.array([0.0, 0.0, 100.0, 100.0])
    assert place_names(at, radius, size, order, view)[0] is None
    needed = np.arange(5) == 0
    corner = place_names(at, radius, size, order, view, needed)[0]
    assert corner is not None
    assert corner[0] >= 0
    assert corner[0] + 40 <= 100


@given(places)
def test_fixed_signs_stay_where_they_are(where):
    """Making room moves only what may move."""
    at = np.array(where)
    fixed = np.arange(len(at)) % 2 == 0
    moved = make_room(at, np.full(len(at), 10.0), fixed)
    assert np.array_equal(moved[fixed], at[fixed])
    assert np.isfinite(moved).all()
