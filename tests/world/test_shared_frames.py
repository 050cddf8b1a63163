"""What a world hands out can be edited without changing the world."""

from __future__ import annotations

import copy
import pickle

import pandas as pd
import pytest
import shapely

import scrapflow as sf
from scrapflow.world.schema import TABLES
from scrapflow.world.shared_frames import Frames, shared


def test_edits_of_a_table_reach_nobody_else():
    """Whole columns, single cells, added columns and rows, and geometries: the world gives the same as before."""
    world = sf.read_world("toy")
    before = {name: copy.deepcopy(world.tables[name]) for name in TABLES}
    run = sf.run(world)
    enterprises, mills, nodes, links = world.enterprises, world.tables["mills"], world.nodes, world.links
    enterprises.loc[:, "workers"] = 5000.0
    mills.loc[0, "intake_t"] = 1.0
    nodes["extra"] = 1
    nodes.loc[0, "geometry"] = shapely.Point(9, 9)
    del links["mode"]
    assert enterprises.workers.tolist() == [5000.0]
    with pytest.warns(pd.errors.ChainedAssignmentError, match="never works"):
        world.mills.loc[0, "intake_t"] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        world.nodes.geometry.array[0] = shapely.Point(9, 9)
    for name, frame in before.items():
        assert frame.equals(world.tables[name])
    assert sf.run(world) == run


def test_a_table_is_not_replaced_by_assignment():
    """The mapping of tables is read-only; a world with other tables is another world."""
    world = sf.read_world("toy")
    with pytest.raises(TypeError):
        world.tables["nodes"] = world.links
    assert set(world.tables | {"x": pd.DataFrame()}) == {*TABLES, "x"}


def test_frames_survive_pickling_and_know_their_own():
    """Other processes get the same tables, and code that only reads can tell whether two tables are one."""
    frame = pd.DataFrame({"x": [1.0]})
    frames = Frames({"a": frame})
    assert shared(frames)["a"] is shared(Frames(frames))["a"]
    again = pickle.loads(pickle.dumps(frames))
    assert again["a"].equals(frame)
    assert list(again) == ["a"]
    assert len(again) == 1
