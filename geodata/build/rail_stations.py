"""Stations as node rows: names, spellings, regions, and a second node where two gauges meet."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from geodata.build.common import REGIONS, facts, fold, join
from geodata.build.hangul import romanise
from geodata.build.rail_rows import Place, Row, plain

if TYPE_CHECKING:
    from geodata.build.sources import Register


STANDARD, NARROW = 1435, 762
NARROW_LINES = {"paengmu", "kanggye", "changjin"}
NARROW_FROM_KM = {"sinhung": 41.0}  # standard gauge to Sinhŭng, 762 mm beyond
OUTSIDE_STATIONS = {"tumen_china"}
CREDIBILITY = {"station": "2", "town": "2", "place": "3", "interpolated": "3", "": "3"}
EXTRA_ALIASES = {
    "kangson": "Gangsun|Kangsun|Gangseon|Ch'ŏllima",
    "kim_chaek": "Sŏngjin|Sungjin|Songjin|Seongjin|Kimchaek|Gimchaek",
    "chongam": "Panjuk|반죽",
    "rajin": "Najin|Rason",
    "kaesong": "Kaesŏng (P'anmun)|Gaesong",
    "chongjin_chongnyon": "Cheongjin|Chongjin",
    "tanchon_chongnyon": "Dancheon|Danchon",
    "songrim_chongnyon": "Songnim|Kyŏmip'o",
    "sinsongchon": "Sinseongcheon",
    "wonsan": "Wonsan|Weonsan",
    "tumangang": "Tumen River|Dumangang",
    "panmun": "P'anmunjŏm",
}


def gauge(row: Row) -> int:
    """Say the gauge of the track that leaves a station towards the end of its line."""
    if row.line in NARROW_LINES or (row.line in NARROW_FROM_KM and row.km >= NARROW_FROM_KM[row.line]):
        return NARROW
    return STANDARD


def stations(places: list[Place], lines: dict[str, list[Row]], register: Register) -> list[dict]:
    """Write the places as node rows, a narrow-gauge station where two gauges meet as a second one."""
    nodes = []
    regions = _regions(places, lines)
    short = _short_names(places)
    for p in places:
        row = _node(p, regions[id(p)], short.get(id(p), []), register)
        gauges = gauges_at(p, lines)
        nodes.append(row)
        if gauges == {STANDARD, NARROW}:
            twin = dict(row)
            twin.update(
                node_id=f"{row['node_id']}_762",
                name=f"{row['name']} (762 mm)",
                aliases="",
                name_local="",
                note="narrow-gauge side of the station; transshipment joins the two",
            )
            nodes.append(twin)
    _tell_apart(nodes, places)
    return nodes


def gauges_at(p: Place, lines: dict[str, list[Row]]) -> set[int]:
    """List the gauges of the tracks that meet in a place."""
    out = set()
    for r in p.rows:
        chain = lines[r.line]
        i = chain.index(r)
        if i + 1 < len(chain):
            out.add(gauge(r))
        if i:
            out.add(gauge(chain[i - 1]))
    return out


def _short_names(places: list[Place]) -> dict[int, list[str]]:
    """Names without 'Ch'ŏngnyŏn' (youth) are used too, where no other station has them."""
    taken = {fold(plain(r.name)) for p in places for r in p.rows}
    out = {}
    for p in places:
        name = re.sub(r"\s+Ch'ŏngnyŏn$", "", p.name)
        if name != p.name and (fold(name) not in taken or any(fold(r.name) == fold(name) for r in p.rows)):
            hangul = re.sub("청년$", "", p.rows[0].hangul)
            out[id(p)] = [name, hangul, romanise(hangul)]
    return out


def _node(p: Place, region: str, short: list[str], register: Register) -> dict:
    row = p.rows[0]
    name = row.name.strip("()") if row.name.startswith("(") else row.name
    hangul = next((r.hangul for r in p.rows if r.hangul and r.printed), row.hangul)
    spellings = [r.name for r in p.rows] + [plain(r.name) for r in p.rows]
    for r in p.rows:
        spellings += [r.hangul, *r.aliases.split("|")]
        if m := re.fullmatch(r"(.+) \((\w+)\)", r.name):
            spellings += [m[1], m[2]]
    spellings += [*short, romanise(hangul), *EXTRA_ALIASES.get(p.node_id[3:], "").split("|")]
    junk = {"yard", "border", "freight, Hwanghae Iron & Steel Complex", "border, Yalu bridge to Ji'an", "closed"}
    notes = list(p.notes)
    notes += dict.fromkeys(f"{r.line}: {r.km_note}" for r in p.rows if r.km_note)
    if "(closed)" in row.name:
        notes.append("closed halt, kept as an anchor of the chainage; no yard stands here")
    if p.xy is None:
        notes.append("not placed: no coordinate is known and none can be interpolated")
    if hangul and not any(r.printed for r in p.rows):
        notes.append("Hangul worked back from the Latin spelling, unverified")
    return {
        "node_id": p.node_id,
        "name": name,
        "name_local": hangul,
        "aliases": join([s for s in spellings if s.strip() not in junk], but=(name, hangul)),
        "kind": "station",
        "region_id": region,
        "x_coord": p.xy[0] if p.xy else None,
        "y_coord": p.xy[1] if p.xy else None,
        "coordinate_accuracy_km": p.accuracy,
        "coordinate_method": p.how if p.xy else "",
        "basis": "derived" if p.rank == "interpolated" else "reported",
        "source_id": cite_row(row, register),
        "credibility": CREDIBILITY[p.rank],
        "note": "; ".join(notes),
    }


def cite_row(row: Row, register: Register) -> str:
    """Return the source of a row: its own, else that of its line."""
    line = next((r for r in facts("rail_lines.csv") + facts("rail_lines_more.csv") if r["line_id"] == row.line), {})
    return register.cite(row.source) or register.cite(line.get("source", "")) or register.cite("kp_sources.md")


def _tell_apart(nodes: list[dict], places: list[Place]) -> None:
    """Give stations that share a spelling one more, with the line in brackets, so that each can be asked for."""
    spelled = defaultdict(set)
    for n in nodes:
        for s in (n["name"], n["name_local"], *n["aliases"].split("|")):
            spelled[fold(s)].add(n["node_id"])
    names = {r["line_id"]: r["name"] for r in facts("rail_lines.csv")}
    rows = {p.node_id: p.rows for p in places}
    for n in nodes:
        if len(spelled[fold(n["name"])]) > 1 and n["node_id"] in rows:
            extra = [f"{n['name']} ({names[r.line]})" for r in rows[n["node_id"]] if r.line in names]
            n["aliases"] = "|".join(filter(None, [n["aliases"], *extra]))


def _regions(places: list[Place], lines: dict[str, list[Row]]) -> dict[int, str]:
    out = {id(p): next((REGIONS[r.province] for r in p.rows if r.province), "") for p in places}
    for p in places:
        if not out[id(p)] and p.node_id[3:] not in OUTSIDE_STATIONS:
            near = []
            for r in p.rows:
                near += [(abs(o.km - r.km), out[id(o.place)]) for o in lines[r.line] if out[id(o.place)]]
            out[id(p)] = min(near)[1] if near else ""
    return out
