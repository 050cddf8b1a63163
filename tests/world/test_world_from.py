"""From what people have to a checked world: lines, GMNS, TNTP, tables of codes; every step is said."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import scrapflow as sf

ROWS = ["LINESTRING (10 50, 10.5 50, 11 50)", "LINESTRING (10.5 50, 10.5 50.5)", "LINESTRING (12 51, 12.1 51)"]
PLACES = pd.DataFrame(
    {
        "name": ["West", "Middle", "Far Mill", "Lost Mill"],
        "lon": [10.0, 10.251, 11.05, 20.0],
        "lat": [50.0, 50.004, 50.02, 60.0],
        "kind": ["station", "", "mill", "mill"],
    }
)


def lines(rows=ROWS, **columns):
    """Return lines as a GeoDataFrame."""
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries.from_wkt(rows), crs=4326)


def said(world, kind):
    """Return the identifiers that the report names for a kind of step."""
    return world.report.loc[world.report["kind"] == kind, "ids"].tolist()


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "shp"])
def test_bare_lines_become_a_network(tmp_path, suffix):
    """Lines meet at a shared vertex, are cut at stations, islands are named, a mill is attached, a far one is reported."""
    file = tmp_path / f"rails.{suffix}"
    lines(gauge=["1435"] * 3, operator=["A", "B", "C"]).to_file(file)
    world = sf.world_from(file, places=PLACES, source="Rail map 2019")
    assert not (world.check()["severity"] == "error").any()
    nodes = world.nodes.set_index("node_id")
    assert nodes["kind"].value_counts().to_dict() == {"junction": 5, "mill": 2, "station": 2, "outside": 1}
    assert len(world.links) == 3 + 1 + 1 + 1
    assert world.links["gauge_mm"].dropna().unique().tolist() == [1435]
    assert set(world.links["operator"]) == {"A", "B", "C", ""}
    assert said(world, "not_attached") == ["lostmill"]
    assert len(said(world, "island")) == 1
    assert said(world, "moved_to_line") == ["middle"]
    assert said(world, "attached")[0].startswith("farmill|")
    net = sf.build_network(world)
    assert net.path("West", "Far Mill").length_km == pytest.approx(71.7 + 4.3, abs=0.5)
    assert nodes.loc["west", ["basis", "source_id"]].tolist() == ["reported", "railmap2019"]


def test_what_is_made_is_read_back(tmp_path):
    """The folder that is written is the world."""
    world = sf.world_from(lines(), places=PLACES)
    again = sf.read_world(world.write(tmp_path / "w"))
    assert again.links.geometry.geom_equals_exact(world.links.geometry, 1e-12).all()
    assert again.nodes["node_id"].tolist() == world.nodes["node_id"].tolist()


def test_ends_are_joined_within_the_tolerance_only():
    """Five metres short is joined and said; with a tolerance of one metre it is an island."""
    rows = ["LINESTRING (10 50, 11 50)", "LINESTRING (10.5 50.00005, 10.5 50.5)"]
    joined, apart = sf.world_from(lines(rows)), sf.world_from(lines(rows), tolerance_m=1)
    assert (len(joined.links), len(apart.links)) == (3, 2)
    assert joined.report.loc[joined.report["kind"] == "snapped_end", "metres"].iloc[0] == pytest.approx(5.6, abs=0.1)
    assert len(said(apart, "island")) == 1


def test_lines_that_merely_cross_pass_over_one_another():
    """A bridge is no junction unless one says so."""
    rows = ["LINESTRING (10 50, 11 50)", "LINESTRING (10.5 49.5, 10.5 50.5)"]
    assert len(sf.world_from(lines(rows)).links) == 2
    assert len(sf.world_from(lines(rows), crossings=True).links) == 4


def test_all_crossings_are_found_and_no_others():
    """Three by four straight lines cross in twelve places: 31 pieces; one that only touches an end of another adds itself."""
    upright = [f"LINESTRING ({10 + x / 10} 50, {10 + x / 10} 51)" for x in (1, 2, 3)]
    level = [f"LINESTRING (10 {50 + y / 10}, 11 {50 + y / 10})" for y in (1, 2, 3, 4)]
    touching = ["LINESTRING (11 50.1, 12 50.1)"]
    world = sf.world_from(lines([*upright, *level, *touching]), crossings=True)
    assert len(world.links) == 3 * 5 + 4 * 4 + 1
    met = world.nodes["node_id"].map(pd.concat([world.links["from_node_id"], world.links["to_node_id"]]).value_counts())
    assert (met == 4).sum() == 12


def test_the_order_and_direction_of_lines_do_not_matter():
    """Shuffled and turned lines are the same network."""
    turned = [shapely.reverse(shapely.from_wkt(r)).wkt for r in ROWS][::-1]
    a, b = sf.world_from(lines()), sf.world_from(lines(turned))
    lengths = [sorted(sf.build_network(w).links["length_km"].round(6)) for w in (a, b)]
    assert lengths[0] == lengths[1]


def test_known_tonnes_make_yards_and_mills_under_the_names_of_their_places():
    """A place that offers has a yard, one that wants a mill; rows add up as they are; the source is theirs."""
    supply = pd.DataFrame({"place": ["West", "West"], "tonnes": [10, 5], "period": ["2019", "2019"]})
    demand = pd.DataFrame({"place": ["Middle"], "tonnes": [12], "period": ["2019"]})
    world = sf.world_from(lines(), places=PLACES, supply=supply, demand=demand, source="Agency")
    assert world.supply["node_id"].unique().tolist() == ["yard_west"]
    assert world.supply["tonnage_t"].sum() == 15
    assert set(world.supply["tonnage_t_basis"]) == {"reported"}
    assert world.demand["node_id"].tolist() == ["mill_middle"]
    assert world.names.meant("West", ("yard",)).id == "yard_west"
    with pytest.raises(sf.InputError, match="Nowhere"):
        sf.world_from(lines(), places=PLACES, supply=supply.assign(place="Nowhere"))


def test_a_table_of_sections_between_codes(tmp_path):
    """Codes, published kilometres and a point for each code; columns under names of one's own."""
    (tmp_path / "sections.csv").write_text("A;B;Extensao;Bitola\nX1;X2;110,5;1000\nX2;X3;80;1000|1600\n", "utf-8")
    (tmp_path / "points.csv").write_text(
        "code,name,lat,lon\nX1,One,-20,-44\nX2,Two,-20,-43\nX3,Three,-20.5,-43\n", "utf-8"
    )
    world = sf.world_from(
        tmp_path / "sections.csv",
        places=tmp_path / "points.csv",
        columns={"A": "from_node_id", "B": "to_node_id", "Extensao": "length_km", "Bitola": "gauge_mm"},
        source="https://example.org/register",
    )
    assert not (world.check()["severity"] == "error").any()
    assert len(said(world, "dual_gauge")) == 1
    assert sf.build_network(world).path("One", "Two").length_km == 110.5
    assert world.links.loc[world.links["mode"] == "rail", "length_basis"].unique().tolist() == ["reported"]
    assert (world.links["mode"] == "transshipment").sum() == len(said(world, "gauges_meet")[0].split("|"))


