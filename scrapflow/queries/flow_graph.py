"""A query as a graph of networkx: the links that it uses, weighted by its tonnes."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import pandas as pd

from scrapflow.network import Transport
from scrapflow.network.impedance import link_cost
from scrapflow.queries.flow_lines import path_links

if TYPE_CHECKING:
    import networkx as nx

    from scrapflow.ledger.tables import RunTables
    from scrapflow.queries.query import Query


def flow_graph(flows: Query) -> nx.MultiDiGraph[str]:
    """Return what a query puts on the links, in the direction in which it travels.

    Parameters
    ----------
    flows
        Any query; only legs with a path are on links.

    Returns
    -------
    networkx.MultiDiGraph
        Edge keys are ``link_id``. Edges carry ``tonnage_t`` (all kinds and periods of the query together: what passes),
        ``length_km``, ``cost`` and ``cost_per_t`` (the same, in kilometres of haulage: of the run's arcs, and for what people cart
        by the campaign's rates, so that every edge has one), ``mode`` and ``line_id``; nodes ``name, kind, x, y``.

    Examples
    --------
    >>> import scrapflow as sf
    >>> graph = flow_graph(sf.run(sf.read_world("toy")).flows.kind("shipped"))
    >>> round(sum(t for *_, t in graph.in_edges("far", data="tonnage_t")), 3)
    23.5
    """
    import networkx as nx

    run = flows.context.run
    by_path = flows.by("path_id", "kind").groupby("path_id")["tonnage_t"].sum()
    used = pd.Series([p for p in by_path.index if p], dtype="str")
    steps = path_links(used, flows.context.engine)
    steps = steps.assign(tonnage_t=steps["path_id"].map(by_path), forward=steps["forward"].astype(bool))
    sums = steps.groupby(["link_id", "forward"], as_index=False)["tonnage_t"].sum()
    links = run.links.set_index("link_id")
    hauled = run.tables["arcs"].drop_duplicates("link_id").set_index("link_id")["cost_per_t"]
    cost = hauled.reindex(links.index).fillna(pd.Series(link_cost(links, _transport(run)), index=links.index))
    nodes = run.nodes.set_index("node_id")
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(crs="EPSG:4326")
    for link_id, forward, tonnes in sums.itertuples(index=False):
        link = links.loc[link_id]
        ends = [str(link["from_node_id"]), str(link["to_node_id"])]
        per_t = float(cost[link_id])
        graph.add_edge(
            *(ends if forward else ends[::-1]),
            key=str(link_id),
            tonnage_t=float(tonnes),
            length_km=float(link["length_km"]),
            cost=per_t,
            cost_per_t=per_t,
            mode=str(link["mode"]),
            line_id=str(link.get("line_id") or ""),
        )
    for node in graph.nodes:
        row = nodes.loc[node]
        graph.nodes[node].update(name=row["name"], kind=row["kind"], x=row["x_coord"], y=row["y_coord"])
    return graph


def _transport(run: RunTables) -> Transport:
    """Return what the campaign says of the cost of haulage, the model's own assumptions where it says nothing."""
    said = run.campaign_settings.get("transport", {})
    given = {name: said[name] for name in (f.name for f in fields(Transport)) if name in said}
    return Transport(**{name: v["value"] if isinstance(v, dict) else v for name, v in given.items()})
