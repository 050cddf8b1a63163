"""A run is the same in any unit of mass: what is rounding is judged beside the largest amount, not in tonnes."""

from __future__ import annotations

import dataclasses
from functools import cache

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.runs import Run

MASSES = {
    "enterprises": ("scrap_t", "obsolete_machinery_t", "idle_machinery_t", "working_machinery_t"),
    "communities": ("household_scrap_kg", "appliance_kg"),
    "sectors": ("scrap_kg_per_worker", "machinery_kg_per_worker"),
    "mills": ("intake_t", "other_supply_t"),
    "links": ("capacity_t",),
}


def scaled_world(unit):
    """Return the toy with every mass of its tables multiplied."""
    world = sf.read_world("toy")
    tables = dict(world.tables)
    for name, amounts in MASSES.items():
        frame = tables[name].copy()
        for column in frame.columns[frame.dtypes.map(lambda d: d.kind == "f")]:
            if column.removesuffix("_low").removesuffix("_high") in amounts:
                frame[column] *= unit
        tables[name] = frame
    return dataclasses.replace(world, tables=tables)


def campaign_of(scaled, unit):
    """Return the toy's campaign with its quotas multiplied."""
    quotas = {f"quota.{rule}.kg": 20 * unit for rule in ("headcount", "residents")}
    return sf.read_campaign(scaled, "2015").update(quotas)


@cache
def run_in(unit):
    """Run the toy with every mass of its tables and its quotas multiplied."""
    scaled = scaled_world(unit)
    return sf.run(scaled, campaign_of(scaled, unit))


@pytest.mark.parametrize("unit", [1e-12, 1e-6, 1e6, 1e12])
def test_totals_tracing_and_flows_scale_with_the_unit(unit, tmp_path):
    """From a microgram to a teratonne: every total, the mix that a mill received, and the saved run with all its checks."""
    base, run = run_in(1.0), run_in(unit)
    pd.testing.assert_series_equal(run.totals() / unit, base.totals(), rtol=1e-9, atol=1e-9)
    run.save(tmp_path / "r")
    stored = sf.read_run(tmp_path / "r")
    for by in ("material", "region"):
        scaled, plain = (sf.trace(r, to="near", by=by).set_index(by)["share"] for r in (stored, base))
        pd.testing.assert_series_equal(scaled.sort_index(), plain.sort_index(), rtol=1e-9)
    assert len(stored.movements) == len(base.movements)
    keys = ["period", "node_id", "reason", "links"]
    left, plain = (r.unserved[[*keys, "tonnage_t"]] for r in (stored, base))
    pd.testing.assert_frame_equal(left.assign(tonnage_t=left["tonnage_t"] / unit), plain, rtol=1e-9)


def test_what_stays_in_yards_is_told_in_any_unit():
    """A mill that is full leaves steel in the yard: as many rows, for the same reasons, in milligrams as in megatonnes."""
    told = []
    for unit in (1.0, 1e-12, 1e12):
        world = scaled_world(unit)
        mills = world.tables["mills"].assign(intake_t=2.0 * unit)
        full = dataclasses.replace(world, tables={**world.tables, "mills": mills})
        run = sf.run(full, campaign_of(full, unit))
        told.append(run.unserved.assign(tonnage_t=run.unserved["tonnage_t"] / unit, new_t=run.unserved["new_t"] / unit))
        assert "mill_full" in set(run.unserved["reason"])
    for other in told[1:]:
        pd.testing.assert_frame_equal(other, told[0], rtol=1e-9, atol=1e-9)


def test_effects_of_assumptions_are_the_same_in_any_unit():
    """What moves the milligrams of a run has an effect, as large as it is in tonnes; the quota's own range is not scaled here."""
    effects = []
    for unit in (1.0, 1e-12):
        world = scaled_world(unit)
        table = sf.sensitivity(world, campaign_of(world, unit), processes=1)
        effects.append(table.set_index("input")["effect_t"].drop("quota.headcount.kg").sort_index() / unit)
    pd.testing.assert_series_equal(effects[1], effects[0], rtol=1e-6, atol=1e-6)
    assert (effects[0] > 0).sum() > 5


@pytest.mark.parametrize("unit", [1e-12, 1.0, 1e12])
def test_a_thousandth_that_vanished_is_found_in_any_unit(unit):
    """The check on reading is as strict for milligrams as for megatonnes."""
    run = run_in(unit)
    stocks = run.stocks
    first = stocks["closing_t"].idxmax()
    stocks.loc[first, "closing_t"] *= 1.001
    spoilt = Run({**{n: run.tables[n] for n in run.tables}, "stocks": stocks}, run.meta)
    with pytest.raises(sf.BalanceError):
        spoilt.check()
