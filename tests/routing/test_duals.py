"""Shadow prices mean what they say: raise a limit by a little, solve again, compare."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings

from scrapflow.routing import FlowProblem, lemon, solve
from scrapflow.routing.solve import SOLVERS
from scrapflow.routing.time_expansion import expand

from .conftest import INF, frames, make, problems
from .test_time_expansion import long_problems

STEP = 0.01
SLOW = settings(max_examples=80, deadline=None, derandomize=True)


def _check(problem_of, nodes, links, result):
    """Compare every price with the cost of the same tonnage after its limit was raised by a small step."""
    gain = result.tonnage_duals["tonnage_t"]
    for k, row in enumerate(result.duals.itertuples()):
        frame, key = (links, "link_id") if row.kind == "link" else (nodes, "node_id")
        column = {"link": "capacity_t", "demand": "demand_t", "supply": "supply_t"}[row.kind]
        raised = frame.copy()
        raised.loc[raised[key] == row.item, column] += STEP
        other = solve(problem_of(nodes, raised) if row.kind == "link" else problem_of(raised, links))
        assert other.moved_t - result.moved_t == pytest.approx(gain[k] * STEP, abs=1e-9)
        if gain[k] == 0:
            assert result.cost - other.cost == pytest.approx(row.shadow_price * STEP, abs=1e-9)


@SLOW
@given(problems(most_nodes=5, most_links=9))
def test_prices_are_what_a_little_more_would_save(drawn):
    """A price is the saving a tonne at the same tonnage; where more tonnes move instead, the gain says how many."""
    nodes, links = drawn
    _check(FlowProblem, nodes, links, solve(FlowProblem(nodes, links)))


@SLOW
@given(problems())
def test_complementary_slackness(drawn):
    """Only what is used up has a price, and prices are never negative."""
    problem = FlowProblem(*drawn)
    for solver in SOLVERS:
        result = solve(problem, solver=solver)
        prices = result.duals.set_index("item")
        assert (prices["shadow_price"] >= 0).all()
        link = prices[prices["kind"] == "link"]["shadow_price"].to_numpy()
        slack = problem.links["capacity_t"].to_numpy() - result.flows["tonnage_t"].to_numpy()
        assert (link[slack > 1e-6] == 0).all()
        for side in ("supply", "demand"):
            rest = result.unserved[(result.unserved["side"] == side) & (result.unserved["tonnage_t"] > 1e-6)]
            priced = prices[prices["kind"] == side]["shadow_price"]
            assert (priced.reindex(rest["node_id"]).dropna() == 0).all()


@SLOW
@given(problems())
def test_prices_do_not_depend_on_the_solver(drawn):
    """Prices are one-sided derivatives, hence unique: HiGHS' plan has the same as LEMON's."""
    problem = FlowProblem(*drawn)
    a, b = solve(problem).duals, solve(problem, solver="linear").duals
    assert a["shadow_price"].tolist() == pytest.approx(b["shadow_price"].tolist(), abs=1e-7)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(long_problems())
def test_prices_over_periods(problem):
    """A link's price in one month is what a little more capacity in that month alone would save."""
    a, result = problem.arrays, solve(problem)
    duals = result.duals.assign(gain=result.tonnage_duals["tonnage_t"])
    for row in duals[duals["kind"] == "link"].itertuples():
        p, e = a.periods.index(row.period), list(a.link_ids).index(row.item)
        capacity = pd.DataFrame(
            [
                (q, k, a.capacity[i, j] + (STEP if (i, j) == (p, e) else 0))
                for i, q in enumerate(a.periods)
                for j, k in enumerate(a.link_ids)
            ],
            columns=["period", "link_id", "capacity_t"],
        )
        other = solve(FlowProblem(problem.nodes, problem.links, storage=problem.storage, calendar=capacity))
        assert other.moved_t - result.moved_t == pytest.approx(row.gain * STEP, abs=1e-9)
        if row.gain == 0:
            assert result.cost - other.cost == pytest.approx(row.shadow_price * STEP, abs=1e-9)


def test_a_bottleneck_on_paper():
    """Two ways to the mill: a tonne more on the cheap, full one saves the difference in cost."""
    result = solve(make([("a", 10, 0), ("b", 0, 10)], [("cheap", "a", "b", 4, 1), ("dear", "a", "b", INF, 6)]))
    assert list(result.duals.columns) == ["item", "kind", "shadow_price"]
    assert result.duals.values.tolist() == [
        ["cheap", "link", 5.0],
        ["dear", "link", 0.0],
        ["b", "demand", 0.0],
        ["a", "supply", 0.0],
    ]


def test_a_cut_on_paper(three_nodes):
    """Where a tonne more of capacity moves a tonne more, that is told apart from what it saves."""
    result = solve(three_nodes)
    gain = result.tonnage_duals
    assert gain[gain["tonnage_t"] > 0]["item"].tolist() == ["b", "b2"]
    assert result.duals.set_index("item").loc["b", "shadow_price"] == 0.5


