"""Observations made ready: completed, predicted, with the discrepancy of the model."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import scrapflow as sf
from scrapflow.evidence.observation import table_of
from scrapflow.evidence.prepared import OFF, Prepared, completed, with_discrepancy
from tests.made_up_reports import lognormal


def test_a_discrepancy_is_always_there(made):
    """Even an exact observation leaves the spread of the discrepancy; a larger one leaves more."""
    ens = made(delivered_t=lognormal(0.0, 0.5))
    widths = []
    for off in (0.05, 0.1, 0.3):
        seen = {"metric": "delivered_t", "value": 1.0, "error": "lognormal", "sd": 1e-6, "reliability": "A"}
        row = sf.condition(ens, seen, discrepancy=off).ranges().set_index("total").loc["delivered_t"]
        widths.append(np.log(row["high"] / row["low"]))
    assert widths == sorted(widths)
    assert widths[1] == pytest.approx(2 * 1.2816 / np.sqrt(1 / OFF**2 + 1 / 0.5**2), rel=0.08)


SEEN = {"metric": "carted_t", "value": 90.0, "error": "lognormal", "sd": 0.3}


def test_a_discrepancy_may_name_any_metric_that_can_be_observed(kept):
    """One table of discrepancies serves many calls: metrics of no observation here, of a material, of a share."""
    usual = {"carted_t": 0.3, "": 0.1, "yard_scrap_t": 0.2, "scrap_t": 0.2, "yard_t > yard_scrap_t": 0.2, "quota_t": 0}
    one = sf.condition(kept, SEEN, discrepancy=usual)
    assert np.allclose(one.weights, sf.condition(kept, SEEN, discrepancy=np.float32(0.3)).weights, rtol=1e-6)


def test_an_assumption_has_no_discrepancy_of_the_model(kept):
    """It is taken by the model, not told by it, so that such a number would change nothing."""
    with pytest.raises(sf.InputError, match="is an assumption"):
        sf.condition(kept, SEEN, discrepancy={"quota.headcount.kg": 0.3})


def test_a_range_tells_the_error_that_was_not_said():
    """80 % of a normal law lie within 1.28 deviations: on the logarithm where all is above 0, bounds where there is no value."""
    rows = [{"metric": "m", "value": 5.0, "low": 2.5, "high": 10.0}, {"metric": "m", "value": 5.0, "low": -1.0, "high": 11.0},
            {"metric": "m", "low": 1.0}, {"metric": "m", "value": 5.0, "sd": 2.0}, {"metric": "m", "value": 5.0},
            {"metric": "m", "value": 5.0, "low": 4.0, "high": 6.0, "error": "normal"}]  # fmt: skip
    told = completed(table_of(rows))
    assert told["error"].tolist() == ["lognormal", "normal", "bounds", "normal", "", "normal"]
    wide = 2 * norm.ppf(0.9)
    assert told["sd"].tolist() == pytest.approx([np.log(4) / wide, 12 / wide, np.nan, 2, np.nan, 2 / wide], nan_ok=True)


def test_the_discrepancy_is_in_the_error_or_beside_it():
    """Errors of 3 and the model's of 4 are 5; of amounts in their size; of counts beside the fill of wagons."""
    table = pd.DataFrame(
        {"metric": list("abcd"), "error": ["lognormal", "normal", "poisson", "bounds"], "sd": [0.3, 3.0, 0.3, np.nan]}
    )
    members = pd.DataFrame({"a": [1.0, 1.0], "b": [-10.0, 10.0], "c": [1.0, 1.0], "d": [1.0, 1.0]})
    told = with_discrepancy(table, members, np.full(4, 0.4))
    assert told["sd"].tolist() == pytest.approx([0.5, 5.0, 0.3, np.nan], nan_ok=True)
    assert told["discrepancy"].tolist() == pytest.approx([0.4, 0.4, 0.5, 0.4])


def test_how_far_members_miss_is_in_deviations():
    """By hand: 2 of a normal error of 3 beside 8; ln 4 of 0.5; a count of 16 beside 9 and no share of the model; beyond bounds in the model's own."""
    rows = pd.DataFrame({
        "metric": list("abcd"), "error": ["normal", "lognormal", "poisson", "bounds"], "value": [8.0, 4.0, 9.0, np.nan], "sd": [3.0, 0.5, np.nan, np.nan],
        "exposure": [1.0, 1.0, 2.0, 1.0], "low": [np.nan, np.nan, np.nan, 2.0], "high": np.nan, "discrepancy": [0.0, 0.0, 0.0, 0.5],
    })  # fmt: skip
    members = pd.DataFrame({"a": [2.0], "b": [1.0], "c": [8.0], "d": [1.0]})
    told = Prepared(rows, rows, members).implausibility()[0]
    assert told.tolist() == pytest.approx([2.0, np.log(4) / 0.5, 7 / 4, 2.0])
    assert Prepared(rows[:0], rows[:0], members).implausibility().shape == (1, 0)


@pytest.mark.parametrize("off", [-0.1, 10, True, "a tenth", float("nan")])
def test_a_discrepancy_that_is_none_is_refused(kept, off):
    """Below 0, ten for ten per cent, and what is no number."""
    told = {"metric": "carted_t", "value": 60, "error": "lognormal", "sd": 0.1}
    with pytest.raises(sf.InputError, match="is no standard deviation of a logarithm"):
        sf.condition(kept, told, discrepancy=off)
