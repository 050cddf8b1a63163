"""A map in a notebook: from a choice to Python and back.

JupyterLab, its kernel and a headless Chromium on one machine. A place is chosen on the map; a function that observes
`w.selection` in Python sets the months in answer; the time is that until the second frame after the map shows them. A figure
is as good as the machine: the last column is `import geopandas, folium` in the same run. Wanted at the 95th percentile: 150 ms,
and 300 ms with 50,000 flows. The last row is the floor: a widget that draws nothing, whose number Python says back, in the
same JupyterLab until the second frame after its answer.
"""

from __future__ import annotations

import numpy as np
from lab import figures, lab, opened, shown

from maps import chromium

EVENTS, FIRST = 60, 5
_RUN = """import scrapflow as sf
w = sf.explore(sf.run(sf.read_world()))
"""
_MANY = """import numpy as np, pandas as pd, scrapflow as sf
rng = np.random.default_rng(0)
n, places = 50_000, 2_000
pairs = rng.choice(places * places, n, replace=False)
at = pd.DataFrame({"id": [f"p{i}" for i in range(places)], "lon": rng.uniform(124.5, 130.5, places), "lat": rng.uniform(38, 42.5, places)})
flows = pd.DataFrame({"from": at.id.to_numpy()[pairs // places], "to": at.id.to_numpy()[pairs % places],
    "tonnes": rng.lognormal(2, 1, n), "month": [f"2015-{m:02d}" for m in rng.integers(1, 13, n)]})
w = sf.explore(sf.run_from(flows, at))
"""
_ANSWERS = """
seen = []
def answer(change):
    seen.append(change.new)
    w.periods = w.run.periods["period"].iloc[1 + len(seen) % 2]
w.observe(answer, "selection")
w
"""
_ECHO = """import anywidget, traitlets
class Echo(anywidget.AnyWidget):
    _esm = "export default { render({ model, el }) { el.classList.add('echo'); el.model = model; } };"
    said = traitlets.Int().tag(sync=True)
    answer = traitlets.Int().tag(sync=True)
w = Echo()
w.observe(lambda change: setattr(w, "answer", change.new), "said")
w
"""
_SAY = """({ model }, i) => new Promise((done) => {
  const start = performance.now();
  const heard = () => {
    model.off("change:answer", heard);
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
  };
  model.on("change:answer", heard);
  model.set("said", i);
  model.save_changes();
})"""
_CHOOSE = """(root, i) => new Promise((done, failed) => {
  setTimeout(() => failed(new Error("no answer from Python")), 20000);
  const app = root.scrapflow;
  const before = app.state.from;
  const start = performance.now();
  const look = () => {
    if (app.state.from === before) return;
    root.removeEventListener("scrapflow", look);
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
  };
  root.addEventListener("scrapflow", look);
  app.focusOn([i]);
})"""


def choices(browser, address: str, title: str, work: str, wanted: float) -> dict[str, str | float]:
    """Choose places on the map, each answered by Python; the first ones are not counted."""
    with opened(browser, address, title) as (page, root, elsewhere):
        count = root.evaluate("(root) => root.scrapflow.run.nodes.id.length")
        chosen = np.random.default_rng(1).choice(count, EVENTS + FIRST, replace=count < EVENTS + FIRST).tolist()
        times = []
        for i in chosen:
            times.append(root.evaluate(_CHOOSE, i))
            page.wait_for_timeout(50)
        return figures(work, times[FIRST:], elsewhere, wanted)


def echoes(browser, address: str, title: str) -> dict[str, str | float | None]:
    """Say numbers to a widget that says them back; the first ones are not counted."""
    with shown(browser, address, title) as (page, elsewhere):
        widget = page.locator(".echo")
        widget.wait_for(state="attached", timeout=120_000)
        page.wait_for_timeout(1500)
        times = []
        for i in range(1, EVENTS + FIRST + 1):
            times.append(widget.evaluate(_SAY, i))
            page.wait_for_timeout(50)
        row = figures("a widget that echoes a number: the floor", times[FIRST:], elsewhere, float("nan"))
        return row | {"wanted, ms": None}


def rows() -> list[dict[str, str | float | None]]:
    """Measure the choices and the floor."""
    books = {"chosen": _RUN + _ANSWERS, "many": _MANY + _ANSWERS, "echo": _ECHO}
    with chromium() as browser, lab(books) as address:
        return [
            choices(browser, address, "chosen", "a choice on dprk", 150.0),
            choices(browser, address, "many", "a choice among 50,000 flows", 300.0),
            echoes(browser, address, "echo"),
        ]
