"""Where maps are put: a frame that may run scripts and nothing else, and a notebook that was made a page."""

from __future__ import annotations

import pytest
from browser import watched

from scrapflow.views.maps import map_flows

pytestmark = pytest.mark.browser


def test_a_frame_that_may_only_run_scripts_shows_the_map(browser, map_file, tmp_path):
    """In a sandbox without an origin, as blogs and editors have it, the map works and complains of nothing."""
    host = tmp_path / "host.html"
    frame = f'<iframe sandbox="allow-scripts" src="{map_file.as_uri()}" width="1200" height="700"></iframe>'
    host.write_text(f"<!doctype html><meta charset=utf-8><body>{frame}</body>", encoding="utf-8")
    with watched(browser) as watch:
        watch.page.goto(host.as_uri())
        frame = watch.page.frame_locator("iframe")
        frame.locator(".sf-app[data-ready]").wait_for(state="attached", timeout=30000)
        frame.locator('[data-key="top:story"]').click()
        assert frame.locator(".sf-story .sf-name").inner_text()
        frame.locator('[data-key="top:share"]').click()
        assert frame.locator(".sf-sheet-share").is_visible()
        assert watch.clean()


def test_a_notebook_made_a_page_by_nbconvert_shows_the_map(browser, run, tmp_path):
    """What a cell shows is in the page that nbconvert writes, as a frame with the whole map."""
    nbconvert = pytest.importorskip("nbconvert")
    nbformat = pytest.importorskip("nbformat")
    shown = nbformat.v4.new_output("display_data", data={"text/html": map_flows(run)._repr_html_()})
    cell = nbformat.v4.new_code_cell("m", outputs=[shown])
    page, _ = nbconvert.HTMLExporter().from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
    path = tmp_path / "notebook.html"
    path.write_text(page, encoding="utf-8")
    with watched(browser) as watch:
        # nbconvert's own page asks for its libraries, which is not ours to hold against the map
        watch.page.goto(path.as_uri(), wait_until="commit")
        frame = watch.page.frame_locator("iframe")
        frame.locator(".sf-app[data-ready]").wait_for(state="attached", timeout=30000)
        assert "t of steel were asked for" in frame.locator(".sf-headline").inner_text()
