"""Tracks of two gauges: one link for each gauge, on one track, between nodes of their own where gauges meet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from scrapflow.errors import problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scrapflow.world.csv_text import Raw

LEAST_MM, MOST_MM = 300, 2200
"""Gauges lie between these."""
_SEVERAL = re.compile(r"\d{3,4}\s*(mm)?(\s*[|;/,+&]\s*\d{3,4}\s*(mm)?)+", re.IGNORECASE)
_ONE = re.compile(r"\d{3,4}")


class SplitLinks(NamedTuple):
    """Links of one gauge each, made of links of several.

    Attributes
    ----------
    links
        All links, those of several gauges once for each: ``link_id`` ends in ``:GAUGE``, and their ``track_id`` is that of the
        link, or its ``link_id``: they share its capacity.
    row
        The row each is of, (m,).
    dual
        Links that were of several gauges.
    """

    links: pd.DataFrame
    row: np.ndarray[Any, np.dtype[np.int64]]
    dual: list[str]


class SplitNodes(NamedTuple):
    """Nodes where gauges meet.

    Attributes
    ----------
    links
        The links, moved to the nodes of their gauge.
    copies
        Rows of ``nodes`` for the further gauges: junctions called ``NODE:GAUGE``.
    joins
        ``link_id, from_node_id, to_node_id``: where freight is moved from one gauge to another.
    met
        The nodes that were split.
    """

    links: pd.DataFrame
    copies: pd.DataFrame
    joins: pd.DataFrame
    met: list[str]


def gauges_of(cell: object) -> list[str]:
    """Return the gauges that a cell names, if it names several.

    Examples
    --------
    >>> (
    ...     gauges_of("1000|1600"),
    ...     gauges_of("1435 mm / 1000 mm"),
    ...     gauges_of([1520, 1435]),
    ...     gauges_of("1435"),
    ...     gauges_of("standard"),
    ... )
    (['1000', '1600'], ['1435', '1000'], ['1520', '1435'], [], [])
    """
    text = "|".join(str(part) for part in cell) if isinstance(cell, (list, tuple, np.ndarray)) else str(cell).strip()
    if not _SEVERAL.fullmatch(text):
        return []
    read = [g for g in dict.fromkeys(_ONE.findall(text)) if LEAST_MM <= int(g) <= MOST_MM]
    return read if len(read) > 1 else []


def split_links(links: pd.DataFrame, gauges: Sequence[Sequence[str]]) -> SplitLinks:
    """Give a link of several gauges one row for each.

    Parameters
    ----------
    links
        ``link_id, gauge_mm`` and whatever else, n rows.
    gauges
        The gauges of each, none where it has one or none, n of them.
    """
    times = np.array([max(len(g), 1) for g in gauges], dtype=np.int64)
    row = np.repeat(np.arange(len(links)), times)
    out = links.iloc[row].reset_index(drop=True).astype({"gauge_mm": object, "link_id": object})
    several = times[row] > 1
    if several.any():
        names = np.array([g for row_gauges in gauges if len(row_gauges) > 1 for g in row_gauges], dtype=object)
        out.loc[several, "gauge_mm"] = names
        ids = out["link_id"].astype(str)
        said = out["track_id"].astype(object).where(out["track_id"].notna(), "") if "track_id" in out else ""
        out["track_id"] = np.where(several & (said == ""), ids, said)
        out.loc[several, "link_id"] = ids[several] + ":" + names
    return SplitLinks(out, row, [str(links["link_id"].iloc[i]) for i in np.flatnonzero(times > 1)])


def split_nodes(links: pd.DataFrame, nodes: pd.DataFrame, only: set[str] | None = None) -> SplitNodes:
    """Split the nodes where gauges meet; the gauge of most links keeps the identifier, for places stand by it.

    Parameters
    ----------
    links
        ``link_id, from_node_id, to_node_id, gauge_mm`` ("" where the gauge is not known: those stay where they are).
    nodes
        ``node_id, kind, name`` and whatever else.
    only
        The nodes that may be split; None: all.
    """
    links = links.copy()
    gauge = links["gauge_mm"].astype("str").where(links["gauge_mm"].notna(), "").str.removesuffix(".0")
    ends = pd.concat([pd.DataFrame({"node_id": links[c].astype("str"), "gauge": gauge}) for c in _ENDS])
    ends = ends[ends["gauge"] != ""]
    if only is not None:
        ends = ends[ends["node_id"].isin(only)]
    met = ends.groupby(["node_id", "gauge"]).size().rename("links").reset_index()
    met = met.sort_values(["node_id", "links", "gauge"], ascending=[True, False, True])
    met = met[met["node_id"].duplicated(keep=False) & met["node_id"].isin(nodes["node_id"])]
    first = met.drop_duplicates("node_id").set_index("node_id")["gauge"]
    more = met[met["node_id"].duplicated()]
    new = more["node_id"] + ":" + more["gauge"]
    copies = nodes.drop_duplicates("node_id").set_index("node_id", drop=False).loc[more["node_id"]]
    called = copies["name"].fillna("").astype("str") if "name" in copies else pd.Series("", copies.index)
    at = called.where(called != "", copies["node_id"].astype("str")).to_numpy()
    notes = [f"tracks of {mm} mm at {place}" for mm, place in zip(more["gauge"], at, strict=True)]
    spellings = {c: "" for c in ("name", "name_local", "aliases") if c == "name" or c in copies}
    copies = copies.assign(node_id=new.to_numpy(), kind="junction", note=notes, **spellings).reset_index(drop=True)
    for end in _ENDS:
        moves = links[end].isin(first.index) & (gauge != "") & (gauge != links[end].map(first))
        links[end] = links[end].where(~moves, links[end].astype("str") + ":" + gauge)
    joins = pd.DataFrame(
        {
            "link_id": (more["node_id"] + "|" + more["gauge"]).to_numpy(),
            "from_node_id": more["node_id"].to_numpy(),
            "to_node_id": new.to_numpy(),
        }
    )
    return SplitNodes(links, copies, joins, first.index.tolist())


_ENDS = ("from_node_id", "to_node_id")
JOIN = {
    "mode": "transshipment",
    "length_km": "0",
    "length_km_low": "0",
    "length_km_high": "1",
    "length_basis": "assumed",
}
"""Where freight is moved from one gauge to another: in one place, or from one end of a yard to the other."""


def split_raws(raws: Mapping[str, Raw]) -> None:
    """Split the links of several gauges of a world as found, and the nodes at their ends; said in a note of the links.

    Other nodes where gauges meet stay as they are: whether freight can be moved there, only the world's author knows.
    """
    links, nodes = raws.get("links"), raws.get("nodes")
    needed = ("link_id", *_ENDS, "gauge_mm")
    if links is None or nodes is None or not set(needed) <= set(links.frame) or "node_id" not in nodes.frame:
        return
    gauges = [gauges_of(cell) for cell in links.frame["gauge_mm"].tolist()]
    if not any(gauges):
        return
    split = split_links(links.frame, gauges)
    touched = {str(v).strip() for c in _ENDS for v, g in zip(links.frame[c], gauges, strict=True) if g}
    ends = split_nodes(split.links, nodes.frame, touched)
    joins = ends.joins.assign(**JOIN)
    nodes_kept = len(nodes.frame)
    links.frame = pd.concat([ends.links, joins], ignore_index=True).astype(object)
    links.frame = links.frame.where(links.frame.notna(), "")
    links.where = [links.where[i] for i in split.row] + ["" for _ in joins.index]
    if links.ragged is not None:
        links.ragged = np.r_[links.ragged[split.row], np.zeros(len(joins), dtype=bool)]
    extra = ends.copies.astype(object)
    nodes.frame = pd.concat([nodes.frame.astype(object), extra], ignore_index=True)
    nodes.where = [*nodes.where, *["" for _ in extra.index]]
    if nodes.ragged is not None:
        nodes.ragged = np.r_[nodes.ragged, np.zeros(len(nodes.frame) - nodes_kept, dtype=bool)]
    message = (
        f"{_shown(split.dual)}: several gauges, read as one link for each on one track: they share the capacity; "
        f"split where gauges meet, with a transshipment: {_shown(ends.met) or 'nowhere'}"
    )
    links.problems.append(problem("links", "", "gauge_mm", message, "note"))


def _shown(ids: Sequence[str]) -> str:
    return ", ".join(ids[:3]) + (f" and {len(ids) - 3} more" if len(ids) > 3 else "")
