"""The toy campaign worked out by hand; the steps are in ``geodata/toy/README.md``."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.errors import UnknownNameError


def account(run, period, node):
    """Return one account as a mapping."""
    a = run.accounts
    return a[(a.period == period) & (a.node_id == node)].iloc[0]


def moved(run, **where):
    """Return the tonnes of the movements that match."""
    m = run.movements
    for column, value in where.items():
        m = m[m[column] == value]
    return m.tonnage_t.sum()


def test_quotas_are_heads_times_rate(toy_run):
    """1,000 workers and 1,000 unaffiliated residents at 20 kg owe 20 t each, every month."""
    q = toy_run.quotas.set_index(["period", "node_id"]).quota_t
    assert q.tolist() == pytest.approx([20.0] * 4)
    assert set(toy_run.quotas.rule_id) == {"headcount", "residents"}


def test_the_works_give_scrap_then_obsolete_machines(toy_run):
    """In January ten tonnes of scrap and ten of obsolete machinery meet the quota; a quarter of the machines is for show."""
    a = account(toy_run, "2015-01", "works")
    assert (a.carted_t, a.credited_t, a.shortfall_t) == (20.0, 20.0, 0.0)
    assert (a.for_show_t, a.returned_t, a.intercepted_t) == (2.5, 1.25, 1.25)
    assert a.detection == 0.5


def test_in_february_working_machines_go_too(toy_run):
    """1.25 t came home; half of the idle machines left after the night and a tenth of the working ones follow."""
    assert moved(toy_run, period="2015-02", kind="carted", origin="works", material="obsolete_machinery") == 1.25
    assert moved(toy_run, period="2015-02", kind="carted", origin="works", material="idle_machinery") == 9.84375
    assert moved(toy_run, period="2015-02", kind="carted", origin="works", material="working_machinery") == 5.90625
    assert account(toy_run, "2015-02", "works").shortfall_t == pytest.approx(3.0)


def test_the_town_gives_pots_then_appliances_then_loots(toy_run):
    """Half of 10 t of loose scrap, a tenth of 50 t of appliances; youth are a quarter of the lack of 10 t, half of it by night."""
    a = account(toy_run, "2015-01", "town")
    assert moved(toy_run, period="2015-01", kind="carted", origin="town", via="own") == 10.0
    assert a.looted_by_t == pytest.approx(1.25)
    assert account(toy_run, "2015-01", "works").looted_from_t == pytest.approx(1.25)
    assert a.shortfall_t == pytest.approx(8.75)


def test_the_near_mill_fills_first_and_the_far_one_takes_the_rest(toy_run):
    """30 t can be railed in January: 15 to the near mill (its intake, 20 km), 15 to the far one (110 km)."""
    shipped = toy_run.flows.kind("shipped").during("2015-01").by("destination")
    assert dict(zip(shipped.destination, shipped.tonnage_t, strict=True)) == pytest.approx({"near": 15.0, "far": 15.0})


def test_totals_say_what_is_apparent_and_what_is_real(toy_run):
    """Credited 56.875 t, carried back 3.375 t, railed 53.5 t; nothing is left over."""
    t = toy_run.totals()
    assert t.credited_t == t.carted_t == t.received_t == pytest.approx(56.875)
    assert t.returned_t == t.intercepted_t == pytest.approx(3.375)
    assert t.shipped_t == t.delivered_t == pytest.approx(53.5)
    assert t.held_t == t.unserved_t == 0.0
    assert t.carted_t == pytest.approx(t.shipped_t + t.returned_t + t.held_t)


def test_the_ledger_balances_in_every_campaign_of_the_toy(toy):
    """Residuals stay below a gram in both campaigns."""
    for name in toy.campaigns:
        assert sf.run(toy, name).balance().residual_t.abs().max() < 1e-6


def test_the_campaign_of_2012_asks_everyone_once(toy):
    """10 kg from 5,000 residents in the first month, and nothing by headcount."""
    run = sf.run(toy, "2012")
    assert run.quotas.quota_t.sum() == pytest.approx(50.0)
    assert run.accounts[run.accounts.period == "2015-02"].quota_t.sum() == 0
    assert moved(run, kind="looted") == moved(run, kind="returned") == 0


def test_a_movement_rests_on_the_weakest_input_of_what_it_carries(toy_run):
    """The works' stocks are assumed, so what leaves the yard is, though the yard itself is reported."""
    shipped = toy_run.movements[toy_run.movements.kind == "shipped"]
    assert set(shipped.basis) == {"assumed"}
    assert toy_run.nodes.set_index("node_id").loc["yard", "basis"] == "reported"


