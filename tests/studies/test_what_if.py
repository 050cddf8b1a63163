"""What if: the hand-over is held fixed, only the haul changes."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.errors import InputError, UnknownNameError
from scrapflow.ledger.reroute import reroute
from scrapflow.runs import Run
from scrapflow.studies.closing import arcs_closed


@pytest.mark.parametrize("changes", [{}, {"show.return_after": 1}, {"transport.foresight": "myopic"}])
def test_nothing_changed_is_the_same_run(toy, changes):
    """Hauled again on the same rails, every table is what it was."""
    run = sf.run(toy, sf.read_campaign(toy, "2015").update(changes))
    again = reroute(run)
    for name in ("movements", "stocks", "link_loads", "paths", "unserved"):
        pd.testing.assert_frame_equal(again.tables[name], run.tables[name])


def test_a_closed_line_leaves_its_mill_without_and_the_yard_full(toy_run):
    """Without the trunk line the far mill gets nothing and 23.5 t stay in the yard, and the reason says so."""
    shut = sf.what_if(toy_run, close=["rail_far"])
    assert shut.b.totals().delivered_t == pytest.approx(30.0)
    assert shut.b.totals().held_t == pytest.approx(23.5)
    assert shut.b.unserved.new_t.sum() == pytest.approx(23.5)
    assert set(shut.b.unserved.reason) <= {"mill_full", "capacity"}
    pd.testing.assert_frame_equal(shut.b.accounts, toy_run.accounts)


def test_capacity_and_intake_can_be_changed(toy_run):
    """One tonne a month on the branch line, and a near mill without appetite, both halve what was there."""
    less = sf.what_if(toy_run, capacity={"rail_near": 1.0})
    assert less.b.flows.to("Near Mill").total_t == pytest.approx(2.0)
    none = sf.what_if(toy_run, mill={"Near Mill": 0.0})
    assert none.b.flows.to("near").total_t == 0.0
    assert none.b.flows.to("far").total_t == pytest.approx(53.5)


def test_several_cases_in_one_call_are_several_comparisons(toy_run):
    """A batch gives one comparison a case, in order, equal to the single ones."""
    cases = [{"close": ["rail_far"]}, {"mill": {"near": 0.0}}]
    both = sf.what_if(toy_run, cases=cases)
    assert [c.b.totals().delivered_t for c in both] == pytest.approx(
        [sf.what_if(toy_run, **case).b.totals().delivered_t for case in cases]
    )


def test_everything_wrong_with_a_case_is_said_at_once(toy_run):
    """Unknown links, roads, and negative numbers are listed together."""
    with pytest.raises(InputError) as caught:
        sf.what_if(toy_run, close=["nowhere", "cart_town"], capacity={"rail_far": -1.0}, mill={"near": -2.0})
    text = str(caught.value)
    assert len(caught.value.problems) == 4
    assert "nowhere" in text
    assert "no train runs on this link" in text
    with pytest.raises(UnknownNameError):
        sf.what_if(toy_run, mill={"Nowhere Mill": 1.0})


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


def test_cases_are_taken_as_people_write_them(toy_run):
    """Series, a word for one link, None for nothing and a single mapping are fine."""
    shut = sf.what_if(toy_run, close="rail_far").b.totals().delivered_t
    cases = [{"close": "rail_far", "mill": None}, {"close": None}, {"capacity": pd.Series({"rail_far": 0.0})}]
    found = [c.b.totals().delivered_t for c in sf.what_if(toy_run, cases=cases)]
    assert found == pytest.approx([shut, toy_run.totals().delivered_t, shut])
    assert len(sf.what_if(toy_run, cases=cases[0])) == 1
    assert sf.what_if(toy_run, cases=[]) == []


def test_faults_of_all_cases_are_said_at_once(toy_run):
    """Words for numbers, places that are no mills, keys that are none: each with the number of its case."""
    cases = [{"close": ["nowhere"], "shut": ["gate"]}, {"capacity": {"gate": "wide"}, "mill": {"yard": 1}}, "rail_far"]
    with pytest.raises(InputError) as caught:
        sf.what_if(toy_run, cases=cases)
    assert sorted(caught.value.problems[["row", "column"]].itertuples(index=False, name=None)) == [
        ("0", "nowhere"),
        ("0", "shut"),
        ("1", "gate"),
        ("1", "yard"),
        ("2", ""),
    ]
    with pytest.raises(InputError, match="not both"):
        sf.what_if(toy_run, close=["gate"], cases=[{}])


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
