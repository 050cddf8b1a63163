"""What the machines that are gone, away or under repair would have made, and what could still be started."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scrapflow.campaign.by_code import ratio

if TYPE_CHECKING:
    from scrapflow.campaign.population import Floats


def output_index(
    working: Floats,
    in_repair: Floats,
    at_start: Floats,
    *,
    spares: Floats | float = 0.0,
    chain: float = 1.0,
) -> Floats:
    """Return output relative to that of the start.

    ``o = (1 − x)^κ`` with ``x = max(0, K_0 − (K − R) − B) / K_0``: machines work in chains, and a chain of κ machines
    stands still if one of them is gone. If machines go at random, all κ are there with probability (1 − x)^κ; a manager
    who strips one line whole loses no more than x, which is κ = 1 (the form is assumed). Where there was no working
    machinery at the start, o is 1: nothing can be lost.

    Parameters
    ----------
    working
        K: working machinery in the enterprise, t, shape (n,).
    in_repair
        R: part of it that came home and is under repair, t, shape (n,).
    at_start
        K_0: working machinery at the start, t, shape (n,).
    spares
        B: idle machinery that can stand in for what is gone, t, shape (n,).
    chain
        κ: machines in a chain, at least 1; x is a share of mass, not of pieces.

    Examples
    --------
    >>> import numpy as np
    >>> output_index(np.array([30.0, 0.0]), np.array([6.0, 0.0]), np.array([60.0, 0.0]))
    array([0.4, 1. ])
    >>> output_index(np.array([54.0]), np.array([0.0]), np.array([60.0]), chain=3.0).round(3)
    array([0.729])
    """
    gone = np.maximum(at_start - (working - in_repair) - spares, 0.0)
    left = np.minimum(np.maximum(1.0 - ratio(gone, at_start), 0.0), 1.0)
    return left if chain == 1.0 else np.asarray(left**chain)


def capacity_index(functional: Floats, at_start: Floats, *, chain: float = 1.0) -> Floats:
    """Return what could still be started, relative to the start: all functional machinery, in use or idle, in chains.

    It falls with every idle machine that goes, though output does not: the rice cooker that was given away before
    there was rice. ``(F / F_0)^κ``; 1 where there was none at the start.

    Parameters
    ----------
    functional
        F: idle and working machinery in the enterprise at the end of the period, t, shape (n,).
    at_start
        F_0: the same at the start, t, shape (n,).
    chain
        κ, as for :func:`output_index`.

    Examples
    --------
    >>> import numpy as np
    >>> capacity_index(np.array([60.0]), np.array([80.0]), chain=2.0)
    array([0.5625])
    """
    return output_index(functional, np.zeros_like(functional), at_start, chain=chain)


class Repair:
    """Machinery in use that came home and is under repair, by the period in which it is ready again.

    Parameters
    ----------
    n
        Number of enterprises.
    periods
        How long a repair takes, in periods; of the last of them only a part, if it is no whole number.

    Examples
    --------
    >>> repair = Repair(1, 1.5)
    >>> repair.advance(np.array([4.0]))
    >>> first = repair.tonnage
    >>> repair.advance(np.array([0.0]))
    >>> first, repair.tonnage
    (array([4.]), array([2.]))
    """

    def __init__(self, n: int, periods: float) -> None:
        slots = int(np.ceil(periods))
        self.slots = np.zeros((slots, n))
        """Tonnes by the number of periods left; what came home last stands last."""
        self._part = np.ones(slots)
        if slots:
            self._part[0] = periods - (slots - 1)

    @property
    def tonnage(self) -> Floats:
        """Under repair now, t, shape (n,): the mean over the period."""
        return np.asarray(self._part @ self.slots)

    def shrink(self, kept_share: Floats) -> None:
        """Let what is taken away come from machines in repair as from others."""
        self.slots *= kept_share

    def advance(self, came_home: Floats) -> None:
        """End the period: what is ready leaves, what came home enters."""
        if len(self.slots):
            self.slots[:-1] = self.slots[1:]
            self.slots[-1] = came_home
