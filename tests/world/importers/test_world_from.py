"""From what people have to a checked world: lines, GMNS, TNTP, tables of codes; every step is said."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest

import scrapflow as sf
from tests.made_up_inputs import SITES, lines, said


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "shp"])
def test_bare_lines_become_a_network(tmp_path, suffix):
    """Lines meet at a shared vertex, are cut at stations, islands are named, a mill is attached, a far one is reported."""
    file = tmp_path / f"rails.{suffix}"
    lines(gauge=["1435"] * 3, operator=["A", "B", "C"]).to_file(file)
    world = sf.world_from(file, places=SITES, source="Rail map 2019")
    assert not (world.check()["severity"] == "error").any()
    nodes = world.nodes.set_index("node_id")
    assert nodes["kind"].value_counts().to_dict() == {"junction": 5, "mill": 2, "station": 2, "outside": 1}
    assert len(world.links) == 3 + 1 + 1 + 1
    assert world.links["gauge_mm"].dropna().unique().tolist() == [1435]
    assert set(world.links["operator"]) == {"A", "B", "C", ""}
    assert said(world, "not_attached") == ["lostmill"]
    assert len(said(world, "island")) == 1
    assert said(world, "moved_to_line") == ["middle"]
    assert said(world, "attached")[0].startswith("farmill|")
    net = sf.build_network(world)
    assert net.path("West", "Far Mill").length_km == pytest.approx(71.7 + 4.3, abs=0.5)
    assert nodes.loc["west", ["basis", "source_id"]].tolist() == ["reported", "railmap2019"]


def test_what_is_made_is_read_back(tmp_path):
    """The folder that is written is the world."""
    world = sf.world_from(lines(), places=SITES)
    again = sf.read_world(world.write(tmp_path / "w"))
    assert again.links.geometry.geom_equals_exact(world.links.geometry, 1e-12).all()
    assert again.nodes["node_id"].tolist() == world.nodes["node_id"].tolist()


def test_a_table_of_sections_between_codes(tmp_path):
    """Codes, published kilometres and a point for each code; columns under names of one's own."""
    (tmp_path / "sections.csv").write_text("A;B;Extensao;Bitola\nX1;X2;110,5;1000\nX2;X3;80;1000|1600\n", "utf-8")
    (tmp_path / "points.csv").write_text(
        "code,name,lat,lon\nX1,One,-20,-44\nX2,Two,-20,-43\nX3,Three,-20.5,-43\n", "utf-8"
    )
    world = sf.world_from(
        tmp_path / "sections.csv",
        places=tmp_path / "points.csv",
        columns={"A": "from_node_id", "B": "to_node_id", "Extensao": "length_km", "Bitola": "gauge_mm"},
        source="https://example.org/register",
    )
    assert not (world.check()["severity"] == "error").any()
    assert len(said(world, "dual_gauge")) == 1
    assert sf.build_network(world).path("One", "Two").length_km == 110.5
    assert world.links.loc[world.links["mode"] == "rail", "length_basis"].unique().tolist() == ["reported"]
    assert (world.links["mode"] == "transshipment").sum() == len(said(world, "gauges_meet")[0].split("|"))


def test_shapes_torn_apart_by_a_separator_are_shown():
    """EWKT without quotes in a table with semicolons leaves the SRID alone in its column."""
    with pytest.raises(sf.InputError, match="holds 'SRID=3857', which is no WKT"):
        sf.world_from(pd.DataFrame({"id": [1], "geom": ["SRID=3857"], "name": ["LINESTRING(0 0,1 1)"]}))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("nowhere.geojson", "there is no file or folder"),
        (pd.DataFrame({"a": [1]}), "from_node_id and to_node_id is missing"),
        (3, "a path, a GeoDataFrame of lines"),
        (gpd.GeoDataFrame(geometry=gpd.points_from_xy([1], [2]), crs=4326), "there is no line"),
        (gpd.GeoDataFrame(geometry=gpd.GeoSeries.from_wkt(["LINESTRING (3e5 4e6, 3.1e5 4e6)"])), "no degrees"),
    ],
)
def test_what_cannot_become_a_world_names_the_cause(given, message):
    """The first lines of the refusal say what is wrong."""
    with pytest.raises(sf.InputError, match=message) as refused:
        sf.world_from(given)
    assert len(str(refused.value).splitlines()) <= 10


