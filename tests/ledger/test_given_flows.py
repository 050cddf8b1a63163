"""Books of movements that were given: sums, paths, loads and stocks of a chain on paper."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scrapflow as sf
from scrapflow.ledger.given_flows import books_of, dated, run_given

FIELDS = ["origin", "destination", "tonnage_t", "period", "material", "kind", "via", "source", "grade", "basis"]


def flows(*rows):
    """Return flows of (origin, destination, tonnes, period), reported scrap that is shipped, unless a row says more."""
    usual = ["2015-01", "scrap", "shipped", "own", "", "", "reported"]
    return pd.DataFrame([[*row, *usual[len(row) - 3 :]] for row in rows], columns=FIELDS).astype(
        {c: "str" for c in FIELDS if c != "tonnage_t"}
    )


@pytest.fixture(scope="module")
def network(toy):
    """Return the toy's network."""
    return sf.build_network(toy)


def books(network, *rows, on_paths=True):
    """Return the tables of given flows."""
    run = run_given(network, flows(*rows), {"given": True}, on_paths=on_paths)
    return run.tables


def test_rows_of_the_same_are_added_up_and_are_as_weak_as_the_weakest(network):
    """3 t reported as A1 and 2 t derived as B2: 5 t, derived, B2; a grade that one of them lacks is none of the sum."""
    keep = ("2015-01", "scrap", "shipped", "own", "s")
    tables = books(
        network,
        ("yard", "far", 3.0, *keep, "A1", "reported"), ("yard", "far", 2.0, *keep, "B2", "derived"),
        ("yard", "near", 3.0, *keep, "C4", "reported"), ("yard", "near", 2.0, *keep, "", "reported"),
        ("yard", "works", 1.0, *keep, "B4", "assumed"), ("yard", "works", 1.0, *keep, "C1", "reported"),
    )  # fmt: skip
    told = tables["movements"].set_index("destination")
    assert told["tonnage_t"].to_dict() == {"far": 5, "near": 5, "works": 2}
    assert told["grade"].to_dict() == {"far": "B2", "near": "", "works": "C4"}
    assert told["basis"].to_dict() == {"far": "derived", "near": "reported", "works": "assumed"}


def test_flows_take_the_cheapest_path_and_links_carry_them(network):
    """From the yard to the mills: the path's links in order, and 8 t on what both share; nothing without paths."""
    tables = books(network, ("yard", "far", 5.0), ("yard", "near", 3.0))
    moves = tables["movements"].set_index("destination")
    assert (moves["path_id"] != "").all()
    for mill in ("far", "near"):
        steps = tables["paths"][tables["paths"]["path_id"] == moves.loc[mill, "path_id"]].sort_values("seq")
        assert steps["link_id"].tolist() == list(network.path("yard", mill).links)
    shared = set(network.path("yard", "far").links) & set(network.path("yard", "near").links)
    loads = tables["link_loads"].set_index("link_id")["tonnage_t"]
    for link, tonnes in loads[loads > 0].items():
        alone = 5 if link in network.path("yard", "far").links else 3
        assert tonnes == (8 if link in shared else alone)
    bare = books(network, ("yard", "far", 5.0), on_paths=False)
    assert bare["movements"]["path_id"].tolist() == [""]
    assert len(bare["paths"]) == 0
    assert bare["link_loads"]["tonnage_t"].sum() == 0


def test_a_place_that_sends_to_itself_moves_nothing_and_has_it(network):
    """4 t arise and stay; the same place gets 2 t more and keeps both."""
    tables = books(network, ("far", "far", 4.0), ("yard", "far", 2.0))
    assert tables["movements"][["origin", "destination", "tonnage_t"]].values.tolist() == [["yard", "far", 2.0]]
    far = tables["stocks"].set_index("node_id").loc["far"]
    assert far[["opening_t", "arising_t", "in_t", "out_t", "closing_t"]].tolist() == [0, 4, 2, 0, 6]


def test_what_has_no_tonnes_is_no_movement(network):
    """A row of 0 t is left out; one of the same key beside it counts alone."""
    tables = books(network, ("yard", "far", 0.0), ("yard", "near", 0.0), ("yard", "near", 1.0))
    assert tables["movements"]["tonnage_t"].tolist() == [1.0]


def test_a_place_that_nothing_joins_has_no_path_but_its_books(network):
    """To the outside no rails lead: the tonnes are told, on no link."""
    tables = books(network, ("yard", "outside", 2.0))
    assert tables["movements"]["path_id"].tolist() == [""]
    assert tables["stocks"].set_index("node_id")["closing_t"].to_dict() == {"yard": 0, "outside": 2}


