"""Wide tables of flows: matrices without their sums, and a column a period."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.world.importers.flow_matrix import unpivoted
from tests.made_up_inputs import moved


def test_a_matrix_is_read_without_its_sums(tmp_path):
    """Rows are origins, columns destinations; totals are left out and said, the diagonal and dashes are nothing."""
    found, run = moved(
        tmp_path, "O/D,Köln,Aachen,Bonn,Total\nKöln,0,5,7,12\nAachen,3,,1,4\nBonn,-,2,0,2\nTotal,3,7,8,18\n"
    )
    assert found == {
        ("all", "koln", "aachen"): 5, ("all", "koln", "bonn"): 7, ("all", "aachen", "koln"): 3,
        ("all", "aachen", "bonn"): 1, ("all", "bonn", "aachen"): 2,
    }  # fmt: skip
    assert "left out as sums: Total" in run.meta["report"][0]["note"]


def test_a_matrix_between_numbered_zones_is_read(tmp_path):
    """Its header holds numbers, which stand beside it too; a table that begins with its first row has no header."""
    (tmp_path / "m.csv").write_text("zone,1,2,3\n1,0,10,20\n2,5,0,\n3,,7,0\n")
    rows = sf.run_from(tmp_path / "m.csv").movements[["origin", "destination", "tonnage_t"]].values.tolist()
    assert rows == [["1", "2", 10], ["1", "3", 20], ["2", "1", 5], ["3", "2", 7]]
    (tmp_path / "m.csv").write_text("a,1,2,3\nb,4,5,6\n")
    with pytest.raises(sf.InputError, match="has no header"):
        sf.run_from(tmp_path / "m.csv")


def test_a_matrix_with_an_empty_corner(tmp_path):
    """As spreadsheets save it: the header has one word fewer than the rows have cells."""
    (tmp_path / "m.csv").write_text(",A,B\nA,0,5\nB,2,0\n", encoding="utf-8")
    assert sf.run_from(tmp_path / "m.csv").flows.total_t == 7.0


def unpivot(columns, rows):
    """Return a table as one row a flow, and what was said."""
    said = []
    return unpivoted(pd.DataFrame(rows, columns=columns), lambda *told: said.append(told)), said


def test_columns_of_periods_become_rows_and_all_others_stay():
    """A year, a quarter and two ways to write a month; empty cells and zeros are no flows; the material goes with each."""
    told, said = unpivot(["from", "to", "material", "2018", "2019Q1", "2019_03", "201904"],
                         [["a", "b", "ore", "5", "", "6", "7"], ["b", "c", "coal", "0", "8", "", "-"]])  # fmt: skip
    assert told[["from", "material", "period", "tonnage_t"]].values.tolist() == [
        ["a", "ore", "2018", "5"], ["b", "coal", "2019-Q1", "8"], ["a", "ore", "2019-03", "6"], ["a", "ore", "2019-04", "7"],
    ]  # fmt: skip
    assert said == [("wide", "4 columns are periods (2018 to 201904): one row each")]


@pytest.mark.parametrize(
    ("columns", "row"),
    [
        (["from", "to", "tonnes", "2019"], ["a", "b", "5", "1"]),
        (["from", "to", "weight_kg"], ["a", "b", "5"]),
        (["from", "to", "colour"], ["a", "b", "red"]),
        (["to", "2018", "2019"], ["a", "5", "6"]),
        (["a", "b"], ["x", "5"]),
        (["name", "lat", "lon"], ["x", "50", "8"]),
    ],
)
def test_what_is_not_wide_is_left_as_it_is(columns, row):
    """Tonnes of its own, with a unit, no period, no origin, two columns; places with their coordinates are no flows."""
    told, said = unpivot(columns, [row] * 3)
    pd.testing.assert_frame_equal(told, pd.DataFrame([row] * 3, columns=columns))
    assert said == []


def test_a_remark_beside_a_matrix_is_left_out_and_said():
    """Most columns are places that stand beside the numbers too."""
    told, said = unpivot(
        ["", "a", "b", "c", "remark"], [["a", "", "1", "2", "x"], ["b", "3", "", "", "y"], ["c", "", "4", "", "z"]]
    )
    assert told.values.tolist() == [["b", "a", "3"], ["a", "b", "1"], ["c", "b", "4"], ["a", "c", "2"]]
    assert said[0][1] == "read as a matrix: 3 rows are origins, 3 columns are destinations; not used: remark"


@pytest.mark.parametrize(
    "columns", [["name", "lat", "lon"], ["id", "Longitude", "Latitude"], ["name", "x_coord", "y_coord"]]
)
def test_places_given_as_flows_are_refused(columns):
    """Their degrees were tonnes to places called lat and lon."""
    with pytest.raises(sf.InputError, match="tonnage_t: the column is missing"):
        sf.run_from(pd.DataFrame([["Suva", 18.14, 178.4], ["Apia", 13.8, 171.7]], columns=columns))
