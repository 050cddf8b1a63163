"""Columns that hold the coordinates of both ends of a row: ``origin_lat``, ``from_x``, ``lon2``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from scrapflow.world.importers.number_cells import as_floats
from scrapflow.world.importers.table_files import refuse
from scrapflow.world.other_names import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd
    import pandas as pd

_AXIS = "lon|lng|long|longitude|x|lat|latitude|y"
_NAMED = re.compile(rf"(origin|orig|from|start|o|destination|dest|to|end|d)_?({_AXIS})")
_COUNTED = re.compile(rf"({_AXIS})_?([12])")
_FIRST = ("origin", "orig", "from", "start", "o", "1")


def end_columns(columns: Iterable[object]) -> dict[tuple[str, str], str]:
    """Return the columns of ``(origin or destination, x_coord or y_coord)``; none where not all four are there.

    Examples
    --------
    >>> end_columns(["from_x", "from_y", "to_x", "to_y"])["destination", "y_coord"]
    'to_y'
    >>> end_columns(["lat1", "lon1", "lat2", "lon2"])["origin", "x_coord"], end_columns(["lat1", "lon1"])
    ('lon1', {})
    """
    at: dict[tuple[str, str], str] = {}
    for column in map(str, columns):
        name = plain(column)
        if match := _NAMED.fullmatch(name):
            end, axis = match[1], match[2]
        elif match := _COUNTED.fullmatch(name):
            axis, end = match[1], match[2]
        else:
            continue
        side = "origin" if end in _FIRST else "destination"
        at[side, "y_coord" if axis.startswith(("lat", "y")) else "x_coord"] = column
    return at if len(at) == 4 else {}


def straight_lines(table: pd.DataFrame) -> Any:
    """Return sections whose ends are given by coordinates alone as straight lines; others as they are.

    Raises
    ------
    InputError
        If a coordinate is no number.
    """
    import geopandas as gpd

    at = end_columns(table.columns)
    if not at:
        return table
    xy = []
    for key in (("origin", "x_coord"), ("origin", "y_coord"), ("destination", "x_coord"), ("destination", "y_coord")):
        values, wrong = as_floats(table[at[key]])
        if wrong.any() or np.isnan(values).any():
            row = int((wrong | np.isnan(values)).argmax())
            refuse(f"{str(table[at[key]].iloc[row])!r} is no coordinate", row=str(row + 1), column=at[key])
        xy.append(values)
    shapes = shapely.linestrings(np.stack(xy, axis=1).reshape(-1, 2, 2))
    lines: gpd.GeoDataFrame = gpd.GeoDataFrame(table.drop(columns=list(at.values())), geometry=shapes)
    return lines
