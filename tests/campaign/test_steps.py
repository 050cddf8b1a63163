"""The steps of a period: what lies ready, what is credited, what may be shown twice."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from scrapflow.campaign.steps import Steps

WORKS = {"node_id": "e", "x": 0.1, "y": 0.1, "workers": 1000.0}
TOWN = {"node_id": "c", "x": 0.1, "y": 0.1, "population": 1000.0, "household_scrap_kg": 10.0}
YARD = {"node_id": "y", "x": 0.1, "y": 0.1}


def quota(kg, **more):
    """Return a quota rule by headcount."""
    return {"rule_id": "w", "kind": "per_worker", "kg": kg} | more


def account(collected, node="e"):
    """Return the accounts of a node, one row a period."""
    return collected.accounts[collected.accounts.node_id == node].reset_index(drop=True)


def test_what_cannot_be_carted_is_a_level_that_ends_with_the_stock(make):
    """A works without a place owes 4 t a month and has 10 t: 4, 8 and 10 t lie ready, and nothing is counted twice."""
    lost = {k: v for k, v in WORKS.items() if k not in ("x", "y")} | {"scrap_t": 10.0}
    ready = make.collect(make.world(enterprises=[lost]), {"quota": [quota(4)]}).unserved
    assert ready.tonnage_t.tolist() == pytest.approx([4, 8, 10])
    assert ready.new_t.tolist() == pytest.approx([4, 4, 2])
    assert set(ready.reason) == {"unplaced"}


def test_a_town_without_a_yard_has_no_more_ready_than_it_owns(make):
    """Residents of a town off the map put by what they owe until their scrap is gone; the level never exceeds it."""
    lost = {k: v for k, v in TOWN.items() if k not in ("x", "y")}
    raw = {"periods": {"start": "2015-01", "count": 6}, "quota": [{"rule_id": "u", "kind": "unaffiliated", "kg": 3}]}
    ready = make.collect(make.world(communities=[lost]), raw).unserved
    assert ready.tonnage_t.tolist() == pytest.approx([3, 6, 9, 10, 10, 10])
    assert ready.new_t.sum() == pytest.approx(10)


def test_what_lies_ready_is_carted_first_and_never_beyond_what_is_owed(make):
    """8 t meet a yard for 5 in January; in February 3 t of what was left go, and the rest is kept: nothing more is owed."""
    rules = [quota(8, last="2015-01"), quota(3, rule_id="v", first="2015-02", last="2015-02")]
    world = make.world(enterprises=[WORKS | {"scrap_t": 8.0}], yards=[YARD])
    collected = make.collect(world, {"quota": rules, "yards": {"receipt_limit_t": 5.0}})
    assert account(collected).carted_t.tolist() == pytest.approx([5, 3, 0])
    assert collected.unserved.reason.tolist() == ["yard_full", "kept"]
    assert collected.unserved.tonnage_t.tolist() == pytest.approx([3, 0])
    assert collected.unserved.new_t.tolist() == pytest.approx([3, -3])


def test_nobody_pays_cash_for_steel_in_hand(make):
    """Of 20 t owed 12 t are there and 5 t carted: cash is credited for the 8 t that are not there, not for the 7 t ready."""
    world = make.world(enterprises=[WORKS | {"scrap_t": 12.0}], yards=[YARD])
    raw = {"quota": [quota(20)], "filling": {"books_only_share": 0.5}, "yards": {"receipt_limit_t": 5.0}}
    first = account(make.collect(world, raw)).iloc[0]
    assert (first.carted_t, first.books_only_t, first.shortfall_t) == pytest.approx((5, 4, 11))


def test_condemned_scrap_fills_no_quota_unless_it_is_said_to(make):
    """Half the idle machines are condemned: the 10 t lie there as scrap, and fill a quota only with condemned_counts."""
    world = make.world(enterprises=[WORKS | {"idle_machinery_t": 20.0}], yards=[YARD])
    raw = {
        "quota": [quota(6, first="2015-02")],
        "filling": {"willingness": {"idle_machinery": 0.0}},
        "inspection": {"teams": 1, "condemn_share": 0.5},
    }
    collected = make.collect(world, raw)
    assert account(collected).carted_t.sum() == 0
    scrap = collected.stocks[(collected.stocks.material == "scrap")].closing_t
    assert scrap.tolist() == pytest.approx([10, 15, 17.5])
    counted = make.collect(world, raw | {"inspection": raw["inspection"] | {"condemned_counts": 1.0}})
    assert account(counted).carted_t.tolist() == pytest.approx([0, 6, 6])


@pytest.mark.parametrize(("recredit", "carted"), [(1.0, [10, 10, 10]), (0.0, [10, 0, 0]), (0.5, [10, 5, 2.5])])
def test_a_machine_that_came_home_may_be_shown_again_or_not(make, recredit, carted):
    """Ten tonnes all for show come home every month; whether they are credited again is a setting."""
    world = make.world(enterprises=[WORKS | {"idle_machinery_t": 10.0}], yards=[YARD])
    raw = {"quota": [quota(10)], "show": {"share": 1.0, "recredit": recredit}}
    assert account(make.collect(world, raw)).carted_t.tolist() == pytest.approx(carted)


def test_nobody_loots_for_a_yard_that_takes_nothing(make):
    """With an open yard residents take what they lack at night; with one that takes nothing they stay at home."""
    world = make.world(enterprises=[WORKS | {"scrap_t": 90.0}], communities=[TOWN], yards=[YARD])
    raw = {
        "quota": [{"rule_id": "u", "kind": "unaffiliated", "kg": 20}],
        "looting": {"share": 1.0, "by": "everyone", "reach_km": 5},
    }
    assert make.collect(world, raw).accounts.looted_by_t.sum() > 0
    assert make.collect(world, raw | {"yards": {"receipt_limit_t": 0.0}}).accounts.looted_by_t.sum() == 0


def test_a_hundred_years_run_and_leave_no_dust(make):
    """Half of what is left goes every month, for 1,200 months: no movement is far below the tonnes that move."""
    world = make.world(
        enterprises=[WORKS | {"scrap_t": 90.0, "idle_machinery_t": 50.0}], communities=[TOWN], yards=[YARD]
    )
    raw = {
        "periods": {"start": "1915-01", "count": 1200},
        "quota": [quota(20), {"rule_id": "u", "kind": "unaffiliated", "kg": 20}],
        "filling": {
            "willingness": {"scrap": 0.5, "idle_machinery": 0.3, "household_scrap": 0.5},
            "stripped_share": 0.5,
        },
        "show": {"share": 0.5},
        "looting": {"share": 1.0, "by": "everyone", "reach_km": 5, "liftable_share": 0.9},
        "inspection": {"teams": 1, "chance": 0.5, "condemn_share": 0.5},
    }
    moved = make.collect(world, raw).movements.tonnage_t
    assert moved.min() > 1e-18 * moved.max()
    assert moved.sum() > 100


def test_a_quota_that_is_met_but_for_rounding_is_met(make):
    """Nine owners of 0.1 t each in twelve months owe what a double cannot hold: nobody is short of a hair, nor buys it."""
    world = make.world(enterprises=[WORKS | {"scrap_t": 90.0, "workers": 1000.0 / 3}], yards=[YARD])
    raw = {"quota": [quota(0.3)], "filling": {"books_only_share": 0.5}}
    accounts = make.collect(world, raw).accounts
    assert accounts.carted_t.sum() == pytest.approx(0.3)
    assert (accounts.shortfall_t == 0.0).all()
    assert (accounts.books_only_t == 0.0).all()


def test_a_gap_of_rounding_is_no_shortfall():
    """Of 3 t owed 3 t less a billionth of a billionth are carted: nothing is owed, and nothing is on the books only."""
    owed = np.array([3.0, 3.0])
    carted = owed - np.array([1e-12, 1e-3])
    step = SimpleNamespace(behaviour=SimpleNamespace(books_only=0.5))
    credited = Steps._credit(step, owed, SimpleNamespace(total=carted, offered=carted))
    assert credited["shortfall_t"].tolist() == [0.0, pytest.approx(5e-4)]
    assert credited["books_only_t"].tolist() == [0.0, pytest.approx(5e-4)]


def test_what_thieves_sell_is_not_carted_too(make):
    """Of 20 t owed a month 10 t are at home: of these and of what is got at night half is sold, and the other half carted.

    Nothing sold: 10 + 50 = 60 t are carted. Half sold: 5 t of their own and half of what they take.
    """
    world = make.world(enterprises=[WORKS | {"scrap_t": 90.0}], communities=[TOWN], yards=[YARD])
    raw = {
        "quota": [{"rule_id": "u", "kind": "unaffiliated", "kg": 20}],
        "looting": {"share": 1.0, "by": "everyone", "reach_km": 5},
    }
    whole = make.collect(world, raw)
    part = make.collect(world, raw | {"leakage": {"share": 0.5}})
    looted, carted = ([account(c, "c")[column].sum() for c in (whole, part)] for column in ("looted_by_t", "carted_t"))
    assert (looted[0], carted[0]) == pytest.approx((50, 60))
    assert looted[1] > 50
    assert carted[1] == pytest.approx(5 + looted[1] / 2)
