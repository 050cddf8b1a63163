"""What a world's settings say, and every fault in them."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('titel = "x"', "did you mean 'title'"),
        ("title = ", "is no TOML"),
        ('default_campaign = "1999"', "there is no campaigns/1999.toml; there are: 2012, 2015"),
        ('[basemap]\ncountries = "none.geojson"', "there is no file none.geojson"),
        ("basemap = 3", "must be a table"),
        ("title = [1]", "must be a text"),
        ("name = 2015-01-01", "must be a text"),
        ("default_campaign = 2015", "must be a text"),
        ("[words]\nmills = 5", "must be a text, or a table of texts"),
        ("[words.ko]\nmills = { en = 1 }", "must be a text, or a table of texts"),
        ("[labels]\nrail = [nan]", "must be a text, or a table of texts"),
        ("[explore]\nsliders = 5", "must be a list of settings"),
        ('[explore]\nsliders = "show.share"', "must be a list of settings"),
        ("[explore]\nsliders = [[1]]", "must be a list of settings"),
    ],
)
def test_faults_of_the_settings_are_named(folder, text, part):
    """What ``world.toml`` gets wrong is part of the one report."""
    (folder.path / "world.toml").write_text(text)
    found = folder.problems()
    assert part in found.loc[found["table"] == "world.toml", "message"].iloc[0]
