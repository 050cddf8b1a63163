"""From a world to a network: capacities a period, other assumptions, and what it says of itself."""

from __future__ import annotations

import math

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.errors import UnknownNameError
from scrapflow.network import Transport


@pytest.fixture(scope="module")
def net(toy):
    """Return the toy's network."""
    return sf.build_network(toy)


def test_only_a_world_makes_a_network():
    """A name, or nothing at all, is told as such."""
    with pytest.raises((TypeError, ValueError), match="world"):
        sf.build_network("toy")


def test_arcs_are_links_in_the_directions_in_which_they_are_passed(net):
    """A link both ways is two arcs, forward first; ends are turned round on the way back; lengths stay."""
    links = net.links.set_index("link_id")
    for link_id, rows in net.arcs.groupby("link_id", sort=False):
        link = links.loc[link_id]
        assert rows["forward"].tolist() == [True, False][: len(rows)]
        for arc in rows.itertuples():
            ends = (link["from_node_id"], link["to_node_id"])
            assert (arc.from_node_id, arc.to_node_id) == (ends if arc.forward else ends[::-1])
            assert arc.length_km == link["length_km"]


def test_longer_periods_have_more_room_on_every_link_and_nothing_else(net):
    """Three months carry three times as much; costs, lengths and links are as they were, and so is the network it is made of."""
    quarter = net.in_periods(3.0)
    assert quarter.arcs["capacity_t"].tolist() == [3 * c for c in net.arcs["capacity_t"]]
    assert quarter.links["capacity_t"].tolist() == pytest.approx([3 * c for c in net.links["capacity_t"]], nan_ok=True)
    same = ["arc_id", "from_node_id", "to_node_id", "cost_per_t", "length_km"]
    pd.testing.assert_frame_equal(quarter.arcs[same], net.arcs[same])
    assert net.in_periods(1.0) is net
    assert quarter.transport is net.transport


def test_other_assumptions_make_another_network_and_the_same_ones_the_same(net):
    """Dearer rails cost more; a wider reach finds more yards; what is asked for again is what is there."""
    assert net.under(net.transport) is net
    dear = net.under(Transport(rail_cost_per_tkm=3.0))
    assert dear.path("Vale", "Far Mill").cost == pytest.approx(3 * net.path("Vale", "Far Mill").cost)
    assert dear.path("Vale", "Far Mill").length_km == net.path("Vale", "Far Mill").length_km
    assert dear.drawing is net.drawing


@pytest.mark.parametrize("changed", [{"reach_km": 500.0}, {"yard_choices": 9}])
def test_more_choices_are_searched_for_anew_and_are_what_a_fresh_network_has(net, toy, changed):
    """Whether asked of a network or of the world, the catchments agree."""
    wider, fresh = net.under(Transport(**changed)), sf.build_network(toy, transport=Transport(**changed))
    assert wider.drawing is not net.drawing
    for name in ("yard", "link_id", "capacity_t"):
        assert getattr(wider.catchment, name).tolist() == getattr(fresh.catchment, name).tolist()
    assert wider.drawing.candidates.reach_km >= net.drawing.candidates.reach_km
    assert wider.drawing.candidates.choices >= net.drawing.candidates.choices
    again = wider.under(net.transport)
    assert again.drawing is wider.drawing
    assert again.catchment.yard.tolist() == net.catchment.yard.tolist()


def test_a_table_of_costs_between_places_by_any_name(net):
    """As the single path finds them; what nothing joins has no end."""
    table = net.skim(["Vale", "yard"], ["Far Mill", "outside"])
    assert table["origin"].tolist() == ["station", "station", "yard", "yard"]
    assert table["destination"].tolist() == ["far", "outside"] * 2
    assert table["cost"][0] == net.path("Vale", "Far Mill").cost
    assert table["length_km"][0] == 110.0
    assert math.isinf(table["cost"][1])
    with pytest.raises(UnknownNameError):
        net.skim(["nowhere"], ["far"])


def test_it_says_how_many_links_of_each_mode_it_has(net):
    """In a line, and in a notebook with the kilometres; a name with markup stays text."""
    assert repr(net) == "<Network of toy: 7 nodes, 5 links (1 access, 2 rail, 2 road)>"
    shown = net._repr_html_()
    assert "&lt;Network of toy" in shown
    assert "Kilometres by mode" in shown
    assert shown.count("<table") == 2
    for km in net.links.groupby(["mode", "length_basis"])["length_km"].sum():
        assert f"{km:,.0f}" in shown
