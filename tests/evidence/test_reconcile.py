"""Reconciliation: published networks, a dense second opinion, and what must not matter."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import null_space

import scrapflow as sf
from tests.made_up_reports import NAN, SHARES, second_opinion, table


@pytest.fixture(scope="module")
def stan():
    """The example of Cencic (2016): seven flows, one exact, three not measured, and a transfer coefficient."""
    flows = table(
        ("f1", "", "P1", 100.0, 10.0),
        ("f2", "outside", "P1", 50.0, 0.0),
        ("f3", "P1", "P2", 300.0, 30.0),
        ("f4", "P2", "P1", NAN, NAN),
        ("f5", "P2", "P3", 160.0, 16.0),
        ("f6", "P3", "", NAN, NAN),
        ("f7", "P3", "outside", NAN, NAN),
    )
    return flows, pd.DataFrame([("tc", "f4", "f3", 0.5, 0.05)], columns=["name", "flow", "of", "value", "sd"])


def test_the_published_example_of_stan_comes_out_to_the_last_digit_printed(stan):
    """Values, standard deviations and what cannot be known are those of Cencic (2016)."""
    seen = sf.reconcile(*stan)
    flows = seen.flows.set_index("flow_id")
    assert flows.reconciled.round(6).to_dict() == pytest.approx(
        {"f1": 102.425960, "f2": 50.0, "f3": 302.416229, "f4": 149.990270, "f5": 152.425960, "f6": NAN, "f7": NAN},
        nan_ok=True,
    )
    assert flows.reconciled_sd.round(6).to_dict() == pytest.approx(
        {"f1": 7.882792, "f2": 0.0, "f3": 22.608614, "f4": 21.213297, "f5": 7.882792, "f6": NAN, "f7": NAN}, nan_ok=True
    )
    assert flows.status.tolist() == [
        "redundant", "fixed", "redundant", "observable", "redundant", "unobservable", "unobservable",
    ]  # fmt: skip
    assert seen.coefficients.reconciled.tolist() == pytest.approx([0.495973], abs=5e-7)
    assert seen.coefficients.reconciled_sd.tolist() == pytest.approx([0.037681], abs=5e-7)


def test_an_exact_coefficient_settles_what_was_open(stan):
    """With both outflows said to be equal, each is half of what comes in (the second example of ODYM's authors)."""
    flows, coefficients = stan
    equal = pd.DataFrame([("equal", "f6", "f7", 1.0, 0.0)], columns=coefficients.columns)
    seen = sf.reconcile(flows, pd.concat([coefficients, equal]))
    last = seen.flows.set_index("flow_id").loc[["f6", "f7"]]
    assert last.reconciled.tolist() == pytest.approx([76.212980] * 2, abs=5e-7)
    assert last.reconciled_sd.tolist() == pytest.approx([3.941396] * 2, abs=5e-7)


def test_the_heat_exchanger_with_a_bypass(bypass):
    """Reconciled flows are the book's, and the reports agree."""
    seen = sf.reconcile(bypass)
    assert seen.flows.reconciled.tolist() == pytest.approx([100.22, 64.50, 35.72, 64.50, 35.72, 100.22], abs=5e-3)
    assert seen.global_test.dof == 4
    assert seen.global_test.p > 0.05
    assert seen.suspects.empty


def test_no_flow_is_negative_on_request():
    """What would be carried backwards is held at 0; the change of a stock may be negative all the same."""
    flows = table(
        ("in", "", "P", 10.0, 1.0), ("out", "P", "", 13.0, 1.0), ("side", "P", "", 1.0, 5.0),
    )  # fmt: skip
    free = sf.reconcile(flows).flows.reconciled
    assert free.iloc[2] < 0
    held = sf.reconcile(flows, nonnegative=True).flows.reconciled
    assert held.tolist() == pytest.approx([11.5, 11.5, 0.0])
    stock = flows.assign(stock=[False, False, True])
    assert sf.reconcile(stock, nonnegative=True).flows.reconciled.tolist() == pytest.approx(free.tolist())


PUBLISHED = {
    # Yang, Ten and Jao (1995), Computers and Chemical Engineering 19S: variances
    "yang": (
        [("", "A"), ("A", "B"), ("B", "C"), ("", "C"), ("C", ""), ("D", ""), ("A", "D"), ("D", "B")],
        [110.1, 41.1, 79, 30.6, 108.3, 19.8, 55, 39],
        np.sqrt([3.234, 1.803, 1.665, 0.999, 3.129, 0.418, 3.228, 1.623]),
    ),
    # Zhang, Shao, Chen, Wang and Qian (2010), Computers and Chemical Engineering 34(2): an atmospheric tower
    "zhang": (
        [("", "A"), ("A", "B"), ("C", "A"), *[("B", "")] * 5, ("C", "B"), ("C", ""), ("A", "B"), ("B", "C")],
        [190.26, 174.71, 3.1157, 32.458, 33.474, 7.3519, 0.31392, 92.432, 29.118, 24.275, 18.225, 54.838],
        [2.1412, 1.9484, 0.0341, 0.3451, 0.4001, 0.0868, 0.00356, 1.0594, 0.3607, 0.3001, 0.20011, 0.6453],
    ),
    # Alhaj-Dibo, Maquin and Ragot (2008), Control Engineering Practice 16(2): a plant that dresses ore
    "alhaj-dibo": (
        [("", "A"), ("A", "B"), ("B", "C"), ("C", "A"), ("C", "D"), ("D", "E"), ("E", "F"), ("E", ""), ("F", ""),
         ("F", "D"), ("B", "G"), ("G", "H"), ("G", "H"), ("H", "I"), ("I", ""), ("I", "G")],
        [24.7, 26.5, 29.2, 1.8, 18.32, 22.02, 20.8, 9.43, 8.01, 4.14, 6, 6.56, 1.04, 7.38, 4.99, 7.69],
        [1, 1.325, 1.46, 0.2, 0.916, 1.101, 1.04, 0.472, 0.401, 0.207, 0.3, 0.328, 0.052, 0.369, 0.25, 0.385],
    ),
}  # fmt: skip
"""Networks of the literature with their measured values, as the public collection dr-ged-benchmarks gives them."""


@pytest.mark.parametrize("name", PUBLISHED)
def test_networks_of_the_literature_as_a_dense_solve_has_them(name):
    """Values and deviations of a dense solve; the global test is the weighted sum of squares with a degree a process."""
    ends, value, sd = PUBLISHED[name]
    flows = table(*((str(k + 1), *end, v, s) for k, (end, v, s) in enumerate(zip(ends, value, sd, strict=True))))
    seen = sf.reconcile(flows)
    expected, deviation = second_opinion(flows)
    assert seen.flows.reconciled.to_numpy() == pytest.approx(expected, rel=1e-10)
    assert seen.flows.reconciled_sd.to_numpy() == pytest.approx(deviation, rel=1e-8)
    assert seen.global_test.statistic == pytest.approx((((expected - value) / sd) ** 2).sum(), rel=1e-9)
    assert seen.global_test.dof == len({end for pair in ends for end in pair if end})
    assert set(seen.flows.status) == {"redundant"}


@st.composite
def networks(draw):
    """Random networks: some flows exact (at their true value, so that they agree), some not measured."""
    n, m, seed = draw(st.integers(1, 7)), draw(st.integers(2, 16)), draw(st.integers(0, 10_000))
    rng = np.random.default_rng(seed)
    names = np.array(["", *[f"P{i}" for i in range(n)]])
    origin, destination = names[rng.integers(0, n + 1, m)], names[rng.integers(0, n + 1, m)]
    apart = origin != destination
    origin, destination = origin[apart], destination[apart]
    a = np.array([[(d == p) * 1.0 - (o == p) for o, d in zip(origin, destination, strict=True)] for p in names[1:]])
    true = null_space(a) @ rng.normal(size=null_space(a).shape[1]) * 50 if len(origin) else np.zeros(0)
    true = np.where(np.abs(true) < 1e-9, 0.0, true)
    kind = rng.choice(["exact", "measured", "open"], len(origin), p=[0.15, 0.55, 0.3])
    sd = rng.uniform(0.5, 5.0, len(origin))
    value = np.where(kind == "exact", true, true + sd * rng.normal(size=len(origin)))
    value[kind == "open"] = np.nan
    sd = np.where(kind == "exact", 0.0, np.where(kind == "open", np.nan, sd))
    ids = [f"f{i}" for i in range(len(origin))]
    return pd.DataFrame({"flow_id": ids, "origin": origin, "destination": destination, "value": value, "sd": sd})


@settings(max_examples=60, deadline=None)
@given(networks())
def test_a_dense_second_opinion_agrees(flows):
    """Values, deviations, and what is undetermined, on random networks with exact and missing values."""
    seen = sf.reconcile(flows).flows
    value, deviation = second_opinion(flows)
    scale = max(1.0, np.nanmax(np.abs(value), initial=0.0))
    np.testing.assert_allclose(seen.reconciled, value, atol=1e-6 * scale, equal_nan=True)
    np.testing.assert_allclose(seen.reconciled_sd, deviation, atol=1e-5, equal_nan=True)


@settings(max_examples=20, deadline=None)
@given(networks(), st.integers(0, 100), st.floats(1e-3, 1e6))
def test_order_names_and_units_do_not_matter(flows, seed, unit):
    """Shuffled rows, other names and another unit give the same tests and the same flows in that unit."""
    base = sf.reconcile(flows)
    other = flows.sample(frac=1.0, random_state=seed)
    rename = {p: f"z{hash(p) % 97}{p}" for p in (set(flows.origin) | set(flows.destination)) - {""}}
    other = other.assign(value=other.value * unit, sd=other.sd * unit)
    other = other.assign(origin=other.origin.replace(rename), destination=other.destination.replace(rename))
    again = sf.reconcile(other)
    assert again.global_test.dof == base.global_test.dof
    assert again.global_test.statistic == pytest.approx(base.global_test.statistic, rel=1e-6, abs=1e-8)
    left, right = base.flows.set_index("flow_id"), again.flows.set_index("flow_id").loc[flows.flow_id]
    np.testing.assert_allclose(right.reconciled / unit, left.reconciled, rtol=1e-6, atol=1e-6, equal_nan=True)
    np.testing.assert_allclose(right.z, left.z, rtol=1e-5, atol=1e-5, equal_nan=True)
    assert right.status.tolist() == left.status.tolist()


def test_a_flow_split_in_two_by_a_process_that_passes_it_on_changes_nothing(bypass):
    """A process in the middle of a flow, with nothing measured behind it, moves no other number."""
    split = bypass.assign(destination=bypass.destination.where(bypass.flow_id != "3", "halfway"))
    split = pd.concat([split, table(("3b", "halfway", "valve", NAN, NAN))], ignore_index=True)
    before, after = sf.reconcile(bypass).flows, sf.reconcile(split).flows
    np.testing.assert_allclose(after.reconciled.iloc[:6], before.reconciled, rtol=1e-12)
    np.testing.assert_allclose(after.z.iloc[:6], before.z, rtol=1e-9)


def test_what_is_shown_says_how_well_the_reports_agree(bypass):
    """The repr and the notebook's table name the test and the suspects."""
    wrong = sf.reconcile(bypass.assign(value=bypass.value + 9.0 * (bypass.flow_id == "3")))
    assert "do not agree" in repr(wrong)
    assert "accused" in repr(wrong)
    assert "suspects: 3" in wrong.summary()
    assert "<table" in wrong._repr_html_()
    assert "nothing can be checked" in repr(
        sf.reconcile(bypass.assign(value=bypass.value.where(bypass.flow_id == "1")))
    )


def test_exact_shares_that_add_up_are_taken():
    """0.7 and 0.3 of what comes in, and uncertain shares that do not add up, are reconciled."""
    flows = table(("i", "", "p", 100, 5.0), ("a", "p", "", 60, 5.0), ("b", "p", "", 30, 5.0))
    exact = sf.reconcile(flows, pd.DataFrame([("ka", "a", "i", 0.7, 0.0), ("kb", "b", "i", 0.3, 0.0)], columns=SHARES))
    i, a, b = exact.flows["reconciled"]
    assert (a, b) == pytest.approx((0.7 * i, 0.3 * i))
    loose = sf.reconcile(flows, pd.DataFrame([("ka", "a", "i", 0.7, 0.1), ("kb", "b", "i", 0.5, 0.1)], columns=SHARES))
    assert loose.coefficients["reconciled"].sum() == pytest.approx(1.0)
