"""One call from what one has to a checked world: lines or sections, places, known tonnes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, near, problem
from scrapflow.given import checked
from scrapflow.units import counted
from scrapflow.world.check import errors_of
from scrapflow.world.csv_text import Raw
from scrapflow.world.folding import fold
from scrapflow.world.found import Found
from scrapflow.world.importers.attach import Draft, attach, known_tonnes, name_islands
from scrapflow.world.importers.drawn_files import read_any
from scrapflow.world.importers.from_lines import from_lines, numbered
from scrapflow.world.importers.lengths import LENGTHS, with_lengths
from scrapflow.world.importers.listed_places import named, places_of
from scrapflow.world.importers.named_columns import Named, renamed
from scrapflow.world.importers.number_cells import whole_names
from scrapflow.world.importers.own_tables import own_tables, refer, take_settings
from scrapflow.world.importers.periods import labels_of, with_period
from scrapflow.world.importers.sources_of_links import read_links
from scrapflow.world.importers.split_gauges import split_gauges
from scrapflow.world.importers.table_files import numbers_settled, refuse, said_of
from scrapflow.world.importers.tonnes import in_tonnes
from scrapflow.world.make import assemble
from scrapflow.world.schema import schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapflow.world.importers.sources_of_links import Given
    from scrapflow.world.world import World

_ENDS = ("from_node_id", "to_node_id")
_SHOWN = 6
_ALIKE = 0.8
"""As of the reader, which takes a name so near to one of ours for a slip."""


@checked
def world_from(
    links: object,
    *,
    places: object = None,
    supply: object = None,
    demand: object = None,
    regions: object = None,
    lines: object = None,
    materials: object = None,
    sources: object = None,
    settings: object = None,
    columns: Mapping[str, str] | None = None,
    source: str = "",
    name: str = "world",
    crs: object = None,
    mode: str = "rail",
    tolerance_m: float = 10.0,
    reach_km: float = 1.0,
    attach_km: float = 60.0,
    crossings: bool = False,
    length_unit: str = "",
    layer: str = "",
    places_layer: str = "",
    strict: bool = True,
) -> World:
    """Make a world of a network, places and known tonnes, as people have them.

    Parameters
    ----------
    links
        Lines (a GeoDataFrame, a GeoJSON, GeoPackage, Shapefile, KML, GPX, TopoJSON, ``.osm`` or ``.osm.pbf`` file, or a table
        with a column of WKT or WKB), a GMNS or TNTP folder or file, a timetable (GTFS folder), or a table of sections between
        codes or names (a DataFrame, or a CSV, Parquet or Excel file).
    places
        Stations, mills, yards and other places: a table or points with an identifier or a name, ``x_coord`` and
        ``y_coord`` (or lon and lat) in degrees or in ``crs``, and ``kind`` (station if not given). Not needed with an extract of
        OpenStreetMap, whose stations are taken.
    supply, demand
        Tonnes: ``node_id`` (an identifier or name of a place), ``tonnage_t`` and, where known, ``period``, ``material``,
        ``tonnage_t_low, tonnage_t_high, tonnage_t_basis, tonnage_t_source_id`` and for demand ``origin``.
    regions
        Provinces: a table or outlines with a name or an identifier. A place says which is its own in ``region_id`` (an
        identifier or any spelling); one that says nothing is put into the outline around it.
    lines, materials, sources
        Tables as a world has them: named lines to which links refer in ``line_id``, what is moved, who published what
        (columns are in the data dictionary). Without, lines are known by their identifiers, materials by their words.
    settings
        What goes into ``world.toml``: a mapping, or the path of a ``.toml`` file, beside which its basemap lies.
    columns
        What columns of the inputs are called here: ``{"Extensão": "length_km", "A": "from_node_id"}``.
    source
        Who published network, places and tonnes, or one of ``sources``: the origin of all of them that names no other in
        ``source_id`` or the like. Without, they count as assumed.
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
    length_unit
        Unit of a column of lengths that names none: ``km``, ``m``, ``mi``, ``ft``, ``yd``, ``nmi`` or ``verst``.
    layer, places_layer
        Which layer of a file of several.
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
    columns = Named(columns or {})
    given = read_links(links, columns, crs, layer=layer)
    headers = {column: columns.header_of(column) for column in LENGTHS}
    draft = Draft(source, mode)
    for kind, note in given.said:
        draft.say(kind, [], note=note)
    tables = {"regions": regions, "lines": lines, "materials": materials, "sources": sources}
    own_tables(draft, tables, columns, crs)
    sites = places_of(given.places if places is None else places, columns, crs, layer=places_layer)
    for kind, note in said_of(sites):
        draft.say(kind, [], note=note)
    if given.lines is not None:
        drawn = with_lengths(
            named(given.lines, "links"),
            length_unit,
            "",
            lambda kind, note: draft.say(kind, [], note=note),
            measured=True,
            headers=headers,
        )
        from_lines(draft, drawn, sites, tolerance_m, reach_km, crossings=crossings)
    else:
        _from_table(draft, given, sites, length_unit, headers)
    name_islands(draft)
    wanted = demand if demand is not None else given.demand
    known_tonnes(draft, _table(supply, columns, "supply", draft), _table(wanted, columns, "demand", draft))
    columns.require_all()
    attach(draft, attach_km)
    split_gauges(draft)
    refer(draft)
    world = assembled(draft, name, settings=settings)
    errors = errors_of(world)
    if strict and len(errors):
        raise InputError(_with_cause(draft, errors), what=f"the world made of {given.kind}")
    return world


