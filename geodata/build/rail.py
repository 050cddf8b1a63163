"""Stations, links and lines of the railway, from the fact files.

Three questions are answered here: which rows are one physical station, where it lies, and how long the track to the
next one is. Chainage decides lengths; coordinates only decide where things are drawn and which yards are near.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from common import REGIONS, facts, fold, join, romanise, slug
from sources import Register

from scrapflow.world.geodesy import geodesic_km

STANDARD, NARROW = 1435, 762
NARROW_LINES = {"paengmu", "kanggye", "changjin"}
NARROW_FROM_KM = {"sinhung": 41.0}  # standard gauge to Sinhŭng, 762 mm beyond
SAME_PLACE_KM = 15.0
CIRCUITY = 1.25  # track over straight line where a branch's length is not published
SPACING_KM = 6.0  # mean crossing spacing of the P'yŏngra and Hambuk lines: facts/rail_capacity.md
WORST_INTERPOLATION_KM = 12.0
OUTSIDE_STATIONS = {"tumen_china"}
RANK = ("station", "town", "place", "interpolated", "")
ACCURACY_KM = {"station": 0.3, "town": 3.0, "place": 3.0}
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


@dataclass
class Row:
    """A station on a line, as a fact file gives it."""

    station_id: str
    name: str
    hangul: str
    aliases: str
    line: str
    km: float | None
    xy: tuple[float, float] | None
    how: str
    rank: str
    province: str
    source: str
    printed: bool
    km_basis: str = "reported"
    km_note: str = ""
    place: Place | None = None


@dataclass
class Place:
    """A physical station: the rows that mean it, and where it lies."""

    rows: list[Row]
    node_id: str = ""
    xy: tuple[float, float] | None = None
    rank: str = ""
    how: str = ""
    accuracy: float | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The name of the fullest row: the most common spelling, the first of equals."""
        return self.rows[0].name


def read_rows() -> list[Row]:
    """Read the stations, with the additions and corrections of this build applied."""
    raw = facts("rail_stations.csv") + facts("rail_stations_added.csv")
    by_id = {r["station_id"]: r for r in raw}
    changed = defaultdict(list)
    for c in facts("rail_corrections.csv"):
        by_id[c["station_id"]][c["column"]] = c["value"]
        if c["reason"]:
            changed[c["station_id"]].append(c["reason"])
        if c["column"] == "km_from_start":
            by_id[c["station_id"]]["source"] = c["source"]
    better = {}
    for c in facts("coordinates.csv"):
        if c["matches"].startswith("station "):
            better[fold(re.sub(r" station$", "", c["name"]))] = c
    rows = []
    for r in raw:
        c = better.get(fold(r["name"]))
        if c is not None:
            r["lat"], r["lon"] = c["lat"], c["lon"]
            r["coord_source"] = f"station coordinate: {c['source']}"
        row = _row(r)
        row.km_note = "; ".join(dict.fromkeys(changed[r["station_id"]]))
        rows.append(row)
    return rows


def _row(r: dict[str, str]) -> Row:
    how = r["coord_source"]
    rank = (
        "" if not r["lat"] else "station" if how.startswith("station coord") else "town" if "city/town" in how
        else "interpolated" if how.startswith("INTERPOLATED") else "place"
    )  # fmt: skip
    return Row(
        r["station_id"], r["name"], r["hangul"], r["aliases"], r["line_id"],
        float(r["km_from_start"]) if r["km_from_start"] else None,
        (float(r["lon"]), float(r["lat"])) if r["lat"] else None,
        how, rank, r["province"], r["source"], r["hangul_status"] == "in source",
        km_basis="derived" if "DERIVED" in r["source"] else "reported",
    )  # fmt: skip


def chains(rows: list[Row]) -> dict[str, list[Row]]:
    """Order the stations of each line; what has no chainage stands after its predecessor in the file, km filled in."""
    lines: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        lines[row.line].append(row)
    out = {}
    for line, members in lines.items():
        chain = sorted((r for r in members if r.km is not None), key=lambda r: r.km)
        for row in members:
            if row.km is None:
                chain.insert(_position(row, chain, members), row)
        _fill_km(chain)
        out[line] = chain
    return out


def _position(row: Row, chain: list[Row], members: list[Row]) -> int:
    head, number = re.fullmatch(r"(.*?)(\d+)", row.station_id).groups()
    before = [r for r in members if r in chain and r.station_id[: len(head)] == head and int(re.search(r"\d+$", r.station_id)[0]) < int(number)]
    last = max(before, key=lambda r: int(re.search(r"\d+$", r.station_id)[0]), default=None)
    return chain.index(last) + 1 if last else len(chain)


