"""Columns that were named by hand: renamed wherever they stand, refused where no table has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapflow.errors import InputError, did_you_mean, problem
from scrapflow.world.importers.tonnes import names_tonnes
from scrapflow.world.other_names import our_columns

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class Named(dict[str, str]):
    """What columns are called here, written either way round; remembers which columns the tables that were read have.

    Examples
    --------
    >>> import pandas as pd
    >>> columns = Named({"Gewicht (kg)": "tonnage_t"})
    >>> columns.meant_in(pd.DataFrame({"Gewicht (kg)": [5]})), columns.header_of_tonnes
    ({'Gewicht (kg)': 'tonnage_t'}, 'Gewicht (kg)')
    """

    def __init__(self, columns: Mapping[str, str]) -> None:
        super().__init__(columns)
        self._there: dict[str, None] = {}
        self._used: set[str] = set()
        self.header_of_tonnes = ""
        """The column that was named the tonnes in the table that was read last; "" without."""

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
        self.header_of_tonnes = next((str(a) for a, b in mapping.items() if names_tonnes(b)), "")
        return mapping

    def require_all(self) -> None:
        """Refuse names of columns that no table has.

        Raises
        ------
        InputError
            With the columns that are near.
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
        if faults:
            raise InputError(faults, what="the naming of columns (columns=, --map)")


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
