"""The network as a networkx graph, for everything that networkx can do and we need not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    import pandas as pd


def to_networkx(nodes: pd.DataFrame, arcs: pd.DataFrame) -> nx.MultiDiGraph[str]:
    """Turn nodes and arcs into a ``networkx.MultiDiGraph``.

    Parameters
    ----------
    nodes
        Nodes with ``node_id, name, kind, region_id, x_coord, y_coord`` (EPSG:4326).
    arcs
        Arcs with ``link_id, from_node_id, to_node_id, length_km, cost_per_t, capacity_t``.

    Returns
    -------
    networkx.MultiDiGraph
        Edge keys are ``link_id``; ``cost`` and ``weight`` repeat ``cost_per_t`` for networkx's own algorithms. The graph carries
        ``crs`` and nodes carry ``x`` and ``y``, as OSMnx expects.
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(crs="EPSG:4326")
    for n in nodes[["node_id", "name", "kind", "region_id", "x_coord", "y_coord"]].itertuples(index=False):
        graph.add_node(n.node_id, name=n.name, kind=n.kind, region_id=n.region_id, x=n.x_coord, y=n.y_coord)
    for a in arcs.itertuples(index=False):
        graph.add_edge(
            a.from_node_id,
            a.to_node_id,
            key=a.link_id,
            link_id=a.link_id,
            mode=a.mode,
            line_id=a.line_id,
            length_km=a.length_km,
            cost=a.cost_per_t,
            cost_per_t=a.cost_per_t,
            capacity_t=a.capacity_t,
            weight=a.cost_per_t,
        )
    return graph
