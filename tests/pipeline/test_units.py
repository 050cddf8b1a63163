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


@cache
def run_in(unit):
    """Run the toy with every mass of its tables and its quotas multiplied."""
    world = sf.read_world("toy")
    tables = dict(world.tables)
    for name, amounts in MASSES.items():
        frame = tables[name].copy()
        for column in frame.columns[frame.dtypes.map(lambda d: d.kind == "f")]:
            if column.removesuffix("_low").removesuffix("_high") in amounts:
                frame[column] *= unit
        tables[name] = frame
    scaled = dataclasses.replace(world, tables=tables)
    quotas = {f"quota.{rule}.kg": 20 * unit for rule in ("headcount", "residents")}
    return sf.run(scaled, sf.read_campaign(scaled, "2015").update(quotas))


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
