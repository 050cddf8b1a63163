"""Which range of an assumption makes a claim true."""

from __future__ import annotations

import pytest

import scrapflow as sf
from scrapflow.errors import UnknownNameError


def test_the_switch_lies_where_runs_say_it_does(toy):
    """Inside the range the claim holds, just outside it does not, and an assumption that decides nothing holds throughout."""
    table = sf.claim_ranges(toy, assumptions=["quota.headcount.kg", "inspection.chance"], processes=1).set_index(
        "input"
    )
    quota = table.loc["quota.headcount.kg"]
    assert [quota.agrees_at_low, quota.agrees, quota.agrees_at_high] == [False, True, True]
    assert quota.true_to == quota.high
    camp = sf.read_campaign(toy, "2015")
    step = (quota.value - quota.low) / 32
    for kg, holds in ((quota.true_from + step, True), (quota.true_from - step, False)):
        assert sf.run(toy, camp.update({"quota.headcount.kg": kg})).claims().agrees.tolist() == [holds]
    chance = table.loc["inspection.chance"]
    assert (chance.true_from, chance.true_to) == (chance.low, chance.high)
    assert table.index[0] == "quota.headcount.kg"


def test_a_claim_that_fails_names_where_it_would_hold(toy):
    """With a quota too small for the claim, the range that would make it true begins above the value."""
    camp = sf.read_campaign(toy, "2015").update({"quota.headcount.kg": 12})
    row = sf.claim_ranges(toy, camp, assumptions=["quota.headcount.kg"], processes=1).iloc[0]
    assert not row.agrees
    assert row.value < row.true_from < row.true_to == row.high


def test_unknown_claims_and_assumptions_are_refused(toy):
    """A name that is none lists those that are."""
    with pytest.raises(UnknownNameError, match="no claim 'x'"):
        sf.claim_ranges(toy, claims=["x"])
    with pytest.raises(UnknownNameError, match="no assumption"):
        sf.claim_ranges(toy, assumptions=["x"])
