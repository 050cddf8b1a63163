"""Looting by night: what young people lack is partly taken from enterprises nearby."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from scrapflow.campaign.by_code import ratio, sum_by
from scrapflow.network.snap import earth_xyz, nearest
from scrapflow.world.geodesy import geodesic_km

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from scrapflow.campaign.population import Floats, Ints, Population


def _youth(youth_share: Floats) -> Floats:
    return youth_share


def _everyone(youth_share: Floats) -> Floats:
    return np.ones_like(youth_share)


LOOTERS: dict[str, Callable[[Floats], Floats]] = {"youth": _youth, "everyone": _everyone}
"""Part of a community's lack for which looters set out, given the part of its quota that falls on pupils and students."""


@dataclass(frozen=True, eq=False)
class Reach:
    """Enterprises within reach of each community, nearest first; shapes (m, k).

    Attributes
    ----------
    enterprise
        Positions of enterprises, 0 where there is none.
    attraction
        ``exp(−d / decay)``: 1 at distance zero, 0 where there is no enterprise.
    """

    enterprise: Ints
    attraction: Floats


def within_reach(population: Population, reach_km: float, decay_km: float, targets: int) -> Reach:
    """Find the enterprises that each community can reach, through a spatial index.

    Enterprises at one spot are one place, however many rows they have, and a place where nothing ever lies is none: so
    neither rows cut in two nor empty rows crowd out others.

    Parameters
    ----------
    population
        Enterprises and communities with their coordinates.
    reach_km
        Longest way, straight on the ellipsoid, in km.
    decay_km
        Distance over which attraction falls to 1/e, in km (the form is assumed: the usual exponential deterrence of
        spatial interaction models, Wilson 1971).
    targets
        Most places a community considers.
    """
    enterprise, km = _neighbours(population, reach_km, targets)
    return Reach(enterprise, np.exp(-km / decay_km))


class _Pairs(NamedTuple):
    """Places of enterprises in reach of communities, p pairs: by community, the nearest first.

    Attributes
    ----------
    reach_km, targets
        Up to where, and how many places a community, were looked for.
    cut
        Whether a community may have more in reach than were looked for; shape (m,).
    community, place
        The two of each pair; shape (p,).
    straight_km, way_km
        A straight line, by which the nearest are found, and one on the ellipsoid; shape (p,).
    enterprises, at
        Those that have a place, and which.
    """

    reach_km: float
    targets: int
    cut: NDArray[np.bool_]
    community: Ints
    place: Ints
    straight_km: Floats
    way_km: Floats
    enterprises: Ints
    at: Ints


def _neighbours(population: Population, reach_km: float, targets: int) -> tuple[Ints, Floats]:
    """Return enterprises and their distances in km (infinite where there is none); shapes (m, k).

    Studies ask again and again on the same map: what was found is kept with the places, and more than is asked for the
    second time, so that most answers are a part of it.
    """
    has, communities = (population.stock.sum(axis=1) > 0) | (population.arising > 0), len(population.community_xy)
    kept: _Pairs | None = population.memo.get("near")
    if kept is None:
        kept = _find_pairs(population, float(reach_km), int(targets))
    elif reach_km > kept.reach_km or targets > kept.targets:
        kept = _find_pairs(population, 2.0 * max(kept.reach_km, reach_km), 2 * max(kept.targets, int(targets)))
    while True:
        own = has[kept.enterprises]
        something = np.bincount(kept.at, own, int(kept.at.max(initial=-1)) + 1) > 0
        near = something[kept.place] & (kept.straight_km <= reach_km)
        community = kept.community[near]
        if not (kept.cut & (np.bincount(community, minlength=communities) < targets)).any():
            break
        kept = _find_pairs(population, kept.reach_km, 2 * kept.targets)
    population.memo["near"] = kept
    first = np.arange(len(community)) - np.searchsorted(community, community) < targets
    way = kept.way_km[near][first]
    within = np.where(way <= reach_km, way, np.inf)
    return _by_enterprise(
        communities, community[first], kept.place[near][first], within, kept.enterprises[own], kept.at[own]
    )


