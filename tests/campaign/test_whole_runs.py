"""What holds from the factory gate to the mill, in every world under every campaign."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scrapflow as sf

seeds = st.integers(0, 80)
MASSES = {
    "enterprises": ["scrap_t", "obsolete_machinery_t", "idle_machinery_t", "working_machinery_t"],
    "communities": ["household_scrap_kg", "appliance_kg"],
    "sectors": ["scrap_arising_kg_per_worker"],
}


def railed(make, seed, factor=1.0):
    """Return a random world with rails and mills and a random campaign, all masses and capacities times a factor."""
    world = make.random_world(seed)
    raw = make.random_campaign(world, seed + 1)
    raw["quota"] = [{**r, "kg": factor * r["kg"]} for r in raw["quota"]]
    raw["yards"] = {"receipt_limit_t": factor * raw["yards"]["receipt_limit_t"]}
    tables = {name: world.tables[name].assign(**{c: factor * world.tables[name][c] for c in columns})
              for name, columns in MASSES.items()}  # fmt: skip
    world = make.with_rails(dataclasses.replace(world, tables=world.tables | tables), seed + 2, factor)
    return world, make.campaign(world, raw)


@settings(max_examples=15)
@given(seed=seeds, mode=st.sampled_from(["expected", "sampled"]))
def test_every_tonne_is_accounted_for_to_the_mill(make, seed, mode):
    """Stocks balance by node, period and material; none is negative; loads for show end in one of three ways."""
    run = sf.run(*railed(make, seed), mode=mode)
    s = run.stocks
    signs = {"opening_t": 1, "arising_t": 1, "converted_t": 1, "in_t": 1, "out_t": -1, "closing_t": -1}
    assert sum(sign * s[k] for k, sign in signs.items()).abs().max() < 1e-6 or s.empty
    assert (s[["opening_t", "in_t", "out_t", "closing_t"]].to_numpy() >= -1e-9).all()
    keys = ["period", "material"]  # what is looted leaves a stock of its owner
    for end, column in (("destination", "in_t"), ("origin", "out_t")):
        moved = run.movements.rename(columns={end: "node_id"}).groupby(["node_id", *keys])["tonnage_t"].sum()
        gap = s.groupby(["node_id", *keys])[column].sum().sub(moved, fill_value=0.0)
        assert gap.abs().max() < 1e-6 or gap.empty
    a = run.accounts.groupby("period")[["for_show_t", "returned_t", "intercepted_t", "taken_t"]].sum()
    after = run.meta["return_after"]
    shown, caught = (a[c].to_numpy()[: len(a) - after] for c in ("for_show_t", "intercepted_t"))
    np.testing.assert_allclose(shown, caught + (a.returned_t + a.taken_t).to_numpy()[after:], atol=1e-6)


@settings(max_examples=8)
@given(seed=seeds)
def test_doubling_all_masses_and_capacities_doubles_what_reaches_the_mills(make, seed):
    """Twice the stocks, quotas, yards, rails and mills: twice the tonnes in every total."""
    one, two = (sf.run(*railed(make, seed, factor)) for factor in (1.0, 2.0))
    masses = [c for c in one.accounts.columns if c.endswith("_t")]
    np.testing.assert_allclose(two.accounts[masses], 2 * one.accounts[masses], rtol=1e-6, atol=1e-6)
    for kind in ("carted", "returned", "looted", "shipped", "leaked"):
        tonnes = [r.movements.loc[r.movements.kind == kind, "tonnage_t"].sum() for r in (one, two)]
        assert tonnes[1] == pytest.approx(2 * tonnes[0], rel=1e-6, abs=1e-6)


@settings(max_examples=5)
@given(seed=seeds)
def test_a_campaign_that_asks_for_nothing_sends_no_train(make, seed):
    """Without quota, arising and condemnation nothing moves, and every stock closes as it opened."""
    world = make.with_rails(make.random_world(seed), seed)
    run = sf.run(
        world, make.campaign(world, {"show": {"share": 0.5}, "looting": {"share": 0.5}, "arising": {"scale": 0}})
    )
    assert run.movements.empty
    assert (run.stocks.opening_t == run.stocks.closing_t).all()
    assert run.link_loads.tonnage_t.sum() == 0
