"""A name means a place: what shares a spelling and lies near; the verb decides what of it is meant."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.queries.selectors import FROM_ORDER, THROUGH_ORDER, TO_ORDER
from scrapflow.world import NameIndex

COLUMNS = ["node_id", "name", "aliases", "kind", "x_coord", "y_coord", "coordinate_accuracy_km", "region_id"]


def index(*rows):
    """Make an index of nodes given in the order of the columns."""
    return NameIndex(pd.DataFrame(rows, columns=COLUMNS))


TOWN = (
    ("st", "Harbour", "", "station", 10.0, 50.0, 1.0, "r"),
    ("town", "Harbour", "Hafen", "community", 10.02, 50.0, 1.0, "r"),
    ("yard", "Harbour yard", "Harbour", "yard", 10.0, 50.0, 1.0, "r"),
    ("mill", "Harbour Steel", "Hafen|Steel of H.", "mill", 10.1, 50.0, 1.0, "r"),
)


@pytest.mark.parametrize("order", [TO_ORDER, FROM_ORDER, THROUGH_ORDER])
def test_every_spelling_of_a_place_gives_the_same_answer(order):
    """Whoever carries the spelling, the verb finds the same node; an identifier always means itself."""
    names = index(*TOWN)
    spellings = ("Harbour", "HARBOUR", "Hafen", "Harbour yard", "Harbour Steel", "Steel of H.")
    assert len({names.meant(s, order).id for s in spellings}) == 1
    assert [names.meant(row[0], order).id for row in TOWN] == [row[0] for row in TOWN]


def test_the_verb_decides():
    """To a place is to its mill, through it is through its station, from it is from its people."""
    names = index(*TOWN)
    assert names.meant("Hafen", TO_ORDER).id == "mill"
    assert names.meant("Hafen", THROUGH_ORDER).id == "st"
    assert names.meant("Harbour Steel", FROM_ORDER).id == "town"


def test_two_stations_of_one_name_far_apart_are_two_places():
    """They are never merged by name alone, and a spelling of one of them alone means that one."""
    names = index(*TOWN, ("far", "Harbour", "Port", "station", 20.0, 50.0, 1.0, "q"))
    with pytest.raises(sf.errors.AmbiguousNameError) as twice:
        names.meant("Harbour", THROUGH_ORDER)
    assert sorted(twice.value.candidates) == ["far", "st"]
    assert names.meant("Port", THROUGH_ORDER).id == "far"
    assert names.meant("Hafen", THROUGH_ORDER).id == "st"


def test_a_works_called_after_a_far_town_is_not_at_its_place():
    """A shared spelling joins nothing over a hundred kilometres."""
    names = index(*TOWN[:3], ("works", "Harbour memorial works", "Harbour", "mill", 12.0, 50.0, 1.0, "r"))
    assert names.meant("Harbour", TO_ORDER).id == "works"
    assert names.meant("Hafen", TO_ORDER).id == "yard"


def test_what_stands_at_the_very_point_of_a_station_is_found_by_its_name():
    """A mill drawn on its station need not repeat its name; two of them must be told apart; its own name means itself."""
    station = ("st", "Arará", "", "station", -44.0, -20.0, 0.1, "r")
    mill = ("m1", "Usina Sul", "", "mill", -44.0, -20.0, 0.1, "r")
    assert index(station, mill).meant("Arara", ("mill",)).id == "m1"
    assert index(station, mill).meant("Usina Sul", THROUGH_ORDER).id == "m1"
    with pytest.raises(sf.errors.AmbiguousNameError, match="2 stand at 'Arara'"):
        index(station, mill, ("m2", "Usina Norte", *mill[2:])).meant("Arara", ("mill",))


def test_unplaced_nodes_share_a_place_in_their_region_only():
    """Without a coordinate the region tells; without a region nothing does."""
    nan = float("nan")
    rows = [("st", "Inn", "", "station", nan, nan, nan, "r"), ("m", "Inn Steel", "Inn", "mill", 10.0, 50.0, 1.0, "r")]
    assert index(*rows).meant("Inn Steel", THROUGH_ORDER).id == "st"
    elsewhere = [(*rows[0][:7], "q"), rows[1]]
    assert index(*elsewhere).meant("Inn Steel", THROUGH_ORDER).id == "m"


def test_the_order_of_rows_does_not_matter():
    """Shuffled nodes are the same places."""
    for rows in itertools.permutations(TOWN):
        assert index(*rows).meant("Hafen", TO_ORDER).id == "mill"


def test_songjin_is_one_place_in_every_spelling(dprk):
    """The works, its town and its station have the same names in the article, in the census and on the railway."""
    spellings = ("Songjin", "성진", "Sŏngjin", "Sungjin", "Kim Chaek", "김책", "Kim Ch'aek", "성강")
    assert {dprk.names.meant(s, TO_ORDER).id for s in spellings} == {"mill_songjin"}
    assert {dprk.names.meant(s, THROUGH_ORDER).id for s in spellings} == {"st_kim_chaek"}
    assert dprk.names.meant("Kim Ch'aek works", TO_ORDER).id == "mill_kimchaek"


def test_a_column_of_names_is_resolved_at_once(dprk):
    """A table with names in another system joins; what is not known is named with all its fellows, or left empty."""
    names = pd.Series(["Chongjin", "Ch'ŏngjin", "청진", "Chongjin"], index=[3, 1, 4, 1])
    ids = dprk.resolve(names, "county")
    assert ids.unique().tolist() == ["county_chongjin"]
    assert ids.index.tolist() == [3, 1, 4, 1]
    assert dprk.resolve(pd.Series(["S. Pyongan", "평안남도", None]), "region").tolist() == ["south_pyongan"] * 2 + [""]
    with pytest.raises(sf.errors.UnknownNameError, match=r"Atlantis.*Lemuria") as unknown:
        dprk.resolve(pd.Series(["Chongjin", "Atlantis", "Lemuria"]), "county")
    assert isinstance(unknown.value.candidates, list)
    assert dprk.resolve(pd.Series(["Chongjin", "Atlantis"]), "county", missing="empty").tolist() == [
        "county_chongjin",
        "",
    ]


def test_a_kind_given_as_a_word_is_that_kind(toy):
    """The word station is not taken letter by letter."""
    assert toy.resolve("Vale", "station") == "station"
    with pytest.raises(sf.errors.UnknownNameError, match="no mill is called"):
        toy.resolve("Nowhere", "mill")