@SLOW
@given(long_problems())
def test_what_is_done_for_large_networks_changes_nothing(problem):
    """Renumbered nodes, and a penalty paid on the other side, give the same plan, and potentials that prove it."""
    plain, many = solve(problem), solve(problem, solver="ortools")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lemon, "RENUMBER", 0)
        large = solve(problem)
        prices, duals = large.prices(), large.duals
    for other in (plain, many):
        assert (large.moved_t, large.cost) == (pytest.approx(other.moved_t), pytest.approx(other.cost))
    pd.testing.assert_frame_equal(duals, plain.duals)
    net, plan = expand(problem.arrays), large.plan
    reduced = prices.cost + prices.potential[net.tail] - prices.potential[net.head]
    assert (reduced[~plan.full & (net.tail != net.head) & (net.capacity > 0)] >= 0).all()
    assert (reduced[plan.used] <= 0).all()
    # Through the node that gives every supply and the one that takes every demand, likewise.
    most = min(net.supply.sum(), net.demand.sum())
    assert (prices.potential[net.supply > plan.left] >= prices.supply).all()
    assert (prices.potential[(plan.left > 0) & (net.supply <= most)] <= prices.supply).all()
    assert (prices.potential[net.demand > plan.short] <= prices.demand).all()
    assert (prices.potential[(plan.short > 0) & (net.demand <= most)] >= prices.demand).all()


def test_a_loop_that_pays_has_its_price():
    """A link from a node to itself that saves 2 a tonne is worth 2 a tonne of capacity."""
    result = solve(make([("a", 5, 0), ("b", 0, 4)], [("loop", "a", "a", 3, -2), ("ab", "a", "b", 9, 1)]))
    assert result.cost == 4 - 6
    assert result.duals.set_index("item")["shadow_price"].to_dict() == {"loop": 2.0, "ab": 0.0, "a": 0.0, "b": 0.0}


def test_a_full_yard_has_a_price_and_an_empty_one_none():
    """Room for one more tonne saves the difference between the cheap month's supply and the dear one's."""
    nodes = pd.DataFrame(
        [("1", "cheap", 9, 0), ("2", "dear", 9, 0), ("2", "mill", 0, 6)],
        columns=["period", "node_id", "supply_t", "demand_t"],
    )
    _, links = frames(
        [], [("c", "cheap", "yard", INF, 1), ("d", "dear", "yard", INF, 7), ("out", "yard", "mill", INF, 0)]
    )
    nodes = pd.concat([nodes, pd.DataFrame({"period": ["1"], "node_id": ["yard"], "supply_t": [0], "demand_t": [0]})])
    storage = pd.DataFrame({"node_id": ["yard", "mill"], "capacity_t": [4, 8], "cost_per_t": [0.5, 9]})
    result = solve(FlowProblem(nodes, links, storage=storage))
    kept = result.duals[result.duals["kind"] == "storage"]
    assert kept.drop(columns="kind").values.tolist() == [["1", "yard", 5.5], ["1", "mill", 0.0]]
    same = solve(FlowProblem(nodes, links.assign(cost_per_t=1), storage=storage))
    assert same.duals.query("kind == 'storage'")["shadow_price"].tolist() == [0.0, 0.0]


def test_a_yard_too_small_lets_more_move():
    """Where the mill opens only next month, a tonne more of room in the yard moves a tonne more."""
    nodes = pd.DataFrame(
        [("1", "yard", 9, 0), ("2", "mill", 0, 6)], columns=["period", "node_id", "supply_t", "demand_t"]
    )
    _, links = frames([], [("out", "yard", "mill", INF, 1)])
    storage = pd.DataFrame({"node_id": ["yard"], "capacity_t": [4], "cost_per_t": [0]})
    gain = solve(FlowProblem(nodes, links, storage=storage)).tonnage_duals
    assert gain[gain["tonnage_t"] > 0][["item", "kind"]].values.tolist() == [["yard", "storage"]]
    alone = solve(FlowProblem(nodes, links, storage=storage), foresight="myopic").duals
    assert "storage" not in set(alone["kind"])


def test_one_more_tonne_takes_the_way_that_is_left():
    """The cheap way of the cheap mine is full: a tonne more of it goes the way at 3 and saves one of the dear mine at 7.

    The price of what the cheap mine offers is 7 - 3 = 4, not the 7 - 1 = 6 that its last tonne saved.
    """
    nodes = [("mine", 4, 0), ("dear", 9, 0), ("mill", 0, 8)]
    links = [("full", "mine", "mill", 4, 1), ("round", "mine", "mill", INF, 3), ("far", "dear", "mill", INF, 7)]
    price = solve(make(nodes, links)).duals.set_index("item")["shadow_price"]
    assert price["mine"] == pytest.approx(4.0)
    assert price["full"] == pytest.approx(0.0)
    assert price["dear"] == 0.0
