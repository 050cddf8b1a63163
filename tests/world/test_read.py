"""A world is read whole, from a folder, a GeoPackage or an embedded name, and never guessed at."""

from __future__ import annotations

import shutil

import numpy as np
import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.errors import InputError, UnknownNameError
from scrapflow.world import read
from scrapflow.world.read import embedded_worlds
from scrapflow.world.schema import REQUIRED_TABLES, TABLES, schema


def test_the_toy_has_every_table_with_the_types_of_the_schema(toy):
    """Text is ``str`` without missing values, numbers are float64, truth is bool, indices are ranges."""
    for name, table in schema().items():
        frame = getattr(toy, name)
        assert isinstance(frame.index, pd.RangeIndex)
        for column in table.columns.values():
            if column.type == "geometry" or (name == "nodes" and column.type == "geometry"):
                assert frame.geometry.name == "geometry"
            elif column.is_number:
                assert frame[column.name].dtype == np.float64
            elif column.type == "boolean":
                assert frame[column.name].dtype == bool
            else:
                assert frame[column.name].dtype == "str"
                assert not frame[column.name].isna().any()


def test_geometry_is_in_degrees_and_empty_where_unplaced(toy):
    """Nodes are points in EPSG:4326; the outside, which is nowhere, is an empty point."""
    assert toy.nodes.crs == "EPSG:4326"
    assert toy.links.crs == "EPSG:4326"
    assert toy.regions.crs == "EPSG:4326"
    outside = toy.nodes.set_index("node_id").loc["outside"]
    assert outside.geometry.is_empty
    assert outside.basis == "assumed"
    assert toy.links.geometry.geom_type.eq("LineString").all()


def test_a_name_that_is_no_world_gets_candidates():
    """A misspelt embedded name is answered with the ones there are."""
    with pytest.raises(UnknownNameError) as e:
        sf.read_world("toyy")
    assert "toy" in e.value.candidates


def test_a_path_that_does_not_exist_gets_candidates(folder):
    """A misspelt folder is answered with the folder beside it."""
    with pytest.raises(UnknownNameError) as e:
        sf.read_world(folder.path.with_name("wrold"))
    assert "world" in e.value.candidates


def test_a_folder_without_tables_says_what_a_world_needs(tmp_path):
    """An empty folder is refused with the tables that are missing."""
    with pytest.raises(InputError) as e:
        sf.read_world(tmp_path)
    assert set(e.value.problems["table"]) == set(REQUIRED_TABLES)


def test_a_file_of_another_kind_is_refused(tmp_path):
    """A text file is neither a folder of tables nor a GeoPackage."""
    (tmp_path / "x.txt").write_text("no")
    with pytest.raises(InputError, match="neither a folder of tables nor"):
        sf.read_world(tmp_path / "x.txt")
    (tmp_path / "x.gpkg").write_text("no")
    with pytest.raises(InputError, match="cannot be opened as a GeoPackage"):
        sf.read_world(tmp_path / "x.gpkg")


def test_both_spellings_of_a_place_are_kept_and_trimmed(folder):
    """Blanks at the edges of cells are spreadsheet dust."""
    folder.set("nodes", "far", name="  Far Mill ", kind="mill ")
    assert sf.read_world(folder.path).resolve("far mill") == "far"


def test_a_byte_order_mark_and_windows_line_ends_are_harmless(folder):
    """What spreadsheets put around UTF-8 changes nothing."""
    before = sf.read_world(folder.path).nodes
    folder.edit("nodes.csv", lambda b: b"\xef\xbb\xbf" + b.replace(b"\n", b"\r\n") + b"\r\n,,,,,,,,,,,,,,\r\n")
    after = sf.read_world(folder.path).nodes
    pd.testing.assert_frame_equal(pd.DataFrame(before), pd.DataFrame(after))


def test_every_file_is_hashed(toy):
    """The manifest of a run can name the exact input."""
    assert {"nodes.csv", "world.toml", "campaigns/2015.toml"} <= set(toy.hashes)
    assert all(len(h) == 64 for h in toy.hashes.values())
    assert list(toy.hashes) == sorted(toy.hashes)


