"""What members say of observations: the same numbers as sums over what they kept, whatever the metric, place and span."""

from __future__ import annotations

import numpy as np

from scrapflow.evidence.predictions import input_values


def summed(frame, mask, column="tonnage_t", members=60):
    """Add up rows by member, members without a row zero."""
    return frame[mask].groupby("member")[column].sum().reindex(range(members), fill_value=0.0).to_numpy()


def test_movements_at_either_end(kept, predict):
    """What was shipped is seen at the yard it leaves and at the mill it reaches; carted at the owner and at the yard."""
    m = kept.kept.movements
    shipped, carted = m["kind"] == "shipped", m["kind"] == "carted"
    np.testing.assert_allclose(predict("shipped_t", place="yard"), summed(m, shipped), rtol=1e-5)
    np.testing.assert_allclose(
        predict("shipped_t", place="Near Mill"), summed(m, shipped & (m["destination"] == "near")), rtol=1e-5
    )
    np.testing.assert_allclose(
        predict("delivered_t", place="near", period="2015-02"),
        summed(m, shipped & (m["destination"] == "near") & (m["period"] == "2015-02")),
        rtol=1e-5,
    )
    np.testing.assert_allclose(
        predict("carted_t", place="Vale Works", material="machinery"),
        summed(m, carted & (m["origin"] == "works") & m["material"].str.endswith("machinery")),
        rtol=1e-5,
    )
    np.testing.assert_allclose(predict("received_t", place="yard"), summed(m, carted), rtol=1e-5)
    np.testing.assert_allclose(predict("scrap_t"), summed(m, carted & (m["material"] == "scrap")), rtol=1e-5)


def test_totals_agree_with_what_they_are_made_of(kept, predict):
    """A total is the sum over its region, and net is gross less what went back."""
    for name in ("carted_t", "returned_t", "net_carted_t", "quota_t", "shortfall_t"):
        np.testing.assert_allclose(predict(name, region="Vale"), kept.totals[name], rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(predict(name), kept.totals[name])


def test_levels_are_means_and_ends(kept, predict):
    """What a yard held is opening and in, a mean over periods; what is held at the end is the total."""
    stocks = kept.kept.stocks[kept.kept.stocks["node_id"] == "yard"]
    held = summed(stocks.assign(t=stocks["opening_t"] + stocks["in_t"]), np.ones(len(stocks), dtype=bool), "t")
    np.testing.assert_allclose(predict("yard_t", place="Vale Yard"), held / 2, rtol=1e-5)
    np.testing.assert_allclose(predict("yard_t", place="yard", material="scrap"), predict("yard_scrap_t"), rtol=1e-6)
    np.testing.assert_allclose(predict("held_t", region="vale"), kept.totals["held_t"], atol=1e-4)


def test_links_and_accounts(kept, predict):
    """Loads of a link add up over periods, counts of an account too; a share is a mean."""
    loads = kept.kept.link_loads
    np.testing.assert_allclose(
        predict("link_load_t", link="rail_far"), summed(loads, loads["link_id"] == "rail_far"), rtol=1e-5
    )
    accounts = kept.kept.accounts
    of_works = accounts["node_id"] == "works"
    np.testing.assert_allclose(
        predict("detection", place="works"), summed(accounts, of_works, "detection") / 2, rtol=1e-5
    )
    np.testing.assert_allclose(
        predict("quota_t", place="works", first="2015-02"),
        summed(accounts, of_works & (accounts["period"] == "2015-02"), "quota_t"),
        rtol=1e-5,
    )


def test_one_metric_above_another(predict):
    """The share of the first in both, 1/2 where there is neither."""
    functional, scrap = predict("yard_functional_t"), predict("yard_scrap_t")
    np.testing.assert_allclose(
        predict("yard_functional_t > yard_scrap_t"), functional / (functional + scrap), rtol=1e-6
    )


def test_assumptions_in_their_units(kept):
    """What was drawn lies in its range, rises with its quantile, and has the central value at the median."""
    values = input_values(kept)
    kilograms = values["quota.headcount.kg"]
    assert kilograms.between(10, 30).all()
    order = kept.draws["quota.headcount.kg"].argsort()
    assert kilograms.iloc[order].is_monotonic_increasing
    assert values.shape == kept.draws.shape
