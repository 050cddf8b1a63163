"""Regions, communities, sectors, enterprises, mills and yards, from the fact files.

Populations add up to the provinces of the 2008 census exactly: what is published stays, the rest of each province is
shared out and says so. Headcounts add up to a part of the census's employment, also said.
"""

from __future__ import annotations

from collections import Counter, defaultdict

from common import REGIONS, facts, fold, join, romanise, slug
from sources import Register

from scrapflow.world.geodesy import geodesic_km

SIDING_KM = 0.3
COUNTY_STATION_KM = 10.0
TOWN_KM = 3.0
NAMED_STATION_KM = 40.0
NEAREST_STATION_KM = 45.0
YOUTH = (0.22, 0.19, 0.241)
UNAFFILIATED = (0.18, 0.09, 0.36)
HOUSEHOLD_SCRAP_KG = (1.5, 0.5, 8.0)
APPLIANCE_KG = (8.0, 3.0, 20.0)
WORKERS_PER_RESIDENT = (5.33 / 24.05, 3.61 / 24.05, 7.80 / 24.05)
SCRAP_RANGE = (0.3, 6.0)
ARISING_RANGE = (0.3, 3.0)
OBSOLETE = (0.15, 0.05, 0.30)
IDLE = (0.40, 0.20, 0.70)
NOT_YET = {"ent_004": "built after 2015 (general knowledge in the fact file)", "ent_075": "opened 2016"}
COMPLEXES = {"ent_010", "ent_012", "ent_024"}
STRIPPED = {"ent_119"}
TOTALS = {
    "Pyongyang": 3255288, "South Pyongan": 4051696, "North Pyongan": 2728662, "Chagang": 1299830,
    "South Hwanghae": 2310485, "North Hwanghae": 2113672, "Kangwon": 1477582, "South Hamgyong": 3066013,
    "North Hamgyong": 2327362, "Ryanggang": 719269,
}  # fmt: skip
SUSPECT = {("South Hamgyong", "Hŏch'ŏn")}  # printed with Mundŏk's number
NAMPO_TOTAL = 983660


def regions(register: Register) -> list[dict]:
    """Write the regions: provinces and cities of 2015, with what the census and the basemap call them."""
    out = []
    for r in facts("regions.csv"):
        row = {k: v for k, v in r.items() if v}
        row["source_id"] = register.cite(r["source"])
        row.pop("source", None)
        out.append(row)
    return out


def _gazetteer() -> dict[tuple[str, str], tuple[float, float]]:
    return {(r["admin1"], r["name"]): (float(r["lon"]), float(r["lat"])) for r in facts("gazetteer.csv")}


def communities(stations: list[dict], register: Register) -> tuple[list[dict], list[dict]]:
    """Write one node and one row a city or county; the unplaced ones keep their people and have no coordinate."""
    known = _published()
    by_id = {n["node_id"]: n for n in stations}
    towns = _gazetteer()
    pins = {e["enterprise_id"]: e for e in facts("enterprises.csv")}
    nodes, rows = [], []
    for c in facts("communities.csv"):
        node = _town(c, by_id, towns, pins, register)
        nodes.append(node)
        rows.append({"node_id": node["node_id"], "census": c["census_region"], "region": c["region"],
                     "found": known.get((c["census_region"], c["population_row"])) or known.get((c["region"], c["population_row"])),
                     "wanted": c["population_row"], "name": c["community"]})  # fmt: skip
    _tell_apart(nodes, rows)
    _share_out(rows)
    return nodes, [_community(r, register) for r in rows]


def _tell_apart(nodes: list[dict], rows: list[dict]) -> None:
    """Two counties whose names differ in accents alone get the region in their identifier."""
    seen = Counter(n["node_id"] for n in nodes)
    for n, r in zip(nodes, rows, strict=True):
        if seen[n["node_id"]] > 1:
            n["node_id"] = r["node_id"] = f"{n['node_id']}_{n['region_id']}"


