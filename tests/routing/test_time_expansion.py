"""Several periods: storage, calendars, foresight."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapflow.errors import ProblemError
from scrapflow.routing import FlowProblem, solve

from .conftest import INF, frames, problems, tenths

SLOW = settings(max_examples=70, deadline=None, derandomize=True)


def yard_and_mill(**settings_):
    """Return three months in which ten tonnes come at once and a train takes three a month."""
    nodes = pd.DataFrame(
        {
            "period": ["1", "2", "3"] * 2,
            "node_id": ["yard"] * 3 + ["mill"] * 3,
            "supply_t": [10, 0, 0, 0, 0, 0],
            "demand_t": [0, 0, 0, 4, 4, 9],
        }
    )
    links = pd.DataFrame(
        {"link_id": ["rail"], "from_node_id": ["yard"], "to_node_id": ["mill"], "capacity_t": [3], "cost_per_t": [1.0]}
    )
    storage = pd.DataFrame({"node_id": ["yard"], "capacity_t": [6], "cost_per_t": [0.1]})
    return FlowProblem(nodes, links, storage=storage, **settings_)


@st.composite
def long_problems(draw):
    """Draw a problem of three periods with storage at some nodes and a calendar."""
    nodes, links = draw(problems(most_nodes=4, most_links=8))
    labels = ["a", "b", "c"]
    rows = [
        {"period": p, "node_id": i, "supply_t": draw(tenths), "demand_t": draw(tenths)}
        for p in labels
        for i in nodes["node_id"]
    ]
    kept = draw(st.lists(st.sampled_from(list(nodes["node_id"])), unique=True))
    storage = pd.DataFrame(
        {"node_id": kept, "capacity_t": [draw(tenths) for _ in kept], "cost_per_t": [draw(tenths) for _ in kept]}
    )
    calendar = pd.DataFrame(
        [(p, k, draw(tenths)) for p in labels for k in links["link_id"] if draw(st.booleans())],
        columns=["period", "link_id", "capacity_t"],
    )
    return FlowProblem(pd.DataFrame(rows), links, storage=storage, calendar=calendar)


def test_a_yard_keeps_what_no_train_takes():
    """Nine of ten tonnes leave at three a month; one finds the yard full; frames carry the period first."""
    result = solve(yard_and_mill())
    assert result.flows.values.tolist() == [["1", "rail", 3.0], ["2", "rail", 3.0], ["3", "rail", 3.0]]
    assert result.cost == pytest.approx(9 + 0.6 + 0.3)
    assert result.stocks.values.tolist() == [["1", "yard", 6.0], ["2", "yard", 3.0], ["3", "yard", 0.0]]
    assert result.unserved.values.tolist() == [
        ["1", "yard", "supply", 1.0, "capacity", ("rail", "storage:yard")],
        ["1", "mill", "demand", 1.0, "capacity", ("rail",)],
        ["2", "mill", "demand", 1.0, "capacity", ("rail",)],
        ["3", "mill", "demand", 6.0, "capacity", ("rail",)],
    ]
    assert list(result.duals.columns) == ["period", "item", "kind", "shadow_price"]


def test_paths_are_told_by_period():
    """A kept tonne leaves its yard in the month in which a train takes it, on the same path."""
    result = solve(yard_and_mill())
    assert result.paths.values.tolist() == [[p, "path-1", "yard", "mill", 3.0] for p in "123"]
    assert result.path_links.values.tolist() == [["path-1", 0, "rail"]]


def test_a_closed_month_is_waited_for():
    """A link closed in one month by the calendar carries nothing then, and its tonnes wait."""
    calendar = pd.DataFrame({"period": ["1"], "link_id": ["rail"], "capacity_t": [0.0]})
    result = solve(yard_and_mill(calendar=calendar))
    assert result.flows["tonnage_t"].tolist() == [0.0, 3.0, 3.0]
    assert result.stocks["tonnage_t"].tolist() == [6.0, 3.0, 0.0]


def test_links_by_period_are_closed_where_not_listed():
    """With a column period, a link is open only in the months that list it."""
    nodes, links = frames([("a", 2, 0), ("b", 0, 2)], [("l", "a", "b", 2, 1)])
    result = solve(FlowProblem(nodes, links.assign(period="2"), periods=["1", "2"]))
    assert result.flows.values.tolist() == [["1", "l", 0.0], ["2", "l", 2.0]]


def test_periods_without_storage_stand_alone():
    """Without storage, months solved together cost what they cost one by one."""
    nodes, links = frames([("a", 2, 0), ("b", 0, 3)], [("l", "a", "b", INF, 1.5)])
    together = solve(FlowProblem(nodes, links, periods=["x", "y"]))
    assert together.cost == 2 * solve(FlowProblem(nodes, links)).cost


@SLOW
@given(long_problems())
def test_solvers_agree_over_periods(problem):
    """LEMON and HiGHS agree on tonnage and cost with storage and a calendar."""
    a, b = solve(problem), solve(problem, solver="linear")
    assert b.moved_t == pytest.approx(a.moved_t, abs=1e-7)
    assert b.cost == pytest.approx(a.cost, abs=1e-6)


@SLOW
@given(long_problems())
def test_foresight_is_worth_something(problem):
    """Seeing all months moves at least as much, and no dearer if as much, as going month by month."""
    full, myopic = solve(problem), solve(problem, foresight="myopic")
    assert myopic.moved_t <= full.moved_t + 1e-9
    if myopic.moved_t >= full.moved_t - 1e-9:
        assert full.cost <= myopic.cost + 1e-9
    for result in (full, myopic):
        assert _balanced(problem, result)
        offered = problem.arrays.supply.sum()
        left = result.unserved.loc[result.unserved["side"] == "supply", "tonnage_t"].sum()
        assert result.moved_t + left == pytest.approx(offered, abs=1e-9)


def _balanced(problem, result):
    """Tell whether supply + stock before + in = out + demand met + stock after, node by node and period by period."""
    a = problem.arrays
    n, count = len(a.node_ids), len(a.periods)
    at = {k: i for i, k in enumerate(a.node_ids)}
    when = {k: i for i, k in enumerate(a.periods)}
    net = a.supply - a.demand
    for row in result.unserved.itertuples():
        net[when[row.period], at[row.node_id]] += -row.tonnage_t if row.side == "supply" else row.tonnage_t
    flow = result.flows["tonnage_t"].to_numpy().reshape(count, -1)
    for p in range(count):
        net[p] += np.bincount(a.head, flow[p], n) - np.bincount(a.tail, flow[p], n)
    for row in result.stocks.itertuples():
        p = when[row.period]
        net[p, at[row.node_id]] -= row.tonnage_t
        if p + 1 < count:
            net[p + 1, at[row.node_id]] += row.tonnage_t
    return np.abs(net).max() < 1e-9


def test_myopic_keeps_for_later_without_knowing_it():
    """Going month by month fills the dear mill at once where foresight waits for the cheap one."""
    nodes = pd.DataFrame(
        [("1", "yard", 1, 0), ("1", "dear", 0, 1), ("2", "cheap", 0, 1)],
        columns=["period", "node_id", "supply_t", "demand_t"],
    )
    _, links = frames([], [("d", "yard", "dear", INF, 9), ("c", "yard", "cheap", INF, 1)])
    storage = pd.DataFrame({"node_id": ["yard"], "capacity_t": [INF], "cost_per_t": [0.5]})
    problem = FlowProblem(nodes, links, storage=storage)
    assert solve(problem).cost == 1.5
    assert solve(problem, foresight="myopic").cost == 9.0


def test_an_endless_supply_waits_only_where_the_next_month_has_none():
    """Month by month, nothing is put by where more can be had next month; before a dry month, what could be used is."""
    _, links = frames([], [("out", "quarry", "mill", 4, 1)])
    storage = pd.DataFrame({"node_id": ["quarry"], "capacity_t": [50], "cost_per_t": [1]})

    def month_by_month(supplies):
        rows = [(str(p), "quarry", s, 0) for p, s in enumerate(supplies)] + [("0", "mill", 0, 3), ("2", "mill", 0, 9)]
        nodes = pd.DataFrame(rows, columns=["period", "node_id", "supply_t", "demand_t"])
        return solve(FlowProblem(nodes, links, storage=storage), foresight="myopic")

    always, once = month_by_month([INF, INF, INF]), month_by_month([INF, 0, 0])
    assert (always.moved_t, always.cost, always.stocks["tonnage_t"].sum()) == (7.0, 7.0, 0.0)
    assert (once.moved_t, once.cost, once.stocks["tonnage_t"].tolist()) == (7.0, 15.0, [4.0, 4.0, 0.0])
    assert [r.unserved["tonnage_t"].tolist() for r in (always, once)] == [[5.0], [5.0]]
    assert not always.served
    assert not once.served


def test_faulty_periods_are_named():
    """Repeated pairs, unknown periods and unknown links of a calendar are refused together by name."""
    nodes, links = frames([("a", 2, 0), ("b", 0, 2)], [("l", "a", "b", 2, 1)])
    with pytest.raises(ProblemError, match="duplicate: period"):
        FlowProblem(pd.concat([nodes, nodes]).assign(period="1"), links)
    with pytest.raises(ProblemError, match="unknown period 'z'"):
        FlowProblem(nodes.assign(period="z"), links, periods=["1"])
    calendar = pd.DataFrame({"period": ["1", "7"], "link_id": ["x", "l"], "capacity_t": [1, 1]})
    with pytest.raises(ProblemError, match=r"(?s)unknown link 'x'.*unknown period '7'"):
        FlowProblem(nodes, links, periods=["1"], calendar=calendar)
