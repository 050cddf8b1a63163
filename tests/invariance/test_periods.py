"""The unit of the periods is no part of the answer: rates are a month's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scrapflow as sf
from scrapflow.campaign import collect

YEAR = {"start": "2015", "count": 1, "unit": "year"}
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


def sums(world, raw_or_campaign, make=None):
    """Return the sums of the accounts' amounts and counts, the last marks, and what lies ready at the end."""
    if make is None:
        network = sf.build_network(world, transport=raw_or_campaign.transport)
        collected = collect(world, network, raw_or_campaign)
    else:
        collected = make.collect(world, raw_or_campaign)
    accounts = collected.accounts
    names = [c for c in accounts if c.endswith("_t")] + ["expelled", "detained", "camp", "lost_worker_months"]
    last = accounts[accounts["period"] == accounts["period"].iloc[-1]]
    return accounts[names].sum().to_dict() | {"marks": last.marks.sum(), "ready": collected.unserved.new_t.sum()}


@pytest.mark.parametrize("periods", [QUARTERS, YEAR])
@settings(max_examples=10)
@given(seed=st.integers(0, 80))
def test_quarters_and_years_are_worked_out_month_by_month(make, periods, seed):
    """In random worlds, whatever binds: every sum of twelve months is that of four quarters and of one year."""
    world = make.random_world(seed)
    raw = make.random_campaign(world, seed + 1)
    raw["show"] = raw["show"] | {"return_after": 0}
    months = sums(world, raw | {"periods": {"start": "2015-01", "count": 12}}, make)
    assert sums(world, raw | {"periods": periods}, make) == pytest.approx(months, rel=1e-9, abs=1e-9)


def test_legs_stocks_and_quotas_of_a_quarter_are_those_of_its_months(toy):
    """Movements between the same places are added up, stocks open with the first month and close with the last."""
    camp = sf.read_campaign(toy, "2015").update({"periods.count": 3})
    months = sf.run(toy, camp)
    quarter = sf.run(toy, camp.update({"periods": {"start": "2015-Q1", "count": 1, "unit": "quarter"}}))
    people = ["carted", "returned", "looted", "leaked"]
    keys = ["kind", "material", "via", "origin", "destination"]
    legs = [r.movements[r.movements.kind.isin(people)].groupby(keys).tonnage_t.sum() for r in (months, quarter)]
    pd.testing.assert_series_equal(*legs)
    assert not quarter.movements.duplicated(keys).any()
    owners = toy.nodes.loc[toy.nodes.kind.isin(["enterprise", "community"]), "node_id"]
    stocks = [
        r.stocks[r.stocks.node_id.isin(owners)].set_index(["node_id", "material", "via"]) for r in (months, quarter)
    ]
    first, last = (stocks[0][stocks[0].period == p] for p in ("2015-01", "2015-03"))
    whole = stocks[1]
    for column, expected in (("opening_t", first), ("closing_t", last)):
        wanted = expected[column].reindex(whole.index, fill_value=0.0)
        assert whole[column].tolist() == pytest.approx(wanted.tolist())
    moved = ["arising_t", "converted_t", "in_t", "out_t"]
    together = stocks[0].groupby(level=[0, 1, 2])[moved].sum().reindex(whole.index)
    np.testing.assert_allclose(whole[moved], together, atol=1e-12)
    rule = ["node_id", "rule_id"]
    quotas = [r.quotas.groupby(rule)[["quota_t", "credited_t"]].sum() for r in (months, quarter)]
    pd.testing.assert_frame_equal(*quotas)


@pytest.mark.parametrize("periods", [QUARTERS, YEAR])
def test_quarters_and_years_are_months_in_the_real_world(dprk, periods):
    """The DPRK of 2015 asks, gives, carries back, expels and loses as much in quarters and in a year as in months."""
    campaign = sf.read_campaign(dprk, "2015")
    months = sums(dprk, campaign)
    assert sums(dprk, campaign.update({"periods": periods})) == pytest.approx(months, rel=1e-9)


def test_weeks_are_months_within_a_few_per_cent_in_the_real_world(dprk, dprk_run):
    """A year of weeks moves, delivers, expels and leaves what months do within 3 per cent, and asks 20 kg a month."""
    months = dprk_run.totals()
    run = sf.run(dprk, sf.read_campaign(dprk, "2015").update({"periods": WEEKS}))
    weeks = run.totals()
    flows = ["quota_t", "credited_t", "carted_t", "for_show_t", "returned_t", "shortfall_t", "delivered_t"]
    assert weeks[flows].to_dict() == pytest.approx(months[flows].to_dict(), rel=0.03)
    people = ["expelled", "detained", "camp"]
    assert run.accounts[people].sum().to_dict() == pytest.approx(dprk_run.accounts[people].sum().to_dict(), rel=0.03)
    heads = sf.read_campaign(dprk, "2015").members().set_index("rule_id").counted["residents"]
    asked = run.quotas.query("rule_id == 'residents'").quota_t.sum() * 1000 / heads / MONTHS_OF_52_WEEKS
    assert asked == pytest.approx(20)
    claim = run.claims().set_index("claim_id").loc["residents_20kg"]
    assert claim.agrees
    assert claim.modelled == pytest.approx(asked)


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
