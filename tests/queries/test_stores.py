"""Grades go through yards: a train takes the mix of grades of what the yard held."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from scrapflow.errors import InputError
from scrapflow.grading import at_least
from scrapflow.queries.stores import _numbered, grade_mix
from scrapflow.runs import Run


@pytest.mark.parametrize("seed", [7, 11, 23])
@pytest.mark.parametrize("grade", ["A1", "B3", "C4"])
def test_what_reached_a_mill_has_the_grades_of_where_it_arose(make, seed, grade):
    """Lot by lot, the tonnes at each mill that arose at places graded so well are those that the query gives."""
    made = make(seed)
    of = made.run.nodes.set_index("node_id")["grade"]
    good = made.lots[[at_least(g, grade) for g in made.lots["arose"].map(of)]]
    for mill in made.mills:
        want = good.loc[good["destination"] == mill, "tonnage_t"].sum()
        assert made.run.flows.to(mill).graded(grade).total_t == pytest.approx(want, abs=1e-6)


def test_grades_take_a_movement_apart_and_nothing_is_lost(made_up):
    """By grade the tonnes of each kind add up to all of them, and a movement that is taken apart counts once."""
    by_kind = made_up.run.flows.by("kind")
    apart = made_up.run.flows.by("kind", "grade").groupby("kind")["tonnage_t"].sum()
    assert apart.to_dict() == pytest.approx(dict(zip(by_kind["kind"], by_kind["tonnage_t"], strict=True)))
    shipped = made_up.run.flows.kind("shipped")
    assert len(shipped.graded("E5")) <= len(shipped)
    assert shipped.graded("E5").summary()["movements"].item() == len(shipped.graded("E5"))


def test_what_is_carried_back_has_the_grade_of_its_owner(made_up):
    """A load that goes home is its owner's own, whatever else the yard holds."""
    of = made_up.run.nodes.set_index("node_id")["grade"]
    back = made_up.run.movements.query("kind == 'returned'")
    want = back["tonnage_t"].groupby(back["destination"].map(of)).sum()
    got = made_up.run.flows.kind("returned").by("grade")
    assert dict(zip(got["grade"], got["tonnage_t"], strict=True)) == pytest.approx(want.to_dict())


def test_the_mix_of_a_yard_sums_to_one(made_up):
    """The shares of grades of what left a yard in a period, material and way sum to one."""
    mix = grade_mix(made_up.run)
    sums = mix.groupby(["period", "node_id", "material", "via"])["share"].sum()
    assert sums.to_numpy() == pytest.approx(1.0)


def test_grades_that_nobody_gave_are_unknown_and_not_zero(toy_run):
    """Where no place was judged a grade cannot be asked for: the answer is an error that says so, and no silent 0 t."""
    blind = Run(toy_run.tables | {"nodes": toy_run.nodes.assign(grade="")}, toy_run.meta, toy_run.basemap)
    blind = Run(blind.tables | {"movements": blind.movements.assign(grade="")}, blind.meta, blind.basemap)
    with pytest.raises(InputError, match="carry no grade"):
        blind.flows.to("Near Mill").graded("B3")


def test_rows_are_numbered_alike_when_the_product_of_their_columns_goes_beyond_whole_numbers():
    """Seven columns of a thousand words each: 10²¹ numbers, where 64 bits end at 9.2·10¹⁸."""
    rng = np.random.default_rng(3)
    rows = pd.DataFrame(rng.integers(0, 1000, (5000, 7)).astype(str)).iloc[rng.integers(0, 5000, 8000)]
    number, first = _numbered([rows[c] for c in rows])
    assert (number == rows.groupby(list(rows), sort=True).ngroup().to_numpy()).all()
    assert (number[first] == np.arange(number.max() + 1)).all()
