"""DESIGN section 7, solve: networks drawn by hand, with the answer known beforehand."""

from __future__ import annotations

import math

import pandas as pd
import pytest

import scrapflow as sf

INF = math.inf
SOLVERS = ("simplex", "linear", "ortools")


def problem(nodes, links, **more):
    """Make a problem of (node, supply, demand) and (link, from, to, capacity, cost) rows."""
    return sf.FlowProblem(
        pd.DataFrame(nodes, columns=["node_id", "supply_t", "demand_t"]),
        pd.DataFrame(links, columns=["link_id", "from_node_id", "to_node_id", "capacity_t", "cost_per_t"]),
        **more,
    )


def flows(result):
    """Return tonnes by link."""
    return result.flows.set_index("link_id")["tonnage_t"].to_dict()


@pytest.mark.parametrize("solver", SOLVERS)
def test_supply_beyond_demand(solver):
    """More offered than wanted: all that is wanted moves, the rest is unserved on the supply side, served is true."""
    r = sf.solve(problem([("a", 10, 0), ("b", 0, 4)], [("l", "a", "b", INF, 2)]), solver=solver)
    assert (r.status, r.cost, r.served) == ("optimal", pytest.approx(8), True)
    assert flows(r) == {"l": pytest.approx(4)}
    assert list(r.unserved.columns) == ["node_id", "side", "tonnage_t", "reason", "links"]
    row = r.unserved.iloc[0]
    assert (row["node_id"], row["side"], row["tonnage_t"]) == ("a", "supply", pytest.approx(6))
    assert row["reason"] not in ("", "no_path", "capacity")


@pytest.mark.parametrize("solver", SOLVERS)
def test_demand_beyond_supply(solver):
    """More wanted than offered: all supply moves to where it is cheapest, served is true."""
    r = sf.solve(
        problem([("a", 5, 0), ("b", 0, 4), ("c", 0, 4)], [("l", "a", "b", INF, 2), ("m", "a", "c", INF, 1)]),
        solver=solver,
    )
    assert flows(r) == {"l": pytest.approx(1), "m": pytest.approx(4)}
    assert r.cost == pytest.approx(6)
    assert r.served
    assert r.unserved.query("side == 'demand'")["tonnage_t"].sum() == pytest.approx(3)


@pytest.mark.parametrize("solver", SOLVERS)
def test_disconnected(solver):
    """An island's supply has no path to any demand; what can move does; served is false."""
    r = sf.solve(
        problem([("a", 5, 0), ("b", 0, 9), ("x", 3, 0), ("y", 0, 0)], [("l", "a", "b", INF, 1), ("m", "x", "y", 9, 1)]),
        solver=solver,
    )
    assert r.status == "optimal"
    assert not r.served
    assert flows(r) == {"l": pytest.approx(5), "m": 0}
    lost = r.unserved.query("side == 'supply'").iloc[0]
    assert (lost["node_id"], lost["tonnage_t"], lost["reason"]) == ("x", pytest.approx(3), "no_path")


@pytest.mark.parametrize("solver", SOLVERS)
def test_the_cut_is_named(solver):
    """What a cut holds back has the reason capacity and the links of the cut."""
    r = sf.solve(
        problem(
            [("a", 10, 0), ("m", 0, 0), ("b", 0, 10)],
            [("wide", "a", "m", 100, 1), ("narrow", "m", "b", 4, 1), ("path", "m", "b", 2.5, 5)],
        ),
        solver=solver,
    )
    assert flows(r) == {"wide": pytest.approx(6.5), "narrow": pytest.approx(4), "path": pytest.approx(2.5)}
    row = r.unserved.query("side == 'supply'").iloc[0]
    assert row["reason"] == "capacity"
    assert set(row["links"]) == {"narrow", "path"}
    assert row["tonnage_t"] == pytest.approx(3.5)
    assert not r.served


@pytest.mark.parametrize("solver", SOLVERS)
def test_most_tonnes_before_least_cost(solver):
    """A dear path is used when it moves more; tonnes come before cost."""
    r = sf.solve(
        problem(
            [("a", 1, 0), ("b", 1, 0), ("p", 0, 1), ("q", 0, 1)],
            [("ap", "a", "p", 1, 0), ("aq", "a", "q", 1, 1000), ("bp", "b", "p", 1, 0)],
        ),
        solver=solver,
    )
    assert r.served
    assert r.cost == pytest.approx(1000)
    assert flows(r) == {"ap": 0, "aq": pytest.approx(1), "bp": pytest.approx(1)}


@pytest.mark.parametrize("solver", SOLVERS)
def test_fractions(solver):
    """Fractions of any size are exact to nine digits and never hang."""
    r = sf.solve(
        problem(
            [("a", 1 / 3, 0), ("b", math.pi, 0), ("c", 0, 2.718281828)],
            [("ac", "a", "c", 0.2, 1 / 7), ("ab", "a", "b", 1, 0.01), ("bc", "b", "c", INF, math.sqrt(2))],
        ),
        solver=solver,
    )
    got = flows(r)
    assert got["ac"] + got["bc"] == pytest.approx(2.718281828, rel=1e-9)
    assert r.cost == pytest.approx(sum(got[k] * c for k, c in (("ac", 1 / 7), ("ab", 0.01), ("bc", math.sqrt(2)))))
    assert got["ac"] == pytest.approx(0.2)


