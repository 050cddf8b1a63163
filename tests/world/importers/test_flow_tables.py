"""Flows as strangers bring them: languages, units, matrices, numbers; the right tonnes, or a refusal that names cause and fix."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import scrapflow as sf
from tests.made_up_inputs import CITIES, moved

COURSE = "LINESTRING (6.96 50.94, 6.08 50.78)"


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
    run = sf.run_from(file, CITIES if kind == "xlsx" else None)
    assert run.movements["tonnage_t"].tolist() == [pytest.approx(5)]
    origin = run.nodes.set_index("node_id").loc[run.movements["origin"][0]]
    assert (origin["x_coord"], origin["y_coord"]) == (pytest.approx(6.96), pytest.approx(50.94))


def test_names_composed_and_decomposed_are_one():
    """The same letters in two spellings, as macOS and a web page write them, were a raw error of pandas."""
    rows = pd.DataFrame({"from": ["Caf\u00e9", "Cafe\u0301"], "to": ["B", "B"], "tonnes": [5.0, 3.0]})
    run = sf.run_from(rows)
    assert run.flows.from_("Caf\u00e9").total_t == 8.0
    assert (run.nodes["kind"] != "outside").sum() == 2


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
