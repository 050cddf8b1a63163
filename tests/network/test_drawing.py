"""What can be drawn is found once; a network that takes its part of it is the one built for its assumptions alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scrapflow as sf
from scrapflow.network import Transport
from scrapflow.network.haulage import on_rails, rail_arcs
from tests.network.worlds import small_world

PLACES = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 6)), min_size=1, max_size=8)
WIDE = Transport(reach_km=300, circuity=1.0, yard_choices=6)


def _same(one: sf.network.Network, other: sf.network.Network) -> None:
    """Compare links, arcs and catchments to the last bit."""
    for table in ("links", "arcs"):
        pd.testing.assert_frame_equal(
            pd.DataFrame(getattr(one, table)), pd.DataFrame(getattr(other, table)), check_exact=True
        )
    for mine, theirs in zip(one.catchment, other.catchment, strict=True):
        assert np.array_equal(mine, theirs)


@given(PLACES, PLACES, st.integers(5, 200), st.sampled_from([1.0, 1.25, 1.6]), st.integers(1, 6))
@settings(max_examples=25, deadline=None)
def test_a_part_of_the_widest_network_is_the_network_built_alone(stations, works, reach, circuity, choices):
    """Whatever the reach, the detours and the number of yards: ties, places out of reach and none at all included."""
    named = {f"s{i}": (f"Stop {i}", x / 10, y / 10) for i, (x, y) in enumerate(stations)}
    world = small_world(
        stations=named,
        rails=[],
        yards={f"y{i}": s for i, s in enumerate(named) if i % 2 == 0},
        enterprises={f"e{i}": (x / 10, y / 10 + 0.05) for i, (x, y) in enumerate(works)},
    )
    transport = Transport(reach_km=reach, circuity=circuity, yard_choices=choices, road_cost_per_tkm=3)
    _same(sf.build_network(world, transport=WIDE).under(transport), sf.build_network(world, transport=transport))


@pytest.mark.parametrize(
    "transport", [Transport(reach_km=90, circuity=1.1, yard_choices=5), Transport(reach_km=8, rail_capacity_t=700)]
)
def test_so_it_is_in_the_real_world(dprk, transport):
    """Wider assumptions than before are searched for anew, narrower ones are not; junctions serve where no station does."""
    base = sf.build_network(dprk)
    under, built = base.under(transport), sf.build_network(dprk, transport=transport)
    _same(under, built)
    assert (under.drawing is base.drawing) == (transport.reach_km == 8)
    arcs = under.drawing.arcs
    kept = np.ones(len(arcs), dtype=bool) if under.drawn.kept_arcs is None else under.drawn.kept_arcs
    there = arcs["arc_id"][kept & on_rails(under.nodes, arcs)]
    assert there.tolist() == rail_arcs(built)["arc_id"].tolist()
