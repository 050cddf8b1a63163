"""What a campaign's steel finds room for at a mill whose charge has other scrap too."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import scrapflow as sf
from scrapflow.network.haulage import mill_intake


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 1), st.floats(0.01, 12))
def test_the_campaign_gets_what_other_scrap_leaves_and_what_it_displaces(intake, other, displaced, months):
    """Never negative, never more than the charge, all of it if everything can be displaced; no limit stays none."""
    mills = pd.DataFrame(
        {
            "node_id": ["a", "b", "c"],
            "intake_t": [intake, np.nan, intake],
            "other_supply_t": [other, other, np.nan],
            "destination": True,
        }
    )
    room = mill_intake(mills, months, displaced=displaced)
    assert room["b"] == np.inf
    assert room["c"] == pytest.approx(intake * months)
    assert 0 <= room["a"] <= intake * months * (1 + 1e-12)
    assert room["a"] == pytest.approx(max(intake - (1 - displaced) * other, 0.0) * months)
    assert mill_intake(mills, displaced=1.0)["a"] == pytest.approx(intake)


def test_other_scrap_fills_part_of_the_near_mill(toy):
    """Of 15 t a month 6 are bought elsewhere: 9 t are the campaign's, or 12 where half of the 6 can wait."""
    world = toy.with_values({("mills", "near", "other_supply_t"): 6.0})
    for displaced, month in ((0.0, 9.0), (0.5, 12.0), (1.0, 15.0)):
        camp = sf.read_campaign(world, "2015").update({"mills.displaced_share": displaced})
        shipped = sf.run(world, camp).flows.kind("shipped").to("near").during("2015-01")
        assert shipped.total_t == pytest.approx(month)