def test_a_gmns_folder(tmp_path):
    """Projected metres need a reference system, and the refusal says so; with it, the links are where they are."""
    (tmp_path / "node.csv").write_text(
        "node_id,name,x_coord,y_coord\n1,,322754,4698346\n2,Mid,322842,4698158\n", "utf-8"
    )
    (tmp_path / "link.csv").write_text(
        "link_id,from_node_id,to_node_id,directed,geometry\n"
        '10,2,1,1,"LINESTRING(322754 4698346,322800 4698250,322842 4698158)"\n', "utf-8"
    )  # fmt: skip
    with pytest.raises(sf.InputError, match=r"no degrees.*crs="):
        sf.world_from(tmp_path)
    world = sf.world_from(tmp_path, crs="EPSG:26919")
    assert world.nodes.set_index("node_id")["kind"].to_dict() == {"1": "junction", "2": "station", "outside": "outside"}
    assert sf.build_network(world).links["length_km"].iloc[0] == pytest.approx(0.208, abs=0.01)
    assert world.links.geometry.iloc[0].coords[0] == pytest.approx(
        world.nodes.set_index("node_id").geometry["2"].coords[0]
    )


def test_a_tntp_network_with_its_trips(tmp_path):
    """Rows are one-way; trips are demand with an origin, and what is wanted of a place is what it offers."""
    (tmp_path / "t_net.tntp").write_text(
        "<NUMBER OF LINKS> 2\n<END OF METADATA>\n\n~\tinit_node\tterm_node\tcapacity\tlength\t;\n\t1\t2\t100\t6\t;\n\t2\t1\t100\t6\t;\n"
    )
    (tmp_path / "t_node.tntp").write_text("node\tX\tY\t;\n1\t10\t50\t;\n2\t10.5\t50\t;\n")
    (tmp_path / "t_trips.tntp").write_text(
        "<NUMBER OF ZONES> 2\n<END OF METADATA>\n\nOrigin 1\n    1 : 0.0;  2 : 100.0;\n"
    )
    world = sf.world_from(tmp_path)
    assert world.links.loc[world.links["mode"] == "rail", "directed"].all()
    assert world.demand[["node_id", "origin", "tonnage_t"]].values.tolist() == [["mill_2", "yard_1", 100.0]]
    assert world.supply[["node_id", "tonnage_t"]].values.tolist() == [["yard_1", 100.0]]


