"""A misspelt key and a True where a number is wanted are told; nothing that somebody said is passed over."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.evidence import expected_reduction, weigh

SEEN = {"metric": "carted_t", "value": 90.0, "error": "lognormal", "sd": 0.3}
FLOWS = pd.DataFrame(
    [("in", "", "yard", 100.0, 3.0), ("out", "yard", "", 92.0, 4.0)],
    columns=["flow_id", "origin", "destination", "value", "sd"],
)
MEMBERS = pd.DataFrame({"held_t": np.linspace(1.0, 9.0, 50), "sent_t": np.linspace(3.0, 4.0, 50)})

MISSPELT = {
    "discrepancy": (lambda e: sf.condition(e, SEEN, discrepancy={"cartd_t": 0.3}), "carted_t"),
    "discrepancy of a share": (lambda e: sf.condition(e, SEEN, discrepancy={"yard_t > yard_scrp_t": 0.3}), "yard_t"),
    "column of an observation": (lambda e: sf.condition(e, {**SEEN, "perid": "2015-01"}), "'period'"),
    "cost": (lambda e: sf.value_of_information(e, "carted_t", "pile", cost={"piles": 2}), "pile"),
    "target": (lambda e: sf.value_of_information(e, {"metric": "carted_t", "plce": "Vale Yard"}), "'place'"),
    "candidate": (lambda e: sf.value_of_information(e, "carted_t", [{**SEEN, "lnk": "rail_near"}]), "'link'"),
    "noise_sd": (lambda e: expected_reduction(MEMBERS, MEMBERS["held_t"], noise_sd={"hled_t": 1}), "held_t"),
    "exposure": (lambda e: weigh(MEMBERS, pd.DataFrame([{"metric": "held_t", "value": 3, "error": "poisson", "exposre": 5}])), "'exposure'"),
    "stock": (lambda e: sf.reconcile(FLOWS.assign(stok=True)), "'stock'"),
    "name": (lambda e: sf.reconcile(FLOWS, pd.DataFrame([{"nme": "k", "flow": "out", "of": "in", "value": 1, "sd": 0.1}])), "'name'"),
    "within": (lambda e: sf.ensemble(sf.read_world("toy"), n=2, within=pd.DataFrame({"input": ["quota.headcunt.kg"], "low": [0.0], "high": [0.5]})), "quota.headcount.kg"),
    "reports": (lambda e: sf.reports(e.central, {**SEEN, "plac": "Vale Yard"}), "'place'"),
}  # fmt: skip
"""Every dictionary and table whose keys are names of ours, with one letter wrong, and what was meant."""


@pytest.mark.parametrize("what", MISSPELT)
def test_a_misspelt_key_is_told_what_it_was_to_be(what, kept):
    """Passed over, it would leave the number that somebody gave without effect, and nobody would see it."""
    act, meant = MISSPELT[what]
    with pytest.raises(sf.InputError) as told:
        act(kept)
    message = told.value.problems["message"].iloc[0]
    assert "did you mean" in message
    assert meant in message


@pytest.mark.parametrize("cost", [{"pile": True}, {"pile": 0}, {"pile": float("nan")}, {"pile": -1}, {"pile": "1"}])
def test_a_cost_that_is_none(kept, cost):
    """What costs nothing would come first whatever it tells."""
    with pytest.raises(sf.InputError, match="a number above 0"):
        sf.value_of_information(kept, "carted_t", "pile", cost=cost)


TRUE = {
    "value": lambda e: sf.condition(e, {**SEEN, "value": True}),
    "a column": lambda e: sf.condition(e, pd.DataFrame([SEEN]).assign(low=False)),
    "discrepancy": lambda e: sf.condition(e, SEEN, discrepancy=True),
    "discrepancies": lambda e: sf.condition(e, SEEN, discrepancy={"": np.True_}),
    "of the worth": lambda e: sf.value_of_information(e, "carted_t", discrepancy=True),
    "an error that would be": lambda e: sf.value_of_information(e, "carted_t", [{**SEEN, "sd": True}]),
    "noise": lambda e: expected_reduction(MEMBERS, MEMBERS["held_t"], noise_sd={"held_t": True}),
    "a plain observation": lambda e: weigh(MEMBERS, pd.DataFrame([{"metric": "held_t", "value": 3, "error": "normal", "sd": True}])),
    "a flow": lambda e: sf.reconcile(FLOWS.assign(value=[True, False])),
    "an error of a flow": lambda e: sf.reconcile(FLOWS.astype({"sd": object}).assign(sd=[True, 4.0])),
    "a covariance": lambda e: sf.reconcile(FLOWS, covariance=pd.DataFrame(np.eye(2, dtype=bool), ["in", "out"], ["in", "out"])),
    "members": lambda e: sf.ensemble(sf.read_world("toy"), n=True),
    "a seed": lambda e: sf.ensemble(sf.read_world("toy"), n=2, seed=True),
    "quantiles": lambda e: sf.ensemble(sf.read_world("toy"), n=2, within=pd.DataFrame({"input": ["quota.headcount.kg"], "low": [False], "high": [True]})),
    "processes": lambda e: sf.sensitivity(sf.read_world("toy"), processes=True),
    "what is modelled": lambda e: sf.reports(e.central, modelled_sd=True),
    "an area": lambda e: sf.pile(area_m2=True, height_m=2.0),
    "wagons": lambda e: sf.wagons(count=True, days=2.0, link="rail_near"),
}  # fmt: skip


@pytest.mark.parametrize("what", TRUE)
def test_true_is_no_number(what, kept):
    """Python counts True as 1; nobody who writes it means one tonne."""
    with pytest.raises(sf.InputError):
        TRUE[what](kept)


def test_words_in_place_of_numbers_are_told_by_their_row(kept):
    """A word in ``sd`` is not a missing error, and a switch that is a word is not switched on by it."""
    with pytest.raises(sf.InputError, match="'much' is no number"):
        weigh(MEMBERS, pd.DataFrame([{"metric": "held_t", "value": 3, "error": "normal", "sd": "much"}]))
    with pytest.raises(sf.InputError, match="no number"):
        expected_reduction(MEMBERS, pd.Series(["x"] * 50))
    with pytest.raises(sf.InputError, match="True or False is wanted, not str"):
        sf.reconcile(FLOWS, nonnegative="False")
    with pytest.raises(sf.InputError, match="2 dimensions"):
        expected_reduction(MEMBERS, MEMBERS)
    with pytest.raises(sf.InputError, match="-1 is no standard deviation"):
        sf.reports(kept.central, modelled_sd=-1)


def test_columns_of_ones_own_may_stand_beside(kept):
    """A remark or a period beside a flow is nobody's misspelling; a table of candidates is as good as a list of them."""
    plain, noted = sf.reconcile(FLOWS), sf.reconcile(FLOWS.assign(period="2015-01", remark="by rail"))
    assert plain.flows.equals(noted.flows)
    one = [{"metric": "carted_t", "error": "lognormal", "sd": 0.2}]
    as_table = sf.value_of_information(kept, "carted_t", pd.DataFrame(one))
    assert as_table.equals(sf.value_of_information(kept, "carted_t", one))
