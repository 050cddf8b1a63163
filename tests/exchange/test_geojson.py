"""One GeoJSON of nodes and links."""

from __future__ import annotations

import json

import geopandas as gpd
import pytest

from scrapflow.exchange.export import export


def test_geojson_is_read_back_with_its_tonnes(toy_run, tmp_path):
    """One GeoJSON file holds nodes and links; geopandas reads the same tonnes."""
    path = export(toy_run, "geojson", tmp_path / "run.geojson")
    frame = gpd.read_file(path)
    links = frame[frame["layer"] == "links"]
    assert links["tonnage_t"].sum() == pytest.approx(toy_run.link_loads["tonnage_t"].sum())
    assert set(frame["layer"]) == {"links", "nodes"}
    assert json.loads(path.read_text(encoding="utf-8"))["type"] == "FeatureCollection"
