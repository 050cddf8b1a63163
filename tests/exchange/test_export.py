"""What other people's tools read: the same tonnes, in their own columns."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import time
import xml.etree.ElementTree as ET

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest

from scrapflow.errors import InputError
from scrapflow.exchange.export import export
from scrapflow.exchange.formats import DATABASE, FORMATS
from scrapflow.exchange.looks import KIND_COLOURS
from scrapflow.views.style import kind_looks


def by_kind(run):
    """Return the tonnes of each kind between placed nodes."""
    placed = set(run.nodes.loc[run.nodes["x_coord"].notna(), "node_id"])
    m = run.movements
    return m[m["origin"].isin(placed) & m["destination"].isin(placed)].groupby("kind")["tonnage_t"].sum()


def test_flowmap_sheets_have_the_columns_and_the_tonnes(toy_run, tmp_path):
    """FlowmapBlue's three sheets: every flow between two locations that exist, kinds apart, tonnes kept."""
    folder = export(toy_run, "flowmap", tmp_path / "sheets")
    flows, places = pd.read_csv(folder / "flows.csv"), pd.read_csv(folder / "locations.csv")
    settings = pd.read_csv(folder / "properties.csv").set_index("property")["value"]
    assert list(flows.columns)[:4] == ["origin", "dest", "count", "time"]
    assert list(places.columns) == ["id", "name", "lat", "lon"]
    assert set(flows["origin"]) | set(flows["dest"]) <= set(places["id"])
    pd.testing.assert_series_equal(flows.groupby("kind")["count"].sum(), by_kind(toy_run), check_names=False)
    assert "title" in settings.index


def test_kepler_rows_are_arcs_with_a_time(toy_run, tmp_path):
    """kepler.gl finds origin and destination by its own column names, and time stamps, which it can play; no number has dust."""
    frame = pd.read_csv(export(toy_run, "kepler", tmp_path / "trips.csv"))
    assert {"origin_lat", "origin_lng", "destination_lat", "destination_lng"} <= set(frame.columns)
    assert frame["time"].str.fullmatch(r"\d{4}-\d\d-\d\d 00:00:00").all()
    assert pd.to_datetime(frame["time"]).notna().all()
    assert (frame["tonnage_t"].round(9) == frame["tonnage_t"]).all()
    pd.testing.assert_series_equal(frame.groupby("kind")["tonnage_t"].sum(), by_kind(toy_run), check_names=False)


@pytest.mark.parametrize(
    ("form", "name"), [("xlsx", "r.docx"), ("gpkg", "r.shp"), ("geojson", "r.kml"), ("kepler", "r.html")]
)
def test_a_file_under_the_ending_of_another_kind_is_refused(toy_run, tmp_path, form, name):
    """What a program would take for something else is not written; without an ending, or in capitals, it is."""
    with pytest.raises(InputError, match=f"{form} is a file that ends in {FORMATS[form].endings[0]}"):
        export(toy_run, form, tmp_path / name)
    assert list(tmp_path.iterdir()) == []
    assert export(toy_run, form, tmp_path / f"r{FORMATS[form].endings[0].upper()}").exists()


def test_gmns_links_join_nodes_that_exist(toy_run, tmp_path):
    """GMNS node and link tables hold the required fields, and every link joins two nodes."""
    folder = export(toy_run, "gmns", tmp_path / "gmns")
    node, link = pd.read_csv(folder / "node.csv"), pd.read_csv(folder / "link.csv")
    assert {"node_id", "x_coord", "y_coord"} <= set(node.columns)
    assert {"link_id", "from_node_id", "to_node_id", "directed"} <= set(link.columns)
    assert set(link["from_node_id"]) | set(link["to_node_id"]) <= set(node["node_id"])
    assert link["volume_forward_t"].sum() + link["volume_backward_t"].sum() == pytest.approx(
        toy_run.link_loads["tonnage_t"].sum()
    )


def test_geojson_is_read_back_with_its_tonnes(toy_run, tmp_path):
    """One GeoJSON file holds nodes and links; geopandas reads the same tonnes."""
    path = export(toy_run, "geojson", tmp_path / "run.geojson")
    frame = gpd.read_file(path)
    links = frame[frame["layer"] == "links"]
    assert links["tonnage_t"].sum() == pytest.approx(toy_run.link_loads["tonnage_t"].sum())
    assert set(frame["layer"]) == {"links", "nodes"}
    assert json.loads(path.read_text(encoding="utf-8"))["type"] == "FeatureCollection"


def test_a_geopackage_opens_coloured(toy_run, tmp_path):
    """Layers are there, every one has a default style that is well-formed, the same as the file beside it."""
    path = export(toy_run, "gpkg", tmp_path / "run.gpkg")
    names = {name for name, _ in pyogrio.list_layers(path)}
    assert {"nodes", "links", "flows", "regions"} <= names
    with sqlite3.connect(path) as connection:
        styles = dict(connection.execute("SELECT f_table_name, styleQML FROM layer_styles WHERE useAsDefault"))
    assert set(styles) == {"nodes", "links", "flows", "regions"}
    for qml in styles.values():
        assert ET.fromstring(qml.split("\n", 1)[1]).tag == "qgis"
    assert gpd.read_file(path, layer="flows")["tonnage_t"].sum() == pytest.approx(by_kind(toy_run).sum())
    if shutil.which("ogrinfo"):
        said = subprocess.run(["ogrinfo", "-so", "-al", str(path)], capture_output=True, text=True, check=True)
        assert "ERROR" not in said.stderr
        assert "Layer name: links" in said.stdout


def test_the_same_run_gives_the_same_files_at_any_time(toy_run, tmp_path):
    """Exporting twice, also over what is there, gives identical bytes, two seconds later (archives count in twos) too."""

    def written():
        places = [export(toy_run, name, tmp_path / name) for name in FORMATS if name != DATABASE]
        files = [f for p in places for f in (sorted(p.iterdir()) if p.is_dir() else [p])]
        return {f.relative_to(tmp_path).as_posix(): f.read_bytes() for f in files}

    first = written()
    time.sleep(2)
    again = written()
    assert [name for name in first if first[name] != again[name]] == []
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(set(FORMATS) - {DATABASE})


def test_an_unknown_format_is_refused_with_the_choices(toy_run, tmp_path):
    """A typing error in the format names the formats there are, and writes nothing."""
    with pytest.raises(InputError, match=", ".join(FORMATS)):
        export(toy_run, "shp", tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_exported_colours_are_those_of_the_map():
    """Exports stand below the views and keep their own list of colours; it must be the same."""
    assert {k: v.colour for k, v in kind_looks().items()} == KIND_COLOURS
