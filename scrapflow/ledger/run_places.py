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
    from numpy.typing import NDArray

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
    firms, people = effective_enterprises(world), effective_communities(world)
    # each table is looked up once, whatever is taken from it
    firm, person = (positions(nodes["node_id"], table["node_id"]) for table in (firms, people))
    region, county = (positions(nodes[c], world.regions["region_id"]) for c in ("region_id", "county"))

    def words(table: pd.DataFrame, column: str, at: NDArray[np.int64]) -> pd.Series[str]:
        return pd.Series(table[column].astype("str").array.take(at, allow_fill=True), index=nodes.index).fillna("")

    def numbers(table: pd.DataFrame, column: str, at: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.append(table[column].to_numpy(dtype=np.float64), np.nan)[at]

    nodes["region"], nodes["county"] = (words(world.regions, "name", at) for at in (region, county))
    nodes["sector_id"] = words(firms, "sector_id", firm)
    nodes["sector"] = words(world.sectors, "name", positions(nodes["sector_id"], world.sectors["sector_id"]))
    nodes["named"] = np.append(firms["named"].astype(bool), True)[firm]
    nodes["sites"] = numbers(world.enterprises.fillna({"sites": 1.0}), "sites", firm)
    nodes["workers"] = numbers(firms, "workers", firm)
    nodes["population"] = numbers(people, "population", person)
    nodes["intake_t"] = numbers(world.mills, "intake_t", positions(nodes["node_id"], world.mills["node_id"]))
    nodes["input_basis"] = _input_basis(nodes, (firms, firm), (people, person))
    reliability = words(world.sources, "reliability", positions(nodes["source_id"], world.sources["source_id"]))
    judged = (reliability != "") & (nodes["credibility"] != "")
    nodes["grade"] = (reliability + nodes["credibility"]).where(judged, "")
    return cast("gpd.GeoDataFrame", nodes[_NODE_COLUMNS].sort_values("node_id", ignore_index=True))


def _input_basis(nodes: pd.DataFrame, *tables: tuple[pd.DataFrame, NDArray[np.int64]]) -> pd.Series[str]:
    """Return the weakest basis among the inputs of each node; each table comes with the row of each node in it, or -1."""
    rank = positions(nodes["basis"], BASES)
    rank[rank < 0] = len(BASES) - 1
    for table, row in tables:
        bases = [positions(table[c], BASES) for c in table.columns if c.endswith("_basis")]
        rank = np.maximum(rank, np.append(np.max(bases, axis=0), -1)[row])
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
    start, end = (positions(movements[c], ids) for c in ("origin", "destination"))
    bringing = positions(movements["kind"], traced_as("bring")) >= 0
    return {
        name: pd.Series(pd.array(of_place, dtype="str").take(start), index=movements.index)
        for name, of_place in place_grades(nodes, start[bringing], end[bringing]).items()
    }


def place_grades(nodes: pd.DataFrame, bringing: NDArray[np.int64], yard: NDArray[np.int64]) -> dict[str, list[str]]:
    """Return ``basis`` and ``grade`` of what leaves each node, as :func:`origin_grades` says.

    Parameters
    ----------
    nodes
        As :func:`run_nodes` gives them.
    bringing, yard
        Positions of the nodes that brought something, and of the yards they brought it to; shape (n,) each.
    """
    grades = [grade or _UNJUDGED for grade in nodes["grade"].tolist()]
    basis = nodes["input_basis"].map({b: i for i, b in enumerate(BASES)})
    # Weakest basis, letter and digit of each place, as numbers that grow with the weakness.
    weakest = np.array([basis, *([ord(grade[i]) for grade in grades] for i in (0, 1))], dtype=np.int64)
    for weakness in weakest:
        np.maximum.at(weakness, yard, weakness[bringing])
    unjudged = (weakest[1:] == ord(_UNJUDGED[0])).any(axis=0)
    joined = ["" if not_judged else chr(a) + chr(b) for a, b, not_judged in zip(*weakest[1:], unjudged, strict=True)]
    return {"basis": [BASES[i] for i in weakest[0]], "grade": joined}


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
    memo, key = network.drawn.memo, f"run_links {network.months:g}"
    if key not in memo:
        memo[key] = Frames({"links": _links_told(network)})
    return cast("gpd.GeoDataFrame", memo[key]["links"])


def _links_told(network: Network) -> gpd.GeoDataFrame:
    links = network.links.copy()
    forward = network.arcs[network.arcs["forward"]].set_index("link_id")
    links["capacity_t"] = links["link_id"].map(forward["capacity_t"]).astype("float64")
    links["line_id"] = links["line_id"].fillna("")
    links["line"] = links["line_id"].map(network.world.lines.set_index("line_id")["name"]).astype("str").fillna("")
    links["source_id"] = links["source_id"].fillna("")
    links["basis"] = links["length_basis"]
    links["gauge_mm"] = links["gauge_mm"].astype("float64")
    return cast("gpd.GeoDataFrame", links[_LINK_COLUMNS].sort_values("link_id", ignore_index=True))
