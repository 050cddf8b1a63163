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
    assert seen == [2]
    assert (table.load_t["rail_far"], table.lost_t["rail_far"], table.added_tkm["rail_far"]) == (0.0, 0.0, 0.0)