def _with_cause(draft: Draft, errors: pd.DataFrame) -> pd.DataFrame:
    """Return errors behind what may have led to them: ends of links that are in no table of places."""
    ids = [i for kind, names, _, _ in draft.said if kind == "not_placed" for i in names.split("|")]
    if not ids:
        return errors
    shown = ", ".join(ids[:_SHOWN]) + (" …" if len(ids) > _SHOWN else "")
    message = f"{len(ids)} ends of links are in no table of nodes or places: {shown}; add them with coordinates, or give lengths"
    cause = pd.DataFrame([problem("links", "", "from_node_id, to_node_id", message)])
    return pd.concat([cause, errors], ignore_index=True)


def _table(given: object, columns: Named, table: str, draft: Draft) -> pd.DataFrame | None:
    """Return known tonnes as a table of ours, with ``tonnage_t`` in tonnes."""
    if given is None:
        return None
    frame = read_any(given, table)
    settled = numbers_settled(frame)

    def say(kind: str, note: str) -> None:
        draft.say(kind, [table], note=note)

    for kind, note in said_of(frame):
        say(kind, note)
    frame = named(with_period(renamed(pd.DataFrame(frame), columns), say), table)
    frame = in_tonnes(frame, table, say, header=columns.header_of("tonnage_t"), settled=settled)
    if "period" in frame:
        words = frame["period"].astype("str").where(frame["period"].notna(), "").str.strip()
        frame["period"] = labels_of(words, say)[0]
    lacks = [c for c in ("node_id", "tonnage_t") if c not in frame]
    if lacks:
        refuse(
            f"the column {' and '.join(lacks)} is missing; there are {', '.join(map(str, frame.columns))}: name it with "
            f"columns={{…}} (--map COLUMN={lacks[0]} on the command line)",
            table,
        )
    return frame.reset_index(drop=True)


def _from_table(draft: Draft, given: Given, sites: pd.DataFrame, length_unit: str, headers: Mapping[str, str]) -> None:
    """Take a table of sections and its nodes into the draft; a code without a place becomes a junction."""
    table = named(given.table if given.table is not None else pd.DataFrame(), "links")
    lacks = [c for c in _ENDS if c not in table]
    if lacks:
        cells = table["geometry"].dropna().astype("str").str.strip() if "geometry" in table else pd.Series(dtype="str")
        undrawn = (
            f"the column of geometry holds {cells[cells != ''].iloc[0][:40]!r}, which is no WKT; "
            if cells.any()
            else ""
        )
        refuse(
            f"{undrawn}the column {' and '.join(lacks)} is missing; there are {', '.join(map(str, table.columns))}: name it with "
            "columns={…} (--map COLUMN=from_node_id on the command line)"
        )
    for end in _ENDS:
        table[end] = whole_names(table[end].astype("str").where(table[end].notna(), "").str.strip())
        if (table[end] == "").any():
            rows = np.flatnonzero(table[end] == "")
            refuse(
                f"{counted(len(rows), 'section names', 'sections name')} no place at one end",
                row=str(rows[0] + 1),
                column=end,
            )
    if given.nodes is not None:
        _own_nodes(draft, given.nodes, sites)
    draft.add_places(sites)
    _by_name(draft, table, len(sites))
    if "link_id" not in table:
        table["link_id"] = table["from_node_id"] + "-" + table["to_node_id"]
    table["link_id"] = numbered(table["link_id"].astype("str"))
    known = {i for frame in draft.nodes for i in frame["node_id"]}
    codes = [c for c in dict.fromkeys([*table["from_node_id"], *table["to_node_id"]]) if c not in known]
    if codes:
        draft.say("not_placed", codes, note="codes of sections that no place has: junctions without a coordinate")
        draft.nodes.append(pd.DataFrame({"node_id": codes, "name": "", "kind": "junction"}))
    draft.links = with_lengths(
        table.reset_index(drop=True),
        length_unit,
        given.length_unit,
        lambda kind, note: draft.say(kind, [], note=note),
        measured=_can_be_measured(draft, table),
        headers=headers,
    )


