"""What the machines that are gone, away or under repair would have made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scrapflow.campaign.population import Floats


def output_index(working: Floats, in_repair: Floats, at_start: Floats) -> Floats:
    """Return output relative to that of the start: working machinery in place and in order over that at the start.

    ``o = (K − R) / K_0``; proportional to machinery (assumed). Where there was none at the start, o is 1: nothing can
    be lost.

    Parameters
    ----------
    working
        K: working machinery in the enterprise, t, shape (n,).
    in_repair
        R: part of it that came home and is under repair, t, shape (n,).
    at_start
        K_0: working machinery at the start, t, shape (n,).

    Examples
    --------
    >>> import numpy as np
    >>> output_index(np.array([30.0, 0.0]), np.array([6.0, 0.0]), np.array([60.0, 0.0]))
    array([0.4, 1. ])
    """
    index = np.divide(working - in_repair, at_start, out=np.ones_like(working), where=at_start > 0)
    return np.asarray(np.clip(index, 0.0, 1.0))


class Repair:
    """Working machinery that came home and is under repair, by the period in which it is ready again.

    Parameters
    ----------
    n
        Number of enterprises.
    periods
        Periods a repair takes.
    """

    def __init__(self, n: int, periods: int) -> None:
        self.slots = np.zeros((periods, n))

    @property
    def tonnage(self) -> Floats:
        """Under repair now, t, shape (n,)."""
        return np.asarray(self.slots.sum(axis=0))

    def shrink(self, kept_share: Floats) -> None:
        """Let what is taken away come from machines in repair as from others."""
        if len(self.slots):
            self.slots *= kept_share

    def advance(self, came_home: Floats) -> None:
        """End the period: what is ready leaves, what came home enters."""
        if len(self.slots):
            self.slots[:-1] = self.slots[1:]
            self.slots[-1] = came_home
