"""DESIGN section 5: what happens in a period, on campaigns written as a stranger would."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import worlds

import scrapflow as sf

HEAD = '[periods]\nstart = "2015-01"\ncount = {count}\n'
WORKERS = '[[quota]]\nrule_id = "heads"\nkind = "per_worker"\nkg = {kg}\n'


@pytest.fixture
def go(plain, tmp_path):
    """Return a function that runs a campaign text on the stranger's world."""

    def run(text, *, world=plain, kg=20, count=1, **options):
        file = tmp_path / "c.toml"
        file.write_text(HEAD.format(count=count) + text.replace("WORKERS", WORKERS.format(kg=kg)), "utf-8")
        return sf.run(world, sf.read_campaign(world, file), **options)

    return run


def account(run, node, period="2015-01"):
    """Return one row of the accounts."""
    return run.accounts.set_index(["period", "node_id"]).loc[(period, node)]


def test_per_worker_and_unplaced(go):
    """Headcount × kg; what a factory without a place cannot cart is unserved, reason unplaced."""
    run = go("WORKERS")
    assert account(run, "e1")["quota_t"] == pytest.approx(20)
    assert account(run, "e3")["quota_t"] == pytest.approx(4)
    row = run.unserved.query("node_id == 'e3'").iloc[0]
    assert (row["reason"], row["tonnage_t"]) == ("unplaced", pytest.approx(4))
    assert account(run, "e3")["carted_t"] == 0


def test_filling_in_order(go):
    """Scrap, obsolete, idle, then working machinery: e2 has 5 + 5 + 10 + 100 and owes 25."""
    run = go("WORKERS", kg=50)
    given = run.flows.kind("carted").from_("e2").by("material").set_index("material")["tonnage_t"].to_dict()
    assert given == {
        "scrap": pytest.approx(5),
        "obsolete_machinery": pytest.approx(5),
        "idle_machinery": pytest.approx(10),
        "working_machinery": pytest.approx(5),
    }
    assert account(run, "e2")["output_index"] == pytest.approx(0.95)


def test_willingness_caps_each_material(go):
    """With no will to give machines, e2 hands over its scrap and lacks the rest."""
    will = "\n[filling.willingness]\nobsolete_machinery = 0\nidle_machinery = 0.5\nworking_machinery = 0\n"
    run = go("WORKERS" + will, kg=50)
    a = account(run, "e2")
    assert a["credited_t"] == pytest.approx(10)
    assert a["shortfall_t"] == pytest.approx(15)


def test_books_only(go):
    """Part of what lacks is credited on paper and moves nothing."""
    text = "WORKERS\n[filling]\nbooks_only_share = 0.4\n[filling.willingness]\nobsolete_machinery=0\n"
    run = go(text + "idle_machinery=0\nworking_machinery=0\n", kg=50)
    a = account(run, "e2")
    assert a["carted_t"] == pytest.approx(5)
    assert a["books_only_t"] == pytest.approx(0.4 * 20)
    assert a["credited_t"] == pytest.approx(13)
    assert a["shortfall_t"] == pytest.approx(12)


def test_stripped_machines_leave_parts(go):
    """A machine of which half is handed over turns the other half into scrap, and nothing is made."""
    run = go("WORKERS\n[filling]\nstripped_share = 0.5\n", kg=30)
    e2 = run.stocks.query("node_id == 'e2'").groupby("material")["converted_t"].sum()
    assert e2["scrap"] > 0
    assert e2.sum() == pytest.approx(0)


SHOW = "WORKERS\n[filling.willingness]\nscrap = 0\n[show]\nshare = 0.5\nreturn_after = {after}\n"
TEAMS = "[inspection]\nteams = 2\nvisits = 1\nchance = 0.5\n"


