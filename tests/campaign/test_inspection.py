"""Inspection: visits by site, and what they find."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapflow.campaign.inspection import PATROLS, at_least_once

seeds = st.integers(0, 10**6)
RULES = st.sampled_from(sorted(PATROLS))
NEAR = dict.fromkeys(("x", "y"), 0.1)
YARD = {"node_id": "y", "x": 0.1, "y": 0.1}
HEADS = [{"rule_id": "w", "kind": "per_worker", "kg": 20}]


@settings(max_examples=50)
@given(seed=seeds, rule=RULES)
def test_patrols_make_all_their_visits_and_no_more(seed, rule):
    """Every region with an enterprise gets exactly its visits, whoever is visited."""
    rng = np.random.default_rng(seed)
    region = rng.integers(0, 3, rng.integers(1, 12))
    visits = rng.uniform(0, 9, 3)
    made = PATROLS[rule](
        region, visits, rng.integers(0, 4, len(region)).astype(float), rng.integers(0, 3, len(region)) * 1.0
    )
    there = np.isin(np.arange(3), region)
    np.testing.assert_allclose(np.bincount(region, made, 3)[there], visits[there])
    assert (made >= 0).all()
    detection = at_least_once(made, rng.random())
    assert ((detection >= 0) & (detection <= 1)).all()


@settings(max_examples=50)
@given(v=st.floats(0, 12), p=st.floats(0, 1))
def test_a_site_is_found_as_often_as_whole_visits_find_it(v, p):
    """A site that expects v visits gets the next lower or the next higher whole number; never more finds than v p."""
    low = int(np.floor(v))
    by_hand = (1 - (v - low)) * (1 - (1 - p) ** low) + (v - low) * (1 - (1 - p) ** (low + 1))
    found = at_least_once(np.array([v]), p)[0]
    assert found == pytest.approx(by_hand, abs=1e-12)
    assert found <= v * p + 1e-12


def test_five_visits_over_fifty_sites_find_at_most_five():
    """With chance 1 a tenth of the sites is found, not all of them: the formula of old found fifty."""
    visits = PATROLS["uniform"](np.zeros(50, int), np.array([5.0]), np.ones(50), np.zeros(50))
    assert at_least_once(visits, 1.0).sum() == pytest.approx(5.0)


@settings(max_examples=50)
@given(seed=seeds, rule=RULES, parts=st.integers(2, 7))
def test_a_row_cut_in_parts_gets_the_same_visits(seed, rule, parts):
    """The parts of a row, with its sites, workers and shortfall shared, get together what the row got."""
    rng = np.random.default_rng(seed)
    n = 6
    region, sites, workers = rng.integers(0, 2, n), rng.uniform(0.2, 9, n), rng.integers(1, 4, n) * 100.0
    short, visits = rng.integers(0, 3, n) * 1.0, rng.uniform(0, 30, 2)
    whole = PATROLS[rule](region, visits, workers / sites, short / sites, sites)
    cut = [np.concatenate([[x[0] / parts] * parts, x[1:]]) for x in (workers, sites, short)]
    regions = np.concatenate([[region[0]] * parts, region[1:]])
    made = PATROLS[rule](regions, visits, cut[0] / cut[1], cut[2] / cut[1], cut[1])
    np.testing.assert_allclose([made[:parts].sum(), *made[parts:]], whole, atol=1e-6)


def test_visits_go_only_to_sites_that_can_cart(make):
    """A works without a place, one without a yard and one that owes nothing take no visit away from the others."""
    rows = [
        {"node_id": "a", **NEAR, "workers": 100.0, "scrap_t": 9.0},
        {"node_id": "far", "x": 9.0, "y": 9.0, "workers": 100.0, "scrap_t": 9.0},
        {"node_id": "idle", **NEAR, "workers": 0.0, "scrap_t": 9.0},
        {"node_id": "lost", "workers": 100.0, "scrap_t": 9.0},
    ]
    world = make.world(enterprises=rows, yards=[YARD])
    accounts = make.collect(world, {"quota": HEADS, "inspection": {"teams": 1, "chance": 0.5}}).accounts
    assert accounts.groupby("node_id").detection.max().to_dict() == {"a": 0.5, "far": 0, "idle": 0, "lost": 0}


def test_who_fell_short_last_month_is_visited_next(make):
    """Two works alike in January; the one that falls short then gets the only visit of February, and of March."""
    works = dict(NEAR, workers=100.0)
    rows = [{"node_id": "poor", **works, "scrap_t": 1.0}, {"node_id": "rich", **works, "scrap_t": 99.0}]
    raw = {"quota": HEADS, "inspection": {"teams": 1, "chance": 1.0, "patrol": "worst_first"}}
    accounts = make.collect(make.world(enterprises=rows, yards=[YARD]), raw).accounts
    wide = accounts.pivot(index="node_id", columns="period", values="detection")
    assert wide.loc["poor"].tolist() == [0.5, 1, 1]
    assert wide.loc["rich"].tolist() == [0.5, 0, 0]


def test_the_largest_site_comes_first_not_the_largest_row(make):
    """A row of ten sites of 50 workers each gives way to a works of 100."""
    rows = [
        {"node_id": "lump", **NEAR, "workers": 500.0, "sites": 10.0, "scrap_t": 9.0},
        {"node_id": "works", **NEAR, "workers": 100.0, "scrap_t": 9.0},
    ]
    raw = {"quota": HEADS, "inspection": {"teams": 2, "chance": 1.0, "patrol": "largest_first"}}
    accounts = make.collect(make.world(enterprises=rows, yards=[YARD]), raw).accounts
    assert accounts.groupby("node_id").detection.first().to_dict() == pytest.approx({"lump": 0.1, "works": 1.0})


def test_a_rule_of_ones_own_is_told_the_sites_if_it_asks(make):
    """A rule with an argument ``sites`` gets them, 0 where nothing can be carted; one without is called as ever."""
    seen = []

    def asks(region, visits, size, shortfall, sites):
        seen.append(sites)
        return np.zeros(len(region))

    rows = [{"node_id": "a", **NEAR, "workers": 9.0, "sites": 2.5, "scrap_t": 1.0}, {"node_id": "b", "workers": 9.0}]
    make.collect(make.world(enterprises=rows, yards=[YARD]), {"quota": HEADS}, patrol=asks)
    assert seen[0].tolist() == [2.5, 0.0]
