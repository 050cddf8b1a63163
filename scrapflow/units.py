"""Units and the few constants that turn one into another, once and for all.

Masses are tonnes (t), lengths kilometres (km), coordinates degrees in EPSG:4326. A column or argument carries its
unit as a suffix: ``tonnage_t``, ``length_km``, ``scrap_kg_per_worker``.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context

KG_PER_T = 1000.0
M_PER_KM = 1000.0
MONTHS_PER_YEAR = 12.0
CRS = "EPSG:4326"
"""The only coordinate reference system that is stored."""
ELLIPSOID = "WGS84"
"""The ellipsoid on which every length is measured."""
BALANCE_TOLERANCE = 1e-9
"""Largest residual that a run may show at one node, period and material, as a share of its largest amount."""
BALANCE_TOLERANCE_T = 1e-6
"""Largest residual, in tonnes, that a ledger of 1 t to 10 Mt may show at one node, period and material; see :func:`dust`."""


LEAST_TOLD = 0.01
"""A smaller number is told as *less than* this: rounding of a solver is no amount."""
_TWO = Context(prec=2, rounding=ROUND_HALF_UP)


def dust(largest: float) -> float:
    """Return the tonnes below which an amount is rounding, beside the largest one of its run.

    A gram in runs of a tonne and more, a millionth in smaller ones; in larger ones than ten million tonnes what is left of the
    sixteen digits of a number after three are lost.

    Examples
    --------
    >>> [f"{dust(largest):.0e}" for largest in (1e-12, 50.0, 1e12)]
    ['1e-18', '1e-06', '1e-01']
    """
    return max(BALANCE_TOLERANCE_T * min(1.0, largest), 1e-13 * largest)


def unit_for_solver(largest: float) -> float:
    """Return the tonnes that a solver is to count as one, whose tolerances are no tonnes but bare numbers.

    One tonne where the largest amount is 1 t to 10 Mt, else that amount.

    Examples
    --------
    >>> unit_for_solver(80.0), unit_for_solver(2e-12), unit_for_solver(3e11)
    (1.0, 2e-12, 300000000000.0)
    """
    return largest if largest > 0 and not 1.0 <= largest <= 1e7 else 1.0


def two_figures(value: float) -> str:
    """Write a number with two significant figures, as people read it; a half goes up, as on maps.

    Examples
    --------
    >>> two_figures(123456.0), two_figures(125.0), two_figures(0.0), two_figures(9.87), two_figures(2e-13)
    ('120,000', '130', '0', '9.9', '<0.01')
    """
    if not math.isfinite(value):
        return f"{value:g}"
    rounded = float(_TWO.create_decimal(value))
    if 0 < abs(rounded) < LEAST_TOLD:
        return f"{'-' if value < 0 else ''}<{LEAST_TOLD:g}"
    return f"{rounded:,.0f}" if abs(rounded) >= 10 or rounded == int(rounded) else f"{rounded:g}"


def counted(count: int, one: str, many: str) -> str:
    """Return a number before the words that belong to it.

    Examples
    --------
    >>> counted(1, "place is", "places are"), counted(1200, "place is", "places are")
    ('1 place is', '1,200 places are')
    """
    return f"{count:,} {one if count == 1 else many}"


def ranged(value: float, low: float, high: float) -> str:
    """Write a central value with its range, each with two significant figures.

    Examples
    --------
    >>> ranged(530.0, 204.0, 1866.0)
    '530 (200 to 1,900)'
    """
    return f"{two_figures(value)} ({two_figures(low)} to {two_figures(high)})"