def test_return_at_once(go):
    """return_after 0: half the machines go home the same month and no train can take them."""
    run = go(SHOW.format(after=0))
    a = account(run, "e1")
    assert (a["carted_t"], a["for_show_t"], a["returned_t"]) == (20, pytest.approx(10), pytest.approx(10))
    assert run.flows.kind("returned").to("e1").total_t == pytest.approx(10)
    home = run.stocks.query("node_id == 'e1'")[["opening_t", "closing_t"]].sum()
    assert home["closing_t"] == pytest.approx(home["opening_t"] - 10)


def test_return_a_month_later(go):
    """return_after 1: what a train took first cannot go home; the rest goes home in the next month."""
    run = go(SHOW.format(after=1), count=2)
    assert run.flows.kind("returned").during("2015-01").total_t == 0
    back = run.flows.kind("returned").during("2015-02").total_t
    shown = run.accounts.query("period == '2015-01'")["for_show_t"].sum()
    assert 0 <= back <= shown + 1e-9
    assert run.balance()["residual_t"].abs().max() < 1e-6


def test_return_a_month_later_without_trains(make, tmp_path):
    """With no train at all every load for show of January goes home in February."""
    world = make(mills=worlds.MILLS.replace("m1,40", "m1,0"))
    file = tmp_path / "c.toml"
    file.write_text(HEAD.format(count=2) + SHOW.format(after=1).replace("WORKERS", WORKERS.format(kg=20)), "utf-8")
    run = sf.run(world, sf.read_campaign(world, file))
    shown = run.accounts.query("period == '2015-01'")["for_show_t"].sum()
    assert shown == pytest.approx(15)
    assert run.flows.kind("returned").during("2015-02").total_t == pytest.approx(shown)


def test_detection_and_interception(go):
    """Two teams a region of two enterprises make 1 visit each: detection 1 − (1 − 0.5)^v with v from the teams."""
    run = go(SHOW.format(after=0) + TEAMS)
    a = account(run, "e1")
    assert a["detection"] == pytest.approx(1 - 0.5**2)  # the only enterprise of its region gets both visits
    assert a["intercepted_t"] == pytest.approx(a["for_show_t"] * a["detection"])
    assert a["returned_t"] == pytest.approx(a["for_show_t"] * (1 - a["detection"]))


def test_marks_and_the_fourth_expels(go):
    """A shortfall each month is a mark each month; the fourth month expels and the successor starts at zero."""
    will = "\n[filling.willingness]\nobsolete_machinery = 0\nidle_machinery = 0\nworking_machinery = 0\n"
    run = go("WORKERS\n[penalties]\ntolerance = 0\n" + will, count=6)
    lacking = run.accounts.query("node_id == 'e2'").set_index("period")
    assert (lacking["mark_probability"] == 1).all()
    assert lacking["expelled"].tolist() == pytest.approx([0, 0, 0, 1, 0, 0])
    assert lacking["marks"].tolist()[:3] == pytest.approx([1, 2, 3])
    assert (run.accounts.query("node_id == 'e1' and period < '2015-06'")["mark_probability"] == 0).all()


def test_a_yard_is_full(go):
    """Beyond a yard's limit the overflow goes to the next yard within reach, else stays, reason yard_full."""
    run = go("WORKERS\n[yards]\nreceipt_limit_t = 12\n")
    received = run.movements.query("kind == 'carted'").groupby("destination")["tonnage_t"].sum()
    assert (received <= 12 + 1e-9).all()
    full = run.unserved.query("reason == 'yard_full'")
    placed = run.accounts.query("node_id != 'e3'")
    assert full["tonnage_t"].sum() == pytest.approx(placed["quota_t"].sum() - received.sum())
    assert len(full)


def test_overflow_goes_to_the_next_yard(make, tmp_path):
    """With reach enough, what one yard cannot take another does."""
    world = make()
    file = tmp_path / "c.toml"
    file.write_text(
        HEAD.format(count=1)
        + WORKERS.format(kg=20)
        + "[yards]\nreceipt_limit_t = 15\n[transport]\nreach_km = 200\nyard_choices = 2\n",
        "utf-8",
    )
    run = sf.run(world, sf.read_campaign(world, file))
    got = run.movements.query("kind == 'carted'").groupby(["origin", "destination"])["tonnage_t"].sum()
    assert got.loc[("e1", "y2")] == pytest.approx(5)
    assert not (run.unserved["reason"] == "yard_full").any()


