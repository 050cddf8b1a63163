"""One browser for all tests of the views, and the maps they look at."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from browser import CHROMES, FLAGS, find  # noqa: E402
from fake import fake_run  # noqa: E402


@pytest.fixture(scope="session")
def chrome():
    """Return a running headless Chromium."""
    sync_api = pytest.importorskip("playwright.sync_api")
    path = find(CHROMES, "Chrome or Chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def run():
    """Return a made-up run of forty places and six months."""
    return fake_run()


@pytest.fixture(scope="session")
def map_file(run, tmp_path_factory):
    """Return the file of the map of the made-up run."""
    from scrapflow.views.maps import map_flows, save_map

    return save_map(map_flows(run), tmp_path_factory.mktemp("maps") / "fake.html")
