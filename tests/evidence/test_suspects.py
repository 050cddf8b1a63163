"""Which report, or which process, is most likely wrong."""

from __future__ import annotations

import numpy as np
import pytest

import scrapflow as sf
from scrapflow.evidence.suspects import _rounded, critical_value
from tests.made_up_reports import table


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


def test_tests_accuse_wrongly_in_about_one_case_in_twenty(bypass):
    """Two hundred and fifty clean draws: the global test and the suspects are wrong in about 5 %."""
    rng = np.random.default_rng(1)
    true = np.array([100.0, 64.0, 36.0, 64.0, 36.0, 100.0])
    runs = [sf.reconcile(bypass.assign(value=true + rng.normal(size=6))) for _ in range(250)]
    assert 0.02 < np.mean([r.global_test.p < 0.05 for r in runs]) < 0.09
    assert np.mean([len(r.suspects) > 0 for r in runs]) < 0.09
    z = np.array([r.flows.z for r in runs])
    assert np.mean(z**2) == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize(("tests", "limit"), [(0, 1.95996), (1, 1.95996), (6, 2.63104), (20, 3.0163)])
def test_the_limit_of_one_of_several_tests_is_sidaks(tests, limit):
    """1 - (1 - 0.05)^(1/n) two-sided, from tables of the normal law; none counts as one."""
    assert critical_value(tests) == pytest.approx(limit, abs=5e-4)
    assert critical_value(tests, 0.01) > critical_value(tests)


def test_ratios_that_are_nearly_one_another_are_one_group():
    """Neighbours within a millionth tie, also in a chain; what is apart is not."""
    assert _rounded(np.array([5.0, 3.0, 5.0 * (1 + 5e-7), 0.0])).tolist() == [5.0, 3.0, 5.0, 0.0]
    assert _rounded(np.array([])).tolist() == []
