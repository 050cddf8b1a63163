"""One place has many spellings; two places of one name stay two."""

from __future__ import annotations

import unicodedata

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapflow.errors import AmbiguousNameError, UnknownNameError
from scrapflow.world import NameIndex, fold
from scrapflow.world.folding import fold_all


def places(*rows):
    """Make a node frame of (id, name, name_local, aliases, kind)."""
    return pd.DataFrame(rows, columns=["node_id", "name", "name_local", "aliases", "kind"], dtype="str")


KANGSON = places(
    ("kangson_station", "Kangsŏn", "강선", "Kangson|Gangsun", "station"),
    ("kangson_yard", "Kangsŏn Yard", "", "Kangsŏn", "yard"),
    ("chollima", "Ch'ŏllima Steel", "천리마", "Kangson|Gangsun Steel Mill|강선제강소|강선", "mill"),
    ("kangson", "Kangsŏn", "강선", "", "community"),
    ("hu1", "Changhŭng", "", "", "station"),
    ("hu2", "Changhung", "", "", "station"),
)
REGIONS = pd.DataFrame(
    {
        "region_id": ["sp", "np"],
        "name": ["South P'yŏngan", "North"],
        "name_local": ["평안남도", ""],
        "aliases": ["South Pyongan", ""],
    }
)


@pytest.mark.parametrize(
    "spelling",
    [
        "Kangson",
        "KANGSŎN",
        "Kangsŏn",
        "Kang-son",
        "Kang sŏn",
        "Gangsun",
        "강선",
        unicodedata.normalize("NFD", "강선"),
        unicodedata.normalize("NFD", "Kangsŏn"),
    ],
)
def test_every_spelling_is_one_place(spelling):
    """Kangson, Gangsun, Kangsŏn and 강선 are one station, however composed, accented or hyphenated."""
    index = NameIndex(KANGSON)
    assert index.resolve(spelling, kinds=("station",)) == "kangson_station"


@pytest.mark.parametrize("mark", list("'’‘ʼʻ`´′＇"))
def test_every_apostrophe_is_ignored(mark):
    """An apostrophe of any kind makes no other name."""
    assert fold(f"Ch{mark}ŏllima") == fold("Chollima") == "chollima"


def test_letters_without_decomposition_are_folded():
    """Letters that Unicode does not take apart lose their strokes too."""
    assert fold("Łódź Ørsted Đà Nẵng") == "lodzorsteddanang"


def test_other_scripts_keep_their_vowels():
    """Marks that are letters in their script are not dropped."""
    assert fold("हिन्दी") != fold("हन्द")
    assert fold("が") != fold("か")


@given(st.text(max_size=30))
def test_folding_is_idempotent(text):
    """Folding what is folded changes nothing."""
    assert fold(fold(text)) == fold(text)


@given(st.lists(st.text(max_size=12), max_size=8))
def test_folding_many_is_folding_each(texts):
    """The single pass over all names gives what folding them one by one gives."""
    assert fold_all(texts) == [fold(t) for t in texts]


def test_an_identifier_goes_before_every_name():
    """``kangson`` is the community's identifier, although the station is preferred among places of that name."""
    index = NameIndex(KANGSON)
    assert index.resolve("kangson", kinds=("station", "mill")) == "kangson"
    assert index.resolve("Kangson", kinds=("station", "mill")) == "kangson_station"


def test_the_call_decides_between_kinds():
    """A station, a yard, a mill and a town share a name: the first kind asked for wins."""
    index = NameIndex(KANGSON)
    got = [index.resolve("강선", kinds=k) for k in (("mill", "station"), ("station", "mill"))]
    assert got == ["chollima", "kangson_station"]
    assert index.resolve("Kangsŏn", kinds=("yard", "community")) == "kangson_yard"


def test_two_of_one_kind_are_ambiguous():
    """Two stations that look alike once accents are dropped are named both, and nobody guesses."""
    with pytest.raises(AmbiguousNameError) as e:
        NameIndex(KANGSON).resolve("Changhung")
    assert e.value.candidates == ["hu1", "hu2"]
    assert "hu1" in str(e.value)
    assert NameIndex(KANGSON).resolve("hu2") == "hu2"


def test_an_unknown_name_gets_near_ones():
    """A typing error is answered with what was probably meant."""
    with pytest.raises(UnknownNameError) as e:
        NameIndex(KANGSON).resolve("Kangsom")
    assert e.value.candidates[0] == "Kangsŏn"
    assert isinstance(e.value, LookupError)


def test_a_name_of_another_kind_is_unknown_but_explained():
    """Asking for a mill where only a station has the name says so."""
    with pytest.raises(UnknownNameError, match=r"no mill; it names hu1 \(station\), hu2 \(station\)"):
        NameIndex(KANGSON).resolve("Changhung", kinds=("mill",))


@pytest.mark.parametrize("name", ["", " ", "'", "…?!"])
def test_nothing_is_no_name(name):
    """An empty name means no place, also where many names are empty."""
    with pytest.raises(UnknownNameError):
        NameIndex(KANGSON).resolve(name)


def test_regions_are_found_when_asked_for():
    """Regions resolve by any spelling, and only where a region can be meant."""
    index = NameIndex(KANGSON, REGIONS)
    assert index.lookup("south pyongan", kinds=("mill", "region")) == ("region", "sp")
    assert index.resolve("sp", kinds=("region",)) == "sp"
    with pytest.raises(UnknownNameError):
        index.resolve("south pyongan", kinds=("mill",))


def test_find_gives_all_rows(toy):
    """``find`` returns every node a name can mean, of all kinds or of one."""
    assert set(toy.find("Vale").node_id) == {"station"}
    assert toy.find("NEER").node_id.tolist() == ["near"]
    assert toy.find("no such place").empty
    assert toy.find("Vale", kind="mill").empty


def test_a_hundred_thousand_names_are_fine():
    """An index of 10^5 nodes finds names and aliases, and refuses what is none."""
    n = 100_000
    nodes = pd.DataFrame(
        {
            "node_id": [f"n{i}" for i in range(n)],
            "name": [f"Plăce {i}" for i in range(n)],
            "kind": "station",
            "aliases": [f"Ort-{i}|Lieu {i}" for i in range(n)],
        }
    )
    index = NameIndex(nodes)
    assert index.resolve("ort 99999") == "n99999"
    assert index.resolve("LIEU 12345") == "n12345"
    with pytest.raises(UnknownNameError):
        index.resolve("Pläce 100001x")
