"""A number that is tried out is an assumption of whoever tries it, and is written down as such."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import scrapflow as sf
from scrapflow.world.schema import schema

WORKERS = ("enterprises", "works", "workers")
INTAKE = ("mills", "near", "intake_t")


@settings(max_examples=10)
@given(st.floats(0, 1e6))
@example(1000.0)
def test_a_changed_number_is_nobodys_report(toy, value):
    """Basis, source, range, list of assumptions and hash all say that the number is new; equal numbers change nothing."""
    world = toy
    changed = world.with_values({WORKERS: value})
    row = changed.enterprises.iloc[0]
    assert row["workers"] == value
    if value == 1000:
        assert changed.hashes == world.hashes
        assert not len(changed.changes)
        return
    assert (row["workers_basis"], row["workers_source_id"]) == ("assumed", "")
    assert row["workers_low"] <= value <= row["workers_high"]
    assert changed.changes.values.tolist() == [[*WORKERS, "1000", changed.changes["is"][0]]]
    assert float(changed.changes["is"][0]) == value
    assert {k: v for k, v in changed.hashes.items() if k != "changes"} == dict(world.hashes)
    assert changed.hashes["changes"]
    listed = changed.assumptions()
    assert len(listed[(listed["row"] == "works") & (listed["column"] == "workers")]) == 1
    assert not (changed.check()["severity"] == "error").any()


def test_a_run_and_its_manifest_name_the_changes(tmp_path):
    """Whoever gets the run can see what was made up, and that its inputs are not those of the world's files."""
    world = sf.read_world("toy")
    run = sf.run(world.with_values({WORKERS: 2000, INTAKE: 12}))
    assert {(c["table"], c["row"], c["column"], c["was"], c["is"]) for c in run.meta["changes"]} == {
        (*WORKERS, "1000", "2000"),
        (*INTAKE, "15", "12"),
    }
    assert run.meta["inputs"] != sf.run(world).meta["inputs"]
    run.save(tmp_path / "run")
    assert sf.read_run(tmp_path / "run").meta["changes"] == run.meta["changes"]


def test_changes_add_up_whatever_the_order():
    """Two steps are one; the way back is no change; the order of steps does not alter the hash."""
    world = sf.read_world("toy")
    both = world.with_values({WORKERS: 2000, INTAKE: 12})
    steps = world.with_values({INTAKE: 12}).with_values({WORKERS: 3000}).with_values({WORKERS: 2000})
    assert both.hashes == steps.hashes
    back = steps.with_values({WORKERS: 1000, INTAKE: 15})
    assert not len(back.changes)
    assert back.hashes == world.hashes


def test_a_length_loses_its_basis_and_a_coordinate_cannot_be_set():
    """A published chainage that was changed is published no more; a place is not a number to try."""
    world = sf.read_world("toy").with_values({("links", "rail_far", "length_km"): 150.0})
    assert world.links.set_index("link_id").loc["rail_far", "length_basis"] == "assumed"
    with pytest.raises(sf.InputError, match="no number that can be set"):
        world.with_values({("nodes", "far", "x_coord"): 1.0})


def test_a_frame_of_values_is_a_mapping_of_values():
    """Both ways of giving values are one; of a cell given twice the last counts."""
    world = sf.read_world("toy")
    frame = pd.DataFrame([(*INTAKE, 9.0), (*INTAKE, 12.0)], columns=["table", "row", "column", "value"])
    a, b = world.with_values(frame), world.with_values({INTAKE: 12.0})
    assert a.hashes == b.hashes
    assert a.mills.equals(b.mills)


def test_what_is_misspelt_is_suggested():
    """Table and row that do not exist are named with the nearest that do, all at once."""
    with pytest.raises(sf.InputError) as refused:
        sf.read_world("toy").with_values({("mill", "near", "intake_t"): 1.0, ("mills", "nera", "intake_t"): 1.0})
    assert refused.value.problems["message"].str.contains("did you mean").all()


def test_every_number_of_every_family_can_be_tried(toy):
    """No family is left with an old source or a range that does not hold its value."""
    for name, table in schema().items():
        frame = toy.tables[name]
        for column in table.families if len(frame) else ():
            most = table.columns[column].maximum or 1e5
            row = frame[table.key].iloc[0]
            changed = toy.with_values({(name, row, column): 0.123 * most}).tables[name].iloc[0]
            assert changed[f"{column}_basis"] == "assumed"
            assert changed[f"{column}_source_id"] == ""
            assert not changed[f"{column}_low"] > changed[column]
            assert not changed[f"{column}_high"] < changed[column]
            assert np.isclose(changed[column], 0.123 * most)
