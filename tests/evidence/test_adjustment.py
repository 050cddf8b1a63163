"""The least change that balances: digits, contradictions, errors that go together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import scrapflow as sf
from tests.made_up_reports import NAN, second_opinion, table


def test_exact_values_that_contradict_one_another_are_refused():
    """Three exact flows at one process do not add up: the message names them and says what to do."""
    flows = table(
        ("a", "", "P", 10.0, 0.0), ("b", "P", "", 4.0, 0.0), ("c", "P", "Q", 5.0, 0.0), ("d", "Q", "", 5.0, 1.0)
    )
    with pytest.raises(sf.InputError, match=r"a, b, c.*contradict one another by 1.*sd above 0"):
        sf.reconcile(flows)


def test_exact_values_that_contradict_through_a_chain_are_refused():
    """Two exact flows at the ends of a chain measured in between."""
    flows = table(("a", "", "P", 10.0, 0.0), ("b", "P", "Q", 11.0, 1.0), ("c", "Q", "", 12.0, 0.0))
    with pytest.raises(sf.InputError, match="a, c"):
        sf.reconcile(flows)
    agreed = sf.reconcile(flows.assign(value=[10.0, 11.0, 10.0])).flows.set_index("flow_id")
    assert agreed.loc["b", ["reconciled", "reconciled_sd"]].tolist() == pytest.approx([10.0, 0.0])


def test_correlated_errors_move_together():
    """Two weighings on one scale: where their errors are one, only their difference is checked against the third."""
    flows = table(("a", "", "P", 10.0, 1.0), ("b", "P", "", 10.5, 1.0), ("c", "P", "", 0.2, 0.1))
    same = pd.DataFrame([[1.0, 0.99], [0.99, 1.0]], index=["a", "b"], columns=["a", "b"])
    alone, together = sf.reconcile(flows), sf.reconcile(flows, covariance=same)
    assert together.global_test.statistic > alone.global_test.statistic
    sigma = np.diag([1.0, 1.0, 0.01])
    sigma[0, 1] = sigma[1, 0] = 0.99
    a = np.array([[1.0, -1.0, -1.0]])
    y = flows.value.to_numpy()
    wanted = y - sigma @ a.T @ np.linalg.solve(a @ sigma @ a.T, a @ y)
    assert together.flows.reconciled.tolist() == pytest.approx(wanted.tolist())


def test_a_large_network_is_eliminated_front_by_front():
    """Fifteen hundred flows on a grid: what the sparse elimination says is what a dense solve says."""
    rng = np.random.default_rng(3)
    k = 28
    place = np.arange(k * k).reshape(k, k).astype(str)
    origin = np.concatenate([place[:, :-1].ravel(), place[:-1].ravel(), ["", place[-1, -1]]])
    destination = np.concatenate([place[:, 1:].ravel(), place[1:].ravel(), [place[0, 0], ""]])
    m = len(origin)
    value = rng.uniform(50, 150, m)
    value[rng.choice(m, 100, replace=False)] = NAN
    flows = pd.DataFrame(
        {"flow_id": np.arange(m).astype(str), "origin": origin, "destination": destination, "value": value, "sd": 5.0}
    )
    seen = sf.reconcile(flows).flows
    dense_value, dense_sd = second_opinion(flows)
    np.testing.assert_allclose(seen.reconciled, dense_value, atol=1e-6, equal_nan=True)
    np.testing.assert_allclose(seen.reconciled_sd, dense_sd, atol=1e-6, equal_nan=True)


def test_values_that_nearly_cancel_keep_their_digits():
    """An exact-as-can-be 3e-9 against 1e15: both become 3e-9, where the difference of large numbers left -0.125."""
    found = sf.reconcile(table(("a", "", "x", 1e15, 1e13), ("b", "x", "", 3e-9, 1e-10))).flows
    assert found["reconciled"].tolist() == pytest.approx([3e-9, 3e-9], rel=1e-6)
