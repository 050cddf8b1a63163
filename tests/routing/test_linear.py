"""The linear programme against the network simplex: another method, the same tonnes and costs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from scrapflow.routing import FlowProblem
from scrapflow.routing.integers import prepare, read_back
from scrapflow.routing.lemon import lemon
from scrapflow.routing.linear import solve_linear
from scrapflow.routing.solution import InfeasibleError
from scrapflow.routing.time_expansion import expand

from .conftest import INF, make, problems

FEW = settings(max_examples=30, deadline=None)


def is_plan(net, plan):
    """Tell whether a plan keeps to capacities and balances."""
    out = np.zeros(net.size)
    np.add.at(out, net.tail, plan.flow)
    np.subtract.at(out, net.head, plan.flow)
    gives = net.supply - plan.left - (net.demand - plan.short)
    return (
        (plan.flow >= net.lower - 1e-9).all()
        and (plan.flow <= net.capacity + 1e-9).all()
        and out == pytest.approx(gives, abs=1e-6)
    )


@FEW
@given(problems())
def test_it_moves_as_much_at_the_same_cost(frames_):
    """On random networks, endless capacities and loops among them, most tonnes and least cost agree with the simplex."""
    net = expand(FlowProblem(*frames_).arrays)
    made = prepare(net)
    exact, plan = read_back(made, lemon(made.ints)), solve_linear(net, penalty=None)
    assert plan.moved_t == pytest.approx(exact.moved_t, abs=1e-6)
    assert float(plan.flow @ net.cost) == pytest.approx(float(exact.flow @ net.cost), abs=1e-5)
    assert is_plan(net, plan)
    assert plan.prices is None
    assert plan.cost_error == 0.0


def test_most_tonnes_first_then_the_least_cost():
    """Of 5 t the dear link carries the 2 t that the cheap one cannot; both ends, and what is full and used, are told."""
    net = expand(make([("y", 6, 0), ("m", 0, 5)], [("a", "y", "m", 3, 1), ("b", "y", "m", INF, 20)]).arrays)
    plan = solve_linear(net)
    assert plan.flow == pytest.approx([3, 2])
    assert (plan.full.tolist(), plan.used.tolist()) == ([True, False], [True, True])
    assert plan.left == pytest.approx([1, 0])
    assert plan.short == pytest.approx([0, 0])
    assert (plan.moved_t, plan.tolerance_t) == (pytest.approx(5), pytest.approx(5e-9))


@pytest.mark.parametrize(("penalty", "moved"), [(20.0, 5), (19.0, 3), (1.0, 3), (0.5, 0)])
def test_with_a_cost_of_leaving_a_tonne_moves_if_its_path_costs_as_much(penalty, moved):
    """At 20 the dear link is worth it, just; below 1 nothing is."""
    net = expand(make([("y", 5, 0), ("m", 0, 5)], [("a", "y", "m", 3, 1), ("b", "y", "m", INF, 20)]).arrays)
    assert solve_linear(net, penalty=penalty).moved_t == pytest.approx(moved, abs=1e-9)


def test_small_and_large_tonnes_are_scaled():
    """Micrograms and megatonnes come out alike, though the solver's tolerances are absolute."""
    for size in (1e-9, 1e9):
        net = expand(make([("y", 4 * size, 0), ("m", 0, 9 * size)], [("a", "y", "m", 3 * size, 1)]).arrays)
        plan = solve_linear(net)
        assert plan.flow == pytest.approx([3 * size])
        assert plan.left == pytest.approx([size, 0])
        assert plan.short == pytest.approx([0, 6 * size])


def test_lower_bounds_that_cannot_be_met_are_refused():
    """A link that must carry 3 t where 2 t come in has no plan; one that must carry 2 t has."""
    base = make([("y", 2, 0), ("m", 0, 9)], [("a", "y", "m", 9, 1)])
    net = expand(FlowProblem(base.nodes, base.links.assign(lower_t=3.0)).arrays)
    with pytest.raises(InfeasibleError):
        solve_linear(net)
    fits = expand(FlowProblem(base.nodes, base.links.assign(lower_t=2.0)).arrays)
    plan = solve_linear(fits)
    assert plan.flow == pytest.approx([2.0])
    assert not plan.used.any()


def test_a_network_without_links_leaves_everything():
    """Nothing to solve is no failure."""
    plan = solve_linear(expand(make([("y", 2, 0), ("m", 0, 3)], []).arrays))
    assert (plan.left.tolist(), plan.short.tolist(), plan.moved_t) == ([2, 0], [0, 3], 0)