def _fill_km(chain: list[Row]) -> None:
    """Give a chainage to stations without one: by straight lines, else equal parts, else the usual spacing."""
    known = [i for i, r in enumerate(chain) if r.km is not None]
    for a, b in pairwise(known):
        between = chain[a : b + 1]
        if b - a == 1:
            continue
        span = between[-1].km - between[0].km
        placed = [i for i, r in enumerate(between) if r.xy is not None]
        if {0, len(between) - 1} <= set(placed) and len(placed) > 2:
            steps = [_km(between[i], between[j]) for i, j in pairwise(placed)]
            for i, share in zip(placed[1:-1], np.cumsum(steps)[:-1] / sum(steps), strict=True):
                between[i].km = round(between[0].km + span * float(share), 1)
                between[i].km_basis = "derived"
                between[i].km_note = "chainage not published: divided by straight lines"
    known = [i for i, r in enumerate(chain) if r.km is not None]
    for a, b in pairwise(known):
        for i in range(a + 1, b):
            chain[i].km = round(chain[a].km + (chain[b].km - chain[a].km) * (i - a) / (b - a), 1)
            chain[i].km_basis = "assumed"
            chain[i].km_note = "chainage not published: equal parts assumed"
    for i in range(1, len(chain)):
        if chain[i].km is None:
            end, anchor = _known_xy(chain[i]), next((r for r in reversed(chain[:i]) if _known_xy(r)), None)
            if end and anchor:
                km = anchor.km + CIRCUITY * float(geodesic_km(*_known_xy(anchor), *end)[0])
                basis, note = "derived", f"length not published: straight line x {CIRCUITY:g}"
            else:
                km, basis = chain[i - 1].km + SPACING_KM, "assumed"
                note = f"length not published: the network's usual station spacing of {SPACING_KM:g} km"
            chain[i].km, chain[i].km_basis, chain[i].km_note = round(km, 1), basis, note


def _known_xy(row: Row) -> tuple[float, float] | None:
    return next((r.xy for r in row.place.rows if r.xy), None)


def _km(a: Row | Place, b: Row | Place) -> float:
    return float(geodesic_km(a.xy[0], a.xy[1], b.xy[0], b.xy[1])[0])


def merge(rows: list[Row]) -> list[Place]:
    """Put rows that mean one physical station together: same name and place, never the name alone."""
    groups: dict[str, list[Place]] = defaultdict(list)
    for row in rows:
        key = _core(row.name)
        for place in groups[key]:
            if all(_same(row, other) for other in place.rows):
                place.rows.append(row)
                break
        else:
            groups[key].append(Place([row]))
            row.place = groups[key][-1]
        row.place = row.place or next(p for p in groups[key] if row in p.rows)
    places = [p for ps in groups.values() for p in ps]
    _name_nodes(places)
    return places


def _core(name: str) -> str:
    name = re.sub(r"\s*\((closed|not in regular use)\)", "", name)
    name = {"East Haeju (Tonghaeju)": "Tonghaeju", "West Haeju (Sŏhaeju)": "Sŏhaeju"}.get(name, name)
    return re.sub("chongnyon$", "", fold(name)) or fold(name)


def _same(a: Row, b: Row) -> bool:
    ha, hb = (re.sub("청년$", "", x.hangul) for x in (a, b))
    if ha and hb and ha != hb:
        return False
    return a.xy is None or b.xy is None or _km(a, b) <= SAME_PLACE_KM


def _name_nodes(places: list[Place]) -> None:
    for p in places:
        p.rows.sort(key=lambda r: ("chongnyon" not in fold(r.name), r.line))
    wanted = defaultdict(list)
    for p in places:
        wanted[slug(_plain(p.name))].append(p)
    for base, group in wanted.items():
        for p in group:
            p.node_id = f"st_{base}" if len(group) == 1 else f"st_{base}_{p.rows[0].line}"


def _plain(name: str) -> str:
    return re.sub(r"\s*\((closed|not in regular use)\)|^\(|\)$", "", name)


def locate(places: list[Place], lines: dict[str, list[Row]]) -> list[str]:
    """Place the stations: best coordinate first, impossible ones rejected, the rest interpolated by chainage."""
    for p in places:
        known = [r for r in p.rows if r.rank in ("station", "town", "place")]
        if known:
            best = min(known, key=lambda r: RANK.index(r.rank))
            p.xy, p.rank, p.how, p.accuracy = best.xy, best.rank, best.how, ACCURACY_KM[best.rank]
    rejected = _reject(places, lines)
    # Junctions first: the lines that meet there then agree. Within a round nothing is placed from what was just placed.
    for several in (True, False):
        chosen = [
            (p, found)
            for p in places
            if p.xy is None and (len({r.line for r in p.rows}) > 1 or not several) and (found := _choose(p, lines))
        ]
        for p, found in chosen:
            p.xy, p.accuracy, p.how = found
            p.rank = "interpolated"
    return rejected


