"""Inspection: who is visited how often, what visits find, what they condemn.

A row of enterprises may stand for several sites. Visits go to sites, so that nothing hangs on how a world cuts its rows.
"""

from __future__ import annotations

from inspect import Parameter, signature
from typing import TYPE_CHECKING, Protocol

import numpy as np

from scrapflow.campaign.by_code import ratio, sum_by
from scrapflow.errors import BalanceError

if TYPE_CHECKING:
    from scrapflow.campaign.population import Floats, Ints


class PatrolRule(Protocol):
    """A rule by which teams choose whom to visit; pass one of your own as ``run(..., patrol=rule)``.

    Called once a period with ``region`` (position of each enterprise's region, shape (n,)), ``visits`` (visits a month
    to be made in each region, shape (r,)), ``size`` (workers a site, shape (n,)), ``shortfall`` (t a site in the last
    period, shape (n,)) and ``sites`` (how many sites of an enterprise can be visited: 0 where nothing can be carted from
    it; shape (n,)). A rule of your own may leave ``sites`` out of its arguments. Returns expected visits per enterprise
    (all its sites together) in a month, shape (n,): none negative, together at most ``visits`` in each region. A rule
    that breaks this is refused by its name.
    """

    def __call__(
        self, region: Ints, visits: Floats, size: Floats, shortfall: Floats, sites: Floats | None = None
    ) -> Floats:
        """Return the expected visits per enterprise."""
        ...


def uniform(region: Ints, visits: Floats, size: Floats, shortfall: Floats, sites: Floats | None = None) -> Floats:
    """Visit every site alike: ``v_e = V_r s_e / S_r``.

    Examples
    --------
    >>> import numpy as np
    >>> uniform(np.array([0, 0, 1]), np.array([1.0, 3.0]), np.ones(3), np.zeros(3))
    array([0.5, 0.5, 3. ])
    >>> uniform(np.array([0, 0]), np.array([4.0]), np.ones(2), np.zeros(2), np.array([1.0, 3.0]))
    array([1., 3.])
    """
    del size, shortfall
    if sites is None:
        sites = np.ones(len(region))
    return ratio(visits, sum_by(region, sites, len(visits)))[region] * sites


def largest_first(region: Ints, visits: Floats, size: Floats, shortfall: Floats, sites: Floats | None = None) -> Floats:
    """Visit the sites with most workers first, one visit each, then again from the top; equals share.

    Examples
    --------
    >>> import numpy as np
    >>> largest_first(np.zeros(3, int), np.array([1.5]), np.array([5.0, 9.0, 1.0]), np.zeros(3))
    array([0.5, 1. , 0. ])
    """
    del shortfall
    return _ranked(region, visits, size, sites)


def worst_first(region: Ints, visits: Floats, size: Floats, shortfall: Floats, sites: Floats | None = None) -> Floats:
    """Visit first the sites that fell short most in the last period; equals share, so that the first is uniform.

    Examples
    --------
    >>> import numpy as np
    >>> worst_first(np.zeros(3, int), np.array([1.0]), np.ones(3), np.array([2.0, 2.0, 0.0]))
    array([0.5, 0.5, 0. ])
    """
    del size
    return _ranked(region, visits, shortfall, sites)


PATROLS: dict[str, PatrolRule] = {"uniform": uniform, "largest_first": largest_first, "worst_first": worst_first}
STEADY = (uniform, largest_first)
"""Rules that hang on no shortfall: visits are the same in all periods."""


def _ranked(region: Ints, visits: Floats, key: Floats, sites: Floats | None) -> Floats:
    """Give a visit to each site from the highest key down, then again from the top; equal keys share."""
    if sites is None:
        sites = np.ones(len(region))
    if not len(region):
        return np.zeros(0)
    # Sites that equal parts of a row share differ by rounding alone: they are equals.
    key = np.round(ratio(key, np.full(len(key), key.max())), 9)
    order = np.lexsort((-key, region))
    code, many = region[order], sites[order]
    whole = sum_by(region, sites, len(visits))
    rounds = np.floor(ratio(visits, whole))
    before = np.cumsum(many) - many
    first = np.searchsorted(code, np.arange(len(visits)))
    before -= before[np.minimum(first, len(order) - 1)][code]
    made = rounds[code] * many + np.clip((visits - rounds * whole)[code] - before, 0.0, many)
    # Equals share: their visits are averaged, so that no identifier decides.
    new = np.r_[True, (np.diff(code) != 0) | (np.diff(key[order]) != 0)]
    group = np.cumsum(new) - 1
    shared = np.empty(len(made))
    groups = int(group[-1]) + 1
    shared[order] = ratio(sum_by(group, made, groups), sum_by(group, many, groups))[group] * many
    return shared


def checked_patrol(rule: PatrolRule) -> PatrolRule:
    """Return a rule of one's own that is checked whenever it is called.

    Raises
    ------
    BalanceError
        When called, if visits are negative, not numbers, or more than the teams can make: naming the rule.
    """
    parameters = signature(rule).parameters.values()
    knows_sites = any(p.name == "sites" or p.kind is Parameter.VAR_KEYWORD for p in parameters)

    def checked(region: Ints, visits: Floats, size: Floats, shortfall: Floats, sites: Floats | None = None) -> Floats:
        also = {"sites": sites} if knows_sites else {}
        return _check(rule, rule(region, visits, size, shortfall, **also), region, visits)

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
    """Return the probability of at least one success in v visits, where v is an expected number.

    ``1 − (1 − p)^⌊v⌋ · (1 − p (v − ⌊v⌋))``: a site that expects 2.25 visits gets two for certain and a third with
    chance 0.25. So visits never succeed more often than ``v p``, and never less often for being made one by one.

    Used for finding a load for show (p: chance of a visit) and for a machine being condemned (p: share condemned).

    Examples
    --------
    >>> import numpy as np
    >>> at_least_once(np.array([0.0, 0.1, 1.0, 2.0]), 0.5)
    array([0.  , 0.05, 0.5 , 0.75])
    """
    whole = np.floor(visits)
    return np.asarray(1.0 - np.power(1.0 - chance, whole) * (1.0 - chance * (visits - whole)))
