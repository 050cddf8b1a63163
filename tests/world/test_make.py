"""A world of what was found: its defaults, its points and courses, what is left out and said."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

import scrapflow as sf
from scrapflow.errors import InputError
from scrapflow.world.csv_text import Raw
from scrapflow.world.found import Found
from scrapflow.world.make import assemble


def test_a_minimal_world_gets_its_defaults(tmp_path):
    """Only the four required tables with their key columns: the rest is empty or default."""
    (tmp_path / "sources.csv").write_text("source_id,title\ns,Drawn\n")
    (tmp_path / "regions.csv").write_text("region_id,parent_id,name\nr,,Land\n")
    (tmp_path / "nodes.csv").write_text(
        "node_id,name,kind,region_id,x_coord,y_coord,basis,source_id\n"
        "a,A,station,r,1,1,reported,s\nb,B,mill,r,2,1,assumed,\nc,C,enterprise,r,,,derived,\n"
    )
    (tmp_path / "links.csv").write_text("link_id,from_node_id,to_node_id\nl,a,b\n")
    world = sf.read_world(tmp_path)
    assert world.links["mode"].tolist() == ["rail"]
    assert world.links["directed"].tolist() == [False]
    assert np.isnan(world.links["capacity_t"].iloc[0])
    assert world.nodes["node_id"].tolist() == ["a", "b", "c", "outside"]
    assert world.claims.empty
    assert "claim_id" in world.claims
    assert world.campaigns == {}
    assert world.basemap == {}
    assert world.title == world.name == tmp_path.name


def test_a_moved_point_moves_the_node(toy, tmp_path):
    """In the GeoPackage the point is the coordinate: moving it in an editor is enough."""
    path = toy.write(tmp_path / "toy.gpkg")
    nodes = gpd.read_file(path, layer="nodes")
    nodes.loc[nodes["node_id"] == "near", "geometry"] = shapely.Point(0.61, 0.6)
    pyogrio.write_dataframe(nodes, path, layer="nodes", driver="GPKG")
    assert sf.read_world(path).nodes.set_index("node_id").loc["near", "x_coord"] == 0.61


def test_a_point_that_contradicts_its_columns_is_refused(toy, tmp_path):
    """Columns and point that differ: nobody can know which is meant."""
    path = toy.write(tmp_path / "toy.gpkg")
    nodes = toy.nodes.copy()
    nodes.loc[nodes["node_id"] == "near", "x_coord"] = 0.7
    pyogrio.write_dataframe(nodes, path, layer="nodes", driver="GPKG")
    with pytest.raises(InputError, match=r"the column says 0.7, the point 0.6"):
        sf.read_world(path)


def test_a_link_that_ends_where_it_begins_is_left_out_and_said(folder, toy):
    """A balloon loop carries nothing anywhere: the world is the same without it."""
    folder.add("links", link_id="loop", from_node_id="far", to_node_id="far", mode="rail", length_km="2")
    world = sf.read_world(folder.path)
    assert world.links["link_id"].tolist() == toy.links["link_id"].tolist()
    found = world.check()
    assert found.loc[found["row"] == "loop", "severity"].tolist()[0] == "warning"


def made(**tables):
    """Return the world of tables of cells."""
    raws = {
        name: Raw(
            name, pd.DataFrame(frame, dtype=object), [f"line {i + 2}" for i in range(len(next(iter(frame.values()))))]
        )
        for name, frame in tables.items()
    }
    return assemble(Found("made", raws=raws))


NODES = {"node_id": ["1", "2"], "name": ["A", "B"], "kind": ["station", "station"]}


def test_identifiers_that_a_program_wrote_as_decimals_are_those_they_refer_to():
    """1.0 is 1 where there is a 1 and no 1.0; what is neither stays, to be told by the check."""
    world = made(
        nodes=NODES, links={"link_id": ["l", "m"], "from_node_id": ["1.0", "1.0"], "to_node_id": ["2.0", "3.0"]}
    )
    assert world.links[["from_node_id", "to_node_id"]].values.tolist() == [["1", "2"], ["1", "3.0"]]
    notes = [m for m in world.found["message"] if "decimal numbers" in m]
    assert notes == [
        "1 identifiers are written as decimal numbers: '1.0' is read as '1'",
        "1 identifiers are written as decimal numbers: '2.0' is read as '2'",
    ]


def test_lines_that_nobody_listed_are_known_by_the_links_that_name_them():
    """Each once, sorted, those that share a track too."""
    links = {
        "link_id": ["l", "m"],
        "from_node_id": ["1", "1"],
        "to_node_id": ["2", "2"],
        "line_id": ["b", ""],
        "also_line_ids": ["a | c", "b"],
    }
    assert made(nodes=NODES, links=links).lines["line_id"].tolist() == ["a", "b", "c"]


def test_of_tonnes_without_a_material_only_one_can_be_meant():
    """With one material in the world it is that; with two the cell stays empty."""
    supply = {"node_id": ["1", "2"], "tonnage_t": ["5", "6"], "material": ["", "ore"]}
    assert made(nodes=NODES, supply=supply).supply["material"].tolist() == ["ore", "ore"]
    more = {"material": ["ore", "coal"]}
    assert made(nodes=NODES, supply=supply, materials=more).supply["material"].tolist() == ["", "ore"]


def test_the_outside_is_in_every_world_once():
    """Added where it is missing, last and without a place; a row of one's own stays the only one."""
    nodes = made(nodes=NODES).nodes
    assert nodes["node_id"].tolist() == ["1", "2", "outside"]
    assert nodes.iloc[2][["name", "kind", "basis"]].tolist() == ["Outside", "outside", "assumed"]
    own = {k: [*v, "outside"] for k, v in NODES.items()}
    assert made(nodes=own).nodes["node_id"].tolist() == ["1", "2", "outside"]


def test_tables_that_every_world_needs_are_named_where_they_are_missing():
    """Each by itself, with all that are needed; the others may be absent."""
    found = made(nodes=NODES).found
    missing = found[found["message"].str.startswith("the table is missing")]
    assert set(missing["table"]) == {"sources", "regions", "links"}


def test_a_point_says_where_a_place_is_and_contradicts_only_columns_that_say_otherwise():
    """A tenth of a metre is rounding; an empty cell says nothing."""
    points = {
        **NODES,
        "geometry": ["POINT (10 50)", "POINT (11 51)"],
        "x_coord": ["10.0000005", ""],
        "y_coord": ["50", "52"],
    }
    world = made(nodes=points)
    assert world.nodes.iloc[:2][["x_coord", "y_coord"]].values.tolist() == [[10, 50], [11, 51]]
    odd = world.found[world.found["message"].str.contains("the point")]
    assert odd[["row", "column"]].values.tolist() == [["2", "y_coord"]]
