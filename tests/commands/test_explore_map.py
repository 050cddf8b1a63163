"""The map without JupyterLab: ``scrapflow explore`` for people without notebooks, and a marimo notebook that reads its clicks."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

import scrapflow as sf
from scrapflow.cli import app
from scrapflow.commands.explore_map import _prepared

ROOT = Path(__file__).parents[2]
_LOOPBACK_ONLY = """
import socket
found = socket.getaddrinfo
def asked(host, *more, **options):
    if host not in ("127.0.0.1", "::1", "localhost", None):
        raise SystemExit(f"asked for {host}")
    return found(host, *more, **options)
socket.getaddrinfo = asked
from scrapflow.cli import main
main()
"""
_NOTEBOOK = """import marimo

app = marimo.App(width="full")


@app.cell
def _():
    import marimo as mo
    import scrapflow as sf

    w = mo.ui.anywidget(sf.explore(sf.read_world("dprk"), "2015", height=600))
    w
    return mo, w


@app.cell
def _(mo, w):
    w.value
    shown = w.widget
    mo.md(f"chosen {'yard_sunchon' in shown.selection} asked {round(shown.flows.total_t, 3)} {shown.inputs}")
    return


@app.cell
def _(mo, w):
    def machines(_):
        w.widget.filters = {"material": "machinery"}

    pressed = mo.ui.button(label="Machines", on_click=machines)
    pressed
    return (pressed,)
