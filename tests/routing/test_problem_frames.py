"""Frames of a flow problem as arrays: what each cell becomes, and every fault at its row and column."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from scrapflow.errors import Findings
from scrapflow.routing import problem_frames as pf

INF = float("inf")
IDS = pd.Index(["a", "b"], dtype=object)
MONTHS = ("1", "2")


def noted(findings):
    """Return the faults as (table, row, column): message."""
    return {(r["table"], r["row"], r["column"]): r["message"] for r in findings.records}


@pytest.fixture
def findings():
    """Return where faults are gathered."""
    return Findings()


def test_new_values_by_identifier_replace_those_of_all_periods(findings):
    """One named, the other kept; all of them given as an array; nothing given, nothing changed, and the old is not touched."""
    old = np.array([[1.0, 2.0], [3.0, 4.0]])
    made = pf.changed("links", "capacity_t", IDS, old, {"b": 9}, findings)
    assert made.tolist() == [[1, 9], [3, 9]]
    assert old.tolist() == [[1, 2], [3, 4]]
    assert pf.changed("links", "capacity_t", IDS, old, np.arange(4.0), findings).tolist() == [[0, 1], [2, 3]]
    assert pf.changed("links", "capacity_t", IDS, old, None, findings) is old
    assert not findings


@pytest.mark.parametrize(
    ("new", "cost", "fault"),
    [
        ({"c": 1}, False, ("links", "c", "x")),
        ({"b": -1}, False, ("links", "b", "x")),
        ({"b": "many"}, False, ("links", "b", "x")),
        ({"b": INF}, True, ("links", "b", "x")),
        (np.array([[1.0, np.nan], [1.0, 1.0]]), True, ("links", "b", "x")),
    ],
)
def test_new_values_that_cannot_be(findings, new, cost, fault):
    """An unknown link, a negative or endless value, a word: named by its identifier."""
    pf.changed("links", "x", IDS, np.ones((2, 2)), new, findings, cost=cost)
    assert set(noted(findings)) == {fault}


def test_costs_may_be_negative_and_capacities_endless(findings):
    """What is a fault of the one is a value of the other."""
    assert pf.changed("links", "x", IDS, np.ones((1, 2)), {"a": -1}, findings, cost=True).tolist() == [[-1, 1]]
    assert pf.changed("links", "x", IDS, np.ones((1, 2)), {"a": INF}, findings).tolist() == [[INF, 1]]
    assert not findings


def test_nodes_of_all_periods_and_of_each(findings):
    """Without a column ``period`` a row holds in each; with it, what is not listed is nothing."""
    frame = pd.DataFrame({"node_id": ["a", "b"], "supply_t": [1, 0], "demand_t": [0, 2]})
    every = pf.read_nodes(frame, MONTHS, findings)
    assert every["supply"].tolist() == [[1, 0], [1, 0]]
    assert every["demand"].tolist() == [[0, 2], [0, 2]]
    some = pf.read_nodes(frame.assign(period=["2", "1"]), MONTHS, findings)
    assert some["nodes"].tolist() == ["a", "b"]
    assert (some["supply"].tolist(), some["demand"].tolist()) == ([[0, 0], [1, 0]], [[0, 2], [0, 0]])
    assert not findings


LINKS = pd.DataFrame(
    {
        "link_id": ["l", "k"],
        "from_node_id": ["a", "b"],
        "to_node_id": ["b", "a"],
        "capacity_t": [3.0, INF],
        "cost_per_t": [1.0, -2.0],
    }
)


def test_links_have_ends_capacities_costs_and_perhaps_lower_bounds(findings):
    """Ends are positions of nodes; without a column of lower bounds there are none."""
    read = pf.read_links(LINKS, MONTHS, IDS, findings)
    assert (read["tail"].tolist(), read["head"].tolist()) == ([0, 1], [1, 0])
    assert read["capacity"].tolist() == [[3, INF], [3, INF]]
    assert read["cost"].tolist() == [[1, -2], [1, -2]]
    assert read["lower"].tolist() == [[0, 0], [0, 0]]
    assert pf.read_links(LINKS.assign(lower_t=[0.5, 0]), MONTHS, IDS, findings)["lower"].tolist() == [
        [0.5, 0],
        [0.5, 0],
    ]
    assert not findings


def test_a_link_of_several_periods_keeps_its_ends(findings):
    """Its first row says where it leads; one that leads elsewhere in February is a fault of that row."""
    two = pd.concat([LINKS.assign(period="1"), LINKS.assign(period="2", capacity_t=[5.0, 7.0])], ignore_index=True)
    read = pf.read_links(two, MONTHS, IDS, findings)
    assert (read["tail"].tolist(), read["head"].tolist()) == ([0, 1], [1, 0])
    assert read["capacity"].tolist() == [[3, INF], [5, 7]]
    assert not findings
    two.loc[2, "to_node_id"] = "a"
    pf.read_links(two, MONTHS, IDS, findings)
    assert noted(findings) == {("links", "l", "to_node_id"): "differs from one period to another"}


def parts():
    """Return arrays of two links over two periods, as read."""
    return {"links": pd.Index(["l", "k"]), "capacity": np.full((2, 2), 9.0), "cost": np.ones((2, 2))}


def test_a_calendar_changes_what_it_gives_and_nothing_else(findings):
    """A capacity of one month, a cost of another; an empty cell leaves the value; the arrays given are not touched."""
    read = parts()
    before = read["capacity"]
    calendar = pd.DataFrame(
        {"link_id": ["l", "k"], "period": ["2", "1"], "capacity_t": [0.0, np.nan], "cost_per_t": [np.nan, 5.0]}
    )
    pf.read_calendar(calendar, MONTHS, read, findings)
    assert read["capacity"].tolist() == [[9, 9], [0, 9]]
    assert read["cost"].tolist() == [[1, 5], [1, 1]]
    assert before.tolist() == [[9, 9], [9, 9]]
    assert not findings


def test_a_calendar_of_costs_alone(findings):
    """The column of capacities need not be there."""
    read = parts()
    pf.read_calendar(pd.DataFrame({"link_id": ["k"], "period": ["2"], "cost_per_t": [-4.0]}), MONTHS, read, findings)
    assert read["cost"].tolist() == [[1, 1], [1, -4]]
    assert read["capacity"].tolist() == [[9, 9], [9, 9]]


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([("l", "2", 1.0, 1.0), ("l", "2", 2.0, 1.0)], ("calendar", "l", "period")),
        ([("no", "2", 1.0, 1.0)], ("calendar", "no", "link_id")),
        ([("l", "7", 1.0, 1.0)], ("calendar", "l", "period")),
        ([("l", "2", -1.0, 1.0)], ("calendar", "l", "capacity_t")),
        ([("l", "2", 1.0, INF)], ("calendar", "l", "cost_per_t")),
    ],
)
def test_a_calendar_that_cannot_be(findings, rows, fault):
    """A link and month twice, unknown ones, capacities below nothing, endless costs; a fault changes nothing."""
    read = parts()
    calendar = pd.DataFrame(rows, columns=["link_id", "period", "capacity_t", "cost_per_t"])
    pf.read_calendar(calendar, MONTHS, read, findings)
    assert fault in noted(findings)
    assert read["cost"].tolist() == [[1, 1], [1, 1]]


def test_places_to_keep_tonnes(findings):
    """Positions of the nodes, room and cost; none given, none there."""
    keep = pd.DataFrame({"node_id": ["b"], "capacity_t": [INF], "cost_per_t": [0.5]})
    read = pf.read_storage(keep, IDS, findings)
    assert {k: v.tolist() for k, v in read.items()} == {"store": [1], "store_capacity": [INF], "store_cost": [0.5]}
    assert all(len(v) == 0 for v in pf.read_storage(None, IDS, findings).values())
    assert not findings
    pf.read_storage(pd.concat([keep, keep.assign(cost_per_t=-1.0)]), IDS, findings)
    assert {c for _, _, c in noted(findings)} == {"node_id", "cost_per_t"}


def test_keeping_a_tonne_has_a_finite_cost(findings):
    """Endless room is room; an endless cost is none, and is told."""
    pf.read_storage(pd.DataFrame({"node_id": ["b"], "capacity_t": [INF], "cost_per_t": [INF]}), IDS, findings)
    assert {c for _, _, c in noted(findings)} == {"cost_per_t"}


def wishes(findings, demand=(0.0, 5.0), **given):
    """Read wishes for two nodes of which the second wants something."""
    made = {"demand": np.array([demand, demand])}
    return pf.read_wishes({"shares": {}, "priorities": {}} | given, IDS, made, findings)


def test_shares_and_ranks_become_arrays(findings):
    """A node without a share has none, one without a rank comes last; ranks count from nothing in their order."""
    assert wishes(findings) == {"share": None, "priority": None}
    share = wishes(findings, shares={"b": "0.25"})
    assert np.isnan(share["share"][0])
    assert (share["share"][1], share["priority"]) == (0.25, None)
    both = wishes(findings, demand=(1.0, 1.0), priorities={"b": 3, "a": 7.5})
    assert (both["priority"].tolist(), both["share"]) == ([1, 0], None)
    assert wishes(findings, priorities={"b": 3})["priority"].tolist() == [1, 0]
    assert not findings


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        ({"shares": {"c": 0.5}}, {("shares", "c", "node_id")}),
        ({"shares": {"a": 0.5}}, {("shares", "a", "node_id")}),
        ({"shares": {"b": 1.5}}, {("shares", "b", "share"), ("shares", "", "share")}),
        ({"shares": {"b": -0.1}}, {("shares", "b", "share")}),
        ({"shares": {"b": "some"}}, {("shares", "b", "share")}),
        ({"priorities": {"b": INF}}, {("priorities", "b", "priority")}),
        ({"shares": {"b": 0.5}, "priorities": {"b": 1}}, {("problem", "", "shares")}),
    ],
)
def test_wishes_that_cannot_be(findings, given, faults):
    """Unknown nodes, those that want nothing, shares beyond 0 to 1 or together above 1, ranks that are none, both at once."""
    read = wishes(findings, **given)
    assert set(noted(findings)) == faults
    assert read == {"share": None, "priority": None}


def limits(findings, **given):
    """Check arrays of one link and two nodes."""
    one = {"capacity": 5.0, "cost": 1.0, "lower": 0.0}
    arrays = {k: np.array([[float(given.get(k, v))]]) for k, v in one.items()}
    ends = {k: np.array([given.get(k, (1.0, 1.0))], dtype=float) for k in ("supply", "demand")}
    pf.check_limits({"links": pd.Index(["l"]), "nodes": IDS, **arrays, **ends}, findings)
    return noted(findings)


def test_bounds_that_cross_and_sums_without_end(findings):
    """Each is told where it stands; the same values within bounds are no fault."""
    assert limits(findings, lower=5.0, cost=-1.0, supply=(INF, 1)) == {}
    assert ("links", "l", "lower_t") in limits(findings, lower=5.1)
    assert ("links", "l", "cost_per_t") in limits(findings, cost=-1.0, capacity=INF)
    assert ("nodes", "b", "supply_t") in limits(findings, supply=(1, INF), demand=(INF, 1))


def test_sums_beyond_what_a_float_holds_well_are_told(findings):
    """Tonnes above 1e250, and costs that would be beyond it times all tonnes; just below, neither is."""
    assert limits(findings, supply=(9e249, 0), cost=1.0) == {}
    assert ("nodes", "", "demand_t") in limits(findings, demand=(1e250, 1e250))
    assert limits(Findings(), supply=(1e200, 0), cost=1e49) == {}
    assert ("links", "", "cost_per_t") in limits(Findings(), supply=(1e200, 0), cost=1e51)
    assert ("links", "", "cost_per_t") in limits(Findings(), cost=-1e251)
