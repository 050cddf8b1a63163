"""Typed tables as found: the layers of a GeoPackage, the files of a GeoParquet folder."""

from __future__ import annotations

import io
import re
import warnings
from typing import TYPE_CHECKING, Any

import pandas as pd

from scrapflow.errors import did_you_mean, problem
from scrapflow.units import CRS
from scrapflow.world.csv_text import Raw
from scrapflow.world.schema import SPATIAL, TABLES

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

SETTINGS_LAYER, CAMPAIGNS_LAYER = "settings", "campaigns"
"""Attribute layers of a GeoPackage: ``key, value`` (``world.toml`` and the basemap's files), and ``name, toml``."""
_TEXTS = {SETTINGS_LAYER: (("key", "value"), "{}"), CAMPAIGNS_LAYER: (("name", "toml"), "campaigns/{}.toml")}


def layers_of(path: Path) -> list[str]:
    """Return the names of the layers of a GeoPackage; none where the file is something else."""
    import pyogrio

    try:
        return [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    except RuntimeError:
        return []


def read_layers(path: Path) -> tuple[dict[str, Raw], dict[str, str], list[dict[str, str]]]:
    """Read a GeoPackage.

    Returns
    -------
    tuple
        Tables by name; the files it carries (``world.toml``, ``campaigns/NAME.toml``, basemap) as text by path; faults.
    """
    import pyogrio

    problems: list[dict[str, str]] = []
    try:
        layers = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    except RuntimeError as e:
        return {}, {}, [problem(path.name, "", "", f"cannot be opened as a GeoPackage: {e}")]
    raws: dict[str, Raw] = {}
    texts: dict[str, str] = {}
    for layer in layers:
        if layer in TABLES:
            frame = _layer(path, layer, problems)
            raws[layer] = Raw(layer, pd.DataFrame()) if frame is None else as_raw(layer, frame)
        elif layer in _TEXTS:
            texts |= _texts(layer, _layer(path, layer, problems), problems)
        else:
            hint = did_you_mean(layer, [t for t in TABLES if t not in layers], cutoff=0.8)
            within = [t for t in TABLES if t not in layers and t in re.split(r"[\W_]+", layer.lower())]
            if hint:
                message = f"there is no table of this name; {hint}"
                problems.append(problem(layer, "", "", message))
            elif within:
                message = f"not read: if it is the table {within[0]}, call the layer {within[0]}"
                problems.append(problem(layer, "", "", message, "warning"))
    return raws, texts, problems


def _layer(path: Path, layer: str, problems: list[dict[str, str]]) -> pd.DataFrame | None:
    """Read one layer; what GDAL or GEOS cannot make sense of is noted, and the table is missing."""
    import pyogrio
    import shapely

    try:
        frame: pd.DataFrame = pyogrio.read_dataframe(path, layer=layer)
    except (RuntimeError, ValueError, TypeError, OverflowError, shapely.errors.ShapelyError) as e:
        problems.append(problem(layer, "", "", f"the layer of {path.name} cannot be read, the table is missing: {e}"))
        return None
    return frame


def _texts(layer: str, frame: pd.DataFrame | None, problems: list[dict[str, str]]) -> dict[str, str]:
    """Return the texts of a layer by their path; a row that holds none is noted."""
    if frame is None:
        return {}
    columns, pattern = _TEXTS[layer]
    missing = [c for c in columns if c not in frame]
    if missing:
        problems += [problem(layer, "", c, "the column is missing") for c in missing]
        return {}
    texts: dict[str, str] = {}
    for row, (name, text) in enumerate(zip(*(frame[c] for c in columns), strict=True), 1):
        if not isinstance(name, str) or not isinstance(text, str):
            problems.append(problem(layer, f"row {row}", "", f"{' and '.join(columns)} are text"))
            continue
        texts[pattern.format(name)] = text
    return texts


def read_parquet(table: str, data: bytes) -> Raw:
    """Read one table from the bytes of a (Geo)Parquet file."""
    import geopandas as gpd
    import pyarrow as pa
    import pyarrow.parquet as pq
    import shapely

    try:
        plain = b"geo" not in (pq.read_schema(io.BytesIO(data)).metadata or {})
        frame = pd.read_parquet(io.BytesIO(data)) if plain else gpd.read_parquet(io.BytesIO(data))
    except (
        pa.ArrowException,
        ValueError,
        OSError,
        KeyError,
        TypeError,
        RecursionError,
        shapely.errors.ShapelyError,
    ) as e:
        empty = Raw(table, pd.DataFrame())
        empty.problems.append(problem(table, "", "", f"{table}.parquet cannot be read, the table is missing: {e}"))
        return empty
    return as_raw(table, frame)


def as_raw(table: str, frame: pd.DataFrame | gpd.GeoDataFrame) -> Raw:
    """Take in a typed frame; its geometry must be in EPSG:4326.

    In another CRS the table is refused, but judged further after a transformation, so that all faults come at once.
    """
    problems: list[dict[str, str]] = []
    name = getattr(frame, "_geometry_column_name", None)
    if name is not None:
        frame = _in_degrees(table, frame, problems)
        frame = pd.DataFrame(frame).rename(columns={name: "geometry"})
        if table not in SPATIAL:
            frame = frame.drop(columns="geometry")
    elif table in SPATIAL and "geometry" in frame and any(isinstance(g, bytes) for g in frame["geometry"].head()):
        message = f"the file names no coordinate reference system: taken as {CRS}, longitude and latitude in degrees"
        problems.append(problem(table, "", "geometry", message, "note"))
    where = [f"row {i}" for i in range(1, len(frame) + 1)]
    return Raw(table, frame.reset_index(drop=True), where, problems=problems)


def _in_degrees(table: str, frame: Any, problems: list[dict[str, str]]) -> Any:  # noqa: ANN401, RUF100
    crs = frame.crs
    if crs is None:
        message = f"the geometry has no coordinate reference system; set it (EPSG code), and transform it to {CRS}"
        problems.append(problem(table, "", "geometry", message))
        return frame.drop(columns=frame.geometry.name).assign(**{frame.geometry.name: None})
    if crs.equals(CRS, ignore_axis_order=True):
        return frame
    code = crs.to_epsg()
    is_in = f"EPSG:{code} ({crs.name})" if code else crs.name
    message = f"the geometry is in {is_in}, not in {CRS}: transform it, for example with to_crs({CRS!r})"
    problems.append(problem(table, "", "geometry", message))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return frame.to_crs(CRS)
