"""The settled plan as tonnes by period and path: equal paths told apart, those that wait told by month."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest

from scrapflow.routing import FlowProblem, solve, trips
from scrapflow.routing.trips import Trip, options_of, trips_of

from .conftest import INF, make


def settled(problem, **options):
    """Return the plan by the rule of each part, its network and the arrays."""
    result = solve(problem, **options)
    return [(part.settled, part.net, problem.arrays, p) for p, part in enumerate(result._parts)]


def test_equal_paths_carry_the_same_and_are_told_one_by_one():
    """6 t over two tracks of the same cost: 3 t on each, in the order of the links."""
    links = [("one", "y", "m", INF, 5), ("two", "y", "m", INF, 5), ("dear", "y", "m", INF, 6)]
    (part,) = settled(make([("y", 6, 0), ("m", 0, 6)], links))
    assert trips_of(*part) == [Trip(0, 0, 1, 3.0, (0,)), Trip(0, 0, 1, 3.0, (1,))]


def test_under_capacity_each_column_has_its_path():
    """With 1 t on the second track the first takes 5 t."""
    (part,) = settled(make([("y", 6, 0), ("m", 0, 6)], [("one", "y", "m", INF, 5), ("two", "y", "m", 1, 5)]))
    told = trips_of(*part)
    assert [t.links for t in told] == [(0,), (1,)]
    assert [t.tonnes for t in told] == pytest.approx([5, 1])


def test_trips_are_sorted_by_period_origin_and_path_not_by_who_takes_them():
    """Two yards, two mills: all of the first yard's first."""
    links = [(f"{o}{d}", o, d, INF, 1) for o in ("x", "y") for d in ("m", "n")]
    (part,) = settled(make([("x", 2, 0), ("y", 2, 0), ("m", 0, 2), ("n", 0, 2)], links))
    told = trips_of(*part)
    assert [(t.origin, t.destination, t.links) for t in told] == [
        (0, 2, (0,)),
        (0, 3, (1,)),
        (1, 2, (2,)),
        (1, 3, (3,)),
    ]
    assert [t.tonnes for t in told] == pytest.approx([1, 1, 1, 1])


def waiting(cost=0.0):
    """Return three months: 9 t come to x in January, pass y, where they may wait, and go to a mill of 3 t a month."""
    nodes = pd.DataFrame(
        [("1", "x", 9, 0), *[(p, "m", 0, 3) for p in "123"], ("1", "y", 0, 0)],
        columns=["period", "node_id", "supply_t", "demand_t"],
    )
    links = make([("x", 0, 0), ("y", 0, 0), ("m", 0, 0)], [("in", "x", "y", INF, 1), ("out", "y", "m", INF, 1)]).links
    keep = pd.DataFrame({"node_id": ["y"], "capacity_t": [INF], "cost_per_t": [cost]})
    return FlowProblem(nodes, links, storage=keep)


def test_a_path_that_waits_is_one_of_links_in_each_month_in_which_it_moves():
    """3 t go through in January, 6 t reach the yard; it is their destination, and the origin of what goes on later."""
    problem = waiting(cost=0.5)
    (part,) = settled(problem)
    node = {i: k for k, i in enumerate(problem.arrays.node_ids)}
    told = {(t.period, t.origin, t.destination, t.links): t.tonnes for t in trips_of(*part)}
    assert told == pytest.approx(
        {
            (0, node["x"], node["m"], (0, 1)): 3,
            (0, node["x"], node["y"], (0,)): 6,
            (1, node["y"], node["m"], (1,)): 3,
            (2, node["y"], node["m"], (1,)): 3,
        }
    )


def test_months_solved_one_by_one_have_their_own_period():
    """Without foresight each part is a month: its trips begin with it."""
    nodes = pd.DataFrame(
        [(p, n, s, d) for p in "123" for n, s, d in (("y", 2, 0), ("m", 0, 2))],
        columns=["period", "node_id", "supply_t", "demand_t"],
    )
    problem = FlowProblem(nodes, make([("y", 0, 0), ("m", 0, 0)], [("l", "y", "m", INF, 1)]).links)
    parts = settled(problem, foresight="myopic")
    assert [trips_of(*part) for part in parts] == [[Trip(p, 0, 1, 2.0, (0,))] for p in range(3)]
    (whole,) = settled(problem)
    assert trips_of(*whole) == [Trip(p, 0, 1, 2.0, (0,)) for p in range(3)]
    assert [o[2].period for o in options_of(*whole)] == [0, 1, 2]


def test_of_very_many_equal_paths_a_few_are_told_that_put_the_same_on_links(monkeypatch):
    """Four steps of two tracks each are 16 paths of 1/2 t; told are fewer, that load each track with 4 t."""
    monkeypatch.setattr(trips, "MOST_LISTED", 4)
    names = ["y", "a", "b", "c", "m"]
    links = [(f"{o}{d}{k}", o, d, INF, 1) for o, d in itertools.pairwise(names) for k in "12"]
    (part,) = settled(make([("y", 8, 0), ("a", 0, 0), ("b", 0, 0), ("c", 0, 0), ("m", 0, 8)], links))
    told = trips_of(*part)
    load = [sum(t.tonnes for t in told if link in t.links) for link in range(len(links))]
    assert len(told) < 16
    assert load == pytest.approx([4] * 8)
    assert len(options_of(*part)) == 4


def test_options_are_all_ways_of_all_columns_a_tonne_each():
    """Two yards and two tracks for each: column by column, path by path."""
    links = [("a1", "a", "m", INF, 1), ("a2", "a", "m", INF, 1), ("b1", "b", "m", INF, 1)]
    (part,) = settled(make([("a", 2, 0), ("b", 2, 0), ("m", 0, 3)], links))
    assert options_of(*part) == [
        (0, 0, Trip(0, 0, 2, 1.0, (0,))),
        (0, 1, Trip(0, 0, 2, 1.0, (1,))),
        (1, 0, Trip(0, 1, 2, 1.0, (2,))),
    ]