def _published() -> dict[tuple[str, str], dict]:
    """Census figures by province (and by region) and name; later rows replace earlier ones."""
    out = {}
    for r in facts("populations.csv") + facts("populations_added.csv"):
        if not r["population"] or not r["year"].startswith("2008") or (r["province"], r["county_city"]) in SUSPECT:
            continue
        census = {"Nampo": "South Pyongan", "Rason": "North Hamgyong"}.get(r["province"], r["province"])
        out[census, r["county_city"]] = r
    for name in ("Chunghwa", "Sangwŏn", "Sŭngho"):  # counted with P'yŏngyang in 2008
        out["Pyongyang", name] = out["North Hwanghae", name]
    return out


def _town(c: dict, stations: dict, towns: dict, pins: dict, register: Register) -> dict:
    how, source, accuracy, xy, basis, grade = "", register.cite("hmong.in.th/wiki/2008_North_Korean_census"), None, None, "reported", "2"
    kind, _, ref = c["place"].partition(":")
    if kind.startswith("z"):
        xy, accuracy, source = towns[kind[1:], ref], TOWN_KM, "geonames"
        how = f"GeoNames '{ref}', town centre"
    elif kind == "x":
        lon, lat, url = ref.split(":", 2)
        xy, accuracy, source, how = (float(lon), float(lat)), 5.0, register.cite(url), "county coordinate of the source"
    elif kind == "e":
        pin = pins[ref]
        xy, accuracy, source, how = (float(pin["lon"]), float(pin["lat"])), TOWN_KM, "geonames", pin["coord_source"]
    elif kind in ("s", "c"):
        n = stations[ref]
        xy, source = (n["x_coord"], n["y_coord"]), n["source_id"]
        accuracy = max(n["coordinate_accuracy_km"], COUNTY_STATION_KM if kind == "c" else TOWN_KM)
        how = f"station {n['name']} ({n['coordinate_method']})" + (", a station of the county" if kind == "c" else "")
        basis, grade = "derived", "3"
    hangul = c["hangul"]
    name = c["community"]
    return {
        "node_id": f"town_{slug(name)}", "name": name, "name_local": hangul,
        "aliases": join([*c["aliases"].split("|"), romanise(hangul)], but=(name, hangul)),
        "kind": "community", "region_id": c["region"], "subregion": name,
        "x_coord": xy[0] if xy else None, "y_coord": xy[1] if xy else None, "coordinate_accuracy_km": accuracy,
        "coordinate_method": how, "basis": basis, "source_id": source, "credibility": grade,
        "note": "" if xy else "not placed: no coordinate of the county seat was found",
    }  # fmt: skip


def _share_out(rows: list[dict]) -> None:
    """Share what a province has left over those of its counties for which no number is published, in equal parts."""
    nampo = [r for r in rows if r["region"] == "nampo"]
    rason = [r for r in rows if r["region"] == "rason"]
    groups = [(nampo, NAMPO_TOTAL), (rason, sum(_people(r) for r in rason))]
    for census, total in TOTALS.items():
        rest = [r for r in rows if r["census"] == census and r["region"] not in ("nampo", "rason")]
        apart = NAMPO_TOTAL if census == "South Pyongan" else groups[1][1] if census == "North Hamgyong" else 0
        groups.append((rest, total - apart))
    counties = sorted(_people(r) for r in rows if r["found"] and _is_county(r))
    low, high = counties[0], counties[-1]
    for members, total in groups:
        open_ones = sorted((r for r in members if not r["found"]), key=lambda r: r["node_id"])
        if any(r["wanted"] == "rest" for r in open_ones):
            _capital(open_ones, members, total, low, high)
            continue
        left = total - sum(_people(r) for r in members if r["found"])
        for i, r in enumerate(open_ones):
            r["population"] = left // len(open_ones) + (1 if i < left % len(open_ones) else 0)
            r["low"], r["high"] = min(low, r["population"]), max(high, r["population"])
            r["why"] = f"the province's {left:,} residents without a published county, in {len(open_ones)} equal parts"