def test_materials_are_those_of_the_flows_as_the_world_tells_them(network):
    """Scrap with the world's group and role, an unknown word with none; those that nobody moved are left out."""
    rows = [("yard", "far", 1.0, "2015-01", m) for m in ("scrap", "ore")]
    table = books(network, *rows)["materials"].set_index("material")
    assert set(table.index) == {"scrap", "ore"}
    assert table.loc["scrap", "role"] == "scrap"
    assert table.loc["ore", "role"] == ""


def test_capacities_are_those_of_the_period_and_without_a_date_there_are_none(network):
    """A month has a month's, a quarter three; of flows without a date nobody can say what a link could carry."""
    month = network.arcs.set_index("arc_id")["capacity_t"]
    for label, times in (("2015-01", 1.0), ("2015-Q1", 3.0)):
        arcs = books(network, ("yard", "far", 1.0, label))["arcs"].set_index("arc_id")["capacity_t"]
        assert arcs.to_dict() == pytest.approx((times * month).to_dict(), rel=0.02)
    assert np.isinf(books(network, ("yard", "far", 1.0, "all"))["arcs"]["capacity_t"]).all()


def test_periods_have_their_first_and_last_day(network):
    """In order, whatever the order of the rows; the one period of undated flows has no days."""
    tables = books(network, ("yard", "far", 1.0, "2015-02"), ("yard", "far", 2.0, "2015-01"))
    assert tables["periods"].values.tolist() == [
        ["2015-01", "2015-01-01", "2015-01-31"], ["2015-02", "2015-02-01", "2015-02-28"],
    ]  # fmt: skip
    assert tables["movements"][["period", "tonnage_t"]].values.tolist() == [["2015-01", 2.0], ["2015-02", 1.0]]
    assert dated(pd.Series(["all"], dtype="str"))["end"].tolist() == [""]


def table(*rows):
    """Return movements of (period, origin, destination, tonnes)."""
    return pd.DataFrame(rows, columns=["period", "origin", "destination", "tonnage_t"]).assign(material="m")


def test_what_was_kept_goes_first_and_only_the_rest_arises():
    """B keeps 5 t of January, sends 7 t in March: 2 t arise then; in February it holds 5 t and moves nothing."""
    moved = table(("1", "a", "b", 5.0), ("3", "b", "c", 7.0))
    told = books_of(moved, moved[:0], ["1", "2", "3"]).set_index(["node_id", "period"])
    columns = ["opening_t", "arising_t", "converted_t", "in_t", "out_t", "closing_t"]
    assert told.loc["b", columns].values.tolist() == [[0, 0, 0, 5, 0, 5], [5, 0, 0, 0, 0, 5], [5, 2, 0, 0, 7, 0]]
    assert told.loc["a", columns].values.tolist() == [[0, 5, 0, 0, 5, 0]]
    assert told.loc["c", columns].values.tolist() == [[0, 0, 0, 7, 0, 7]]


legs = st.lists(
    st.tuples(st.sampled_from("123"), st.sampled_from("abc"), st.sampled_from("abc"), st.integers(1, 9).map(float)),
    min_size=1, max_size=12,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(legs)
def test_the_books_balance_whatever_moves(rows):
    """Opening, arisen and come less gone is closing, each opening the closing before; nothing is negative or arises needlessly."""
    every = table(*rows)
    inner = every["origin"] == every["destination"]
    told = books_of(every[~inner], every[inner], ["1", "2", "3"])
    closing = told["opening_t"] + told["arising_t"] + told["in_t"] - told["out_t"]
    assert closing.tolist() == told["closing_t"].tolist()
    assert (told.drop(columns=["period", "node_id", "material", "via"]) >= 0).all(axis=None)
    for node, books_ in told.groupby("node_id"):
        amounts = books_.drop(columns=["node_id", "material", "via"])
        by_period = amounts.set_index("period").reindex(["1", "2", "3"]).fillna(0.0)
        assert by_period["opening_t"].tolist() == [0.0, *by_period["closing_t"].tolist()[:-1]]
        stays = every[inner & (every["origin"] == node)].groupby("period")["tonnage_t"].sum()
        needed = by_period["arising_t"] - stays.reindex(by_period.index).fillna(0.0)
        assert ((needed == 0) | (by_period["closing_t"] - stays.reindex(by_period.index).fillna(0.0) == 0)).all()
