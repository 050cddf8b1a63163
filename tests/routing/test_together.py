"""Several problems on shared links: as much moves, at as little cost, as one linear program over all of them says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from scrapflow.routing import FlowProblem
from scrapflow.routing.together import solve_together


def posed(nodes, links):
    """A problem of rows (node, supply, demand) and (link, from, to, capacity, cost)."""
    return FlowProblem(
        pd.DataFrame(nodes, columns=["node_id", "supply_t", "demand_t"]),
        pd.DataFrame(links, columns=["link_id", "from_node_id", "to_node_id", "capacity_t", "cost_per_t"]),
    )


def test_a_full_link_goes_to_whom_it_saves_most():
    """Both would take the short link of 5 t; the one whose way round is 9 dearer has it, the other's is 2 dearer."""
    links = [("ab", "a", "b", 5, 1), ("round_b", "a", "b", 9, 3), ("ac", "b", "c", 9, 0), ("round_c", "a", "c", 9, 10)]
    to_b = posed([("a", 4, 0), ("b", 0, 4), ("c", 0, 0)], links)
    to_c = posed([("a", 4, 0), ("b", 0, 0), ("c", 0, 4)], [*links[:1], ("round_b", "a", "b", 0, 3), *links[2:]])
    shared = solve_together([to_b, to_c])
    assert [r.moved_t for r in shared] == pytest.approx([4, 4])
    short = [r.flows.set_index("link_id").tonnage_t["ab"] for r in shared]
    assert short == pytest.approx([1, 4], abs=1e-4)


def test_links_of_one_track_share_its_capacity():
    """Two links of a track of 5 t carry 5 t in all, though each alone could carry as much."""
    problem = posed([("a", 9, 0), ("b", 0, 9)], [("x", "a", "b", 5, 1), ("y", "a", "b", 5, 1)])
    alone, shared = solve_together([problem])[0], solve_together([problem], np.array([0, 0]))[0]
    assert (alone.moved_t, shared.moved_t) == (9.0, pytest.approx(5.0, abs=1e-4))


def test_nothing_to_solve_is_nothing():
    """No problem, no result."""
    assert solve_together([]) == []


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_one_program_over_all_arcs_finds_nothing_better(data):
    """Of two commodities on a random network: the same tonnes and the same cost, and no track is overloaded."""
    size = data.draw(st.integers(3, 5))
    pairs = [(a, b) for a in range(size) for b in range(size) if a != b]
    ends = data.draw(st.lists(st.sampled_from(pairs), min_size=3, max_size=10))
    m = len(ends)
    cost = np.array([data.draw(st.integers(1, 9)) for _ in ends], dtype=float)
    tracks = np.array([data.draw(st.integers(0, m - 1)) for _ in ends])
    limit = np.array([data.draw(st.integers(1, 6)) for _ in range(m)], dtype=float)
    links = [(f"l{i}", str(a), str(b), limit[tracks[i]], cost[i]) for i, (a, b) in enumerate(ends)]
    wants = np.array([[data.draw(st.integers(-4, 4)) for _ in range(size)] for _ in range(2)])
    problems = [posed([(str(i), max(w, 0), max(-w, 0)) for i, w in enumerate(row)], links) for row in wants]
    results = solve_together(problems, tracks)
    flow = np.array([r.flows["tonnage_t"].to_numpy() for r in results])
    assert (np.bincount(tracks, flow.sum(axis=0), minlength=m) <= limit + 1e-3).all()
    net = np.zeros((size, m))
    for i, (a, b) in enumerate(ends):
        net[a, i] += 1
        net[b, i] -= 1
    dear = cost.sum() + 1
    # for each commodity: what its arcs carry, what each place gives and what each takes
    width = m + 2 * size
    equal, room = np.zeros((2 * size, 2 * width)), np.zeros((m, 2 * width))
    bounds = []
    for k, row in enumerate(wants):
        at = k * width
        equal[k * size : (k + 1) * size, at : at + width] = np.hstack([net, -np.eye(size), np.eye(size)])
        room[tracks, at + np.arange(m)] = 1
        bounds += [(0, None)] * m + [(0, max(w, 0)) for w in row] + [(0, max(-w, 0)) for w in row]
    price = np.tile(np.concatenate([cost, np.full(size, -dear), np.zeros(size)]), 2)
    best = linprog(price, A_eq=equal, b_eq=np.zeros(2 * size), A_ub=room, b_ub=limit, bounds=bounds, method="highs")
    moved = sum(r.moved_t for r in results)
    assert sum(r.cost for r in results) - dear * moved == pytest.approx(best.fun, abs=1e-2)


def test_the_dearer_gives_way_however_few_its_tonnes_are():
    """A track carries 15 t; one offers 10 t at 1.01 a tonne, the other 20 t at 1: the dearer goes short by 10 t and no less.

    Of 15 t any mix moves as much, so cost decides: 15 of the second cost 15, of the first 5 or 10 cost more.
    """
    links = [("l", "a", "b", 15, 1.0)]
    dear = [("l", "a", "b", 15, 1.01)]
    few, many = posed([("a", 10, 0), ("b", 0, 10)], dear), posed([("a", 20, 0), ("b", 0, 20)], links)
    assert [r.moved_t for r in solve_together([few, many])] == pytest.approx([0, 15], abs=1e-3)