def _capital(open_ones: list[dict], members: list[dict], total: int, low: int, high: int) -> None:
    """P'yŏngyang: a county without a number gets the mean of its neighbours, the city what is left."""
    near = [_people(r) for r in members if r["found"] and r["name"] in ("Chunghwa", "Sangwŏn", "Sŭngho")]
    left = total - sum(_people(r) for r in members if r["found"])
    for r in open_ones:
        if r["wanted"] != "rest":
            r["population"], r["low"], r["high"] = round(sum(near) / len(near)), low, high
            r["why"] = "mean of the three neighbouring counties of the capital"
            left -= r["population"]
    city = next(r for r in open_ones if r["wanted"] == "rest")
    city["population"], city["low"], city["high"] = left, left - high, left + low
    city["why"] = "the capital's total less its counties"


def _is_county(r: dict) -> bool:
    return r["census"] != "Pyongyang" and _people(r) < 180_000 and "city" not in r["wanted"]


def _people(r: dict) -> int:
    return int(float(r["found"]["population"]))


def _community(r: dict, register: Register) -> dict:
    found = r["found"]
    value = _people(r) if found else r["population"]
    row = {"node_id": r["node_id"], "population": value, "population_low": None if found else r["low"],
           "population_high": None if found else r["high"], "population_basis": "reported" if found else "derived",
           "population_source_id": register.cite(found["source"], "census_2008") if found else "census_2008",
           "note": "" if found else r["why"]}  # fmt: skip
    if found and ("approx" in found["year"] or "rounded" in found["year"]):
        row["note"] = f"as printed: {found['year']}"
    for column, (x, low, high) in (
        ("unaffiliated_share", UNAFFILIATED), ("youth_share", YOUTH),
        ("household_scrap_kg", HOUSEHOLD_SCRAP_KG), ("appliance_kg", APPLIANCE_KG),
    ):  # fmt: skip
        row |= _family(column, x, low, high)
    return row


def _family(column: str, x: float | None, low: float | None, high: float | None, basis: str = "assumed", source: str = "") -> dict:
    return {column: x, f"{column}_low": low, f"{column}_high": high, f"{column}_basis": basis, f"{column}_source_id": source}


def sectors() -> list[dict]:
    """Write the sectors: what is assumed of an enterprise that nothing is known about."""
    out = []
    for s in facts("sectors.csv"):
        number = {k: float(v) if v else None for k, v in s.items() if k not in ("sector_id", "name", "why")}
        row = {"sector_id": s["sector_id"], "name": s["name"], "output_unit": "worker-month", "note": s["why"]}
        if number["workers"]:
            row |= _family("workers", number["workers"], number["workers_low"], number["workers_high"])
        row |= _family("scrap_kg_per_worker", number["scrap"], *(round(number["scrap"] * f, 2) for f in SCRAP_RANGE))
        row |= _family("scrap_arising_kg_per_worker", number["arising"], *(round(number["arising"] * f, 3) for f in ARISING_RANGE))
        row |= _family("machinery_kg_per_worker", number["machinery"], number["machinery_low"], number["machinery_high"])
        row |= _family("obsolete_share", *OBSOLETE)
        row |= _family("idle_share", *IDLE)
        row |= _family("output_per_worker", 1.0, 1.0, 1.0)
        out.append(row)
    return out