THREE_LINKS = """<NUMBER OF NODES> 3
<FIRST THRU NODE> 3
<NUMBER OF LINKS> 3
<END OF METADATA>

~ \tinit_node\tterm_node\tcapacity\tlength\t;
\t1\t3\t100\t6\t;
~ what a tilde begins is a comment
\t3\t2\t0\t5\t;
\t2\t1\t0\t5\t;
"""


def tntp(folder, trips):
    """Write a network of three one-way links, of 6, 5 and 5 km, with trips between its zones 1 and 2."""
    (folder / "t_net.tntp").write_text(THREE_LINKS)
    (folder / "t_trips.tntp").write_text(trips)
    return sf.world_from(folder, length_unit="km")


def test_comments_totals_and_zones_of_a_tntp_network_are_minded(tmp_path):
    """From 1 to 2 are 11 km over 3; 7 trips stay in zone 2, 20 are wanted of 1; the total of 99 is not held."""
    trips = "<TOTAL OD FLOW> 99.0\n<END OF METADATA>\nOrigin\t1\n1:0;2:2.0E1;\nOrigin 2 ~ a comment\n 2 : 7.0;"
    world = tntp(tmp_path, trips)
    assert sf.build_network(world).path("1", "2").length_km == 11
    assert world.demand["tonnage_t"].tolist() == [20.0]
    notes = " ".join(world.report["note"])
    assert all(
        text in notes for text in ("below 3 (FIRST THRU NODE)", "99 in all, and holds 27", "7 from a zone to itself")
    )


def test_trips_that_cannot_be_read_are_refused_by_their_line(tmp_path):
    """A comma for thousands was read as 1."""
    with pytest.raises(sf.InputError, match=r"t_trips.tntp line 4: '2 : 1,000.0'"):
        tntp(tmp_path, "<NUMBER OF ZONES> 2\n<END OF METADATA>\nOrigin 1\n  2 : 1,000.0;\n")


@pytest.mark.parametrize("words", [["yes", "no", "-1"], ["F", "B", "T"]])
def test_lines_run_against_their_drawing_are_turned(words):
    """As OpenStreetMap says it, and as extracts of it do: the third of three lines is run backwards, the second both ways."""
    world = sf.world_from(lines(oneway=words))
    by = world.links.set_index(world.links["link_id"].str[0])
    assert by.loc["3", "directed"]
    assert by.loc["3"].geometry.coords[0] == (12.1, 51)
    assert not by.loc["2", "directed"]


