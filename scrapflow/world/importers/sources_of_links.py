"""What was given as links: drawn lines, or a table of sections between codes, with the nodes a file has of its own."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from scrapflow.files import path_of
from scrapflow.world.importers.drawn_files import (
    in_degrees,
    is_osm,
    is_tagged,
    rails_of_osm,
    read_any,
    read_drawn,
    unpacked,
    with_geometry,
)
from scrapflow.world.importers.ends import straight_lines
from scrapflow.world.importers.gtfs import is_gtfs, read_gtfs
from scrapflow.world.importers.lengths import unit_of_length
from scrapflow.world.importers.listed_places import located, named
from scrapflow.world.importers.named_columns import renamed
from scrapflow.world.importers.stops_of_osm import read_stops, stops_of, unnamed_stops
from scrapflow.world.importers.table_files import decoded, read_table, refuse, said_of
from scrapflow.world.other_names import plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd

    from scrapflow.world.importers.named_columns import Named

_TNTP = "<END OF METADATA>"
_OF_GMNS = ("geometry_id", "parent_link_id", "dir_flag")
"""Columns of GMNS that only serve to find courses, which are turned by themselves."""
_HEAD_BYTES = 4096
_ORIGIN = re.compile(r"origin\s*:?\s*(\w+)", re.IGNORECASE)
_TRIP = re.compile(r"(\w+)\s*:\s*((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(?:;|$)")
_ROUNDED = 0.001
"""Totals that files state of themselves are rounded by so much."""
_TNTP_COLUMNS = (
    "init_node",
    "term_node",
    "capacity",
    "length",
    "free_flow_time",
    "b",
    "power",
    "speed",
    "toll",
    "link_type",
)
_DRAWN = (
    ".shp", ".gpkg", ".geojson", ".geojsonl", ".geojsons", ".json", ".topojson", ".gml", ".kml", ".kmz", ".gpx", ".tab", ".fgb", ".osm", ".pbf", ".parquet",
)  # fmt: skip


class Given(NamedTuple):
    """What was read.

    Attributes
    ----------
    lines
        Drawn courses to be noded; None if there is a table.
    table
        Sections between codes; None if there are lines.
    nodes
        Nodes that the file has of its own.
    demand
        Tonnes that the file has of its own.
    kind
        What it is, for messages.
    said
        What was done to read it: kind and note.
    length_unit
        The unit of lengths that the file states; "" if it states none.
    places
        Places that the file has beside its lines; None if none.
    """

    lines: gpd.GeoDataFrame | None = None
    table: pd.DataFrame | None = None
    nodes: pd.DataFrame | None = None
    demand: pd.DataFrame | None = None
    kind: str = "lines"
    said: tuple[tuple[str, str], ...] = ()
    length_unit: str = ""
    places: Any = None


def read_links(given: object, columns: Named, crs: object, *, layer: str = "") -> Given:
    """Read what was given as links.

    Parameters
    ----------
    given
        A GeoDataFrame of lines, a DataFrame of sections, or the path of a file or folder.
    columns
        What the columns of the input are called here.
    crs
        Coordinate reference system of coordinates that name none.
    layer
        Which layer of a file of several.

    Raises
    ------
    InputError
        If it is nothing of the kind, with the cause.
    """
    import geopandas as gpd

    path = path_of(given, "the links") if isinstance(given, (str, os.PathLike)) else None
    if path is not None:
        if not path.exists():
            refuse(f"there is no file or folder {given}")
        if path.is_dir() and path.suffix.lower() != ".gdb":
            return _folder(path, columns, crs, layer)
        if path.suffix.lower() in (".gz", ".bz2"):
            with unpacked(path) as inner:
                return read_links(inner, columns, crs, layer=layer)
        if _is_tntp(path):
            return _tntp(path, columns, crs)
    elif not isinstance(given, pd.DataFrame):
        refuse(f"a path, a GeoDataFrame of lines or a DataFrame of sections is wanted, not a {type(given).__name__}")
    frame = (
        read_drawn(path, "lines", layer=layer)
        if path is not None and path.is_dir()
        else read_any(given, "links", layer=layer)
    )
    said = tuple(said_of(frame))
    if isinstance(frame, gpd.GeoDataFrame):
        return _drawn(frame, path, columns, crs, said)
    table = renamed(frame, columns).drop(columns=list(_OF_GMNS), errors="ignore")
    known = named(table, "links")
    if not {"from_node_id", "to_node_id"} & set(known):
        table = straight_lines(known)
        if isinstance(table, gpd.GeoDataFrame):
            said += (("straight", "sections between coordinates are straight lines"),)
            return Given(lines=in_degrees(table, crs), said=said)
    return Given(table=table, kind="table", said=said)


def _drawn(
    frame: gpd.GeoDataFrame,
    path: Path | None,
    columns: Named,
    crs: object,
    said: tuple[tuple[str, str], ...],
) -> Given:
    """Take drawn features: lines, those of OpenStreetMap with their stations, or a table whose links have a course."""
    stops, unnamed = read_stops(path) if path is not None and is_osm(path) else (None, 0)
    if is_tagged(frame):
        frame, told = in_degrees(frame, crs), list(said)
        stops, unnamed = stops_of([frame])
        frame, said = rails_of_osm(frame, told), tuple(told)
    if unnamed:
        said += (unnamed_stops(unnamed),)
    frame = renamed(frame, columns)
    known = named(pd.DataFrame(frame.drop(columns=frame.geometry.name)), "links")
    if (
        path is not None
        and path.suffix.lower() in (".csv", ".tsv", ".txt", ".xlsx")
        and {"from_node_id", "to_node_id"} <= set(known)
    ):
        return Given(table=known.assign(geometry=_courses(frame.geometry, crs)), kind="table", said=said)
    return Given(lines=in_degrees(frame, crs), said=said, places=stops)


def _folder(path: Path, columns: Named, crs: object, layer: str) -> Given:
    files = {f.name.lower(): f for f in sorted(path.iterdir()) if f.is_file() and not f.name.startswith(".")}
    link = files.get("link.csv") or files.get("links.csv")
    node = files.get("node.csv") or files.get("nodes.csv")
    if link and node:
        return _gmns(files, link, node, columns, crs)
    if is_gtfs(files):
        said: list[tuple[str, str]] = []
        sections, stops = read_gtfs(path, files, said)
        return Given(table=sections, nodes=located(stops, crs), kind="a timetable", said=tuple(said))
    tntp = [f for name, f in files.items() if name.endswith("_net.tntp")]
    if len(tntp) == 1:
        return _tntp(tntp[0], columns, crs)
    drawn = [f for name, f in files.items() if name.endswith(_DRAWN)]
    if len(drawn) == 1:
        return read_links(drawn[0], columns, crs, layer=layer)
    there = ", ".join(f.name for f in (tntp or drawn or list(files.values()))[:8])
    if tntp or drawn:
        refuse(f"{path} holds several networks ({there}): name one of these files instead of the folder")
    if link or node:
        have, lacks = (link, "node.csv") if link else (node, "link.csv")
        refuse(f"{path} holds {have.name if have else ''} and no {lacks}: a GMNS folder needs both")
    return refuse(
        f"{path} is neither a GMNS folder (node.csv, link.csv), a TNTP one (…_net.tntp) nor a timetable (stops.txt …), and holds "
        f"no file of lines; there are {there or 'no files'}"
    )


def _gmns(files: Mapping[str, Path], link: Path, node: Path, columns: Named, crs: object) -> Given:
    """Read a network of the General Modeling Network Specification; its file ``config.csv`` states units and system."""
    table, nodes = read_table(link), read_table(node, "nodes")
    said = [*said_of(table), *said_of(nodes)]
    config = read_table(files["config.csv"]).iloc[0].to_dict() if "config.csv" in files else {}
    stated = {plain(str(k)): str(v).strip() for k, v in config.items()}
    if crs is None and stated.get("crs"):
        crs = stated["crs"]
        said.append(("crs", f"config.csv names the reference system {crs}"))
    nodes = named(renamed(nodes, columns), "nodes")
    wkt = next((c for c in ("wkt_coord", "geometry") if c in nodes), "")
    if wkt and not {"x_coord", "y_coord"} <= set(nodes):
        points = with_geometry(nodes, "places").geometry
        nodes = nodes.assign(x_coord=points.x, y_coord=points.y)
    nodes = located(nodes, crs)
    table = renamed(table, columns)
    if "geometry.csv" in files and "geometry_id" in table:
        shapes = read_table(files["geometry.csv"]).drop_duplicates("geometry_id").set_index("geometry_id")["geometry"]
        shared = table["geometry_id"].map(shapes).fillna("")
        own = table["geometry"].fillna("") if "geometry" in table else pd.Series("", table.index)
        table["geometry"] = own.where(own.str.strip() != "", shared)
    drawn = with_geometry(table, "links")
    courses = _courses(drawn.geometry, crs) if drawn is not table else [""] * len(table)
    known = {link.name, node.name, "config.csv", "geometry.csv"}
    others = [
        f.name for name, f in files.items() if name.endswith(".csv") and name not in known and f.name not in known
    ]
    if others:
        said.append(
            (
                "not_read",
                f"{', '.join(others)}: of a GMNS folder nodes, links, courses and units are read; tonnes: --supply, --demand",
            )
        )
    table = table.drop(columns="geometry", errors="ignore").assign(geometry=courses)
    table = table.drop(columns=list(_OF_GMNS), errors="ignore")
    keep = [c for c in ("node_id", "name", "kind", "x_coord", "y_coord", "node_type") if c in nodes]
    unit = unit_of_length(stated.get("long_length", ""))
    return Given(table=table, nodes=nodes[keep], kind="GMNS", said=tuple(said), length_unit=unit)


def _courses(shapes: gpd.GeoSeries, crs: object) -> list[str]:
    """Return the courses of links as WKT in degrees, "" where there is none."""
    import geopandas as gpd

    there = ~(shapes.isna() | shapes.is_empty)
    out = np.full(len(shapes), "", dtype=object)
    if there.any():
        frame = in_degrees(gpd.GeoDataFrame(geometry=shapes[there].to_numpy(), crs=shapes.crs), crs)
        out[there.to_numpy()] = frame.geometry.to_wkt().to_numpy()
    return list(out)


def _is_tntp(path: Path) -> bool:
    """Tell whether a file is one of TransportationNetworks, by its ending or, of a text, by its first lines."""
    if path.suffix.lower() == ".tntp":
        return True
    if path.suffix.lower() not in (".txt", ".dat", ".net"):
        return False
    with path.open("rb") as file:
        return _TNTP.encode() in file.read(_HEAD_BYTES)


def _tntp(path: Path, columns: Named, crs: object) -> Given:
    """Read a network of TransportationNetworks: each row is one-way; nodes and trips stand in files beside it."""
    if re.search(r"^\s*Origin\s+\d", decoded(path.name, path.read_bytes(), "links"), re.MULTILINE):
        refuse(f"{path.name} holds trips: give the network, …_net.tntp; its trips are read from beside it")
    beside = path.with_name(re.sub("_net", "_node", path.name, flags=re.IGNORECASE))
    nodes = None
    if beside.is_file() and beside != path:
        nodes = named(_tntp_rows(beside).rename(columns={"node": "node_id"}), "nodes")
        nodes = located(renamed(nodes, columns), crs)
    # Links last: the names remember the headers of the table that was read last.
    table = named(renamed(_tntp_rows(path, _TNTP_COLUMNS), columns), "links")
    if "from_node_id" not in table:
        refuse(f"{path.name} has no column init_node: is it the file …_net.tntp?")
    said = _counted(path, len(table))
    table = table.assign(directed="true")
    table["link_id"] = [f"{a}-{b}" for a, b in zip(table["from_node_id"], table["to_node_id"], strict=True)]
    table["link_id"] += table.groupby("link_id").cumcount().map(lambda n: f" ({n + 1})" if n else "")
    trips = path.with_name(re.sub("_net", "_trips", path.name, flags=re.IGNORECASE))
    demand = _trips(trips, said) if trips.is_file() and trips != path else None
    return Given(table=table, nodes=nodes, demand=demand, kind="TNTP", said=tuple(said))


def _counted(path: Path, rows: int) -> list[tuple[str, str]]:
    """Say what the file says of itself, and refuse one that was cut."""
    text = decoded(path.name, path.read_bytes(), "links")
    told = {
        name: int(number) for name, number in re.findall(r"<(NUMBER OF LINKS|FIRST THRU NODE)>\s*(\d+)", text.upper())
    }
    if told.get("NUMBER OF LINKS", rows) != rows:
        refuse(f"{path.name} says that it has {told['NUMBER OF LINKS']} links, and has {rows}: was it cut?")
    first = told.get("FIRST THRU NODE", 1)
    if first <= 1:
        return []
    note = f"the file lets nobody pass through nodes below {first} (FIRST THRU NODE): here paths may pass through them"
    return [("passed_through", note)]


def _tntp_rows(path: Path, usual: tuple[str, ...] = ()) -> pd.DataFrame:
    """Read the rows of a TNTP file; a header of other words over the usual number of cells means the usual columns."""
    text = decoded(path.name, path.read_bytes(), "links")
    body = text.partition(_TNTP)[2] if _TNTP in text else text
    lines = [line.strip().rstrip(";").strip() for line in body.splitlines()]
    lines = [line for line in lines if line and not line.startswith("<")]
    if not lines:
        refuse(f"{path.name} holds no rows")
    first = lines[0].lstrip("~").strip()
    header = [plain(c) for c in re.split(r"\t+" if "\t" in first else r"[ ,;]+", first) if plain(c)]
    # What begins with a tilde below the header is a comment.
    rows = [re.split(r"[\t ,;]+", line) for line in lines[1:] if not line.startswith("~")]
    if rows and len(rows[0]) != len(header) and len(rows[0]) == len(usual):
        header = list(usual)
    wrong = [r for r in rows if len(r) != len(header)]
    if wrong:
        refuse(
            f"{path.name}: {len(wrong)} rows have not the {len(header)} cells of the header {', '.join(header)}: such as {' '.join(wrong[0])[:60]}"
        )
    return pd.DataFrame(rows, columns=header, dtype="str")


def _trips(path: Path, said: list[tuple[str, str]]) -> pd.DataFrame:
    """Read the origin–destination table of a TNTP network as demand; what it holds besides is said, or refused."""
    head, _, body = decoded(path.name, path.read_bytes(), "demand").partition(_TNTP)
    rows, origin = [], ""
    for number, line in enumerate(body.splitlines(), head.count("\n") + 1):
        text = line.partition("~")[0].strip()
        if match := _ORIGIN.match(text):
            origin, text = match[1], text[match.end() :]
        rows += [(to, origin, float(t)) for to, t in _TRIP.findall(text)]
        if rest := _TRIP.sub("", text).strip(" ;\t"):
            refuse(f"{path.name} line {number}: {rest[:40]!r} is no trips such as '2 : 100.0;'", "demand")
    table = pd.DataFrame(rows, columns=["node_id", "origin", "tonnage_t"])
    total, told = table["tonnage_t"].sum(), re.search(r"<TOTAL OD FLOW>\s*([\d.eE+]+)", head, re.IGNORECASE)
    if told and abs(float(told[1]) - total) > _ROUNDED * total:
        said.append(
            (
                "total",
                f"{path.name} says that it holds {float(told[1]):,.0f} in all, and holds {total:,.0f}: was it cut?",
            )
        )
    inner = table["node_id"] == table["origin"]
    if (within := table.loc[inner, "tonnage_t"].sum()) > 0:
        said.append(("left_out", f"{path.name}: {within:,.0f} from a zone to itself"))
    return table[~inner & (table["tonnage_t"] > 0)].reset_index(drop=True)
