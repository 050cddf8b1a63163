"""What happened, step by step, as arrays: the loop makes a record a step, the tables add up those of a period."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from scrapflow.campaign.by_code import ratio
from scrapflow.vocabulary import ACCOUNT_COLUMNS, accounts
from scrapflow.world.numbering import numbered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from scrapflow.campaign.carting import Access
    from scrapflow.campaign.looting import Reach
    from scrapflow.campaign.population import Floats, Ints, Population, Texts
    from scrapflow.campaign.quota import Due

__all__ = ["ACCOUNT_COLUMNS", "History", "Period"]


class Period(NamedTuple):
    """What n enterprises and m communities did in one step: a period, or a month of a longer one; t throughout.

    Attributes
    ----------
    opening, closing
        Stocks of enterprises by role of the material (scrap, obsolete, idle, working); (4, n).
    arising
        New scrap; (n,).
    converted, carted, lost, returned, uncaught
        By role (4, n): conversions, carted (gross), looted, carried back, uncaught part of the loads for show.
    household_arising
        New scrap in households; (m,).
    household, household_closing
        Own stocks of communities: scrap and appliances; (2, m).
    looted, looted_closing
        Looted steel that communities hold; (4, m).
    got
        Taken by night by each community; (4, m).
    carted_own, carted_looted, sold_own, sold_looted
        Carted and sold abroad: own (2, m) and looted (4, m).
    shares
        Part of a load that went to the yard of each rank; (k, n + m), enterprises first.
    back
        Part of the loads for show (of this period, or of the last if ``return_after`` is 1) that is carried back from
        the yard of each rank; (k, n).
    takings
        What a community took from each enterprise in its reach; (m, k).
    ready
        What lies ready at the end and could not be carted yet, a level; (n + m,).
    hindered, full
        Whether something was offered and stayed, and whether it was a full yard that kept it; (n + m,).
    account
        Columns of the account by name, each (n,), (m,) or (n + m,).
    """

    opening: Floats
    closing: Floats
    arising: Floats
    converted: Floats
    carted: Floats
    lost: Floats
    returned: Floats
    uncaught: Floats
    household: Floats
    household_closing: Floats
    household_arising: Floats
    looted: Floats
    looted_closing: Floats
    got: Floats
    carted_own: Floats
    carted_looted: Floats
    sold_own: Floats
    sold_looted: Floats
    shares: Floats
    back: Floats
    takings: Floats
    ready: Floats
    hindered: NDArray[np.bool_]
    full: NDArray[np.bool_]
    account: Mapping[str, Floats]


_ROUNDING = 1e3
"""How many times the dust a level must be to be told."""
_OVER_TIME: dict[str, Callable[[list[Floats]], Floats]] = {
    "sum": lambda values: np.sum(values, axis=0),
    "mean": lambda values: np.mean(values, axis=0),
    "last": lambda values: values[-1],
}


@dataclass(eq=False)
class History:
    """The records of a campaign, with whom and what they are about.

    Attributes
    ----------
    population, access, reach, dues
        Who there is, which yards and enterprises are near, and what is owed in each step.
    return_after
        Steps until a load for show is carried back.
    dust_t
        Tonnes too few to be handed over: far below what the campaign moves, they stay where they are.
    parts
        Steps of a period.
    steps
        One record a step.
    judged
        Makes the columns of the account that follow from being judged, one mapping a step, when they are asked for.
    """

    population: Population
    access: Access
    reach: Reach
    dues: list[Due]
    return_after: int
    dust_t: float = 0.0
    parts: int = 1
    steps: list[Period] = field(default_factory=list)
    judged: Callable[[], list[dict[str, Floats]]] = list

    @cached_property
    def owners(self) -> Texts:
        """Enterprises, then communities: the order of the arrays."""
        return np.concatenate([self.population.enterprise_id, self.population.community_id])

    @cached_property
    def order(self) -> Ints:
        """Positions of the owners in the order of their identifiers."""
        return np.argsort(numbered(self.owners)[0], kind="stable")

    def over_steps(self, name: str, steps: slice = slice(None)) -> Floats:
        """Return an array of several records together, shape (S, …); of ranks of yards that a step did not need it has zeros."""
        arrays = [getattr(step, name) for step in self.steps[steps]]
        ranks = max((len(a) for a in arrays), default=0)
        if all(len(a) == ranks for a in arrays):
            return np.array(arrays)
        whole = np.zeros((len(arrays), ranks, *arrays[0].shape[1:]))
        for into, array in zip(whole, arrays, strict=True):
            into[: len(array)] = array
        return whole

    def carted_shares(self, steps: slice = slice(None)) -> Floats:
        """Return the part of what was carted that went to the yard of each rank; shape (S, k, n + m)."""
        shares = self.over_steps("shares", steps)
        return ratio(shares, shares.sum(axis=1, keepdims=True))

    @property
    def periods(self) -> list[list[Period]]:
        """The records of each period: of its months where it is longer than one."""
        return [self.steps[first : first + self.parts] for first in range(0, len(self.steps), self.parts)]

    def shown_in(self, step: int) -> Period:
        """Return the step whose loads for show are carried back in a step given by its position."""
        return self.steps[max(step - self.return_after, 0)]

    def levels(self) -> Floats:
        """Return what lies ready at the end of each period and could not be carted yet, t, shape (P, n + m)."""
        shape = len(self.periods), len(self.population.workers) + len(self.population.residents)
        level = np.array([months[-1].ready for months in self.periods]).reshape(shape)
        return np.where(level > _ROUNDING * self.dust_t, level, 0.0)

    def column(self, name: str) -> Floats:
        """Return a column of the account, shape (P, n + m): the vocabulary's ``absent`` where it does not apply.

        Of the months of a longer period it is their sum, their mean or their last, as the vocabulary says of the column.
        """
        n, m = len(self.population.workers), len(self.population.residents)
        account = accounts()[name]
        columns = np.full((len(self.periods), n + m), account.absent)
        part = {"enterprise": slice(0, n), "community": slice(n, n + m), "owner": slice(0, n + m)}[account.owner]
        steps = [verdict[name] for verdict in self._verdicts if name in verdict] or [
            s.account[name] for s in self.steps
        ]
        if self.parts == 1:
            columns[:, part] = steps or 0.0
        else:
            over, firsts = _OVER_TIME[account.over_time], range(0, len(steps), self.parts)
            columns[:, part] = [over(steps[first : first + self.parts]) for first in firsts] or 0.0
        return columns

    @cached_property
    def _verdicts(self) -> list[dict[str, Floats]]:
        return self.judged()
