"""One GeoJSON of nodes and links with their tonnes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scrapflow.exchange.plain_tables import loaded_links, placed_nodes

if TYPE_CHECKING:
    from pathlib import Path

    from scrapflow.ledger.tables import RunTables


def write(run: RunTables, file: Path) -> None:
    """Write a feature collection (RFC 7946) that names us as its generator."""
    features = []
    for layer, frame in (("links", loaded_links(run)), ("nodes", placed_nodes(run))):
        shown = frame[~frame.geometry.isna() & ~frame.geometry.is_empty].assign(layer=layer)
        features += json.loads(shown.to_json(drop_id=True, na="drop"))["features"]
    text = json.dumps(
        {"type": "FeatureCollection", "generator": "scrapflow", "name": run.name, "features": features},
        ensure_ascii=False,
        allow_nan=False,
        separators=(",", ":"),
    )
    file.write_text(text, encoding="utf-8")
