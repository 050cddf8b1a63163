"""Findings about a world."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from scrapflow.world.world import World


def check_world(world: World) -> pd.DataFrame:
    """Return all findings."""
    return world.found


def errors_of(world: World) -> pd.DataFrame:
    """Return the findings of severity error."""
    return world.found[world.found["severity"] == "error"]
