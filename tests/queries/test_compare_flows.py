"""Two selections side by side: mills, regions and months of a run, and members of an ensemble."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.errors import InputError
from scrapflow.queries.compare_flows import _joined


def test_two_mills_are_compared_by_any_words(toy_run):
    """Both sides are what the selections say alone; what one side lacks is 0 there; the largest change comes first."""
    near, far = toy_run.flows.to("Near Mill"), toy_run.flows.to("Far Mill")
    by = sf.compare(near, far).by("material")
    assert by.tonnage_t_a.sum() == pytest.approx(near.total_t)
    assert by.tonnage_t_b.sum() == pytest.approx(far.total_t)
    assert np.allclose(by.tonnage_t_delta, by.tonnage_t_b - by.tonnage_t_a)
    assert by.tonnage_t_delta.abs().is_monotonic_decreasing
    places = sf.compare(near, far).by("destination")
    assert sorted(places[["tonnage_t_a", "tonnage_t_b"]].min(axis=1)) == [0.0, 0.0]


def test_months_regions_and_campaigns_are_compared(toy, toy_run):
    """A month against a month, and the same question of two campaigns; kinds are never added up."""
    months = sf.compare(toy_run.flows.during("January"), toy_run.flows.during("February")).totals
    for row in months.itertuples():
        assert row.tonnage_t_b == pytest.approx(toy_run.flows.kind(row.kind).during("February").total_t)
    other = sf.run(toy, "2012").flows.kind("shipped")
    text = sf.compare(other, toy_run.flows.kind("shipped")).summary()
    assert text.startswith("toy-2015 of kind shipped against toy-2012 of kind shipped") or "toy-2012" in text


def test_members_are_compared_one_by_one(toy, toy_run):
    """The range of the difference is that of the members' differences, not the difference of the ranges."""
    ens = sf.ensemble(toy, n=6, seed=1, keep="flows", processes=1)
    near, far = ens.flows.to("Near Mill"), ens.flows.to("Far Mill")
    row = sf.compare(near, far).totals.iloc[0]
    difference = far.members().tonnage_t.to_numpy() - near.members().tonnage_t.to_numpy()
    assert [row.low_delta, row.median_delta, row.high_delta] == pytest.approx(np.quantile(difference, [0.1, 0.5, 0.9]))
    beside = sf.compare(toy_run.flows.to("Far Mill"), far).totals.iloc[0]
    assert beside.low_a == beside.high_a == pytest.approx(toy_run.flows.to("Far Mill").total_t)
    with pytest.raises(InputError, match="one ensemble"):
        sf.compare(near, sf.ensemble(toy, n=6, keep="flows", processes=1).flows)


def test_what_cannot_be_compared_says_what_can(toy_run):
    """A run with a selection, numbers, and an unknown alignment are refused in words."""
    for pair in ((toy_run, toy_run.flows), (1, toy_run), ([toy_run], None)):
        with pytest.raises(InputError, match="two runs can be compared, or two selections"):
            sf.compare(*pair)
    with pytest.raises(InputError, match="'label' or 'order'"):
        sf.compare(toy_run, toy_run, align="year")


def test_a_selection_is_explored_on_a_map_of_ones_own(toy_run):
    """`explore` draws these flows, on a map that is given if one is."""
    import folium

    assert "far" in toy_run.flows.to("Far Mill").explore().get_root().render()
    m = folium.Map(tiles=None)
    assert toy_run.flows.to("Far Mill").explore(m=m) is m


def test_one_amount_added_up_in_two_ways_is_no_difference():
    """0.1 + 0.2 against 0.3, and 20,000 t against 20,000 t and a billionth: 0; a kilogram more of a thousand tonnes is one."""
    places = ["sum", "large", "more"]
    a = pd.Series([0.1 + 0.2, 20_000.0, 1000.0], pd.Index(places, name="place"))
    b = pd.Series([0.3, 20_000.0 + 4e-12 * 20_000, 1000.001], pd.Index(places, name="place"))
    assert _joined([a, b])["tonnage_t_delta"].round(9).to_dict() == {"sum": 0.0, "large": 0.0, "more": 0.001}
    assert (_joined([a, b]).loc[["sum", "large"], "tonnage_t_delta"] == 0).all()
