"""A member of a study, run without tables, says what the full run says."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.studies.member import Study
from scrapflow.studies.uncertain import Setter, two_sided, uncertain
from scrapflow.world.shared_frames import shared

if TYPE_CHECKING:
    from scrapflow.studies.member import Member
    from scrapflow.world import World

CHANGES = [{}, {"show.return_after": 1}, {"transport.foresight": "myopic"}, {"leakage.share": 0.1}]


def _drawn(study: Study, seed: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {
        name: two_sided(np.full(len(rows), rng.random()), *(rows[c].to_numpy() for c in ("low", "value", "high")))
        for name, rows in study.inputs.members.groupby("input")
    }


def _study(world: World, changes: dict[str, object] | None = None) -> Study:
    camp = sf.read_campaign(world, "2015").update(changes or {})
    return Study(world, camp, uncertain(world, camp))


def _agree(study: Study, member: Member) -> None:
    full = sf.run(member.world, sf.read_campaign(member.world, member.campaign))
    assert study.totals(member) == pytest.approx(full.totals().to_dict(), rel=1e-9, abs=1e-6)
    claims = full.claims().set_index("claim_id")
    light = pd.DataFrame(study.claims(member)).set_index("claim_id").loc[claims.index]
    assert light.modelled.astype(float).to_numpy() == pytest.approx(claims.modelled.to_numpy(), rel=1e-9, nan_ok=True)
    assert light.agrees.astype("boolean").tolist() == claims.agrees.tolist()
    loads = study.loads(member)
    table = full.link_loads.pivot_table(index="link_id", columns="period", values="tonnage_t").loc[loads.index]
    assert loads.to_numpy() == pytest.approx(table.to_numpy(), rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("changes", CHANGES)
def test_a_member_says_what_the_full_run_says(toy, changes):
    """Totals, claims and loads of three draws in a row are those of sf.run on the same world and campaign."""
    study = _study(toy, changes)
    for seed in range(3):
        _agree(study, study.run(_drawn(study, seed)))


def test_so_it_does_in_the_real_world(dprk):
    """The same with hundreds of factories, twelve months, limits that bind and claims about provinces."""
    study = _study(dprk)
    _agree(study, study.run(_drawn(study, 0)))


def test_calendars_shares_and_other_access_links_are_heeded(toy):
    """What a shared problem cannot hold is posed anew: closed months, wanted shares, another reach."""
    camp = sf.read_campaign(toy, "2015")
    for changes in (
        {"calendar": [{"link_id": "rail_far", "first": "2015-01", "last": "2015-01", "factor": 0}]},
        {"allocation.shares.near": 0.5, "allocation.shares.far": 0.5},
        {"transport.reach_km": 40, "transport.yard_choices": 1},
        {"transport.rail_cost_per_tkm": 3, "transport.waiting_cost_per_t": 2},
    ):
        other = camp.update(changes)
        study = Study(toy, other, uncertain(toy, other))
        _agree(study, study.run(_drawn(study, 7)))


def test_costs_that_change_from_draw_to_draw_are_heeded(toy):
    """A range on the cost of rails or on the reach gives each draw its own network, in any order of draws."""
    ranges = {
        "transport.rail_cost_per_tkm": {"value": 1.0, "low": 0.5, "high": 9.0},
        "transport.reach_km": {"value": 60.0, "low": 10.0, "high": 90.0},
    }
    study = _study(toy, ranges)
    for seed in (0, 1, 0):
        _agree(study, study.run(_drawn(study, seed)))


def test_a_study_travels_by_pickle_and_is_the_same_there(toy):
    """What a process of the pool makes anew gives the same numbers to the last bit."""
    study = _study(toy)
    values = _drawn(study, 3)
    again = pickle.loads(pickle.dumps(study))
    assert again.totals(again.run(values)) == study.totals(study.run(values))


@pytest.mark.parametrize("key", ["penalties.marks_allowed", "show.repair_periods", "transport.yard_choices"])
def test_whole_numbers_stay_whole(toy, key):
    """A draw between two whole numbers is rounded where the setting must be whole; so 2.6 marks are three."""
    camp = sf.read_campaign(toy, "2015").update({key: {"value": 2, "low": 1, "high": 4}})
    inputs = uncertain(toy, camp)
    assert key in set(inputs.groups.input)
    _, drawn = Setter(toy, camp, inputs)({key: np.array([2.6])})
    assert drawn[key] == 3
    assert isinstance(drawn[key], int)


def test_only_what_is_drawn_is_touched(toy):
    """Tables without a drawn value are shared; the world the study came from is as it was."""
    camp = sf.read_campaign(toy, "2015")
    inputs = uncertain(toy, camp)
    world, same = Setter(toy, camp, inputs)({"mills.near.intake_t": np.array([12.0])})
    assert world.mills.set_index("node_id").intake_t.to_dict() == {"near": 12.0, "far": 30.0}
    assert toy.mills.set_index("node_id").intake_t.to_dict() == {"near": 15.0, "far": 30.0}
    assert shared(world.tables)["links"] is shared(toy.tables)["links"]
    assert same is camp
