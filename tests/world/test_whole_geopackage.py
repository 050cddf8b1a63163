"""A GeoPackage that does not hold what was written is refused."""

from __future__ import annotations

import json

import pandas as pd
import pyogrio
import pytest
from geopandas.testing import assert_geodataframe_equal

import scrapflow as sf
from scrapflow.world.schema import SPATIAL, TABLES


def same(a, b):
    """Assert that two worlds hold the same, to the last digit."""
    for name in TABLES:
        left, right = a.tables[name], b.tables[name]
        assert list(left.columns) == list(right.columns)
        if name in SPATIAL:
            assert_geodataframe_equal(left, right)
            assert (left["geometry"].to_wkb() == right["geometry"].to_wkb()).all()
            left, right = (pd.DataFrame(f.drop(columns="geometry")) for f in (left, right))
        pd.testing.assert_frame_equal(left, right, check_exact=True)
    assert a.campaigns == b.campaigns
    assert list(a.campaigns) == list(b.campaigns)
    assert a.basemap == b.basemap
    assert a.settings.get("basemap") == b.settings.get("basemap")
    assert a.labels == b.labels
    assert (a.name, a.title, a.default_campaign) == (b.name, b.title, b.default_campaign)
    assert a.basemap_attribution == b.basemap_attribution


@pytest.fixture
def rich(folder):
    """A world with everything in it: basemap, labels, drawn courses, own columns, hostile text, an unplaced node."""
    square = {"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 1], [0, 1], [0, 0]]]}
    feature = {"type": "Feature", "properties": {"name": "Toyland"}, "geometry": square}
    (folder.path / "basemap").mkdir()
    for layer in ("countries", "regions"):
        text = json.dumps({"type": "FeatureCollection", "features": [feature]})
        (folder.path / "basemap" / f"{layer}.geojson").write_text(text)
    with (folder.path / "world.toml").open("a", encoding="utf-8") as file:
        file.write(
            '\n[basemap]\ncountries = "basemap/countries.geojson"\nregions = "basemap/regions.geojson"\n'
            'attribution = "drawn \\"by hand\\" \\\\ 2026"\n[labels]\nyard = "Sammelhof"\n"two words" = "x"\n'
        )
    folder.set("links", "rail_far", geometry="LINESTRING (0.5 0.5, 0.9 0.30000000000000004, 1.4 0.5)")
    folder.set("regions", "land", geometry="MULTIPOLYGON (((0 0, 2 0, 2 1, 0 1, 0 0)), ((3 3, 4 3, 4 4, 3 3)))")
    folder.set("nodes", "near", name='Near "`</script>{{ }}${x}, Mill', x_coord="0.1234567890123456", mine="yes")
    folder.set("nodes", "town", note="two\nlines; and, commas")
    folder.add("nodes", node_id="lost", name="Lost Works", kind="enterprise", basis="assumed", region_id="vale")
    folder.add("enterprises", node_id="lost", sector_id="machinery")
    return sf.read_world(folder.path)


def test_a_geopackage_that_lacks_what_was_written_is_not_put_in_place(toy, rich, tmp_path, monkeypatch):
    """What GDAL keeps silent about is found before the old file gives way: rows that did not reach the disk."""
    path = toy.write(tmp_path / "w.gpkg")
    real = pyogrio.write_dataframe
    monkeypatch.setattr(pyogrio, "write_dataframe", lambda frame, *a, **k: real(frame.iloc[:-1], *a, **k))
    with pytest.raises(OSError, match="not written whole"):
        rich.write(path)
    same(toy, sf.read_world(path))
