"""Changes of a world that must not matter: rows cut, renamed, turned round, added."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

SHARED = {
    "enterprises": ("sites", "workers", "scrap_t", "obsolete_machinery_t", "idle_machinery_t", "working_machinery_t"),
    "communities": ("population",),
}
"""Columns of a row that its parts share, with their ranges."""


def with_tables(world, **tables):
    """Return a world with other tables."""
    return replace(world, tables=world.tables | tables)


def cut(world, table, parts):
    """Cut every row of enterprises or communities in equal parts at the same place, its sites and access links with it."""
    ids = world.tables[table]["node_id"]

    def part(name, i):
        return f"{name}~{i}"

    rows = (
        world.tables[table].assign(sites=lambda t: t["sites"].fillna(1.0))
        if table == "enterprises"
        else world.tables[table]
    )
    shared = [c for name in SHARED[table] for c in (name, f"{name}_low", f"{name}_high") if c in rows.columns]
    rows = rows.assign(**{c: rows[c] / parts for c in shared})
    nodes, links = world.nodes, world.links
    ours, rest = nodes[nodes["node_id"].isin(ids)], nodes[~nodes["node_id"].isin(ids)]
    touching = links["from_node_id"].isin(ids) | links["to_node_id"].isin(ids)
    access, rails = links[touching], links[~touching]
    copies = {"rows": [], "nodes": [rest], "links": [rails]}
    for i in range(parts):
        names = {name: part(name, i) for name in ids}
        copies["rows"].append(rows.assign(node_id=rows["node_id"].map(names)))
        copies["nodes"].append(ours.assign(node_id=ours["node_id"].map(names)))
        ends = {c: access[c].map(names).fillna(access[c]) for c in ("from_node_id", "to_node_id")}
        copies["links"].append(
            access.assign(
                link_id=[part(link, i) for link in access["link_id"]], capacity_t=access["capacity_t"] / parts, **ends
            )
        )
    joined = {name: pd.concat(frames, ignore_index=True) for name, frames in copies.items()}
    return with_tables(world, **{table: joined["rows"], "nodes": joined["nodes"], "links": joined["links"]})


def turned_round(world, seed):
    """Return a world with the rows of every table in another order."""
    rng = np.random.default_rng(seed)
    return with_tables(
        world, **{k: t.iloc[rng.permutation(len(t))].reset_index(drop=True) for k, t in world.tables.items()}
    )


def renamed(world):
    """Return a world in which the identifiers of enterprises, communities and yards sort in the opposite order."""
    nodes = world.nodes
    ids = sorted(nodes.loc[nodes["kind"].isin(["enterprise", "community", "yard"]), "node_id"])
    names = {name: f"n{len(ids) - i:05d}" for i, name in enumerate(ids)}
    columns = {"nodes": ["node_id"], "enterprises": ["node_id"], "communities": ["node_id"],
               "links": ["from_node_id", "to_node_id"]}  # fmt: skip
    tables = {}
    for table, ends in columns.items():
        frame = world.tables[table]
        tables[table] = frame.assign(**{c: frame[c].map(lambda x: names.get(x, x)).astype("str") for c in ends})
    return with_tables(world, **tables)


def with_empty_rows(world, count):
    """Return a world with works of no workers and towns of no residents at places that are there already."""
    tables = {}
    nodes = [world.nodes]
    for table, kind in (("enterprises", "enterprise"), ("communities", "community")):
        rows = world.tables[table]
        if rows.empty:
            continue
        first = rows.iloc[[0]]
        shared = {c: 0.0 for name in SHARED[table] for c in (name, f"{name}_low", f"{name}_high") if c in rows.columns}
        like = world.nodes[world.nodes["node_id"] == first["node_id"].iloc[0]]
        names = [f"empty-{kind}-{i}" for i in range(count)]
        tables[table] = pd.concat([rows, *(first.assign(node_id=n, **shared) for n in names)], ignore_index=True)
        nodes += [like.assign(node_id=n) for n in names]
    return with_tables(world, nodes=pd.concat(nodes, ignore_index=True), **tables)


def with_sites(world, seed):
    """Return a world whose enterprises stand for a random number of sites, fractions among them."""
    rng = np.random.default_rng(seed)
    enterprises = world.enterprises
    return with_tables(world, enterprises=enterprises.assign(sites=rng.choice([0.3, 1.0, 2.5, 40.0], len(enterprises))))
