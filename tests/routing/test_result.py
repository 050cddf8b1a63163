"""What a solve tells in rows: flows, remainders, stocks, prices, paths, ranges; on networks drawn by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from scrapflow.routing import FlowProblem, solve

from .conftest import INF, make


def rows(frame):
    """Return a frame as tuples."""
    return [tuple(row) for row in frame.itertuples(index=False)]


@pytest.fixture
def months():
    """Return two named months: a yard of 6 t and 1 t with room for 3 t, a mill for 4 t a month, a link for 4 t."""
    nodes = pd.DataFrame(
        [("jan", "y", 8, 0), ("feb", "y", 1, 0), ("jan", "m", 0, 4), ("feb", "m", 0, 5)],
        columns=["period", "node_id", "supply_t", "demand_t"],
    )
    links = make([("y", 0, 0), ("m", 0, 0)], [("l", "y", "m", 4, 2)]).links
    keep = pd.DataFrame({"node_id": ["y"], "capacity_t": [3.0], "cost_per_t": [0.5]})
    return solve(FlowProblem(nodes, links, storage=keep, periods=["jan", "feb"]))


def test_flows_remainders_and_stocks_have_their_period_first(months):
    """January: 4 t go, 3 wait, 1 t stays for want of room; February: 4 t go of the 5 t wanted, for the link is full."""
    assert rows(months.flows) == [("jan", "l", 4.0), ("feb", "l", 4.0)]
    assert rows(months.stocks) == [("jan", "y", 3.0), ("feb", "y", 0.0)]
    assert rows(months.unserved) == [
        ("jan", "y", "supply", 1.0, "capacity", ("storage:y",)),
        ("feb", "m", "demand", 1.0, "capacity", ("l",)),
    ]
    assert months.cost == 8 * 2 + 3 * 0.5
    assert (months.moved_t, months.served) == (8, False)
    assert list(months.flows.columns) == ["period", "link_id", "tonnage_t"]
    assert list(months.unserved.columns) == ["period", "node_id", "side", "tonnage_t", "reason", "links"]


def test_remainders_of_months_solved_one_by_one_stand_in_their_own_month(months):
    """Without foresight the second part's nodes are February's, not January's again."""
    month = solve(months.problem, foresight="myopic")
    assert [(r.period, r.node_id, r.side, r.tonnage_t) for r in month.unserved.itertuples()] == [
        ("jan", "y", "supply", 1.0), ("feb", "m", "demand", 1.0),
    ]  # fmt: skip
    assert rows(month.stocks) == rows(months.stocks)
    # Seen alone, January's mill had all it wanted, and in February there was no more to send.
    assert month.unserved["reason"].tolist() == ["demand_met", "no_supply"]


def test_without_named_periods_there_is_no_such_column():
    """One period without a name: frames begin with what they are about; nothing is kept."""
    result = solve(make([("y", 5, 0), ("m", 0, 9)], [("l", "y", "m", 4, 1)]))
    assert rows(result.flows) == [("l", 4.0)]
    assert rows(result.unserved) == [
        ("y", "supply", 1.0, "capacity", ("l",)), ("m", "demand", 5.0, "capacity", ("l",)),
    ]  # fmt: skip
    assert len(result.stocks) == 0
    assert list(result.stocks.columns) == ["period", "node_id", "tonnage_t"]


@pytest.mark.parametrize(
    ("supply", "demand", "served"),
    [(5, 5, True), (9, 5, True), (5, 9, True), (INF, 5, True), (5, INF, True), (9, 9, False), (INF, 9, False)],
)
def test_served_means_that_one_side_is_used_up(supply, demand, served):
    """Over a link for 5 t: an endless side is never used up, so that the other must be."""
    result = solve(make([("y", supply, 0), ("m", 0, demand)], [("l", "y", "m", 5, 1)]))
    assert result.served is served
    assert result.moved_t == 5
    assert ("all served" if served else "not all served") in repr(result)
    # What is left of an endless supply is not told: it has no number.
    assert INF not in result.unserved["tonnage_t"].tolist()
    told = {"supply": supply not in (INF, 5), "demand": demand not in (INF, 5)}
    assert set(result.unserved["side"]) == {side for side, there in told.items() if there}


