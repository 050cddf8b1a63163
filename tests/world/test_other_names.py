"""Usual other names of columns are taken and said, or asked about; nothing is kept and not used in silence."""

from __future__ import annotations

import pytest

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
