"""Tonnes as people write them come right, or are refused with the cell and the fix."""

from __future__ import annotations

import pytest

from tests.made_up_inputs import moved


@pytest.mark.parametrize(
    ("text", "tonnes", "period"),
    [
        ("Herkunft;Ziel;Menge (t);Monat\nKöln;Aachen;1.234,5;03/2019\n", 1234.5, "2019-03"),
        ('origen,destino,toneladas,año\nKöln,Aachen,"1,234.5",2019\n', 1234.5, "2019"),
        ("출발역,도착역,물량(천톤),품목\nKöln,Aachen,12,고철\n", 12000, "all"),
        ("発地,着地,トン数\nKöln,Aachen,12\n", 12, "all"),
        ("起点,终点,运量(万吨)\nKöln,Aachen,1.2\n", 12000, "all"),
        ("Станция отправления;Станция назначения;тыс. т\nKöln;Aachen;1,5\n", 1500, "all"),
        ("from,to,kt\nKöln,Aachen,1.5\n", 1500, "all"),
        ("from,to,weight_kg\nKöln,Aachen,1500\n", 1.5, "all"),
        ("from,to,Mt\nKöln,Aachen,0.5\n", 5e5, "all"),
        ("from,to,quantity,unit\nKöln,Aachen,1,kt\nKöln,Aachen,500,t\n", 1500, "all"),
        ("from,to,tonnes\nKöln,Aachen,1.2 kt\nKöln,Aachen,300\n", 1500, "all"),
        ("from,to,2018,2019\nKöln,Aachen,,6\n", 6, "2019"),
    ],
)
def test_tonnes_come_right_in_any_language_and_unit(tmp_path, text, tonnes, period):
    """Columns, units and numbers of other places; what was converted stands in the report."""
    found, run = moved(tmp_path, text)
    assert found == {(period, "koln", "aachen"): tonnes}
    assert all(row["note"] for row in run.meta["report"])
