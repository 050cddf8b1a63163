"""What sources claim beside what the model says: relations, roles, places and times."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from scrapflow.queries.claims import claims_words, judge_claim, relation_words
from scrapflow.runs import Run


class Fixed:
    """Metrics that are given numbers."""

    def __init__(self, **values):
        self.values = values

    def value(self, metric, scope, period):
        """Return the number, NaN for another metric."""
        return self.values.get(metric, float("nan"))


def claim(relation, **more):
    """Return a claim about x."""
    row = {"metric": "x", "relation": relation, "other_metric": "", "scope": "", "period": ""}
    return row | {"value": np.nan, "low": np.nan, "high": np.nan} | more


@pytest.mark.parametrize(("x", "agrees"), [(104.0, True), (96.0, True), (106.0, False), (94.0, False), (100.0, True)])
def test_equal_means_within_five_percent(x, agrees):
    """Four percent off is equal, six percent off is not, on either side."""
    assert judge_claim(claim("=", value=100.0), Fixed(x=x))["agrees"] is agrees


@pytest.mark.parametrize(
    ("relation", "more", "x", "agrees"),
    [
        ("<", {"value": 5.0}, 4.9, True),
        ("<", {"value": 5.0}, 5.0, False),
        (">", {"value": 5.0}, 5.1, True),
        (">", {"value": 5.0}, 5.0, False),
        ("between", {"low": 1.0, "high": 2.0}, 2.0, True),
        ("between", {"low": 1.0, "high": 2.0}, 2.1, False),
        ("between", {"low": 1.0}, 1.5, None),
        (">", {}, 1.0, None),
        ("", {"value": 1.0}, 1.0, None),
    ],
)
def test_relations(relation, more, x, agrees):
    """Each relation compares as it reads, and what is not known can be neither right nor wrong."""
    assert judge_claim(claim(relation, **more), Fixed(x=x))["agrees"] is agrees


def test_two_metrics_are_compared_where_the_claim_names_another():
    """The stated side is then the model's own value of the other metric."""
    told = judge_claim(claim(">", other_metric="y"), Fixed(x=3.0, y=2.0))
    assert told == {"stated": 2.0, "modelled": 3.0, "agrees": True}


def with_claims(run, *rows):
    """Return the run with other claims."""
    base = run.tables["claim_rows"].iloc[:1]
    frames = [
        base.assign(**{"claim_id": f"c{i}", "other_metric": "", "relation": "=", "value": 0.0} | row)
        for i, row in enumerate(rows)
    ]
    return Run(run.tables | {"claim_rows": pd.concat(frames, ignore_index=True)}, run.meta, run.basemap).claims()


def test_metrics_of_the_toy_by_hand(toy_run):
    """Amounts, yards, shares and rates are those that the tables hold."""
    t, a = toy_run.totals(), toy_run.accounts
    want = {
        "carted_t": t.carted_t,
        "delivered_t": t.delivered_t,
        "shortfall_t": t.shortfall_t,
        "intercepted_share_of_show": 0.5,
        "for_show_home_share": 0.5,
        "detained": a.detained.sum(),
        "marks_allowed": 3.0,
        "functional_t": toy_run.flows.kind("carted").of("functional").total_t,
        "yard_scrap_t": 8.75,
        # the one factory owes 20 kg a head of a thousand workers each month
        "enterprise_quota_t": 20.0,
        "large_enterprise_quota_t": 20.0,
        # functional 1.25 t against 28.75 t, then 17.375 t against less: 18.625 t in all against more waste
        "functional_yards_share": 0.0,
        "moon_t": np.nan,
    }
    claims = with_claims(toy_run, *({"metric": m, "value": v} for m, v in want.items()))
    assert claims["modelled"].tolist() == pytest.approx(list(want.values()), nan_ok=True)
    assert claims["agrees"].tolist()[-1] is pd.NA


def test_scope_and_period_narrow_a_claim_and_unknown_ones_leave_it_open(toy_run):
    """A region's part, a month's part; a place or a year the run does not have is not comparable."""
    rows = [
        {"metric": "carted_t", "scope": "Vale", "period": "2015-01"},
        {"metric": "carted_t", "scope": "Atlantis"},
        {"metric": "carted_t", "period": "1999"},
    ]
    claims = with_claims(toy_run, *rows)
    assert claims["modelled"][0] == pytest.approx(toy_run.flows.kind("carted").during("2015-01").total_t)
    assert claims["modelled"][1:].isna().all()
    assert claims["agrees"].tolist()[1:] == [pd.NA, pd.NA]
    assert claims.loc[~claims["agrees"], "claim_id"].tolist() == ["c0"]


@pytest.mark.parametrize(
    ("relation", "more", "words"),
    [
        (">", {"stated": 3490.123}, "> 3,490 t"),
        ("=", {"stated": 0.2}, "= 0.2 t"),
        ("between", {"low": 100.0, "high": 900.0}, "between 100 and 900 t"),
        ("<", {}, "< ? t"),
    ],
)
def test_what_is_stated_in_words(relation, more, words):
    """A claim's statement has its relation, three figures and its unit."""
    row = {"relation": relation, "stated": np.nan, "low": np.nan, "high": np.nan, "unit": "t"}
    assert relation_words(row | more) == words


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], ["No claim can be compared with the model."]),
        (
            [("a", "input", True), ("b", "tuned", True)],
            ["Of 2 claims that can be compared with the model, 0 are tests that could have failed."],
        ),
        (
            [("a", "test", True), ("b", "test", False), ("c", "definition", True), ("d", "test", None)],
            [
                "Of 3 claims that can be compared with the model, 2 are tests that could have failed.",
                "Of the tests 1 agrees; not so: b.",
            ],
        ),
    ],
)
def test_only_tests_speak_for_the_model(rows, words):
    """Inputs read back and values tuned to fit are counted apart from what could have failed."""
    frame = pd.DataFrame(rows, columns=["claim_id", "role", "agrees"]).astype({"agrees": "object"})
    assert claims_words(frame.where(frame.notna(), None)) == words
