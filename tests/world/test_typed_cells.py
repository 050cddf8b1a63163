"""Cells become the types of the schema, and each that cannot is named with the advice that fits."""

from __future__ import annotations

import pytest

import scrapflow as sf
from tests.findings import said


def test_a_row_shifted_by_one_is_recognised(folder):
    """A cell deleted with 'shift left' leaves as many cells, in the wrong columns: the row is named as shifted."""
    rows = folder.rows("nodes")
    at = next(r for r in rows if r[0] == "far")
    del at[3]
    at.append("")
    folder.put("nodes", rows)
    found = folder.problems()
    assert "were they shifted?" in said(found, "nodes", "far", "")


def test_identifiers_made_into_dates_are_recognised(folder):
    """A spreadsheet turns 3-1 into 1-Mar; the identifier is named, not only what misses it."""
    folder.set("nodes", "far", node_id="1-Mar")
    found = folder.problems()
    assert "looks like a date" in said(found, "nodes", "1-Mar", "node_id")
    assert "no node 'far'" in said(found, "links", "rail_far", "to_node_id")


def test_a_value_without_basis_counts_as_assumed_with_a_warning(folder):
    """A number of unknown origin is used, labelled assumed, and said so."""
    folder.set("enterprises", "works", workers_basis="", workers_source_id="")
    world = sf.read_world(folder.path)
    assert world.enterprises["workers_basis"].tolist() == ["assumed"]
    found = world.check()
    assert "counts as assumed" in said(found, "enterprises", "works", "workers_basis")
    assert (world.assumptions()["column"] == "workers").sum() == 2


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("20 t", "write the number alone, in the unit of the column (t per month)"),
        ("20%", "write the number alone"),
        ("10-20", "in the columns _low and _high"),
        ("~15", "in the columns _low and _high"),
        ("1 000", "without blanks or marks between its digits"),
        ("12'500.5", "without blanks or marks between its digits"),
        ("unlimited", "leave the cell empty where there is no known limit"),
    ],
)
def test_numbers_with_trimmings_are_explained(folder, text, part):
    """Units and ranges typed into a cell get the advice that fits."""
    folder.set("mills", "far", intake_t=text)
    assert part in said(folder.problems(), "mills", "far", "intake_t")


@pytest.mark.parametrize("text", ["standard", "4 ft 8½ in", "normal spår"])
def test_a_gauge_in_words_is_told_what_is_wanted(folder, text):
    """Nobody is asked whether the cells of the row were shifted."""
    folder.set("links", "rail_far", gauge_mm=text)
    assert "write millimetres, such as 1435" in said(folder.problems(), "links", "rail_far", "gauge_mm")


def test_two_numbers_in_one_cell_are_refused(folder):
    """lat, lon in one column could be either way round."""
    rows = folder.rows("nodes")
    x, y = rows[0].index("x_coord"), rows[0].index("y_coord")
    folder.put(
        "nodes", [[*r[:x], "coordinates" if i == 0 else f"{r[y]}, {r[x]}", *r[y + 1 :]] for i, r in enumerate(rows)]
    )
    assert folder.problems()["message"].str.contains("split them into y_coord").any()


@pytest.mark.parametrize("word", ["nan", "N/A", "-", "NULL"])
def test_words_for_nothing_are_nothing(folder, word):
    """A line is not called nan; a code NAN may be one."""
    folder.set("links", "rail_far", line_id=word)
    folder.set("nodes", "far", aliases="NAN")
    world = sf.read_world(folder.path, strict=False)
    assert world.links.set_index("link_id").loc["rail_far", "line_id"] == ""
    assert world.nodes.set_index("node_id").loc["far", "aliases"] == "NAN"


@pytest.mark.parametrize(
    ("cell", "advice"),
    [
        ("37°33'29\"N", "decimal degrees"),
        ("N37.5", "decimal degrees"),
        ("37.5,126.9", "two numbers"),
        ("\u22120.4", "a dash, not a minus"),
    ],
)
def test_coordinates_in_other_forms_get_advice(folder, cell, advice):
    """Nobody is asked whether cells were shifted when the cell itself tells what it is."""
    folder.set("nodes", "far", y_coord=cell)
    problems = folder.problems()
    assert problems.loc[problems["column"] == "y_coord", "message"].str.contains(advice).any()
