"""The second part of docs/validation.md: routed lengths, pairs and link loads of Brazil beside the published ones.

The published side is tests/geodata/brazil_pairs.csv and brazil_trains.csv, which ``brazil.py`` writes from the agency's
registers; ``validate_lengths.py`` puts this part onto the page.
"""

from __future__ import annotations

from functools import cache

import networkx as nx
import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.stats import spearmanr

import scrapflow as sf
from geodata.build.common import BUILD

PUBLISHED = BUILD.parents[1] / "tests" / "geodata"
HEAD = """## Brazil: 775 published pairs

The agency publishes for each origin and destination of 2019 the tonnes of all goods and their mean distance; the network is the
agency's own register of sections. Lengths and distances come from one register: agreement tests topology, gauges and
routing, not the survey of the lines. Paths are the shortest that a tonne can take; a change of gauge counts as 100 km."""
OFF = """
### What stays off, and why

The largest pairs that are more than 1 % off. Nearly all are too short, and nearly all end in Santos (ISN, ICZ, IUF, ICB): the trains
of Rumo (RMN, RMP) and FCA stay on their own line to the port, the shortest path takes MRS's through São Paulo. A cost or a ban
for changing the `operator` of a link is what would keep them on it; the links carry the operator."""
NO_CLAIM = """
What goes to which works is a matter of contracts as well as of distance: Funil's iron, for one, goes to Vitória, least cost
sends it to Rio."""


@cache
def routed() -> pd.DataFrame:
    """Return the published pairs with the length of their least-cost path."""
    net = _network()
    pairs = pd.read_csv(PUBLISHED / "brazil_pairs.csv")
    table = net.skim(sorted(pairs["origin"].unique()), sorted(pairs["destination"].unique()))
    return pairs.merge(table, on=["origin", "destination"], how="left")


def overlap() -> pd.DataFrame:
    """Return by material the tonnes and the share of them that least cost puts on the published pairs."""
    world = sf.read_world("brazil")
    flows = pd.read_csv(PUBLISHED / "brazil_flows.csv")
    out = []
    for material, rows in flows.groupby("material"):
        sent, got = (rows.groupby(side)["tonnes"].sum() for side in ("origin", "destination"))
        cost = (
            _network()
            .skim(list(sent.index), list(got.index))
            .pivot(index="origin", columns="destination", values="cost")
        )
        plan = _cheapest(cost.replace(np.inf, 1e6).to_numpy(), sent.to_numpy(), got.to_numpy())
        published = rows.pivot_table(index="origin", columns="destination", values="tonnes", aggfunc="sum").fillna(0.0)
        same = np.minimum(plan, published.reindex(index=cost.index, columns=cost.columns).to_numpy()).sum()
        name = world.materials.set_index("material").loc[material, "name"]
        out.append({"material": name, "pairs": len(rows), "tonnes": rows["tonnes"].sum(), "share": same / plan.sum()})
    return pd.DataFrame(out)


def loads() -> pd.DataFrame:
    """Return by railway the rank correlation of routed tonnes of all goods with the trains a day that were committed."""
    net = _network()
    graph = nx.Graph()
    for a, b, link, cost in net.arcs[["from_node_id", "to_node_id", "link_id", "cost_per_t"]].itertuples(index=False):
        graph.add_edge(a, b, link=link, cost=cost)
    carried: dict[str, float] = {}
    pairs = pd.read_csv(PUBLISHED / "brazil_pairs.csv")
    for origin, rows in pairs.groupby("origin"):
        paths = nx.single_source_dijkstra_path(graph, origin, weight="cost")
        for end, tonnes in rows[["destination", "tonnes"]].itertuples(index=False):
            for a, b in zip(paths.get(end, [])[:-1], paths.get(end, [])[1:], strict=True):
                link = graph.edges[a, b]["link"].partition(":")[0]
                carried[link] = carried.get(link, 0.0) + tonnes
    trains = pd.read_csv(PUBLISHED / "brazil_trains.csv")
    trains = trains[trains["trains"] > 0].assign(t=trains["section"].map(carried).fillna(0.0))
    rows = [("all", trains), *trains.groupby("railway")]
    told = [(name, f) for name, f in rows if len(f) >= 10 and f["trains"].nunique() > 1]
    rho = [spearmanr(f["trains"], f["t"]).statistic for _, f in told]
    return pd.DataFrame({"railway": [n for n, _ in told], "sections": [len(f) for _, f in told], "rho": rho})


def part() -> str:
    """Write the part of the page."""
    pairs = routed()
    known = pairs[np.isfinite(pairs["length_km"])]
    off = (known["length_km"] / known["km"] - 1).abs()
    whole = known["tonnes"].sum()
    shares = [
        f"| within {limit:.1%} | {known.loc[off <= limit, 'tonnes'].sum() / whole:.0%} | {(off <= limit).mean():.0%} |"
        for limit in (0.001, 0.01, 0.05, 0.1)
    ]
    tkm = (known["tonnes"] * known["length_km"]).sum() / (known["tonnes"] * known["km"]).sum()
    worst = known[off > 0.01].nlargest(12, "tonnes")
    return "\n".join(
        [
            HEAD,
            f"\n{len(pairs)} pairs, {whole / 1e6:.0f} million tonnes; tonne-kilometres routed over published: {tkm:.3f}.\n",
            "| length | of the tonnes | of the pairs |\n|---|---:|---:|",
            *shares,
            OFF,
            "\n| from | to | million t | published km | routed km | difference |\n|---|---|---:|---:|---:|---:|",
            *(
                f"| {r.origin} | {r.destination} | {r.tonnes / 1e6:.1f} | {r.km:,.0f} | {r.length_km:,.0f} |"
                f" {r.length_km / r.km - 1:+.1%} |"
                for r in worst.itertuples()
            ),
            "\n### Who gets whose tonnes\n",
            "Given what each station sent and received, least cost puts these shares of the tonnes on the published pairs.\n",
            "| material | published pairs | t | on the published pairs |\n|---|---:|---:|---:|",
            *(f"| {r.material} | {r.pairs} | {r.tonnes:,.0f} | {r.share:.0%} |" for r in overlap().itertuples()),
            NO_CLAIM,
            "\n### Link loads\n",
            "Tonnes of all goods on least-cost paths beside the trains a day that the network statement of 2020 has committed, as a rank",
            "correlation (Spearman). Trains differ in tonnes, empty ones count, and passenger trains are among them.\n",
            "| railway | sections | rank correlation |\n|---|---:|---:|",
            *(f"| {r.railway} | {r.sections} | {r.rho:.2f} |" for r in loads().itertuples()),
        ]
    )


@cache
def _network() -> sf.Network:
    return sf.build_network(sf.read_world("brazil"))


def _cheapest(cost: np.ndarray, sent: np.ndarray, got: np.ndarray) -> np.ndarray:
    """Solve the transportation problem: who gets whose tonnes at least cost."""
    n, m = cost.shape
    rows = np.vstack([np.kron(np.eye(n), np.ones(m)), np.kron(np.ones(n), np.eye(m))])
    found = linprog(cost.ravel(), A_eq=rows, b_eq=np.concatenate([sent, got]), method="highs")
    return found.x.reshape(n, m)
