"""Doors into a world for what people have: lines, GMNS and TNTP networks, tables of codes, places, known tonnes."""

from __future__ import annotations

from scrapflow.world.importers.world_from import world_from

__all__ = ["world_from"]
