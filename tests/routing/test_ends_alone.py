"""The ends of journeys alone give the plan of the whole network to every tonne, or step aside."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from scrapflow.routing import FlowProblem, solve
from scrapflow.routing.ends_alone import by_ends
from scrapflow.routing.time_expansion import expand

from .conftest import INF, second_opinion

SEEDS = range(24)
SAME = 1e-7


def _months(seed: int, *, limits: bool) -> tuple[FlowProblem, pd.DataFrame, pd.DataFrame]:
    """Return a random problem of some months: yards keep and are not passed, junctions in between, links dearer in some months."""
    rng = np.random.default_rng(seed)
    count, inner = int(rng.integers(2, 5)), int(rng.integers(2, 7))
    yards, middle, mills = [f"y{i}" for i in range(3)], [f"j{i}" for i in range(inner)], ["m0", "m1"]
    rows = [
        (str(p), i, float(rng.integers(0, 6)) / 2 * (i in yards), float(rng.integers(0, 6)) * (i in mills))
        for p in range(count)
        for i in (*yards, *middle, *mills)
    ]
    nodes = pd.DataFrame(rows, columns=["period", "node_id", "supply_t", "demand_t"])
    ends = [(y, str(rng.choice(middle))) for y in yards for _ in range(2)]
    ends += [(str(rng.choice(middle)), str(rng.choice([*middle, *mills]))) for _ in range(4 * inner)]
    some = [INF, 1.0, 2.5, 4.0] if limits else [INF]
    table = [
        (f"l{k}", *pair, float(rng.choice(some)), float(rng.choice([0.0, 1.0, 1.0, 2.0, 1 / 3])))
        for k, pair in enumerate(ends)
    ]
    links = pd.DataFrame(table, columns=["link_id", "from_node_id", "to_node_id", "capacity_t", "cost_per_t"])
    storage = pd.DataFrame({"node_id": yards, "capacity_t": [INF, 1.5, 3.0], "cost_per_t": [0.0, 0.5, 1.0]})
    seldom = pd.DataFrame({"period": ["1"], "link_id": ["l0"], "capacity_t": [0.0]}) if seed % 3 == 0 else None
    return FlowProblem(nodes, links, storage=storage, calendar=seldom), nodes, links


def _far_apart(one, other) -> float:
    """Return the most by which tonnes on links, in stock and left differ."""
    plans = one.plan, other.plan
    return max(float(np.abs(getattr(plans[0], k) - getattr(plans[1], k)).max()) for k in ("flow", "left", "short"))


@pytest.mark.parametrize("limits", [False, True])
def test_the_ends_give_the_plan_of_the_whole_network(limits):
    """Cost, tonnes on every link, stocks, what is left and short, paths and uniqueness are those of two other solvers."""
    taken = 0
    for seed in SEEDS:
        problem, _, _ = _months(seed, limits=limits)
        ours, full = solve(problem), solve(problem, solver="ortools")
        assert _far_apart(ours, full) < SAME
        assert ours.cost == pytest.approx(full.cost, abs=SAME)
        assert ours.cost == pytest.approx(solve(problem, solver="linear", ties="any").cost, abs=SAME)
        assert ours.moved_t == pytest.approx(full.moved_t, abs=SAME)
        told, theirs = (r.paths.groupby(["period", "origin", "destination"])["tonnage_t"].sum() for r in (ours, full))
        assert told.sub(theirs, fill_value=0.0).abs().max() < SAME or not len(told)
        used = ours.path_links.merge(ours.paths, on="path_id").groupby(["period", "link_id"])["tonnage_t"].sum()
        assert ours.flows.set_index(["period", "link_id"])["tonnage_t"].sub(used, fill_value=0.0).abs().max() < SAME
        assert ours.unique == full.unique
        assert ours.duals["shadow_price"].to_numpy() == pytest.approx(full.duals["shadow_price"].to_numpy(), abs=SAME)
        taken += by_ends(problem.arrays, expand(problem.arrays), {}) is not None
    assert taken == len(SEEDS) if not limits else 0 < taken < len(SEEDS)


def test_what_networkx_finds_in_one_month_is_moved_at_its_cost():
    """With a second month in which nothing happens and nothing kept, tonnes and cost are those of networkx for the first."""
    for seed in SEEDS:
        _, nodes, links = _months(seed, limits=False)
        links["cost_per_t"] = (links["cost_per_t"] * 10).round() / 10
        first = nodes[nodes["period"] == "0"]
        result = solve(FlowProblem(first, links, periods=["0", "1"]))
        assert (result.moved_t, result.cost) == pytest.approx(second_opinion(first, links), abs=SAME)


@pytest.mark.parametrize("limits", [False, True])
def test_a_plan_near_a_known_one_is_that_of_a_solve_from_nothing(limits):
    """Other tonnes of the same yards, a few or many: the prices of the known plan are proven to hold, or are made anew."""
    for seed in SEEDS:
        problem, _, _ = _months(seed, limits=limits)
        known, rng = solve(problem), np.random.default_rng(seed)
        for size in (0.01, 1.0):
            supply = problem.arrays.supply * (1 + size * rng.random(problem.arrays.supply.shape))
            other = problem.change(supply_t=supply)
            assert _far_apart(solve(other, near=known), solve(other)) < SAME


def test_what_the_ends_cannot_stand_for_is_left_to_the_network():
    """Lower bounds, a yard that is passed and keeps, a yard that wants, and a single month have no ends alone."""
    problem, nodes, links = _months(1, limits=False)
    keep = pd.DataFrame({"node_id": ["y0"], "capacity_t": [INF], "cost_per_t": [0.0]})
    passed = pd.concat([links, links.iloc[:1].assign(link_id="back", from_node_id="j0", to_node_id="y0")])
    wants = nodes.assign(demand_t=nodes["demand_t"].where(nodes["node_id"] != "y0", 1.0))
    month = nodes[nodes["period"] == "0"].drop(columns="period")
    for other in (
        FlowProblem(nodes, links.assign(lower_t=[0.0001] + [0.0] * (len(links) - 1))),
        FlowProblem(nodes, passed, storage=keep),
        FlowProblem(wants, links, storage=keep),
        FlowProblem(month, links),
    ):
        assert by_ends(other.arrays, expand(other.arrays), {}) is None
    assert by_ends(problem.arrays, expand(problem.arrays), {}) is not None
