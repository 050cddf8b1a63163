"""Sectors and enterprises: the named ones, and one row a community for the rest of its workforce."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from geodata.build.common import REGIONS, facts, family, join, nearest, slug
from geodata.build.hangul import romanise

if TYPE_CHECKING:
    from geodata.build.sources import Register


WORKERS_PER_RESIDENT = (5.33 / 24.05, 3.61 / 24.05, 7.80 / 24.05)
SCRAP_RANGE = (0.3, 6.0)
ARISING_RANGE = (0.3, 3.0)
OBSOLETE = (0.15, 0.05, 0.30)
IDLE = (0.40, 0.20, 0.70)
NOT_YET = {"ent_004": "built after 2015 (general knowledge in the fact file)", "ent_075": "opened 2016"}
COMPLEXES = {"ent_010", "ent_012", "ent_024"}
STRIPPED = {"ent_119"}


def sectors() -> list[dict]:
    """Write the sectors: what is assumed of an enterprise that nothing is known about."""
    out = []
    for s in facts("sectors.csv"):
        number = {
            k: float(v) if v else None for k, v in s.items() if k not in ("sector_id", "name", "why", "why_sites")
        }
        row = {"sector_id": s["sector_id"], "name": s["name"], "output_unit": "worker-month", "note": s["why"]}
        if number["workers"]:
            row |= family("workers", number["workers"], number["workers_low"], number["workers_high"])
        row |= family("scrap_kg_per_worker", number["scrap"], *(round(number["scrap"] * f, 2) for f in SCRAP_RANGE))
        row |= family(
            "scrap_arising_kg_per_worker", number["arising"], *(round(number["arising"] * f, 3) for f in ARISING_RANGE)
        )
        row |= family("machinery_kg_per_worker", number["machinery"], number["machinery_low"], number["machinery_high"])
        row |= family("obsolete_share", *OBSOLETE)
        row |= family("idle_share", *IDLE)
        # A worker-month a worker is what the unit means: nothing is assumed, so there is no range.
        row |= family("output_per_worker", 1.0, None, None, "derived")
        out.append(row)
    return out


def enterprises(
    town_nodes: list[dict], town_rows: list[dict], mills: list[dict], register: Register
) -> tuple[list[dict], list[dict]]:
    """Write the named enterprises and, for each community, one row for the rest of its workforce."""
    heads = _headcounts()
    defaults = {s["sector_id"]: s for s in facts("sectors.csv")}
    pins = {c["matches"]: c for c in facts("coordinates.csv")}
    nodes, rows = [], []
    for e in facts("enterprises.csv"):
        nodes.append(_factory(e, pins.get(e["enterprise_id"]), register))
        rows.append(_workforce(e, heads.get(e["enterprise_id"], []), defaults, register))
    others = _others(town_nodes, town_rows, nodes, rows, mills)
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
        note.append("in North Hwanghae since 2010; kept with P'yŏngyang, as the 2008 census and the basemap do")
    if e["county"] == "Kaep'ung":
        region = "kaesong"
        note.append("counted with Kaesŏng: the census of 2008 knows no county of Kaep'ung")
    if not xy:
        how, accuracy, basis = "", None, "reported"
        note.append(
            "not placed: only its province is known" if not e["county"] else "not placed: only its county is known"
        )
    if "verify" in e["source"] or "general knowledge" in e["source"]:
        note.append("the fact file marks the place or date as general knowledge, to be verified")
    return {
        "node_id": e["enterprise_id"],
        "name": e["name"],
        "name_local": e["hangul"].strip(),
        "aliases": join(
            [*e["aliases"].split("|"), romanise(e["hangul"].replace(" ", ""))], but=(e["name"], e["hangul"])
        ),
        "kind": "enterprise",
        "region_id": region,
        "subregion": e["county"],
        "x_coord": xy[0] if xy else None,
        "y_coord": xy[1] if xy else None,
        "coordinate_accuracy_km": accuracy,
        "coordinate_method": how,
        "basis": basis,
        "source_id": source,
        "credibility": "2" if basis == "reported" else "3",
        "note": "; ".join(note),
    }


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
        row |= family(
            "workers",
            numbers[0],
            min(numbers),
            max(numbers),
            "reported",
            register.cite(heads[0]["source"], "nkdb_thewiki"),
        )
        row["note"] = "; ".join(filter(None, [f"{h['workers']} ({h['year']})" if h["year"] else "" for h in heads]))
        if len(set(numbers)) == 1:
            row["workers_low"], row["workers_high"] = None, None
    elif e["enterprise_id"] in NOT_YET:
        row |= family("workers", 0, 0, float(d["workers_high"]))
        row["note"] = f"{NOT_YET[e['enterprise_id']]}: no workforce in the campaigns of 2012 and 2015"
    elif e["enterprise_id"] in COMPLEXES:
        row |= family("workers", 12000, 5000, 25000)
        row["note"] = "an association of several collieries: some four times a colliery's assumed headcount"
    else:
        row |= family("workers", float(d["workers"]), float(d["workers_low"]), float(d["workers_high"]))
        row["note"] = f"no headcount found: the sector's default ({d['why']})"
    if e["enterprise_id"] in STRIPPED:
        high = float(row["workers"]) * float(d["machinery"]) / 1000
        for column, part in (("obsolete_machinery_t", 0.15), ("idle_machinery_t", 0.4), ("working_machinery_t", 0.45)):
            row |= family(column, 0, 0, round(high * part, 1), "derived", register.cite(e["source"]))
        row["note"] += "; reported stripped bare for scrap in 2008: no machinery left"
    return row


def _mean_size() -> dict[str, str]:
    return next(s for s in facts("sectors.csv") if s["sector_id"] == "other")


def _sites(workers: int) -> dict:
    """Say for how many workforces a row stands: its workers over a mean size, which alone makes the range."""
    size = _mean_size()
    few, mean, many = (workers / float(size[f"workers_a_site{end}"]) for end in ("_high", "", "_low"))
    return family("sites", round(max(mean, 1.0), 1), round(max(few, 1.0), 1), round(max(many, 1.0), 1), "derived")


def _others(
    town_nodes: list[dict],
    town_rows: list[dict],
    nodes: list[dict],
    rows: list[dict],
    mills: list[dict],
) -> list[tuple[dict, dict]]:
    named: dict[str, float] = defaultdict(float)
    placed = [t for t in town_nodes if t["x_coord"] is not None]
    biggest = {}
    people = {r["node_id"]: r["population"] for r in town_rows}
    for t in town_nodes:
        if people[t["node_id"]] > people.get(biggest.get(t["region_id"]), 0):
            biggest[t["region_id"]] = t["node_id"]
    workers = {r["node_id"]: r["workers"] for r in rows} | {m["node_id"]: m["workers"] for m in mills}
    for n in [*nodes, *mills]:
        home = nearest(n, placed)[0]["node_id"] if n["x_coord"] is not None else biggest[n["region_id"]]
        named[home] += workers[n["node_id"]]
    size = _mean_size()
    out = []
    for t in town_nodes:
        x, low, high = (round(people[t["node_id"]] * f) for f in WORKERS_PER_RESIDENT)
        less = round(named[t["node_id"]])
        here = {k: v for k, v in t.items() if k not in ("aliases", "name_local", "note", "credibility")}
        node_id = "other_" + t["node_id"].removeprefix("town_")
        here.update(
            node_id=node_id,
            name=f"Other enterprises of {t['name']}",
            name_local=f"{t['name_local']} 기타 기업소" if t.get("name_local") else "",
            kind="enterprise",
            basis="assumed",
            source_id="",
            note="stands for the workforce that no named enterprise of the place accounts for; not an establishment",
        )
        row = {
            "node_id": node_id,
            "sector_id": "other",
            "named": False,
            "note": f"22 % of the residents, less {less:,} workers of enterprises and works nearby",
        }
        row |= family("workers", max(x - less, 0), max(low - less, 0), max(high - less, 0))
        row |= _sites(max(x - less, 0))
        row["note"] += f"; sites: workers over {size['workers_a_site']} hands a site ({size['why_sites']})"
        out.append((here, row))
    return out
