"""What people moved, as codes."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from scrapflow.vocabulary import KINDS, VIAS

WORKS = {"node_id": "e", "x": 0.1, "y": 0.1, "workers": 1000.0, "scrap_t": 10.0, "idle_machinery_t": 30.0}
TOWN = {"node_id": "c", "x": 0.1, "y": 0.1, "population": 1000.0, "household_scrap_kg": 5.0, "appliance_kg": 9.0}
YARD = {"node_id": "y", "x": 0.1, "y": 0.1}
RAW = {
    "quota": [
        {"rule_id": "w", "kind": "per_worker", "kg": 20},
        {"rule_id": "u", "kind": "unaffiliated", "kg": 30},
    ],
    "show": {"share": 0.5},
    "looting": {"share": 1.0, "by": "everyone", "reach_km": 5},
    "leakage": {"share": 0.1},
}


@pytest.fixture(scope="module")
def world(make):
    """Return a works, a town and a yard at one place."""
    return make.world(enterprises=[WORKS], communities=[TOWN], yards=[YARD])


def test_codes_say_what_the_table_says(make, world):
    """Each leg's positions, looked up in their lists, are the row of the table; legs above zero, sorted by their names."""
    collected = make.collect(world, RAW)
    legs, table = collected.legs, collected.movements
    assert set(table.kind) == {"carted", "returned", "looted", "leaked"}
    for column, code, labels in (
        ("kind", legs.kind, KINDS), ("material", legs.material, legs.materials), ("via", legs.via, VIAS),
        ("origin", legs.origin, legs.places), ("destination", legs.destination, legs.places),
    ):  # fmt: skip
        assert table[column].tolist() == [labels[i] for i in code]
    assert (legs.tonnage_t > 0).all()
    keys = ["period", "kind", "material", "via", "origin", "destination"]
    pd.testing.assert_frame_equal(table[keys], table[keys].sort_values(keys, ignore_index=True))


def test_sums_are_those_of_the_legs(make, world):
    """By kind, material and origin, and by kind and link, the sums are those of the table, with nothing beside."""
    collected = make.collect(world, RAW)
    sums, table, index = collected.sums, collected.movements, ["period", "kind", "material", "origin"]
    links = np.append(collected.history.access.link_ids, "")[sums.link]
    periods = collected.periods["period"].tolist()
    for kind, amount in sums.by_origin.items():
        of_kind = table[table["kind"] == kind]
        assert amount.sum() == pytest.approx(of_kind["tonnage_t"].sum(), rel=1e-12)
        for (period, _, material, origin), t in of_kind.groupby(index)["tonnage_t"].sum().items():
            at = periods.index(period), collected.materials.index(material)
            assert amount[at][sums.places == origin].sum() == pytest.approx(t, rel=1e-12)
        for (period, link), t in of_kind.groupby(["period", "link_id"])["tonnage_t"].sum().items():
            assert sums.by_link[kind][periods.index(period), links == link].sum() == pytest.approx(t, rel=1e-12)
    assert set(sums.by_origin) == set(sums.by_link) == set(table["kind"])


def test_arrays_follow_the_order_of_the_worlds_own_materials(make, world):
    """A world that lists its materials in another order, with one more of no role, moves the same tonnes of each."""
    words = [("copper", ""), ("appliance", "appliance"), ("working_machinery", "working"), ("idle_machinery", "idle"),
             ("obsolete_machinery", "obsolete"), ("scrap", "scrap")]  # fmt: skip
    rows = [dict.fromkeys(("group", "name", "name_local", "colour"), "") | {"material": m, "role": r} for m, r in words]
    tables = world.tables | {"materials": pd.DataFrame(rows, dtype="str")}
    own = make.collect(dataclasses.replace(world, tables=tables), RAW)
    packaged = make.collect(world, RAW)
    assert own.materials == tuple(m for m, _ in words)
    order = [own.materials.index(m) for m in packaged.materials]
    np.testing.assert_allclose(own.arrivals[:, :, order], packaged.arrivals)
    pd.testing.assert_frame_equal(own.movements, packaged.movements)
    assert own.arrivals[:, :, own.materials.index("copper")].sum() == 0
