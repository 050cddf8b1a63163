"""A place and its facts in one call, with their origin, and out again."""

from __future__ import annotations

import pytest

import scrapflow as sf


def test_an_enterprise_of_ones_own_takes_part(toy):
    """It owes, has an origin, stands among the changes, and the world can be written and read."""
    world = toy.with_enterprise(name="New Works", lon=0.41, lat=0.42, workers=3000, source="https://example.org/visit")
    row = world.enterprises.set_index("node_id").loc["newworks"]
    assert (row["workers"], row["workers_basis"], row["workers_source_id"] != "") == (3000, "reported", True)
    run = sf.run(world)
    quotas = run.accounts.groupby("node_id")["quota_t"].sum()
    assert quotas["newworks"] == pytest.approx(3 * quotas["works"])
    assert {c["row"] for c in run.meta["changes"]} == {"newworks"}
    assert run.meta["inputs"] != sf.run(toy).meta["inputs"]


def test_without_a_source_it_is_assumed(toy):
    """Nobody reported what is merely tried out."""
    world = toy.with_enterprise(name="New Works", lon=0.41, lat=0.42, workers=10)
    assert world.enterprises.set_index("node_id").loc["newworks", "workers_basis"] == "assumed"


def test_a_new_line_carries_tonnes_and_can_go_again(toy):
    """A station and two links shorten the way; without them the world is as before."""
    world = toy.with_station(name="Halt", lon=0.9, lat=0.5).with_link("Vale", "Halt", length_km=30)
    world = world.with_link("Halt", "Far Mill", length_km=40)
    assert sf.build_network(world).path("Vale", "Far Mill").length_km == 70
    again = world.without("Halt")
    assert again.links["link_id"].tolist() == toy.links["link_id"].tolist()
    assert sf.build_network(again).path("Vale", "Far Mill").length_km == 110


def test_what_is_wrong_is_refused(toy):
    """Swapped coordinates, an unknown sector, negative workers, a name that is not there."""
    with pytest.raises(sf.InputError, match="latitude"):
        toy.with_enterprise(name="X", lon=0.4, lat=125.0)
    with pytest.raises(sf.UnknownNameError, match="no sector is called"):
        toy.with_enterprise(name="X", lon=0.4, lat=0.4, sector="Mining")
    with pytest.raises(sf.InputError, match="negative"):
        toy.with_enterprise(name="X", lon=0.4, lat=0.4, workers=-1)
    with pytest.raises(sf.UnknownNameError):
        toy.without("Nowhere at all")


def test_all_that_is_wrong_with_an_enterprise_is_told_at_once(toy):
    """Workers that are no number and a sector that there is not: two faults, each in its column."""
    with pytest.raises(sf.InputError) as told:
        toy.with_enterprise(name="X", lon=0.4, lat=0.4, workers="3000 people", sector="Machine bilding")
    assert told.value.problems["column"].tolist() == ["workers", "sector"]
    assert "Machine bilding" in told.value.problems["message"].iloc[1]
