"""Tonnes as people write them come right, or are refused with the cell and the fix."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.world.importers.tonnes import in_tonnes, unit_of_name
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


def read(**columns):
    """Return the tonnes of a table, and what was said."""
    said = []
    told = in_tonnes(pd.DataFrame(columns), "supply", lambda *words: said.append(words))
    return told, said


@pytest.mark.parametrize(
    ("name", "factor"),
    [
        ("tonnage_kg", 1e-3), ("Menge [1000 t]", 1e3), ("quantity (Mt)", 1e6), ("kt", 1e3), ("amount lbs", 0.000_453_592_37), ("물량(만톤)", 1e4),
        ("weight [Kilogramm]", 1e-3), ("Gewicht in Tonnen", 1.0), ("Menge in kg", 1e-3), ("in kg", 1e-3), ("Menge [t]", 1.0), ("carted_t", 1.0), ("price_kg", None), ("tonnage", None), ("colour", None),
    ],
)  # fmt: skip
def test_the_unit_in_a_name_is_known_where_the_rest_means_an_amount(name, factor):
    """A price a kilogram is no amount of kilograms."""
    assert unit_of_name(name) == factor


def test_the_range_of_an_amount_is_in_its_unit_and_tonnes_stay():
    """Kilotonnes and their ends are multiplied and said; a column of tonnes is neither."""
    told, said = read(node_id=["a"], quantity_kt=["1.5"], tonnage_t_low=["1"], tonnage_t_high=["2"])
    assert told[["tonnage_t", "tonnage_t_low", "tonnage_t_high"]].values.tolist() == [[1500, 1000, 2000]]
    assert said == [("unit", "quantity_kt: multiplied by 1000 to tonnes")]
    told, said = read(tonnage_t=["1.5"], tonnage_t_low=["1"])
    assert (told["tonnage_t"].tolist(), told["tonnage_t_low"].tolist(), said) == ([1.5], ["1"], [])


def test_a_column_of_units_and_units_in_cells_count_row_by_row():
    """A unit in the cell comes before the one beside it; an empty one beside it is tonnes."""
    told, said = read(quantity=["2", "3", "4 kg", "5"], unit=["kt", "", "kt", "t"])
    assert told["tonnage_t"].tolist() == pytest.approx([2000, 3, 0.004, 5])
    assert said == [("unit", "the column unit was applied: kt = 1000 t")]
    told, _ = read(tonnage_t=["1,5 kt", "2.5"])
    assert told["tonnage_t"].tolist()[1] == 2.5


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        ({"quantity": ["1", "1", "1"], "unit": ["t", "TEU", "TEU"]}, [("2", "unit", "(2 rows)")]),
        ({"quantity": ["1", "2"], "unit": ["MT", "kg"]}, [("1", "unit", "millions of tonnes or metric tons")]),
        (
            {"tonnage_t": ["5 MT", "6 wagons", "many"]},
            [("1", "tonnage_t", "is MT"), ("2", "tonnage_t", "no tonnage"), ("3", "tonnage_t", "no tonnage")],
        ),
        ({"quantity_MT": ["5"]}, [("", "quantity_MT", "is MT")]),
        ({"quantity_kt": ["1"], "quantity_t": ["1000"]}, [("", "tonnage_t", "quantity_kt, quantity_t")]),
        ({"tonnage_t": ["1,234 t"]}, [("1", "tonnage_t", "thousands or with decimals")]),
        (
            {"weight_kg": ["12.000", "4.000"]},
            [("1", "tonnage_t", "write 12000 or 12.0000"), ("2", "tonnage_t", "write 4000 or")],
        ),
        ({"tonnage_t": ["1.5", "2,5", "1.234"]}, [("3", "tonnage_t", "thousands or with decimals")]),
    ],
)
def test_every_amount_that_cannot_be_is_refused_by_its_row(columns, rows):
    """Units that are of no mass or have two meanings, words, and two columns of which nobody knows which is meant."""
    with pytest.raises(sf.InputError) as refused:
        read(**columns)
    found = refused.value.problems
    assert found[["row", "column"]].values.tolist() == [[row, column] for row, column, _ in rows]
    assert not found["message"].str.contains("(1 rows)", regex=False).any()
    assert all(part in message for (_, _, part), message in zip(rows, found["message"], strict=True))


def test_a_table_without_an_amount_is_left_as_it_is():
    """What is missing is told where all columns are known."""
    told, said = read(node_id=["a"], colour=["red"])
    assert (list(told), said) == (["node_id", "colour"], [])


@pytest.mark.parametrize(
    ("cells", "tonnes"),
    [
        (["8.500,5", "12.000"], [8500.5, 12000]),
        (["12.000,5"], [12000.5]),
        (["1,234.5", "12,000"], [1234.5, 12000]),
        (["12.000", "0.25"], [12, 0.25]),
        (["1.234,5 kg", "12.000"], [1.2345, 12000]),
        (["1 234", "5"], [1234, 5]),
        ([1.234, "n/a", "5"], [1.234, None, 5]),
    ],
)
def test_one_cell_that_settles_the_style_of_numbers_holds_for_its_column(cells, tonnes):
    """German and English text in a frame as in a file; a number of Python is what it is. What was read otherwise than it looks is said."""
    told, said = read(tonnage_t=pd.Series(cells, dtype=object))
    assert told["tonnage_t"].tolist() == pytest.approx([float("nan") if t is None else t for t in tonnes], nan_ok=True)
    assert all(kind == "numbers" and "is read as" in note for kind, note in said)
    assert bool(said) == (cells[0] in ("8.500,5", "12.000,5", "1,234.5", "1.234,5 kg", "1 234"))


def test_numbers_that_a_file_settled_are_not_asked_again(tmp_path):
    """Commas that separate cells settle that 1.234 is a decimal, beside a word for nothing too."""
    found, _ = moved(tmp_path, "from,to,tonnes\nKöln,Aachen,1.234\n")
    assert found == {("all", "koln", "aachen"): 1.234}
    with pytest.raises(sf.InputError, match="'n/a' tells no tonnage") as refused:
        moved(tmp_path, "from;to;tonnes\nKöln;Aachen;8.500,5\nKöln;Aachen;n/a\nKöln;Aachen;1.000\n")
    assert len(refused.value.problems) == 1


def test_all_amounts_that_cannot_be_are_told_at_once_as_they_were_written():
    """Words, empty cells, and a negative one in kilograms, beside what is wrong in other columns; what to do is said."""
    rows = pd.DataFrame({"from": "a", "to": ["b", "b", "b", "b", ""], "weight_kg": ["-1", "n/a", "many", None, "5"]})
    with pytest.raises(sf.InputError) as refused:
        sf.run_from(rows)
    told = dict(zip(refused.value.problems["row"], refused.value.problems["message"], strict=True))
    assert sorted(told) == ["1", "2", "3", "4", "5"]
    for row, words in (
        ("1", "'-1' is below 0"),
        ("2", "'n/a' tells no tonnage: leave the row out"),
        ("3", "'many' is no tonnage"),
        ("4", "an empty cell"),
    ):
        assert words in told[row]


def test_a_unit_that_is_not_known_is_refused_with_all_that_are():
    """The pound and the short ton are among them."""
    with pytest.raises(
        sf.InputError,
        match=r"'stone' is no unit of mass that is known \(t, kt, Mt, kg, g, lb, short tons or long tons\)",
    ):
        read(quantity=["1"], unit=["stone"])
    assert read(quantity=["2000"], unit=["pounds"])[0]["tonnage_t"].tolist() == pytest.approx([0.907_184_74])


def test_an_empty_cell_beside_is_in_the_unit_of_the_header():
    """Kilograms stay kilograms where the column of units says nothing."""
    told, _ = read(weight_kg=["5", "5"], unit=["", "t"])
    assert told["tonnage_t"].tolist() == [0.005, 5]


@pytest.mark.parametrize(
    ("header", "tonnes", "said"),
    [
        ("Masse [g]", 0.012, "multiplied by 1e-06"),
        ("load (long tons)", 12192.562906, "multiplied by 1.01605"),
        ("Ladung [Fuder]", 12000.0, "'Fuder' is no unit that is known"),
        ("Ladung (2019)", 12000.0, ""),
    ],
)
def test_a_column_that_is_named_by_hand_hides_no_unit(header, tonnes, said):
    """Grams and long tons are known; what stands in brackets and is no unit is said, a year is not."""
    places = pd.DataFrame({"id": ["A", "B"], "lat": [50, 51], "lon": [8, 9]})
    flows = pd.DataFrame({"from": ["A"], "to": ["B"], header: [12000]})
    run = sf.run_from(flows, places, columns={header: "tonnage_t"})
    assert run.totals().shipped_t == pytest.approx(tonnes)
    notes = [row["note"] for row in run.meta["report"] if row["kind"] == "unit"]
    assert [said in note for note in notes] == ([True] if said else [])
