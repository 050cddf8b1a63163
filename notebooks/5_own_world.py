# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Bring your own world
#
# Nothing in the package names a country. Here a small valley is made from a GeoJSON of its railway, as one would get from
# OpenStreetMap, and a few CSV files written by hand.

# %%
from pathlib import Path

import geopandas as gpd
import pandas as pd

import scrapflow as sf

folder = Path("valley")
folder.mkdir(exist_ok=True)

# %% [markdown]
# ## The railway, as GeoJSON
#
# Longitude comes first. Each line knows its name and the stations at its ends.

# %%
railway: list[dict[str, object]] = [
    {
        "type": "Feature",
        "properties": {"name": "Valley Line", "from": "Upper", "to": "Lower"},
        "geometry": {"type": "LineString", "coordinates": [[10.0, 47.0], [10.1, 47.05], [10.2, 47.05]]},
    },
    {
        "type": "Feature",
        "properties": {"name": "Valley Line", "from": "Lower", "to": "Forge"},
        "geometry": {"type": "LineString", "coordinates": [[10.2, 47.05], [10.35, 47.0]]},
    },
]
lines = gpd.GeoDataFrame.from_features(railway, crs="EPSG:4326")
lines

# %% [markdown]
# ## Tables
#
# A station is a node; each has a yard beside it. A value that nobody reported is left to the model's defaults or stands as
# `assumed`, with a low and a high.

# %%
corners = lines.geometry.get_coordinates().groupby(level=0)
stations: dict[str, tuple[float, float]] = {}
for column, there in (("from", corners.first()), ("to", corners.last())):
    stations |= dict(zip(lines[column], zip(there["x"], there["y"], strict=True), strict=True))
nodes: list[dict[str, object]] = []
for name, (x, y) in stations.items():
    at = {"x_coord": x, "y_coord": y, "region_id": "valley", "basis": "reported", "source_id": "survey"}
    nodes.append({"node_id": name.lower(), "name": name, "kind": "station", **at})
    if name != "Forge":
        nodes.append({"node_id": f"yard_{name.lower()}", "name": f"{name} yard", "kind": "yard", **at})
here = {"region_id": "valley", "basis": "reported", "source_id": "survey"}
nodes.extend(
    [
        {"node_id": "mill", "name": "Forge Mill", "kind": "mill", "x_coord": 10.35, "y_coord": 47.0, **here},
        {"node_id": "loom", "name": "Upper Loom", "kind": "enterprise", "x_coord": 10.01, "y_coord": 47.01, **here},
        {
            "node_id": "pump",
            "name": "Lower Pump Works",
            "kind": "enterprise",
            "x_coord": 10.21,
            "y_coord": 47.06,
            **here,
        },
        {"node_id": "town", "name": "Lower Town", "kind": "community", "x_coord": 10.2, "y_coord": 47.06, **here},
    ]
)
links: list[dict[str, object]] = [
    {
        "link_id": f"rail_{start}_{end}",
        "from_node_id": start,
        "to_node_id": end,
        "directed": "false",
        "mode": "rail",
        "length_basis": "derived",
        "gauge_mm": 1435,
        "geometry": str(course),
        "source_id": "survey",
    }
    for start, end, course in zip(lines["from"].str.lower(), lines["to"].str.lower(), lines.geometry, strict=True)
]

# %%
known = {"workers_basis": "reported", "workers_source_id": "survey"}
assumed = {"scrap_t_basis": "assumed", "idle_machinery_t_basis": "assumed"}
tables: dict[str, list[dict[str, object]]] = {
    "sources": [{"source_id": "survey", "title": "A survey of the valley", "reliability": "B"}],
    "regions": [{"region_id": "valley", "name": "Valley"}],
    "nodes": nodes,
    "links": links,
    "sectors": [{"sector_id": "works", "name": "Works"}],
    "enterprises": [
        {
            "node_id": "loom",
            "sector_id": "works",
            "named": "true",
            "workers": 300,
            **known,
            "scrap_t": 4,
            "scrap_t_low": 2,
            "scrap_t_high": 8,
            "idle_machinery_t": 9,
            "idle_machinery_t_low": 5,
            "idle_machinery_t_high": 15,
            **assumed,
        },
        {
            "node_id": "pump",
            "sector_id": "works",
            "named": "true",
            "workers": 800,
            **known,
            "scrap_t": 30,
            "scrap_t_low": 15,
            "scrap_t_high": 60,
            "idle_machinery_t": 20,
            "idle_machinery_t_low": 10,
            "idle_machinery_t_high": 40,
            **assumed,
        },
    ],
    "communities": [
        {"node_id": "town", "population": 2000, "population_basis": "reported", "population_source_id": "survey"}
    ],
    "mills": [
        {
            "node_id": "mill",
            "intake_t": 25,
            "intake_t_low": 15,
            "intake_t_high": 40,
            "intake_t_basis": "assumed",
            "destination": "true",
        }
    ],
}
for name, rows in tables.items():
    pd.DataFrame(rows).to_csv(folder / f"{name}.csv", index=False)
(folder / "world.toml").write_text('title = "A valley"\ndefault_campaign = "drive"\n')
(folder / "campaigns").mkdir(exist_ok=True)
_ = (folder / "campaigns" / "drive.toml").write_text("""
name = "drive"
title = "A drive of ten kilograms a worker"

[periods]
start = "2020-01"
count = 3

[[quota]]
rule_id = "headcount"
kind = "per_worker"
kg = { value = 10, low = 8, high = 12, basis = "assumed", why = "an example" }
""")

# %% [markdown]
# ## Checked before it is used
#
# Every fault is listed at once, with table, row and column.

# %%
sf.read_world(folder, strict=False).check()

# %%
world = sf.read_world(folder)
run = sf.run(world)
run

# %%
run.flows.kind("shipped").to_geo("material")

# %%
sf.map_flows(run)
