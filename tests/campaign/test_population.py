"""Who there is, as arrays sorted by identifier; and who "residents outside factories" are, in four readings."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapflow.campaign.population import READINGS, Population, Residents, materials_of


@given(
    persons=st.lists(st.floats(0, 1e6), min_size=1, max_size=5),
    free=st.floats(0, 1),
    young=st.floats(0, 1),
    workers=st.floats(0, 1e6),
)
@pytest.mark.parametrize("reading", READINGS)
def test_every_reading_counts_each_resident_once(reading, persons, free, young, workers):
    """The four pools are never negative and add up to the residents of each community, and pupils to its pupils."""
    n = len(persons)
    residents = Residents(
        np.array(persons), np.full(n, free), np.full(n, young), np.zeros(n, dtype=np.int64), np.array([workers])
    )
    pools = READINGS[reading](residents)
    assert pools.shape == (n, 4)
    assert (pools >= -1e-6).all()
    np.testing.assert_allclose(pools.sum(axis=1), persons, rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(pools[:, [1, 3]].sum(axis=1), np.array(persons) * young, rtol=1e-9, atol=1e-6)


def test_the_readings_of_a_town_of_a_hundred():
    """50 outside factories, 25 young, 30 workers beside it in the region: four readings of who is left."""
    r = Residents(np.array([100.0]), np.array([0.5]), np.array([0.25]), np.array([0]), np.array([30.0]))
    pools = {word: read(r)[0].tolist() for word, read in READINGS.items()}
    assert pools == {
        "proportional": [37.5, 12.5, 37.5, 12.5],
        "outside_work": [25, 0, 50, 25],
        "with_students": [25, 25, 50, 0],
        "not_workers": [45, 25, 30, 0],
    }


def test_more_students_than_unaffiliated_are_among_the_others():
    """Where 20 are outside factories and 30 are young, 20 young are outside and 10 are not; no adult is."""
    r = Residents(np.array([100.0]), np.array([0.2]), np.array([0.3]), np.array([0]), np.array([0.0]))
    assert READINGS["with_students"](r)[0].tolist() == pytest.approx([0, 20, 70, 10])
    assert READINGS["outside_work"](r)[0].tolist() == pytest.approx([0, 0, 70, 30])


def test_workers_live_among_the_adults_of_their_own_region_in_proportion():
    """60 workers among 80 and 40 adults of one region: 40 and 20; 500 workers in a region of 50 adults: all of them."""
    r = Residents(
        np.array([100.0, 50.0, 50.0]), np.full(3, 0.5), np.array([0.2, 0.2, 0.0]), np.array([0, 0, 1]), np.array([60.0, 500.0])
    )  # fmt: skip
    assert READINGS["not_workers"](r).tolist() == [[40, 20, 40, 0], [20, 10, 20, 0], [0, 0, 50, 0]]


FIRMS = [
    {"node_id": "w2", "region": "s", "workers": 20.0, "sites": float("nan"), "scrap_t": 1.0, "obsolete_machinery_t": 2.0,
     "idle_machinery_t": 3.0, "working_machinery_t": 4.0},
    {"node_id": "w1", "x": 1.0, "y": 2.0, "region": "r", "workers": 10.0, "sites": 5.0},
]  # fmt: skip
TOWNS = [
    {"node_id": "t2", "x": 3.0, "y": 4.0, "region": "r", "population": 100.0, "unaffiliated_share": 0.5, "youth_share": 0.25,
     "household_scrap_kg": 10.0, "appliance_kg": 20.0},
    {"node_id": "t1", "region": "s", "population": 1000.0, "unaffiliated_share": 0.1, "youth_share": 0.0},
]  # fmt: skip


@pytest.fixture(scope="module")
def world(make):
    """Return two works and two towns in two regions, not in order."""
    sectors = [{"sector_id": "s", "name": "S", "scrap_arising_kg_per_worker": 3.0, "output_per_worker": 1.0}]
    return make.world(enterprises=FIRMS, communities=TOWNS, regions=("r", "s"), sectors=sectors)


def test_the_arrays_of_a_world_are_sorted_by_identifier(world):
    """Each array has the enterprise or town of its position: numbers, regions, coordinates, pools."""
    p = Population.of(world)
    assert (p.enterprise_id.tolist(), p.community_id.tolist()) == (["w1", "w2"], ["t1", "t2"])
    assert (p.enterprise_region.tolist(), p.community_region.tolist()) == (["r", "s"], ["s", "r"])
    assert (p.workers.tolist(), p.sites.tolist(), p.residents.tolist()) == ([10, 20], [5, 1], [1000, 100])
    assert p.stock.tolist() == [[0, 0, 0, 0], [1, 2, 3, 4]]
    assert p.arising.tolist() == pytest.approx([0.03, 0.06])
    assert p.household.tolist() == [[0, 0], [1, 2]]
    np.testing.assert_array_equal(p.enterprise_xy, [[1, 2], [np.nan, np.nan]])
    np.testing.assert_array_equal(p.community_xy, [[np.nan, np.nan], [3, 4]])
    assert p.pools.tolist() == [[100, 0, 900, 0], [37.5, 12.5, 37.5, 12.5]]
    assert p.held == (0, 1, 2, 3)
    assert [p.materials[i] for i in p.gathered] == ["scrap", "appliance"]


def test_workers_of_a_region_live_in_its_towns(world):
    """Without students counted in, 10 workers of region r are among t2's 75 adults and 20 of s among t1's 1,000."""
    assert Population.of(world, "not_workers").pools.tolist() == [[980, 0, 20, 0], [65, 25, 10, 0]]


def test_a_world_is_read_once_for_each_reading(world):
    """The same world gives the same arrays, another reading its own."""
    assert Population.of(world) is Population.of(world, "proportional")
    assert Population.of(world, "with_students") is not Population.of(world)


def test_materials_of_a_worlds_own_have_its_order_and_roles(world):
    """Positions follow the table; of two materials of a role the first counts; a role without any holds nothing."""
    words = [("pots", "appliance"), ("ore", ""), ("iron", "scrap"), ("steel", "scrap"), ("lathes", "working")]
    rows = [dict.fromkeys(("group", "name", "name_local", "colour"), "") | {"material": m, "role": r} for m, r in words]
    own = dataclasses.replace(world, tables=world.tables | {"materials": pd.DataFrame(rows, dtype="str")})
    p = Population.of(own)
    assert p.materials == ("pots", "ore", "iron", "steel", "lathes") == tuple(m.material for m in materials_of(own))
    assert (p.held, p.gathered) == ((2, -1, -1, 4), (2, 0))
    assert p.stock.tolist() == [[0, 0, 0, 0], [1, 0, 0, 4]]
    assert p.household.tolist() == [[0, 0], [1, 2]]
    assert p.arising.tolist() == pytest.approx([0.03, 0.06])


def test_an_empty_table_of_materials_means_the_packaged_ones(world):
    """A table without rows says nothing of materials."""
    empty = dataclasses.replace(world, tables=world.tables | {"materials": world.tables["materials"].iloc[:0]})
    assert Population.of(empty).materials == Population.of(world).materials


def test_who_there_is_cannot_be_changed_in_place(world):
    """It is kept as long as the world, so that nobody may put another array in."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        Population.of(world).workers = np.zeros(2)
