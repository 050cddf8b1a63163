"""Networks as people have them: GMNS, TNTP, extracts, folders of files."""

from __future__ import annotations

import pandas as pd
import pytest
import shapely

import scrapflow as sf
from tests.made_up_inputs import lines


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


def test_a_folder_with_one_file_of_lines(tmp_path):
    """GeoJSON of a line each, as GDAL writes it, is found in its folder."""
    lines().to_file(tmp_path / "r.geojsonl", driver="GeoJSONSeq")
    assert len(sf.world_from(tmp_path).links) == 4


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


def test_a_network_whose_nodes_have_no_identifier_says_so(tmp_path):
    """The column was looked up before anybody asked whether it is there."""
    (tmp_path / "t_net.tntp").write_text(THREE_LINKS)
    (tmp_path / "t_node.tntp").write_text("Vale\tX\tY\t;\n1\t0\t0\t;\n2\t6000\t0\t;\n")
    with pytest.raises(
        sf.InputError,
        match=r"nodes, column node_id: no column of the network's nodes is node_id; there are vale, x_coord, y_coord",
    ):
        sf.world_from(tmp_path, crs="EPSG:5179")


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
