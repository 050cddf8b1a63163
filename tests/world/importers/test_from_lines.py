"""Drawn lines into a draft: turned as they are run, in one piece over the date line, what is no line said."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf
from tests.made_up_inputs import SITES, lines, said


@pytest.mark.parametrize("words", [["yes", "no", "-1"], ["F", "B", "T"]])
def test_lines_run_against_their_drawing_are_turned(words):
    """As OpenStreetMap says it, and as extracts of it do: the third of three lines is run backwards, the second both ways."""
    world = sf.world_from(lines(oneway=words))
    by = world.links.set_index(world.links["link_id"].str[0])
    assert by.loc["3", "directed"]
    assert by.loc["3"].geometry.coords[0] == (12.1, 51)
    assert not by.loc["2", "directed"]


def test_the_length_of_a_line_that_is_cut_goes_to_its_parts():
    """By the course, as derived; that of a whole line stays reported, and one without a length is measured."""
    given = lines(length_km=[70, None, 12.5])
    world = sf.world_from(given, places=SITES.iloc[:2], source="Agency")
    links = world.links.set_index("link_id")
    parts = links[links.index.str.startswith("1.")]
    assert parts["length_km"].sum() == pytest.approx(70)
    assert parts["length_km"].round(2).tolist() == [17.57, 17.43, 35.0]
    assert set(parts["length_basis"]) == {"derived"}
    assert (links.loc["3", "length_km"], links.loc["3", "length_basis"]) == (12.5, "reported")
    assert "their lengths go to the parts" in world.report["note"].str.cat()


def test_what_is_said_of_a_station_stays_with_it_on_the_line():
    """Its other names and notes, whatever the columns; a place is found by them, and one that is none is told as that."""
    said_more = SITES.assign(aliases=["Wild West", "", "", ""], note=["a note", "", "", ""], platform=[3, 1, 0, 0])
    demand = pd.DataFrame({"place": ["Wild West"], "tonnes": [1]})
    world = sf.world_from(lines(), places=said_more, demand=demand)
    west = world.nodes.set_index("node_id").loc["west"]
    assert west[["aliases", "note", "platform"]].tolist() == ["Wild West", "a note", "3"]
    with pytest.raises(sf.InputError, match="no place is called 'Wested'; did you mean West"):
        sf.world_from(lines(), places=said_more, demand=demand.assign(place="Wested"))
    with pytest.raises(sf.InputError, match="no place is called 'Zzyzx'; add it with --places"):
        sf.world_from(lines(), places=said_more, demand=demand.assign(place="Zzyzx"))


def test_lines_over_the_date_line_are_joined_and_put_back():
    """Two lines that meet at 180° from both sides, and a place at -179.5: three links, all longitudes within the globe."""
    rows = ["LINESTRING (179 10, 180 10)", "LINESTRING (-180 10, -179 10)"]
    places = pd.DataFrame({"name": ["East"], "lon": [-179.5], "lat": [10.0]})
    world = sf.world_from(lines(rows), places=places)
    nodes = world.nodes.dropna(subset="x_coord")
    assert len(world.links) == 3
    assert len(nodes) == 4
    assert nodes["x_coord"].between(-180, 180).all()
    assert said(world, "island") == []
    assert world.nodes.set_index("node_id").loc["east", "x_coord"] == pytest.approx(-179.5)
    assert all(-180 <= x <= 180 for g in world.links.geometry for x, _ in g.coords)


def test_parts_of_a_line_that_follow_one_another_are_one():
    """Two parts that meet are one link; two that do not are two, with numbers; a part without length is left out."""
    rows = [
        "MULTILINESTRING ((10 50, 10.5 50), (10.5 50, 11 50))",
        "MULTILINESTRING ((12 50, 13 50), (14 50, 15 50))",
        "LINESTRING (20 50, 20 50)",
    ]
    world = sf.world_from(lines(rows))
    assert world.links["link_id"].tolist() == ["1", "2.1", "2.2"]
    assert said(world, "left_out") == ["3"]


def test_a_loop_goes_and_identifiers_of_ones_own_stay():
    """A line that ends where it begins carries nothing; of two lines of one name the second has a number; an empty name is its row."""
    rows = [
        "LINESTRING (10 50, 11 50)",
        "LINESTRING (11 50, 12 50)",
        "LINESTRING (12 50, 13 50)",
        "LINESTRING (10 50, 10.1 50.1, 10 50.1, 10 50)",
    ]
    world = sf.world_from(lines(rows, link_id=["a", "a", "", "loop"]))
    assert world.links["link_id"].tolist() == ["a", "a (2)", "3"]
    assert said(world, "left_out") == ["loop"]


def test_places_with_latitude_and_longitude_exchanged_are_told():
    """Far from every line, and near with the two exchanged; far either way is only far."""
    swapped = pd.DataFrame({"name": ["West", "Middle"], "lon": [50.0, 50.0], "lat": [10.0, 10.25]})
    with pytest.raises(sf.InputError, match=r"the first at longitude 50, latitude 10.*are swapped"):
        sf.world_from(lines(), places=swapped)
    world = sf.world_from(lines(), places=swapped.assign(lon=-50.0))
    assert said(world, "not_on_a_line") == ["west", "middle"]


def test_of_two_stations_on_one_point_the_first_is_there_and_the_other_told():
    """Both stay places; what moved is told from ten metres on."""
    places = pd.DataFrame(
        {
            "name": ["One", "Two", "Near", "Away"],
            "lon": [10.0, 10.0, 10.2, 10.3],
            "lat": [50.0, 50.0, 50.00005, 50.0005],
        }
    )
    world = sf.world_from(lines(), places=places)
    assert said(world, "not_on_a_line") == ["two"]
    assert "same point of the line as one" in world.report.set_index("kind")["note"]["not_on_a_line"]
    assert said(world, "moved_to_line") == ["away"]
    accuracy = world.nodes.set_index("node_id")["coordinate_accuracy_km"]
    assert (accuracy["near"], accuracy["away"]) == (pytest.approx(0.01), pytest.approx(0.0556, abs=1e-3))


def test_points_alone_are_told_to_be_places():
    """Nothing is a line, and numbers that are none are refused."""
    with pytest.raises(sf.InputError, match="there is no line in the input, but Point; points belong to places="):
        sf.world_from(lines(["POINT (1 1)"]))
