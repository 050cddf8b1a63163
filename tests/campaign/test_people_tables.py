"""Tables of what people did, row by row, for two months that fit on paper."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

WORKS = {"node_id": "e", "x": 0.1, "y": 0.1, "workers": 1000.0, "scrap_t": 10.0, "idle_machinery_t": 30.0}
TOWN = {"node_id": "c", "x": 0.1, "y": 0.1, "population": 1000.0, "household_scrap_kg": 5.0, "appliance_kg": 8.0}
YARD = {"node_id": "y", "x": 0.1, "y": 0.1}
ARISING = {"sector_id": "s", "name": "S", "scrap_arising_kg_per_worker": 2.0, "output_per_worker": 1.0}
RAW = {
    "periods": {"start": "2015-01", "count": 2},
    "quota": [
        {"rule_id": "w", "kind": "per_worker", "kg": 20},
        {"rule_id": "v", "kind": "per_worker", "kg": 5, "additional": True, "organisation": "league"},
        {"rule_id": "u", "kind": "unaffiliated", "kg": 30},
    ],
    "show": {"share": 0.5},
    "looting": {"share": 1.0, "by": "everyone", "reach_km": 5},
}


@pytest.fixture(scope="module")
def world(make):
    """Return a works, a town and a yard at one place; 2 t of scrap arise at the works each month."""
    return make.world(enterprises=[WORKS], communities=[TOWN], yards=[YARD], sectors=[ARISING])


@pytest.fixture(scope="module")
def collected(make, world):
    """Return two months of it.

    January: the works owes 25 t and gives its 12 t of scrap and 13 t of idle machines, half of these for show; the town
    owes 30 t, gives its 13 t and takes the other 17 t of the machines by night. February: the works has 2 t of scrap
    and the 6.5 t that came home; the town has nothing, and nothing is left to take.
    """
    return make.collect(world, RAW)


def rows(table):
    """Return a table as rows, numbers without the noise of the last digits."""
    return [tuple(round(v, 9) if isinstance(v, float) else v for v in row) for row in table.itertuples(index=False)]


def test_stocks_of_two_months(collected):
    """Opening, what arose, came home and went, and what is left: own stocks of both, and what the town took by night."""
    stocks = collected.stocks
    assert rows(stocks[stocks.opening_t + stocks.arising_t + stocks.in_t > 1e-9]) == [
        ("2015-01", "c", "appliance", "own", 8.0, 0.0, 0.0, 0.0, 8.0, 0.0),
        ("2015-01", "c", "idle_machinery", "looted", 0.0, 0.0, 0.0, 17.0, 17.0, 0.0),
        ("2015-01", "c", "scrap", "own", 5.0, 0.0, 0.0, 0.0, 5.0, 0.0),
        ("2015-01", "e", "idle_machinery", "own", 30.0, 0.0, 0.0, 6.5, 30.0, 6.5),
        ("2015-01", "e", "scrap", "own", 10.0, 2.0, 0.0, 0.0, 12.0, 0.0),
        ("2015-02", "e", "idle_machinery", "own", 6.5, 0.0, 0.0, 3.25, 6.5, 3.25),
        ("2015-02", "e", "scrap", "own", 0.0, 2.0, 0.0, 0.0, 2.0, 0.0),
    ]  # fmt: skip


def test_credit_is_split_over_the_rules_of_an_owner_like_its_quota(collected):
    """Of the works' 8.5 t in February 4/5 count for the plan and 1/5 for the drive; each rule names who asks."""
    assert rows(collected.quotas) == [
        ("2015-01", "c", "u", "", 30.0, 30.0),
        ("2015-01", "e", "v", "league", 5.0, 5.0),
        ("2015-01", "e", "w", "", 20.0, 20.0),
        ("2015-02", "c", "u", "", 30.0, 0.0),
        ("2015-02", "e", "v", "league", 5.0, 1.7),
        ("2015-02", "e", "w", "", 20.0, 6.8),
    ]


def test_accounts_have_a_row_for_each_owner_in_each_period(collected):
    """Sorted by period and owner; what one of them cannot have is the vocabulary's absent value."""
    accounts = collected.accounts
    assert list(zip(accounts.period, accounts.node_id, strict=True)) == [
        ("2015-01", "c"), ("2015-01", "e"), ("2015-02", "c"), ("2015-02", "e"),
    ]  # fmt: skip
    assert accounts.quota_t.tolist() == [30, 25, 30, 25]
    assert accounts.carted_t.tolist() == pytest.approx([30, 25, 0, 8.5])
    assert accounts.for_show_t.tolist() == pytest.approx([0, 6.5, 0, 3.25])
    assert accounts.looted_by_t.tolist() == pytest.approx([17, 0, 0, 0])
    assert accounts.shortfall_t.tolist() == pytest.approx([0, 0, 30, 16.5])