@pytest.mark.parametrize("solver", SOLVERS)
def test_parallel_and_opposite_links(solver):
    """Parallel links fill from the cheapest; opposite links are two links; a loop of cost carries nothing."""
    r = sf.solve(
        problem(
            [("a", 7, 0), ("b", 0, 9)],
            [("1", "a", "b", 3, 1), ("2", "a", "b", 3, 2), ("3", "a", "b", INF, 9), ("4", "b", "a", INF, 0)],
        ),
        solver=solver,
    )
    assert flows(r) == {"1": pytest.approx(3), "2": pytest.approx(3), "3": pytest.approx(1), "4": 0}
    assert r.cost == pytest.approx(18)


@pytest.mark.parametrize("solver", SOLVERS)
def test_zero_capacity_and_nothing_to_do(solver):
    """A closed link carries nothing; a problem without tonnes is optimal, served and costs nothing."""
    r = sf.solve(problem([("a", 1, 0), ("b", 0, 1)], [("l", "a", "b", 0, 1)]), solver=solver)
    assert flows(r) == {"l": 0}
    assert not r.served
    empty = sf.solve(problem([("a", 0, 0), ("b", 0, 0)], [("l", "a", "b", 5, 1)]), solver=solver)
    assert (empty.status, empty.cost, empty.served, len(empty.unserved)) == ("optimal", 0, True, 0)


@pytest.mark.parametrize("solver", SOLVERS)
def test_supply_and_demand_in_one_node(solver):
    """A node that offers and wants needs no link for its own tonnes, and the cost is zero."""
    r = sf.solve(problem([("a", 3, 2), ("b", 0, 5)], [("l", "a", "b", INF, 1)]), solver=solver)
    assert r.served
    assert r.flows["tonnage_t"].sum() >= 1 - 1e-9


@pytest.mark.parametrize("solver", ["simplex", "linear"])
def test_lower_bounds(solver):
    """A lower bound makes a dear link carry; one that cannot be met ends as failed, and says why."""
    nodes = pd.DataFrame([("a", 5.0, 0.0), ("b", 0.0, 5.0)], columns=["node_id", "supply_t", "demand_t"])
    links = pd.DataFrame(
        [("cheap", "a", "b", INF, 1.0, 0.0), ("dear", "a", "b", 4.0, 9.0, 2.0)],
        columns=["link_id", "from_node_id", "to_node_id", "capacity_t", "cost_per_t", "lower_t"],
    )
    r = sf.solve(sf.FlowProblem(nodes, links), solver=solver)
    assert flows(r) == {"cheap": pytest.approx(3), "dear": pytest.approx(2)}
    failed = sf.solve(sf.FlowProblem(nodes.assign(supply_t=[1.0, 0]), links), solver=solver)
    assert failed.status == "failed"
    assert failed.termination == "infeasible"
    assert not failed.served


@pytest.mark.parametrize("solver", SOLVERS)
def test_storage_over_periods(solver):
    """With a mill that takes 5 a month, 8 offered in the first are stored and cost their keeping."""
    nodes = pd.DataFrame(
        [("p1", "y", 8.0, 0.0), ("p2", "y", 0.0, 0.0), ("p1", "m", 0.0, 5.0), ("p2", "m", 0.0, 5.0)],
        columns=["period", "node_id", "supply_t", "demand_t"],
    )
    links = pd.DataFrame(
        [("l", "y", "m", INF, 10.0)], columns=["link_id", "from_node_id", "to_node_id", "capacity_t", "cost_per_t"]
    )
    store = pd.DataFrame([("y", 100.0, 1.0)], columns=["node_id", "capacity_t", "cost_per_t"])
    r = sf.solve(sf.FlowProblem(nodes, links, storage=store), solver=solver)
    got = r.flows.set_index(["period", "link_id"])["tonnage_t"].to_dict()
    assert got == {("p1", "l"): pytest.approx(5), ("p2", "l"): pytest.approx(3)}
    assert r.cost == pytest.approx(83)
    assert r.stocks.query("period == 'p1' and node_id == 'y'")["tonnage_t"].sum() == pytest.approx(3)
    without = sf.solve(sf.FlowProblem(nodes, links), solver=solver)
    assert without.flows["tonnage_t"].sum() == pytest.approx(5)


@pytest.mark.parametrize("solver", SOLVERS)
def test_duals_mean_what_they_say(solver):
    """A shadow price is ≥ 0 and is what one more tonne of that capacity saves at the same tonnage."""
    nodes = [("a", 5, 0), ("b", 0, 5)]

    def links(narrow):
        return [("cheap", "a", "b", narrow, 1), ("dear", "a", "b", INF, 4)]

    r = sf.solve(problem(nodes, links(2)), solver=solver)
    more = sf.solve(problem(nodes, links(3)), solver=solver)
    assert list(r.duals.columns) == ["item", "kind", "shadow_price"]
    assert (r.duals["shadow_price"] >= 0).all()
    price = r.duals.query("item == 'cheap'")["shadow_price"].sum()
    assert price == pytest.approx(r.cost - more.cost) == pytest.approx(3)
    assert r.duals.query("item == 'dear'")["shadow_price"].sum() == 0


