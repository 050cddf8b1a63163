"""Who owes how much: every rule by hand, and nobody counted twice."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapflow.campaign import quota, quota_rules, setting_rules
from scrapflow.campaign.inspection import PATROLS
from scrapflow.campaign.population import READINGS, Population, Residents
from scrapflow.campaign.quota import count_heads
from scrapflow.campaign.settings import Setting
from scrapflow.errors import InputError

ONE = {
    "enterprises": [{"node_id": "e", "x": 0.1, "y": 0.1, "workers": 300.0}],
    "communities": [
        {"node_id": "c", "x": 0.1, "y": 0.1, "population": 1000.0, "unaffiliated_share": 0.2, "youth_share": 0.25}
    ],
    "yards": [{"node_id": "y", "x": 0.1, "y": 0.1}],
}


def owed(make, world, *rules):
    """Return quotas by node and rule in the first period."""
    c = make.collect(world, {"quota": list(rules)})
    first = c.quotas[c.quotas.period == "2015-01"]
    return {(n, r): round(q, 9) for n, r, q in zip(first.node_id, first.rule_id, first.quota_t, strict=True)}


def test_each_kind_of_rule_counts_its_heads(make):
    """Workers, everyone, the unaffiliated, the members of a body, named places: 300, 1000, 200, 100 heads, 7 t."""
    world = make.world(**ONE)
    assert owed(make, world, {"rule_id": "w", "kind": "per_worker", "kg": 20}) == {("e", "w"): 6.0}
    assert owed(make, world, {"rule_id": "p", "kind": "per_person", "kg": 10}) == {("c", "p"): 10.0}
    assert owed(make, world, {"rule_id": "u", "kind": "unaffiliated", "kg": 20}) == {("c", "u"): 4.0}
    union = {"rule_id": "o", "kind": "organisation", "organisation": "Union", "kg": 30, "members_share": 0.1}
    assert owed(make, world, union) == {("c", "o"): 3.0}
    assert owed(make, world, {"rule_id": "f", "kind": "fixed", "t": 7, "nodes": ["e", "c"]}) == {
        ("c", "f"): 7,
        ("e", "f"): 7,
    }


def test_nobody_is_counted_twice(make):
    """Workers are among their region's affiliated adults, members among residents: later rules leave them out."""
    world = make.world(**ONE)
    workers = {"rule_id": "w", "kind": "per_worker", "kg": 10}
    people = {"rule_id": "p", "kind": "per_person", "kg": 10}
    assert owed(make, world, workers, people) == {("e", "w"): 3.0, ("c", "p"): 7.0}
    assert owed(make, world, people, {**workers, "additional": True}) == {("e", "w"): 3.0, ("c", "p"): 10.0}
    school = {
        "rule_id": "s",
        "kind": "organisation",
        "organisation": "School",
        "kg": 10,
        "members_share": 0.3,
        "draw": "youth",
    }
    rest = {"rule_id": "u", "kind": "unaffiliated", "kg": 10}
    assert owed(make, world, school, rest) == {("c", "s"): 2.5, ("c", "u"): 1.5}
    assert owed(make, world, rest, school) == {("c", "u"): 2.0, ("c", "s"): 2.0}
    assert owed(make, world, rest, {**school, "additional": True}) == {("c", "u"): 2.0, ("c", "s"): 2.5}


@settings(max_examples=20)
@given(seed=st.integers(0, 60), order=st.permutations(range(4)))
def test_heads_of_a_region_never_exceed_its_people(make, seed, order):
    """In whatever order rules count, heads are at most the residents, or the workers where those are more."""
    world = make.random_world(seed)
    rules = [
        {"rule_id": "w", "kind": "per_worker", "kg": 1.0, "additional": False},
        {"rule_id": "u", "kind": "unaffiliated", "kg": 1.0},
        {"rule_id": "p", "kind": "per_person", "kg": 1.0},
        {"rule_id": "o", "kind": "organisation", "organisation": "O", "kg": 1.0, "members_share": 0.4},
    ]
    population = Population.of(world)

    made = [
        quota_rules.QuotaRule(r["rule_id"], r["kind"], Setting(1.0), members_share=Setting(r.get("members_share", 1.0)))
        for r in (rules[i] for i in order)
    ]
    heads = count_heads(made, population)
    assert all((h.workers >= 0).all() and (h.residents >= -1e-9).all() for h in heads)
    residents = sum(h.residents.sum(axis=1) for h in heads)
    assert (residents <= population.residents + 1e-6).all()
    for region in set(population.enterprise_region):
        e, c = population.enterprise_region == region, population.community_region == region
        workers = sum(h.workers[e].sum() for h in heads)
        adults = sum(h.residents[c, 2].sum() for h in heads)
        assert workers + adults <= max(population.workers[e].sum(), population.pools[c, 2].sum()) + 1e-6


