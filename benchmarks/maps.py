"""Maps, against what folium users have today.

All pages are one offline file with Leaflet inside, opened in the same headless Chromium without network; folium's layers
draw on a canvas (`prefer_canvas`), which is their faster way. Each curve has twelve points where a peer has no curves.
Paint is the time from opening to the second frame after everything is drawn, legend and panels included; a frame is a zoom or pan without animation
until the second frame after it, the median of eight; paint is the median of three (embedded world: of nine); heap is JavaScript's after a collection.
For the embedded world also the browser's own first-contentful-paint, at which flows, places, sentence, numbers and months
are there (tests/views holds it to that); legend and panels follow in the next frames.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from folium.plugins import TimestampedGeoJson

import scrapflow as sf
from scrapflow.views.offline import OfflineMap

FLOWS = 50_000
BOX = (124.5, 38.0, 130.5, 42.5)
PAINTED = """() => new Promise((done) => {
    // our own page says when its legend and panels are there too; a peer's is complete once it has loaded
    const ours = document.querySelector(".sf-app");
    const look = () => {
        if (ours && !ours.dataset.ready) setTimeout(look, 1);
        else requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())));
    };
    look();
})"""
FIRST = """() => new Promise((done) => {
    const look = () => {
        const [entry] = performance.getEntriesByName("first-contentful-paint");
        if (entry) done(entry.startTime);
        else setTimeout(look, 20);
    };
    look();
})"""
FRAME = """(move) => new Promise((done) => {
    const map = window[Object.keys(window).find((name) => /^map_|^offline_map_/.test(name))];
    const start = performance.now();
    if (move === "in") map.setZoom(map.getZoom() + 1, {animate: false});
    else if (move === "out") map.setZoom(map.getZoom() - 1, {animate: false});
    else map.panBy([120, 60], {animate: false});
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
})"""
STEP = """(p) => new Promise((done) => {
    const start = performance.now();
    const lines = document.querySelector(".folium-map").scrapflowLines;
    lines.set({from: p, to: p});
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
})"""


def flows(n: int, seed: int = 0) -> gpd.GeoDataFrame:
    """Return straight lines between random points, with tonnes; our layer bends them."""
    rng = np.random.default_rng(seed)
    ends = rng.uniform(BOX[:2], BOX[2:], (n, 2, 2))
    return gpd.GeoDataFrame(
        {"tonnage_t": rng.lognormal(2.0, 1.0, n)}, geometry=shapely.linestrings(ends), crs="EPSG:4326"
    )


def curves(lines: gpd.GeoDataFrame) -> np.ndarray:
    """Return each line as a curve of twelve points, shape ``(n, 12, 2)``."""
    ends = shapely.get_coordinates(lines.geometry).reshape(-1, 2, 2)
    step = ends[:, 1] - ends[:, 0]
    middle = ends.mean(axis=1) + 0.32 * np.column_stack([step[:, 1], -step[:, 0]]) / 2
    t = np.linspace(0, 1, 12)[None, :, None]
    return (1 - t) ** 2 * ends[:, :1] + 2 * t * (1 - t) * middle[:, None] + t**2 * ends[:, 1:]


def poly_lines(lines: gpd.GeoDataFrame) -> folium.Map:
    """Draw every flow as a folium PolyLine."""
    m = OfflineMap(location=[40.2, 127.5], zoom_start=7, prefer_canvas=True)
    for course, t in zip(curves(lines), lines["tonnage_t"], strict=True):
        folium.PolyLine(course[:, ::-1].round(5).tolist(), weight=max(0.7, t / 20), opacity=0.5).add_to(m)
    return m


def geo_json(lines: gpd.GeoDataFrame) -> folium.Map:
    """Draw all flows as one folium GeoJson."""
    m = OfflineMap(location=[40.2, 127.5], zoom_start=7, prefer_canvas=True)
    frame = lines.set_geometry(shapely.linestrings(curves(lines).round(5)), crs="EPSG:4326")
    folium.GeoJson(
        frame, style_function=lambda f: {"weight": max(0.7, f["properties"]["tonnage_t"] / 20), "opacity": 0.5}
    ).add_to(m)
    return m


@contextmanager
def chromium():
    """Start the browser that the tests use too."""
    from playwright.sync_api import sync_playwright

    path = next(p for name in ("chromium", "google-chrome", "chrome") if (p := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--js-flags=--expose-gc"]
        )
        page = browser.new_page()
        page.goto("data:text/html,<canvas></canvas>")  # the first page of a browser pays for its start
        page.close()
        yield browser
        browser.close()


def opened(browser, path: Path, *, moves: bool = True, steps: int = 0, first: bool = False) -> dict[str, float]:
    """Open a page and measure paint, frames, slider steps and heap."""
    paints, firsts = [], []
    for attempt in range(9 if first else 3):
        context = browser.new_context(viewport={"width": 1280, "height": 800}, offline=True)
        page = context.new_page()
        page.set_default_timeout(300_000)
        page.goto(path.as_uri(), wait_until="load")
        paints.append(page.evaluate(PAINTED))
        if first:
            firsts.append(page.evaluate(FIRST))
        if attempt < (9 if first else 3) - 1:
            context.close()
    out = {"first complete paint, ms": statistics.median(paints)}
    if first:
        out["first paint, ms"] = statistics.median(firsts)
    session = context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    metrics = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
    out["heap, MB"] = metrics["JSHeapUsedSize"] / 1e6
    if moves:
        out["zoom or pan, median frame, ms"] = statistics.median(
            page.evaluate(FRAME, m) for m in ("in", "pan", "out", "pan", "in", "pan", "out", "pan")
        )
    if steps:
        out["slider step, median, ms"] = statistics.median(page.evaluate(STEP, p) for p in range(steps))
    context.close()
    return out


def written(make, path: Path) -> dict[str, float]:
    """Make and save a map; give the seconds and the size."""
    start = time.perf_counter()
    sf.save_map(make(), path)
    return {"Python to file, s": time.perf_counter() - start, "size, MB": path.stat().st_size / 1e6}


def _row(work: str, tool: str, figures: dict[str, float]) -> dict:
    return {"work": work, "tool": tool} | {k: round(v, 3) for k, v in figures.items()}


def many_flows(browser, folder: Path) -> list[dict]:
    """Measure 50,000 curved flows in one period."""
    lines = flows(FLOWS)
    out = []
    for tool, make in (
        ("folium PolyLine each", lambda: poly_lines(lines)),
        ("folium one GeoJson", lambda: geo_json(lines)),
        ("scrapflow", lambda: sf.map_flows(lines)),
    ):
        path = folder / "flows.html"
        out.append(_row(f"{FLOWS:,} curved flows", tool, written(make, path) | opened(browser, path)))
    return out


def months(browser, folder: Path, n: int = 2000, periods: int = 36) -> list[dict]:
    """Measure links over months: the size of folium's time plugin, and our slider's step."""
    one = flows(n, seed=1)
    labels = [f"{2015 + p // 12}-{p % 12 + 1:02d}" for p in range(periods)]
    rng = np.random.default_rng(2)
    frame = gpd.GeoDataFrame(
        pd.concat(
            [one.assign(period=p, tonnage_t=one["tonnage_t"] * rng.uniform(0.5, 1.5, n)) for p in labels],
            ignore_index=True,
        ),
        crs="EPSG:4326",
    )
    work = f"{n:,} links × {periods} months"

    def peer() -> folium.Map:
        m = folium.Map([40.2, 127.5], zoom_start=7, tiles=None)
        features = [
            {
                "type": "Feature",
                "geometry": {"type": "LineString", "coordinates": line.round(5).tolist()},
                "properties": {"times": [f"{p}-01"] * 12, "style": {"weight": round(max(0.7, t / 20), 2)}},
            }
            for p in labels
            for line, t in zip(curves(one), rng.lognormal(2.0, 1.0, n), strict=True)
        ]
        TimestampedGeoJson({"type": "FeatureCollection", "features": features}, period="P1M").add_to(m)
        return m

    path = folder / "months.html"
    out = [_row(work, "folium TimestampedGeoJson", written(peer, path))]
    out.append(_row(work, "scrapflow", written(lambda: sf.map_flows(frame), path) | opened(browser, path, steps=12)))
    return out


def million(browser, folder: Path, n: int = 10_000, rows_: int = 1_000_000) -> list[dict]:
    """Measure a million movements on ten thousand links in twelve months."""
    one = flows(n, seed=3)
    rng = np.random.default_rng(4)
    link = rng.integers(0, n, rows_)
    frame = gpd.GeoDataFrame(
        {"tonnage_t": rng.lognormal(1.0, 1.0, rows_), "period": [f"2015-{p:02d}" for p in rng.integers(1, 13, rows_)]},
        geometry=one.geometry.to_numpy()[link],
        crs="EPSG:4326",
    )
    path = folder / "million.html"
    return [
        _row(
            f"{rows_:,} movements on {n:,} links × 12 months",
            "scrapflow",
            written(lambda: sf.map_flows(frame), path) | opened(browser, path, steps=12),
        )
    ]


def twice(browser, folder: Path, periods: int = 12) -> list[dict]:
    """Measure what twice as many flows of twelve months take: opening, moving, stepping."""
    out = []
    for n in (FLOWS, 2 * FLOWS):
        one = flows(n, seed=1)
        rng = np.random.default_rng(2)
        parts = [
            one.assign(period=f"2015-{p:02d}", tonnage_t=one["tonnage_t"] * rng.uniform(0.5, 1.5, n))
            for p in range(1, periods + 1)
        ]
        frame = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs="EPSG:4326")
        path = folder / "twice.html"
        made = written(lambda frame=frame: sf.map_flows(frame), path)
        work = f"{n:,} curved flows × {periods} months"
        out.append(_row(work, "scrapflow", made | opened(browser, path, steps=periods)))
    return out


def real(browser, folder: Path) -> list[dict]:
    """Measure the embedded world's map against an empty page with the same basemap."""
    run = sf.run(sf.read_world())
    work = "the embedded world's map"

    def empty() -> folium.Map:
        m = OfflineMap(location=[40.2, 127.5], zoom_start=7, prefer_canvas=True)
        for layer in run.basemap.values():
            folium.GeoJson(layer).add_to(m)
        return m

    path = folder / "real.html"
    out = [_row(work, "folium, basemap only", written(empty, path) | opened(browser, path, first=True))]
    out.append(_row(work, "scrapflow", written(lambda: sf.map_flows(run), path) | opened(browser, path, first=True)))
    return out


def rows() -> list[dict]:
    """Measure all of it."""
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        folder = Path(name)
        return [row for part in (many_flows, months, million, twice, real) for row in part(browser, folder)]
