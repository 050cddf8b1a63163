"""Layers of a GeoPackage and files of Parquet, with their types and reference systems."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

import scrapflow as sf
from scrapflow.errors import InputError
from scrapflow.world.typed_files import as_raw, layers_of, read_layers


@pytest.mark.parametrize(
    "case",
    [
        ("gpkg", "EPSG:3857", "is in EPSG:3857"),
        ("parquet", "EPSG:3857", "is in EPSG:3857"),
        ("parquet", None, "no coordinate reference system"),
    ],
)
def test_another_crs_is_refused_once(toy, tmp_path, case):
    """Metres instead of degrees, or nobody knows what: one finding a layer, and the other faults beside it."""
    form, crs, part = case
    path = toy.write(tmp_path / f"toy.{form}")
    nodes = toy.nodes.drop(columns=["x_coord", "y_coord"])
    nodes = nodes.to_crs(crs) if crs else nodes.set_crs(None, allow_override=True)
    nodes.loc[nodes["node_id"] == "near", "kind"] = "mil"
    if form == "gpkg":
        pyogrio.write_dataframe(nodes, path, layer="nodes", driver="GPKG")
    else:
        nodes.to_parquet(path / "nodes.parquet")
    with pytest.raises(InputError) as refused:
        sf.read_world(path)
    found = refused.value.problems
    at = found[found["column"] == "geometry"]
    assert len(at) == 1
    assert part in at["message"].iloc[0]
    assert "did you mean 'mill'" in found.loc[found["column"] == "kind", "message"].iloc[0]


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_layer_without_crs_is_refused(toy, tmp_path):
    """A GeoPackage layer of undefined CRS is refused too."""
    path = toy.write(tmp_path / "toy.gpkg")
    nodes = toy.nodes.set_crs(None, allow_override=True)
    pyogrio.write_dataframe(nodes, path, layer="nodes", driver="GPKG")
    with pytest.raises(InputError, match="nodes, column geometry"):
        sf.read_world(path)


def test_faults_in_a_geopackage_are_found_like_in_a_folder(toy, tmp_path):
    """Negative workers, an unknown node and a doubled identifier in layers are refused with their rows."""
    path = toy.write(tmp_path / "toy.gpkg")
    for name, change in (
        ("enterprises", {"workers": -1000.0}),
        ("links", {"to_node_id": "nowhere"}),
        ("mills", {"node_id": "near"}),
    ):
        pyogrio.write_dataframe(toy.tables[name].assign(**change), path, layer=name, driver="GPKG")
    with pytest.raises(InputError) as refused:
        sf.read_world(path)
    found = refused.value.problems
    assert {("enterprises", "works", "workers"), ("links", "gate", "to_node_id"), ("mills", "near", "node_id")} <= set(
        found[["table", "row", "column"]].itertuples(index=False, name=None)
    )
    assert "row 1, row 2" in found.loc[found["table"] == "mills", "message"].iloc[0]


def test_a_parquet_file_that_is_none_is_named(toy, tmp_path):
    """Garbage in a Parquet file is one finding."""
    toy.write(tmp_path / "w", format="parquet")
    (tmp_path / "w" / "mills.parquet").write_bytes(b"no parquet")
    with pytest.raises(InputError, match=r"mills.parquet cannot be read"):
        sf.read_world(tmp_path / "w")


def test_a_layer_that_holds_the_name_of_a_table_is_not_lost(folder, tmp_path):
    """``steel_mills`` in a GeoPackage without ``mills`` is named."""
    file = sf.read_world(folder.path).write(tmp_path / "w.gpkg", format="gpkg")
    with closing(sqlite3.connect(file)) as base, base:
        base.execute("ALTER TABLE mills RENAME TO steel_mills")
        for table in ("gpkg_contents", "gpkg_ogr_contents"):
            base.execute(f"UPDATE {table} SET table_name = 'steel_mills' WHERE table_name = 'mills'")
        base.execute("UPDATE gpkg_contents SET identifier = 'steel_mills' WHERE table_name = 'steel_mills'")
    found = sf.read_world(file, strict=False).check()
    assert found.loc[found["table"] == "steel_mills", "message"].str.contains("call the layer mills").tolist() == [True]


def test_geometry_as_duckdb_writes_it_is_read(folder, toy):
    """WKB without metadata, in a Parquet file: the same links, with a note on the reference system."""
    links = pd.DataFrame(toy.links.drop(columns="geometry"))
    links["geometry"] = shapely.to_wkb(toy.links.geometry.to_numpy())
    links["osmid"] = [[1, 2]] * len(links)
    links["note"] = [["a", "b"]] + [[]] * (len(links) - 1)
    (folder.path / "links.csv").unlink()
    links.to_parquet(folder.path / "links.parquet")
    world = sf.read_world(folder.path)
    assert world.links.geometry.geom_equals(toy.links.geometry).all()
    assert world.links["osmid"].tolist() == ["1|2"] * len(links)
    assert world.links["note"].tolist()[:2] == ["a|b", ""]
    assert world.check()["message"].str.contains("no coordinate reference system").any()


def test_texts_of_a_geopackage_are_its_files_and_a_row_that_holds_none_is_told(tmp_path):
    """Settings and campaigns stand as text in layers of their own; a number is no text, a missing column is named."""
    file = tmp_path / "w.gpkg"
    pyogrio.write_dataframe(
        pd.DataFrame({"key": ["world.toml", "odd"], "value": ["title = 1", None]}),
        file,
        layer="settings",
        driver="GPKG",
    )
    pyogrio.write_dataframe(
        pd.DataFrame({"name": ["2015"], "toml": ["a = 1"]}), file, layer="campaigns", driver="GPKG", append=True
    )
    _, texts, problems = read_layers(file)
    assert texts == {"world.toml": "title = 1", "campaigns/2015.toml": "a = 1"}
    assert [(p["table"], p["row"], p["message"]) for p in problems] == [("settings", "row 2", "key and value are text")]
    other = tmp_path / "x.gpkg"
    pyogrio.write_dataframe(
        pd.DataFrame({"name": ["2015"], "text": ["a = 1"]}), other, layer="campaigns", driver="GPKG"
    )
    _, texts, problems = read_layers(other)
    assert (texts, [p["column"] for p in problems]) == ({}, ["toml"])


def test_a_file_that_is_no_geopackage_has_no_layers(tmp_path):
    """Asked for its layers it has none; read, it says so."""
    (tmp_path / "w.gpkg").write_text("hello")
    assert layers_of(tmp_path / "w.gpkg") == []
    raws, texts, problems = read_layers(tmp_path / "w.gpkg")
    assert (raws, texts) == ({}, {})
    assert problems[0]["message"].startswith("cannot be opened as a GeoPackage")


def test_layers_whose_names_nearly_are_those_of_tables_are_told():
    """A slip is an error, a longer name a warning, and rows are counted from one; shapes of a table without geometry go."""
    raw = as_raw(
        "mills", gpd.GeoDataFrame({"node_id": ["a", "b"]}, geometry=gpd.points_from_xy([1, 2], [1, 2]), crs=4326)
    )
    assert list(raw.frame.columns) == ["node_id"]
    assert raw.where == ["row 1", "row 2"]
    shaped = as_raw(
        "nodes", gpd.GeoDataFrame({"node_id": ["a"]}, geometry=gpd.points_from_xy([500_000], [0]), crs=32631)
    )
    assert "EPSG:32631" in shaped.problems[0]["message"]
    assert shaped.frame["geometry"][0].x == pytest.approx(3, abs=1e-6)
