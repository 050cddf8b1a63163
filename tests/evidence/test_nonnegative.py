"""Reconciliation with no flow below 0, also where errors are correlated."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

import scrapflow as sf
from tests.made_up_reports import NAN, table


def unexplained(x, a, y, sigma):
    """Return what balances and bounds leave unexplained of the pull of the reports on flows: 0 at the one minimum (Kuhn and Tucker)."""
    pull = np.linalg.solve(sigma, x - y)
    at_0 = np.flatnonzero(x < 1e-7 * np.abs(y).max())
    prices = np.column_stack([a.T, np.eye(len(x))[:, at_0]])
    within = -np.ones((len(x), 1))
    rows = np.vstack([np.hstack([prices, within]), np.hstack([-prices, within])])
    bounds = [(None, None)] * len(a) + [(0, None)] * (len(at_0) + 1)
    size = np.abs(pull).max()
    best = linprog(np.r_[np.zeros(prices.shape[1]), 1.0], rows, np.r_[pull, -pull] / size, bounds=bounds)
    return best.fun


def network(n, m, together, seed):
    """Return a network whose reports are partly negative, with errors that are correlated among some of the flows."""
    rng = np.random.default_rng(seed)
    names = np.array(["", *[f"P{i}" for i in range(n)]])
    origin = rng.integers(0, n + 1, m)
    destination = (origin + rng.integers(1, n + 1, m)) % (n + 1)
    a = np.zeros((n + 1, m))
    a[destination, np.arange(m)] += 1
    a[origin, np.arange(m)] -= 1
    root = np.eye(m) * rng.uniform(0.5, 4.0, m)[:, None]
    some = np.sort(rng.choice(m, together, replace=False))
    root[np.ix_(some, some)] += rng.normal(size=(len(some), len(some)))
    sigma = root @ root.T
    y = rng.normal(5.0, 10.0, m)
    flows = pd.DataFrame({
        "flow_id": [f"f{i}" for i in range(m)], "origin": names[origin], "destination": names[destination], "value": y,
        "sd": np.sqrt(np.diag(sigma)),
    })  # fmt: skip
    labels = [f"f{i}" for i in some]
    return flows, pd.DataFrame(sigma[np.ix_(some, some)], index=labels, columns=labels), a[1:], sigma


# The seed makes the network: a smaller one is no simpler example, and looking for it would take as long as it likes.
@settings(max_examples=25, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(st.integers(1, 6), st.integers(3, 14), st.integers(0, 14), st.integers(0, 10_000))
def test_no_other_flows_without_negatives_are_nearer(n, m, together, seed):
    """Independent and correlated errors: the flows balance, none is below 0, and prices at the bounds certify the minimum."""
    flows, covariance, a, sigma = network(n, m, min(together, m), seed)
    seen = sf.reconcile(flows, nonnegative=True, covariance=covariance if len(covariance) else None).flows
    x, y = seen.reconciled.to_numpy(), flows.value.to_numpy()
    assert np.abs(a @ x).max() <= 1e-8 * np.abs(y).max()
    assert x.min() >= -1e-8 * np.abs(y).max()
    assert unexplained(x, a, y, sigma) < 1e-6


def test_a_flow_held_at_0_tells_what_its_error_says_of_the_errors_that_go_with_it():
    """Two weighings on one scale, one of which must have been 3 too low: the other is believed to have been so too."""
    flows = table(
        ("in", "", "P", 50.0, 1.0), ("out", "P", "", 50.0, 1.0), ("a", "", "Q", -3.0, 1.0), ("b", "Q", "", NAN, NAN),
    )  # fmt: skip
    scale = pd.DataFrame([[1.0, 0.9], [0.9, 1.0]], index=["in", "a"], columns=["in", "a"])
    held = sf.reconcile(flows, nonnegative=True, covariance=scale).flows.set_index("flow_id")
    # in given a = 0: mean 50 + 0.9 * 3, variance 1 - 0.81; then the balance with out, of variance 1
    told, variance = 52.7, 0.19
    both = (told / variance + 50.0) / (1 / variance + 1)
    assert held.reconciled.tolist() == pytest.approx([both, both, 0.0, 0.0])
    assert held.reconciled_sd["in"] == pytest.approx(np.sqrt(1 / (1 / variance + 1)))
    assert held.reconciled_sd["a"] == 0.0


def test_exact_values_that_leave_no_room_are_refused_with_what_to_do():
    """What comes in exactly is less than what goes out exactly, and the rest would have to flow backwards."""
    flows = table(("in", "", "P", 10.0, 0.0), ("out", "P", "", 15.0, 0.0), ("side", "P", "", 1.0, 1.0))
    with pytest.raises(sf.InputError, match=r"without a flow below 0.*column 'stock'"):
        sf.reconcile(flows, nonnegative=True)
    stock = flows.assign(stock=flows.flow_id == "side")
    assert sf.reconcile(stock, nonnegative=True).flows.reconciled.tolist() == pytest.approx([10.0, 15.0, -5.0])


def test_flows_at_0_that_would_starve_an_exact_one_are_taken_one_at_a_time():
    """Both outlets are reported negative, yet an exact inflow has to go somewhere: the least change keeps one."""
    flows = table(("in", "", "P", 10.0, 0.0), ("a", "P", "", -30.0, 1.0), ("b", "P", "", -2.0, 1.0))
    assert sf.reconcile(flows, nonnegative=True).flows.reconciled.tolist() == pytest.approx([10.0, 0.0, 10.0])


def test_errors_that_are_copies_are_refused_where_flows_must_not_be_negative():
    """Two reports with one error: what to do is said, and without the bound they are reconciled."""
    flows = table(
        ("a", "", "P", -3.0, 1.0), ("b", "", "Q", -5.0, 1.0), ("c", "P", "", -4.0, 1.0), ("d", "Q", "", -4.0, 1.0),
    )  # fmt: skip
    same = pd.DataFrame([[1.0, 1.0], [1.0, 1.0]], index=["a", "b"], columns=["a", "b"])
    with pytest.raises(sf.InputError, match=r"errors of a, b follow from one another.*lower their correlation"):
        sf.reconcile(flows, nonnegative=True, covariance=same)
    both = sf.reconcile(flows, covariance=same).flows.reconciled
    assert both[0] - both[1] == pytest.approx(2.0)
