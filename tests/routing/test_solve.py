"""The most tonnes, then the least cost: against other solvers, and where input is odd."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapflow.errors import ProblemError
from scrapflow.routing import FlowProblem, Status, Termination, solve
from scrapflow.routing.solve import SOLVERS

from .conftest import INF, frames, make, problems, second_opinion

SLOW = settings(max_examples=120, deadline=None, derandomize=True)


def _residual(problem, result):
    """Return, for each node, supply − left + in − out − (demand − short)."""
    nodes = problem.nodes.set_index("node_id")
    net = nodes["supply_t"] - nodes["demand_t"]
    for row in result.unserved.itertuples():
        net[row.node_id] += -row.tonnage_t if row.side == "supply" else row.tonnage_t
    flow = result.flows["tonnage_t"].to_numpy()
    links = problem.links.assign(flow=flow)
    out = links.groupby("from_node_id")["flow"].sum().reindex(net.index, fill_value=0.0)
    into = links.groupby("to_node_id")["flow"].sum().reindex(net.index, fill_value=0.0)
    return net + into - out


@SLOW
@given(problems())
def test_four_solvers_agree(drawn):
    """LEMON, HiGHS, OR-tools and networkx find the same tonnage and the same cost on any small problem."""
    problem = FlowProblem(*drawn)
    first = solve(problem)
    moved, cost = second_opinion(*drawn)
    assert first.status is Status.OPTIMAL
    assert first.moved_t == pytest.approx(moved, abs=1e-9)
    assert first.cost == pytest.approx(cost, abs=1e-9)
    for solver in SOLVERS:
        other = solve(problem, solver=solver)
        assert other.moved_t == pytest.approx(moved, abs=1e-7)
        assert other.cost == pytest.approx(cost, abs=1e-6)


@SLOW
@given(problems())
def test_tonnes_are_conserved_and_limits_kept(drawn):
    """At every node what comes equals what goes, flows are within capacity, and moved plus unserved is all."""
    problem = FlowProblem(*drawn)
    result = solve(problem)
    assert np.abs(_residual(problem, result)).max() < 1e-9
    flow = result.flows["tonnage_t"].to_numpy()
    assert (flow >= 0).all()
    assert (flow <= problem.links["capacity_t"].to_numpy()).all()
    sides = result.unserved.groupby("side")["tonnage_t"].sum()
    assert result.moved_t + sides.get("supply", 0.0) == pytest.approx(problem.nodes["supply_t"].sum())
    assert result.moved_t + sides.get("demand", 0.0) == pytest.approx(problem.nodes["demand_t"].sum())
    least = min(problem.nodes["supply_t"].sum(), problem.nodes["demand_t"].sum())
    assert result.served == (abs(result.moved_t - least) < 1e-9)


@SLOW
@given(problems(), st.randoms(use_true_random=False))
def test_names_and_order_change_nothing(drawn, random):
    """Relabelling and shuffling nodes and links leaves tonnage, cost and unserved sums as they were."""
    nodes, links = drawn
    names = list(nodes["node_id"])
    random.shuffle(names)
    new = dict(zip(nodes["node_id"], names, strict=True))
    other = FlowProblem(
        nodes.assign(node_id=nodes["node_id"].map(new)).iloc[::-1],
        links.assign(from_node_id=links["from_node_id"].map(new), to_node_id=links["to_node_id"].map(new)).iloc[::-1],
    )
    a, b = solve(FlowProblem(nodes, links)), solve(other)
    assert (a.moved_t, a.served) == (b.moved_t, b.served)
    assert a.cost == pytest.approx(b.cost, abs=1e-9)


@SLOW
@given(problems(), st.data())
def test_more_capacity_never_hurts(drawn, data):
    """With more capacity on any link at least as much moves, and if no more moves it costs no more."""
    nodes, links = drawn
    before = solve(FlowProblem(nodes, links))
    if len(links):
        wider = links.copy()
        wider.loc[data.draw(st.integers(0, len(links) - 1)), "capacity_t"] += 1.3
        after = solve(FlowProblem(nodes, wider))
        assert after.moved_t >= before.moved_t - 1e-9
        if after.moved_t <= before.moved_t + 1e-9:
            assert after.cost <= before.cost + 1e-9


def test_a_plan_on_paper(three_nodes):
    """A yard, a junction and a mill: flows, cost and every remainder as by hand."""
    result = solve(three_nodes)
    assert list(result.flows.columns) == ["link_id", "tonnage_t"]
    assert result.flows["tonnage_t"].tolist() == [7.0, 4.0, 3.0, 0.0, 0.0]
    assert result.cost == 7 * 1 + 4 * 1.5 + 3 * 2
    assert not result.served
    assert list(result.unserved.columns) == ["node_id", "side", "tonnage_t", "reason", "links"]
    assert result.unserved.values.tolist() == [
        ["yard", "supply", 3.0, "capacity", ("b", "b2")],
        ["island", "supply", 2.5, "no_path", ()],
        ["mill", "demand", 5.0, "capacity", ("b", "b2")],
    ]


def test_nothing_to_do():
    """No nodes, no links, no supply: an empty plan that is optimal and served."""
    for problem in (make([], []), make([("a", 0, 0)], []), make([("a", 0, 3), ("b", 0, 0)], [("l", "b", "a", 1, 1)])):
        result = solve(problem)
        assert (result.status, result.cost, result.served) == ("optimal", 0.0, True)
        assert len(result.flows) == len(problem.links)
        assert result.duals["shadow_price"].sum() == 0
        assert result.paths.empty


def test_a_node_serves_itself():
    """A node that offers and wants needs no link for its own tonnes."""
    result = solve(make([("a", 5, 3), ("b", 0, 2)], [("l", "a", "b", INF, 1)]))
    assert result.served
    assert result.flows["tonnage_t"].tolist() == [2.0]
    assert result.unserved.empty


@pytest.mark.parametrize("solver", SOLVERS)
def test_cost_beyond_64_bits_is_right(solver):
    """Where an integer total would wrap or saturate, the cost is still the right float."""
    result = solve(make([("a", 4e12, 0), ("b", 0, 4e12)], [("l", "a", "b", INF, 5e9)]), solver=solver)
    assert result.served
    assert result.cost == pytest.approx(2e22, rel=1e-12)


def test_overflow_is_refused_with_its_reason():
    """Sums without end, and costs that 64 bits cannot rank, are refused by name."""
    with pytest.raises(ProblemError, match="overflow: the sum of tonnes"):
        make([("a", 1.7e308, 0), ("b", 1.7e308, 0), ("c", 0, 1)], [])
    n = 3000
    nodes = [(f"n{i}", int(i == 0), int(i == n - 1)) for i in range(n)]
    links = [(f"l{i}", f"n{i}", f"n{i + 1}", INF, 1e17 if i % 2 else 1 / 3) for i in range(n - 1)]
    with pytest.raises(ProblemError, match="overflow: costs from"):
        solve(make(nodes, links))


def test_supply_far_above_demand_does_not_overflow():
    """A demand of a gram among supplies of 1e18 t is met exactly."""
    result = solve(
        make([("a", 1e18, 0), ("b", 3e18, 0), ("c", 0, 1e-6)], [("l", "a", "c", INF, 2), ("m", "b", "c", INF, 1)])
    )
    assert result.served
    assert result.flows["tonnage_t"].tolist() == pytest.approx([0.0, 1e-6], rel=1e-12)
    assert result.unserved["tonnage_t"].tolist() == [1e18, 3e18]


def test_decimals_come_out_exact():
    """Tonnages that are multiples of a gram come out as the same decimals, without noise."""
    rng = np.random.default_rng(5)
    tonnes = rng.integers(1, 10**9, 40) / 1000.0
    nodes = [(f"y{i}", t, 0) for i, t in enumerate(tonnes)] + [("mill", 0, INF)]
    result = solve(make(nodes, [(f"l{i}", f"y{i}", "mill", INF, 0.1 * i) for i in range(40)]))
    assert result.flows["tonnage_t"].tolist() == tonnes.tolist()
    assert result.tonnage_error_t == 0.0


def test_thirds_leave_no_remainder():
    """Three thirds fill one tonne: rounding never shows up as unserved rows."""
    nodes = [(f"y{i}", 1 / 3, 0) for i in range(3)] + [("mill", 0, 1)]
    result = solve(make(nodes, [(f"l{i}", f"y{i}", "mill", 1 / 3, 1 / 7) for i in range(3)]))
    assert result.served
    assert result.unserved.empty
    assert result.moved_t == pytest.approx(1.0, abs=1e-15)
    assert 0 < result.tonnage_error_t < 1e-13


def test_cycles_that_cost_nothing_carry_nothing():
    """Links that cost nothing and could go round for ever stay empty unless tonnes need them."""
    ring = [(f"l{i}", f"n{i}", f"n{(i + 1) % 5}", 7.5, 0) for i in range(5)]
    nodes = [("n0", 2, 0), ("n1", 0, 0), ("n2", 0, 2), ("n3", 0, 0), ("n4", 0, 0)]
    result = solve(make(nodes, [*ring, ("in", "n3", "n2", INF, 0), ("out", "n2", "n3", INF, 0)]))
    assert result.cost == 0.0
    assert result.flows["tonnage_t"].tolist() == [2.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0]


def test_negative_costs_fill_their_capacity():
    """A link that pays is used to its capacity, also round a cycle; without a capacity it is refused."""
    nodes, links = frames([("a", 1, 0), ("b", 0, 1)], [("ab", "a", "b", 2, -1.5), ("ba", "b", "a", 7, -1)])
    for solver in SOLVERS:
        assert solve(FlowProblem(nodes, links), solver=solver).cost == pytest.approx(-4.0)
    with pytest.raises(ProblemError, match="negative cost needs a finite capacity"):
        FlowProblem(nodes, links.assign(capacity_t=INF))


@SLOW
@given(problems(costs=st.integers(-30, 60).map(lambda k: k / 10)))
def test_negative_costs_agree(drawn):
    """With costs below zero HiGHS and OR-tools still agree with LEMON."""
    nodes, links = drawn
    problem = FlowProblem(nodes, links.assign(capacity_t=links["capacity_t"].replace(INF, 8.0)))
    a = solve(problem)
    for solver in SOLVERS:
        b = solve(problem, solver=solver)
        assert (b.moved_t, b.cost) == (pytest.approx(a.moved_t, abs=1e-7), pytest.approx(a.cost, abs=1e-6))


@pytest.mark.parametrize("solver", SOLVERS)
def test_lower_bounds_hold_or_the_solve_fails(solver):
    """A link must carry its least tonnes; if it cannot, the solve fails, names the links and has no cost."""
    nodes, links = frames([("a", 5, 0), ("b", 0, 5)], [("dear", "a", "b", 9, 3), ("cheap", "a", "b", 9, 1)])
    result = solve(FlowProblem(nodes, links.assign(lower_t=[2.5, 0])), solver=solver)
    assert result.flows["tonnage_t"].tolist() == pytest.approx([2.5, 2.5])
    assert result.cost == pytest.approx(10.0)
    failed = solve(FlowProblem(nodes, links.assign(lower_t=[6.0, 0])), solver=solver)
    assert (failed.status, failed.termination) == (Status.FAILED, Termination.INFEASIBLE)
    assert np.isnan(failed.cost)
    assert not failed.served
    assert failed.flows.empty
    assert failed.unserved.empty
    assert failed.conflict == ("dear",)


def test_a_cost_of_leaving_tonnes():
    """With a cost of leaving a tonne, dear paths stay empty and say so; the penalty is not in the cost."""
    nodes = [("near", 1, 0), ("far", 1, 0), ("mill", 0, 2)]
    links = [("l1", "near", "mill", INF, 2), ("l2", "far", "mill", INF, 20)]
    for solver in SOLVERS:
        result = solve(make(nodes, links, unserved_cost_per_t=5), solver=solver)
        assert result.flows["tonnage_t"].tolist() == [1.0, 0.0]
        assert result.cost == 2.0
        assert result.unserved["reason"].tolist() == ["too_dear", "too_dear"]


def test_endless_demand_and_endless_supply():
    """A demand without limit takes all and is not listed as short; both without limit are refused."""
    result = solve(make([("a", 3, 0), ("b", 0, INF)], [("l", "a", "b", INF, 1)]))
    assert result.served
    assert result.unserved.empty
    assert solve(make([("a", INF, 0), ("b", 0, 4)], [("l", "a", "b", 3, 1)])).unserved["tonnage_t"].tolist() == [1.0]
    with pytest.raises(ProblemError, match="both without limit"):
        make([("a", INF, 0), ("b", 0, INF)], [])


@given(problems(), st.integers(0, 12), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_a_tonne_whose_path_costs_as_much_as_leaving_it_moves(drawn, penalty, random):
    """At the tie all solvers move the same tonnes, under any numbering, and no more than at a hair above it."""
    nodes, links = drawn
    links = links.assign(cost_per_t=links["cost_per_t"].round())
    shuffled = [frame.sample(frac=1, random_state=random.randrange(9**9)) for frame in (nodes, links)]
    moved = {
        round(solve(FlowProblem(*tables, unserved_cost_per_t=penalty), solver=solver).moved_t, 6)
        for tables in ((nodes, links), shuffled)
        for solver in SOLVERS
    }
    assert moved == {round(solve(FlowProblem(nodes, links, unserved_cost_per_t=penalty + 0.01)).moved_t, 6)}


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("size", [1e-9, 1.0, 1e12])
@pytest.mark.parametrize("idle", [0, 1e15])
def test_size_is_no_matter(solver, size, idle):
    """Dantzig's plan costs 153.675 in any unit of tonnes, and beside a supply that dwarfs it."""
    nodes = [("s", 350 * size, 0), ("d", 600 * size, 0), ("idle", idle * size, 0)]
    nodes += [("n", 0, 325 * size), ("c", 0, 300 * size), ("t", 0, 275 * size)]
    prices = {"sn": 0.225, "sc": 0.153, "st": 0.162, "dn": 0.225, "dc": 0.162, "dt": 0.126}
    links = [(k, k[0], k[1], INF, c) for k, c in prices.items()]
    result = solve(make(nodes, links), solver=solver)
    assert result.cost == pytest.approx(153.675 * size, rel=1e-9)
    assert result.moved_t == pytest.approx(900 * size, rel=1e-12)
    assert result.unserved["tonnage_t"].sum() == pytest.approx((50 + idle) * size, rel=1e-6)
    assert result.served


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(st.floats(1e-3, 50), min_size=2, max_size=5), st.sampled_from(list(SOLVERS)))
def test_lower_bounds_that_just_fit_are_no_conflict(bounds, solver):
    """Rounding to integers never makes a round impossible whose way back takes exactly, or more than, what must go."""
    rows = [(f"out{i}", "a", "b", bound, 1) for i, bound in enumerate(bounds)]
    for back in (sum(bounds), INF):
        nodes, links = frames([("a", 0, 0), ("b", 0, 1)], [*rows, ("back", "b", "a", back, 1)])
        result = solve(FlowProblem(nodes, links.assign(lower_t=[*bounds, 0])), solver=solver)
        assert result.status == "optimal"
        assert (result.flows["tonnage_t"].to_numpy()[:-1] >= bounds).all()
        assert result.cost == pytest.approx(2 * sum(bounds), rel=1e-9)


