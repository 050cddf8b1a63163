"""A notebook in the program people open it with: JupyterLab, in a real browser, shows the map."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SERVING = runpy.run_path(str(ROOT / "benchmarks" / "lab_server.py"))["serving"]
_ASKED = """# %%
import scrapflow as sf

w = sf.explore(sf.run(sf.read_world()))
w

# %%
print("chosen", "yard_sunchon" in w.selection, round(w.flows.total_t, 3), w.flows.kinds)

# %%
w.filters = {"material": "machinery"}
print("asked", round(w.flows.total_t, 3), round(w.run.flows.kind("shipped").from_("yard_sunchon").of("machinery").total_t, 3))
"""

_STEERED = """# %%
import scrapflow as sf

s = sf.explore(sf.read_world("toy"), "2015", settings=["quota.headcount.kg"], height=500)
s

# %%
print("steered", s.values, round(s.run.totals().quota_t, 6), s.inputs)
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a JupyterLab over a folder that holds the tour."""
    jupytext = pytest.importorskip("jupytext")
    pytest.importorskip("jupyterlab")
    home = tmp_path_factory.mktemp("lab")
    jupytext.write(jupytext.read(ROOT / "notebooks" / "1_tour.py"), home / "tour.ipynb")
    asked = jupytext.reads(_ASKED, fmt="py:percent")
    asked.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    jupytext.write(asked, home / "ask.ipynb")
    steered = jupytext.reads(_STEERED, fmt="py:percent")
    steered.metadata["kernelspec"] = asked.metadata["kernelspec"]
    jupytext.write(steered, home / "steer.ipynb")
    with SERVING(home) as address:
        yield address


@pytest.mark.slow
@pytest.mark.browser
def test_jupyterlab_shows_the_map(lab, browser):
    """All cells run from the menu; the map appears in the page, drawn, with its flows."""
    with browser.new_context(viewport={"width": 1400, "height": 1000}) as context:
        page = context.new_page()
        _open(page, lab, "tour")
        page.click("text=Run >> nth=0")
        page.click("text=Run All Cells")
        page.wait_for_selector(".jp-OutputArea-output iframe", state="attached", timeout=120_000)
        inside = page.frame_locator(".jp-OutputArea-output iframe")
        for _ in range(60):
            # The notebook moves while its outputs arrive, and a map out of sight is drawn when it comes into sight.
            page.locator(".jp-OutputArea-output iframe").evaluate("e => e.scrollIntoView({block: 'center'})")
            if inside.locator("[data-ready]").count():
                break
            page.wait_for_timeout(1000)
        assert inside.locator("[data-ready]").count()
        assert "t of steel were asked for" in inside.locator("body").inner_text()
        box = inside.locator(".leaflet-container").bounding_box()
        assert box["width"] > 200
        assert box["height"] > 200
        assert page.locator(".jp-OutputArea-output[data-mime-type*='stderr']").count() == 0


_AT = """async (root) => {
  const app = root.scrapflow;
  const i = app.run.nodes.index.get("yard_sunchon");
  app.flyTo([i], 10);
  await new Promise((done) => setTimeout(done, 400));
  const { x, y } = app.view.shown.hits.find((hit) => hit.type === "place" && hit.sign.nodes.includes(i));
  const canvas = root.querySelector(".sf-flows").getBoundingClientRect();
  return [canvas.x + x, canvas.y + y];
}"""


def _run_cell(page, number: int) -> str:
    """Run a cell as a person does, and return what it printed."""
    cell = page.locator(".jp-CodeCell").nth(number)
    cell.locator(".jp-InputPrompt").click()
    page.keyboard.press("Shift+Enter")
    cell.locator(".jp-OutputArea-output").first.wait_for(timeout=120_000)
    return cell.locator(".jp-OutputArea-output").first.inner_text()


def _open(page, lab, name):
    """Open a notebook, and wait until its kernel is there."""
    page.goto(f"{lab}/tree/{name}.ipynb?token=t&reset")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
    page.wait_for_selector("text=/Python 3 .*Idle/", timeout=60_000)


def _first_map(page):
    """Run the first cell; return the map that it shows, when it is drawn."""
    page.locator(".jp-CodeCell").first.locator(".jp-InputPrompt").click()
    page.keyboard.press("Shift+Enter")
    root = page.frame_locator("iframe.scrapflow-frame").locator(".sf-app[data-ready]")
    root.wait_for(timeout=120_000)
    return root


def _tonnes(page) -> list[str]:
    """Return the tonnes of the legend, as the map in the notebook shows them."""
    return page.frame_locator("iframe.scrapflow-frame").locator(".sf-legend .sf-list").first.all_inner_texts()


@pytest.mark.slow
@pytest.mark.browser
def test_the_map_in_jupyterlab_talks_with_python(lab, browser):
    """A click on Sunch'ŏn reaches Python, a filter set in Python reaches the map; the saved notebook shows a map."""
    pytest.importorskip("anywidget")
    with browser.new_context(viewport={"width": 1400, "height": 1000}) as context:
        page = context.new_page()
        elsewhere: list[str] = []
        here = (lab.rsplit("/", 1)[0], "data:", "blob:", "about:")
        page.on("request", lambda r: None if r.url.startswith(here) else elsewhere.append(r.url))
        _open(page, lab, "ask")
        root, frame = _first_map(page), page.locator("iframe.scrapflow-frame")
        page.wait_for_selector("[class^=scrapflow-still]", state="attached", timeout=120_000)
        page.wait_for_timeout(500)
        frame.scroll_into_view_if_needed()
        x, y = root.evaluate(_AT)
        corner = frame.bounding_box()
        page.mouse.click(corner["x"] + x, corner["y"] + y)
        said = _run_cell(page, 1).split(maxsplit=3)
        assert said[:2] == ["chosen", "True"]
        assert float(said[2]) > 0
        assert said[3].strip() == "['shipped']"
        before = _tonnes(page)
        said = _run_cell(page, 2).split()
        assert said[1] == said[2]
        page.wait_for_timeout(1000)
        assert _tonnes(page) != before
        assert "material=obsolete_machinery" in root.evaluate("(root) => root.scrapflow.address()")
        assert page.locator(".jp-OutputArea-output iframe:visible").count() == 1

        page.keyboard.press("Control+s")
        page.wait_for_timeout(2000)
        page.goto(f"{lab}/tree/ask.ipynb?token=t&reset")
        kept = page.frame_locator(".jp-OutputArea-output [class^=scrapflow-still] iframe").locator(
            ".sf-app[data-ready]"
        )
        kept.wait_for(state="attached", timeout=60_000)
        assert elsewhere == []


