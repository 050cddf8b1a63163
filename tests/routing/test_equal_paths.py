"""Paths of equal cost: how many, how an equal split loads the steps, and which; against lists by networkx."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapflow.routing.equal_paths import equal_paths
from scrapflow.routing.solution import LimitError


def made(size, ends, free=(), to=None, **options):
    """Return the equal paths of a list of arcs; ``free`` are those that cost nothing."""
    tail, head = (
        (np.array(v, dtype=np.int64) for v in zip(*ends, strict=True)) if ends else (np.zeros(0, dtype=np.int64),) * 2
    )
    costs_nothing = np.isin(np.arange(len(ends)), list(free))
    targets = np.array([size - 1] if to is None else to)
    return equal_paths(size, np.arange(len(ends)), tail, head, costs_nothing, targets, **options)


def copy_of(equal, node, label=0):
    """Return the position of the copy of a node for a destination."""
    return int(np.flatnonzero((equal.node == node) & (equal.label == label))[0])


DIAMOND = [(0, 1), (0, 2), (1, 3), (2, 3), (0, 3)]


def test_a_diamond_with_a_direct_link_has_three_paths():
    """Over 1, over 2, and straight: a third of 6 t each; the paths are listed in the order of their arcs."""
    equal = made(4, DIAMOND)
    start = copy_of(equal, 0)
    assert equal.paths[start] == 3
    amounts = np.zeros(len(equal.node))
    amounts[start] = 6.0
    load = dict(zip(equal.arc.tolist(), equal.split(amounts).tolist(), strict=True))
    assert load == {0: 2, 1: 2, 2: 2, 3: 2, 4: 2}
    assert equal.listed(start, 9) == equal.simple(start, 9) == [(0, 2), (1, 3), (4,)]
    assert equal.listed(start, 2) == equal.simple(start, 2) == [(0, 2), (1, 3)]


def test_a_tonne_under_way_is_split_by_the_paths_that_are_left():
    """Two paths over 1 and one straight: of 3 t 2 t go to 1, where 3 t more start, so that each of its two links has 2.5 t."""
    equal = made(3, [(0, 1), (1, 2), (1, 2), (0, 2)])
    amounts = np.zeros(len(equal.node))
    amounts[copy_of(equal, 0)] = amounts[copy_of(equal, 1)] = 3.0
    load = dict(zip(equal.arc.tolist(), equal.split(amounts).tolist(), strict=True))
    assert load == pytest.approx({0: 2, 1: 2.5, 2: 2.5, 3: 1})


def test_each_destination_has_copies_of_the_nodes_that_lead_to_it():
    """Node 0 leads to both, node 1 to itself and to 2; a path ends where it arrives, though links lead on."""
    equal = made(3, [(0, 1), (1, 2)], to=[1, 2])
    assert equal.label.tolist() == [0, 0, 1, 1, 1]
    assert equal.node.tolist() == [0, 1, 0, 1, 2]
    assert equal.paths.tolist() == [1] * 5
    assert equal.listed(copy_of(equal, 0, 0), 9) == [(0,)]
    assert equal.listed(copy_of(equal, 0, 1), 9) == [(0, 1)]


def test_no_destinations_have_no_paths():
    """Nothing in, nothing out."""
    equal = made(2, [(0, 1)], to=np.zeros(0, dtype=np.int64))
    assert len(equal.node) == len(equal.arc) == 0


def test_of_paths_that_differ_by_free_links_those_with_the_fewest_count():
    """0 to 2 straight at a cost, or over a free link to 1 and on at a cost: only the former is counted."""
    ends = [(0, 2), (0, 1), (1, 2)]
    equal = made(3, ends, free=[1])
    assert equal.paths[copy_of(equal, 0)] == 1
    assert equal.listed(copy_of(equal, 0), 9) == [(0,)]
    every = made(3, ends, free=[1], fewest=False)
    assert every.simple(copy_of(every, 0), 9) == [(0,), (1, 2)]
    assert (every.paths == 0).all()


def test_of_parallel_links_a_free_one_does_not_count_as_fewer():
    """A link that costs something needs no free step, its free twin one: the dear one is taken."""
    equal = made(2, [(0, 1), (0, 1)], free=[0])
    assert equal.listed(copy_of(equal, 0), 9) == [(1,)]
    both = made(2, [(0, 1), (0, 1)], free=[0, 1])
    assert both.paths[copy_of(both, 0)] == 2


def test_free_links_in_a_circle_are_no_circle_of_paths():
    """Two nodes joined both ways for nothing: each goes on by its own way, and nobody runs round."""
    equal = made(3, [(0, 1), (1, 0), (0, 2), (1, 2)], free=[0, 1])
    assert equal.paths.tolist() == [1, 1, 1]
    assert equal.listed(copy_of(equal, 0), 9) == [(2,)]
    every = made(3, [(0, 1), (1, 0), (0, 2), (1, 2)], free=[0, 1], fewest=False)
    assert sorted(every.simple(copy_of(every, 0), 9)) == [(0, 3), (2,)]


def test_a_circle_at_a_cost_is_refused():
    """Arcs that cost something cannot all lie on paths of least cost and run in a circle: that is told, not counted."""
    with pytest.raises(LimitError, match="circles"):
        made(3, [(0, 1), (1, 0), (1, 2)])


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 6), st.data())
def test_counts_lists_and_splits_agree_with_networkx(size, data):
    """On random graphs without circles: as many paths, the same paths, and each carries the same part."""
    pairs = [(i, j) for i in range(size) for j in range(i + 1, size)]
    ends = data.draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=10))
    equal = made(size, ends)
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(size))
    for arc, (i, j) in enumerate(ends):
        graph.add_edge(i, j, key=arc)
    for node in range(size - 1):
        if node not in equal.node:
            assert not nx.has_path(graph, node, size - 1)
            continue
        paths = sorted(tuple(k for _, _, k in p) for p in nx.all_simple_edge_paths(graph, node, size - 1))
        start = copy_of(equal, node)
        assert equal.paths[start] == len(paths)
        assert equal.listed(start, 99) == paths == sorted(equal.simple(start, 99))
        amounts = np.zeros(len(equal.node))
        amounts[start] = 1.0
        load = np.bincount(equal.arc, equal.split(amounts), len(ends))
        expected = np.bincount([a for p in paths for a in p], minlength=len(ends)) / len(paths)
        assert load == pytest.approx(expected)
