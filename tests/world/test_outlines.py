"""Outlines of regions: their own, else the polygon of the basemap that they name."""

from __future__ import annotations

import json

import geopandas as gpd
import pytest
import shapely

from scrapflow.world.outlines import identifiers, of_basemap, with_outlines

BOX, OTHER = shapely.box(0, 0, 1, 1), shapely.box(5, 5, 6, 6)


def layer(*features):
    """Return GeoJSON of (id, properties, shape)."""
    rows = [
        {"type": "Feature", "id": i, "properties": p, "geometry": json.loads(shapely.to_geojson(s))}
        for i, p, s in features
    ]
    return json.dumps({"type": "FeatureCollection", "features": rows}).encode()


def regions(*names, own=None):
    """Return regions that name polygons of the basemap."""
    return gpd.GeoDataFrame({"basemap_id": list(names)}, geometry=own or [shapely.Polygon()] * len(names), crs=4326)


def test_a_region_has_the_polygon_that_it_names_by_id_or_by_a_property():
    """Of two layers the provinces count first; a name that nothing has, and none, are empty."""
    layers = {
        "counties": layer(("P1", {}, OTHER), ("c", {"code": "KP-7", "area": 3}, OTHER)),
        "regions": layer(("P1", {"name": "Hill"}, BOX)),
    }
    told = of_basemap(regions("P1", "Hill", "KP-7", "nothing", ""), layers)
    assert [s.equals(t) for s, t in zip(told[:3], (BOX, BOX, OTHER), strict=True)] == [True] * 3
    assert all(s.is_empty for s in told[3:])


def test_an_outline_of_ones_own_stays():
    """Only what is empty is taken from the basemap."""
    layers = {"regions": layer(("P1", {}, BOX))}
    told = with_outlines(regions("P1", "P1", own=[OTHER, shapely.Polygon()]), layers)
    assert told.geometry.iloc[0].equals(OTHER)
    assert told.geometry.iloc[1].equals(BOX)
    assert told.crs.to_epsg() == 4326
    whole = regions("P1", own=[OTHER])
    assert with_outlines(whole, layers) is whole


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no json",
        b'{"features": 5}',
        b"[]",
        layer(("P1", {}, shapely.Point(0, 0))),
        layer(("P1", {}, shapely.from_wkt("POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))"))),
        b'{"features": [5, {"id": "P1", "geometry": {"type": "Ball"}}]}',
    ],
)
def test_what_is_no_outline_leaves_the_region_without(data):
    """Files that cannot be read, points, crossed outlines and shapes that nobody knows; the check tells of them."""
    assert of_basemap(regions("P1"), {"regions": data})[0].is_empty


def test_a_feature_is_known_by_its_id_and_its_texts():
    """Numbers are no names; a feature without properties has its id."""
    assert list(identifiers({"id": 7, "properties": {"name": "Hill", "area": 3.0}})) == ["7", "Hill"]
    assert list(identifiers({"properties": None})) == [""]
