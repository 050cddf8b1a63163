"""The page inside a notebook's frame, and the message that fills it: the same script and data as of the HTML map."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import TYPE_CHECKING, Any

from scrapflow.views.flow_layer import FlowLayer, script
from scrapflow.views.offline import asset, leaflet, policy
from scrapflow.views.packing import message

if TYPE_CHECKING:
    from scrapflow.ledger.tables import RunTables


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


def run_message(run: RunTables, *, lang: str, scale: str, answers: int = 0) -> bytes:
    """Return all that the page shows of a run, as one binary message.

    Parameters
    ----------
    run
        What is shown.
    lang, scale
        As for :func:`scrapflow.map_flows`.
    answers
        Number of the question that it answers.
    """
    from scrapflow.views.maps import run_ranges

    layer = FlowLayer(run, lang=lang, interface="full", options={"scale": scale, "ranges": run_ranges(run)})
    return message({**layer.payload(), "inputs": inputs_hash(run.meta), "answers": answers})


def inputs_hash(meta: dict[str, Any]) -> str:
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
