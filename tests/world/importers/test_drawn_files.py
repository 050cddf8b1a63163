"""Lines and points in the formats of other programs, as strangers bring them."""

from __future__ import annotations

import bz2
import gzip
import json

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import scrapflow as sf

ROWS = ["LINESTRING (10 50, 10.5 50, 11 50)", "LINESTRING (10.5 50, 10.5 50.5)"]
PLACES = pd.DataFrame({"name": ["West", "North"], "lon": [10, 10.5], "lat": [50, 50.5]})
KM = 35.8 + 55.6
OSM = """<osm version="0.6"><node id="1" lat="50" lon="10"/><node id="2" lat="50" lon="11"/><node id="3" lat="51" lon="11"/>
<way id="7"><nd ref="1"/><nd ref="2"/><tag k="railway" v="rail"/><tag k="gauge" v="1000"/></way>
<way id="8"><nd ref="2"/><nd ref="3"/><tag k="highway" v="primary"/></way></osm>
"""


def lines(rows=ROWS, **columns):
    """Return a branch line and its main line."""
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries.from_wkt(rows), crs=4326)


def is_right(world):
    """Tell whether West and North are joined by the right kilometres, without an error."""
    assert not (world.check()["severity"] == "error").any()
    assert sf.build_network(world).path("West", "North").length_km == pytest.approx(KM, abs=0.3)
    return True


def geojson(frame, crs=None):
    """Return GeoJSON with the member for a reference system that older programs write, or none."""
    data = json.loads(frame.to_json(drop_id=True)) | ({"crs": crs} if crs else {})
    if crs is None:
        data.pop("crs", None)
    return json.dumps(data)


def test_a_shapefile_in_a_western_code_page(tmp_path):
    """Names come right with the .cpg file that says the code page, and without it."""
    lines(operator=["ÖBB", "Société"]).to_file(tmp_path / "r.shp", encoding="cp1252")
    for _ in range(2):
        world = sf.world_from(tmp_path / "r.shp", places=PLACES)
        assert set(world.links["operator"]) == {"ÖBB", "Société"}
        (tmp_path / "r.cpg").unlink(missing_ok=True)
    assert is_right(world)


def test_a_shapefile_without_its_other_files(tmp_path):
    """The missing file is named."""
    lines().to_file(tmp_path / "r.shp")
    (tmp_path / "r.shx").unlink()
    with pytest.raises(sf.InputError, match=r"r\.shx is missing: a Shapefile is several files"):
        sf.world_from(tmp_path / "r.shp")


def test_metres_of_a_web_map(tmp_path):
    """With a CRS member they are transformed; without, they are no degrees, and the refusal says what to write."""
    metres = lines().to_crs(3857)
    member = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    (tmp_path / "said.geojson").write_text(geojson(metres, member))
    (tmp_path / "bare.geojson").write_text(geojson(metres))
    assert is_right(sf.world_from(tmp_path / "said.geojson", places=PLACES))
    with pytest.raises(sf.InputError, match=r"no degrees.*--crs.*EPSG:3857"):
        sf.world_from(tmp_path / "bare.geojson", places=PLACES)
    # The places beside it are in degrees, whatever the lines are in.
    assert is_right(sf.world_from(tmp_path / "bare.geojson", places=PLACES, crs="EPSG:3857"))
    with pytest.raises(sf.InputError, match="no reference system"):
        sf.world_from(tmp_path / "bare.geojson", crs="EPSG:nonsense")


def test_wkt_in_a_table_with_semicolons_and_decimal_commas(tmp_path):
    """Columns in another language; a length is used once its unit is said."""
    text = "id;WKT;Spurweite;Länge\n1;LINESTRING (10 50, 10.5 50, 11 50);1435;71,7\n2;LINESTRING (10.5 50, 10.5 50.5);1435;60,5\n"
    (tmp_path / "w.csv").write_text(text, "utf-8")
    world = sf.world_from(tmp_path / "w.csv", places=PLACES)
    assert is_right(world)
    assert "length_unused" in set(world.report["kind"])
    said = sf.world_from(tmp_path / "w.csv", places=PLACES, length_unit="km")
    assert said.links["length_km"].dropna().tolist() == [35.85, 35.85, 60.5]  # a line cut in its middle


