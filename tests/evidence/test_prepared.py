"""Observations made ready: completed, predicted, with the discrepancy of the model."""

from __future__ import annotations

import numpy as np
import pytest

import scrapflow as sf
from scrapflow.evidence.prepared import OFF
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
