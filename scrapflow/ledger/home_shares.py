"""What people find in the yards and what trains leave there, made to agree in few rounds.

Each round tells people which share of each load for show is still in its yard, and they and the trains answer with the
share that really is. Near the end the answer changes in proportion to what was told, so that the next share is found from
the last few rounds together: the mix of their answers whose changes cancel best (Anderson 1965, *Iterative procedures for
nonlinear integral equations*, Journal of the ACM 12; Walker & Ni 2011, SIAM Journal on Numerical Analysis 49). Where both
agree they also agree without it: it changes the way there alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_NONE = 1e-12
"""A share of a load for show that is float noise: nothing is carried home."""
_NEAR = 0.1
"""Change of a share up to which rounds are taken together."""
_ROUNDS = 5
_SAME = 1e-10


class HomeShares:
    """Shares of loads for show that can be carried home, (P, Y), round by round.

    Examples
    --------
    People answer with half of what they are told and a tenth more; both agree at 0.2, which three rounds find:

    >>> shares, told = HomeShares(), np.full((1, 1), 0.19)
    >>> for _ in range(3):
    ...     gap, told = shares.next(told, told / 2 + 0.1, np.array([[True]]))
    >>> round(gap, 12), told.round(12).tolist()
    (0.0, [[0.2]])
    """

    def __init__(self) -> None:
        self._changes: list[Floats] = []
        self._answers: list[Floats] = []

    def next(self, told: Floats, left: Floats, shown: NDArray[np.bool_]) -> tuple[float, Floats]:
        """Return by how much the shares that were ``told`` differ from those ``left``, and what to tell next.

        Parameters
        ----------
        told, left
            What people were told, and what the trains left; shares from 0 to 1, shape (P, Y).
        shown
            Where there is a load for show at all, shape (P, Y).
        """
        answer = np.where(left < _NONE, 0.0, left)
        change = np.where(shown, answer - told, 0.0)
        gap = float(np.abs(change).max(initial=0.0))
        if gap > _NEAR:
            self._changes.clear()
            self._answers.clear()
        self._changes = [*self._changes[-_ROUNDS:], change.ravel()]
        self._answers = [*self._answers[-_ROUNDS:], answer.ravel()]
        if len(self._changes) > 1:
            steps, moves = (np.diff(rounds, axis=0).T for rounds in (self._changes, self._answers))
            mixed = answer - (moves @ np.linalg.lstsq(steps, change.ravel(), rcond=_SAME)[0]).reshape(answer.shape)
            answer = np.where(shown, np.where(mixed < _NONE, 0.0, np.minimum(mixed, 1.0)), answer)
        return gap, answer
