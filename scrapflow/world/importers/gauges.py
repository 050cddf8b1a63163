"""Tracks of two gauges: each gauge has nodes of its own, joined where freight can be moved from one to the other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from scrapflow.world.importers.attach import Draft

_GAUGE = re.compile(r"\d{3,4}")
_LEAST, _MOST = 300, 2200


def split_gauges(draft: Draft) -> None:
    """Give a link of several gauges one row for each, sharing its capacity, and nodes where gauges meet one for each.

    What is written as a gauge and is none (``standard``, ``yes``) is left unknown and reported.
    """
    links = draft.links
    if "gauge_mm" not in links:
        return
    text = links["gauge_mm"].astype("str").fillna("")
    read = [[g for g in dict.fromkeys(_GAUGE.findall(t)) if _LEAST <= int(g) <= _MOST] for t in text]
    odd = [i for i, (t, g) in enumerate(zip(text, read, strict=True)) if t not in ("", "nan", "None") and not g]
    if odd:
        draft.say(
            "gauge_unknown",
            links["link_id"].iloc[odd].tolist(),
            note="what is written as gauge is no number of millimetres",
        )
    several = [i for i, g in enumerate(read) if len(g) > 1]
    rows = [(i, g) for i, gauges in enumerate(read) for g in (gauges or [""])]
    links = links.iloc[[i for i, _ in rows]].assign(gauge_mm=[g for _, g in rows]).reset_index(drop=True)
    if several:
        draft.say(
            "dual_gauge",
            draft.links["link_id"].iloc[several].tolist(),
            note="one link for each gauge; they share the capacity",
        )
        dual = pd.Series([len(read[i]) for i, _ in rows])
        links["link_id"] = links["link_id"].where(dual < 2, links["link_id"] + ":" + links["gauge_mm"])
        if "capacity_t" in links:
            links["capacity_t"] = pd.to_numeric(links["capacity_t"], errors="coerce") / dual.clip(lower=1)
    draft.links = links
    _split_nodes(draft)


def _split_nodes(draft: Draft) -> None:
    """Split the nodes where gauges meet; a place keeps its identifier for the first of its gauges."""
    links = draft.links
    ends = pd.concat(
        [links[[c, "gauge_mm"]].set_axis(["node_id", "gauge"], axis=1) for c in ("from_node_id", "to_node_id")]
    )
    met = ends[ends["gauge"] != ""].drop_duplicates().sort_values(["node_id", "gauge"])
    met = met[met.duplicated("node_id", keep=False)]
    if not len(met):
        return
    nodes = draft.all_nodes.drop_duplicates("node_id").set_index("node_id", drop=False)
    first = met.drop_duplicates("node_id").set_index("node_id")["gauge"]
    more = met[met.duplicated("node_id")]
    copies = nodes.loc[more["node_id"]].assign(
        node_id=[f"{n}:{g}" for n, g in zip(more["node_id"], more["gauge"], strict=True)]
    )
    draft.nodes.append(copies.assign(kind="junction", name="").reset_index(drop=True))
    for end in ("from_node_id", "to_node_id"):
        moves = links[end].isin(first.index) & (links["gauge_mm"] != "") & (links["gauge_mm"] != links[end].map(first))
        links.loc[moves, end] = links.loc[moves, end] + ":" + links.loc[moves, "gauge_mm"]
    for node, gauge in zip(more["node_id"], more["gauge"], strict=True):
        draft.access.append(
            {
                "link_id": f"{node}|{gauge}",
                "from_node_id": node,
                "to_node_id": f"{node}:{gauge}",
                "mode": "transshipment",
                "length_km": "0",
            }
        )
    draft.say("gauges_meet", first.index.tolist(), note="a node for each gauge, joined by a link of mode transshipment")
