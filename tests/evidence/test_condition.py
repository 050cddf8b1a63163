"""Conditioning: closed forms, what is said where members do not bear the evidence, conflicts, waves, and bad input."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm, t

import scrapflow as sf
from scrapflow.evidence.grades import RELIABILITY
from scrapflow.evidence.prepared import OFF
from tests.made_up_reports import lognormal


def test_the_mixture_in_closed_form(made):
    """Log-mean after a report: conjugate where it means what it says, as before where it says nothing, by the odds of both."""
    prior, sd, seen, chance = 0.5, 0.3, 0.8, RELIABILITY["B"]
    post = sf.condition(
        made(delivered_t=lognormal(0.0, prior)),
        {"metric": "delivered_t", "value": np.exp(seen), "error": "lognormal", "sd": sd, "reliability": "B"},
    )
    variance = sd**2 + OFF**2
    means = norm.pdf(seen, 0.0, np.sqrt(prior**2 + variance)) * chance
    says_nothing = t.pdf(seen, 3, 0.0, np.sqrt(prior**2 + variance)) * (1 - chance)
    expected = means / (means + says_nothing) * seen * prior**2 / (prior**2 + variance)
    logs = np.log(post.ensemble.totals["delivered_t"].to_numpy())
    assert post.weights @ logs == pytest.approx(expected, abs=0.005)
    assert post.weights.sum() == pytest.approx(1)
    assert post.reliable
    assert post.power == 1


def test_a_count_of_wagons_in_closed_form(made):
    """The discrepancy and the fill of wagons widen a Poisson count: the same as a numerical integral over both."""
    amounts = lognormal(np.log(5000), 0.6)
    seen = sf.wagons(count=40, days=10, place="", period="2015-01", metric="delivered_t", reliability="A").of(
        first="", last=""
    )
    post = sf.condition(made(delivered_t=amounts), seen)
    z = norm.ppf((np.arange(400) + 0.5) / 400)
    grid = np.exp(np.linspace(np.log(500), np.log(50000), 1500))
    rate = grid[:, None] * seen.exposure * np.exp(np.hypot(OFF, seen.sd) * z)
    count = np.exp(40 * np.log(rate) - rate - np.sum(np.log(np.arange(1, 41)))).mean(axis=1)
    scale = np.hypot(0.6, np.hypot(OFF, seen.sd) + 1 / np.sqrt(41.5))
    nothing = t.pdf(np.log(40.5), 3, np.log(np.median(amounts) * seen.exposure + 0.5), scale) / 40.5
    density = (0.98 * count + 0.02 * nothing) * norm.pdf(np.log(grid), np.log(5000), 0.6)
    expected = np.sum(np.log(grid) * density) / density.sum()
    assert post.weights @ np.log(amounts) == pytest.approx(expected, abs=0.01)


def test_ranges_are_never_narrow_for_want_of_members(made):
    """Forty members and a sharp report in the tail: it is said, and only so much evidence is used as they bear."""
    ens = made(delivered_t=lognormal(0.0, 0.5, n=40))
    seen = {"metric": "delivered_t", "value": 2.6, "error": "lognormal", "sd": 0.02, "reliability": "A"}
    post = sf.condition(ens, seen, discrepancy=0.02)
    assert not post.reliable
    assert post.power < 1
    assert "Too few members" in post.summary()
    assert "wave" in post.summary()
    full = post.weighing.raw_weights
    assert 1 / np.sum(post.weights**2) > 3 * 1 / np.sum(full**2)


def test_reports_that_exclude_one_another_are_named(made):
    """One says little, one says much, each by itself possible: both are named with the other."""
    ens = made(delivered_t=lognormal(0.0, 0.6))
    report = {"metric": "delivered_t", "error": "lognormal", "sd": 0.05, "reliability": "B"}
    post = sf.condition(
        ens, [{**report, "observation_id": "little", "value": 0.5}, {**report, "observation_id": "much", "value": 2.0}]
    )
    assert post.conflicts().set_index("observation")["excludes"].to_dict() == {"little": "much", "much": "little"}
    assert [line for line in post.summary().splitlines() if "exclude" in line] == [
        "little and much exclude one another."
    ]


def test_what_assumptions_learn(kept):
    """A quota figure of the works, twice the central one, moves the kilograms a head up more than anything else but headcounts."""
    quota = kept.central.accounts.groupby("node_id")["quota_t"].sum()["works"]
    post = sf.condition(
        kept,
        {
            "metric": "quota_t",
            "place": "Vale Works",
            "value": 1.3 * quota,
            "sd": 0.05,
            "error": "lognormal",
            "reliability": "A",
        },
    )
    learned = post.inputs().set_index("input")
    assert learned.index[0] == "quota.headcount.kg"
    assert learned.loc["quota.headcount.kg", "shift"] > 0.5
    assert learned["learned"].between(0, 1).all()
    ranges = post.ranges().set_index("total").loc["quota_t"]
    assert ranges["median"] > ranges["median_before"]


def test_what_was_not_kept(made):
    """An ensemble of totals says how to make one that keeps more."""
    with pytest.raises(sf.InputError, match='keep="flows"'):
        sf.condition(
            made(delivered_t=np.ones(3)),
            {"metric": "yard_t", "place": "yard", "value": 1, "sd": 0.1, "error": "lognormal"},
        )


def test_nothing_was_observed(made):
    """Without observations all members weigh the same, ranges stay, and it is said how to make an observation."""
    post = sf.condition(made(delivered_t=np.arange(5.0)))
    assert post.weights.tolist() == [0.2] * 5
    assert post.ess == pytest.approx(5)
    assert post.conflicts().empty
    row = post.ranges().set_index("total").loc["delivered_t"]
    assert row[["low", "median", "high"]].tolist() == pytest.approx(
        row[["low_before", "median_before", "high_before"]].tolist()
    )
    assert "sf.pile" in post.summary()


def test_observations_of_the_world(kept, toy):
    """Those in the table of the world are used if none are given; the toy has none."""
    pd.testing.assert_frame_equal(kept.observations, toy.observations)
    assert sf.condition(kept).observations.empty
    seen = {
        "observation_id": "o",
        "metric": "carted_t",
        "value": 60.0,
        "error": "lognormal",
        "sd": 0.2,
        "source_id": "drawn",
    }
    post = sf.condition(replace(kept, observations=pd.DataFrame([seen])))
    assert post.observations["observation_id"].tolist() == ["o"]
    assert post.observations["trust"].tolist() == [RELIABILITY["A"]]


def test_a_wave_draws_where_it_is_plausible(kept, toy):
    """New members lie where the last wave could not rule it out, and more of them are near the report; before stays before."""
    seen = {"metric": "quota_t", "value": 110, "error": "lognormal", "sd": 0.02, "reliability": "A"}
    first = sf.condition(kept, seen, discrepancy=0.05)
    box = first.plausible().set_index("input").loc["quota.headcount.kg"]
    assert box["low"] > 0.2
    second = first.wave(toy, n=12, keep="totals", processes=1)
    assert second.ensemble.draws["quota.headcount.kg"].between(box["low"], box["high"]).all()
    near = [np.abs(np.log(p.ensemble.totals["quota_t"] / 110)).lt(0.1).mean() for p in (first, second)]
    assert near[1] > near[0]
    columns = ["low_before", "median_before", "high_before"]
    pd.testing.assert_frame_equal(second.ranges()[columns], first.ranges()[columns])


def test_a_map_is_told(kept):
    """The run of the posterior has the ranges before and after, and what was used, as plain values that a manifest can hold."""
    import json

    post = sf.condition(kept, {"metric": "carted_t", "value": 60, "error": "lognormal", "sd": 0.1, "reliability": "A"})
    told = post.central.meta["evidence"]
    assert json.loads(json.dumps(told)) == told
    assert told["before"] == kept.central.meta["ranges"]
    assert post.central.meta["ranges"]["carted_t"]["low"] > told["before"]["carted_t"]["low"]
    assert told["observations"][0]["metric"] == "carted_t"


@pytest.mark.parametrize("scale", [1e-3, 1e3])
def test_the_unit_of_a_total_does_not_matter(made, scale):
    """Amounts and report in other units leave the same weights."""
    amounts = lognormal(0.0, 0.5, n=500)
    weights = [
        sf.condition(
            made(delivered_t=k * amounts), {"metric": "delivered_t", "value": 1.5 * k, "error": "lognormal", "sd": 0.2}
        ).weights
        for k in (1.0, scale)
    ]
    np.testing.assert_allclose(weights[0], weights[1], rtol=1e-6)


def test_the_order_of_observations_does_not_matter(kept):
    """The same reports in another order leave the same weights."""
    rows = [
        {"metric": "carted_t", "value": 60, "error": "lognormal", "sd": 0.2},
        {"metric": "yard_t", "place": "yard", "value": 30, "error": "lognormal", "sd": 0.5, "period": "2015-01"},
        {"metric": "returned_t", "low": 1.0, "high": 5.0, "error": "bounds"},
    ]
    np.testing.assert_allclose(sf.condition(kept, rows).weights, sf.condition(kept, rows[::-1]).weights, rtol=1e-9)


ODD = [
    ({"error": "", "sd": np.nan}, "sd", "a value without an error"),
    ({"sd": np.inf}, "sd", "endless"),
    ({"value": np.inf}, "value", "is infinite"),
    ({"error": "", "sd": np.nan, "low": 60, "high": 40}, "low", "low 60 is above high 40"),
    ({"error": "bounds", "low": 50.0, "high": 50.0}, "low", "are both 50"),
    ({"error": "bounds", "low": -np.inf, "high": np.inf}, "low", "give at least one"),
    ({"error": "bounds", "low": np.inf, "high": 60.0}, "low", "exchange low and high"),
    ({"error": "poisson", "value": 3, "exposure": np.inf}, "exposure", "endless"),
    ({"error": "binomial", "value": 3, "exposure": 5}, "error", "delivered_t is in t"),
    ({"metric": "yard_functional_t > yard_scrap_t > yard_t"}, "metric", "is nothing that members are asked for"),
]


@pytest.mark.parametrize(("cells", "column", "said"), ODD)
def test_odd_observations_are_one_report_each(kept, cells, column, said):
    """Each names the column and the fix, and none gets through as another number."""
    told = {"metric": "delivered_t", "value": 50, "error": "lognormal", "sd": 0.3, **cells}
    with pytest.raises(sf.InputError) as fault:
        sf.condition(kept, told)
    assert fault.value.problems["column"].tolist() == [column]
    assert said in str(fault.value)


def test_what_is_no_observation_and_no_ensemble(kept, toy):
    """Words, numbers, worlds and ensembles that were weighed already are told with what is wanted."""
    for odd in ("delivered", 5, [["delivered_t", 50]]):
        with pytest.raises(sf.InputError, match=r"a table, sf\.pile"):
            sf.condition(kept, odd)
    with pytest.raises(sf.InputError, match="make an ensemble first"):
        sf.condition(toy, {})
    told = {"metric": "delivered_t", "value": 50, "error": "LogNormal", "sd": 0.3}
    with pytest.raises(sf.InputError, match="all observations, those before too"):
        sf.condition(sf.condition(kept, told), told)
    with pytest.raises(sf.InputError, match="'a tenth' is no standard deviation"):
        sf.condition(kept, told, discrepancy="a tenth")
    with pytest.raises(sf.InputError, match=r"row nope, .* there is no such claim"):
        sf.condition(kept, claims="nope")


def test_the_same_report_several_times_and_members_that_are_alike(made):
    """Two equal reports weigh as one with the error of their mean; members that are alike stay what they are."""
    members, told = (
        lognormal(0.0, 0.5),
        {
            "metric": "delivered_t",
            "value": 2.0,
            "error": "lognormal",
            "sd": 0.4,
            "reliability": "A",
            "credibility": "1",
        },
    )
    twice = sf.condition(made(delivered_t=members), [told, told], discrepancy=0.0)
    once = sf.condition(made(delivered_t=members), told | {"sd": 0.4 / np.sqrt(2)}, discrepancy=0.0)
    middle = [p.ranges().set_index("total").loc["delivered_t", "median"] for p in (twice, once)]
    assert middle[0] == pytest.approx(middle[1], rel=0.02)
    alike = sf.condition(made(delivered_t=np.full(60, 3.0)), told).ranges().set_index("total").loc["delivered_t"]
    assert alike[["low", "median", "high"]].tolist() == [3.0, 3.0, 3.0]
