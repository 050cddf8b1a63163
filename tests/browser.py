"""A real browser for the tests: found on the machine, started without any network, watched for every complaint."""

from __future__ import annotations

import re
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
]


def find_firefox() -> str:
    """Return the path of an installed Firefox; the second browser is looked at only where it is there."""
    found = shutil.which("firefox-esr") or shutil.which("firefox")
    if found is None:
        pytest.skip("no Firefox found; Debian: apt-get install firefox-esr")
    return found


@dataclass
class Watched:
    """A page and everything it complained of or asked for."""

    page: Any
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def open(self, path: Path, hash_: str = "", *, ready: str = "[data-ready]") -> Any:
        """Open a file and wait until the map is drawn."""
        self.page.goto(path.resolve().as_uri() + hash_)
        self.page.wait_for_selector(ready, state="attached", timeout=30000)
        return self.page

    def clean(self) -> bool:
        """Tell whether nothing was asked of the network and nothing went wrong."""
        assert self.complaints == []
        assert self.requests == []
        return True


@contextmanager
def watched(browser: Any, width: int = 1280, height: int = 800, **options: Any) -> Iterator[Watched]:
    """Open a page without network and collect errors, console messages, policy violations and requests."""
    context = browser.new_context(viewport={"width": width, "height": height}, offline=True, **options)
    page = context.new_page()
    watch = Watched(page)
    page.on("pageerror", lambda e: watch.complaints.append(f"error: {e}"))
    page.on(
        "console", lambda m: watch.complaints.append(f"{m.type}: {m.text}") if m.type in ("error", "warning") else None
    )
    page.on(
        "request",
        lambda r: None if r.url.startswith(("file:", "data:", "blob:", "about:")) else watch.requests.append(r.url),
    )
    try:
        yield watch
    finally:
        context.close()


def number(text):
    """Read a number as the page writes it; a dash is nothing."""
    return float(re.sub(r"[^\d.]", "", text) or 0)


def near(value):
    """Return what a number on the page must be: the value in two figures."""
    return pytest.approx(value, rel=0.051, abs=0.0051)


def figures(page):
    """Return the four numbers of the page."""
    return [number(t) for t in page.locator(".sf-figure dd b").all_text_contents()]


def legend(page):
    """Return the legend's tonnes by kind."""
    names = page.locator(".sf-legend .sf-list").first.locator("li span").all_text_contents()
    values = page.locator(".sf-legend .sf-list").first.locator("li b").all_text_contents()
    return {name: number(v) for name, v in zip(names, values, strict=True)}


def state(page, expression):
    """Evaluate an expression on the page's own objects, which it keeps on its root element."""
    return page.evaluate(f"() => {{ const app = document.querySelector('.sf-app').scrapflow; return {expression}; }}")


def wait(page, condition):
    """Wait until a condition holds; the policy forbids Playwright's own way, which evaluates text on the page."""
    for _ in range(60):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"still not so: {condition}")
