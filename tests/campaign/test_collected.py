"""What people did, as arrays for the trains; and that no tonne appears or vanishes in it."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

from scrapflow.campaign.collected import Collected
from scrapflow.errors import BalanceError

WORKS = {"node_id": "e", "x": 0.1, "y": 0.1, "workers": 1000.0, "scrap_t": 10.0, "idle_machinery_t": 30.0}
OTHER = {"node_id": "f", "x": 0.3, "y": 0.1, "workers": 500.0, "obsolete_machinery_t": 4.0}
TOWN = {"node_id": "c", "x": 0.1, "y": 0.1, "population": 1000.0, "household_scrap_kg": 5.0, "appliance_kg": 8.0}
YARDS = [{"node_id": "y", "x": 0.1, "y": 0.1}, {"node_id": "z", "x": 0.3, "y": 0.1}]
RAW = {
    "periods": {"start": "2015-01", "count": 2},
    "quota": [
        {"rule_id": "w", "kind": "per_worker", "kg": 25},
        {"rule_id": "u", "kind": "unaffiliated", "kg": 30},
    ],
    "show": {"share": 0.5},
    "looting": {"share": 1.0, "by": "everyone", "reach_km": 5},
    "leakage": {"share": 0.1},
    "transport": {"reach_km": 10.0},
}
SCRAP, OBSOLETE, IDLE, _, APPLIANCE = range(5)
OWN, LOOTED = range(2)


@pytest.fixture(scope="module")
def collected(make):
    """Return two months of two works, a town and two yards.

    January: e owes 25 t, gives 10 t of scrap and 15 t of idle machines, half of these for show; f gives its 4 t of
    obsolete machines, half for show; the town gives its 13 t, sells a tenth of them abroad, takes 15 t of e's machines
    by night (the rest of what there is), sells a tenth of those too. All but f cart to y, f to z.
    """
    world = make.world(enterprises=[WORKS, OTHER], communities=[TOWN], yards=YARDS)
    return make.collect(world, RAW)


def test_arrivals_are_by_yard_material_and_via(collected):
    """What was carted, loads for show included, at the yard it came to: the sum of the movements by the same keys."""
    january = collected.arrivals[0]
    assert january.shape == (2, 5, 2)
    y, z = january[collected.yard_ids.tolist().index("y")], january[collected.yard_ids.tolist().index("z")]
    assert y[:, OWN].tolist() == pytest.approx([10 + 4.5, 0, 15, 0, 7.2])
    assert y[IDLE, LOOTED] == pytest.approx(13.5)
    assert z[:, OWN].tolist() == pytest.approx([0, 4, 0, 0, 0])
    carted = collected.movements[collected.movements.kind == "carted"]
    for step, period in enumerate(collected.periods["period"]):
        for i, yard in enumerate(collected.yard_ids):
            for m, material in enumerate(collected.materials):
                for v, via in enumerate(collected.vias):
                    rows = carted[
                        (carted.period == period)
                        & (carted.destination == yard)
                        & (carted.material == material)
                        & (carted.via == via)
                    ]
                    assert collected.arrivals[step, i, m, v] == pytest.approx(rows.tonnage_t.sum())


def test_loads_for_show_are_part_of_what_arrived(collected):
    """Half of the machines of each works, none of the scrap, nothing of the town's."""
    january = collected.show[0]
    expected = np.zeros_like(january)
    expected[0, IDLE, OWN], expected[1, OBSOLETE, OWN] = 7.5, 2.0
    np.testing.assert_allclose(january, expected)
    assert (collected.show <= collected.arrivals + 1e-12).all()


def test_a_period_of_several_steps_adds_them_up(make):
    """A quarter's arrivals and loads for show are those of its three months."""
    world = make.world(enterprises=[WORKS, OTHER], communities=[TOWN], yards=YARDS)
    months = make.collect(world, RAW | {"periods": {"start": "2015-01", "count": 6}})
    quarters = make.collect(world, RAW | {"periods": {"unit": "quarter", "start": "2015-Q1", "count": 2}})
    for name in ("arrivals", "show"):
        of_months = getattr(months, name).reshape(2, 3, *getattr(months, name).shape[1:]).sum(axis=1)
        np.testing.assert_allclose(getattr(quarters, name), of_months)


def test_owners_are_enterprises_then_communities(collected):
    """The order of the arrays of the history."""
    assert collected.owners.tolist() == ["e", "f", "c"]
    assert collected.labels == ["2015-01", "2015-02"]


