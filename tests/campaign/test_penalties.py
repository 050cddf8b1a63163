"""Marks, expulsions and warrants."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from scrapflow.campaign.penalties import Record, expulsion_probability, judge_month, mark_probability
from scrapflow.errors import InputError


def test_the_chain_keeps_all_probability():
    """States always sum to one, whatever the marks."""
    rng = np.random.default_rng(0)
    record = Record.clean(50, 3)
    never = np.zeros(50, dtype=bool)
    for _ in range(20):
        p = rng.random(50)
        record, _ = judge_month(record, marked=p, punishable=never, severity=np.zeros(50), warrant_shortfall=1,
                          warrant_after=0)  # fmt: skip
        np.testing.assert_allclose(record.state.sum(axis=0), 1)
        assert (record.state >= 0).all()


def test_a_shortfall_is_punished_with_a_chance(make):
    """At a chance of a half the secretary gets half a mark a month, and of two managers due for a warrant one is detained."""
    works = {"node_id": "e", "x": 0.1, "y": 0.1, "workers": 100.0}
    world = make.world(enterprises=[works], yards=[{"node_id": "y", "x": 0.1, "y": 0.1}])
    raw = {
        "quota": [{"rule_id": "w", "kind": "per_worker", "kg": 20}],
        "penalties": {"punished": 0.5, "warrant_after": 2, "marks_allowed": 9},
    }
    accounts = make.collect(world, raw).accounts
    assert accounts.mark_probability.tolist() == [0.5] * 3
    assert accounts.marks.tolist() == pytest.approx([0.5, 1.0, 1.5])
    # February: due, half are detained and start anew; March: the other half is due again, half of it detained.
    assert accounts.detained.tolist() == pytest.approx([0.0, 0.5, 0.25])


def test_marks_and_warrants_are_those_of_every_site(make):
    """A row of forty sites has forty times the marks, expulsions, warrants and camps of one site of it."""
    works = {"node_id": "e", "x": 0.1, "y": 0.1, "workers": 100.0}
    raw = {
        "quota": [{"rule_id": "w", "kind": "per_worker", "kg": 20}],
        "penalties": {"warrant_after": 2, "marks_allowed": 1, "camp_share": 0.25},
    }
    columns = ["marks", "expelled", "detained", "camp"]
    one, forty = (
        make.collect(
            make.world(enterprises=[works | cells], yards=[{"node_id": "y", "x": 0.1, "y": 0.1}]), raw
        ).accounts[columns]
        for cells in ({}, {"sites": 40.0})
    )
    assert one.sum().to_dict() == {"marks": 2, "expelled": 1, "detained": 1, "camp": 0.25}
    assert forty.equals(40 * one)


def test_records_begin_before_the_campaign():
    """With a chance of a half each, three marks are there as three coins show heads; in sampled mode they are whole."""
    clean = Record.clean(2, 3)
    assert clean.with_marks_before(0.5, None, np.ones(2)).state[:, 0].tolist() == [0.125, 0.375, 0.375, 0.125]
    drawn = clean.with_marks_before(0.5, np.array([0.1, 0.9]), np.ones(2))
    assert drawn.marks.tolist() == [0, 3]
    assert clean.with_marks_before(0.0, np.array([0.0, 0.99]), np.ones(2)).marks.tolist() == [0, 0]


def test_a_mark_is_for_a_punished_shortfall_or_a_caught_load():
    """Either alone is enough, and there is only one."""
    both = mark_probability(np.array([True, True, False]), np.array([0.0, 0.5, 0.5]), 0.4)
    assert both.tolist() == pytest.approx([0.4, 0.7, 0.5])


def test_a_full_yard_is_nobodys_fault(make):
    """With a yard that takes nothing no secretary is marked for steel that lies ready, and nobody pays cash for it."""
    works = {"node_id": "e", "x": 0.1, "y": 0.1, "workers": 1000.0, "scrap_t": 99.0}
    world = make.world(enterprises=[works], yards=[{"node_id": "y", "x": 0.1, "y": 0.1}])
    raw = {
        "quota": [{"rule_id": "w", "kind": "per_worker", "kg": 20}],
        "filling": {"books_only_share": 0.5},
        "yards": {"receipt_limit_t": 0.0},
    }
    accounts = make.collect(world, raw).accounts
    assert accounts.shortfall_t.tolist() == [20, 20, 20]
    assert accounts[["marks", "detained", "books_only_t", "carted_t"]].to_numpy().sum() == 0


@pytest.mark.parametrize(("periods", "allowed"), [(0, 0), (1, 0), (1, 3), (4, 3), (12, 3), (12, 0), (7, 6)])
def test_expulsion_is_the_chance_of_more_marks_than_are_allowed(periods, allowed):
    """As the binomial distribution says it, for a number and for many at once."""
    p = np.linspace(0.0, 1.0, 11)
    expected = binom.sf(allowed, periods, p)
    np.testing.assert_allclose(expulsion_probability(p, periods, allowed), expected, atol=1e-12)
    assert expulsion_probability(0.3, periods, allowed) == pytest.approx(binom.sf(allowed, periods, 0.3))


@pytest.mark.parametrize(
    ("args", "column"), [((1.5, 4), "p"), ((-0.1, 4), "p"), ((0.5, -1), "periods"), ((0.5, 4, -1), "marks_allowed")]
)
def test_what_is_no_probability_or_count_is_refused(args, column):
    """Each by its name; the ends of the ranges are no faults."""
    with pytest.raises(InputError) as error:
        expulsion_probability(*args)
    assert error.value.problems["column"].tolist() == [column]
    assert expulsion_probability([0.0, 1.0], 1, 0).tolist() == [0.0, 1.0]
