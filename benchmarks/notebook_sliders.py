"""A map in a notebook: from a slider to what is painted.

JupyterLab, its kernel and a headless Chromium on one machine. One slider at a time is put at random, the model runs in the
kernel; the time is that until the second frame after the map of that run is drawn. Every move is a case that was not run
before, and follows the picture of the one before. A figure is as good as the machine: the last column is
`import geopandas, folium` in the same run. Wanted at the 95th percentile: 400 ms, and 1.5 s on `brazil`, whose known tonnes are
routed anew.
"""

from __future__ import annotations

import numpy as np
from lab import figures, lab, opened

from maps import chromium

EVENTS, FIRST = 40, 6
_STEERED = """import scrapflow as sf
w = sf.explore(sf.read_world("{world}"))
w
"""
_MOVE = """(el, [i, at]) => new Promise((done, failed) => {
  setTimeout(() => failed(new Error("no run was painted")), 60000);
  const input = el.querySelectorAll("input.scrapflow-range")[i];
  const start = performance.now();
  const watching = new MutationObserver(() => {
    if (el.dataset.answered !== el.dataset.asked) return;
    watching.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
  });
  input.value = at;
  input.dispatchEvent(new Event("input"));
  watching.observe(el, { attributes: true });
})"""


def rows() -> list[dict[str, str | float]]:
    """Move sliders at random, of a campaign and of known tonnes."""
    return [moved("dprk", 400.0), moved("brazil", 1500.0)]


def moved(world: str, wanted: float) -> dict[str, str | float]:
    """Move the sliders of a world one after another; the first moves are not counted."""
    with (
        chromium() as browser,
        lab({"steered": _STEERED.format(world=world)}) as address,
        opened(browser, address, "steered") as (page, _, elsewhere),
    ):
        el = page.locator(".scrapflow-explore").first
        count = page.locator("input.scrapflow-range").count()
        rng = np.random.default_rng(2)
        times = []
        for n in range(EVENTS + FIRST):
            times.append(el.evaluate(_MOVE, [n % count, int(rng.integers(0, 201))]))
            page.wait_for_timeout(100)
        return figures(f"a slider on {world}", times[FIRST:], elsewhere, wanted)
