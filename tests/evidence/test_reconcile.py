"""Reconciliation: published networks, a dense second opinion, and what must not matter."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import null_space

import scrapflow as sf

COLUMNS = ["flow_id", "origin", "destination", "value", "sd"]
NAN = float("nan")


def table(*rows):
    """Return a table of flows."""
    return pd.DataFrame(list(rows), columns=COLUMNS)


@pytest.fixture(scope="module")
def bypass():
    """The heat exchanger with a bypass of Narasimhan and Jordache (2000), chapter 1: every flow measured with sd 1."""
    return table(
        ("1", "", "splitter", 101.91, 1.0),
        ("2", "splitter", "exchanger", 64.45, 1.0),
        ("3", "splitter", "valve", 34.65, 1.0),
        ("4", "exchanger", "mixer", 64.20, 1.0),
        ("5", "valve", "mixer", 36.44, 1.0),
        ("6", "mixer", "", 98.88, 1.0),
    )


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


def test_a_bias_of_four_in_one_flow_is_found(bypass):
    """With 4 added to flow 2 the global test is the book's 16.674, and flow 2 is accused and taken out."""
    wrong = bypass.assign(value=bypass.value + 4.0 * (bypass.flow_id == "2"))
    seen = sf.reconcile(wrong)
    assert seen.global_test.statistic == pytest.approx(16.674, abs=5e-4)
    assert seen.suspects.flow_id.iloc[0] == "2"
    clean = seen.eliminate()
    assert clean.removed.flow_id.tolist() == ["2"]
    assert clean.suspects.empty
    assert clean.flows.set_index("flow_id").status["2"] == "observable"


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


def test_mah_stanley_downing_1976_a_leak_is_told_from_an_error_of_a_flow(bypass):
    """Tonnes that vanish at one process accuse the process; a wrong report there accuses the report."""
    true = np.array([100.0, 64.0, 36.0, 64.0, 36.0, 100.0])
    leaking = bypass.assign(value=true - 8.0 * bypass.flow_id.isin(["6"]))
    seen = sf.reconcile(leaking)  # flow 6 is dangling: a leak at the mixer cannot be told from it
    first = seen.suspects[seen.suspects.group == 0]
    assert (first.flow_id.tolist(), first.node.tolist()) == (["6", ""], ["", "mixer"])
    inside = bypass.assign(value=true - np.array([0, 0, 0, 8.0, 0, 8.0]))
    seen = sf.reconcile(inside)
    assert seen.suspects.node.iloc[0] == "exchanger"
    assert seen.nodes.set_index("node").leak["exchanger"] == pytest.approx(8.0)
    assert seen.eliminate().global_test.statistic == pytest.approx(0.0, abs=1e-9)


def test_a_tie_of_all_flows_accuses_nobody():
    """Two reports that differ wildly: one of them is wrong, and nothing tells which."""
    seen = sf.reconcile(table(("in", "", "P", 100.0, 1.0), ("out", "P", "", 50.0, 1.0)))
    assert seen.global_test.p < 1e-6
    assert seen.suspects.empty


def test_two_that_tie_share_a_group():
    """Of three flows in a row the middle report is off; of two parallel ones neither can be told from the other."""
    flows = table(
        ("a", "", "P", 100.0, 1.0), ("b1", "P", "Q", 60.0, 1.0), ("b2", "P", "Q", 60.0, 1.0), ("c", "Q", "", 100.0, 1.0),
    )  # fmt: skip
    suspects = sf.reconcile(flows).suspects
    assert set(suspects.flow_id[suspects.group == 0]) == {"b1", "b2"}


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


