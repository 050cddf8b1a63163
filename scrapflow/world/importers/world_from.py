"""One call from what one has to a checked world: lines or sections, places, known tonnes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.errors import InputError
from scrapflow.world.check import errors_of
from scrapflow.world.csv_text import Raw
from scrapflow.world.date_line import cut_of, east_of, wrapped
from scrapflow.world.folding import fold
from scrapflow.world.found import Found
from scrapflow.world.importers.attach import Draft, attach, known_tonnes, name_islands
from scrapflow.world.importers.gauges import split_gauges
from scrapflow.world.importers.noding import node_lines
from scrapflow.world.importers.sources_of_links import placed_in_degrees, read_links, read_table, refuse, renamed
from scrapflow.world.make import assemble
from scrapflow.world.other_names import meant
from scrapflow.world.schema import schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapflow.world.importers.sources_of_links import Given
    from scrapflow.world.world import World

_M_PER_KM = 1000.0
_ON_THE_LINE = ("station", "junction")


def world_from(
    links: object,
    *,
    places: object = None,
    supply: object = None,
    demand: object = None,
    columns: Mapping[str, str] | None = None,
    source: str = "",
    name: str = "world",
    crs: object = None,
    mode: str = "rail",
    tolerance_m: float = 10.0,
    reach_km: float = 1.0,
    attach_km: float = 60.0,
    crossings: bool = False,
    strict: bool = True,
) -> World:
    """Make a world of a network, places and known tonnes, as people have them.

    Parameters
    ----------
    links
        Lines (a GeoDataFrame, or a GeoJSON, GeoPackage, Shapefile, ``.osm`` or ``.osm.pbf`` file), a GMNS or TNTP folder
        or file, or a table of sections between codes (a DataFrame, or a CSV, Parquet or Excel file).
    places
        Stations, mills, yards and other places: a table or points with an identifier or a name, ``x_coord`` and
        ``y_coord`` (or lon and lat) in degrees or in ``crs``, and ``kind`` (station if not given).
    supply, demand
        Tonnes: ``node_id`` (an identifier or name of a place), ``tonnage_t`` and, where known, ``period``, ``material``
        and for demand ``origin``.
    columns
        What columns of the inputs are called here: ``{"Extensão": "length_km", "A": "from_node_id"}``.
    source
        Who published it: the origin of all that is read here. Without, everything counts as assumed.
    name
        Name of the world.
    crs
        Reference system of coordinates that name none, for example ``"EPSG:26986"``.
    mode
        Kind of the links.
    tolerance_m
        An end of a line that touches nothing is moved to another line within so many metres.
    reach_km
        A station is put on a line within so many kilometres.
    attach_km
        A mill or yard is joined to a station, or else a junction, of the main network within so many kilometres.
    crossings
        Whether lines meet where they merely cross: without, one passes over the other.
    strict
        Refuse a world with errors, as :func:`scrapflow.read_world` does.

    Returns
    -------
    World
        Its ``report`` says what was done: ``kind, ids, metres, note``.

    Raises
    ------
    InputError
        If the input cannot be understood; the message names the cause.

    Examples
    --------
    >>> import geopandas as gpd, scrapflow as sf
    >>> lines = gpd.GeoDataFrame(
    ...     geometry=gpd.GeoSeries.from_wkt(["LINESTRING (0 0, 2 0)", "LINESTRING (1 0, 1 1)"]), crs=4326
    ... )
    >>> world = sf.world_from(lines.set_geometry(lines.geometry.segmentize(1)))
    >>> len(world.links), world.nodes.kind.value_counts()["junction"]
    (3, np.int64(4))
    """
    columns = dict(columns or {})
    given = read_links(links, columns, crs)
    draft = Draft(source, mode)
    sites = places_of(places, columns, crs)
    if given.lines is not None:
        _from_lines(draft, given.lines, sites, tolerance_m, reach_km, crossings=crossings)
    else:
        _from_table(draft, given, sites)
    name_islands(draft)
    attach(draft, attach_km)
    wanted = demand if demand is not None else given.demand
    known_tonnes(draft, _table(supply, columns, "supply"), _table(wanted, columns, "demand"))
    split_gauges(draft)
    world = assembled(draft, name)
    errors = errors_of(world)
    if strict and len(errors):
        raise InputError(errors, what=f"the world made of {given.kind}")
    return world


def _named(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Return a table with its columns under the names of the schema."""
    missing = [c for c in schema()[table].columns if c not in frame]
    names: dict[str, str] = {}
    for column in map(str, frame.columns):
        ours = "" if column in schema()[table].columns else meant(table, column, missing)
        if ours and ours not in names.values():
            names[column] = ours
    return frame.rename(columns=names)