def test_windows_say_when_a_quota_falls_due(make):
    """Due every month of the window, once in its first month, or spread over it."""
    world = make.world(**ONE)
    base = {"rule_id": "w", "kind": "per_worker", "kg": 10}
    expected = {
        "period": [0, 3, 3],
        "once": [0, 3, 0],
        "spread": [0, 1.5, 1.5],
    }
    for every, tonnes in expected.items():
        c = make.collect(world, {"quota": [{**base, "every": every, "first": "2015-02"}]})
        quota = c.accounts[c.accounts.node_id == "e"].quota_t.tolist()
        assert quota == pytest.approx(tonnes)


def test_the_body_behind_a_drive_is_kept(make):
    """Tonnes per organisation can be asked for; credit is split over rules in proportion to the quotas."""
    world = make.world(**ONE)
    union = {"rule_id": "o", "kind": "organisation", "organisation": "Women's Union", "kg": 30, "members_share": 0.1}
    rest = {"rule_id": "u", "kind": "unaffiliated", "kg": 20, "additional": True}
    quotas = make.collect(world, {"quota": [union, rest], "filling": {"books_only_share": 0.5}}).quotas
    first = quotas[quotas.period == "2015-01"].set_index("rule_id")
    assert first.loc["o", "organisation"] == "Women's Union"
    assert first.loc["u", "organisation"] == ""
    np.testing.assert_allclose(first["credited_t"] / first["quota_t"], 0.5)


def test_a_word_has_its_code_and_code_its_word():
    """The lists of kinds, draws and due dates are the tables of functions; a word without code cannot be declared."""
    assert tuple(quota.COUNTERS) == quota.KINDS
    assert tuple(quota.POOLS) == quota.DRAWS
    assert tuple(quota_rules.DUE) == quota_rules.EVERY
    assert setting_rules()["inspection.patrol"].allowed == tuple(PATROLS)


def test_a_kind_that_nobody_wrote_counts_nobody(make):
    """A rule of a kind without code fails loudly; it used to count everybody."""
    with pytest.raises(KeyError, match="per_enterprise"):
        count_heads([quota_rules.QuotaRule("x", "per_enterprise", Setting(1.0))], Population.of(make.world(**ONE)))


def test_a_quota_is_a_rate_a_month_whatever_the_unit(make):
    """Weeks and quarters ask for the same a month as months do; what is asked once or spread is a sum."""
    world = make.world(**ONE)
    months = {"day": 12 / 365.25, "week": 84 / 365.25, "month": 1.0, "quarter": 3.0, "year": 12.0}
    for unit, length in months.items():
        for every, factor in (("period", length), ("once", 1.0), ("spread", 0.5)):
            raw = {
                "periods": {"unit": unit, "count": 2},
                "quota": [
                    {"rule_id": "w", "kind": "per_worker", "kg": 10, "every": every},
                    {"rule_id": "f", "kind": "fixed", "t": 7, "nodes": ["c"], "every": every},
                ],
            }
            first = make.collect(world, raw).quotas
            first = first[first.period == first.period.min()].set_index("rule_id")["quota_t"]
            assert first.to_dict() == pytest.approx({"w": 3.0 * factor, "f": 7 * factor})


