"""What it costs to pass a link: the generalised cost that path choice minimises.

Costs are counted in kilometre-equivalents per tonne: one is the cost of hauling a tonne one kilometre by standard-gauge
rail. Nothing is known of real tariffs, so every rate here is an assumption, and a campaign may set each of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

STANDARD_GAUGE_MM = 1435


@dataclass(frozen=True, kw_only=True)
class Transport:
    """Assumptions about transport; all of them may be set in the section ``[transport]`` of a campaign.

    Examples
    --------
    >>> Transport(reach_km=30).road_cost_per_tkm
    5.0
    """

    rail_cost_per_tkm: float = 1.0
    """Cost of a tonne-kilometre by rail; the unit of all other costs."""
    road_cost_per_tkm: float = 5.0
    """Cost of a tonne-kilometre by cart or lorry, on access and road links."""
    transshipment_cost_per_t: float = 50.0
    """Cost of moving a tonne from one gauge to another, beside the length of the link."""
    waiting_cost_per_t: float = 1.0
    """Cost of keeping a tonne in a yard for one period: small, so that trains that run are used."""
    circuity: float = 1.25
    """Road length over straight line, for access links whose length nobody gives (about 1.2 for road networks: Newell 1980)."""
    reach_km: float = 60.0
    """Longest access link, in road kilometres, over which scrap is carted to a yard."""
    yard_choices: int = 3
    """Number of yards within reach that an origin considers, nearest first."""
    rail_capacity_t: float = math.inf
    """Tonnes of scrap per period and direction on a rail link of unknown capacity."""
    narrow_capacity_t: float = math.inf
    """The same on links of a narrower gauge than 1,435 mm."""


class Tolls(NamedTuple):
    """What of n links decides their cost and capacity, read once for many assumptions; shapes (n,).

    Attributes
    ----------
    by_road, changes, by_rail, narrow
        Road and access links, changes of gauge, rail links, and those of these that are narrower than the standard.
    capacity_t
        The known capacity in t a period, NaN where nobody knows it.
    """

    by_road: NDArray[np.bool_]
    changes: NDArray[np.bool_]
    by_rail: NDArray[np.bool_]
    narrow: NDArray[np.bool_]
    capacity_t: NDArray[np.float64]

    @staticmethod
    def of(links: pd.DataFrame) -> Tolls:
        """Read them from links with ``mode``, ``gauge_mm`` and ``capacity_t``."""
        mode = links["mode"].to_numpy(dtype=object)
        rail = mode == "rail"
        gauge, known = (links[c].to_numpy(dtype=np.float64, na_value=np.nan) for c in ("gauge_mm", "capacity_t"))
        road = (mode == "road") | (mode == "access")
        return Tolls(road, mode == "transshipment", rail, rail & (gauge < STANDARD_GAUGE_MM), known)

    def capacity(self, transport: Transport) -> NDArray[np.float64]:
        """Return the capacity of each link; see :func:`link_capacity`."""
        rail, narrow = transport.rail_capacity_t, transport.narrow_capacity_t
        assumed = np.where(self.narrow, narrow, np.where(self.by_rail, rail, math.inf))
        return np.where(np.isnan(self.capacity_t), assumed, self.capacity_t)

    def cost(self, length_km: NDArray[np.float64], transport: Transport) -> NDArray[np.float64]:
        """Return the cost of each link, given its length; see :func:`link_cost`."""
        rate = np.where(self.by_road, transport.road_cost_per_tkm, transport.rail_cost_per_tkm)
        return length_km * rate + self.changes * transport.transshipment_cost_per_t


def link_capacity(links: pd.DataFrame, transport: Transport) -> NDArray[np.float64]:
    """Give every link a capacity in t per period and direction: the known one, else the assumption, else none (inf).

    Parameters
    ----------
    links
        Links with ``capacity_t``, ``mode`` and ``gauge_mm``.
    transport
        The assumptions.

    Returns
    -------
    ndarray of float64, shape (n,)
    """
    return Tolls.of(links).capacity(transport)


def link_cost(links: pd.DataFrame, transport: Transport) -> NDArray[np.float64]:
    """Give every link its generalised cost in kilometre-equivalents per tonne.

    ``cost = length × rate of the mode (+ the transshipment cost)``; both terms are assumptions of ``transport``.

    Parameters
    ----------
    links
        Links with ``length_km`` (km), ``mode``, ``gauge_mm`` and ``capacity_t``.
    transport
        The assumptions.

    Returns
    -------
    ndarray of float64, shape (n,)
    """
    return Tolls.of(links).cost(links["length_km"].to_numpy(dtype=np.float64), transport)
