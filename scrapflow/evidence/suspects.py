"""Which report, or which process, is most likely wrong where reports do not balance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.evidence.adjustment import Adjustment

    Floats = NDArray[np.float64]

LEVEL = 0.05
"""A test accuses wrongly in so many cases, all hypotheses together."""
_TIE = 1e-6
_FOR_A_LEAK = 3.841458820694124
"""By so much (the 5 % point of chi-squared) a leak has to explain more than the likeliest report: reports err more often."""
SUSPECT_COLUMNS = ("flow_id", "node", "coefficient", "z", "glr", "group")


def critical_value(tests: int, level: float = LEVEL) -> float:
    """Return what |z| has to exceed in one of several tests (Šidák 1967; Mah and Tamhane 1982).

    Examples
    --------
    >>> round(critical_value(1), 2), round(critical_value(6), 2)
    (1.96, 2.63)
    """
    from scipy.stats import norm

    return float(norm.isf((1.0 - (1.0 - level) ** (1.0 / max(tests, 1))) / 2.0))


def measurement_tests(solved: Adjustment) -> tuple[Floats, Floats]:
    """Return ``z``, the adjustment over its deviation, and the likelihood ratio of an error in each variable, NaN where none is to be had."""
    system = solved.system
    sd = np.sqrt(solved.adjustment_variance)
    tested = system.measured & (sd > 1e-9 * np.where(system.measured, system.sd, np.inf))
    change = np.abs(solved.point - np.nan_to_num(system.value))
    z = np.where(tested, change / np.where(tested, sd, 1.0), np.nan)
    ratio, _ = solved.likelihood_ratio(sparse.csc_array(solved.equations))
    return z, np.where(solved.redundant, ratio, np.nan)


def leak_tests(solved: Adjustment) -> pd.DataFrame:
    """Return ``node, glr, leak, leak_sd``: whether more goes into a process than comes out, for each process."""
    system = solved.system
    effect = sparse.csc_array(solved.reduced.combine[:, : len(system.processes)])
    ratio, size = solved.likelihood_ratio(effect)
    with np.errstate(divide="ignore", invalid="ignore"):
        sd = np.abs(size) / np.sqrt(ratio)
    return pd.DataFrame({"node": pd.array(system.processes, dtype="str"), "glr": ratio, "leak": size, "leak_sd": sd})


def accused(solved: Adjustment, z: Floats, ratio: Floats, leaks: pd.DataFrame) -> pd.DataFrame:
    """Return what the tests accuse, the likeliest first; what cannot be told apart shares a group.

    A leak is accused only if it explains the residuals at least as well as an error in any one report does, and it comes
    first only if it explains them better by what a test at 5 % asks. Nothing is accused where the likeliest cannot be told
    from any other redundant flow.
    """
    system = solved.system
    n = len(system.flow_ids)
    redundant = solved.redundant & np.isfinite(ratio)
    limit = critical_value(int(redundant.sum()))
    variables = np.flatnonzero(redundant & (np.maximum(np.nan_to_num(z), np.sqrt(np.nan_to_num(ratio))) > limit))
    best = np.nanmax(ratio, initial=0.0)
    leak = leaks["glr"].to_numpy(dtype=np.float64)
    limit = critical_value(int(redundant.sum() + np.isfinite(leak).sum())) ** 2
    processes = np.flatnonzero(np.nan_to_num(leak) > max(limit, best * (1 - _TIE)))
    labels = [*system.flow_ids, *system.names]
    rows = [(labels[i] if i < n else "", "", labels[i] if i >= n else "", z[i], ratio[i]) for i in variables]
    rows += [("", system.processes[k], "", np.sqrt(leak[k]), leak[k]) for k in processes]
    found = pd.DataFrame(rows, columns=list(SUSPECT_COLUMNS[:-1])).astype(
        {"flow_id": "str", "node": "str", "coefficient": "str", "z": "float64", "glr": "float64"}
    )
    weight = found["glr"].to_numpy(dtype=np.float64)
    tied_with_flow = np.isclose(weight, best, rtol=_TIE) & (found["node"] != "").to_numpy()
    rank = _rounded(np.where((found["node"] != "") & ~tied_with_flow, weight - _FOR_A_LEAK, weight))
    order = np.lexsort((np.arange(len(found)), -rank))
    found = found.iloc[order].reset_index(drop=True)
    found["group"] = pd.factorize(rank[order])[0]
    first = found[found["group"] == 0]
    everything = int(redundant[:n].sum())
    if everything and (first["flow_id"] != "").sum() == everything:
        return found.iloc[:0]
    return found


def _rounded(ratio: Floats) -> Floats:
    """Return ratios with those that tie made equal: neighbours closer than the tolerance."""
    order = np.argsort(ratio)
    ordered = ratio[order]
    step = np.diff(ordered, prepend=ordered[:1]) > _TIE * np.maximum(ordered, 1e-12)
    out = np.empty(len(ratio))
    starts = ordered[np.maximum.accumulate(np.where(step, np.arange(len(ratio)), 0))] if len(ratio) else ordered
    out[order] = starts
    return out
