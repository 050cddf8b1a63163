"""Regions and communities: what is published stays, the rest of each province is shared out and says so."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from geodata.build import placed_later
from geodata.build.common import facts, family, join, slug
from geodata.build.hangul import romanise

if TYPE_CHECKING:
    from geodata.build.sources import Register


COUNTY_STATION_KM = 10.0
TOWN_KM = 3.0
YOUTH = (0.22, 0.19, 0.241)
# With pupils and students: 0.18 (0.09 to 0.36) outside work, 0.22 (0.19 to 0.241) enrolled.
UNAFFILIATED = (0.40, 0.28, 0.60)
HOUSEHOLD_SCRAP_KG = (1.5, 0.5, 8.0)
APPLIANCE_KG = (8.0, 3.0, 20.0)
TOTALS = {
    "Pyongyang": 3255288,
    "South Pyongan": 4051696,
    "North Pyongan": 2728662,
    "Chagang": 1299830,
    "South Hwanghae": 2310485,
    "North Hwanghae": 2113672,
    "Kangwon": 1477582,
    "South Hamgyong": 3066013,
    "North Hamgyong": 2327362,
    "Ryanggang": 719269,
}
SUSPECT = {("South Hamgyong", "Hŏch'ŏn")}  # printed with Mundŏk's number
NAMPO_TOTAL = 983660


def regions(register: Register) -> list[dict]:
    """Write the regions: provinces and cities of 2015, with what the census and the basemap call them."""
    out = []
    for r in facts("regions.csv"):
        row = {k: v for k, v in r.items() if v}
        row["source_id"] = register.cite(r["source"])
        row.pop("source", None)
        row["level"] = "province" if "parent_id" in row else "country"
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
        rows.append(
            {
                "node_id": node["node_id"],
                "census": c["census_region"],
                "region": c["region"],
                "found": known.get((c["census_region"], c["population_row"])),
                "wanted": c["population_row"],
                "name": c["community"],
            }
        )
    _tell_apart(nodes, rows)
    _place(nodes)
    _share_out(rows)
    return nodes, [_community(r, register) for r in rows]


def _tell_apart(nodes: list[dict], rows: list[dict]) -> None:
    """Two counties whose names differ in accents alone get the region in their identifier."""
    seen = Counter(n["node_id"] for n in nodes)
    for n, r in zip(nodes, rows, strict=True):
        if seen[n["node_id"]] > 1:
            n["node_id"] = r["node_id"] = f"{n['node_id']}_{n['region_id']}"


def _place(nodes: list[dict]) -> None:
    """Give counties that no fact file places the seat, or a point inside the outline, that was found later."""
    later = placed_later.counties()
    for n in nodes:
        found = later.get(n["node_id"])
        if n["x_coord"] is None and found:
            n.update(
                x_coord=found.xy[0],
                y_coord=found.xy[1],
                coordinate_accuracy_km=found.accuracy,
                coordinate_method=found.how,
                basis=found.basis,
                source_id="geonames" if found.basis == "reported" else "mesoshapes",
                credibility="2" if found.basis == "reported" else "3",
                note="",
            )


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
    how, source, accuracy, xy, basis, grade = (
        "",
        register.cite("hmong.in.th/wiki/2008_North_Korean_census"),
        None,
        None,
        "reported",
        "2",
    )
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
        "node_id": f"town_{slug(name)}",
        "name": name,
        "name_local": hangul,
        "aliases": join([*c["aliases"].split("|"), romanise(hangul)], but=(name, hangul)),
        "kind": "community",
        "region_id": c["region"],
        "subregion": name,
        "x_coord": xy[0] if xy else None,
        "y_coord": xy[1] if xy else None,
        "coordinate_accuracy_km": accuracy,
        "coordinate_method": how,
        "basis": basis,
        "source_id": source,
        "credibility": grade,
        "note": "" if xy else "not placed: no coordinate of the county seat was found",
    }


def _share_out(rows: list[dict]) -> None:
    """Share what a province has left over those of its counties for which no number is published, in equal parts."""
    nampo = [r for r in rows if r["region"] == "nampo"]
    rason = [r for r in rows if r["region"] == "rason"]
    groups = [(nampo, NAMPO_TOTAL, "Namp'o"), (rason, sum(_people(r) for r in rason), "Rasŏn")]
    for census, total in TOTALS.items():
        rest = [r for r in rows if r["census"] == census and r["region"] not in ("nampo", "rason")]
        apart = NAMPO_TOTAL if census == "South Pyongan" else groups[1][1] if census == "North Hamgyong" else 0
        groups.append((rest, total - apart, census))
    counties = sorted(_people(r) for r in rows if r["found"] and _is_county(r))
    low, high = counties[0], counties[-1]
    for members, total, known in groups:
        for r in members:
            r["total"] = f"{known}, census of 2008"
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
    row = {
        "node_id": r["node_id"],
        "population": value,
        "population_low": None if found else r["low"],
        "population_high": None if found else r["high"],
        "population_basis": "reported" if found else "derived",
        "population_total": r["total"],
        "population_source_id": register.cite(found["source"], "census_2008") if found else "census_2008",
        "note": "" if found else r["why"],
    }
    if found and ("approx" in found["year"] or "rounded" in found["year"]):
        row["note"] = f"as printed: {found['year']}"
    for column, (x, low, high) in (
        ("unaffiliated_share", UNAFFILIATED),
        ("youth_share", YOUTH),
        ("household_scrap_kg", HOUSEHOLD_SCRAP_KG),
        ("appliance_kg", APPLIANCE_KG),
    ):
        row |= family(column, x, low, high)
    return row
