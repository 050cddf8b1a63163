"""What an observation asks members for: its metric, place, unit and span, or the fault with its fix."""

from __future__ import annotations

import numpy as np
import pytest

import scrapflow as sf
from scrapflow.evidence.asks import Reader
from scrapflow.evidence.observation import table_of


def test_every_fault_in_one_report(kept):
    """A value without an error, a wrong unit, an unknown place, a period outside, an unknown metric, what is not kept, no grade."""
    usual = {"value": 1.0, "sd": 0.1, "error": "lognormal"}
    with pytest.raises(sf.InputError) as fault:
        sf.condition(kept, [
            {"metric": "carted_t", "value": 3.0, "error": "lognormal"},
            {"metric": "delivered_t", **usual, "unit": "kt"},
            {"metric": "yard_t", **usual, "place": "Nowhere"},
            {"metric": "shipped_t", **usual, "period": "2019-01"},
            {"metric": "cartd_t", **usual},
            {"metric": "unserved_t", **usual, "place": "works"},
            {"metric": "looted_t", **usual, "credibility": "9"},
            {"metric": "yard_t", **usual, "place": "works"},
            {"metric": "shipped_t", **usual, "place": "works"},
            {"metric": "link_load_t", **usual, "link": "rail_neer"},
            {"metric": "yard_t", **usual, "material": "gold"},
        ])  # fmt: skip
    told = dict(
        zip(
            fault.value.problems["row"],
            zip(fault.value.problems["column"], fault.value.problems["message"], strict=True),
            strict=False,
        )
    )
    assert told["carted_t"][0] == "sd"
    assert told["delivered_t"] == (
        "unit",
        "'kt' is not the unit of delivered_t, which is t: multiply by 1000 and write t",
    )
    assert told["yard_t Nowhere"][0] == "node_id"
    assert told["shipped_t 2019-01"][0] == "first"
    assert "2015-01 to 2015-02" in told["shipped_t 2019-01"][1]
    assert "did you mean carted_t" in told["cartd_t"][1]
    assert "total alone" in told["unserved_t works"][1]
    assert told["looted_t"][0] == "credibility"
    assert "yards there: yard" in told["yard_t works"][1]
    assert "seen at: mill, yard" in told["shipped_t works"][1]
    assert "did you mean rail_near" in told["link_load_t rail_neer"][1]
    assert told["yard_t"][0] == "material"


@pytest.mark.parametrize(("words", "periods"), [("2015", 2), ("2015-Q1", 2), ("2015-02", 1), ("2015-02-14", 1)])
def test_periods_by_label_year_and_date(predict, words, periods):
    """A year holds all months; a date means the month it lies in."""
    both, second = predict("carted_t", place="works"), predict("carted_t", place="works", period="2015-02")
    np.testing.assert_allclose(predict("carted_t", place="works", period=words), both if periods == 2 else second)


def test_a_month_by_name_is_that_of_the_run(toy_run):
    """As in `flows.during`: the one period of the run that it names; a month that was not run is told."""
    reader = Reader(toy_run, ())
    seen = [sf.pile(area_m2=26, height_m=4, place="Vale Yard", period=p) for p in ("January", "2015-01", "June")]
    read = [reader.read(row) for row in table_of(seen).to_dict("records")]
    assert read[0] == read[1]
    assert read[0][0].plus[0].periods == ("2015-01",)
    assert read[2][1][0][0] == "first"
    assert "2015-01 … 2015-02" in read[2][1][0][1]
