"""The maps that the tests of the views look at."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from browser import watched
from fake import fake_run


@pytest.fixture(scope="session")
def run():
    """Return a made-up run of forty places and six months."""
    return fake_run()


@pytest.fixture(scope="session")
def map_file(run, tmp_path_factory):
    """Return the file of the map of the made-up run."""
    from scrapflow.views.maps import map_flows, save_map

    return save_map(map_flows(run), tmp_path_factory.mktemp("maps") / "fake.html")


@pytest.fixture
def page(browser, map_file):
    """Return the opened map; at the end nothing may have been asked of the network, and nothing complained of."""
    with watched(browser) as watch:
        yield watch.open(map_file)
        assert watch.clean()
