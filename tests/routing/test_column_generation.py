"""Column generation step by step: keys, rows that are added when broken, prices, and the optimum of a network on paper."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from scrapflow.routing import column_generation as module
from scrapflow.routing.column_generation import Generator
from scrapflow.routing.path_set import PathSet, Tolls, joined
from scrapflow.routing.solution import LimitError
from scrapflow.routing.time_expansion import expand

from .conftest import INF, make

RAIL, ROAD, SHIP = range(3)


@pytest.fixture
def net():
    """Return a yard, a mill that wants 9 t, rails for 4 t, a road for 9 t and a ship for 9 t."""
    problem = make(
        [("yard", 8, 0), ("mill", 0, 9)],
        [("rail", "yard", "mill", 4, 1), ("road", "yard", "mill", 9, 3), ("ship", "yard", "mill", 9, 9)],
    )
    return expand(problem.arrays)


COST = np.array([[1.0, 3.0, 9.0], [1.0, 8.0, 9.0]])
"""Scrap takes the road at 3, machinery at 8."""
SUPPLY = np.array([[3.0, 0.0], [5.0, 0.0]])
SLOW = PathSet(np.array([0, 2]), np.array([1, 1]), np.array([0, 1, 2]), np.array([SHIP, SHIP]))
"""A first plan: everything by ship."""


def generator(net, *, first=SLOW, toll=(0.0, 0.0, 0.0), total=8.0, supply=SUPPLY):
    """Return the generator of two commodities at the yard."""
    return Generator(net, supply, COST, total, first, np.array(toll), np.zeros(net.size))


def test_keys_are_the_best_paths_at_the_first_tolls(net):
    """At no tolls both kinds want the rails; at a toll of 9 there scrap wants the road, and machinery too, at 8."""
    made = generator(net)
    assert made.paths.arcs[made.paths.start[made.key[[0, 2]]]].tolist() == [RAIL, RAIL]
    assert made.key[[1, 3]].tolist() == [-1, -1]
    assert sorted(made.paths.arcs[made.paths.start[made.variable]].tolist()) == [SHIP, SHIP]
    dear = generator(net, toll=(9.0, 0.0, 0.0))
    assert dear.paths.arcs[dear.paths.start[dear.key[[0, 2]]]].tolist() == [ROAD, ROAD]


def test_paths_cost_what_their_own_commodity_pays(net):
    """In units of the dearest cost: rails 1/9 for both, the road 3/9 and 8/9."""
    made = generator(net)
    every = PathSet(np.array([0, 2, 0, 2]), np.full(4, 1), np.arange(5), np.array([RAIL, RAIL, ROAD, ROAD]))
    assert made.money == 9
    assert made._own_cost(every) == pytest.approx([1 / 9, 1 / 9, 3 / 9, 8 / 9])


def test_the_plan_is_the_best_there_is(net):
    """Rails for machinery, which pays most for the road: 4 t of it by rail, 1 t and all scrap by road: 4 + 8 + 9 = 21."""
    made = generator(net)
    moved, flow = made.run()
    assert moved == pytest.approx(SUPPLY)
    assert flow == pytest.approx(np.array([[0, 3, 0], [4, 1, 0]]))
    assert float((flow * COST).sum()) == pytest.approx(21)
    # The rails got a row when they were too full, the road and the ship never.
    assert (made.capacity_row >= 0).tolist() == [True, False, False]


def test_limits_known_beforehand_change_nothing_but_the_way_there(net):
    """With rows for all links from the start the plan is the same."""
    made = generator(net)
    made.limit(np.array([RAIL, ROAD, SHIP]))
    _, flow = made.run()
    assert flow == pytest.approx(np.array([[0, 3, 0], [4, 1, 0]]))


def test_tolls_that_are_a_bad_guess_change_nothing_but_the_way_there(net):
    """Keys on the ship or the road at first: the same plan in the end."""
    for toll in ((99.0, 99.0, 0.0), (50.0, 0.0, 50.0)):
        _, flow = generator(net, toll=toll).run()
        assert float((flow * COST).sum()) == pytest.approx(21)


def test_a_supply_that_need_not_move_may_stay(net):
    """With room for 5 t in all, the 5 t that cost least go: what stays has a path that ends nowhere."""
    poor = dataclasses.replace(net, demand=np.array([0.0, 5.0]))
    stays = PathSet(np.array([0, 2]), np.array([-1, -1]), np.zeros(3, dtype=np.int64), np.zeros(0, dtype=np.int64))
    moved, flow = generator(poor, first=joined([SLOW, stays]), total=5.0).run()
    assert moved.sum() == pytest.approx(5)
    assert flow.sum() == pytest.approx(5)
    # 4 t by rail at 1, and 1 t of scrap by road at 3.
    assert float((flow * COST).sum()) == pytest.approx(7)


def test_of_parallel_arcs_the_cheapest_at_the_prices_counts(net):
    """Rails, road and ship lead the same way: at tolls the next one is taken."""
    made = generator(net)
    chosen = []
    for toll in ((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (1.0, 1.0, 0.0)):
        paths = made._best(np.full(4, np.inf), 0.0, np.array(toll), np.zeros(net.size + 1))
        chosen.append(paths.arcs.tolist())
    assert chosen == [[RAIL, RAIL], [ROAD, ROAD], [SHIP, SHIP]]


def test_no_path_is_offered_that_costs_no_less_than_it_is_worth(net):
    """Worth as much as the best path: nothing to gain; a little more: the path."""
    made = generator(net)
    none, gate = np.zeros(3), np.zeros(net.size + 1)
    assert made._best(np.full(4, 1 / 9), 0.0, none, gate) is None
    assert made._best(np.full(4, 1 / 9 + 1e-6), 0.0, none, gate).origin.tolist() == [0, 2]
    assert made._best(np.full(4, 1 / 9), 0.5, none, gate).end.tolist() == [1, 1]


def test_prices_are_those_of_rows_and_never_negative(net):
    """A full link has a toll, a demand that is met a gate, what must move a prize; without a row there is none."""
    made = generator(net)
    made.limit(np.array([RAIL]))
    dual = np.zeros(made.model.getNumRow())
    dual[made.capacity_row[RAIL]], dual[made.demand_row[1]], dual[made.total_row] = -0.25, 0.5, 0.75
    tolls = made._tolls(dual)
    assert tolls.link.tolist() == [0.25, 0, 0]
    assert tolls.demand.tolist() == [0, 0, 0]
    assert tolls.prize == 0.75


def test_offers_come_with_those_at_steadier_prices_but_none_twice(net):
    """At first the master's own; then those of the running mean as well, where they cost otherwise."""
    made = generator(net, toll=(50.0, 50.0, 0.0))
    gate = np.zeros(net.size + 1)
    first = made._offers(Tolls(np.zeros(3), gate, 1.0))
    assert first.arcs.tolist() == [RAIL, RAIL]
    again = made._offers(Tolls(np.zeros(3), gate, 1.0))
    assert again.arcs.tolist() == [RAIL, RAIL]
    # Now rails are dear to the master, who wants the road twice; to the mean they are not yet, for machinery.
    swung = made._offers(Tolls(np.array([0.9, 0.0, 0.0]), gate, 1.0))
    assert sorted(swung.arcs.tolist()) == [RAIL, ROAD, ROAD]
    assert made._offers(Tolls(np.array([9.0, 9.0, 0.0]), gate, 0.0)) is None


