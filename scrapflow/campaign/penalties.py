"""Black marks, expulsion, warrants of detention and labour camps."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from scrapflow.errors import InputError, problem

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from scrapflow.campaign.population import Floats


def expulsion_probability(p: ArrayLike, periods: int, marks_allowed: int = 3) -> float | NDArray[np.float64]:
    """Return how likely a party secretary who starts without marks is expelled within a number of periods.

    Each period brings a mark with probability p, independent of the others, and ``marks_allowed`` marks are forgiven:
    the next one expels. So it is ``P(X > marks_allowed)`` for X binomial with n = ``periods`` and p, summed by the
    recursion over the marks of one secretary (a Markov chain whose last state keeps).

    Parameters
    ----------
    p
        Probability of a mark in a period; a number, or an array of any shape.
    periods
        Number of periods, at least 0.
    marks_allowed
        Marks that do not yet expel, at least 0; the rule of the 2015 campaign is *more than three*.

    Returns
    -------
    float, or ndarray of the shape given

    Raises
    ------
    InputError
        If a probability lies outside 0 to 1, or a count is negative.

    Examples
    --------
    >>> expulsion_probability(0.5, 4)
    0.0625
    >>> expulsion_probability([0.0, 0.5, 1.0], 12).round(3)
    array([0.   , 0.927, 1.   ])
    """
    chance = np.asarray(p, dtype=np.float64)
    faults = [] if ((chance >= 0) & (chance <= 1)).all() else [("p", f"must lie between 0 and 1, not {p!r}")]
    counts = {"periods": periods, "marks_allowed": marks_allowed}
    faults += [(name, f"must not be negative: {n}") for name, n in counts.items() if n < 0]
    if faults:
        found = [problem("expulsion_probability", "", name, message) for name, message in faults]
        raise InputError(found, what="the question")
    state = np.zeros((marks_allowed + 2, *chance.shape))
    state[0] = 1.0
    for _ in range(periods):
        up = state[:-1] * chance
        state[:-1] -= up
        state[1:] += up
    return float(state[-1]) if chance.ndim == 0 else state[-1]


class Record(NamedTuple):
    """Where the secretaries and managers of n enterprises stand.

    Attributes
    ----------
    state
        Probability of each number of marks, shape (marks_allowed + 1, n); in sampled mode one of them is 1.
    run_length
        Punishable shortfalls in a row since the last warrant; shape (n,).
    """

    state: Floats
    run_length: Floats

    @staticmethod
    def clean(n: int, marks_allowed: int) -> Record:
        """Nobody has a mark."""
        state = np.zeros((marks_allowed + 1, n))
        state[0] = 1.0
        return Record(state, np.zeros(n))

    @property
    def marks(self) -> Floats:
        """Marks of the serving secretary (expected number); shape (n,)."""
        return np.asarray(np.arange(len(self.state), dtype=np.float64) @ self.state)


class Verdict(NamedTuple):
    """What a period brings; shape (n,) each.

    Attributes
    ----------
    expelled
        Secretaries expelled (expected number; 0 or 1 in sampled mode).
    detained
        Warrants of detention for the manager (0 or 1).
    """

    expelled: Floats
    detained: Floats


def mark_probability(punishable: NDArray[np.bool_], caught: Floats) -> Floats:
    """Return the probability of the one mark a period may bring: certain for a shortfall, else that of being caught."""
    return np.where(punishable, 1.0, caught)


def judge(
    record: Record,
    *,
    marked: Floats,
    punishable: NDArray[np.bool_],
    severity: Floats,
    warrant_shortfall: float,
    warrant_after: int,
) -> tuple[Record, Verdict]:
    """Give marks, expel, issue warrants.

    Marks: a Markov chain over 0 … ``marks_allowed``; with probability p a secretary goes one state up, and from the
    last one out; the successor starts at zero: ``π'_0 = (1−p) π_0 + p π_last``, ``π'_k = (1−p) π_k + p π_{k−1}``.
    Warrant: shortfall above ``warrant_shortfall`` of the quota, or ``warrant_after`` punishable ones in a row; then the
    count starts anew.

    Parameters
    ----------
    record
        Standing before the period.
    marked
        Marks of the period: p itself in expected mode, 0 or 1 in sampled mode; shape (n,).
    punishable
        Whether the shortfall is beyond the tolerance; shape (n,).
    severity
        Shortfall as a share of the quota; shape (n,).
    warrant_shortfall, warrant_after
        Thresholds; 1 and 0 mean never.
    """
    up = record.state * marked
    state = record.state - up
    state[1:] += up[:-1]
    expelled = up[-1].copy()  # not a view, which would keep all of them
    state[0] += expelled
    run_length = np.where(punishable, record.run_length + 1, 0.0)
    detained = severity > warrant_shortfall
    if warrant_after:
        detained |= run_length >= warrant_after
    run_length[detained] = 0.0
    return Record(state, run_length), Verdict(expelled, detained.astype(np.float64))