def test_columns_in_capitals():
    """Programs for maps write ``NAME``."""
    places = gpd.GeoDataFrame(
        {"NAME": ["West"], "KIND": ["station"]}, geometry=gpd.points_from_xy([10], [50]), crs=4326
    )
    assert "west" in set(sf.world_from(lines(), places=places).nodes["node_id"])


def test_a_quotation_mark_without_its_fellow_is_told_with_its_line(tmp_path):
    """It swallows the rest of the file: three places became one, without a word."""
    (tmp_path / "sections.csv").write_text("from,to,length_km\na,b,5\n")
    (tmp_path / "places.csv").write_text('id,name,lon,lat\na,"A,127,39\nb,B,127,40\n')
    with pytest.raises(sf.InputError, match=r"places.csv line 2: a quotation mark has no fellow"):
        sf.world_from(tmp_path / "sections.csv", places=tmp_path / "places.csv")
    (tmp_path / "places.csv").write_text('id,name,lon,lat\nc,C,127,41\na,"A,127,39\nb,"B,127,40\n')
    with pytest.raises(sf.InputError, match=r"places.csv line 3: a quotation mark has no fellow"):
        sf.world_from(tmp_path / "sections.csv", places=tmp_path / "places.csv")
    (tmp_path / "places.csv").write_text('id,name,lon,lat\na,"A ""1\n2""",127,39\nb,B,127,40')
    made = sf.world_from(tmp_path / "sections.csv", places=tmp_path / "places.csv")
    assert made.nodes["name"].iloc[0] == 'A "1\n2"'


def test_a_supply_that_nobody_wants_stays_where_it_is(tmp_path):
    """No mill and no demand: the run was refused for a column of its own that held text."""
    (tmp_path / "sections.csv").write_text("from,to,length_km\na,b,5\n")
    (tmp_path / "places.csv").write_text("id,name,kind,lon,lat\na,A,station,127,39\nb,B,station,127,40\n")
    (tmp_path / "supply.csv").write_text("node_id,material,tonnage_t\na,scrap,5\n")
    run = sf.run(
        sf.world_from(tmp_path / "sections.csv", places=tmp_path / "places.csv", supply=tmp_path / "supply.csv")
    )
    assert (run.totals().shipped_t, run.totals().held_t + run.totals().unserved_t) == (0, 5)


@pytest.mark.parametrize("column", ["gauge_m", "line_ids", "also_lines"])
def test_other_people_s_columns_refuse_no_world(column):
    """A column called nearly like one of ours is kept, not used, and said with what to write if it is that."""
    links = pd.DataFrame({"from": ["a"], "to": ["b"], "km": [3.0], column: ["x"]})
    world = sf.world_from(links)
    assert world.links[column].tolist() == ["x"]
    (note,) = world.report.loc[world.report["kind"] == "column_unused", "note"]
    assert f"--map {column}=" in note
    places = pd.DataFrame({"name": ["a", "b"], "region": ["W", "E"]})
    assert sf.world_from(links, places=places).nodes["region"].tolist()[:2] == ["W", "E"]


def test_usual_words_for_places_and_remarks_are_known():
    """A table of plants by the year and month, with remarks: no mapping is needed."""
    links = pd.DataFrame({"from": ["North"], "to": ["South"], "km": [3.0], "Notes": ["single track"]})
    places = pd.DataFrame(
        {"Plant": ["North", "South"], "lat": [50, 50.1], "lon": [10, 10], "Alias": ["N", ""], "Comment": ["old", ""]}
    )
    tonnes = pd.DataFrame({"Plant": ["North"], "Year": [2020], "Month": [1], "kt": [1.5]})
    world = sf.world_from(links, places=places, supply=tonnes, demand=tonnes.assign(Plant="South"))
    assert world.links["note"].tolist()[0] == "single track"
    assert world.nodes[["name", "aliases", "note"]].to_numpy().tolist()[0] == ["North", "N", "old"]
    assert world.supply[["period", "tonnage_t"]].to_numpy().tolist() == [["2020-01", 1500.0]]
    with pytest.raises(sf.InputError, match="--map COLUMN=node_id"):
        sf.world_from(links, places=places, supply=tonnes.rename(columns={"Plant": "Wer"}))
