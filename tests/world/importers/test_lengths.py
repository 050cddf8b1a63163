"""Lengths whose unit the file states, the caller says, or nobody does."""

from __future__ import annotations

import pytest

import scrapflow as sf


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