def _reject(places: list[Place], lines: dict[str, list[Row]]) -> list[str]:
    """Take away coordinates that chainage rules out by more than both accuracies, worst and least trusted first."""
    out = []
    while True:
        bad: dict[int, float] = defaultdict(float)
        by_id = {id(p): p for p in places}
        facts_of: dict[int, list[str]] = defaultdict(list)
        for chain in lines.values():
            anchors = [r for r in chain if r.place.xy is not None]
            for a, b in pairwise(anchors):
                if a.place is b.place:
                    continue
                straight, along = _km(a.place, b.place), b.km - a.km
                excess = straight - along - a.place.accuracy - b.place.accuracy
                if excess > 0:
                    for one, other in ((a.place, b.place), (b.place, a.place)):
                        bad[id(one)] += excess
                        facts_of[id(one)].append(f"{straight:.1f} km straight to {other.name} over {along:.1f} km of track")
        if not bad:
            return out
        worst = max(bad, key=lambda i: (RANK.index(by_id[i].rank), bad[i], by_id[i].node_id))
        p = by_id[worst]
        note = f"coordinate {p.xy[1]:.4f}, {p.xy[0]:.4f} ({p.how}) rejected: {'; '.join(facts_of[worst])}"
        p.notes.append(note)
        out.append(f"{p.name}: {note}")
        p.xy, p.rank, p.how, p.accuracy = None, "", "", None


def _between(row: Row, chain: list[Row]) -> tuple[tuple[float, float], float, str] | None:
    """Interpolate by chainage between the nearest placed neighbours; with the radius that chainage allows."""
    i = chain.index(row)
    before = next((r for r in reversed(chain[:i]) if r.place.xy is not None), None)
    after = next((r for r in chain[i + 1 :] if r.place.xy is not None), None)
    if before is None or after is None:
        return None
    s, t = row.km - before.km, after.km - row.km
    share = s / (s + t) if s + t else 0.5
    a, b = before.place, after.place
    xy = tuple(round(u + share * (v - u), 4) for u, v in zip(a.xy, b.xy, strict=True))
    straight = _km(a, b)
    if straight >= s + t or straight == 0:
        wide = 0.0
    else:
        x = (straight**2 + s**2 - t**2) / (2 * straight)
        wide = float(np.sqrt(max(s**2 - x**2, 0.0)))
    accuracy = round(float(np.hypot(wide, max(a.accuracy, b.accuracy))), 1)
    if accuracy > WORST_INTERPOLATION_KM:
        return None
    return xy, accuracy, f"interpolated by chainage between {a.name} and {b.name}"


def _choose(p: Place, lines: dict[str, list[Row]]) -> tuple[tuple[float, float], float, str] | None:
    """Of several interpolations of a junction take the one that strains the chainage to all neighbours least."""
    found = [f for r in p.rows if (f := _between(r, lines[r.line]))]
    if not found:
        return None

    def strain(f: tuple[tuple[float, float], float, str]) -> float:
        total = 0.0
        for r in p.rows:
            chain = lines[r.line]
            i = chain.index(r)
            for side in (reversed(chain[:i]), chain[i + 1 :]):
                n = next((x for x in side if x.place.xy is not None), None)
                if n is not None:
                    km = float(geodesic_km(*f[0], *n.place.xy)[0])
                    total += max(0.0, km - abs(n.km - r.km))
        return total

    best = min(found, key=lambda f: (round(strain(f), 1), f[1]))
    if len(found) > 1:
        p.notes.append(f"{len(found)} interpolations, one from each line; this one strains the published lengths least")
    return best


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
        gauges = _gauges(p, lines)
        nodes.append(row)
        if gauges == {STANDARD, NARROW}:
            twin = dict(row)
            twin.update(
                node_id=f"{row['node_id']}_762", name=f"{row['name']} (762 mm)", aliases="", name_local="",
                note="narrow-gauge side of the station; transshipment joins the two",
            )  # fmt: skip
            nodes.append(twin)
    _tell_apart(nodes, places)
    return nodes


def _gauges(p: Place, lines: dict[str, list[Row]]) -> set[int]:
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
    taken = {fold(_plain(r.name)) for p in places for r in p.rows}
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
    spellings = [r.name for r in p.rows] + [_plain(r.name) for r in p.rows]
    for r in p.rows:
        spellings += r.aliases.split("|")
        if m := re.fullmatch(r"(.+) \((\w+)\)", r.name):
            spellings += [m[1], m[2]]
    spellings += short + [romanise(hangul)] + EXTRA_ALIASES.get(p.node_id[3:], "").split("|")
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
        "source_id": _cite(row, register),
        "credibility": CREDIBILITY[p.rank],
        "note": "; ".join(notes),
    }


