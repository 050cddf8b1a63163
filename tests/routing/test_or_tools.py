"""OR-tools on the same integers: the same plan's cost, and its words for failure made ours."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from scrapflow.routing import FlowProblem
from scrapflow.routing.integers import IntNet, prepare, read_back
from scrapflow.routing.lemon import lemon
from scrapflow.routing.or_tools import ortools, solve_ortools
from scrapflow.routing.solution import InfeasibleError
from scrapflow.routing.time_expansion import expand

from .conftest import INF, make, problems

pytest.importorskip("ortools")


@settings(max_examples=30, deadline=None)
@given(problems())
def test_it_moves_as_much_at_the_same_cost(frames_):
    """Two exact solvers on the same network agree to the last digit of what they sum."""
    net = expand(FlowProblem(*frames_).arrays)
    made = prepare(net)
    simplex, plan = read_back(made, lemon(made.ints)), solve_ortools(net, penalty=None)
    assert plan.moved_t == simplex.moved_t
    assert float(plan.flow @ net.cost) == pytest.approx(float(simplex.flow @ net.cost), abs=1e-9)
    assert plan.prices is None


def test_a_cost_of_leaving_is_kept_to():
    """At 20 a tonne the link at 20 is worth it, at 19 it is not."""
    net = expand(make([("y", 5, 0), ("m", 0, 5)], [("a", "y", "m", 3, 1), ("b", "y", "m", INF, 20)]).arrays)
    assert solve_ortools(net, penalty=20.0).moved_t == 5
    assert solve_ortools(net, penalty=19.0).moved_t == 3


def test_balances_that_cannot_be_met_are_our_error():
    """Two units over a link for one; over a link for two it is a plan."""
    net = IntNet(np.array([0]), np.array([1]), np.array([1]), np.array([1]), np.array([2, -2]))
    with pytest.raises(InfeasibleError):
        ortools(net)
    wide = IntNet(np.array([0]), np.array([1]), np.array([2]), np.array([1]), np.array([2, -2]))
    assert ortools(wide).flow.tolist() == [2]
    assert ortools(wide).potentials is None


def test_what_is_no_plan_and_no_infeasibility_is_told():
    """Balances that do not sum to nothing are no problem it can solve: an error with its status, not a plan."""
    net = IntNet(np.array([0]), np.array([1]), np.array([9]), np.array([1]), np.array([2, -1]))
    with pytest.raises(ArithmeticError, match="OR-tools ended with status"):
        ortools(net)
