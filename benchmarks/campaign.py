"""What people do, on arrays: 10³ to 10⁶ enterprises over twelve months.

`collect_s` is `collect` on a world and network that are there (catchments ranked, values filled, neighbours within reach
found, as a second run of the same world finds them), `first_s` the same when neighbours and yards are still to be found,
`tables_s` making all five tables from it besides, `floor_s` the bare array arithmetic of the same steps on ready numpy
arrays, with results kept and no table built; `collect/floor` is wanted ≤ 3. Seconds of processor time (all of it runs on
one core), least of several (10⁶: the second of two, and one). `peak_mb` is what a fresh process of the size took at most,
all five tables held at once (wanted ≤ 2,000 at 10⁵). One community for ten enterprises loots among its eight nearest. The
rows named *Mesa* run the same rules, as agents, for 10⁴ enterprises (wanted ≥ 50 times slower than `collect`; what either
side sets up before the first month is not counted), and both agree on the tonnes; the rows named *looting* take 10⁵
communities to 10⁵ enterprises through the spatial index.
"""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from memory import peak_mb

import scrapflow as sf
from scrapflow.campaign import collect
from scrapflow.campaign.looting import loot, within_reach
from scrapflow.campaign.population import Population
from scrapflow.network.access import Catchment

SIZES = (10**3, 10**4, 10**5, 10**6)
MONTHS = 12
MESA = 10**4
SETTINGS = """
[periods]
start = "2015-01"
count = 12
[[quota]]
rule_id = "headcount"
kind = "per_worker"
kg = 20
[[quota]]
rule_id = "residents"
kind = "unaffiliated"
kg = 20
[filling]
stripped_share = 0.9
books_only_share = 0.1
willingness = { scrap = 0.9, obsolete_machinery = 0.2, idle_machinery = 0.1, working_machinery = 0.02, household_scrap = 0.5, appliance = 0.05 }
[show]
share = 0.3
repair_periods = 1
[looting]
share = 0.5
reach_km = 8
decay_km = 3
targets = 8
liftable_share = 0.01
[inspection]
teams = 200
chance = 0.5
condemn_share = 0.01
[penalties]
tolerance = 0.1
warrant_shortfall = 0.8
"""
STOCKS = ("scrap_t", "obsolete_machinery_t", "idle_machinery_t", "working_machinery_t")
REGIONS = 10


class Net:
    """The part of a network that collecting asks for."""

    def __init__(self, world, catchment) -> None:
        self.world, self.catchment = world, catchment


