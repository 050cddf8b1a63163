"""Every fault of every table comes in one report that says where it is and what to do."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.errors import PROBLEM_COLUMNS, InputError
from tests.findings import said


def test_the_toy_is_sound(toy):
    """The toy world has no finding at all, and the frame has the promised columns."""
    found = toy.check()
    assert list(found.columns) == list(PROBLEM_COLUMNS)
    assert found.empty


CELLS = [
    ("nodes", "far", {"x_coord": "0.5", "y_coord": "140"}, "y_coord", "are x_coord (longitude) and y_coord"),
    ("nodes", "far", {"x_coord": "0.50", "y_coord": "1.40"}, "x_coord, y_coord", "are the two swapped?"),
    ("nodes", "far", {"x_coord": ""}, "x_coord, y_coord", "one coordinate is empty"),
    ("nodes", "far", {"x_coord": "1,40"}, "x_coord", "write decimals with a point"),
    ("nodes", "far", {"x_coord": "inf"}, "x_coord", "leave the cell empty"),
    ("nodes", "far", {"x_coord": "nan"}, "x_coord", "leave the cell empty where the value is unknown"),
    ("nodes", "far", {"x_coord": "n/a"}, "x_coord", "leave the cell empty where the value is unknown"),
    ("nodes", "far", {"x_coord": "Jan 40"}, "x_coord", "a spreadsheet seems to have made a date of it"),
    ("nodes", "far", {"x_coord": "1_4"}, "x_coord", "is no number"),
    ("nodes", "far", {"x_coord": "512345.6"}, "x_coord", "cannot be degrees"),
    ("nodes", "far", {"y_coord": "4312345.6"}, "y_coord", "cannot be degrees"),
    ("nodes", "far", {"note": "#REF!"}, "note", "broken formula"),
    ("nodes", "far", {"source_id": "1.00E+05"}, "source_id", "looks like a number that a spreadsheet made"),
    ("nodes", "far", {"kind": "mil"}, "kind", "did you mean 'mill'"),
    ("nodes", "far", {"kind": ""}, "kind", "must not be empty"),
    ("nodes", "far", {"name": ""}, "name", "must not be empty"),
    ("nodes", "far", {"source_id": "drwan"}, "source_id", "did you mean 'drawn'"),
    ("nodes", "far", {"source_id": ""}, "source_id", "reported, but by whom?"),
    ("nodes", "far", {"region_id": "hil"}, "region_id", "did you mean 'hill'"),
    ("nodes", "far", {"credibility": "7"}, "credibility", "not one of 1, 2, 3, 4, 5, 6"),
    ("nodes", "far", {"kind": "outside"}, "kind", "only the node 'outside'"),
    ("nodes", "far", {"name_local": "ê°•ì„"}, "name_local", "mojibake"),
    ("links", "rail_far", {"to_node_id": "fra"}, "to_node_id", "there is no node 'fra' in the table nodes"),
    ("links", "rail_far", {"length_km": "-110"}, "length_km", "is negative"),
    ("links", "rail_far", {"directed": "maybe"}, "directed", "neither true nor false"),
    ("links", "rail_far", {"gauge_mm": "1435.5"}, "gauge_mm", "not a whole number"),
    ("links", "rail_far", {"geometry": "POINT (1 1)"}, "geometry", "a Point stands where a LineString"),
    ("links", "rail_far", {"geometry": "SRID=5179;LINESTRING (1 1, 2 2)"}, "geometry", "without the SRID"),
    ("links", "rail_far", {"geometry": "LINE 3"}, "geometry", "is not WKT"),
    ("links", "rail_far", {"geometry": "LINESTRING (39 125, 38 126)"}, "geometry", "are the two swapped?"),
    ("links", "rail_far", {"line_id": "main"}, "line_id", "there is no line 'main'"),
    ("enterprises", "works", {"workers": "-5", "workers_low": ""}, "workers", "is negative"),
    ("enterprises", "works", {"workers": "5", "workers_low": "10"}, "workers_low", "less than its lowest"),
    ("enterprises", "works", {"workers_high": "10"}, "workers_high", "more than its highest"),
    ("enterprises", "works", {"workers": "", "workers_low": "9", "workers_high": "8"}, "workers_low", "upside down"),
    ("enterprises", "works", {"workers_source_id": ""}, "workers_source_id", "by whom?"),
    ("enterprises", "works", {"workers_basis": "guess"}, "workers_basis", "is not one of reported, derived, assumed"),
    ("enterprises", "works", {"sector_id": "mach"}, "sector_id", "there is no sector 'mach'"),
    ("enterprises", "works", {"node_id": "far"}, "node_id", "of kind 'mill', not 'enterprise'"),
    ("sectors", "machinery", {"idle_share": "0.9", "idle_share_high": "1"}, "idle_share", "add up to 1.1"),
    ("communities", "town", {"youth_share": "1.5", "youth_share_high": ""}, "youth_share", "is more than 1"),
    ("regions", "land", {"parent_id": "vale"}, "parent_id", "contains itself"),
    ("regions", "land", {"geometry": "POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))"}, "geometry", "not valid"),
    ("claims", "yard_functional", {"contradicts": "nothing"}, "contradicts", "there is no claim 'nothing'"),
    ("sources", "drawn", {"reliability": "G"}, "reliability", "not one of A, B"),
]


@pytest.mark.parametrize("case", CELLS, ids=lambda c: f"{c[0]}-{c[3]}")
def test_a_wrong_cell_is_named_with_a_remedy(folder, case):
    """One wrong cell is refused with its table, row, column and what to do."""
    table, row, cells, column, part = case
    folder.set(table, row, **cells)
    found = folder.problems()
    assert part in said(found, table, cells.get("node_id", row), column)


def test_everything_wrong_comes_in_one_report(folder):
    """Faults of ten kinds in seven files are all in one refusal, and the lenient reader lists the same."""
    folder.set("nodes", "far", x_coord="39.5", y_coord="125.5")
    folder.set("nodes", "near", source_id="")
    folder.add("nodes", node_id="town", name="Twice", kind="community", basis="assumed")
    folder.set("links", "rail_near", to_node_id="nowhere")
    folder.set("enterprises", "works", workers="-1000")
    folder.set("communities", "town", population="5.000,0")
    folder.set("mills", "far", intake_t="much")
    folder.set("sectors", "machinery", workers_basis="guessed")
    folder.edit("regions.csv", lambda b: b.replace(b"vale,land,Vale", b"vale,land,,,Vale"))
    folder.edit("lines.csv", lambda b: b.replace(b",", b";"))
    with pytest.raises(InputError) as refused:
        sf.read_world(folder.path)
    found = refused.value.problems
    assert "no latitude" in said(found, "nodes", "far", "y_coord")
    assert "by whom" in said(found, "nodes", "near", "source_id")
    assert "line 3, line 8" in said(found, "nodes", "town", "node_id")
    assert "no node 'nowhere'" in said(found, "links", "rail_near", "to_node_id")
    assert "negative" in said(found, "enterprises", "works", "workers")
    assert "with a point" in said(found, "communities", "town", "population")
    assert "is no number" in said(found, "mills", "far", "intake_t")
    assert "guessed" in said(found, "sectors", "machinery", "workers_basis")
    assert "12 cells where the header has 10" in said(found, "regions", "vale", "")
    assert "semicolons" in said(found, "lines", "", "")
    text = str(refused.value)
    assert all(part in text for part in ("far", "near", "nowhere", "-1000", "5.000,0", "guessed", "semicolons"))
    lenient = folder.check()
    pd.testing.assert_frame_equal(lenient[lenient["severity"] == "error"], found)


def test_a_bad_world_can_still_be_looked_at(folder):
    """The lenient reader gives all that is readable: what cannot be read is unknown, not zero."""
    folder.set("enterprises", "works", workers="many")
    folder.set("links", "rail_far", to_node_id="nowhere")
    world = sf.read_world(folder.path, strict=False)
    assert world.enterprises["workers"].isna().all()
    assert world.links.set_index("link_id").loc["rail_far"].geometry.is_empty
    assert len(world.nodes) == 7


def test_a_doubled_header_is_named(folder):
    """Of two columns of one name nobody knows which is meant."""
    folder.edit("mills.csv", lambda b: b.replace(b"intake_t_low", b"intake_t", 1))
    assert "names it twice" in said(folder.problems(), "mills", "line 1", "intake_t")


def test_another_encoding_is_named_with_the_line(folder):
    """Text saved in a code page is not silently garbled."""
    folder.edit("nodes.csv", lambda b: b.replace("베일읍".encode(), "Köln".encode("latin-1")))
    found = folder.problems()
    assert "not UTF-8" in said(found, "nodes", "line 3", "")


def test_a_file_in_utf16_is_named(folder):
    """'Unicode text' of a spreadsheet is UTF-16: said once, and read all the same."""
    folder.edit("mills.csv", lambda b: b.decode().encode("utf-16"))
    found = folder.problems()
    assert len(found) == 1
    assert "UTF-16" in said(found, "mills", "", "")


def test_semicolons_are_one_fault_not_one_a_cell(folder):
    """A file with semicolons and decimal commas is reported once; its cells are understood."""
    folder.edit("mills.csv", lambda b: b.replace(b",", b";").replace(b";15;", b";15,5;"))
    found = folder.problems()
    assert len(found) == 1
    assert sf.read_world(folder.path, strict=False).mills["intake_t"].tolist() == [15.5, 30.0]


def test_a_missing_column_is_named_with_what_it_holds(folder):
    """Without its identifiers a table is useless, and what refers to it is not blamed."""
    folder.edit("sectors.csv", lambda b: b.replace(b"sector_id", b"sector"))
    found = folder.problems()
    assert "did you mean 'sector_id'" in said(found, "sectors", "", "sector")
    assert "rename 'sector'" in said(found, "sectors", "", "sector_id")
    assert "enterprises" not in set(found["table"])


def test_an_empty_file_is_named(folder):
    """An empty file is one fault."""
    folder.edit("mills.csv", lambda _: b"")
    found = folder.problems()
    assert len(found) == 1
    assert "the file is empty" in said(found, "mills", "", "")


def test_errors_come_first_and_every_finding_is_filled(folder):
    """Sorted by severity; no finding lacks its table, severity or message."""
    folder.set("mills", "far", intake_t="")
    folder.set("links", "rail_far", to_node_id="nowhere")
    found = folder.check()
    order = found["severity"].map({"error": 0, "warning": 1, "note": 2})
    assert order.is_monotonic_increasing
    assert not found.isna().any().any()
    assert (found[["table", "message"]] != "").all().all()


def test_a_lost_quotation_mark_does_not_swallow_the_file(folder):
    """One open quote is one finding with its line, and the rows behind it are still there."""
    folder.edit("nodes.csv", lambda b: b.replace(b"town,Vale Town", b'town,"Vale Town'))
    found = folder.problems()
    assert "quotation mark has no fellow" in said(found, "nodes", "line 3", "")
    assert len(found) == 1
    assert len(sf.read_world(folder.path, strict=False).nodes) == 7


def test_a_very_long_outline_is_no_problem(folder):
    """An outline of more characters than the csv module takes by default is read."""
    ring = ", ".join(f"{i / 10000:.6f} 0" for i in range(10000))
    folder.set("regions", "land", geometry=f"POLYGON ((0 0, {ring}, 1 1, 0 1, 0 0))")
    assert len(sf.read_world(folder.path).regions.geometry.iloc[0].exterior.coords) > 10000


def test_empty_columns_at_the_end_are_harmless(folder):
    """Spreadsheets leave commas behind; only a filled column needs a name."""
    folder.edit("mills.csv", lambda b: b.replace(b"\n", b",,\n"))
    assert len(sf.read_world(folder.path).mills) == 2
    folder.edit("mills.csv", lambda b: b.replace(b"true,,", b"true,,what?"))
    assert "has no name" in said(folder.problems(), "mills", "line 1", "")


def test_a_header_in_capitals_is_understood(folder):
    """``Node ID`` is taken for what it is, with a note."""
    folder.edit("mills.csv", lambda b: b.replace(b"node_id", b"Node ID"))
    assert "taken for node_id" in said(folder.check(), "mills", "", "Node ID")
    folder.edit("links.csv", lambda b: b.split(b"\n", 1)[0].upper() + b"\n" + b.split(b"\n", 1)[1])
    assert sf.read_world(folder.path).links["link_id"].tolist() == sf.read_world("toy").links["link_id"].tolist()


def test_a_row_without_identifier_is_named_by_its_line(folder):
    """Line 3 of the file, whatever is wrong with it; a row of a layer is called a row."""
    rows = folder.rows("nodes")
    rows[2][0], rows[2][4] = "", "vilage"
    folder.put("nodes", rows)
    folder.put("communities", [folder.rows("communities")[0]])
    folder.set("links", "cart_town", from_node_id="works")
    found = folder.problems()
    assert "must not be empty" in said(found, "nodes", "line 3", "node_id")
    assert "'vilage' is not one of" in said(found, "nodes", "line 3", "kind")
    assert len(found) == 2


def test_a_cut_line_without_identifier_is_reported_once(folder):
    """A line with too few cells and no identifier is one fault."""
    folder.edit("mills.csv", lambda b: b + b",,\n")
    folder.edit("mills.csv", lambda b: b + b",5,\n")
    found = folder.problems()
    assert found[["table", "row"]].values.tolist() == [["mills", "line 5"]]


def test_a_world_without_links_is_told(folder):
    """A table of which only the header was exported."""
    folder.put("links", folder.rows("links")[:1])
    assert "there are no links: nothing can be carted or shipped" in folder.check()["message"].tolist()
