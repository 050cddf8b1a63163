"""Usual other names of columns are taken and said, or asked about; nothing is kept and not used in silence."""

from __future__ import annotations

import pandas as pd
import pytest
import shapely

import scrapflow as sf
from scrapflow.world.other_names import other_names
from scrapflow.world.schema import schema


def rename(folder, table, **names):
    """Rename columns of a table."""
    rows = folder.rows(table)
    rows[0] = [names.get(c, c) for c in rows[0]]
    folder.put(table, rows)


def test_every_other_name_is_of_a_column_and_of_one():
    """The table of other names points at columns of the schema, and no column of a table has the name itself."""
    for (table, name), column in other_names().items():
        assert column in schema()[table].columns or column == "geometry"
        assert name not in schema()[table].columns or table in ("supply", "demand", "links", "nodes")


@pytest.mark.parametrize(("x", "y"), [("lon", "lat"), ("Longitude", "Latitude"), ("x", "y"), ("X_Coordinate", "lat")])
def test_coordinates_under_another_name_are_taken(folder, toy, x, y):
    """The world is the same, and a note says how each column was understood."""
    rename(folder, "nodes", x_coord=x, y_coord=y)
    world = sf.read_world(folder.path)
    assert world.nodes["x_coord"].equals(toy.nodes["x_coord"])
    notes = world.check()
    assert notes.loc[notes["table"] == "nodes", "message"].str.startswith("taken for").sum() == 2


@pytest.mark.parametrize("name", ["WKT", "geom", "the_geom", "wkt_geom"])
def test_a_course_under_another_name_is_measured(folder, name):
    """A length left open is that of the course, not of the straight line."""
    folder.set("links", "rail_far", length_km="", **{name: "LINESTRING (0.5 0.5, 0.9 1.5, 1.4 0.5)"})
    link = sf.build_network(sf.read_world(folder.path)).links.set_index("link_id").loc["rail_far"]
    assert link["length_km"] > 200


def test_ends_and_kilometres_under_other_names_are_taken(folder, toy):
    """from, to and km are what everybody writes."""
    rename(folder, "links", from_node_id="from", to_node_id="to", length_km="km")
    links = sf.read_world(folder.path).links
    for column in ("from_node_id", "to_node_id", "length_km"):
        assert links[column].equals(toy.links[column])


def test_a_length_without_a_unit_is_asked_about(folder):
    """Nobody can know whether they are metres: a warning, not a note, and the value is not used."""
    rename(folder, "links", length_km="length")
    found = folder.check()
    assert found.loc[found["column"] == "length", "severity"].tolist() == ["warning"]


@pytest.mark.parametrize(("ours", "theirs"), [("length_km", "里程"), ("length_km", "miles"), ("capacity_t", "cap")])
def test_every_word_that_an_importer_knows_without_a_unit_is_asked_about(folder, ours, theirs):
    """A world's own tables and the importers go by one list of words."""
    rename(folder, "links", **{ours: theirs})
    found = folder.check()
    asked = found[found["column"] == theirs]
    assert asked["severity"].tolist() == ["warning"]
    assert f"give {ours}" in asked["message"].iloc[0]


def test_two_numbers_in_one_cell_are_refused(folder):
    """lat, lon in one column could be either way round."""
    rows = folder.rows("nodes")
    x, y = rows[0].index("x_coord"), rows[0].index("y_coord")
    folder.put(
        "nodes", [[*r[:x], "coordinates" if i == 0 else f"{r[y]}, {r[x]}", *r[y + 1 :]] for i, r in enumerate(rows)]
    )
    assert folder.problems()["message"].str.contains("split them into y_coord").any()


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


@pytest.mark.parametrize("name", ["Belém–Brasília", "JOSÉ’S", "«ÉTÉ»", "Gieß–Bad", "São João — Rio", "Đà–Nẵng"])
def test_accents_before_dashes_and_quotes_are_names(folder, name):
    """Only what can be turned back into sensible text was read in a wrong encoding."""
    folder.set("nodes", "far", name=name)
    assert name in sf.read_world(folder.path).nodes["name"].tolist()


def test_hidden_side_files_are_not_the_users(folder):
    """What macOS leaves beside a file is not part of the world."""
    for name in ("campaigns/._2015.toml", "._nodes.csv", "._claims.csv"):
        (folder.path / name).write_bytes(b"\x00\x05\x16\x07\xb0")
    assert list(sf.read_world(folder.path).campaigns) == ["2012", "2015"]


