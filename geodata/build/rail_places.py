"""Where stations lie: the best coordinate, impossible ones rejected, the rest interpolated by chainage."""

from __future__ import annotations

import heapq
from collections import defaultdict
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from geodata.build import placed_later
from geodata.build.rail_rows import Place, Row, between_km
from scrapflow.world.geodesy import geodesic_km

WORST_INTERPOLATION_KM = 12.0
RANK = ("station", "town", "place", "interpolated", "")
Position: TypeAlias = tuple[tuple[float, float], float, str]
"""Longitude and latitude, accuracy in km, how it was found."""
ACCURACY_KM = {"station": 0.3, "town": 3.0, "place": 3.0}


def locate(places: list[Place], lines: dict[str, list[Row]]) -> list[str]:
    """Place the stations: best coordinate first, impossible ones rejected, the rest interpolated by chainage."""
    later = placed_later.stations()
    for p in places:
        known = [r for r in p.rows if r.rank in ("station", "town", "place")]
        if known:
            best = min(known, key=lambda r: RANK.index(r.rank))
            p.xy, p.rank, p.how, p.accuracy = best.xy, best.rank, best.how, ACCURACY_KM[best.rank]
        elif found := later.get(p.node_id):
            p.xy, p.rank, p.how, p.accuracy = found.xy, "place", found.how, found.accuracy
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
                straight, along = between_km(a.place, b.place), b.km - a.km
                excess = straight - along - a.place.accuracy - b.place.accuracy
                if excess > 0:
                    for one, other in ((a.place, b.place), (b.place, a.place)):
                        bad[id(one)] += excess
                        facts_of[id(one)].append(
                            f"{straight:.1f} km straight to {other.name} over {along:.1f} km of track"
                        )
        if not bad:
            return out
        worst = max(bad, key=lambda i: (RANK.index(by_id[i].rank), bad[i], by_id[i].node_id))
        p = by_id[worst]
        note = f"coordinate {p.xy[1]:.4f}, {p.xy[0]:.4f} ({p.how}) rejected: {'; '.join(facts_of[worst])}"
        p.notes.append(note)
        out.append(f"{p.name}: {note}")
        p.xy, p.rank, p.how, p.accuracy = None, "", "", None


def _between(row: Row, chain: list[Row]) -> Position | None:
    """Interpolate by chainage between the nearest placed neighbours; with the radius that chainage allows."""
    i = chain.index(row)
    before = next((r for r in reversed(chain[:i]) if r.place.xy is not None), None)
    after = next((r for r in chain[i + 1 :] if r.place.xy is not None), None)
    if before is None or after is None:
        return None
    return _on_the_way(before.place, row.km - before.km, after.place, after.km - row.km)


def _across(p: Place, lines: dict[str, list[Row]]) -> Position | None:
    """Interpolate over the end of a line: between the two nearest placed stations in different directions."""
    track: dict[int, list[tuple[Place, float]]] = defaultdict(list)
    for chain in lines.values():
        for a, b in pairwise(chain):
            track[id(a.place)].append((b.place, b.km - a.km))
            track[id(b.place)].append((a.place, b.km - a.km))
    reached: list[tuple[float, Place]] = []
    seen = {id(p)}
    for first, km in track[id(p)]:
        walk = [(km, 0, first)]
        while walk:
            along, _, here = heapq.heappop(walk)
            if id(here) in seen:
                continue
            seen.add(id(here))
            if here.xy is not None:
                reached.append((along, here))
                break
            for n, (other, step) in enumerate(track[id(here)]):
                heapq.heappush(walk, (along + step, len(seen) * 100 + n, other))
    if len(reached) < 2:
        return None
    (s, a), (t, b) = sorted(reached, key=lambda r: (r[0], r[1].node_id))[:2]
    return _on_the_way(a, s, b, t)


def _on_the_way(a: Place, s: float, b: Place, t: float) -> Position | None:
    """Place a station s km of track from one placed station and t km from another; None if that is too vague."""
    share = s / (s + t) if s + t else 0.5
    xy = tuple(round(u + share * (v - u), 4) for u, v in zip(a.xy, b.xy, strict=True))
    straight = between_km(a, b)
    if straight >= s + t or straight == 0:
        wide = 0.0
    else:
        x = (straight**2 + s**2 - t**2) / (2 * straight)
        wide = float(np.sqrt(max(s**2 - x**2, 0.0)))
    accuracy = round(float(np.hypot(wide, max(a.accuracy, b.accuracy))), 1)
    if accuracy > WORST_INTERPOLATION_KM:
        return None
    return xy, accuracy, f"interpolated by chainage between {a.name} and {b.name}"


def _choose(p: Place, lines: dict[str, list[Row]]) -> Position | None:
    """Of several interpolations of a junction take the one that strains the chainage to all neighbours least."""
    found = [f for r in p.rows if (f := _between(r, lines[r.line]))]
    if not found:
        return _across(p, lines)

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
