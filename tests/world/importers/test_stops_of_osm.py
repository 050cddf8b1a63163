"""Stations of an extract of OpenStreetMap, however they are drawn and called."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import scrapflow as sf

NODES = {
    1: (24.00, 42.00, {"railway": "station", "name": "Гара Изток", "name:en": "Iztok", "old_name": "Old Iztok"}),
    2: (24.10, 42.02, {"railway": "switch"}),
    3: (24.20, 42.04, {}),
    4: (24.12, 42.08, {"railway": "halt"}),
    5: (24.22, 42.06, {"railway": "station", "name": "Narrow End"}),
    6: (24.05, 42.30, {"railway": "station", "name": "Old Town", "disused": "yes"}),
    7: (24.15, 42.03, {"railway": "station", "name": "Torn Down", "razed": "yes"}),
    8: (24.18, 42.03, {"railway": "halt", "name": "Planned", "proposed": "yes"}),
    11: (24.199, 42.0395, {}),
    12: (24.201, 42.0395, {}),
    13: (24.201, 42.0405, {}),
    14: (24.0005, 42.0003, {}),
    15: (24.0007, 42.0003, {}),
    16: (24.0007, 42.0005, {}),
}
WAYS = {
    100: ([1, 2, 3], {"railway": "rail", "gauge": "1435", "usage": "main"}),
    101: ([2, 4], {"railway": "rail", "gauge": "1435", "usage": "branch"}),
    102: ([3, 5], {"railway": "narrow_gauge", "gauge": "760"}),
    103: ([1, 6], {"railway": "disused", "disused:railway": "rail"}),
    104: ([2, 6], {"railway": "rail", "abandoned": "yes"}),
    105: ([11, 12, 13, 11], {"railway": "station", "name": "Junction City"}),
    106: ([14, 15, 16, 14], {"railway": "station", "name": "Гара Изток", "building": "yes"}),
}


def xml():
    """The extract as OpenStreetMap writes it."""

    def tags(of):
        return "".join(f'<tag k="{k}" v="{v}"/>' for k, v in of.items())

    nodes = "".join(f'<node id="{i}" lat="{y}" lon="{x}">{tags(t)}</node>' for i, (x, y, t) in NODES.items())
    ways = "".join(
        f'<way id="{i}">{"".join(f"<nd ref={chr(34)}{n}{chr(34)}/>" for n in refs)}{tags(t)}</way>'
        for i, (refs, t) in WAYS.items()
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><osm version="0.6">{nodes}{ways}</osm>'


def features():
    """The same with a column for each tag, as exports of Overpass and programs for maps write it."""
    rows = [{**t, "geometry": shapely.Point(x, y)} for x, y, t in NODES.values() if t]
    rows += [{**t, "geometry": shapely.LineString([NODES[n][:2] for n in refs])} for refs, t in WAYS.values()]
    return gpd.GeoDataFrame(pd.DataFrame(rows), crs=4326)


@pytest.fixture(params=["osm", "geojson", "frame"])
def given(request, tmp_path):
    """The extract in a file of its own, in an export, and as a frame."""
    if request.param == "frame":
        return features()
    file = tmp_path / f"x.{request.param}"
    if request.param == "osm":
        file.write_text(xml(), "utf-8")
    else:
        features().to_file(file)
    return file


def test_stations_are_taken_from_points_and_ways_once(given):
    """A station drawn as a closed way is one; a building beside its node is none more; one without a name is said."""
    world = sf.world_from(given)
    stations = world.nodes[world.nodes["kind"] == "station"].set_index("name")
    assert set(stations.index) == {"Iztok", "Narrow End", "Junction City"}
    assert stations.loc["Iztok", ["name_local", "aliases"]].tolist() == ["Гара Изток", "Old Iztok"]
    assert world.resolve("Гара Изток") == world.resolve("Old Iztok") == world.resolve("Iztok")
    said = world.report["note"].str.cat(sep="; ")
    assert "1 station of OpenStreetMap without a name" in said


def test_of_rails_those_in_use_stay_and_none_is_a_line_called_rail(given):
    """Disused and abandoned tracks are left out and said; a narrow gauge meets the others by transshipment alone."""
    world = sf.world_from(given)
    rail = world.links[world.links["mode"] == "rail"]
    assert sorted(rail["gauge_mm"].tolist()) == [760, 1435, 1435, 1435]
    assert set(rail["line_id"]) == {""}
    assert (world.links["mode"] == "transshipment").sum() == 1
    assert set(rail["usage"].fillna("")) == {"main", "branch", ""}
    assert world.report["note"].str.contains("of OpenStreetMap that are no railways in use").any()


def test_an_extract_may_be_the_table_of_places(tmp_path):
    """Lines from elsewhere, stations from the extract."""
    (tmp_path / "x.osm").write_text(xml(), "utf-8")
    lines = gpd.GeoDataFrame(geometry=[shapely.LineString([(24.0, 42.0), (24.2, 42.04)])], crs=4326)
    world = sf.world_from(lines, places=tmp_path / "x.osm")
    assert set(world.nodes.loc[world.nodes["kind"] == "station", "name"]) == {"Iztok", "Narrow End", "Junction City"}