@pytest.mark.parametrize("kind", ["wkb", "hex", "geoparquet", "flatgeobuf", "kml", "zip", "topojson", "multi"])
def test_other_formats(tmp_path, kind):
    """WKB without metadata, hexadecimal WKB, KML, a zipped Shapefile and TopoJSON are the same network."""
    frame = lines()
    if kind == "wkb":
        path = tmp_path / "w.parquet"
        pd.DataFrame({"id": [1, 2], "geom": shapely.to_wkb(frame.geometry.to_numpy())}).to_parquet(path)
    elif kind == "hex":
        path = tmp_path / "w.csv"
        pd.DataFrame({"wkb_geometry": shapely.to_wkb(frame.geometry.to_numpy(), hex=True), "osm": [1, 2]}).to_csv(path)
    elif kind == "geoparquet":
        frame.to_crs("OGC:CRS84").to_parquet(path := tmp_path / "g.parquet")
    elif kind == "zip":
        import zipfile

        frame.to_file(tmp_path / "r.shp")
        path = tmp_path / "r.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for file in sorted(tmp_path.glob("r.[sdp]*")):
                archive.write(file, file.name)
    elif kind == "topojson":
        path = tmp_path / "r.topojson"
        arcs = [[[0, 0], [500, 0], [500, 0]], [[500, 0], [0, 500]]]
        shapes = [{"type": "LineString", "arcs": [i], "properties": {}} for i in (0, 1)]
        topology = {"type": "Topology", "transform": {"scale": [0.001] * 2, "translate": [10, 50]}, "arcs": arcs}
        path.write_text(
            json.dumps(topology | {"objects": {"rails": {"type": "GeometryCollection", "geometries": shapes}}})
        )
    elif kind == "multi":
        whole = shapely.MultiLineString(
            [shapely.LineString([(10.5, 50, 3), (10, 50, 3)]), shapely.LineString([(10.5, 50, 3), (11, 50, 4)])]
        )
        gpd.GeoDataFrame(geometry=[whole, frame.geometry[1]], crs=4326).to_file(path := tmp_path / "m.gpkg")
    else:
        suffix, driver = {"flatgeobuf": ("fgb", "FlatGeobuf"), "kml": ("kml", "KML")}[kind]
        frame.to_file(path := tmp_path / f"r.{suffix}", driver=driver)
    assert is_right(sf.world_from(path, places=PLACES))


def test_a_gpx_file_has_tracks_and_waypoints(tmp_path):
    """The track is the line, the waypoints are the places."""
    points = "".join(f'<trkpt lat="{y}" lon="{x}"/>' for x, y in [(10, 50), (10.5, 50), (10.5, 50.5)])
    names = "".join(
        f'<wpt lat="{y}" lon="{x}"><name>{n}</name></wpt>' for n, x, y in [("West", 10, 50), ("North", 10.5, 50.5)]
    )
    head = '<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">'
    (tmp_path / "r.gpx").write_text(f"{head}{names}<trk><trkseg>{points}</trkseg></trk></gpx>")
    assert is_right(sf.world_from(tmp_path / "r.gpx", places=tmp_path / "r.gpx"))


