"""Totals are added up from one form of amounts, whatever a run is kept as."""

from __future__ import annotations

import numpy as np
import pytest

import scrapflow as sf
from scrapflow.ledger.amounts import Placed, total_amounts
from scrapflow.pipeline import unchecked
from scrapflow.vocabulary import KINDS
from scrapflow.vocabulary.totals import totals


def test_totals_of_a_made_up_run_are_those_of_plain_pandas(made_up):
    """Kinds, arrivals, stocks at the end and accounts, each summed by hand from its table."""
    run, t = made_up.run, made_up.run.totals()
    kind = run.movements.groupby("kind")["tonnage_t"].sum()
    for name in KINDS:
        assert t[f"{name}_t"] == pytest.approx(kind.get(name, 0.0))
    assert t["received_t"] == pytest.approx(kind["carted"])
    assert t["delivered_t"] == pytest.approx(kind["shipped"])
    assert t["net_carted_t"] == pytest.approx(kind["carted"] - kind["returned"])
    assert t["quota_t"] == pytest.approx(run.accounts["quota_t"].sum())
    last = run.stocks[(run.stocks["period"] == made_up.labels[-1]) & run.stocks["node_id"].isin(made_up.yards)]
    assert t["held_t"] == pytest.approx(last["closing_t"].sum())


def test_a_saved_run_is_added_up_without_loading_its_movements(made_up, tmp_path):
    """The engine adds the files up; the totals are those of the run in memory."""
    made_up.run.save(tmp_path / "run")
    back = sf.read_run(tmp_path / "run", check=False)
    assert back.totals().to_dict() == pytest.approx(made_up.run.totals().to_dict())
    assert "movements" not in back.tables._loaded


class Members:
    """Amounts of three members: those of a run times 1, 2 and 3, along a leading axis."""

    def __init__(self, amounts):
        self._amounts = amounts
        self.periods, self.materials = amounts.periods, amounts.materials

    def __getattr__(self, name):
        def many(*args, **options):
            placed = getattr(self._amounts, name)(*args, **options)
            return Placed(placed.places, np.array([1.0, 2.0, 3.0])[:, None, None, None] * placed.amount)

        return many


def test_members_may_be_a_leading_axis(toy_run):
    """With three members at once every total is an array of three."""
    many = total_amounts(Members(toy_run.amounts))
    one = toy_run.totals()
    assert list(many) == list(totals())
    for name, values in many.items():
        assert values.tolist() == pytest.approx([one[name], 2 * one[name], 3 * one[name]])


def test_a_run_whose_tables_are_still_to_be_made_adds_up_to_the_same():
    """Totals, what yards held and what they had left come from the arrays, bit by bit what the tables say; then those are let go."""
    world = sf.read_world()
    first, second = (unchecked(world, sf.read_campaign(world, "2015")) for _ in range(2))
    second.check()
    assert first.tables.arrays is not None
    assert second.tables.arrays is None
    assert first.totals().equals(second.totals())
    for one, two in ((first.amounts.held(), second.amounts.held()), (first.amounts.left(), second.amounts.left())):
        assert one.places.tolist() == two.places.tolist()
        assert (one.amount == two.amount).all()
