"""Solving again from the last basis gives what solving from nothing gives."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapflow.errors import ProblemError
from scrapflow.routing import FlowProblem, Solver, solve, solve_batch

from .conftest import INF, make, problems, tenths
from .test_time_expansion import long_problems

SLOW = settings(max_examples=60, deadline=None, derandomize=True)


@SLOW
@given(problems(), st.data())
def test_a_warm_solve_is_a_solve(drawn, data):
    """Over a row of changes of supplies, demands, capacities and closures, warm and cold plans cost the same."""
    problem = FlowProblem(*drawn)
    solver = Solver(problem)
    nodes, links = list(drawn[0]["node_id"]), list(drawn[1]["link_id"])
    for _ in range(4):
        change = {
            "supply_t": data.draw(st.dictionaries(st.sampled_from(nodes), tenths, max_size=2)),
            "demand_t": data.draw(st.dictionaries(st.sampled_from(nodes), tenths, max_size=2)),
        }
        if links:
            change["capacity_t"] = data.draw(st.dictionaries(st.sampled_from(links), tenths, max_size=2))
            change["close"] = data.draw(st.lists(st.sampled_from(links), max_size=2))
        warm, cold = solver.solve(**change), solve(problem.change(**change))
        assert warm.moved_t == cold.moved_t
        assert warm.cost == pytest.approx(cold.cost, abs=1e-9)
        assert warm.duals["shadow_price"].tolist() == pytest.approx(cold.duals["shadow_price"].tolist(), abs=1e-9)


@SLOW
@given(long_problems(), st.integers(0, 10**6))
def test_a_batch_is_its_cases(problem, seed):
    """A batch of changed supplies, demands and closures over several periods costs what its cases cost one by one."""
    rng = np.random.default_rng(seed)
    a = problem.arrays
    supply = rng.integers(0, 60, (5, *a.supply.shape)) / [10, 7][seed % 2]
    demand = rng.integers(0, 60, (5, *a.demand.shape)) / 10
    close = [[k for k in a.link_ids if rng.random() < 0.2] for _ in range(5)]
    batch = solve_batch(problem, supply_t=supply, demand_t=demand, close=close)
    for k in range(5):
        alone = solve(problem.change(supply_t=supply[k], demand_t=demand[k], close=close[k]))
        assert batch.moved_t[k] == pytest.approx(alone.moved_t, abs=1e-9)
        assert batch.cost[k] == pytest.approx(alone.cost, abs=1e-9)
        assert batch.served[k] == alone.served
        assert batch.flow_t[k].shape == a.capacity.shape


def test_a_batch_of_one_change():
    """Only what changes is given; capacities can be given as numbers; flows need not be kept."""
    problem = make([("a", 5, 0), ("b", 0, 4)], [("ab", "a", "b", INF, 1), ("ab2", "a", "b", 3, 2)])
    batch = solve_batch(problem, capacity_t=np.array([[1.0, 1.0], [INF, 0.0]]), keep_flows=False)
    assert len(batch) == 2
    assert batch.cost.tolist() == [3.0, 4.0]
    assert batch.flow_t is None


def test_faults_of_a_change_are_named():
    """Unknown identifiers, NaN and wishes are refused; numbers of cases must agree."""
    problem = make([("a", 5, 0), ("b", 0, 4)], [("ab", "a", "b", INF, 1)])
    with pytest.raises(ProblemError, match=r"(?s)row x.*unknown node.*row y.*unknown link"):
        problem.change(supply_t={"x": 1}, close=["y"])
    with pytest.raises(ProblemError, match="NaN or negative"):
        problem.change(supply_t={"a": float("nan")})
    for change in ({"cost_per_t": {"ab": INF}}, {"cost_per_t": {"ab": -1}}, {"waiting_cost_per_t": {"a": 1}}):
        with pytest.raises(ProblemError, match=r"infinite|finite capacity|unknown storag"):
            problem.change(**change)
    with pytest.raises(ProblemError, match="row zz, column link_id: unknown link; name a link of the problem"):
        solve_batch(problem, close=[["zz"]])
    with pytest.raises(ProblemError, match="unknown link; did you mean 'ab'"):
        solve_batch(problem, close=[["abb"]])
    with pytest.raises(ProblemError, match="NaN"):
        solve_batch(problem, supply_t=np.array([[np.nan, 0.0]]))
    with pytest.raises(ValueError, match="one number of cases"):
        solve_batch(problem)
    with pytest.raises(ValueError, match="needs 2 values"):
        solve_batch(problem, supply_t=np.ones((3, 5)))
    wished = make([("a", 5, 0), ("b", 0, 4)], [("ab", "a", "b", INF, 1)], shares={"b": 1})
    with pytest.raises(ProblemError, match="shares or priorities"):
        Solver(wished)


def test_costs_of_links_and_of_waiting_can_be_changed():
    """Ten tonnes of a month may go now over the dear link or wait for a demand that comes later; new costs turn the choice."""
    nodes = pd.DataFrame(
        {"period": ["1", "1", "2"], "node_id": ["a", "b", "b"], "supply_t": [10.0, 0, 0], "demand_t": [0, 6.0, 6.0]}
    )
    links = pd.DataFrame(
        {"link_id": ["ab"], "from_node_id": ["a"], "to_node_id": ["b"], "capacity_t": [9.0], "cost_per_t": [1.0]}
    )
    keep = pd.DataFrame({"node_id": ["a"], "capacity_t": [INF], "cost_per_t": [2.0]})
    problem = FlowProblem(nodes, links, storage=keep)
    assert solve(problem).cost == 10 * 1 + 4 * 2
    assert solve(problem.change(waiting_cost_per_t={"a": 5.0})).cost == 10 * 1 + 4 * 5
    assert solve(problem.change(cost_per_t=np.array([[4.0], [1.0]]))).cost == 4 * 4 + 6 * (1 + 2)
    with pytest.raises(ProblemError, match="must be finite"):
        problem.change(waiting_cost_per_t={"a": INF})


def test_a_change_that_cannot_be_met_fails_and_the_next_one_is_solved():
    """A link that must carry 2 t with 1 t to give: infeasible, its link named; with 3 t to give there is a plan again."""
    base = make([("y", 3, 0), ("m", 0, 9)], [("l", "y", "m", 9, 1)])
    solver = Solver(FlowProblem(base.nodes, base.links.assign(lower_t=2.0)))
    assert solver.solve().moved_t == 3
    failed = solver.solve(supply_t={"y": 1.0})
    assert (str(failed.status), str(failed.termination), failed.conflict) == ("failed", "infeasible", ("l",))
    assert solver.solve(supply_t={"y": 2.5}).moved_t == 2.5
