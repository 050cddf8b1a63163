"""The places of known flows: found by their names, added where they have coordinates, else named."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf
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
