"""Everything that Brazil's freight railways carried: known tonnes, pair by pair, on shared capacities.

All goods of 2019 between the stations of `brazil` (the published pairs of the tests, one year), routed by `sf.run` and put on
their least-cost paths by `sf.run_from`; and `sf.run` of `brazil` itself beside that of `dprk`. Seconds of processor time, the
least of three; tonnes that found no room on the installed capacity are in the last column.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pandas as pd

import scrapflow as sf
from scrapflow.world.csv_text import Raw
from scrapflow.world.typed_cells import conform

PAIRS = Path(__file__).parents[1] / "tests" / "geodata" / "brazil_pairs.csv"


def _world(pairs: pd.DataFrame) -> sf.World:
    """Return the world of Brazil with the pairs as its supply and demand, and its year as the period."""
    brazil = sf.read_world("brazil")
    origin = {"period": "2019", "material": "goods", "tonnage_t_basis": "reported"}
    origin["tonnage_t_source_id"] = brazil.supply["tonnage_t_source_id"].iloc[0]
    demand = pairs.rename(columns={"destination": "node_id", "tonnes": "tonnage_t"})[["node_id", "origin", "tonnage_t"]]
    supply = demand.groupby("origin", as_index=False)["tonnage_t"].sum().rename(columns={"origin": "node_id"})
    rows = {"supply": supply.assign(**origin), "demand": demand.assign(**origin)}
    rows["materials"] = pd.DataFrame({"material": ["goods"], "name": ["goods"]})
    made = {name: conform(Raw(name, f.astype(object), [str(i) for i in f.index])) for name, f in rows.items()}
    return replace(brazil, tables={**brazil.tables, **made})


def _least(call, n: int = 3) -> tuple[float, object]:
    """Return the least processor time of some calls in s, and what the last gave."""
    took = []
    for _ in range(n):
        start = time.process_time()
        result = call()
        took.append(time.process_time() - start)
    return min(took), result


def rows() -> list[dict]:
    """Return one row a run."""
    pairs = pd.read_csv(PAIRS, dtype={"origin": "str", "destination": "str"})
    goods, brazil, dprk = _world(pairs), sf.read_world("brazil"), sf.read_world("dprk")
    flows = pairs.rename(columns={"tonnes": "tonnage_t"})
    measured = {
        "all goods, sf.run": lambda: sf.run(goods),
        "all goods, sf.run_from": lambda: sf.run_from(flows, network=brazil),
        "brazil, sf.run": lambda: sf.run(brazil),
        "dprk, sf.run": lambda: sf.run(dprk),
    }
    out = []
    for name, call in measured.items():
        seconds, run = _least(call, 1 if "goods" in name else 3)
        moved = float(run.movements.loc[run.movements["kind"] == "shipped", "tonnage_t"].sum())
        left = float(run.totals()["unserved_t"])
        out.append({"what": name, "CPU s": seconds, "moved Mt": moved / 1e6, "no room Mt": left / 1e6})
    return out