def test_rounds_that_run_out_and_a_master_that_fails_are_told(net, monkeypatch):
    """No plan is given that was not proven."""
    monkeypatch.setattr(module, "_ROUNDS", 1)
    with pytest.raises(LimitError, match="did not end within 1 rounds"):
        generator(net).run()
    monkeypatch.undo()
    too_much = generator(net, total=8.0, supply=SUPPLY / 2)
    with pytest.raises(LimitError, match="master problem ended with"):
        too_much.run()


def test_a_demand_limits_what_may_end_there(net):
    """A second mill that wants 2 t at a cost of nothing gets 2 t, however much better it is."""
    problem = make(
        [("yard", 8, 0), ("near", 0, 2), ("mill", 0, 9)],
        [("n", "yard", "near", INF, 0), ("l", "yard", "mill", INF, 1)],
    )
    net = expand(problem.arrays)
    cost, supply = np.array([[0.0, 1.0], [0.0, 4.0]]), np.array([[3.0, 0, 0], [5.0, 0, 0]])
    first = PathSet(np.array([0, 3]), np.array([2, 2]), np.arange(3), np.array([1, 1]))
    moved, flow = Generator(net, supply, cost, 8.0, first, np.zeros(2), np.zeros(net.size)).run()
    assert flow == pytest.approx(np.array([[0, 3], [2, 3]]))
    assert moved == pytest.approx(supply)
