"""Penalties tell rows from the works they stand for."""

from __future__ import annotations

import pytest

import scrapflow as sf
from scrapflow.errors import UnknownNameError


def test_penalties_count_rows_and_the_works_they_stand_for(toy):
    """A row of sixty works is one row and sixty sites; told by name it says that it is not one factory."""
    many = toy.with_values({("enterprises", "works", "sites"): 60.0})
    by_region = sf.penalties(sf.run(many))
    assert by_region[["enterprises", "sites"]].to_numpy().tolist() == [[1, 60.0]]
    by_name = sf.penalties(sf.run(toy), by="name")
    assert by_name.columns.tolist()[:4] == ["name", "named", "enterprises", "sites"]
    assert by_name[["named", "sites"]].to_numpy().tolist() == [[True, 1.0]]


def test_marks_given_are_counted_for_every_site(toy):
    """A row of sixty works is given sixty times the marks of one with the chance that each of them has."""
    many = sf.run(toy.with_values({("enterprises", "works", "sites"): 60.0}))
    given = many.accounts.loc[many.accounts.node_id == "works", "mark_probability"].sum() * 60
    assert sf.penalties(many).marks.sum() == pytest.approx(given)
    assert given > 0


def test_yards_are_told_by_words_of_places_and_no_others(toy_run):
    """A word that no table of places has is refused, in a list as well; a period or a name is not."""
    assert sf.yards(toy_run, by=["name", "period"]).columns.tolist()[:2] == ["name", "period"]
    for words in ("colour", ["name", "colour"]):
        with pytest.raises(UnknownNameError, match="colour"):
            sf.yards(toy_run, by=words)


def test_a_material_that_a_yard_never_had_is_nothing_there(dprk_run):
    """Yards differ in their materials; what one has not is 0 t, and the parts of every row add up to what it holds."""
    table = sf.yards(dprk_run)
    parts = table[[f"{m.material}_t" for m in dprk_run.material_rows]]
    assert parts.to_numpy().min() == 0.0
    assert parts.sum(axis=1).to_numpy() == pytest.approx(table["held_t"].to_numpy())
    held = dprk_run.stocks.merge(dprk_run.nodes.loc[dprk_run.nodes["kind"] == "yard", ["node_id"]])
    assert table["held_t"].sum() == pytest.approx((held["opening_t"] + held["in_t"]).sum())


@pytest.mark.parametrize("table", [sf.burden, sf.yards, sf.penalties])
def test_a_table_by_no_column_is_refused_with_the_columns_there_are(table, toy_run):
    """Pandas said that no keys were passed, or a column was called index."""
    with pytest.raises(sf.InputError, match=r"column by: names no column; there are (period|actor), node_id"):
        table(toy_run, by=[])
