"""What a yard holds and what its trains take: proportional mixing, period by period.

A train takes each material and each ``via`` in proportion to what the yard can ship of them (perfect mixing, as for
stocks in material-flow analysis: Brunner and Rechberger, *Practical Handbook of Material Flow Analysis*). Loads that
are in the yard for show and will go home are not shippable; what is reserved for them stays beside the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


_ROUNDING = 1e-10
"""A train that takes all but so small a part takes all."""


class YardBooks(NamedTuple):
    """Stock accounts of yards in t; P periods, Y yards, M materials, V vias.

    Attributes
    ----------
    opening, arrived, returned, shipped, closing
        Shape (P, Y, M, V); ``opening + arrived - returned - shipped = closing``.
    held
        Tonnes each yard held and could mix, loads for show included; shape (P, Y).
    shares
        Composition of what the trains took, summing to 1 where anything was shippable; shape (P, Y, M, V).
    """

    opening: NDArray[np.float64]
    arrived: NDArray[np.float64]
    returned: NDArray[np.float64]
    shipped: NDArray[np.float64]
    closing: NDArray[np.float64]
    held: NDArray[np.float64]
    shares: NDArray[np.float64]


def shippable(
    arrivals: NDArray[np.float64], show: NDArray[np.float64], home: NDArray[np.float64], return_after: int
) -> NDArray[np.float64]:
    """Return what arrives and may be railed, in t per period and yard, shape (P, Y).

    Parameters
    ----------
    arrivals, show
        Gross arrivals and the part of them that is there for show and not caught, in t, shape (P, Y, M, V).
    home
        Share of the loads for show that will be carried home, shape (P, Y); counts only if ``return_after`` is 1.
    return_after
        Periods until a load for show goes home: 0 or 1.
    """
    kept_back = show if return_after == 0 else show * home[:, :, None, None]
    return _together(arrivals - kept_back)


def keep_books(
    arrivals: NDArray[np.float64],
    show: NDArray[np.float64],
    home: NDArray[np.float64],
    trains: NDArray[np.float64],
    return_after: int,
) -> YardBooks:
    """Follow every yard through the periods.

    Parameters
    ----------
    arrivals, show, home, return_after
        As for :func:`shippable`.
    trains
        Tonnes railed from each yard in each period, shape (P, Y); never more than the yard can ship.

    Returns
    -------
    YardBooks

    Examples
    --------
    Ten tonnes of one material arrive, four are taken by train, six stay:

    >>> a = np.full((1, 1, 1, 1), 10.0)
    >>> keep_books(a, 0 * a, np.zeros((1, 1)), np.full((1, 1), 4.0), 0).closing.item()
    6.0
    """
    away = show if return_after == 0 else show * home[:, :, None, None]
    # What goes home in the next period stays beside the rest until then.
    reserved = np.zeros_like(away)
    if return_after:
        reserved[1:] = away[:-1]
    stocks, ready, shipped = (
        np.zeros((len(arrivals) + 1, *arrivals.shape[1:])),
        np.empty_like(arrivals),
        np.empty_like(arrivals),
    )
    for p in range(len(arrivals)):
        np.maximum(stocks[p] + arrivals[p] - away[p], 0.0, out=ready[p])
        total = _together(ready[p])
        # A plan differs from what is there by the rounding of the solver's integers: no dust stays, none is made.
        part = np.divide(trains[p], total, out=np.zeros_like(total), where=total > 0)
        part[part > 1.0 - _ROUNDING] = 1.0
        np.multiply(part[:, None, None], ready[p], out=shipped[p])
        np.maximum(ready[p] - shipped[p], 0.0, out=stocks[p + 1])
    total = _together(ready)[..., None, None]
    return YardBooks(
        opening=stocks[:-1] + reserved,
        arrived=arrivals.copy(),
        returned=reserved if return_after else away,
        shipped=shipped,
        closing=stocks[1:] + (away if return_after else 0.0),
        held=_together(stocks[:-1] + arrivals),
        shares=np.divide(ready, total, out=np.zeros_like(ready), where=total > 0),
    )


def _together(tonnes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Add up materials and vias, the last two axes."""
    *places, materials, vias = tonnes.shape
    return np.asarray(tonnes.reshape(*places, materials * vias).sum(axis=-1), dtype=np.float64)


def still_there(books: YardBooks, trains: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of each yard's load that no train took, shape (P, Y): what a carry-back one period later finds."""
    taken = np.divide(trains, books.held, out=np.zeros_like(trains), where=books.held > 0)
    return np.clip(1.0 - taken, 0.0, 1.0)
