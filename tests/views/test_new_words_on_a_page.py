"""Kinds and materials that only the tables declare, and a panel added by its list, are on the page of the map: the script names none."""

from __future__ import annotations

import re
import shutil

import pytest
from browser import legend, watched

from tests.vocabulary.test_new_words import KIND, SOLD_ON, in_package, package

pytestmark = pytest.mark.browser
__all__ = ["package"]
COLOUR = re.compile("#[0-9a-f]{6}").search(KIND)[0]
DRAWN = """
from scrapflow.views.maps import map_flows, save_map
save_map(map_flows(run), "sold_on.html")
"""


def test_a_declared_kind_is_in_the_legend_the_filters_and_the_numbers_of_the_page(package, browser):
    """Two tonnes sold on have a row with their colour, count among what left the chain, and can be filtered by kind and material."""
    done = in_package(package, SOLD_ON + DRAWN)
    assert done.returncode == 0, done.stderr
    with watched(browser) as watch:
        page = watch.open(package / "sold_on.html")
        assert legend(page)["sold on"] == 2.0
        kinds = page.evaluate(
            "document.querySelector('.sf-app').scrapflow.run.kinds.map((k) => [k.name, k.colour, k.diverted])"
        )
        assert ["resold", COLOUR, True] in kinds
        assert (
            page.evaluate("document.querySelector('.sf-app').scrapflow.run.materials.map((m) => m.name)")[-1] == "tin"
        )
        for filters in ({"kind": ["resold"]}, {"material": ["tin"]}):
            shown = page.evaluate(
                """(filters) => {
                    const app = document.querySelector('.sf-app').scrapflow;
                    app.reset();
                    for (const [name, words] of Object.entries(filters))
                        app.set({ filter: { ...app.state.filter, [name]: new Set(words) } });
                    return Array.from(app.view.shown.result.byKind);
                }""",
                filters,
            )
            assert {k[0]: v for k, v in zip(kinds, shown, strict=True) if v} == {"resold": 2.0}
        assert watch.clean()


PANEL = """/** The panel that greets. */

import { el, fill } from "./dom.js";
import { sheet } from "./sheet.js";

/** @param {App} app @returns {Part} */
export function helloView(app) {
	return sheet(app, "hello", ({ body }) => fill(body, el("p", app.run.hello)));
}
"""


def test_a_panel_added_by_its_list_has_a_button_a_place_in_the_address_and_a_key(package, browser):
    """A script, an entry in the table of panels, words and what it shows: the address opens it, Escape closes it, its button opens it."""
    views = package / "scrapflow" / "views"
    assets = views / "assets"
    kept = assets.resolve()
    assets.unlink()
    shutil.copytree(kept, assets)
    (assets / "hello.js").write_text(PANEL, encoding="utf-8")
    for file, before, added in (
        (assets / "panels.js", "import { tableView", 'import { helloView } from "./hello.js";\n'),
        (assets / "panels.js", "\tabout: {", "\thello: { make: helloView, has: (run) => Boolean(run.hello) },\n"),
        (views / "labels.csv", "about.title,", "hello.title,Hello,안녕\nhello.button,Hello,안녕\n"),
        (views / "map_payload.py", '        "places": shown["places"],', '        "hello": "good day",\n'),
    ):
        text = file.read_text("utf-8")
        assert text.count(before) == 1
        file.write_text(text.replace(before, added + before), encoding="utf-8")
    done = in_package(package, SOLD_ON + DRAWN)
    assert done.returncode == 0, done.stderr
    with watched(browser) as watch:
        page = watch.open(package / "sold_on.html", "#panel=hello")
        panel = page.locator(".sf-sheet-hello")
        assert panel.inner_text().split("\n")[-1] == "good day"
        page.keyboard.press("Escape")
        assert panel.is_hidden()
        page.get_by_role("button", name="Hello").click()
        assert panel.is_visible()
        assert "panel=hello" in page.evaluate("location.hash")
        assert watch.clean()
