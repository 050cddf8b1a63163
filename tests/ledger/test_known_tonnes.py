from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.ledger.known_tonnes import period_table

NODES = """node_id,name,kind,x_coord,y_coord
a,A,station,0,0
b,B,station,1,0
ya,Ya,yard,0,0
yb,Yb,yard,1,0
near,Near,mill,0,0
far,Far,mill,1,0
"""
LINKS = """link_id,from_node_id,to_node_id,mode,length_km,capacity_t
track,a,b,rail,100,{capacity}
gate_a,ya,a,access,1,
gate_b,yb,b,access,1,
siding_near,near,a,access,1,
siding_far,far,b,access,1,
"""
MATERIALS = "material,name\niron,iron\nscrap,scrap\n"


@pytest.fixture
def world(tmp_path):
    """Write a world of two stations with known tonnes, and read it."""

    def make(supply, demand, capacity=""):
        tables = {"nodes": NODES, "links": LINKS.format(capacity=capacity), "materials": MATERIALS}
        tables |= {
            "supply": "node_id,period,material,tonnage_t\n" + supply,
            "demand": "node_id,period,material,origin,tonnage_t\n" + demand,
            "mills": "node_id\nnear\nfar\n",
            "sources": "source_id,title,publisher,reliability\n",
            "regions": "region_id,name\n",
        }
        for name, text in tables.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        return sf.read_world(tmp_path)

    return make


def shipped(run):
    """Tonnes by origin, destination and material."""
    rows = run.movements.groupby(["origin", "destination", "material"])["tonnage_t"].sum()
    return {key: pytest.approx(tonnes) for key, tonnes in rows.items()}


def test_known_tonnes_go_where_they_are_wanted(world):
    """10 t are offered and 10 wanted: they move at once, arise where they are sent and pile up where they end."""
    run = sf.run(world("ya,2019-01,iron,10\n", "far,2019-01,iron,,10\n"))
    assert shipped(run) == {("ya", "far", "iron"): 10.0}
    assert run.balance()["residual_t"].abs().max() == 0
    books = run.stocks.set_index("node_id")
    assert books.loc["ya", ["arising_t", "out_t", "closing_t"]].tolist() == [10, 10, 0]
    assert books.loc["far", ["in_t", "closing_t"]].tolist() == [10, 10]
    assert run.totals().quota_t == run.totals().unserved_t == 0
    assert run.paths["link_id"].tolist() == ["gate_a", "track", "siding_far"]


def test_least_cost_decides_who_gets_whose(world):
    """Both mills want 10 t, both stations offer 10: everyone takes what lies beside it."""
    run = sf.run(world("ya,2019,iron,10\nyb,2019,iron,10\n", "near,2019,iron,,10\nfar,2019,iron,,10\n"))
    assert shipped(run) == {("ya", "near", "iron"): 10.0, ("yb", "far", "iron"): 10.0}


def test_a_demand_may_say_whose_tonnes_it_wants(world):
    """The far mill wants those of the far-away station, whatever they cost; the rest goes the short way."""
    supply = "ya,2019,iron,10\nyb,2019,iron,10\n"
    run = sf.run(world(supply, "near,2019,iron,yb,10\nfar,2019,iron,ya,10\n"))
    assert shipped(run) == {("ya", "far", "iron"): 10.0, ("yb", "near", "iron"): 10.0}


def test_materials_are_never_taken_for_one_another(world):
    """Scrap does not fill a demand for iron, even where nothing else is left to do."""
    run = sf.run(world("ya,2019,iron,4\nya,2019,scrap,6\n", "near,2019,iron,,10\nfar,2019,scrap,,6\n"))
    assert shipped(run) == {("ya", "near", "iron"): 4.0, ("ya", "far", "scrap"): 6.0}


