"""What people did, as tables and as arrays for the trains; made from the history when asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.campaign.by_code import codes, ratio, sum_by, texts
from scrapflow.campaign.carting import CAPACITY, reasons
from scrapflow.campaign.history import ACCOUNT_COLUMNS
from scrapflow.campaign.long_columns import TextColumn
from scrapflow.campaign.population import APPLIANCE, HELD, MATERIALS, SCRAP, VIAS
from scrapflow.errors import BalanceError
from scrapflow.units import BALANCE_TOLERANCE_T

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapflow.campaign.history import History
    from scrapflow.campaign.population import Floats, Ints, Texts

OUTSIDE = "outside"
"""The node to which goes what leaves the country."""
OWN, LOOTED = range(len(VIAS))
_HOUSEHOLD = (SCRAP, APPLIANCE)
_ROUNDING = 1e-12


class Collected:
    """What people did in P periods, for Y yards, M materials, V vias. Made by :func:`collect`.

    Attributes
    ----------
    periods : DataFrame
        ``period, start, end``.
    history : History
        The arrays behind the tables.
    materials, vias : tuple of str
        Order of the last two axes of the arrays.
    """

    materials = MATERIALS
    vias = VIAS

    def __init__(self, history: History, periods: pd.DataFrame) -> None:
        self.history = history
        self.periods = periods

    @property
    def yard_ids(self) -> Texts:
        """Identifiers of the yards, shape (Y,)."""
        return self.history.access.yard_ids

    @cached_property
    def arrivals(self) -> Floats:
        """What was carted into each yard, loads for show included, in t, shape (P, Y, M, V)."""
        h, n = self.history, self._n
        out = self._zeros()
        for t in range(len(out)):
            for yard, part in self._ranks(t):
                for m in range(HELD):
                    out[t, :, m, OWN] += self._sum(yard[:n], h.carted[t][m] * part[:n])
                    out[t, :, m, LOOTED] += self._sum(yard[n:], h.carted_looted[t][m] * part[n:])
                for i, m in enumerate(_HOUSEHOLD):
                    out[t, :, m, OWN] += self._sum(yard[n:], h.carted_own[t][i] * part[n:])
        return out

    @cached_property
    def show(self) -> Floats:
        """The uncaught part of the loads for show in ``arrivals``, in t, shape (P, Y, M, V)."""
        h, n = self.history, self._n
        out = self._zeros()
        for t in range(len(out)):
            for yard, part in self._ranks(t):
                for m in range(1, HELD):
                    out[t, :, m, OWN] += self._sum(yard[:n], h.uncaught[t][m] * part[:n])
        return out

    @cached_property
    def movements(self) -> pd.DataFrame:
        """``period, kind, material, via, origin, destination, tonnage_t, link_id, basis``; no path on rails."""
        from scrapflow.campaign.people_tables import movements

        return movements(self)

    @cached_property
    def accounts(self) -> pd.DataFrame:
        """What each enterprise and community owed, gave, took back and suffered, a row for each in each period."""
        order, count = self.order, len(self.periods)
        period, node = TextColumn(self.periods["period"]), TextColumn(self.owners[order])
        for t in range(count):
            period.repeat(t, len(order))
            node.add(np.arange(len(order)))
        columns = {c: self.history.column(c)[:, order].ravel() for c in ACCOUNT_COLUMNS}
        return pd.DataFrame({"period": period.close(), "node_id": node.close(), **columns}, copy=False)

    @cached_property
    def quotas(self) -> pd.DataFrame:
        """``period, node_id, rule_id, organisation, quota_t, credited_t``: credit is split like the quota."""
        from scrapflow.campaign.people_tables import quotas

        return quotas(self)

    @cached_property
    def stocks(self) -> pd.DataFrame:
        """Stock accounts of enterprises and communities, a row for each that held or moved anything."""
        from scrapflow.campaign.people_tables import stocks

        return stocks(self)

    @cached_property
    def unserved(self) -> pd.DataFrame:
        """``period, node_id, tonnage_t, reason, links``: what people wanted to cart and could not."""
        h, order = self.history, self.order
        left, full = np.array(h.unserved), np.array(h.full)
        period, owner = np.nonzero(left[:, order] > _ROUNDING)
        at = order[owner]
        crowded, thin = (reasons(h.access, np.full(len(order), is_full)) for is_full in (True, False))
        why = np.where(full[period, at], crowded[at], thin[at])
        links = np.where(why == CAPACITY, h.access.link_id[0, at], "")
        return pd.DataFrame(
            {
                "period": self.labels(period),
                "node_id": texts(self.owners, at),
                "tonnage_t": left[period, at],
                "reason": pd.array(why, dtype="str"),
                "links": pd.array(links, dtype="str"),
            }
        )

    @cached_property
    def owners(self) -> Texts:
        """Enterprises, then communities: the order of the arrays of the history."""
        p = self.history.population
        return np.concatenate([p.enterprise_id, p.community_id])

    @cached_property
    def order(self) -> Ints:
        """Positions of the owners in the order of their identifiers."""
        return np.argsort(codes(self.owners)[1], kind="stable")

    def labels(self, period: Ints) -> pd.api.extensions.ExtensionArray:
        """Return the labels of periods given by position."""
        return texts(self.periods["period"].to_numpy(dtype=object), period)

    def check(self) -> None:
        """Refuse tonnes that appeared or vanished, and stocks below zero.

        Raises
        ------
        BalanceError
            Naming the first place, period and material.
        """
        h, p = self.history, self.history.population
        labels = self.periods["period"].tolist()
        for t, label in enumerate(labels):
            e = h.opening[t] + h.converted[t]
            e += h.returned[t]
            for out in (h.carted[t], h.lost[t], h.opening[t + 1]):
                e -= out
            e[SCRAP] += h.arising[t]
            own = h.household[t] - h.carted_own[t] - h.sold_own[t] - h.household[t + 1]
            looted = h.looted_stock[t] + h.got[t] - h.carted_looted[t] - h.sold_looted[t] - h.looted_stock[t + 1]
            for residual, closing, ids in (
                (e, h.opening[t + 1], p.enterprise_id),
                (own, h.household[t + 1], p.community_id),
                (looted, h.looted_stock[t + 1], p.community_id),
            ):
                limit = BALANCE_TOLERANCE_T * max(1.0, float(closing.sum()) / 1e6)
                least, most = min(residual.min(initial=0.0), closing.min(initial=0.0)), residual.max(initial=0.0)
                if -limit <= least and most <= limit:
                    continue
                wrong = ~((np.abs(residual) <= limit) & (closing >= -limit))
                if wrong.any():
                    m, i = np.argwhere(wrong)[0]
                    msg = (
                        f"tonnes do not balance at {ids[i]!r} in {label}, material {int(m)} of "
                        f"{len(residual)}: {residual[m, i]:.6g} t unexplained, {closing[m, i]:.6g} t left"
                    )
                    raise BalanceError(msg)

    @property
    def _n(self) -> int:
        return len(self.history.population.enterprise_id)

    def _zeros(self) -> Floats:
        return np.zeros((len(self.periods), len(self.yard_ids), len(MATERIALS), len(VIAS)))

    def _sum(self, yard: Ints, tonnage: Floats) -> Floats:
        return sum_by(yard, tonnage, len(self.yard_ids))

    def _ranks(self, t: int) -> Iterator[tuple[Ints, Floats]]:
        """Yield, for each rank of yards, the yard of every owner and the part of its load that went there."""
        h = self.history
        for yard, part in zip(h.access.yard, split(h.shares[t]), strict=False):
            yield np.maximum(yard, 0), part


def split(share: Floats) -> Floats:
    """Return shares of what was wanted as shares of what was carted; shape (k, n)."""
    return ratio(share, share.sum(axis=0))
