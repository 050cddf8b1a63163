"""What a run holds is what its table of tables says."""

from __future__ import annotations

import pytest

from scrapflow.errors import InputError
from scrapflow.ledger.table_rows import column_faults, complete, empty_table, type_of
from scrapflow.runs import Run
from scrapflow.vocabulary import run_tables


@pytest.mark.parametrize("run", ["toy_run", "dprk_run"])
def test_a_run_has_the_declared_tables_and_columns_and_no_other(run, request):
    """Every table of a run has exactly the columns of ``run_tables.csv``, in that order, of those types."""
    made = request.getfixturevalue(run)
    assert set(made.tables) == set(run_tables())
    for name, table in run_tables().items():
        frame = made.tables[name]
        assert sorted(frame.columns) == sorted(table.columns), name
        assert column_faults(name, {c: type_of(frame[c]) for c in frame.columns}, rows=len(frame)) == []


def test_keys_name_a_row_once(toy_run):
    """In no table of a run does a key occur twice."""
    for name, table in run_tables().items():
        if table.key:
            assert not toy_run.tables[name].duplicated(list(table.key)).any(), name


def test_empty_tables_are_of_the_declared_types():
    """A table that a run was not given is empty and of the right types; materials are the packaged ones."""
    for name in run_tables():
        frame = empty_table(name)
        assert column_faults(name, {c: type_of(frame[c]) for c in frame.columns}, rows=len(frame)) == []
    assert len(empty_table("materials")) == 5


def test_a_run_with_a_wrong_table_is_refused(toy_run):
    """A missing column, a wrong type and words that nobody declared are refused, all columns at once."""
    stocks = toy_run.stocks.drop(columns="in_t")
    loads = toy_run.link_loads.assign(tonnage_t="much")
    with pytest.raises(InputError) as caught:
        Run(toy_run.tables | {"stocks": stocks, "link_loads": loads}, toy_run.meta).check()
    assert {(p["table"], p["column"]) for p in caught.value.problems.to_dict("records")} == {
        ("stocks", "in_t"),
        ("link_loads", "tonnage_t"),
    }
    odd = toy_run.movements.assign(kind="teleported", material="gold")
    with pytest.raises(InputError, match="'teleported' is not declared") as caught:
        Run(toy_run.tables | {"movements": odd}, toy_run.meta).check()
    assert "'gold'" in str(caught.value)


def test_completing_a_table_says_unknown_and_keeps_what_there_is(toy_run):
    """Columns that a frame lacks are added as unknown; what it had, own columns too, stays."""
    some = toy_run.nodes[["node_id", "name"]].assign(mood="good")
    full = complete("nodes", some)
    assert full["workers"].isna().all()
    assert (full["region"] == "").all()
    assert full[["node_id", "name", "mood"]].equals(some)
