"""Where to look next: closed forms, costs, what was seen already, and candidates that are none."""

from __future__ import annotations

import numpy as np
import pytest

import scrapflow as sf
from scrapflow.evidence.candidates import Candidate
from scrapflow.evidence.information import resampled
from scrapflow.evidence.observation import Observation
from tests.made_up_reports import worth


def test_what_tells_nothing_is_worth_nothing():
    """An amount that has nothing to do with the target, and one that is the same in all members."""
    a, b = np.random.default_rng(5).standard_normal((2, 3000))
    assert worth(Candidate("a", "observation", a, "normal", 0.1), b) < 0.01
    assert worth(Candidate("a", "observation", np.ones(3000), "lognormal", 0.1), b) == pytest.approx(0, abs=0.01)


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
