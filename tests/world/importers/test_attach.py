"""Mills and yards are joined to the main network, and known tonnes to their yards and mills."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.world.importers.attach import Draft, attach, name_islands
from tests.made_up_inputs import SITES, lines


def test_known_tonnes_make_yards_and_mills_under_the_names_of_their_places():
    """A place that offers has a yard, one that wants a mill; rows add up as they are; the source is theirs."""
    supply = pd.DataFrame({"place": ["West", "West"], "tonnes": [10, 5], "period": ["2019", "2019"]})
    demand = pd.DataFrame({"place": ["Middle"], "tonnes": [12], "period": ["2019"]})
    world = sf.world_from(lines(), places=SITES, supply=supply, demand=demand, source="Agency")
    assert world.supply["node_id"].unique().tolist() == ["yard_west"]
    assert world.supply["tonnage_t"].sum() == 15
    assert set(world.supply["tonnage_t_basis"]) == {"reported"}
    assert world.demand["node_id"].tolist() == ["mill_middle"]
    assert world.names.meant("West", ("yard",)).id == "yard_west"
    with pytest.raises(sf.InputError, match="Nowhere"):
        sf.world_from(lines(), places=SITES, supply=supply.assign(place="Nowhere"))


def test_a_mill_that_was_joined_to_a_junction_gets_no_second_way():
    """The mill stands 111 m off the end of the branch; a straight link to West, 16.7 km away, was shorter than the rails."""
    sites = pd.DataFrame(
        {"name": ["West", "Mill"], "kind": ["station", "mill"], "lon": [10.0, 10.1], "lat": [50.0, 50.101]}
    )
    rows = ["LINESTRING (10 50, 10.1 50)", "LINESTRING (10.1 50, 10.2 50)", "LINESTRING (10.1 50, 10.1 50.1)"]
    net = sf.build_network(sf.world_from(lines(rows), places=sites))
    assert (net.links["mode"] == "access").sum() == 1
    assert net.path("West", "Mill").length_km == pytest.approx(7.1696 + 11.1230 + 0.1112, abs=1e-3)


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


def drafted(*nodes):
    """Return a draft of nodes (id, kind, x, y) whose stations and junctions are one network."""
    made = Draft("", "rail")
    made.nodes.append(pd.DataFrame(nodes, columns=["node_id", "kind", "x_coord", "y_coord"]))
    made.links = pd.DataFrame({"from_node_id": [], "to_node_id": []}, dtype="str")
    made.main = {n[0] for n in nodes if n[1] in ("station", "junction")}
    return made


@pytest.mark.parametrize(
    ("station", "junction", "joined"),
    [(0.04, 0.001, "s"), (0.05, 0.001, "j"), (0.2, 0.07, "s"), (0.2, 0.06, "j"), (0.5, 0.6, "s"), (9.0, 9.0, "")],
)
def test_a_mill_is_joined_to_a_station_unless_a_junction_is_much_nearer(station, junction, joined):
    """Degrees east on the equator, 111.3 km each: a station within 5 km, or three times the junction's distance, comes first; none beyond 60 km."""
    made = drafted(("m", "mill", 0.0, 0.0), ("s", "station", station, 0.0), ("j", "junction", -junction, 0.0))
    attach(made, 60.0)
    assert [row["to_node_id"] for row in made.access] == ([joined] if joined else [])
    kind, ids, metres, _ = made.said[0]
    assert (kind, ids) == (("attached", f"m|{joined}") if joined else ("not_attached", "m"))
    if joined:
        assert metres == pytest.approx({"s": station, "j": junction}[joined] * 111_319.49, rel=1e-6)


def test_what_has_a_link_or_no_place_is_not_attached():
    """A yard that a link reaches stays as it is; a mill without a coordinate is told; a station is no works."""
    made = drafted(("y", "yard", 0.0, 0.0), ("m", "mill", float("nan"), 0.0), ("s", "station", 0.0, 0.01))
    made.links = pd.DataFrame({"from_node_id": ["y"], "to_node_id": ["s"]})
    attach(made, 60.0)
    assert made.access == []
    assert [(kind, ids) for kind, ids, *_ in made.said] == [("not_attached", "m")]


def test_the_main_network_is_the_part_with_the_most_kilometres():
    """Two long links count more than three short ones, which are told as an island; a node without a link is in neither."""
    made = drafted(
        *((n, "junction", x, 0.0) for n, x in zip("abcdefgh", (0, 2, 4, 10, 10.1, 10.2, 10.3, 20), strict=True))
    )
    made.links = pd.DataFrame(
        [("a", "b"), ("b", "c"), ("d", "e"), ("e", "f"), ("f", "g"), ("x", "a")], columns=["from_node_id", "to_node_id"]
    )
    name_islands(made)
    assert made.main == {"a", "b", "c"}
    assert [(kind, ids, note[:7]) for kind, ids, _, note in made.said] == [("island", "d|e|f|g", "4 nodes")]


def test_without_coordinates_the_part_with_the_most_links_is_the_main_one():
    """Nobody knows how long they are."""
    made = drafted(*((n, "junction", float("nan"), float("nan")) for n in "abcde"))
    made.links = pd.DataFrame([("a", "b"), ("c", "d"), ("d", "e")], columns=["from_node_id", "to_node_id"])
    name_islands(made)
    assert made.main == {"c", "d", "e"}


@pytest.mark.parametrize(("source", "source_id", "url", "basis"), [
    ("Rail Agency (2019)", "railagency_2019", "", "reported"), ("https://x.org/a", "https_x_org_a", "https://x.org/a", "reported"),
    ("", "", None, "assumed"), ("…", "source", "", "reported"),
])  # fmt: skip
def test_who_published_it_is_the_origin_of_every_value(source, source_id, url, basis):
    """Its identifier is made of its name; an address stands as one; nobody means assumed."""
    made = drafted(("s", "station", 0.0, 0.0))
    made.source = source
    made.links = pd.DataFrame(
        {
            "link_id": ["l", "k"],
            "from_node_id": "s",
            "to_node_id": "s",
            "length_km": ["5", ""],
            "mode": ["road", "canal"],
        }
    )
    tables = made.tables()
    assert made.source_id == source_id
    assert tables["nodes"]["basis"].tolist() == [basis]
    assert tables["links"]["length_basis"].tolist() == [basis, ""]
    assert tables["links"]["mode"].tolist() == ["road", "rail"]
    assert tables["sources"].get("url", pd.Series(dtype="str")).tolist() == ([] if url is None else [url])
    assert "mills" not in tables
