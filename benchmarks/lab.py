"""JupyterLab with a kernel, opened in a browser, for what is measured of the map that talks back."""

from __future__ import annotations

import json
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from command_line import seconds
from lab_server import serving


def notebook(code: str) -> dict:
    """Return a notebook of one cell."""
    cell = {"cell_type": "code", "metadata": {}, "source": code, "outputs": [], "execution_count": None, "id": "one"}
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": [cell]}


@contextmanager
def lab(notebooks: dict[str, str]):
    """Start JupyterLab over notebooks in a folder that is gone afterwards; give its address."""
    with tempfile.TemporaryDirectory() as name:
        for title, code in notebooks.items():
            (Path(name) / f"{title}.ipynb").write_text(json.dumps(notebook(code)), encoding="utf-8")
        with serving(Path(name)) as address:
            yield address


@contextmanager
def shown(browser, address: str, title: str):
    """Open a notebook and run its cell; give the page and the addresses asked elsewhere."""
    with browser.new_context(viewport={"width": 1400, "height": 1000}) as context:
        page = context.new_page()
        elsewhere: list[str] = []
        here = (address.rsplit("/", 1)[0], "data:", "blob:", "about:")
        page.on("request", lambda r: None if r.url.startswith(here) else elsewhere.append(r.url))
        page.goto(f"{address}/tree/{title}.ipynb?token=t&reset")
        page.wait_for_selector("text=/Python 3 .*Idle/", timeout=120_000)
        page.locator(".jp-CodeCell").first.locator(".jp-InputPrompt").click()
        page.keyboard.press("Shift+Enter")
        yield page, elsewhere


@contextmanager
def opened(browser, address: str, title: str):
    """Open a notebook with a map in it; give the page, the map's root and the addresses asked elsewhere."""
    with shown(browser, address, title) as (page, elsewhere):
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
        "import geopandas, folium, processor s": seconds([sys.executable, "-c", "import geopandas, folium"]),
    }
