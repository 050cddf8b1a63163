"""A world of what was found: its defaults, its points and courses, what is left out and said."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely

import scrapflow as sf
from scrapflow.errors import InputError


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