def enterprises(town_nodes: list[dict], town_rows: list[dict], mills: list[dict], register: Register) -> tuple[list[dict], list[dict]]:
    """Write the named enterprises and, for each community, one row for the rest of its workforce."""
    heads = _headcounts()
    defaults = {s["sector_id"]: s for s in facts("sectors.csv")}
    pins = {c["matches"]: c for c in facts("coordinates.csv")}
    nodes, rows = [], []
    for e in facts("enterprises.csv"):
        nodes.append(_factory(e, pins.get(e["enterprise_id"]), register))
        rows.append(_workforce(e, heads.get(e["enterprise_id"], []), defaults, register))
    others = _others(town_nodes, town_rows, nodes, rows, mills, defaults)
    return nodes + [n for n, _ in others], rows + [r for _, r in others]


def _factory(e: dict, pin: dict | None, register: Register) -> dict:
    xy = (float(e["lon"]), float(e["lat"])) if e["lat"] else None
    how, accuracy, basis = e["coord_source"], 3.0, "reported"
    source = register.cite(e["source"], "nkdb_thewiki")
    if "nearest station" in how:
        accuracy, basis = 5.0, "derived"
    elif "proxy" in how:
        accuracy, basis = 10.0, "derived"
    elif "map pin" in how:
        accuracy = 1.0
    elif "town centre" in how:
        accuracy, basis = 5.0, "derived"
    if pin:
        xy, how, accuracy, basis = (float(pin["lon"]), float(pin["lat"])), f"map pin ({pin['source']})", 0.5, "reported"
    region, note = REGIONS[e["province"]], []
    if e["county"] in ("Sŭngho", "Sangwŏn") and region == "north_hwanghae":
        region = "pyongyang"
        note.append("the factory list says North Hwanghae (since 2010); kept with P'yŏngyang, as the 2008 census and the basemap do")
    if not xy:
        how, accuracy, basis = "", None, "reported"
        note.append("not placed: only its province is known" if not e["county"] else "not placed: only its county is known")
    if "verify" in e["source"] or "general knowledge" in e["source"]:
        note.append("the fact file marks the place or date as general knowledge, to be verified")
    return {
        "node_id": e["enterprise_id"], "name": e["name"], "name_local": e["hangul"].strip(),
        "aliases": join([*e["aliases"].split("|"), romanise(e["hangul"].replace(" ", ""))], but=(e["name"], e["hangul"])),
        "kind": "enterprise", "region_id": region, "subregion": e["county"],
        "x_coord": xy[0] if xy else None, "y_coord": xy[1] if xy else None, "coordinate_accuracy_km": accuracy,
        "coordinate_method": how, "basis": basis, "source_id": source,
        "credibility": "2" if basis == "reported" else "3", "note": "; ".join(note),
    }  # fmt: skip


def _headcounts() -> dict[str, list[dict]]:
    out = defaultdict(list)
    for w in facts("workers.csv"):
        out[w["enterprise_id"]].append(w)
    for e in facts("enterprises.csv"):
        if e["workers"] and e["enterprise_id"] not in out:
            out[e["enterprise_id"]].append({"workers": e["workers"], "source": e["source"], "year": "", "note": ""})
    return out


def _workforce(e: dict, heads: list[dict], defaults: dict, register: Register) -> dict:
    row = {"node_id": e["enterprise_id"], "sector_id": slug(e["sector"]), "named": True}
    d = defaults[row["sector_id"]]
    if heads:
        numbers = [int(h["workers"]) for h in heads]
        row |= _family("workers", numbers[0], min(numbers), max(numbers), "reported", register.cite(heads[0]["source"], "nkdb_thewiki"))
        row["note"] = "; ".join(filter(None, [f"{h['workers']} ({h['year']})" if h["year"] else "" for h in heads]))
        if len(set(numbers)) == 1:
            row["workers_low"], row["workers_high"] = None, None
    elif e["enterprise_id"] in NOT_YET:
        row |= _family("workers", 0, 0, float(d["workers_high"]))
        row["note"] = f"{NOT_YET[e['enterprise_id']]}: no workforce in the campaigns of 2012 and 2015"
    elif e["enterprise_id"] in COMPLEXES:
        row |= _family("workers", 12000, 5000, 25000)
        row["note"] = "an association of several collieries: some four times a colliery's assumed headcount"
    else:
        row |= _family("workers", float(d["workers"]), float(d["workers_low"]), float(d["workers_high"]))
        row["note"] = f"no headcount found: the sector's default ({d['why']})"
    if e["enterprise_id"] in STRIPPED:
        high = float(row["workers"]) * float(d["machinery"]) / 1000
        for column, part in (("obsolete_machinery_t", 0.15), ("idle_machinery_t", 0.4), ("working_machinery_t", 0.45)):
            row |= _family(column, 0, 0, round(high * part, 1), "derived", register.cite(e["source"]))
        row["note"] += "; reported stripped bare for scrap in 2008: no machinery left"
    return row


