"""Tracks of two gauges in a world's own tables: split by the reader, the capacity shared, and said."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.world.gauges import gauges_of


@pytest.mark.parametrize("cell", ["1000|1600", "1600/1000", "1000;1600", "1000 mm + 1600 mm", "1000, 1600"])
def test_a_track_of_two_gauges_is_two_links_that_share_its_capacity(folder, cell):
    """Each gauge could use the toy's 100 t to Far Mill, which are one track's; Near Mill's own gauge has a node of its own."""
    folder.set("links", "rail_far", gauge_mm=cell, line_id="")
    world = sf.read_world(folder.path)
    links = world.links.set_index("link_id")
    both = links.loc[["rail_far:1000", "rail_far:1600"]]
    assert sorted(both["gauge_mm"]) == [1000, 1600]
    assert both["capacity_t"].tolist() == [100, 100]
    assert both["track_id"].tolist() == ["rail_far", "rail_far"]
    assert both["length_km"].tolist() == [110, 110]
    joins = links[links["mode"] == "transshipment"]
    assert {*joins["from_node_id"]} == {"far", "station"}
    assert len(joins) == 3
    said = world.check().query("column == 'gauge_mm'")
    assert said["severity"].tolist() == ["note"]
    assert "share the capacity" in said["message"].iloc[0]


def test_nodes_keep_their_places_and_the_run_its_balance(folder):
    """What is split stands where it stood; a run ships over both gauges and balances."""
    folder.set("links", "rail_far", gauge_mm="1435|1600", line_id="")
    world = sf.read_world(folder.path)
    nodes = world.nodes.set_index("node_id")
    assert nodes.loc["far:1600", "kind"] == "junction"
    assert nodes.loc["far:1600", ["x_coord", "y_coord"]].tolist() == nodes.loc["far", ["x_coord", "y_coord"]].tolist()
    assert "station:1600" in nodes.index
    assert world.links.set_index("link_id").loc["rail_near", "from_node_id"] == "station"
    run = sf.run(world)
    assert run.flows.to("Far Mill").total_t == pytest.approx(23.5)
    assert run.balance()["residual_t"].abs().max() < 1e-9


def test_a_written_world_is_the_same_again(folder, tmp_path):
    """What was split is written split, with the same run."""
    folder.set("links", "rail_far", gauge_mm="1000|1600", line_id="")
    world = sf.read_world(folder.path)
    again = sf.read_world(world.write(tmp_path / "again"))
    pd.testing.assert_frame_equal(
        pd.DataFrame(again.links.drop(columns="geometry")), pd.DataFrame(world.links.drop(columns="geometry"))
    )


def test_two_gauges_elsewhere_are_still_asked_about(folder):
    """Only ends of tracks of several gauges are split: other places of two gauges stay an error."""
    folder.set("links", "rail_near", gauge_mm="1000")
    assert "meet in one node" in folder.problems()["message"].iloc[0]


def test_lists_of_a_parquet_file_are_several_gauges(folder, toy):
    """A list column says the same as text."""
    links = pd.DataFrame(toy.links.drop(columns="geometry"))
    links["gauge_mm"] = [[1000, 1600] if i == "rail_far" else None for i in links["link_id"]]
    links["line_id"] = ""
    (folder.path / "links.csv").unlink()
    links.to_parquet(folder.path / "links.parquet")
    assert "rail_far:1600" in set(sf.read_world(folder.path).links["link_id"])


@pytest.mark.parametrize("cell", ["1435", "1435.0", "standard", "", "150|200", "9|12", "1000 or so", None])
def test_one_gauge_or_none_is_not_several(cell):
    """A single number, words and what cannot be gauges are left to the reader of cells."""
    assert gauges_of(cell) == []
