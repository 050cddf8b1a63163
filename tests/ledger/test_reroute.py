"""A run routed anew: the same rails give the same run, other rails move trains alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.errors import InputError
from scrapflow.ledger.reroute import haul_problem, reroute, yard_arrivals, yard_axes
from scrapflow.ledger.tables import RunTables
from scrapflow.routing import solve
from scrapflow.vocabulary import MATERIALS, VIAS, moved_by


def people(run):
    """Return the movements that no train made."""
    moves = run.movements
    return moves[moves["kind"].isin(moved_by("people"))].reset_index(drop=True)


def test_the_same_rails_give_the_same_run(toy_run):
    """Every table that depends on the way of the tonnes comes out as it was, solved again or with the solution at hand."""
    for again in (reroute(toy_run), reroute(toy_run, result=solve(haul_problem(toy_run)), case="as it was")):
        for name in ("movements", "paths", "stocks", "link_loads", "unserved"):
            pd.testing.assert_frame_equal(again.tables[name], toy_run.tables[name], check_like=True)
    assert again.meta["case"] == "as it was"
    assert {k: v for k, v in again.meta.items() if k != "case"} == {
        k: v for k, v in toy_run.meta.items() if k != "case"
    }


def test_a_mill_that_takes_nothing_sends_the_trains_to_the_other_and_people_stay_as_they_were(toy_run):
    """Only what trains moved is different; what does not fit stays in the yard and is told as such."""
    supplies = toy_run.tables["supplies"].copy()
    supplies.loc[supplies["node_id"] == "near", "demand_t"] = 0.0
    other = reroute(toy_run, supplies=supplies, case="near closed")
    pd.testing.assert_frame_equal(people(other), people(toy_run))
    trains = other.movements[other.movements["kind"].isin(moved_by("train"))]
    assert set(trains["destination"]) == {"far"}
    assert trains["tonnage_t"].sum() <= toy_run.totals().shipped_t
    assert toy_run.tables["supplies"].loc[lambda s: s["node_id"] == "near", "demand_t"].sum() > 0


def test_links_carry_the_capacity_that_their_arcs_have_now(toy_run):
    """A narrower link is narrower in the new run's table of links and in its loads, and nowhere exceeded."""
    arcs = toy_run.tables["arcs"].copy()
    arcs.loc[arcs["link_id"] == "rail_far", "capacity_t"] = 7.0
    other = reroute(toy_run, arcs=arcs)
    capacity = other.links.set_index("link_id")["capacity_t"]
    assert capacity["rail_far"] == 7.0
    before = toy_run.links.set_index("link_id")["capacity_t"]
    assert capacity.drop("rail_far").equals(before.drop("rail_far"))
    loads = other.link_loads[other.link_loads["link_id"] == "rail_far"]
    assert loads["capacity_t"].unique().tolist() == [7.0]
    assert loads["tonnage_t"].max() == pytest.approx(7.0)


def test_the_arrays_of_the_yards_hold_what_people_brought(toy_run):
    """Arrivals add up to the movements cell by cell; what is carried home next month counts in the month it came."""
    axes = yard_axes(toy_run)
    assert axes.periods == toy_run.periods["period"].tolist()
    assert (axes.yard_ids, axes.materials, axes.vias) == (["yard"], list(MATERIALS), VIAS)
    arrivals, away = yard_arrivals(toy_run, axes)
    moves = toy_run.movements
    for array, kind, later in ((arrivals, "carted", 0), (away, "returned", toy_run.meta["return_after"])):
        want = np.zeros(array.shape)
        for move in moves[moves["kind"] == kind].itertuples():
            want[
                axes.periods.index(move.period) - later,
                0,
                axes.materials.index(move.material),
                axes.vias.index(move.via),
            ] += move.tonnage_t
        assert array == pytest.approx(want)
        assert array.sum() > 0


@pytest.mark.parametrize("key", ["return_after", "foresight", "waiting_cost_per_t", "allocation"])
def test_a_run_that_lost_a_setting_says_which(toy_run, key):
    """Without the settings of the haul no other plan can be made, and the error names the one that is missing."""
    lost = RunTables(toy_run.tables, {k: v for k, v in toy_run.meta.items() if k != key})
    with pytest.raises(InputError, match=f"column {key}: is missing"):
        reroute(lost)


def test_known_tonnes_of_yards_cannot_be_posed_again(toy_run):
    """Where tonnes arise in the yards themselves, what was offered by material is not kept, and nothing is guessed."""
    stocks = toy_run.stocks.copy()
    stocks.loc[stocks["node_id"] == "yard", "arising_t"] = 1.0
    known = RunTables(toy_run.tables | {"stocks": stocks}, toy_run.meta, toy_run.basemap)
    with pytest.raises(InputError, match=r"arising_t: it routes known tonnes.*Run the changed world"):
        haul_problem(known)


def test_what_mills_were_to_get_holds_when_the_rails_change(toy):
    """Shares that the campaign wished for are wished for again: the problem has the wishes, and the plan is the same."""
    wish = {"allocation.shares.near": 0.3, "allocation.shares.far": 0.7}
    run = sf.run(toy, sf.read_campaign(toy).update(wish))
    plain = sf.run(toy)
    assert not np.allclose(*(_received(r) for r in (run, plain)))
    assert _received(reroute(run)) == pytest.approx(_received(run))


def _received(run):
    """Return what each mill got, by name, in t."""
    trains = run.movements[run.movements["kind"].isin(moved_by("train"))]
    return trains.groupby("destination")["tonnage_t"].sum().reindex(["far", "near"], fill_value=0.0).tolist()
