"""What the report of 2015 makes one ask is asked in one line: yards, inspections, shares of mills, heads."""

from __future__ import annotations

import pytest
import worlds

import scrapflow as sf
from scrapflow.queries.report import report


def test_a_yard_tells_its_share_of_functional_machinery(toy_run):
    """Functional is idle and working; what is held is the opening stock and all that came in."""
    held = sf.yards(toy_run).set_index("period")
    stocks = toy_run.stocks[toy_run.stocks["node_id"] == "yard"]
    came = (stocks["opening_t"] + stocks["in_t"]).groupby(stocks["period"]).sum()
    assert held["held_t"].to_dict() == pytest.approx(came.to_dict())
    assert held.loc["2015-02", "functional_t"] == pytest.approx(
        held.loc["2015-02", ["idle_machinery_t", "working_machinery_t"]].sum()
    )
    assert held["functional_share"].to_dict() == pytest.approx((held["functional_t"] / held["held_t"]).to_dict())


def test_the_claim_about_the_yard_and_the_table_of_yards_are_one_number(dprk_run):
    """What the source says of South P'yongan in a month is read off that row."""
    claim = dprk_run.claims().query("metric == 'yard_functional_t'").iloc[0]
    whole = sf.yards(dprk_run, by=["period", "region"]).set_index(["period", "region"])
    whole = whole.loc[(claim["period"], "South Pyongan")]
    assert claim["modelled"] == pytest.approx(whole["functional_t"])
    assert claim["stated"] == pytest.approx(whole["scrap_t"])


def test_inspections_and_punishment_by_place_and_time(toy_run):
    """Sums are those of the accounts; detection is a mean, for it is a chance."""
    found = sf.penalties(toy_run, by=["period", "name"])
    firms = toy_run.accounts[toy_run.accounts["node_id"] == "works"].reset_index(drop=True)
    assert found["intercepted_t"].tolist() == firms["intercepted_t"].tolist()
    assert found["marks"].tolist() == firms["mark_probability"].tolist()
    assert found["detection"].tolist() == [0.5, 0.5]
    assert sf.penalties(toy_run)["enterprises"].tolist() == [1]


def test_without_the_period_yards_tell_the_mean(toy_run):
    """15 + … in January, 2.5 + … in February: scrap is 8.75 t a month."""
    assert sf.yards(toy_run, by="name")["scrap_t"].tolist() == [8.75]


@pytest.mark.parametrize("ask", [sf.yards, sf.penalties, sf.burden])
def test_a_misspelt_column_is_an_unknown_name(toy_run, ask):
    """The near one is offered."""
    with pytest.raises(sf.errors.UnknownNameError, match="did you mean region") as caught:
        ask(toy_run, by="regoin")
    assert "region" in caught.value.candidates


def test_shares_of_mills_that_cannot_be_had_are_reported(toy):
    """The near mill takes 30 t in two months, whatever the campaign wishes: it is said in a table and in the report."""
    wish = {"allocation.shares.near": 0.9, "allocation.shares.far": 0.1}
    run = sf.run(toy, sf.read_campaign(toy).update(wish))
    shares = run.allocation().set_index("node_id")
    assert shares["tonnage_t"].to_dict() == pytest.approx({"near": 30.0, "far": 23.5})
    assert not shares["met"].any()
    assert "Near Mill was to receive 90.0% of what was shipped, and got 56.1%" in report(run)


def test_shares_of_mills_that_are_had_are_not_complained_of(toy, toy_run):
    """Met shares are met; without a wish there is no row."""
    run = sf.run(toy, sf.read_campaign(toy).update({"allocation.shares.near": 0.3, "allocation.shares.far": 0.7}))
    assert run.allocation()["met"].all()
    assert "was to receive" not in report(run)
    assert toy_run.allocation().empty


def test_a_world_without_such_people_runs_the_same_campaign(make):
    """A rule that chooses nobody itself asks for nothing where nobody fits it, and the report says so."""
    run = sf.run(make(leave_out=("communities",), nodes=worlds.NODES.replace("community", "yard")), "2015")
    assert set(run.quotas["rule_id"]) == {"heads"}
    assert "nobody owes anything by the quota rule 'rest'" in report(run)


def test_an_unknown_population_does_not_stop_a_run(make):
    """The number of residents is not known, so residents cannot be asked; the factories still are."""
    world = make(communities="node_id,population\nc1,\nc2,\n")
    assert "unknown" in world.check().query("table == 'communities' and column == 'population'")["message"].iloc[0]
    assert set(sf.run(world, "2015").quotas["rule_id"]) == {"heads"}
