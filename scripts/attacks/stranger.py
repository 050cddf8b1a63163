"""Small sound files of the kinds that ``scrapflow new`` takes, to be changed at random."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from pathlib import Path

COMMANDS = {
    "lines": ("in/lines.geojson", "--places", "in/places.csv"),
    "crossed": (
        "in/lines.geojson",
        "--places",
        "in/places.csv",
        "--crossings",
        "--supply",
        "in/supply.csv",
        "--demand",
        "in/demand.csv",
    ),
    "layers": ("in/lines.gpkg", "--places", "in/places.csv"),
    "gmns": ("in",),
    "tntp": ("in", "--crs", "EPSG:5179"),
    "osm": ("in/rail.osm", "--places", "in/places.csv"),
    "sections": ("in/sections.csv", "--places", "in/places.csv", "--supply", "in/supply.csv"),
    "gtfs": ("in",),
}
"""What is given as links, and the options beside it, for each folder."""
_LINES = (
    ("a", 1435, [[127.0, 39.0], [127.1, 39.0], [127.2, 39.1]]),
    ("b", 1435, [[127.2, 39.1], [127.3, 39.1]]),
    ("c", 762, [[127.1, 39.0], [127.1, 39.2]]),
)
_GTFS = {
    "stops": "stop_id,stop_name,stop_lat,stop_lon\nA,Here,39,127\nB,There,39.1,127.1\n",
    "routes": "route_id,route_type\nR,2\n",
    "trips": "route_id,service_id,trip_id\nR,S,T\n",
    "stop_times": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\nT,08:00:00,08:00:00,A,1\nT,08:30:00,08:30:00,B,2\n",
}  # fmt: skip
_OSM = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6">
 <node id="1" lat="39.0" lon="127.0"/>
 <node id="2" lat="39.0" lon="127.1"><tag k="railway" v="station"/><tag k="name" v="Here"/></node>
 <node id="3" lat="39.1" lon="127.2"/>
 <way id="10"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="railway" v="rail"/><tag k="gauge" v="1435;1000"/></way>
 <relation id="5"><member type="way" ref="10" role=""/><tag k="type" v="route"/></relation>
</osm>
"""
_TNTP = """<NUMBER OF ZONES> 2
<NUMBER OF NODES> 3
<FIRST THRU NODE> 1
<NUMBER OF LINKS> 3
<END OF METADATA>

~ \tinit_node\tterm_node\tcapacity\tlength\tfree_flow_time\tb\tpower\tspeed\ttoll\tlink_type\t;
\t1\t2\t100\t6\t6\t0.15\t4\t0\t0\t1\t;
\t2\t3\t100\t4\t4\t0.15\t4\t0\t0\t1\t;
\t3\t1\t100\t4\t4\t0.15\t4\t0\t0\t1\t;
"""
_TRIPS = "<NUMBER OF ZONES> 2\n<TOTAL OD FLOW> 30\n<END OF METADATA>\n\nOrigin 1\n 1 : 0.0; 2 : 10.0;\nOrigin 2\n 1 : 20.0; 2 : 0.0;\n"
_PLACES = "id,name,kind,lon,lat\nw,Works,enterprise,127.0,39.0\nm,Mill,mill,127.3,39.1\nn,North,station,127.1,39.2\n"
_SUPPLY = "node_id,material,tonnage_t\nw,scrap,5\nn,scrap,2\n"
_FILES = {
    "lines": {"places.csv": _PLACES},
    "crossed": {"places.csv": _PLACES, "supply.csv": _SUPPLY, "demand.csv": "node_id,material,tonnage_t\nm,scrap,7\n"},
    "layers": {"places.csv": _PLACES},
    "gmns": {
        "node.csv": "node_id,x_coord,y_coord\n1,127.0,39.0\n2,127.1,39.0\n3,127.2,39.1\n",
        "link.csv": 'link_id,from_node_id,to_node_id,directed,length,lanes,geometry\n1,1,2,1,9,1,"LINESTRING (127 39, 127.1 39)"\n2,2,3,0,14,2,\n',
    },
    "tntp": {"x_net.tntp": _TNTP, "x_node.tntp": "Node\tX\tY\t;\n1\t0\t0\t;\n2\t6000\t0\t;\n3\t6000\t4000\t;\n", "x_trips.tntp": _TRIPS},
    "osm": {"places.csv": _PLACES, "rail.osm": _OSM},
    "sections": {"places.csv": _PLACES, "supply.csv": _SUPPLY, "sections.csv": "from_code,to_code,length_km,gauge\nw,n,12.5,1435\nn,m,30,1435\nw,m,60,762\n"},
    "gtfs": {f"{name}.txt": text for name, text in _GTFS.items()},
}  # fmt: skip


