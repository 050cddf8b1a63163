"""A run made up for drawing: random places on a chain of railways, with every frame that a map reads."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
from shapely import LineString, Point, box

from scrapflow.ledger.tables import RunTables
from scrapflow.vocabulary import MATERIALS, accounts

HANGUL = "평안남북황해도강원함경량천신의주순천개성"


def fake_run(
    places: int = 40, periods: int = 6, seed: int = 0, *, rails: Any = None, hostile: tuple[str, ...] = ()
) -> RunTables:
    """Make a run of some places on random railways; `rails` replaces the random geography by given stations."""
    rng = np.random.default_rng(seed)
    stations = rails if rails is not None else _stations(places, rng)
    nodes, links = _network(stations, rng, hostile)
    labels = [f"{2015 + p // 12}-{p % 12 + 1:02d}" for p in range(periods)]
    moves, paths = _moves(nodes, links, labels, rng)
    regions = sorted(set(nodes["region"]))
    boxes = {r: nodes[(nodes["region"] == r) & nodes["x_coord"].notna()].total_bounds for r in regions if r}
    region_frame = gpd.GeoDataFrame(
        {
            "region_id": list(boxes),
            "parent_id": "",
            "name": list(boxes),
            "name_local": ["도" + str(i) for i in range(len(boxes))],
            "basemap_id": list(boxes),
        },
        geometry=[box(*b) for b in boxes.values()],
        crs="EPSG:4326",
    )
    features = [
        {
            "type": "Feature",
            "properties": {"name": r, "region_id": r},
            "geometry": {"type": "Polygon", "coordinates": [list(map(list, box(*b).exterior.coords))]},
        }
        for r, b in boxes.items()
    ]
    tables = {
        "nodes": nodes,
        "links": links,
        "regions": region_frame,
        "sources": pd.DataFrame([SOURCE]),
        "periods": pd.DataFrame({"period": labels, "start": labels, "end": labels}),
        "movements": moves,
        "accounts": _accounts(nodes, moves, labels, rng),
        "stocks": _stocks(nodes, moves, labels),
        "link_loads": _loads(moves, paths),
        "paths": paths,
        "unserved": _unserved(nodes, labels),
        "assumed": ASSUMED,
        "claim_rows": pd.DataFrame(CLAIMS),
        "supplies": pd.DataFrame(columns=["period", "node_id", "supply_t", "demand_t"]),
    }
    return RunTables(tables, META, {"regions": {"type": "FeatureCollection", "features": features}})


META = {
    "world": "fake",
    "title": "A made-up country",
    "campaign": "2015",
    "mode": "expected",
    "seed": 0,
    "version": "0.1.0",
    "inputs": {"nodes.csv": "ab" * 32},
}
SOURCE = {
    "source_id": "s1",
    "title": "A report",
    "publisher": "A paper",
    "url": "https://example.org/report",
    "published": "2015-03-25",
    "accessed": "2026-01-01",
    "reliability": "C",
}
ASSUMED = pd.DataFrame(
    {
        "table": ["enterprises"] * 3 + ["campaign:2015"],
        "row": list("abcd"),
        "column": "workers",
        "basis": ["assumed"] * 3 + ["derived"],
        "low": [1.0, 2.0, np.nan, np.nan],
        "high": [5.0, 9.0, np.nan, np.nan],
    }
)
_CLAIM = {"other_metric": "", "low": np.nan, "high": np.nan, "unit": "t", "scope": "", "period": "", "note": ""}
CLAIMS = [
    {
        **_CLAIM,
        "claim_id": "c1",
        "role": "test",
        "text": "More is handed over than is carried back",
        "metric": "carted_t",
        "relation": ">",
        "other_metric": "returned_t",
        "value": np.nan,
        "source_id": "s1",
        "credibility": "3",
    },
    {
        **_CLAIM,
        "claim_id": "c2",
        "role": "input",
        "text": "Something is carried back",
        "metric": "returned_t",
        "relation": ">",
        "value": 0.0,
        "source_id": "s1",
        "credibility": "3",
    },
]


def changed(run: RunTables, **tables: Any) -> RunTables:
    """Return a run with some tables changed."""
    return RunTables(run.tables | tables, run.meta, run.basemap)


def _unserved(nodes: Any, labels: list[str]) -> pd.DataFrame:
    """What has no place stays, month by month: a level, not a flow."""
    row = {"node_id": nodes["node_id"].iloc[-2], "tonnage_t": 4.5, "reason": "unplaced", "links": ""}
    return pd.DataFrame([{"period": p, **row, "new_t": 4.5 * (p == labels[0])} for p in labels])


def _stations(places: int, rng: np.random.Generator) -> pd.DataFrame:
    x, y = np.sort(rng.uniform(10.0, 14.0, places)), rng.uniform(45.0, 48.0, places)
    return pd.DataFrame(
        {
            "name": [f"Place {i}" for i in range(places)],
            "name_local": ["".join(rng.choice(list(HANGUL), 2)) for _ in range(places)],
            "x": x.round(4),
            "y": y.round(4),
            "region": [("West", "Middle", "East")[min(2, int(v - 10.0) // 2 + int(v > 13))] for v in x],
            "line": "L",
            "before": np.arange(places) - 1,
        }
    )


def _network(stations: pd.DataFrame, rng: np.random.Generator, hostile: tuple[str, ...]) -> tuple[Any, Any]:
    rows, lines = [], []
    base = {
        "aliases": "",
        "sector": "",
        "sector_id": "",
        "named": True,
        "coordinate_accuracy_km": 1.0,
        "coordinate_method": "town centre",
        "basis": "derived",
        "grade": "C3",
        "source_id": "s1",
        "workers": np.nan,
        "population": np.nan,
    }
    for i, s in enumerate(stations.itertuples(index=False)):
        place = {
            **base,
            "region": s.region,
            "region_id": s.region,
            "subregion": s.name,
            "x_coord": s.x,
            "y_coord": s.y,
            "name_local": s.name_local,
        }
        rows.append({**place, "node_id": f"st{i}", "name": s.name, "kind": "station"})
        rows.append({**place, "node_id": f"ya{i}", "name": f"{s.name} yard", "kind": "yard", "basis": "assumed"})
        rows.append(
            {
                **place,
                "node_id": f"co{i}",
                "name": s.name,
                "kind": "community",
                "population": float(rng.integers(4000, 90000)),
            }
        )
        for k in range(rng.integers(0, 3)):
            away = 0.06 if rng.random() < 0.25 else 0.0
            rows.append(
                {
                    **place,
                    "node_id": f"en{i}_{k}",
                    "name": f"{s.name} works {k}",
                    "kind": "enterprise",
                    "sector": ("machines", "cement")[k % 2],
                    "workers": float(rng.integers(100, 9000)),
                    "x_coord": s.x + away,
                    "aliases": f"Works of {s.name}|{s.name_local}공장",
                }
            )
        lines.append((f"ac{i}", f"ya{i}", f"st{i}", "access", ""))
        if s.before >= 0:
            lines.append((f"ra{i}", f"st{int(s.before)}", f"st{i}", "rail", s.line))
    for j, i in enumerate((len(stations) // 4, len(stations) * 4 // 5)):
        s = stations.iloc[i]
        rows.append(
            {
                **base,
                "node_id": f"mi{j}",
                "name": f"{s['name']} Steel",
                "name_local": s["name_local"] + "제강소",
                "kind": "mill",
                "region": s.region,
                "region_id": s.region,
                "subregion": s["name"],
                "x_coord": s.x + 0.02,
                "y_coord": s.y - 0.02,
                "aliases": "Steelworks",
            }
        )
        lines.append((f"mr{j}", f"st{i}", f"mi{j}", "rail", ""))
    rows.append(
        {
            **base,
            "node_id": "lost",
            "name": "Unplaced works",
            "name_local": "",
            "kind": "enterprise",
            "region": "",
            "region_id": "",
            "subregion": "",
            "x_coord": np.nan,
            "y_coord": np.nan,
        }
    )
    rows.append(
        {
            **base,
            "node_id": "outside",
            "name": "outside",
            "name_local": "",
            "kind": "outside",
            "region": "",
            "region_id": "",
            "subregion": "",
            "x_coord": np.nan,
            "y_coord": np.nan,
        }
    )
    for row, name in zip(rows, hostile, strict=False):
        row["name"], row["name_local"], row["aliases"] = name, name[::-1], name
    frame = pd.DataFrame(rows)
    where = dict(zip(frame["node_id"], zip(frame["x_coord"], frame["y_coord"], strict=True), strict=True))
    nodes = gpd.GeoDataFrame(
        frame, geometry=[Point(x, y) if np.isfinite(x) else Point() for x, y in where.values()], crs="EPSG:4326"
    )
    links = gpd.GeoDataFrame(
        [
            {
                "link_id": a,
                "from_node_id": b,
                "to_node_id": c,
                "mode": m,
                "line": line,
                "line_id": line,
                "length_km": 10.0,
                "length_basis": "derived",
                "capacity_t": np.nan,
                "gauge_mm": 1435 if m == "rail" else np.nan,
            }
            for a, b, c, m, line in lines
        ],
        geometry=[LineString([where[b], where[c]]) for _, b, c, _, _ in lines],
        crs="EPSG:4326",
    )
    return nodes, links


def _moves(nodes: Any, links: Any, labels: list[str], rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:  # noqa: C901
    graph = nx.Graph()
    for link in links.itertuples(index=False):
        graph.add_edge(link.from_node_id, link.to_node_id, link=link.link_id, start=link.from_node_id)
    mills = [n for n in nodes.loc[nodes["kind"] == "mill", "node_id"]]  # noqa: C416
    rows, steps = [], []

    def add(
        period: str, kind: str, material: str, via: str, origin: str, destination: str, t: float, path: str = ""
    ) -> None:
        if t > 1e-6:
            rows.append(
                {
                    "period": period,
                    "kind": kind,
                    "material": material,
                    "via": via,
                    "origin": origin,
                    "destination": destination,
                    "tonnage_t": t,
                    "path_id": path,
                    "basis": "modelled",
                    "grade": "C3",
                }
            )

    owners = nodes[nodes["kind"].isin(["enterprise", "community"]) & nodes["x_coord"].notna()]
    towns = nodes[nodes["kind"] == "community"]
    routes: dict[tuple[str, str], str] = {}
    for yard in nodes.loc[nodes["kind"] == "yard", "node_id"]:
        here = owners[owners["node_id"].str.match(rf"(en|co){yard[2:]}(_|$)")]
        town = f"co{yard[2:]}"
        for p, period in enumerate(labels):
            level = np.exp(rng.normal(3.4, 0.7)) * (1.0 - 0.04 * p)
            shipped = dict.fromkeys(MATERIALS, 0.0)
            for owner in here.itertuples(index=False):
                mix = (
                    rng.dirichlet((2, 1.5, 2.5, 1, 0.1))
                    if owner.kind == "enterprise"
                    else rng.dirichlet((1, 0.01, 0.01, 0.01, 2))
                )
                for material, share in zip(MATERIALS, mix, strict=True):
                    t = float(level * share)
                    back = t * 0.35 if "machinery" in material and owner.kind == "enterprise" else 0.0
                    via = "looted" if owner.kind == "community" and material == "idle_machinery" else "own"
                    add(period, "carted", material, via, owner.node_id, yard, t)
                    add(period, "returned", material, "own", yard, owner.node_id, back)
                    shipped[material] += t - back
                if owner.kind == "enterprise":
                    stolen = float(level * 0.06)
                    near = min(int(yard[2:]) + 1, len(towns) - 1)
                    other = town if rng.random() < 0.7 else f"co{near}"
                    add(period, "looted", "idle_machinery", "own", owner.node_id, other, stolen)
            mill = mills[0] if rng.random() < 0.6 or len(mills) < 2 else mills[1]
            path = nx.shortest_path(graph, yard, mill) if yard in graph and nx.has_path(graph, yard, mill) else []
            if not path:
                continue
            key = (yard, mill)
            if key not in routes:
                routes[key] = f"p{len(routes):04d}"
                for seq, (a, b) in enumerate(zip(path, path[1:], strict=False)):  # noqa: RUF007
                    steps.append(
                        {
                            "path_id": routes[key],
                            "seq": seq,
                            "link_id": graph[a][b]["link"],
                            "forward": graph[a][b]["start"] == a,
                        }
                    )
            for material, t in shipped.items():
                add(period, "shipped", material, "own", yard, mill, t * 0.9, routes[key])
    columns = ["period", "kind", "material", "via", "origin", "destination", "tonnage_t", "path_id", "basis", "grade"]
    moves = pd.DataFrame(rows, columns=columns).sort_values(columns[:6]).reset_index(drop=True)
    return moves, pd.DataFrame(steps, columns=["path_id", "seq", "link_id", "forward"])


def _loads(moves: pd.DataFrame, paths: pd.DataFrame) -> pd.DataFrame:
    shipped = moves[moves["path_id"] != ""].groupby(["period", "path_id"], as_index=False)["tonnage_t"].sum()
    rows = shipped.merge(paths, on="path_id")
    ahead = rows["forward"].astype(bool)
    rows["forward_t"] = rows["tonnage_t"].where(ahead, 0.0)
    rows["backward_t"] = rows["tonnage_t"].where(~ahead, 0.0)
    out = rows.groupby(["period", "link_id"], as_index=False)[["tonnage_t", "forward_t", "backward_t"]].sum()
    return out.assign(capacity_t=np.nan, shadow_price=np.where(np.arange(len(out)) == 0, 2.5, 0.0))


def _accounts(nodes: Any, moves: pd.DataFrame, labels: list[str], rng: np.random.Generator) -> pd.DataFrame:
    who = nodes.loc[nodes["kind"].isin(["enterprise", "community"]), "node_id"]
    grid = pd.MultiIndex.from_product([labels, who], names=["period", "node_id"])
    carted = (
        moves[moves["kind"] == "carted"].groupby(["period", "origin"])["tonnage_t"].sum().reindex(grid, fill_value=0.0)
    )
    out = pd.DataFrame({"carted_t": carted.to_numpy()}, index=grid).reset_index()
    out["quota_t"] = out["carted_t"] * 1.2
    out["credited_t"], out["shortfall_t"] = out["carted_t"], out["carted_t"] * 0.2
    for name, high in (
        ("detection", 0.4),
        ("mark_probability", 0.6),
        ("marks", 3.0),
        ("expelled", 0.1),
        ("detained", 0.05),
    ):
        out[name] = rng.uniform(0, high, len(out)).round(3)
    out["output_index"] = rng.uniform(0.6, 1.0, len(out)).round(3)
    return out.assign(**{a.column: a.absent for a in accounts().values() if a.column not in out})


def _stocks(nodes: Any, moves: pd.DataFrame, labels: list[str]) -> pd.DataFrame:
    """Open, in, out and close: what yards hold follows from what moved."""
    yards = nodes.loc[nodes["kind"] == "yard", "node_id"]
    grid = pd.MultiIndex.from_product([yards, MATERIALS, labels], names=["node_id", "material", "period"])

    def moved(end: str) -> pd.Series[float]:
        rows = moves.rename(columns={end: "node_id"})
        return rows.groupby(["node_id", "material", "period"])["tonnage_t"].sum().reindex(grid, fill_value=0.0)

    out = pd.DataFrame({"in_t": moved("destination"), "out_t": moved("origin")})
    out["closing_t"] = (out["in_t"] - out["out_t"]).groupby(level=["node_id", "material"]).cumsum().clip(lower=0.0)
    out["opening_t"] = out["closing_t"].groupby(level=["node_id", "material"]).shift(fill_value=0.0)
    return out.reset_index().assign(via="own", arising_t=0.0, converted_t=0.0)
