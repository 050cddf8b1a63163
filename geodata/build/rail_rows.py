"""Stations on lines as the fact files give them, in the order of each line, every one with a chainage."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from geodata.build.common import facts, fold, slug
from scrapflow.world.geodesy import geodesic_km

CIRCUITY = 1.25  # track over straight line where a branch's length is not published
SPACING_KM = 6.0  # mean crossing spacing of the P'yŏngra and Hambuk lines: facts/rail_capacity.md
SAME_PLACE_KM = 15.0


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
        ""
        if not r["lat"]
        else "station"
        if how.startswith("station coord")
        else "town"
        if "city/town" in how
        else "interpolated"
        if how.startswith("INTERPOLATED")
        else "place"
    )
    return Row(
        r["station_id"],
        r["name"],
        r["hangul"],
        r["aliases"],
        r["line_id"],
        float(r["km_from_start"]) if r["km_from_start"] else None,
        (float(r["lon"]), float(r["lat"])) if r["lat"] else None,
        how,
        rank,
        r["province"],
        r["source"],
        r["hangul_status"] == "in source",
        km_basis="derived" if "DERIVED" in r["source"] else "reported",
    )


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
    before = [
        r
        for r in members
        if r in chain and r.station_id[: len(head)] == head and int(re.search(r"\d+$", r.station_id)[0]) < int(number)
    ]
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
            steps = [between_km(between[i], between[j]) for i, j in pairwise(placed)]
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


def between_km(a: Row | Place, b: Row | Place) -> float:
    """Measure the straight line between two placed rows or places, in km."""
    return float(geodesic_km(a.xy[0], a.xy[1], b.xy[0], b.xy[1])[0])


def merge(rows: list[Row]) -> list[Place]:
    """Put rows that mean one physical station together: same name and place, never the name alone."""
    groups: dict[str, list[Place]] = defaultdict(list)
    for row in rows:
        key = core(row.name)
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


def core(name: str) -> str:
    """Reduce a name to what rows of one station have in common: no brackets, no "youth"."""
    name = re.sub(r"\s*\((closed|not in regular use)\)", "", name)
    name = {"East Haeju (Tonghaeju)": "Tonghaeju", "West Haeju (Sŏhaeju)": "Sŏhaeju"}.get(name, name)
    return re.sub("chongnyon$", "", fold(name)) or fold(name)


def _same(a: Row, b: Row) -> bool:
    ha, hb = (re.sub("청년$", "", x.hangul) for x in (a, b))
    if ha and hb and ha != hb:
        return False
    return a.xy is None or b.xy is None or between_km(a, b) <= SAME_PLACE_KM


def _name_nodes(places: list[Place]) -> None:
    for p in places:
        p.rows.sort(key=lambda r: ("chongnyon" not in fold(r.name), r.line))
    wanted = defaultdict(list)
    for p in places:
        wanted[slug(plain(p.name))].append(p)
    for base, group in wanted.items():
        for p in group:
            p.node_id = f"st_{base}" if len(group) == 1 else f"st_{base}_{p.rows[0].line}"


def plain(name: str) -> str:
    """Take remarks and brackets off a printed name."""
    return re.sub(r"\s*\((closed|not in regular use)\)|^\(|\)$", "", name)
