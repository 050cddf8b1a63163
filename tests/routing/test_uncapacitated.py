"""Shortest paths and a small transportation problem give the network's own optimum, or step aside."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from scrapflow.routing import FlowProblem, integers, lemon, solve, uncapacitated
from scrapflow.routing.time_expansion import expand

from .conftest import INF, make, problems

SLOW = settings(max_examples=100, deadline=None, derandomize=True)


@SLOW
@given(problems())
def test_the_shortcut_is_optimal_or_steps_aside(drawn):
    """Whether capacities bind or not, the plan with the shortcut costs what the network simplex finds."""
    problem = FlowProblem(*drawn)
    made = integers.prepare(expand(problem.arrays))
    old = uncapacitated.WORTH_TRYING
    uncapacitated.WORTH_TRYING = 0
    try:
        flow = uncapacitated.try_shortcut(made)
    finally:
        uncapacitated.WORTH_TRYING = old
    if flow is not None:
        ours, theirs = (integers.read_back(made, f) for f in (flow, lemon.lemon(made.ints)))
        assert ours.moved_t == theirs.moved_t
        assert (ours.flow * made.net.cost).sum() == pytest.approx((theirs.flow * made.net.cost).sum(), abs=1e-9)
        assert (ours.flow <= made.net.capacity).all()


@SLOW
@given(problems())
def test_without_limits_it_is_always_taken(drawn):
    """Where no link has a limit the shortcut answers, and its plan conserves tonnes."""
    nodes, links = drawn
    problem = FlowProblem(nodes, links.assign(capacity_t=INF))
    made = integers.prepare(expand(problem.arrays))
    old, uncapacitated.WORTH_TRYING = uncapacitated.WORTH_TRYING, 0
    try:
        flow = uncapacitated.try_shortcut(made)
    finally:
        uncapacitated.WORTH_TRYING = old
    if made.takers.size:
        assert flow is not None
        net = np.zeros(made.net.size + 1, dtype=np.int64)
        np.add.at(net, made.ints.tail, flow.flow)
        np.subtract.at(net, made.ints.head, flow.flow)
        assert (net == made.ints.balance).all()


def test_prices_after_the_shortcut():
    """The shortcut has no potentials; prices are still there, from a solve on demand."""
    nodes, links = [("a", 5, 0), ("b", 0, 3), ("c", 0, 4)], [("ab", "a", "b", INF, 1), ("ac", "a", "c", INF, 3)]
    from .conftest import make

    prices = solve(make(nodes, links)).duals.set_index("item")["shadow_price"]
    assert prices.to_dict() == {"ab": 0.0, "ac": 0.0, "b": 2.0, "c": 0.0, "a": 0.0}


def test_with_more_demands_than_are_worth_it_it_steps_aside(monkeypatch):
    """The limit on the demands counts, and one at the limit does not exceed it."""
    monkeypatch.setattr(uncapacitated, "WORTH_TRYING", 0)
    problem = make([("y", 5, 0), ("m", 0, 2), ("n", 0, 2)], [("a", "y", "m", INF, 1), ("b", "y", "n", INF, 1)])
    made = integers.prepare(expand(problem.arrays))
    monkeypatch.setattr(uncapacitated, "MOST_TAKERS", 2)
    assert uncapacitated.try_shortcut(made) is not None
    monkeypatch.setattr(uncapacitated, "MOST_TAKERS", 1)
    assert uncapacitated.try_shortcut(made) is None


def test_where_nobody_wants_anything_there_is_no_shortcut(monkeypatch):
    """Nothing to find a way to."""
    monkeypatch.setattr(uncapacitated, "WORTH_TRYING", 0)
    made = integers.prepare(expand(make([("y", 5, 0), ("m", 0, 0)], [("a", "y", "m", INF, 1)]).arrays))
    assert uncapacitated.try_shortcut(made) is None
