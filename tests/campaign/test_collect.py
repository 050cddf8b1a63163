"""What people do, by hand: each behaviour alone, in a world of one or two places."""

from __future__ import annotations

import numpy as np
import pytest

import scrapflow as sf
from scrapflow.campaign import collect
from scrapflow.errors import BalanceError

WORKS = {
    "node_id": "e", "x": 0.10, "y": 0.10, "workers": 1000.0, "scrap_t": 10.0, "obsolete_machinery_t": 10.0,
    "idle_machinery_t": 20.0, "working_machinery_t": 60.0,
}  # fmt: skip
TOWN = {
    "node_id": "c", "x": 0.12, "y": 0.10, "population": 1000.0, "unaffiliated_share": 1.0, "youth_share": 0.5,
    "household_scrap_kg": 5.0, "appliance_kg": 10.0,
}  # fmt: skip
YARD = {"node_id": "y", "x": 0.11, "y": 0.10}
HEADS = [{"rule_id": "w", "kind": "per_worker", "kg": 20}]
HOMES = [{"rule_id": "u", "kind": "unaffiliated", "kg": 40}]


def works(make, **cells):
    """Return a world with one enterprise and one yard."""
    return make.world(enterprises=[WORKS | cells], yards=[YARD])


def account(c, node="e"):
    """Return the accounts of a node, one row a period."""
    return c.accounts[c.accounts.node_id == node].reset_index(drop=True)


def closing(c, node, material, via="own"):
    """Return closing stocks by period."""
    s = c.stocks
    return s[(s.node_id == node) & (s.material == material) & (s.via == via)].closing_t.tolist()


def test_the_toy_campaign_by_hand(toy):
    """The first two months of the toy: 20 t filled from scrap and obsolete machines, then from idle and working ones."""
    c = collect(toy, sf.build_network(toy), sf.read_campaign(toy, "2015"))
    works, town = account(c, "works"), account(c, "town")
    # January: 10 t scrap, 10 t obsolete, of which a quarter for show, half of it caught.
    assert works.loc[0, ["quota_t", "carted_t", "for_show_t", "returned_t", "intercepted_t"]].tolist() == [
        20,
        20,
        2.5,
        1.25,
        1.25,
    ]
    # The town: 5 t scrap, 5 t appliances, and half of what its young quarter lacks: 0.5 × 0.25 × 10 t at night.
    assert town.loc[0, ["carted_t", "looted_by_t", "shortfall_t"]].tolist() == pytest.approx([11.25, 1.25, 8.75])
    # Looted from 20 t idle and 60 t working machines that were left, in that proportion.
    looted = (
        c.movements[(c.movements.kind == "looted") & (c.movements.period == "2015-01")].set_index("material").tonnage_t
    )
    assert looted.to_dict() == pytest.approx({"idle_machinery": 0.3125, "working_machinery": 0.9375})
    # February: 1.25 obsolete, half of 19.6875 idle, a tenth of 59.0625 working: 17 t.
    assert works.loc[1, ["carted_t", "shortfall_t"]].tolist() == pytest.approx([17.0, 3.0])
    # Working machines in place over those of January's start: less what was looted; in February also what was carted.
    assert works.output_index.tolist() == pytest.approx([1 - 0.9375 / 60, (59.0625 - 5.90625 - 1.37109375) / 60])


def test_a_quota_eats_scrap_first_and_working_machines_last(make):
    """20 t a month: scrap and obsolete, idle, then working machines as far as willingness goes, then shortfall."""
    c = make.collect(works(make), {"quota": HEADS, "filling": {"willingness": {"working_machinery": 0.1}}})
    carted = c.movements.pivot_table(
        index="period", columns="material", values="tonnage_t", aggfunc="sum", fill_value=0
    )
    order = ["scrap", "obsolete_machinery", "idle_machinery", "working_machinery"]
    assert carted[order].to_numpy().tolist() == [[10, 10, 0, 0], [0, 0, 20, 0], [0, 0, 0, 6]]
    assert account(c).shortfall_t.tolist() == [0, 0, 14]


def test_new_scrap_arises_with_output(make):
    """A kilogram a worker and month at full output; a tenth less where a tenth of the machines is gone."""
    sector = {"sector_id": "s", "name": "S", "scrap_arising_kg_per_worker": 1.0, "output_per_worker": 1.0}
    world = make.world(enterprises=[WORKS | {"scrap_t": 0.0, "obsolete_machinery_t": 0.0, "idle_machinery_t": 0.0}],
                       yards=[YARD], sectors=[sector])  # fmt: skip
    c = make.collect(world, {"quota": HEADS, "filling": {"willingness": {"working_machinery": 0.1}}})
    arising = c.stocks[c.stocks.material == "scrap"].arising_t.tolist()
    assert arising == pytest.approx([1.0, 0.9, 0.81])
    assert account(c).carted_t.tolist() == pytest.approx([7.0, 6.3, 5.67])


