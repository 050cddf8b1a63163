"""How a quota is filled: scrap first, then obsolete, idle and working machinery, each as far as people are ready to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from scrapflow.campaign.population import HELD, SCRAP
from scrapflow.errors import BalanceError
from scrapflow.units import dust

if TYPE_CHECKING:
    from scrapflow.campaign.population import Floats


class FillingRule(Protocol):
    """A rule by which enterprises fill their quotas; pass one of your own as ``run(..., filling=rule)``.

    Called once a period with ``need`` (t, shape (n,)), ``stock`` (t, shape (4, n): scrap, obsolete, idle, working
    machinery), ``willingness`` (shape (4,)) and ``used`` (t of stock used up per t handed over, shape (4,): above 1
    for machines that are stripped). Returns the tonnes handed over, shape (4, n): none negative, together at most
    ``need``, and ``handed * used`` at most ``stock``. A rule that breaks this is refused by its name.
    """

    def __call__(self, need: Floats, stock: Floats, willingness: Floats, used: Floats) -> Floats:
        """Return the tonnes handed over by material and enterprise."""
        ...


def fill_in_order(need: Floats, stock: Floats, willingness: Floats, used: Floats) -> Floats:
    """Fill quotas from the least to the most useful material.

    ``h_m = min(need left, w_m S_m / u_m)`` for m = scrap, obsolete, idle, working machinery in turn (the order is the
    article's; willingness is assumed).

    Parameters
    ----------
    need
        Quota in t, shape (n,).
    stock
        Stocks in t, shape (4, n).
    willingness
        Part of a stock that may be given up in a period, shape (4,).
    used
        t of stock used up per t handed over, shape (4,).

    Returns
    -------
    ndarray of float64, shape (4, n)
        Handed over, in t.

    Examples
    --------
    >>> import numpy as np
    >>> stock = np.array([[10.0], [10.0], [20.0], [60.0]])
    >>> fill_in_order(np.array([25.0]), stock, np.array([1.0, 1.0, 0.2, 0.1]), np.ones(4)).ravel()
    array([10., 10.,  4.,  1.])
    """
    handed = np.empty_like(stock)
    left = need.copy()
    for m in range(len(stock)):
        np.multiply(stock[m], willingness[m] / used[m], out=handed[m])
        np.minimum(handed[m], left, out=handed[m])
        left -= handed[m]
    return handed


def checked_filling(rule: FillingRule) -> FillingRule:
    """Return a rule of one's own that is checked whenever it is called, on copies that it may spoil.

    Raises
    ------
    BalanceError
        When called, if tonnes would appear or vanish: naming the rule and what it broke.
    """

    def checked(need: Floats, stock: Floats, willingness: Floats, used: Floats) -> Floats:
        handed = rule(need.copy(), stock.copy(), willingness.copy(), used.copy())
        return _check(rule, handed, need, stock, used)

    return checked


def _check(rule: FillingRule, handed: Floats, need: Floats, stock: Floats, used: Floats) -> Floats:
    """Refuse what a rule hands over if tonnes would appear or vanish."""
    name = getattr(rule, "__name__", type(rule).__name__)
    handed = np.asarray(handed, dtype=np.float64)
    if handed.shape != stock.shape:
        message = f"filling rule {name!r} returned shape {handed.shape}; tonnes of shape {stock.shape} are needed"
        raise BalanceError(message)
    limit = dust(float(max(stock.max(initial=0.0), need.max(initial=0.0)))) * max(1.0, float(stock.sum()) / 1e6)
    faults = {
        "hands over tonnes that are not numbers": ~np.isfinite(handed).all(),
        "hands over negative tonnes": (handed < 0).any(),
        "hands over more than the quota": (handed.sum(axis=0) > need + limit).any(),
        "hands over more than there is": (handed * used[:, None] > stock + limit).any(),
    }
    broken = [what for what, is_so in faults.items() if is_so]
    if broken:
        message = f"filling rule {name!r} {' and '.join(broken)}"
        raise BalanceError(message)
    return np.minimum(handed, stock / used[:, None])


def stock_used(stripped_share: float, show_share: float) -> Floats:
    """Return the tonnes of stock used up per tonne handed over, by material.

    A machine for show goes whole; of another one only the share σ is handed over and 1 − σ stays as parts:
    ``u = s + (1 − s) / σ`` with s the share for show; scrap has u = 1.

    Examples
    --------
    >>> stock_used(0.5, 0.25)
    array([1.  , 1.75, 1.75, 1.75])
    """
    used = np.full(HELD, show_share + (1 - show_share) / stripped_share)
    used[SCRAP] = 1.0
    return used


def first_of(pool: Floats, most: Floats) -> Floats:
    """Take from what lies ready, material by material in order, no more than is owed.

    Parameters
    ----------
    pool
        What lies ready, t, shape (k, n).
    most
        What is owed, t, shape (n,).

    Examples
    --------
    >>> first_of(np.array([[3.0], [4.0]]), np.array([5.0])).ravel()
    array([3., 2.])
    """
    left = most - (np.cumsum(pool, axis=0) - pool)
    return np.minimum(np.maximum(left, 0.0), pool)


class Gathered(NamedTuple):
    """What communities bring together on their own, in t; shapes (2, m): household scrap and appliances; (m,)."""

    handed: Floats
    sold: Floats
    """Part that is sold abroad instead."""
    lack: Floats
    """Quota not yet filled."""


def gather(need: Floats, household: Floats, willingness: Floats, sold_share: float) -> Gathered:
    """Let communities fill their quotas from loose scrap, then from appliances; a share of it is sold abroad.

    Parameters
    ----------
    need
        Quota in t, shape (m,).
    household
        Stocks in t, shape (2, m).
    willingness
        Part of a stock that may be given up, shape (2,).
    sold_share
        Part of what is gathered that goes abroad.

    Examples
    --------
    >>> import numpy as np
    >>> g = gather(np.array([20.0]), np.array([[10.0], [50.0]]), np.array([0.5, 0.1]), 0.0)
    >>> g.handed.ravel(), g.lack
    (array([5., 5.]), array([10.]))
    """
    taken = np.empty_like(household)
    left = need.copy()
    for m in range(len(household)):
        np.minimum(household[m] * willingness[m], left, out=taken[m])
        left -= taken[m]
    sold = taken * sold_share
    return Gathered(taken - sold, sold, left + sold.sum(axis=0))
