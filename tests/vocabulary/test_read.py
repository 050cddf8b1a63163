"""The words of a run, as rows of tables: what a row may say, and what is asked of the rows together."""

from __future__ import annotations

import pytest

from scrapflow.vocabulary import read
from scrapflow.vocabulary.read import (
    accounts,
    groups_of,
    kinds,
    kinds_to,
    materials,
    moved_by,
    palette_of,
    read_materials,
    rows_of,
    traced_as,
)


def test_kinds_are_asked_for_by_where_they_end_who_moves_them_and_what_they_do():
    """Each question picks the rows that say so, in the order of the table."""
    rows = rows_of("kinds")
    assert list(kinds()) == [r["kind"] for r in rows]
    for end in {r["ends_at"] for r in rows}:
        assert kinds_to(end) == tuple(r["kind"] for r in rows if r["ends_at"] == end)
    for mover in {r["mover"] for r in rows}:
        assert moved_by(mover) == tuple(r["kind"] for r in rows if r["mover"] == mover)
    assert traced_as("bring", "store") == tuple(r["kind"] for r in rows if r["tracing"] in ("bring", "store"))
    assert [k.diverted for k in kinds().values()] == [r["diverted"] == "yes" for r in rows]
    assert [k.backward for k in kinds().values()] == [r["backward"] == "yes" for r in rows]
    assert kinds()["carted"].total == "carted_t"
    assert all(set(k.label) == {"en", "ko"} for k in kinds().values())
    assert all(isinstance(step, int) for k in kinds().values() for step in k.dash)


def test_a_material_needs_nothing_but_its_word():
    """A name is made of it; groups stand with bars between, and each has its materials in their order."""
    bare, full = read_materials([
        {"material": "old_tin"},
        {"material": "iron", "group": "metals|heavy", "role": "scrap", "name": "Iron", "name_local": "철", "colour": "#000000"},
    ])  # fmt: skip
    assert (bare.name, bare.groups, bare.role, bare.name_local, bare.colour) == ("old tin", (), "", "", "")
    assert (full.name, full.groups, full.role) == ("Iron", ("metals", "heavy"), "scrap")
    more = read_materials([{"material": "lead", "group": "heavy"}])
    assert groups_of([bare, full, *more]) == {"metals": ("iron",), "heavy": ("iron", "lead")}
    assert palette_of([full]) == {"iron": "#000000"}
    assert palette_of(kinds().values())["looted"] == kinds()["looted"].colour


@pytest.mark.parametrize(
    ("table", "column", "cell"),
    [("kinds", "mover", "ship"), ("kinds", "tracing", "fly"), ("kinds", "diverted", "maybe"), ("kinds", "backward", ""),
     ("accounts", "owner", "mill"), ("accounts", "over_time", "median")],
)  # fmt: skip
def test_a_word_that_a_table_does_not_know_is_refused_with_row_and_column(table, column, cell):
    """The message says what it may be."""
    row = rows_of(table)[0] | {column: cell}
    name = next(iter(row.values()))
    with pytest.raises(ValueError, match=rf"row {name}, column {column}: '{cell}' is none of '"):
        {"kinds": read._kind, "accounts": read._account}[table](row)


def test_a_role_that_nobody_plays_is_refused():
    """Of a material of the package or of a world."""
    with pytest.raises(ValueError, match="row tin, column role: 'hero' is none of '', 'scrap'"):
        read_materials([{"material": "tin", "role": "hero"}])


def test_what_accounts_are_where_they_do_not_apply_is_a_number():
    """An index is 1 where nothing was lost, an amount 0."""
    told = accounts()
    assert (told["output_index"].absent, told["quota_t"].absent) == (1.0, 0.0)
    assert {a.over_time for a in told.values()} <= {"sum", "mean", "last"}
    assert told["quota_t"].over_time == "sum"


def test_the_constants_are_those_of_the_tables():
    """Words that other modules take from here."""
    assert tuple(kinds()) == read.KINDS
    assert tuple(k for k in kinds() if kinds()[k].diverted) == read.DIVERTED
    assert tuple(materials()) == read.MATERIALS
    assert tuple(accounts()) == read.ACCOUNT_COLUMNS
    assert groups_of(materials().values()) == read.MATERIAL_GROUPS
