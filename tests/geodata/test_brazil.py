from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import scrapflow as sf

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def brazil():
    """The second real world."""
    return sf.read_world("brazil")


@pytest.fixture(scope="module")
def net(brazil):
    """Its network."""
    return sf.build_network(brazil)


@pytest.fixture(scope="module")
def pairs():
    """The pairs that the agency publishes, with tonnes and mean distance."""
    return pd.read_csv(HERE / "brazil_pairs.csv")


def test_the_world_has_no_errors(brazil):
    """All tables are sound, and every source_id leads to a source."""
    found = brazil.check()
    assert found[found["severity"] == "error"].empty
    assert set(brazil.supply["tonnage_t_source_id"]) <= set(brazil.sources["source_id"])


def test_what_is_known_is_reported(brazil):
    """Pig iron and scrap as published: 3,087,657 and 43,326 t, the same sent as received in each month."""
    sent = brazil.supply.groupby(["period", "material"])["tonnage_t"].sum()
    got = brazil.demand.groupby(["period", "material"])["tonnage_t"].sum()
    assert sent.to_dict() == pytest.approx(got.to_dict())
    assert sent.groupby("material").sum().round().to_dict() == {"pig_iron": 3_087_657, "scrap": 43_326}
    assert sent.index.get_level_values("period").nunique() == 12
    assert (brazil.supply["tonnage_t_basis"] == "reported").all()


def test_the_whole_network_ships(brazil):
    """Every section once for each gauge of its track, with its published length and the railway that runs it."""
    rail = brazil.links[brazil.links["mode"] == "rail"]
    sections = rail["link_id"].str.partition(":")[0]
    assert sections.nunique() == 1557
    assert rail["length_km"].gt(0).all()
    assert (rail["length_basis"] == "reported").all()
    assert set(rail["operator"].str.partition("|")[0]) == set(rail["operator"]) - {"MRS|RMP", "FCA|MRS"}
    assert rail["operator"].str.partition("|")[0].nunique() == 13
    assert set(rail["gauge_mm"]) == {1000, 1600}


def test_gauges_meet_only_by_transshipment(brazil):
    """No node has rails of two gauges; a station where they meet has its code for the one and a node for the other."""
    rail = brazil.links[brazil.links["mode"] == "rail"]
    ends = pd.concat([rail.set_index(c)["gauge_mm"] for c in ("from_node_id", "to_node_id")])
    assert ends.groupby(level=0).nunique().max() == 1
    split = brazil.nodes[brazil.nodes["kind"] == "junction"]
    assert len(split) == 91
    assert set(split["node_id"].str.partition(":")[0]) <= set(
        brazil.nodes.loc[brazil.nodes["kind"] == "station", "node_id"]
    )
    assert set(split["note"].str.partition(" at ")[0]) == {"tracks of 1000 mm", "tracks of 1600 mm"}


@pytest.mark.parametrize(
    ("start", "end", "km"), [("FZN", "FAR", 550.68), ("EPM", "VPN", 722.91), ("QCA", "QPM", 891.0)]
)
def test_paths_take_the_agency_s_codes(net, start, end, km):
    """A path between two codes has the published length, also where gauges meet."""
    assert net.path(start, end).length_km == pytest.approx(km, rel=0.001)


def test_routed_lengths_against_the_published_ones(net, pairs):
    """Of all goods 98 % of the tonnes travel within 1 % of the published distance, and none is unreachable.

    Without the cost of changing railways it is 90 %, as the page of validation says beside it.
    """
    table = net.skim(sorted(pairs["origin"].unique()), sorted(pairs["destination"].unique()))
    routed = pairs.merge(table, on=["origin", "destination"])
    assert len(routed) == 775
    assert np.isfinite(routed["length_km"]).all()
    off = (routed["length_km"] / routed["km"] - 1).abs()
    share = [routed.loc[off <= limit, "tonnes"].sum() / routed["tonnes"].sum() for limit in (0.001, 0.01, 0.05)]
    assert share == pytest.approx([0.952, 0.988, 0.997], abs=0.003)


