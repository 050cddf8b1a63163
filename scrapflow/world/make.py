"""A world of what was found in its files: typed tables, geometry, the outside, and all that is wrong kept beside them."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from scrapflow.errors import PROBLEM_COLUMNS, problem
from scrapflow.world import table_geometry
from scrapflow.world.courses import joined, turned
from scrapflow.world.csv_text import Raw
from scrapflow.world.default_materials import materials_of
from scrapflow.world.found import BASEMAP_LAYERS, Found, checked_settings
from scrapflow.world.gauges import split_raws
from scrapflow.world.other_names import take_other_names
from scrapflow.world.outlines import with_outlines
from scrapflow.world.schema import OUTSIDE, REQUIRED_TABLES, SPATIAL, TABLES, schema
from scrapflow.world.typed_cells import conform, row_names
from scrapflow.world.world import World

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

_SAME_DEGREES = 1e-6
"""A decimetre: less is rounding, as by a transformation and back."""


def assemble(found: Found) -> World:
    """Make a world of what was found: types, geometry, the outside; all faults kept in ``World.found``."""
    problems = found.problems
    for table in REQUIRED_TABLES:
        if table not in found.raws:
            message = f"the table is missing: a world needs {', '.join(REQUIRED_TABLES)}"
            problems.append(problem(table, "", "", message))
    for given in found.raws.values():
        take_other_names(given)
    split_raws(found.raws)
    tables: dict[str, pd.DataFrame] = {}
    unnamed: dict[str, dict[str, str]] = {}
    for table in TABLES:
        raw = found.raws.get(table)
        # An absent table is an empty one; that it is absent was said above, not once more for each of its columns.
        if raw is None:
            tables[table] = _absent(table)
            continue
        frame = conform(raw)
        if table in SPATIAL:
            frame = _placed(raw, frame, tables)
        tables[table] = frame
        empty = np.flatnonzero(frame[schema()[table].key].iloc[: len(raw.where)] == "")
        unnamed |= {table: {f"row {i + 1}": raw.where[i] for i in empty}} if len(empty) else {}
        problems += raw.problems
    tables |= _whole_ids(tables, problems)
    tables["links"] = _without_loops(tables["links"], problems)
    if "lines" not in found.raws:
        tables["lines"] = _lines_of(tables["links"])
    if "materials" not in found.raws:
        tables["materials"] = materials_of(tables["supply"], tables["demand"])
    for table in ("supply", "demand"):
        tables[table] = _with_material(tables[table], tables["materials"])
    settings = checked_settings(found)
    campaigns = {
        Path(label).stem: text for label, text in sorted(found.texts.items()) if label.startswith("campaigns/")
    }
    name = str(settings.get("name", found.name))
    basemap = settings.get("basemap", {})
    layers = {layer: found.basemap[basemap[layer]] for layer in BASEMAP_LAYERS if basemap.get(layer) in found.basemap}
    tables["regions"] = with_outlines(cast("gpd.GeoDataFrame", tables["regions"]), layers)
    default = unicodedata.normalize("NFC", str(settings.get("default_campaign", "") or next(iter(campaigns), "")))
    return World(
        name=name,
        title=str(settings.get("title", name)),
        default_campaign=default,
        tables=tables,
        campaigns=campaigns,
        hashes=dict(sorted(found.hashes.items())),
        basemap_files=layers,
        settings=settings,
        found=pd.DataFrame(problems, columns=list(PROBLEM_COLUMNS)),
        unnamed=unnamed,
    )


@cache
def _absent(table: str) -> pd.DataFrame:
    """Return a table that nobody gave; it is the same in every world, and nobody writes to it."""
    raw = Raw(table, pd.DataFrame(columns=list(schema()[table].columns), dtype=object))
    frame = conform(raw)
    return _placed(raw, frame, {"nodes": _absent("nodes")} if table == "links" else {}) if table in SPATIAL else frame


def _placed(raw: Raw, frame: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Give a spatial table its geometry."""
    table, rows = raw.table, row_names(raw, schema()[raw.table])
    given = raw.frame["geometry"].to_numpy() if "geometry" in raw.frame else np.full(len(frame), None, dtype=object)
    judged = np.ones(len(frame), dtype=bool) if raw.ragged is None else ~raw.ragged
    shapes = table_geometry.parse(table, np.asarray(given, dtype=object), rows, raw.problems, judged)
    if table == "nodes":
        if "geometry" in raw.frame:
            _coordinates_from(frame, shapes, rows, raw)
        if OUTSIDE not in set(frame["node_id"]):
            frame = _with_outside(frame)
        shapes = table_geometry.points(frame)
    if table == "links":
        import shapely

        shapes = joined(shapes, rows, raw.problems)
        shapes = turned(shapes, frame, tables["nodes"], rows, raw.problems)
        shapes = np.where(shapely.is_empty(shapes), table_geometry.straight(frame, tables["nodes"]), shapes)
    placed: pd.DataFrame = table_geometry.geo(frame, shapes)
    return placed


