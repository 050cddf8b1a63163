"""What is known: the tables of a world, read, checked, named and written."""

from __future__ import annotations

from scrapflow.world.filled_in import effective_communities, effective_enterprises
from scrapflow.world.folding import fold
from scrapflow.world.names import Match, NameIndex
from scrapflow.world.read import embedded_worlds, read_world
from scrapflow.world.world import World, require_world

__all__ = [
    "Match",
    "NameIndex",
    "World",
    "effective_communities",
    "effective_enterprises",
    "embedded_worlds",
    "fold",
    "read_world",
    "require_world",
]