def test_the_tables_of_a_run_keep_their_keys(brazil, tmp_path):
    """Tonnes that two railways could haul over the same links are one row: the key of every table names each row once."""
    run = sf.run(brazil)
    run.save(tmp_path / "run")
    package = json.loads((tmp_path / "run" / "datapackage.json").read_text("utf-8"))
    keys = {r["name"]: r["schema"]["primaryKey"] for r in package["resources"] if r.get("schema", {}).get("primaryKey")}
    assert keys["movements"] == ["period", "kind", "material", "via", "origin", "destination", "path_id"]
    tables = {name: run.tables[name] for name in keys if name in run.tables and len(run.tables[name])}
    assert {"movements", "stocks", "link_loads", "paths"} <= set(tables)
    assert {name: int(frame.duplicated(keys[name]).sum()) for name, frame in tables.items()} == dict.fromkeys(tables, 0)
    assert not run.paths.groupby("path_id")["link_id"].agg(tuple).duplicated().any()


def test_the_two_gauges_of_a_track_never_need_more_than_it_can(brazil):
    """The gauges of a track share its capacity: in no month and direction do both together use a tenth of it."""
    rail = brazil.links[(brazil.links["mode"] == "rail") & brazil.links["link_id"].str.contains(":")]
    section = rail["link_id"].str.partition(":")[0]
    assert (rail["track_id"] == section).all()
    assert rail.groupby(section)["capacity_t"].nunique().max() == 1
    assert rail.groupby(section)["from_node_id"].agg(lambda ends: ends.str.partition(":")[0].nunique()).max() == 1
    loads = sf.run(brazil).link_loads
    loads = loads[loads["link_id"].isin(rail["link_id"])]
    assert (loads["forward_t"] + loads["backward_t"]).sum() > 0
    track = loads.groupby(["period", loads["link_id"].str.partition(":")[0]])
    together = track[["forward_t", "backward_t"]].sum().max(axis=1)
    assert (together < 0.1 * track["capacity_t"].max()).all()


@pytest.mark.parametrize("seed", range(3))
def test_any_code_is_found_and_path_and_skim_agree(net, brazil, seed):
    """From stations of several gauges to stations drawn by chance: a path is as long as the skim says, there and back."""
    nodes = brazil.nodes
    split = sorted(set(nodes.loc[nodes["kind"] == "junction", "node_id"].str.partition(":")[0]))
    draw = np.random.default_rng(seed)
    starts = draw.choice(split, 8, replace=False).tolist()
    ends = draw.choice(
        nodes.loc[(nodes["kind"] == "station") & ~nodes["node_id"].isin(starts), "node_id"], 8, replace=False
    )
    table = net.skim(starts, ends.tolist())
    reached = table[np.isfinite(table["length_km"])]
    assert len(reached) > 8
    for row in reached.itertuples():
        assert net.path(row.origin, row.destination).length_km == pytest.approx(row.length_km)
        assert net.path(row.destination, row.origin).length_km == pytest.approx(row.length_km)


def test_yards_and_mills_stand_at_their_station(brazil):
    """What is sent and received is beside the station of its code and shares its name."""
    nodes = brazil.nodes.set_index("node_id")
    ends = nodes[nodes["kind"].isin(["yard", "mill"])]
    stations = nodes.loc[ends.index.str.partition("_").get_level_values(2)]
    assert (ends["name"].to_numpy() == stations["name"].to_numpy()).all()
    assert len(ends) == 12 + 11


def test_states_have_outlines(brazil):
    """The 27 states have real polygons."""
    states = brazil.regions[brazil.regions["level"] == "province"]
    assert len(states) == 27
    assert not states.geometry.is_empty.any()


def test_basemap_is_small():
    """No file of the basemap is larger than 200 kB."""
    for file in (HERE.parents[1] / "geodata" / "brazil" / "basemap").iterdir():
        assert file.stat().st_size <= 200_000


def test_the_command_line_runs_and_draws_it(tmp_path):
    """``scrapflow map brazil`` needs no campaign, and tells of no quota, no looting and nothing carried back."""
    from typer.testing import CliRunner

    from scrapflow.cli import app

    done = CliRunner().invoke(app, ["map", "brazil", "-o", str(tmp_path / "brazil.html")])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "brazil.html").stat().st_size < 2_000_000
    assert not any(word in done.output for word in ("quota", "owed", "taken at night", "carried back", "expelled"))
