"""The contract of a solver: any function from a network to a solution can stand behind ``solve``."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from scrapflow.routing import FlowProblem, Termination, solve
from scrapflow.routing.linear import solve_linear
from scrapflow.routing.solution import InfeasibleError, LimitError, Solution

from .conftest import INF, make


def _problem() -> FlowProblem:
    """Two links from yard to mill, the cheap one narrow: 3 t for 1 each and 2 t for 4 each, 11 in all."""
    links = [("cheap", "yard", "mill", 3, 1), ("dear", "yard", "mill", INF, 4)]
    return make([("yard", 5, 0), ("mill", 0, 5)], links)


def _by_hand(net, *, penalty):
    """Answer the problem of the two links, worked out on paper, with potentials for no one."""
    assert penalty is None
    flow = np.array([3.0, 2.0])
    none = np.zeros(2)
    return Solution(flow, none, none, flow >= net.capacity, flow > 0, 5.0, 0.0, 0.0, 1.0, None)


@pytest.mark.parametrize("solver", ["simplex", solve_linear, _by_hand])
def test_a_solver_of_ones_own_gives_the_same_tables(solver):
    """A named solver, a function of the package and a plan worked out by hand give the same result, duals included."""
    result = solve(_problem(), solver=solver)
    assert result.cost == pytest.approx(11.0)
    assert result.flows["tonnage_t"].tolist() == pytest.approx([3.0, 2.0])
    assert result.duals.set_index(["kind", "item"]).loc[("link", "cheap"), "shadow_price"] == pytest.approx(3.0)


def test_a_solver_that_gives_up_is_said_to_have():
    """A solver at its limit ends the solve as ``limit``; one that wrongly finds no plan is not believed."""

    def lazy(net, *, penalty):
        raise LimitError

    def wrong(net, *, penalty):
        raise InfeasibleError

    assert solve(_problem(), solver=lazy).termination is Termination.LIMIT
    assert solve(_problem(), solver=wrong).termination is Termination.LIMIT


def test_a_solution_is_not_changed_in_place():
    """What a solver answered stays what it answered."""
    plan = solve(_problem()).plan
    with pytest.raises(dataclasses.FrozenInstanceError):
        plan.moved_t = 0.0
