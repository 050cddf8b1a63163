"""Worlds in a PostgreSQL with PostGIS that runs beside the tests."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.errors import InputError
from scrapflow.world.database import Address, connected
from scrapflow.world.schema import MEANINGS, schema
from tests.asking_sql import ask


@pytest.fixture(scope="module")
def toy_there(postgis, toy):
    """Address of a schema that holds the toy."""
    url = postgis("toy")
    toy.write(url)
    return url


@pytest.mark.parametrize("name", ["toy", "dprk"])
def test_a_world_comes_back_as_it_was(postgis, request, name):
    """Every table is the same to the last bit, and so are campaigns, basemap and the hashes of what would be its files."""
    world = request.getfixturevalue(name)
    url = postgis(f"back_{name}")
    assert "hush" not in str(world.write(url))
    again = sf.read_world(url)
    for table, frame in world.tables.items():
        pd.testing.assert_frame_equal(pd.DataFrame(again.tables[table]), pd.DataFrame(frame), check_exact=True)
    assert again.campaigns == world.campaigns
    assert again.basemap_files == world.basemap_files
    assert again.name == world.name
    assert not len(again.check().query("severity == 'error'"))


def test_inputs_are_known_by_the_files_they_would_be(toy_there, tmp_path):
    """A world read from a database and its copy in a folder have the same hashes, so their runs have the same manifest."""
    world = sf.read_world(toy_there)
    world.write(tmp_path / "copy")
    copy = sf.read_world(tmp_path / "copy")
    assert copy.hashes == world.hashes
    assert sf.run(copy) == sf.run(world)


def test_keys_references_indices_and_comments_come_from_the_schema(toy_there):
    """The server knows each table's key, what refers to what, the reference system, and what every column means."""
    keys = ask(
        toy_there,
        "SELECT c.conrelid::regclass::text AS t, c.contype::text AS kind, pg_get_constraintdef(c.oid) AS said"
        " FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace WHERE n.nspname = 'toy'",
    )
    primary = keys[keys.kind == "p"].set_index("t").said
    assert primary["toy.links"] == "PRIMARY KEY (link_id)"
    assert len(primary) == len(set(keys.t))
    foreign = set(keys[keys.kind == "f"].said)
    assert "FOREIGN KEY (from_node_id) REFERENCES toy.nodes(node_id)" in foreign
    assert "FOREIGN KEY (source_id) REFERENCES toy.sources(source_id)" in foreign
    shapes = ask(toy_there, "SELECT f_table_name, srid, type FROM geometry_columns WHERE f_table_schema = 'toy'")
    assert set(shapes.srid) == {4326}
    assert shapes.set_index("f_table_name").type.to_dict() == {
        "nodes": "POINT", "links": "LINESTRING", "regions": "POLYGON"
    }  # fmt: skip
    indices = ask(toy_there, "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'toy'")
    assert set(indices[indices.indexdef.str.contains("gist")].tablename) == {"nodes", "links", "regions"}
    told = ask(
        toy_there,
        "SELECT col_description('toy.links'::regclass, ordinal_position::int) AS said FROM information_schema.columns"
        " WHERE table_schema = 'toy' AND table_name = 'links' AND column_name = 'length_km'",
    )
    assert told.said.item() == f"{schema()['links'].columns['length_km'].meaning} (km)"
    about = ask(toy_there, "SELECT obj_description('toy.links'::regclass) AS said").said.item()
    assert about == f"scrapflow: {MEANINGS['links']}"


def test_unknown_is_null(toy_there, toy):
    """An empty cell is NULL, so that the database can tell unknown from nothing."""
    rows = ask(toy_there, "SELECT count(*) FILTER (WHERE capacity_t IS NULL) AS n FROM toy.links")
    assert rows.n.item() == toy.links.capacity_t.isna().sum() > 0
    assert not ask(toy_there, "SELECT 1 AS n FROM toy.nodes WHERE name_local = ''").size


def test_a_schema_without_tables_says_so(postgis):
    """An unknown schema names the option that chooses one."""
    with pytest.raises(InputError, match=r"\?schema="):
        sf.read_world(postgis("nothing_here"))


def test_tables_that_others_made_are_read(postgis, toy):
    """Views and tables without our comments, with a geometry of another name, make a world too."""
    url = postgis("foreign_")
    toy.write(postgis("source_"))
    with connected(Address(url), what="the test") as cursor:
        cursor.execute("CREATE SCHEMA foreign_")
        for name in ("sources", "regions", "nodes", "links", "mills", "enterprises", "communities", "sectors"):
            columns = "*, geometry AS geom" if name == "nodes" else "*"
            cursor.execute(f"CREATE VIEW foreign_.{name} AS SELECT {columns} FROM source_.{name}")
        cursor.execute("DROP VIEW foreign_.nodes")
        listed = "node_id, name, kind, region_id, basis, source_id, geometry AS geom"
        cursor.execute(f"CREATE VIEW foreign_.nodes AS SELECT {listed} FROM source_.nodes")
    world = sf.read_world(url)
    assert sorted(world.nodes.node_id) == sorted(toy.nodes.node_id)
    assert isinstance(world.nodes, gpd.GeoDataFrame)
    assert world.nodes.x_coord.notna().sum() == toy.nodes.x_coord.notna().sum()
