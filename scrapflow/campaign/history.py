"""What happened, period by period, as arrays: the loop writes them, the tables are made from them when asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.campaign.carting import Access
    from scrapflow.campaign.looting import Reach
    from scrapflow.campaign.population import Floats, Population
    from scrapflow.campaign.quota import Due

ACCOUNT_COLUMNS = (
    "quota_t", "credited_t", "carted_t", "for_show_t", "returned_t", "intercepted_t", "books_only_t", "looted_from_t",
    "looted_by_t", "shortfall_t", "detection", "mark_probability", "marks", "expelled", "detained", "output_index",
    "taken_t", "camp", "lost_worker_months",
)  # fmt: skip
"""Amounts of an account, in the order of the table; t unless ``docs/model.md`` says otherwise."""
_OWNERS = ("quota_t", "credited_t", "carted_t", "books_only_t", "shortfall_t")
_PLACES = dict.fromkeys(_OWNERS, "owner") | {"looted_by_t": "community"}
"""Whom a column is about, if not enterprises alone."""


@dataclass(eq=False)
class History:
    """Arrays of P periods, for n enterprises and m communities: lists with one array a period; t throughout.

    Attributes
    ----------
    opening
        Enterprise stocks by material, one more than there are periods; (4, n).
    arising
        New scrap; (n,).
    converted, carted, lost, returned, uncaught
        By material (4, n): conversions, carted (gross), looted, carried back, uncaught part of the loads for show.
    household, looted_stock
        Community stocks, one more than there are periods: own scrap and appliances (2, m), looted steel (4, m).
    got, carted_own, carted_looted, sold_own, sold_looted
        Taken by night (4, m); carted: own (2, m) and looted (4, m); sold abroad, the same shapes.
    shares
        Part of a load that went to the yard of each rank; (k, n + m), enterprises first.
    back
        Part of the loads for show (of this period, or of the last if ``return_after`` is 1) that is carried back from
        the yard of each rank; (k, n).
    takings
        What a community took from each enterprise in its reach; (m, k).
    unserved, full
        What stayed for lack of a yard, and whether it was a full one that kept it; (n + m,).
    account
        Columns of the account, each (n,), (m,) or (n + m,).
    """

    population: Population
    access: Access
    reach: Reach
    dues: list[Due]
    return_after: int
    opening: list[Floats]
    household: list[Floats]
    looted_stock: list[Floats]
    arising: list[Floats] = field(default_factory=list)
    converted: list[Floats] = field(default_factory=list)
    carted: list[Floats] = field(default_factory=list)
    lost: list[Floats] = field(default_factory=list)
    returned: list[Floats] = field(default_factory=list)
    uncaught: list[Floats] = field(default_factory=list)
    got: list[Floats] = field(default_factory=list)
    carted_own: list[Floats] = field(default_factory=list)
    carted_looted: list[Floats] = field(default_factory=list)
    sold_own: list[Floats] = field(default_factory=list)
    sold_looted: list[Floats] = field(default_factory=list)
    shares: list[Floats] = field(default_factory=list)
    back: list[Floats] = field(default_factory=list)
    takings: list[Floats] = field(default_factory=list)
    unserved: list[Floats] = field(default_factory=list)
    full: list[NDArray[np.bool_]] = field(default_factory=list)
    account: dict[str, list[Floats]] = field(default_factory=lambda: {c: [] for c in ACCOUNT_COLUMNS})

    @staticmethod
    def begin(population: Population, access: Access, reach: Reach, dues: list[Due], return_after: int) -> History:
        """Set out the stocks of the start."""
        return History(
            population,
            access,
            reach,
            dues,
            return_after,
            [np.ascontiguousarray(population.stock.T)],
            [np.ascontiguousarray(population.household.T)],
            [np.zeros((4, len(population.residents)))],
        )

    def note(self, **columns: Floats) -> None:
        """Enter what a period says in columns of the account."""
        for name, values in columns.items():
            self.account[name].append(values)

    def column(self, name: str) -> Floats:
        """Return a column of the account, (P, n + m): 0 (for the output index: 1) where it does not apply."""
        n, m = len(self.population.workers), len(self.population.residents)
        out = np.full((len(self.dues), n + m), 1.0 if name == "output_index" else 0.0)
        where = _PLACES.get(name, "enterprise")
        part = {"enterprise": slice(0, n), "community": slice(n, n + m), "owner": slice(0, n + m)}[where]
        out[:, part] = self.account[name]
        return out