def _table(given: object, columns: Mapping[str, str], table: str) -> pd.DataFrame | None:
    if given is None:
        return None
    frame = read_table(Path(given)) if isinstance(given, (str, Path)) else given
    if not isinstance(frame, pd.DataFrame):
        refuse(f"a table or a path is wanted, not a {type(given).__name__}", table)
    frame = _named(renamed(frame, columns), table)
    lacks = [c for c in ("node_id", "tonnage_t") if c not in frame]
    if lacks:
        refuse(f"the column {' and '.join(lacks)} is missing; there are {', '.join(map(str, frame.columns))}", table)
    return frame.reset_index(drop=True)


def places_of(given: object, columns: Mapping[str, str], crs: object, *, kind: str = "station") -> pd.DataFrame:
    """Return the places with ``node_id, name, kind, x_coord, y_coord`` and whatever else is said of them.

    Parameters
    ----------
    given
        A table, points, or the path of either; None: no place.
    columns, crs
        As for :func:`world_from`.
    kind
        Kind of a place of which none is said.
    """
    import geopandas as gpd

    if given is None:
        return pd.DataFrame({c: [] for c in ("node_id", "name", "kind", "x_coord", "y_coord")})
    if isinstance(given, (str, Path)):
        path = Path(given)
        if not path.is_file():
            refuse(f"there is no file {given}", "places")
        is_table = path.suffix.lower() in (".csv", ".tsv", ".txt", ".xlsx", ".parquet")
        given = read_table(path) if is_table else gpd.read_file(path)
    if not isinstance(given, pd.DataFrame):
        refuse(f"a table, points or a path is wanted, not a {type(given).__name__}", "places")
    if isinstance(given, gpd.GeoDataFrame):
        from scrapflow.world.importers.sources_of_links import in_degrees

        points = in_degrees(given, crs).geometry.representative_point()
        frame = pd.DataFrame(given.drop(columns=given.geometry.name)).assign(x_coord=points.x, y_coord=points.y)
        frame = _named(renamed(frame, columns), "nodes")
    else:
        frame = placed_in_degrees(_named(renamed(given, columns), "nodes"), crs)
    if "node_id" not in frame and "name" not in frame:
        refuse(f"places need an identifier or a name; there are {', '.join(map(str, frame.columns))}", "places")
    frame = frame.reset_index(drop=True)
    label = frame["name"] if "name" in frame else frame["node_id"]
    frame["name"] = label.astype("str").fillna("")
    if "node_id" not in frame:
        slugs = pd.Series([re.sub(r"\W+", "_", fold(n)) or "place" for n in frame["name"]], dtype="str")
        count = slugs.groupby(slugs).cumcount()
        frame["node_id"] = [s if n == 0 else f"{s}_{n + 1}" for s, n in zip(slugs, count, strict=True)]
    frame["node_id"] = frame["node_id"].astype("str")
    kinds = schema()["nodes"].columns["kind"].allowed
    said = frame["kind"].astype("str").str.strip().str.lower() if "kind" in frame else pd.Series(kind, frame.index)
    frame["kind"] = said.where(said.isin(kinds), kind)
    for axis in ("x_coord", "y_coord"):
        frame[axis] = pd.to_numeric(frame[axis], errors="coerce") if axis in frame else np.nan
    return frame


