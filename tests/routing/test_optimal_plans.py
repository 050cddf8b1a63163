"""The plans of least cost as a programme: its columns, its rows, and that it holds the solver's plan."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from scrapflow.routing import FlowProblem
from scrapflow.routing.integers import prepare, read_back
from scrapflow.routing.lemon import lemon
from scrapflow.routing.optimal_face import optimal_face
from scrapflow.routing.optimal_plans import Layout, OptimalPlans, sums
from scrapflow.routing.solution import LimitError
from scrapflow.routing.time_expansion import expand

from .conftest import INF, make, problems


def plans_of(problem):
    """Return all plans of least cost of a problem, and the solver's."""
    a = problem.arrays
    net = expand(a)
    made = prepare(net)
    plan = read_back(made, lemon(made.ints))
    layout = Layout(len(a.nodes), net.size, len(net.tail), np.flatnonzero(net.demand > 0))
    return OptimalPlans(net, optimal_face(net, plan, plan.prices()), layout), plan


def test_values_are_added_up_by_position():
    """Positions that nobody names have nothing."""
    assert sums(np.array([2, 0, 2]), np.array([1.0, 2.0, 4.0]), 4).tolist() == [2, 0, 5, 0]


def test_paths_take_arcs_that_some_plan_uses_and_tonnes_set_out_where_something_is_offered():
    """The dear link and the loop are on no path; the free link is told; only the yard gives."""
    plans, _ = plans_of(
        make(
            [("y", 6, 0), ("j", 0, 0), ("m", 0, 5)],
            [
                ("free", "y", "j", INF, 0),
                ("on", "j", "m", INF, 2),
                ("dear", "y", "m", INF, 9),
                ("loop", "j", "j", 9, 0),
            ],
        )
    )
    assert plans.way.tolist() == [0, 1]
    assert plans.free.tolist() == [True, False]
    assert plans.hub.tolist() == [True, False, False]
    assert plans.offered.tolist() == [6, 0, 0]
    assert (plans.give.tolist(), plans.take.tolist()) == ([5, 0, 0], [0, 0, 5])
    assert len(plans.stock) == 0


def months(room=9.0, through=False):
    """Return two months of a yard with storage and a mill; tonnes may come through the yard from another."""
    nodes = pd.DataFrame(
        [("1", "y", 8, 0), ("2", "y", 0, 0), ("1", "m", 0, 4), ("2", "m", 0, 4), ("1", "x", 2 * through, 0)],
        columns=["period", "node_id", "supply_t", "demand_t"],
    )
    links = [("l", "y", "m", INF, 1)] + [("k", "x", "y", INF, 1)] * through
    keep = pd.DataFrame({"node_id": ["y"], "capacity_t": [room], "cost_per_t": [0.0]})
    return FlowProblem(nodes, make([("y", 0, 0), ("m", 0, 0), ("x", 0, 0)], links).links, storage=keep)


def test_a_yard_that_keeps_its_own_has_a_column_of_stock_and_one_that_others_pass_a_way_in_time():
    """What others bring may wait too, so that its storage is part of their paths."""
    own, _ = plans_of(months())
    assert own.stock.tolist() == [2]
    assert 2 not in own.way
    assert own.hub.nonzero()[0].tolist() == [0, 3]
    assert own.offered[[0, 3]].tolist() == [8, 8]
    passed, _ = plans_of(months(through=True))
    assert len(passed.stock) == 0
    assert 4 in passed.way


