"""What all tests share: the two worlds, one run of each, a browser, and settings that make every test repeatable."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from scrapflow.runs import Run
    from scrapflow.world.world import World

os.environ.setdefault("MPLBACKEND", "Agg")

settings.register_profile("fixed", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("fixed")

ROOT = Path(__file__).parents[1]
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_MAC_CHROME = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


@pytest.fixture(scope="session")
def root() -> Path:
    """Folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def toy() -> World:
    """Six nodes, drawn by hand: every number can be checked on paper."""
    import scrapflow as sf

    return sf.read_world("toy")


@pytest.fixture(scope="session")
def toy_run(toy: World) -> Run:
    """The toy's default campaign in expected mode."""
    import scrapflow as sf

    return sf.run(toy)


@pytest.fixture(scope="session")
def dprk() -> World:
    """The real world, as embedded."""
    import scrapflow as sf

    return sf.read_world("dprk")


@pytest.fixture(scope="session")
def dprk_run(dprk: World) -> Run:
    """The campaign of 2015 in expected mode."""
    import scrapflow as sf

    return sf.run(dprk, "2015")


@pytest.fixture(scope="session")
def chrome() -> str:
    """Path of an installed Chrome or Chromium; without one the test is skipped, in CI it fails."""
    named = os.environ.get("SCRAPFLOW_CHROME")
    found = named or next((path for name in _BROWSERS if (path := shutil.which(name))), None)
    if found is None and Path(_MAC_CHROME).exists():
        found = _MAC_CHROME
    if found is None:
        why = "no Chrome or Chromium found: install one, or name it in SCRAPFLOW_CHROME"
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    return found
