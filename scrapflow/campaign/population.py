"""Who there is: enterprises with their workers and stocks, communities with their residents, as arrays.

Enterprises and communities are sorted by ``node_id``, so that results do not depend on the order of a file's rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from scrapflow.campaign.by_code import ratio, sum_by
from scrapflow.vocabulary import VIAS
from scrapflow.vocabulary.read import materials, read_materials
from scrapflow.world.filled_in import STOCKS, community_values, enterprise_values
from scrapflow.world.numbering import numbered
from scrapflow.world.shared_frames import by_words, numbers_in, shared

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from scrapflow.vocabulary import Material
    from scrapflow.world import World

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Texts = NDArray[np.object_]

HELD_ROLES = ("scrap", "obsolete", "idle", "working")
"""Roles of the materials that an enterprise holds; arrays over its stocks have this order."""
HOUSEHOLD_ROLES = ("scrap", "appliance")
"""Roles of the materials that households hold; arrays over their stocks have this order."""
HELD = len(HELD_ROLES)
HOME_SCRAP = HOUSEHOLD_ROLES.index("scrap")
SCRAP, OBSOLETE, IDLE, WORKING = range(HELD)
OWN, LOOTED = (VIAS.index(via) for via in ("own", "looted"))
"""Positions of the vias in arrays over them."""


class Residents(NamedTuple):
    """What is known of the residents of communities; shapes (m,)."""

    persons: Floats
    unaffiliated_share: Floats
    youth_share: Floats
    region: Ints
    """Position of the region in ``workers``."""
    workers: Floats
    """Workers of enterprises by region."""


def proportional(r: Residents) -> Floats:
    """Take the share of pupils and students among the unaffiliated to be that among all residents.

    Returns
    -------
    ndarray of float64, shape (m, 4)
        Unaffiliated adults, unaffiliated youth, affiliated adults, affiliated youth, in persons.

    Examples
    --------
    >>> r = Residents(np.array([100.0]), np.array([0.5]), np.array([0.25]), np.array([0]), np.array([30.0]))
    >>> proportional(r).tolist(), with_students(r).tolist()
    ([[37.5, 12.5, 37.5, 12.5]], [[25.0, 25.0, 50.0, 0.0]])
    >>> outside_work(r).tolist(), not_workers(r).tolist()
    ([[25.0, 0.0, 50.0, 25.0]], [[45.0, 25.0, 30.0, 0.0]])
    """
    free = r.persons * r.unaffiliated_share
    bound = r.persons - free
    young_free, young_bound = free * r.youth_share, bound * r.youth_share
    return np.stack([free - young_free, young_free, bound - young_bound, young_bound], axis=-1)


def with_students(r: Residents) -> Floats:
    """Count every pupil and student among the unaffiliated; the rest of the unaffiliated share are adults without work."""
    young = r.persons * np.minimum(r.youth_share, r.unaffiliated_share)
    adults = r.persons * r.unaffiliated_share - young
    other_young = r.persons * r.youth_share - young
    return np.stack([adults, young, r.persons - adults - young - other_young, other_young], axis=-1)


def outside_work(r: Residents) -> Floats:
    """Count the same adults as :func:`with_students`, and no pupil or student."""
    adults, young, bound, other_young = with_students(r).T
    return np.stack([adults, np.zeros_like(young), bound, young + other_young], axis=-1)


def not_workers(r: Residents) -> Floats:
    """Count everybody but the workers of enterprises, who live among the adults of their region in proportion."""
    young = r.persons * r.youth_share
    adults = r.persons - young
    there = sum_by(r.region, adults, len(r.workers))
    workers = adults * ratio(np.minimum(r.workers, there), there)[r.region]
    return np.stack([adults - workers, young, workers, np.zeros_like(young)], axis=-1)


PROPORTIONAL = "proportional"
READINGS: dict[str, Callable[[Residents], Floats]] = {
    PROPORTIONAL: proportional,
    "outside_work": outside_work,
    "with_students": with_students,
    "not_workers": not_workers,
}
"""Who "residents unaffiliated with factories" are, by the word of the campaign's file; each splits them into four pools."""


