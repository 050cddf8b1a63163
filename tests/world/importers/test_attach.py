"""Mills and yards are joined to the main network, and known tonnes to their yards and mills."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf
from tests.made_up_inputs import SITES, lines


def test_known_tonnes_make_yards_and_mills_under_the_names_of_their_places():
    """A place that offers has a yard, one that wants a mill; rows add up as they are; the source is theirs."""
    supply = pd.DataFrame({"place": ["West", "West"], "tonnes": [10, 5], "period": ["2019", "2019"]})
    demand = pd.DataFrame({"place": ["Middle"], "tonnes": [12], "period": ["2019"]})
    world = sf.world_from(lines(), places=SITES, supply=supply, demand=demand, source="Agency")
    assert world.supply["node_id"].unique().tolist() == ["yard_west"]
    assert world.supply["tonnage_t"].sum() == 15
    assert set(world.supply["tonnage_t_basis"]) == {"reported"}
    assert world.demand["node_id"].tolist() == ["mill_middle"]
    assert world.names.meant("West", ("yard",)).id == "yard_west"
    with pytest.raises(sf.InputError, match="Nowhere"):
        sf.world_from(lines(), places=SITES, supply=supply.assign(place="Nowhere"))


def test_a_mill_that_was_joined_to_a_junction_gets_no_second_way():
    """The mill stands 111 m off the end of the branch; a straight link to West, 16.7 km away, was shorter than the rails."""
    sites = pd.DataFrame(
        {"name": ["West", "Mill"], "kind": ["station", "mill"], "lon": [10.0, 10.1], "lat": [50.0, 50.101]}
    )
    rows = ["LINESTRING (10 50, 10.1 50)", "LINESTRING (10.1 50, 10.2 50)", "LINESTRING (10.1 50, 10.1 50.1)"]
    net = sf.build_network(sf.world_from(lines(rows), places=sites))
    assert (net.links["mode"] == "access").sum() == 1
    assert net.path("West", "Mill").length_km == pytest.approx(7.1696 + 11.1230 + 0.1112, abs=1e-3)


def test_what_a_factory_offers_is_attached_as_a_yard_is():
    """The works stand 1 km from a junction and 36 km from the next station: their tonnes join the rails at the junction."""
    places = pd.DataFrame({"name": ["West", "Works", "Mill"], "lon": [10.0, 10.51, 11.0], "lat": [50.0, 50.01, 50.0],
                           "kind": ["station", "factory", "mill"]})  # fmt: skip
    supply, demand = (pd.DataFrame({"place": [p], "tonnes": [5.0]}) for p in ("Works", "Mill"))
    world = sf.world_from(lines(), places=places, supply=supply, demand=demand)
    junction = world.links.loc[world.links["from_node_id"] == "yard_works", "to_node_id"].tolist()
    assert len(junction) == 2
    run = sf.run(world)
    assert run.flows.total_t == 5
    assert run.paths["link_id"].tolist()[0] == f"yard_works>{junction[1]}"
    assert world.nodes.set_index("node_id").loc[junction[1], "kind"] == "junction"
