"""Frames as people bring them: periods of any kind, other identifiers, and every fault by name."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from scrapflow.errors import ProblemError
from scrapflow.routing import FlowProblem, solve
from scrapflow.routing.interdict import interdict

from .conftest import INF, frames, make

NODES, LINKS = frames([("a", 5.5, 0), ("b", 0, 4)], [("ab", "a", "b", INF, 2)])
MONTHS = pd.date_range("2015-01-01", periods=12, freq="MS")


def faults(*tables, **settings):
    """Return what is wrong with a problem, as ``table, row, column, message``."""
    with pytest.raises(ProblemError) as caught:
        FlowProblem(*tables, **settings)
    rows = caught.value.problems[["table", "row", "column", "message"]]
    return list(rows.itertuples(index=False, name=None))


@pytest.mark.parametrize(
    "labels",
    [
        [f"2015-{m:02d}" for m in range(1, 13)],
        list(range(1, 13)),
        [float(m) for m in range(1, 13)],
        [f"month {m}" for m in range(1, 13)],
        list(MONTHS),
        list(MONTHS.to_period("M")),
        list(MONTHS.to_numpy()),
    ],
    ids=["iso", "int", "float", "text", "timestamp", "period", "datetime64"],
)
def test_periods_follow_each_other_whatever_they_are_called(labels):
    """What the first month offers reaches the tenth: month 10 comes after month 9, not after month 1."""
    nodes = pd.DataFrame(
        {"period": [labels[0], labels[9]], "node_id": ["a", "b"], "supply_t": [5, 0], "demand_t": [0, 5]}
    )
    links = LINKS.merge(pd.DataFrame({"period": labels}), how="cross")
    storage = pd.DataFrame({"node_id": ["a"], "capacity_t": [INF], "cost_per_t": [1]})
    for settings in ({}, {"periods": labels}):
        result = solve(FlowProblem(nodes, links, storage=storage, **settings))
        assert (result.moved_t, result.cost) == (5.0, 5 * 2 + 5 * 9)
        assert result.flows["tonnage_t"].to_numpy().nonzero()[0].tolist() == [9]


def test_one_label_is_one_period_and_others_are_refused():
    """A text is not taken letter by letter; a number, nothing, a gap and a repeat are no labels."""
    assert FlowProblem(NODES, LINKS, periods="2015-03").periods == ("2015-03",)
    for periods in (3, [], [None], ["x", "x"], [1, 1.0]):
        assert [f[:3] for f in faults(NODES, LINKS, periods=periods)] == [("problem", "", "periods")]


def test_identifiers_that_differ_only_in_type_are_told():
    """Nodes numbered 1 and links that name '1' are refused with the reason."""
    nodes, links = frames([(1, 5, 0), (2, 0, 4)], [(7, "1", 2.0, INF, 1)])
    assert faults(nodes, links) == [("links", "7", "from_node_id", "unknown node '1': it is known as int, not as str")]


def test_identifiers_come_back_as_they_were_given():
    """Numbers stay numbers, also in an interdiction, and categories become what they stand for."""
    nodes, links = frames([(1, 5, 0), (2, 0, 4)], [(7, 1, 2, INF, 1)])
    problem = FlowProblem(nodes, links)
    assert interdict(problem).links == (7,)
    assert solve(problem.change(close=interdict(problem).links)).moved_t == 0.0
    named = dict.fromkeys(("link_id", "from_node_id", "to_node_id"), "category")
    result = solve(FlowProblem(NODES.astype({"node_id": "category"}), LINKS.astype(named)))
    assert result.flows["link_id"].dtype == LINKS["link_id"].dtype
    assert result.unserved["node_id"].dtype == NODES["node_id"].dtype


def test_what_is_no_frame_is_refused():
    """Lists and dicts are named by table; solve takes problems only."""
    found = faults([("a", 1, 0)], {"link_id": []}, storage=["a"])
    assert [f[0] for f in found] == ["nodes", "links", "storage"]
    with pytest.raises(ProblemError, match="FlowProblem is needed, not a tuple"):
        solve((NODES, LINKS))


def test_a_missing_column_hides_nothing_and_accuses_nobody():
    """Without node_id no link is blamed for unknown ends; if it is the index, that is said."""
    assert faults(NODES.set_index("node_id"), LINKS.assign(cost_per_t=np.nan)) == [
        ("nodes", "", "node_id", "the column is missing: it is the index, so use reset_index()"),
        ("links", "ab", "cost_per_t", "NaN is refused: every value must be known"),
    ]


def test_a_missing_end_is_no_node():
    """An empty from_node_id does not match a node whose identifier is missing too."""
    nodes = pd.concat([NODES, pd.DataFrame({"node_id": [None], "supply_t": [1.0], "demand_t": [0.0]})])
    found = faults(nodes, LINKS.assign(from_node_id=[None]))
    assert ("links", "ab", "from_node_id", "the node is missing") in found
    assert ("nodes", "2", "node_id", "the identifier is missing") in found


def test_every_fault_of_a_calendar_is_told_beside_all_others():
    """Unknown links and periods, negative capacities and true repeats; an unknown link is no repeat of another."""
    rows = [("1", "ab", -1), ("9", "ab", 1), ("1", "q", -2), ("1", "r", 3), ("1", "ab", 4), (None, "ab", 5)]
    calendar = pd.DataFrame(rows, columns=["period", "link_id", "capacity_t"])
    found = faults(NODES.assign(supply_t=[-1, 0]), LINKS, periods=["1"], calendar=calendar)
    assert sorted(f[:3] for f in found) == [
        ("calendar", "ab", "capacity_t"),
        ("calendar", "ab", "period"),
        ("calendar", "ab", "period"),
        ("calendar", "ab", "period"),
        ("calendar", "q", "capacity_t"),
        ("calendar", "q", "link_id"),
        ("calendar", "r", "link_id"),
        ("nodes", "a", "supply_t"),
    ]


def test_wishes_and_costs_that_are_no_numbers_are_refused():
    """Words, NaN and None among shares, ranks and the cost of leaving a tonne are named."""
    for shares in ({"b": "half"}, {"b": np.nan}, {"b": None}):
        assert [f[:3] for f in faults(NODES, LINKS, shares=shares)] == [("shares", "b", "share")]
    for ranks in ({"b": "first"}, {"b": np.nan}, {"b": INF}):
        assert [f[:3] for f in faults(NODES, LINKS, priorities=ranks)] == [("priorities", "b", "priority")]
    assert faults(NODES, LINKS, unserved_cost_per_t="dear")[0][3] == "'dear' is not a cost ≥ 0"


def test_series_are_as_good_as_dicts():
    """Shares, priorities and changes may be Series; one link to close may be a word."""
    problem = FlowProblem(NODES, LINKS, shares=pd.Series({"b": 1.0}))
    assert solve(problem).shares["met"].tolist() == [True]
    assert solve(make([("a", 5, 0), ("b", 0, 4)], [("ab", "a", "b", 9, 1)]).change(close="ab")).moved_t == 0.0
    assert solve(FlowProblem(NODES, LINKS).change(supply_t=pd.Series({"a": 1.5}))).moved_t == 1.5
    with pytest.raises(ProblemError, match="row a, column supply_t: no number"):
        FlowProblem(NODES, LINKS).change(supply_t={"a": "much"})
