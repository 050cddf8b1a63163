"""Measures of inequality, transport work, balances and loads agree with plainer ways to get them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapflow.errors import MixedKindsError
from scrapflow.queries.concentration import gini, herfindahl

amounts = st.lists(st.floats(0.01, 1e6), min_size=1, max_size=40)


@given(amounts)
def test_gini_is_half_the_mean_difference_over_the_mean(t):
    """The sorted formula gives what comparing every pair gives."""
    t = np.array(t)
    pairs = np.abs(t[:, None] - t[None, :]).mean()
    assert gini(t) == pytest.approx(pairs / (2 * t.mean()), abs=1e-9)
    assert 0 <= gini(t) + 1e-12 < 1


@given(amounts, st.floats(0.1, 10))
def test_herfindahl_depends_on_shares_only(t, scale):
    """The index lies between 1/n and 1 and does not change with the unit."""
    t = np.array(t)
    assert 1 / len(t) - 1e-12 <= herfindahl(t) <= 1 + 1e-12
    assert herfindahl(t * scale) == pytest.approx(herfindahl(t))


def test_nothing_has_no_concentration():
    """Without tonnes there is no share and no number, and no warning."""
    assert np.isnan(gini([0.0, 0.0]))
    assert np.isnan(herfindahl([]))


def test_concentration_of_a_query(made_up, oracle):
    """A query's sources are its groups; several kinds are refused."""
    t = oracle[oracle.kind == "shipped"].groupby("origin").tonnage_t.sum()
    c = made_up.run.flows.kind("shipped").concentration()
    assert c.n == len(t)
    assert c.hhi == pytest.approx(((t / t.sum()) ** 2).sum())
    assert c.effective == pytest.approx(1 / c.hhi)
    assert c.top_share == pytest.approx(t.max() / t.sum())
    with pytest.raises(MixedKindsError):
        made_up.run.flows.concentration("region")


@pytest.mark.parametrize("by", ["node_id", "region", "kind", "period"])
def test_balances_add_up(made_up, by):
    """Over all places, what came in is what went out, kind by kind; by place it is what pandas gets."""
    out = made_up.run.flows.balances(by)
    name = "place_kind" if by == "kind" else by
    assert list(out.columns) == [name, "kind", "in_t", "out_t", "net_t"]
    totals = out.groupby("kind")[["in_t", "out_t"]].sum()
    np.testing.assert_allclose(totals.in_t, totals.out_t)
    if by == "node_id":
        m = made_up.run.movements
        row = out[(out.node_id == "y1") & (out.kind == "carted")]
        assert row.in_t.item() == pytest.approx(m[(m.destination == "y1") & (m.kind == "carted")].tonnage_t.sum())


def test_haulage_is_tonnes_times_length(made_up):
    """Transport work is the sum over movements of tonnes and path length; what has no path is set apart."""
    run = made_up.run
    length = run.paths.merge(run.links, on="link_id").groupby("path_id").length_km.sum()
    m = run.movements[run.movements.kind == "shipped"]
    row = run.flows.kind("shipped").haulage().iloc[0]
    assert row.tonne_km == pytest.approx((m.tonnage_t * m.path_id.map(length)).sum())
    assert row.mean_haul_km == pytest.approx(row.tonne_km / m.tonnage_t.sum())
    looted = run.flows.kind("looted").haulage().iloc[0]
    assert looted.no_length_t == pytest.approx(looted.tonnage_t)
    assert np.isnan(looted.mean_haul_km)


def test_loads_of_everything_are_the_link_loads(made_up):
    """The loads of all movements are those of the run's own table."""
    got = made_up.run.flows.loads().set_index("link_id").tonnage_t
    want = made_up.run.link_loads.groupby("link_id").tonnage_t.sum()
    np.testing.assert_allclose(got.sort_index(), want.sort_index())
    assert (np.diff(made_up.run.flows.loads().tonnage_t) <= 0).all()


@pytest.mark.parametrize("words", [(), ("mode",), ("line_id",), ("destination",)])
def test_haulage_has_a_column_for_each_word(made_up, words):
    """``kind`` and the words first, then tonne-kilometres; a row for each, the largest first."""
    table = made_up.run.flows.kind("shipped").haulage(*words)
    assert table.columns[: len(words) + 1].tolist() == ["kind", *words]
    assert set(table["kind"]) == {"shipped"}
    assert isinstance(table.index, pd.RangeIndex)
    most = "tonne_km" if words in (("mode",), ("line_id",)) else "tonnage_t"
    assert table[most].is_monotonic_decreasing
