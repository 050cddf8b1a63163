"""The second part of docs/validation.md: routed lengths, pairs and link loads of Brazil beside the published ones.

The published side is tests/geodata/brazil_pairs.csv and brazil_trains.csv, which ``brazil_published.py`` writes from the agency's
registers; ``validate_lengths.py`` puts this part onto the page.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.stats import spearmanr

import scrapflow as sf
from geodata.build.common import BUILD
from scrapflow.network.many_paths import cheapest_arcs

PUBLISHED = BUILD.parents[1] / "tests" / "geodata"
HEAD = """## Brazil: 775 published pairs

The agency publishes for each origin and destination of 2019 the tonnes of all goods and their mean distance; the network is the
agency's own register of sections. Lengths and distances come from one register: agreement tests topology, gauges and
routing, not the survey of the lines. Paths are the cheapest that a tonne can take; a change of gauge counts as 50 km, and a
change from one railway's trains to another's as 100 km (`[operators]` in the world's `world.toml`; the four railways of Rumo run as one)."""
RIGHTS = """
The columns "railways ignored" are without a cost of changing railways: trains of Rumo and FCA then take MRS's line through São Paulo
to Santos, 80 to 125 km shorter than the one they use. Three assumptions mend that, and all were found by looking at these very
distances, so that for the pairs of Santos this is a fit and no test: a change costs as much as 100 km (90 to 300 km give the same
shares but for rounding, 80 km and less fit fewer pairs); the tracks in the port, MRS's own, are used by trains of Rumo too; and
MRS runs over 1.5 km of broad gauge in its main line that the register gives to FCA. No table of trackage rights was at hand to take
them from. What was not fitted got better with them: on the published pairs of iron and on the loads of RMP and MRS, below."""
OFF = """
### What stays off, and why

The largest pairs that are more than 1 % off. Most are journeys inside one railway whose published mean is longer than any way that the
register's sections allow (FTC; FJC–FDT, FCT–VOB and FPE–FAR on MRS), for the mean distance is of trains, detours and all. FBN–ZAL
and journeys between FCA and MRS (EPM, EPI, FAR) differ by way of the junction where the one hands over to the other, and the two
directions of one pair are published with different means (EPM–FAR 687 km, FAR–EPM 747 km). The mean of ZBV–ICZ lies between the two
ways, 189 and 278 km. They are left as they are: each could be fitted with a rule of its own, and nothing would be learnt."""
NO_CLAIM = """
What goes to which works is a matter of contracts as well as of distance. With railways ignored the share of iron is 68 %: Funil's then
goes to Rio, not to Vitória. Scrap is four pairs; least cost keeps what arises at EPI there, in fact it went on to Vitória."""


@cache
def routed(*, operators: bool = True) -> pd.DataFrame:
    """Return the published pairs with the length of their least-cost path, with changes of railway at a cost or free."""
    net = _network(operators=operators)
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
    carried: dict[str, float] = {}
    pairs = pd.read_csv(PUBLISHED / "brazil_pairs.csv").set_index(["origin", "destination"])["tonnes"].to_dict()
    for ends, arcs in cheapest_arcs(net.passage, pairs).items():
        for link in net.passage.link[arcs]:
            section = link.partition(":")[0]
            carried[section] = carried.get(section, 0.0) + pairs[ends]
    trains = pd.read_csv(PUBLISHED / "brazil_trains.csv")
    trains = trains[trains["trains"] > 0].assign(t=trains["section"].map(carried).fillna(0.0))
    rows = [("all", trains), *trains.groupby("railway")]
    told = [(name, f) for name, f in rows if len(f) >= 10 and f["trains"].nunique() > 1]
    rho = [spearmanr(f["trains"], f["t"]).statistic for _, f in told]
    return pd.DataFrame({"railway": [n for n, _ in told], "sections": [len(f) for _, f in told], "rho": rho})


def two_gauges() -> tuple[int, float, float]:
    """Return how many sections have tracks of two gauges, their km, and the most of a capacity that both together use."""
    world = sf.read_world("brazil")
    rail = world.links[(world.links["mode"] == "rail") & world.links["link_id"].str.contains(":")]
    section = pd.Series(rail["link_id"].str.partition(":")[0].to_numpy(), index=rail["link_id"].to_numpy())
    used = sf.run(world).link_loads
    used = used[used["link_id"].isin(section.index)]
    used = used.assign(section=used["link_id"].map(section))
    both = used.groupby(["period", "section"]).agg(
        there=("forward_t", "sum"), back=("backward_t", "sum"), capacity=("capacity_t", "max")
    )
    share = both[["there", "back"]].max(axis=1) / both["capacity"]
    return section.nunique(), float(rail["length_km"].sum() / 2), float(share.max())


def part() -> str:
    """Write the part of the page."""
    pairs = routed()
    known = pairs[np.isfinite(pairs["length_km"])]
    off = (known["length_km"] / known["km"] - 1).abs()
    free = (routed(operators=False)["length_km"] / pairs["km"] - 1).abs()[known.index]
    whole = known["tonnes"].sum()
    shares = [
        f"| within {limit:.1%} | {known.loc[off <= limit, 'tonnes'].sum() / whole:.1%} |"
        f" {known.loc[free <= limit, 'tonnes'].sum() / whole:.1%} | {(off <= limit).mean():.1%} | {(free <= limit).mean():.1%} |"
        for limit in (0.001, 0.01, 0.05, 0.1)
    ]
    tkm = (known["tonnes"] * known["length_km"]).sum() / (known["tonnes"] * known["km"]).sum()
    worst = known[off > 0.01].nlargest(12, "tonnes")
    sections, km, most = two_gauges()
    return "\n".join(
        [
            HEAD,
            f"\n{len(pairs)} pairs, {whole / 1e6:.0f} million tonnes; tonne-kilometres routed over published: {tkm:.3f}.\n",
            "| length | of the tonnes | railways ignored | of the pairs | railways ignored |\n|---|---:|---:|---:|---:|",
            *shares,
            RIGHTS,
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
            "\n### Tracks of two gauges\n",
            f"{sections} sections ({km:.0f} km) have rails of two gauges. Each is one link for each gauge, on one track (`track_id`), whose capacity the two",
            f"share in each direction. In the run of `brazil` both together use at most {most:.1%} of it in any month and direction: the limit is not felt.",
        ]
    )


@cache
def _network(*, operators: bool = True) -> sf.Network:
    world = sf.read_world("brazil")
    return sf.build_network(world if operators else replace(world, settings={}))


def _cheapest(cost: np.ndarray, sent: np.ndarray, got: np.ndarray) -> np.ndarray:
    """Solve the transportation problem: who gets whose tonnes at least cost."""
    n, m = cost.shape
    rows = np.vstack([np.kron(np.eye(n), np.ones(m)), np.kron(np.ones(n), np.eye(m))])
    found = linprog(cost.ravel(), A_eq=rows, b_eq=np.concatenate([sent, got]), method="highs")
    return found.x.reshape(n, m)
