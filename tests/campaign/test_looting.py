"""Looting, against looking at every pair of places."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapflow.campaign.looting import Reach, loot, within_reach
from scrapflow.campaign.population import Population
from scrapflow.world.geodesy import geodesic_km

seeds = st.integers(0, 10**6)


@settings(max_examples=25)
@given(seed=st.integers(0, 80))
def test_looting_agrees_with_all_pairs(make, seed):
    """The spatial index finds what looking at every pair finds, and takings follow the formula."""
    world = make.random_world(seed)
    p = Population.of(world)
    rng = np.random.default_rng(seed)
    reach_km, decay = rng.uniform(1, 40), rng.uniform(1, 20)
    reach = within_reach(p, reach_km, decay, 100)
    stock, wanted = p.stock.T.copy(), rng.uniform(0, 5, len(p.residents))
    made = loot(wanted, stock, reach, 0.25, 1.0)
    n, m = len(p.workers), len(p.residents)
    pull = np.zeros((m, n))
    for c in range(m):
        for e in range(n):
            km = geodesic_km(*p.community_xy[c], *p.enterprise_xy[e])[0]
            pull[c, e] = stock[:, e].sum() * np.exp(-km / decay) if km <= reach_km else 0.0
    total = pull.sum(axis=1, keepdims=True)
    x = np.divide(pull, total, out=np.zeros_like(pull), where=total > 0) * wanted[:, None] * 0.75
    asked, size = x.sum(axis=0), stock.sum(axis=0)
    x *= np.divide(size, asked, out=np.ones_like(size), where=asked > size)
    np.testing.assert_allclose(made.lost.sum(axis=0), x.sum(axis=0), atol=1e-9)
    np.testing.assert_allclose(made.got.sum(axis=0), x.sum(axis=1), atol=1e-9)
    assert (made.lost <= stock + 1e-9).all()


def test_nearer_and_larger_enterprises_lose_more(make):
    """At equal size the nearer loses more; at equal distance the larger; beyond reach nobody loses."""

    def works(i, x, t):
        return {"node_id": i, "x": x, "y": 0.0, "scrap_t": t}

    town = {"node_id": "c", "x": 0.0, "y": 0.0, "population": 1.0}
    world = make.world(enterprises=[works("a", 0.0, 10.0), works("b", 0.05, 10.0), works("d", 0.05, 30.0), works("z", 5.0, 90.0)],
                       communities=[town])  # fmt: skip
    p = Population.of(world)
    lost = loot(np.array([6.0]), p.stock.T.copy(), within_reach(p, 20, 5, 32), 0.0, 1.0).lost.sum(axis=0)
    assert lost[0] > lost[1] > 0
    assert lost[2] == pytest.approx(3 * lost[1])
    assert lost[3] == 0
    assert lost.sum() == pytest.approx(6.0)
    # The two at one spot are one place.
    assert within_reach(p, 20, 5, 2).enterprise.tolist() == [[0, 1, 2]]
    assert within_reach(p, 20, 5, 1).enterprise.tolist() == [[0]]


def test_rows_cut_in_two_and_empty_rows_change_no_looting(make):
    """Ten equal parts of a works at its spot are looted like the works; rows with nothing crowd nobody out."""

    def works(i, x, t):
        return {"node_id": i, "x": x, "y": 0.0, "scrap_t": t, "idle_machinery_t": t}

    def lost(rows, targets=2):
        world = make.world(enterprises=rows, communities=[{"node_id": "c", "x": 0.0, "y": 0.0, "population": 1.0}])
        p = Population.of(world)
        reach = within_reach(p, 20, 5, targets)
        made = loot(np.array([6.0]), p.stock.T.copy(), reach, 0.2, 0.5, np.array([1, 1, 0.1, 0.1]))
        return {i[0]: made.lost[:, [j[0] == i[0] for j in p.enterprise_id]].sum(axis=1) for i in p.enterprise_id}

    whole = lost([works("a", 0.01, 10.0), works("b", 0.05, 20.0)])
    parts = [works(f"a{i}", 0.01, 1.0) for i in range(10)]
    empty = [works(f"z{i}", 0.001 * i, 0.0) for i in range(5)]
    for rows in ([*parts, works("b", 0.05, 20.0)], [works("a", 0.01, 10.0), works("b", 0.05, 20.0), *empty]):
        again = lost(rows)
        for name, tonnes in whole.items():
            np.testing.assert_allclose(again[name], tonnes)


@settings(max_examples=30)
@given(seed=seeds)
def test_hands_take_scrap_before_machines_and_guards_never_add(seed):
    """Of equal stocks the more portable one loses more, nothing loses more than it has, more guards take away less."""
    rng = np.random.default_rng(seed)
    near = Reach(np.array([[0, 1, 2], [2, 1, 0]]), rng.uniform(0.1, 1, (2, 3)))
    stock, wanted = np.full((4, 3), rng.uniform(1, 9)), rng.uniform(0, 9, 2)
    portability = np.array([1.0, 0.3, 0.1, 0.0])
    taken = [loot(wanted, stock, near, guard, 0.5, portability).lost for guard in (0.0, 0.3, 0.9, 1.0)]
    assert (np.diff(taken[0], axis=0) <= 1e-12).all()
    assert (taken[0][3] == 0).all()
    assert (taken[0] <= 0.5 * portability[:, None] * stock + 1e-9).all()
    assert (np.diff([t.sum() for t in taken]) <= 1e-12).all()
    assert taken[-1].sum() == 0