def test_a_folder_with_one_file_of_lines(tmp_path):
    """GeoJSON of a line each, as GDAL writes it, is found in its folder."""
    lines().to_file(tmp_path / "r.geojsonl", driver="GeoJSONSeq")
    assert len(sf.world_from(tmp_path).links) == 4


def test_shapes_torn_apart_by_a_separator_are_shown():
    """EWKT without quotes in a table with semicolons leaves the SRID alone in its column."""
    with pytest.raises(sf.InputError, match="holds 'SRID=3857', which is no WKT"):
        sf.world_from(pd.DataFrame({"id": [1], "geom": ["SRID=3857"], "name": ["LINESTRING(0 0,1 1)"]}))


def test_a_mill_that_was_joined_to_a_junction_gets_no_second_way():
    """The mill stands 111 m off the end of the branch; a straight link to West, 16.7 km away, was shorter than the rails."""
    sites = pd.DataFrame(
        {"name": ["West", "Mill"], "kind": ["station", "mill"], "lon": [10.0, 10.1], "lat": [50.0, 50.101]}
    )
    rows = ["LINESTRING (10 50, 10.1 50)", "LINESTRING (10.1 50, 10.2 50)", "LINESTRING (10.1 50, 10.1 50.1)"]
    net = sf.build_network(sf.world_from(lines(rows), places=sites))
    assert (net.links["mode"] == "access").sum() == 1
    assert net.path("West", "Mill").length_km == pytest.approx(7.1696 + 11.1230 + 0.1112, abs=1e-3)


def test_an_osm_extract(tmp_path):
    """Of an extract the railways stay, with gauge and operator out of GDAL's packed tags."""
    nodes = [(1, 50.0, 10.0), (2, 50.0, 10.5), (3, 50.0, 11.0), (4, 50.5, 10.5)]
    ways = [
        ((1, 2, 3), {"railway": "rail", "gauge": "1435"}),
        ((2, 4), {"railway": "rail", "operator": "DB"}),
        ((1, 4), {"highway": "path"}),
        ((3, 4), {"railway": "rail", "disused": "yes"}),
    ]
    text = "".join(f'<node id="{i}" lat="{y}" lon="{x}"/>' for i, y, x in nodes)
    for i, (refs, tags) in enumerate(ways, 1):
        inside = "".join(f'<nd ref="{r}"/>' for r in refs) + "".join(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items())
        text += f'<way id="{i}">{inside}</way>'
    (tmp_path / "x.osm").write_text(f'<?xml version="1.0"?><osm version="0.6">{text}</osm>')
    world = sf.world_from(tmp_path / "x.osm")
    assert len(world.links) == 3
    assert world.links["gauge_mm"].max() == 1435
    assert "DB" in set(world.links["operator"])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("nowhere.geojson", "there is no file or folder"),
        (pd.DataFrame({"a": [1]}), "from_node_id and to_node_id is missing"),
        (3, "a path, a GeoDataFrame of lines"),
        (gpd.GeoDataFrame(geometry=gpd.points_from_xy([1], [2]), crs=4326), "there is no line"),
        (gpd.GeoDataFrame(geometry=gpd.GeoSeries.from_wkt(["LINESTRING (3e5 4e6, 3.1e5 4e6)"])), "no degrees"),
    ],
)
def test_what_cannot_become_a_world_names_the_cause(given, message):
    """The first lines of the refusal say what is wrong."""
    with pytest.raises(sf.InputError, match=message) as refused:
        sf.world_from(given)
    assert len(str(refused.value).splitlines()) <= 10


CONFIG = "dataset_name,short_length,long_length,crs\nx,foot,mile,EPSG:4326\n"
NODE = "node_id,name,x_coord,y_coord\n1,,21.0,52.0\n2,Łowicz,21.1,52.05\n3,,21.2,52.1\n"
LINK = "link_id,from_node_id,to_node_id,directed,length,geometry_id\na,1,2,true,6,g\nb,2,1,true,6,g\nc,2,3,false,6,\n"


