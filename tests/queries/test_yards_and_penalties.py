"""Penalties tell rows from the works they stand for."""

from __future__ import annotations

import pytest

import scrapflow as sf


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