def made(n):
    """Return a world of n enterprises and n / 10 communities, and its catchments, as if read and built."""
    toy = sf.read_world("toy")
    rng = np.random.default_rng(0)
    m = max(n // 10, 1)
    ids = np.array([f"e{i:07d}" for i in range(n)] + [f"t{i:07d}" for i in range(m)], dtype=object)
    size = np.sqrt(n) * 0.01
    xy = rng.uniform(0, size, (n + m, 2)) + 10
    nodes = pd.DataFrame({"node_id": ids, "kind": ["enterprise"] * n + ["community"] * m})
    nodes["region_id"] = np.array([f"r{i}" for i in range(REGIONS)], dtype=object)[rng.integers(0, REGIONS, n + m)]
    nodes["x_coord"], nodes["y_coord"] = xy.T
    works = {c: rng.gamma(2, t, n) for c, t in zip(STOCKS, (3, 5, 10, 40), strict=True)}
    e = {
        "node_id": ids[:n],
        "sector_id": "machinery",
        "named": True,
        "workers": rng.integers(50, 2000, n) * 1.0,
    } | works
    c = {"node_id": ids[n:], "population": rng.integers(500, 9000, m) * 1.0, "unaffiliated_share": 0.2}
    c |= {"youth_share": 0.25, "household_scrap_kg": 2.0, "appliance_kg": 10.0}
    tables = dict(toy.tables)
    for name, cells in (("nodes", nodes), ("enterprises", pd.DataFrame(e)), ("communities", pd.DataFrame(c))):
        like = toy.tables[name].drop(columns="geometry", errors="ignore")
        columns = {
            k: cells[k] if k in cells else pd.Series("" if t == "str" else np.nan, cells.index)
            for k, t in like.dtypes.items()
        }
        tables[name] = pd.DataFrame({k: v.astype(like.dtypes[k]) for k, v in columns.items()})
    tables["nodes"] = gpd.GeoDataFrame(tables["nodes"], geometry=[None] * (n + m), crs=4326)
    world = replace(toy, tables=tables, campaigns={"made": SETTINGS})
    yards = np.array([f"y{i:04d}" for i in range(max(n // 100, 1))], dtype=object)
    k = min(3, len(yards))
    yard = rng.integers(0, len(yards), (n + m, k))
    shape = yard.shape
    link, names = np.zeros(shape, dtype=np.int64), np.array(["l"], dtype=object)
    catchment = Catchment(ids, yards, names, yard, link, np.ones(shape), np.ones(shape), np.full(shape, np.inf))
    return world, Net(world, catchment)


def floor(p: Population, e_need, c_need, youth, reach, yard, yards):
    """Do the arithmetic of the same steps on ready arrays, keep every result, build no table."""
    w, used, s, b = np.array([0.9, 0.2, 0.1, 0.02]), 0.3 + 0.7 / 0.9, 0.3, 0.1
    n = len(p.workers)
    stock, house = p.stock.T.copy(), p.household.T.copy()
    start = stock[3].copy()
    state, repair, kept = np.zeros((4, n)), np.zeros(n), []
    state[0] = 1.0
    _, region = np.unique(p.enterprise_region, return_inverse=True)
    near, pull0 = reach.enterprise, reach.attraction
    for _ in range(MONTHS):
        opened = stock.copy()
        left, handed = e_need.copy(), np.empty_like(stock)
        for m in range(4):
            handed[m] = np.minimum(stock[m] * (w[m] if m == 0 else w[m] / used), left)
            left -= handed[m]
        own = np.stack([np.minimum(house[0] * 0.5, c_need), np.zeros_like(c_need)])
        own[1] = np.minimum(house[1] * 0.05, c_need - own[0])
        house = house - own
        lack = c_need - own.sum(axis=0)
        rest = stock - handed
        rest[1:] -= handed[1:] * (used - 1)
        size = rest.sum(axis=0)
        pull = pull0 * size[near]
        total = pull.sum(axis=1)
        x = pull * (0.5 * youth * lack / np.where(total > 0, total, 1.0))[:, None]
        asked = np.bincount(near.ravel(), x.ravel(), n)
        shrink = np.minimum(1.0, 0.01 * size / np.where(asked > 0, asked, 1.0))
        x *= shrink[near]
        part = rest / np.where(size > 0, size, 1.0)
        lost = part * (asked * shrink)
        got = np.stack([(x * q[near]).sum(axis=1) for q in part])
        visits = (200 / np.bincount(region))[region]
        d = 1 - 0.5**visits
        load = handed[1:] * s
        back = load * (1 - d)
        parts = handed[1:] * (used - 1)
        stock = rest - lost
        condemned = stock[2] * (1 - 0.99**visits)
        repair *= stock[3] / np.where(opened[3] > 0, opened[3], 1.0)
        output = (stock[3] - repair) / np.where(start > 0, start, 1.0)
        repair = back[2]
        stock[1:] += back
        stock[2] -= condemned
        stock[0] += parts.sum(axis=0) + condemned
        e_got, c_got = handed.sum(axis=0), own.sum(axis=0) + got.sum(axis=0)
        e_short, c_short = (1 - b) * (e_need - e_got), (1 - b) * (c_need - c_got)
        p_mark = np.where(e_short > 0.1 * e_need, 1.0, np.where(load.sum(axis=0) > 0, d, 0.0))
        up = state * p_mark
        state = state - up
        state[1:] += up[:-1]
        state[0] += up[-1]
        detained = e_short > 0.8 * e_need
        into = [np.bincount(yard[:n], h, yards) for h in handed] + [
            np.bincount(yard[n:], h, yards) for h in (*own, *got)
        ]
        kept.append((opened, handed, own, x, lost, got, d, load, back, parts, condemned, output, e_got, c_got, e_short,
                     c_short, p_mark, np.arange(4) @ state, up[-1], detained, into))  # fmt: skip
    return kept


def least(what, times=3):
    """Return the least time of some calls, and the last result."""
    best = np.inf
    for _ in range(times):
        gc.collect()
        start = time.process_time()
        result = what()
        best = min(best, time.process_time() - start)
    return best, result


def ready(world, net):
    """Return what the floor works on."""
    p = Population.of(world)
    reach = within_reach(p, 8, 3, 8)
    need = p.workers * 0.02
    free = p.pools[:, :2].sum(axis=1) * 0.02
    youth = np.full(len(free), 0.25)
    return p, need, free, youth, reach, net.catchment.yard[:, 0].copy(), len(net.catchment.yard_ids)


def tables(collected):
    """Make everything that a run is written down from."""
    return [collected.movements, collected.accounts, collected.stocks, collected.quotas, collected.unserved]


def peak(n):
    """Return the most memory a fresh process takes for n enterprises, in MB."""
    code = f"import campaign as b; w, k = b.made({n}); b.tables(b.collect(w, k, b.sf.read_campaign(w, 'made'))); b.peak_here()"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parent
    )
    return int(done.stdout)


def peak_here():
    """Print the peak memory of this process in MB."""
    print(round(peak_mb()))


def scale(n):
    """Measure one size."""
    world, net = made(n)
    camp = sf.read_campaign(world, "made")
    Population.of(world)
    first, _ = least(lambda: collect(world, net, camp).periods, 1)
    given = ready(world, net)
    times = 7 if n <= 10**4 else 3 if n <= 10**5 else 1
    whole, collected = least(lambda: collect(world, net, camp), times)
    bare, kept = least(lambda: floor(*given), times)
    theirs, ours = sum(k[12].sum() for k in kept), collected.history.column("carted_t")[:, :n].sum()
    assert abs(theirs - ours) < 1e-6 * ours, (theirs, ours)
    row = {
        "what": f"{n:,} enterprises × {MONTHS} months",
        "collect_s": whole,
        "first_s": first,
        "floor_s": bare,
        "collect/floor": whole / bare,
    }
    if n <= 10**5:
        start = time.process_time()
        tables(collected)
        row |= {"tables_s": time.process_time() - start, "peak_mb": peak(n)}
    return row


def looting(n):
    """Measure looting alone: n communities, n enterprises."""
    world, _ = made(n)
    p = Population.of(world)
    p = replace(p, community_xy=np.repeat(p.community_xy, 10, axis=0)[:n], residents=np.repeat(p.residents, 10)[:n])
    seconds, reach = least(lambda: within_reach(p, 8, 3, 8), 1)
    stock = p.stock.T.copy()
    month, _ = least(lambda: loot(np.ones(n), stock, reach, 0.3, 0.01), 3)
    return {"what": f"looting, {n:,} communities × {n:,} enterprises", "index_s": seconds, "month_s": month}


def rows() -> list[dict]:
    """Measure."""
    from campaign_mesa import measure

    world, net = made(MESA)
    camp = sf.read_campaign(world, "made")
    ours, collected = least(lambda: collect(world, net, camp), 7)
    mesa = measure(*ready(world, net), months=MONTHS)
    assert abs(mesa["carted_t"] - collected.history.column("carted_t").sum()) < 1e-6 * mesa["carted_t"]
    agents = {"what": f"Mesa, {MESA:,} enterprises × {MONTHS} months", "mesa_s": mesa["seconds"], "collect_s": ours,
              "mesa/collect": mesa["seconds"] / ours}  # fmt: skip
    return [*(scale(n) for n in SIZES), agents, looting(10**5)]