def test_unknown_columns_are_kept_with_a_note_and_misspelt_ones_refused(folder):
    """A column of one's own is kept; one that was meant to be ours must not get lost."""
    folder.set("nodes", "far", my_remark="seen")
    world = sf.read_world(folder.path)
    assert world.nodes.set_index("node_id").loc["far", "my_remark"] == "seen"
    assert "my_remark" in world.check().query("severity == 'note'")["column"].tolist()
    folder.edit("links.csv", lambda b: b.replace(b"length_km", b"lenght_km"))
    found = folder.problems()
    assert "did you mean 'length_km'" in found.loc[found["column"] == "lenght_km", "message"].iloc[0]


def test_a_misspelt_table_is_not_lost(folder):
    """``enterprise.csv`` beside no ``enterprises.csv`` is an error, not an empty table."""
    (folder.path / "enterprises.csv").rename(folder.path / "enterprise.csv")
    found = folder.problems()
    assert "did you mean enterprises.csv" in found.loc[found["table"] == "enterprise.csv", "message"].iloc[0]


def test_the_embedded_worlds_are_listed():
    """The toy comes with the package."""
    assert (embedded_worlds()["toy"] / "nodes.csv").is_file()


def test_an_embedded_world_is_read_once_and_each_reader_has_an_own_one(monkeypatch, tmp_path):
    """What one reader does to a world the next does not see; a file that changes is read anew."""
    shutil.copytree(embedded_worlds()["toy"], tmp_path / "mine")
    monkeypatch.setattr(read, "embedded_worlds", lambda: {"mine": tmp_path / "mine"})
    first = sf.read_world("mine")
    first.settings["title"] = "No more"
    first.campaigns.clear()
    taken = first.mills
    taken.loc[:, "intake_t"] = 0.0
    second = sf.read_world("mine")
    assert second.settings["title"] == second.title != "No more"
    assert "2015" in second.campaigns
    assert second.mills["intake_t"].tolist() == [15.0, 30.0]
    mills = tmp_path / "mine" / "mills.csv"
    mills.write_text(mills.read_text(encoding="utf-8").replace("15", "16.5"), encoding="utf-8")
    assert sf.read_world("mine").mills["intake_t"].tolist() == [16.5, 30.0]


def test_required_tables_are_tables():
    """The schema has rows for each table, and each has one key."""
    assert set(REQUIRED_TABLES) <= set(TABLES)
    assert all(sum(c.required == "key" for c in t.columns.values()) == 1 for t in schema().values())


def test_a_world_of_a_thousand_nodes_is_read_whole(folder):
    """A thousand stations and the links between them are read with no finding and every row in its place."""
    before = sf.read_world(folder.path)
    header = folder.rows("nodes")[0]
    links = folder.rows("links")[0]
    for i in range(1000):
        folder_row = {"node_id": f"s{i}", "name": f"Stop {i}", "kind": "station", "basis": "assumed"}
        folder_row |= {"x_coord": f"{0.5 + i / 1000:.4f}", "y_coord": "0.5"}
        header_row = [folder_row.get(c, "") for c in header]
        links_row = {"link_id": f"k{i}", "from_node_id": f"s{i}", "to_node_id": f"s{i + 1}", "mode": "rail"}
        for name, row in (("nodes", header_row), ("links", [links_row.get(c, "") for c in links])):
            if name == "links" and i == 999:
                continue
            with (folder.path / f"{name}.csv").open("a", encoding="utf-8") as file:
                file.write(",".join(row) + "\n")
    world = sf.read_world(folder.path)
    assert len(world.nodes) == len(before.nodes) + 1000
    assert len(world.links) == len(before.links) + 999


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("mills.xlsx", "error"),
        ("steel_mills.csv", "warning"),
        ("rail mills 2019.parquet", "warning"),
        ("mills.csv.gz", "warning"),
        ("mills.CSV.txt", "warning"),
        ("mills.zip", "warning"),
        ("mills.md", ""),
        ("windmills.csv", ""),
    ],
)
def test_a_table_under_another_name_or_of_another_kind_is_not_lost(folder, name, severity):
    """Whatever may hold a table that is missing is named; a text about it, and another word, are not."""
    (folder.path / "mills.csv").rename(folder.path / name)
    found = sf.read_world(folder.path, strict=False).check()
    assert found.loc[found["table"] == name, "severity"].tolist() == ([severity] if severity else [])
