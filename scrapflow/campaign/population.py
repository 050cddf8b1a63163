"""Who there is: enterprises with their workers and stocks, communities with their residents, as arrays.

Enterprises and communities are sorted by ``node_id``, so that results do not depend on the order of a file's rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from scrapflow.world import effective_communities, effective_enterprises

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from scrapflow.world import World

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Texts = NDArray[np.object_]

MATERIALS = ("scrap", "obsolete_machinery", "idle_machinery", "working_machinery", "appliance")
"""What moves; arrays over materials have this order. An enterprise holds the first four."""
VIAS = ("own", "looted")
"""How it came; arrays over vias have this order."""
SCRAP, OBSOLETE, IDLE, WORKING, APPLIANCE = range(5)
HELD = 4
"""Number of materials an enterprise holds: all but appliances."""


@dataclass(frozen=True, eq=False)
class Population:
    """Arrays over n enterprises and m communities.

    Attributes
    ----------
    enterprise_id, sector, enterprise_region
        Identifiers; region "" where unknown; shape (n,).
    workers
        Headcount; shape (n,).
    stock
        Stocks at the start in t, by the first four materials; shape (n, 4).
    arising
        New scrap at full output, t per month; shape (n,).
    enterprise_xy
        Longitude and latitude in degrees (EPSG:4326), NaN where unplaced; shape (n, 2).
    community_id, community_region
        Identifiers; shape (m,).
    residents
        Persons; shape (m,).
    pools
        Residents by pool: unaffiliated adults, unaffiliated youth, affiliated adults, affiliated youth; shape (m, 4).
    household
        Scrap and appliances in households at the start in t; shape (m, 2).
    community_xy
        As above; shape (m, 2).
    """

    enterprise_id: Texts
    sector: Texts
    enterprise_region: Texts
    workers: Floats
    stock: Floats
    arising: Floats
    enterprise_xy: Floats
    community_id: Texts
    community_region: Texts
    residents: Floats
    pools: Floats
    household: Floats
    community_xy: Floats

    @staticmethod
    def of(world: World) -> Population:
        """Read the arrays of a world, with the defaults of sectors and schema where values are unknown.

        They are kept as long as the world is, because a world never changes and studies ask for them hundreds of times.
        """
        if world in _READ:
            return _READ[world]
        _READ[world] = made = Population._of(world)
        return made

    @staticmethod
    def _of(world: World) -> Population:
        places = world.nodes.set_index("node_id")[["region_id", "x_coord", "y_coord"]]
        e = effective_enterprises(world).sort_values("node_id", ignore_index=True)
        c = effective_communities(world).sort_values("node_id", ignore_index=True)
        e_region, e_xy = _place(places, e["node_id"])
        c_region, c_xy = _place(places, c["node_id"])
        residents = _numbers(c, "population")
        return Population(
            enterprise_id=e["node_id"].to_numpy(dtype=object),
            sector=e["sector_id"].to_numpy(dtype=object),
            enterprise_region=e_region,
            workers=_numbers(e, "workers"),
            stock=_numbers(e, ["scrap_t", "obsolete_machinery_t", "idle_machinery_t", "working_machinery_t"]),
            arising=_numbers(e, "scrap_arising_t"),
            enterprise_xy=e_xy,
            community_id=c["node_id"].to_numpy(dtype=object),
            community_region=c_region,
            residents=residents,
            pools=split_residents(residents, _numbers(c, "unaffiliated_share"), _numbers(c, "youth_share")),
            household=_numbers(c, ["household_scrap_t", "appliance_t"]),
            community_xy=c_xy,
        )


_READ: WeakKeyDictionary[World, Population] = WeakKeyDictionary()


def split_residents(residents: Floats, unaffiliated_share: Floats, youth_share: Floats) -> Floats:
    """Split residents into four pools, taking the two shares as independent (assumed).

    Returns
    -------
    ndarray of float64, shape (m, 4)
        Unaffiliated adults, unaffiliated youth, affiliated adults, affiliated youth, in persons.

    Examples
    --------
    >>> split_residents(np.array([100.0]), np.array([0.2]), np.array([0.25]))
    array([[15.,  5., 60., 20.]])
    """
    free = residents * unaffiliated_share
    bound = residents - free
    young_free, young_bound = free * youth_share, bound * youth_share
    return np.stack([free - young_free, young_free, bound - young_bound, young_bound], axis=-1)


def _place(places: pd.DataFrame, ids: pd.Series[str]) -> tuple[Texts, Floats]:
    at = places.reindex(ids)
    return at["region_id"].fillna("").to_numpy(dtype=object), _numbers(at, ["x_coord", "y_coord"])


def _numbers(frame: pd.DataFrame, columns: str | list[str]) -> Floats:
    return np.array(frame[columns].to_numpy(dtype=np.float64, na_value=np.nan))
