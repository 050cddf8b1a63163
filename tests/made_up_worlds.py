"""Small worlds and campaigns made in memory, by hand or at random: what tests of the model and of its invariances share."""

from __future__ import annotations

import dataclasses

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.campaign import collect
from scrapflow.world.toml_text import write_toml


class Maker:
    """Makes worlds from a few rows, with the columns and types of the toy world."""

    def __init__(self, toy) -> None:
        self.toy = toy
        self._worlds = {}
        self._networks = {}

    def table(self, name, rows):
        """Return rows as a table of the schema; what is not given is unknown."""
        like = self.toy.tables[name]
        frame = pd.DataFrame(rows, columns=list(rows[0] if rows else {}))
        out = {}
        for column in like.columns:
            if column == "geometry":
                continue
            kind = like[column].dtype
            unknown = "" if kind == "str" else (False if kind == np.dtype(bool) else np.nan)
            values = frame[column] if column in frame else [unknown] * len(rows)
            out[column] = pd.Series(list(values), dtype=kind)
        made = pd.DataFrame(out, index=pd.RangeIndex(len(rows)))
        if "geometry" not in like.columns:
            return made
        where = gpd.points_from_xy(made["x_coord"], made["y_coord"]) if "x_coord" in made else [None] * len(rows)
        return gpd.GeoDataFrame(made, geometry=list(where), crs="EPSG:4326")

    def world(self, *, enterprises=(), communities=(), yards=(), sectors=(), regions=("r",)):
        """Return a world; rows of enterprises and communities have ``node_id, x, y, region`` and their own columns."""
        nodes = [self._node(e, "enterprise") for e in enterprises]
        nodes += [self._node(c, "community") for c in communities]
        nodes += [self._node(y, "yard") for y in yards]
        nodes.append({"node_id": "outside", "name": "outside", "kind": "outside", "basis": "assumed"})
        stocks = dict.fromkeys(("scrap_t", "obsolete_machinery_t", "idle_machinery_t", "working_machinery_t"), 0.0)
        sectors = sectors or [
            {"sector_id": "s", "name": "S", "scrap_arising_kg_per_worker": 0.0, "output_per_worker": 1.0}
        ]
        tables = dict(self.toy.tables)
        tables |= {
            "nodes": self.table("nodes", nodes),
            "regions": self.table("regions", [{"region_id": r, "name": r} for r in regions]),
            "links": self.table("links", []),
            "lines": self.table("lines", []),
            "mills": self.table("mills", []),
            "claims": self.table("claims", []),
            "sectors": self.table("sectors", list(sectors)),
            "enterprises": self.table(
                "enterprises", [{"sector_id": "s", "workers": 0.0, "named": True} | stocks | e for e in enterprises]
            ),
            "communities": self.table(
                "communities",
                [{"unaffiliated_share": 1.0, "youth_share": 0.5, "household_scrap_kg": 0.0, "appliance_kg": 0.0} | c
                 for c in communities],
            ),
        }  # fmt: skip
        return dataclasses.replace(self.toy, name="made", tables=tables, campaigns={}, default_campaign="")

    def _node(self, row, kind):
        xy = {"x_coord": row.get("x", np.nan), "y_coord": row.get("y", np.nan)}
        base = {"node_id": row["node_id"], "name": row["node_id"], "kind": kind, "basis": "assumed"}
        return base | xy | {"region_id": row.get("region", "r")}

    def campaign(self, world, raw):
        """Return a campaign from nested tables; three months of 2015 unless they say otherwise."""
        raw = {"periods": {"start": "2015-01", "count": 3}} | raw
        world = dataclasses.replace(world, campaigns={"made": write_toml(raw)})
        return sf.read_campaign(world, "made")

    def collect(self, world, raw, **options):
        """Return what people of a world do under a campaign given as nested tables or ready-made."""
        campaign = self.campaign(world, raw) if isinstance(raw, dict) else raw
        return collect(world, self.network(world, campaign.transport), campaign, **options)

    def network(self, world, transport):
        """Return the network of a world, built once."""
        key = (id(world), transport)
        if key not in self._networks:
            self._networks[key] = (world, sf.build_network(world, transport=transport))
        return self._networks[key][1]

    def random_world(self, seed):
        """Return a world of up to a dozen places, some without stocks, coordinates or residents."""
        if seed not in self._worlds:
            self._worlds[seed] = self._random_world(seed)
        return self._worlds[seed]

    def _random_world(self, seed):
        rng = np.random.default_rng(seed)
        regions = [f"r{i}" for i in range(rng.integers(1, 4))]

        def place(name):
            xy = rng.uniform(0, 0.3, 2)
            at = {} if rng.random() < 0.1 else {"x": xy[0], "y": xy[1]}
            return {"node_id": name, "region": str(rng.choice(regions))} | at

        def tonnes(top):
            return float(rng.choice([0.0, rng.uniform(0, top)], p=[0.2, 0.8]))

        enterprises = [
            place(f"e{i}")
            | {"workers": float(rng.integers(0, 2000)), "scrap_t": tonnes(30), "obsolete_machinery_t": tonnes(30)}
            | {"idle_machinery_t": tonnes(60), "working_machinery_t": tonnes(200)}
            for i in range(rng.integers(0, 6))
        ]
        communities = [
            place(f"c{i}")
            | {
                "population": float(rng.integers(0, 4000)),
                "unaffiliated_share": rng.random(),
                "youth_share": rng.random(),
            }
            | {"household_scrap_kg": tonnes(5), "appliance_kg": tonnes(20)}
            for i in range(rng.integers(0, 5))
        ]
        yards = [
            place(f"y{i}") | {"x": rng.uniform(0, 0.3), "y": rng.uniform(0, 0.3)} for i in range(rng.integers(0, 4))
        ]
        arising = float(rng.uniform(0, 2))
        sectors = [{"sector_id": "s", "name": "S", "scrap_arising_kg_per_worker": arising, "output_per_worker": 1.0}]
        return self.world(
            enterprises=enterprises, communities=communities, yards=yards, sectors=sectors, regions=regions
        )

    def with_rails(self, world, seed, factor=1.0):
        """Return a world with a station beside the yards, one more down the line, and a mill at each."""
        rng = np.random.default_rng(seed)
        places = {"s0": ("station", 0.15), "s1": ("station", 0.9), "m0": ("mill", 0.2), "m1": ("mill", 0.95)}
        more = self.table("nodes", [self._node({"node_id": i, "x": x, "y": 0.15, "region": "r0"}, kind)
                                    for i, (kind, x) in places.items()])  # fmt: skip
        intake, capacity = rng.uniform(0, 60, 2), rng.uniform(0, 60)
        rail = {"link_id": "rail", "from_node_id": "s0", "to_node_id": "s1", "mode": "rail", "length_km": 80.0,
                "length_basis": "assumed", "capacity_t": factor * capacity, "gauge_mm": 1435.0}  # fmt: skip
        mills = [{"node_id": f"m{i}", "intake_t": factor * t, "destination": True} for i, t in enumerate(intake)]
        nodes = pd.concat([world.tables["nodes"], more], ignore_index=True)
        tables = world.tables | {
            "nodes": nodes,
            "links": self.table("links", [rail]),
            "mills": self.table("mills", mills),
        }
        return dataclasses.replace(world, tables=tables)

    def random_campaign(self, world, seed):
        """Return the nested tables of a campaign with settings at random."""
        rng = np.random.default_rng(seed)

        def share():
            return float(rng.choice([0.0, rng.random(), 1.0], p=[0.25, 0.6, 0.15]))

        rules = []
        if (world.enterprises["workers"] > 0).any():
            rules.append({"rule_id": "w", "kind": "per_worker", "kg": float(rng.uniform(0, 60))})
        people = world.communities["population"] > 0
        if (people & (world.communities["unaffiliated_share"] > 0)).any():
            rules.append({"rule_id": "u", "kind": "unaffiliated", "kg": float(rng.uniform(0, 30))})
        if people.any():
            rules.append({"rule_id": "p", "kind": "per_person", "kg": float(rng.uniform(0, 10)), "additional": True,
                          "every": str(rng.choice(["once", "period", "spread"]))})  # fmt: skip
        materials = (
            "scrap",
            "obsolete_machinery",
            "idle_machinery",
            "working_machinery",
            "household_scrap",
            "appliance",
        )
        return {
            "quota": rules,
            "filling": {
                "willingness": {m: share() for m in materials},
                "stripped_share": float(rng.uniform(0.3, 1)),
                "books_only_share": share(),
            },
            "arising": {"scale": float(rng.uniform(0, 2))},
            "show": {
                "share": share(), "return_after": int(rng.integers(0, 2)), "repair_periods": int(rng.integers(0, 3)),
            },
            "looting": {
                "share": share(), "reach_km": float(rng.uniform(0, 40)), "decay_km": float(rng.uniform(1, 20)),
                "guard": share(), "liftable_share": float(rng.uniform(0.1, 1)), "targets": int(rng.integers(1, 5)),
                "by": str(rng.choice(["youth", "everyone"])),
            },
            "inspection": {
                "teams": float(rng.integers(0, 4)), "visits": float(rng.uniform(0, 3)), "chance": share(),
                "patrol": str(rng.choice(["uniform", "largest_first", "worst_first"])),
                "condemn_share": float(rng.uniform(0, 0.3)),
            },
            "penalties": {
                "tolerance": float(rng.uniform(0, 0.5)), "marks_allowed": int(rng.integers(0, 4)),
                "warrant_shortfall": share(), "warrant_after": int(rng.integers(0, 4)), "camp_share": share(),
            },
            "yards": {"receipt_limit_t": float(rng.choice([np.inf, rng.uniform(0, 50)]))},
            "transport": {"reach_km": 60.0, "yard_choices": int(rng.integers(1, 4))},
            "leakage": {"share": share()},
        }  # fmt: skip


@pytest.fixture(scope="session")
def make(toy) -> Maker:
    """Give the maker of worlds and campaigns."""
    return Maker(toy)