def test_materials_share_the_capacity_of_a_link(world):
    """Of 6 t of iron and 6 of scrap that want over a track of 8 t a month, 8 pass and 4 stay, with the link named."""
    made = world("ya,2019-01,iron,6\nya,2019-01,scrap,6\n", "far,2019-01,iron,,6\nfar,2019-01,scrap,,6\n", "8")
    run = sf.run(made)
    assert run.link_loads.set_index("link_id").loc["track", "tonnage_t"] == pytest.approx(8, abs=1e-4)
    assert run.totals().delivered_t == pytest.approx(8, abs=1e-4)
    assert run.unserved["tonnage_t"].sum() == pytest.approx(4, abs=1e-4)
    assert run.unserved["links"].str.contains("track").all()


@pytest.mark.parametrize("unit", [1e-12, 1e-6, 1e6, 1e12])
@pytest.mark.parametrize("origin", ["", "ya"], ids=["anyone's", "named"])
def test_known_tonnes_are_the_same_in_any_unit(world, tmp_path, unit, origin):
    """From a microgram to a teratonne: of 6 and 6 over a track of 8, 8 pass and 4 stay, be the tonnes anyone's or ya's own.

    Both routers share the track: flows of a material, and pairs of which it is known who gets whose.
    """
    six, full = 6 * unit, 8 * unit
    supply = "".join(f"ya,2019-01,{m},{six!r}\n" for m in ("iron", "scrap"))
    demand = "".join(f"far,2019-01,{m},{origin},{six!r}\n" for m in ("iron", "scrap"))
    made = sf.run(world(supply, demand, repr(full)))
    made.save(tmp_path / "out")
    run = sf.read_run(tmp_path / "out")
    assert run.movements["tonnage_t"].sum() / unit == pytest.approx(8, abs=1e-4)
    assert run.unserved["tonnage_t"].sum() / unit == pytest.approx(4, abs=1e-4)
    assert run.unserved["links"].str.contains("track").all()


@pytest.mark.parametrize("unit", [1e-12, 1e12])
def test_what_is_served_leaves_no_row_in_any_unit(world, unit):
    """Thirds of a unit come and go without a rest that is told as unserved; a thousandth that nobody wants is told."""
    third = unit / 3
    supply = f"ya,2019-01,iron,{third!r}\nyb,2019-01,iron,{2 * third!r}\n"
    served = sf.run(world(supply, f"far,2019-01,iron,,{unit!r}\n"))
    assert served.unserved.empty
    assert served.movements["tonnage_t"].sum() / unit == pytest.approx(1)
    short = sf.run(world(supply, f"far,2019-01,iron,,{0.999 * unit!r}\n"))
    assert short.unserved["tonnage_t"].sum() / unit == pytest.approx(0.001)


def test_what_finds_no_train_waits_for_the_next(world):
    """6 t a month pass; of 10 offered in January 4 wait and go in February: nothing is lost, and the level goes down."""
    made = world("ya,2019-01,iron,10\n", "far,2019-01,iron,,10\nfar,2019-02,iron,,10\n", "6")
    run = sf.run(made)
    assert run.movements.groupby("period")["tonnage_t"].sum().round(4).to_dict() == {"2019-01": 6.0, "2019-02": 4.0}
    assert run.unserved.set_index("period")["new_t"].round(4).to_dict() == {"2019-01": 4.0, "2019-02": -4.0}
    assert run.totals().unserved_t == pytest.approx(0, abs=1e-4)


def test_what_no_one_wants_is_said(world):
    """Of 10 t offered only 3 are wanted: 7 stay, as a row with its reason."""
    run = sf.run(world("ya,2019,iron,10\n", "near,2019,iron,,3\n"))
    assert run.unserved[["node_id", "tonnage_t", "new_t", "reason"]].values.tolist() == [["ya", 7.0, 7.0, "demand_met"]]


def test_without_demand_the_mills_take_all(world):
    """A world that says what arises and not what is wanted sends it to the nearest mill."""
    run = sf.run(world("yb,2019,iron,5\n", ""))
    assert shipped(run) == {("yb", "far", "iron"): 5.0}


