"""Drawn lines into a draft: turned as they are run, in one piece over the date line, what is no line said."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf
from tests.made_up_inputs import SITES, lines


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
