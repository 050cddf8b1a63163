"""The page inside a notebook's frame, and the message that fills it: the same script and data as of the HTML map."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import TYPE_CHECKING

from scrapflow.views.flow_layer import FlowLayer, script
from scrapflow.views.map_payload import run_payload
from scrapflow.views.offline import asset, leaflet, policy
from scrapflow.views.packing import message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapflow.ledger.tables import RunTables
    from scrapflow.views.plain_columns import Json


@cache
def page() -> str:
    """Return the page of a frame without its data: Leaflet, the map's script and style; it may ask no one anything."""
    code, look = leaflet()
    body = (
        f"<style>{look}</style><style>{asset('page.css')}</style><style>{asset('flow_layer.css')}</style>"
        f"<script>{code}</script><script>{script('explore')}</script>"
    )
    allowed = f'<meta http-equiv="Content-Security-Policy" content="{policy(body)}">'
    return f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">{allowed}{body}</head><body></body></html>'


@cache
def widget_script() -> str:
    """Return the module that a notebook loads: the page as text, and ``assets/explore.js``."""
    return f"const PAGE = {json.dumps(page())};\n{asset('explore.js')}"


def run_data(run: RunTables, *, lang: str, scale: str) -> dict[str, Json]:
    """Return all that the page shows of a run, with the hash of its inputs.

    Parameters
    ----------
    run
        What is shown.
    lang, scale
        As for :func:`scrapflow.map_flows`.
    """
    from scrapflow.views.maps import run_ranges

    layer = FlowLayer(run, lang=lang, interface="full", options={"scale": scale, "ranges": run_ranges(run)})
    return {**layer.payload(), **_carried(run)}


def sight_data(run: RunTables, first: dict[str, Json]) -> dict[str, Json]:
    """Return what another run of the same places is drawn from: no story yet, and no claims, which are asked for later."""
    return {**first, **run_payload(run, told=False), **_carried(run)}


def _carried(run: RunTables) -> dict[str, Json]:
    """Return the hash of a run's inputs, which every number carries, and its totals."""
    totals = {str(k): float(v) for k, v in run.totals().items() if str(k).endswith("_t")}
    return {"inputs": inputs_hash(run.meta), "totals": totals}


def data_message(data: dict[str, Json], *, answers: int = 0, told: bool = True) -> bytes:
    """Return what a page shows as one binary message, with the number of the question that it answers.

    ``told`` says whether the story and the claims are in it.
    """
    return message({**data, "answers": answers, "told": told})


def difference(data: dict[str, Json], first: dict[str, Json]) -> dict[str, Json]:
    """Return what of a run's data differs from the first run's; the scale of widths stays the first one's."""
    kept = {key: value for key, value in data.items() if key != "largestLoad"}
    return {k: v for k, v in kept.items() if v is not first.get(k) and message(v) != message(first.get(k))}


def inputs_hash(meta: Mapping[str, Json]) -> str:
    """Return a short hash of all that a run was made from: files, changes, campaign, mode, seed and version.

    Examples
    --------
    >>> import scrapflow as sf
    >>> world = sf.read_world("toy")
    >>> inputs_hash(sf.run(world).meta) == inputs_hash(sf.run(world, "2015").meta)
    True
    """
    kept = ("inputs", "changes", "campaign_toml", "mode", "seed", "version", "allocation", "own_rules", "case")
    text = json.dumps({k: meta[k] for k in kept if k in meta}, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
