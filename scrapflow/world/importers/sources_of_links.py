"""What was given as links: drawn lines, or a table of sections between codes, with the nodes a file has of its own."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, problem
from scrapflow.units import CRS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

_TABLES = (".csv", ".tsv", ".txt", ".parquet", ".xlsx")
_TNTP = "<END OF METADATA>"


class Given(NamedTuple):
    """What was read: ``lines`` if courses are to be noded, else ``table`` of sections; ``nodes`` where a file has them."""

    lines: gpd.GeoDataFrame | None
    table: pd.DataFrame | None
    nodes: pd.DataFrame | None
    demand: pd.DataFrame | None
    kind: str


def refuse(message: str, table: str = "links") -> NoReturn:
    """Raise the error for input that cannot become a world."""
    raise InputError([problem(table, "", "", message)], what="making a world")


def read_links(given: object, columns: Mapping[str, str], crs: object) -> Given:
    """Read what was given as links.

    Parameters
    ----------
    given
        A GeoDataFrame of lines, a DataFrame of sections, or the path of a file or folder.
    columns
        What the columns of the input are called here.
    crs
        Coordinate reference system of coordinates that name none.

    Raises
    ------
    InputError
        If it is nothing of the kind, with the cause.
    """
    import geopandas as gpd

    if isinstance(given, gpd.GeoDataFrame):
        return Given(in_degrees(renamed(given, columns), crs), None, None, None, "lines")
    if isinstance(given, pd.DataFrame):
        return Given(None, renamed(given, columns), None, None, "table")
    if not isinstance(given, (str, Path)):
        refuse(f"a path, a GeoDataFrame of lines or a DataFrame of sections is wanted, not a {type(given).__name__}")
    path = Path(given)
    if not path.exists():
        refuse(f"there is no file or folder {given}")
    if path.is_dir():
        return _folder(path, columns, crs)
    if path.suffix.lower() == ".tntp":
        return _tntp(path, columns, crs)
    if path.suffix.lower() in _TABLES:
        return Given(None, renamed(read_table(path), columns), None, None, "table")
    return Given(in_degrees(renamed(_drawn(path), columns), crs), None, None, None, "lines")


def _drawn(path: Path) -> gpd.GeoDataFrame:
    """Read the lines of a file that GDAL knows; of several layers the one with the most lines."""
    import pyogrio

    try:
        layers = pyogrio.list_layers(path)
        kinds = {str(name): str(kind) for name, kind in layers}
        lines = [n for n, k in kinds.items() if "Line" in k or k in ("Unknown", "Geometry Collection", "None")]
        if not lines:
            refuse(f"{path.name} holds {', '.join(f'{n} ({k})' for n, k in kinds.items()) or 'nothing'}, and no lines")
        chosen = "lines" if "lines" in lines else max(lines, key=lambda n: pyogrio.read_info(path, layer=n)["features"])
        frame: gpd.GeoDataFrame = pyogrio.read_dataframe(path, layer=chosen)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as e:
        refuse(f"{path.name} cannot be read: {e}")
    if "geometry" not in frame:
        refuse(f"{path.name} has no geometry, and is no table of sections either")
    if "other_tags" in frame:
        frame = _osm_tags(frame)
    return frame


def _osm_tags(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Take tags out of the column in which GDAL's OSM driver packs them; of tagged rails only the railways stay."""
    tags = [dict(re.findall(r'"([^"]+)"=>"([^"]*)"', str(text or ""))) for text in frame["other_tags"]]
    for tag in ("railway", "gauge", "electrified", "operator", "usage", "service", "oneway"):
        if tag not in frame:
            frame[tag] = [t.get(tag, "") for t in tags]
    rails = frame["railway"].isin(["rail", "narrow_gauge", "light_rail", "subway", "tram", "preserved"])
    return frame[rails].reset_index(drop=True) if rails.any() else frame


