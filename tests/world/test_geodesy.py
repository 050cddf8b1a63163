"""Lengths on the ellipsoid, beside arcs that are known in closed form."""

from __future__ import annotations

import math

import numpy as np
import pytest
from shapely import LineString, MultiLineString

from scrapflow.world.geodesy import ellipsoid, geodesic_km, geometry_km

A, B = 6378.137, 6356.752314245
"""Half axes of WGS 84, km."""


def test_arcs_of_the_equator_and_the_meridian_are_those_of_the_ellipsoid():
    """A degree of the equator is a·π/180; from pole to pole by Ramanujan's perimeter; over the date line two degrees."""
    h = ((A - B) / (A + B)) ** 2
    perimeter = math.pi * (A + B) * (1 + 3 * h / (10 + math.sqrt(4 - 3 * h)))
    told = geodesic_km([0.0, 0.0, 179.0], [0.0, -90.0, 0.0], [1.0, 0.0, -179.0], [0.0, 90.0, 0.0])
    assert told.tolist() == pytest.approx([A * math.pi / 180, perimeter / 2, 2 * A * math.pi / 180], rel=1e-9)


def test_what_is_not_known_has_no_length_and_spoils_no_other():
    """NaN in any of four columns; one row alone, and none, are fine."""
    nan = math.nan
    told = geodesic_km([nan, 0.0, 0.0], [0.0, 0.0, nan], [1.0, 1.0, 1.0], [0.0, 0.0, 0.0])
    assert np.isnan(told).tolist() == [True, False, True]
    assert geodesic_km(0.0, 0.0, 1.0, 0.0).tolist() == [told[1]]
    assert len(geodesic_km([], [], [], [])) == 0


def test_a_line_is_as_long_as_its_steps_and_gaps_are_no_track():
    """Two parts of one degree each with a gap of one between; no shape, an empty one and a point-like one."""
    degree = A * math.pi / 180
    shapes = [LineString([(0, 0), (1, 0), (2, 0)]), MultiLineString([[(0, 0), (1, 0)], [(2, 0), (3, 0)]]), None,
              LineString(), LineString([(5, 5), (5, 5)])]  # fmt: skip
    told = geometry_km(shapes)
    assert told[[0, 1, 4]].tolist() == pytest.approx([2 * degree, 2 * degree, 0.0])
    assert np.isnan(told[[2, 3]]).all()


def test_the_ellipsoid_is_that_of_the_lengths():
    """Radius in km and squared eccentricity of WGS 84."""
    radius, squared = ellipsoid()
    assert (radius, squared) == pytest.approx((A, 1 - (B / A) ** 2))
