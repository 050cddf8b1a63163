"""The evidence loop: weighing members and reconciling reports.

10,000 members weighed by 100 observations, with conflicts of each with the rest, against the bare log-likelihoods in numpy
(wanted: 2 s at most); questions to 1,000 members that kept what they did, against the same in DuckDB by hand (wanted: 1.3 times
its time at most, `ratio` 0.77 and more); flows on a grid and between places chosen at random reconciled with all tests (wanted:
10 s at most for 10⁵; with two places for three flows at random, the last row, nothing is near anything, and 10,560 equations are left that
all meet; where the sparse solve would take minutes the dense one stands), against one solve of the normal equations by scipy, sparse or dense, which gives the flows alone.
Processor seconds of one process.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from scipy import sparse
from scipy.linalg import solve
from scipy.sparse.linalg import spsolve

import scrapflow as sf
from scrapflow.studies.ensemble import Ensemble
from scrapflow.studies.kept import TABLES, Kept

MEMBERS, OBSERVATIONS = 10_000, 100
MADE, COPIES = 8, 1000
"""Members of the embedded world that are run, and the ensemble that is made of copies of them to be asked."""
SIDES = (22, 71, 224)
"""Grids of about 1,000, 10,000 and 100,000 flows."""


def condition_row() -> dict:
    """Weigh many members by many observations."""
    run = sf.run(sf.read_world("toy"))
    rng = np.random.default_rng(0)
    names = run.totals().index
    totals = pd.DataFrame(np.exp(rng.normal(4.0, 0.5, (MEMBERS, len(names)))), columns=names).rename_axis("member")
    draws = pd.DataFrame({"quota.headcount.kg": rng.random(MEMBERS)})
    ens = Ensemble(run, draws, totals, run.claims()[["claim_id", "metric"]], pd.DataFrame())
    kinds = ("lognormal", "normal", "poisson", "bounds")
    seen = pd.DataFrame([
        {"metric": names[i % len(names)], "error": kinds[i % 4], "value": round(float(np.exp(rng.normal(4.0, 0.1)))),
         "sd": (0.8, 40.0, 0.8, np.nan)[i % 4], "exposure": 1.0 if i % 4 == 2 else np.nan, "low": 5.0, "high": 5000.0}
        for i in range(OBSERVATIONS)
    ])  # fmt: skip
    sf.condition(ens, seen.head(4))
    start = time.process_time()
    sf.condition(ens, seen)
    ours = time.process_time() - start
    start = time.process_time()
    value, sd = seen["value"].to_numpy(), np.nan_to_num(seen["sd"].to_numpy(), nan=1.0)
    chosen = totals[seen["metric"]].to_numpy()
    weights = np.exp(-0.5 * ((np.log(chosen) - np.log(value)) / sd) ** 2).prod(axis=1)
    weights /= weights.sum()
    peer = time.process_time() - start
    return {"work": f"condition, {MEMBERS:,} members, {OBSERVATIONS} observations", "against": "bare lognormal likelihoods in numpy",
            "seconds": ours, "peer_s": peer, "ratio": peer / ours}  # fmt: skip


def grid(side: int) -> pd.DataFrame:
    """Return flows on a grid that balance, with errors of 5 %."""
    at = np.arange(side * side).reshape(side, side)
    ends = np.concatenate([
        np.column_stack([at[:, :-1].ravel(), at[:, 1:].ravel()]), np.column_stack([at[:-1].ravel(), at[1:].ravel()]),
    ])  # fmt: skip
    rng = np.random.default_rng(side)
    rows = pd.DataFrame({"origin": ends[:, 0].astype(str), "destination": ends[:, 1].astype(str)})
    edge = pd.DataFrame({"origin": ["outside", str(side * side - 1)], "destination": ["0", "outside"]})
    flows = pd.concat([rows, edge], ignore_index=True)
    flows["flow_id"] = np.arange(len(flows)).astype(str)
    flows["value"] = 100.0 * np.exp(0.05 * rng.standard_normal(len(flows)))
    return flows.assign(sd=0.05 * flows["value"])


def at_random(count: int, size: int) -> pd.DataFrame:
    """Return flows that balance but for their errors of 5 %, between so many places, chosen at random."""
    rng = np.random.default_rng(count)
    ends = rng.integers(0, size, (count - size, 2))
    ring = np.column_stack([np.arange(size), np.roll(np.arange(size), -1)])
    ends = np.concatenate([ends[ends[:, 0] != ends[:, 1]], ring])
    flows = pd.DataFrame(ends.astype(str), columns=["origin", "destination"])
    edge = pd.DataFrame({"origin": ["outside", "0"], "destination": ["0", "outside"]})
    flows = pd.concat([flows, edge], ignore_index=True)
    # A circulation along the ring carries what the others need, so that all balances before the errors.
    amount = np.full(len(flows), 100.0)
    net = np.bincount(ends[: len(ends) - size, 1], minlength=size) - np.bincount(
        ends[: len(ends) - size, 0], minlength=size
    )
    around = np.cumsum(100.0 * net)
    amount[len(ends) - size : len(ends)] = around - around.min() + 100.0
    flows["flow_id"] = np.arange(len(flows)).astype(str)
    flows["value"] = amount * np.exp(0.05 * rng.standard_normal(len(flows)))
    return flows.assign(sd=0.05 * amount)


def reconcile_row(what: str, flows: pd.DataFrame, peer: str = "sparse") -> dict:
    """Reconcile flows with all tests, beside one solve by scipy: sparse, dense, or none where it would take an hour."""
    start = time.process_time()
    found = sf.reconcile(flows)
    ours = time.process_time() - start
    row = {"work": f"reconcile, {len(flows):,} flows {what}, with tests", "seconds": ours}
    if not peer:
        return row
    start = time.process_time()
    nodes = pd.Index(sorted({*flows["origin"], *flows["destination"]} - {"outside"}))
    out, into = (nodes.get_indexer(pd.Index(flows[c])) for c in ("origin", "destination"))
    rows = np.concatenate([out[out >= 0], into[into >= 0]])
    columns = np.concatenate([np.flatnonzero(out >= 0), np.flatnonzero(into >= 0)])
    signs = np.concatenate([-np.ones((out >= 0).sum()), np.ones((into >= 0).sum())])
    a = sparse.csr_array((signs, (rows, columns)), shape=(len(nodes), len(flows)))
    v, y = flows["sd"].to_numpy() ** 2, flows["value"].to_numpy()
    normal = sparse.csc_matrix(a @ sparse.diags_array(v) @ a.T)
    x = y - v * (a.T @ (solve(normal.toarray(), a @ y, assume_a="pos") if peer == "dense" else spsolve(normal, a @ y)))
    theirs = time.process_time() - start
    assert np.allclose(x, found.flows["reconciled"], rtol=1e-6, atol=1e-6)
    return row | {"against": f"one {peer} solve in scipy, flows alone", "peer_s": theirs, "ratio": theirs / ours}


def flows_rows() -> list[dict]:
    """Ask many members of the embedded world by a verb, and by hand in DuckDB."""
    with tempfile.TemporaryDirectory() as folder:
        stamps: list[float] = []
        few = sf.ensemble(
            sf.read_world(), n=MADE, keep="flows", folder=f"{folder}/members", processes=1,
            progress=lambda *_: stamps.append(time.process_time()),
        )  # fmt: skip
        each = (stamps[-1] - stamps[0]) / (MADE - 1)  # without the first, which reads the network
        ens = copied(few, Path(folder) / "copies")
        count = sum(pq.read_metadata(f).num_rows for f in ens.kept.files("movements"))
        asked = [
            ("to('Kangson').by('region')", lambda: ens.flows.to("Kangson").by("region"), by_hand),
            ("shipped.members()", lambda: ens.flows.kind("shipped").members(), totals_by_hand),
        ]
        rows = [{"work": f"{MEMBERS:,} members of 2015 kept, extrapolated from {MADE}", "seconds": each * MEMBERS}]
        for name, ours, theirs in asked:
            took = [np.inf, np.inf]
            answers = [None, None]
            for _ in range(2):
                for side, ask in enumerate((ours, lambda theirs=theirs: theirs(ens))):
                    start = time.process_time()
                    answers[side] = ask()
                    took[side] = min(took[side], time.process_time() - start)
            assert np.allclose(answers[0].iloc[:, -1], answers[1].iloc[:, -1], rtol=1e-9)
            rows.append({
                "work": f"{name} over {COPIES:,} members (copies of {MADE}), {count:,} rows", "against": "the same question by hand in DuckDB",
                "seconds": took[0], "peer_s": took[1], "ratio": took[1] / took[0],
            })  # fmt: skip
        return rows


def copied(ens: Ensemble, folder: Path) -> Ensemble:
    """Return an ensemble of many members that are copies of a few: queries read and add up as many rows as they would."""
    kept = Kept(ens.central, folder)
    for name in TABLES:
        for number, file in enumerate(ens.kept.files(name)):
            table = pq.read_table(file)
            for copy in range(number, COPIES, MADE):
                numbers = pa.array(np.full(table.num_rows, copy, dtype=np.int32))
                pq.write_table(
                    table.set_column(0, "member", numbers), folder / name / f"{copy:06d}.parquet", compression="zstd"
                )
    rows = np.arange(COPIES) % MADE
    draws, totals = (f.iloc[rows].reset_index(drop=True) for f in (ens.draws, ens.totals))
    return Ensemble(ens.central, draws, totals.rename_axis("member"), ens.claims, ens.link_loads, kept)


def by_hand(ens: Ensemble) -> pd.DataFrame:
    """Return the tonnes that Kangson received by region of the yard, with ranges over the members, in DuckDB and numpy."""
    nodes = pd.DataFrame(ens.central.nodes[["node_id", "region"]])
    sql = """SELECT region, member, sum(tonnage_t) AS t FROM read_parquet($files) m JOIN nodes ON m.origin = nodes.node_id
             WHERE destination = 'mill_kangson' AND kind = 'shipped' GROUP BY ALL"""
    with duckdb.connect() as engine:
        engine.execute("SET threads = 1")
        engine.register("nodes", nodes)
        rows = engine.execute(sql, {"files": [str(f) for f in ens.kept.files("movements")]}).df()
    wide = rows.pivot_table(index="region", columns="member", values="t", fill_value=0.0)
    wide = wide.reindex(columns=range(len(ens.totals)), fill_value=0.0)
    low, median, high = np.quantile(wide.to_numpy(), [0.1, 0.5, 0.9], axis=1)
    table = pd.DataFrame({"region": wide.index, "low": low, "median": median, "high": high})
    return table.sort_values(["median", "high", "region"], ascending=[False, False, True], ignore_index=True)


def totals_by_hand(ens: Ensemble) -> pd.DataFrame:
    """Return what was shipped by member, in DuckDB."""
    sql = "SELECT member, sum(tonnage_t) AS t FROM read_parquet($files) WHERE kind = 'shipped' GROUP BY ALL ORDER BY member"
    with duckdb.connect() as engine:
        engine.execute("SET threads = 1")
        return engine.execute(sql, {"files": [str(f) for f in ens.kept.files("movements")]}).df()


def rows() -> list[dict]:
    """Return all rows."""
    sf.reconcile(grid(3))  # what is imported at the first call is no work of the first row
    return [
        condition_row(),
        *flows_rows(),
        reconcile_row("on a grid", grid(SIDES[0]), "dense"),
        *(reconcile_row("on a grid", grid(side)) for side in SIDES),
        reconcile_row("between 6,666 places at random", at_random(10_000, 6_666)),
        *(
            reconcile_row(f"between {size:,} places at random", at_random(100_000, size), "dense")
            for size in (1_000, 10_000)
        ),
        reconcile_row("between 66,666 places at random", at_random(100_000, 66_666), ""),
    ]
