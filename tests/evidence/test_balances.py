"""Reports as equations: environment, stocks, coefficients and errors, and all that is wrong with them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import scrapflow as sf
from tests.made_up_reports import NAN, SHARES, table


def test_every_fault_of_the_tables_is_told_at_once():
    """No error, a negative one, a name twice, a flow that is not there: one report."""
    flows = table(("a", "", "P", 10.0, NAN), ("b", "P", "", 4.0, -1.0), ("b", "P", "", "many", 1.0))
    coefficients = pd.DataFrame([("t", "b", "z", 0.5, 0.1)], columns=["name", "flow", "of", "value", "sd"])
    with pytest.raises(sf.InputError) as refused:
        sf.reconcile(flows.assign(sd=[NAN, -1.0, 1.0]).iloc[:2], coefficients)
    assert set(refused.value.problems.column) == {"sd", "of"}
    with pytest.raises(sf.InputError, match="no number"):
        sf.reconcile(flows)
    with pytest.raises(sf.InputError, match="destination"):
        sf.reconcile(flows.drop(columns="destination"))


def through(**cells):
    """Return what goes into a place and comes out of it: 10 and 12, each with sd 1."""
    return table(("a", "", "x", 10, 1.0), ("b", "x", "", 12, 1.0)).assign(**cells)


@pytest.mark.parametrize("outside", ["outside", "Outside", "OUTSIDE", " "])
def test_the_environment_in_capitals(outside):
    """It needs no balance however it is written: 10 and 12 become 11."""
    flows = table((" a ", outside, "x", 10, 1.0), ("b", "x", outside, 12, 1.0))
    found = sf.reconcile(flows).flows
    assert found["reconciled"].tolist() == pytest.approx([11.0, 11.0])
    assert found["flow_id"].tolist() == ["a", "b"]


def test_what_a_cell_of_stock_may_say():
    """Words are read as what they say, empty is no, anything else is told: "no" was a yes."""
    flows = table(("a", "", "x", -3, 1.0), ("b", "x", "", -3, 1.0))
    for word, kept in (("no", 0.0), (None, 0.0), (0, 0.0), ("Yes", -3.0), (True, -3.0)):
        found = sf.reconcile(flows.assign(stock=[word, word]), nonnegative=True)
        assert found.flows["reconciled"].tolist() == pytest.approx([kept, kept])
    with pytest.raises(sf.InputError, match="'perhaps' is neither true nor false"):
        sf.reconcile(flows.assign(stock="perhaps"))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("ka", "a", "i", 0.7, 0.0), ("kb", "b", "i", 0.5, 0.0)], "add up to 1.2, not 1"),
        ([("ka", "a", "a", 0.7, 0.1)], "is a part of itself"),
        ([("a", "a", "i", 0.7, 0.1)], "is a flow_id too"),
    ],
)
def test_coefficients_that_cannot_be(rows, said):
    """Exact shares that do not add up made every flow 0; a flow that is a part of itself did too."""
    flows = table(("i", "", "p", 100, 5.0), ("a", "p", "", 60, 5.0), ("b", "p", "", 30, 5.0))
    with pytest.raises(sf.InputError, match=said):
        sf.reconcile(flows, pd.DataFrame(rows, columns=SHARES))


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"sd": [np.inf, 1.0]}, "an error without end"),
        ({"sd": [1e200, 1.0]}, "an error without end"),
        ({"sd": [NAN, 1.0]}, "a value without an error"),
    ],
)
def test_errors_without_end(cells, said):
    """An endless error is told apart from a missing one."""
    with pytest.raises(sf.InputError, match=said):
        sf.reconcile(through(**cells))


def test_covariances_that_are_none():
    """An array without names and a name given twice are refused with what is wanted."""
    with pytest.raises(sf.InputError, match="square DataFrame"):
        sf.reconcile(through(), covariance=np.eye(2))
    with pytest.raises(sf.InputError, match="column a: stands twice"):
        sf.reconcile(through(), covariance=pd.DataFrame(np.ones((2, 2)), index=["a", "a"], columns=["a", "a"]))