def test_stripped_machines_leave_parts_behind(make):
    """At a stripped share of one half, 5 t handed over use up 10 t of machines and leave 5 t of parts, which are scrap."""
    world = works(make, scrap_t=0.0, idle_machinery_t=0.0)
    c = make.collect(world, {"quota": [{**HEADS[0], "kg": 5, "every": "once"}], "filling": {"stripped_share": 0.5}})
    first = c.stocks[c.stocks.period == "2015-01"].set_index("material")
    assert first.converted_t.to_dict() == {"obsolete_machinery": -5, "scrap": 5, "working_machinery": 0}
    assert first.loc["obsolete_machinery", ["out_t", "closing_t"]].tolist() == [5, 0]
    assert first.loc["scrap", "closing_t"] == 5


def test_what_is_only_on_paper_is_credited_but_not_carted(make):
    """Half of what is lacking is bought off: credited 15 t, carted 10 t, on paper 5 t, short 5 t."""
    world = works(make, obsolete_machinery_t=0.0, idle_machinery_t=0.0, working_machinery_t=0.0)
    a = account(make.collect(world, {"quota": HEADS, "filling": {"books_only_share": 0.5}}))
    assert a.loc[0, ["credited_t", "carted_t", "books_only_t", "shortfall_t"]].tolist() == [15, 10, 5, 5]


def test_loads_for_show_come_home_unless_caught(make):
    """Half the machines are for show; the catch rate of two visits at 0.5 is 0.75; a quarter of the load comes home."""
    raw = {
        "quota": [{**HEADS[0], "every": "once"}],
        "show": {"share": 0.5},
        "inspection": {"teams": 2, "visits": 1, "chance": 0.5},
    }
    c = make.collect(works(make, scrap_t=0.0), raw)
    a = account(c)
    assert a.loc[0, ["for_show_t", "intercepted_t", "returned_t", "detection"]].tolist() == [10, 7.5, 2.5, 0.75]
    assert closing(c, "e", "obsolete_machinery")[0] == 1.25
    assert c.arrivals[0].sum() == 20
    assert c.show[0].sum() == 2.5
    returned = c.movements[c.movements.kind == "returned"]
    assert set(returned.origin) == {"y"}
    assert set(returned.destination) == {"e"}


def test_one_period_later_only_what_no_train_took_comes_home(make):
    """With return_after 1 a load comes home in the next month, as far as it is still there; the rest is a failed trick."""
    raw = {"quota": [{**HEADS[0], "every": "once"}], "show": {"share": 0.5, "return_after": 1}}
    world = works(make, scrap_t=0.0)
    a = account(make.collect(world, raw, home=np.array([[0.75], [1.0], [1.0]])))
    assert a.for_show_t.tolist() == [10, 0, 0]
    assert a.returned_t.tolist() == [0, 7.5, 0]
    assert a.taken_t.tolist() == [0, 2.5, 0]
    assert account(make.collect(world, raw)).taken_t.tolist() == [0, 10, 0]
    with pytest.raises(ValueError, match="home"):
        make.collect(world, raw, home=np.array([[2.0], [1.0], [1.0]]))


def test_a_machine_that_came_home_needs_repair(make):
    """12 t of working machines go for show in January, are missed that month and under repair in the next two."""
    world = works(make, scrap_t=0.0, obsolete_machinery_t=0.0, idle_machinery_t=0.0)
    quota = [{**HEADS[0], "kg": 12, "every": "once"}]
    raw = {"periods": {"start": "2015-01", "count": 5}, "quota": quota, "show": {"share": 1.0, "repair_periods": 2}}
    a = account(make.collect(world, raw))
    assert a.output_index.tolist() == pytest.approx([0.8, 0.8, 0.8, 1.0, 1.0])
    assert a.lost_worker_months.tolist() == pytest.approx([200, 200, 200, 0, 0])