@pytest.mark.slow
@pytest.mark.browser
def test_a_slider_moved_in_jupyterlab_runs_the_model_and_a_new_kernel_begins_anew(lab, browser):
    """The end of a slider is there in Python, with the hash that the page shows; after a restart the same cells give the first run."""
    pytest.importorskip("anywidget")
    with browser.new_context(viewport={"width": 1400, "height": 1000}) as context:
        page = context.new_page()
        _open(page, lab, "steer")
        root = _first_map(page)
        first = root.get_attribute("data-inputs")
        page.locator(".scrapflow-range").focus()
        page.keyboard.press("End")
        for _ in range(300):
            if root.get_attribute("data-inputs") != first:
                break
            page.wait_for_timeout(100)
        shown = root.get_attribute("data-inputs")
        assert shown != first
        assert page.locator(".scrapflow-total").first.get_attribute("data-total") == "100"
        assert _run_cell(page, 1).split(maxsplit=1)[1].strip() == f"{{'quota.headcount.kg': 30.0}} 100.0 {shown}"
        page.click("text=Kernel >> nth=0")
        page.get_by_text("Restart Kernel and Run All Cells…").click()
        page.locator(".jp-Dialog .jp-mod-accept").click()
        again = page.locator(".jp-CodeCell").nth(1).locator(".jp-OutputArea-output", has_text=first)
        again.wait_for(timeout=120_000)
        assert again.inner_text().split() == ["steered", "{}", "80.0", first]
        root.wait_for(timeout=120_000)
        assert root.get_attribute("data-inputs") == first
