"""Random problems and second opinions for the routing tests."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import strategies as st

from scrapflow.routing import FlowProblem

INF = float("inf")


def frames(nodes, links):
    """Return node and link frames of tuples."""
    return (
        pd.DataFrame(nodes, columns=["node_id", "supply_t", "demand_t"]),
        pd.DataFrame(links, columns=["link_id", "from_node_id", "to_node_id", "capacity_t", "cost_per_t"]),
    )


def make(nodes, links, **settings):
    """Return a flow problem of tuples."""
    return FlowProblem(*frames(nodes, links), **settings)


def second_opinion(nodes: pd.DataFrame, links: pd.DataFrame, grain: int = 10) -> tuple[float, float]:
    """Return (tonnes moved, cost) by networkx on whole numbers: max flow first, then min cost at that flow."""
    graph = nx.DiGraph()
    graph.add_nodes_from(["S", "T"])
    total = round(nodes["supply_t"].sum() * grain)
    for row in nodes.itertuples():
        graph.add_edge("S", ("n", row.node_id), capacity=round(row.supply_t * grain), weight=0)
        graph.add_edge(("n", row.node_id), "T", capacity=round(row.demand_t * grain), weight=0)
    for row in links.itertuples():
        capacity = total if np.isinf(row.capacity_t) else round(row.capacity_t * grain)
        middle = ("l", row.link_id)
        graph.add_edge(("n", row.from_node_id), middle, capacity=capacity, weight=round(row.cost_per_t * grain))
        graph.add_edge(middle, ("n", row.to_node_id), capacity=capacity, weight=0)
    flow = nx.max_flow_min_cost(graph, "S", "T")
    return sum(flow["S"].values()) / grain, nx.cost_of_flow(graph, flow) / grain / grain


tenths = st.integers(0, 60).map(lambda k: k / 10)


@st.composite
def problems(draw, *, most_nodes: int = 6, most_links: int = 14, costs=tenths):
    """Draw node and link frames: fractional, degenerate, disconnected, with parallels, loops and closed links."""
    n = draw(st.integers(1, most_nodes))
    amount = st.one_of(st.just(0.0), tenths)
    nodes = [(f"n{i}", draw(amount), draw(amount)) for i in range(n)]
    node = st.integers(0, n - 1).map(lambda i: f"n{i}")
    capacity = st.one_of(st.just(INF), st.just(0.0), tenths)
    ends = draw(st.lists(st.tuples(node, node, capacity, costs), max_size=most_links))
    return frames(nodes, [(f"l{k}", *e) for k, e in enumerate(ends)])


@pytest.fixture
def three_nodes():
    """A yard, a junction and a mill in a row, with a parallel pair to the mill and an island."""
    return make(
        [("yard", 10, 0), ("junction", 0, 0), ("mill", 0, 12), ("island", 2.5, 0)],
        [
            ("a", "yard", "junction", INF, 1),
            ("b", "junction", "mill", 4, 1.5),
            ("b2", "junction", "mill", 3, 2),
            ("back", "mill", "junction", 3, 0),
            ("loop", "yard", "yard", 3, 0),
        ],
    )
