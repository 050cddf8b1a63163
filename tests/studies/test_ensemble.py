"""All assumptions at once, many times over."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.units import two_figures

FRAMES = ("draws", "totals", "claims", "link_loads")


@pytest.fixture(scope="module")
def some(toy):
    """Forty members of the toy."""
    return sf.ensemble(toy, n=40, seed=1, processes=1)


def _same(a, b):
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(a, name), getattr(b, name), check_exact=True)


def test_the_same_seed_gives_the_same_ensemble_and_another_does_not(toy, some):
    """Every frame is the same to the last bit for a seed; another seed draws others."""
    _same(sf.ensemble(toy, n=40, seed=1, processes=1), some)
    assert not sf.ensemble(toy, n=40, seed=2, processes=1).draws.equals(some.draws)


def test_processes_change_nothing(toy, some):
    """Two processes give what one gives."""
    _same(sf.ensemble(toy, n=40, seed=1, processes=2), some)


def test_a_dask_cluster_changes_nothing(toy, some):
    """The members run on a cluster of the user's and come back the same."""
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        _same(sf.ensemble(toy, n=40, seed=1, client=client), some)


def test_draws_are_a_latin_hypercube(some):
    """Each of the 40 equal parts of each input's range of quantiles is drawn from exactly once."""
    assert some.draws.shape[0] == 40
    for name in some.draws:
        assert sorted(np.floor(some.draws[name] * 40).astype(int)) == list(range(40))


def test_each_member_is_the_run_of_its_draw(toy, some):
    """A member's totals are those of sf.run with the values its quantiles stand for."""
    from scrapflow.studies.uncertain import Setter, draws_of, uncertain

    camp = sf.read_campaign(toy, "2015")
    inputs = uncertain(toy, camp)
    values = draws_of(toy, inputs, some.draws.loc[7].to_numpy())
    full = sf.run(*Setter(toy, camp, inputs)(values)).totals()
    assert some.totals.loc[7].to_dict() == pytest.approx(full.to_dict())


def test_ranges_are_ordered_and_come_from_the_members(some):
    """Low ≤ median ≤ high for every total, claim and link load; the totals' are numpy's quantiles."""
    for frame in (some.ranges(), some.claims, some.link_loads):
        assert ((frame.low <= frame["median"]) & (frame["median"] <= frame.high)).all()
    ranges = some.ranges().set_index("total")
    assert ranges.low["delivered_t"] == pytest.approx(np.quantile(some.totals.delivered_t, 0.1))
    assert set(ranges.index) == set(some.central.totals().index)
    keys = some.central.link_loads[["period", "link_id"]]
    pd.testing.assert_frame_equal(some.link_loads[["period", "link_id"]], keys)
    assert set(some.claims.claim_id) == set(some.central.claims().claim_id)


def test_the_central_run_carries_the_ranges(some):
    """Maps and summaries find the ranges in the run; two figures and the range stand in the text."""
    ranges = some.central.meta["ranges"]
    assert ranges["delivered_t"] == pytest.approx(
        some.ranges().set_index("total").loc["delivered_t", ["low", "median", "high"]].to_dict()
    )
    assert some.central.meta["members"] == 40
    text = some.summary()
    wanted = [
        two_figures(x)
        for x in (some.central.totals().delivered_t, *(ranges["delivered_t"][k] for k in ("low", "high")))
    ]
    assert "delivered: {} ({} to {}) t".format(*wanted) in text
    assert "{} ({} to {}) t".format(*wanted) in repr(some)
    assert "e-" not in text
    assert "over 19 assumptions" in repr(some)
    assert "<table" in some._repr_html_()


def test_low_and_high_are_never_left(toy, some):
    """Quotas drawn lie between what the low and the high of every rate would ask."""
    low, high = (sf.run(toy, sf.read_campaign(toy, "2015").update({"quota.headcount.kg": kg})) for kg in (10, 30))
    least = sf.run(toy.with_values({("communities", "town", "unaffiliated_share"): 0.1}), low.meta["campaign"])
    assert some.totals.quota_t.min() >= 20 + 20
    assert some.totals.quota_t.max() <= 60 + 60
    assert low.totals().quota_t < high.totals().quota_t
    assert least.totals().quota_t == pytest.approx(60.0)


def test_a_world_without_assumptions_has_no_width(toy):
    """Where every range has shrunk to its value, all members are the central run and every range has zero width."""
    tables = dict(toy.tables)
    for name, table in tables.items():
        ends = {c: table[c.rpartition("_")[0]] for c in table if c.endswith(("_low", "_high"))}
        tables[name] = table.assign(**ends)
    from dataclasses import replace

    sure = replace(toy, tables=tables)
    plain = sf.read_campaign(toy, "2015")
    fixed = {s: {"value": plain[s]} for s in ("show.share", "looting.share", "inspection.chance")}
    fixed["quota.headcount.kg"] = {"value": 20.0}
    found = sf.ensemble(sure, plain.update(fixed), n=5, processes=1)
    assert found.draws.shape == (5, 0)
    for frame in (found.ranges(), found.claims, found.link_loads):
        assert (frame.low == frame.high).all()
    assert found.ranges().set_index("total").low.to_dict() == pytest.approx(sf.run(toy).totals().to_dict())


def test_links_that_only_some_members_draw_have_a_range(toy):
    """With a reach from 1 to 600 km some members have other access links; all of them have a row, none is dropped."""
    tables = dict(toy.tables)
    links = toy.links
    tables["links"] = links[~links.link_id.isin(["cart_works", "cart_town"])].reset_index(drop=True)
    from dataclasses import replace

    camp = sf.read_campaign(toy, "2015").update({"transport.reach_km": {"value": 2.0, "low": 1.0, "high": 600.0}})
    found = sf.ensemble(replace(toy, tables=tables), camp, n=12, processes=1)
    assert not found.link_loads.duplicated(["period", "link_id"]).any()
    assert found.link_loads.set_index("link_id").high["works>yard"].max() > 0


@pytest.fixture(scope="module")
def real(dprk):
    """Thirty members of the real campaign of 2015."""
    return sf.ensemble(dprk, "2015", n=30, seed=0, processes=1)


@pytest.mark.slow
def test_the_real_world_has_a_range_for_everything(real):
    """On the real world every total, claim and link of every month has its range."""
    found = real
    assert set(found.central.links.link_id) <= set(found.link_loads.link_id)  # a member may draw further links
    assert len(found.link_loads) == 12 * found.link_loads.link_id.nunique()
    assert found.claims.low.notna().sum() == found.central.claims().modelled.notna().sum()
    assert (found.ranges().high > found.ranges().low).sum() >= 12


@pytest.mark.slow
def test_the_central_run_lies_inside_its_own_range(real):
    """Every total of dprk's central run is between the 15 and 85 % quantiles of the members, ends included."""
    found = real
    low, high = found.totals.quantile(0.15), found.totals.quantile(0.85)
    central = found.central.totals()[low.index]
    outside = central[(central < low - 1e-6) | (central > high + 1e-6)]
    assert outside.empty, outside
