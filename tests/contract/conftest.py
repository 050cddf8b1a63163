"""The stranger's world, read and run once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import worlds

import scrapflow as sf


@pytest.fixture(scope="session")
def plain_folder(tmp_path_factory):
    """Return a world folder with the columns of DESIGN section 4 and one minimal campaign."""
    return worlds.write_world(tmp_path_factory.mktemp("contract") / "plain")


@pytest.fixture(scope="session")
def plain(plain_folder):
    """Return that world, read."""
    return sf.read_world(plain_folder)


@pytest.fixture(scope="session")
def plain_run(plain):
    """Return its campaign, run."""
    return sf.run(plain, "2015")


@pytest.fixture
def make(tmp_path):
    """Return a function that writes and reads a variation of the world."""

    def read(name="varied", **changes):
        return sf.read_world(worlds.write_world(tmp_path / name, **changes))

    return read