def test_a_table_in_a_file_of_another_kind_is_named(folder):
    """mills.xlsx is not silently no mills."""
    (folder.path / "mills.csv").rename(folder.path / "mills.xlsx")
    assert folder.problems()["message"].str.contains("save the table mills as CSV").any()


@pytest.mark.parametrize("word", ["nan", "N/A", "-", "NULL"])
def test_words_for_nothing_are_nothing(folder, word):
    """A line is not called nan; a code NAN may be one."""
    folder.set("links", "rail_far", line_id=word)
    folder.set("nodes", "far", aliases="NAN")
    world = sf.read_world(folder.path, strict=False)
    assert world.links.set_index("link_id").loc["rail_far", "line_id"] == ""
    assert world.nodes.set_index("node_id").loc["far", "aliases"] == "NAN"


@pytest.mark.parametrize(
    ("cell", "advice"),
    [
        ("37°33'29\"N", "decimal degrees"),
        ("N37.5", "decimal degrees"),
        ("37.5,126.9", "two numbers"),
        ("\u22120.4", "a dash, not a minus"),
    ],
)
def test_coordinates_in_other_forms_get_advice(folder, cell, advice):
    """Nobody is asked whether cells were shifted when the cell itself tells what it is."""
    folder.set("nodes", "far", y_coord=cell)
    problems = folder.problems()
    assert problems.loc[problems["column"] == "y_coord", "message"].str.contains(advice).any()


def test_one_track_given_twice_is_doubtful(folder):
    """A copy of a row doubles a capacity; two one-way links in opposite directions do not."""
    row = next(r for r in folder.rows("links") if r[0] == "rail_near")
    header = folder.rows("links")[0]
    cells = dict(zip(header, row, strict=True))
    folder.add("links", **(cells | {"link_id": "copy"}))
    assert folder.check()["message"].str.contains("joined by several links").any()
    turned = {"link_id": "copy", "from_node_id": cells["to_node_id"], "to_node_id": cells["from_node_id"]}
    folder.put("links", [r for r in folder.rows("links") if r[0] != "copy"])
    folder.set("links", "rail_near", directed="true")
    folder.add("links", **(cells | turned | {"directed": "true"}))
    assert not folder.check()["message"].str.contains("joined by several links").any()


def test_a_place_at_zero_zero_is_doubtful(folder):
    """In a world elsewhere it is what a failed search leaves."""
    for row in folder.rows("nodes")[1:]:
        folder.set("nodes", row[0], x_coord="125.0", y_coord="38.0")
    folder.set("nodes", "far", x_coord="0", y_coord="0")
    assert folder.check()["message"].str.contains("Gulf of Guinea").any()


def test_ids_that_the_network_uses_are_refused(folder):
    """A link called as the way back of another would be taken for it."""
    folder.add(
        "links", link_id="rail_far (back)", from_node_id="station", to_node_id="near", mode="rail", length_km="30"
    )
    problems = folder.problems()
    assert problems["message"].str.contains("the way back over rail_far").any()


def test_a_link_that_ends_where_it_begins_is_left_out_and_said(folder, toy):
    """A balloon loop carries nothing anywhere: the world is the same without it."""
    folder.add("links", link_id="loop", from_node_id="far", to_node_id="far", mode="rail", length_km="2")
    world = sf.read_world(folder.path)
    assert world.links["link_id"].tolist() == toy.links["link_id"].tolist()
    found = world.check()
    assert found.loc[found["row"] == "loop", "severity"].tolist()[0] == "warning"


def test_two_ways_between_two_places_are_no_twins(folder):
    """A line and its detour, whose lengths nobody wrote down, differ in their courses; the same course twice is one track."""
    for row, course in [("rail_near", ""), ("detour", "LINESTRING (0.5 0.5, 0.9 0.5, 0.6 0.6)")]:
        ends = {"from_node_id": "station", "to_node_id": "near"}
        cells = {"link_id": row, **ends, "mode": "rail", "length_km": "", "geometry": course}
        folder.add("links", **cells) if row == "detour" else folder.set("links", row, **cells, gauge_mm="", line_id="")
    assert not folder.check()["message"].str.contains("joined by several links").any()
    folder.set("links", "detour", geometry="")
    assert folder.check()["message"].str.contains("joined by several links").any()