def _cite(row: Row, register: Register) -> str:
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
                "link_id": f"{line}:{ends[0][3:]}-{ends[1][3:]}", "from_node_id": ends[0], "to_node_id": ends[1],
                "directed": False, "mode": "rail", "length_km": round(b.km - a.km, 2), "length_basis": basis,
                "gauge_mm": mm, "line_id": line, "source_id": _cite(b, register), "note": note,
            }  # fmt: skip
    for node_id, line in sorted(twins):
        out[node_id, line, 0] = {
            "link_id": f"{line}:{node_id[3:]}=762", "from_node_id": node_id, "to_node_id": f"{node_id}_762",
            "directed": False, "mode": "transshipment", "length_km": 0.0, "length_basis": "assumed", "line_id": line,
            "note": "standard and 762 mm tracks of one station; its cost is a setting of the transport",
        }  # fmt: skip
    return list(out.values())


def _side(row: Row, mm: int, lines: dict[str, list[Row]], twins: set[tuple[str, str]]) -> str:
    if mm == NARROW and _gauges(row.place, lines) == {STANDARD, NARROW}:
        twins.add((row.place.node_id, row.line))
        return f"{row.place.node_id}_762"
    return row.place.node_id


def line_rows(lines: dict[str, list[Row]], register: Register) -> list[dict]:
    """Write the lines, also those that cannot be drawn, with what is published of their ends and lengths."""
    more = {r["line_id"]: r for r in facts("rail_lines_more.csv") + facts("rail_lines_added.csv")}
    out = []
    for r in facts("rail_lines.csv") + [m for m in more.values() if m["line_id"] in ("pakchon", "cholsan", "unha")]:
        if r["line_id"] != "songjin_note":
            out.append(_line(r, more.get(r["line_id"], {}), lines, register))
    out.append(_line({"line_id": "tasado", "name": "Tasado Line", "aliases": "다사도선", "from": "Ryongch'ŏn", "to": "Sinjŏngri",
                      "source": "https://m.namu.moe/w/용암포역", "gauge_mm": "1435"}, {}, lines, register))  # fmt: skip
    return out


def _number(text: str) -> float | None:
    m = re.match(r"\d+(\.\d+)?$", text.split(" DERIVED")[0].split("-")[-1].strip()) if text else None
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
    if not chain:
        notes.append("not in the network: neither a length nor the place of its far end is known")
    if r["line_id"] == "samjiyon":
        notes.append("opened after the campaigns modelled here, so it has no links")
    hangul = [x for x in r.get("aliases", "").split("|") if re.search("[가-힣]", x)]
    name = r.get("name") or f"{a}–{b} Line"
    if r["line_id"] in ("pakchon", "cholsan", "unha"):
        name = {"pakchon": "Pakch'ŏn Line", "cholsan": "Ch'ŏlsan Line", "unha": "Unha Line"}[r["line_id"]]
    mm = 762 if "762 mm" in more.get("note", "") else int(re.search(r"\d{3,4}", r.get("gauge_mm") or "1435")[0])
    electrified = r.get("electrified") or more.get("electrified", "")
    return {
        "line_id": r["line_id"],
        "name": name,
        "name_local": hangul[0] if hangul else "",
        "aliases": join([x for x in r.get("aliases", "").split("|") if x not in hangul[:1]], but=(name,)),
        "from_name": a,
        "to_name": b,
        "from_node_id": ends[0],
        "to_node_id": ends[1],
        "length_km": length,
        "gauge_mm": None if r["line_id"] in NARROW_FROM_KM else mm,
        "electrified": electrified if electrified in ("yes", "no", "") else "partial",
        "tracks": r.get("tracks", ""),
        "opened": "2017" if r["line_id"] == "samjiyon" else "",
        "source_id": register.cite(more.get("source", "") if last is not None else r.get("source", ""), "kp_sources"),
        "note": "; ".join(notes),
    }


def _end(published: str, chain: list[Row]) -> str:
    plain = re.sub(r"\s*\(.*?\)", "", published).removesuffix(" area").strip()
    for r in chain:
        known = {_core(x) for other in r.place.rows for x in (other.name, *other.aliases.split("|")) if x}
        if published and known & {_core(plain), _core(published)}:
            return r.place.node_id
    return ""


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
                node["aliases"] = join([*node["aliases"].split("|"), line[f"{end}_name"]], but=(node["name"], node["name_local"]))
