"""The unit of the periods is no part of the answer: rates are a month's."""

from __future__ import annotations

import pytest

import scrapflow as sf

QUARTERS = {"start": "2015-Q1", "count": 4, "unit": "quarter"}
WEEKS = {"start": "2015-W02", "count": 52, "unit": "week"}
MONTHS_OF_52_WEEKS = 52 * 84 / 365.25
WORKS = {"node_id": "e", "x": 0.1, "y": 0.1, "workers": 1000.0, "sites": 8.0}
YARD = {"node_id": "y", "x": 0.1, "y": 0.1}


@pytest.mark.parametrize(("periods", "months"), [(QUARTERS, 12), (WEEKS, MONTHS_OF_52_WEEKS)])
def test_exactly_the_same_where_nothing_binds(make, periods, months):
    """With stocks that last, what is owed, carted, shown, caught and carried back is so much a month, in every unit."""
    world = make.world(enterprises=[WORKS | {"scrap_t": 50.0, "idle_machinery_t": 9e6}], yards=[YARD])
    raw = {
        "quota": [{"rule_id": "w", "kind": "per_worker", "kg": 20}],
        "filling": {"willingness": {"scrap": 0.0}},
        "show": {"share": 0.5},
        "inspection": {"teams": 3, "visits": 1, "chance": 0.4},
    }
    columns = ["quota_t", "carted_t", "for_show_t", "returned_t", "intercepted_t"]
    a_month = {"quota_t": 20, "carted_t": 20, "for_show_t": 10, "returned_t": 8.5, "intercepted_t": 1.5}
    accounts = make.collect(world, raw | {"periods": periods}).accounts
    assert accounts[columns].sum().to_dict() == pytest.approx({k: v * months for k, v in a_month.items()})
    assert accounts.detection.to_numpy() == pytest.approx(0.15)
    marks = make.collect(world, raw | {"periods": {"start": "2015-01", "count": 12}}).accounts
    assert accounts.expelled.sum() == pytest.approx(marks.expelled.sum())
    assert accounts.marks.iloc[-1] == pytest.approx(marks.marks.iloc[-1])


@pytest.mark.parametrize("periods", [QUARTERS, WEEKS])
def test_within_a_few_per_cent_in_the_real_world(dprk, dprk_run, periods):
    """A year of the DPRK in quarters or weeks moves, delivers and leaves what it does in months, within 3 per cent."""
    months = dprk_run.totals()
    other = sf.run(dprk, sf.read_campaign(dprk, "2015").update({"periods": periods})).totals()
    flows = ["quota_t", "credited_t", "carted_t", "for_show_t", "returned_t", "shortfall_t", "delivered_t"]
    assert other[flows].to_dict() == pytest.approx(months[flows].to_dict(), rel=0.03)


def test_what_is_asked_once_is_asked_once_in_every_unit(make):
    """A quota due once, or spread over its window, is the same in months, quarters and weeks."""
    world = make.world(enterprises=[WORKS | {"scrap_t": 9e6}], yards=[YARD])
    for every in ("once", "spread"):
        rule = {"rule_id": "w", "kind": "per_worker", "kg": 20, "every": every}
        for periods in (QUARTERS, WEEKS):
            carted = make.collect(world, {"quota": [rule], "periods": periods}).accounts.carted_t.sum()
            assert carted == pytest.approx(20)


def test_capacities_and_intakes_grow_with_the_period(toy):
    """A mill that takes 5 t a month takes 15 t in a quarter, over a line that lets three months' tonnes pass."""
    tight = toy.with_values({("mills", "near", "intake_t"): 5.0, ("mills", "far", "intake_t"): 4.0})
    quarter = {"start": "2015-Q1", "count": 1, "unit": "quarter"}
    run = sf.run(tight, sf.read_campaign(tight, "2015").update({"periods": quarter}))
    assert run.totals().delivered_t == pytest.approx(27.0)
    month = sf.run(tight)
    capacity = [r.link_loads.groupby("link_id").capacity_t.first() for r in (run, month)]
    assert capacity[0].to_dict() == pytest.approx((3 * capacity[1]).to_dict())
