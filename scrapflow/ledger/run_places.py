"""The places of a run: nodes and links with all that a query or a map wants to know of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from scrapflow.grading import BASES
from scrapflow.vocabulary import traced_as
from scrapflow.world import effective_communities, effective_enterprises
from scrapflow.world.numbering import positions
from scrapflow.world.shared_frames import Frames

if TYPE_CHECKING:
    import geopandas as gpd

    from scrapflow.network import Network
    from scrapflow.world import World

_NODE_COLUMNS = [
    "node_id",
    "name",
    "name_local",
    "aliases",
    "kind",
    "region_id",
    "region",
    "county",
    "subregion",
    "sector_id",
    "sector",
    "named",
    "sites",
    "workers",
    "population",
    "intake_t",
    "x_coord",
    "y_coord",
    "coordinate_accuracy_km",
    "coordinate_method",
    "basis",
    "input_basis",
    "grade",
    "source_id",
    "note",
    "geometry",
]
_UNJUDGED = "~~"
"""Sorts after every letter and digit of a grade."""
_LINK_COLUMNS = [
    "link_id",
    "from_node_id",
    "to_node_id",
    "mode",
    "length_km",
    "length_basis",
    "capacity_t",
    "gauge_mm",
    "line_id",
    "line",
    "basis",
    "source_id",
    "geometry",
]


def run_nodes(world: World) -> gpd.GeoDataFrame:
    """Join what the world's tables say of each node into one frame.

    Parameters
    ----------
    world
        A world.

    Returns
    -------
    GeoDataFrame
        Points (EPSG:4326). ``basis`` is the place's own; ``input_basis`` the weakest among all inputs of the place
        (headcount and stocks too), which is what its movements rest on; ``grade`` joins the reliability of its source
        with the credibility of the claim, "" where either was not judged.
    """
    if "run_nodes" not in world.memo:
        world.memo["run_nodes"] = Frames({"nodes": _joined(world)})
    return cast("gpd.GeoDataFrame", world.memo["run_nodes"]["nodes"])


def _joined(world: World) -> gpd.GeoDataFrame:
    """Return the nodes of a world with what all its tables say of them."""
    nodes = world.nodes.copy()
    region = world.regions.set_index("region_id")["name"]
    nodes["region"] = nodes["region_id"].map(region).astype("str").fillna("")
    nodes["county"] = nodes["county"].map(region).astype("str").fillna("")
    firms = effective_enterprises(world).set_index("node_id")
    people = effective_communities(world).set_index("node_id")
    nodes["sector_id"] = nodes["node_id"].map(firms["sector_id"]).astype("str").fillna("")
    nodes["sector"] = nodes["sector_id"].map(world.sectors.set_index("sector_id")["name"]).astype("str").fillna("")
    nodes["named"] = ~nodes["node_id"].isin(firms.index[~firms["named"].astype(bool)])
    sites = world.enterprises.set_index("node_id")["sites"].fillna(1.0)
    nodes["sites"] = nodes["node_id"].map(sites).astype("float64")
    nodes["workers"] = nodes["node_id"].map(firms["workers"]).astype("float64")
    nodes["population"] = nodes["node_id"].map(people["population"]).astype("float64")
    nodes["intake_t"] = nodes["node_id"].map(world.mills.set_index("node_id")["intake_t"]).astype("float64")
    nodes["input_basis"] = _input_basis(nodes, firms, people)
    reliability = nodes["source_id"].map(world.sources.set_index("source_id")["reliability"]).astype("str").fillna("")
    judged = (reliability != "") & (nodes["credibility"] != "")
    nodes["grade"] = (reliability + nodes["credibility"]).where(judged, "")
    return cast("gpd.GeoDataFrame", nodes[_NODE_COLUMNS].sort_values("node_id", ignore_index=True))


def _input_basis(nodes: pd.DataFrame, *tables: pd.DataFrame) -> pd.Series[str]:
    """Return the weakest basis among the inputs of each node."""
    rank = nodes["basis"].map({b: i for i, b in enumerate(BASES)}).fillna(len(BASES) - 1).to_numpy(dtype=np.int64)
    for table in tables:
        columns = [c for c in table.columns if c.endswith("_basis")]
        weakest = table[columns].apply(lambda c: c.map({b: i for i, b in enumerate(BASES)})).max(axis=1)
        here = nodes["node_id"].map(weakest).fillna(-1).to_numpy(dtype=np.int64)
        rank = np.maximum(rank, here)
    return pd.Series(np.asarray(BASES, dtype=object)[rank], index=nodes.index, dtype="str")


def origin_grades(movements: pd.DataFrame, nodes: pd.DataFrame) -> dict[str, pd.Series[str]]:
    """Return the basis and the grade each movement rests on: the weakest among the inputs of its origin.

    What leaves a yard rests on what was carted there, so a yard is as weak as the weakest place that brought anything.
    A grade that nobody judged leaves the whole unjudged.

    Parameters
    ----------
    movements
        ``kind, origin, destination``.
    nodes
        As :func:`run_nodes` gives them.

    Returns
    -------
    dict
        ``basis`` and ``grade``, one value a movement.
    """
    ids = nodes["node_id"].tolist()
    grades = [grade or _UNJUDGED for grade in nodes["grade"].tolist()]
    basis = nodes["input_basis"].map({b: i for i, b in enumerate(BASES)})
    # Weakest basis, letter and digit of each place, as numbers that grow with the weakness.
    weakest = np.array([basis, *([ord(grade[i]) for grade in grades] for i in (0, 1))], dtype=np.int64)
    start, end = (positions(movements[c], ids) for c in ("origin", "destination"))
    bringing = positions(movements["kind"], traced_as("bring")) >= 0
    yard = end[bringing]
    for weakness in weakest:
        np.maximum.at(weakness, yard, weakness[start[bringing]])
    unjudged = (weakest[1:] == ord(_UNJUDGED[0])).any(axis=0)
    joined = ["" if not_judged else chr(a) + chr(b) for a, b, not_judged in zip(*weakest[1:], unjudged, strict=True)]
    words = {"basis": [BASES[i] for i in weakest[0]], "grade": joined}
    return {
        name: pd.Series(pd.array(of_place, dtype="str").take(start), index=movements.index)
        for name, of_place in words.items()
    }


def run_links(network: Network) -> gpd.GeoDataFrame:
    """Return the links of a network with the names of their lines and the basis of their length.

    Parameters
    ----------
    network
        A network.

    Returns
    -------
    GeoDataFrame
        Lines (EPSG:4326), lengths in km, ``capacity_t`` in t per period and direction as the routing used it (inf: none).
    """
    links = network.links.copy()
    forward = network.arcs[network.arcs["forward"]].set_index("link_id")
    links["capacity_t"] = links["link_id"].map(forward["capacity_t"]).astype("float64")
    links["line_id"] = links["line_id"].fillna("")
    links["line"] = links["line_id"].map(network.world.lines.set_index("line_id")["name"]).astype("str").fillna("")
    links["source_id"] = links["source_id"].fillna("")
    links["basis"] = links["length_basis"]
    links["gauge_mm"] = links["gauge_mm"].astype("float64")
    return cast("gpd.GeoDataFrame", links[_LINK_COLUMNS].sort_values("link_id", ignore_index=True))