def test_prices_and_what_one_more_tonne_would_move(months):
    """A link, a demand, a supply and a storage have rows in each month; storage in none after the last."""
    duals = months.duals
    assert list(duals.columns) == ["period", "item", "kind", "shadow_price"]
    assert [tuple(r) for r in duals[["period", "item", "kind"]].itertuples(index=False)] == [
        ("jan", "l", "link"), ("jan", "m", "demand"), ("jan", "y", "supply"), ("jan", "y", "storage"),
        ("feb", "l", "link"), ("feb", "m", "demand"), ("feb", "y", "supply"),
    ]  # fmt: skip
    assert (duals["shadow_price"] >= 0).all()
    tonnes = months.tonnage_duals.set_index(["period", "item", "kind"])["tonnage_t"]
    # January's mill is met, so that more of its link would move nothing; February's link would let January's tonne go.
    assert tonnes["feb", "l", "link"] == 0 or tonnes["feb", "y", "storage"] == 0
    assert tonnes["jan", "y", "supply"] == 0


def test_a_shadow_price_is_what_another_tonne_of_room_saves():
    """5 t, of which the cheap link takes 3: a tonne more of it saves the difference of 4 to the dear one."""
    result = solve(make([("y", 5, 0), ("m", 0, 5)], [("a", "y", "m", 3, 1), ("b", "y", "m", INF, 5)]))
    assert result.duals.set_index(["kind", "item"])["shadow_price"].to_dict() == {
        ("link", "a"): 4, ("link", "b"): 0, ("demand", "m"): 0, ("supply", "y"): 0,
    }  # fmt: skip


def test_paths_are_the_flows_and_their_links_in_order(months):
    """Paths of the same links have one name in every month; what waits has no link."""
    chain = solve(make([("y", 3, 0), ("j", 0, 0), ("m", 0, 3)], [("in", "y", "j", INF, 1), ("on", "j", "m", INF, 1)]))
    assert rows(chain.paths) == [("path-1", "y", "m", 3.0)]
    assert rows(chain.path_links) == [("path-1", 0, "in"), ("path-1", 1, "on")]
    assert rows(months.paths) == [("jan", "path-1", "y", "m", 4.0), ("feb", "path-1", "y", "m", 4.0)]
    assert chain.path_links["seq"].dtype == np.int64


def test_without_the_rule_the_flows_are_taken_apart(months):
    """Any plan's paths sum to its flows, in tonnes and not in units of the solver."""
    loose = solve(months.problem, ties="any")
    assert not loose.by_rule
    assert rows(loose.paths) == rows(months.paths)
    thirds = solve(make([("y", 1 / 3, 0), ("m", 0, 1)], [("l", "y", "m", INF, 1)]), ties="any")
    assert thirds.paths["tonnage_t"].tolist() == pytest.approx([1 / 3])


def test_a_failed_solve_has_no_plan_and_names_the_links_of_the_cut():
    """A link that must carry 3 t where 2 t arrive: no flows, no cost, and both links are told, storage last."""
    base = make([("y", 2, 0), ("j", 0, 0), ("m", 0, 9)], [("in", "y", "j", 9, 1), ("out", "j", "m", 9, 1)])
    result = solve(FlowProblem(base.nodes, base.links.assign(lower_t=[0.0, 3.0])))
    assert (str(result.status), str(result.termination)) == ("failed", "infeasible")
    assert np.isnan(result.cost)
    assert not result.served
    assert (len(result.flows), len(result.unserved), len(result.paths)) == (0, 0, 0)
    assert set(result.conflict) <= {"in", "out"}
    assert "out" in result.conflict
    assert not result.unique
    with pytest.raises(ValueError, match="there is no plan: the solve ended as infeasible"):
        _ = result.plan
    assert solve(base).conflict == ()


