"""Photograph the maps: each world, size, language and view as a picture, into out/sheets/, to be looked at.

Run with ``make sheets``, or ``python scripts/sheets.py toy --size wide --lang en`` for some of them.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

OUT = Path(__file__).parents[1] / "out" / "sheets"
SIZES = {"wide": (1440, 900), "zoomed": (720, 450), "phone": (390, 844)}
"""Windows: a laptop, the same at 200 % zoom, a phone."""
LANGUAGES = ("en", "ko")
PAGES = {
    "dprk": ["map", "dprk", "--campaign", "2015", "--members", "20"],
    "brazil": ["map", "brazil"],
    "toy": ["map", "toy"],
    "compare": ["compare", "2012", "2015", "--world", "dprk"],
}
"""Each page, and the command that draws it."""
APP = "const app = document.querySelector('.sf-app').scrapflow;"
PANELS = ("claims", "table", "about", "share")


class View(NamedTuple):
    """One photograph: what is done on the page before it is taken."""

    name: str
    script: str = ""
    paper: bool = False


def views(steps: int, places: int) -> Iterator[View]:
    """Yield the views of a run's page."""
    yield View("first")
    for step in range(steps):
        yield View(f"story-{step + 1}", f"{APP} app.tell(); for (let i = 0; i < {step}; i++) next();")
    for panel in PANELS:
        yield View(f"panel-{panel}", f"{APP} app.open('{panel}')")
    yield View("month", f"{APP} app.set({{from: 1, to: 1}})")
    yield View(
        "home", f"{APP} app.set({{filter: {{...app.startState().filter, kind: new Set(['returned', 'looted'])}}}})"
    )
    if places:
        yield View(
            "place",
            f"{APP} const i = app.yards.reduce((a, b) => app.view.shown.values.arrived[b] > app.view.shown.values.arrived[a] ? b : a);"
            " app.focusOn([i]); app.flyTo([i], 9)",
        )
        yield View(
            "fan",
            f"{APP} const g = app.view.groups.flatMap((r) => r.parts).flatMap((c) => c.parts)"
            ".reduce((a, b) => (b.nodes.length > a.nodes.length && b.nodes.length < 25 ? b : a));"
            " app.flyTo([g.nodes[0]], 11); app.select({type: 'nodes', nodes: g.nodes, group: g, fan: g})",
        )
    yield View("print", paper=True)


NEXT = "const next = () => document.querySelector('[data-key=\"story:next\"]').click();"


def photograph(page: Any, view: View, target: Path) -> None:
    """Do what a view asks for and take its picture."""
    if view.script:
        page.evaluate(f"() => {{ {NEXT} {view.script} }}")
        page.wait_for_timeout(250)
    if view.paper:
        pdf = target.with_suffix(".pdf")
        page.pdf(path=str(pdf), prefer_css_page_size=True, print_background=True)
        if shutil.which("pdftoppm"):
            subprocess.run(["pdftoppm", "-r", "60", "-png", str(pdf), str(target.with_suffix(""))], check=True)
        return
    page.screenshot(path=str(target))


def sheets(names: list[str], sizes: list[str], languages: list[str], only: str, out: Path) -> int:
    """Draw the pages that are not there yet, and photograph every view of them."""
    from playwright.sync_api import sync_playwright

    chrome = os.environ.get("SCRAPFLOW_CHROME") or shutil.which("chromium") or shutil.which("google-chrome")
    taken = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chrome, args=["--no-sandbox", "--disable-gpu"])
        for name in names:
            html = out / f"{name}.html"
            if not html.exists():
                subprocess.run([sys.executable, "-m", "scrapflow", *PAGES[name], "-o", str(html)], check=True)
            for size in sizes:
                for lang in languages:
                    taken += _of_page(browser, html, size, lang, only, out)
        browser.close()
    return taken


def _of_page(browser: Any, html: Path, size: str, lang: str, only: str, out: Path) -> int:
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, offline=True)

    def fresh() -> Any:
        page = context.new_page()
        page.on("pageerror", lambda error: print(f"{html.stem} {size} {lang}: {error}", file=sys.stderr))
        page.goto(f"{html.resolve().as_uri()}#lang={lang}")
        page.wait_for_selector("[data-ready]", state="attached", timeout=20000)
        page.wait_for_timeout(200)
        return page

    page = fresh()
    if html.stem == "compare":
        todo: list[View] = [View("first"), View("print", paper=True)]
    else:
        steps, places = page.evaluate(f"() => {{ {APP} return [app.run.story.length, app.yards.length]; }}")
        todo = list(views(steps, places))
    page.close()
    chosen = [view for view in todo if only in view.name]
    for view in chosen:
        page = fresh()
        photograph(page, view, out / f"{html.stem}-{size}-{lang}-{view.name}.png")
        page.close()
    context.close()
    return len(chosen)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", metavar="page", help=f"some of {', '.join(PAGES)}; all if none is named")
    parser.add_argument("--size", action="append", choices=list(SIZES))
    parser.add_argument("--lang", action="append", choices=list(LANGUAGES))
    parser.add_argument("--only", default="", help="views whose names hold this")
    parser.add_argument("--out", type=Path, default=OUT)
    chosen = parser.parse_args()
    names = chosen.pages or list(PAGES)
    if unknown := set(names) - set(PAGES):
        parser.error(f"no page {', '.join(sorted(unknown))}; there are {', '.join(PAGES)}")
    chosen.out.mkdir(parents=True, exist_ok=True)
    sizes, languages = chosen.size or list(SIZES), chosen.lang or list(LANGUAGES)
    print(f"{sheets(names, sizes, languages, chosen.only, chosen.out)} pictures in {chosen.out}")


if __name__ == "__main__":
    main()
