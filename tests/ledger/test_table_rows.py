"""What a run's tables must be: empty ones, completed ones, and what is wrong with others."""

from __future__ import annotations

import pandas as pd
import pytest

from scrapflow.ledger.table_rows import column_faults, complete, empty_table, materials_table, type_of, word_faults
from scrapflow.vocabulary import KINDS, VIAS, materials, run_tables

_WORDS = {"string": "string", "number": "number", "integer": "integer", "boolean": "boolean", "geometry": "geometry"}


@pytest.mark.parametrize("name", sorted(set(run_tables()) - {"materials"}))
def test_an_empty_table_has_every_column_in_its_type(name):
    """Without rows too a table is of the declared types, so that what is added to it keeps them."""
    frame = empty_table(name)
    declared = run_tables()[name].columns
    assert len(frame) == 0
    assert list(frame.columns) == list(declared)
    assert column_faults(name, {c: type_of(frame[c]) for c in frame}) == []
    if "geometry" in declared:
        assert frame.crs.to_epsg() == 4326


def test_the_materials_of_a_run_are_the_packaged_ones_until_it_names_its_own():
    """The groups of a material stand in one text, with bars between them."""
    frame = empty_table("materials")
    assert frame["material"].tolist() == list(materials())
    assert frame["group"].tolist() == ["|".join(m.groups) for m in materials().values()]
    assert materials_table([]).columns.tolist() == frame.columns.tolist()


def test_a_table_is_completed_with_unknowns_and_keeps_its_own_columns_last():
    """Missing text is empty, a missing number is unknown, not zero; a column of one's own stays."""
    rows = pd.DataFrame({"mine": [1], "material": ["scrap"], "period": ["2015-01"]})
    full = complete("stocks", rows)
    declared = list(run_tables()["stocks"].columns)
    assert list(full.columns) == [*declared, "mine"]
    assert full["material"].tolist() == ["scrap"]
    lacking = [c for c in declared if c not in rows]
    for name in lacking:
        kind = run_tables()["stocks"].columns[name].type
        assert full[name].isna().all() if kind == "number" else full[name].tolist() == [""], name
        assert type_of(full[name]) == kind
    assert list(rows.columns) == ["mine", "material", "period"]


@pytest.mark.parametrize(
    ("values", "word"),
    [(["a"], "string"), ([1.5], "number"), ([1], "integer"), ([True], "boolean"), ([None], "string")],
)
def test_types_are_told_in_the_words_of_the_table(values, word):
    """The words are those of ``run_tables.csv``; a boolean is no number."""
    assert type_of(pd.Series(values)) == word


def test_faults_of_columns_name_table_and_column():
    """What is missing comes first; a whole number will do for a number, not the other way round; no rows, no types."""
    good = {"period": "string", "link_id": "string", "factor": "integer"}
    assert column_faults("calendar", good) == []
    bad = column_faults("calendar", {"link_id": "number", "factor": "string"})
    assert [(p["table"], p["column"], p["message"]) for p in bad] == [
        ("calendar", "period", "the column is missing"),
        ("calendar", "link_id", "should be of type string, and is number"),
        ("calendar", "factor", "should be of type number, and is string"),
    ]
    assert column_faults("calendar", dict.fromkeys(good, "number"), rows=0) == []
    assert len(column_faults("calendar", {}, rows=0)) == 3


def test_undeclared_words_are_told_five_at_a_time():
    """Kinds, materials and vias that nobody declared are named with those that there are."""
    moved = pd.DataFrame({"kind": [KINDS[0], "sold"], "material": ["iron", "zinc"], "via": [VIAS[0], "found"]})
    faults = word_faults(moved, ["iron"])
    assert [(p["column"], p["message"].split(";")[0]) for p in faults] == [
        ("kind", "'sold' is not declared"),
        ("material", "'zinc' is not declared"),
        ("via", "'found' is not declared"),
    ]
    assert faults[1]["message"].endswith("the run's materials are iron")
    many = pd.DataFrame({"kind": KINDS[0], "via": VIAS[0], "material": [f"m{i}" for i in range(9)]})
    assert [p["message"][:4] for p in word_faults(many, ["iron"])] == [f"'m{i}'" for i in range(5)]
