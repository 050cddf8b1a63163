"""Paths as columns: taken and joined as lists would be."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scrapflow.routing.path_set import PathSet, Tolls, joined

_paths = st.lists(st.tuples(st.integers(0, 5), st.integers(-1, 5), st.lists(st.integers(0, 9), max_size=4)), max_size=6)


def set_of(paths):
    """Return a set of ``(origin, end, arcs)``."""
    return PathSet(
        np.array([p[0] for p in paths], dtype=np.int64),
        np.array([p[1] for p in paths], dtype=np.int64),
        np.cumsum([0, *(len(p[2]) for p in paths)]),
        np.array([a for p in paths for a in p[2]], dtype=np.int64),
    )


def listed(paths):
    """Return ``(origin, end, arcs)`` of a set."""
    cuts = zip(paths.start[:-1], paths.start[1:], strict=True)
    return [
        (int(o), int(e), paths.arcs[a:b].tolist()) for o, e, (a, b) in zip(paths.origin, paths.end, cuts, strict=True)
    ]


@given(_paths, st.data())
def test_taking_paths_is_taking_them_from_the_list(paths, data):
    """In any order, some twice or none at all; each entry knows its path."""
    at = data.draw(st.lists(st.integers(0, max(0, len(paths) - 1)), max_size=6)) if paths else []
    taken = set_of(paths).take(np.array(at, dtype=np.int64))
    assert listed(taken) == [paths[i] for i in at]
    assert taken.column_of_entry.tolist() == [i for i, p in enumerate(at) for _ in paths[p][2]]


@given(st.lists(_paths, min_size=1, max_size=3))
def test_sets_are_joined_end_to_end(parts):
    """The joined set lists the first part's paths, then the next one's."""
    assert listed(joined([set_of(p) for p in parts])) == [path for p in parts for path in p]


def test_prices_go_part_of_the_way():
    """At nothing they stay, at one they arrive, at a quarter they are a quarter on."""
    here = Tolls(np.array([0.0, 4.0]), np.array([2.0]), 8.0)
    there = Tolls(np.array([4.0, 0.0]), np.array([6.0]), 0.0)
    for part, link, demand, prize in ((0.0, [0, 4], [2], 8), (0.25, [1, 3], [3], 6), (1.0, [4, 0], [6], 0)):
        between = here.towards(there, part)
        assert (between.link.tolist(), between.demand.tolist(), between.prize) == (link, demand, prize)