def read_table(path: Path) -> pd.DataFrame:
    """Read a table of text cells: CSV with any separator, Parquet, or the first sheet of a workbook."""
    if path.suffix.lower() == ".parquet":
        return pd.read_parquet(path)
    if path.suffix.lower() == ".xlsx":
        return pd.read_excel(path, dtype=str).fillna("")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        refuse(f"{path.name} is not UTF-8 text: save it as CSV UTF-8")
    head = text.partition("\n")[0]
    separator = max(",;\t|", key=head.count)
    frame = pd.read_csv(io.StringIO(text), sep=separator, dtype=str, keep_default_na=False, skipinitialspace=True)
    if separator == ";":
        decimal = re.compile(r"^[+-]?\d+,\d+$")
        frame = frame.map(lambda v: v.replace(",", ".") if isinstance(v, str) and decimal.match(v) else v)
    return frame


def renamed(frame: Any, columns: Mapping[str, str]) -> Any:
    """Return a frame with its columns under our names; a mapping may be written either way round."""
    mapping = {}
    for a, b in columns.items():
        if a in frame.columns:
            mapping[a] = b
        elif b in frame.columns:
            mapping[b] = a
    geometry = getattr(frame, "_geometry_column_name", None)
    if geometry in mapping:
        frame = frame.rename_geometry(mapping.pop(geometry))
    return frame.drop(columns=[c for c in mapping.values() if c in frame.columns and c not in mapping]).rename(
        columns=mapping
    )


def in_degrees(frame: gpd.GeoDataFrame, crs: object) -> gpd.GeoDataFrame:
    """Return a frame in EPSG:4326.

    Raises
    ------
    InputError
        If it names no reference system, none is given and its coordinates cannot be degrees.
    """
    if frame.crs is None:
        frame = frame.set_crs(crs if crs is not None else _degrees_or_refuse(frame.total_bounds))
    return frame if frame.crs.equals(CRS, ignore_axis_order=True) else frame.to_crs(CRS)


def _degrees_or_refuse(bounds: np.ndarray[Any, np.dtype[np.float64]]) -> str:
    x0, y0, x1, y1 = bounds
    if np.isfinite(bounds).all() and max(abs(x0), abs(x1)) <= 180 and max(abs(y0), abs(y1)) <= 90:
        return CRS
    message = (
        f"coordinates reach from ({x0:g}, {y0:g}) to ({x1:g}, {y1:g}): these are no degrees, and no reference system is "
        "named; say which with crs='EPSG:…' (--crs on the command line)"
    )
    refuse(message)


def placed_in_degrees(nodes: pd.DataFrame, crs: object) -> pd.DataFrame:
    """Return nodes with ``x_coord, y_coord`` in degrees."""
    import geopandas as gpd

    if "x_coord" not in nodes or "y_coord" not in nodes:
        return nodes
    x, y = (pd.to_numeric(nodes[c], errors="coerce") for c in ("x_coord", "y_coord"))
    points = in_degrees(gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y)), crs)
    return nodes.assign(x_coord=points.geometry.x.to_numpy(), y_coord=points.geometry.y.to_numpy())


def _folder(path: Path, columns: Mapping[str, str], crs: object) -> Given:
    files = {f.name.lower(): f for f in path.iterdir() if f.is_file() and not f.name.startswith(".")}
    link = files.get("link.csv") or files.get("links.csv")
    node = files.get("node.csv") or files.get("nodes.csv")
    if link and node:
        return _gmns(read_table(link), read_table(node), columns, crs)
    tntp = [f for name, f in files.items() if name.endswith("_net.tntp")]
    if tntp:
        return _tntp(tntp[0], columns, crs)
    drawn = [f for name, f in files.items() if name.endswith((".shp", ".gpkg", ".geojson"))]
    if len(drawn) == 1:
        return read_links(drawn[0], columns, crs)
    refuse(
        f"{path} is neither a GMNS folder (node.csv, link.csv) nor a TNTP one (…_net.tntp), and holds no single file of lines"
    )


