"""What can be drawn in a world, found once: its links, every access link within some reach, and the arcs of both.

Studies draw reach, circuity and number of yards anew for every member; which places are near, the lines between them and
the ends of all arcs stay the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
import pandas as pd

from scrapflow.network.access import Carts, candidates
from scrapflow.network.impedance import Tolls
from scrapflow.network.tracks import BACK
from scrapflow.units import CRS
from scrapflow.world.geodesy import geometry_km

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from scrapflow.network.impedance import Transport
    from scrapflow.world import World

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]


class _Arcs(NamedTuple):
    """Every arc that could be drawn, without length, cost and capacity; its link; and those from origins to yards."""

    table: pd.DataFrame
    link: Ints
    carts: Carts


@dataclass(frozen=True, eq=False)
class Drawn:
    """What some assumptions about transport draw, as arrays; no frame is made until somebody asks for it.

    Attributes
    ----------
    drawing, circuity
        Of which drawing it is a part, and road length over straight line.
    kept, kept_arcs
        Which links and arcs of the drawing are drawn; shapes of the links and of the arcs of the drawing.
    link
        Position of each arc's link among the links drawn, shape (a,).
    length_km, cost_per_t, capacity_t
        Of the arcs drawn, in km, kilometre-equivalents and t a month, shape (a,).
    """

    drawing: Drawing
    circuity: float
    kept: Bools
    kept_arcs: Bools
    link: Ints
    length_km: Floats
    cost_per_t: Floats
    capacity_t: Floats

    @cached_property
    def memo(self) -> dict[str, Any]:
        """What others make of the links and places alone and keep beside them; nothing in it may be written to."""
        return {}

    @cached_property
    def link_ids(self) -> NDArray[np.object_]:
        """Identifiers of the links drawn."""
        return np.asarray(self.drawing.link_ids[self.kept], dtype=object)

    @cached_property
    def carts(self) -> Carts:
        """The arcs from origins to yards."""
        return self.drawing.carts if self.kept_arcs.all() else self.drawing.carts.among(self.kept_arcs)

    @cached_property
    def links(self) -> gpd.GeoDataFrame:
        """The links drawn, as :class:`scrapflow.network.Network` has them."""
        links = self.drawing.links(self.kept)
        length = links["length_km"].to_numpy(dtype=np.float64, copy=True)
        length[self.drawing.own :] *= self.circuity
        return cast("gpd.GeoDataFrame", links.assign(length_km=length))

    @cached_property
    def arcs(self) -> pd.DataFrame:
        """The arcs drawn, as :class:`scrapflow.network.Network` has them."""
        arcs = self.drawing.arcs
        arcs = arcs if self.kept_arcs.all() else arcs[self.kept_arcs].reset_index(drop=True)
        return arcs.assign(length_km=self.length_km, cost_per_t=self.cost_per_t, capacity_t=self.capacity_t)


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
        self.own = len(own)
        self.candidates = candidates(world.nodes, own, reach_km, choices)
        self._own_links = own
        self._links = own
        if len(self.candidates.links):
            access = _with_geometry(self.candidates.links, world.nodes)
            self._links = cast("gpd.GeoDataFrame", pd.concat([own, access], ignore_index=True))

    def under(self, transport: Transport) -> Drawn:
        """Return what some assumptions draw; all of it is among the candidates (:meth:`Candidates.hold`)."""
        kept = np.append(np.ones(self.own, dtype=bool), self.candidates.drawn(transport))
        length, tolls = self._lengths
        length = np.append(length[: self.own], length[self.own :] * transport.circuity)
        link = self._arcs.link
        kept_arcs = kept[link]
        of = link[kept_arcs]
        return Drawn(
            self,
            transport.circuity,
            kept,
            kept_arcs,
            (np.cumsum(kept) - 1)[of],
            length[of],
            tolls.cost(length, transport)[of],
            tolls.capacity(transport)[of],
        )

    @cached_property
    def _lengths(self) -> tuple[Floats, Tolls]:
        """Lengths of all links that could be drawn, without circuity, and what else decides what it costs to pass them."""
        return self._links["length_km"].to_numpy(dtype=np.float64), Tolls.of(self._links)

    @cached_property
    def link_ids(self) -> NDArray[np.object_]:
        """Identifiers of all links that could be drawn."""
        return np.asarray(self._links["link_id"], dtype=object)

    def links(self, kept: Bools) -> gpd.GeoDataFrame:
        """Return the links that are drawn, access links without circuity."""
        if not kept[self.own :].any():
            return self._own_links
        return self._links if kept.all() else self._links[kept].reset_index(drop=True)

    @property
    def carts(self) -> Carts:
        """Those of all arcs that lead from origins to yards."""
        return self._arcs.carts

    @property
    def arcs(self) -> pd.DataFrame:
        """Every arc that could be drawn, without length, cost and capacity."""
        return self._arcs.table

    @cached_property
    def _arcs(self) -> _Arcs:
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
        return _Arcs(arcs, link, Carts.of(self._world.nodes, arcs))


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