def _others(town_nodes: list[dict], town_rows: list[dict], nodes: list[dict], rows: list[dict], mills: list[dict], defaults: dict) -> list[tuple[dict, dict]]:
    named: dict[str, float] = defaultdict(float)
    placed = [t for t in town_nodes if t["x_coord"] is not None]
    biggest = {}
    people = {r["node_id"]: r["population"] for r in town_rows}
    for t in town_nodes:
        if people[t["node_id"]] > people.get(biggest.get(t["region_id"]), 0):
            biggest[t["region_id"]] = t["node_id"]
    workers = {r["node_id"]: r["workers"] for r in rows} | {m["node_id"]: m["workers"] for m in mills}
    for n in [*nodes, *mills]:
        if n["x_coord"] is None:
            home = biggest[n["region_id"]]
        else:
            near = geodesic_km([n["x_coord"]] * len(placed), [n["y_coord"]] * len(placed), [t["x_coord"] for t in placed], [t["y_coord"] for t in placed])
            home = placed[int(near.argmin())]["node_id"]
        named[home] += workers[n["node_id"]]
    out = []
    for t in town_nodes:
        x, low, high = (round(people[t["node_id"]] * f) for f in WORKERS_PER_RESIDENT)
        less = round(named[t["node_id"]])
        here = {k: v for k, v in t.items() if k not in ("aliases", "name_local", "note", "credibility")}
        node_id = "other_" + t["node_id"].removeprefix("town_")
        here.update(
            node_id=node_id, name=f"Other enterprises of {t['name']}", kind="enterprise", basis="assumed", source_id="",
            note="stands for the workforce that no named enterprise of the place accounts for; not an establishment",
        )  # fmt: skip
        row = {"node_id": node_id, "sector_id": "other", "named": False,
               "note": f"22 % of the residents, less {less:,} workers of named enterprises and works nearby"}  # fmt: skip
        row |= _family("workers", max(x - less, 0), max(low - less, 0), max(high - less, 0))
        out.append((here, row))
    return out


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
        node = {
            "node_id": a["node_id"], "name": a["name"], "name_local": m["hangul"].split(" / ")[0],
            "aliases": join([m["name"], *m["hangul"].split(" / ")[1:], *m["aliases"].split("|"), *a["aliases"].split("|"),
                             romanise(m["hangul"].split(" / ")[0].replace(".", ""))], but=(a["name"], m["hangul"].split(" / ")[0])),
            "kind": "mill", "region_id": a["region"], "subregion": a["subregion"], "x_coord": xy[0], "y_coord": xy[1],
            "coordinate_accuracy_km": 0.5 if pin else 3.0, "coordinate_method": how, "basis": "reported",
            "source_id": register.cite(pin["source"] if pin else m["source"]), "credibility": "2" if pin else "3", "note": a["place_note"],
        }  # fmt: skip
        nodes.append(node)
        row = {"node_id": a["node_id"], "process": m["process"], "destination": m["role"] == "destination", "note": a["why"]}
        row |= _family("intake_t", *(float(a[k]) for k in ("intake", "intake_low", "intake_high")))
        if a["capacity"]:
            row |= _family("capacity_t_per_year", float(a["capacity"]), float(a["capacity_low"]), float(a["capacity_high"]),
                           "reported", register.cite(a["capacity_source"]))  # fmt: skip
        rows.append(row)
        works.append({**node, "workers": min(heads[m["mill_id"]] or [int(m["workers"] or 3000)])})
    return nodes, rows, works


