"""What is closed when one names it: a link, a line, a station, a stretch; always or for some periods."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.errors import InputError, UnknownNameError
from scrapflow.runs import Run
from scrapflow.studies.closing import arcs_closed


def test_a_line_or_a_pair_of_places_can_be_closed(toy_run):
    """The trunk line by identifier or name in any case, and its two ends in any order, are its one link."""
    one = sf.what_if(toy_run, close="rail_far").b
    for close in ("trunk", "TRUNK LINE", [("station", "Far Mill")], [["far mill", "VALE"]]):
        pd.testing.assert_frame_equal(sf.what_if(toy_run, close=close).b.movements, one.movements)
    with pytest.raises(InputError, match="no place is called 'Nowhere'"):
        sf.what_if(toy_run, close=[("Vale", "Nowhere")])
    with pytest.raises(InputError, match="a stretch has two ends"):
        sf.what_if(toy_run, close=[("Vale", "Near Mill", "Far Mill")])
    with pytest.raises(InputError, match="did you mean rail_near"):
        sf.what_if(toy_run, close="rail_neer")


def test_a_line_is_closed_with_the_track_it_shares(toy_run):
    """A link that another line uses too cannot carry that line's trains when either is closed."""
    arcs = toy_run.tables["arcs"].assign(also_line_ids=["", "", "trunk|other"])
    shared = Run(toy_run.tables | {"arcs": arcs}, toy_run.meta, toy_run.basemap)
    assert sf.what_if(shared, close="trunk").b.totals().delivered_t == 0.0
    assert sf.what_if(shared, close="branch").b.totals().delivered_t > 0.0


def test_a_stretch_is_the_cheapest_way_between_two_places(toy_run):
    """From mill to mill the way is both rails; a pair, a pair in a list and one text mean the same stretch."""
    both = sf.what_if(toy_run, close=["rail_near", "rail_far"]).b
    for close in (
        ("Near Mill", "Far Mill"),
        [("far mill", "near mill")],
        "Near Mill – Far Mill",
        "Near Mill - Far Mill",
    ):
        pd.testing.assert_frame_equal(sf.what_if(toy_run, close=close).b.movements, both.movements)
    two = sf.what_if(toy_run, close=("rail_near", "rail_far"))
    assert two.b.totals().delivered_t == 0.0
    assert two.b.name == "toy-2015 (rail_near closed, rail_far closed)"


def test_a_station_is_closed_with_all_its_links(toy_run):
    """Nothing passes the toy's only station, so nothing is delivered; a mill that is closed gets nothing."""
    assert sf.what_if(toy_run, close="Vale").b.totals().delivered_t == 0.0
    shut = sf.what_if(toy_run, close="Far Mill").b
    pd.testing.assert_frame_equal(shut.movements, sf.what_if(toy_run, close="rail_far").b.movements)


@pytest.mark.parametrize("when", ["January", "2015-01", slice(None, "January")])
def test_what_is_closed_for_some_periods_is_as_a_campaign_that_closes_it_then(toy, toy_run, when):
    """A closure in January is that of a campaign's calendar: all tables agree, and trains come in February."""
    closed = {"link_id": "rail_far", "factor": 0.0, "first": "2015-01", "last": "2015-01"}
    own = sf.run(toy, sf.read_campaign(toy, "2015").update({"calendar": [closed]}))
    shut = sf.what_if(toy_run, close={"rail_far": when}).b
    for name in ("movements", "stocks", "link_loads", "calendar"):
        pd.testing.assert_frame_equal(shut.tables[name], own.tables[name])
    assert shut.flows.to("Far Mill").by("period").period.tolist() == ["2015-02"]
    assert shut.name == "toy-2015 (rail_far closed in 2015-01)"


def test_closed_all_the_time_is_closed_in_every_period(toy_run):
    """Both ways of saying it move the same tonnes; a period that the run does not have is refused."""
    always = sf.what_if(toy_run, close={"rail_far": None}).b
    for when in (2015, slice(None, None)):
        pd.testing.assert_frame_equal(sf.what_if(toy_run, close={"rail_far": when}).b.movements, always.movements)
    with pytest.raises(UnknownNameError, match="covers 2015-01"):
        sf.what_if(toy_run, close={"rail_far": "March"})


def test_many_closures_are_counted_in_the_name(toy_run):
    """A name stays one, however much is closed."""
    shut = sf.what_if(toy_run, close=["rail_far", "rail_near", "Vale", "trunk"])
    assert shut.b.name == "toy-2015 (4 closures)"


def test_a_stretch_goes_by_who_may_run_where(tmp_path):
    """Where one railway's trains may not pass to another's, the short way over two railways is no way between its ends."""
    rows = [("a", "b", 10, "north"), ("b", "c", 10, "south"), ("a", "d", 30, "north"), ("d", "c", 30, "north")]
    world = sf.world_from(
        pd.DataFrame(rows, columns=["from", "to", "km", "operator"]),
        supply=pd.DataFrame({"node": ["a"], "tonnes": [5.0]}),
        demand=pd.DataFrame({"node": ["c"], "tonnes": [5.0]}),
    )
    folder = world.write(tmp_path / "w")
    for cost, closed in (("inf", {"a-d", "d-c"}), ("1", {"a-b", "b-c"})):
        (folder / "world.toml").write_text(
            f"[operators]\nchange_cost_per_t = {cost}\nchange_cost_per_t_basis = 'derived'\n"
        )
        run = sf.run(sf.read_world(folder))
        arcs = run.tables["arcs"]
        for pair in (("a", "c"), ("c", "a")):
            assert set(arcs.loc[arcs_closed(run, arcs, pair), "link_id"]) == closed
