"""Two worlds compared, which tests of every way to write one share."""

from __future__ import annotations

import pandas as pd
from geopandas.testing import assert_geodataframe_equal

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