def test_the_programme_of_two_yards_and_a_mill():
    """Columns: two flows, what is left at each yard, what is short; the curve is one over what a yard offers in all."""
    plans, _ = plans_of(
        make([("a", 4, 0), ("b", 2, 0), ("m", 0, 3)], [("la", "a", "m", INF, 1), ("lb", "b", "m", INF, 1)])
    )
    equal = plans.paths(fewest=True)
    programme, books = plans.programme(equal, np.flatnonzero(plans.hub[equal.node]))
    assert programme.curve.tolist() == [0.25, 0.5, 0, 0, 0]
    assert (books.left.tolist(), books.giving.tolist()) == ([2, 3], [0, 1])
    assert (books.short.tolist(), books.wanting.tolist()) == ([4], [2])
    # Rows: what each yard has of the 3 t that can move, and what the mill wants.
    assert programme.right.tolist() == [3, 2, 3]
    assert programme.rows.toarray().tolist() == [[1, 0, 1, 0, 0], [0, 1, 0, 1, 0], [1, 1, 0, 0, 1]]
    assert programme.high.tolist()[:4] == [INF, INF, 3, 2]


def test_what_a_taker_gets_from_a_place_in_several_months_has_a_total_in_a_row_of_its_own():
    """The yard's own month and the one it kept tonnes to reach the mill of February: their sum is what the measure weighs."""
    plans, _ = plans_of(months())
    equal = plans.paths(fewest=True)
    copy = np.flatnonzero(plans.hub[equal.node])
    programme, books = plans.programme(equal, copy)
    assert len(copy) == 2
    assert programme.curve[: len(copy)].tolist() == [1 / 8, 1 / 8]
    assert books.kept.tolist() == [2]
    assert (programme.low[2], programme.high[2]) == (0, 8)


def test_scarce_links_have_a_row_with_their_room():
    """Two tracks of the same cost, one for 1 t: its row says that path and room make up the capacity."""
    from scipy.sparse import csc_array

    plans, _ = plans_of(make([("y", 4, 0), ("m", 0, 4)], [("one", "y", "m", INF, 5), ("two", "y", "m", 1, 5)]))
    equal = plans.paths(fewest=False)
    copy = np.flatnonzero(plans.hub[equal.node])
    programme, _ = plans.programme(equal, np.repeat(copy, 2), csc_array(np.array([[0.0, 1.0]])), np.array([1]))
    row = programme.rows.toarray()[-1]
    assert programme.right[-1] == 1
    assert row.nonzero()[0].tolist() == [1, programme.rows.shape[1] - 1]


def test_what_no_column_can_give_is_refused():
    """A mill that has to get something, and no path to it: that is no programme."""
    plans, _ = plans_of(make([("y", 4, 0), ("m", 0, 4)], [("l", "y", "m", 4, 5)]))
    equal = plans.paths(fewest=True)
    plans.hub[:] = False
    plans.give[:], plans.take[:] = 0.0, 0.0
    plans.hub[0] = True
    plans.give[0] = 1.0
    plans.net.supply[0] = 0.0
    with pytest.raises(LimitError, match="a row without a column"):
        plans.programme(equal, np.zeros(0, dtype=np.int64))


@settings(max_examples=30, deadline=None)
@given(problems())
def test_the_solvers_plan_is_one_of_them(frames_):
    """On any network there are columns that make up what the solver left and met: the rows have a solution in the ranges."""
    from scipy.optimize import linprog

    plans, plan = plans_of(FlowProblem(*frames_))
    equal = plans.paths(fewest=False)
    copy = np.flatnonzero(plans.hub[equal.node])
    programme, books = plans.programme(equal, copy)
    if not programme.rows.shape[0]:
        return
    low, high = programme.low.copy(), programme.high.copy()
    most = min(plans.net.supply.sum(), plans.net.demand.sum())
    left = plan.left - np.maximum(plans.net.supply - most, 0)
    short = plan.short - np.maximum(plans.net.demand - most, 0)
    for at, value in ((books.left, left[books.giving]), (books.short, short[books.wanting])):
        low[at], high[at] = value - 1e-7, value + 1e-7
    answer = linprog(np.zeros(len(low)), A_eq=programme.rows, b_eq=programme.right, bounds=np.column_stack([low, high]))
    assert answer.success, answer.message