def test_looting_moves_steel_from_the_enterprise_to_the_yard(make):
    """Half the town is young and takes all it lacks: 12.5 t out of the works, still 'looted' at the yard."""
    world = make.world(enterprises=[WORKS], communities=[TOWN], yards=[YARD])
    c = make.collect(world, {"quota": HOMES, "looting": {"share": 1.0, "reach_km": 10}})
    town, works_ = account(c, "c"), account(c, "e")
    assert town.loc[0, ["quota_t", "carted_t", "looted_by_t", "shortfall_t"]].tolist() == pytest.approx(
        [40, 27.5, 12.5, 12.5]
    )
    assert works_.loc[0, "looted_from_t"] == pytest.approx(12.5)
    assert c.arrivals[0, 0, :, 1].tolist() == pytest.approx([1.25, 1.25, 2.5, 7.5, 0])
    guarded = make.collect(world, {"quota": HOMES, "looting": {"share": 1.0, "reach_km": 10, "guard": 0.6}})
    assert account(guarded, "e").loc[0, "looted_from_t"] == pytest.approx(5.0)
    everyone = make.collect(world, {"quota": HOMES, "looting": {"share": 1.0, "reach_km": 10, "by": "everyone"}})
    assert account(everyone, "e").loc[0, "looted_from_t"] == pytest.approx(25.0)
    assert (
        make.collect(world, {"quota": HOMES, "looting": {"share": 1.0, "reach_km": 1}}).accounts.looted_by_t.sum() == 0
    )


def test_a_full_yard_sends_the_overflow_on_and_the_rest_home(make):
    """Two works offer 20 t each to a yard with room for 12: 6 t each; the next takes 12; 8 t each stay, and are short."""
    other = WORKS | {"node_id": "f"}
    yards = [YARD, {"node_id": "z", "x": 0.2, "y": 0.1}]
    world = make.world(enterprises=[WORKS, other], yards=yards)
    c = make.collect(world, {"quota": HEADS, "yards": {"receipt_limit_t": 12.0}})
    first = c.movements[c.movements.period == "2015-01"].groupby(["origin", "destination"]).tonnage_t.sum()
    assert first.to_dict() == pytest.approx({("e", "y"): 6, ("e", "z"): 6, ("f", "y"): 6, ("f", "z"): 6})
    left = c.unserved[c.unserved.period == "2015-01"]
    assert left.reason.tolist() == ["yard_full", "yard_full"]
    assert left.tonnage_t.tolist() == pytest.approx([8, 8])
    assert account(c, "e").shortfall_t[0] == pytest.approx(8)


def test_who_cannot_cart_is_named_and_not_punished(make):
    """An unplaced works and one with no yard in reach cart nothing, are listed with a reason, and nobody gets a mark."""
    lost = {k: v for k, v in WORKS.items() if k not in ("x", "y")} | {"node_id": "lost"}
    far = WORKS | {"node_id": "far", "x": 8.0}
    world = make.world(enterprises=[lost, far, WORKS], yards=[YARD])
    raw = {"quota": [{**HEADS[0], "kg": 500}], "penalties": {"warrant_shortfall": 0.1}}
    c = make.collect(world, raw)
    first = c.unserved[c.unserved.period == "2015-01"].set_index("node_id")
    assert first.reason.to_dict() == {"far": "no_yard", "lost": "unplaced"}
    assert first.tonnage_t.tolist() == [100, 100]
    marks = c.accounts[c.accounts.period == "2015-01"].set_index("node_id")
    assert marks.mark_probability.to_dict() == {"e": 1, "far": 0, "lost": 0}
    assert marks.detained.to_dict() == {"e": 1, "far": 0, "lost": 0}


def test_the_fourth_mark_expels(make):
    """With a certain mark a month the fourth month expels, and the successor starts anew."""
    raw = {"periods": {"start": "2015-01", "count": 9}, "quota": [{**HEADS[0], "kg": 500}]}
    for mode in ("expected", "sampled"):
        a = account(make.collect(works(make), raw, mode=mode))
        assert a.marks.tolist() == [1, 2, 3, 0, 1, 2, 3, 0, 1]
        assert a.expelled.tolist() == [0, 0, 0, 1, 0, 0, 0, 1, 0]


def test_warrants_follow_severe_or_repeated_shortfall(make):
    """Above 60 % short at once, or twice in a row beyond the tolerance; then the count starts anew; half go to a camp."""
    quota = [{**HEADS[0], "kg": 40}]
    world = works(make, obsolete_machinery_t=0.0, idle_machinery_t=25.0, working_machinery_t=0.0)
    raw = {"periods": {"start": "2015-01", "count": 4}, "quota": quota, "filling": {"willingness": {"scrap": 1.0}}}
    severe = make.collect(world, {**raw, "penalties": {"warrant_shortfall": 0.6, "camp_share": 0.5}})
    assert account(severe).shortfall_t.tolist() == [5, 40, 40, 40]
    assert account(severe).detained.tolist() == [0, 1, 1, 1]
    assert account(severe).camp.tolist() == [0, 0.5, 0.5, 0.5]
    repeated = make.collect(world, {**raw, "penalties": {"warrant_after": 2, "tolerance": 0.2}})
    assert account(repeated).detained.tolist() == [0, 0, 1, 0]


