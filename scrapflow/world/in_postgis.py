"""A world in PostGIS: written to a schema with keys that mean something, and read from it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pandas as pd

from scrapflow.world.database import Address, Field, Relation, read_relations, write_relations
from scrapflow.world.relations import relation_of
from scrapflow.world.schema import schema
from scrapflow.world.typed_files import CAMPAIGNS_LAYER, SETTINGS_LAYER, as_raw
from scrapflow.world.write import csv_bytes, files_of, tables_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapflow.world.csv_text import Raw
    from scrapflow.world.world_data import WorldData


def write_database(world: WorldData, url: str, *, overwrite: bool = False) -> str:
    """Write a world to a schema of a database; see :meth:`World.write`."""
    there = Address(url)
    texts = {k: v.decode("utf-8") for k, v in files_of(world).items() if not k.startswith("campaigns/")}
    extra = [
        _texts(SETTINGS_LAYER, "world.toml and the files of the basemap", ("key", "value"), texts),
        _texts(CAMPAIGNS_LAYER, "campaigns, each as its TOML", ("name", "toml"), world.campaigns),
    ]
    tables = [relation_of(world, name) for name in tables_of(world)]
    write_relations(
        there, [*tables, *extra], about=f"world {world.name}: {world.title}", overwrite=overwrite, what="the world"
    )
    return str(there)


def read_database(url: str) -> tuple[str, dict[str, Raw], dict[str, str]]:
    """Return name, tables, and texts by path of a world in a schema."""
    there = Address(url)
    frames = read_relations(there, [*schema(), SETTINGS_LAYER, CAMPAIGNS_LAYER], what="the world")
    settings, campaigns = frames.pop(SETTINGS_LAYER, None), frames.pop(CAMPAIGNS_LAYER, None)
    texts = {} if settings is None else dict(zip(settings["key"], settings["value"], strict=True))
    if campaigns is not None:
        texts |= {f"campaigns/{n}.toml": t for n, t in zip(campaigns["name"], campaigns["toml"], strict=True)}
    return there.schema, {name: as_raw(name, frame) for name, frame in frames.items()}, texts


def hashes_of(world: WorldData) -> dict[str, str]:
    """Return the hashes of the files that the world would be written to: a database has none of its own.

    Examples
    --------
    >>> import scrapflow as sf
    >>> sorted(hashes_of(sf.read_world("toy")))[0]
    'campaigns/2012.toml'
    """
    data = {f"{name}.csv": csv_bytes(world, name) for name in tables_of(world)} | files_of(world)
    return {label: hashlib.sha256(data[label]).hexdigest() for label in sorted(data)}


def _texts(name: str, meaning: str, columns: tuple[str, str], rows: Mapping[str, str]) -> Relation:
    frame = pd.DataFrame(rows.items(), columns=list(columns), dtype="str")
    return Relation(name, meaning, tuple(Field(c, "string") for c in columns), columns[:1], frame)
