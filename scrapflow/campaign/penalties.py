"""Black marks, expulsion, warrants of detention and labour camps."""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from scrapflow.errors import InputError, problem
from scrapflow.given import checked

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from scrapflow.campaign.population import Floats


@checked
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
    try:
        chance = np.asarray(p, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        chance = np.full(1, np.nan)
    faults = [] if ((chance >= 0) & (chance <= 1)).all() else [("p", f"must lie between 0 and 1, not {p!r}")]
    counts = {"periods": periods, "marks_allowed": marks_allowed}
    faults += [(name, f"must not be negative: {n}") for name, n in counts.items() if n < 0]
    if faults:
        problems = [problem("expulsion_probability", "", name, message) for name, message in faults]
        raise InputError(problems, what="the question")
    state = np.zeros((marks_allowed + 2, *chance.shape))
    state[0] = 1.0
    for _ in range(periods):
        up = state[:-1] * chance
        state[:-1] -= up
        state[1:] += up
    return float(state[-1]) if chance.ndim == 0 else state[-1]


class Record(NamedTuple):
    """Where the secretaries and managers of n enterprises stand: shares of the sites of each.

    Attributes
    ----------
    state
        Probability of each number of marks, shape (marks_allowed + 1, n); in sampled mode one of them is 1 for an
        enterprise of one site.
    run
        Probability of each number of punishable shortfalls in a row since the last warrant, the last entry standing for
        ``warrant_after`` and more; shape (warrant_after + 1, n).
    """

    state: Floats
    run: Floats

    @staticmethod
    def clean(n: int, marks_allowed: int, *, warrant_after: int = 0) -> Record:
        """Return records without a mark."""
        state, run = np.zeros((marks_allowed + 1, n)), np.zeros((warrant_after + 1, n))
        state[0], run[0] = 1.0, 1.0
        return Record(state, run)

    def with_marks_before(self, chance: float, uniform: Floats | None, sites: Floats) -> Record:
        """Return records with marks of before the campaign: each of those allowed is there with a chance.

        In sampled mode (``uniform`` of shape (n,) given) an enterprise of one site has a whole number of them.
        """
        allowed = len(self.state) - 1
        marks = np.arange(allowed + 1)
        share = np.array([comb(allowed, int(k)) * chance**k * (1.0 - chance) ** (allowed - k) for k in marks])
        state = np.repeat(share[:, None], self.state.shape[1], axis=1)
        if uniform is not None:
            drawn = np.minimum(np.searchsorted(np.cumsum(share), uniform, side="right"), allowed)
            state = np.where(sites <= 1.0, marks[:, None] == drawn, state).astype(np.float64)
        return self._replace(state=state)

    @property
    def marks(self) -> Floats:
        """Marks of the serving secretary (expected number, a site); shape (n,)."""
        return np.asarray(np.arange(len(self.state), dtype=np.float64) @ self.state)


class Verdict(NamedTuple):
    """What a month brings, a site; shape (n,) each.

    Attributes
    ----------
    expelled
        Secretaries expelled (expected number; 0 or 1 in sampled mode).
    detained
        Warrants of detention for the manager, likewise.
    """

    expelled: Floats
    detained: Floats


def mark_probability(punishable: NDArray[np.bool_], caught: Floats, punished: Floats | float = 1.0) -> Floats:
    """Return the probability of the one mark a month may bring: for a shortfall that is punished, or for being caught.

    Parameters
    ----------
    punishable
        Whether the shortfall is beyond the tolerance, shape (n,).
    caught
        Probability that a load for show was caught, shape (n,).
    punished
        Probability that a punishable shortfall is punished.

    Examples
    --------
    >>> mark_probability(np.array([True, False]), np.array([0.5, 0.5]), 0.4)
    array([0.7, 0.5])
    """
    return np.where(punishable, 1.0 - (1.0 - punished) * (1.0 - caught), caught)


def judge_month(
    record: Record,
    *,
    marked: Floats,
    punishable: NDArray[np.bool_],
    severity: Floats,
    warrant_shortfall: float,
    warrant_after: int,
    punished: Floats | float = 1.0,
) -> tuple[Record, Verdict]:
    """Give marks, expel, issue warrants: once a month, whatever the unit of the periods.

    Marks: a Markov chain over 0 … ``marks_allowed``; with probability p a secretary goes one state up, and from the
    last one out; the successor starts at zero: ``π'_0 = (1−p) π_0 + p π_last``, ``π'_k = (1−p) π_k + p π_{k−1}``.
    Warrant: shortfall above ``warrant_shortfall`` of the quota, or ``warrant_after`` punishable ones in a row, if it is
    punished; then the count starts anew.

    Parameters
    ----------
    record
        Standing before the month.
    marked
        Marks of the month: p itself in expected mode, 0 or 1 in sampled mode; shape (n,).
    punishable
        Whether the shortfall is beyond the tolerance; shape (n,).
    severity
        Shortfall as a share of the quota; shape (n,).
    warrant_shortfall, warrant_after
        Thresholds; 1 and 0 mean never.
    punished
        Probability that a shortfall is punished (0 or 1 in sampled mode).
    """
    up = record.state * marked
    state = record.state - up
    state[1:] += up[:-1]
    expelled = up[-1].copy()  # not a view, which would keep all of them
    state[0] += expelled
    run = np.zeros((warrant_after + 1, len(severity)))
    before = record.run[:warrant_after]
    run[1 : 1 + len(before)] = before
    run[-1] += record.run[warrant_after:].sum(axis=0)
    run = np.where(punishable, run, np.eye(len(run), 1))
    lasting = run[-1] if warrant_after else np.zeros(len(severity))
    severe = severity > warrant_shortfall
    detained = np.where(severe, 1.0, np.where(punishable, lasting, 0.0)) * punished
    run = np.where(severe, run * (1.0 - punished), run)
    if warrant_after:
        run[-1] -= np.where(severe, 0.0, detained)
    run[0] += detained
    return Record(state, run), Verdict(expelled, detained)
