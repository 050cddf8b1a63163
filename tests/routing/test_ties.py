"""Of several plans of least cost one is taken by a rule: worked out by hand, and the same whatever must not matter."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapflow.routing import FlowProblem, solve

from .conftest import INF, make, problems

FEW = settings(max_examples=40, deadline=None, derandomize=True)
SAME = 1e-6
coins = st.sampled_from([0.0, 1.0, 1.0])


def _pairs(result):
    """Return what each destination takes from each origin, by period if there are several."""
    keys = [c for c in ("period", "origin", "destination") if c in result.paths]
    return result.paths.groupby(keys)["tonnage_t"].sum()


def _far_apart(one, other):
    """Return the largest difference between two plans, in any of their tables."""
    gaps = [0.0]
    for table, keys in (("flows", ["link_id"]), ("unserved", ["node_id", "side"]), ("stocks", ["node_id"])):
        pair = [getattr(r, table) for r in (one, other)]
        rows = [f.set_index([c for c in ("period", *keys) if c in f])["tonnage_t"] for f in pair]
        gaps.append(rows[0].sub(rows[1], fill_value=0.0).abs().max())
    gaps.append(_pairs(one).sub(_pairs(other), fill_value=0.0).abs().max())
    return np.nanmax(np.array(gaps, dtype=float))


def test_origins_to_which_it_makes_no_difference_give_in_proportion():
    """Yards of 4 and 2 t on one trunk to mills of 3 and 2 t: 1 t stays, and each gives 5/6 of its own, 3 to 2.

    The second mill has two tracks of the same cost, which carry the same.
    """
    links = [
        ("up", "big", "fork", INF, 1),
        ("down", "small", "fork", INF, 1),
        ("a", "fork", "mill", INF, 5),
        ("b1", "fork", "works", INF, 5),
        ("b2", "fork", "works", INF, 5),
    ]
    result = solve(make([("big", 4, 0), ("small", 2, 0), ("fork", 0, 0), ("mill", 0, 3), ("works", 0, 2)], links))
    assert result.by_rule
    assert not result.unique
    wanted = {("big", "mill"): 2, ("big", "works"): 4 / 3, ("small", "mill"): 1, ("small", "works"): 2 / 3}
    assert _pairs(result).to_dict() == pytest.approx(wanted, abs=1e-9)
    assert result.flows.set_index("link_id")["tonnage_t"][["b1", "b2"]].tolist() == pytest.approx([1, 1], abs=1e-9)


def test_equal_paths_are_as_equal_as_capacities_let():
    """With 0.5 t on the second track, the rest takes the first, each yard in proportion to what it sends."""
    links = [("one", "y", "m", INF, 5), ("two", "y", "m", 0.5, 5)]
    result = solve(make([("y", 4, 0), ("m", 0, 2)], links))
    assert result.flows["tonnage_t"].tolist() == pytest.approx([1.5, 0.5], abs=1e-9)


def test_a_destination_takes_evenly_over_time():
    """Of 12 t in the first of three months, at no cost of keeping, a mill that takes 9 t a month takes 4 t in each."""
    nodes = pd.DataFrame(
        [("1", "y", 12, 0), *[(p, "m", 0, 9) for p in "123"]], columns=["period", "node_id", "supply_t", "demand_t"]
    )
    links = make([("y", 0, 0), ("m", 0, 0)], [("l", "y", "m", INF, 1)]).links
    keep = pd.DataFrame({"node_id": ["y"], "capacity_t": [INF], "cost_per_t": [0.0]})
    result = solve(FlowProblem(nodes, links, storage=keep))
    assert result.flows["tonnage_t"].tolist() == pytest.approx([4, 4, 4], abs=1e-9)
    assert result.stocks["tonnage_t"].tolist() == pytest.approx([8, 4, 0], abs=1e-9)
    dear = solve(FlowProblem(nodes, links, storage=keep.assign(cost_per_t=1.0)))
    assert dear.unique
    assert dear.flows["tonnage_t"].tolist() == pytest.approx([9, 3, 0], abs=1e-9)


def test_a_yard_cut_in_two_gives_the_same_in_all():
    """Splitting the big yard into a third and two thirds changes what no mill takes from the small one."""
    ends = [("fork", 0, 0), ("mill", 0, 3), ("works", 0, 2)]
    ways = [("a", "fork", "mill", INF, 5), ("b", "fork", "works", INF, 5), ("s", "small", "fork", INF, 1)]
    whole = solve(make([("big", 6, 0), ("small", 2, 0), *ends], [*ways, ("g", "big", "fork", INF, 1)]))
    cut = solve(
        make(
            [("big1", 2, 0), ("big2", 4, 0), ("small", 2, 0), *ends],
            [*ways, ("g1", "big1", "fork", INF, 1), ("g2", "big2", "fork", INF, 1)],
        )
    )
    for mill in ("mill", "works"):
        assert _pairs(cut)["small", mill] == pytest.approx(_pairs(whole)["small", mill], abs=1e-9)
        both = _pairs(cut)["big1", mill] + _pairs(cut)["big2", mill]
        assert both == pytest.approx(_pairs(whole)["big", mill], abs=1e-9)


def test_lower_bounds_and_negative_costs_are_left_to_the_solver():
    """Where the rule is not applied the result says so, and claims no uniqueness."""
    result = solve(make([("a", 5, 0), ("b", 0, 4)], [("loop", "a", "a", 3, -2), ("ab", "a", "b", 9, 1)]))
    assert not result.by_rule
    assert not result.unique


def test_too_many_equal_paths_are_left_to_the_solver_and_said(monkeypatch, caplog):
    """Where capacities bind and there are more equal paths than may be listed, the plan is the solver's, with a warning."""
    monkeypatch.setattr("scrapflow.routing.ties.MOST_PATHS", 1)
    twins = [("a1", "yard", "mill", 1, 1), ("a2", "yard", "mill", 1, 1), ("a3", "yard", "mill", 2, 1)]
    result = solve(make([("yard", 4, 0), ("mill", 0, 4)], twins))
    assert not result.by_rule
    assert not result.unique
    assert "more than 1 equal paths" in caplog.text


