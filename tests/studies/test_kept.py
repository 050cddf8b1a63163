"""What an ensemble keeps of its members, and the ranges that queries over it end in."""

from __future__ import annotations

import pytest

import scrapflow as sf
from scrapflow.errors import InputError

N = 9
"""Members of ``ens``."""


def test_totals_alone_are_kept_unless_flows_are_asked_for(toy):
    """keep="totals" has no flows and says how to get them; another word is refused."""
    plain = sf.ensemble(toy, n=2, processes=1)
    assert plain.kept is None
    with pytest.raises(InputError, match="keep='flows'"):
        _ = plain.flows
    with pytest.raises(InputError, match="'totals' or 'flows'"):
        sf.ensemble(toy, n=2, keep="everything", processes=1)


def test_links_that_only_some_members_draw_can_be_asked_for(toy):
    """With a reach from 1 to 600 km some members cart over links that the central run has not."""
    from dataclasses import replace

    tables = dict(toy.tables)
    tables["links"] = toy.links[~toy.links.link_id.isin(["cart_works", "cart_town"])].reset_index(drop=True)
    camp = sf.read_campaign(toy, "2015").update({"transport.reach_km": {"value": 2.0, "low": 1.0, "high": 600.0}})
    found = sf.ensemble(replace(toy, tables=tables), camp, n=12, keep="flows", processes=1)
    carted = found.flows.kind("carted").through("works>yard")
    assert carted.total_t.high > 0
    assert len(carted.to_geo()) > 0


def test_a_member_can_be_asked_as_a_run(ens, runs):
    """A member's movements and queries through places are those of the run with its draw."""
    member = ens.kept.member(2)
    assert (
        member.flows.through("rail_far")
        .by("material", "kind")
        .equals(runs[2].flows.through("rail_far").by("material", "kind"))
    )
    assert member.stocks["closing_t"].sum() > 0


def test_a_run_stands_beside_the_members(toy, ens, runs):
    """Of the members' own runs as many lie below as their rank says; the median has half of them below."""
    for run in runs[:2]:
        table = ens.beside(run).set_index("total")
        value = run.totals().shipped_t
        assert table.run["shipped_t"] == pytest.approx(value)
        members = ens.totals.shipped_t
        assert table.below["shipped_t"] == pytest.approx(((members < value - 1e-9).sum() + 0.5) / N, abs=0.51 / N)
    assert ens.beside(ens.central).below.between(0, 1).all()
