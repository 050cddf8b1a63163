"""What holds in every world under every campaign."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

seeds = st.integers(0, 80)
modes = st.sampled_from(["expected", "sampled"])


def random_home(collected, seed):
    """Return a random share of loads for show that is still in the yards."""
    return np.random.default_rng(seed).random(collected.show.shape[:2])


def both(make, seed, **options):
    """Return a random world with a random campaign and what people do in it."""
    world = make.random_world(seed)
    raw = make.random_campaign(world, seed + 1)
    first = make.collect(world, raw, **options)
    return world, raw, make.collect(world, raw, home=random_home(first, seed), **options)


@settings(max_examples=30)
@given(seed=seeds, mode=modes)
def test_every_tonne_is_accounted_for(make, seed, mode):
    """Opening, arising, converted, in and out explain the closing stock; conversions cancel; nothing is negative."""
    _, _, c = both(make, seed, mode=mode)
    s = c.stocks
    signs = {"opening_t": 1, "arising_t": 1, "converted_t": 1, "in_t": 1, "out_t": -1, "closing_t": -1}
    assert sum(sign * s[k] for k, sign in signs.items()).abs().max() < 1e-9 or s.empty
    assert s.groupby(["period", "node_id"])["converted_t"].sum().abs().max() < 1e-9 or s.empty
    assert (s[["opening_t", "in_t", "out_t", "closing_t"]] >= 0).all().all()
    keys = ["period", "node_id", "material", "via"]
    ends = [("destination", "in_t"), ("origin", "out_t")]
    for end, column in ends:
        moved = c.movements[c.movements[end].isin(set(s["node_id"]))].rename(columns={end: "node_id"})
        moved = moved.groupby(keys)["tonnage_t"].sum()
        booked = s.set_index(keys)[column]
        gap = booked.sub(moved, fill_value=0.0).groupby(keys[:3]).sum()
        assert gap.abs().max() < 1e-9 or gap.empty


@settings(max_examples=30)
@given(seed=seeds, mode=modes)
def test_apparent_and_real_amounts_add_up(make, seed, mode):
    """Credited is carted and on paper; quota is credited and short; a load for show is returned, caught or taken."""
    _, _, c = both(make, seed, mode=mode)
    a = c.accounts
    assert not a.isna().any().any()
    np.testing.assert_allclose(a.credited_t, a.carted_t + a.books_only_t, atol=1e-9)
    np.testing.assert_allclose(a.quota_t, a.credited_t + a.shortfall_t, atol=1e-6)
    carted = c.movements[c.movements.kind == "carted"].groupby(["period", "origin"])["tonnage_t"].sum()
    booked = a[a.carted_t > 0].set_index(["period", "node_id"])["carted_t"].rename_axis(carted.index.names)
    np.testing.assert_allclose(carted.sub(booked, fill_value=0), 0, atol=1e-9)
    np.testing.assert_allclose(c.arrivals.sum(), carted.sum(), atol=1e-9)
    after = c.history.return_after
    wide = {k: a.pivot(index="period", columns="node_id", values=k).to_numpy() for k in
            ("for_show_t", "returned_t", "intercepted_t", "taken_t")}  # fmt: skip
    periods = len(c.periods)
    done = wide["returned_t"][after:] + wide["taken_t"][after:] + wide["intercepted_t"][: periods - after]
    np.testing.assert_allclose(wide["for_show_t"][: periods - after], done, atol=1e-9)
    rules = c.quotas.groupby(["period", "node_id"])[["quota_t", "credited_t"]].sum()
    own = a[a.quota_t > 0].set_index(["period", "node_id"])[["quota_t", "credited_t"]]
    np.testing.assert_allclose(rules.sub(own, fill_value=0).to_numpy(dtype=float), 0, atol=1e-9)
    assert a.looted_from_t.sum() == pytest.approx(a.looted_by_t.sum(), abs=1e-9)


@settings(max_examples=30)
@given(seed=seeds)
def test_marks_never_skip(make, seed):
    """A secretary gains at most one mark a period, and a successor starts without."""
    _, raw, c = both(make, seed, mode="sampled")
    marks = c.accounts.pivot(index="period", columns="node_id", values="marks").to_numpy()
    expelled = c.accounts.pivot(index="period", columns="node_id", values="expelled").to_numpy()
    allowed = raw["penalties"]["marks_allowed"]
    before = np.vstack([np.zeros(marks.shape[1]), marks[:-1]])
    assert np.isin(marks, np.arange(allowed + 1)).all()
    assert np.isin(expelled, [0, 1]).all()
    gained = marks - before
    assert np.isin(gained[expelled == 0], [0, 1]).all()
    assert (before[expelled == 1] == allowed).all()
    assert (marks[expelled == 1] == 0).all()


@settings(max_examples=25)
@given(seed=seeds, mode=modes)
def test_doubling_every_mass_doubles_every_tonnage(make, seed, mode):
    """With all stocks, rates and limits doubled, twice as much moves and all shares stay."""
    world = make.random_world(seed)
    raw = make.random_campaign(world, seed + 1)
    heavy_raw = {**raw, "quota": [{**r, "kg": 2 * r["kg"]} for r in raw["quota"]]}
    heavy_raw["yards"] = {"receipt_limit_t": 2 * raw["yards"]["receipt_limit_t"]}
    tables = dict(world.tables)
    for name, columns in {
        "enterprises": ["scrap_t", "obsolete_machinery_t", "idle_machinery_t", "working_machinery_t"],
        "communities": ["household_scrap_kg", "appliance_kg"],
        "sectors": ["scrap_arising_kg_per_worker"],
    }.items():
        tables[name] = tables[name].assign(**{c: 2 * tables[name][c] for c in columns})
    from dataclasses import replace

    a = make.collect(world, raw, mode=mode).accounts
    b = make.collect(replace(world, tables=tables), heavy_raw, mode=mode).accounts
    masses = [c for c in a.columns if c.endswith("_t")]
    np.testing.assert_allclose(b[masses], 2 * a[masses], rtol=1e-9, atol=1e-9)
    same = ["detection", "mark_probability", "marks", "expelled", "detained", "output_index"]
    np.testing.assert_allclose(b[same], a[same], atol=1e-9)


@settings(max_examples=30)
@given(seed=seeds, low=st.floats(0, 1), high=st.floats(0, 1))
def test_more_detection_never_brings_more_back(make, seed, low, high):
    """With the uniform patrol, a higher chance of being found does not raise what is carried back."""
    low, high = sorted([low, high])
    world = make.random_world(seed)
    raw = make.random_campaign(world, seed + 1)
    raw["show"]["return_after"] = 0
    raw["yards"] = {}
    raw["inspection"] |= {"patrol": "uniform", "teams": 2.0}
    total = []
    for chance in (low, high):
        raw["inspection"]["chance"] = chance
        total.append(make.collect(world, raw).accounts["returned_t"].sum())
    assert total[1] <= total[0] + 1e-9


@settings(max_examples=30)
@given(seed=seeds)
def test_a_campaign_that_asks_for_nothing_changes_nothing(make, seed):
    """Without quota, arising and condemnation every stock stays as it was and nobody is punished."""
    world = make.random_world(seed)
    raw = make.random_campaign(world, seed + 1) | {"quota": [], "arising": {"scale": 0}}
    raw["inspection"]["condemn_share"] = 0.0
    c = make.collect(world, raw)
    assert c.movements.empty
    assert c.quotas.empty
    assert (c.stocks.opening_t == c.stocks.closing_t).all()
    assert c.accounts[["quota_t", "carted_t", "marks", "expelled", "detained", "shortfall_t"]].to_numpy().sum() == 0
    assert (c.accounts.output_index == 1).all()


@settings(max_examples=25)
@given(seed=seeds)
def test_rows_may_come_in_any_order(make, seed):
    """The order of the rows of a world's tables does not change a single digit."""
    from dataclasses import replace

    world = make.random_world(seed)
    raw = make.random_campaign(world, seed + 1)
    turned = {k: t.iloc[::-1].reset_index(drop=True) for k, t in world.tables.items()}
    a, b = make.collect(world, raw, mode="sampled"), make.collect(replace(world, tables=turned), raw, mode="sampled")
    for table in ("movements", "accounts", "stocks", "quotas", "unserved"):
        pd.testing.assert_frame_equal(getattr(a, table), getattr(b, table), check_exact=True)