def test_the_key_of_an_amount_follows_from_the_kind(make):
    """Named places owe tonnes, heads owe kilograms; the other key is refused with the one to write."""
    world = make.world(**ONE)
    for rule, said in (
        ({"kind": "fixed", "kg": 7000, "nodes": ["e"]}, "write t = …, not kg"),
        ({"kind": "per_worker", "t": 1}, "write kg = …, not t"),
        ({"kind": "per_worker"}, "has no value"),
    ):
        with pytest.raises(InputError, match=said):
            make.campaign(world, {"quota": [rule]})


def test_three_readings_of_the_unaffiliated_by_hand():
    """100 people, 30 % who owe, 10 % pupils and students, 40 workers: adults alone, with students, all but workers."""
    known = Residents(np.array([100.0]), np.array([0.3]), np.array([0.1]), np.array([0]), np.array([40.0]))
    pools = {word: read(known).ravel().tolist() for word, read in READINGS.items()}
    assert pools == {
        "proportional": pytest.approx([27, 3, 63, 7]),
        "outside_work": pytest.approx([20, 0, 70, 10]),
        "with_students": pytest.approx([20, 10, 70, 0]),
        "not_workers": pytest.approx([50, 10, 40, 0]),
    }


@given(
    share=st.floats(0, 1),
    young=st.floats(0, 1),
    people=st.lists(st.floats(0, 1e6), min_size=1, max_size=4),
    workers=st.floats(0, 1e6),
)
def test_every_reading_splits_all_residents(share, young, people, workers):
    """Pools are never negative, add up to the residents, and all readings but the narrowest have every student once."""
    m = len(people)
    known = Residents(
        np.array(people), np.full(m, share), np.full(m, young), np.zeros(m, dtype=np.int64), np.array([workers])
    )
    sizes = {}
    for word, read in READINGS.items():
        pools = read(known)
        assert (pools >= -1e-6).all()
        np.testing.assert_allclose(pools.sum(axis=1), people, rtol=1e-9, atol=1e-6)
        np.testing.assert_allclose(pools[:, quota.YOUTH].sum(axis=1), known.persons * young, rtol=1e-9, atol=1e-6)
        sizes[word] = pools[:, :2].sum()
    assert sizes["outside_work"] <= sizes["with_students"] + 1e-6
    assert sizes["proportional"] == pytest.approx(sizes["with_students"], abs=1e-6)


def test_a_reading_decides_who_loots(make):
    """With students half of those who owe are young and half of the lack is theirs; without them nobody loots."""
    world = make.world(
        enterprises=[{"node_id": "e", "x": 0.1, "y": 0.1, "workers": 300.0, "scrap_t": 500.0}],
        communities=[ONE["communities"][0] | {"unaffiliated_share": 0.5}],
        yards=ONE["yards"],
    )
    raw = {"quota": [{"rule_id": "u", "kind": "unaffiliated", "kg": 20}], "looting": {"share": 1.0}}
    looted = {}
    for word in READINGS:
        made = make.collect(world, raw | {"residents": {"unaffiliated": word}})
        looted[word] = made.accounts.query("period == '2015-01'").looted_by_t.sum()
    assert looted["outside_work"] == 0
    assert looted["with_students"] == pytest.approx(5.0)
    assert looted["proportional"] == pytest.approx(2.5)


def test_a_body_that_finds_fewer_members_than_it_has_says_so(make):
    """A union of half of all residents finds a fifth after everybody else was counted; the table and the note say it."""
    world = make.world(**ONE)
    union = {"rule_id": "o", "kind": "organisation", "organisation": "Union", "kg": 1, "members_share": 0.5}
    free = {"rule_id": "u", "kind": "unaffiliated", "kg": 1}
    table = make.campaign(world, {"quota": [union, free]}).members().set_index("rule_id")
    assert table.loc["o", ["asked", "counted", "note"]].tolist() == [500, 500, ""]
    assert table.loc["u", ["asked", "counted", "note"]].tolist() == [200, 100, ""]
    school = union | {"draw": "youth", "rule_id": "s"}
    table = make.campaign(world, {"quota": [school, free]}).members().set_index("rule_id")
    assert table.loc["s", ["asked", "counted"]].tolist() == [500, 250]
    assert "finds 250 of the 500 members" in table.loc["s", "note"]
