"""The worst links to lose, against trying every set."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapflow.errors import ProblemError
from scrapflow.routing import FlowProblem, interdict, solve

from .conftest import INF, frames, make, problems

SLOW = settings(max_examples=60, deadline=None, derandomize=True)


@SLOW
@given(problems(most_nodes=5, most_links=7), st.integers(1, 3))
def test_no_other_set_is_worse(drawn, k):
    """Closing every set of up to k links in turn finds nothing that loses more, nor as much at more cost."""
    problem = FlowProblem(*drawn)
    found = interdict(problem, k)
    base, ids = solve(problem), list(drawn[1]["link_id"])
    worst = (0.0, 0.0)
    for size in range(1, min(k, len(ids)) + 1):
        for links in combinations(ids, size):
            plan = solve(problem.change(close=links))
            worst = max(worst, (round(base.moved_t - plan.moved_t, 6), round(plan.cost - base.cost, 6)))
    assert found.exact
    assert len(found.links) <= k
    assert (found.lost_t, found.cost_added) == (pytest.approx(worst[0], abs=1e-6), pytest.approx(worst[1], abs=1e-5))
    plan = solve(problem.change(close=found.links))
    assert base.moved_t - plan.moved_t == pytest.approx(found.lost_t, abs=1e-9)


def test_a_stopped_search_states_its_bound():
    """With few solves allowed the answer says it is not exact, and no set loses more than its bound."""
    links = [(f"l{i}", "a", "b", 2 + i, 1 + i) for i in range(8)]
    problem = make([("a", 44, 0), ("b", 0, 44)], links)
    stopped, whole = interdict(problem, 3, max_solves=2), interdict(problem, 3)
    assert not stopped.exact
    assert stopped.lost_t <= whole.lost_t <= stopped.bound_t
    assert whole.exact
    assert whole.links == ("l5", "l6", "l7")
    assert whole.lost_t == 7 + 8 + 9


def test_what_cannot_be_interdicted_is_refused():
    """K below one and lower bounds are refused by name."""
    nodes, links = frames([("a", 5, 0), ("b", 0, 5)], [("l", "a", "b", INF, 1)])
    with pytest.raises(ValueError, match="k = 0"):
        interdict(FlowProblem(nodes, links), 0)
    with pytest.raises(ProblemError, match="lower bound"):
        interdict(FlowProblem(nodes, links.assign(lower_t=1.0)))


def test_of_links_that_are_as_bad_to_lose_the_first_of_the_input_is_named():
    """Three tracks alike: the first, or the first two, whatever carries most in the solver's plan."""
    links = [(name, "a", "b", 3, 1) for name in ("z", "y", "x")]
    problem = make([("a", 9, 0), ("b", 0, 9)], links)
    assert interdict(problem).links == ("z",)
    assert interdict(problem, 2).links == ("z", "y")
    spare = make([("a", 3, 0), ("b", 0, 3)], [("p", "a", "b", 3, 1), ("q", "a", "b", 3, 1), ("r", "a", "b", 3, 5)])
    assert interdict(spare, 2).lost_t == 0
    assert interdict(spare, 2).links == ("p", "q")