def second_opinion(flows):
    """Reconcile balances by a dense null space and QR: values and standard deviations, NaN where undetermined."""
    processes = sorted((set(flows.origin) | set(flows.destination)) - {"", "outside"})
    a = np.zeros((len(processes), len(flows)))
    for j, (o, d) in enumerate(zip(flows.origin, flows.destination, strict=True)):
        if d in processes:
            a[processes.index(d), j] += 1
        if o in processes:
            a[processes.index(o), j] -= 1
    y, sd = flows.value.to_numpy(), flows.sd.to_numpy()
    fixed, measured = ~np.isnan(y) & (sd == 0), ~np.isnan(y) & (sd > 0)
    start = np.linalg.lstsq(a[:, ~fixed], -a[:, fixed] @ y[fixed], rcond=None)[0]
    basis = null_space(a[:, ~fixed])
    x = np.where(fixed, np.nan_to_num(y), 0.0)
    x[~fixed] = start
    seen = measured[~fixed]
    weighted = basis[seen] / sd[measured][:, None]
    q, r = np.linalg.qr(weighted)
    u, s, vt = np.linalg.svd(r)
    good = s > 1e-9 * s.max(initial=1.0)
    told, open_ = vt[: len(s)][good], np.vstack([vt[: len(s)][~good], vt[len(s) :]])
    inverse = told.T @ np.diag(1 / s[good]) @ u.T[: len(s)][good]
    step = inverse @ (q.T @ ((y[measured] - start[seen]) / sd[measured]))
    x[~fixed] = start + basis @ step
    deviation = np.zeros(len(y))
    deviation[~fixed] = np.sqrt(((basis @ inverse) ** 2).sum(axis=1))
    undetermined = np.zeros(len(y), dtype=bool)
    undetermined[~fixed] = np.abs(basis @ open_.T).max(axis=1, initial=0.0) > 1e-8
    undetermined &= ~measured
    return np.where(undetermined, np.nan, x), np.where(undetermined, np.nan, deviation)


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


def test_tests_accuse_wrongly_in_about_one_case_in_twenty(bypass):
    """Two hundred and fifty clean draws: the global test and the suspects are wrong in about 5 %."""
    rng = np.random.default_rng(1)
    true = np.array([100.0, 64.0, 36.0, 64.0, 36.0, 100.0])
    runs = [sf.reconcile(bypass.assign(value=true + rng.normal(size=6))) for _ in range(250)]
    assert 0.02 < np.mean([r.global_test.p < 0.05 for r in runs]) < 0.09
    assert np.mean([len(r.suspects) > 0 for r in runs]) < 0.09
    z = np.array([r.flows.z for r in runs])
    assert np.mean(z**2) == pytest.approx(1.0, abs=0.15)


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


def test_what_is_shown_says_how_well_the_reports_agree(bypass):
    """The repr and the notebook's table name the test and the suspects."""
    wrong = sf.reconcile(bypass.assign(value=bypass.value + 9.0 * (bypass.flow_id == "3")))
    assert "do not agree" in repr(wrong)
    assert "suspects: 3" in wrong.summary()
    assert "<table" in wrong._repr_html_()
    assert "nothing can be checked" in repr(
        sf.reconcile(bypass.assign(value=bypass.value.where(bypass.flow_id == "1")))
    )


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


def test_values_that_nearly_cancel_keep_their_digits():
    """An exact-as-can-be 3e-9 against 1e15: both become 3e-9, where the difference of large numbers left -0.125."""
    found = sf.reconcile(table(("a", "", "x", 1e15, 1e13), ("b", "x", "", 3e-9, 1e-10))).flows
    assert found["reconciled"].tolist() == pytest.approx([3e-9, 3e-9], rel=1e-6)


SHARES = ["name", "flow", "of", "value", "sd"]


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


def test_exact_shares_that_add_up_are_taken():
    """0.7 and 0.3 of what comes in, and uncertain shares that do not add up, are reconciled."""
    flows = table(("i", "", "p", 100, 5.0), ("a", "p", "", 60, 5.0), ("b", "p", "", 30, 5.0))
    exact = sf.reconcile(flows, pd.DataFrame([("ka", "a", "i", 0.7, 0.0), ("kb", "b", "i", 0.3, 0.0)], columns=SHARES))
    i, a, b = exact.flows["reconciled"]
    assert (a, b) == pytest.approx((0.7 * i, 0.3 * i))
    loose = sf.reconcile(flows, pd.DataFrame([("ka", "a", "i", 0.7, 0.1), ("kb", "b", "i", 0.5, 0.1)], columns=SHARES))
    assert loose.coefficients["reconciled"].sum() == pytest.approx(1.0)


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
