"""Places and links added to a world or left out of it, with their origin; what was done stands among the changes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd
import shapely

from scrapflow.errors import InputError, UnknownNameError, did_you_mean, problem
from scrapflow.world import table_geometry
from scrapflow.world.csv_text import Raw
from scrapflow.world.folding import fold
from scrapflow.world.schema import SPATIAL, schema
from scrapflow.world.typed_cells import conform
from scrapflow.world.values import joined_changes, with_changes
from scrapflow.world.world_data import WorldData

if TYPE_CHECKING:
    from collections.abc import Mapping

W = TypeVar("W", bound=WorldData)


def with_rows(world: W, rows: Mapping[str, Mapping[str, Any]], source: str) -> W:
    """Return a world with one row more in each of some tables; every value of a row has the origin given.

    Parameters
    ----------
    world
        A world.
    rows
        Cells of the new row by table.
    source
        A ``source_id``, or the title or address of a source that is added; "" makes the values assumed.

    Raises
    ------
    InputError
        If a cell is wrong, all of them at once.
    """
    tables = dict(world.tables)
    source_id = _source(tables, source)
    problems: list[dict[str, str]] = []
    listed = []
    for table, cells in rows.items():
        filled = _with_origin(table, cells, source_id)
        raw = Raw(table, pd.DataFrame([filled], dtype=object), [str(filled[schema()[table].key])])
        row = conform(raw)
        problems += [p for p in raw.problems if p["severity"] == "error"]
        if table in SPATIAL:
            drawn = table_geometry.points(row) if table == "nodes" else table_geometry.straight(row, tables["nodes"])
            row = table_geometry.geo(row, drawn)
        key = str(filled[schema()[table].key])
        if key in set(tables[table][schema()[table].key]):
            problems.append(
                problem(table, key, schema()[table].key, "there is such a row already: choose another identifier")
            )
        tables[table] = pd.concat([tables[table], row], ignore_index=True)
        listed.append((table, key, "", "", "added"))
    if problems:
        raise InputError(problems, what="what was to be added")
    return _changed(world, tables, listed)


def with_firm(world: W, place: Mapping[str, Any], values: Mapping[str, Any], sector: str, source: str) -> W:
    """Return a world with an enterprise more; a sector that is unknown is told with what else is wrong.

    Raises
    ------
    InputError
        If a cell is wrong, all of them at once.
    UnknownNameError
        If nothing but the sector is wrong.
    """
    firm = {"node_id": place["node_id"], **values}
    try:
        return with_rows(world, {"nodes": place, "enterprises": firm | {"sector_id": sector_of(world, sector)}}, source)
    except UnknownNameError as unknown:
        try:
            with_rows(
                world,
                {"nodes": place, "enterprises": firm | {"sector_id": next(iter(world.sectors["sector_id"]), "")}},
                source,
            )
        except InputError as fault:
            more = problem("enterprises", str(place["node_id"]), "sector", str(unknown))
            raise InputError([*fault.problems.to_dict("records"), more], what=fault.what) from None  # type: ignore[list-item]
        raise


def without(world: W, node: str) -> W:
    """Return a world without a node, its links and its rows in other tables; see ``World.without``."""
    tables = dict(world.tables)
    listed = []
    for name, table in schema().items():
        ends: list[str] = [c.name for c in table.columns.values() if c.references == ("nodes", "node_id")]
        ends += ["node_id"] if name == "nodes" else []
        gone = (tables[name][ends] == node).any(axis=1).to_numpy(dtype=bool)
        listed += [(name, key, "", "", "left out") for key in tables[name].loc[gone, table.key]]
        tables[name] = tables[name][~gone].reset_index(drop=True)
    return _changed(world, tables, listed)


def without_link(world: W, link: str) -> W:
    """Return a world without a link."""
    links = world.links
    if not (links["link_id"] == link).any():
        hint = did_you_mean(link, links["link_id"], "world.links lists them", n=3)
        msg = f"there is no place or link {link!r}; {hint}"
        raise UnknownNameError(msg, [])
    tables = dict(world.tables) | {"links": links[links["link_id"] != link].reset_index(drop=True)}
    return _changed(world, tables, [("links", link, "", "", "left out")])


def new_id(world: WorldData, name: str) -> str:
    """Return an identifier for a new place that no other has.

    Examples
    --------
    >>> import scrapflow as sf
    >>> new_id(sf.read_world("toy"), "Far"), new_id(sf.read_world("toy"), "New Wörks 2")
    ('far_2', 'newworks2')
    """
    base = re.sub(r"\W+", "_", fold(name)) or "place"
    taken = set(world.nodes["node_id"])
    return next(i for i in (base, *(f"{base}_{n}" for n in range(2, len(taken) + 3))) if i not in taken)


def region_at(world: WorldData, lon: float, lat: float) -> str:
    """Return the province in whose outline a point lies, "" if none holds it."""
    regions = world.regions[world.regions["level"] != "county"]
    inside = shapely.covers(regions.geometry.to_numpy(), shapely.Point(lon, lat))
    held = regions.loc[
        np.asarray(inside, dtype=bool) & ~regions["region_id"].isin(regions["parent_id"]).to_numpy(), "region_id"
    ]
    return str(held.iloc[0]) if len(held) else ""


def sector_of(world: WorldData, sector: str) -> str:
    """Return the sector that a name means; the only one where none is named."""
    sectors = world.sectors
    for column in ("sector_id", "name"):
        match = sectors.loc[[fold(s) == fold(sector) for s in sectors[column]], "sector_id"]
        if sector and len(match):
            return str(match.iloc[0])
    if not sector and len(sectors) == 1:
        return str(sectors["sector_id"].iloc[0])
    known = sectors["name"].tolist()
    msg = f"{'name a sector' if not sector else f'no sector is called {sector!r}'}; there are {', '.join(known)}"
    raise UnknownNameError(msg, known)


def _source(tables: dict[str, pd.DataFrame], source: str) -> str:
    """Return the identifier of a source, which is added where the world does not know it."""
    sources = tables["sources"]
    if not source or (sources["source_id"] == source).any():
        return source
    same = sources.loc[(sources["title"] == source) | (sources["url"] == source), "source_id"]
    if len(same):
        return str(same.iloc[0])
    source_id = re.sub(r"\W+", "_", fold(source))[:40] or "source"
    url = source if source.startswith("http") else ""
    row = conform(
        Raw("sources", pd.DataFrame([{"source_id": source_id, "title": source, "url": url}], dtype=object), ["1"])
    )
    tables["sources"] = pd.concat([sources, row], ignore_index=True)
    return source_id


def _with_origin(table: str, cells: Mapping[str, Any], source_id: str) -> dict[str, Any]:
    filled = {c: v for c, v in cells.items() if v is not None}
    basis = "reported" if source_id else "assumed"
    for column in schema()[table].families:
        if column in filled:
            filled = {f"{column}_basis": basis, f"{column}_source_id": source_id} | filled
    own = {"nodes": {"basis": basis, "source_id": source_id}, "links": {"length_basis": basis, "source_id": source_id},
           "observations": {"source_id": source_id}}  # fmt: skip
    return own.get(table, {}) | filled


def _changed(world: W, tables: dict[str, pd.DataFrame], listed: list[tuple[str, str, str, str, str]]) -> W:
    changes = joined_changes(world.changes, pd.DataFrame(listed, columns=list(world.changes.columns)))
    return replace(world, tables=tables, changes=changes, hashes=with_changes(world.hashes, changes))
