"""Saved runs and written worlds tell others what they are."""

from __future__ import annotations

import hashlib
import json

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.world.schema import schema


@pytest.fixture(scope="module", params=["csv", "parquet", "run"])
def folder(request, toy, toy_run, tmp_path_factory):
    """The toy as a written world, in two formats, and its run."""
    target = tmp_path_factory.mktemp("lineage") / request.param
    if request.param == "run":
        toy_run.save(target)
    else:
        toy.write(target, format=request.param)
    return target


def test_the_public_validator_accepts_the_data_package(folder):
    """Frictionless reads every table by the descriptor and finds no fault in types, keys or references."""
    frictionless = pytest.importorskip("frictionless")
    report = frictionless.validate(str(folder / "datapackage.json"))
    assert report.valid, report.flatten(["name", "type", "message"])
    assert len(report.tasks) >= 6


def test_the_run_of_several_materials_at_one_place_keeps_its_keys(tmp_path):
    """A station that offers iron and scrap is one row of what was offered, as the table's key says."""
    frictionless = pytest.importorskip("frictionless")
    offered = pd.DataFrame({"node": ["a", "a"], "material": ["iron", "scrap"], "tonnes": [5.0, 2.0]})
    wanted = offered.assign(node="b")
    world = sf.world_from(pd.DataFrame({"from": ["a"], "to": ["b"], "km": [9.0]}), supply=offered, demand=wanted)
    run = sf.run(world)
    run.save(tmp_path / "run")
    report = frictionless.validate(str(tmp_path / "run" / "datapackage.json"))
    assert report.valid, report.flatten(["name", "type", "message"])
    assert run.tables["supplies"].set_index("node_id")["supply_t"].to_dict() == {"yard_a": 7.0, "mill_b": 0.0}


def test_the_descriptor_is_of_version_two_and_names_every_table(folder):
    """Every table is a resource with its key; every column has the meaning of its schema row."""
    said = json.loads((folder / "datapackage.json").read_text())
    assert said["$schema"].endswith("/2.0/datapackage.json")
    tables = {f.stem for f in folder.iterdir() if f.suffix in (".csv", ".parquet")}
    assert {r["name"] for r in said["resources"]} >= tables
    links = next(r for r in said["resources"] if r["name"] == "links")["schema"]
    assert links["primaryKey"] == ["link_id"]
    meaning = {f["name"]: f.get("description") for f in links["fields"]}["length_km"]
    if folder.name != "run":
        assert schema()["links"].columns["length_km"].meaning in meaning
        assert {"fields": ["from_node_id"], "reference": {"resource": "nodes", "fields": ["node_id"]}} in links[
            "foreignKeys"
        ]


def test_the_crate_says_what_ran_on_what(folder, toy):
    """One action by one version of scrapflow, a run's inputs with their hashes, a world's sources, and all files."""
    graph = {e["@id"]: e for e in json.loads((folder / "ro-crate-metadata.json").read_text())["@graph"]}
    assert graph["ro-crate-metadata.json"]["conformsTo"]["@id"] == "https://w3id.org/ro/crate/1.1"
    # RO-Crate's own context has no term for hashes.
    context = json.loads((folder / "ro-crate-metadata.json").read_text())["@context"]
    assert {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"} in context
    root = graph["./"]
    assert root["conformsTo"]["@id"] == "https://w3id.org/ro/wfrun/process/0.5"
    assert {"name", "description", "datePublished", "license", "hasPart"} <= set(root)
    action = graph[root["mentions"]["@id"]]
    assert graph[action["instrument"]["@id"]]["softwareVersion"] == sf.__version__
    inputs = [graph[o["@id"]] for o in action["object"]]
    if folder.name == "run":
        assert {e["name"]: e["sha256"] for e in inputs if "sha256" in e} == dict(toy.hashes)
    else:
        assert [e["identifier"] for e in inputs] == toy.sources.source_id.tolist()
    for part in root["hasPart"]:
        file = folder / part["@id"]
        assert graph[part["@id"]]["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    if folder.name == "run":
        assert {e["name"]: e.get("value") for e in inputs if e["@type"] == "PropertyValue"}["seed"] == 0


def test_the_same_input_gives_the_same_bytes(folder, toy, toy_run, tmp_path):
    """Neither file holds a date of today or a path of this machine."""
    if folder.name == "run":
        toy_run.save(tmp_path / "again")
    else:
        toy.write(tmp_path / "again", format=folder.name)
    for name in ("datapackage.json", "ro-crate-metadata.json"):
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes()


def test_a_written_world_is_still_a_world(folder, toy, tmp_path):
    """What tells of the tables is no table: the folder is read without a finding about it, and may be written again."""
    if folder.name == "run":
        return
    world = sf.read_world(folder)
    assert not world.check()["message"].str.contains("datapackage|ro-crate").any()
    world.write(folder, format=folder.name)
