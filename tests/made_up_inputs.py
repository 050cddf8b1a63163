"""Networks and flows as people bring them: the lines, places and tables that tests of the importers share."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import scrapflow as sf

ROWS = ["LINESTRING (10 50, 10.5 50, 11 50)", "LINESTRING (10.5 50, 10.5 50.5)", "LINESTRING (12 51, 12.1 51)"]
"""A line, a branch that leaves it at a vertex, and an island."""
SITES = pd.DataFrame(
    {
        "name": ["West", "Middle", "Far Mill", "Lost Mill"],
        "lon": [10.0, 10.251, 11.05, 20.0],
        "lat": [50.0, 50.004, 50.02, 60.0],
        "kind": ["station", "", "mill", "mill"],
    }
)
"""Places on and off these lines."""
CITIES = pd.DataFrame({"name": ["Köln", "Aachen", "Bonn"], "lon": [6.96, 6.08, 7.1], "lat": [50.94, 50.78, 50.73]})
CORNERS = pd.DataFrame({"id": ["a", "b", "c"], "lon": [0.0, 2.0, 4.0], "lat": [0.0, 0.0, 0.0]})
NORTH, SOUTH, STRAIGHT = "LINESTRING (0 0, 1 1, 2 0)", "LINESTRING (0 0, 1 -1, 2 0)", "LINESTRING (0 0, 2 0)"
"""Three courses from A to B of the corners."""
KM = 313.799
"""Twice the geodesic from (0, 0) to (1, 1), WGS 84: pyproj's Geod says 156.8996 km."""


def lines(rows=ROWS, **columns):
    """Return lines as a GeoDataFrame."""
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries.from_wkt(rows), crs=4326)


def said(world, kind):
    """Return the identifiers that the report names for a kind of step."""
    return world.report.loc[world.report["kind"] == kind, "ids"].tolist()


def moved(tmp_path, text, **how):
    """Return the tonnes by period and pair that a file of flows between the cities says."""
    (tmp_path / "f.csv").write_text(text, "utf-8")
    run = sf.run_from(tmp_path / "f.csv", CITIES, **how)
    rows = run.movements.groupby(["period", "origin", "destination"])["tonnage_t"].sum()
    return {key: pytest.approx(t) for key, t in rows.items()}, run


def drawn(rows, crs=4326):
    """Return flows of (origin, destination, tonnes, WKT)."""
    frame = pd.DataFrame(rows, columns=["origin", "destination", "tonnes", "wkt"])
    return gpd.GeoDataFrame(frame.drop(columns="wkt"), geometry=gpd.GeoSeries.from_wkt(frame["wkt"]), crs=crs)


def courses(run):
    """Return the course of each leg as WKT, with its tonnes."""
    legs = run.flows.to_geo()
    return dict(zip(shapely.to_wkt(legs.geometry.to_numpy()), legs["tonnage_t"], strict=True))
