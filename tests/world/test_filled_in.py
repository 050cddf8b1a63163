"""What the model works with where values are unknown, and what may be varied."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.errors import InputError
from scrapflow.world import effective_communities, effective_enterprises
from scrapflow.world.shared_frames import shared


def test_given_values_are_kept(toy):
    """Where everything is known nothing is filled."""
    e = effective_enterprises(toy).iloc[0]
    assert [e.workers, e.scrap_t, e.obsolete_machinery_t, e.idle_machinery_t, e.working_machinery_t] == [
        1000,
        10,
        10,
        20,
        60,
    ]
    assert e.workers_basis == "reported"
    assert e.sector == "Machine building"
    assert e.output_unit == "worker-month"


def test_unknown_stocks_come_from_the_sector(folder):
    """Toy sector: 500 workers, 10 kg scrap and 50 kg machinery a worker, 20 % obsolete, 30 % idle."""
    folder.add("nodes", node_id="e2", name="E2", kind="enterprise", basis="assumed", region_id="vale")
    folder.add("enterprises", node_id="e2", sector_id="machinery")
    folder.add("nodes", node_id="e3", name="E3", kind="enterprise", basis="assumed", region_id="vale")
    folder.add(
        "enterprises",
        node_id="e3",
        sector_id="machinery",
        workers="100",
        workers_basis="derived",
        scrap_t="7",
        scrap_t_basis="derived",
    )
    e = effective_enterprises(sf.read_world(folder.path)).set_index("node_id")
    stocks = ["workers", "scrap_t", "obsolete_machinery_t", "idle_machinery_t", "working_machinery_t"]
    np.testing.assert_allclose(e.loc["e2", stocks].to_numpy(float), [500, 5, 5, 7.5, 12.5])
    np.testing.assert_allclose(e.loc["e3", stocks].to_numpy(float), [100, 7, 1, 1.5, 2.5])
    assert e.loc["e2", "workers_basis"] == "assumed"
    assert e.loc["e3", ["workers_basis", "scrap_t_basis", "idle_machinery_t_basis"]].tolist() == [
        "derived",
        "derived",
        "assumed",
    ]


def test_a_filled_value_is_as_weak_as_its_weakest_part(folder):
    """Reported workers times a derived rate is derived."""
    folder.set("sectors", "machinery", scrap_kg_per_worker_basis="derived")
    folder.set("enterprises", "works", scrap_t="")
    assert effective_enterprises(sf.read_world(folder.path)).loc[0, "scrap_t_basis"] == "derived"


def test_a_known_zero_is_not_unknown(folder):
    """Zero is a value; an empty cell is not."""
    folder.set("enterprises", "works", scrap_t="0", scrap_t_low="0")
    assert effective_enterprises(sf.read_world(folder.path)).loc[0, "scrap_t"] == 0.0


def test_arising_is_a_month_of_the_sector(folder):
    """New scrap: workers × rate; the schema's default is none, and it is labelled assumed."""
    assert effective_enterprises(sf.read_world(folder.path)).loc[0, "scrap_arising_t"] == 0.0
    folder.set("sectors", "machinery", scrap_arising_kg_per_worker="2", scrap_arising_kg_per_worker_basis="assumed")
    e = effective_enterprises(sf.read_world(folder.path))
    assert e.loc[0, "scrap_arising_t"] == 2.0
    assert e.loc[0, "scrap_arising_t_basis"] == "assumed"


def test_shares_of_more_than_all_are_scaled(toy):
    """Trying out two high shares at once makes no steel: the parts add up to all machinery."""
    world = toy.with_values(
        {("sectors", "machinery", "obsolete_share"): 0.8, ("sectors", "machinery", "idle_share"): 0.8}
    )
    unknown = ["obsolete_machinery_t", "idle_machinery_t", "working_machinery_t"]
    tables = {**world.tables, "enterprises": world.enterprises.assign(**dict.fromkeys(unknown, np.nan))}
    e = effective_enterprises(sf.World("x", tables))
    np.testing.assert_allclose(e[unknown].to_numpy(), [[25, 25, 0]])


def test_communities_in_tonnes_and_persons(toy):
    """5,000 people, a fifth unaffiliated, 2 kg of scrap and 10 kg of appliances each."""
    c = effective_communities(toy).iloc[0]
    assert [c.unaffiliated, c.youth, c.household_scrap_t, c.appliance_t] == [1000, 1250, 10, 50]
    assert c.unaffiliated_basis == "assumed"


