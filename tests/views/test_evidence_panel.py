"""The panel of what was seen: it is there for runs that were weighed, tells what was used, and marks where to look next."""

from __future__ import annotations

import re

from browser import watched

from scrapflow.views.maps import map_flows, save_map


def test_the_panel_tells_and_marks(browser, weighed, tmp_path):
    """Reports with their trust and what they exclude, what assumptions learned, the next things numbered; marks at a button and by address."""
    file = save_map(map_flows(weighed), tmp_path / "weighed.html")
    with watched(browser) as watch:
        page = watch.open(file)
        assert "before what was seen" in page.inner_text(".sf-cards")
        page.click("button:has-text('What was seen')")
        panel = page.inner_text(".sf-sheet-evidence")
        assert "little" in panel
        assert "excludes and is excluded by “much”" in panel
        assert "little handed over: 45 t" in panel
        assert "delivered_t" not in panel
        assert "1 pile at Vale Yard" in panel
        assert "2 wagons at" in panel
        assert "wagons on rail_far" not in panel
        assert "takes away 30" in panel
        before = page.screenshot()
        page.click("button:has-text('Show on the map where')")
        assert page.is_hidden(".sf-sheet-evidence")
        marked = page.screenshot()
        assert marked != before
        told = page.inner_text(".sf-legend .sf-signs li:first-child[data-sign=next]")
        assert "would narrow “received by mills”" in told
        page.wait_for_url(re.compile("#.*next=1"))
        address = page.evaluate("location.hash")
        page.evaluate("location.hash = '#lang=en'")
        page.wait_for_selector(".sf-legend [data-sign=next]", state="detached")
        page.wait_for_url(re.compile("#v="))
        page.evaluate("address => { location.hash = address }", address)
        page.wait_for_selector(".sf-legend [data-sign=next]")
        assert page.screenshot() != before
        assert watch.clean()
