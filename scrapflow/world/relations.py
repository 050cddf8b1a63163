"""The tables of a world as a database and a data package see them: columns, meanings, keys and references by the schema rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapflow.world.database import Field, Relation
from scrapflow.world.schema import MEANINGS, SPATIAL, schema

if TYPE_CHECKING:
    import pandas as pd

    from scrapflow.world.world_data import WorldData


def relation_of(world: WorldData, name: str, *, plain: bool = False) -> Relation:
    """Return a table of a world.

    Parameters
    ----------
    world, name
        Which.
    plain
        As its CSV has it, with the coordinates of nodes; else their points say them once.

    Examples
    --------
    >>> import scrapflow as sf
    >>> relation_of(sf.read_world("toy"), "links").key
    ('link_id',)
    """
    frame, table = world.tables[name], schema()[name]
    if name == "nodes":
        frame = frame.drop(columns=["geometry"] if plain else ["x_coord", "y_coord"])
    known = [
        Field(c.name, c.type, f"{c.meaning} ({c.unit})" if c.unit else c.meaning, c.references)
        for c in table.columns.values()
        if c.name in frame and c.name != "geometry"
    ]
    own = [Field(c, _type_of(frame[c])) for c in frame.columns if c not in table.columns and c != "geometry"]
    shape = [Field("geometry", "geometry", f"{SPATIAL[name]}, EPSG:4326")] if "geometry" in frame else []
    return Relation(name, MEANINGS[name], (*known, *own, *shape), (table.key,), frame)


def _type_of(column: pd.Series) -> str:
    kinds = {"f": "number", "i": "integer", "b": "boolean"}
    return kinds.get(getattr(column.dtype, "kind", "O"), "string")
