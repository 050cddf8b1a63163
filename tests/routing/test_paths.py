"""Link flows taken apart into paths, and assignments made of shortest paths."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from scrapflow.routing import FlowProblem, solve

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
