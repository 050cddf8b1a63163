"""Cells become the types of the schema, and each that cannot is named with the advice that fits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.world.csv_text import Raw
from scrapflow.world.typed_cells import conform
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


def conformed(table, **columns):
    """Return a table of cells with its types, and what was said as (row, column, message)."""
    n = len(next(iter(columns.values())))
    raw = Raw(table, pd.DataFrame(columns, dtype=object), [f"line {i + 2}" for i in range(n)])
    return conform(raw), [(p["row"], p["column"], p["message"]) for p in raw.problems]


def test_cells_of_programs_are_the_texts_that_people_write():
    """Whole floats, lists, bytes, dates and what is missing, in a column of text."""
    cells = [
        5.0,
        5.5,
        ["a", 2.0],
        b" x ",
        pd.Timestamp("2019-03-01"),
        pd.Timestamp("2019-03-01 12:00"),
        None,
        float("nan"),
        {"k": 1},
        "  y ",
    ]
    frame, _ = conformed("sources", source_id=list("abcdefghij"), title=cells)
    assert frame["title"].tolist() == [
        "5",
        "5.5",
        "a|2",
        "x",
        "2019-03-01",
        "2019-03-01T12:00:00",
        "",
        "",
        '{"k": 1}',
        "y",
    ]
    assert str(frame["title"].dtype) == "str"


def test_truth_is_read_in_any_usual_word_and_is_the_default_where_nothing_is_said():
    """yes, T, 1.0 and no; anything else is named by its row."""
    words = ["yes", "T", "1.0", "No", "0", "", "perhaps"]
    frame, told = conformed(
        "links", link_id=list("abcdefg"), from_node_id=["x"] * 7, to_node_id=["y"] * 7, directed=words
    )
    assert frame["directed"].tolist() == [True, True, True, False, False, False, False]
    assert [t for t in told if t[1] == "directed"] == [
        ("g", "directed", "'perhaps' is neither true nor false: write one of the two")
    ]


def test_a_column_that_is_nearly_known_is_asked_about_and_another_kept():
    """A slip of the pen would be ignored; a column of one's own stays behind the others."""
    frame, told = conformed("mills", node_id=["a"], intake_tt=["5"], colour=["red"])
    assert frame["colour"].tolist() == ["red"]
    assert {c: m for _, c, m in told if c in ("intake_tt", "colour")} == {
        "intake_tt": "there is no such column; did you mean 'intake_t'? It would be ignored as it is",
        "colour": "not in the schema: kept, but not used",
    }  # fmt: skip


def test_words_for_nothing_are_counted_and_in_a_single_cell_named_by_its_row():
    """Two in one column stand for the column, one has its row; in a column of identifiers they are identifiers."""
    frame, told = conformed(
        "nodes",
        node_id=["n/a", "b", "c"],
        name=["A", "B", "C"],
        kind=["mill"] * 3,
        name_local=["-", "x", "n/a"],
        aliases=["?", "x", "y"],
    )
    assert frame["name_local"].tolist() == ["", "x", ""]
    assert frame["node_id"][0] == "n/a"
    assert [(row, column) for row, column, m in told if "taken as unknown" in m] == [
        ("", "name_local"),
        ("n/a", "aliases"),
    ]


def test_rows_without_identifier_are_called_by_their_line_and_two_of_one_are_told_together():
    """The second finding names both lines, once."""
    frame, told = conformed("mills", node_id=["", "b", "b"], intake_t=["much", "5", "6"])
    assert ("line 2", "intake_t") in [(row, column) for row, column, _ in told]
    assert [m for row, column, m in told if (row, column) == ("b", "node_id")] == [
        "the identifier stands in line 3, line 4: each row needs its own"
    ]
    assert frame["intake_t"].isna().tolist() == [True, False, False]


def test_whole_numbers_and_endless_ones_in_columns_of_numbers():
    """From a typed file: an infinity is none, a half is no gauge."""
    frame, told = conformed(
        "links",
        link_id=["a", "b"],
        from_node_id=["x", "x"],
        to_node_id=["y", "y"],
        capacity_t=[np.inf, 5.0],
        gauge_mm=[1435.5, 1000.0],
    )
    assert frame["capacity_t"].tolist() == pytest.approx([np.nan, 5], nan_ok=True)
    assert {(row, column) for row, column, _ in told} >= {("a", "capacity_t"), ("a", "gauge_mm")}


def test_known_tonnes_are_named_after_what_they_are_about():
    """Two rows of one place, period and material are told apart by a number."""
    frame, _ = conformed(
        "supply", node_id=["a", "a", "b"], period=["2019", "2019", ""], material=["ore"] * 3, tonnage_t=["1", "2", "3"]
    )
    assert frame.iloc[:, 0].tolist() == ["a 2019 ore", "a 2019 ore (2)", "b ore"]
