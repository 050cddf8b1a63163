"""Maps of a run: `map_flows` draws one, `save_map` writes it."""

from __future__ import annotations

import logging
import os  # noqa: TC003
from typing import TYPE_CHECKING

from scrapflow.errors import InputError, problem
from scrapflow.files import path_of, write_bytes
from scrapflow.given import called, checked
from scrapflow.views.figures import FIGURES, SHOWN, figure_ranges
from scrapflow.views.words import labels

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import folium
    import geopandas as gpd

    from scrapflow.ledger.tables import RunTables
    from scrapflow.queries.flows import Flows
    from scrapflow.views.flow_layer import FlowLayer

_log = logging.getLogger(__name__)
SCALES = ("fixed", "adaptive")
"""``fixed``: one scale for all months and filters; ``adaptive``: rescaled to what is shown."""

ENDINGS = (".html", ".htm")
"""How the name of a page may end."""


@checked
def map_flows(
    flows: RunTables | Flows | gpd.GeoDataFrame,
    *,
    m: folium.Map | None = None,
    tiles: str | folium.TileLayer | None = None,
    attr: str | None = None,
    lang: str = "en",
    title: str | None = None,
    scale: str = "fixed",
    ranges: Mapping[str, tuple[float, float]] | None = None,
) -> folium.Map:
    """Draw a run, or what a query selects of it, as an interactive map.

    Parameters
    ----------
    flows
        A run, a query (``run.flows.to("Kangson")``) or a GeoDataFrame of lines with ``tonnage_t`` (EPSG:4326).
    m
        A folium map to draw on; it is given back. By default a new offline map.
    tiles, attr
        Background from the network, as folium takes it. None, the default, asks no one; otherwise a line in the map
        says whom it asks.
    lang
        Language of the labels at first sight, ``en`` or ``ko``; the map can switch.
    title
        Title; by default the run's.
    scale
        ``fixed`` or ``adaptive`` widths; the legend states which, and the map can switch.
    ranges
        Low and high of the four numbers in t: ``asked, carted, diverted, received``. They are shown while all months
        and everything else are. By default those that the run has from an ensemble (``ensemble.central``).

    Returns
    -------
    folium.Map
        To which layers of your own can be added; :func:`save_map` writes it as one file.

    Raises
    ------
    InputError
        If the flows cannot be drawn, or the language, the scale or the name of a range is unknown.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import LineString
    >>> lines = gpd.GeoDataFrame({"tonnage_t": [5.0]}, geometry=[LineString([(0, 0), (1, 1)])], crs="EPSG:4326")
    >>> type(map_flows(lines)).__name__
    'OfflineMap'
    """
    from scrapflow.views.flow_layer import FlowLayer
    from scrapflow.views.offline import OfflineMap

    labels(lang)
    if scale not in SCALES:
        msg = f"no scale {scale!r}; there are {', '.join(SCALES)}"
        raise InputError([problem("map", "", "scale", msg)], what="the map")
    unknown = sorted(set(ranges or {}) - set(FIGURES))
    if unknown:
        msg = f"no figure {', '.join(unknown)}; there are {', '.join(FIGURES)}"
        raise InputError([problem("map", "", "ranges", msg)], what="the map")
    _log.info("draw the map")
    layer = FlowLayer(flows, lang=lang, interface="full", options={"scale": scale})
    layer.options["ranges"] = run_ranges(layer.run, ranges)
    heading = title or _title(layer, lang)
    if getattr(m, "scrapflow_run", None) is not None:
        message = "shows a run already, with its page around it; FlowLayer(flows).add_to(m) adds lines to it"
        raise InputError([problem("map", "", "m", message)], what="the map")
    if m is None:
        m = OfflineMap(title=heading, lang=lang, tiles=tiles, attr=attr)
        layer.options["page"] = True
    layer.options["title"] = title or ""
    layer.add_to(m)
    m.scrapflow_run = layer.run  # type: ignore[attr-defined]
    m.scrapflow_lang = lang  # type: ignore[attr-defined]
    return m


def run_ranges(run: RunTables | None, given: Mapping[str, tuple[float, float]] | None = None) -> dict[str, list[float]]:
    """Return low and high of the four numbers as the script reads them: those given, or what an ensemble left in a run.

    A query's tonnes are others, and have none.
    """
    if given is None:
        return figure_ranges(run.meta.get("ranges", {}) if run is not None else {})
    return {SHOWN[k]: [float(low), float(high)] for k, (low, high) in sorted(given.items())}


def _title(layer: FlowLayer, lang: str) -> str:
    if layer.run is None:
        return labels(lang)["title.flows"]
    said = {name: str(layer.run.meta.get(name) or "") for name in ("title", "campaign", "campaign_title")}
    world = said["title"] or layer.run.name or labels(lang)["title.flows"]
    return said["campaign_title"] or (f"{world} · {said['campaign']}" if said["campaign"] else world)


@called
def save_map(m: folium.Map, path: str | os.PathLike[str]) -> Path:
    """Write a map as one HTML file, all of it or nothing, over nothing but an older page of scrapflow's.

    Parameters
    ----------
    m
        A map of :func:`map_flows` or any folium map.
    path
        Where to; missing folders are made.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    InputError
        If the name ends in something else than ``.html``, or something else stands there.
    OutputError
        If it cannot be written, such as to a full disk.

    Examples
    --------
    >>> import tempfile
    >>> from scrapflow.views.offline import OfflineMap
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_map(OfflineMap(), folder + "/map.html").name
    'map.html'
    """
    target = path_of(path, "the map", "m.get_root().render() is the page as text")
    if target.suffix.lower() not in ENDINGS and not target.as_posix().startswith("/dev/"):
        message = f"a map is a page: it ends in .html, not in {target.suffix or 'no ending'}; sf.save_picture draws PNG, SVG and PDF"
        raise InputError([problem("map", "", "path", message)], what="the map")
    if not hasattr(m, "get_root"):
        hint = ": sf.save_map(sf.map_flows(run), …)" if hasattr(m, "movements") else ""
        message = f"a map of sf.map_flows or folium is wanted, not {type(m).__name__}{hint}"
        raise InputError([problem("map", "", "m", message)], what="the map")
    page = m.get_root().render()
    from scrapflow.views.offline import GENERATOR

    if GENERATOR not in page:
        page += "<!-- scrapflow -->\n"
    _log.info("write the map to %s", target)
    return write_bytes(target, page.encode("utf-8"), what="the map")