def _own_nodes(draft: Draft, nodes: pd.DataFrame, sites: pd.DataFrame) -> None:
    """Take the nodes that a network has of its own; those without a name are junctions."""
    nodes = named(nodes, "nodes").drop(columns=["node_type"], errors="ignore")
    if "node_id" not in nodes:
        refuse(
            f"no column of the network's nodes is node_id; there are {', '.join(map(str, nodes))}",
            "nodes",
            column="node_id",
        )
    nodes["node_id"] = whole_names(nodes["node_id"].astype("str").str.strip())
    name = (
        nodes["name"].astype("str").where(nodes["name"].notna(), "") if "name" in nodes else pd.Series("", nodes.index)
    )
    kinds = schema()["nodes"].columns["kind"].allowed
    own = nodes["kind"] if "kind" in nodes else pd.Series("", nodes.index)
    unnamed = pd.Series(np.where(name == "", "junction", "station"), nodes.index)
    nodes = nodes.assign(name=name, kind=own.where(own.isin(kinds), unnamed))
    draft.nodes.append(nodes[~nodes["node_id"].isin(sites["node_id"])])


def _by_name(draft: Draft, table: pd.DataFrame, given: int) -> None:
    """Read the ends of sections that are names of places as their identifiers; a name of two places is refused."""
    nodes = draft.all_nodes
    known = set(nodes["node_id"])
    words = [w for w in dict.fromkeys([*table["from_node_id"], *table["to_node_id"]]) if w not in known]
    if not words or not len(nodes) or "name" not in nodes:
        return
    of_name: dict[str, list[str]] = {}
    for name, node in zip(nodes["name"], nodes["node_id"], strict=True):
        of_name.setdefault(fold(str(name)), []).append(str(node))
    faults, read = [], {}
    for word in words:
        meant_by = of_name.get(fold(word), []) if fold(word) else []
        if len(meant_by) > 1:
            message = f"{word!r} can be {' or '.join(meant_by[:4])}: write the identifier"
            faults.append(problem("links", word, "from_node_id, to_node_id", message))
        elif meant_by:
            read[word] = meant_by[0]
    if faults:
        raise InputError(faults, what="making a world")
    if given and not read and len(words) == len({*table["from_node_id"], *table["to_node_id"]}):
        refuse(
            f"no end of a section is the identifier or name of a place: sections say {', '.join(words[:3])}, places "
            f"{', '.join(nodes['node_id'].head(3))}: name the right column with columns={{…: 'node_id'}} (--map COLUMN=node_id)"
        )
    for end in _ENDS:
        table[end] = table[end].map(lambda w: read.get(w, w))


def _can_be_measured(draft: Draft, table: pd.DataFrame) -> bool:
    """Tell whether any link has a course, or both ends placed."""
    if "geometry" in table and (table["geometry"].astype("str") != "").any():
        return True
    nodes = draft.all_nodes
    if not {"x_coord", "y_coord"} <= set(nodes):
        return False
    placed = set(nodes.loc[nodes["x_coord"].notna() & nodes["y_coord"].notna(), "node_id"])
    return bool((table["from_node_id"].isin(placed) & table["to_node_id"].isin(placed)).any())


def _with_all_columns(draft: Draft, table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Keep columns of other people's files that are called nearly like one of ours, and say so: a world's own author would have erred."""
    ours = schema()[table].columns
    missing = [c for c in ours if c not in frame]
    strange = [str(c) for c in frame.columns if c not in ours and c != "geometry"]
    alike = {c: near(c, missing, n=len(missing), cutoff=_ALIKE) for c in strange}
    for column, meant in alike.items():
        if meant:
            note = f"{column}: no column of {table} here, kept and not used; if it is {meant[0]}: --map {column}={meant[0]}"
            draft.say("column_unused", [table], note=note)
    return frame.assign(**dict.fromkeys([c for meant in alike.values() for c in meant]))


def assembled(
    draft: Draft, name: str, more: Mapping[str, pd.DataFrame] | None = None, settings: object = None
) -> World:
    """Make the world of a draft, with the reader's own steps; ``more`` are tables in place of the draft's."""
    from dataclasses import replace

    tables = {table: _with_all_columns(draft, table, f) for table, f in (draft.tables() | dict(more or {})).items()}
    raws = {}
    for table, frame in tables.items():
        rows = [f"row {i}" for i in range(1, len(frame) + 1)]
        raws[table] = Raw(table, frame.astype(object).where(frame.notna(), None).reset_index(drop=True), rows)
    found = Found(name, raws=raws)
    take_settings(settings, found)
    return replace(assemble(found), report=draft.report())
