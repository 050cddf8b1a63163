"""The evidence loop: weighing members and reconciling reports.

10,000 members weighed by 100 observations, with conflicts of each with the rest, against the bare log-likelihoods in numpy; flows
on a grid reconciled with all tests, against one sparse solve of the normal equations by scipy, which gives the flows alone.
Processor seconds of one process.
"""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.linalg import spsolve

import scrapflow as sf
from scrapflow.studies.ensemble import Ensemble

MEMBERS, OBSERVATIONS = 10_000, 100
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


def reconcile_row(side: int) -> dict:
    """Reconcile a grid, with all tests."""
    flows = grid(side)
    start = time.process_time()
    found = sf.reconcile(flows)
    ours = time.process_time() - start
    start = time.process_time()
    nodes = pd.Index(np.arange(side * side).astype(str))
    out, into = (nodes.get_indexer(pd.Index(flows[c])) for c in ("origin", "destination"))
    rows = np.concatenate([out[out >= 0], into[into >= 0]])
    columns = np.concatenate([np.flatnonzero(out >= 0), np.flatnonzero(into >= 0)])
    signs = np.concatenate([-np.ones((out >= 0).sum()), np.ones((into >= 0).sum())])
    a = sparse.csr_array((signs, (rows, columns)), shape=(len(nodes), len(flows)))
    v, y = flows["sd"].to_numpy() ** 2, flows["value"].to_numpy()
    x = y - v * (a.T @ spsolve(sparse.csc_matrix(a @ sparse.diags_array(v) @ a.T), a @ y))
    peer = time.process_time() - start
    assert np.allclose(x, found.flows["reconciled"], rtol=1e-6, atol=1e-6)
    return {"work": f"reconcile, {len(flows):,} flows on a grid, with tests", "against": "one sparse solve in scipy, flows alone",
            "seconds": ours, "peer_s": peer, "ratio": peer / ours}  # fmt: skip


def rows() -> list[dict]:
    """Return all rows."""
    return [condition_row(), *(reconcile_row(side) for side in SIDES)]
