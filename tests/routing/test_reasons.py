"""Why tonnes stayed: on networks drawn by hand, for supply and demand alike."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapflow.routing import FlowProblem, solve
from scrapflow.routing.reasons import reach

from .conftest import INF, make, problems


def told(problem):
    """Return ``{(node, side): (reason, links)}`` of what was not served."""
    rows = solve(problem).unserved
    return {(r.node_id, r.side): (r.reason, tuple(r.links)) for r in rows.itertuples()}


def test_each_reason_on_one_small_map():
    """No way out; a full link named, not the one behind it that has room; all demand met; all supply moved."""
    full = make(
        [("yard", 9, 0), ("gate", 0, 0), ("mill", 0, 20), ("island", 2, 0), ("far", 0, 3)],
        [("narrow", "yard", "gate", 4, 1), ("wide", "gate", "mill", 30, 1)],
    )
    reasons = told(full)
    assert reasons["yard", "supply"] == ("capacity", ("narrow",))
    assert reasons["mill", "demand"] == ("capacity", ("narrow",))
    assert reasons["island", "supply"][0] == "no_path"
    assert reasons["far", "demand"][0] == "no_path"
    spare = make([("yard", 9, 0), ("mill", 0, 4)], [("l", "yard", "mill", INF, 1)])
    assert told(spare) == {("yard", "supply"): ("demand_met", ())}
    wanting = make([("yard", 3, 0), ("mill", 0, 4)], [("l", "yard", "mill", INF, 1)])
    assert told(wanting) == {("mill", "demand"): ("no_supply", ())}


def test_a_closed_link_is_no_path_and_two_islands_name_their_own_cuts():
    """A capacity of nothing leads nowhere; each island of what is left tells the links that hold it."""
    closed = make([("yard", 9, 0), ("mill", 0, 4)], [("l", "yard", "mill", 0, 1)])
    assert told(closed)["yard", "supply"][0] == "no_path"
    two = make(
        [("a", 9, 0), ("b", 9, 0), ("mill", 0, 99)],
        [("la", "a", "mill", 2, 1), ("lb", "b", "mill", 3, 1), ("loop", "a", "a", 1, 0)],
    )
    reasons = told(two)
    assert reasons["a", "supply"] == ("capacity", ("la",))
    assert reasons["b", "supply"] == ("capacity", ("lb",))
    assert reasons["mill", "demand"] == ("capacity", ("la", "lb"))


def test_too_dear_is_told_apart_from_full():
    """With a cost of leaving a tonne, a path that costs more keeps it; no link is blamed."""
    dear = make([("yard", 9, 0), ("mill", 0, 9)], [("l", "yard", "mill", INF, 5)], unserved_cost_per_t=4)
    assert told(dear)["yard", "supply"] == ("too_dear", ())


@settings(max_examples=50)
@given(problems())
def test_the_named_links_are_full_and_without_them_more_could_pass(drawn):
    """Every link of a cut carries all it can; the reason "capacity" has one and no other reason has any."""
    problem = FlowProblem(*drawn)
    result = solve(problem)
    used = result.flows.set_index("link_id")["tonnage_t"]
    capacity = drawn[1].set_index("link_id")["capacity_t"]
    for row in result.unserved.itertuples():
        assert (len(row.links) > 0) == (row.reason == "capacity")
        assert all(used[link] == pytest.approx(capacity[link]) for link in row.links)


@given(
    st.integers(1, 7),
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=12),
    st.sets(st.integers(0, 6)),
)
def test_what_can_be_reached_is_what_networkx_reaches(size, arcs, start):
    """The start itself, and all that arcs lead to from it; nothing from nowhere."""
    arcs = [(a % size, b % size) for a, b in arcs]
    start = sorted({s % size for s in start})
    graph = nx.DiGraph(arcs)
    graph.add_nodes_from(range(size))
    want = set(start).union(*(nx.descendants(graph, s) for s in start))
    tail, head = (np.array([arc[i] for arc in arcs], dtype=np.int64) for i in (0, 1))
    assert set(np.flatnonzero(reach(size, tail, head, np.array(start, dtype=np.int64)))) == want
