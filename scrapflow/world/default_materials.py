"""The materials of a world that brings no table of them: those its known tonnes name, else the packaged ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from scrapflow.vocabulary import materials
from scrapflow.world.csv_text import Raw
from scrapflow.world.schema import TABLES
from scrapflow.world.typed_cells import conform

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapflow.vocabulary import Material


def materials_of(supply: pd.DataFrame, demand: pd.DataFrame) -> pd.DataFrame:
    """Return the table ``materials`` that goes with tables of known tonnes.

    Parameters
    ----------
    supply, demand
        Tables of a world; a material named there that the package knows keeps its role, name and colour.

    Examples
    --------
    >>> import scrapflow as sf
    >>> world = sf.read_world("toy")
    >>> materials_of(world.supply, world.demand).material.tolist()[:2]
    ['scrap', 'obsolete_machinery']
    """
    packaged = materials()
    named = [word for word in dict.fromkeys([*supply["material"], *demand["material"]]) if word]
    words = named or (["scrap"] if len(supply) or len(demand) else list(packaged))
    rows = [_row(packaged[word]) if word in packaged else {"material": word} for word in words]
    frame = pd.DataFrame(rows, columns=["material", "group", "role", "name", "name_local", "colour"], dtype=object)
    return conform(Raw("materials", frame.fillna(""), where=words))


def told(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Return the tables that say something: those with rows, and of materials only what their absence would not say."""
    silent = tables["materials"].equals(materials_of(tables["supply"], tables["demand"]))
    return [t for t in TABLES if len(tables[t]) and not (silent and t == "materials")]


def _row(material: Material) -> dict[str, str]:
    return {
        "material": material.material,
        "group": "|".join(material.groups),
        "role": material.role,
        "name": material.name,
        "name_local": material.name_local,
        "colour": material.colour,
    }
