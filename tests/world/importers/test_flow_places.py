"""The places of known flows: found by their names, added where they have coordinates, else named."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.world.importers.flow_places import kinds_of_places
from tests.made_up_inputs import moved


def test_a_name_of_two_places_is_asked_about_and_an_unknown_one_is_said(tmp_path):
    """Two places called Weiden: which is meant is asked; Koeln is no place, and Köln is offered."""
    both = pd.DataFrame({"id": ["w", "r"], "name": ["Weiden", "Weiden"], "lon": [12.1, 6.8], "lat": [49.7, 50.9]})
    with pytest.raises(sf.InputError, match="'Weiden' means 2 places"):
        sf.run_from(pd.DataFrame({"from": ["Weiden"], "to": ["w"], "tonnes": [1]}), both)
    _, run = moved(tmp_path, "from,to,tonnes\nKöl,Aachen,5\n")
    assert "perhaps Köl (Köln?)" in run.meta["report"][0]["note"]


CHAIN = pd.DataFrame({"origin": ["a", "a", "b"], "destination": ["b", "b", "c"], "tonnes": [2.0, 1.0, 1.0]})


def test_a_place_that_the_network_lacks_is_added_or_named(toy):
    """A place with coordinates is joined to the network; one without is refused with the names that are near."""
    rows = pd.DataFrame({"origin": ["New Yard"], "destination": ["near"], "t": [1.0]})
    place = pd.DataFrame({"name": ["New Yard"], "lon": [0.51], "lat": [0.52]})
    run = sf.run_from(rows, place, network=toy)
    assert run.movements["path_id"].ne("").all()
    assert run.meta["report"][0]["kind"] == "added"
    with pytest.raises(sf.InputError, match="Far Mill"):
        sf.run_from(rows.assign(origin="Far Mil"), network=toy)


def test_places_that_are_not_among_those_given_are_said():
    """C has no coordinate: it keeps its tonnes, and the report names it."""
    places = pd.DataFrame({"id": ["a", "b"], "lat": [50, 51], "lon": [8, 9]})
    run = sf.run_from(CHAIN, places)
    assert run.meta["report"][0]["ids"] == "c"
    assert run.flows.to("c").total_t == 1


def test_a_place_that_is_misspelt_or_has_no_coordinate_is_a_warning(caplog):
    """Whoever does not look at the report hears of it: one in one word, two in two, with what they are called; dates that may be others too."""
    places = pd.DataFrame({"name": ["Köln", "Aachen", "Bonn"], "lat": [50.9, 50.8, None], "lon": [7.0, 6.1, None]})
    rows = pd.DataFrame({"from": ["Koelnn"], "to": ["Aachen"], "t": [1.0]})
    sf.run_from(rows, places)
    assert caplog.messages == [
        "1 place of the flows is not among the places given: it is not on the map; perhaps Koelnn (koln?)"
    ]
    caplog.clear()
    rows = pd.DataFrame({"from": ["Bonn", "Xy", "Zz"], "to": "Aachen", "t": 1.0, "date": "01/02/2024"})
    run = sf.run_from(rows, places)
    assert [m.split(":")[0] for m in caplog.messages] == [
        "'01/02/2024' is read as 2024-02-01 (day, month, year; no cell tells which number is the month",
        "2 places of the flows are not among the places given",
        "1 place has no coordinate",
    ]
    assert "; Xy, Zz" in caplog.messages[1]
    assert "(bonn)" in caplog.messages[2]
    assert {record.name.partition(".")[0] for record in caplog.records} == {"scrapflow"}
    assert run.flows.to("Aachen").total_t == 3
    caplog.clear()
    sf.run_from(pd.DataFrame({"from": ["Köln"], "to": ["Aachen"], "t": [1.0]}), places)
    assert not caplog.messages


def test_what_stands_at_an_end_follows_from_what_arrives_else_from_what_leaves():
    """Where something is carted stands a yard, where it is shipped to a mill; who carts is an enterprise; what leaks goes outside."""
    rows = [
        ("w", "y", "carted"),
        ("y", "m", "shipped"),
        ("m", "outside", "leaked"),
        ("y", "gone", "leaked"),
        ("y", "w", "returned"),
    ]
    told = kinds_of_places(pd.DataFrame(rows, columns=["origin", "destination", "kind"]))
    assert told == {"y": "yard", "m": "mill", "outside": "outside", "gone": "station", "w": "enterprise"}


def test_a_kind_that_is_given_is_kept_and_a_place_that_nobody_uses_is_left_out():
    """Bravo is a station although tonnes are shipped to it; Zulu has no flow."""
    places = pd.DataFrame(
        {
            "id": ["a", "b", "z"],
            "kind": ["", "station", "mill"],
            "lat": [50, 51, 52],
            "lon": [8, 9, 10],
            "region": ["N", "S", "N"],
        }
    )
    run = sf.run_from(CHAIN[:1], places)
    nodes = run.nodes.set_index("node_id")
    assert nodes.loc[["a", "b"], "kind"].tolist() == ["yard", "station"]
    assert "z" not in nodes.index
    assert nodes.loc[["a", "b"], "region"].tolist() == ["N", "S"]


def test_sources_are_told_apart_and_an_address_is_one():
    """Two titles that would have one identifier get two; rows without a source are of the table."""
    flows = CHAIN.assign(source=["Rail Agency", "rail-agency", "https://x.org/a"])
    run = sf.run_from(flows)
    told = run.sources.set_index("title")
    assert told["source_id"].is_unique
    assert set(told.index) == {"Rail Agency", "rail-agency", "https://x.org/a"}
    assert told.loc["https://x.org/a", "url"] == "https://x.org/a"
    assert told.loc["Rail Agency", "url"] == ""


def test_on_a_network_the_kind_of_movement_says_what_a_name_means(toy):
    """Vale is a town, a yard and a station: what is carted comes to its yard, what is shipped leaves it; the works are their own."""
    rows = pd.DataFrame(
        {"from": ["Vale Works", "Vale"], "to": ["Vale", "Far Mill"], "t": [1.0, 1.0], "kind": ["carted", "shipped"]}
    )
    run = sf.run_from(rows, network=toy)
    assert run.movements[["kind", "origin", "destination"]].values.tolist() == [
        ["carted", "works", "yard"],
        ["shipped", "yard", "far"],
    ]
