"""Runs made up for the ledger's tests: random places, random legs, stocks that follow; and pandas to check against."""

from __future__ import annotations

import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from scrapflow.ledger.table_rows import complete
from scrapflow.ledger.tables import tidy
from scrapflow.runs import Run
from scrapflow.vocabulary import MATERIALS, VIAS

AMOUNTS = ["opening_t", "arising_t", "converted_t", "in_t", "out_t", "closing_t"]
MASSES = ["quota_t", "credited_t", "for_show_t", "returned_t", "intercepted_t", "books_only_t", "looted_from_t"]
MASSES += ["looted_by_t", "shortfall_t"]


class MadeUp:
    """A run whose yards mix what they hold, with every lot followed one by one beside it.

    ``lots`` holds what arrived where: period, destination, material, via, arose (the place it is from), tonnage_t.
    """

    def __init__(self, seed, *, periods=4, regions=3, per_region=3, mills=2, show=0.3):
        self.rng = np.random.default_rng(seed)
        self.labels = [f"2015-{p + 1:02d}" for p in range(periods)]
        self.show = show
        self._places(regions, per_region, mills)
        self.rows = []
        self.lots = []
        self.held = {y: {} for y in self.yards}  # yard -> (material, via, arose) -> t
        self.stolen = {c: {} for c in self.towns}
        for period in self.labels:
            self._month(period)
        self._tables()

    def _places(self, regions, per_region, mills):
        rows, links = [], []
        self.yards, self.works, self.towns, self.mills = [], [], [], [f"m{i}" for i in range(mills)]
        for r in range(regions):
            yard, station = f"y{r}", f"s{r}"
            self.yards.append(yard)
            rows += [(yard, f"Ÿard {r}", "yard", r, ""), (station, f"Stop {r}", "station", r, "")]
            links.append((f"gate{r}", yard, station, "access", 0.5, ""))
            if r:
                links.append((f"rail{r}", f"s{r - 1}", station, "rail", 10.0 + r, "main"))
            for i in range(per_region):
                self.works.append(f"e{r}{i}")
                rows.append((f"e{r}{i}", f"Works {r}{i}", "enterprise", r, "mining" if i % 2 else "textiles"))
                links.append((f"cart-e{r}{i}", f"e{r}{i}", yard, "road", 2.0 + i, ""))
            self.towns.append(f"c{r}")
            rows.append((f"c{r}", f"Town {r}", "community", r, ""))
            links.append((f"cart-c{r}", f"c{r}", yard, "road", 1.0, ""))
        last = f"s{regions - 1}"
        for i, m in enumerate(self.mills):
            rows.append((m, f"Mill {i}", "mill", regions - 1, ""))
            links.append((f"spur{i}", last if i else "s0", m, "rail", 3.0, "main"))
        rows.append(("outside", "Outside", "outside", None, ""))
        nodes = pd.DataFrame(rows, columns=["node_id", "name", "kind", "region", "sector"])
        nodes["region_id"] = ["" if r is None or np.isnan(r) else f"r{int(r)}" for r in nodes["region"]]
        nodes["region"] = ["" if r is None or np.isnan(r) else f"Region {int(r)}" for r in nodes["region"]]
        nodes = nodes.assign(name_local="", aliases="", workers=np.arange(len(nodes), dtype=float), subregion="")
        nodes["basis"] = self.rng.choice(["reported", "derived", "assumed"], len(nodes))
        nodes["grade"] = self.rng.choice(["A1", "B2", "B3", "C4", "F6", ""], len(nodes))
        x, y = self.rng.uniform(0, 5, len(nodes)), self.rng.uniform(0, 5, len(nodes))
        points = [*shapely.points(x[:-1], y[:-1]), shapely.Point()]
        self.nodes = gpd.GeoDataFrame(nodes.astype({"sector": "str"}), geometry=points, crs="EPSG:4326")
        frame = pd.DataFrame(links, columns=["link_id", "from_node_id", "to_node_id", "mode", "length_km", "line_id"])
        frame = frame.assign(
            line=np.where(frame["line_id"] == "main", "Main Line", ""), capacity_t=np.inf, gauge_mm=1435.0
        )
        at = dict(zip(self.nodes["node_id"], self.nodes.geometry, strict=True))
        lines = [
            shapely.LineString([at[a], at[b]]) for a, b in zip(frame["from_node_id"], frame["to_node_id"], strict=True)
        ]
        self.links = gpd.GeoDataFrame(frame, geometry=lines, crs="EPSG:4326")
        self.regions = gpd.GeoDataFrame(
            {
                "region_id": ["land", *(f"r{r}" for r in range(regions))],
                "parent_id": ["", *["land"] * regions],
                "name": ["Land", *(f"Region {r}" for r in range(regions))],
            },
            geometry=[shapely.Point()] * (regions + 1),
            crs="EPSG:4326",
        )

    def _path(self, a, b):
        """Links from a to b in the tree, or () where there is no way."""
        import networkx as nx

        if not hasattr(self, "graph"):
            self.graph = nx.Graph()
            for link in self.links.itertuples():
                self.graph.add_edge(link.from_node_id, link.to_node_id, link_id=link.link_id, head=link.to_node_id)
        nodes = nx.shortest_path(self.graph, a, b)
        steps = itertools.pairwise(nodes)
        return tuple((self.graph.edges[s]["link_id"], self.graph.edges[s]["head"] == s[1]) for s in steps)

    def _move(self, *row, t):
        if t > 1e-9:
            self.rows.append((*row, t))

    def _month(self, period):
        self._night(period)
        self._hand_over(period)
        self._carts(period)
        for y in self.yards:
            self._trains(period, y)

    def _night(self, period):
        rng = self.rng
        for c in self.towns:
            for e in rng.choice(self.works, 2, replace=False):
                m, t = rng.choice(MATERIALS[:4]), rng.uniform(0, 2)
                self._move(period, "looted", m, "looted", e, c, t=t)
                self.stolen[c][m, "looted", e] = self.stolen[c].get((m, "looted", e), 0.0) + t

    def _hand_over(self, period):
        rng = self.rng
        for c in self.towns:
            y = "y" + c[1:]
            share = rng.uniform(0.3, 1)
            for m in MATERIALS:
                mine = {k: v for k, v in self.stolen[c].items() if k[0] == m}
                self._move(period, "carted", m, "looted", c, y, t=share * sum(mine.values()))
                for k, v in mine.items():
                    self.held[y][k] = self.held[y].get(k, 0.0) + share * v
                    self.stolen[c][k] = v * (1 - share)
            t = rng.uniform(0, 3)
            self._move(period, "carted", "appliance", "own", c, y, t=t)
            self.held[y]["appliance", "own", c] = self.held[y].get(("appliance", "own", c), 0.0) + t

    def _carts(self, period):
        rng = self.rng
        for e in self.works:
            y = "y" + e[1]
            for m in MATERIALS[:4]:
                if rng.random() < 0.7:
                    t = rng.uniform(0, 10)
                    back = t * rng.uniform(0, self.show) if m != "scrap" and rng.random() < 0.7 else 0.0
                    self._move(period, "carted", m, "own", e, y, t=t)
                    self._move(period, "returned", m, "own", y, e, t=back)
                    self.held[y][m, "own", e] = self.held[y].get((m, "own", e), 0.0) + t - back

    def _trains(self, period, y):
        rng = self.rng
        shares = {m: rng.uniform(0, 0.5) for m in self.mills if rng.random() < 0.8}
        if rng.random() < 0.3:
            shares["outside"] = rng.uniform(0, 0.1)
        total = sum(shares.values())
        pools = {}
        for (m, v, _), t in self.held[y].items():
            pools[m, v] = pools.get((m, v), 0.0) + t
        for d, s in shares.items():
            for (m, v), t in pools.items():
                self._move(period, "leaked" if d == "outside" else "shipped", m, v, y, d, t=t * s)
            for (m, v, arose), t in self.held[y].items():
                self.lots.append((period, d, m, v, arose, y, t * s))
        self.held[y] = {k: t * (1 - total) for k, t in self.held[y].items()}

    def _tables(self):
        columns = ["period", "kind", "material", "via", "origin", "destination", "tonnage_t"]
        moved = pd.DataFrame(self.rows, columns=columns)
        paths, ids = {}, []
        for r in moved.itertuples():
            if r.kind in ("carted", "returned", "shipped"):
                paths.setdefault(f"{r.origin}>{r.destination}", self._path(r.origin, r.destination))
                ids.append(f"{r.origin}>{r.destination}")
            else:
                ids.append("")
        moved["path_id"] = ids
        of = self.nodes.set_index("node_id")
        moved["basis"], moved["grade"] = moved["origin"].map(of["basis"]), moved["origin"].map(of["grade"])
        moved = moved.groupby([c for c in moved.columns if c != "tonnage_t"], as_index=False)["tonnage_t"].sum()
        moved = moved[
            ["period", "kind", "material", "via", "origin", "destination", "tonnage_t", "path_id", "basis", "grade"]
        ]
        steps = [(p, i, link, way) for p, links in sorted(paths.items()) for i, (link, way) in enumerate(links)]
        self.lots = pd.DataFrame(
            self.lots, columns=["period", "destination", "material", "via", "arose", "yard", "tonnage_t"]
        )
        frames = self._frames(tidy("movements", moved), steps)
        self.run = Run({name: complete(name, frame) for name, frame in frames.items()}, self._meta())

    def _meta(self):
        return {
            "world": "madeup",
            "campaign": "2015",
            "mode": "expected",
            "seed": 0,
            "version": "0",
            "title": "Made up",
        }

    def _frames(self, moved, steps):
        paths = pd.DataFrame(steps, columns=["path_id", "seq", "link_id", "forward"])
        loads = moved.merge(paths, on="path_id")
        loads = loads.groupby(["period", "link_id"], as_index=False)["tonnage_t"].sum()
        loads = loads.assign(forward_t=loads["tonnage_t"], backward_t=0.0, capacity_t=np.inf, shadow_price=0.0)
        stocks = self._stocks(moved)
        accounts = moved[moved["kind"] == "carted"].groupby(["period", "origin"], as_index=False)["tonnage_t"].sum()
        accounts = accounts.rename(columns={"origin": "node_id", "tonnage_t": "carted_t"})
        for c in MASSES:
            accounts[c] = accounts["carted_t"] / 2
        accounts = accounts.assign(marks=0.0, expelled=0.0, detained=1.0)
        text = {c: pd.Series([], dtype="str") for c in ("period", "node_id", "reason", "links")}
        first = pd.to_datetime([f"{p}-01" for p in self.labels])
        return {
            "periods": pd.DataFrame(
                {
                    "period": self.labels,
                    "start": first.strftime("%Y-%m-%d").astype("str"),
                    "end": (first + pd.offsets.MonthEnd()).strftime("%Y-%m-%d").astype("str"),
                }
            ),
            "movements": moved,
            "accounts": accounts,
            "quotas": accounts[["period", "node_id", "quota_t", "credited_t"]].assign(rule_id="r"),
            "stocks": stocks,
            "link_loads": loads,
            "paths": paths,
            "unserved": pd.DataFrame(text | {"tonnage_t": pd.Series([], dtype=float)}),
            "nodes": self.nodes,
            "links": self.links,
            "regions": self.regions,
            "sources": pd.DataFrame({"source_id": ["s"], "title": ["<b>drawn</b>"], "reliability": ["A"]}),
            "assumed": pd.DataFrame({"table": ["nodes"], "row": ["e00"], "column": ["workers"], "value": [1.0]}),
            "claim_rows": pd.DataFrame({"claim_id": ["a"], "value": [np.nan]}),
            "arcs": pd.DataFrame({"arc_id": ["x"], "cost_per_t": [1.0]}),
            "supplies": pd.DataFrame({"period": ["2015-01"], "node_id": ["y0"], "supply_t": [1.0]}),
        }

    def _stocks(self, moved):
        keys = ["node_id", "material", "via"]
        ends = []
        for end, column in (("destination", "in_t"), ("origin", "out_t")):
            part = moved.rename(columns={end: "node_id", "tonnage_t": column})
            ends.append(part.groupby(["period", *keys])[column].sum())
        wide = pd.concat(ends, axis=1).fillna(0.0)
        index = pd.MultiIndex.from_product([self.labels, MATERIALS, VIAS, sorted(self.nodes["node_id"])])
        index.names = ["period", "material", "via", "node_id"]
        full = wide.reorder_levels(index.names).reindex(index, fill_value=0.0).reset_index()
        kind = full["node_id"].map(self.nodes.set_index("node_id")["kind"])
        net = full["in_t"] - full["out_t"]
        owns = (kind == "enterprise") | ((kind == "community") & (full["via"] == "own"))
        start = np.where(owns & (full["period"] == self.labels[0]), 1e4, 0.0)
        grouped = (net + start).groupby([full[k] for k in keys])
        full["closing_t"] = grouped.cumsum()
        full["opening_t"] = full["closing_t"] - net
        full = full.assign(arising_t=0.0, converted_t=0.0)
        full = full[(full[["opening_t", "in_t", "out_t"]].abs() > 1e-12).any(axis=1)]
        return tidy("stocks", full[["period", *keys, *AMOUNTS]])


@pytest.fixture(scope="session")
def made_up():
    """One made-up run of three regions and four months."""
    return MadeUp(7)


@pytest.fixture(scope="session")
def make():
    """The maker itself, for tests that want many."""
    return MadeUp


@pytest.fixture(scope="session")
def oracle(made_up):
    """The same movements as a plain frame with everything joined on, for a second opinion by pandas."""
    run = made_up.run
    nodes = pd.DataFrame(run.nodes.drop(columns="geometry"))
    both = run.movements
    for end in ("origin", "destination"):
        both = both.merge(nodes.add_prefix(f"{end}_"), left_on=end, right_on=f"{end}_node_id", how="left")
    for column in ("region", "region_id", "sector", "name", "subregion", "workers"):
        both[column] = both[f"origin_{column}"]
    return both
