"""A network in integers and back: what the solver is given, and that reading it back loses nothing."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings

from scrapflow.routing import FlowProblem
from scrapflow.routing.integers import IntFlow, prepare, read_back
from scrapflow.routing.lemon import lemon
from scrapflow.routing.time_expansion import expand

from .conftest import INF, make, problems

FEW = settings(max_examples=40, deadline=None)


@pytest.fixture
def row():
    """Return a yard of 2.5 t, a mill that wants 4 t, a link for 3 t at 1.5 and a dear one at 2, in tenths."""
    return expand(
        make([("yard", 2.5, 0), ("mill", 0, 4)], [("a", "yard", "mill", 2, 1.5), ("b", "yard", "mill", INF, 2)]).arrays
    )


def test_tonnes_and_costs_become_whole_numbers_and_a_last_node_takes_the_rest(row):
    """Tenths make ten units a tonne; what is left goes to the last node at a cost above any path; what is short comes from it."""
    made = prepare(row)
    ints = made.ints
    assert (made.tonnage.factor, made.tonnage.exact) == (10, True)
    assert (ints.tail.tolist(), ints.head.tolist()) == ([0, 0, 0, 2], [1, 1, 2, 1])
    assert ints.capacity.tolist() == [20, 25, 25, 25]
    assert ints.cost.tolist()[:2] == [15, 20]
    assert ints.cost.tolist()[2] > 20
    assert ints.cost.tolist()[3] == 0
    # Of 4 t wanted only the 2.5 t that are offered count: the last node balances both sides.
    assert ints.balance.tolist() == [25, -25, 0]
    assert (made.givers.tolist(), made.takers.tolist()) == ([0], [1])
    assert made.supply_units == 25
    assert not made.penalty_given


def test_the_penalty_is_above_the_dearest_path_and_its_float_noise(row):
    """The dearest links that leave each node together, one unit and a thousandth part of the dearest more."""
    made = prepare(row)
    assert made.penalty == 20 + 1 + (20 >> 10)
    large = prepare(dataclasses.replace(row, cost=np.array([1500.5, 2000.5])))
    assert large.penalty == 20005 + 1 + (20005 >> 10)


def test_a_cost_of_leaving_is_one_unit_above_itself_and_costs_are_even(row):
    """A tonne whose path costs just as much moves: the penalty is odd, the costs are even."""
    made = prepare(row, penalty=2.0)
    assert made.penalty_given
    assert (np.array(made.ints.cost[:2]) % 2 == 0).all()
    assert made.penalty == made.ints.cost[1] + 1
    plan = read_back(made, lemon(made.ints))
    assert plan.moved_t == 2.5
    less = prepare(row, penalty=1.9)
    assert read_back(less, lemon(less.ints)).moved_t == 2.0


def test_a_given_set_of_ends_has_its_arcs_though_nothing_is_offered(row):
    """Nodes that may offer later have an arc of capacity nothing now."""
    made = prepare(row, givers=np.array([0, 1]), takers=np.array([0, 1]))
    assert made.ints.tail.tolist() == [0, 0, 0, 1, 2, 2]
    assert made.ints.head.tolist() == [1, 1, 2, 2, 0, 1]
    assert made.ints.capacity.tolist() == [20, 25, 25, 0, 0, 25]


def test_what_is_above_the_other_side_is_left_beside_what_the_solver_left():
    """9 t offered and 4 t wanted over a link for 3 t: 6 t stay, 1 t is short; the solver is asked for 4 t only."""
    net = expand(make([("yard", 9, 0), ("mill", 0, 4)], [("a", "yard", "mill", 3, 1)]).arrays)
    made = prepare(net)
    assert made.ints.balance.tolist() == [4, -4, 0]
    plan = read_back(made, lemon(made.ints))
    assert (plan.left.tolist(), plan.short.tolist(), plan.moved_t) == ([6, 0], [0, 1], 3)
    assert (plan.full.tolist(), plan.used.tolist()) == ([True], [True])


def test_negative_costs_are_turned_round_and_lower_bounds_are_there_from_the_start():
    """A link that earns is full unless the solver pushes back; one that must carry 1 t does so before the solver starts."""
    net = expand(make([("a", 2, 0), ("b", 0, 2)], [("back", "b", "a", 3, -1), ("there", "a", "b", 9, 0.5)]).arrays)
    made = prepare(net)
    assert made.sign.tolist() == [-1, 1]
    assert made.base.tolist() == [3, 0]
    assert (made.ints.tail.tolist()[:2], made.ints.head.tolist()[:2]) == ([0, 0], [1, 1])
    assert made.ints.balance.tolist() == [5, -5, 0]
    plan = read_back(made, lemon(made.ints))
    assert plan.flow.tolist() == [3, 5]
    assert plan.moved_t == 2
    must = make([("a", 2, 0), ("b", 0, 2)], [("x", "a", "b", 9, 1), ("y", "a", "b", 9, 5)])
    bound = expand(FlowProblem(must.nodes, must.links.assign(lower_t=[0.0, 1.0])).arrays)
    lifted = prepare(bound)
    assert lifted.base.tolist() == [0, 1]
    assert read_back(lifted, lemon(lifted.ints)).flow.tolist() == [1, 1]
    assert read_back(lifted, lemon(lifted.ints)).used.tolist() == [True, False]


def test_tonnes_that_are_no_decimals_are_rounded_and_the_error_is_told():
    """Thirds need a power of two: each value moves by less than the tolerance, and remainders below it are nothing."""
    net = expand(make([("a", 1 / 3, 0), ("b", 0, 1 / 3)], [("l", "a", "b", INF, 1)]).arrays)
    made = prepare(net)
    assert not made.tonnage.exact
    plan = read_back(made, lemon(made.ints))
    assert plan.moved_t == pytest.approx(1 / 3, rel=1e-15)
    assert plan.tolerance_t == 3 / (2 * made.tonnage.factor)
    assert plan.left.tolist() == plan.short.tolist() == [0, 0]
    assert plan.grain == made.tonnage.factor


def test_lower_bounds_of_thirds_are_rounded_down_and_what_limits_them_up():
    """A plan that just fits is kept: a link that must carry a third, with a third offered and a third of room."""
    base = make([("a", 1 / 3, 0), ("b", 0, 1 / 3)], [("l", "a", "b", 1 / 3, 1)])
    net = expand(FlowProblem(base.nodes, base.links.assign(lower_t=1 / 3)).arrays)
    made = prepare(net)
    assert made.least[0] <= made.tonnage.factor / 3 <= made.most[0]
    assert made.least[0] < made.most[0]
    plan = read_back(made, lemon(made.ints))
    assert plan.flow.tolist() == [1 / 3]
    assert plan.tolerance_t == 3 / made.tonnage.factor


def test_tonnes_round_a_circle_that_costs_nothing_are_nobodys():
    """A solver may send 2 t round two links that cost nothing; read back they are not there."""
    net = expand(
        make(
            [("a", 1, 0), ("b", 0, 1)], [("l", "a", "b", 9, 0), ("k", "b", "a", 9, 0), ("loop", "a", "a", 9, 0)]
        ).arrays
    )
    made = prepare(net)
    units = np.zeros(len(made.ints.tail), dtype=np.int64)
    units[:2] = [3, 2]
    plan = read_back(made, IntFlow(units, None))
    assert plan.flow.tolist() == [1, 0, 0]
    assert plan.prices is None
    # A loop is never used; a capacity above all tonnes there are is never full.
    assert (plan.full.tolist(), plan.used.tolist()) == ([False, False, False], [True, False, False])


@FEW
@given(problems())
def test_potentials_prove_the_plan(frames_):
    """With the prices read back no arc with room is cheaper than its ends, and no used arc dearer."""
    net = expand(FlowProblem(*frames_).arrays)
    made = prepare(net)
    plan = read_back(made, lemon(made.ints))
    prices = plan.prices()
    gap = prices.cost + prices.potential[net.tail] - prices.potential[net.head]
    loop = net.tail == net.head
    assert (gap[(plan.flow < net.capacity) & ~loop] >= 0).all()
    assert (gap[(plan.flow > 0) & ~loop] <= 0).all()
    assert prices.demand - prices.supply == made.penalty


def test_the_bound_on_cost_is_nothing_where_costs_are_decimals():
    """Costs of thirds are rounded: a path of a link may cost so much more than the best one, and no more."""
    exact = expand(make([("a", 1, 0), ("b", 0, 1)], [("l", "a", "b", 9, 0.25)]).arrays)
    made = prepare(exact)
    assert read_back(made, lemon(made.ints)).cost_error == 0
    thirds = prepare(dataclasses.replace(exact, cost=np.array([1 / 3])))
    assert read_back(thirds, lemon(thirds.ints)).cost_error == 1 / thirds.costs.factor
