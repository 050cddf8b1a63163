"""What all tests share: the two worlds, one run of each, a browser, and settings that make every test repeatable."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))

from browser import FLAGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

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


@pytest.fixture(scope="session")
def browser(chrome: str) -> Iterator[Browser]:
    """Return a running headless Chromium: one for the whole session, as two Playwrights in one process refuse to start."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chrome, args=FLAGS)
        yield running
        running.close()


def _postgres() -> Path | None:
    """Return the folder of PostgreSQL's programs where PostGIS is there too."""
    homes = [p.parent for p in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    homes += [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    for home in sorted((h for h in homes if (h / "pg_config").exists()), reverse=True):
        share = subprocess.run([home / "pg_config", "--sharedir"], capture_output=True, text=True, check=False).stdout
        if (Path(share.strip()) / "extension" / "postgis.control").exists():
            return home
    return None


@pytest.fixture(scope="session")
def postgis() -> Iterator[Callable[[str], str]]:
    """Start a PostgreSQL with PostGIS on a socket of its own; gives the address of a schema by its name."""
    home = _postgres()
    if home is None:
        why = "no PostgreSQL with PostGIS found: sh scripts/system_packages.sh installs it on Debian"
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # short: a socket's path has 107 letters
    # The server refuses to run as root.
    user = "postgres" if os.getuid() == 0 else None
    if user:
        shutil.chown(folder, user)

    def call(*command: str | Path) -> None:
        subprocess.run(command, check=True, user=user, stdout=subprocess.DEVNULL, cwd=folder)

    call(home / "initdb", "-D", folder / "data", "-A", "trust", "-U", "me", "-E", "UTF8", "--no-sync")
    options = f"-k {folder} -c listen_addresses= -c fsync=off"
    call(home / "pg_ctl", "-D", folder / "data", "-o", options, "-l", folder / "log", "-w", "start")
    try:
        yield lambda schema: f"postgresql://me:hush-hush@/postgres?host={folder}&schema={schema}"
    finally:
        call(home / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
