"""JupyterLab with a kernel and a headless Chromium, for what is measured of the map that talks back."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np


def yardstick() -> float:
    """Return the processor seconds of ``import geopandas, folium``: how fast the machine was during the run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", "import geopandas, folium"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def notebook(code: str) -> dict:
    """Return a notebook of one cell."""
    cell = {"cell_type": "code", "metadata": {}, "source": code, "outputs": [], "execution_count": None, "id": "one"}
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": [cell]}


@contextmanager
def lab(notebooks: dict[str, str]):
    """Start JupyterLab over notebooks in a folder that is gone afterwards; give its address."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        for title, code in notebooks.items():
            (home / f"{title}.ipynb").write_text(json.dumps(notebook(code)), encoding="utf-8")
        own = {f"JUPYTER_{k}_DIR": str(home / f".{k.lower()}") for k in ("CONFIG", "DATA", "RUNTIME")}
        own |= {
            "JUPYTERLAB_SETTINGS_DIR": str(home / ".settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(home / ".workspaces"),
        }
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--port=0", "--ip=127.0.0.1"]
        command += [f"--ServerApp.root_dir={home}", "--IdentityProvider.token=t", "--LabApp.news_url=None"]
        command += ["--LabApp.extension_manager=readonly"]
        log = home / ".log"
        with log.open("w") as out:
            server = subprocess.Popen(command, stdout=out, stderr=out, env={**os.environ, **own}, cwd=home)
            try:
                address = None
                while server.poll() is None and not address:
                    time.sleep(0.25)
                    address = re.search(r"http://127\.0\.0\.1:[1-9]\d*/lab", log.read_text())
                if not address:
                    raise RuntimeError(log.read_text()[-3000:])
                yield address.group(0)
            finally:
                server.terminate()
                server.wait(20)


@contextmanager
def chromium():
    """Start the browser that the tests use too."""
    from playwright.sync_api import sync_playwright

    path = next(p for name in ("chromium", "google-chrome", "chrome") if (p := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@contextmanager
def opened(browser, address: str, title: str):
    """Open a notebook and run its cell; give the page, the map's root and the addresses asked elsewhere."""
    with browser.new_context(viewport={"width": 1400, "height": 1000}) as context:
        page = context.new_page()
        elsewhere: list[str] = []
        here = (address.rsplit("/", 1)[0], "data:", "blob:", "about:")
        page.on("request", lambda r: None if r.url.startswith(here) else elsewhere.append(r.url))
        page.goto(f"{address}/tree/{title}.ipynb?token=t&reset")
        page.wait_for_selector("text=/Python 3 .*Idle/", timeout=120_000)
        page.locator(".jp-CodeCell").first.locator(".jp-InputPrompt").click()
        page.keyboard.press("Shift+Enter")
        frame = page.locator("iframe.scrapflow-frame")
        frame.wait_for(timeout=300_000)
        root = page.frame_locator("iframe.scrapflow-frame").locator(".sf-app[data-ready]")
        root.wait_for(timeout=300_000)
        page.wait_for_selector("[class^=scrapflow-still]", state="attached", timeout=300_000)
        frame.scroll_into_view_if_needed()
        page.wait_for_timeout(1500)
        yield page, root, elsewhere


def figures(work: str, times: list[float], elsewhere: list[str], wanted: float) -> dict[str, str | float]:
    """Return a row of the table: quantiles of times in ms beside what is wanted, and requests elsewhere."""
    p50, p95 = (float(np.percentile(times, q)) for q in (50, 95))
    return {
        "work": work,
        "events": len(times),
        "median, ms": p50,
        "p95, ms": p95,
        "wanted, ms": wanted,
        "requests elsewhere": len(elsewhere),
        "import geopandas, folium, processor s": yardstick(),
    }