def test_inspectors_condemn_idle_machines(make):
    """One visit condemns a tenth of the idle machines to scrap; working ones are left alone."""
    c = make.collect(works(make), {"inspection": {"teams": 1, "condemn_share": 0.1}})
    assert closing(c, "e", "idle_machinery") == pytest.approx([18, 16.2, 14.58])
    assert closing(c, "e", "scrap") == pytest.approx([12, 13.8, 15.42])
    assert closing(c, "e", "working_machinery") == [60, 60, 60]


def test_what_is_sold_abroad_leaves_the_country(make):
    """A fifth of what residents gather or take at night goes outside instead of to the yard, and is not credited."""
    world = make.world(enterprises=[WORKS], communities=[TOWN], yards=[YARD])
    c = make.collect(world, {"quota": HOMES, "looting": {"share": 1.0, "reach_km": 10}, "leakage": {"share": 0.2}})
    leaked = c.movements[c.movements.kind == "leaked"]
    first = leaked[leaked.period == "2015-01"].set_index(["material", "via"]).tonnage_t
    assert set(leaked.destination) == {"outside"}
    assert first[("scrap", "own")] == pytest.approx(1.0)
    assert first[("appliance", "own")] == pytest.approx(2.0)
    taken = account(c, "c").loc[0, "looted_by_t"]
    assert first.xs("looted", level="via").sum() == pytest.approx(0.2 * taken)
    assert account(c, "c").loc[0, "carted_t"] == pytest.approx(12 + 0.8 * taken)


def test_looted_steel_that_no_yard_takes_waits_at_home(make):
    """A town whose yard is full keeps looted steel and hands it over later, before going out again."""
    world = make.world(
        enterprises=[WORKS], communities=[TOWN | {"household_scrap_kg": 0.0, "appliance_kg": 0.0}], yards=[YARD]
    )
    quota = [{**HOMES[0], "every": "once"}, {**HOMES[0], "rule_id": "v", "kg": 10, "first": "2015-02"}]
    raw = {"quota": quota, "looting": {"share": 1.0, "reach_km": 10}, "yards": {"receipt_limit_t": 5.0}}
    a = account(make.collect(world, raw), "c")
    assert a.looted_by_t.tolist() == pytest.approx([20, 0, 0])
    assert a.carted_t.tolist() == pytest.approx([5, 5, 5])


def test_a_filling_rule_of_ones_own(make):
    """A plain function replaces the order of filling; one that makes tonnes is refused by its name."""

    def machines_first(need, stock, willingness, used):
        handed = np.zeros_like(stock)
        handed[3] = np.minimum(need, stock[3] / used[3])
        return handed

    def generous(need, stock, willingness, used):
        return stock + need

    c = make.collect(works(make), {"quota": HEADS}, filling=machines_first)
    assert set(c.movements.material) == {"working_machinery"}
    assert account(c).carted_t.tolist() == [20, 20, 20]
    with pytest.raises(
        BalanceError, match="'generous' hands over more than the quota and hands over more than there is"
    ):
        make.collect(works(make), {"quota": HEADS}, filling=generous)
    with pytest.raises(BalanceError, match="shape"):
        make.collect(works(make), {"quota": HEADS}, filling=lambda need, stock, willingness, used: need)


def test_a_patrol_rule_of_ones_own(make):
    """A plain function replaces the patrol; one that makes more visits than the teams can is refused by its name."""

    def nobody(region, visits, size, shortfall):
        return np.zeros(len(region))

    def everywhere(region, visits, size, shortfall):
        return np.full(len(region), 10.0)

    raw = {"quota": HEADS, "inspection": {"teams": 1, "chance": 0.5}}
    assert (account(make.collect(works(make), raw, patrol=nobody)).detection == 0).all()
    with pytest.raises(BalanceError, match="'everywhere' makes more visits than the teams can"):
        make.collect(works(make), raw, patrol=everywhere)


def test_a_mode_has_one_of_two_names(make):
    """Anything else than expected or sampled is refused."""
    with pytest.raises(ValueError, match="neither"):
        make.collect(works(make), {"quota": HEADS}, mode="random")


def test_homes_throw_away_scrap_year_by_year(make):
    """1,000 people, 12 kg a year: a tonne a month whatever the period, in the stock accounts and handed over from it."""
    for unit, months in (("month", 1.0), ("quarter", 3.0)):
        raw = {"arising": {"household_kg_per_year": 12.0}, "quota": HOMES, "periods": {"unit": unit, "count": 2}}
        homes = {"household_scrap_kg": 0.0, "appliance_kg": 0.0}
        made = make.collect(make.world(communities=[TOWN | homes], yards=[YARD]), raw)
        scrap = made.stocks[(made.stocks.node_id == "c") & (made.stocks.material == "scrap")]
        assert scrap["arising_t"].tolist() == pytest.approx([months] * 2)
        assert made.accounts.query("node_id == 'c'").carted_t.tolist() == pytest.approx([months] * 2)
