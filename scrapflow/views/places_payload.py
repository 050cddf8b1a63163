"""The places of a map, its links and its regions, as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from scrapflow.views.gathered_places import gathered
from scrapflow.views.packing import Packed, pack, pack_degrees, pack_json
from scrapflow.views.plain_columns import Json, codes_and_words, column, floats, numbers, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

NODE_KINDS = ("enterprise", "community", "yard", "station", "mill", "outside")
MODES = ("rail", "road", "access", "transshipment")


def nodes_numbers(nodes: pd.DataFrame) -> dict[str, Json]:
    """Return what the panels tell of the places in numbers."""
    return {name: pack_json(numbers(nodes, name)) for name in ("workers", "population")}


def nodes_payload(nodes: pd.DataFrame) -> dict[str, Json]:
    """Return the places but for their numbers: names, kinds, coordinates, and what the panels tell of them in words."""
    x, y = floats(nodes, "x_coord"), floats(nodes, "y_coord")
    placed = np.isfinite(x) & np.isfinite(y)
    kind, kinds = codes_and_words(text(nodes, "kind"), NODE_KINDS)
    tables: dict[str, Json] = {}
    for name in ("region", "region_id", "sector", "subregion", "basis", "grade"):
        numbered, names = codes_and_words(text(nodes, name), [""])
        tables[name] = {"names": names, "of": pack(numbered, "int", ready=name == "basis")}
    for name in ("coordinate_method", "source_id", "county"):
        numbered, names = codes_and_words(text(nodes, name), [""])
        tables[name] = pack_json({"names": names, "of": numbered.tolist()})
    return {
        "id": pack_json(text(nodes, "node_id")),
        "name": text(nodes, "name"),
        "local": pack_json(text(nodes, "name_local")),
        "aliases": pack_json(text(nodes, "aliases")),
        "kind": pack(kind, "int", ready=True),
        "kinds": kinds,
        "placed": pack(placed.astype(int), "int", ready=True),
        "x": pack_degrees(np.where(placed, x, 0.0), ready=True),
        "y": pack_degrees(np.where(placed, y, 0.0), ready=True),
        "accuracy_km": pack_json(numbers(nodes, "coordinate_accuracy_km")),
        "named": pack(column(nodes, "named", default=True).astype(bool), "u1", ready=True),
        **tables,
    }


def places(nodes: pd.DataFrame) -> list[Json]:
    """Return the nodes gathered by point, county and region; see :func:`scrapflow.views.gathered_places.gathered`."""
    region = codes_and_words(text(nodes, "region"), [""])[0]
    x, y = floats(nodes, "x_coord"), floats(nodes, "y_coord")
    return gathered(x, y, text(nodes, "kind"), [int(r) for r in region], text(nodes, "subregion"))


def links_payload(links: pd.DataFrame, index: Mapping[str, int]) -> dict[str, Json]:
    """Return the links: ends, mode, length, capacity and course."""
    mode, modes = codes_and_words(text(links, "mode"), MODES)
    line, names = codes_and_words(
        [a or b for a, b in zip(text(links, "line"), text(links, "line_id"), strict=True)], [""]
    )
    basis, bases = codes_and_words(text(links, "length_basis"), [""])
    return {
        "id": pack_json(text(links, "link_id")),
        "from": pack([index.get(n, -1) for n in text(links, "from_node_id")], "i4"),
        "to": pack([index.get(n, -1) for n in text(links, "to_node_id")], "i4"),
        "mode": pack(mode, "int", ready=True),
        "modes": modes,
        "length_km": pack_json(numbers(links, "length_km")),
        "length_basis": {"names": bases, "of": pack(basis, "int")},
        "capacity_t": pack_json(numbers(links, "capacity_t")),
        "gauge_mm": pack(np.nan_to_num(floats(links, "gauge_mm")).astype(np.int64), "int", ready=True),
        "line": {"names": names, "of": pack(line, "int")},
        "shape": shapes(column(links, "geometry", None), ready=True),
    }


def shapes(geometries: pd.Series, *, ready: bool = False) -> dict[str, Packed]:
    """Pack lines, one a row, as vertex counts and coordinates; a missing line has none."""
    lines = np.asarray(geometries.to_numpy() if hasattr(geometries, "to_numpy") else geometries, dtype=object)
    lines = np.array([None if g is None or (isinstance(g, float) and np.isnan(g)) else g for g in lines], dtype=object)
    counts = shapely.get_num_coordinates(lines)
    points = shapely.get_coordinates(lines)
    return {
        "n": pack(counts, "int", ready=ready),
        "x": pack_degrees(points[:, 0], ready=ready),
        "y": pack_degrees(points[:, 1], ready=ready),
    }


def regions(frame: pd.DataFrame) -> list[Json]:
    """Return the regions with their names in both languages and their outline's identifier; counties are within them."""
    frame = frame[[level != "county" for level in text(frame, "level")]]
    names = ("region_id", "parent_id", "name", "name_local", "basemap_id")
    return [dict(zip(names, row, strict=True)) for row in zip(*(text(frame, n) for n in names), strict=True)]