def _gmns(link: pd.DataFrame, node: pd.DataFrame, columns: Mapping[str, str], crs: object) -> Given:
    nodes = placed_in_degrees(renamed(node, columns), crs)
    table = renamed(link, columns)
    keep = [
        c
        for c in (
            "link_id",
            "name",
            "from_node_id",
            "to_node_id",
            "directed",
            "length_km",
            "capacity_t",
            "facility_type",
            "gauge_mm",
            "operator",
        )
        if c in table
    ]
    table = table[keep].assign(geometry=_courses(link, crs))
    return Given(
        None,
        table,
        nodes[[c for c in ("node_id", "name", "kind", "x_coord", "y_coord", "node_type") if c in nodes]],
        None,
        "GMNS",
    )


def _courses(link: pd.DataFrame, crs: object) -> list[str]:
    """Return the courses of GMNS links as WKT in degrees, "" where there is none."""
    import geopandas as gpd
    import shapely

    if "geometry" not in link:
        return [""] * len(link)
    shapes = gpd.GeoSeries(
        shapely.from_wkt(link["geometry"].replace("", None).to_numpy(dtype=object), on_invalid="ignore")
    )
    there = ~(shapes.isna() | shapes.is_empty)
    out = np.full(len(link), "", dtype=object)
    if there.any():
        frame = in_degrees(gpd.GeoDataFrame(geometry=shapes[there]), crs)
        out[there.to_numpy()] = frame.geometry.to_wkt().to_numpy()
    return list(out)


def _tntp(path: Path, columns: Mapping[str, str], crs: object) -> Given:
    table = _tntp_rows(path)
    table = table.rename(columns={"init_node": "from_node_id", "term_node": "to_node_id"})
    if "from_node_id" not in table:
        refuse(f"{path.name} has no column init_node: is it the file …_net.tntp?")
    table = renamed(table, columns).assign(directed="true")
    table["link_id"] = [f"{a}-{b}" for a, b in zip(table["from_node_id"], table["to_node_id"], strict=True)]
    table["link_id"] += table.groupby("link_id").cumcount().map(lambda n: f" ({n + 1})" if n else "")
    beside = path.with_name(path.name.replace("_net", "_node"))
    nodes = None
    if beside.is_file() and beside != path:
        nodes = _tntp_rows(beside).rename(columns={"node": "node_id", "x": "x_coord", "y": "y_coord"})
        nodes = placed_in_degrees(renamed(nodes, columns), crs)
    trips = path.with_name(path.name.replace("_net", "_trips"))
    return Given(None, table, nodes, _trips(trips) if trips.is_file() and trips != path else None, "TNTP")


def _tntp_rows(path: Path) -> pd.DataFrame:
    text = path.read_text("utf-8-sig", errors="replace")
    body = text.partition(_TNTP)[2] if _TNTP in text else text
    lines = [line.strip().rstrip(";").strip().lstrip("~").strip() for line in body.splitlines()]
    cells = [re.split(r"[\t ,;]+", line) for line in lines if line]
    if not cells:
        refuse(f"{path.name} holds no rows")
    header = [c.lower() for c in cells[0]]
    rows = [c for c in cells[1:] if len(c) == len(header)]
    if len(rows) < len(cells) - 1:
        refuse(
            f"{path.name}: {len(cells) - 1 - len(rows)} rows have not the {len(header)} cells of the header {', '.join(header)}"
        )
    return pd.DataFrame(rows, columns=header)


def _trips(path: Path) -> pd.DataFrame:
    """Read the origin–destination table of a TNTP network as demand."""
    rows, origin = [], ""
    for line in path.read_text("utf-8-sig", errors="replace").partition(_TNTP)[2].splitlines():
        if line.strip().lower().startswith("origin"):
            origin = line.split()[-1]
        rows += [
            (to, origin, float(t))
            for to, t in re.findall(r"(\d+)\s*:\s*([\d.eE+-]+)", line)
            if float(t) > 0 and to != origin
        ]
    return pd.DataFrame(rows, columns=["node_id", "origin", "tonnage_t"])
