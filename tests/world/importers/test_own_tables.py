"""A world of one's own, whole: regions, lines, materials, sources and words beside network, places and tonnes."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from typer.testing import CliRunner

import scrapflow as sf

LINKS = pd.DataFrame(
    {
        "from": ["a", "b"],
        "to": ["b", "c"],
        "km": [10.0, 20.0],
        "gauge": ["1000", "1000|1600"],
        "line": ["Coast Line", "coast"],
        "capacity_t": [100.0, None],
        "capacity_t_low": [50.0, None],
        "capacity_t_high": [150.0, None],
        "capacity_t_basis": ["derived", ""],
    }
)
PLACES = pd.DataFrame(
    {
        "code": ["a", "b", "c"],
        "name": ["Ay", "Bee", "Cee"],
        "aliases": ["A town", "", ""],
        "lon": [0.5, 0.6, 1.5],
        "lat": [0.5, 0.5, 0.5],
        "state": ["W", "west", ""],
        "source_id": ["", "other", ""],
    }
)
REGIONS = gpd.GeoDataFrame(
    {"name": ["West", "Éast"], "aliases": ["W", ""]},
    geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)],
    crs=4326,
)
LINES = pd.DataFrame({"line_id": ["coast"], "name": ["Coast Line"]})
SOURCES = pd.DataFrame(
    {"source_id": ["agency", "other"], "title": ["The Agency's Register", "Another"], "reliability": ["B", "C"]}
)
MATERIALS = pd.DataFrame({"material": ["iron"], "name": ["pig iron"], "colour": ["#8c3b2a"]})
SUPPLY = pd.DataFrame(
    {
        "code": ["a"],
        "tonnes": [8.0],
        "low": [6.0],
        "high": [9.0],
        "basis": ["derived"],
        "source": ["other"],
        "material": ["iron"],
    }
)
DEMAND = pd.DataFrame({"code": ["c"], "tonnes": [8.0], "material": ["iron"]})
SETTINGS = {"title": "A country", "words": {"mill": "port"}}
ALL = {
    "places": PLACES,
    "supply": SUPPLY,
    "demand": DEMAND,
    "regions": REGIONS,
    "lines": LINES,
    "materials": MATERIALS,
    "sources": SOURCES,
    "columns": {"state": "region_id"},
    "source": "agency",
}


@pytest.fixture(scope="module")
def world():
    """A world of all tables."""
    return sf.world_from(LINKS, settings=SETTINGS, **ALL)


def test_places_lie_in_regions_by_any_spelling_or_by_the_outline_around_them(world):
    """An alias, a name in other letters, and a point: each place, its yard and its tracks of another gauge have a region."""
    of = world.nodes.set_index("node_id")["region_id"]
    assert of.drop("outside").to_dict() == {
        "a": "west", "b": "west", "c": "east", "b:1600": "west", "yard_a": "west", "mill_c": "east",
    } | {k: "east" for k in of.index if k.startswith("c:")}  # fmt: skip
    assert world.regions["geometry"].geom_type.tolist() == ["Polygon", "Polygon"]
    assert world.report.loc[world.report["kind"] == "in_region", "ids"].str.contains("c").all()


def test_every_value_keeps_its_own_origin_and_others_have_the_source(world):
    """What names a basis or a source keeps it; what was made is assumed, with a range, and no source is said to report it."""
    links = world.links.set_index("link_id")
    assert links.loc["a-b", ["capacity_t_low", "capacity_t_high", "capacity_t_basis"]].tolist() == [50, 150, "derived"]
    made = links[links["mode"].isin(["access", "transshipment"])]
    assert len(made) == 4
    assert set(made["length_basis"]) == {"assumed"}
    assert (made["length_km_high"] > made["length_km"]).all()
    assert set(made["source_id"]) == {""}
    assert set(links.loc[links["mode"] == "rail", "source_id"]) == {"agency"}
    assert world.nodes.set_index("node_id")["source_id"][["a", "b"]].tolist() == ["agency", "other"]
    row = world.supply.iloc[0]
    assert row[["tonnage_t", "tonnage_t_low", "tonnage_t_high"]].tolist() == [8, 6, 9]
    assert row[["tonnage_t_basis", "tonnage_t_source_id"]].tolist() == ["derived", "other"]
    assert world.demand["tonnage_t_basis"].tolist() == ["reported"]
    assert world.sources["title"].tolist() == ["The Agency's Register", "Another"]


def test_lines_are_found_by_identifier_or_name(world):
    """Two spellings of a line are one."""
    assert set(world.links.loc[world.links["mode"] == "rail", "line_id"]) == {"coast"}
    assert world.lines[["name", "source_id"]].to_numpy().tolist() == [["Coast Line", "agency"]]


def test_a_spelling_belongs_to_the_station_and_not_to_the_tracks_beside_it(world):
    """Where gauges meet, the node of the other gauge is called nothing, and says what it is."""
    split = world.nodes.set_index("node_id").loc["b:1600"]
    assert (split["name"], split["aliases"], split["note"]) == ("", "", "tracks of 1600 mm at Bee")


def test_words_title_and_materials_are_the_world_s(world, tmp_path):
    """They are in what is written, and read back."""
    again = sf.read_world(world.write(tmp_path / "w"))
    assert again.title == "A country"
    assert again.settings["words"] == {"mill": "port"}
    assert again.materials["name"].tolist() == ["pig iron"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"places": PLACES.assign(state=["W", "North", ""])}, "'North' .1 rows. is not in regions"),
        (
            {"regions": REGIONS.assign(name="Same", region_id=["w", "e"], aliases="W|west")},
            "'W' .1 rows. can be e or w",
        ),
        ({"lines": LINES.assign(name="Hill", line_id="hill")}, "'Coast Line' .1 rows. is not in lines"),
        ({"sources": SOURCES.drop(columns=["source_id", "title"])}, "neither source_id nor title is a column"),
        ({"settings": "nowhere.toml"}, "no file nowhere.toml"),
        ({"settings": 3}, "a mapping or the path of a .toml file"),
    ],
)
def test_what_cannot_be_meant_is_refused(given, message):
    """A region, a line or a file that is not there, or that two rows can be: the message names it."""
    with pytest.raises(sf.InputError, match=message):
        sf.world_from(LINKS, **{**ALL, **given})


def test_the_command_line_takes_all_of_it(tmp_path):
    """One file a table, and a basemap beside the settings: from there to a map, without Python."""
    for name in ("places", "supply", "demand", "lines", "materials", "sources"):
        ALL[name].to_csv(tmp_path / f"{name}.csv", index=False)
    LINKS.to_csv(tmp_path / "links.csv", index=False)
    REGIONS.to_file(tmp_path / "regions.geojson")
    (tmp_path / "own.toml").write_text('title = "A country"\n[basemap]\ncountries = "regions.geojson"\n', "utf-8")
    options = [
        f"--{n}={tmp_path / n}.csv" for n in ("links", "places", "supply", "demand", "lines", "materials", "sources")
    ]
    options += [f"--regions={tmp_path / 'regions.geojson'}", f"--settings={tmp_path / 'own.toml'}", "--source=agency"]
    from scrapflow.cli import app

    made = CliRunner().invoke(app, ["new", str(tmp_path / "world"), *options, "--map", "state=region_id"])
    assert made.exit_code == 0, made.output
    checked = CliRunner().invoke(app, ["check", str(tmp_path / "world")])
    assert checked.exit_code == 0, checked.output
    drawn = CliRunner().invoke(app, ["map", str(tmp_path / "world"), "-o", str(tmp_path / "map.html")])
    assert drawn.exit_code == 0, drawn.output
    assert "pig iron" in (tmp_path / "map.html").read_text("utf-8")
    assert set(sf.read_world(tmp_path / "world").basemap_files) == {"countries"}