def test_every_fault_is_reported_at_once():
    """NaN, negative numbers, words, unknown nodes and duplicates come together, each with table, row and column."""
    nodes = pd.DataFrame({"node_id": ["a", "a", None], "supply_t": [1, -1, np.nan]})
    links = pd.DataFrame(
        {
            "link_id": ["k", "k"],
            "from_node_id": ["a", "q"],
            "to_node_id": ["z", "a"],
            "capacity_t": [-1, "x"],
            "cost_per_t": [np.nan, np.inf],
        }
    )
    with pytest.raises(ProblemError) as caught:
        FlowProblem(nodes, links)
    found = set(caught.value.problems[["table", "row", "column"]].itertuples(index=False, name=None))
    assert found == {
        ("nodes", "2", "supply_t"),
        ("nodes", "a", "supply_t"),
        ("nodes", "", "demand_t"),
        ("nodes", "2", "node_id"),
        ("nodes", "a", "node_id"),
        ("links", "k", "capacity_t"),
        ("links", "k", "cost_per_t"),
        ("links", "k", "link_id"),
        ("links", "k", "from_node_id"),
        ("links", "k", "to_node_id"),
    }


def test_unknown_solver_and_foresight_are_named():
    """A misspelt argument is an error that lists what is allowed."""
    problem = make([("a", 1, 0)], [])
    with pytest.raises(ValueError, match="simplex, linear, ortools"):
        solve(problem, solver="cplex")
    with pytest.raises(ValueError, match="full, myopic"):
        solve(problem, foresight="none")


