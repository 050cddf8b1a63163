"""Flows as strangers bring them: languages, units, matrices, numbers; the right tonnes, or a refusal that names cause and fix."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import scrapflow as sf

PLACES = pd.DataFrame({"name": ["Köln", "Aachen", "Bonn"], "lon": [6.96, 6.08, 7.1], "lat": [50.94, 50.78, 50.73]})
COURSE = "LINESTRING (6.96 50.94, 6.08 50.78)"


def moved(tmp_path, text, **how):
    """Return the tonnes by period and pair that a file of flows says."""
    (tmp_path / "f.csv").write_text(text, "utf-8")
    run = sf.run_from(tmp_path / "f.csv", PLACES, **how)
    rows = run.movements.groupby(["period", "origin", "destination"])["tonnage_t"].sum()
    return {key: pytest.approx(t) for key, t in rows.items()}, run


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


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("from,to,MT\nKöln,Aachen,1.5\n", "millions of tonnes or metric tons"),
        ("from,to,quantity,unit\nKöln,Aachen,1.5,TEU\n", "'TEU' is no unit of mass"),
        ("from,to,tonnes\nKöln,Aachen,1.5 wagons\n", "'1.5 wagons' is no tonnage"),
        ("from,to,tonnes\nKöln,Aachen,5\nTotal,Total,5\n", "a sum of other rows"),
        ("from,to,tonnes\n", "no rows"),
        ("", "is empty"),
        ("from,to,tonnes,tonnes\nKöln,Aachen,5,6\n", "two columns called 'tonnes'"),
        ("from,to,value_eur\nKöln,Aachen,5\n", "tonnage_t: the column is missing"),
        ("from,to,tonnes\nKöln,Aachen,n/a\n", "row 1, column tonnage_t"),
        ("from;to;tonnes\nKöln;Aachen;1.234\n", "thousands or with decimals"),
        ("O/D,Köln,Aachen,Bonn\n" + "Köln,1,2,3\n" * 8 + "Aachen,many,1,2\n", "'many' is no tonnage"),
    ],
)
def test_what_may_be_misread_is_refused(tmp_path, text, told):
    """In ten lines at most, with the cell or column and the fix."""
    with pytest.raises(sf.InputError, match=told) as refused:
        moved(tmp_path, text)
    assert len(str(refused.value).splitlines()) <= 10


def test_a_name_of_two_places_is_asked_about_and_an_unknown_one_is_said(tmp_path):
    """Two places called Weiden: which is meant is asked; Koeln is no place, and Köln is offered."""
    both = pd.DataFrame({"id": ["w", "r"], "name": ["Weiden", "Weiden"], "lon": [12.1, 6.8], "lat": [49.7, 50.9]})
    with pytest.raises(sf.InputError, match="'Weiden' means 2 places"):
        sf.run_from(pd.DataFrame({"from": ["Weiden"], "to": ["w"], "tonnes": [1]}), both)
    _, run = moved(tmp_path, "from,to,tonnes\nKöl,Aachen,5\n")
    assert "perhaps Köl (Köln?)" in run.meta["report"][0]["note"]


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"name": ["a"], "lon": ["ten"], "lat": ["50"]}, "'ten' is no coordinate"),
        ({"name": ["a"], "lon": ["N 5.5"], "lat": ["50"]}, "'N 5.5' is no coordinate"),
        ({"name": ["a"], "coordinates": ["50, 10"]}, "call it latlon or lonlat"),
        ({"name": ["a"], "lon": [10.0]}, "no latitude"),
        ({"x": [1.0], "y": [2.0]}, "an identifier or a name"),
        ({"name": ["a", "b"], "lon": [50.9, 50.7], "lat": [106.9, 107.1]}, "latitude seems to stand before longitude"),
        ({"id": ["a", "a"], "name": ["a", "a"], "lon": [1.0, 2.0], "lat": [1.0, 2.0]}, "each place needs its own"),
    ],
)
def test_places_that_cannot_be_read_are_refused(columns, told):
    """A coordinate that cannot be read is no place without one."""
    flows = pd.DataFrame({"from": ["a"], "to": ["b"], "tonnes": [1]})
    with pytest.raises(sf.InputError, match=told):
        sf.run_from(flows, pd.DataFrame(columns))


@pytest.mark.parametrize(
    "columns",
    [
        {"lon": ["10°30'00\"E", "10 E"], "lat": ["50°15'N", "N 50"]},
        {"latlon": ["50.25, 10.5", "(50; 10)"]},
        {"lonlat": ["10.5 50.25", "10 50"]},
        {"Longitud": ["10.5", "10"], "Latitud": ["50.25", "50"]},
        {"경도": [10.5, 10.0], "위도": [50.25, 50.0]},
    ],
)
def test_coordinates_of_other_forms_are_read(columns):
    """Degrees and minutes, pairs in one cell, other languages."""
    flows = pd.DataFrame({"from": ["a"], "to": ["b"], "tonnes": [1]})
    nodes = sf.run_from(flows, pd.DataFrame({"name": ["a", "b"]} | columns)).nodes.set_index("node_id")
    assert nodes.loc["a", ["x_coord", "y_coord"]].tolist() == [10.5, 50.25]
    assert nodes.loc["b", ["x_coord", "y_coord"]].tolist() == [10, 50]


@pytest.mark.parametrize("kind", ["geojson", "parquet", "csv", "xlsx"])
def test_drawn_flows_and_workbooks(tmp_path, kind):
    """Lines in metres, WKB without metadata, WKT in a table, and a table under a title say 5 t from Köln to Aachen."""
    file = tmp_path / f"f.{kind}"
    if kind == "geojson":
        gpd.GeoDataFrame({"tonnes": [5]}, geometry=gpd.GeoSeries.from_wkt([COURSE]), crs=4326).to_crs(3857).to_file(
            file
        )
    elif kind == "parquet":
        pd.DataFrame({"tonnes": [5], "geometry": [shapely.to_wkb(shapely.from_wkt(COURSE))]}).to_parquet(file)
    elif kind == "csv":
        file.write_text(f"tonnes;WKT\n5,0;{COURSE}\n")
    else:
        rows = [
            ["Table 3: scrap", None, None],
            ["Origin", "Destination", "Tonnes (1000 t)"],
            ["Köln", "Aachen", 0.005],
            ["Source: x", None, None],
        ]
        pd.DataFrame(rows).to_excel(file, index=False, header=False)
    run = sf.run_from(file, PLACES if kind == "xlsx" else None)
    assert run.movements["tonnage_t"].tolist() == [pytest.approx(5)]
    origin = run.nodes.set_index("node_id").loc[run.movements["origin"][0]]
    assert (origin["x_coord"], origin["y_coord"]) == (pytest.approx(6.96), pytest.approx(50.94))


def test_names_composed_and_decomposed_are_one():
    """The same letters in two spellings, as macOS and a web page write them, were a raw error of pandas."""
    rows = pd.DataFrame({"from": ["Caf\u00e9", "Cafe\u0301"], "to": ["B", "B"], "tonnes": [5.0, 3.0]})
    run = sf.run_from(rows)
    assert run.flows.from_("Caf\u00e9").total_t == 8.0
    assert (run.nodes["kind"] != "outside").sum() == 2


def test_a_matrix_with_an_empty_corner(tmp_path):
    """As spreadsheets save it: the header has one word fewer than the rows have cells."""
    (tmp_path / "m.csv").write_text(",A,B\nA,0,5\nB,2,0\n", encoding="utf-8")
    assert sf.run_from(tmp_path / "m.csv").flows.total_t == 7.0


def test_flows_between_coordinates_alone(tmp_path):
    """Two rows that share a point share a place."""
    (tmp_path / "f.csv").write_text("o_lat,o_lon,d_lat,d_lon,tonnes\n50,8,51,9,5\n51,9,52,10,4\n", encoding="utf-8")
    run = sf.run_from(tmp_path / "f.csv")
    assert set(run.nodes["node_id"]) == {"50 8", "51 9", "52 10", "outside"}
    assert run.nodes.set_index("node_id").loc["51 9", ["x_coord", "y_coord"]].tolist() == [9.0, 51.0]
    assert run.flows.to("51 9").total_t == 5.0


def test_columns_that_are_not_used_are_said(tmp_path):
    """A month under a word that nobody knows is not lost in silence; under a usual one it is a month."""
    (tmp_path / "f.csv").write_text("from,to,tonnes,maand\nA,B,5,2019-03\n", encoding="utf-8")
    said = sf.run_from(tmp_path / "f.csv").meta["report"]
    assert [(row["kind"], "maand" in row["note"]) for row in said] == [("not_used", True)]
    (tmp_path / "k.csv").write_text("발역,착역,수송량(톤),년월\n청진,김책,1000,2019-03\n", encoding="utf-8")
    assert sf.run_from(tmp_path / "k.csv").periods["period"].tolist() == ["2019-03"]


def test_json_of_rows_is_told_what_it_is(tmp_path):
    """It is no GeoJSON, and the message says what to save it as."""
    (tmp_path / "f.json").write_text('[{"origin": "A", "destination": "B", "tonnes": 5}]', encoding="utf-8")
    with pytest.raises(sf.errors.InputError, match="JSON of rows, without geometry: save it as CSV"):
        sf.run_from(tmp_path / "f.json")
