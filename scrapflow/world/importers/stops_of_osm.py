"""Stations of an extract of OpenStreetMap: points, areas and closed ways, each with its names."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING, Any

import pandas as pd

from scrapflow.world.folding import fold
from scrapflow.world.geodesy import geodesic_km

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd

OUT_OF_USE = ("disused", "abandoned", "razed", "proposed")
"""Tags with which rails and stations are marked that are not in use any more, or not yet, and still called so."""
_STOPS = ("station", "halt", "yard")
_LAYERS = ("points", "multipolygons", "lines")
"""Layers that GDAL makes of an extract, in the order in which a station is taken from them: its node says best where trains stop."""
_LATIN = ("name:en", "int_name", "name:latin")
_OTHER = ("alt_name", "old_name", "official_name")
_SAME_KM = 1.0
"""A station and its building have one name and stand so near to one another."""


def read_stops(path: Path) -> tuple[gpd.GeoDataFrame | None, int]:
    """Return the stations of an extract; see :func:`stops_of`."""
    import pyogrio

    frames = []
    for layer in _LAYERS:
        own = "railway" in pyogrio.read_info(path, layer=layer)["fields"]
        where = "railway IS NOT NULL" if own else "other_tags LIKE '%\"railway\"%'"
        options = {"TAGS_FORMAT": "JSON", "USE_CUSTOM_INDEXING": "NO"}
        frames.append(pyogrio.read_dataframe(path, layer=layer, where=where, **options))
    return stops_of(frames)


def stops_of(frames: Sequence[gpd.GeoDataFrame]) -> tuple[gpd.GeoDataFrame | None, int]:
    """Return the stations in use among tagged features, one row each, and how many were left out for having no name.

    Parameters
    ----------
    frames
        Features with the tag ``railway``, in EPSG:4326; the first that has a station says where it is.

    Returns
    -------
    GeoDataFrame or None, int
        ``name, name_local, aliases, kind`` and a point; a name in other letters is the local one where there is one in Latin.
    """
    import geopandas as gpd

    rows: list[dict[str, Any]] = []
    unnamed = 0
    for row in [row for frame in frames for row in frame.to_dict("records")]:
        packed, own = row.get("other_tags"), {k: v for k, v in row.items() if isinstance(v, str) and v}
        tags = {**(json.loads(packed) if isinstance(packed, str) and packed else {}), **own}
        tags |= packed if isinstance(packed, dict) else {}
        in_use = all(tags.get(tag, "no") == "no" for tag in OUT_OF_USE)
        if tags.get("railway") not in _STOPS or not in_use or row["geometry"] is None:
            continue
        point = row["geometry"].centroid
        if not tags.get("name"):
            unnamed += 1
        elif not _is_one_of(rows, tags["name"], point):
            rows.append({**_names(tags), "kind": "station", "geometry": point})
    return (gpd.GeoDataFrame(pd.DataFrame(rows), geometry="geometry", crs=4326) if rows else None), unnamed


def unnamed_stops(count: int) -> tuple[str, str]:
    """Return what is said of stations without a name: kind and note."""
    return ("left_out", f"{count} {'station' if count == 1 else 'stations'} of OpenStreetMap without a name")


def _is_one_of(rows: list[dict[str, Any]], name: str, point: Any) -> bool:
    """Tell whether a station of the name is there already, near by."""
    same = [r["geometry"] for r in rows if fold(name) in (fold(r["name"]), fold(r["name_local"]))]
    return any(geodesic_km([point.x], [point.y], [there.x], [there.y])[0] < _SAME_KM for there in same)


def _names(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the name in Latin letters where there is one, the local one, and the others.

    Examples
    --------
    >>> _names({"name": "Гара Изток", "name:en": "Iztok Station"})["name_local"], _names({"name": "Ост"})["name"]
    ('Гара Изток', 'Ост')
    """
    name = tags["name"]
    latin = [tags[k] for k in _LATIN if tags.get(k)]
    local = name if latin and not _is_latin(name) else ""
    called = latin[0] if local else name
    others = [*latin, *(tags[k] for k in _OTHER if tags.get(k))]
    aliases = dict.fromkeys(o.strip() for cell in others for o in cell.split(";"))
    return {"name": called, "name_local": local, "aliases": "|".join(a for a in aliases if a not in (called, local))}


def _is_latin(text: str) -> bool:
    return all("LATIN" in unicodedata.name(c, "") for c in text if c.isalpha())
