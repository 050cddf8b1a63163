"""What a world holds, without the questions that can be put to it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from scrapflow.errors import PROBLEM_COLUMNS
from scrapflow.vocabulary.other_tools import SaysWhatIsThere
from scrapflow.world.names import NameIndex
from scrapflow.world.shared_frames import Frames
from scrapflow.world.table_properties import HasTables

if TYPE_CHECKING:
    from collections.abc import Mapping

CHANGE_COLUMNS = ("table", "row", "column", "was", "is")
"""Columns of the changes of a world: a cell that was replaced, or (``column`` empty) a row that was added or left out."""


@dataclass(frozen=True, eq=False, repr=False)
class WorldData(HasTables, SaysWhatIsThere):
    """The tables, texts and settings of a world; :class:`scrapflow.world.World` adds what can be asked."""

    name: str
    tables: Mapping[str, pd.DataFrame]
    title: str = ""
    default_campaign: str = ""
    campaigns: Mapping[str, str] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)
    basemap_files: Mapping[str, bytes] = field(default_factory=dict)
    """Basemap layer (``countries``, ``regions``, ``counties``) to the bytes of its GeoJSON."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What ``world.toml`` says."""
    found: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(PROBLEM_COLUMNS)))
    """Faults that only the files showed, such as cells that are no numbers; part of ``World.check()``."""

    unnamed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By table, where the rows without identifier stand: ``row 2`` of the table is ``line 3`` of its file."""

    changes: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(CHANGE_COLUMNS), dtype="str"))
    """What was changed in Python since the world was read, with the columns of :data:`CHANGE_COLUMNS`."""

    report: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["kind", "ids", "metres", "note"]))
    """What was done to make it of other inputs (:func:`scrapflow.world_from`); empty for a world that was read."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "tables", Frames(self.tables))

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what can be made again, so that a world costs little to send to another process."""
        return {name: value for name, value in self.__dict__.items() if name != "memo"}

    @cached_property
    def memo(self) -> dict[str, Any]:
        """What others make of the world and keep beside it, so that it is made once; nothing in it may be written to."""
        return {}

    @property
    def basemap(self) -> dict[str, dict[str, Any]]:
        """GeoJSON of the layers ``countries``, ``regions`` and ``counties``, as far as the world has them."""
        if "basemap" not in self.memo:
            self.memo["basemap"] = {layer: json.loads(data) for layer, data in self.basemap_files.items()}
        return cast("dict[str, dict[str, Any]]", self.memo["basemap"])

    @property
    def basemap_attribution(self) -> str:
        """Whom to thank for the basemap.

        Examples
        --------
        >>> import scrapflow as sf
        >>> "Natural Earth" in sf.read_world().basemap_attribution
        True
        """
        return str(self.settings.get("basemap", {}).get("attribution", ""))

    @property
    def labels(self) -> dict[str, Any]:
        """Words of the world's own for display."""
        return dict(self.settings.get("labels", {}))

    @cached_property
    def names(self) -> NameIndex:
        """The index of all spellings of nodes and regions; a county is asked for by its seat."""
        return NameIndex(self.nodes, self.regions)
