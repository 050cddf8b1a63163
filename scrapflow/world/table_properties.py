"""The tables of a world as attributes: one for each row of ``schema/tables.csv``."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from scrapflow.world.schema import MEANINGS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd


class Table:
    """Hands out the table that the attribute is called after; it cannot be set."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        self.__doc__ = MEANINGS[name]

    def __get__(self, world: HasTables | None, owner: type) -> pd.DataFrame:
        # Asked of the class, as documentation tools do, there is nothing to hand out but the attribute itself.
        return world.tables[self.name] if world is not None else cast("pd.DataFrame", self)


class GeoTable(Table):
    """A table with geometry."""

    def __get__(self, world: HasTables | None, owner: type) -> gpd.GeoDataFrame:
        return cast("gpd.GeoDataFrame", super().__get__(world, owner))


class HasTables:
    """What has the tables of a world; ``tests/world/test_table_properties.py`` holds this list to the schema."""

    tables: Mapping[str, pd.DataFrame]

    sources = Table()
    regions = GeoTable()
    materials = Table()
    nodes = GeoTable()
    lines = Table()
    links = GeoTable()
    sectors = Table()
    enterprises = Table()
    communities = Table()
    mills = Table()
    supply = Table()
    demand = Table()
    observations = Table()
    claims = Table()
