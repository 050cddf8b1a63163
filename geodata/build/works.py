"""Steel works with their sidings, and yards with their gates."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from geodata.build.common import facts, family, fold, join, nearest
from geodata.build.hangul import romanise
from scrapflow.world.geodesy import geodesic_km

if TYPE_CHECKING:
    from geodata.build.sources import Register


SIDING_KM = 0.3
SIDING_RANGE_KM = (0.05, 2.0)
NAMED_STATION_KM = 40.0
NEAREST_STATION_KM = 45.0


def mills(register: Register) -> tuple[list[dict], list[dict], list[dict]]:
    """Write the steel works: node, mill row, and their headcount for the count of the rest."""
    pins = {c["matches"].removeprefix("mill "): c for c in facts("coordinates.csv") if c["matches"].startswith("mill ")}
    heads = defaultdict(list)
    for w in facts("workers.csv"):
        heads[w["enterprise_id"].removeprefix("mill:")].append(int(w["workers"]))
    extra = {m["mill_id"]: m for m in facts("mills_assumed.csv")}
    nodes, rows, works = [], [], []
    for m in facts("mills.csv"):
        a, pin = extra[m["mill_id"]], pins.get(m["mill_id"])
        xy = (float(pin["lon"]), float(pin["lat"])) if pin else (float(m["lon"]), float(m["lat"]))
        how = f"map pin, exact per Global Energy Monitor ({pin['source']})" if pin else m["coord_source"]
        local, *other = m["hangul"].split(" / ")
        spellings = [
            m["name"],
            *other,
            *m["aliases"].split("|"),
            *a["aliases"].split("|"),
            romanise(local.replace(".", "")),
        ]
        node = {
            "node_id": a["node_id"],
            "name": a["name"],
            "name_local": local,
            "aliases": join(spellings, but=(a["name"], local)),
            "kind": "mill",
            "region_id": a["region"],
            "subregion": a["subregion"],
            "x_coord": xy[0],
            "y_coord": xy[1],
            "coordinate_accuracy_km": 0.5 if pin else 3.0,
            "coordinate_method": how,
            "basis": "reported",
            "source_id": register.cite(pin["source"] if pin else m["source"]),
            "credibility": "2" if pin else "3",
            "note": a["place_note"],
        }
        nodes.append(node)
        row = {
            "node_id": a["node_id"],
            "process": m["process"],
            "destination": m["role"] == "destination",
            "note": a["why"],
        }
        row |= family("intake_t", *(float(a[k]) for k in ("intake", "intake_low", "intake_high")))
        row |= family("other_supply_t", *(float(a[k]) for k in ("other", "other_low", "other_high")))
        if a["capacity"]:
            row |= family(
                "capacity_t_per_year",
                float(a["capacity"]),
                float(a["capacity_low"]),
                float(a["capacity_high"]),
                "reported",
                register.cite(a["capacity_source"]),
            )
        rows.append(row)
        works.append({**node, "workers": min(heads[m["mill_id"]] or [int(m["workers"] or 3000)])})
    return nodes, rows, works


def sidings(mill_nodes: list[dict], stations: list[dict]) -> list[dict]:
    """Join each steel works to the station its siding leaves from."""
    by_id = {n["node_id"]: n for n in stations}
    named = {a["node_id"]: a["station"] for a in facts("mills_assumed.csv")}
    out = []
    for m in mill_nodes:
        s = by_id[named[m["node_id"]]]
        km = float(geodesic_km(m["x_coord"], m["y_coord"], s["x_coord"], s["y_coord"])[0])
        out.append(
            {
                "link_id": f"siding:{m['node_id']}",
                "from_node_id": s["node_id"],
                "to_node_id": m["node_id"],
                "directed": False,
                "mode": "access",
                "length_km": round(max(1.25 * km, 0.5), 2),
                "length_km_low": round(min(max(km, 0.1), 0.5), 2) if km < 0.4 else round(km, 2),
                "length_km_high": round(2.0 * km + 1.0, 2),
                "length_basis": "assumed",
                "gauge_mm": 1435,
                "note": "siding assumed: straight line x 1.25, at least 0.5 km",
            }
        )
    return out


def yards(stations: list[dict], places: list[dict], links: list[dict]) -> tuple[list[dict], list[dict]]:
    """Put a yard beside each station that an enterprise or community would use, as the article describes one."""
    on_rails = {x for link in links for x in (link["from_node_id"], link["to_node_id"])}
    usable = [s for s in stations if s["node_id"] in on_rails and _is_station(s)]
    placed = [s for s in usable if s["x_coord"] is not None]
    wanted = {e["enterprise_id"]: e["nearest_station"] for e in facts("enterprises.csv")}
    chosen = {}
    for p in places:
        # What has no place is served by no yard: its loads are said to be unserved, not sent somewhere convenient.
        s = p["x_coord"] is not None and (
            _named_station(wanted.get(p["node_id"], ""), p, placed) or _nearest(p, placed)
        )
        if s:
            chosen[s["node_id"]] = s
    nodes, rows = [], []
    spelt = Counter(w for s in chosen.values() for w in _spellings(s))
    for station_id, s in sorted(chosen.items()):
        yard = _yard(s, spelt)
        nodes.append(yard)
        rows.append(
            {
                "link_id": f"gate:{yard['node_id']}",
                "from_node_id": yard["node_id"],
                "to_node_id": station_id,
                "directed": False,
                "mode": "access",
                "length_km": SIDING_KM,
                "length_km_low": SIDING_RANGE_KM[0],
                "length_km_high": SIDING_RANGE_KM[1],
                "length_basis": "assumed",
                "note": "the yard lies near the station; 0.3 km assumed",
            }
        )
    return nodes, rows


def _is_station(s: dict) -> bool:
    return (
        not s["node_id"].endswith("_762")
        and "closed" not in s["name"]
        and s["node_id"][3:]
        not in (
            "tumen_china",
            "uranium_refinery_siding",
            "yalu_bridge_border",
        )
    )


def _spellings(s: dict) -> set[str]:
    """Return every spelling of a station in the form in which names are looked up."""
    return {fold(w) for w in (s["name"], s["name_local"], *s["aliases"].split("|")) if w}


def _yard(s: dict, spelt: Counter[str]) -> dict:
    """Make the yard of a station: whatever names the station names it, except what names another yard's as well."""
    keep = ("region_id", "x_coord", "y_coord", "coordinate_accuracy_km", "coordinate_method")
    others = [w for w in s["aliases"].split("|") if w and spelt[fold(w)] == 1]
    return {
        "node_id": f"yard_{s['node_id'][3:]}",
        "name": f"{s['name']} yard",
        "name_local": s["name_local"],
        "aliases": "|".join([s["name"], *others]),
        "kind": "yard",
        **{k: s[k] for k in keep},
        "basis": "assumed",
        "source_id": "dailynk_13046",
        "credibility": "",
        "note": "assumed: the article tells of one collection yard near a station; here every station in use has one",
    }


def _named_station(name: str, place: dict, stations: list[dict]) -> dict | None:
    if not name:
        return None
    found = [s for s in stations if fold(name) in {fold(x) for x in (s["name"], *s["aliases"].split("|"))}]
    found = [(km, s) for s in found if (km := _between(place, s)) < NAMED_STATION_KM]
    return min(found, key=lambda f: (f[0], f[1]["node_id"]))[1] if found else None


def _nearest(place: dict, placed: list[dict]) -> dict | None:
    if place["x_coord"] is None:
        return None
    station, km = nearest(place, placed)
    return station if km <= NEAREST_STATION_KM else None


def _between(a: dict, b: dict) -> float:
    return float(geodesic_km(a["x_coord"], a["y_coord"], b["x_coord"], b["y_coord"])[0])