@pytest.mark.parametrize("solver", SOLVERS)
def test_every_link_has_a_row_in_the_order_given(solver):
    """`flows` has every link, with its identifier as given, unused ones as 0."""
    rows = [("z", "a", "b", INF, 1), ("a", "b", "a", INF, 1), ("m", "a", "c", 1, 1)]
    r = sf.solve(problem([("a", 1, 0), ("b", 0, 1), ("c", 0, 0)], rows), solver=solver)
    assert sorted(r.flows["link_id"]) == ["a", "m", "z"]
    assert list(r.flows.columns) == ["link_id", "tonnage_t"]
    assert r.flows["tonnage_t"].dtype == "float64"


@pytest.mark.parametrize(
    ("nodes", "links", "column"),
    [
        ([("a", float("nan"), 0), ("b", 0, 1)], [("l", "a", "b", 1, 1)], "supply_t"),
        ([("a", 1, 0), ("b", 0, -1)], [("l", "a", "b", 1, 1)], "demand_t"),
        ([("a", 1, 0), ("b", 0, 1)], [("l", "a", "b", float("nan"), 1)], "capacity_t"),
        ([("a", 1, 0), ("b", 0, 1)], [("l", "a", "b", -1, 1)], "capacity_t"),
        ([("a", 1, 0), ("b", 0, 1)], [("l", "a", "b", 1, float("nan"))], "cost_per_t"),
        ([("a", 1, 0), ("b", 0, 1)], [("l", "a", "c", 1, 1)], "to_node_id"),
        ([("a", 1, 0), ("b", 0, 1)], [("l", "a", "b", 1, 1), ("l", "a", "b", 1, 1)], "link_id"),
        ([("a", 1, 0), ("a", 0, 1)], [("l", "a", "a", 1, 1)], "node_id"),
    ],
)
def test_bad_input_is_refused_by_column(nodes, links, column):
    """NaN, negatives, unknown nodes and duplicates are refused with the column's name."""
    with pytest.raises(sf.errors.ProblemError) as raised:
        problem(nodes, links)
    assert column in set(raised.value.problems["column"])


def test_a_solve_does_not_change_its_input():
    """The frames handed in are as they were; the same problem solved twice is the same."""
    nodes = pd.DataFrame([("b", 0.0, 4.0), ("a", 3.0, 0.0)], columns=["node_id", "supply_t", "demand_t"])
    links = pd.DataFrame(
        [("l", "a", "b", INF, 1.0)], columns=["link_id", "from_node_id", "to_node_id", "capacity_t", "cost_per_t"]
    )
    before = nodes.copy(), links.copy()
    p = sf.FlowProblem(nodes, links)
    first, second = sf.solve(p), sf.solve(p)
    pd.testing.assert_frame_equal(nodes, before[0])
    pd.testing.assert_frame_equal(links, before[1])
    pd.testing.assert_frame_equal(first.flows, second.flows)


def test_integers_are_numbers_too():
    """Integer columns and other column orders, an extra column and any index are accepted."""
    nodes = pd.DataFrame(
        {"demand_t": [0, 3], "supply_t": [2, 0], "node_id": ["a", "b"], "why": ["", "x"]}, index=[7, 7]
    )
    links = pd.DataFrame(
        {"cost_per_t": [1], "capacity_t": [5], "to_node_id": ["b"], "from_node_id": ["a"], "link_id": ["l"]},
        index=["q"],
    )
    assert sf.solve(sf.FlowProblem(nodes, links)).cost == pytest.approx(2)


@pytest.mark.parametrize("solver", SOLVERS)
def test_numbered_nodes(solver):
    """Nodes and links that are numbers, as in many published networks, are identifiers like any other."""
    r = sf.solve(
        problem([(1, 3, 0), (2, 0, 0), (3, 0, 2)], [(7, 1, 2, INF, 1), (8, 2, 3, INF, 1.5)]),
        solver=solver,
    )
    assert r.cost == pytest.approx(5)
    assert {str(k): v for k, v in flows(r).items()} == {"7": pytest.approx(2), "8": pytest.approx(2)}
    assert [str(n) for n in r.unserved["node_id"]] == ["1"]


def test_interdict_finds_the_worst_link():
    """The loss of the one bridge hurts most."""
    p = problem(
        [("a", 9, 0), ("m", 0, 0), ("b", 0, 9)],
        [("p", "a", "m", 5, 1), ("q", "a", "m", 5, 1), ("bridge", "m", "b", 9, 1)],
    )
    worst = sf.interdict(p, k=1)
    assert "bridge" in str(vars(worst) if hasattr(worst, "__dict__") else worst)
