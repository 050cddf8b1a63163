"""What the rice cooker is worth, by hand and asked of the model itself."""

from __future__ import annotations

import pytest

import scrapflow as sf


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


def test_a_building_is_sold_with_its_structure(toy):
    """Of 100 t of steel 90 are machines; at half a tonne of structure a tonne of them the sale brings 45 t more."""
    camp = sf.read_campaign(toy, "2015").update({"sale.structure_t_per_t": 0.5})
    table = sf.rice_cooker(sf.run(toy, camp)).set_index("alternative")
    assert table.loc["sell", "gained_t"] == pytest.approx(100 + 45)
    assert table.loc["sell", "functional_t"] == 80
    assert table["named"].all()
