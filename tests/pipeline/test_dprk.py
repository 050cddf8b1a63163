"""The real world runs: every campaign balances, and what is not moved is said."""

from __future__ import annotations

import pytest

import scrapflow as sf


@pytest.mark.parametrize("campaign", ["2012", "2015", "2023"])
def test_every_campaign_balances(dprk, campaign):
    """Residuals stay below 1e-6 t everywhere, and the ledger passes its own check."""
    run = sf.run(dprk, campaign)
    assert run.balance().residual_t.abs().max() < 1e-6
    run.check()
    assert run.totals().carted_t > 0


def test_a_sampled_run_balances_too(dprk):
    """One random outcome is as much of a ledger as the expected one."""
    run = sf.run(dprk, "2015", mode="sampled", seed=11)
    assert run.balance().residual_t.abs().max() < 1e-6


def test_what_is_carted_is_railed_carried_back_or_held(dprk_run):
    """Carted = shipped + returned + held at the end: nothing slips through the yards."""
    t = dprk_run.totals()
    assert t.carted_t == pytest.approx(t.shipped_t + t.returned_t + t.held_t)
    assert t.credited_t == pytest.approx(t.carted_t + t.books_only_t)


def test_every_tonne_not_moved_is_a_row_with_a_reason(dprk_run):
    """What stays in the yards, and what unplaced enterprises cannot cart, are rows of ``unserved``."""
    u = dprk_run.unserved
    kind = u.node_id.map(dprk_run.nodes.set_index("node_id").kind)
    assert u[kind == "yard"].new_t.sum() == pytest.approx(dprk_run.totals().held_t)
    assert set(u[u.reason == "unplaced"].node_id) <= set(dprk_run.nodes[dprk_run.nodes.x_coord.isna()].node_id)
    assert (u.tonnage_t >= 0).all()


def test_a_level_is_never_summed_over_months(dprk_run):
    """What was added sums to the last level, which is what the totals tell; yards' stocks are held and not unserved too."""
    u, t = dprk_run.unserved, dprk_run.totals()
    last = u[u.period == dprk_run.periods.period.iloc[-1]]
    assert u.new_t.sum() == pytest.approx(last.tonnage_t.sum())
    owners = last[~last.node_id.isin(dprk_run.nodes[dprk_run.nodes.kind == "yard"].node_id)]
    by_reason = owners.groupby(owners.reason == "unplaced").tonnage_t.sum()
    assert t.unplaced_t == pytest.approx(by_reason.get(True, 0.0))
    assert t.unserved_t == pytest.approx(by_reason.get(False, 0.0))
    assert t.net_carted_t == pytest.approx(t.carted_t - t.returned_t)


def test_only_the_campaigns_destinations_receive(dprk_run):
    """Kangson and Songjin get steel, the comparators none, and neither takes more than its intake."""
    got = dprk_run.flows.kind("shipped").by("destination", "period")
    assert set(got.destination) == {dprk_run.names.resolve(n, ("mill",)) for n in ("Kangson", "Songjin")}
    intake = dprk_run.nodes.set_index("node_id").intake_t
    assert (got.tonnage_t <= got.destination.map(intake) + 1e-6).all()


def test_no_place_without_coordinates_moves_anything(dprk_run):
    """An unplaced enterprise has a quota and an account, but not a single movement of its own."""
    nodes = dprk_run.nodes
    lost = set(nodes[nodes.x_coord.isna() & nodes.kind.isin(["enterprise", "community"])].node_id)
    carted = dprk_run.movements[dprk_run.movements.kind == "carted"]
    assert lost
    assert not lost & set(carted.origin)
    assert lost <= set(dprk_run.accounts.node_id)


def test_loads_never_exceed_the_capacity_of_a_link(dprk_run):
    """Each direction of each link stays within what it can carry."""
    loads = dprk_run.link_loads
    assert (loads[["forward_t", "backward_t"]].max(axis=1) <= loads.capacity_t * (1 + 1e-9) + 1e-6).all()
