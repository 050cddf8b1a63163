"""Who bears the burden, by hand and against slower ways."""

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


def test_lumps_are_told_apart_from_factories(dprk_run):
    """Place by place the table says which rows are the rest of a workforce; by region nothing of the kind is said."""
    table = sf.burden(dprk_run, by=["name", "actor"])
    lumps = table[(table["actor"] == "enterprise") & ~table["named"]]
    assert lumps["name"].str.startswith("Other enterprises").all()
    assert len(lumps) > 100
    assert "named" not in sf.burden(dprk_run)