def test_leakage_goes_outside(go):
    """A share of what residents gather is sold abroad: kind leaked, destination outside; nothing unless set."""
    rule = '[[quota]]\nrule_id = "rest"\nkind = "unaffiliated"\nkg = 20\n'
    assert go(rule).flows.kind("leaked").total_t == 0
    run = go(rule + "[leakage]\nshare = 0.5\n")
    leaked = run.flows.kind("leaked")
    assert leaked.total_t > 0
    assert set(leaked.to_frame()["destination"]) == {"outside"}
    assert leaked.to("outside").total_t == leaked.total_t
    assert run.balance()["residual_t"].abs().max() < 1e-6


def test_looting_moves_the_enterprises_steel(go):
    """What the young lack comes from enterprises near by, keeps its material and is via looted to the mill."""
    text = '[[quota]]\nrule_id = "rest"\nkind = "unaffiliated"\nkg = 100\n[filling.willingness]\nhousehold_scrap = 0\n'
    run = go(text + "appliance = 0\n[looting]\nshare = 1.0\nreach_km = 50\n")
    looted = run.flows.kind("looted")
    assert looted.total_t > 0
    assert account(run, "e1")["looted_from_t"] == pytest.approx(looted.from_("e1").total_t)
    assert account(run, "c1")["looted_by_t"] == pytest.approx(looted.to("c1").total_t)
    assert set(run.flows.to("m1").by("via")["via"]) == {"looted"}
    assert set(looted.by("material")["material"]) <= {
        "scrap",
        "obsolete_machinery",
        "idle_machinery",
        "working_machinery",
    }


def test_quota_kinds(go):
    """per_person is everyone, unaffiliated a fifth, fixed so many tonnes, organisation its members."""
    person = go('[[quota]]\nrule_id = "all"\nkind = "per_person"\nkg = 10\n')
    # per_person counts everyone, at home or at work: 15,000 residents, 10 kg each
    assert person.accounts["quota_t"].sum() == pytest.approx(150)
    alone = go('[[quota]]\nrule_id = "rest"\nkind = "unaffiliated"\nkg = 20\n')
    assert account(alone, "c1")["quota_t"] == pytest.approx(10_000 * 0.2 * 20 / 1000)
    fixed = go('[[quota]]\nrule_id = "plan"\nkind = "fixed"\nt = 7\nnodes = ["e1"]\n')
    assert account(fixed, "e1")["quota_t"] == pytest.approx(7)
    drive = '[[quota]]\nrule_id = "union"\nkind = "organisation"\norganisation = "Women\'s Union"\n'
    run = go(drive + "kg = 2\nmembers_share = 0.3\n")
    assert account(run, "c1")["quota_t"] == pytest.approx(10_000 * 0.3 * 2 / 1000)
    assert "Women's Union" in set(run.quotas["organisation"])


def test_nobody_is_counted_twice(go):
    """A union takes half of the unaffiliated: the rule for the unaffiliated asks only the others, unless additional."""
    union = (
        '[[quota]]\nrule_id = "union"\nkind = "organisation"\norganisation = "Union"\nkg = 10\nmembers_share = 0.5\n'
    )
    everyone = '[[quota]]\nrule_id = "all"\nkind = "per_person"\nkg = 10\n'
    once = go(union + everyone)
    assert once.accounts["quota_t"].sum() == pytest.approx(150)
    assert once.quotas.groupby("rule_id")["quota_t"].sum().to_dict() == {
        "all": pytest.approx(75),
        "union": pytest.approx(75),
    }
    twice = go(union + "additional = true\n" + everyone)
    assert twice.accounts["quota_t"].sum() == pytest.approx(225)


