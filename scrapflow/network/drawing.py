"""What can be drawn in a world, found once: its links, every access link within some reach, and the arcs of both.

Studies draw reach, circuity and number of yards anew for every member; which places are near, the lines between them and
the ends of all arcs stay the same.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
import pandas as pd

from scrapflow.network.access import Carts, candidates
from scrapflow.network.impedance import link_capacity, link_cost
from scrapflow.network.tracks import BACK
from scrapflow.units import CRS
from scrapflow.world.geodesy import geometry_km

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from scrapflow.network.impedance import Transport
    from scrapflow.world import World


class Drawn(NamedTuple):
    """What some assumptions about transport draw.

    Attributes
    ----------
    links, arcs
        As :class:`scrapflow.network.Network` has them.
    carts
        The arcs from origins to yards.
    kept_arcs
        Which arcs of the drawing are drawn, shape (arcs,); None: all of them.
    """

    links: gpd.GeoDataFrame
    arcs: pd.DataFrame
    carts: Carts
    kept_arcs: NDArray[np.bool_] | None


class Drawing:
    """The links of a world and all access links that could be drawn within a reach.

    Parameters
    ----------
    world
        A world.
    reach_km
        Longest straight line of an access link, in km.
    choices
        Most yards that an origin has.
    """

    def __init__(self, world: World, reach_km: float, choices: int) -> None:
        self._world = world
        own = _with_lengths(world)
        self._own = len(own)
        self.candidates = candidates(world.nodes, own, reach_km, choices)
        self._own_links = own
        self._links = own
        if len(self.candidates.links):
            access = _with_geometry(self.candidates.links, world.nodes)
            self._links = cast("gpd.GeoDataFrame", pd.concat([own, access], ignore_index=True))

    def under(self, transport: Transport) -> Drawn:
        """Return what some assumptions draw; all of it is among the candidates (:meth:`Candidates.hold`)."""
        kept = np.append(np.ones(self._own, dtype=bool), self.candidates.drawn(transport))
        links, (link, arcs, carts), kept_arcs = self._links, self._arcs, None
        if not kept[self._own :].any():
            links = self._own_links
        elif not kept.all():
            links = links[kept].reset_index(drop=True)
        if not kept.all():
            kept_arcs = kept[link]
            carts = carts.among(kept_arcs)
            arcs, link = arcs[kept_arcs].reset_index(drop=True), (np.cumsum(kept) - 1)[link[kept_arcs]]
        if len(links) > self._own:
            length = links["length_km"].to_numpy(dtype=np.float64, copy=True)
            length[self._own :] *= transport.circuity
            links = cast("gpd.GeoDataFrame", links.assign(length_km=length))
        measures = {
            "length_km": links["length_km"].to_numpy(dtype=np.float64),
            "cost_per_t": link_cost(links, transport),
            "capacity_t": link_capacity(links, transport),
        }
        return Drawn(links, arcs.assign(**{name: value[link] for name, value in measures.items()}), carts, kept_arcs)

    @property
    def arcs(self) -> pd.DataFrame:
        """Every arc that could be drawn, without length, cost and capacity."""
        return self._arcs[1]

    @cached_property
    def _arcs(self) -> tuple[NDArray[np.int64], pd.DataFrame, Carts]:
        """The link of each arc, the arcs without their measures, and those among them that lead from origins to yards."""
        links = self._links
        base = pd.DataFrame(
            {
                "link_id": links["link_id"],
                "from_node_id": links["from_node_id"],
                "to_node_id": links["to_node_id"],
                "forward": True,
                "mode": links["mode"],
                "line_id": links["line_id"].fillna(""),
                "also_line_ids": links["also_line_ids"].fillna("") if "also_line_ids" in links else "",
                "track_id": links["track_id"].fillna("") if "track_id" in links else "",
            }
        )
        both = ~links["directed"].fillna(value=False).astype(bool)
        back = base[both].rename(columns={"from_node_id": "to_node_id", "to_node_id": "from_node_id"})
        back = back.assign(forward=False)[base.columns]
        arcs = pd.concat([base, back]).sort_index(kind="stable")
        link = arcs.index.to_numpy(dtype=np.int64)
        arcs = arcs.reset_index(drop=True)
        arcs.insert(0, "arc_id", arcs["link_id"].where(arcs["forward"], arcs["link_id"] + BACK))
        return link, arcs, Carts.of(self._world.nodes, arcs)


def _with_lengths(world: World) -> gpd.GeoDataFrame:
    """Fill the lengths a world leaves open: along the drawn geometry, derived."""
    links = world.links.copy()
    unknown = links["length_km"].isna()
    if unknown.any():
        measured = geometry_km(links.geometry[unknown].to_numpy())
        links.loc[unknown, "length_km"] = measured
        links.loc[unknown, "length_basis"] = "derived"
    return links


def _with_geometry(access: pd.DataFrame, nodes: pd.DataFrame) -> gpd.GeoDataFrame:
    import geopandas as gpd
    import shapely

    xy = nodes.set_index("node_id")[["x_coord", "y_coord"]].to_numpy(dtype=np.float64)
    at = pd.Index(nodes["node_id"])
    ends = np.stack([xy[at.get_indexer(access[c])] for c in ("from_node_id", "to_node_id")], axis=1)
    return gpd.GeoDataFrame(access, geometry=shapely.linestrings(ends), crs=CRS)
