"""A timetable as a network: its stops, joined where a trip runs from one to the next."""

from __future__ import annotations

import pytest

import scrapflow as sf

FILES = {
    "stops.txt": (
        "stop_id,stop_name,stop_lat,stop_lon,parent_station\nA,Alpha,50,10,\nB,Bravo,50,11,\nB1,Bravo track 1,50,11,B\nC,Charlie,51,11,\n"
        "D,Depot,52,12,\n"
    ),
    "routes.txt": "route_id,route_type\nrail,2\nbus,3\nlong,109\n",
    "trips.txt": "trip_id,route_id\nt,rail\nback,rail\nu,bus\nv,long\n",
    # The third call of t stands first in the file, and its number is larger as a number only.
    "stop_times.txt": "trip_id,stop_id,stop_sequence\nt,C,10\nt,A,1\nt,B1,2\nback,B,1\nback,A,2\nu,A,1\nu,D,2\nv,C,1\nv,C,2\n",
}


@pytest.fixture
def timetable(tmp_path):
    """Return a folder of a railway from A by a platform of B to C and back from B to A, a bus to the depot, a train that stands."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def test_stops_that_follow_one_another_are_joined_once(timetable):
    """A–B and B–C: a platform counts as its station, both directions are one section, the order is that of the numbers."""
    world = sf.world_from(timetable)
    rails = world.links[world.links["mode"] == "rail"]
    assert sorted(zip(rails["from_node_id"], rails["to_node_id"], strict=True)) == [("A", "B"), ("B", "C")]
    nodes = world.nodes.set_index("node_id")
    assert nodes.loc[["A", "B", "C"], "name"].tolist() == ["Alpha", "Bravo", "Charlie"]
    assert nodes.loc["B", ["x_coord", "y_coord"]].tolist() == [11, 50]
    assert set(nodes["kind"]) == {"station", "outside"}
    notes = world.report.set_index("kind")["note"]
    assert notes["timetable"].startswith("2 sections between 3 stops")
    assert notes["left_out"].startswith("1 routes")


def test_of_a_timetable_without_railways_all_is_taken(timetable):
    """Where nothing but a bus runs, its stops are the network, and nothing is left out."""
    (timetable / "routes.txt").write_text("route_id,route_type\nbus,3\n")
    world = sf.world_from(timetable)
    assert world.links.loc[world.links["mode"] == "rail", ["from_node_id", "to_node_id"]].values.tolist() == [
        ["A", "D"]
    ]
    assert "left_out" not in set(world.report["kind"])


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("trips.txt", None, "trips.txt is missing"),
        ("stops.txt", "stop_id,stop_lat\nA,50\n", "stops.txt has no column stop_lon; there are stop_id, stop_lat"),
        ("stop_times.txt", "trip_id,stop_id,stop_sequence\nt,A,1\n", "no trip of stop_times.txt runs from one stop"),
    ],
)
def test_what_a_timetable_lacks_is_named(timetable, name, text, told):
    """A file, a column, a trip that goes anywhere."""
    (timetable / name).unlink()
    if text:
        (timetable / name).write_text(text)
    with pytest.raises(sf.InputError, match=told):
        sf.world_from(timetable)
