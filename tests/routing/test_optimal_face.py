"""All plans of least cost at once: ranges of arcs and remainders, against the corners of small problems."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings

from scrapflow.routing import FlowProblem
from scrapflow.routing.integers import prepare, read_back
from scrapflow.routing.lemon import lemon
from scrapflow.routing.optimal_face import optimal_face
from scrapflow.routing.time_expansion import expand

from .conftest import INF, make, problems


def face_of(problem, penalty=None):
    """Return a network, a plan of it and the ranges of all plans of least cost."""
    net = expand(problem.arrays)
    made = prepare(net, penalty=penalty)
    plan = read_back(made, lemon(made.ints))
    return net, plan, optimal_face(net, plan, plan.prices(), penalty=penalty)


def test_arcs_that_must_be_full_empty_or_anything():
    """Of 5 t the cheap link takes its 2 t, the dear one nothing, and two of the same cost anything that is left."""
    _, _, face = face_of(
        make(
            [("y", 5, 0), ("m", 0, 5)],
            [
                ("cheap", "y", "m", 2, 1),
                ("one", "y", "m", INF, 3),
                ("two", "y", "m", INF, 3),
                ("dear", "y", "m", INF, 9),
            ],
        )
    )
    assert face.low.tolist() == [2, 0, 0, 0]
    assert face.high.tolist() == [2, 5, 5, 0]
    assert face.left_high.tolist() == [0, 0]


def test_a_loop_that_costs_carries_nothing_and_one_that_costs_nothing_neither():
    """Nobody sends tonnes in a circle."""
    _, _, face = face_of(
        make([("y", 1, 0), ("m", 0, 1)], [("l", "y", "m", 9, 1), ("free", "y", "y", 9, 0), ("paid", "y", "y", 9, 1)])
    )
    assert face.high.tolist()[1:] == [0, 0]


def test_two_yards_and_room_for_one_leave_it_open_who_stays():
    """Each may give all of its 3 t or keep them; the mill gets its 3 t in any case."""
    _, _, face = face_of(
        make([("a", 3, 0), ("b", 3, 0), ("m", 0, 3)], [("la", "a", "m", INF, 1), ("lb", "b", "m", INF, 1)])
    )
    assert (face.left_low.tolist(), face.left_high.tolist()) == ([0, 0, 0], [3, 3, 0])
    assert face.short_high.tolist() == [0, 0, 0]


def test_the_near_yard_gives_all_and_no_plan_uses_the_link_to_the_far_one():
    """A mill for 4 t takes 3 t at a cost of 1 and 1 t at 2; from whom it costs 9 it takes nothing."""
    links = [("la", "a", "m", INF, 1), ("lb", "b", "m", INF, 2), ("lc", "c", "m", INF, 9)]
    _, _, face = face_of(make([("a", 3, 0), ("b", 3, 0), ("c", 3, 0), ("m", 0, 4)], links))
    assert face.left_high.tolist() == [0, 3, 3, 0]
    assert face.high.tolist()[2] == 0


def test_of_a_supply_above_all_demand_only_what_could_be_matched_counts():
    """9 t of which 4 t can go: at most these 4 t could stay."""
    _, _, face = face_of(make([("y", 9, 0), ("m", 0, 4)], [("l", "y", "m", 1, 1)]))
    assert (face.left_low.tolist(), face.left_high.tolist()) == ([0, 0], [4, 0])
    assert face.short_high.tolist() == [0, 4]


def test_float_noise_in_costs_is_no_difference_and_a_millionth_is():
    """0.1 + 0.2 against 0.3: the same cost; a ten-millionth of it more is dearer."""
    same = make([("y", 1, 0), ("m", 0, 1)], [("a", "y", "m", INF, 0.1 + 0.2), ("b", "y", "m", INF, 0.3)])
    assert face_of(same)[2].high.tolist() == [1, 1]
    dearer = make([("y", 1, 0), ("m", 0, 1)], [("a", "y", "m", INF, 0.3 * (1 + 1e-7)), ("b", "y", "m", INF, 0.3)])
    assert face_of(dearer)[2].high.tolist() == [0, 1]


def test_with_a_cost_of_leaving_a_tonne_that_costs_as_much_moves():
    """At a penalty of 2 a path of 2 is taken in every plan, one of 3 in none."""
    _, _, face = face_of(
        make([("a", 1, 0), ("b", 1, 0), ("m", 0, 2)], [("x", "a", "m", INF, 2), ("y", "b", "m", INF, 3)]), penalty=2.0
    )
    assert face.left_high.tolist() == [0, 1, 0]
    assert face.high.tolist() == [2, 0]


@settings(max_examples=40, deadline=None)
@given(problems())
def test_the_plan_itself_lies_in_all_ranges(frames_):
    """Whatever plan the solver found, each of its arcs and remainders is within the range of all plans."""
    net, plan, face = face_of(FlowProblem(*frames_))
    tiny = 1e-9
    loop = net.tail == net.head
    assert (face.low <= face.high).all()
    assert ((face.low - tiny <= plan.flow) & (plan.flow <= face.high + tiny))[~loop].all()
    most = min(net.supply.sum(), net.demand.sum())
    left = plan.left - np.maximum(net.supply - most, 0)
    short = plan.short - np.maximum(net.demand - most, 0)
    assert ((face.left_low - tiny <= left) & (left <= face.left_high + tiny)).all()
    assert ((face.short_low - tiny <= short) & (short <= face.short_high + tiny)).all()