def test_a_saved_run_is_the_same(world, tmp_path):
    """It is saved, read, asked and drawn like any other."""
    run = sf.run(world("ya,2019-01,iron,10\n", "far,2019-01,iron,,10\n"))
    run.save(tmp_path / "out")
    assert sf.read_run(tmp_path / "out") == run
    assert run.flows.to("Far").by("material").values.tolist() == [["iron", 10.0]]
    assert run.flows.through("A").total_t == 10


def test_periods_are_iso_labels():
    """Months, quarters and years have their days; no label is one undated period; what is no period is refused by name."""
    assert period_table(["2019-Q2"]).values.tolist() == [["2019-Q2", "2019-04-01", "2019-06-30"]]
    with pytest.raises(sf.InputError, match="spring"):
        period_table(["spring"])
    assert period_table(["", ""]).values.tolist() == [["all", "", ""]]


def test_brazil_runs_as_published():
    """All tonnes of the second world reach the works and ports that the agency says received them."""
    brazil = sf.read_world("brazil")
    run = sf.run(brazil)
    got = run.movements.groupby(["destination", "material"])["tonnage_t"].sum()
    wanted = brazil.demand.groupby(["node_id", "material"])["tonnage_t"].sum()
    pd.testing.assert_series_equal(got, wanted, check_names=False, check_index_type=False)
    assert run.totals().unserved_t == 0


def test_of_pairs_that_share_a_full_link_the_most_tonnes_move(world):
    """Both stations send to the mill beside the other; the track carries 8 t each way, and what stays names it."""
    run = sf.run(
        world("ya,2019-01,iron,10\nyb,2019-01,iron,5\n", "far,2019-01,iron,ya,10\nnear,2019-01,iron,yb,5\n", "8")
    )
    assert shipped(run) == {("ya", "far", "iron"): 8.0, ("yb", "near", "iron"): 5.0}
    assert run.unserved[["node_id", "reason", "links"]].to_numpy().tolist() == [["ya", "capacity", "track"]]
    assert run.unserved["tonnage_t"].tolist() == [pytest.approx(2)]


def test_two_materials_of_a_pair_share_its_paths(world):
    """Of 6 t of iron and 2 t of scrap that one mill wants of one place, a track of 4 t carries 3 and 1."""
    rows = "far,2019-01,iron,ya,6\nfar,2019-01,scrap,ya,2\n"
    run = sf.run(world("ya,2019-01,iron,6\nya,2019-01,scrap,2\n", rows, "4"))
    assert shipped(run) == {("ya", "far", "iron"): 3.0, ("ya", "far", "scrap"): 1.0}


def test_what_a_place_received_is_not_left_over(world):
    """A place may offer and receive: the 10 t that it got lie there, and nothing is unserved."""
    run = sf.run(world("ya,2019,iron,10\nfar,2019,iron,3\n", "far,2019,iron,ya,10\nnear,2019,iron,far,3\n"))
    assert run.totals().unserved_t == 0
    assert run.unserved.empty


GAUGES = {"from_node_id": ["a", "b", "b"], "to_node_id": ["b", "narrow", "broad"], "length_km": [10.0, 5.0, 5.0],
          "gauge_mm": ["1000|1600", "1000", "1600"], "capacity_t": [100.0, 500.0, 500.0]}  # fmt: skip
PLACES = {"node_id": ["a", "b", "narrow", "broad"], "lon": [0, 0.1, 0.15, 0.15], "lat": [0, 0, 0.05, -0.05]}