def _from_lines(
    draft: Draft, lines: Any, sites: pd.DataFrame, tolerance_m: float, reach_km: float, *, crossings: bool
) -> None:
    """Node lines, put stations on them, and take both into the draft."""
    import shapely

    lines = _named(lines.reset_index(drop=True), "links")
    label = [str(v) for v in (lines["link_id"] if "link_id" in lines else np.arange(1, len(lines) + 1))]
    shapes = shapely.force_2d(lines.geometry.to_numpy())
    shapes = np.array(
        [shapely.line_merge(s) if s is not None and s.geom_type == "MultiLineString" else s for s in shapes],
        dtype=object,
    )
    parts, row = shapely.get_parts(shapes, return_index=True)
    usable = (shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING) & (shapely.length(parts) > 0)
    good = (
        np.isfinite(shapely.get_coordinates(shapely.envelope(parts), return_index=False)).all() if len(parts) else True
    )
    if not good:
        refuse("a line has coordinates that are no numbers")
    lost = sorted(set(range(len(shapes))) - set(row[usable].tolist()))
    if lost:
        draft.say("left_out", [label[i] for i in lost], note="no line, or one without length")
    parts, row = parts[usable], row[usable]
    if not len(parts):
        refuse("there is no line in the input")
    stations = sites[sites["kind"].isin(_ON_THE_LINE)]
    spots = stations[["x_coord", "y_coord"]].to_numpy(dtype=np.float64)
    cut = cut_of(np.r_[shapely.get_coordinates(parts)[:, 0], spots[:, 0]])
    if cut is not None:
        # On both sides of the date line: noded in one piece, and put back afterwards.
        parts = shapely.transform(parts, lambda xy: np.column_stack([east_of(xy[:, 0], cut), xy[:, 1]]))
        spots = np.column_stack([east_of(spots[:, 0], cut), spots[:, 1]])
    noded = node_lines(
        parts,
        spots,
        tolerance_m=tolerance_m,
        reach_m=reach_km * _M_PER_KM,
        crossings=crossings,
    )
    if cut is not None:
        course = shapely.transform(noded.course, lambda xy: np.column_stack([wrapped(xy[:, 0]), xy[:, 1]]))
        noded = noded._replace(xy=np.column_stack([wrapped(noded.xy[:, 0]), noded.xy[:, 1]]), course=course)
    for line, _, _, metres in noded.snapped.tolist():
        draft.say(
            "snapped_end", [label[row[int(line)]]], metres, "an end that touched nothing was moved to another line"
        )
    ids = np.array([f"n{i + 1}" for i in range(len(noded.xy))], dtype=object)
    nodes = pd.DataFrame(
        {"node_id": ids, "name": "", "kind": "junction", "x_coord": noded.xy[:, 0], "y_coord": noded.xy[:, 1]}
    )
    for (_, site), node, metres in zip(stations.iterrows(), noded.place.tolist(), noded.moved_m.tolist(), strict=True):
        if node < 0 or nodes.loc[node, "kind"] == "station":
            why = "no line within reach" if node < 0 else f"stands at the same point of the line as {ids[node]}"
            draft.say("not_on_a_line", [site["node_id"]], note=why)
            draft.add_places(pd.DataFrame([site]))
            continue
        if metres > tolerance_m:
            draft.say("moved_to_line", [site["node_id"]], metres, "a station was put on the nearest line")
        ids[node] = site["node_id"]
        nodes.loc[node, ["node_id", "name", "kind"]] = [site["node_id"], site["name"], "station"]
        nodes.loc[node, "coordinate_accuracy_km"] = max(metres / _M_PER_KM, tolerance_m / _M_PER_KM)
    loop = noded.start == noded.end
    if loop.any():
        draft.say("left_out", [label[row[i]] for i in noded.line[loop]], note="a loop that ends where it begins")
    rows = row[noded.line]
    tags = lines.drop(columns=[lines.geometry.name, "link_id"], errors="ignore").iloc[rows].reset_index(drop=True)
    piece = pd.Series(rows).groupby(rows).cumcount().to_numpy() + 1
    whole = np.bincount(rows, minlength=len(lines))[rows] == 1
    table = tags.drop(columns=["from_node_id", "to_node_id", "length_km"], errors="ignore").assign(
        link_id=[label[r] if w else f"{label[r]}.{k}" for r, w, k in zip(rows, whole, piece, strict=True)],
        from_node_id=ids[noded.start],
        to_node_id=ids[noded.end],
        geometry=noded.course,
    )
    if "length_km" in tags:
        table["length_km"] = tags["length_km"].where(pd.Series(whole), "")
    draft.nodes.append(nodes)
    draft.add_places(sites[~sites["kind"].isin(_ON_THE_LINE)])
    draft.links = table[~loop].reset_index(drop=True)
    cut = np.unique(rows[~whole])
    if len(cut):
        draft.say("split", [label[r] for r in cut], note=f"{len(cut)} lines cut where others meet them or a place lies")