def write(home: Path) -> Path:
    """Write a folder of sound files for each command."""
    import geopandas as gpd

    features = [
        {
            "type": "Feature",
            "properties": {"id": name, "gauge": gauge},
            "geometry": {"type": "LineString", "coordinates": course},
        }
        for name, gauge, course in _LINES
    ]
    for name, files in _FILES.items():
        (home / name).mkdir(parents=True)
        for file, text in files.items():
            (home / name / file).write_text(text, encoding="utf-8")
    for name in ("lines", "crossed"):
        (home / name / "lines.geojson").write_text(
            json.dumps({"type": "FeatureCollection", "features": features}, indent=0)
        )
    gpd.GeoDataFrame.from_features(features, crs=4326).to_file(home / "layers" / "lines.gpkg", layer="lines")
    return home


def command(name: str, rng: random.Random) -> list[str]:
    """Return the command that makes a world of a folder's files."""
    links, *more = COMMANDS[name]
    return ["new", "made", "--links", links, *more, *rng.choice([[], ["--source", "A paper"]])]


def change_token(path: Path, where: float, value: str, deed: str) -> None:
    """Put a value in the place of one word of a file of text, or leave the word or its line out or in twice."""
    text = path.read_text(encoding="utf-8")
    if deed == "line":
        lines = text.splitlines()
        at = int(where * len(lines))
        lines[at : at + 1] = [lines[at]] * (2 if value < "5" else 0)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return
    words = list(re.finditer(r"[^\s,;:<>\[\]{}\"=/]+", text))
    word = words[int(where * len(words))]
    put = {"word": value, "lose": "", "double": word[0] * 2, "negate": f"-{word[0]}"}[deed]
    path.write_text(text[: word.start()] + put + text[word.end() :], encoding="utf-8", errors="surrogatepass")


def change_tree(path: Path, rng: random.Random) -> None:
    """Put something else in the place of one branch of a JSON file."""
    tree = json.loads(path.read_text(encoding="utf-8"))
    branches: list[tuple[Any, Any]] = []

    def walk(at: Any) -> None:
        for key in at if isinstance(at, dict) else range(len(at)) if isinstance(at, list) else ():
            branches.append((at, key))
            walk(at[key])

    walk(tree)
    parent, key = rng.choice(branches)
    odd: list[Any] = [
        None, [], {}, "", "x", 0, -1, 1e308, True, [[]], [None], ["a", "b"], [1], [1, 2, 3, 4], {"type": "Point", "coordinates": [1, 2]}, [[127, 39]], [[127, 39], [127, 39]], [[1e9, 2], [3, 4]],
        {"type": "MultiLineString", "coordinates": []}, {"type": "GeometryCollection", "geometries": []}, "LineString", "Polygon", "Point", {"type": "name", "properties": {"name": "EPSG:99999"}},
    ]  # fmt: skip
    if rng.random() < 0.2:
        del parent[key]
    else:
        parent[key] = rng.choice(odd)
    path.write_text(json.dumps(tree), encoding="utf-8")
