"""The binding to LEMON's network simplex: right answers, loaded again, renumbered, refused."""

from __future__ import annotations

import dataclasses

import networkx as nx
import numpy as np
import pytest

from scrapflow.routing import lemon as module
from scrapflow.routing.integers import IntNet, prepare, read_back
from scrapflow.routing.lemon import LemonGraph, lemon, prices_of
from scrapflow.routing.time_expansion import expand

from .conftest import INF, make


def ring(n, seed):
    """Return a network of n nodes and a last one with a hundred arcs more, and tonnes from some to others."""
    rng = np.random.default_rng(seed)
    tail = np.concatenate([np.arange(n), rng.integers(0, n, 100)])
    head = np.concatenate([(np.arange(n) + 1) % n, rng.integers(0, n, 100)])
    balance = rng.integers(-9, 10, n)
    balance = np.append(balance, -balance.sum())
    tail, head = np.append(tail, [n, 0]), np.append(head, [0, n])
    capacity, cost = (
        np.append(rng.integers(50, 400, n + 100), [999, 999]),
        np.append(rng.integers(0, 20, n + 100), [500, 500]),
    )
    return IntNet(tail, head, capacity, cost, balance, n + 100)


def least_cost(net):
    """Return the least cost by networkx."""
    graph = nx.MultiDiGraph()
    graph.add_nodes_from((i, {"demand": -int(b)}) for i, b in enumerate(net.balance))
    for i in range(len(net.tail)):
        middle = ("arc", i)
        graph.add_edge(int(net.tail[i]), middle, capacity=int(net.capacity[i]), weight=int(net.cost[i]))
        graph.add_edge(middle, int(net.head[i]), capacity=int(net.capacity[i]), weight=0)
    simple = nx.DiGraph(graph)
    return nx.cost_of_flow(simple, nx.min_cost_flow(simple))


def is_plan(net, flow):
    """Tell whether a flow keeps to balances and capacities."""
    out = np.zeros(len(net.balance), dtype=np.int64)
    np.add.at(out, net.tail, flow)
    np.subtract.at(out, net.head, flow)
    return bool(((flow >= 0) & (flow <= net.capacity)).all() and (out == net.balance).all())


def is_optimal(net, flow, level):
    """Tell whether potentials prove a flow."""
    gap = net.cost + level[net.tail] - level[net.head]
    loop = net.tail == net.head
    return bool((gap[(flow < net.capacity) & ~loop] >= 0).all() and (gap[(flow > 0) & ~loop] <= 0).all())


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("renumbered", [False, True])
def test_flow_and_potentials_are_optimal_whether_or_not_nodes_are_renumbered(seed, renumbered, monkeypatch):
    """Large networks are renumbered for speed; asked to do so with a small one, the answer is as good."""
    monkeypatch.setattr(module, "RENUMBER", 0 if renumbered else 10**9)
    net = ring(30, seed)
    graph = LemonGraph(net)
    assert (graph.number is not None) == renumbered
    solved = graph.solve()
    assert is_plan(net, solved.flow)
    assert int((solved.flow * net.cost).sum()) == least_cost(net)
    assert is_optimal(net, solved.flow, solved.potentials())


@pytest.mark.parametrize("renumbered", [False, True])
def test_a_graph_is_solved_again_after_balances_capacities_and_costs_changed(renumbered, monkeypatch):
    """From its last basis it finds the optimum of the new data, quickened or not; the penalty on the last node stays right."""
    monkeypatch.setattr(module, "RENUMBER", 0 if renumbered else 10**9)
    net = ring(20, 5)
    graph = LemonGraph(net)
    graph.solve()
    graph.quicken()
    rng = np.random.default_rng(6)
    for _ in range(4):
        balance = rng.integers(-5, 6, 20)
        changed = dataclasses.replace(
            net, balance=np.append(balance, -balance.sum()), capacity=net.capacity + rng.integers(0, 9, len(net.tail)),
            cost=net.cost + rng.integers(0, 9, len(net.tail)),
        )  # fmt: skip
        graph.load(changed.balance, changed.capacity, changed.cost)
        solved = graph.solve()
        assert is_plan(changed, solved.flow)
        assert int((solved.flow * changed.cost).sum()) == least_cost(changed)
        assert is_optimal(changed, solved.flow, solved.potentials())


@pytest.mark.parametrize("renumbered", [False, True])
def test_balances_that_cannot_be_met_are_told_with_a_set_of_nodes(renumbered, monkeypatch):
    """Nodes 0 and 1 have to push out 5 over a link for 3: the set that shows it holds them, and not the taker."""
    monkeypatch.setattr(module, "RENUMBER", 0 if renumbered else 10**9)
    net = IntNet(
        np.array([0, 1]), np.array([1, 2]), np.array([9, 3]), np.array([1, 1]), np.array([2, 3, -5, 0]), 2
    )  # fmt: skip
    graph = LemonGraph(net)
    with pytest.raises(module.InfeasibleError):
        graph.solve()
    cut = graph.cut()
    pushed = net.balance[cut].sum()
    leaving = net.capacity[cut[net.tail] & ~cut[net.head]].sum()
    assert pushed > leaving


def test_other_failures_are_no_infeasibility(monkeypatch):
    """An error of the library that does not speak of balances stays what it is."""
    graph = LemonGraph(ring(5, 0))

    class Broken:
        def solve(self):
            text = "out of memory"
            raise RuntimeError(text)

    graph.graph = Broken()
    with pytest.raises(RuntimeError, match="out of memory"):
        graph.solve()


def test_prices_come_from_the_simplex_where_a_solver_has_none():
    """By duality the potentials of one plan serve any: a solution without prices gets those that prove it."""
    net = expand(make([("y", 5, 0), ("m", 0, 5)], [("a", "y", "m", 3, 1), ("b", "y", "m", INF, 2)]).arrays)
    made = prepare(net)
    plan = read_back(made, lemon(made.ints))
    bare = dataclasses.replace(plan, prices=None)
    prices = prices_of(net, bare, None)
    gap = prices.cost + prices.potential[net.tail] - prices.potential[net.head]
    assert gap[0] < 0 == gap[1]
    own = prices_of(net, plan, None)
    assert (own.potential == plan.prices().potential).all()