def test_a_rule_without_members_is_refused(go):
    """Who is left when everyone is counted already: nobody, and the rule is refused by name."""
    rule = '[[quota]]\nrule_id = "{}"\nkind = "per_person"\nkg = 10\n'
    with pytest.raises(sf.errors.InputError, match="second"):
        go(rule.format("first") + rule.format("second"))


def test_workers_are_not_counted_as_persons_too(go):
    """With a rule per worker and one per person, a worker owes once."""
    run = go('WORKERS\n[[quota]]\nrule_id = "all"\nkind = "per_person"\nkg = 20\n')
    assert run.accounts["quota_t"].sum() <= 15_000 * 0.02 + 4 + 1e-9


def test_once_is_asked_once(go):
    """A quota asked once falls due in one period."""
    run = go('[[quota]]\nrule_id = "all"\nkind = "per_person"\nkg = 10\nevery = "once"\n', count=3)
    assert run.accounts["quota_t"].sum() == pytest.approx(150)


def test_update_gives_a_new_campaign(plain):
    """A campaign is frozen: update returns another, the first stays as it was."""
    camp = sf.read_campaign(plain, "2015")
    more = camp.update({"inspection.teams": 4})
    assert more is not camp
    assert sf.run(plain, more).accounts["quota_t"].sum() == sf.run(plain, camp).accounts["quota_t"].sum()
    assert "teams" in more.to_toml()
    with pytest.raises((AttributeError, TypeError)):
        camp.name = "other"


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"inspection.team": 4}, "teams"),
        ({"show.share": 1.5}, "0 to 1"),
        ({"show.share": -0.1}, "0 to 1"),
        ({"looting.decay_km": 0}, "from"),
        ({"inspection.patrol": "nobody"}, "uniform"),
        ({"show.return_after": 2}, "0"),
        ({"filling.willingness.scrap": "much"}, "0 to 1"),
    ],
)
def test_bad_settings_are_refused_with_the_range(plain, change, word):
    """An unknown key or a value out of range is an InputError with key and allowed range."""
    with pytest.raises(sf.errors.InputError, match=word) as raised:
        sf.read_campaign(plain, "2015").update(change)
    assert len(raised.value.problems) >= 1


def test_all_bad_settings_at_once(plain, tmp_path):
    """A file with five faults names all five."""
    file = tmp_path / "bad.toml"
    file.write_text(
        '[periods]\nstart = "2015-01"\ncount = 2\n[[quota]]\nrule_id = "a"\nkind = "per_head"\nkg = -1\n'
        "[show]\nshare = 3\n[inspektion]\nteams = 1\n[looting]\nreach = 3\n",
        "utf-8",
    )
    with pytest.raises(sf.errors.InputError) as raised:
        sf.read_campaign(plain, file)
    text = raised.value.problems.to_csv()
    assert len(raised.value.problems) >= 5
    assert all(word in text for word in ("per_head", "kg", "share", "inspektion", "reach"))


def test_fixed_shares_of_the_mills(make, tmp_path):
    """A campaign that fixes the mills' shares of what is shipped gets them where they are feasible."""
    world = make(
        nodes=worlds.NODES + "m2,Delta Mill,,,mill,r2,Elsewhere,13.0,50.0,1,reported,s1,2\n",
        mills=worlds.MILLS + "m2,40,,,true\n",
        links=worlds.LINKS + "l3,m1,m2,false,rail,90,reported,,1435,,,s2\n",
    )
    file = tmp_path / "c.toml"
    text = HEAD.format(count=1) + WORKERS.format(kg=20)
    file.write_text(text, "utf-8")
    free = sf.run(world, sf.read_campaign(world, file))
    assert free.flows.to("m2").total_t == 0
    file.write_text(text + "[allocation]\nshares = { m1 = 0.25, m2 = 0.75 }\n", "utf-8")
    tied = sf.run(world, sf.read_campaign(world, file))
    assert tied.flows.to("m2").total_t == pytest.approx(0.75 * 30)
    assert tied.flows.to("m1").total_t == pytest.approx(0.25 * 30)


