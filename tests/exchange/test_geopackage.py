"""A GeoPackage with its colours."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import xml.etree.ElementTree as ET
from contextlib import closing

import geopandas as gpd
import pyogrio
import pytest

from scrapflow.exchange.export import export


def test_a_geopackage_opens_coloured(toy_run, tmp_path, by_kind):
    """Layers are there, every one has a default style that is well-formed, the same as the file beside it."""
    path = export(toy_run, "gpkg", tmp_path / "run.gpkg")
    names = {name for name, _ in pyogrio.list_layers(path)}
    assert {"nodes", "links", "flows", "regions"} <= names
    with closing(sqlite3.connect(path)) as connection:
        styles = dict(connection.execute("SELECT f_table_name, styleQML FROM layer_styles WHERE useAsDefault"))
    assert set(styles) == {"nodes", "links", "flows", "regions"}
    for qml in styles.values():
        assert ET.fromstring(qml.split("\n", 1)[1]).tag == "qgis"
    assert gpd.read_file(path, layer="flows")["tonnage_t"].sum() == pytest.approx(by_kind.sum())
    if shutil.which("ogrinfo"):
        said = subprocess.run(["ogrinfo", "-so", "-al", str(path)], capture_output=True, text=True, check=True)
        assert "ERROR" not in said.stderr
        assert "Layer name: links" in said.stdout
