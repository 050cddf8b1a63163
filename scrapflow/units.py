"""Units and the few constants that turn one into another, once and for all.

Masses are tonnes (t), lengths kilometres (km), coordinates degrees in EPSG:4326. A column or argument carries its
unit as a suffix: ``tonnage_t``, ``length_km``, ``scrap_kg_per_worker``.
"""

from __future__ import annotations

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
"""Largest residual, in tonnes, that a ledger may show at one node, period and material; scaled up for flows above 1 Mt."""


def two_figures(value: float) -> str:
    """Write a number with two significant figures, as people read it.

    Examples
    --------
    >>> two_figures(123456.0), two_figures(0.0), two_figures(9.87)
    ('120,000', '0', '9.9')
    """
    rounded = float(f"{value:.2g}")
    return f"{rounded:,.0f}" if abs(rounded) >= 10 or rounded == int(rounded) else f"{rounded:g}"
