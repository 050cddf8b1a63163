"""What a link costs and takes: by mode and gauge, and only where the world does not say."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from scrapflow.network import Transport
from scrapflow.network.impedance import link_capacity, link_cost

LINKS = pd.DataFrame(
    {
        "mode": ["rail", "rail", "rail", "rail", "rail", "road", "transshipment"],
        "gauge_mm": [1435, 762, 1434, 1520, None, None, None],
        "capacity_t": [None, None, None, None, None, None, 7.0],
        "length_km": [10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 0.5],
    }
)


def test_assumed_capacity_goes_by_gauge():
    """Narrower than 1,435 mm is narrow; the standard gauge itself, a broader and an unknown one are not; roads have none."""
    assumed = link_capacity(LINKS, Transport(rail_capacity_t=30_000, narrow_capacity_t=5_000))
    assert assumed.tolist() == [30_000, 5_000, 5_000, 30_000, 30_000, math.inf, 7.0]
    assert link_capacity(LINKS, Transport()).tolist() == [math.inf] * 6 + [7.0]


def test_cost_is_length_times_rate_and_a_transshipment_more():
    """Rail 1, road 5 a kilometre; changing gauge costs 50 beside its half kilometre."""
    assert link_cost(LINKS, Transport()).tolist() == pytest.approx([10, 10, 10, 10, 10, 50, 50.5])