def sidings(mill_nodes: list[dict], stations: list[dict]) -> list[dict]:
    """Join each steel works to the station its siding leaves from: the one named for it, else the nearest."""
    by_id = {n["node_id"]: n for n in stations}
    named = {a["node_id"]: a["station"] for a in facts("mills_assumed.csv")}
    out = []
    for m in mill_nodes:
        s = by_id[named[m["node_id"]]]
        km = float(geodesic_km(m["x_coord"], m["y_coord"], s["x_coord"], s["y_coord"])[0])
        out.append({
            "link_id": f"siding:{m['node_id']}", "from_node_id": s["node_id"], "to_node_id": m["node_id"], "directed": False,
            "mode": "access", "length_km": round(max(1.25 * km, 0.5), 2), "length_basis": "assumed", "gauge_mm": 1435,
            "note": "siding assumed: straight line x 1.25, at least 0.5 km",
        })  # fmt: skip
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
        s = p["x_coord"] is not None and (_named_station(wanted.get(p["node_id"], ""), p, placed) or _nearest(p, placed))
        if s:
            chosen[s["node_id"]] = s
    nodes, rows = [], []
    for station_id, s in sorted(chosen.items()):
        yard = _yard(s)
        nodes.append(yard)
        rows.append({
            "link_id": f"gate:{yard['node_id']}", "from_node_id": yard["node_id"], "to_node_id": station_id, "directed": False,
            "mode": "access", "length_km": SIDING_KM, "length_basis": "assumed", "note": "the yard lies near the station; 0.3 km assumed",
        })  # fmt: skip
    return nodes, rows


def _is_station(s: dict) -> bool:
    return not s["node_id"].endswith("_762") and "closed" not in s["name"] and s["node_id"][3:] not in (
        "tumen_china", "uranium_refinery_siding", "yalu_bridge_border",
    )  # fmt: skip


def _yard(s: dict) -> dict:
    keep = ("region_id", "x_coord", "y_coord", "coordinate_accuracy_km", "coordinate_method")
    # The short spellings of a station may be those of another station's yard; its own name is enough here.
    return {
        "node_id": f"yard_{s['node_id'][3:]}", "name": f"{s['name']} yard", "name_local": s["name_local"], "aliases": s["name"],
        "kind": "yard", **{k: s[k] for k in keep}, "basis": "assumed", "source_id": "dailynk_13046", "credibility": "",
        "note": "assumed: the article tells of one collection yard near a station; here every station in use has one",
    }  # fmt: skip


def _named_station(name: str, place: dict, stations: list[dict]) -> dict | None:
    if not name:
        return None
    found = [s for s in stations if fold(name) in {fold(x) for x in (s["name"], *s["aliases"].split("|"))}]
    found = [(km, s) for s in found if (km := _between(place, s)) < NAMED_STATION_KM]
    return min(found, key=lambda f: (f[0], f[1]["node_id"]))[1] if found else None


def _nearest(place: dict, placed: list[dict]) -> dict | None:
    if place["x_coord"] is None:
        return None
    km = geodesic_km([place["x_coord"]] * len(placed), [place["y_coord"]] * len(placed), [s["x_coord"] for s in placed], [s["y_coord"] for s in placed])
    i = int(km.argmin())
    return placed[i] if km[i] <= NEAREST_STATION_KM else None


def _between(a: dict, b: dict) -> float:
    return float(geodesic_km(a["x_coord"], a["y_coord"], b["x_coord"], b["y_coord"])[0])
