"""Inspection: who is visited how often, what visits find, what they condemn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from scrapflow.campaign.by_code import sum_by
from scrapflow.errors import BalanceError

if TYPE_CHECKING:
    from scrapflow.campaign.population import Floats, Ints


class PatrolRule(Protocol):
    """A rule by which teams choose whom to visit; pass one of your own as ``run(..., patrol=rule)``.

    Called once a period with ``region`` (position of each enterprise's region, shape (n,)), ``visits`` (visits to be
    made in each region, shape (r,)), ``size`` (workers, shape (n,)) and ``shortfall`` (t in the last period, shape
    (n,)). Returns expected visits per enterprise, shape (n,): none negative, together at most ``visits`` in each
    region. A rule that breaks this is refused by its name.
    """

    def __call__(self, region: Ints, visits: Floats, size: Floats, shortfall: Floats) -> Floats:
        """Return the expected visits per enterprise."""
        ...


def uniform(region: Ints, visits: Floats, size: Floats, shortfall: Floats) -> Floats:
    """Visit everyone alike: ``v_e = V_r / n_r``.

    Examples
    --------
    >>> import numpy as np
    >>> uniform(np.array([0, 0, 1]), np.array([1.0, 3.0]), np.ones(3), np.zeros(3))
    array([0.5, 0.5, 3. ])
    """
    del size, shortfall
    n = np.bincount(region, minlength=len(visits))
    return np.asarray((visits / np.maximum(n, 1))[region])


def largest_first(region: Ints, visits: Floats, size: Floats, shortfall: Floats) -> Floats:
    """Visit the largest enterprises first, one visit each, then again from the top; equals share.

    Examples
    --------
    >>> import numpy as np
    >>> largest_first(np.zeros(3, int), np.array([1.5]), np.array([5.0, 9.0, 1.0]), np.zeros(3))
    array([0.5, 1. , 0. ])
    """
    del shortfall
    return _ranked(region, visits, size)


def worst_first(region: Ints, visits: Floats, size: Floats, shortfall: Floats) -> Floats:
    """Visit first who fell short most in the last period; equals share, so that the first period is uniform.

    Examples
    --------
    >>> import numpy as np
    >>> worst_first(np.zeros(3, int), np.array([1.0]), np.ones(3), np.array([2.0, 2.0, 0.0]))
    array([0.5, 0.5, 0. ])
    """
    del size
    return _ranked(region, visits, shortfall)


PATROLS: dict[str, PatrolRule] = {"uniform": uniform, "largest_first": largest_first, "worst_first": worst_first}


def _ranked(region: Ints, visits: Floats, key: Floats) -> Floats:
    order = np.lexsort((-key, region))
    code = region[order]
    count = np.bincount(region, minlength=len(visits))
    rank = np.arange(len(order)) - (np.cumsum(count) - count)[code]
    n = np.maximum(count, 1)[code]
    rounds = np.floor(visits[code] / n)
    v = rounds + np.clip(visits[code] - rounds * n - rank, 0.0, 1.0)
    # Equals share: their visits are averaged, so that no identifier decides.
    new = np.r_[True, (np.diff(code) != 0) | (np.diff(key[order]) != 0)] if len(order) else np.zeros(0, bool)
    group = np.cumsum(new) - 1
    made = np.zeros(len(v))
    if len(order):
        made[order] = (np.bincount(group, v) / np.bincount(group))[group]
    return made


def checked_patrol(rule: PatrolRule) -> PatrolRule:
    """Return a rule of one's own that is checked whenever it is called.

    Raises
    ------
    BalanceError
        When called, if visits are negative, not numbers, or more than the teams can make: naming the rule.
    """

    def checked(region: Ints, visits: Floats, size: Floats, shortfall: Floats) -> Floats:
        return _check(rule, rule(region, visits, size, shortfall), region, visits)

    return checked


def _check(rule: PatrolRule, made: Floats, region: Ints, visits: Floats) -> Floats:
    """Refuse visits that are negative, not numbers, or more than the teams can make."""
    name = getattr(rule, "__name__", type(rule).__name__)
    made = np.asarray(made, dtype=np.float64)
    if made.shape != region.shape:
        message = f"patrol rule {name!r} returned shape {made.shape}; visits of shape {region.shape} are needed"
        raise BalanceError(message)
    finite = bool(np.isfinite(made).all())
    together = sum_by(region, np.where(np.isfinite(made), made, 0.0), len(visits))
    faults = {
        "makes visits that are not numbers": not finite,
        "makes negative visits": finite and bool((made < 0).any()),
        "makes more visits than the teams can": bool((together > visits * (1 + 1e-9) + 1e-9).any()),
    }
    broken = [what for what, is_so in faults.items() if is_so]
    if broken:
        message = f"patrol rule {name!r} {' and '.join(broken)}"
        raise BalanceError(message)
    return made


def at_least_once(visits: Floats, chance: float) -> Floats:
    """Return the probability of at least one success in v visits: ``1 − (1 − p)^v``; v may be a fraction.

    Used for finding a load for show (p: chance of a visit) and for a machine being condemned (p: share condemned).

    Examples
    --------
    >>> import numpy as np
    >>> at_least_once(np.array([0.0, 1.0, 2.0]), 0.5)
    array([0.  , 0.5 , 0.75])
    """
    return np.asarray(1.0 - np.power(1.0 - chance, visits))
