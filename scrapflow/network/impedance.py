"""What it costs to pass a link: the generalised cost that path choice minimises.

Costs are counted in kilometre-equivalents per tonne: one is the cost of hauling a tonne one kilometre by standard-gauge
rail. Nothing is known of real tariffs, so every rate here is an assumption, and a campaign may set each of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
    rail = (links["mode"] == "rail").to_numpy()
    gauge = links["gauge_mm"].to_numpy(dtype=np.float64, na_value=np.nan)
    narrow = rail & (gauge < STANDARD_GAUGE_MM)
    assumed = np.where(narrow, transport.narrow_capacity_t, np.where(rail, transport.rail_capacity_t, math.inf))
    known = links["capacity_t"].to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(np.isnan(known), assumed, known)


def link_cost(links: pd.DataFrame, transport: Transport) -> NDArray[np.float64]:
    """Give every link its generalised cost in kilometre-equivalents per tonne.

    ``cost = length × rate of the mode (+ the transshipment cost)``; both terms are assumptions of ``transport``.

    Parameters
    ----------
    links
        Links with ``length_km`` (km) and ``mode``.
    transport
        The assumptions.

    Returns
    -------
    ndarray of float64, shape (n,)
    """
    road = links["mode"].isin(["road", "access"]).to_numpy()
    changes = (links["mode"] == "transshipment").to_numpy()
    rate = np.where(road, transport.road_cost_per_tkm, transport.rail_cost_per_tkm)
    length = links["length_km"].to_numpy(dtype=np.float64)
    return length * rate + changes * transport.transshipment_cost_per_t  # type: ignore[no-any-return]
