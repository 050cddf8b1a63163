"""Rounds of people and trains: each haul is that of its own tonnes, and loads carried back at once need one round."""

from __future__ import annotations

import pytest

import scrapflow as sf
from scrapflow.ledger import people_and_trains


def test_a_haul_on_the_same_rails_is_that_of_its_own_tonnes():
    """What was posed for one campaign is posed again with other tonnes: a world that was run before gives what a fresh one gives."""
    world = sf.read_world("toy")
    used, asked = sf.run(world), {"quota.headcount.kg": 28.0}
    after = sf.run(world, sf.read_campaign(world, "2015").update(asked))
    fresh = sf.read_world("toy")
    assert after == sf.run(fresh, sf.read_campaign(fresh, "2015").update(asked))
    assert after != used
    assert sf.run(world) == used


def test_a_mill_that_is_shut_is_none_that_was_open():
    """A mill without intake may keep what it has and is posed as a yard is, not as the mill that it was before."""
    world, key = sf.read_world("toy"), ("mills", "near", "intake_t")
    sf.run(world)
    shut = world.with_values({key: 0.0})
    assert sf.run(shut).flows.kind("shipped").to("Near Mill").total_t == 0
    assert sf.run(shut) == sf.run(sf.read_world("toy").with_values({key: 0.0}))


@pytest.mark.parametrize(("name", "after", "several"), [("toy", 0, False), ("dprk", 1, True)])
def test_loads_that_go_home_at_once_need_one_round(monkeypatch, name, after, several):
    """Only loads that wait a month meet a train, so that only then people must know what trains took."""
    rounds = []
    books = people_and_trains.keep_books
    monkeypatch.setattr(people_and_trains, "keep_books", lambda *given: rounds.append(1) or books(*given))
    world = sf.read_world(name)
    camp = sf.read_campaign(world, "2015").update({"show.return_after": after, "quota.headcount.kg": 25.0})
    sf.run(world, camp)
    assert (len(rounds) > 1) is several
