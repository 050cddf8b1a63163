"""Drives of unions and schools: whom they found, what arrived, and tanks of steel instead of paper."""

from __future__ import annotations

import pytest

import scrapflow as sf


def with_union(toy, **changes):
    """Return a run of the toy in which a union of a tenth of the residents has a drive of its own."""
    camp = sf.read_campaign(toy, "2015")
    union = {"rule_id": "union", "kind": "organisation", "organisation": "Union", "kg": 30, "members_share": 0.1}
    return sf.run(toy, camp.update({"quota": [*camp.raw["quota"], union], **changes}))


def test_a_tank_named_after_a_union(toy):
    """Tonnes of a body's drive, whom it counts, and tanks at the mass that the world's sources state; NaN where none does."""
    table = sf.organisations(with_union(toy))
    assert table["organisation"].tolist() == ["Union"]
    assert table["quota_t"].tolist() == pytest.approx([2 * 5000 * 0.1 * 30 / 1000])
    assert table[["members_asked", "members"]].values.tolist() == [[500, 500]]
    assert table["tanks"].isna().all()


def test_what_arrived_is_shared_like_the_quota(toy):
    """All that the town handed over arrives and 15 of its 35 t a month are the union's; paper is no steel."""
    run = with_union(toy, **{"filling.books_only_share": 0.9})
    table = sf.organisations(run).iloc[0]
    town = run.accounts[run.accounts.node_id == "town"]
    assert table["carted_t"] == pytest.approx(town.carted_t.sum() * 15 / 35)
    arrived = run.flows.kind("shipped").total_t / run.flows.kind("carted").total_t
    assert 0 < table["delivered_t"] <= table["carted_t"] + 1e-9
    assert table["delivered_t"] == pytest.approx(table["carted_t"] * arrived, rel=0.5)
    assert table["credited_t"] > 2 * table["carted_t"]


def test_a_run_without_a_drive_has_no_row(toy_run):
    """Nobody's drive, nobody's tank."""
    assert sf.organisations(toy_run).empty


def test_tanks_of_the_real_world_are_made_of_what_arrived(dprk, dprk_run):
    """Delivered tonnes over 40 t a tank from a source that is named; bodies together got no more than the mills did."""
    table = sf.organisations(dprk_run)
    assert {"Democratic Women's Union", "Children's Union"} <= set(table["organisation"])
    assert table["tanks"].tolist() == pytest.approx((table["delivered_t"] / 40).tolist())
    assert set(table["tank_source_id"]) <= set(dprk.sources["source_id"])
    assert 0 < table["delivered_t"].sum() < dprk_run.totals()["delivered_t"]
    assert (table["delivered_t"] <= table["carted_t"] + 1e-6).all()