@pytest.mark.parametrize("foresight", ["full", "myopic"])
@pytest.mark.parametrize("after", [0, 1])
def test_loads_for_show_balance_whatever_the_trains_do(toy, foresight, after):
    """With scarce trains, for show = returned + intercepted + taken by train, short of what is still due at the end."""
    camp = sf.read_campaign(toy, "2015").update({"show.return_after": after, "transport.foresight": foresight})
    tight = toy.with_values({("mills", "near", "intake_t"): 5.0, ("mills", "far", "intake_t"): 4.0})
    run = sf.run(
        tight, sf.read_campaign(tight, "2015").update({"show.return_after": after, "transport.foresight": foresight})
    )
    assert run.balance().residual_t.abs().max() < 1e-6
    a = run.accounts
    assert run.totals().delivered_t == pytest.approx(18.0)
    assert (a.returned_t + a.intercepted_t + a.taken_t).sum() <= a.for_show_t.sum() + 1e-9
    assert a.returned_t.sum() > 0
    assert camp.return_after == after
    left = run.unserved[run.unserved.node_id == "yard"]
    assert left.new_t.sum() == pytest.approx(run.totals().held_t, abs=1e-6)
    assert left[left.period == "2015-02"].tonnage_t.sum() == pytest.approx(run.totals().held_t, abs=1e-6)


def test_trains_that_take_everything_leave_nothing_to_carry_back(toy):
    """With a period in between and room at the mills, no load for show comes home: one way the trick fails."""
    run = sf.run(toy, sf.read_campaign(toy, "2015").update({"show.return_after": 1}))
    assert run.totals().returned_t == 0.0
    first = run.accounts[run.accounts.period == "2015-02"]
    assert first.taken_t.sum() == pytest.approx(1.25)


def test_tables_have_the_types_of_the_contract(toy_run):
    """Plain strings, float64 tonnages without NaN, a RangeIndex, rows sorted by their keys, no zero movement."""
    m = toy_run.movements
    assert isinstance(m.index, pd.RangeIndex)
    assert m.tonnage_t.dtype == "float64"
    assert (m.tonnage_t > 0).all()
    assert all(isinstance(v, str) for v in m[["period", "kind", "material", "via", "origin", "path_id"]].iloc[0])
    keys = ["period", "kind", "material", "via", "origin", "destination", "path_id"]
    assert m.equals(m.sort_values(keys, ignore_index=True))
    assert not toy_run.accounts.isna().any().any()


def test_an_unknown_campaign_is_named_with_those_there_are(toy):
    """A campaign that does not exist is refused, with the names of those that do."""
    with pytest.raises(UnknownNameError, match="2012"):
        sf.run(toy, "1999")


def test_the_same_again_is_the_same(toy):
    """Two runs of one campaign have equal tables, in both modes."""
    for mode in ("expected", "sampled"):
        a, b = (sf.run(toy, "2015", mode=mode, seed=3) for _ in range(2))
        assert all(a.tables[name].equals(b.tables[name]) for name in ("movements", "accounts", "stocks", "link_loads"))


def test_every_link_load_is_the_sum_of_the_movements_over_it(toy_run):
    """Select-link by hand: loads equal the tonnes of the movements whose path uses the link."""
    steps = toy_run.paths.merge(toy_run.movements, on="path_id")
    summed = steps.groupby(["period", "link_id"]).tonnage_t.sum()
    loads = toy_run.link_loads.set_index(["period", "link_id"]).tonnage_t
    assert loads[loads > 0].to_dict() == pytest.approx(summed.to_dict())


def test_runs_of_one_world_share_what_is_made_of_it_and_nothing_else(toy_run):
    """Run again, under other transport, and back again: equal to a run of a world that was read for it alone."""
    world = sf.read_world("toy")
    other = sf.read_campaign(world, "2015").update({"transport.reach_km": 5.0, "transport.road_cost_per_tkm": 9.0})
    runs = [sf.run(world), sf.run(world, other), sf.run(world)]
    assert runs[0] == runs[2] == toy_run
    assert runs[1] == sf.run(sf.read_world("toy"), other) != toy_run
    taken = runs[0].nodes
    taken.loc[:, "region"] = "elsewhere"
    assert sf.run(world) == toy_run