def test_a_geopackage_with_several_layers(tmp_path):
    """Which of two layers of lines is meant is asked; a usual name is taken and said; points are found by their kind."""
    file = tmp_path / "m.gpkg"
    lines().to_file(file, layer="streets")
    lines(ROWS[:1]).to_file(file, layer="rivers")
    points = gpd.GeoDataFrame(
        {"name": PLACES["name"]}, geometry=gpd.points_from_xy(PLACES["lon"], PLACES["lat"]), crs=4326
    )
    points.to_file(file, layer="stops")
    with pytest.raises(sf.InputError, match=r"streets, rivers; say which with layer= \(--layer\)"):
        sf.world_from(file)
    assert is_right(sf.world_from(file, layer="streets", places=file))
    with pytest.raises(sf.InputError, match="no layer 'rails'; there are streets, rivers, stops"):
        sf.world_from(file, layer="rails")
    lines().to_file(file, layer="railways")
    world = sf.world_from(file, places=file)
    assert is_right(world)
    assert "'railways'" in " ".join(world.report["note"])


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("e.geojson", '{"type":"FeatureCollection","features":[]}', "no rows"),
        ("e.geojson", "", "is empty"),
        ("e.geojson", '{"type":"FeatureColl', "cut short"),
        ("e.gpkg", "version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (
            "p.geojson",
            '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[1,2]}}]}',
            "no lines",
        ),
        (
            "s.geojson",
            '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[38.5,120.5],[38.5,121]]}}]}',
            "latitude seems to stand before longitude",
        ),
    ],
)
def test_what_holds_no_lines_is_refused_with_the_cause(tmp_path, name, content, told):
    """In ten lines at most."""
    (tmp_path / name).write_text(content)
    with pytest.raises(sf.InputError, match=told) as refused:
        sf.world_from(tmp_path / name)
    assert len(str(refused.value).splitlines()) <= 10


def rail_extract(path):
    """Write an extract with osmium: two railways with tags, a stretch drawn against its traffic, a road, two stations."""
    import osmium

    writer = osmium.SimpleWriter(str(path))
    spots = {1: (10, 50), 2: (10.5, 50), 3: (11, 50), 4: (10.5, 50.5)}
    tags = {1: {"railway": "station", "name": "West"}, 4: {"railway": "halt", "name": "North"}}
    for i, at in spots.items():
        writer.add_node(osmium.osm.mutable.Node(id=i, version=1, location=at, tags=tags.get(i, {})))
    ways = [
        (
            [1, 2, 3],
            {"railway": "rail", "gauge": "1435;1000", "electrified": "contact_line", "operator": 'The "Old" Line'},
        ),
        ([4, 2], {"railway": "rail", "gauge": "1435", "oneway": "-1", "operator": "DB"}),
        ([1, 4], {"highway": "primary"}),
        ([3, 4], {"railway": "abandoned"}),
    ]
    for i, (nodes, own) in enumerate(ways, 1):
        writer.add_way(osmium.osm.mutable.Way(id=i, version=1, nodes=nodes, tags=own))
    writer.close()


@pytest.mark.parametrize("suffix", ["osm.pbf", "osm"])
def test_a_rail_extract_of_openstreetmap(tmp_path, suffix):
    """Railways in use stay with gauge, electrification and operator; stations come from the extract itself; a road is left out and said."""
    pytest.importorskip("osmium")
    rail_extract(tmp_path / f"x.{suffix}")
    world = sf.world_from(tmp_path / f"x.{suffix}", source="OpenStreetMap")
    assert is_right(world)
    links = world.links[world.links["mode"] == "rail"].set_index("link_id")
    assert set(links["operator"]) == {'The "Old" Line', "DB"}
    assert links.loc[links["operator"] != "DB", "electrified"].eq("contact_line").all()
    assert sorted(links["gauge_mm"].unique()) == [1000, 1435]
    branch = links[links["operator"] == "DB"].iloc[0]
    assert bool(branch["directed"])
    assert branch["to_node_id"] == "north"
    assert set(world.nodes.loc[world.nodes["kind"] == "station", "name"]) == {"West", "North"}
    assert "2 ways of OpenStreetMap" in " ".join(world.report["note"])


def test_from_a_rail_extract_to_a_map_on_the_command_line(tmp_path):
    """New, check and map, without a line of Python: what arises at West ends at North."""
    from typer.testing import CliRunner

    from scrapflow.cli import app

    pytest.importorskip("osmium")
    rail_extract(tmp_path / "x.osm.pbf")
    (tmp_path / "s.csv").write_text("place,tonnes\nWest,500\n")
    (tmp_path / "d.csv").write_text("place,kt\nNorth,0.4\n")
    world, page = str(tmp_path / "w"), str(tmp_path / "m.html")
    given_files = [
        "--links",
        str(tmp_path / "x.osm.pbf"),
        "--supply",
        str(tmp_path / "s.csv"),
        "--demand",
        str(tmp_path / "d.csv"),
    ]
    for command in (["new", world, *given_files], ["check", world], ["map", world, "-o", page]):
        done = CliRunner().invoke(app, command)
        assert done.exit_code == 0, done.output
        assert len(done.output.splitlines()) <= 60
    assert sf.run(sf.read_world(world)).flows.to("North").total_t == pytest.approx(400)


