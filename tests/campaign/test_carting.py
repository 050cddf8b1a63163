"""Carting to yards that fill up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapflow.campaign.carting import Access, cart, reasons
from scrapflow.campaign.population import Population
from scrapflow.network import Transport

seeds = st.integers(0, 10**6)
LINKS = np.array(["l"], dtype=object)


@settings(max_examples=50)
@given(seed=seeds)
def test_yards_take_at_most_their_limit_and_owners_keep_the_rest(seed):
    """No yard exceeds its limit, no owner carts more than it wants, and nothing stays while a yard in reach has room."""
    rng = np.random.default_rng(seed)
    k, n, y = 3, 8, 4
    yard = np.stack([rng.permutation(y)[:k] for _ in range(n)], axis=1)
    yard[:, rng.random(n) < 0.2] = -1
    capacity = np.where(yard >= 0, np.inf, 0.0)
    ids = np.array([f"y{i}" for i in range(y)], dtype=object)
    access = Access(yard, np.full((k, n), -1), capacity, yard[0] >= 0, ids, LINKS)
    wanted, limit = rng.uniform(0, 10, n), rng.uniform(0, 20)
    made = cart(wanted, access, limit)
    got = np.zeros(y)
    for r in range(len(made.share)):
        np.add.at(got, np.maximum(yard[r], 0), made.share[r] * wanted)
    assert (got <= limit + 1e-9).all()
    assert (made.total <= 1 + 1e-12).all()
    for i in np.flatnonzero((made.total < 1 - 1e-9) & (yard[0] >= 0) & (wanted > 0)):
        assert (got[yard[:, i]] >= limit - 1e-9).all()


def one_yard(capacity=np.inf, placed=True, yard=0):
    """Return the access of one owner to one yard."""
    ids = np.array(["y"], dtype=object)
    return Access(np.array([[yard]]), np.array([[0]]), np.array([[capacity]]), np.array([placed]), ids, LINKS)


@pytest.mark.parametrize("months", [0.25, 1.0, 3.0])
def test_limits_grow_with_the_period(months):
    """A yard that takes 8 t a month, and a lane that lets 4 t pass, take as many times that as the period has months."""
    wanted = np.array([100.0])
    assert cart(wanted, one_yard(), 8.0, months).total[0] * 100 == pytest.approx(8 * months)
    assert cart(wanted, one_yard(4.0), np.inf, months).total[0] * 100 == pytest.approx(4 * months)


def test_yards_that_take_nothing_of_what_is_left_are_not_looked_at():
    """Of 10 t the near yard takes 4; the next two are as full as it, as they are the same one: one rank is told, not three."""
    ids = np.array(["y"], dtype=object)
    same = np.zeros((3, 1), dtype=np.int64)
    access = Access(same, same, np.full((3, 1), np.inf), np.array([True]), ids, LINKS)
    made = cart(np.array([10.0]), access, 4.0)
    assert made.share.tolist() == [[0.4]]
    assert not made.whole


def test_each_reason_why_something_lies_ready():
    """A full yard, a thin lane, no yard, no place; and kept where nothing hinders it any more."""
    yes, no = np.array([True]), np.array([False])
    assert reasons(one_yard(), yes, yes) == ["yard_full"]
    assert reasons(one_yard(), no, yes) == ["capacity"]
    assert reasons(one_yard(), no, no) == ["kept"]
    assert reasons(one_yard(yard=-1), no, yes) == ["no_yard"]
    assert reasons(one_yard(placed=False, yard=-1), yes, yes) == ["unplaced"]


def test_a_catchment_is_arranged_by_owner_once_and_anew_for_another(make):
    """Yards stand by rank for each owner, enterprises first; the last arrangement is kept with its catchment."""
    place = {"x": 0.1, "y": 0.1}
    world = make.world(
        enterprises=[{"node_id": "e"} | place, {"node_id": "lost"}],
        communities=[{"node_id": "c", "x": 0.2, "y": 0.1}],
        yards=[{"node_id": "y"} | place, {"node_id": "z", "x": 0.2, "y": 0.1}],
    )
    catchment, population = (
        make.network(world, Transport(reach_km=60.0, yard_choices=2)).catchment,
        Population.of(world),
    )
    access = Access.of(catchment, population)
    y, z = (access.yard_ids.tolist().index(i) for i in "yz")
    assert access.yard.T.tolist() == [[y, z], [-1, -1], [z, y]]
    assert access.placed.tolist() == [True, False, True]
    assert access.stranded.tolist() == [False, True, False]
    assert access.capacity[:, 1].tolist() == [0, 0]
    assert Access.of(catchment, population) is access
    narrow = make.network(world, Transport(reach_km=60.0, yard_choices=1)).catchment
    assert Access.of(narrow, population).yard.shape == (1, 3)
    assert Access.of(catchment, population).yard.shape == (2, 3)
