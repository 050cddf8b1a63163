"""Fixed shares and priorities of mills: after the tonnage, before the cost."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapflow.errors import ProblemError
from scrapflow.routing import FlowProblem, solve
from scrapflow.routing.solve import SOLVERS

from .conftest import INF, frames, make, problems

SLOW = settings(max_examples=100, deadline=None, derandomize=True)

NODES = [("yard", 10, 0), ("near", 0, 20), ("far", 0, 20)]
LINKS = [("n", "yard", "near", INF, 1), ("f", "yard", "far", 7, 5)]


@pytest.mark.parametrize("solver", SOLVERS)
def test_shares_are_kept_where_they_can_be(solver):
    """A wish of two thirds for the far mill is met to the last kilogram, although it costs more."""
    result = solve(make(NODES, LINKS, shares={"far": 2 / 3, "near": 1 / 3}), solver=solver)
    assert result.flows["tonnage_t"].tolist() == pytest.approx([10 / 3, 20 / 3])
    assert result.shares["met"].tolist() == [True, True]
    assert result.served


@pytest.mark.parametrize("solver", SOLVERS)
def test_shares_that_cannot_be_kept_are_met_as_nearly_as_possible(solver):
    """A wish of nine tenths over a link of seven tonnes gives seven tenths, moves everything, and says so."""
    result = solve(make(NODES, LINKS, shares={"far": 0.9, "near": 0.1}), solver=solver)
    assert result.flows["tonnage_t"].tolist() == pytest.approx([3, 7])
    assert result.served
    row = result.shares.iloc[0]
    assert row["node_id"] == "near"
    assert (row["wanted_share"], row["share"], row["met"]) == (0.1, pytest.approx(0.3), False)


def test_demands_without_a_share_split_the_rest_freely():
    """Naming one mill leaves the others to cost."""
    nodes = [*NODES, ("third", 0, 20)]
    links = [*LINKS, ("t", "yard", "third", INF, 0.5)]
    assert solve(make(nodes, links, shares={"far": 0.4})).flows["tonnage_t"].tolist() == [0.0, 4.0, 6.0]


def test_shares_hold_over_all_months_together():
    """A share is of the tonnes of all periods; in which month they go is left to cost and capacity."""
    nodes, links = frames([("yard", 10, 0), ("near", 0, 20), ("far", 0, 20)], LINKS)
    calendar = pd.DataFrame({"period": ["1"], "link_id": ["f"], "capacity_t": [2.0]})
    result = solve(FlowProblem(nodes, links, periods=["1", "2"], calendar=calendar, shares={"far": 0.45}))
    far = result.flows[result.flows["link_id"] == "f"]["tonnage_t"].tolist()
    assert far == pytest.approx([2.0, 7.0])
    assert result.shares["met"].all()
    myopic = solve(
        FlowProblem(nodes, links, periods=["1", "2"], calendar=calendar, shares={"far": 0.45}), foresight="myopic"
    )
    assert myopic.flows[myopic.flows["link_id"] == "f"]["tonnage_t"].tolist() == pytest.approx([2.0, 4.5])


def test_priorities_fill_in_order():
    """The far mill of rank 1 gets all its link takes before the near one gets anything; ranks not named come last."""
    result = solve(make(NODES, LINKS, priorities={"far": 1}))
    assert result.flows["tonnage_t"].tolist() == [3.0, 7.0]
    assert result.served


@SLOW
@given(problems(), st.data())
def test_priorities_are_lexicographic(drawn, data):
    """First the tonnage, then rank 1 as much as that tonnage allows, then rank 2: as three solves in a row would."""
    nodes, links = drawn
    wanting = list(nodes.loc[nodes["demand_t"] > 0, "node_id"])
    ranks = {k: data.draw(st.integers(1, 2)) for k in wanting}
    if not ranks:
        return
    result = solve(FlowProblem(nodes, links, priorities=ranks))
    assert result.moved_t == pytest.approx(solve(FlowProblem(nodes, links)).moved_t, abs=1e-9)
    short = result.unserved[result.unserved["side"] == "demand"].set_index("node_id")["tonnage_t"]
    got = nodes.set_index("node_id")["demand_t"].sub(short, fill_value=0)
    first = min(ranks.values())
    chosen = [k for k in wanting if ranks[k] == first]
    only = nodes.assign(demand_t=nodes["demand_t"].where(nodes["node_id"].isin(chosen), 0.0))
    assert got[chosen].sum() == pytest.approx(solve(FlowProblem(only, links)).moved_t, abs=1e-9)


@SLOW
@given(problems(), st.lists(st.integers(0, 4), min_size=6, max_size=6))
def test_shares_agree_with_a_linear_programme(drawn, weights):
    """LEMON and HiGHS find the same tonnage, the same distance to the wished shares, and the same cost."""
    nodes, links = drawn
    wanting = list(nodes.loc[nodes["demand_t"] > 0, "node_id"])
    if not wanting:
        return
    shares = {k: w / 24 for k, w in zip(wanting, weights, strict=False)}
    problem = FlowProblem(nodes, links, shares=shares)
    a, b = solve(problem), solve(problem, solver="linear")
    assert a.moved_t == pytest.approx(solve(FlowProblem(nodes, links)).moved_t, abs=1e-9)
    assert b.moved_t == pytest.approx(a.moved_t, abs=1e-6)
    over = [(r.shares["tonnage_t"] - r.shares["wanted_t"]).clip(lower=0).sum() for r in (a, b)]
    free = [r.moved_t - r.shares["tonnage_t"].sum() - r.moved_t * (1 - r.shares["wanted_share"].sum()) for r in (a, b)]
    assert over[0] + max(0, free[0]) == pytest.approx(over[1] + max(0, free[1]), abs=1e-6)
    assert a.cost == pytest.approx(b.cost, abs=1e-5)
    assert (a.duals["shadow_price"] >= 0).all()


def test_faulty_wishes_are_named():
    """Unknown nodes, shares above one, wishes for nodes that want nothing, and both kinds at once are refused."""
    with pytest.raises(ProblemError, match=r"(?s)row x.*no such node.*row yard.*wants nothing"):
        make(NODES, LINKS, shares={"x": 0.5, "yard": 0.1})
    with pytest.raises(ProblemError, match="sum to more than 1"):
        make(NODES, LINKS, shares={"near": 0.7, "far": 0.7})
    with pytest.raises(ProblemError, match="not both"):
        make(NODES, LINKS, shares={"near": 0.7}, priorities={"far": 1})
    with pytest.raises(ProblemError, match="come after the tonnage"):
        make(NODES, LINKS, shares={"near": 0.7}, unserved_cost_per_t=3)
