"""How a world's rows are cut, named and ordered changes no total."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scrapflow as sf
from scrapflow.campaign import collect
from tests.invariance.changes import cut, renamed, turned_round, with_empty_rows, with_sites

seeds = st.integers(0, 80)
COUNTS = ["marks", "expelled", "detained", "camp", "lost_worker_months"]
CHANGES = {
    "enterprises in two": lambda w: cut(w, "enterprises", 2),
    "enterprises in five": lambda w: cut(w, "enterprises", 5),
    "communities in three": lambda w: cut(w, "communities", 3),
    "rows turned round": lambda w: turned_round(w, 1),
    "identifiers the other way round": renamed,
    "empty rows": lambda w: with_empty_rows(w, 4),
}


def sums(world, raw_or_name, make=None):
    """Return the sums of every column of the accounts, and what lies ready at the end."""
    campaign = make.campaign(world, raw_or_name) if make else sf.read_campaign(world, raw_or_name)
    collected = collect(world, sf.build_network(world, transport=campaign.transport), campaign)
    accounts = collected.accounts
    amounts = [c for c in accounts.columns if c.endswith("_t")] + COUNTS
    return accounts[amounts].sum().to_dict() | {"ready": collected.unserved.new_t.sum()}


@pytest.mark.parametrize("change", CHANGES)
@settings(max_examples=8)
@given(seed=seeds)
def test_in_random_worlds_under_random_campaigns(make, change, seed):
    """With rows cut, renamed, turned or added, every sum of the accounts stays, whatever binds."""
    world = with_sites(make.random_world(seed), seed)
    raw = make.random_campaign(world, seed + 1)
    before, after = sums(world, raw, make), sums(CHANGES[change](world), raw, make)
    for name, amount in before.items():
        assert after[name] == pytest.approx(amount, rel=1e-6, abs=1e-6), name


@pytest.mark.parametrize("change", CHANGES)
def test_in_the_toy_world_to_the_mill(toy, change):
    """Every total of the run stays, deliveries to mills among them."""
    before, after = (sf.run(w, "2015").totals() for w in (toy, CHANGES[change](toy)))
    np.testing.assert_allclose(after, before, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("change", CHANGES)
def test_in_the_real_world(dprk, change):
    """What hundreds of enterprises and towns of the DPRK do in a year does not hang on how their rows are cut."""
    before, after = sums(dprk, "2015"), sums(CHANGES[change](dprk), "2015")
    for name, amount in before.items():
        assert after[name] == pytest.approx(amount, rel=1e-6, abs=1e-3), name


@pytest.mark.parametrize("name", ["toy", "dprk"])
def test_idle_links_closed_in_a_world_with_other_names(name, request):
    """Renamed, its rows turned round and then every link that carries nothing closed: each mill gets as much from each region."""
    before = request.getfixturevalue(f"{name}_run")
    other = sf.run(turned_round(renamed(request.getfixturevalue(name)), 3), "2015")
    carried = other.link_loads.groupby("link_id").tonnage_t.sum()
    idle = carried.index[carried == 0]
    rails = other.links.loc[(other.links["mode"] == "rail") & other.links.link_id.isin(idle), "link_id"]
    after = sf.what_if(other, close=rails.tolist()).b if len(rails) else other
    np.testing.assert_allclose(after.totals(), before.totals(), rtol=1e-6, atol=1e-6)
    keys = ["period", "destination", "region"]
    got = [r.flows.kind("shipped").by(*keys).set_index(keys).tonnage_t.sort_index() for r in (before, after)]
    pd.testing.assert_series_equal(*got, rtol=1e-6, atol=1e-4)
