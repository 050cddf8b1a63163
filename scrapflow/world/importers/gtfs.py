"""A timetable (GTFS) as a network: stations are stops, and two are joined where a trip runs from one to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from scrapflow.world.importers.table_files import read_table, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_RAIL = {"0", "1", "2", "5", "7", "12"}
_FILES = ("stops.txt", "stop_times.txt", "trips.txt", "routes.txt")


def is_gtfs(files: Mapping[str, Path]) -> bool:
    """Tell whether a folder, as file names in small letters, is a timetable."""
    return "stops.txt" in files and ("stop_times.txt" in files or "routes.txt" in files)


def read_gtfs(
    folder: Path, files: Mapping[str, Path], said: list[tuple[str, str]]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return sections between stops that follow one another, each once, and the stops.

    Platforms count as their station. Of a timetable with railways only these are taken.

    Parameters
    ----------
    folder
        For messages.
    files
        Its files by name.
    said
        What was done is appended: kind and note.

    Raises
    ------
    InputError
        If a file or a column that is needed is missing.
    """
    lacks = [name for name in _FILES if name not in files]
    if lacks:
        refuse(f"{folder.name} looks like a timetable (GTFS), but {', '.join(lacks)} is missing")
    stops, times, trips, routes = (read_table(files[name]) for name in _FILES)
    for frame, name, columns in (
        (stops, "stops.txt", ("stop_id", "stop_lat", "stop_lon")),
        (times, "stop_times.txt", ("trip_id", "stop_id", "stop_sequence")),
        (trips, "trips.txt", ("trip_id", "route_id")),
        (routes, "routes.txt", ("route_id", "route_type")),
    ):
        missing = [c for c in columns if c not in frame]
        if missing:
            refuse(f"{name} has no column {', '.join(missing)}; there are {', '.join(frame.columns)}")
    kind = routes.set_index("route_id")["route_type"]
    rail = kind.isin(_RAIL) | kind.str.fullmatch("1\\d\\d|[45]\\d\\d|9\\d\\d")
    if rail.any() and not rail.all():
        said.append(("left_out", f"{int((~rail).sum())} routes of {folder.name} that are no railways"))
    used = trips[trips["route_id"].isin(kind[rail].index if rail.any() else kind.index)]
    calls = times[times["trip_id"].isin(used["trip_id"])]
    calls = calls.assign(order=pd.to_numeric(calls["stop_sequence"], errors="coerce"))
    parent = stops.get("parent_station", pd.Series("", stops.index))
    station = stops["stop_id"].where(parent == "", parent)
    calls = calls.assign(at=calls["stop_id"].map(dict(zip(stops["stop_id"], station, strict=True))))
    calls = calls.sort_values(["trip_id", "order"], kind="stable")
    after = calls.groupby("trip_id")["at"].shift(-1)
    pairs = pd.DataFrame({"a": calls["at"], "b": after}).dropna()
    pairs = pairs[pairs["a"] != pairs["b"]]
    ends = pd.DataFrame({"from_node_id": pairs.min(axis=1), "to_node_id": pairs.max(axis=1)}).drop_duplicates()
    if not len(ends):
        refuse(f"{folder.name}: no trip of stop_times.txt runs from one stop to another")
    there = set(ends.to_numpy().ravel())
    nodes = stops[stops["stop_id"].isin(there)]
    named = nodes["stop_name"] if "stop_name" in nodes else nodes["stop_id"]
    said.append(
        ("timetable", f"{len(ends)} sections between {len(nodes)} stops that follow one another; drawn straight")
    )
    return ends.reset_index(drop=True), pd.DataFrame(
        {
            "node_id": nodes["stop_id"],
            "name": named,
            "kind": "station",
            "x_coord": nodes["stop_lon"],
            "y_coord": nodes["stop_lat"],
        }
    ).reset_index(drop=True)
