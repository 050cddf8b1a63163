"""Link flows taken apart into paths, and assignments made of shortest paths."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from scrapflow.routing import FlowProblem, solve
from scrapflow.routing.decompose import decompose

from .conftest import problems
from .test_time_expansion import long_problems

SLOW = settings(max_examples=80, deadline=None, derandomize=True)


def _sums(result, links):
    """Return tonnes by period and link as the paths say."""
    keys = ["period", "path_id"] if "period" in result.paths else ["path_id"]
    steps = result.path_links.merge(result.paths[[*keys, "tonnage_t"]], on="path_id")
    return steps.groupby([*keys[:-1], "link_id"])["tonnage_t"].sum()


@SLOW
@given(problems())
def test_paths_sum_back_to_the_flows(drawn):
    """Every link's tonnes are those of its paths; paths run from supply to demand and meet no node twice."""
    problem = FlowProblem(*drawn)
    result = solve(problem)
    flows = result.flows.set_index("link_id")["tonnage_t"]
    sums = _sums(result, problem.links).reindex(flows.index, fill_value=0.0)
    assert sums.to_numpy() == pytest.approx(flows.to_numpy(), abs=1e-9)
    ends = problem.links.set_index("link_id")
    for path in result.paths.itertuples():
        steps = result.path_links[result.path_links["path_id"] == path.path_id].sort_values("seq")["link_id"]
        nodes = [ends.loc[steps.iloc[0], "from_node_id"], *ends.loc[steps, "to_node_id"]]
        assert list(ends.loc[steps, "from_node_id"]) == nodes[:-1]
        assert (nodes[0], nodes[-1]) == (path.origin, path.destination)
        assert len(set(nodes)) == len(nodes)
    supply = problem.nodes.set_index("node_id")
    assert (supply.loc[result.paths["origin"], "supply_t"] > 0).all()
    assert (supply.loc[result.paths["destination"], "demand_t"] > 0).all()


@SLOW
@given(long_problems())
def test_paths_sum_back_in_every_period(problem):
    """With storage, the paths of a period explain the flows of that period."""
    result = solve(problem)
    flows = result.flows.set_index(["period", "link_id"])["tonnage_t"]
    sums = _sums(result, problem.links).reindex(flows.index, fill_value=0.0)
    assert sums.to_numpy() == pytest.approx(flows.to_numpy(), abs=1e-9)


def test_paths_are_the_same_every_time(three_nodes):
    """The decomposition takes links in input order and is the same in every run."""
    result = solve(three_nodes)
    assert result.paths.values.tolist() == [["path-1", "yard", "mill", 4.0], ["path-2", "yard", "mill", 3.0]]
    assert result.path_links.values.tolist() == [
        ["path-1", 0, "a"],
        ["path-1", 1, "b"],
        ["path-2", 0, "a"],
        ["path-2", 1, "b2"],
    ]


def test_what_is_lost_to_rounding_on_the_way_ends_no_path():
    """Three ways that each lose 0.05 t at a junction: three paths of 4.95 t, and the 0.15 t that lead nowhere are left."""
    tail, head = np.array([0, 1, 0, 2, 0, 3]), np.array([1, 4, 2, 4, 3, 4])
    apart = decompose(5, tail, head, np.array([5.0, 4.95] * 3), 0.1)
    assert apart.links == [(0, 1), (2, 3), (4, 5)]
    assert apart.tonnage == pytest.approx([4.95] * 3)
    assert apart.destination == [4, 4, 4]


def test_a_path_ends_at_the_first_place_that_still_wants_tonnes():
    """Of 5 t on a row, 2 t stay in the middle and 3 t go on; a circle beside them is on no path."""
    apart = decompose(4, np.array([0, 1, 2, 3]), np.array([1, 2, 3, 2]), np.array([5.0, 3.0, 7.0, 7.0]), 0.0)
    assert (apart.links, apart.tonnage) == ([(0,), (0, 1)], [2, 3])
    assert apart.origin == [0, 0]
