"""Assignments made of shortest paths, against networkx and the optimum without capacities."""

from __future__ import annotations

import dataclasses

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from scrapflow.routing import FlowProblem, assign, solve

from .conftest import INF, make, problems

SLOW = settings(max_examples=80, deadline=None, derandomize=True)


@SLOW
@given(problems())
def test_assignments_use_shortest_paths(drawn):
    """Each pair costs what networkx finds; all-or-nothing is the optimum without capacities."""
    nodes, links = drawn
    problem = FlowProblem(nodes, links)
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(nodes["node_id"])
    for row in links[links["capacity_t"] > 0].itertuples():
        graph.add_edge(row.from_node_id, row.to_node_id, weight=row.cost_per_t)
    free = solve(FlowProblem(nodes, links.assign(capacity_t=links["capacity_t"].where(links["capacity_t"] == 0, INF))))
    alone = assign(problem)
    assert alone.moved_t == pytest.approx(free.moved_t, abs=1e-9)
    assert alone.cost == pytest.approx(free.cost, abs=1e-9)
    wanting = list(nodes.loc[nodes["demand_t"] > 0, "node_id"])
    for pair in assign(problem, "nearest").pairs.itertuples():
        far = nx.single_source_dijkstra_path_length(graph, pair.origin)
        assert pair.cost_per_t == pytest.approx(min(far[v] for v in wanting if v in far), abs=1e-9)


def test_overloads_are_told():
    """What is put on a link or a demand beyond its limit is listed, in every period."""
    problem = make(
        [("yard", 9, 0), ("near", 0, 4), ("far", 0, 9)],
        [("n", "yard", "near", 9, 1), ("f", "yard", "far", 3, 2), ("shut", "yard", "far", 0, 0)],
        periods=["1", "2"],
    )
    assert assign(problem).overloads.values.tolist() == [[p, "f", "link", 5.0, 3.0] for p in "12"]
    assert assign(problem, "nearest").overloads.values.tolist() == [[p, "near", "demand", 9.0, 4.0] for p in "12"]
    with pytest.raises(ValueError, match="all_or_nothing, nearest"):
        assign(problem, "random")
    nodes, links = problem.nodes, problem.links
    with pytest.raises(ValueError, match="negative costs"):
        assign(FlowProblem(nodes, links.assign(cost_per_t=-1.0)))


def test_nothing_to_assign():
    """Without supply or demand the assignment is empty, with all columns."""
    empty = assign(make([("a", 0, 0)], []))
    assert (empty.cost, empty.moved_t) == (0.0, 0.0)
    assert list(empty.pairs.columns) == ["origin", "destination", "tonnage_t", "cost_per_t"]
    assert isinstance(empty.overloads, pd.DataFrame)
    assert np.isfinite(empty.cost)


def test_assignments_are_compared_as_things_and_not_changed_in_place():
    """Frames have no one truth, so that two assignments are the same only if they are one; fields stay what they are."""
    problem = make([("y", 5, 0), ("m", 0, 2)], [("a", "y", "m", INF, 1)])
    one, other = assign(problem), assign(problem)
    assert (one == one, one == other) == (True, False)  # noqa: PLR0124
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.cost = 1.0


@pytest.mark.parametrize(("supply", "demand"), [(5, 0), (0, 5)])
@pytest.mark.parametrize("method", ["all_or_nothing", "nearest"])
def test_one_side_alone_moves_nothing(supply, demand, method):
    """Supply that nobody wants, or demand that nobody can meet: no pairs, nothing on the link."""
    one = assign(make([("y", supply, 0), ("m", 0, demand)], [("a", "y", "m", INF, 1)]), method)
    assert (one.moved_t, len(one.pairs), one.flows["tonnage_t"].tolist()) == (0.0, 0, [0.0])


def test_rows_of_several_periods_are_numbered_through():
    """The index counts the rows, so that the second period does not begin anew."""
    one = assign(make([("y", 5, 0), ("m", 0, 2)], [("a", "y", "m", 1, 1)], periods=["1", "2"]))
    for table in (one.flows, one.pairs, one.overloads):
        assert table.index.tolist() == [0, 1]
