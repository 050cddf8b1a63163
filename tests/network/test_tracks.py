"""Arcs as a flow problem takes them: the same network, operators apart, and back to plain arcs."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.network.haulage import rail_arcs
from scrapflow.network.tracks import at_ends, passed, physical, place_of, plain_arcs, track_numbers

from .test_trackage import world_of


def test_a_network_that_asks_nothing_keeps_its_arcs():
    """The tracks are the arcs, each on a track of its own."""
    net = sf.build_network(world_of())
    assert net.tracks is net.arcs
    assert track_numbers(net.arcs) is None


def test_arcs_of_several_operators_share_a_track():
    """A link that both may use is two arcs one way, of one track and one plain arc."""
    both = ["north", "south|north", "south", "south"]
    tracks = sf.build_network(world_of(change_cost_per_t=9, operator=both)).tracks
    assert tracks["arc_id"].is_unique
    shared = tracks[tracks["arc_id"].str.startswith("l1 [")]
    assert len(shared) == 2
    assert set(physical(tracks)[shared["arc_id"]]) == {"l1"}
    numbers = pd.Series(track_numbers(tracks), index=tracks["arc_id"])
    assert numbers[shared["arc_id"]].nunique() == 1
    assert numbers[tracks.loc[tracks["link_id"] == "", "arc_id"]].is_unique


def test_a_path_is_told_by_its_plain_arcs():
    """Steps from operator to operator pass no link and are left out; where operators are not kept apart all arcs are plain."""
    assert plain_arcs(sf.build_network(sf.read_world("toy")).tracks) is None
    tracks = sf.build_network(world_of(change_cost_per_t=9)).tracks
    change = tracks.loc[(tracks["link_id"] == "") & (tracks["cost_per_t"] == 9), "arc_id"].iloc[0]
    assert passed(["l0", change, "l1"], plain_arcs(tracks)) == ("l0", "l1")


def test_what_is_wanted_where_railways_meet_ends_there():
    """Supply and demand of a meeting place come apart; of other places they stay as they are."""
    tracks = sf.build_network(world_of(change_cost_per_t=9)).tracks
    table = pd.DataFrame({"node_id": ["a", "b"], "supply_t": [1.0, 2.0], "demand_t": [3.0, 4.0]})
    moved = at_ends(table, tracks)
    assert moved[["supply_t", "demand_t"]].to_numpy().tolist() == [[1, 3], [2, 0], [0, 4]]
    assert moved["node_id"].map(place_of).tolist() == ["a", "b", "b"]


def test_trains_leave_yards_with_any_operator():
    """A yard where two railways meet sends by either: what a train may use leads out of it and never into it."""
    arcs = rail_arcs(sf.build_network(world_of(change_cost_per_t=9, yards={"y": "b"})))
    out = arcs.loc[arcs["from_node_id"] == "y", "to_node_id"]
    assert set(out) == {"y [north]", "y [south]", "y (end)"}
    into = arcs.loc[arcs["to_node_id"].str.startswith("y"), "from_node_id"]
    assert set(into) == {"y", "y [north]", "y [south]"}


def test_a_campaign_on_two_railways_goes_as_on_one(toy, toy_run):
    """The toy's two lines part at the yard's station: of whoever they are, a train may begin there, and all stays the same.

    Runs, closures, critical links and members of an ensemble are asked; only steps between operators are more.
    """
    operator = toy.links["link_id"].map({"rail_near": "north", "rail_far": "south"}).fillna("")
    settings = {**toy.settings, "operators": {"change_cost_per_t": math.inf}}
    world = replace(toy, tables={**toy.tables, "links": toy.links.assign(operator=operator)}, settings=settings)
    run = sf.run(world)
    pd.testing.assert_frame_equal(run.movements, toy_run.movements)
    pd.testing.assert_frame_equal(run.link_loads, toy_run.link_loads)
    pd.testing.assert_frame_equal(run.unserved, toy_run.unserved)
    for name in ("Near Mill", "Far Mill"):
        assert run.flows.to(name).variability() == pytest.approx(toy_run.flows.to(name).variability())
    part = run.flows.through("Vale").to("Far Mill").variability()
    assert part == pytest.approx(toy_run.flows.through("Vale").to("Far Mill").variability())
    pd.testing.assert_frame_equal(sf.critical_links(run), sf.critical_links(toy_run))
    closed = [sf.what_if(r, close=["rail_far"]).b.totals() for r in (run, toy_run)]
    pd.testing.assert_series_equal(*closed)
    members = [sf.ensemble(w, n=2, processes=1, keep="flows") for w in (world, toy)]
    pd.testing.assert_frame_equal(*(m.totals for m in members))
    pd.testing.assert_frame_equal(*(m.link_loads for m in members))
