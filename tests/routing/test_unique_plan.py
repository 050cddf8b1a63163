"""Whether the least cost alone settles a plan: toy networks where it does, and where a rule had to choose."""

from __future__ import annotations

import pandas as pd
import pytest

from scrapflow.routing import FlowProblem, solve
from scrapflow.routing.unique_plan import is_unique

from .conftest import INF, make


def unique(nodes, links, **options):
    """Tell whether the plan of a problem is the only one."""
    return solve(make(nodes, links), **options).unique


YARD_AND_MILL = [("y", 4, 0), ("m", 0, 4)]


@pytest.mark.parametrize(
    ("nodes", "links", "only"),
    [
        (YARD_AND_MILL, [("l", "y", "m", INF, 1)], True),
        (YARD_AND_MILL, [("l", "y", "m", INF, 1), ("k", "y", "m", INF, 2)], True),
        (YARD_AND_MILL, [("l", "y", "m", INF, 1), ("k", "y", "m", INF, 1)], False),
        (YARD_AND_MILL, [("l", "y", "m", 2, 1), ("k", "y", "m", 3, 1)], False),
        ([("a", 3, 0), ("b", 3, 0), ("m", 0, 4)], [("la", "a", "m", INF, 1), ("lb", "b", "m", INF, 1)], False),
        ([("a", 3, 0), ("b", 3, 0), ("m", 0, 4)], [("la", "a", "m", INF, 1), ("lb", "b", "m", INF, 1.5)], True),
        ([("a", 3, 0), ("b", 3, 0), ("m", 0, 6)], [("la", "a", "m", INF, 1), ("lb", "b", "m", INF, 1)], True),
        ([("y", 3, 0)], [], True),
        ([("y", 4, 0), ("m", 0, 2), ("n", 0, 2)], [("l", "y", "m", INF, 1), ("k", "y", "n", INF, 1)], True),
        ([("y", 3, 0), ("m", 0, 2), ("n", 0, 2)], [("l", "y", "m", INF, 1), ("k", "y", "n", INF, 1)], False),
    ],
)
def test_one_plan_or_several(nodes, links, only):
    """Two tracks at one cost leave a choice; two yards do, unless all goes or one is nearer."""
    assert unique(nodes, links) is only


@pytest.mark.parametrize("size", [1e-6, 1e6])
def test_grams_and_megatonnes_are_judged_alike(size):
    """Whether a choice is left does not hang on the unit of mass."""
    nodes = [("a", 3 * size, 0), ("b", 3 * size, 0), ("m", 0, 4 * size)]
    assert not unique(nodes, [("la", "a", "m", INF, 1), ("lb", "b", "m", INF, 1)])
    assert unique(nodes, [("la", "a", "m", INF, 1), ("lb", "b", "m", INF, 2)])


def test_when_tonnes_go_is_part_of_the_plan():
    """At no cost of keeping it is open in which month 4 t go; at some cost it is not."""
    nodes = pd.DataFrame(
        [("1", "y", 4, 0), ("1", "m", 0, 4), ("2", "m", 0, 4)], columns=["period", "node_id", "supply_t", "demand_t"]
    )
    links = make([("y", 0, 0), ("m", 0, 0)], [("l", "y", "m", INF, 1)]).links
    keep = pd.DataFrame({"node_id": ["y"], "capacity_t": [INF], "cost_per_t": [0.0]})
    assert not solve(FlowProblem(nodes, links, storage=keep)).unique
    assert solve(FlowProblem(nodes, links, storage=keep.assign(cost_per_t=1.0))).unique


def test_where_the_rule_does_not_apply_nobody_knows():
    """With a cost below nothing no plan is settled, and none is said to be the only one."""
    assert not is_unique(None)
    assert not unique(YARD_AND_MILL, [("l", "y", "m", 9, 1), ("back", "m", "y", 1, -0.5)])


def test_it_can_be_asked_of_any_plan():
    """A plan that the solver took has the same answer as the one of the rule."""
    for links, only in (([("l", "y", "m", INF, 1)], True), ([("l", "y", "m", INF, 1), ("k", "y", "m", INF, 1)], False)):
        assert unique(YARD_AND_MILL, links, ties="any") is only
