"""What cost alone settles, and what the rule for plans of the same cost decided."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.errors import InputError, MixedKindsError


def square():
    """Two origins of ten tonnes and two destinations of ten, all as dear as one another."""
    nodes = pd.DataFrame(
        {"node_id": ["a", "b", "x", "y"], "supply_t": [10.0, 10.0, 0, 0], "demand_t": [0, 0, 10.0, 10.0]}
    )
    links = pd.DataFrame(
        [(f"{i}{j}", i, j, np.inf, 1.0) for i in "ab" for j in "xy"],
        columns=["link_id", "from_node_id", "to_node_id", "capacity_t", "cost_per_t"],
    )
    return sf.solve(sf.FlowProblem(nodes, links))


def test_a_square_of_equal_costs_settles_sums_and_no_part():
    """From a to x go 0 to 10 t in some plan; what leaves a, what reaches x and a weighted sum are as by hand."""
    result = square()
    options = result.options()
    a, x = options["origin"].eq("a").to_numpy(), options["destination"].eq("x").to_numpy()
    assert result.range_of((a & x) * 1.0) == pytest.approx((0.0, 10.0))
    assert result.range_of(a * 1.0) == pytest.approx((10.0, 10.0))
    assert result.range_of(x * 1.0) == pytest.approx((10.0, 10.0))
    # a to x and b to y go together: both 10 or both 0
    assert result.range_of((a & x) * 1.0 + (~a & ~x) * 2.0) == pytest.approx((0.0, 30.0))
    assert not result.unique


def test_a_dearer_way_is_in_no_plan_of_least_cost():
    """Where one link is dearer the plan is the only one, and nothing has a range."""
    nodes = pd.DataFrame({"node_id": ["a", "x"], "supply_t": [4.0, 0.0], "demand_t": [0.0, 3.0]})
    two = pd.DataFrame(
        [("near", "a", "x", 2.0, 1.0), ("far", "a", "x", 9.0, 2.0)],
        columns=["link_id", "from_node_id", "to_node_id", "capacity_t", "cost_per_t"],
    )
    one = sf.solve(sf.FlowProblem(nodes, two))
    near = one.options()["links"].map(lambda links: "near" in links).to_numpy()
    assert one.range_of(near * 1.0) == pytest.approx((2.0, 2.0))


@pytest.mark.parametrize(
    "ask",
    [
        lambda f: f.to("Near Mill"),
        lambda f: f.to("Far Mill").during("2015-02"),
        lambda f: f.kind("shipped").of("machinery"),
        lambda f: f.kind("shipped").through("rail_far"),
        lambda f: f.kind("shipped").in_region("Vale"),
        lambda f: f.kind("shipped").graded("E5"),
    ],
)
def test_the_run_lies_within_its_range_and_the_toy_has_none(toy_run, ask):
    """The toy's plan is settled by cost: least, most and the run's own number are one."""
    found = ask(toy_run.flows).variability()
    assert found.least_t <= found.total_t <= found.most_t
    assert found.total_t == ask(toy_run.flows).total_t
    assert found.settled
    assert found.most_t == pytest.approx(found.least_t)


def test_months_of_a_country_are_a_matter_of_the_rule_where_years_are_not(dprk_run):
    """What a mill gets in the year is settled by cost; which month a far region serves it is not, and that is told."""
    year = dprk_run.flows.to("Kangson").variability()
    assert year.settled
    months = [
        dprk_run.flows.to("Kangson").from_("South Pyongan").during(p).variability() for p in ("2015-03", "2015-05")
    ]
    assert all(m.least_t <= m.total_t <= m.most_t for m in months)
    assert not all(m.settled for m in months)


def test_what_people_moved_has_no_range_and_mixed_kinds_are_refused(toy_run):
    """Carts are held fixed; kinds are not added up; a condition on tonnes has no meaning over other plans."""
    carted = toy_run.flows.kind("carted").variability()
    assert carted.least_t == carted.most_t == toy_run.totals().carted_t
    with pytest.raises(MixedKindsError):
        toy_run.flows.variability()
    with pytest.raises(InputError, match="no meaning over other plans"):
        toy_run.flows.kind("shipped").where("tonnage_t > 1").variability()
