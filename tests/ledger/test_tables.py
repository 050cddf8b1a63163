"""A run hands out copies, and speaks of what it has."""

from __future__ import annotations

import pickle

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.ledger.tables import KEYS, WhenAsked
from scrapflow.runs import Run


@pytest.mark.parametrize("name", sorted(KEYS))
def test_editing_a_table_that_a_run_hands_out_changes_nothing_of_the_run(toy, name):
    """A changed cell, a new and a deleted column stay with the copy, by property and by ``tables``."""
    run = sf.run(toy)
    before = run.tables[name].copy(deep=True)
    for frame in (run.tables[name], getattr(run, name, run.tables[name])):
        frame["mine"] = 1.0
        if len(frame):
            frame.iloc[0, 0] = frame.iloc[-1, 0]
            frame.loc[:, frame.columns[1]] = frame.iloc[0, 1]
            del frame[frame.columns[-2]]
    pd.testing.assert_frame_equal(pd.DataFrame(run.tables[name]), pd.DataFrame(before))


def test_a_table_is_made_when_it_is_asked_for_and_once():
    """Until then only its name is known; afterwards, and in another process, it is a table like any other."""
    made = []
    tables = WhenAsked({}, {"materials": lambda: made.append(1) or pd.DataFrame({"material": ["scrap"]})})
    assert (list(tables), len(tables), made) == (["materials"], 1, [])
    assert tables["materials"] is tables["materials"]
    assert pickle.loads(pickle.dumps(tables))["materials"].equals(tables["materials"])
    assert (list(tables), made) == (["materials"], [1])


def test_a_saved_run_hands_out_copies_too(toy_run, tmp_path):
    """What is read back is as safe as what was made."""
    toy_run.save(tmp_path / "run")
    back = sf.read_run(tmp_path / "run")
    moved = back.movements
    moved["tonnage_t"] = 0.0
    assert back.movements["tonnage_t"].sum() == pytest.approx(toy_run.movements["tonnage_t"].sum())
    assert back == toy_run


def test_movements_alone_make_a_run_of_empty_tables(toy_run):
    """Tables that were not given are empty, so totals and texts speak only of what there is."""
    few = {name: toy_run.tables[name] for name in ("periods", "nodes", "regions", "links", "paths")}
    moved = toy_run.movements.query("kind == 'shipped'").reset_index(drop=True)
    run = Run(few | {"movements": moved}, {"world": "w", "campaign": "c", "mode": "expected", "seed": 0})
    assert run.totals()["shipped_t"] == pytest.approx(53.5)
    assert run.totals().drop(["shipped_t", "delivered_t"]).sum() == 0.0
    assert "carried back" not in repr(run)
    assert "received by mills 54 t" in repr(run)
    assert len(run.unserved) == len(run.accounts) == 0
    assert run.flows.to("Near Mill").total_t == pytest.approx(30.0)


def test_a_notebook_shows_totals_with_the_ranges_that_an_ensemble_left(toy_run):
    """A total without a range is told with two figures, one with a range with its ends."""
    plain = toy_run._repr_html_()
    meta = dict(toy_run.meta) | {"ranges": {"carted_t": {"low": 11.0, "high": 97.0}}}
    ranged = type(toy_run)(toy_run.tables, meta, toy_run.basemap)._repr_html_()
    assert "97" not in plain
    assert "11" in ranged
    assert "97" in ranged


def test_a_run_shows_its_first_and_its_last_period(dprk_run):
    """Of twelve months January and December, wherever the tonnes are."""
    assert ": 2015-01 … 2015-12; " in repr(dprk_run)
