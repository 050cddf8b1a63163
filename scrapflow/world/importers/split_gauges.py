"""Tracks of two gauges in a world in the making: split as the reader splits them, and said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scrapflow.world.gauges import JOIN, LEAST_MM, MOST_MM, gauges_of, split_links, split_nodes

if TYPE_CHECKING:
    from scrapflow.world.importers.attach import Draft

_GAUGE = re.compile(r"(\d{3,4})(?:\.0+)?\s*(?:mm)?", re.IGNORECASE)


def split_gauges(draft: Draft) -> None:
    """Give a link of several gauges one row for each, on one track, and nodes where gauges meet one for each.

    What is written as a gauge and is none (``standard``, ``yes``) is left unknown and reported.
    """
    links = draft.links
    if "gauge_mm" not in links:
        return
    cells = links["gauge_mm"].tolist()
    several = [gauges_of(cell) for cell in cells]
    one = [_one(str(cell).strip()) for cell in cells]
    odd = [
        i
        for i, cell in enumerate(cells)
        if not one[i] and not several[i] and str(cell).strip() not in ("", "nan", "None", "<NA>")
    ]
    if odd:
        draft.say(
            "gauge_unknown",
            links["link_id"].iloc[odd].tolist(),
            note="what is written as gauge is no number of millimetres",
        )
    split = split_links(links.assign(gauge_mm=one), several)
    if split.dual:
        draft.say("dual_gauge", split.dual, note="one link for each gauge, on one track: they share the capacity")
    ends = split_nodes(split.links, draft.all_nodes)
    draft.links = ends.links
    if not ends.met:
        return
    draft.nodes.append(ends.copies)
    joins = ends.joins.assign(**JOIN, note="a change of gauge").to_dict("records")
    draft.access += [{str(k): str(v) for k, v in row.items()} for row in joins]
    draft.say("gauges_meet", ends.met, note="a node for each gauge, joined by a link of mode transshipment")


def _one(text: str) -> str:
    match = _GAUGE.fullmatch(text)
    return match[1] if match and LEAST_MM <= int(match[1]) <= MOST_MM else ""
