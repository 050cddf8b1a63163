"""What one could look at next, and what would be seen."""

from __future__ import annotations

import numpy as np
import pytest

import scrapflow as sf
from scrapflow.evidence.candidates import Candidate
from tests.made_up_reports import worth


@pytest.mark.parametrize(("sd", "off"), [(0.2, 0.0), (0.5, 0.0), (0.5, 0.3), (1.0, 0.1)])
def test_a_lognormal_observation_in_closed_form(sd, off):
    """Of the logarithm of an amount with sd 0.5, a report with error and discrepancy tells 0.25 / (0.25 + their variances)."""
    amounts = np.exp(0.5 * np.random.default_rng(2).standard_normal(4000))
    candidate = Candidate("pile", "pile", amounts, "lognormal", sd)
    assert worth(candidate, np.log(amounts), off) == pytest.approx(0.25 / (0.25 + sd**2 + off**2), abs=0.03)


def test_a_normal_observation_in_closed_form():
    """Of 3a + b, a seen with sd 1 tells 9/2 of 10."""
    a, b = np.random.default_rng(3).standard_normal((2, 4000))
    assert worth(Candidate("a", "observation", a, "normal", 1.0), 3 * a + b) == pytest.approx(0.45, abs=0.03)
    assert worth(Candidate("a", "assumption", a), 3 * a + b) == pytest.approx(0.9, abs=0.02)


def test_a_count_in_closed_form():
    """A gamma rate of shape 4 counted with exposure c: the count tells c / (c + 1 / scale) of its variance."""
    rate = np.random.default_rng(4).gamma(4.0, 2.0, 6000)
    assert worth(Candidate("n", "wagons", rate, "poisson", 0.0, 3.0), rate) == pytest.approx(3.0 / 3.5, abs=0.03)
    assert worth(Candidate("n", "wagons", rate, "poisson", 0.0, 0.1), rate) == pytest.approx(0.1 / 0.6, abs=0.04)


def test_every_kind_of_candidate(kept):
    """Assumptions, the yard's pile, wagons on rails and at mills, quotas of owners, each as an observation that can be made."""
    table = sf.value_of_information(kept, "delivered_t")
    assert set(table["kind"]) == {"assumption", "pile", "wagons", "quota"}
    assert table["reduction"].between(0, 1).all()
    assert table["reduction"].is_monotonic_decreasing
    np.testing.assert_allclose(table["sd_after"] ** 2, table["sd_before"] ** 2 * (1 - table["reduction"]))
    pile = table[table["kind"] == "pile"].iloc[0]
    made = sf.pile(area_m2=10, height_m=2, place=pile["node_id"], period=pile["period"], metric=pile["metric"])
    assert sf.condition(kept, made).observations["node_id"].tolist() == ["yard"]
    assert sf.value_of_information(kept, "quota_t").iloc[0]["candidate"] in {
        "quota.headcount.kg",
        "communities.unaffiliated_share",
    }
