"""Tracing joins legs as a brute-force simulation of lots does, and shares as published examples say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapflow.errors import UnknownNameError
from scrapflow.queries.trace import trace
from scrapflow.runs import Run

WORDS = ["period", "material", "via", "origin", "destination", "yard"]


def grouped(lots, words):
    """Add up the simulated lots."""
    out = lots.groupby(words)["tonnage_t"].sum()
    return out[out > 1e-9]


def agree(traced, lots, words):
    """Compare a trace with simulated lots to 1e-9 t."""
    got = traced.set_index(words)["tonnage_t"]
    got, want = got[got > 1e-9].align(grouped(lots, words), fill_value=0.0)
    np.testing.assert_allclose(got, want, rtol=0, atol=1e-8)
    if len(traced):
        assert traced["share"].sum() == pytest.approx(1.0, abs=1e-12)
    assert (np.diff(traced["tonnage_t"]) <= 0).all()


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), periods=st.integers(1, 6), show=st.sampled_from([0.0, 0.4, 1.0]))
def test_tracing_agrees_with_a_simulation_of_lots(make, seed, periods, show):
    """Following every lot through mixing yards on random worlds gives the same tonnes for every origin and end."""
    made = make(seed, periods=periods, show=show)
    lots = made.lots.rename(columns={"arose": "origin"})
    mill = lots[lots.destination == "m0"]
    agree(trace(made.run, to="Mill 0", by=WORDS), mill, WORDS)
    kept = [("kept", y, a, t) for y, held in made.held.items() for (_, _, a), t in held.items()]
    kept += [("kept", c, a, t) for c, held in made.stolen.items() for (_, _, a), t in held.items()]
    kept = pd.DataFrame(kept, columns=["kind", "destination", "origin", "tonnage_t"])
    kind = np.where(lots.destination == "outside", "leaked", "shipped")
    every = pd.concat([lots.assign(kind=kind), kept])
    agree(trace(made.run, by=["kind", "destination", "origin"]), every, ["kind", "destination", "origin"])


def test_what_a_mill_received_is_what_is_traced(made_up):
    """The traced total of a mill is its received tonnage, in every period."""
    run = made_up.run
    traced = trace(run, to="Mill 0", by=["period"]).set_index("period").tonnage_t.sort_index()
    shipped = run.flows.to("Mill 0").by("period").set_index("period").tonnage_t.sort_index()
    pd.testing.assert_series_equal(traced, shipped)
    assert trace(run, to="Mill 0", by="region", during="2015-02").tonnage_t.sum() == pytest.approx(shipped["2015-02"])


def test_downstream_all_of_a_works_is_accounted_for(made_up):
    """What a works handed over for good, and what was stolen from it, is somewhere: at a mill, abroad, in a yard."""
    run = made_up.run
    moved = run.movements[(run.movements.origin == "e10") | (run.movements.destination == "e10")]
    net = moved.tonnage_t.where(moved.origin == "e10", -moved.tonnage_t).sum()
    ends = trace(run, from_="Works 10", by=["kind", "destination_name"])
    assert ends.tonnage_t.sum() == pytest.approx(net)
    assert set(ends.kind) <= {"shipped", "leaked", "kept"}


def test_region_is_where_the_steel_arose(made_up, make):
    """The region of a trace is that of the works, also where steel was stolen into another region."""
    mix = trace(made_up.run, to="Mill 0", by=["material", "region"])
    assert list(mix.columns) == ["material", "region", "tonnage_t", "share"]
    lots = made_up.lots[made_up.lots.destination == "m0"]
    region = "Region " + lots.arose.str[1]
    want = lots.groupby(region).tonnage_t.sum()
    got = mix.groupby("region").tonnage_t.sum()
    np.testing.assert_allclose(got.sort_index(), want.sort_index())
    crossed = trace(made_up.run, to="Mill 0", by=["region", "yard_region", "via"])
    assert set(crossed[crossed.region != crossed.yard_region].via) == {"looted"}


def test_a_yard_keeps_its_own(made_up):
    """Arrivals at a yard are traced without the loads that went home."""
    run = made_up.run
    got = trace(run, to="Yard 1", by=["origin"]).tonnage_t.sum()
    back = run.flows.kind("returned").from_("y1").total_t
    assert got == pytest.approx(run.flows.to("Yard 1").total_t - back)
    through = trace(run, from_="Yard 1", by=["destination"])
    shipped = run.flows.from_("Yard 1").kind("shipped", "leaked").by("kind").tonnage_t.sum()
    assert through[~through.destination.isin(["y1"])].tonnage_t.sum() == pytest.approx(shipped)


def tiny(rows, opening=()):
    """A run of one works, one town, one yard and two mills from rows of movements."""
    nodes = pd.DataFrame(
        [("e", "enterprise"), ("f", "enterprise"), ("y", "yard"), ("m", "mill"), ("n", "mill")],
        columns=["node_id", "kind"],
    )
    nodes = nodes.assign(name=nodes.node_id.str.upper(), region_id="r", region="R", sector="")
    periods = sorted({r[0] for r in rows})
    moved = pd.DataFrame(rows, columns=["period", "kind", "material", "origin", "destination", "tonnage_t"]).assign(
        via="own"
    )
    stocks = pd.DataFrame(opening, columns=["period", "node_id", "material", "via", "opening_t"])
    frames = {
        "periods": pd.DataFrame(
            {"period": periods, "start": [f"{p}-01" for p in periods], "end": [f"{p}-28" for p in periods]}
        ),
        "movements": moved,
        "stocks": stocks.astype({"opening_t": float}),
        "nodes": nodes,
        "links": pd.DataFrame({"link_id": ["l"], "from_node_id": ["y"], "to_node_id": ["m"]}),
        "regions": pd.DataFrame({"region_id": ["r"], "parent_id": [""], "name": ["R"]}),
    }
    return Run(frames, {"world": "w", "campaign": "c"})


def test_stock_of_earlier_months_is_mixed_in():
    """A yard that keeps half of January ships January's origins with February's, by what it holds."""
    run = tiny(
        [
            ("2015-01", "carted", "scrap", "e", "y", 8.0),
            ("2015-01", "shipped", "scrap", "y", "m", 4.0),
            ("2015-02", "carted", "scrap", "f", "y", 12.0),
            ("2015-02", "shipped", "scrap", "y", "n", 8.0),
        ]
    )
    assert trace(run, to="N", by="origin").to_dict("list") == {
        "origin": ["f", "e"],
        "tonnage_t": [6.0, 2.0],
        "share": [0.75, 0.25],
    }


def test_stock_before_the_first_month_arose_in_its_yard():
    """What a yard held at the start is traced to the yard itself, not to whoever came first."""
    rows = [("2015-01", "carted", "scrap", "e", "y", 5.0), ("2015-01", "shipped", "scrap", "y", "m", 10.0)]
    run = tiny(rows, [("2015-01", "y", "scrap", "own", 5.0)])
    assert trace(run, to="M", by="origin").to_dict("list") == {
        "origin": ["e", "y"],
        "tonnage_t": [5.0, 5.0],
        "share": [0.5, 0.5],
    }


@pytest.mark.parametrize("later", [False, True])
def test_a_load_carried_back_is_its_owners(later):
    """What goes home, in the same month or the next, is taken off what its owner brought, not off everyone's."""
    home = "2015-02" if later else "2015-01"
    rows = [
        ("2015-01", "carted", "idle_machinery", "e", "y", 6.0),
        ("2015-01", "carted", "idle_machinery", "f", "y", 4.0),
        (home, "returned", "idle_machinery", "y", "e", 4.0),
        ("2015-01", "shipped", "idle_machinery", "y", "m", 3.0),
        ("2015-02", "shipped", "idle_machinery", "y", "m", 3.0),
    ]
    mix = trace(tiny(rows), to="M", by="origin").set_index("origin").tonnage_t
    assert mix.to_dict() == pytest.approx({"e": 2.0, "f": 4.0})


def test_unknown_words_are_named(made_up):
    """A word a trace cannot group by raises, with what it can."""
    with pytest.raises(UnknownNameError):
        trace(made_up.run, to="Mill 0", by=["regoin"])
    with pytest.raises(UnknownNameError, match="yard"):
        trace(made_up.run, to="Mill 0", by=["line_id"])
    with pytest.raises(UnknownNameError):
        trace(made_up.run, to="Mile 0")


def test_nothing_traced_is_an_empty_table(made_up):
    """An origin that reaches no such end gives no rows, with the columns asked for."""
    empty = trace(made_up.run, from_="Town 0", to="Works 00", by=["material", "workers"])
    assert list(empty.columns) == ["material", "workers", "tonnage_t", "share"]
    assert empty.empty