@pytest.fixture
def gmns(tmp_path):
    """A GMNS folder whose courses, units and other tables stand in files of their own."""
    files = {"config.csv": CONFIG, "node.csv": NODE, "link.csv": LINK, "movement.csv": "mvmt_id\n1\n",
             "geometry.csv": 'geometry_id,geometry\ng,"LINESTRING (21.0 52.0, 21.05 52.04, 21.1 52.05)"\n'}  # fmt: skip
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def test_the_units_and_courses_of_a_gmns_folder(gmns):
    """Miles of config.csv are kilometres, both ways share a course, what is not read is named."""
    world = sf.world_from(gmns)
    links = world.links.set_index("link_id")
    assert links.loc["a", "length_km"] == pytest.approx(6 * 1.609344)
    assert list(links.loc["b", "geometry"].coords) == list(links.loc["a", "geometry"].coords)[::-1]
    assert world.report.set_index("kind").loc["not_read", "note"].startswith("movement.csv:")


def test_a_link_to_a_node_that_is_not_there_is_told_first(gmns):
    """The cause stands before what follows from it."""
    (gmns / "link.csv").write_text(LINK.replace("c,2,3", "c,2,9").replace("length", "span"), "utf-8")
    with pytest.raises(sf.errors.InputError) as refused:
        sf.world_from(gmns)
    assert "1 ends of links are in no table of nodes or places: 9" in refused.value.problems["message"].iloc[0]


def test_nodes_without_a_name_may_be_given_as_places(gmns):
    """They are junctions; a station that has none is called by its identifier."""
    world = sf.world_from(gmns / "link.csv", places=gmns / "node.csv", length_unit="mi")
    assert world.nodes.set_index("node_id").loc[["1", "2", "3"], "kind"].tolist() == ["junction", "station", "junction"]
    kinds = pd.DataFrame(
        {"code": ["1", "2"], "name": ["", "B"], "kind": ["station", ""], "lon": [21, 21.1], "lat": [52, 52.05]}
    )
    again = sf.world_from(pd.DataFrame({"from": ["1"], "to": ["2"], "km": [9]}), places=kinds)
    assert again.nodes.set_index("node_id").loc["1", ["kind", "name"]].tolist() == ["station", "1"]


def test_one_mapping_for_files_that_have_our_names_too(gmns):
    """``--map d_zone_id=node_id`` for trips does not take the nodes their ``node_id``."""
    trips = pd.DataFrame({"o_zone_id": ["1"], "d_zone_id": ["3"], "volume": [100.0]})
    columns = {"o_zone_id": "origin", "d_zone_id": "node_id", "volume": "tonnage_t"}
    run = sf.run(sf.world_from(gmns, demand=trips, columns=columns))
    assert run.flows.total_t == pytest.approx(100.0)


def test_columns_in_capitals(gmns):
    """Programs for maps write ``NAME``."""
    places = gpd.GeoDataFrame(
        {"NAME": ["West"], "KIND": ["station"]}, geometry=gpd.points_from_xy([10], [50]), crs=4326
    )
    assert "west" in set(sf.world_from(lines(), places=places).nodes["node_id"])


TNTP = "<NUMBER OF LINKS> 2\n<END OF METADATA>\n~\tinit_node\tterm_node\tcapacity\tlength\t;\n\t1\t2\t9\t6\t;\n\t2\t1\t9\t6\t;\n"


def test_a_tntp_network_under_another_ending(tmp_path):
    """Its rows are one-way, as in a file that is called .tntp."""
    (tmp_path / "net.txt").write_text(TNTP, "utf-8")
    assert sf.world_from(tmp_path / "net.txt", length_unit="km").links["directed"].all()


def test_trips_given_as_a_network(tmp_path):
    """The message names the file that is wanted."""
    (tmp_path / "X_trips.tntp").write_text("<END OF METADATA>\nOrigin 1\n 2 : 5.0;\n", "utf-8")
    with pytest.raises(sf.errors.InputError, match="holds trips: give the network"):
        sf.world_from(tmp_path / "X_trips.tntp")