@pytest.mark.parametrize(("wanted", "moved"), [((80.0, 80.0), 100.0), ((90.0, 0.0), 90.0), ((0.0, 120.0), 100.0)])
def test_gauges_share_the_capacity_of_a_track(wanted, moved):
    """A track of two gauges takes 100 t: of 80 t for each 100 move, and one gauge alone may have all of it. Only it is full."""
    demand = pd.DataFrame({"node_id": ["narrow", "broad"], "period": "2019-01", "tonnage_t": wanted})
    supply = pd.DataFrame({"node_id": ["a"], "period": "2019-01", "tonnage_t": 200.0})
    made = sf.world_from(
        pd.DataFrame(GAUGES), places=pd.DataFrame(PLACES), supply=supply, demand=demand[demand["tonnage_t"] > 0]
    )
    run = sf.run(made)
    assert run.totals().shipped_t == pytest.approx(moved, abs=1e-5)
    on_track = run.link_loads["link_id"].isin(["a-b:1000", "a-b:1600"])
    assert run.link_loads.loc[on_track, "tonnage_t"].sum() == pytest.approx(moved, abs=1e-5)
    full = {link for cell in run.unserved.query("reason == 'capacity'")["links"] for link in cell.split("|")}
    assert full <= {"a-b:1000", "a-b:1600"}
    assert bool(full) == (sum(wanted) > 100)


def test_operators_share_the_capacity_of_a_track(world, tmp_path):
    """Two railways may run on a track of 8 t: of 10 t offered to each railway's yard 8 pass in all, whoever hauls them."""
    world("ya,2019-01,iron,10\nyb,2019-01,scrap,1\n", "far,2019-01,iron,,10\nnear,2019-01,scrap,,1\n", capacity=8)
    links = LINKS.format(capacity=8).replace("capacity_t\n", "capacity_t,operator\n").replace("100,8", "100,8,n|s")
    rows = [f"{row}," if row.count(",") == 5 else row for row in links.splitlines()]
    stub = "stub,b,c,rail,5,,n\nspur,b,d,rail,5,,s\n"
    (tmp_path / "links.csv").write_text("\n".join(rows) + "\n" + stub, encoding="utf-8")
    (tmp_path / "nodes.csv").write_text(NODES + "c,C,station,1.1,0\nd,D,station,1.2,0\n", encoding="utf-8")
    (tmp_path / "world.toml").write_text("[operators]\nchange_cost_per_t = inf\n", encoding="utf-8")
    run = sf.run(sf.read_world(tmp_path))
    assert shipped(run) == {("ya", "far", "iron"): pytest.approx(8.0, abs=1e-4), ("yb", "near", "scrap"): 1.0}
    assert run.unserved[["node_id", "reason", "links"]].values.tolist() == [["ya", "capacity", "track"]]
    assert run.paths.loc[run.paths["path_id"] == "ya>far", "link_id"].tolist() == ["gate_a", "track", "siding_far"]


def test_what_is_wanted_where_railways_meet_arrives_there(world, tmp_path):
    """A station of two railways takes what ends there, and passes nothing on unless a change is paid for."""
    world("ya,2019-01,iron,10\n", "b,2019-01,iron,,4\n")
    (tmp_path / "demand.csv").write_text(
        "node_id,period,material,tonnage_t\nb,2019-01,iron,4\nc,2019-01,iron,6\n", encoding="utf-8"
    )
    links = LINKS.format(capacity="").replace("capacity_t\n", "capacity_t,operator\n").replace("100,", "100,,n")
    rows = [f"{row}," if row.count(",") == 5 else row for row in links.splitlines()]
    (tmp_path / "links.csv").write_text("\n".join(rows) + "\nspur,b,c,rail,5,,s\n", encoding="utf-8")
    (tmp_path / "nodes.csv").write_text(NODES + "c,C,station,1.1,0\n", encoding="utf-8")
    (tmp_path / "world.toml").write_text("[operators]\nchange_cost_per_t = inf\n", encoding="utf-8")
    assert shipped(sf.run(sf.read_world(tmp_path))) == {("ya", "b", "iron"): 4.0}
    (tmp_path / "world.toml").write_text(
        "[operators]\nchange_cost_per_t = 7\nchange_cost_per_t_basis = 'derived'\n", encoding="utf-8"
    )
    run = sf.run(sf.read_world(tmp_path))
    assert shipped(run) == {("ya", "b", "iron"): 4.0, ("ya", "c", "iron"): 6.0}
    assert run.paths.loc[run.paths["path_id"] == "ya>c", "link_id"].tolist() == ["gate_a", "track", "spur"]