def test_a_failed_solve_over_months_keeps_nothing():
    """Stocks of a plan that there is not are nothing at every place and month."""
    base = make([("y", 2, 0), ("m", 0, 9)], [("l", "y", "m", 9, 1)])
    keep = pd.DataFrame({"node_id": ["y"], "capacity_t": [3.0], "cost_per_t": [0.5]})
    problem = FlowProblem(base.nodes, base.links.assign(lower_t=5.0), storage=keep, periods=["1", "2"])
    result = solve(problem)
    assert str(result.status) == "failed"
    assert result.stocks["tonnage_t"].tolist() == [0, 0]


def test_options_and_ranges_of_sums_over_all_plans():
    """Yards of 3 t each to a mill for 4 t, one with two tracks: each way a row; what a yard gives is between 1 and 3 t."""
    links = [("a1", "a", "m", INF, 1), ("a2", "a", "m", INF, 1), ("b1", "b", "m", INF, 1)]
    result = solve(make([("a", 3, 0), ("b", 3, 0), ("m", 0, 4)], links))
    options = result.options()
    assert [(r.origin, r.links) for r in options.itertuples()] == [("a", ("a1",)), ("a", ("a2",)), ("b", ("b1",))]
    assert options.columns.tolist() == ["part", "column", "way", "period", "origin", "destination", "links"]

    def range_of(chosen):
        return result.range_of(chosen.to_numpy(dtype=float))

    assert range_of(options["origin"] == "a") == pytest.approx((1, 3))
    assert range_of(options["links"] == ("a1",)) == pytest.approx((0, 3))
    assert range_of(options["destination"] == "m") == pytest.approx((4, 4))
    assert range_of(options["origin"] == "nobody") == pytest.approx((0, 0))


def test_no_plan_lies_outside_a_range():
    """4 t over two tracks for 3 t each: on the first go 1 to 3 t, in any plan; the range holds these at least."""
    result = solve(make([("y", 4, 0), ("m", 0, 4)], [("l", "y", "m", 3, 1), ("k", "y", "m", 3, 1)]))
    least, most = result.range_of((result.options()["links"] == ("l",)).to_numpy(dtype=float))
    assert least <= 1
    assert most >= 3


def test_ranges_over_months_solved_one_by_one_add_up():
    """Two months alike without storage: the ranges of the two together are twice those of one."""
    nodes = pd.DataFrame(
        [(p, n, s, d) for p in "12" for n, s, d in (("a", 3, 0), ("b", 3, 0), ("m", 0, 4))],
        columns=["period", "node_id", "supply_t", "demand_t"],
    )
    links = make([("a", 0, 0), ("b", 0, 0), ("m", 0, 0)], [("la", "a", "m", INF, 1), ("lb", "b", "m", INF, 1)]).links
    result = solve(FlowProblem(nodes, links), foresight="myopic")
    options = result.options()
    assert options["part"].tolist() == [0, 0, 1, 1]
    assert options["period"].tolist() == ["1", "1", "2", "2"]
    weight = (options["origin"] == "a").to_numpy(dtype=float)
    assert result.range_of(weight) == pytest.approx((2, 6))


def test_where_the_rule_does_not_apply_there_are_no_options():
    """With a cost below nothing the plan is the solver's; no range can be told but nothing."""
    result = solve(make([("y", 4, 0), ("m", 0, 4)], [("l", "y", "m", 9, 1), ("back", "m", "y", 1, -0.5)]))
    assert not result.by_rule
    assert len(result.options()) == 0


def test_shares_that_were_wished_for_are_told_with_what_came():
    """Half each of 8 t, of which the far mill's link carries 3 t: it got 3/8 where 1/2 was meant."""
    problem = make(
        [("y", 8, 0), ("m", 0, 9), ("n", 0, 9)],
        [("l", "y", "m", INF, 1), ("k", "y", "n", 3, 1)],
        shares={"m": 0.5, "n": 0.5},
    )
    shares = solve(problem).shares.set_index("node_id")
    assert shares["wanted_share"].to_dict() == {"m": 0.5, "n": 0.5}
    assert shares["tonnage_t"].sum() == pytest.approx(8)
    assert shares["tonnage_t"]["n"] == pytest.approx(3)
    assert shares["met"].tolist() == [False, False]
    assert len(solve(make([("y", 8, 0), ("m", 0, 9)], [("l", "y", "m", INF, 1)])).shares) == 0
