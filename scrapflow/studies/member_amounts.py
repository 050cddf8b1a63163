"""The amounts of a campaign whose tables were not written, from what people did and what yards held."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from scrapflow.ledger.amounts import Placed
from scrapflow.vocabulary import moved_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from scrapflow.campaign import Collected
    from scrapflow.ledger.yard_mixing import YardBooks

    Floats = NDArray[np.float64]


class MemberAmounts:
    """Amounts of a member; see :class:`scrapflow.ledger.amounts.Amounts`.

    Parameters
    ----------
    collected, books
        What people did and what yards held.
    """

    def __init__(self, collected: Collected, books: YardBooks) -> None:
        self._collected, self._books = collected, books
        self.periods: Sequence[str] = collected.labels
        self.materials: Sequence[str] = list(collected.materials)
        self._kept: dict[str, Placed] = {}

    def moved(self, kind: str) -> Placed:
        """Return the tonnes of a kind of movement by origin."""
        if kind not in self._kept:
            self._kept[kind] = self._moved(kind)
        return self._kept[kind]

    def account(self, column: str) -> Placed:
        """Return a column of the accounts by owner."""
        if column not in self._kept:
            self._kept[column] = Placed(self._owners, self._collected.history.column(column)[:, None])
        return self._kept[column]

    def held(self) -> Placed:
        """Return what yards held in each period, t."""
        return self._held

    def left(self) -> Placed:
        """Return what yards had when each period ended, t."""
        return Placed(self._collected.yard_ids, _by_material(self._books.closing))

    def unserved(self, *, placed: bool) -> Placed:
        """Return the level of what owners could not cart, t."""
        history = self._collected.history
        unplaced = ~history.access.placed
        level = history.levels()
        return Placed(self._owners, np.where(unplaced != placed, level, 0.0)[:, None])

    @cached_property
    def _held(self) -> Placed:
        return Placed(self._collected.yard_ids, _by_material(self._books.opening + self._books.arrived))

    @property
    def _owners(self) -> NDArray[np.object_]:
        return self._collected.history.owners

    def _moved(self, kind: str) -> Placed:
        """Add up what people moved; trains take from yards what the books say."""
        if kind in moved_by("train"):
            return Placed(self._collected.yard_ids, _by_material(self._books.shipped))
        sums = self._collected.sums
        nothing = np.zeros((len(self.periods), len(self.materials), len(sums.places)))
        return Placed(sums.places, sums.by_origin.get(kind, nothing))


def _by_material(amount: Floats) -> Floats:
    """Turn books (P, Y, M, V) into amounts (P, M, Y)."""
    return np.swapaxes(amount.sum(axis=3), 1, 2)
