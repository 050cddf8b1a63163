"""Who bears the burden and what the rice cooker is worth, by hand and against slower ways."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import scrapflow as sf
from scrapflow.queries.concentration import gini


def test_the_gini_coefficient_agrees_with_all_pairs():
    """For grouped people it is the mean absolute difference of all pairs over twice the mean."""
    rng = np.random.default_rng(0)
    for _ in range(20):
        x, w = rng.uniform(0, 9, 6), rng.integers(1, 9, 6)
        people = np.repeat(x, w)
        pairs = np.abs(people[:, None] - people[None, :]).mean()
        assert gini(x, w) == pytest.approx(pairs / (2 * people.mean()))


@given(scale=st.floats(0.1, 10), amount=st.floats(0.1, 100))
def test_equal_shares_are_equal_at_any_scale(scale, amount):
    """Where everyone gives the same the coefficient is zero; doubling all amounts changes nothing."""
    assert gini([amount] * 3, [1.0, 2.0, 5.0]) == pytest.approx(0, abs=1e-9)
    assert gini([scale, 2 * scale], [3.0, 1.0]) == pytest.approx(gini([1.0, 2.0], [3.0, 1.0]))


def test_the_burden_per_head_adds_up_to_the_accounts(toy_run):
    """Amounts a head and period × heads × periods is the tonnage of the accounts, for every amount."""
    table = sf.burden(toy_run)
    for column in ("quota", "credited", "carted", "shortfall", "returned"):
        tonnes = (table[f"{column}_kg"] * table["heads"]).sum() * len(toy_run.periods) / 1000
        assert tonnes == pytest.approx(toy_run.accounts[f"{column}_t"].sum())


def test_the_rule_decides_who_bears_it(toy):
    """By the head in 2012 the town owes everything, by headcount in 2015 the works owes five times as much a head."""
    by_head, by_headcount = (sf.run(toy, c) for c in ("2012", "2015"))
    change = sf.compare(by_head, by_headcount, align="order").burden.set_index("actor")
    assert change.loc["enterprise", ["quota_kg_a", "quota_kg_b"]].tolist() == [0, 20]
    assert change.loc["community", ["quota_kg_a", "quota_kg_b"]].tolist() == [5, 4]
    assert change.loc["enterprise", "quota_kg_delta"] == 20


def test_the_rice_cooker_by_hand(toy_run):
    """The toy works: what went for good, the output lost, the machines that can never work again, and the alternatives."""
    t = sf.rice_cooker(toy_run).set_index("alternative")
    s = toy_run.stocks[(toy_run.stocks.node_id == "works") & (toy_run.stocks.via == "own")]
    a = toy_run.accounts[toy_run.accounts.node_id == "works"]
    assert t.loc["campaign", "gained_t"] == pytest.approx(a.carted_t.sum() - a.returned_t.sum())
    assert t.loc["campaign", "lost_worker_months"] == pytest.approx(a.lost_worker_months.sum())
    last = s[(s.period == "2015-02") & (s.material == "idle_machinery")].closing_t.item()
    # 1,000 workers on 60 t of working machines: every idle tonne gone takes 16.7 worker-months a month.
    assert t.loc["campaign", "foregone_worker_months"] == pytest.approx((20 - last) * 1000 / 60)
    assert t.loc["wait", ["gained_t", "functional_t", "lost_worker_months"]].tolist() == [10, 0, 0]
    assert t.loc["sell", ["gained_t", "functional_t"]].tolist() == [100, 80]
    assert t.loc["sell", "lost_worker_months"] == pytest.approx(1000 * 59 * 12 / 365.25)
    # 10 t of scrap and 10 t of obsolete machines over two months and 1,000 workers.
    assert t["break_even_kg"].tolist() == pytest.approx([10, 10, 10])


def test_below_the_break_even_no_functional_machine_is_touched(toy):
    """At the break-even quota an enterprise carts scrap and obsolete machines alone; just above it, others too."""
    camp = sf.read_campaign(toy, "2015").update({"show.share": 0.0, "looting.share": 0.0})
    rate = sf.rice_cooker(sf.run(toy, camp))["break_even_kg"].iloc[0]
    for factor, eaten in ((0.999, False), (1.001, True)):
        run = sf.run(toy, camp.update({"quota.headcount.kg": rate * factor}))
        carted = run.movements[(run.movements.origin == "works") & (run.movements.kind == "carted")]
        assert carted.material.isin(["idle_machinery", "working_machinery"]).any() == eaten


def test_a_tank_named_after_a_union(toy):
    """Tonnes of a body's drive, and tanks at the mass that the world's sources state; NaN where none does."""
    raw = sf.read_campaign(toy, "2015").raw
    union = {"rule_id": "union", "kind": "organisation", "organisation": "Union", "kg": 30, "members_share": 0.1}
    camp = sf.read_campaign(toy, "2015").update({"quota": [*raw["quota"], union]})
    table = sf.organisations(sf.run(toy, camp))
    assert table["organisation"].tolist() == ["Union"]
    assert table["quota_t"].tolist() == pytest.approx([2 * 5000 * 0.1 * 30 / 1000])
    assert table["tanks"].isna().all()


def test_the_real_world_states_the_mass_of_a_tank(dprk):
    """Credited tonnes of the drive of 2023 over 40 t a tank, from a source that is named."""
    table = sf.organisations(sf.run(dprk, "2023"))
    assert table["tanks"].tolist() == pytest.approx((table["credited_t"] / 40).tolist())
    assert set(table["tank_source_id"]) <= set(dprk.sources["source_id"])