def _whole_ids(tables: Mapping[str, pd.DataFrame], problems: list[dict[str, str]]) -> dict[str, pd.DataFrame]:
    """Read identifiers that a program wrote as decimal numbers (``1.0``) as the whole ones (``1``) that they refer to."""
    ids = {name: set(tables[name][table.key]) for name, table in schema().items()}
    changed: dict[str, pd.DataFrame] = {}
    for name, table in schema().items():
        for column in table.columns.values():
            if column.references is None or not len(tables[name]):
                continue
            known = ids[column.references[0]]
            cells = changed.get(name, tables[name])[column.name]
            odd = {v for v in set(cells.tolist()) if v.endswith(".0") and v not in known and v[:-2] in known}
            if odd:
                first = min(odd)
                message = f"{len(odd)} identifiers are written as decimal numbers: {first!r} is read as {first[:-2]!r}"
                problems.append(problem(name, "", column.name, message, "note"))
                whole = cells.map(lambda v, odd=odd: v[:-2] if v in odd else v).astype("str")
                changed[name] = changed.get(name, tables[name]).assign(**{column.name: whole})
    return changed


def _without_loops(links: pd.DataFrame, problems: list[dict[str, str]]) -> pd.DataFrame:
    """Leave out links that end where they begin: they carry nothing anywhere."""
    loop = (links["from_node_id"] == links["to_node_id"]) & (links["from_node_id"] != "")
    if not loop.any():
        return links
    message = "left out, for it ends where it begins: correct one end if it leads anywhere"
    problems += [problem("links", row, "to_node_id", message, "warning") for row in links.loc[loop, "link_id"]]
    return links[~loop].reset_index(drop=True)


def _coordinates_from(frame: pd.DataFrame, shapes: np.ndarray[Any, Any], rows: list[str], raw: Raw) -> None:
    """Take coordinates from points; where columns say something else, nobody can know which is meant."""
    import shapely

    placed = ~shapely.is_empty(shapes)
    for column, read in (("x_coord", shapely.get_x), ("y_coord", shapely.get_y)):
        said, measured = frame[column].to_numpy(), np.full(len(frame), np.nan)
        measured[placed] = read(shapes[placed])
        differ = np.isfinite(said) & np.isfinite(measured) & (np.abs(said - measured) > _SAME_DEGREES)
        for i in np.flatnonzero(differ):
            message = f"the column says {said[i]:g}, the point {measured[i]:g}: delete the column, or set it right"
            raw.problems.append(problem(raw.table, rows[i], column, message))
        frame[column] = np.where(np.isfinite(measured), measured, said)


def _lines_of(links: pd.DataFrame) -> pd.DataFrame:
    """Return the lines that the links name: where nobody wrote the table, a line is known by its identifier."""
    named = {id_ for cell in {*links["line_id"], *links["also_line_ids"]} for id_ in cell.split("|")}
    ids = sorted({id_.strip() for id_ in named} - {""})
    return conform(Raw("lines", pd.DataFrame({"line_id": ids, "name": ids}, dtype=object), where=ids))


def _with_material(known: pd.DataFrame, materials: pd.DataFrame) -> pd.DataFrame:
    """Name the material of known tonnes where only one can be meant."""
    words = materials["material"].tolist()
    silent = known["material"] == ""
    if len(words) != 1 or not silent.any():
        return known
    return known.assign(material=known["material"].where(~silent, words[0]))


def _with_outside(nodes: pd.DataFrame) -> pd.DataFrame:
    row: dict[str, Any] = {c: "" if nodes[c].dtype == "str" else np.nan for c in nodes.columns}
    row |= {"node_id": OUTSIDE, "name": "Outside", "kind": OUTSIDE, "basis": "assumed"}
    extra = pd.DataFrame([row], columns=nodes.columns).astype(nodes.dtypes.to_dict())
    return pd.concat([nodes, extra], ignore_index=True)
