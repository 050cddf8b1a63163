"""Grades: what is believed, that F is not worst, and that a lie costs bounded evidence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.evidence.grades import RELIABILITY, trust
from scrapflow.evidence.observation import table_of


def chance(**cells):
    """Return what a graded report is believed."""
    sources = pd.DataFrame({"source_id": ["drawn"], "reliability": ["A"]})
    return trust(table_of({"metric": "carted_t", **cells}), sources)[0][0]


def test_order_of_reliability():
    """From A to E it falls; F, which cannot be judged, is even odds and better than what is known to be unreliable."""
    graded = [RELIABILITY[letter] for letter in "ABCDE"]
    assert graded == sorted(graded, reverse=True)
    assert RELIABILITY["E"] < RELIABILITY["D"] < RELIABILITY["F"] == 0.5 < RELIABILITY["C"]


def test_a_grade_of_its_own_or_that_of_the_source():
    """An observation's reliability counts before its source's; an unjudged credibility changes nothing."""
    assert chance(source_id="drawn") == RELIABILITY["A"]
    assert chance(source_id="drawn", reliability="C") == RELIABILITY["C"]
    assert chance(source_id="drawn", credibility="6") == chance(source_id="drawn")
    assert chance(source_id="drawn", credibility="5") < 0.15
    assert chance() == 0.5


def test_no_grade():
    """A letter or digit that is none is told, with those there are."""
    found = trust(
        table_of({"metric": "m", "reliability": "G", "credibility": "7"}),
        pd.DataFrame({"source_id": [], "reliability": []}),
    )[1]
    assert [f["column"] for f in found] == ["reliability", "credibility"]


@pytest.mark.parametrize("times", [0.5, 0.9, 1.1, 1.5, 2.0, 3.0])
def test_a_lie_costs_bounded_evidence(made, times):
    """A report of grade E moves the median by less than a tenth of what the same report of grade A does.

    Wherever it stands. Near the median m it is hardest: a report of chance w moves the distribution at m by
    w (F_post(m) - 1/2), hence the median by about w * (sd before / sd after) of what a believed one does.
    """
    amounts = np.exp(np.random.default_rng(1).normal(5.0, 0.5, 4000))
    ens = made(delivered_t=amounts)
    report = {"metric": "delivered_t", "value": times * np.exp(5.0), "error": "lognormal", "sd": 0.2}
    moved = {
        grade: abs(
            sf.condition(ens, {**report, "reliability": grade}).ranges().set_index("total").loc["delivered_t", "median"]
            - np.median(amounts)
        )
        for grade in "AE"
    }
    assert moved["E"] < moved["A"] / 10


def test_far_out_even_a_good_source_is_wrong_rather(made):
    """What no member comes near is taken for a report that says nothing: it moves nothing, and is in conflict."""
    amounts = np.exp(np.random.default_rng(1).normal(5.0, 0.2, 2000))
    post = sf.condition(
        made(delivered_t=amounts),
        {"metric": "delivered_t", "value": 1e7, "error": "lognormal", "sd": 0.1, "reliability": "A"},
    )
    row = post.ranges().set_index("total").loc["delivered_t"]
    assert row["median"] == pytest.approx(row["median_before"], rel=0.01)
    assert post.conflicts()["conflict"].tolist() == [True]
