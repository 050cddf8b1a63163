"""Numbers drawn within their ranges give the campaign that an update gives, unchecked."""

from __future__ import annotations

import numpy as np
import pytest

import scrapflow as sf
from scrapflow.campaign.drawn import drawn
from scrapflow.studies.uncertain import uncertain

WIDE = {
    "allocation.shares.near": {"value": 0.4, "low": 0.1, "high": 0.5},
    "penalties.marks_allowed": {"value": 3, "low": 1, "high": 4},
    "quota.headcount.kg": {"value": 20.0, "low": 10.0, "high": 30.0},
}


@pytest.mark.parametrize(("name", "campaign"), [("toy", "2015"), ("dprk", "2015"), ("dprk", "2012"), ("dprk", "2023")])
def test_what_is_drawn_is_what_an_update_says(name, campaign, request):
    """Settings, rules, shares and text of ten draws of everything that has a range; whole numbers are rounded by both."""
    world = request.getfixturevalue(name)
    camp = sf.read_campaign(world, campaign).update(WIDE if name == "toy" else {})
    inputs = uncertain(world, camp).members
    ends = inputs[inputs["table"].str.startswith("campaign:")]
    assert len(ends) >= len(WIDE)
    rng = np.random.default_rng(0)
    for _ in range(10):
        values = dict(zip(ends["row"], rng.uniform(ends["low"], ends["high"]).tolist(), strict=True))
        quick, slow = drawn(camp, values), camp.update(values)
        assert (quick.settings, quick.rules, quick.shares) == (slow.settings, slow.rules, slow.shares)
        assert quick.to_toml() == slow.to_toml()
        assert quick == slow
    assert camp.to_toml() == sf.read_campaign(world, camp).to_toml()
