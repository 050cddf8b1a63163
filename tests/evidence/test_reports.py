"""Reports on a run: flows that balance, reports that move them, a lie that is found, and reports of nothing."""

from __future__ import annotations

import numpy as np
import pytest

import scrapflow as sf


def test_modelled_flows_balance(toy_run):
    """Without a report nothing is moved: the model balances, at every yard, in every month."""
    flows = sf.reports(toy_run)
    found = sf.reconcile(flows)
    np.testing.assert_allclose(found.flows["reconciled"], flows["modelled_t"], atol=1e-6)
    assert found.global_test.p == pytest.approx(1)
    sent = flows.set_index("flow_id")["modelled_t"]
    assert sent["sent yard 2015-01"] == pytest.approx(sent["got near 2015-01"] + sent["got far 2015-01"])


def test_a_report_moves_what_hangs_on_it(toy_run):
    """A sharp report of the yard carries the mills' figures with it, and balance stays; what nobody reported is not measured if asked so."""
    told = {"metric": "shipped_t", "place": "Vale Yard", "period": "2015-01", "value": 33, "sd": 0.3, "error": "normal"}
    flows = sf.reports(toy_run, told)
    found = sf.reconcile(flows).flows.set_index("flow_id")["reconciled"]
    assert found["sent yard 2015-01"] == pytest.approx(33, abs=0.3)
    assert found["got near 2015-01"] + found["got far 2015-01"] == pytest.approx(found["sent yard 2015-01"])
    bare = sf.reports(toy_run, told, modelled_sd=None)
    assert bare["value"].notna().sum() == 1


def test_a_wrong_report_is_accused(toy_run):
    """Yard and one mill agree, the other mill reports three times as much: it is suspected."""
    usual = {"period": "2015-01", "error": "lognormal", "sd": 0.05}
    told = [
        {"metric": "shipped_t", "place": "yard", "value": 30, **usual},
        {"metric": "delivered_t", "place": "near", "value": 15, **usual},
        {"metric": "delivered_t", "place": "far", "value": 45, **usual},
        {"metric": "received_t", "place": "yard", "value": 32, **usual},
    ]
    found = sf.reconcile(sf.reports(toy_run, told))
    assert found.suspects["flow_id"].tolist()[0] == "got far 2015-01"


def test_two_reports_of_one_flow(toy_run):
    """Both count: the result is their weighted mean where nothing else is measured."""
    usual = {"metric": "shipped_t", "place": "yard", "period": "2015-01", "error": "normal"}
    flows = sf.reports(toy_run, [{**usual, "value": 30, "sd": 1}, {**usual, "value": 36, "sd": 2}], modelled_sd=None)
    found = sf.reconcile(flows).flows.set_index("flow_id")["reconciled"]
    assert found["sent yard 2015-01"] == pytest.approx((30 + 36 / 4) / 1.25)


def test_wagons_and_bounds_are_reports(toy_run):
    """A count is tonnes with the error of the count and the fill; bounds are their middle."""
    flows = sf.reports(toy_run, [sf.wagons(count=4, days=31, load_t=10, fill=0.5, place="near", period="2015-01"),
                                 {"metric": "held_t", "place": "yard", "period": "2015-01", "low": 0, "high": 6}]).set_index("flow_id")  # fmt: skip
    assert flows.loc["got near 2015-01", "value"] == pytest.approx(20)
    assert flows.loc["got near 2015-01", "sd"] == pytest.approx(np.hypot(10, 4))
    assert flows.loc["held yard 2015-01", "value"] == pytest.approx(3)


def test_reports_that_are_none(toy_run):
    """A report of two months, of an owner, or without an error is told with what can be reported."""
    with pytest.raises(sf.InputError) as fault:
        sf.reports(toy_run, [
            {"metric": "shipped_t", "place": "yard", "value": 3, "sd": 1, "error": "normal"},
            {"metric": "quota_t", "place": "works", "period": "2015-01", "value": 3, "sd": 1, "error": "normal"},
            {"metric": "held_t", "place": "yard", "period": "2015-01", "value": 3},
        ])  # fmt: skip
    assert fault.value.problems["column"].tolist() == ["metric", "metric", "sd"]
