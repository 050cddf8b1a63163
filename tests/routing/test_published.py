"""Published cases with a known optimum; docs/validation-routing.md says where each comes from."""

from __future__ import annotations

import bz2
import pickle
from pathlib import Path

import networkx as nx
import pandas as pd
import pytest

from scrapflow.routing import FlowProblem, Solver, solve
from scrapflow.routing.solve import SOLVERS

from .conftest import INF, make

DANTZIG_MILES = {
    ("seattle", "new-york"): 2.5,
    ("seattle", "chicago"): 1.7,
    ("seattle", "topeka"): 1.8,
    ("san-diego", "new-york"): 2.5,
    ("san-diego", "chicago"): 1.8,
    ("san-diego", "topeka"): 1.4,
}


def dantzig():
    """Return Dantzig's transportation problem: cases of cans, thousands of dollars at 90 dollars a thousand miles."""
    nodes = [("seattle", 350, 0), ("san-diego", 600, 0), ("new-york", 0, 325), ("chicago", 0, 300), ("topeka", 0, 275)]
    return make(nodes, [(f"{a} {b}", a, b, INF, 90 * far / 1000) for (a, b), far in DANTZIG_MILES.items()])


@pytest.mark.parametrize("solver", SOLVERS)
def test_dantzig_transport(solver):
    """Dantzig (1963, chapter 3-3): the least cost is 153.675 thousand dollars, with 50 cases left in Seattle or San Diego."""
    result = solve(dantzig(), solver=solver)
    assert result.served
    assert result.cost == pytest.approx(153.675, abs=1e-9)
    assert result.unserved["tonnage_t"].sum() == pytest.approx(50)


@pytest.mark.parametrize("solver", SOLVERS)
def test_northern_airplane(solver):
    """Hillier & Lieberman: producing 25, 5, 30 and 10 engines in four months costs 77.3 million dollars."""
    months = ["1", "2", "3", "4"]
    nodes = pd.DataFrame(
        [(m, "works", made, 0) for m, made in zip(months, (25, 35, 30, 10), strict=True)]
        + [(m, "store", 0, due) for m, due in zip(months, (10, 15, 25, 20), strict=True)],
        columns=["period", "node_id", "supply_t", "demand_t"],
    )
    links = pd.DataFrame(
        [("make", "works", "store", INF, 0.0)],
        columns=["link_id", "from_node_id", "to_node_id", "capacity_t", "cost_per_t"],
    )
    cost = pd.DataFrame({"period": months, "link_id": "make", "cost_per_t": [1.08, 1.11, 1.10, 1.13]})
    storage = pd.DataFrame({"node_id": ["store"], "capacity_t": [INF], "cost_per_t": [0.015]})
    problem = FlowProblem(nodes, links, calendar=cost, storage=storage)
    result = solve(problem, solver=solver)
    assert result.served
    assert result.cost == pytest.approx(77.3, abs=1e-9)
    myopic = solve(problem, foresight="myopic", solver=solver)
    assert myopic.moved_t == pytest.approx(60)
    assert not myopic.served


@pytest.mark.parametrize("solver", SOLVERS)
def test_dimacs_format_sample(solver):
    """The sample of the DIMACS minimum-cost-flow format: four units from node 1 to node 4 cost 14."""
    arcs = [(1, 2, 4, 2), (1, 3, 2, 2), (2, 3, 2, 1), (2, 4, 3, 3), (3, 4, 5, 1)]
    nodes = [(str(i), 4 * (i == 1), 4 * (i == 4)) for i in range(1, 5)]
    links = [(f"{a}-{b}", str(a), str(b), capacity, cost) for a, b, capacity, cost in arcs]
    assert solve(make(nodes, links), solver=solver).cost == pytest.approx(14)


@pytest.mark.parametrize("solver", SOLVERS)
def test_ortools_manual(solver):
    """The minimum-cost-flow example of the OR-tools manual costs 150."""
    start, end = [0, 0, 1, 1, 1, 2, 2, 3, 4], [1, 2, 2, 3, 4, 3, 4, 4, 2]
    capacity, cost = [15, 8, 20, 4, 10, 15, 4, 20, 5], [4, 4, 2, 2, 6, 1, 3, 2, 3]
    nodes = [(i, max(s, 0), max(-s, 0)) for i, s in enumerate([20, 0, 0, -5, -15])]
    links = list(zip(range(9), start, end, capacity, cost, strict=True))
    assert solve(make(nodes, links), solver=solver).cost == pytest.approx(150)


def test_netgen_instance():
    """The netgen instance that networkx ships for its own tests has the published optimum 6,749,969,302."""
    file = Path(nx.__file__).parent / "algorithms" / "flow" / "tests" / "netgen-2.gpickle.bz2"
    if not file.exists():
        pytest.skip("this networkx comes without its test data")
    with bz2.open(file) as packed:
        graph = pickle.load(packed)
    nodes = [(v, max(-d, 0), max(d, 0)) for v, d in graph.nodes(data="demand", default=0)]
    links = [
        (k, a, b, data.get("capacity", INF), data.get("weight", 0))
        for k, (a, b, data) in enumerate(graph.edges(data=True))
    ]
    problem = make(nodes, links)
    result = solve(problem)
    assert result.served
    assert result.cost == 6749969302
    assert solve(problem, solver="ortools").cost == 6749969302
    assert Solver(problem).solve().cost == 6749969302


def test_fractional_cases_end():
    """Fractional input of the kind networkx never ends on (its issues 1858, 4641, 2906, 7562) ends at once and exactly."""
    thirds = [("a", 1 / 3, 0), ("b", 0.1 + 0.2, 0), ("c", 0, 0.3), ("d", 0, 1 / 3 + 1e-17)]
    links = [
        (f"{i}{j}", i, j, cap, cost)
        for i, j, cap, cost in (
            ("a", "b", 0.7, 0.1),
            ("b", "a", 0.7, 0.1),
            ("a", "c", 1 / 7, 1e-3),
            ("b", "c", 0.9, 0.30000000000000004),
            ("a", "d", 0.2, 0.3),
            ("b", "d", 0.61, 1 / 3),
        )
    ]
    result, other = (solve(make(thirds, links), solver=s) for s in ("simplex", "linear"))
    assert result.served
    assert result.cost == pytest.approx(other.cost, abs=1e-9)