def _from_table(draft: Draft, given: Given, sites: pd.DataFrame) -> None:
    """Take a table of sections and its nodes into the draft; a code without a place becomes a junction."""
    table = _named(given.table if given.table is not None else pd.DataFrame(), "links")
    lacks = [c for c in ("from_node_id", "to_node_id") if c not in table]
    if lacks:
        refuse(
            f"the column {' and '.join(lacks)} is missing; there are {', '.join(map(str, table.columns))}: name it with columns={{…}} (--map on the command line)"
        )
    for end in ("from_node_id", "to_node_id"):
        table[end] = table[end].astype("str").str.strip().str.removesuffix(".0")
    if "link_id" not in table:
        base = table["from_node_id"] + "-" + table["to_node_id"]
        count = base.groupby(base).cumcount()
        table["link_id"] = base.where(count == 0, base + " (" + (count + 1).astype("str") + ")")
    nodes = given.nodes
    if nodes is not None:
        nodes = _named(nodes, "nodes").drop(columns=["node_type"], errors="ignore")
        nodes["node_id"] = nodes["node_id"].astype("str").str.strip().str.removesuffix(".0")
        name = nodes["name"].astype("str") if "name" in nodes else pd.Series("", nodes.index)
        kinds = schema()["nodes"].columns["kind"].allowed
        kind = (
            nodes["kind"].where(nodes["kind"].isin(kinds))
            if "kind" in nodes
            else pd.Series(None, nodes.index, dtype="object")
        )
        unnamed = pd.Series(np.where(name == "", "junction", "station"), nodes.index)
        nodes = nodes.assign(name=name, kind=kind.fillna(unnamed))
        draft.nodes.append(nodes[~nodes["node_id"].isin(sites["node_id"])])
    draft.add_places(sites)
    known = {i for frame in draft.nodes for i in frame["node_id"]}
    codes = [c for c in dict.fromkeys([*table["from_node_id"], *table["to_node_id"]]) if c and c not in known]
    if codes:
        draft.say("not_placed", codes, note="codes of sections that no place has: junctions without a coordinate")
        draft.nodes.append(pd.DataFrame({"node_id": codes, "name": "", "kind": "junction"}))
    draft.links = table.reset_index(drop=True)


def assembled(draft: Draft, name: str, more: Mapping[str, pd.DataFrame] | None = None) -> World:
    """Make the world of a draft, with the reader's own steps; ``more`` are tables in place of the draft's."""
    from dataclasses import replace

    tables = draft.tables() | dict(more or {})
    raws = {}
    for table, frame in tables.items():
        rows = [f"row {i}" for i in range(1, len(frame) + 1)]
        raws[table] = Raw(table, frame.astype(object).where(frame.notna(), None).reset_index(drop=True), rows)
    found = Found(name, raws=raws)
    return replace(assemble(found), title=name, report=draft.report())