"""


@contextmanager
def started(command, folder):
    """Start a server in a folder with a home of its own; give what it wrote and the process, and see it gone after."""
    log = folder / "log"
    own = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_STATE_HOME": str(folder)}
    with log.open("w") as out:
        env = {**os.environ, "PYTHONPATH": str(ROOT), "MARIMO_SKIP_UPDATE_CHECK": "1", **own}
        server = subprocess.Popen([sys.executable, *command], stdout=out, stderr=out, env=env, cwd=folder)
        try:
            yield log, server
        finally:
            if server.poll() is None:
                server.kill()
            server.wait(20)


def address_in(log, server):
    """Return the address that a server tells."""
    for _ in range(240):
        found = re.search(r"http://\S+", log.read_text())
        if found:
            return found.group(0)
        if server.poll() is not None:
            break
        time.sleep(0.25)
    pytest.fail(f"no address:\n{log.read_text()[-3000:]}")


def listens(port):
    """Tell whether anything answers at a port of this machine."""
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def opened(browser, address):
    """Open an address in a browser that reaches that server and nothing else; nothing else may be asked for."""
    here = address.split("/")[2]
    with browser.new_context(viewport={"width": 1400, "height": 1000}) as context:
        elsewhere = []

        def pass_on(route):
            if here in route.request.url.split("/"):
                return route.continue_()
            elsewhere.append(route.request.url)
            return route.abort()

        context.route(re.compile("^https?:"), pass_on)
        page = context.new_page()
        page.goto(address)
        yield page
        assert elsewhere == []


def app_of(page):
    """Return the map in the page, once it is drawn."""
    root = page.frame_locator("iframe.scrapflow-frame").locator(".sf-app[data-ready]")
    root.wait_for(timeout=120_000)
    return root


_AT = """async (root, id) => {
  const app = root.scrapflow;
  const i = app.run.nodes.index.get(id);
  app.flyTo([i], 10);
  await new Promise((done) => setTimeout(done, 400));
  const { x, y } = app.view.shown.hits.find((hit) => hit.sign?.nodes?.includes(i) || hit.node === i);
  const canvas = root.querySelector(".sf-flows").getBoundingClientRect();
  return [canvas.x + x, canvas.y + y];
}"""


def click_on(page, node):
    """Click the sign of a node on the map."""
    frame = page.locator("iframe.scrapflow-frame")
    frame.wait_for(timeout=120_000)
    frame.scroll_into_view_if_needed()
    x, y = app_of(page).evaluate(_AT, node)
    corner = frame.bounding_box()
    page.mouse.click(corner["x"] + x, corner["y"] + y)


def until(page, condition):
    """Wait until something holds, and return it."""
    for _ in range(150):
        if found := condition():
            return found
        page.wait_for_timeout(200)
    return condition()


@pytest.mark.slow
@pytest.mark.browser
def test_the_command_opens_the_map_with_sliders_and_ends_without_a_trace(browser, tmp_path, toy):
    """The page needs its token, asks this machine alone, runs the model on a move; Ctrl-C frees the port, with exit code 0."""
    pytest.importorskip("marimo")
    command = ["-c", _LOOPBACK_ONLY, "explore", "toy", "--no-browser"]
    with started(command, tmp_path) as (log, server):
        address = address_in(log, server)
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?access_token=[\w-]{32}", address)
        port = int(address.split(":")[2].split("/")[0])
        with opened(browser, address.partition("?")[0]) as page:
            assert "/auth/login" in page.url
            assert page.locator("iframe.scrapflow-frame").count() == 0
        with opened(browser, address) as page:
            click_on(page, "far")
            assert until(page, lambda: "place=far" in app_of(page).evaluate("(root) => root.scrapflow.address()"))
            first = app_of(page).get_attribute("data-inputs")
            slider = page.locator(".scrapflow-range").first
            slider.focus()
            page.keyboard.press("End")
            assert until(page, lambda: app_of(page).get_attribute("data-inputs") != first)
            name = page.locator(".scrapflow-name").first.inner_text()
            w = sf.explore(toy, "2015", settings=[name])
            w.values = {name: w._sliders[0]["high"]}
            told = page.locator(".scrapflow-total[data-total]").evaluate_all(
                "(all) => all.map((e) => [e.dataset.total, e.dataset.inputs])"
            )
            assert [f"{float(t):.9g}" for t, _ in told] == [
                f"{w.run.totals()[n]:.9g}" for n in ("quota_t", "carted_t", "returned_t", "looted_t", "delivered_t")
            ]
            assert {i for _, i in told} == {w.inputs} == {app_of(page).get_attribute("data-inputs")}
        assert listens(port)
        server.send_signal(signal.SIGINT)
        assert server.wait(20) == 0
        assert not listens(port)
        assert log.read_text().splitlines()[-1] == "ended"
        assert "Traceback" not in log.read_text()


@pytest.mark.slow
@pytest.mark.browser
def test_a_marimo_notebook_hears_clicks_and_moves_the_map(browser, tmp_path):
    """A click on Sunch'ŏn runs the cell that reads the widget; Python's filter reaches the map, a slider both; reopened, it begins anew."""
    pytest.importorskip("marimo")
    (tmp_path / "ask.py").write_text(_NOTEBOOK)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["-m", "marimo", "-y", "run", "ask.py", "--headless", "--no-token", f"--port={port}"]
    with started(command, tmp_path) as (log, server):
        address_in(log, server)
        assert until_listening(port, server)
        with opened(browser, f"http://127.0.0.1:{port}/") as page:
            root = app_of(page)
            click_on(page, "yard_sunchon")
            assert until(page, lambda: page.get_by_text("chosen True").count())
            asked = float(page.get_by_text("chosen True").inner_text().split()[3])
            run = sf.run(sf.read_world("dprk"), "2015")
            assert asked == pytest.approx(run.flows.kind("shipped").from_("yard_sunchon").total_t, rel=1e-6)
            page.get_by_role("button", name="Machines").click()
            assert until(page, lambda: "obsolete_machinery" in root.evaluate("(root) => root.scrapflow.address()"))
            before = root.get_attribute("data-inputs")
            slider = page.get_by_label("enterprises.workers")
            slider.focus()
            page.keyboard.press("End")
            assert until(page, lambda: root.get_attribute("data-inputs") != before)
            after = root.get_attribute("data-inputs")
            assert until(page, lambda: page.get_by_text(re.compile(f"chosen True .*{after}")).count())
            page.reload()
            assert app_of(page).get_attribute("data-inputs") == before
        server.send_signal(signal.SIGINT)
        server.wait(20)


def until_listening(port, server):
    """Wait until a server answers."""
    for _ in range(240):
        if listens(port):
            return True
        assert server.poll() is None
        time.sleep(0.25)
    return False


def prepared(name, **options):
    """Return the widget that the command would show."""
    given = {"given": None, "places": None, "network": None, "columns": None, "step": lambda _: None}
    return _prepared(str(name), options.pop("campaign", None), **{**given, **options})()


def test_a_world_has_sliders_and_a_run_or_flows_are_shown_as_they_are(tmp_path, toy_run):
    """Whatever can be drawn can be opened: a campaign changed by ``--set``, a saved run, a table of flows."""
    pytest.importorskip("anywidget")
    steered = prepared("toy", campaign="2015", given=["inspection.teams=4"])
    assert steered._sliders
    assert steered.campaign["inspection.teams"] == 4
    assert steered.height == 0
    assert prepared("brazil")._sliders
    toy_run.save(tmp_path / "saved")
    shown = prepared(tmp_path / "saved")
    assert (shown._sliders, shown.run.totals().delivered_t) == ([], toy_run.totals().delivered_t)
    (tmp_path / "flows.csv").write_text("from,to,tonnes\na,b,5\nb,c,3\n")
    (tmp_path / "places.csv").write_text("id,lat,lon\na,50,8\nb,51,9\nc,52,10\n")
    assert prepared(tmp_path / "flows.csv", places=tmp_path / "places.csv").flows.to("b").total_t == 5


def test_what_cannot_be_opened_is_said_before_anything_is_served(monkeypatch):
    """A missing extra names what to install, a port that is taken says so, a word that is not known has near ones: exit code 2."""
    pytest.importorskip("marimo")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = CliRunner().invoke(app, ["explore", "toy", "--no-browser", "--port", port])
    assert done.exit_code == 2
    assert f"port {port} cannot be had" in done.stderr
    done = CliRunner().invoke(app, ["explore", "toi", "--no-browser"])
    assert (done.exit_code, "did you mean toy" in done.stderr) == (2, True)
    monkeypatch.setitem(sys.modules, "marimo", None)
    done = CliRunner().invoke(app, ["explore", "toy", "--no-browser"])
    assert done.exit_code == 2
    assert "scrapflow explore needs marimo, which is not installed: pip install 'scrapflow[explore]'" in done.stderr
