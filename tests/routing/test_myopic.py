"""Month by month: what waits where it can be kept, what stays, and that no foresight is used."""

from __future__ import annotations

import pandas as pd

from scrapflow.routing import FlowProblem, solve

from .conftest import INF, make

LINK = [("l", "y", "m", 4, 1)]


def problem(supply, demand, room=INF, links=LINK, cost=0.0):
    """Return a yard and a mill over months, with room at the yard to keep what stays."""
    rows = [(str(p + 1), "y", s, 0) for p, s in enumerate(supply)] + [
        (str(p + 1), "m", 0, d) for p, d in enumerate(demand)
    ]
    nodes = pd.DataFrame(rows, columns=["period", "node_id", "supply_t", "demand_t"])
    keep = pd.DataFrame({"node_id": ["y"], "capacity_t": [room], "cost_per_t": [cost]})
    return FlowProblem(nodes, make([("y", 0, 0), ("m", 0, 0)], links).links, storage=keep)


def told(problem_, side="supply"):
    """Return flows, stocks and what is not served by month, without foresight."""
    result = solve(problem_, foresight="myopic")
    rest = result.unserved[result.unserved.side == side]
    return (
        result.flows["tonnage_t"].tolist(),
        result.stocks[result.stocks.node_id == "y"]["tonnage_t"].tolist(),
        dict(zip(rest["period"], rest["tonnage_t"], strict=True)),
        result,
    )


def test_what_is_left_is_offered_again_in_the_next_month():
    """9 t in January over a link for 4 t: 4, 4 and 1 t, with 5 and 1 t kept in between."""
    flows, stocks, left, result = told(problem([9, 0, 0], [9, 9, 9]))
    assert flows == [4, 4, 1]
    assert stocks == [5, 1, 0]
    assert left == {}
    assert (result.moved_t, result.served, result.cost) == (9, True, 9)


def test_what_is_never_shipped_is_left_in_the_month_in_which_it_came():
    """Of 9 and 5 t 8 t go in two months: nothing is kept that never goes, so January's 5 t stay, and 1 t of February's."""
    flows, stocks, left, result = told(problem([9, 5], [9, 9]))
    assert flows == [4, 4]
    assert left == {"1": 5, "2": 1}
    assert stocks == [0, 0]
    assert result.moved_t == 8


def test_no_more_is_kept_than_there_is_room_for():
    """With room for 2 t, 3 of the 5 t that stay in January are lost to it, and 2 t go in February."""
    flows, stocks, left, _ = told(problem([9, 0], [9, 9], room=2))
    assert (flows, stocks, left) == ([4, 2], [2, 0], {"1": 3})


def test_where_nothing_is_kept_months_stand_alone():
    """Without storage what stays stays."""
    nodes = pd.DataFrame(
        [("1", "y", 9, 0), ("2", "y", 0, 0), ("1", "m", 0, 9), ("2", "m", 0, 9)],
        columns=["period", "node_id", "supply_t", "demand_t"],
    )
    result = solve(FlowProblem(nodes, make([("y", 0, 0), ("m", 0, 0)], LINK).links), foresight="myopic")
    assert result.flows["tonnage_t"].tolist() == [4, 0]
    assert result.unserved[result.unserved.side == "supply"]["tonnage_t"].tolist() == [5]
    assert len(result.stocks) == 0


def test_an_endless_supply_waits_for_what_later_months_can_take():
    """January's supply has no end: 4 t go, and the 6 t that February wants wait, 4 t of them going then."""
    flows, stocks, left, _ = told(problem([INF, 0], [9, 6]))
    assert flows == [4, 4]
    assert stocks[0] == 4
    assert left == {}


def test_an_endless_supply_before_another_keeps_nothing():
    """What comes without end in February too need not wait."""
    flows, stocks, left, _ = told(problem([INF, INF], [9, 6]))
    assert (flows, stocks, left) == ([4, 4], [0, 0], {})


def test_demand_that_is_not_met_does_not_wait():
    """What a mill lacked in January it does not get in February beside what it wants then."""
    flows, _, short, _ = told(problem([2, 9], [5, 5], links=[("l", "y", "m", INF, 1)]), side="demand")
    assert flows == [2, 5]
    assert short == {"1": 3}


def test_full_foresight_may_do_better_and_never_worse():
    """A near mill wants 4 t now, a far one 4 t later; myopic sends 4 t now at 1; both see the same where it is best."""
    for supply, demand in (([9, 0, 0], [9, 9, 9]), ([9, 5], [9, 9]), ([3, 8, 2], [4, 0, 9])):
        stated = problem(supply, demand)
        whole, month = solve(stated), solve(stated, foresight="myopic")
        assert month.moved_t <= whole.moved_t + 1e-9


def test_prices_are_those_of_each_month_alone():
    """In January the link is full and a tonne more of it would serve; in February it has room and is worth nothing."""
    _, _, _, result = told(problem([4, 0], [9, 9]))
    assert result.duals[result.duals.kind == "link"]["shadow_price"].tolist() == [0, 0]
    _, _, _, result = told(problem([9, 0], [9, 9], room=1))
    tonnes = result.tonnage_duals
    assert tonnes[tonnes.kind == "link"]["tonnage_t"].tolist() == [1, 0]


def test_full_stocks_are_told_and_the_whole_has_no_potentials():
    """The storage that is full shows as such; prices of all periods together do not exist."""
    _, _, _, result = told(problem([9, 0], [9, 9], room=2))
    assert result.plan.full.tolist() == [True, False, True]
    assert result.plan.used.tolist() == [True, True, True]
    assert result.plan.prices is None
