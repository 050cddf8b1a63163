"""The model's side of a claim, added up from arrays instead of from tables."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from scrapflow.queries.claims import Metrics
from scrapflow.vocabulary import MATERIAL_GROUPS, MATERIALS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from scrapflow.campaign import Campaign, Collected
    from scrapflow.ledger.tables import RunTables
    from scrapflow.ledger.yard_mixing import YardBooks

    Floats = NDArray[np.float64]


class ArrayMetrics(Metrics):
    """Metrics of a campaign whose tables were not written.

    Parameters
    ----------
    skeleton
        A run with nodes and regions, for the names of places.
    campaign
        What was asked.
    collected, books
        What people did and what yards held.
    """

    def __init__(self, skeleton: RunTables, campaign: Campaign, collected: Collected, books: YardBooks) -> None:
        super().__init__(skeleton)
        self._campaign, self._collected, self._books = campaign, collected, books
        self._labels = collected.periods["period"].tolist()
        self._amounts: dict[str, tuple[NDArray[np.object_], Floats]] = {}

    @cached_property
    def settings(self) -> Mapping[str, Any]:
        """The campaign as TOML holds it."""
        return self._campaign.raw

    def _periods(self, period: str) -> list[str]:
        return [p for p in self._labels if p.startswith(period)] if period else self._labels

    def _moved(self, periods: list[str], nodes: frozenset[str], *, kind: str, material: str = "") -> float:
        if kind not in self._amounts:
            self._amounts[kind] = self._by_origin(kind)
        return self._sum(*self._amounts[kind], periods, nodes, material)

    def _account(self, column: str, periods: list[str], nodes: frozenset[str]) -> float:
        if column not in self._amounts:
            self._amounts[column] = self._collected.owners, self._collected.history.column(column)[:, None]
        return self._sum(*self._amounts[column], periods, nodes, "")

    def _held(self, material: str, periods: list[str], nodes: frozenset[str]) -> float:
        if "held" not in self._amounts:
            self._amounts["held"] = self._yard_ids, _by_material(self._books.opening + self._books.arrived)
        return self._sum(*self._amounts["held"], periods, nodes, material) / len(periods)

    def _sum(
        self, ids: NDArray[np.object_], amount: Floats, periods: list[str], nodes: frozenset[str], material: str
    ) -> float:
        """Add up amounts (P, M, places); ``material`` is a material, a group of them, or "" for all there are."""
        when = [self._labels.index(p) for p in periods]
        here = np.fromiter((i in nodes for i in ids), dtype=bool, count=len(ids))
        what = [MATERIALS.index(m) for m in MATERIAL_GROUPS.get(material, (material,))] if material else slice(None)
        return float(amount[when][:, what][..., here].sum())

    def _by_origin(self, kind: str) -> tuple[NDArray[np.object_], Floats]:
        """Return the places a kind of movement starts from, and its tonnes (P, M, places)."""
        h, books = self._collected.history, self._books
        if kind in ("returned", "shipped"):
            return self._yard_ids, _by_material(books.returned if kind == "returned" else books.shipped)
        n, owners = len(h.population.enterprise_id), self._collected.owners
        held, gathered = list(h.population.held), list(h.population.gathered)
        out = np.zeros((len(self._labels), len(h.population.materials), len(owners)))
        for period, amount in zip(h.periods, out, strict=True):
            if kind == "carted":
                gone = period.carted_shares.sum(axis=0)
                amount[held, :n] += period.carted * gone[:n]
                amount[held, n:] += period.carted_looted * gone[n:]
                amount[gathered, n:] += period.carted_own * gone[n:]
            elif kind == "looted":
                amount[held, :n] += period.lost
            else:
                amount[held, n:] += period.sold_looted
                amount[gathered, n:] += period.sold_own
        return owners, out

    @property
    def _yard_ids(self) -> NDArray[np.object_]:
        return self._collected.yard_ids


def _by_material(amount: Floats) -> Floats:
    """Turn books (P, Y, M, V) into amounts (P, M, Y)."""
    return np.swapaxes(amount.sum(axis=3), 1, 2)