def _find_pairs(population: Population, reach_km: float, targets: int) -> _Pairs:
    placed_e = np.flatnonzero(np.isfinite(population.enterprise_xy).all(axis=1))
    placed_c = np.flatnonzero(np.isfinite(population.community_xy).all(axis=1))
    places, at = np.unique(population.enterprise_xy[placed_e], axis=0, return_inverse=True)
    homes, k = population.community_xy[placed_c], max(min(targets, len(places)), 1)
    found = nearest(earth_xyz(*homes.T), earth_xyz(*places.T), k=k, reach=reach_km)
    row, rank = np.nonzero(found.target >= 0)
    place = found.target[row, rank]
    way = geodesic_km(*homes[row].T, *places[place].T)
    cut = np.zeros(len(population.community_xy), dtype=bool)
    cut[placed_c] = (found.target[:, -1] >= 0) & (k < len(places))
    return _Pairs(reach_km, targets, cut, placed_c[row], place, found.distance[row, rank], way, placed_e, at)


def _by_enterprise(
    communities: int, community: Ints, at: Ints, km: Floats, enterprises: Ints, place: Ints
) -> tuple[Ints, Floats]:
    """Set the enterprises of each place in the row of the community that reaches it, nearest first; shapes (m, k)."""
    size = np.bincount(place)
    by_place = enterprises[np.argsort(place, kind="stable")]
    first = np.cumsum(size) - size
    pair = np.repeat(np.arange(len(at)), size[at])
    within = np.arange(len(pair)) - np.repeat(np.cumsum(size[at]) - size[at], size[at])
    row = community[pair]
    width = np.bincount(row, minlength=communities)
    column = np.arange(len(pair)) - (np.cumsum(width) - width)[row]
    enterprise = np.zeros((communities, int(width.max(initial=0))), dtype=np.int64)
    way = np.full(enterprise.shape, np.inf)
    enterprise[row, column] = by_place[first[at[pair]] + within]
    way[row, column] = km[pair]
    return enterprise, way


@dataclass(frozen=True, eq=False)
class Loot:
    """What was taken in a period.

    Attributes
    ----------
    tonnage
        By community and enterprise in reach, t; shape (m, k).
    lost
        By material and enterprise, t; shape (4, n).
    got
        By material and community, t; shape (4, m).
    """

    tonnage: Floats
    lost: Floats
    got: Floats


def loot(
    wanted: Floats, stock: Floats, reach: Reach, guard: float, liftable_share: float, portability: Floats | None = None
) -> Loot:
    """Share out what looters want over the enterprises in reach, and take it.

    What can be carried by hand is ``R_em = p_m S_em``: all scrap, say, but few machines. With R_e its sum over materials
    and attraction a_ce, community c takes from enterprise e ``x_ce = (1 − g) W_c R_e a_ce / Σ_e' R_e' a_ce'``, in the
    proportions of R_em; if an enterprise would lose more than the liftable share of R_e, all takings from it shrink in
    proportion.

    Parameters
    ----------
    wanted
        W: t that each community sets out for, shape (m,).
    stock
        S: what lies in the enterprises, t, shape (4, n).
    reach
        Neighbours of each community.
    guard
        g: part that guards prevent.
    liftable_share
        Part of what can be carried by hand that is carried off in a period at most.
    portability
        p: part of each material that can be carried by hand, shape (4,); all of it if not given.

    Examples
    --------
    >>> import numpy as np
    >>> near = Reach(np.array([[0, 1]]), np.array([[1.0, 0.5]]))
    >>> stock = np.array([[0.0, 0.0], [0.0, 0.0], [10.0, 30.0], [10.0, 10.0]])
    >>> loot(np.array([8.0]), stock, near, 0.5, 1.0).lost.sum(axis=0)
    array([2., 2.])
    >>> loot(np.array([8.0]), stock, near, 0.5, 1.0, np.array([1, 1, 0.2, 0.1])).lost.round(2).tolist()
    [[0.0, 0.0], [0.0, 0.0], [1.23, 1.85], [0.62, 0.31]]
    """
    portable = stock if portability is None else stock * portability[:, None]
    size = portable.sum(axis=0)
    taken, got = np.zeros(reach.enterprise.shape), np.zeros((len(stock), len(wanted)))
    looters = np.flatnonzero(wanted > 0)
    e = reach.enterprise[looters]
    pull = reach.attraction[looters] * size[e]
    x = pull * ratio(wanted[looters] * (1 - guard), pull.sum(axis=1))[:, None]
    asked = sum_by(e.ravel(), x.ravel(), len(size))
    most = size * liftable_share
    shrink = ratio(most, asked, where=asked > most, default=1.0)
    x *= shrink[e]
    part = ratio(portable, size)
    taken[looters], got[:, looters] = x, (x * part[:, e]).sum(axis=2)
    return Loot(taken, part * (asked * shrink), got)
