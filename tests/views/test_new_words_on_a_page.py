"""A kind of movement and a material that only the tables declare are on the page of the map too: the script names none."""

from __future__ import annotations

import re

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
