"""A flow problem: what is refused and with which words, what can be changed, and that nothing is printed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from scrapflow.errors import ProblemError
from scrapflow.routing import FlowProblem, Solver, solve, solve_batch
from scrapflow.routing.solve import SOLVERS

from .conftest import INF, frames, make

NODES, LINKS = frames([("a", 5, 0), ("b", 0, 4)], [("ab", "a", "b", 9, 2)])
STORE = pd.DataFrame({"node_id": ["a"], "capacity_t": [3.0], "cost_per_t": [1.0]})


def faults(call):
    """Return what is wrong as ``(table, row, column, message)``."""
    with pytest.raises(ProblemError) as caught:
        call()
    return [tuple(r) for r in caught.value.problems[["table", "row", "column", "message"]].to_numpy().tolist()]


@pytest.mark.parametrize(
    ("links", "fault"),
    [
        ({"lower_t": [10.0]}, ("lower_t", "the lower bound is above the capacity")),
        ({"lower_t": [INF]}, ("lower_t", "it must be finite")),
        (
            {"cost_per_t": [-1.0], "capacity_t": [INF]},
            ("cost_per_t", "a negative cost needs a finite capacity, else the cost has no end"),
        ),
        ({"cost_per_t": [INF]}, ("cost_per_t", "it must be finite")),
        ({"cost_per_t": [1e250]}, ("cost_per_t", "overflow: the highest cost times all tonnes is above 1e+250")),
        ({"capacity_t": [-1.0]}, ("capacity_t", "negative: it must be at least 0")),
    ],
)
def test_a_link_that_cannot_be_is_named_with_its_fault(links, fault):
    """One fault each, at the link and the column."""
    table, row, column, message = faults(lambda: FlowProblem(NODES, LINKS.assign(**links)))[0]
    assert (table, row if "overflow" not in message else "ab", column, message) == ("links", "ab", *fault)


def test_a_negative_cost_with_a_capacity_is_allowed():
    """The limit keeps the cost from having no end."""
    assert solve(FlowProblem(NODES, LINKS.assign(cost_per_t=-1.0))).cost < 0


def test_storage_and_calendar_are_judged_in_their_own_columns():
    """Where tonnes wait must be known and its cost finite; a calendar may change the cost alone."""
    endless = faults(lambda: FlowProblem(NODES, LINKS, storage=STORE.assign(cost_per_t=INF)))
    assert endless == [("storage", "a", "cost_per_t", "it must be finite")]
    assert solve(FlowProblem(NODES, LINKS, storage=STORE.assign(capacity_t=INF))).moved_t == 4.0
    calendar = pd.DataFrame({"period": ["2"], "link_id": ["ab"], "cost_per_t": [7.0]})
    problem = FlowProblem(NODES, LINKS, periods=["1", "2"], calendar=calendar)
    assert problem.arrays.cost.tolist() == [[2.0], [7.0]]
    assert problem.arrays.capacity.tolist() == [[9.0], [9.0]]
    both = calendar.assign(capacity_t=[np.nan])
    assert FlowProblem(NODES, LINKS, periods=["1", "2"], calendar=both).arrays.capacity.tolist() == [[9.0], [9.0]]
    twice = pd.concat([calendar, calendar])
    assert (
        faults(lambda: FlowProblem(NODES, LINKS, periods=["1", "2"], calendar=twice))[0][3]
        == "the same link and period twice"
    )


def test_a_link_has_the_same_ends_in_every_period():
    """A link that leads elsewhere in another month is refused at the end that differs; the first row is taken."""
    links = pd.DataFrame(
        [("1", "l", "a", "b", 9, 1), ("2", "l", "b", "b", 9, 1)],
        columns=["period", "link_id", "from_node_id", "to_node_id", "capacity_t", "cost_per_t"],
    )
    assert faults(lambda: FlowProblem(NODES, links)) == [
        ("links", "l", "from_node_id", "differs from one period to another")
    ]
    same = links.assign(from_node_id="a")
    problem = FlowProblem(NODES, same)
    assert (problem.arrays.tail.tolist(), problem.arrays.head.tolist()) == ([0], [1])


@pytest.mark.parametrize(
    ("wishes", "fault"),
    [
        ({"shares": {"b": 1.5}}, ("shares", "b", "share", "1.5 is not between 0 and 1")),
        ({"shares": {"c": 0.5}}, ("shares", "c", "node_id", "no such node")),
        ({"shares": {"a": 0.5}}, ("shares", "a", "node_id", "this node wants nothing in any period")),
        (
            {"shares": {"b": 0.6}, "priorities": {"b": 1}},
            ("problem", "", "shares", "give shares or priorities, not both"),
        ),
        ({"shares": {"b": 0.6}, "unserved_cost_per_t": 1}, ("problem", "", "unserved_cost_per_t", None)),
        ({"unserved_cost_per_t": -1}, ("problem", "", "unserved_cost_per_t", "-1 is not a cost ≥ 0")),
        ({"unserved_cost_per_t": INF}, ("problem", "", "unserved_cost_per_t", "inf is not a cost ≥ 0")),
    ],
)
def test_wishes_that_cannot_be_are_named(wishes, fault):
    """Each is told where it was given."""
    found = faults(lambda: FlowProblem(NODES, LINKS, **wishes))[0]
    assert found[:3] == fault[:3]
    assert fault[3] is None or found[3] == fault[3]


def test_shares_may_sum_to_one_and_not_to_more():
    """Float noise is no excess."""
    nodes = pd.concat([NODES, pd.DataFrame({"node_id": ["c"], "supply_t": [0], "demand_t": [4]})], ignore_index=True)
    FlowProblem(nodes, LINKS, shares={"b": 0.7, "c": 0.1 + 0.2})
    assert faults(lambda: FlowProblem(nodes, LINKS, shares={"b": 0.8, "c": 0.3})) == [
        ("shares", "", "share", "the shares sum to more than 1")
    ]


def test_ranks_are_dense_and_whoever_has_none_comes_last():
    """Ranks 5 and 9 are the first and the second; a node without one is filled after them."""
    nodes = pd.concat([NODES, pd.DataFrame({"node_id": ["c"], "supply_t": [0], "demand_t": [4]})], ignore_index=True)
    assert FlowProblem(nodes, LINKS, priorities={"c": 5, "b": 9}).arrays.priority.tolist() == [2, 1, 0]
    assert FlowProblem(nodes, LINKS, priorities={"b": 9}).arrays.priority.tolist() == [1, 0, 1]


def test_tonnage_without_end_on_both_sides_is_refused_on_one_not():
    """Who would offer and want without limit moves without limit."""
    nodes = NODES.assign(supply_t=[INF, 0], demand_t=[0, INF])
    assert faults(lambda: FlowProblem(nodes, LINKS))[0][:3] == ("nodes", "a", "supply_t")
    assert solve(FlowProblem(NODES.assign(supply_t=[INF, 0]), LINKS)).moved_t == 4.0


def test_changes_are_judged_as_the_first_frames_were():
    """Each change is named by its table, identifier and column; costs may be below zero, tonnes may not."""
    problem = FlowProblem(NODES, LINKS, storage=STORE)
    for change, fault in (
        ({"supply_t": {"a": -1}}, ("nodes", "a", "supply_t", "no number, NaN or negative")),
        ({"demand_t": {"q": 1}}, ("nodes", "q", "demand_t", "unknown node")),
        ({"capacity_t": {"q": 1}}, ("links", "q", "capacity_t", "unknown link")),
        ({"close": ["q"]}, ("links", "q", "capacity_t", "unknown link")),
        ({"cost_per_t": {"ab": INF}}, ("links", "ab", "cost_per_t", "no number, NaN or infinite")),
        ({"waiting_cost_per_t": {"a": INF}}, ("storage", "a", "cost_per_t", "it must be finite")),
        ({"waiting_cost_per_t": {"a": -1}}, ("storage", "a", "cost_per_t", "no number, NaN or negative")),
        ({"supply_t": {"a": INF}, "demand_t": {"b": INF}}, ("nodes", "a", "supply_t", None)),
    ):
        found = faults(lambda change=change: problem.change(**change))[0]
        assert found[:3] == fault[:3], change
        assert fault[3] is None or found[3] == fault[3]
    assert problem.change(cost_per_t={"ab": -3}).arrays.cost.tolist() == [[-3.0]]
    assert problem.change(waiting_cost_per_t={"a": 4}).arrays.store_cost.tolist() == [4.0]
    assert problem.change(capacity_t=np.array([[2.0]]), close="ab").arrays.capacity.tolist() == [[0.0]]
    assert problem.arrays.capacity.tolist() == [[9.0]]


def test_it_shows_how_large_it_is():
    """One of a thing is one; tonnes are added up over all periods."""
    assert repr(FlowProblem(NODES, LINKS)) == "<FlowProblem: 2 nodes, 1 link, 1 period, supply 5 t, demand 4 t>"
    assert repr(FlowProblem(NODES, LINKS, periods=["1", "2"])).endswith("2 periods, supply 10 t, demand 8 t>")


@pytest.mark.parametrize("solver", sorted(SOLVERS))
def test_no_solver_prints(solver, capfd):
    """Solvers in C++ write where Python cannot see; a plan, its prices and its ties leave both streams empty."""
    problem = make(
        [("a", 5, 0), ("b", 3, 0), ("c", 0, 6)],
        [("ac", "a", "c", 4, 1), ("bc", "b", "c", 9, 1), ("ab", "a", "b", 2, 0)],
    )
    result = solve(problem, solver=solver)
    assert result.moved_t == 6.0
    assert len(result.duals)
    assert tuple(capfd.readouterr()) == ("", "")


@pytest.mark.parametrize("wish", [{"shares": {"b": 1.0}}, {"priorities": {"b": 1}}])
def test_a_problem_with_either_wish_is_not_solved_from_a_basis(wish):
    """Shares or priorities make networks of their own: both ways of solving again say so."""
    problem = FlowProblem(NODES, LINKS, **wish)
    for call in (lambda: Solver(problem), lambda: solve_batch(problem, supply_t=np.ones((1, 1, 2)))):
        assert "cannot be solved again from its last basis; use solve" in faults(call)[0][3]


def test_a_case_that_cannot_be_leaves_the_next_one_right():
    """A lower bound that nobody can meet fails alone: the cut is named, and the same solver solves the case after it."""
    problem = FlowProblem(NODES, LINKS.assign(lower_t=3.0))
    solver = Solver(problem)
    for supply, moved in ((5.0, 4.0), (1.0, None), (5.0, 4.0)):
        result = solver.solve(supply_t={"a": supply})
        if moved is None:
            assert result.status == "failed"
            assert result.conflict == ("ab",)
        else:
            assert result.moved_t == moved
