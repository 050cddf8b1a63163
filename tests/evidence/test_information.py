"""Where to look next: closed forms, costs, what was seen already, and candidates that are none."""

from __future__ import annotations

import numpy as np
import pytest

import scrapflow as sf
from scrapflow.evidence.candidates import Candidate
from scrapflow.evidence.information import ranked, resampled
from scrapflow.evidence.observation import Observation


def worth(candidate, y, off=0.0):
    """Return the share of the variance of y that a candidate takes away."""
    return ranked([candidate], y, np.arange(len(y)), off, {})["reduction"].iloc[0]


@pytest.mark.parametrize(("sd", "off"), [(0.2, 0.0), (0.5, 0.0), (0.5, 0.3), (1.0, 0.1)])
def test_a_lognormal_observation_in_closed_form(sd, off):
    """Of the logarithm of an amount with sd 0.5, a report with error and discrepancy tells 0.25 / (0.25 + their variances)."""
    amounts = np.exp(0.5 * np.random.default_rng(2).standard_normal(4000))
    candidate = Candidate("pile", "pile", amounts, "lognormal", sd)
    assert worth(candidate, np.log(amounts), off) == pytest.approx(0.25 / (0.25 + sd**2 + off**2), abs=0.03)


def test_a_normal_observation_in_closed_form():
    """Of 3a + b, a seen with sd 1 tells 9/2 of 10."""
    a, b = np.random.default_rng(3).standard_normal((2, 4000))
    assert worth(Candidate("a", "observation", a, "normal", 1.0), 3 * a + b) == pytest.approx(0.45, abs=0.03)
    assert worth(Candidate("a", "assumption", a), 3 * a + b) == pytest.approx(0.9, abs=0.02)


def test_a_count_in_closed_form():
    """A gamma rate of shape 4 counted with exposure c: the count tells c / (c + 1 / scale) of its variance."""
    rate = np.random.default_rng(4).gamma(4.0, 2.0, 6000)
    assert worth(Candidate("n", "wagons", rate, "poisson", 0.0, 3.0), rate) == pytest.approx(3.0 / 3.5, abs=0.03)
    assert worth(Candidate("n", "wagons", rate, "poisson", 0.0, 0.1), rate) == pytest.approx(0.1 / 0.6, abs=0.04)


def test_what_tells_nothing_is_worth_nothing():
    """An amount that has nothing to do with the target, and one that is the same in all members."""
    a, b = np.random.default_rng(5).standard_normal((2, 3000))
    assert worth(Candidate("a", "observation", a, "normal", 0.1), b) < 0.01
    assert worth(Candidate("a", "observation", np.ones(3000), "lognormal", 0.1), b) == pytest.approx(0, abs=0.01)


def test_every_kind_of_candidate(kept):
    """Assumptions, the yard's pile, wagons on rails and at mills, quotas of owners, each as an observation that can be made."""
    table = sf.value_of_information(kept, "delivered_t")
    assert set(table["kind"]) == {"assumption", "pile", "wagons", "quota"}
    assert table["reduction"].between(0, 1).all()
    assert table["reduction"].is_monotonic_decreasing
    np.testing.assert_allclose(table["sd_after"] ** 2, table["sd_before"] ** 2 * (1 - table["reduction"]))
    pile = table[table["kind"] == "pile"].iloc[0]
    made = sf.pile(area_m2=10, height_m=2, place=pile["node_id"], period=pile["period"], metric=pile["metric"])
    assert sf.condition(kept, made).observations["node_id"].tolist() == ["yard"]
    assert sf.value_of_information(kept, "quota_t").iloc[0]["candidate"] in {
        "quota.headcount.kg",
        "communities.unaffiliated_share",
    }


def test_cost_ranks_by_what_it_buys(kept):
    """A dear observation falls behind; what has no cost comes last."""
    free = sf.value_of_information(kept, "quota_t", ["assumption", "pile"])
    table = sf.value_of_information(
        kept, "quota_t", ["assumption", "pile"], cost={free["candidate"].iloc[0]: 1e6, "pile": 1.0}
    )
    assert table["kind"].iloc[0] == "pile"
    assert table["reduction_per_cost"].iloc[0] == pytest.approx(table["reduction"].iloc[0])
    assert table["cost"].iloc[-1] != table["cost"].iloc[-1]


def test_after_an_observation_the_same_is_worth_less(kept):
    """What was just seen well has little left to tell."""
    told = Observation("quota_t", 0.0, sd=0.1, node_id="works")
    value = kept.central.accounts.groupby("node_id")["quota_t"].sum()["works"]
    post = sf.condition(kept, told.of(value=value, reliability="A"), discrepancy=0.05)
    before = sf.value_of_information(kept, "quota_t", told, discrepancy=0.05)
    after = sf.value_of_information(post, "quota_t", told, discrepancy=0.05)
    assert after["sd_before"].iloc[0] < before["sd_before"].iloc[0]
    assert after["reduction"].iloc[0] < before["reduction"].iloc[0]


def test_a_total_or_an_observation_as_target(kept):
    """What one mill receives can be aimed at, too; both spellings of it are the same."""
    one = sf.value_of_information(kept, {"metric": "shipped_t", "place": "Near Mill"}, "assumption")
    two = sf.value_of_information(kept, {"metric": "delivered_t", "place": "near"}, "assumption")
    assert one["reduction"].tolist() == pytest.approx(two["reduction"].tolist())


def test_faults(kept, made):
    """An unknown target, an unknown candidate, one without an error, and too few members."""
    with pytest.raises(sf.InputError, match="did you mean delivered_t"):
        sf.value_of_information(kept, "deliverd_t")
    with pytest.raises(sf.InputError, match="no kind of candidate"):
        sf.value_of_information(kept, candidates=["pyle"])
    with pytest.raises(sf.InputError, match="needs an error"):
        sf.value_of_information(kept, candidates=[{"metric": "carted_t"}])
    with pytest.raises(sf.InputError, match="members tell nothing"):
        sf.value_of_information(made(delivered_t=np.arange(2.0)))


def test_few_members_are_ranked_and_said_to_say_little(toy):
    """Eight members give an order, with a note that it says little; two hundred need no note."""
    few = sf.value_of_information(sf.ensemble(toy, n=8, processes=1))
    assert few["reduction"].between(0, 1).all()
    assert few.attrs["note"].startswith("8 members say little")
    assert not sf.value_of_information(sf.ensemble(toy, n=40, processes=1), candidates="assumption").attrs


def test_members_by_weight():
    """Systematic draws: a member of twice the weight comes twice as often; as many as the weights are worth."""
    weights = np.array([4.0, 2.0, 1.0, 1.0]) / 8
    chosen = resampled(weights)
    assert len(chosen) == round(1 / np.sum(weights**2))
    even = resampled(np.full(10, 0.1))
    assert even.tolist() == list(range(10))


def test_the_errors_that_happen_to_be_drawn_hardly_matter():
    """Thirty names, hence thirty draws of errors, of one pile that tells 3 %: with 200 members they spread by 0.6 points (1.1 before)."""
    rng = np.random.default_rng(6)
    amounts = np.exp(0.3 * rng.standard_normal(200))
    y = np.log(amounts) + 0.9 * rng.standard_normal(200)
    told = [worth(Candidate(f"c{i}", "pile", amounts, "lognormal", 0.4), y) for i in range(30)]
    assert np.std(told) < 0.008
    assert np.mean(told) == pytest.approx(0.03, abs=0.005)