@SLOW
@given(problems(), st.randoms(use_true_random=False))
def test_a_result_nearby_changes_nothing_but_the_way(drawn, chance):
    """From the result of other tonnes on the same network the plan, its tonnes, its cost and its prices are those from nothing."""
    nodes, links = drawn
    other = nodes.assign(
        **{c: [v * chance.choice([0.0, 0.9, 1.0, 1.0, 1.3]) for v in nodes[c]] for c in ("supply_t", "demand_t")}
    )
    known = solve(FlowProblem(other, links))
    again, fresh = solve(FlowProblem(nodes, links), near=known), solve(FlowProblem(nodes, links))
    assert again.moved_t == pytest.approx(fresh.moved_t, abs=1e-9)
    assert again.cost == pytest.approx(fresh.cost, abs=1e-8)
    assert again.served is fresh.served
    assert again.flows["tonnage_t"].to_numpy() == pytest.approx(fresh.flows["tonnage_t"].to_numpy(), abs=1e-8)
    assert _residual(again.problem, again).to_numpy() == pytest.approx(0, abs=1e-8)
    for column in again.duals.select_dtypes("number"):
        assert again.duals[column].to_numpy() == pytest.approx(fresh.duals[column].to_numpy(), abs=1e-8)


def test_where_prices_hold_nothing_is_solved_anew(monkeypatch):
    """A tonne less at one yard: the simplex is not asked; a yard that becomes too much for the near mill: it is."""
    nodes = [("a", 5, 0), ("b", 4, 0), ("m", 0, 6), ("n", 0, 9)]
    links = [("am", "a", "m", INF, 1), ("bm", "b", "m", INF, 2), ("an", "a", "n", INF, 3), ("bn", "b", "n", INF, 5)]
    known = solve(make(nodes, links))
    asked = []
    module = sys.modules["scrapflow.routing.solve"]
    simplex = module.lemon
    monkeypatch.setattr(module, "lemon", lambda ints: asked.append(ints) or simplex(ints))
    monkeypatch.setattr(module, "try_shortcut", lambda made: None)
    less = make([("a", 4.5, 0), *nodes[1:]], links)
    assert solve(less, near=known).flows["tonnage_t"].tolist() == solve(less, near=known).flows["tonnage_t"].tolist()
    assert not asked
    far = make([("a", 1, 0), ("b", 8, 0), *nodes[2:]], links)
    assert solve(far, near=known).cost == pytest.approx(solve(far).cost)
    assert len(asked) >= 1


