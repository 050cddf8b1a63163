"""Lengths whose unit the file states, the caller says, or nobody does."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.world.importers.lengths import with_lengths


@pytest.mark.parametrize(
    ("header", "km"),
    [
        ("source,target,length_km", 120.0),
        ("Станция отправления;Станция назначения;Расстояние, км", 120.0),
        ("起点,终点,里程(公里)", 120.0),
        ("من,إلى,المسافة كم", 120.0),
        ("From Station,To Station,Distance (mi)", 120.0 * 1.609344),
        ("skąd,dokąd,długość [m]", 0.12),
    ],
)
def test_sections_with_headers_of_many_languages(tmp_path, header, km):
    """Ends and lengths are known by what people call them, with the unit in the header."""
    separator = ";" if ";" in header else ","
    (tmp_path / "s.csv").write_text(f"{header}\n{separator.join(['A', 'B', '120'])}\n", "utf-8")
    links = sf.world_from(tmp_path / "s.csv").links
    assert links.loc[links["mode"] == "rail", "length_km"].tolist() == pytest.approx([km])


def lengths(measured=True, unit="", stated="", **columns):
    """Return the links with their lengths, and what was said."""
    said = []
    told = with_lengths(
        pd.DataFrame(columns), unit, stated, lambda *words: said.append(words), measured=measured, headers={}
    )
    return told, dict(said)


@pytest.mark.parametrize(
    ("how", "km"),
    [
        ({"length_mi": ["10"]}, 16.09344), ({"length": ["10"], "unit": "ft"}, 0.003048), ({"length": ["10"], "stated": "mi"}, 16.09344),
        ({"length": ["10"], "stated": "mi", "unit": "m"}, 0.01), ({"length_m": ["10"], "unit": "km"}, 0.01), ({"miles": ["1"]}, 1.609344),
        ({"length_verst": ["10"]}, 10.668), ({"length_nmi": ["1"]}, 1.852),
    ],
)  # fmt: skip
def test_the_unit_is_that_of_the_column_else_of_the_caller_else_of_the_file(how, km):
    """Each in kilometres; what was read stands in the report."""
    told, said = lengths(**how)
    assert [float(v) for v in told["length_km"]] == pytest.approx([km])
    assert set(told) == {"length_km"}
    assert "length_unit" in said


def test_a_length_of_zero_is_not_known_and_kilometres_of_ones_own_come_first():
    """A column in km is taken as it is, whatever else there is; a zero between places is what programs write for nothing."""
    told, _ = lengths(length_m=["0", "1500", ""])
    assert told["length_km"].tolist() == ["", "1.5", ""]
    own, said = lengths(length_km=["5", ""], length_m=["1", "2"])
    assert own["length_km"].tolist() == ["5", ""]
    assert said == {}


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"length_m": ["5", "-1"]}, "row 2, column length_m: '-1' is no length ≥ 0"),
        ({"length_m": ["far", "5"]}, "row 1, column length_m: 'far' is no length"),
        ({"length": ["5"], "unit": "parsec"}, "'parsec' is no unit of length; there are km, m, mi"),
        ({"length": ["5"], "measured": False}, "the unit of 'length' is stated nowhere, and without places"),
        ({"colour": ["red"], "measured": False}, "neither a length nor places.*there are colour"),
    ],
)
def test_lengths_that_cannot_be_are_refused(how, told):
    """With row and column, or what to say."""
    with pytest.raises(sf.InputError, match=told):
        lengths(**how)


def test_a_length_or_capacity_without_a_unit_is_left_and_said():
    """What can be measured is measured; nobody takes a capacity an hour for one a month."""
    told, said = lengths(length=["5"], capacity_per_hour=["3"])
    assert "length_km" not in told
    assert said["length_unused"].startswith("the unit of length is stated nowhere: measured instead")
    assert said["capacity_unused"].startswith("the unit of capacity_per_hour")
    assert lengths(colour=["red"], capacity_t=["5"])[1] == {}
