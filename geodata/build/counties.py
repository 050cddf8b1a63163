"""Counties: a level of regions below the provinces, with areas made from the seats.

No outline of a county that may be shipped was found. A county's area is therefore the part of its province that lies
nearer to its seat than to any other seat (Voronoi cells within the province's outline): an approximation that says so.
docs/data.md tells how far it is from outlines that may only be looked at.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from typing import TYPE_CHECKING

import shapely
from shapely.geometry import mapping, shape

from geodata.build.common import FACTS, nearest, write_geojson

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

DECIMALS = 3
MIDDLE = 40.0
"""Latitude in degrees at which a degree of longitude is measured when cells are drawn."""
NOTE = "area approximate: what lies nearer to this seat than to another, within the province"


def rows(towns: list[dict], people: list[dict]) -> list[dict]:
    """Write a region for each city or county of the census, below its province."""
    source = {p["node_id"]: p["population_source_id"] for p in people}
    return [
        {
            "region_id": county_id(t),
            "parent_id": t["region_id"],
            "level": "county",
            "name": t["name"],
            "name_local": t["name_local"],
            "basemap_id": county_id(t),
            "source_id": source[t["node_id"]],
            "note": NOTE,
        }
        for t in towns
    ]


def county_id(town: dict) -> str:
    """Return the identifier of the county that a town is the seat of."""
    return "county_" + town["node_id"].removeprefix("town_")


def assign(nodes: list[dict], towns: list[dict]) -> None:
    """Give each node its county: the one its source names, else that of the nearest seat of its province."""
    named = {(t["region_id"], t["name"]): county_id(t) for t in towns}
    seats = defaultdict(list)
    for t in towns:
        seats[t["region_id"]].append(t)
    for n in nodes:
        county = named.get((n["region_id"], n.get("subregion")))
        if not county and n["x_coord"] is not None and seats[n["region_id"]]:
            county = county_id(nearest(n, seats[n["region_id"]])[0])
        n["county"] = county


def basemap(towns: list[dict], regions: list[dict]) -> None:
    """Write the counties and the provinces of the basemap; cities of their own are cut out of the province around them."""
    outlines = json.loads((FACTS / "provinces.geojson").read_text(encoding="utf-8"))["features"]
    drawn_in = {r["region_id"]: r.get("drawn_in") for r in regions}
    cells: list[dict] = []
    provinces = []
    for outline in outlines:
        inside = [t for t in towns if drawn_in[t["region_id"]] == outline["id"]]
        found = _cells(inside, shape(outline["geometry"])) if inside else {}
        cells += [_feature(county_id(t), t["name"], t["name_local"], found[t["node_id"]]) for t in inside]
        provinces += _parts(outline, inside, found, regions)
    write_geojson("counties", sorted(cells, key=lambda f: f["id"]))
    write_geojson("regions", sorted(provinces, key=lambda f: f["id"]))


def _cells(towns: list[dict], outline: BaseGeometry) -> dict[str, BaseGeometry]:
    """Divide an outline among seats: each point to the nearest."""
    narrow = math.cos(math.radians(MIDDLE))
    flat = shapely.transform(outline, lambda xy: xy * (narrow, 1.0))
    seats = shapely.points([(t["x_coord"] * narrow, t["y_coord"]) for t in towns])
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(seats), extend_to=flat))
    tree = shapely.STRtree(cells)
    out = {}
    for town, seat in zip(towns, seats, strict=True):
        cell = cells[int(tree.query(seat, predicate="intersects")[0])] if len(towns) > 1 else flat
        part = shapely.intersection(cell, flat)
        out[town["node_id"]] = _polygons(shapely.transform(part, lambda xy: xy / (narrow, 1.0)))
    return out


def _parts(outline: dict, towns: list[dict], cells: dict, regions: list[dict]) -> list[dict]:
    """Split the outline of a province where another region is drawn inside it."""
    at_home = [r for r in regions if r.get("drawn_in") == outline["id"]]
    apart = [r for r in at_home if r["basemap_id"] == r["region_id"]]
    whole = shape(outline["geometry"])
    out = []
    for r in apart:
        own = shapely.union_all([cells[t["node_id"]] for t in towns if t["region_id"] == r["region_id"]])
        out.append(_feature(r["region_id"], r["name"], r["name_local"], _polygons(own)))
        whole = shapely.difference(whole, own)
    properties = outline["properties"]
    return [*out, _feature(outline["id"], properties["name"], properties["name_local"], _polygons(whole))]


def _polygons(geometry: BaseGeometry) -> BaseGeometry:
    """Round a geometry and keep its areas: a cut leaves lines and points along its edge."""
    rounded = shapely.set_precision(geometry, 10.0**-DECIMALS)
    parts = [p for p in shapely.get_parts(rounded) if p.geom_type == "Polygon"]
    return shapely.MultiPolygon(parts)


def _feature(key: str, name: str, local: str, geometry: BaseGeometry) -> dict:
    properties = {"id": key, "name": name, "name_local": local}
    rounded = json.loads(json.dumps(mapping(geometry)), parse_float=lambda x: round(float(x), DECIMALS))
    return {"type": "Feature", "id": key, "properties": properties, "geometry": rounded}
