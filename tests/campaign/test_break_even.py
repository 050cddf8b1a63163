"""Up to which quota scrap and old machines do: the model asked, against runs and against a pencil."""

from __future__ import annotations

import numpy as np
import pytest

import scrapflow as sf

ALONE = {"looting.share": 0.0, "inspection.condemn_share": 0.0}


def rate(run):
    """Return the break-even quota of the toy works, in kg a worker and month."""
    return sf.rice_cooker(run)["break_even_kg"].iloc[0]


def eaten(run):
    """Return the functional machinery that the toy works carted, in t."""
    m = run.movements
    functional = m["material"].isin(["idle_machinery", "working_machinery"])
    return m[(m["kind"] == "carted") & (m["origin"] == "works") & functional]["tonnage_t"].sum()


@pytest.mark.parametrize("unit", ["month", "quarter"])
@pytest.mark.parametrize("stripped", [1.0, 0.5])
@pytest.mark.parametrize("show", [0.0, 0.5])
def test_runs_switch_where_the_model_says(toy, unit, stripped, show):
    """Just below the break-even no functional machine is carted, just above it one is: with parts, shows, any unit."""
    camp = sf.read_campaign(toy, "2015").update(
        ALONE
        | {"filling.stripped_share": stripped, "show.share": show, "periods.count": 3, "periods.unit": unit}
        | {"periods.start": {"month": "2015-01", "quarter": "2015-Q1"}[unit]}
    )
    world = toy.with_values({("enterprises", "works", "obsolete_machinery_t"): 60.0})
    camp = sf.read_campaign(world, camp)
    found = rate(sf.run(world, camp))
    below, above = (sf.run(world, camp.update({"quota.headcount.kg": found * f})) for f in (0.999, 1.001))
    assert eaten(below) == pytest.approx(0, abs=1e-9)
    assert eaten(above) > 0


def test_with_and_without_parts_by_hand(toy):
    """10 t of scrap and 60 t of old machines over two months are 35 t each; stripped to a half, 30 t.

    Of a quota q, q − 10 t of machines in January use up twice that and leave as much in parts; February has the parts and
    half of what is left of the machines, together 30 t whatever q.
    """
    world = toy.with_values({("enterprises", "works", "obsolete_machinery_t"): 60.0})
    camp = sf.read_campaign(world, "2015").update(ALONE | {"show.share": 0.0})
    assert rate(sf.run(world, camp)) == pytest.approx(35)
    assert rate(sf.run(world, camp.update({"filling.stripped_share": 0.5}))) == pytest.approx(30)


def test_the_break_even_agrees_with_what_the_run_carted(dprk_run):
    """Who is past its break-even carted functional machines if it has any, and who is not carted none."""
    table = sf.rice_cooker(dprk_run)
    table = table[(table["alternative"] == "campaign") & table["break_even_kg"].notna()].set_index("node_id")
    m = dprk_run.movements
    functional = m["material"].isin(["idle_machinery", "working_machinery"])
    carted = m[(m["kind"] == "carted") & functional].groupby("origin")["tonnage_t"].sum()
    ate = carted.reindex(table.index).fillna(0.0) > 0
    s = dprk_run.stocks
    has = s[(s["period"] == s["period"].min()) & s["material"].isin(["idle_machinery", "working_machinery"])]
    some = has.groupby("node_id")["opening_t"].sum().reindex(table.index).fillna(0.0) > 0
    past = table["break_even_kg"] < 11
    assert past.sum() > 100
    # Looting takes scrap too, so that a few who are just below it may be pushed past it: none is, here.
    assert not (ate & ~past).any()
    np.testing.assert_array_equal(ate[some], past[some])