def test_a_rule_without_a_quota_in_a_period_has_no_row_in_it(make, world):
    """A drive in February alone has rows in February alone, and a month in which nobody owes anything has none."""
    raw = RAW | {"quota": [{"rule_id": "d", "kind": "per_worker", "kg": 3, "first": "2015-02", "last": "2015-02"}]}
    quotas = make.collect(world, raw | {"periods": {"start": "2015-01", "count": 3}}).quotas
    assert rows(quotas) == [("2015-02", "e", "d", "", 3.0, 3.0)]


def test_a_quarter_is_the_sum_of_its_months(make, world):
    """Opening of January and closing of March, and all that moved between; quotas and credits of three months."""
    raw = RAW | {"periods": {"unit": "quarter", "start": "2015-Q1", "count": 2}}
    quarters = make.collect(world, raw)
    months = make.collect(world, RAW | {"periods": {"start": "2015-01", "count": 6}})
    quarter = months.stocks["period"].map(lambda p: f"2015-Q{1 if p <= '2015-03' else 2}")
    keys = ["period", "node_id", "material", "via"]
    summed = months.stocks.assign(period=quarter).groupby(keys)[["arising_t", "converted_t", "in_t", "out_t"]].sum()
    ends = months.stocks.assign(period=quarter)
    of_march = ends[months.stocks.period.isin(["2015-03", "2015-06"])].set_index(keys)["closing_t"]
    stocks = quarters.stocks.set_index(keys)
    pd.testing.assert_frame_equal(stocks[summed.columns], summed.loc[stocks.index])
    pd.testing.assert_series_equal(stocks["closing_t"], of_march.reindex(stocks.index, fill_value=0.0))
    assert stocks.loc[("2015-Q1", "e", "idle_machinery", "own"), "opening_t"] == 30
    by_rule = months.quotas.assign(period=months.quotas["period"].map(lambda p: f"2015-Q{1 if p <= '2015-03' else 2}"))
    expected = by_rule.groupby(["period", "node_id", "rule_id"])[["quota_t", "credited_t"]].sum()
    pd.testing.assert_frame_equal(
        quarters.quotas.set_index(["period", "node_id", "rule_id"])[["quota_t", "credited_t"]], expected
    )


def test_a_world_without_a_material_has_none_of_it(make, world):
    """Idle machines that no material of the world stands for are nobody's: only scrap and pots are moved and held."""
    words = [("iron", "scrap"), ("pots", "appliance")]
    own = [dict.fromkeys(("group", "name", "name_local", "colour"), "") | {"material": m, "role": r} for m, r in words]
    tables = world.tables | {"materials": pd.DataFrame(own, dtype="str")}
    collected = make.collect(dataclasses.replace(world, tables=tables), RAW)
    assert rows(collected.stocks[collected.stocks.opening_t + collected.stocks.arising_t > 1e-9]) == [
        ("2015-01", "c", "iron", "own", 5.0, 0.0, 0.0, 0.0, 5.0, 0.0),
        ("2015-01", "c", "pots", "own", 8.0, 0.0, 0.0, 0.0, 8.0, 0.0),
        ("2015-01", "e", "iron", "own", 10.0, 2.0, 0.0, 0.0, 12.0, 0.0),
        ("2015-02", "e", "iron", "own", 0.0, 2.0, 0.0, 0.0, 2.0, 0.0),
    ]
    assert collected.accounts.carted_t.tolist() == pytest.approx([13, 12, 0, 2])
    assert collected.arrivals.sum() == pytest.approx(27)


def test_what_a_full_yard_keeps_is_a_level_with_what_each_month_added(make, world):
    """The yard takes 5 t of the works' 12 t in January: 7 t are ready then, and still in February, when nothing is owed."""
    raw = {
        "periods": {"start": "2015-01", "count": 2},
        "quota": [{"rule_id": "w", "kind": "per_worker", "kg": 12, "last": "2015-01"}],
        "yards": {"receipt_limit_t": 5.0},
    }
    assert rows(make.collect(world, raw).unserved) == [
        ("2015-01", "e", 7.0, 7.0, "yard_full", ""),
        ("2015-02", "e", 7.0, 0.0, "kept", ""),
    ]
