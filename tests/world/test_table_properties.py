"""Each table of the schema is an attribute of a world."""

from __future__ import annotations

import geopandas as gpd
import pytest

from scrapflow.world.schema import SPATIAL, TABLES
from scrapflow.world.table_properties import GeoTable, HasTables, Table


def test_the_attributes_are_the_tables_of_the_schema(toy):
    """None is missing, none is left over, and those with geometry are GeoDataFrames."""
    declared = {name: kind for name, kind in vars(HasTables).items() if isinstance(kind, Table)}
    assert tuple(declared) == TABLES
    assert {name for name, kind in declared.items() if isinstance(kind, GeoTable)} == set(SPATIAL)
    for name in TABLES:
        assert getattr(toy, name).equals(toy.tables[name])
        assert isinstance(getattr(toy, name), gpd.GeoDataFrame) == (name in SPATIAL)
        assert declared[name].__doc__


def test_a_table_cannot_be_replaced(toy):
    """A world is not changed in place."""
    with pytest.raises(AttributeError, match="cannot assign"):
        toy.nodes = toy.links
