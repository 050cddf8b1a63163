"""Studies of known tonnes: a world without a campaign is drawn, ranked, and refused with the fix where it cannot be asked."""

from __future__ import annotations

import numpy as np
import pytest

import scrapflow as sf
from scrapflow.errors import InputError
from scrapflow.studies.known_study import KnownStudy, uncertain_known

TABLES = {
    "nodes": "node_id,name,kind,x_coord,y_coord\na,A,station,0,0\nb,B,station,1,0\ny,Y,yard,0,0\nm,M,mill,1,0\n",
    "links": "link_id,from_node_id,to_node_id,mode,length_km,capacity_t\nt,a,b,rail,100,{room}\n"
    "g,y,a,access,1,\ns,m,b,access,1,\n",
    "supply": "node_id,period,material,tonnage_t,tonnage_t_low,tonnage_t_high,tonnage_t_basis,tonnage_t_source_id\n"
    "y,2019-01,iron,6,2,18,reported,s\ny,2019-01,scrap,4,2,8,assumed,\n",
    "demand": "node_id,period,material,tonnage_t\nm,2019-01,iron,99\nm,2019-01,scrap,99\n",
    "mills": "node_id\nm\n",
    "materials": "material,name\niron,iron\nscrap,scrap\n",
    "sources": "source_id,title,publisher,reliability\ns,S,P,B\n",
    "regions": "region_id,name\n",
}


@pytest.fixture
def world(tmp_path):
    """Write a world of one line with 6 t of iron (2 to 18) and 4 t of scrap (2 to 8)."""

    def make(room=""):
        for name, text in TABLES.items():
            (tmp_path / f"{name}.csv").write_text(text.format(room=room), encoding="utf-8")
        return sf.read_world(tmp_path)

    return make


def test_supply_is_drawn_within_its_ranges(world):
    """The central run is the world's; members lie between the sums of lows and highs, half on either side of the middle."""
    ens = sf.ensemble(world(), n=8, processes=1)
    assert ens.central.totals()["delivered_t"] == 10.0
    delivered = ens.totals["delivered_t"]
    assert delivered.between(4, 26).all()
    assert (delivered < 10).sum() == (delivered > 10).sum() == 4
    low, median, high = ens.ranges().set_index("total").loc["delivered_t", ["low", "median", "high"]]
    assert low < 10 < high
    assert median == pytest.approx(10, rel=0.25)
    loads = ens.link_loads.set_index("link_id")
    assert loads.loc["t", ["low", "high"]].tolist() == pytest.approx([low, high], rel=1e-5)


def test_rows_move_together_unless_each_is_asked_for(world):
    """With ``detail`` iron and scrap are two assumptions, drawn apart; else one quantile moves both."""
    found = uncertain_known(world(), detail=True)
    assert sorted(found.groups["input"]) == ["supply.y 2019-01 iron.tonnage_t", "supply.y 2019-01 scrap.tonnage_t"]
    together = KnownStudy(world(), uncertain_known(world()))
    drawn = together.drawer(np.array([0.0]))["supply.tonnage_t"]
    assert drawn.tolist() == [2.0, 2.0]


def test_a_full_link_bounds_what_arrives(world):
    """Of a track that carries 11 t no member brings more."""
    assert sf.ensemble(world(room=11), n=4, processes=1).totals["delivered_t"].max() == pytest.approx(11, abs=1e-4)


def test_sensitivity_moves_supply_from_low_to_high(world):
    """From 4 to 26 t, all together."""
    row = sf.sensitivity(world(), processes=1).iloc[0]
    assert row["input"] == "supply.tonnage_t"
    assert row[["total_at_low_t", "total_t", "total_at_high_t"]].tolist() == [4.0, 10.0, 26.0]


def test_two_processes_give_the_same(world):
    """A study travels to other processes and gives the same members there."""
    totals = [sf.ensemble(world(), n=2, processes=p).totals.to_numpy() for p in (1, 2)]
    assert np.array_equal(*totals)


def test_a_study_runs_the_world_as_it_is(world):
    """Without other values a member is the run."""
    study = KnownStudy(world(), uncertain_known(world()))
    assert study.totals(study.run({})) == sf.run(world()).totals().to_dict()


@pytest.mark.parametrize(
    "ask",
    [
        lambda run: sf.what_if(run, close=["t"]),
        sf.critical_links,
        lambda run: run.flows.to("M").variability(),
    ],
    ids=["what_if", "critical_links", "variability"],
)
def test_what_needs_another_plan_says_what_to_run_instead(world, ask):
    """The message holds a call that does it, and the call works."""
    with pytest.raises(InputError, match=r"sf\.compare\(run, sf\.run\(world\.without") as refused:
        ask(sf.run(world()))
    assert "known tonnes" in str(refused.value)
    less = sf.compare(sf.run(world()), sf.run(world().with_values({("links", "t", "capacity_t"): 3.0})))
    assert less.totals.set_index("total").loc["delivered_t", "tonnage_t_delta"] == pytest.approx(-7.0, abs=1e-4)


def test_members_that_should_keep_flows_are_refused(world):
    """Their movements are not kept; the message says what to ask for."""
    with pytest.raises(InputError, match="ask for totals"):
        sf.ensemble(world(), n=2, keep="flows")
    with pytest.raises(InputError, match="ask for totals"):
        sf.sensitivity(world(), target=lambda flows: flows.total_t)


def test_the_command_line_draws_ranges(world, tmp_path):
    """``scrapflow map WORLD --members`` needs no campaign, and its run has ranges."""
    from typer.testing import CliRunner

    from scrapflow.cli import app
    from scrapflow.commands.options import Mode
    from scrapflow.commands.reading import with_ranges

    world()
    run = with_ranges(str(tmp_path), None, 2, mode=Mode.expected, seed=0, given=None, count=lambda done, of: None)
    assert run.meta["members"] == 2
    assert run.meta["ranges"]["delivered_t"]["low"] < 10 < run.meta["ranges"]["delivered_t"]["high"]
    page = tmp_path / "map.html"
    done = CliRunner().invoke(app, ["map", str(tmp_path), "--members", "2", "-o", str(page)])
    assert done.exit_code == 0, done.output
    assert page.is_file()