def test_nothing_is_nan_even_if_all_is_unknown(folder):
    """Whatever is unknown, the model gets numbers (and the check has warned)."""
    folder.put("communities", [["node_id"], ["town"]])
    folder.put("sectors", [["sector_id", "name"], ["machinery", "M"]])
    folder.put("enterprises", [["node_id", "sector_id"], ["works", "machinery"]])
    world = sf.read_world(folder.path)
    for frame in (effective_enterprises(world), effective_communities(world)):
        assert not frame.isna().any().any()
    assert len(world.check()) >= 5


def test_worlds_without_people_are_empty_frames(folder):
    """No enterprises and no communities: empty frames with all columns."""
    for name in ("enterprises", "communities", "sectors"):
        (folder.path / f"{name}.csv").unlink()
    world = sf.read_world(folder.path)
    assert len(effective_enterprises(world)) == 0
    assert "working_machinery_t_basis" in effective_enterprises(world)
    assert "youth" in effective_communities(world)


def test_values_can_be_tried_out_without_touching_the_world(toy):
    """A sector-level and a row-level value change what the model works with; the original and other tables stay."""
    changed = toy.with_values(
        pd.DataFrame(
            [("sectors", "machinery", "output_per_worker", 3.0), ("enterprises", "works", "scrap_t", 4.0)],
            columns=["table", "row", "column", "value"],
        )
    )
    e = effective_enterprises(changed).iloc[0]
    assert [e.output_per_worker, e.scrap_t] == [3.0, 4.0]
    assert toy.enterprises["scrap_t"].tolist() == [10.0]
    assert shared(changed.tables)["nodes"] is shared(toy.tables)["nodes"]
    assert shared(changed.tables)["mills"] is shared(toy.tables)["mills"]


def test_a_changed_length_keeps_the_geometry(toy):
    """Spatial tables stay GeoDataFrames when a number of theirs is replaced."""
    changed = toy.with_values({("links", "rail_far", "length_km"): 120.0})
    assert changed.links.crs == "EPSG:4326"
    assert changed.links.set_index("link_id").loc["rail_far", "length_km"] == 120.0


@pytest.mark.parametrize(
    ("key", "value", "part"),
    [
        (("mill", "near", "intake_t"), 1.0, "no such table"),
        (("mills", "nera", "intake_t"), 1.0, "no such row"),
        (("mills", "near", "process"), 1.0, "no number that can be set"),
        (("mills", "near", "intake_t"), -1.0, "outside"),
        (("mills", "near", "intake_t"), float("nan"), "nan is no number"),
        (("nodes", "near", "x_coord"), 1.0, "no number that can be set"),
    ],
)
def test_values_that_fit_nowhere_are_refused(toy, key, value, part):
    """A value for a place that does not exist or cannot hold it is refused, not ignored."""
    with pytest.raises(InputError, match=part):
        toy.with_values({key: value})


def test_all_values_that_fit_nowhere_are_named(toy):
    """Both wrong values are in the one report."""
    with pytest.raises(InputError) as e:
        toy.with_values({("mill", "near", "intake_t"): 1.0, ("mills", "nera", "intake_t"): 1.0})
    assert len(e.value.problems) == 2


@pytest.mark.parametrize(
    ("stock", "parts"),
    [
        ("scrap_t", ("scrap_kg_per_worker",)),
        ("obsolete_machinery_t", ("machinery_kg_per_worker", "obsolete_share")),
        ("idle_machinery_t", ("machinery_kg_per_worker", "idle_share")),
        ("working_machinery_t", ("machinery_kg_per_worker", "obsolete_share", "idle_share")),
    ],
)
def test_each_stock_is_as_weak_as_its_weakest_part(folder, stock, parts):
    """Of every material: one assumed rate, or an assumed headcount, makes an assumed stock; none leaves it reported."""
    origin = {"basis": "reported", "source_id": "drawn"}
    rates = {"scrap_kg_per_worker": "10", "machinery_kg_per_worker": "90", "obsolete_share": "0.2", "idle_share": "0.1"}
    cells = rates | {f"{r}_{k}": v for r in rates for k, v in origin.items()}
    bare = {f"{r}_{end}": "" for r in rates for end in ("low", "high")}
    folder.set("sectors", "machinery", **cells, **bare)
    folder.set("enterprises", "works", **{stock: "", f"{stock}_low": "", f"{stock}_high": "", f"{stock}_basis": ""})

    def basis(**sector):
        folder.set("sectors", "machinery", **cells, **bare)
        folder.set("sectors", "machinery", **sector)
        return effective_enterprises(sf.read_world(folder.path)).loc[0, f"{stock}_basis"]

    assert basis() == "reported"
    for rate in rates:
        weak = {f"{rate}_basis": "assumed", f"{rate}_source_id": ""}
        assert basis(**weak) == ("assumed" if rate in parts else "reported")
    folder.set("enterprises", "works", workers_basis="derived", workers_source_id="")
    assert basis() == "derived"