@pytest.mark.parametrize(
    ("header", "km"),
    [
        ("source,target,length_km", 120.0),
        ("Станция отправления;Станция назначения;Расстояние, км", 120.0),
        ("起点,终点,里程(公里)", 120.0),
        ("من,إلى,المسافة كم", 120.0),
        ("From Station,To Station,Distance (mi)", 120.0 * 1.609344),
        ("skąd,dokąd,długość [m]", 0.12),
    ],
)
def test_sections_with_headers_of_many_languages(tmp_path, header, km):
    """Ends and lengths are known by what people call them, with the unit in the header."""
    separator = ";" if ";" in header else ","
    (tmp_path / "s.csv").write_text(f"{header}\n{separator.join(['A', 'B', '120'])}\n", "utf-8")
    links = sf.world_from(tmp_path / "s.csv").links
    assert links.loc[links["mode"] == "rail", "length_km"].tolist() == pytest.approx([km])


def test_a_network_whose_nodes_have_no_identifier_says_so(tmp_path):
    """The column was looked up before anybody asked whether it is there."""
    (tmp_path / "t_net.tntp").write_text(THREE_LINKS)
    (tmp_path / "t_node.tntp").write_text("Vale\tX\tY\t;\n1\t0\t0\t;\n2\t6000\t0\t;\n")
    with pytest.raises(
        sf.InputError,
        match=r"nodes, column node_id: no column of the network's nodes is node_id; there are vale, x_coord, y_coord",
    ):
        sf.world_from(tmp_path, crs="EPSG:5179")


def test_a_quotation_mark_without_its_fellow_is_told_with_its_line(tmp_path):
    """It swallows the rest of the file: three places became one, without a word."""
    (tmp_path / "sections.csv").write_text("from,to,length_km\na,b,5\n")
    (tmp_path / "places.csv").write_text('id,name,lon,lat\na,"A,127,39\nb,B,127,40\n')
    with pytest.raises(sf.InputError, match=r"places.csv line 2: a quotation mark has no fellow"):
        sf.world_from(tmp_path / "sections.csv", places=tmp_path / "places.csv")
    (tmp_path / "places.csv").write_text('id,name,lon,lat\nc,C,127,41\na,"A,127,39\nb,"B,127,40\n')
    with pytest.raises(sf.InputError, match=r"places.csv line 3: a quotation mark has no fellow"):
        sf.world_from(tmp_path / "sections.csv", places=tmp_path / "places.csv")
    (tmp_path / "places.csv").write_text('id,name,lon,lat\na,"A ""1\n2""",127,39\nb,B,127,40')
    made = sf.world_from(tmp_path / "sections.csv", places=tmp_path / "places.csv")
    assert made.nodes["name"].iloc[0] == 'A "1\n2"'


def test_a_supply_that_nobody_wants_stays_where_it_is(tmp_path):
    """No mill and no demand: the run was refused for a column of its own that held text."""
    (tmp_path / "sections.csv").write_text("from,to,length_km\na,b,5\n")
    (tmp_path / "places.csv").write_text("id,name,kind,lon,lat\na,A,station,127,39\nb,B,station,127,40\n")
    (tmp_path / "supply.csv").write_text("node_id,material,tonnage_t\na,scrap,5\n")
    run = sf.run(
        sf.world_from(tmp_path / "sections.csv", places=tmp_path / "places.csv", supply=tmp_path / "supply.csv")
    )
    assert (run.totals().shipped_t, run.totals().held_t + run.totals().unserved_t) == (0, 5)


@pytest.mark.parametrize("cell", ["2 : 1.0.0;", "2 : -4;", "2 : 1e;", "2 : nan;"])
def test_a_number_of_trips_that_is_none_is_told_with_its_line(tmp_path, cell):
    """What only begins as a number was handed to Python as one."""
    with pytest.raises(sf.InputError, match=r"t_trips.tntp line 3: .* is no trips such as"):
        tntp(tmp_path, f"<END OF METADATA>\nOrigin 1\n {cell}\n")


