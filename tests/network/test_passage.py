"""Arcs ready for searches: who is passed, which of parallel arcs counts, and that free passage stays passage."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.sparse.csgraph import dijkstra

from scrapflow.network.passage import Passage, cheapest, graph_of, mills_on_the_line, positive


def nodes(**kinds):
    """Return nodes by identifier and kind."""
    frame = pd.DataFrame({"node_id": list(kinds), "kind": list(kinds.values())})
    return frame.assign(x_coord=0.0, y_coord=0.0)


def arcs(*rows, mode="rail"):
    """Return arcs of (from, to, cost), each a link of its own."""
    frame = pd.DataFrame(rows, columns=["from_node_id", "to_node_id", "cost_per_t"])
    return frame.assign(length_km=frame["cost_per_t"], link_id=[f"l{i}" for i in range(len(rows))], mode=mode)


def costs(passage, origin, **options):
    """Return the least cost from a node to each, by identifier."""
    at = passage.index.get_loc(origin)
    ways = passage.ways(**options)
    cost = dijkstra(ways.graph, indices=int(passage.start[at]))[: passage.size]
    return dict(zip(passage.ids.tolist(), cost.tolist(), strict=True))


def test_a_works_is_an_end_and_no_short_cut():
    """Two stations 50 apart that a works reaches at 1 each: from one to the other it is 50, not 2; the works is reached at 1."""
    net = Passage(
        nodes(a="station", b="station", w="enterprise"),
        arcs(("a", "b", 50), ("b", "a", 50), ("a", "w", 1), ("w", "a", 1), ("b", "w", 1), ("w", "b", 1)),
    )
    assert costs(net, "a") == {"a": 0, "b": 50, "w": 1}
    assert costs(net, "w") == pytest.approx({"a": 1, "b": 1, "w": 2})
    assert net.waypoint.tolist() == [True, True, False]
    assert net.start.tolist() == [0, 1, 5]


@pytest.mark.parametrize(
    ("kind", "passed"),
    [("station", True), ("junction", True), ("yard", True), ("community", False), ("outside", False)],
)
def test_stations_junctions_and_yards_are_passed_and_other_places_are_not(kind, passed):
    """Only over what is passed is the other side reached."""
    net = Passage(nodes(a="station", x=kind, b="station"), arcs(("a", "x", 1), ("x", "b", 1)))
    assert costs(net, "a")["b"] == (2 if passed else np.inf)


def test_a_mill_with_track_on_two_sides_is_passed_and_one_with_a_siding_is_not():
    """Two rail links meet at m, one in both directions at n; roads do not count."""
    places = nodes(a="station", m="mill", n="mill", b="station")
    rails = arcs(("a", "m", 1), ("m", "b", 1), ("a", "n", 1), ("n", "a", 1))
    rails.loc[3, "link_id"] = "l2"
    assert mills_on_the_line(places, rails) == {"m"}
    roads = arcs(("a", "n", 1), ("n", "b", 1), mode="road")
    assert mills_on_the_line(places, roads) == set()
    assert costs(Passage(places, rails), "a") == {"a": 0, "m": 1, "n": 1, "b": 2}


def test_of_parallel_arcs_the_cheapest_counts_and_the_first_of_equals():
    """Costs of 5, 3 and 3 from a to b: the second arc stands behind the step."""
    net = Passage(nodes(a="station", b="station"), arcs(("a", "b", 5), ("a", "b", 3), ("a", "b", 3)))
    ways = net.ways()
    assert ways.steps.of([0], [1]).tolist() == [1]
    assert ways.graph.toarray()[0, 1] == 3
    kept = net.ways(np.array([True, False, True]), key=None)
    assert kept.steps.of([0], [1]).tolist() == [2]


def test_ways_with_a_name_are_made_once_and_those_without_each_time():
    """The same name gives the same graph, whatever is kept later."""
    net = Passage(nodes(a="station", b="station"), arcs(("a", "b", 5)))
    assert net.ways() is net.ways()
    closed = net.ways(np.array([False]), key="closed")
    assert net.ways(np.array([True]), key="closed") is closed
    assert net.ways(key=None) is not net.ways(key=None)
    assert closed.graph.nnz == 0


def test_a_toll_is_paid_beside_the_cost_and_may_change_which_arc_counts():
    """At a toll of 4 on the cheap arc the other one is taken."""
    net = Passage(nodes(a="station", b="station"), arcs(("a", "b", 5), ("a", "b", 3)))
    dearer = net.dearer(np.array([0.0, 4.0]))
    assert dearer.graph.toarray()[0, 1] == 5
    assert dearer.steps.of([0], [1]).tolist() == [0]


def test_free_passage_is_passage():
    """A cost of nothing is no missing entry: the far end is reached, at next to nothing."""
    net = Passage(nodes(a="station", b="station", c="station"), arcs(("a", "b", 0), ("b", "c", 7)))
    assert costs(net, "a")["c"] == pytest.approx(7)
    assert positive(np.array([0.0, 2.0]))[0] > 0
    assert positive(np.array([0.0, 2.0]))[1] == 2


def test_arcs_are_sorted_by_their_ends():
    """By tail, then head; an empty list stays empty."""
    u, v, cost = np.array([1, 0, 1, 0]), np.array([0, 1, 0, 0]), np.array([9.0, 1.0, 8.0, 2.0])
    assert cheapest(u, v, cost).tolist() == [3, 1, 2]
    none = np.zeros(0, dtype=np.int64)
    assert cheapest(none, none, np.zeros(0)).tolist() == []
    assert graph_of(none, none, np.zeros(0), 3).graph.shape == (3, 3)


def test_the_numbers_behind_steps_are_those_of_all_arcs():
    """Where arcs are left out, the steps still name them by their place among all."""
    u, v = np.array([0, 1]), np.array([1, 2])
    made = graph_of(u, v, np.array([1.0, 1.0]), 3, arcs=np.array([7, 9]))
    assert made.steps.of([0, 1], [1, 2]).tolist() == [7, 9]
