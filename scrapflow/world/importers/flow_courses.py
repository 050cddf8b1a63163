"""The courses that known flows were drawn with: each is a link of its own between the places it joins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from scrapflow.errors import InputError
from scrapflow.vocabulary import moved_by
from scrapflow.world.courses import turned

if TYPE_CHECKING:
    from numpy.typing import NDArray

COURSE = "_course"
"""Column of a table of flows in the making: which drawn line a row was."""
_STRAIGHT = 2
"""A line of so many points says where a flow begins and ends, and no course."""
_KEYS = ["from_node_id", "to_node_id", "wkb"]


def links_of_courses(
    table: pd.DataFrame, lines: NDArray[Any], nodes: pd.DataFrame
) -> tuple[pd.DataFrame, pd.Series[str], list[dict[str, str]]]:
    """Return a link for each course that flows were drawn with.

    Parameters
    ----------
    table
        Flows between nodes, ``origin, destination, kind``; their ``_course`` is the position of their line.
    lines
        Lines in EPSG:4326.
    nodes
        The places: ``node_id, x_coord, y_coord``; where a place is not known, its lines are taken as they are.

    Returns
    -------
    tuple
        The links, ``link_id, from_node_id, to_node_id, directed, mode, geometry``, one an origin, destination and course,
        each turned to lead from the one to the other; the ``link_id`` of each flow, "" for one whose line is straight or leads
        back to where it begins; and what is worth knowing, as findings.

    Raises
    ------
    InputError
        If a line leads elsewhere than from the origin of its flow to its destination.

    Examples
    --------
    >>> flows = pd.DataFrame({"origin": ["b"], "destination": ["a"], "kind": ["shipped"], "_course": [0]})
    >>> places = pd.DataFrame({"node_id": ["a", "b"], "x_coord": [0, 2], "y_coord": [0, 0]})
    >>> links, ids, _ = links_of_courses(flows, shapely.from_wkt(["LINESTRING (0 0, 1 1, 2 0)"]), places)
    >>> ids[0], links["geometry"][0].wkt
    ('b>a', 'LINESTRING (2 0, 1 1, 0 0)')
    """
    problems: list[dict[str, str]] = []
    shapes = lines[table[COURSE].to_numpy(dtype=np.int64)]
    ends = table.rename(columns={"origin": "from_node_id", "destination": "to_node_id"})
    numbers = {c: pd.to_numeric(nodes[c]) if c in nodes else np.nan for c in ("x_coord", "y_coord")}
    places = nodes[["node_id"]].assign(**numbers, coordinate_accuracy_km=np.nan)
    rows = [str(i + 1) for i in range(len(table))]
    shapes = turned(shapes, ends, places, rows, problems)
    said = [p | {"table": "flows"} for p in problems]
    if faults := [p for p in said if p["severity"] == "error"]:
        raise InputError(faults, what="the table of flows")
    drawn = (shapely.get_num_coordinates(shapes) > _STRAIGHT) & (table["origin"] != table["destination"]).to_numpy()
    rows_of = pd.DataFrame(
        {
            "from_node_id": table["origin"],
            "to_node_id": table["destination"],
            "wkb": shapely.to_wkb(shapes),
            "mode": np.where(table["kind"].isin(moved_by("train")), "rail", "road"),
        }
    )[drawn]
    links = rows_of.groupby(_KEYS, as_index=False)["mode"].min()
    nth = links.groupby(_KEYS[:2]).cumcount() + 1
    pair = links["from_node_id"] + ">" + links["to_node_id"]
    links["link_id"] = pair.where(nth == 1, pair + "#" + nth.astype("str"))
    ids = rows_of.merge(links, on=_KEYS, how="left").set_axis(rows_of.index)["link_id"]
    links = links.assign(directed="true", geometry=shapely.from_wkb(links["wkb"])).drop(columns="wkb")
    return links, ids.reindex(table.index).fillna("").astype("str"), said
