"""Columns that were named by hand: renamed wherever they stand, refused where no table has them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from scrapflow.errors import InputError, did_you_mean, problem
from scrapflow.world.importers.lengths import unit_of_length_header, unit_of_length_name
from scrapflow.world.importers.tonnes import unit_of_header, unit_of_name
from scrapflow.world.other_names import names_of, our_columns, plain

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_CAPACITIES = {"capacity_t", "capacity_t_low", "capacity_t_high"}
"""Tonnes a month: of another unit of mass nobody knows whether it is a month's."""


class Named(dict[str, str]):
    """What columns are called here, written either way round; remembers which columns the tables that were read have.

    Examples
    --------
    >>> import pandas as pd
    >>> columns = Named({"Gewicht (kg)": "tonnage_t"})
    >>> columns.meant_in(pd.DataFrame({"Gewicht (kg)": [5]})), columns.header_of("tonnage_t")
    ({'Gewicht (kg)': 'tonnage_t'}, 'Gewicht (kg)')
    """

    def __init__(self, columns: Mapping[str, str]) -> None:
        super().__init__(columns)
        self._there: dict[str, None] = {}
        self._used: set[str] = set()
        self._last: dict[str, str] = {}
        self._headers: dict[str, str] = {}

    def meant_in(self, frame: Any, only: Collection[str] = ()) -> dict[str, str]:
        """Return our name for each column of a frame that was named, of these columns of ours only where some are given."""
        self._there |= dict.fromkeys(map(str, frame.columns))
        mapping = {}
        for a, b in self.items():
            if only and not {a, b} & set(only):
                continue
            if a in frame.columns:
                mapping[a] = b
            elif b in frame.columns and a in our_columns():
                mapping[b] = a
            else:
                continue
            self._used.add(a)
        self._last = {str(theirs): ours for theirs, ours in mapping.items()}
        self._headers |= self._last
        return mapping

    def header_of(self, column: str) -> str:
        """Return what the column was called that was named this one of ours in the table that was read last; "" without."""
        return next((theirs for theirs, ours in self._last.items() if plain(ours) in names_of(column)), "")

    def require_all(self) -> None:
        """Refuse names of columns that no table has, and those that say another unit than the header.

        Raises
        ------
        InputError
            With the columns that are near, and those that take the unit of the header.
        """
        there = list(self._there)
        faults = [
            problem(
                "columns",
                "",
                a,
                f"no table has a column {a!r}; {did_you_mean(a, there, 'there are ' + ', '.join(there), n=3)}",
            )
            for a in self
            if a not in self._used
        ]
        faults += [
            problem("columns", "", theirs, f"the header says another unit than {ours!r}: {fix}")
            for theirs, ours in self._headers.items()
            if (fix := _against(theirs, ours))
        ]
        if faults:
            raise InputError(faults, what="the naming of columns (columns=, --map)")


def _against(header: str, name: str) -> str:
    """Return what to do where a header says another unit than the name by hand, "" where it does not."""
    mass, length = unit_of_header(header) or math.nan, unit_of_length_header(header)
    if plain(name) in _CAPACITIES:
        return "give tonnes a month" if mass != 1 and not math.isnan(mass) else ""
    # MT has two meanings, of which the name by hand chooses one.
    for unit, named, ours in (
        (None if math.isnan(mass) else mass, unit_of_name(name), "tonnage_t"),
        (length, unit_of_length_name(name), "length_km"),
    ):
        if unit and named and unit != named and plain(name) not in names_of(ours):
            return f"name it {ours!r}, and the unit of the header counts"
    return ""


def renamed(frame: Any, columns: Named, only: Collection[str] = ()) -> Any:
    """Return a frame with its columns under our names.

    Parameters
    ----------
    frame
        A table or drawn features.
    columns
        What its columns are called here.
    only
        Columns of ours that the table can have; all without.

    Examples
    --------
    >>> import pandas as pd
    >>> list(renamed(pd.DataFrame({"A": [1], "B": [2]}), Named({"A": "from_node_id", "to_node_id": "B"})))
    ['from_node_id', 'to_node_id']
    """
    mapping = columns.meant_in(frame, only)
    geometry = getattr(frame, "_geometry_column_name", None)
    if geometry in mapping:
        frame = frame.rename_geometry(mapping.pop(geometry))
    return frame.drop(columns=[c for c in mapping.values() if c in frame.columns and c not in mapping]).rename(
        columns=mapping
    )
