"""What was not measured is taken out of the equations, and found again where the rest settles it."""

from __future__ import annotations

import numpy as np
import pytest

import scrapflow as sf
from tests.made_up_reports import NAN, table


def test_flows_that_were_not_measured_are_found_through_others(bypass):
    """With only flows 1 and 2 measured nothing is redundant, and all others follow (chapter 1 of the book)."""
    few = bypass.assign(value=bypass.value.where(bypass.flow_id.isin(["1", "2"])))
    seen = sf.reconcile(few)
    assert seen.flows.reconciled.tolist() == pytest.approx([101.91, 64.45, 37.46, 64.45, 37.46, 101.91])
    assert seen.flows.status.tolist() == ["nonredundant"] * 2 + ["observable"] * 4
    assert seen.global_test.dof == 0
    assert np.isnan(seen.global_test.p)


def test_crowe_1983_parallel_and_unmeasured_flows_are_projected_out():
    """Processes that unmeasured flows join balance as one: only the sum over them is checked."""
    flows = table(
        ("in", "", "A", 10.0, 1.0),
        ("a", "A", "B", NAN, NAN),
        ("back", "B", "A", NAN, NAN),
        ("out", "B", "", 12.0, 1.0),
    )
    seen = sf.reconcile(flows).flows
    assert seen.reconciled.tolist() == pytest.approx([11.0, NAN, NAN, 11.0], nan_ok=True)
    assert seen.status.tolist() == ["redundant", "unobservable", "unobservable", "redundant"]