@FEW
@given(problems(costs=coins, most_nodes=5, most_links=16), st.integers(0, 99))
def test_nothing_that_must_not_matter_moves_a_tonne(drawn, seed):
    """Rows shuffled, another solver, links that carry nothing closed: the same plan; and it costs what any other costs."""
    nodes, links = drawn
    result, other = solve(FlowProblem(nodes, links)), solve(FlowProblem(nodes, links), ties="any")
    assert (result.cost, result.moved_t) == (pytest.approx(other.cost, abs=1e-9), pytest.approx(other.moved_t))
    assert result.by_rule
    turned = FlowProblem(*(f.sample(frac=1, random_state=seed) for f in drawn))
    idle = result.flows.loc[result.flows["tonnage_t"] == 0, "link_id"]
    closed = FlowProblem(nodes, links[~links["link_id"].isin(idle)])
    assert _far_apart(result, solve(turned)) < SAME
    assert _far_apart(result, solve(closed)) < SAME
    assert _far_apart(result, solve(FlowProblem(nodes, links), solver="ortools")) < SAME


def _months(seed):
    """Return a random problem of up to four months with yards that can keep, some with shares of mills."""
    rng = np.random.default_rng(seed)
    n, count = int(rng.integers(3, 8)), int(rng.integers(2, 5))
    ids = [f"n{i}" for i in range(n)]
    yards, mills = ids[: n // 2], ids[-2:]
    rows = [
        (str(p), i, float(rng.integers(0, 5)) * (i in yards), float(rng.integers(0, 5)) * (i in mills))
        for p in range(count)
        for i in ids
    ]
    nodes = pd.DataFrame(rows, columns=["period", "node_id", "supply_t", "demand_t"])
    ends = rng.integers(0, n, (int(rng.integers(n, 3 * n)), 2))
    ways = [
        (f"l{k}", ids[a], ids[b], float(rng.choice([INF, 1, 2, 3.5])), float(rng.choice([0, 1, 1, 2])))
        for k, (a, b) in enumerate(ends)
        if seed % 2 == 0 or ids[b] not in yards
    ]
    links = pd.DataFrame(ways, columns=["link_id", "from_node_id", "to_node_id", "capacity_t", "cost_per_t"])
    keep = [(y, float(rng.choice([INF, 2.0])), float(rng.choice([0.0, 1.0]))) for y in yards]
    storage = pd.DataFrame(keep, columns=["node_id", "capacity_t", "cost_per_t"])
    return nodes, links, {"storage": storage, "shares": {mills[0]: 0.4} if seed % 3 == 0 else None}


@pytest.mark.parametrize("foresight", ["full", "myopic"])
@pytest.mark.parametrize("seed", range(12))
def test_months_stocks_and_shares_follow_the_rule_too(seed, foresight):
    """Over months, with stocks and fixed shares: rows shuffled, another solver, idle links closed, the same plan."""
    nodes, links, more = _months(seed)
    result = solve(FlowProblem(nodes, links, **more), foresight=foresight)
    assert result.by_rule
    carried = result.flows.groupby("link_id")["tonnage_t"].sum()
    open_links = links[links["link_id"].map(carried) > 0]
    told = result.path_links.merge(result.paths, on="path_id").groupby(["period", "link_id"])["tonnage_t"].sum()
    flows = result.flows.set_index(["period", "link_id"])["tonnage_t"]
    assert flows.sub(told, fill_value=0.0).abs().max() < SAME
    labels = sorted(nodes["period"].unique())
    turned = FlowProblem(
        nodes.sample(frac=1, random_state=seed), links.sample(frac=1, random_state=seed), periods=labels, **more
    )
    assert _far_apart(result, solve(turned, foresight=foresight)) < SAME
    assert _far_apart(result, solve(FlowProblem(nodes, open_links, **more), foresight=foresight)) < SAME
    assert _far_apart(result, solve(FlowProblem(nodes, links, **more), foresight=foresight, solver="ortools")) < SAME


def test_float_noise_in_costs_is_no_difference():
    """0.1 + 0.2 and 0.3 are the same cost: both ways carry half, though the floats differ in the last digit."""
    links = [
        ("x", "y", "j", INF, 0.1),
        ("z", "j", "m", INF, 0.2),
        ("w", "y", "m", INF, 0.3),
        ("odd", "m", "y", 1, 1 / 3),
    ]
    result = solve(make([("y", 2, 0), ("j", 0, 0), ("m", 0, 2)], links))
    assert result.flows["tonnage_t"].tolist() == pytest.approx([1, 1, 1, 0], abs=1e-9)