@pytest.mark.parametrize("room", [INF, 3])
def test_paths_of_equal_cost_are_not_looked_for_again(room, monkeypatch):
    """Two ways of the same length to the mill, with room for all or for three tonnes on one: other tonnes split likewise.

    Where there is room for all, 2.5 of 5 t go each way; with room for 3 of 8 t, 3 and 5.
    """
    given = 5 if room is INF else 8
    nodes = [("a", given, 0), ("b", 0, 0), ("c", 0, 0), ("m", 0, 9)]
    links = [("ab", "a", "b", room, 1), ("ac", "a", "c", INF, 1), ("bm", "b", "m", INF, 1), ("cm", "c", "m", INF, 1)]
    known = solve(make([("a", given - 0.5, 0), *nodes[1:]], links))
    module = sys.modules["scrapflow.routing.optimal_plans"]
    looked = []
    equal_paths = module.equal_paths
    monkeypatch.setattr(module, "equal_paths", lambda *a, **k: looked.append(a) or equal_paths(*a, **k))
    found = solve(make(nodes, links), near=known).flows["tonnage_t"].tolist()
    assert found[:2] == pytest.approx([2.5, 2.5] if room is INF else [3, 5])
    assert len(looked) == (room is not INF)  # whether there is room for all is seen from the equal split
