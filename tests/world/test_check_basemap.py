"""The basemap is GeoJSON in degrees, its polygons are the regions', and places lie in their regions."""

from __future__ import annotations

import json

import pytest

import scrapflow as sf

SQUARES = {"vale": (0, 0, 1, 1), "hill": (1, 0, 2, 1)}


def polygons(squares=SQUARES, scale=1.0, **extra):
    """Make a collection of squares with identifiers."""
    features = [
        {
            "type": "Feature",
            "id": f"T.{name}",
            "properties": {"name": name},
            "geometry": {
                "type": "Polygon",
                "coordinates": [
                    [[a * scale, b * scale], [c * scale, b * scale], [c * scale, d * scale], [a * scale, b * scale]]
                ],
            },
        }
        for name, (a, b, c, d) in squares.items()
    ]
    return {"type": "FeatureCollection", "features": features, **extra}


@pytest.fixture
def mapped(folder):
    """A toy whose regions take their outlines from a basemap."""
    folder.edit("world.toml", lambda b: b + b'\n[basemap]\nregions = "basemap/regions.geojson"\n')
    (folder.path / "basemap").mkdir()
    write(folder, polygons())
    for region in SQUARES:
        folder.set("regions", region, geometry="", basemap_id=f"T.{region}")
    return folder


def write(folder, data):
    """Put a basemap in place."""
    text = data if isinstance(data, str) else json.dumps(data)
    (folder.path / "basemap" / "regions.geojson").write_text(text)


def test_a_sound_basemap_is_read_lazily(mapped):
    """No finding; the GeoJSON is there as a mapping."""
    world = sf.read_world(mapped.path)
    assert world.check().query("severity != 'note'").empty
    assert world.basemap["regions"]["features"][0]["id"] == "T.vale"
    assert "basemap/regions.geojson" in world.hashes


@pytest.mark.parametrize(
    ("data", "part"),
    [
        ("{", "not a GeoJSON FeatureCollection"),
        ("[]", "not a GeoJSON FeatureCollection"),
        (polygons(scale=100000.0), "not longitude and latitude in degrees"),
        (polygons(crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::5179"}}), "transform it"),
    ],
)
def test_a_basemap_that_is_none_is_refused(mapped, data, part):
    """Broken JSON and metres are found when the world is read, not when the map is drawn."""
    write(mapped, data)
    found = mapped.problems()
    assert found["table"].tolist() == ["basemap/regions.geojson"]
    assert part in found["message"].iloc[0]


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"])
def test_a_basemap_may_say_that_it_is_in_degrees(mapped, name):
    """The old ``crs`` member of GeoJSON is fine where it says what GeoJSON is anyway."""
    write(mapped, polygons(crs={"type": "name", "properties": {"name": name}}))
    assert len(sf.read_world(mapped.path).nodes) == 7


def test_a_region_without_its_polygon_is_a_warning(mapped):
    """A region that points to nothing would be drawn nowhere."""
    mapped.set("regions", "hill", basemap_id="T.hilly")
    found = mapped.check().query("severity == 'warning'")
    assert found["row"].tolist() == ["hill"]
    assert "'T.hilly'" in found["message"].iloc[0]


def test_a_place_far_from_its_region_is_a_warning(mapped):
    """A town 55 km beyond the border of its province: one of the two is wrong."""
    mapped.set("nodes", "far", region_id="vale", x_coord="1.5")
    found = mapped.check().query("severity == 'warning' and column == 'region_id'")
    assert found["row"].tolist() == ["far"]
    assert "lies 56 km outside of its region, Vale" in found["message"].iloc[0]
    mapped.set("nodes", "far", coordinate_accuracy_km="40")
    assert mapped.check().query("column == 'region_id' and severity == 'warning'").empty
