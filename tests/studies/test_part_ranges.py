"""Ranges of months and regions: added up in every member, as the run's tables say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import scrapflow as sf
from scrapflow.ledger.amounts import TableAmounts
from scrapflow.studies.part_ranges import HOME, part_ranges, parts_of


def middle(values, q):
    """Return quantiles as numpy gives them."""
    return np.quantile(values, q, axis=0)


def test_parts_are_what_the_tables_say(toy_run):
    """Each month's sum of each kind, what goes back or is taken together, and what leaves each region for home."""
    region = dict(zip(toy_run.nodes["node_id"], toy_run.nodes["region"], strict=True))
    materials = sorted(set(toy_run.movements["material"]))
    amounts = TableAmounts(toy_run.tables, materials)
    parts = pd.Series(parts_of(amounts, region, received={"near": 2.0, "far": 0.0}, railed={})).sort_index()
    moves = toy_run.movements
    for (kind, period), t in moves.groupby(["kind", "period"])["tonnage_t"].sum().items():
        assert parts["period", kind, period] == pytest.approx(t)
    gone = moves[moves["kind"].isin(["returned", "looted"])]
    assert parts["period", HOME].to_dict() == pytest.approx(gone.groupby("period")["tonnage_t"].sum().to_dict())
    for (kind, name), t in gone.groupby(["kind", gone["origin"].map(region)])["tonnage_t"].sum().items():
        assert parts["region", kind, name] == pytest.approx(t)
    assert parts["mill"].to_dict() == {("received", "near"): 2.0}


def test_an_ensemble_has_the_parts_of_each_member(toy):
    """The months of a member add up to its total, and low and high of the map are quantiles over the members."""
    found = sf.ensemble(toy, n=6, processes=1)
    for kind, total in (("shipped", "shipped_t"), ("returned", "returned_t"), ("looted", "looted_t")):
        months = found.parts["period"][kind]
        assert months.sum(axis=1).to_numpy() == pytest.approx(found.totals[total].to_numpy())
        told = found.central.meta["part_ranges"]["period"][kind]
        low_and_high = np.array(told).T
        assert low_and_high == pytest.approx(months.quantile([0.1, 0.9]).to_numpy(), rel=1e-3)
    home = found.parts["period"][HOME].sum(axis=1)
    assert home.to_numpy() == pytest.approx((found.totals["returned_t"] + found.totals["looted_t"]).to_numpy())


def test_mills_and_railways_have_the_range_of_what_members_sent_there(toy):
    """A member's mills receive what it delivers; what is kept of each agrees with its movements and the loads of its links."""
    found = sf.ensemble(toy, n=4, keep="flows", processes=1)
    parts = found.parts.sort_index(axis=1)
    assert parts["mill"].sum(axis=1).to_numpy() == pytest.approx(found.totals["delivered_t"].to_numpy())
    for number in range(4):
        run = found.kept.member(number)
        received = run.movements[run.movements["kind"] == "shipped"].groupby("destination")["tonnage_t"].sum()
        kept = parts["mill", "received"].loc[number]
        assert kept.reindex(received.index).to_numpy() == pytest.approx(received.to_numpy())
        railed = run.movements[run.movements["kind"] == "shipped"].merge(run.paths, on="path_id")
        links = railed[railed["link_id"].isin(parts["link", "railed"].columns)]
        carried = links.groupby("link_id")["tonnage_t"].sum()
        assert parts["link", "railed"].loc[number].to_dict() == pytest.approx(carried.to_dict())
    low, high = found.central.meta["part_ranges"]["mill"]["near"]
    assert [low, high] == pytest.approx(parts["mill", "received", "near"].quantile([0.1, 0.9]).tolist(), rel=1e-3)


def test_known_tonnes_have_the_ranges_of_their_mills():
    """Where the tonnes are given, the mills of a member received what its movements say."""
    found = sf.ensemble(sf.read_world("brazil"), n=2, processes=1)
    assert found.parts["mill"].sum(axis=1).to_numpy() == pytest.approx(found.totals["delivered_t"].to_numpy())


def test_a_map_of_a_part_tells_no_ranges_of_the_whole(toy):
    """What a query selects is a part of each month, of which no range is known."""
    from scrapflow.views.map_payload import run_payload
    from scrapflow.views.run_lines import run_of

    run = sf.ensemble(toy, n=3, processes=1).central
    assert run_payload(run)["parts"]["period"]
    assert run_payload(run_of(run.flows.kind("shipped"))[0])["parts"] == {}


def test_the_parts_are_in_the_folder_of_an_ensemble(toy, tmp_path):
    """An ensemble that is read again has the parts of each member, so that evidence can weigh them."""
    made = sf.ensemble(toy, n=3, processes=1, folder=tmp_path / "members")
    columns = list(made.parts.columns)
    assert {by for by, _, _ in columns} == {"period", "region", "mill", "link"}
    assert made.central.meta["part_ranges"] == part_ranges(made.parts, middle)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=9))
def test_members_that_agree_leave_no_range(values):
    """Where all members have the same parts, low and high are both that, in four figures."""
    columns = pd.MultiIndex.from_tuples([("period", "shipped", str(i)) for i in range(len(values))])
    told = part_ranges(pd.DataFrame([values] * 4, columns=columns), middle)["period"]
    if max(values) > 0.005:
        assert np.array(told["shipped"])[:, 0] == pytest.approx(values, rel=1e-3)
        assert np.array(told["shipped"])[:, 0] == pytest.approx(np.array(told["shipped"])[:, 1])
    else:
        assert told == {}


def test_nothing_has_no_ranges():
    """Without members there is nothing to be told."""
    assert part_ranges(pd.DataFrame(), middle) == {"period": {}, "region": {}, "mill": {}, "link": {}}
