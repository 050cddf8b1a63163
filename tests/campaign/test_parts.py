"""The parts of a period, each against a second, slower way to the same number."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapflow.campaign.carting import Access, cart
from scrapflow.campaign.filling import fill_in_order
from scrapflow.campaign.inspection import PATROLS, at_least_once
from scrapflow.campaign.looting import Reach, loot, within_reach
from scrapflow.campaign.penalties import Record, judge
from scrapflow.campaign.population import Population
from scrapflow.world.geodesy import geodesic_km

seeds = st.integers(0, 10**6)


@settings(max_examples=50)
@given(seed=seeds)
def test_filling_agrees_with_doing_it_one_by_one(seed):
    """The array form gives what a person with a pencil gives, enterprise by enterprise and material by material."""
    rng = np.random.default_rng(seed)
    need, stock = rng.uniform(0, 50, 5), rng.uniform(0, 20, (4, 5)) * (rng.random((4, 5)) < 0.8)
    willing, used = rng.random(4), np.array([1.0, *np.full(3, rng.uniform(1, 3))])
    handed = fill_in_order(need, stock, willing, used)
    for e in range(5):
        left = need[e]
        for m in range(4):
            step = min(left, willing[m] * stock[m, e] / used[m])
            assert handed[m, e] == pytest.approx(step)
            left -= step


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
    access = Access(yard, np.full((k, n), "", dtype=object), capacity, yard[0] >= 0, ids)
    wanted, limit = rng.uniform(0, 10, n), rng.uniform(0, 20)
    made = cart(wanted, access, limit)
    got = np.zeros(y)
    for r in range(len(made.share)):
        np.add.at(got, np.maximum(yard[r], 0), made.share[r] * wanted)
    assert (got <= limit + 1e-9).all()
    assert (made.total <= 1 + 1e-12).all()
    for i in np.flatnonzero((made.total < 1 - 1e-9) & (yard[0] >= 0) & (wanted > 0)):
        assert (got[yard[:, i]] >= limit - 1e-9).all()


@settings(max_examples=50)
@given(seed=seeds, rule=st.sampled_from(sorted(PATROLS)))
def test_patrols_make_all_their_visits_and_no_more(seed, rule):
    """Every region with an enterprise gets exactly its visits, whoever is visited."""
    rng = np.random.default_rng(seed)
    region = rng.integers(0, 3, rng.integers(1, 12))
    visits = rng.uniform(0, 9, 3)
    made = PATROLS[rule](
        region, visits, rng.integers(0, 4, len(region)).astype(float), rng.integers(0, 3, len(region)) * 1.0
    )
    there = np.isin(np.arange(3), region)
    np.testing.assert_allclose(np.bincount(region, made, 3)[there], visits[there])
    assert (made >= 0).all()
    detection = at_least_once(made, rng.random())
    assert ((detection >= 0) & (detection <= 1)).all()


def test_the_chain_keeps_all_probability():
    """States always sum to one, whatever the marks."""
    rng = np.random.default_rng(0)
    record = Record.clean(50, 3)
    never = np.zeros(50, dtype=bool)
    for _ in range(20):
        p = rng.random(50)
        record, _ = judge(record, marked=p, punishable=never, severity=np.zeros(50), warrant_shortfall=1,
                          warrant_after=0)  # fmt: skip
        np.testing.assert_allclose(record.state.sum(axis=0), 1)
        assert (record.state >= 0).all()
