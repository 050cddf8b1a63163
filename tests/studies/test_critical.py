"""Critical links: every closure alone, against the slow way."""

from __future__ import annotations

import pytest

import scrapflow as sf


@pytest.mark.parametrize("changes", [{}, {"transport.foresight": "myopic"}])
def test_the_batch_agrees_with_one_what_if_after_the_other(toy, changes):
    """Tonnes lost by each closure are those of the what-if that closes it."""
    run = sf.run(toy, sf.read_campaign(toy, "2015").update(changes))
    table = sf.critical_links(run).set_index("link_id")
    for link in table.index:
        alone = sf.what_if(run, close=[link])
        assert table.lost_t[link] == pytest.approx(run.totals().delivered_t - alone.b.totals().delivered_t, abs=1e-6)


def test_the_gate_is_the_worst_and_the_branch_the_least(toy_run):
    """Without the gate 53.5 t are lost; without the trunk line 23.5; without the branch nothing, but 90 km more for 30 t less room."""
    table = sf.critical_links(toy_run).set_index("link_id")
    assert table.lost_t.to_dict() == pytest.approx({"gate": 53.5, "rail_far": 23.5, "rail_near": 0.0})
    assert table.added_tkm["rail_near"] == pytest.approx(30 * 90)


def test_only_used_links_are_solved_for_and_all_are_listed(toy):
    """With a near mill that takes everything, the trunk line carries nothing and is worth nothing."""
    world = toy.with_values({("mills", "near", "intake_t"): 40.0})
    seen = []
    table = sf.critical_links(sf.run(world), progress=lambda done, of: seen.append(of)).set_index("link_id")
    assert seen == [2, 2]
    assert (table.load_t["rail_far"], table.lost_t["rail_far"], table.added_tkm["rail_far"]) == (0.0, 0.0, 0.0)


def test_links_in_a_row_are_solved_once_and_told_alike(toy):
    """The trunk line cut in two at a station without a yard: three closures are solved for, four links are told."""
    from dataclasses import replace

    import pandas as pd

    links, nodes = toy.links.copy(), toy.nodes.copy()
    half = links[links.link_id == "rail_far"].assign(link_id="rail_half", from_node_id="half", length_km=50.0)
    links.loc[links.link_id == "rail_far", ["to_node_id", "length_km"]] = ["half", 60.0]
    stop = nodes[nodes.node_id == "station"].assign(node_id="half", name="Half", name_local="", aliases="", x_coord=0.9)
    tables = dict(toy.tables)
    tables["links"] = pd.concat([links, half], ignore_index=True)
    tables["nodes"] = pd.concat([nodes, stop], ignore_index=True)
    run, seen = sf.run(replace(toy, tables=tables)), []
    table = sf.critical_links(run, progress=lambda done, of: seen.append((done, of))).set_index("link_id")
    assert seen == [(1, 3), (2, 3), (3, 3)]
    for link in ("rail_far", "rail_half"):
        shut = sf.what_if(run, close=[link]).b
        assert table.lost_t[link] == pytest.approx(23.5) == pytest.approx(53.5 - shut.totals().delivered_t)
        assert table.added_tkm[link] == pytest.approx(-23.5 * 110)


@pytest.mark.slow
def test_each_closure_of_the_real_world_is_as_a_what_if_says(dprk_run):
    """Tonnes lost are those of a what-if, on the worst, a middling and a harmless link."""
    table = sf.critical_links(dprk_run)
    used = table[table.load_t > 0]
    for row in used.iloc[[0, len(used) // 2, -1]].itertuples():
        shut = sf.what_if(dprk_run, close=[row.link_id]).b
        assert row.lost_t == pytest.approx(dprk_run.totals().delivered_t - shut.totals().delivered_t, abs=1e-3)


def test_links_of_one_track_share_it_while_others_are_closed(toy):
    """Two links to the near mill on a track for 10 t a month: 20 t in two months go by either, and 33.5 t to the far mill.

    Closing one of them costs nothing, for the other carries the 20 t. Were each given 10 t, 30 t (all the near mill takes) would go by
    the two, and closing one would send 10 t 90 km further.
    """
    from dataclasses import replace

    import pandas as pd

    links = toy.links.copy()
    near = links["link_id"] == "rail_near"
    links.loc[near, ["capacity_t", "track_id"]] = [10.0, "shared"]
    twin = links[near].assign(link_id="rail_twin")
    run = sf.run(replace(toy, tables={**toy.tables, "links": pd.concat([links, twin], ignore_index=True)}))
    assert run.flows.to("near").total_t == pytest.approx(20)
    table = sf.critical_links(run).set_index("link_id")
    twins = table.loc[["rail_near", "rail_twin"]]
    assert twins["load_t"].sum() == pytest.approx(20)
    assert twins["lost_t"].max() == pytest.approx(0, abs=1e-5)
    assert twins["added_tkm"].abs().max() == pytest.approx(0, abs=1e-2)
    alone = sf.what_if(run, close=["rail_near"]).b
    assert alone.flows.to("near").total_t == pytest.approx(20)