def test_a_gmns_folder_may_keep_its_courses_apart(tmp_path):
    """A column of courses that is there and empty does not hide geometry.csv; of the opposite direction it is turned."""
    (tmp_path / "node.csv").write_text("node_id,name,x_coord,y_coord,node_type\n1,A,10,50,stop\n2,B,11,50,\n", "utf-8")
    (tmp_path / "link.csv").write_text(
        "link_id,from_node_id,to_node_id,directed,geometry_id,geometry,dir_flag\nx,1,2,1,g,,1\ny,2,1,1,g,,-1\nz,1,2,0,,,\n",
        "utf-8",
    )
    (tmp_path / "geometry.csv").write_text('geometry_id,geometry\ng,"LINESTRING (10 50, 10.5 50.5, 11 50)"\n', "utf-8")
    links = sf.world_from(tmp_path).links.set_index("link_id")
    assert links["length_km"].isna().all()
    assert links.geometry["x"].equals(shapely.from_wkt("LINESTRING (10 50, 10.5 50.5, 11 50)"))
    assert links.geometry["y"].equals(shapely.from_wkt("LINESTRING (11 50, 10.5 50.5, 10 50)"))
    assert len(links.geometry["z"].coords) == 2


def test_the_length_of_a_line_that_is_cut_goes_to_its_parts():
    """By the course, as derived; that of a whole line stays reported, and one without a length is measured."""
    given = lines(length_km=[70, None, 12.5])
    world = sf.world_from(given, places=PLACES.iloc[:2], source="Agency")
    links = world.links.set_index("link_id")
    parts = links[links.index.str.startswith("1.")]
    assert parts["length_km"].sum() == pytest.approx(70)
    assert parts["length_km"].round(2).tolist() == [17.57, 17.43, 35.0]
    assert set(parts["length_basis"]) == {"derived"}
    assert (links.loc["3", "length_km"], links.loc["3", "length_basis"]) == (12.5, "reported")
    assert "their lengths go to the parts" in world.report["note"].str.cat()


def test_what_is_said_of_a_station_stays_with_it_on_the_line():
    """Its other names and notes, whatever the columns; a place is found by them, and one that is none is told as that."""
    said_more = PLACES.assign(aliases=["Wild West", "", "", ""], note=["a note", "", "", ""], platform=[3, 1, 0, 0])
    demand = pd.DataFrame({"place": ["Wild West"], "tonnes": [1]})
    world = sf.world_from(lines(), places=said_more, demand=demand)
    west = world.nodes.set_index("node_id").loc["west"]
    assert west[["aliases", "note", "platform"]].tolist() == ["Wild West", "a note", "3"]
    with pytest.raises(sf.InputError, match="no place is called 'Wested'; did you mean West"):
        sf.world_from(lines(), places=said_more, demand=demand.assign(place="Wested"))
    with pytest.raises(sf.InputError, match="no place is called 'Zzyzx'; add it with --places"):
        sf.world_from(lines(), places=said_more, demand=demand.assign(place="Zzyzx"))


def test_what_a_factory_offers_is_attached_as_a_yard_is():
    """The works stand 1 km from a junction and 36 km from the next station: their tonnes join the rails at the junction."""
    places = pd.DataFrame({"name": ["West", "Works", "Mill"], "lon": [10.0, 10.51, 11.0], "lat": [50.0, 50.01, 50.0],
                           "kind": ["station", "factory", "mill"]})  # fmt: skip
    supply, demand = (pd.DataFrame({"place": [p], "tonnes": [5.0]}) for p in ("Works", "Mill"))
    world = sf.world_from(lines(), places=places, supply=supply, demand=demand)
    junction = world.links.loc[world.links["from_node_id"] == "yard_works", "to_node_id"].tolist()
    assert len(junction) == 2
    run = sf.run(world)
    assert run.flows.total_t == 5
    assert run.paths["link_id"].tolist()[0] == f"yard_works>{junction[1]}"
    assert world.nodes.set_index("node_id").loc[junction[1], "kind"] == "junction"
