"""The same script in Chromium and in Firefox: opens alone, tells the totals, follows filter and months, finds, counts."""

from __future__ import annotations

import re
from contextlib import contextmanager

import pytest
from browser import near, watched
from firefox import firefox

import scrapflow as sf
from scrapflow.views.maps import map_flows, save_map
from scrapflow.views.sentences import two

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def real():
    """Return the run of the embedded world."""
    return sf.run(sf.read_world())


@pytest.fixture(scope="module")
def real_file(real, tmp_path_factory):
    """Return the file of its map."""
    return save_map(map_flows(real), tmp_path_factory.mktemp("real") / "map.html")


class Chromium:
    """What the script does, in Playwright's words; ``firefox.Firefox`` says the same in BiDi's."""

    def __init__(self, watch):
        self.watch, self.page = watch, watch.page
        self.complaints, self.requests = watch.complaints, watch.requests
        self.open, self.evaluate = watch.open, self.page.evaluate
        self.click, self.write = self.page.click, self.page.fill

    def press(self, *keys):
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)


@contextmanager
def chromium_page(request):
    """Open a page of the Chromium that all tests share."""
    with watched(request.getfixturevalue("browser")) as watch:
        yield Chromium(watch)


@contextmanager
def firefox_page(request):
    """Open a page of a Firefox of its own."""
    with firefox(request.getfixturevalue("tmp_path")) as page:
        yield page


def texts(page, selector):
    """Return what the elements of a selector say."""
    return page.evaluate(f"() => [...document.querySelectorAll({selector!r})].map((e) => e.innerText)")


def figures(page):
    """Return the four numbers."""
    return [float(re.sub(r"[^\d.]", "", t)) for t in texts(page, ".sf-figure dd b")]


@pytest.mark.parametrize("opened", [chromium_page, firefox_page], ids=["chromium", "firefox"])
def test_a_person_reads_filters_searches_and_counts(request, real, real_file, opened):
    """Totals are the run's; a month, a filter, two spellings of a name and the table do what they say; nothing is asked."""
    kinds = real.movements.groupby("kind")["tonnage_t"].sum()
    with opened(request) as page:
        page.open(real_file)

        asked, carted, diverted, received = whole = figures(page)
        assert asked == near(real.accounts["quota_t"].sum())
        assert carted == near(kinds["carted"])
        assert diverted == near(kinds["returned"] + kinds["looted"])
        assert received == near(kinds["shipped"])
        assert two(kinds["shipped"]) in texts(page, ".sf-headline")[0]

        page.evaluate("() => document.querySelector('.sf-from').focus()")
        page.press("ArrowRight")
        first = real.movements["period"].min()
        later = real.movements[(real.movements["kind"] == "carted") & (real.movements["period"] > first)]
        assert figures(page)[1] == near(later["tonnage_t"].sum())
        page.click(".sf-all")
        assert figures(page) == whole

        page.click(".sf-filters summary")
        wait(page, "() => document.querySelector('[data-key=\"kind:looted\"]') !== null")
        page.click('[data-key="kind:looted"]')
        assert figures(page)[2] == near(kinds["returned"])
        page.click('[data-key="reset"]')
        assert figures(page) == whole

        for spelling in ("강선", "Gangsun"):
            page.write(".sf-search", spelling)
            page.press("Enter")
            assert "Kangsŏn" in texts(page, ".sf-detail h2")[0], spelling
            page.click(".sf-detail .sf-close")

        page.click('[data-key="top:table"]')
        page.click('[data-key="view:months"]')
        cells = [[c.strip() for c in row.split("\t")] for row in texts(page, ".sf-table-scroll tbody tr")]
        months = real.movements.pivot_table(index="period", columns="kind", values="tonnage_t", aggfunc="sum")
        heads = [t.strip(" ▼▲") for t in texts(page, ".sf-table-scroll thead th")]
        column = heads.index("by rail to the mills, t")
        shown = {row[0]: float(row[column].replace(",", "")) for row in cells}
        assert shown == near(months["shipped"].round().to_dict())

        assert page.complaints == []
        assert page.requests == []


def wait(page, condition):
    """Wait until a condition holds on the page."""
    assert page.evaluate(
        f"""async () => {{
            for (let i = 0; i < 100 && !({condition})(); i++) await new Promise((done) => setTimeout(done, 50));
            return ({condition})();
        }}"""
    )
