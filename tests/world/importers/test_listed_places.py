"""Places as people list them: other forms of coordinates are read, what cannot be read is refused."""

from __future__ import annotations

import math

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.world.importers.listed_places import _sexagesimal, places_of
from scrapflow.world.importers.named_columns import Named, renamed
from scrapflow.world.importers.table_files import SAID


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"name": ["a"], "lon": ["ten"], "lat": ["50"]}, "'ten' is no coordinate"),
        ({"name": ["a"], "lon": ["N 5.5"], "lat": ["50"]}, "'N 5.5' is no coordinate"),
        ({"name": ["a"], "coordinates": ["50, 10"]}, "call it latlon or lonlat"),
        ({"name": ["a"], "lon": [10.0]}, "no latitude"),
        ({"x": [1.0], "y": [2.0]}, "an identifier or a name"),
        ({"name": ["a", "b"], "lon": [50.9, 50.7], "lat": [106.9, 107.1]}, "latitude seems to stand before longitude"),
        ({"id": ["a", "a"], "name": ["a", "a"], "lon": [1.0, 2.0], "lat": [1.0, 2.0]}, "each place needs its own"),
    ],
)
def test_places_that_cannot_be_read_are_refused(columns, told):
    """A coordinate that cannot be read is no place without one."""
    flows = pd.DataFrame({"from": ["a"], "to": ["b"], "tonnes": [1]})
    with pytest.raises(sf.InputError, match=told):
        sf.run_from(flows, pd.DataFrame(columns))


@pytest.mark.parametrize(
    "columns",
    [
        {"lon": ["10°30'00\"E", "10 E"], "lat": ["50°15'N", "N 50"]},
        {"latlon": ["50.25, 10.5", "(50; 10)"]},
        {"lonlat": ["10.5 50.25", "10 50"]},
        {"Longitud": ["10.5", "10"], "Latitud": ["50.25", "50"]},
        {"경도": [10.5, 10.0], "위도": [50.25, 50.0]},
    ],
)
def test_coordinates_of_other_forms_are_read(columns):
    """Degrees and minutes, pairs in one cell, other languages."""
    flows = pd.DataFrame({"from": ["a"], "to": ["b"], "tonnes": [1]})
    nodes = sf.run_from(flows, pd.DataFrame({"name": ["a", "b"]} | columns)).nodes.set_index("node_id")
    assert nodes.loc["a", ["x_coord", "y_coord"]].tolist() == [10.5, 50.25]
    assert nodes.loc["b", ["x_coord", "y_coord"]].tolist() == [10, 50]


def listed(**columns):
    """Return places and what was said of them."""
    told = places_of(pd.DataFrame(columns), Named({}), None)
    return told, dict(told.attrs[SAID])


def test_places_without_identifiers_are_called_by_their_names_each_once():
    """Accents and blanks go; a second of one name has a number; what has no letter is a place."""
    told, _ = listed(name=["Çöl", "St. Pölten", "st. polten", "—"], lon=[1, 2, 3, 4], lat=[1, 2, 3, 4])
    assert told["node_id"].tolist() == ["col", "st_polten", "st_polten_2", "place"]
    assert told["kind"].tolist() == ["station"] * 4
    assert told["x_coord"].dtype == "float64"


def test_kinds_are_read_in_any_language_and_strange_ones_said():
    """Words in capitals, of other languages and unknown ones, which count as stations; an empty cell does too, without a word."""
    told, said = listed(name=list("abcdef"), kind=["Mill", "제철소", "Bahnhof", "scrapyard", "castle", ""])
    assert told["kind"].tolist() == ["mill", "mill", "station", "yard", "station", "station"]
    assert said["kind_unknown"].startswith("'castle': no kind of place; taken as station")


def test_what_has_no_name_is_a_junction_unless_a_kind_is_stated():
    """Then it is called by its identifier."""
    told, said = listed(id=["1.0", "2"], name=["", None], kind=["", "mill"], lon=[1, 2], lat=[1, 2])
    assert told[["node_id", "name", "kind"]].values.tolist() == [["1", "", "junction"], ["2", "2", "mill"]]
    assert said["unnamed"].startswith("2 places have no name")


@pytest.mark.parametrize(
    ("text", "axis", "degrees"),
    [
        ("37°30'00\"N", "y_coord", 37.5), ("12:30:36", "y_coord", 12.51), ("-12 30", "x_coord", -12.5), ("W 5.5", "x_coord", -5.5), ("5.5° S", "y_coord", -5.5),
        ("10°30' W", "x_coord", -10.5), ("\u221212°30'", "x_coord", -12.5), ("N 5.5", "x_coord", None), ("5.5 O", "x_coord", None), ("12°61'", "y_coord", None),
        ("12°30'60\"", "y_coord", None), ("N 5 S", "y_coord", None), ("five", "x_coord", None),
    ],
)  # fmt: skip
def test_degrees_in_letters_and_minutes(text, axis, degrees):
    """South and west are negative; a letter of the other axis, O, which is east or west, and sixty minutes are nothing."""
    told = _sexagesimal(text, axis)
    assert math.isnan(told) if degrees is None else told == pytest.approx(degrees)


def test_pairs_are_told_apart_by_their_name_or_by_numbers_beyond_ninety():
    """lonlat, latlon, and a first number of more than 90, which is no latitude."""
    for column, cell in (("lonlat", "10 50"), ("latlon", "50 10"), ("coordinates", "110, 50"), ("gps", "50; 110")):
        told, _ = listed(name=["a"], **{column: [cell]})
        assert told["y_coord"].tolist() == [50]
        assert told["x_coord"].tolist() == [110 if "110" in cell else 10]
    assert listed(name=["a"], gps=["90.5 50"])[0]["x_coord"].tolist() == [90.5]
    with pytest.raises(sf.InputError, match="call it latlon or lonlat"):
        listed(name=["a"], gps=["89 90"])


def test_columns_may_be_named_either_way_round():
    """Theirs to ours, or ours to theirs; a column of ours that was there under the same name gives way."""
    frame = pd.DataFrame({"A": [1], "name": ["x"]})
    assert (
        list(renamed(frame, Named({"A": "node_id"})))
        == list(renamed(frame, Named({"node_id": "A"})))
        == ["node_id", "name"]
    )
    assert renamed(frame, Named({"A": "name"})).to_dict("list") == {"name": [1]}
    assert list(renamed(frame, Named({"B": "node_id", "x": "y"}))) == ["A", "name"]
