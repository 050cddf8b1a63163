"""Reported flows and observations, and second opinions on them: what the tests of the evidence loop share."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.linalg import null_space
from scipy.stats import norm

from scrapflow.evidence.information import ranked

COLUMNS = ["flow_id", "origin", "destination", "value", "sd"]
SHARES = ["name", "flow", "of", "value", "sd"]
"""Columns of flows, and of coefficients."""
NAN = float("nan")
N = 20_000
"""Members, where a closed form is compared with."""


def table(*rows):
    """Return a table of flows."""
    return pd.DataFrame(list(rows), columns=COLUMNS)


def second_opinion(flows):
    """Reconcile balances by a dense null space and QR: values and standard deviations, NaN where undetermined."""
    processes = sorted((set(flows.origin) | set(flows.destination)) - {"", "outside"})
    a = np.zeros((len(processes), len(flows)))
    for j, (o, d) in enumerate(zip(flows.origin, flows.destination, strict=True)):
        if d in processes:
            a[processes.index(d), j] += 1
        if o in processes:
            a[processes.index(o), j] -= 1
    y, sd = flows.value.to_numpy(), flows.sd.to_numpy()
    fixed, measured = ~np.isnan(y) & (sd == 0), ~np.isnan(y) & (sd > 0)
    start = np.linalg.lstsq(a[:, ~fixed], -a[:, fixed] @ y[fixed], rcond=None)[0]
    basis = null_space(a[:, ~fixed])
    x = np.where(fixed, np.nan_to_num(y), 0.0)
    x[~fixed] = start
    seen = measured[~fixed]
    weighted = basis[seen] / sd[measured][:, None]
    q, r = np.linalg.qr(weighted)
    u, s, vt = np.linalg.svd(r)
    good = s > 1e-9 * s.max(initial=1.0)
    told, open_ = vt[: len(s)][good], np.vstack([vt[: len(s)][~good], vt[len(s) :]])
    inverse = told.T @ np.diag(1 / s[good]) @ u.T[: len(s)][good]
    step = inverse @ (q.T @ ((y[measured] - start[seen]) / sd[measured]))
    x[~fixed] = start + basis @ step
    deviation = np.zeros(len(y))
    deviation[~fixed] = np.sqrt(((basis @ inverse) ** 2).sum(axis=1))
    undetermined = np.zeros(len(y), dtype=bool)
    undetermined[~fixed] = np.abs(basis @ open_.T).max(axis=1, initial=0.0) > 1e-8
    undetermined &= ~measured
    return np.where(undetermined, np.nan, x), np.where(undetermined, np.nan, deviation)


def seen(**columns):
    """Return a table of one observation."""
    return pd.DataFrame([columns])


def lognormal(mean, sd, n=N, seed=0):
    """Return amounts whose logarithms are normal, evenly spread."""
    at = (np.arange(n) + 0.5) / n
    return np.random.default_rng(seed).permutation(np.exp(norm.ppf(at, mean, sd)))


def worth(candidate, y, off=0.0):
    """Return the share of the variance of y that a candidate takes away."""
    return ranked([candidate], y, np.arange(len(y)), off, {})["reduction"].iloc[0]