@dataclass(frozen=True, eq=False)
class Population:
    """Arrays over n enterprises and m communities.

    Attributes
    ----------
    enterprise_id, sector, enterprise_region
        Identifiers; region "" where unknown; shape (n,).
    workers, sites
        Headcount, and how many workforces a row stands for (1 where nobody says); shape (n,).
    stock
        Stocks at the start in t, by role of the material (:data:`HELD_ROLES`), 0 for a role that no material of the
        world has; shape (n, 4).
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
        Scrap and appliances in households at the start in t, likewise; shape (m, 2).
    community_xy
        As above; shape (m, 2).
    region
        Number of each owner's region among the sorted ones, enterprises first; shape (n + m,).
    materials
        The materials of the world, in the order of arrays over materials.
    held, gathered
        Positions in ``materials`` of those that enterprises hold (:data:`HELD_ROLES`) and that households hold
        (:data:`HOUSEHOLD_ROLES`); -1 where the world has no material of that role.
    memo
        What follows from the places alone, kept for all populations of the same places.
    """

    enterprise_id: Texts
    sector: Texts
    enterprise_region: Texts
    workers: Floats
    sites: Floats
    stock: Floats
    arising: Floats
    enterprise_xy: Floats
    community_id: Texts
    community_region: Texts
    residents: Floats
    pools: Floats
    household: Floats
    community_xy: Floats
    region: Ints
    materials: tuple[str, ...]
    held: tuple[int, ...]
    gathered: tuple[int, ...]
    memo: dict[str, Any] = field(default_factory=dict)

    @staticmethod
    def of(world: World, reading: str = PROPORTIONAL) -> Population:
        """Read the arrays of a world, with the defaults of sectors and schema where values are unknown.

        They are kept as long as the world is, because a world never changes and studies ask for them hundreds of times.

        Parameters
        ----------
        world
            What is known.
        reading
            Who the residents outside factories are: one of :data:`READINGS`.
        """
        kept = _READ.setdefault(world, {})
        if reading not in kept:
            kept[reading] = Population._of(world, reading)
        return kept[reading]

    @staticmethod
    def _of(world: World, reading: str) -> Population:
        who, e, c = by_words(world.tables, "owners", lambda: _owners(world))
        firm, town = enterprise_values(world), community_values(world)
        residents, workers = town["population"][c], firm["workers"][e]
        of_firm, of_town = np.split(who["region"], [len(e)])
        workers_there = sum_by(of_firm, workers, int(who["region"].max(initial=-1)) + 1)
        shares = town["unaffiliated_share"][c], town["youth_share"][c]
        held, gathered = _there(who["held"]), _there(who["gathered"])
        sites = numbers_in(world.tables, "enterprises", "sites")
        return Population(
            **who,
            workers=workers,
            sites=np.where(np.isnan(sites), 1.0, sites)[e],
            stock=np.stack([firm[column][e] for column in STOCKS], axis=1) * held,
            arising=firm["scrap_arising_t"][e] * held[SCRAP],
            residents=residents,
            pools=READINGS[reading](Residents(residents, *shares, of_town, workers_there)),
            household=np.stack([town[column][c] for column in ("household_scrap_t", "appliance_t")], axis=1) * gathered,
        )


def _owners(world: World) -> tuple[dict[str, Any], Ints, Ints]:
    """Return what words and coordinates say of owners, and where enterprises and communities stand in their tables."""
    tables = shared(world.tables)
    firms, towns = tables["enterprises"], tables["communities"]
    e, c = (np.asarray(t["node_id"].argsort(), dtype=np.int64) for t in (firms, towns))
    enterprise_id, community_id = (t["node_id"].to_numpy(dtype=object)[at] for t, at in ((firms, e), (towns, c)))
    e_region, e_xy = _place(tables["nodes"], enterprise_id)
    c_region, c_xy = _place(tables["nodes"], community_id)
    words = materials_of(world)
    roles = [word.role for word in words]
    who: dict[str, Any] = {
        "enterprise_id": enterprise_id,
        "sector": firms["sector_id"].to_numpy(dtype=object)[e],
        "enterprise_region": e_region,
        "enterprise_xy": e_xy,
        "community_id": community_id,
        "community_region": c_region,
        "community_xy": c_xy,
        "region": numbered(np.concatenate([e_region, c_region]))[0],
        "materials": tuple(word.material for word in words),
        "held": _positions(roles, HELD_ROLES),
        "gathered": _positions(roles, HOUSEHOLD_ROLES),
        "memo": {},
    }
    return who, e, c


_READ: WeakKeyDictionary[World, dict[str, Population]] = WeakKeyDictionary()


def materials_of(world: World) -> list[Material]:
    """Return the materials of a world: its own table of them, or the packaged ones."""
    own = shared(world.tables).get("materials")
    if own is None or own.empty:
        return list(materials().values())
    columns = {str(name): own[name].tolist() for name in own.columns if name != "geometry"}
    rows = zip(*columns.values(), strict=True)
    return read_materials([{name: str(cell) for name, cell in zip(columns, row, strict=True)} for row in rows])


def _positions(roles: Sequence[str], wanted: Sequence[str]) -> tuple[int, ...]:
    """Return the position of the first material of each role; -1 where there is none."""
    return tuple(roles.index(role) if role in roles else -1 for role in wanted)


def _there(positions: tuple[int, ...]) -> Floats:
    """Return 1 for each role that a material of the world has, else 0: nobody holds what the world knows no word for."""
    return (np.array(positions) >= 0).astype(np.float64)


def _place(nodes: pd.DataFrame, ids: Texts) -> tuple[Texts, Floats]:
    """Return region ("" where unknown) and coordinates (NaN where unknown) of places by identifier."""
    at = pd.Index(nodes["node_id"]).get_indexer(pd.Index(ids, dtype="str"))
    known = at >= 0
    region, xy = np.full(len(ids), "", dtype=object), np.full((len(ids), 2), np.nan)
    region[known] = nodes["region_id"].fillna("").to_numpy(dtype=object)[at[known]]
    for i, column in enumerate(("x_coord", "y_coord")):
        xy[known, i] = nodes[column].to_numpy(dtype=np.float64)[at[known]]
    return region, xy
