"""Carting to the yards: first to the nearest, the overflow of a full one to the next within reach."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from scrapflow.campaign.by_code import ratio, sum_by

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.campaign.population import Floats, Ints, Population, Texts
    from scrapflow.network.access import Catchment

UNPLACED, NO_YARD, YARD_FULL, CAPACITY, KEPT = "unplaced", "no_yard", "yard_full", "capacity", "kept"
"""Why something lies ready and is not carted; kept: nothing hinders it any more, and nothing more is owed."""


@dataclass(frozen=True, eq=False)
class Access:
    """Yards in reach of n owners, cheapest first, rank by rank; shapes (k, n).

    Attributes
    ----------
    yard
        Positions of yards, -1 where there is none.
    link
        Access links by position in ``link_ids``, -1 where there is none.
    capacity
        t a month that the access link lets pass.
    placed
        False where an owner has no place; shape (n,).
    yard_ids, link_ids
        Identifiers of the yards and of the links of the network.
    """

    yard: Ints
    link: Ints
    capacity: Floats
    placed: NDArray[np.bool_]
    yard_ids: Texts
    link_ids: Texts

    @staticmethod
    def of(catchment: Catchment, population: Population) -> Access:
        """Arrange a catchment by owner, enterprises first; owners it does not know are unplaced.

        The last one is kept as long as the population is, because studies ask for it hundreds of times.
        """
        kept = _ARRANGED.get(population)
        if kept is None or kept[0] is not catchment:
            kept = _ARRANGED[population] = catchment, Access._of(catchment, population)
        return kept[1]

    @staticmethod
    def _of(catchment: Catchment, population: Population) -> Access:
        ids, at = population.memo.get("origins", (None, None))
        if ids is not catchment.origin_ids:
            owners = np.concatenate([population.enterprise_id, population.community_id])
            at = pd.Index(catchment.origin_ids).get_indexer(pd.Index(owners))
            population.memo["origins"] = catchment.origin_ids, at
        placed = at >= 0
        shape = (catchment.yard.shape[1], len(at))
        yard, link, capacity = np.full(shape, -1), np.full(shape, -1), np.zeros(shape)
        yard[:, placed] = catchment.yard[at[placed]].T
        link[:, placed] = catchment.link[at[placed]].T
        capacity[:, placed] = np.where(yard[:, placed] >= 0, catchment.capacity_t[at[placed]].T, 0.0)
        return Access(yard, link, capacity, placed, catchment.yard_ids, catchment.link_ids)

    @cached_property
    def link_id(self) -> Texts:
        """Identifiers of the access links, "" where there is none; shape (k, n)."""
        return np.append(self.link_ids, "")[self.link]

    @property
    def stranded(self) -> NDArray[np.bool_]:
        """True where no yard can be reached, or the place is not known; shape (n,)."""
        return np.asarray(~self.placed | (self.yard[0] < 0), dtype=bool)


_ARRANGED: WeakKeyDictionary[Population, tuple[Catchment, Access]] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class Carting:
    """What went where.

    Attributes
    ----------
    share
        Of what an owner wanted to cart, the part that went to its yard of each rank, to the last that took anything; shape (k, n).
    total
        The sum of ``share`` over ranks; shape (n,).
    full
        True where something stayed because a yard was full (else: because access links were); shape (n,).
    whole
        Whether everything went to the nearest yard.
    """

    share: Floats
    total: Floats
    full: NDArray[np.bool_]
    whole: bool


def cart(wanted: Floats, access: Access, receipt_limit_t: float, months: float = 1.0) -> Carting:
    """Cart what owners want to hand over, rank by rank; a yard that is full takes the same share of everyone's load.

    In round r everybody offers what is left to the yard of rank r; with room R_y and offers O_y each gets
    ``min(1, R_y / O_y)`` of the offer in.

    Parameters
    ----------
    wanted
        t per owner, shape (n,).
    access
        Yards in reach.
    receipt_limit_t
        Most a yard takes in a month, t.
    months
        Length of the period in months: limits and capacities of access links grow with it.
    """
    left = wanted.copy()
    room = np.full(len(access.yard_ids), receipt_limit_t * months)
    full = np.zeros(len(wanted), dtype=bool)
    carried = []
    limited = np.isfinite(receipt_limit_t)
    for yard, capacity in zip(access.yard, access.capacity, strict=True):
        got = np.minimum(left, capacity * months)
        if limited:
            there = np.maximum(yard, 0)
            asked = sum_by(there, got, len(room))
            part = ratio(room, asked, where=asked > room, default=1.0)
            if len(part):
                let_in = part[there]
                full |= (let_in < 1) & (got > 0)
                got *= let_in
                room = np.maximum(room - asked * part, 0.0)
        left -= got
        carried.append(got)
        if not (left > 0).any():
            break
    # What is left can go nowhere: whoever adds up need not look there.
    while len(carried) > 1 and not carried[-1].any():
        carried.pop()
    share = ratio(np.stack(carried), wanted)
    if len(carried) == 1 and np.array_equal(carried[0], wanted):
        return Carting(share, share[0], full, whole=True)
    return Carting(share, np.minimum(share.sum(axis=0), 1.0), full, whole=False)


def reasons(access: Access, full: NDArray[np.bool_], hindered: NDArray[np.bool_]) -> Texts:
    """Say for each owner why what lies ready stays; shape (n,).

    Parameters
    ----------
    access
        Yards in reach.
    full
        True where a yard was full.
    hindered
        True where something was offered in the period and stayed.
    """
    why = np.where(hindered, np.where(full, YARD_FULL, CAPACITY), KEPT).astype(object)
    why[access.yard[0] < 0] = NO_YARD
    why[~access.placed] = UNPLACED
    return why
