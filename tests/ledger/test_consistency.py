"""What a run says twice must agree, and what it has to know it knows in every row."""

from __future__ import annotations

import numpy as np
import pytest

from scrapflow.ledger.consistency import contradictions
from scrapflow.ledger.engine import Engine
from scrapflow.ledger.tables import RunTables


def told(run, table, **columns):
    """Return what is said of a run in which columns of a table were changed."""
    frame = run.tables[table].assign(**columns)
    tables = {**run.tables, table: frame}
    return contradictions(RunTables(tables, run.meta), Engine(tables))


def changed(run, table, column, row, value):
    """Return a column of a table with one value changed."""
    values = run.tables[table][column].to_numpy(dtype=np.float64).copy()
    values[row] = value
    return {column: values}


def test_a_run_agrees_with_itself(toy_run):
    """Nothing is found in what the pipeline made."""
    assert contradictions(toy_run, Engine(toy_run.tables)) == []


def test_what_a_ledger_may_not_know_it_knows_nowhere_or_everywhere(toy_run):
    """Nobody knows how well loads were watched: no fault. One row alone that nobody knows is one."""
    nowhere = np.full(len(toy_run.accounts), np.nan)
    assert told(toy_run, "accounts", detection=nowhere) == []
    (fault,) = told(toy_run, "accounts", **changed(toy_run, "accounts", "detection", 1, np.nan))
    assert (fault["table"], fault["row"], fault["column"]) == ("accounts", "row 2", "detection")
    assert "1 cells are unknown" in fault["message"]


@pytest.mark.parametrize("value", [np.nan, np.inf, -1.0])
@pytest.mark.parametrize(
    ("table", "column"), [("accounts", "carted_t"), ("link_loads", "tonnage_t"), ("stocks", "in_t")]
)
def test_amounts_are_known_finite_and_not_negative(toy_run, table, column, value):
    """Each such cell is told by table, row and column."""
    (fault,) = told(toy_run, table, **changed(toy_run, table, column, 0, value))
    assert (fault["table"], fault["row"], fault["column"]) == (table, "row 1", column)


def test_a_change_of_a_stock_may_be_negative(toy_run):
    """What is converted is signed: minus of one material, plus of another."""
    assert told(toy_run, "stocks", **changed(toy_run, "stocks", "converted_t", 0, -1.0)) == []


@pytest.mark.parametrize("tonnes", [0.0, np.nan, -2.0])
def test_a_movement_moves_something(toy_run, tonnes):
    """No tonnes, unknown ones and negative ones are no movement."""
    (fault,) = told(toy_run, "movements", **changed(toy_run, "movements", "tonnage_t", 0, tonnes))
    assert fault["column"] == "tonnage_t"
    assert fault["message"].startswith("1 movements")


def test_a_path_that_is_not_there_is_told(toy_run):
    """Two movements name a path of which no link is known."""
    paths = toy_run.movements["path_id"].to_numpy(dtype=object).copy()
    paths[:2] = "nowhere"
    (fault,) = told(toy_run, "movements", path_id=paths)
    assert fault["message"].startswith("2 movements are on paths")


@pytest.mark.parametrize(
    ("table", "column"),
    [("link_loads", "tonnage_t"), ("accounts", "carted_t"), ("accounts", "returned_t"), ("accounts", "quota_t")],
)
def test_what_is_said_twice_agrees(toy_run, table, column):
    """Five tonnes more than the rows it is made of are told with both amounts; a hair of rounding is not."""
    row = int(toy_run.tables[table][column].to_numpy().argmax())
    right = float(toy_run.tables[table][column].iloc[row])
    (fault,) = told(toy_run, table, **changed(toy_run, table, column, row, right + 5.0))
    assert (fault["table"], fault["column"]) == (table, column)
    assert f"{right + 5.0:.6g} t" in fault["message"]
    assert f"{right:.6g} t by the rows" in fault["message"]
    assert told(toy_run, table, **changed(toy_run, table, column, row, right * (1 + 1e-12))) == []
