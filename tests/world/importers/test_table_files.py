"""Tables as strangers bring them: each is read for what it is, or refused in a few lines that name the cause and the fix."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.world.importers.table_files import read_table


def sections(tmp_path, text, encoding="utf-8", name="sections.csv", **how):
    """Make a world of a table of sections between codes."""
    (tmp_path / name).write_bytes(text.encode(encoding))
    return sf.world_from(tmp_path / name, **how)


@pytest.mark.parametrize(
    ("text", "km"),
    [
        ('from,to,km\nA,B,"1,234.5"\nB,C,7\n', [1234.5, 7]),
        ('from,to,km\nA,B,"1.234,5"\nB,C,7\n', [1234.5, 7]),
        ("from,to,km\nA,B,1 234.5\nB,C,7\n", [1234.5, 7]),
        ("from;to;km\nA;B;1\u202f234,5\nB;C;7\n", [1234.5, 7]),
        ('from,to,km\nA,B,"1,234"\nB,C,7\n', [1234, 7]),
        ("from,to,km\nA,B,1.234\nB,C,7\n", [1.234, 7]),
        ("from;to;km\nA;B;1,234\nB;C;0,5\n", [1.234, 0.5]),
        ("from;to;km;lat\nA;B;1.234;50.123\n", [1.234]),
        ("sep=;\nfrom;to;km\nA;B;3,5\n", [3.5]),
        ("from|to|km\nA|B|3.5\n", [3.5]),
        ("from\tto\tkm\nA\tB\t3.5\n\n", [3.5]),
        ("Table 1: sections\n\nfrom,to,km\nA,B,3.5\nsource: the agency\n", [3.5]),
        ("# made by a program\nfrom,to,km,,\nA,B,3.5,,\n", [3.5]),
        ("von;nach;Länge (km)\nA;B;3,5\n", [3.5]),
        ("origen;destino;Longitud (km)\nA;B;3,5\n", [3.5]),
        ("출발역,도착역,거리(km)\nA,B,3.5\n", [3.5]),
        ("Откуда;Куда;Длина, км\nA;B;3,5\n", [3.5]),
        ("起点,终点,里程(km)\nA,B,3.5\n", [3.5]),
        ("from,to,length_mi\nA,B,10\n", [16.09344]),
    ],
)
def test_numbers_headers_and_languages_of_all_kinds_are_read(tmp_path, text, km):
    """The kilometres are what their author meant."""
    world = sections(tmp_path, text)
    assert world.links["length_km"].tolist() == pytest.approx(km)
    assert not (world.check()["severity"] == "error").any()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-8"])
def test_unicode_in_every_dress_is_read(tmp_path, encoding):
    """Byte order marks and UTF-16, as spreadsheets and shells write them."""
    world = sections(tmp_path, "von,nach,km\nKöln,Düren,40\n", encoding)
    assert set(world.nodes["node_id"]) == {"Köln", "Düren", "outside"}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"\n\n  \n", "holds no text"),
        (b"from,to,km\n", "no rows"),
        ("from,to,km\nKöln,Düren,40\n".encode("cp1252"), "not UTF-8 text.*'Köln'.*CSV UTF-8"),
        (b"from,to,km,km\nA,B,5,6\n", "two columns called 'km'"),
        (b"from;to;km\nA;B;1.234\n", "with thousands or with decimals"),
        (b'from,to,km\nA,B,"3,5"\nB,C,0.75\n', "in two ways, '3,5' and '0.75'"),
        (b"from,to,km\nMill, big,C,7\n", "4 cells where the header has 3"),
        (b"1,2,5\n2,3,7\n3,4,9\n", "no header"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "git lfs pull"),
        (b"<!DOCTYPE html><html></html>", "a web page"),
        (b"PK\x03\x04rest", "a workbook or archive"),
        (b'{"type":"FeatureCollection"}', ".geojson"),
        (b"from,to,length\nA,B,5\n", "--length-unit km"),
        (b"from,to\nA,B\n", "neither a length nor places"),
        (b"from,to,km\nA,,5\n", "1 section names no place at one end"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_cause_and_the_fix(tmp_path, content, told):
    """Ten lines at most, the cause in them."""
    (tmp_path / "s.csv").write_bytes(content)
    with pytest.raises(sf.InputError, match=f"(?s){told}") as refused:
        sf.world_from(tmp_path / "s.csv")
    assert len(str(refused.value).splitlines()) <= 10


def test_a_workbook_with_titles_notes_and_several_sheets(tmp_path):
    """The sheet and the header with known names are found, and what was left out is said."""
    rows = [
        ["Rail sections", None, None],
        [None] * 3,
        ["From", "To", "km"],
        ["A", "B", 12.5],
        ["Note: draft", None, None],
    ]
    with pd.ExcelWriter(tmp_path / "t.xlsx") as book:
        pd.DataFrame([["legend"], ["x"]]).to_excel(book, sheet_name="Info", index=False, header=False)
        pd.DataFrame(rows).to_excel(book, sheet_name="Data", index=False, header=False)
    world = sf.world_from(tmp_path / "t.xlsx")
    assert world.links["length_km"].tolist() == [12.5]
    notes = " ".join(world.report["note"])
    assert all(part in notes for part in ("'Data'", "'Info'", "Rail sections", "Note: draft"))


def test_no_workbook_under_the_name_of_one(tmp_path):
    """Text called .xlsx, and kinds that are not read."""
    (tmp_path / "t.xlsx").write_text("hello")
    (tmp_path / "t.ods").write_text("hello")
    for name, told in (("t.xlsx", "cannot be read as a workbook"), ("t.ods", "save it as .xlsx")):
        with pytest.raises(sf.InputError, match=told):
            sf.world_from(tmp_path / name)


def test_identifiers_and_names_are_never_numbers(tmp_path):
    """Codes with points, leading zeros and decimals stay text."""
    (tmp_path / "t.csv").write_text('id,name,km\n007,"1,5",2.5\n1.10,"2,5",3\n')
    assert read_table(tmp_path / "t.csv")[["id", "name"]].to_numpy().tolist() == [["007", "1,5"], ["1.10", "2,5"]]


def test_a_cell_that_is_called_like_a_column_makes_no_header(tmp_path):
    """Trips to a station, in words that only timetables use: that row was the header, and the trips above it were left out as titles."""
    (tmp_path / "t.csv").write_text("trip_id,trip_headsign\nt1,Harbour\nt2,Station\nt3,Depot\n")
    assert read_table(tmp_path / "t.csv").to_dict("list") == {
        "trip_id": ["t1", "t2", "t3"],
        "trip_headsign": ["Harbour", "Station", "Depot"],
    }
    (tmp_path / "t.csv").write_text("What runs where,\ncode,name\na,bus\n")
    assert read_table(tmp_path / "t.csv").to_dict("list") == {"code": ["a"], "name": ["bus"]}
    (tmp_path / "t.csv").write_text("abfahrtsort,ankunftsort,laenge\nfrom,to,km\na,b,c\n")
    assert list(read_table(tmp_path / "t.csv")) == ["from", "to", "km"]
