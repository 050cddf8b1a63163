"""Which way things must move: more teams, more guards, higher quotas."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

import scrapflow as sf
from scrapflow.campaign import collect

seeds = st.integers(0, 80)
HAIR = 1e-6


def totals(make, world, raw):
    """Return the sums of the accounts."""
    return make.collect(world, raw).accounts.drop(columns=["period", "node_id"]).sum()


def pair(make, seed, section, key, low, high, **more):
    """Return the sums of a random campaign with two values of one setting."""
    world = make.random_world(seed)
    raw = make.random_campaign(world, seed + 1)
    raw["show"] = raw["show"] | {"return_after": 0}
    raw["inspection"] = raw["inspection"] | {"patrol": "uniform"}
    raw |= more
    return [totals(make, world, raw | {section: raw[section] | {key: value}}) for value in (low, high)]


@settings(max_examples=25)
@given(seed=seeds, low=st.integers(0, 20), more=st.integers(1, 20))
def test_more_teams_never_bring_more_carry_backs(make, seed, low, more):
    """Nor a smaller shortfall: what they condemn fills no quota."""
    few, many = pair(make, seed, "inspection", "teams", float(low), float(low + more), yards={})
    assert many.returned_t <= few.returned_t + HAIR
    assert many.shortfall_t >= few.shortfall_t - HAIR


@settings(max_examples=25)
@given(seed=seeds, low=st.floats(0, 1), high=st.floats(0, 1))
def test_more_guards_never_bring_more_looting(make, seed, low, high):
    """What looters want is less by what guards prevent."""
    low, high = sorted([low, high])
    little, much = pair(make, seed, "looting", "guard", low, high, yards={})
    assert much.looted_by_t <= little.looted_by_t + HAIR


@settings(max_examples=25)
@given(seed=seeds, factor=st.floats(1, 5))
def test_a_higher_quota_never_brings_a_smaller_shortfall(make, seed, factor):
    """Who is asked for more gives more or falls short by more."""
    world = make.random_world(seed)
    raw = make.random_campaign(world, seed + 1)
    raw["filling"] = raw["filling"] | {"stripped_share": 0.9}
    higher = raw | {"quota": [rule | {"kg": rule["kg"] * factor} for rule in raw["quota"]]}
    assert totals(make, world, higher).shortfall_t >= totals(make, world, raw).shortfall_t - HAIR


def test_so_it_is_in_the_real_world(dprk):
    """Zero, one, ten and a thousand teams; half, once and twice the quota; no, some and all guards: in the DPRK of 2015."""
    campaign = sf.read_campaign(dprk, "2015")
    network = sf.build_network(dprk, transport=campaign.transport)

    def sums(key, values, column):
        return [float(collect(dprk, network, campaign.update({key: v})).accounts[column].sum()) for v in values]

    returned, short = (sums("inspection.teams", [0, 1, 10, 1000], c) for c in ("returned_t", "shortfall_t"))
    assert returned == sorted(returned, reverse=True)
    assert short == sorted(short)
    kg = float(campaign.rules[0].kg.value)
    asked = sums(f"quota.{campaign.rules[0].rule_id}.kg", [kg / 2, kg, 2 * kg], "shortfall_t")
    assert asked == sorted(asked)
    looted = sums("looting.guard", [0.0, 0.3, 1.0], "looted_by_t")
    assert looted == sorted(looted, reverse=True)
    assert looted[-1] == 0
