"""Stations, links and lines of the railway, from the fact files.

Three questions are answered on the way: which rows are one physical station (rail_rows), where it lies (rail_places),
and how long the track to the next one is. Chainage decides lengths; coordinates only decide where things are drawn and
which yards are near.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from geodata.build.common import facts, join
from geodata.build.rail_places import locate
from geodata.build.rail_rows import CIRCUITY, Row, chains, core, merge, read_rows
from geodata.build.rail_stations import NARROW, NARROW_FROM_KM, STANDARD, cite_row, gauge, gauges_at, stations

if TYPE_CHECKING:
    from geodata.build.sources import Register

OPENED = {"samjiyon": "2017"}
"""Lines that did not exist yet."""


def build(register: Register) -> tuple[list[dict], list[dict], list[dict], list[str]]:
    """Build the railway: station nodes, links, lines, and what was rejected on the way."""
    rows = read_rows()
    places = merge(rows)
    lines = chains(rows)
    rejected = locate(places, lines)
    nodes = stations(places, lines, register)
    table = line_rows(lines, register)
    _alias_ends(nodes, table)
    return nodes, links(lines, register), table, rejected


def _alias_ends(nodes: list[dict], lines: list[dict]) -> None:
    """Let a line's ends be found under the very words in which the line's length is published."""
    by_id = {n["node_id"]: n for n in nodes}
    for line in lines:
        for end in ("from", "to"):
            node = by_id.get(line[f"{end}_node_id"])
            if node:
                node["aliases"] = join(
                    [*node["aliases"].split("|"), line[f"{end}_name"]], but=(node["name"], node["name_local"])
                )


def links(lines: dict[str, list[Row]], register: Register) -> list[dict]:
    """Write the track between consecutive stations, once where lines share it, and the places where gauges meet."""
    out: dict[tuple[str, str, int], dict] = {}
    order = [r["line_id"] for r in facts("rail_lines.csv")]
    twins = set()
    for line in sorted(lines, key=lambda x: (order.index(x) if x in order else len(order), x)):
        for a, b in pairwise(lines[line]):
            mm = gauge(a)
            ends = [_side(r, mm, lines, twins) for r in (a, b)]
            key = (*sorted(ends), mm)
            if key in out:
                row = out[key]
                row["also_line_ids"] = "|".join(filter(None, [row.get("also_line_ids", ""), line]))
                continue
            basis = max((r.km_basis for r in (a, b)), key=("reported", "derived", "assumed").index)
            note = "; ".join(dict.fromkeys(r.km_note for r in (a, b) if r.km_basis != "reported" and r.km_note))
            out[key] = {
                "link_id": f"{line}:{ends[0][3:]}-{ends[1][3:]}",
                "from_node_id": ends[0],
                "to_node_id": ends[1],
                "directed": False,
                "mode": "rail",
                "length_km": round(b.km - a.km, 2),
                "length_basis": basis,
                **_length_range(round(b.km - a.km, 2), basis, note),
                "gauge_mm": mm,
                "line_id": line,
                "source_id": cite_row(b, register),
                "note": note,
            }
    for node_id, line in sorted(twins):
        out[node_id, line, 0] = {
            "link_id": f"{line}:{node_id[3:]}=762",
            "from_node_id": node_id,
            "to_node_id": f"{node_id}_762",
            "directed": False,
            "mode": "transshipment",
            "length_km": 0.0,
            "length_km_low": 0.0,
            "length_km_high": 1.0,
            "length_basis": "assumed",
            "line_id": line,
            "note": "standard and 762 mm tracks of one station; its cost is a setting of the transport",
        }
    return list(out.values())


def _length_range(km: float, basis: str, note: str) -> dict[str, float]:
    """Say between what the length of a track lies that nobody published; nothing where it is reported."""
    if basis == "reported":
        return {}
    if "equal parts" in note:
        low, high = 0.4 * km, 1.6 * km
    elif "straight line x" in note:
        low, high = km / CIRCUITY, 1.8 * km / CIRCUITY
    elif "usual station spacing" in note:
        low, high = 0.5 * km, 2.0 * km
    elif "divided by straight lines" in note:
        low, high = 0.75 * km, 1.25 * km
    else:  # a difference of two published figures of different tables
        low, high = max(km - 0.2, 0.0), km + 0.2
    return {"length_km_low": round(low, 2), "length_km_high": round(high, 2)}


def _side(row: Row, mm: int, lines: dict[str, list[Row]], twins: set[tuple[str, str]]) -> str:
    if mm == NARROW and gauges_at(row.place, lines) == {STANDARD, NARROW}:
        twins.add((row.place.node_id, row.line))
        return f"{row.place.node_id}_762"
    return row.place.node_id


def line_rows(lines: dict[str, list[Row]], register: Register) -> list[dict]:
    """Write the lines, also those that cannot be drawn, with what is published of their ends and lengths."""
    added = facts("rail_lines_added.csv")
    more = {r["line_id"]: r for r in [*facts("rail_lines_more.csv"), *(r for r in added if r["length_km"])]}
    rows = [*facts("rail_lines.csv"), *(r for r in added if r["name"])]
    sidings = ("songjin_note",)  # a remark on a works, not a line
    return [_line(r, more.get(r["line_id"], {}), lines, register) for r in rows if r["line_id"] not in sidings]


def _number(text: str) -> float | None:
    m = (
        re.match(r"\d+(\.\d+)?$", text.split(" DERIVED", maxsplit=1)[0].rsplit("-", maxsplit=1)[-1].strip())
        if text
        else None
    )
    return float(m[0]) if m else None


def _line(r: dict, more: dict, lines: dict[str, list[Row]], register: Register) -> dict:
    chain = lines.get(r["line_id"], [])
    first, last = _number(r.get("length_km", "")), _number(more.get("length_km", ""))
    length = last if last is not None else first
    notes = []
    if first is not None and last is not None and first != last:
        notes.append(f"rail_lines.csv gives {first:g} km, rail_lines_more.csv {last:g} km")
    if more.get("note"):
        notes.append(more["note"])
    a, b = (r.get("from") or more.get("from", ""), r.get("to") or more.get("to", ""))
    ends = [_end(x, chain) for x in (a, b)]
    if "" in ends and all(_end(more.get(x, ""), chain) for x in ("from", "to")):
        if a:
            notes.append(f"rail_lines.csv names the ends {a} and {b}")
        a, b = more["from"], more["to"]
        ends = [_end(x, chain) for x in (a, b)]
    if r["line_id"] in OPENED:
        notes.append("not in the network: opened after the campaigns modelled here")
    elif not chain:
        lacks = "its ends are not both known" if length else "neither a length nor the place of its far end is known"
        notes.append(f"not in the network: {lacks}")
    hangul = [x for x in r.get("aliases", "").split("|") if re.search("[가-힣]", x)]
    mm = 762 if "762 mm" in more.get("note", "") else int(re.search(r"\d{3,4}", r.get("gauge_mm") or "1435")[0])
    electrified = r.get("electrified") or more.get("electrified", "")
    return {
        "line_id": r["line_id"],
        "name": r["name"],
        "name_local": hangul[0] if hangul else "",
        "aliases": join(
            [*(x for x in r.get("aliases", "").split("|") if x not in hangul[:1]), r["name"].split(" (")[0]],
            but=(r["name"],),
        ),
        "from_name": a,
        "to_name": b,
        "from_node_id": ends[0],
        "to_node_id": ends[1],
        "length_km": length,
        "gauge_mm": None if r["line_id"] in NARROW_FROM_KM else mm,
        "electrified": electrified if electrified in ("yes", "no", "") else "partial",
        "tracks": r.get("tracks", ""),
        "opened": OPENED.get(r["line_id"], ""),
        "source_id": register.cite(more.get("source", "") if last is not None else r.get("source", ""), "kp_sources"),
        "note": "; ".join(notes),
    }


def _end(published: str, chain: list[Row]) -> str:
    plain = re.sub(r"\s*\(.*?\)", "", published).removesuffix(" area").strip()
    for r in chain:
        known = {core(x) for other in r.place.rows for x in (other.name, *other.aliases.split("|")) if x}
        if published and known & {core(plain), core(published)}:
            return r.place.node_id
    return ""
