"""A year, and a month or quarter of it in a column beside it, are one period; names that look alike stay apart."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf

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
    ],
)
def test_a_year_and_its_part_are_read_together(tmp_path, columns, labels):
    """From a frame and from a file, in the languages of headers; a month that names its year needs no other column."""
    flows = FLOWS.assign(**columns)
    flows.to_csv(tmp_path / "f.csv", index=False)
    for given in (flows, tmp_path / "f.csv"):
        run = sf.run_from(given)
        assert run.movements["period"].tolist() == labels


def test_known_tonnes_may_have_their_month_apart():
    """Supply and demand of a world are read alike, and what was read together is said."""
    links = pd.DataFrame({"from": ["x"], "to": ["y"], "km": [5.0]})
    supply = pd.DataFrame({"place": ["x", "x"], "tonnes": [1.0, 2.0], "year": [2019, 2019], "month": [1, 2]})
    world = sf.world_from(links, supply=supply, demand=supply.assign(place="y"))
    assert world.supply["period"].tolist() == ["2019-01", "2019-02"]
    assert world.report.loc[world.report["kind"] == "period", "note"].str.contains("2019-01").all()


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
