"""A year, and a month or quarter of it in a column beside it, are one period; names that look alike stay apart."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.world.importers.periods import label_of

FLOWS = pd.DataFrame({"origin": ["a", "a", "a"], "destination": ["b", "b", "b"], "tonnes": [1.0, 2.0, 4.0]})


@pytest.mark.parametrize(
    ("columns", "labels"),
    [
        ({"year": [2019, 2019, 2020], "month": [1, 12, 2]}, ["2019-01", "2019-12", "2020-02"]),
        ({"Monat": ["03", "4", "5"], "Jahr": ["2019"] * 3}, ["2019-03", "2019-04", "2019-05"]),
        ({"Year": [2019.0] * 3, "Month": ["Jan", "february", "Mar."]}, ["2019-01", "2019-02", "2019-03"]),
        ({"연도": [2019] * 3, "월": [1, 2, 3]}, ["2019-01", "2019-02", "2019-03"]),
        ({"year": [2019] * 3, "quarter": ["Q1", 2, "q4"]}, ["2019-Q1", "2019-Q2", "2019-Q4"]),
        ({"year": [2019] * 3, "month": ["2019-01", "2019-02", "2019-03"]}, ["2019-01", "2019-02", "2019-03"]),
        ({"Jahr": [2019] * 3, "Monat": ["Januar", "Mrz", "Dezember"]}, ["2019-01", "2019-03", "2019-12"]),
        ({"year": [2019] * 3, "period": ["enero", "août", "3월"]}, ["2019-01", "2019-03", "2019-08"]),
        ({"year": [2019] * 3, "period": ["Q1", "Q2", "Q4"]}, ["2019-Q1", "2019-Q2", "2019-Q4"]),
    ],
)
def test_a_year_and_its_part_are_read_together(tmp_path, columns, labels):
    """From a frame and from a file, in the languages of headers; a month that names its year needs no other column."""
    flows = FLOWS.assign(**columns)
    flows.to_csv(tmp_path / "f.csv", index=False)
    for given in (flows, tmp_path / "f.csv"):
        run = sf.run_from(given)
        assert sorted(run.movements["period"]) == labels


def test_known_tonnes_may_have_their_month_apart():
    """Supply and demand of a world are read alike, and what was read together is said."""
    links = pd.DataFrame({"from": ["x"], "to": ["y"], "km": [5.0]})
    supply = pd.DataFrame({"place": ["x", "x"], "tonnes": [1.0, 2.0], "year": [2019, 2019], "month": [1, 2]})
    world = sf.world_from(links, supply=supply, demand=supply.assign(place="y"))
    assert world.supply["period"].tolist() == ["2019-01", "2019-02"]
    assert world.report.loc[world.report["kind"] == "period", "note"].str.contains("2019-01").all()


def test_known_tonnes_have_their_periods_read_as_flows_do():
    """A month by name in supply and demand; what is no such form, a week, is left to the check of worlds."""
    links = pd.DataFrame({"from": ["x"], "to": ["y"], "km": [5.0]})
    for word, label in (("März 2019", "2019-03"), ("2019-W05", "2019-W05")):
        supply = pd.DataFrame({"place": ["x"], "tonnes": [1.0], "period": [word]})
        world = sf.world_from(links, supply=supply, demand=supply.assign(place="y"))
        assert world.supply["period"].tolist() == world.demand["period"].tolist() == [label]


def test_what_is_no_month_is_refused_by_its_cell():
    """A thirteenth month is no period, and nothing is guessed."""
    with pytest.raises(sf.InputError, match="'13' is no period"):
        sf.run_from(FLOWS.assign(year=2019, month=[13, 1, 2]))


def test_names_that_look_alike_are_not_merged():
    """``007`` is not ``7``, nor ``Block 2.0`` ``Block 2``; a 7 that a program wrote as a decimal number is 7."""
    flows = FLOWS.assign(origin=["007", "7", "7.0"], destination=["Block 2", "Block 2.0", "Block 2"])
    moved = sf.run_from(flows).movements
    assert moved[["origin", "destination", "tonnage_t"]].to_numpy().tolist() == [
        ["007", "Block 2", 1.0],
        ["7", "Block 2", 4.0],
        ["7", "Block 2.0", 2.0],
    ]
    places = pd.DataFrame({"code": ["007", "7"], "name": ["Bond", "Seven"]})
    links = pd.DataFrame({"from": ["007", "7"], "to": ["Block 2", "Block 2.0"], "km": [1.0, 2.0]})
    world = sf.world_from(links, places=places)
    assert set(world.nodes["node_id"]) == {"007", "7", "Block 2", "Block 2.0", "outside"}


@pytest.mark.parametrize(
    ("word", "label"),
    [
        ("January 2024", "2024-01"), ("Jan 2024", "2024-01"), ("März 2024", "2024-03"), ("Mrz 24", "2024-03"), ("2024-1", "2024-01"),
        ("2024/01", "2024-01"), ("202401", "2024-01"), ("enero de 2024", "2024-01"), ("févr. 2024", "2024-02"), ("2024년 1월", "2024-01"),
        ("12월 2024", "2024-12"), ("2024. 1.", "2024-01"), ("2024. 1. 15.", "2024-01-15"), ("15. März 2024", "2024-03-15"),
        ("15.01.2024", "2024-01-15"), ("2024-01-15 10:30", "2024-01-15"), ("Q1 2024", "2024-Q1"), ("2024.01", "2024-01"),
        # What may be a number or a day, and what is no date, is none.
        ("2024.1", ""), ("24 Jan", ""), ("Jan", ""), ("2024-13", ""), ("31.02.2024", ""), ("202413", ""), ("2024-W03", ""), ("Vale 2024", ""),
    ],
)  # fmt: skip
def test_one_period_is_read_in_its_usual_forms(word, label):
    """A year and a month, by number or by name; days stay days."""
    assert label_of(word) == label


def periods(*words):
    """Return the labels of flows in these periods, and what was said of them."""
    flows = pd.DataFrame({"from": "a", "to": "b", "t": 1.0, "period": words})
    run = sf.run_from(flows)
    return run.periods["period"].tolist(), [(r["kind"], r["note"]) for r in run.meta["report"]]


def test_a_day_is_a_day_in_whatever_order_it_is_written():
    """German dates lost their day, ISO dates kept it; the order that is read is said."""
    assert periods("2024-01-15", "2024-02-20") == (["2024-01-15", "2024-02-20"], [])
    labels, [(kind, note)] = periods("15.01.2024", "20.02.2024")
    assert (labels, kind) == (["2024-01-15", "2024-02-20"], "period")
    assert "day, month, year" in note


def test_day_and_month_between_slashes_stand_as_some_cell_of_the_column_tells():
    """25 is no month, so the other number is, in every row; where nothing tells, the day comes first, which is said; both ways are refused."""
    assert periods("01/02/2024", "03/25/2024")[0] == ["2024-01-02", "2024-03-25"]
    assert periods("01/02/2024", "25/03/2024")[0] == ["2024-02-01", "2024-03-25"]
    labels, [(kind, note)] = periods("01/02/2024", "03/02/2024")
    assert (labels, kind) == (["2024-02-01", "2024-02-03"], "period_assumed")
    assert "no cell tells which number is the month" in note
    with pytest.raises(sf.InputError, match="'03/25/2024' is no period"):
        periods("25/03/2024", "03/25/2024")


def test_dates_that_are_all_the_first_of_a_month_are_months_and_that_is_said():
    """As pandas and spreadsheets write months."""
    for words in (("2024-01-01", "2024-02-01"), ("01.01.2024", "01.02.2024")):
        labels, said = periods(*words)
        assert labels == ["2024-01", "2024-02"]
        assert "every date is the first of a month" in said[-1][1]


def test_two_digits_of_a_year_are_said_and_a_month_without_a_year_is_refused_with_the_fix():
    """Mrz 24 may be a day to somebody."""
    labels, [(kind, note)] = periods("Mrz 24", "Apr 24")
    assert (labels, kind) == (["2024-03", "2024-04"], "period_assumed")
    assert "1970 to 2069" in note
    with pytest.raises(sf.InputError, match="'Januar' is a month of no year: add a column year"):
        periods("Januar", "Februar")


def test_columns_may_be_months_by_name():
    """A table with a column for each month is told by the same list."""
    wide = pd.DataFrame({"from": ["a"], "to": ["b"], "Jan 2024": [1.0], "März 2024": [2.0]})
    assert sf.run_from(wide).periods["period"].tolist() == ["2024-01", "2024-03"]