@pytest.mark.parametrize("ending", [".gz", ".bz2"])
def test_files_compressed_by_themselves(tmp_path, ending):
    """An extract, lines and a table are read out of their wrapping."""
    opener = {".gz": gzip.open, ".bz2": bz2.open}[ending]
    table = "from,to,km\nA,B,10\n"
    drawn = gpd.GeoDataFrame(geometry=gpd.GeoSeries.from_wkt(["LINESTRING (10 50, 11 50)"]), crs=4326).to_json()
    for name, text in {"t.csv": table, "l.geojson": drawn, "e.osm": OSM}.items():
        file = tmp_path / f"{name}{ending}"
        with opener(file, "wb") as stream:
            stream.write(text.encode())
        assert len(sf.world_from(file).links) >= 1
    (tmp_path / f"broken.osm{ending}").write_bytes(b"no such thing")
    with pytest.raises(sf.errors.InputError, match="cannot be unpacked"):
        sf.world_from(tmp_path / f"broken.osm{ending}")


def test_an_extract_under_another_name_with_ids_below_zero(tmp_path):
    """What editors save is an extract too: its tags are read and what is no railway is left out."""
    (tmp_path / "map.xml").write_text(OSM.replace('id="', 'id="-').replace('ref="', 'ref="-'), "utf-8")
    plain = tmp_path / "plain.osm"
    plain.write_text(OSM, "utf-8")
    worlds = [sf.world_from(tmp_path / "map.xml"), sf.world_from(plain)]
    assert worlds[0].links["gauge_mm"].tolist() == worlds[1].links["gauge_mm"].tolist()
    assert len(worlds[0].nodes) == len(worlds[1].nodes)


@pytest.mark.parametrize("ending", [".feather", ".arrow"])
def test_arrow_files(tmp_path, ending):
    """Lines with geometry and tables without it, as GeoPandas and pandas write them."""
    drawn = gpd.GeoDataFrame(geometry=gpd.GeoSeries.from_wkt(["LINESTRING (10 50, 11 50)"]), crs=4326)
    drawn.to_feather(tmp_path / f"l{ending}")
    pd.DataFrame({"from": ["A"], "to": ["B"], "km": [10.0]}).to_feather(tmp_path / f"t{ending}")
    for name in "lt":
        assert len(sf.world_from(tmp_path / f"{name}{ending}").links) == 1


def test_lines_inside_collections(tmp_path):
    """Lines of a collection are taken, its points left."""
    shape = "GEOMETRYCOLLECTION (POINT (10 50), MULTILINESTRING ((10 50, 11 50), (11 50, 12 50)))"
    gpd.GeoDataFrame(geometry=gpd.GeoSeries.from_wkt([shape]), crs=4326).to_file(tmp_path / "c.gpkg")
    assert len(sf.world_from(tmp_path / "c.gpkg").links) == 2


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.json", '{"version": 0.6, "elements": [{"type": "way", "id": 1}]}', "an answer of Overpass in JSON"),
        ("a.osm", OSM[:200], "was it cut short"),
        ("a.osc", OSM, "a file of changes"),
    ],
)
def test_what_looks_like_an_extract_and_is_none(tmp_path, name, content, told):
    """The message says what it is, and what is wanted."""
    (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(sf.errors.InputError, match=told):
        sf.world_from(tmp_path / name)


def test_an_extract_without_railways_says_that_roads_are_taken(tmp_path):
    """Nobody takes a road for a railway unsaid."""
    (tmp_path / "a.osm").write_text(OSM.replace("railway", "waterway"), "utf-8")
    world = sf.world_from(tmp_path / "a.osm")
    assert "its roads are taken" in world.report.set_index("kind").loc["no_railways", "note"]
