"""What happened, period by period, as arrays: the loop writes them, the tables are made from them when asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.campaign.looting import Reach
    from scrapflow.campaign.population import Floats, Population
    from scrapflow.campaign.quota import Due
    from scrapflow.campaign.yards import Access

ACCOUNT_COLUMNS = (
    "quota_t", "credited_t", "carted_t", "for_show_t", "returned_t", "intercepted_t", "books_only_t", "looted_from_t",
    "looted_by_t", "shortfall_t", "detection", "mark_probability", "marks", "expelled", "detained", "output_index",
    "taken_t", "camp", "lost_worker_months",
)  # fmt: skip
"""Amounts of an account, in the order of the table; t unless ``docs/model.md`` says otherwise."""


@dataclass(eq=False)
class History:
    """Arrays over P periods, n enterprises, m communities; t throughout.

    Attributes
    ----------
    opening
        Enterprise stocks by material, one row more than there are periods; (P + 1, 4, n).
    arising, converted, carted, lost, returned, uncaught
        New scrap (P, n); by material (P, 4, n): conversions, carted (gross), looted, carried back, and the uncaught
        part of the loads for show.
    household, looted_stock
        Community stocks: own scrap and appliances (P + 1, 2, m); looted steel by material (P + 1, 4, m).
    got, carted_own, carted_looted, sold_own, sold_looted
        Taken by night (P, 4, m); carted: own (P, 2, m) and looted (P, 4, m); sold abroad, the same shapes.
    shares
        One array a period: part of a load that went to the yard of each rank; (k, n + m), enterprises first.
    back
        One array a period: part of the loads for show (of this period, or of the last if ``return_after`` is 1) that is
        carried back from the yard of each rank; (k, n).
    takings
        One array a period: t that a community took from each enterprise in its reach; (m, k).
    unserved
        What stayed for lack of a yard; (P, n + m).
    full
        Whether it was a full yard that kept it there; (P, n + m).
    account
        By column of :data:`ACCOUNT_COLUMNS`; (P, n + m).
    """

    population: Population
    access: Access
    reach: Reach
    dues: list[Due]
    return_after: int
    opening: Floats
    arising: Floats
    converted: Floats
    carted: Floats
    lost: Floats
    returned: Floats
    uncaught: Floats
    household: Floats
    looted_stock: Floats
    got: Floats
    carted_own: Floats
    carted_looted: Floats
    sold_own: Floats
    sold_looted: Floats
    unserved: Floats
    full: NDArray[np.bool_]
    account: dict[str, Floats]
    shares: list[Floats] = field(default_factory=list)
    back: list[Floats] = field(default_factory=list)
    takings: list[Floats] = field(default_factory=list)

    @staticmethod
    def empty(population: Population, access: Access, reach: Reach, dues: list[Due], return_after: int) -> History:
        """Make room for all periods, and set out the stocks of the start."""
        p, n, m = len(dues), len(population.workers), len(population.residents)
        enterprise, community = (p, 4, n), (p, 4, m)
        made = History(
            population=population,
            access=access,
            reach=reach,
            dues=dues,
            return_after=return_after,
            opening=np.zeros((p + 1, 4, n)),
            arising=np.zeros((p, n)),
            converted=np.zeros(enterprise),
            carted=np.zeros(enterprise),
            lost=np.zeros(enterprise),
            returned=np.zeros(enterprise),
            uncaught=np.zeros(enterprise),
            household=np.zeros((p + 1, 2, m)),
            looted_stock=np.zeros((p + 1, 4, m)),
            got=np.zeros(community),
            carted_own=np.zeros((p, 2, m)),
            carted_looted=np.zeros(community),
            sold_own=np.zeros((p, 2, m)),
            sold_looted=np.zeros(community),
            unserved=np.zeros((p, n + m)),
            full=np.zeros((p, n + m), dtype=bool),
            account={c: np.zeros((p, n + m)) for c in ACCOUNT_COLUMNS},
        )
        made.opening[0] = population.stock.T
        made.household[0] = population.household.T
        made.account["output_index"][:, n:] = 1.0
        return made
