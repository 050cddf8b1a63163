"""The real world, copied and broken in every way at once: one report names every fault, from each format."""

from __future__ import annotations

import json
import subprocess
import sys

import pyogrio
import pytest

import scrapflow as sf
from scrapflow.errors import InputError


def placed(world, kind="station"):
    """Return the identifiers of placed nodes of a kind, in the order of the table."""
    nodes = world.nodes
    return nodes.loc[(nodes["kind"] == kind) & nodes["x_coord"].notna(), "node_id"].tolist()


def new(found, before):
    """Return the errors that were not there before, as (table, row, column) to message."""
    keys = ["table", "row", "column"]
    old = set(before[keys].itertuples(index=False, name=None))
    errors = found[found["severity"] == "error"]
    cells = list(errors[keys].itertuples(index=False, name=None))
    return {cell: message for cell, message in zip(cells, errors["message"], strict=True) if cell not in old}


def break_tables(folder, world):
    """Break a copy in seven ways; return what the report must say, by (table, row, column)."""
    a, b, *_ = placed(world)
    works = world.enterprises["node_id"].iloc[0]
    link = world.links["link_id"].iloc[7]
    sector = world.sectors["sector_id"].iloc[0]
    source = world.sources["source_id"].iloc[0]
    at = world.nodes.set_index("node_id").loc[a]
    folder.set("nodes", a, x_coord=repr(float(at["y_coord"])), y_coord=repr(float(at["x_coord"])))
    folder.set("links", link, to_node_id="nowhere")
    folder.set("enterprises", works, workers="-12", workers_low="", workers_high="")
    double = dict(zip(*[folder.rows("nodes")[i] for i in (0, 3)], strict=True))
    folder.add("nodes", **double)
    folder.set("nodes", b, basis="reported", source_id="")
    folder.set("sectors", sector, workers_source_id="a source nobody lists")
    rows = folder.rows("communities")
    rows[2].insert(1, "")
    folder.put("communities", rows)
    basemap = folder.path / "basemap" / "regions.geojson"
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::5179"}}
    basemap.write_text(json.dumps({"crs": crs, **json.loads(basemap.read_text("utf-8"))}), "utf-8")
    assert source
    return {
        ("nodes", a, "y_coord"): "swapped",
        ("links", link, "to_node_id"): "there is no node 'nowhere'",
        ("enterprises", works, "workers"): "is negative",
        ("nodes", double["node_id"], "node_id"): "each row needs its own",
        ("nodes", b, "source_id"): "reported, but by whom?",
        ("sectors", sector, "workers_source_id"): "there is no source 'a source nobody lists'",
        ("communities", rows[2][0], ""): "shifted to the right",
        ("basemap/regions.geojson", "", "crs"): "transform it to EPSG:4326",
    }


def test_one_report_names_every_fault_of_a_folder(real):
    """Seven faults in six files: all named, none twice, nothing else blamed; the lenient reader lists the same."""
    world = sf.read_world(real.path, strict=False)
    before = world.check()
    wanted = break_tables(real, world)
    with pytest.raises(InputError) as refused:
        sf.read_world(real.path)
    found = new(refused.value.problems, before)
    assert set(found) == set(wanted)
    assert all(part in found[where] for where, part in wanted.items())
    text = str(refused.value)
    assert all(row in text for _, row, _ in wanted)


def test_the_command_refuses_it_once_and_writes_nothing(real, tmp_path):
    """Exit code 2, the faults on stderr, no traceback, no output folder."""
    wanted = break_tables(real, sf.read_world(real.path, strict=False))
    out = tmp_path / "out"
    done = subprocess.run(
        [sys.executable, "-c", "from scrapflow.cli import main; main()", "run", str(real.path), "-o", str(out)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.count("was refused") == 1
    assert all(row in done.stderr for _, row, _ in wanted)
    assert not out.exists()


def test_one_report_names_every_fault_of_a_geopackage(real, tmp_path):
    """The same in layers, and a layer in metres besides."""
    world = sf.read_world(real.path, strict=False)
    before = world.check()
    path = world.write(tmp_path / "real.gpkg")
    works, link = world.enterprises["node_id"].iloc[0], world.links["link_id"].iloc[7]
    enterprises, links = world.enterprises.copy(), world.links.copy()
    enterprises.loc[0, "workers"] = -12.0
    enterprises.loc[0, ["workers_low", "workers_high"]] = float("nan")
    links.loc[7, "to_node_id"] = "nowhere"
    pyogrio.write_dataframe(enterprises, path, layer="enterprises", driver="GPKG")
    pyogrio.write_dataframe(links, path, layer="links", driver="GPKG")
    pyogrio.write_dataframe(world.nodes.to_crs("EPSG:5179"), path, layer="nodes", driver="GPKG")
    found = new(sf.read_world(path, strict=False).check(), before)
    wanted = {
        ("nodes", "", "geometry"): "EPSG:5179",
        ("links", link, "to_node_id"): "there is no node 'nowhere'",
        ("enterprises", works, "workers"): "is negative",
    }
    assert set(found) == set(wanted)
    assert all(part in found[where] for where, part in wanted.items())


@pytest.mark.parametrize("table", ["nodes", "links", "sources", "regions"])
def test_a_table_that_is_gone_is_one_fault(real, table):
    """Without a required table the report names the table, not everything that refers to it."""
    before = sf.read_world(real.path, strict=False).check()
    (real.path / f"{table}.csv").unlink()
    found = new(sf.read_world(real.path, strict=False).check(), before)
    assert set(found) == {(table, "", "")}


def test_both_columns_of_all_places_swapped(real):
    """A file whose author put latitude first: every place is named, and the message shows a few of each column."""
    rows = real.rows("nodes")
    x, y = rows[0].index("x_coord"), rows[0].index("y_coord")
    rows[0][x], rows[0][y] = rows[0][y], rows[0][x]
    real.put("nodes", rows)
    with pytest.raises(InputError) as refused:
        sf.read_world(real.path)
    at = refused.value.problems
    assert len(at[at["column"] == "y_coord"]) == sum(1 for r in rows[1:] if r[x])
    assert "more in .problems" in str(refused.value)
