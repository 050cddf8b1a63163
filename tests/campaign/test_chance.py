"""The sampled mode: one random world a seed, whose mean is the expected one."""

from __future__ import annotations

import numpy as np
import pytest

from scrapflow.campaign import expulsion_probability
from scrapflow.campaign.chance import draw

RAW = {
    "quota": [{"rule_id": "w", "kind": "per_worker", "kg": 20}],
    "show": {"share": 0.5},
    "inspection": {"teams": 1, "visits": 1, "chance": 0.6},
    "penalties": {"tolerance": 0.3, "camp_share": 0.5, "warrant_shortfall": 0.4},
}


def factories(make, n, regions=("a", "b"), start=0):
    """Return works of two regions with plenty of machines, so that nothing binds."""
    rows = [
        {
            "node_id": f"e{i:03d}",
            "x": 0.1,
            "y": 0.1,
            "workers": 100.0,
            "idle_machinery_t": 500.0,
            "region": regions[i % 2],
        }
        for i in range(start, n)
    ]
    return make.world(enterprises=rows, yards=[{"node_id": "y", "x": 0.1, "y": 0.1}], regions=regions)


def test_the_mean_over_seeds_is_the_expected_run(make):
    """Over 300 seeds every amount lies within four standard errors of its expectation: nothing binds here."""
    world = factories(make, 6)
    camp = make.campaign(world, RAW)
    expected = make.collect(world, camp).accounts.set_index(["period", "node_id"])
    columns = ["carted_t", "returned_t", "intercepted_t", "marks", "expelled", "detained", "camp"]
    runs = np.stack(
        [make.collect(world, camp, mode="sampled", seed=s).accounts[columns].to_numpy() for s in range(300)]
    )
    error = runs.std(axis=0, ddof=1) / np.sqrt(len(runs))
    gap = np.abs(runs.mean(axis=0) - expected[columns].to_numpy())
    assert (gap <= 4 * error + 1e-9).all()


@pytest.mark.parametrize("world_seed", [9, 14, 28])
def test_in_the_first_period_the_mean_is_the_expected_run_whatever_binds(make, world_seed):
    """Stocks run out, yards are full, shortfalls are punished: the first period's mean is still the expected one."""
    world = make.random_world(world_seed)
    raw = make.random_campaign(world, world_seed + 1) | {"periods": {"start": "2015-01", "count": 1}}
    raw["show"], raw["inspection"] = {"share": 0.5}, {"teams": 1, "chance": 0.5}
    camp = make.campaign(world, raw)
    expected = make.collect(world, camp).accounts.drop(columns=["period", "node_id"])
    assert expected["shortfall_t"].sum() > 0
    runs = np.stack([make.collect(world, camp, mode="sampled", seed=s).accounts[expected.columns].to_numpy()
                     for s in range(200)])  # fmt: skip
    error = runs.std(axis=0, ddof=1) / np.sqrt(len(runs))
    assert (error > 0).any()
    assert (np.abs(runs.mean(axis=0) - expected.to_numpy()) <= 4.5 * error + 1e-9).all()


def test_the_same_seed_gives_the_same_world(make):
    """Two runs of one seed agree in every digit; another seed differs."""
    world = factories(make, 10)
    a, b, c = (make.collect(world, RAW, mode="sampled", seed=s).accounts for s in (1, 1, 2))
    assert a.equals(b)
    assert not a.equals(c)


def test_an_enterprise_elsewhere_changes_no_draw(make):
    """Adding works to one region leaves the catches of the other as they were."""
    rows = dict.fromkeys(("x", "y"), 0.1) | {"workers": 100.0, "idle_machinery_t": 500.0}
    here = [rows | {"node_id": f"e{i}", "region": "a"} for i in range(5)]
    there = [rows | {"node_id": "d0", "region": "b"}, rows | {"node_id": "x9", "region": "b"}]
    yards = [{"node_id": "y", "x": 0.1, "y": 0.1}]
    few = make.world(enterprises=here, yards=yards, regions=("a", "b"))
    many = make.world(enterprises=here + there, yards=yards, regions=("a", "b"))
    a, b = (make.collect(w, RAW, mode="sampled", seed=3).accounts for w in (few, many))
    b = b[b.node_id.isin([e["node_id"] for e in here])]
    assert a.set_index(["period", "node_id"]).equals(b.set_index(["period", "node_id"]))


def test_streams_do_not_depend_on_the_hash_seed():
    """The stream of a region is fixed by its name: these numbers were written down once."""
    drawn = draw(0, np.array(["vale", "hill"], dtype=object), 1)
    again = draw(0, np.array(["hill", "vale"], dtype=object), 1)
    assert drawn.caught[0].tolist() == again.caught[0].tolist()[::-1]
    assert drawn.caught[0].round(6).tolist() == [0.464386, 0.306549]


def test_expulsion_is_a_binomial_tail():
    """The recursion agrees with scipy's binomial distribution, for numbers and arrays."""
    from scipy.stats import binom

    for periods, allowed in ((0, 3), (3, 3), (4, 3), (12, 3), (40, 0), (12, 11)):
        p = np.linspace(0, 1, 11)
        np.testing.assert_allclose(
            expulsion_probability(p, periods, marks_allowed=allowed), binom.sf(allowed, periods, p), atol=1e-12
        )
    assert isinstance(expulsion_probability(0.3, 12), float)
    with pytest.raises(ValueError, match="between 0 and 1"):
        expulsion_probability(1.2, 12)
    with pytest.raises(ValueError, match="negative"):
        expulsion_probability(0.2, -1)


def test_the_chain_of_marks_agrees_with_the_formula(make):
    """The expected run's chance of a first expulsion within a year is that of the formula, and of counting by hand."""
    world = factories(make, 1)
    raw = {**RAW, "periods": {"start": "2015-01", "count": 4}}
    raw["inspection"] = {"teams": 1, "visits": 1, "chance": 0.6}
    a = make.collect(world, raw).accounts
    assert a.mark_probability.tolist() == pytest.approx([0.6] * 4)
    assert a.expelled.tolist() == pytest.approx([0, 0, 0, expulsion_probability(0.6, 4)])
    assert a.marks.iloc[0] == pytest.approx(0.6)