def test_a_yard_keeps_what_trains_do_not_take(go):
    """Mills take 40 t a month; what more comes stays in a yard, is shipped later, and is said in unserved."""
    run = go("WORKERS", kg=80, count=2)
    shipped = run.movements.query("kind == 'shipped'").groupby("period")["tonnage_t"].sum()
    assert shipped.to_numpy() == pytest.approx([40, 40])
    yards = run.stocks[run.stocks["node_id"].isin(["y1", "y2"])]
    kept = yards.query("period == '2015-02'")["closing_t"].sum()
    carted = run.movements.query("kind == 'carted'")["tonnage_t"].sum()
    assert kept == pytest.approx(carted - 80)
    assert len(run.unserved[run.unserved["node_id"].isin(["y1", "y2"])])


def test_expected_chances_are_those_of_the_markov_chain(toy_run):
    """After two months nobody can be expelled: more than three marks need four."""
    assert (toy_run.accounts["expelled"] == 0).all()
    assert (np.diff(toy_run.accounts.query("node_id == 'works'")["marks"]) >= -1e-12).all()


def test_what_if_on_the_toy(toy_run):
    """Closing the far line leaves 15 t a month to the near mill; a larger near mill saves the long way."""
    shut = sf.what_if(toy_run, close=["rail_far"])
    assert sf.what_if(toy_run, close="rail_far").b.flows.to("far").total_t == 0
    assert shut.b.flows.to("near").total_t == pytest.approx(30)
    assert shut.b.flows.to("far").total_t == 0
    carted = shut.accounts.filter(regex="^(quota|carted|returned)_t_delta$")
    assert carted.abs().to_numpy().max() == 0
    big = sf.what_if(toy_run, mill={"Near Mill": 100}, capacity={"rail_near": 100})
    assert big.b.flows.to("near").total_t == pytest.approx(53.5)
    narrow = sf.what_if(toy_run, capacity={"rail_near": 5})
    assert narrow.b.flows.to("near").total_t == pytest.approx(10)
    with pytest.raises(sf.errors.ScrapflowError):
        sf.what_if(toy_run, close=["no_such_link"])


def test_critical_links_of_the_toy(toy_run):
    """Every rail link is ranked by what its loss would cost."""
    ranked = sf.critical_links(toy_run)
    assert {"rail_near", "rail_far"} <= set(ranked["link_id"])
    assert isinstance(ranked, pd.DataFrame)


def test_campaigns_are_equal_if_they_ask_the_same(toy):
    """Reading twice gives equals, a change does not; both serve as keys."""
    camp = sf.read_campaign(toy, "2015")
    assert camp == sf.read_campaign(toy, "2015")
    assert camp != camp.update({"inspection.teams": 4})
    assert len({camp, sf.read_campaign(toy, "2015"), camp.update({"inspection.teams": 4})}) == 2


def test_a_section_in_an_update_keeps_its_other_settings(toy):
    """Nested or dotted, an update says the same."""
    camp = sf.read_campaign(toy, "2015")
    assert camp.update({"inspection": {"teams": 4}}) == camp.update({"inspection.teams": 4})
    assert camp.update({"filling": {"willingness": {"scrap": 0.5}}})["filling.willingness.idle_machinery"] == 0.5
    assert camp.update({"periods": {"count": 3}}).periods["period"].tolist() == ["2015-01", "2015-02", "2015-03"]


def test_a_misspelt_link_of_the_calendar_names_the_near_one(toy, tmp_path):
    """As every other name does."""
    text = sf.read_campaign(toy).to_toml() + '\n[[calendar]]\nlink_id = "rail_neer"\nfirst = "2015-01"\n'
    (tmp_path / "c.toml").write_text(text, "utf-8")
    with pytest.raises(sf.errors.InputError, match="did you mean 'rail_near'"):
        sf.read_campaign(toy, tmp_path / "c.toml")
