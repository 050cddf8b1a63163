"""Wide tables of flows: matrices without their sums, and a column a period."""

from __future__ import annotations

import pytest

import scrapflow as sf
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