def test_what_is_sound_passes(collected):
    """Two months that the model made balance."""
    collected.check()


def tampered(collected, step, field, at, tonnes):
    """Return the same with some tonnes more in one array of one step."""
    steps = list(collected.history.steps)
    values = getattr(steps[step], field).copy()
    values[at] += tonnes
    steps[step] = steps[step]._replace(**{field: values})
    return Collected(dataclasses.replace(collected.history, steps=steps), collected.periods)


@pytest.mark.parametrize(
    ("field", "at", "who"),
    [
        ("opening", (2, 1), "tonnes of 'idle_machinery' do not balance at 'f' in 2015-02"),
        ("converted", (1, 0), "tonnes of 'obsolete_machinery' do not balance at 'e' in 2015-02"),
        ("returned", (2, 0), "tonnes of 'idle_machinery' do not balance at 'e' in 2015-02"),
        ("carted", (0, 1), "tonnes of 'scrap' do not balance at 'f' in 2015-02"),
        ("lost", (3, 0), "tonnes of 'working_machinery' do not balance at 'e' in 2015-02"),
        ("closing", (0, 0), "tonnes of 'scrap' do not balance at 'e' in 2015-02"),
        ("arising", (1,), "tonnes of 'scrap' do not balance at 'f' in 2015-02"),
        ("household", (1, 0), "tonnes of 'appliance' do not balance at 'c' in 2015-02"),
        ("household_arising", (0,), "tonnes of 'scrap' do not balance at 'c' in 2015-02"),
        ("carted_own", (1, 0), "tonnes of 'appliance' do not balance at 'c' in 2015-02"),
        ("sold_own", (0, 0), "tonnes of 'scrap' do not balance at 'c' in 2015-02"),
        ("household_closing", (1, 0), "tonnes of 'appliance' do not balance at 'c' in 2015-02"),
        ("looted", (2, 0), "tonnes of 'idle_machinery' do not balance at 'c' in 2015-02"),
        ("got", (1, 0), "tonnes of 'obsolete_machinery' do not balance at 'c' in 2015-02"),
        ("carted_looted", (3, 0), "tonnes of 'working_machinery' do not balance at 'c' in 2015-02"),
        ("sold_looted", (0, 0), "tonnes of 'scrap' do not balance at 'c' in 2015-02"),
        ("looted_closing", (2, 0), "tonnes of 'idle_machinery' do not balance at 'c' in 2015-02"),
    ],
)
@pytest.mark.parametrize("tonnes", [1e-5, -1e-5])
def test_ten_grams_too_many_or_too_few_are_noticed_wherever_they_are(collected, field, at, who, tonnes):
    """The place, the period and the material are named; a tenth of the tolerance is let pass."""
    with pytest.raises(BalanceError, match=re.escape(who)):
        tampered(collected, 1, field, at, tonnes).check()
    tampered(collected, 1, field, at, tonnes / 100).check()


def test_a_stock_below_zero_is_noticed_though_the_books_balance(collected):
    """10 t more carted than there were, and -10 t left: the sums agree, and the stock cannot be."""
    moved = tampered(tampered(collected, 1, "carted", (3, 1), 10.0), 1, "closing", (3, 1), -10.0)
    with pytest.raises(BalanceError, match=r"'working_machinery' .* 'f' in 2015-02: 0 t unexplained, -10 t left"):
        moved.check()


def test_unknown_tonnes_are_no_sound_ones(collected):
    """A number that is none cannot be said to balance."""
    with pytest.raises(BalanceError):
        tampered(collected, 0, "opening", (0, 0), np.nan).check()


def test_yards_that_nobody_needed_are_left_out_of_the_sums(make):
    """With a second yard in reach of everybody and room in the first, all goes to the first and nothing is lost."""
    world = make.world(enterprises=[WORKS], communities=[TOWN], yards=[YARDS[0], YARDS[1] | {"x": 0.11}])
    near = make.collect(world, RAW | {"transport": {"reach_km": 60.0, "yard_choices": 2}})
    assert near.history.access.yard.shape[0] == 2
    assert near.arrivals[:, near.yard_ids.tolist().index("z")].sum() == 0
    assert near.arrivals.sum() == pytest.approx(near.movements.query("kind == 'carted'").tonnage_t.sum())
    full = make.collect(
        world, RAW | {"transport": {"reach_km": 60.0, "yard_choices": 2}, "yards": {"receipt_limit_t": 20.0}}
    )
    assert full.arrivals[0].sum(axis=(1, 2)) == pytest.approx([20, 20])
