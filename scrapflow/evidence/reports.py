"""The reports on a run as flows that have to balance: what yards took in, gave back, held and sent, and what mills got."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.errors import InputError, problem
from scrapflow.evidence.asks import Reader
from scrapflow.evidence.observation import table_of
from scrapflow.evidence.prepared import completed
from scrapflow.given import checked
from scrapflow.vocabulary import kinds_to, moved_by, traced_as

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from scrapflow.ledger.tables import RunTables

MODELLED_SD = 0.3
"""What is modelled counts as a report with this relative error where nobody reported. Assumed."""
_LEAST_T = 1e-3
_FLOW_OF = {
    ("received_t", "yard"): "in", ("carted_t", "yard"): "in", ("returned_t", "yard"): "back", ("held_t", "yard"): "held",
    ("shipped_t", "yard"): "sent", ("shipped_t", "mill"): "got", ("delivered_t", "mill"): "got",
}  # fmt: skip
"""Which flow a metric at a kind of place is."""
OUTSIDE = "outside"


@checked
def reports(run: RunTables, observations: Any = None, *, modelled_sd: float | None = MODELLED_SD) -> pd.DataFrame:
    """Return what yards and mills should have reported, month by month, as :func:`scrapflow.reconcile` takes it.

    A yard in a period is a process: what comes in, with what it held before, goes back to owners, to the trains, abroad, or is
    held. What it sent in all is a process too, and what a mill got in all, so that totals can be reported and not legs alone.

    Parameters
    ----------
    run
        A run; it says which flows there are.
    observations
        Reports in any form :func:`scrapflow.condition` takes: ``received_t, returned_t, held_t, shipped_t`` of a yard,
        ``shipped_t`` or ``delivered_t`` of a mill, each of one period. Two reports of the same flow both count.
    modelled_sd
        Relative error of the modelled values, which stand where nobody reported; None leaves those not measured.

    Returns
    -------
    DataFrame
        ``flow_id, origin, destination, value, sd, stock, period, modelled_t, basis``: ``basis`` is ``reported`` or ``modelled``.

    Raises
    ------
    InputError
        With every observation that is none of such a flow.

    Examples
    --------
    >>> import scrapflow as sf
    >>> flows = reports(
    ...     sf.run(sf.read_world("toy")),
    ...     {"metric": "shipped_t", "place": "Vale Yard", "period": "2015-01", "value": 33, "low": 30, "high": 36},
    ... )
    >>> found = sf.reconcile(flows).flows.set_index("flow_id")
    >>> round(float(found.loc["sent yard 2015-01", "reconciled"]))
    32
    """
    if modelled_sd is not None and not 0 <= modelled_sd < np.inf:
        fault = f"{modelled_sd!r} is no standard deviation: 0 or more, None if what is modelled is not to count"
        raise InputError([problem("reports", "", "modelled_sd", fault)], what="the reports")
    flows = _flows(run)
    flows["value"], flows["sd"], flows["basis"] = flows["modelled_t"], np.nan, "modelled"
    if modelled_sd is None:
        flows["value"] = np.nan
    else:
        flows["sd"] = modelled_sd * np.maximum(flows["modelled_t"], _LEAST_T)
    rows, faults = _reported(run, completed(table_of(observations)), set(flows["flow_id"]))
    if faults:
        raise InputError(faults, what="the reports")
    for flow_id, value, sd in rows:
        flows = _with_report(flows, flow_id, value, sd)
    columns = ["flow_id", "origin", "destination", "value", "sd", "stock", "period", "modelled_t", "basis"]
    return flows[columns].reset_index(drop=True)


def _flows(run: RunTables) -> pd.DataFrame:
    """Return the flows of every yard and mill in every period with their modelled tonnes."""
    keys = ["period", "kind", "origin", "destination"]
    m = run.legs_by(*keys).groupby(keys, as_index=False)["tonnage_t"].sum()
    yards = set(run.nodes.loc[run.nodes["kind"] == "yard", "node_id"])
    labels = run.periods["period"].tolist()
    then = dict(zip(labels, [*labels[1:], ""], strict=True))
    into = m[m["destination"].isin(yards)].groupby(["period", "destination"])["tonnage_t"].sum()
    out = m[m["origin"].isin(yards)]
    back = out[out["kind"].isin(traced_as("take_back"))].groupby(["period", "origin"])["tonnage_t"].sum()
    abroad = {
        kind: out[out["kind"] == kind].groupby(["period", "origin"])["tonnage_t"].sum() for kind in kinds_to(OUTSIDE)
    }
    legs = out[out["kind"].isin(moved_by("train"))].groupby(["period", "origin", "destination"])["tonnage_t"].sum()
    stocks = (
        run.stocks[run.stocks["node_id"].isin(yards)].groupby(["period", "node_id"])[["opening_t", "closing_t"]].sum()
    )
    rows: list[tuple[str, str, str, str, float]] = []
    for word, sums in (("in", into), ("back", back), *abroad.items()):
        for period, yard, tonnes in sums.reset_index().itertuples(index=False, name=None):
            at = f"{yard} {period}"
            rows.append((f"{word} {at}", *((OUTSIDE, at) if word == "in" else (at, OUTSIDE)), period, tonnes))
    for period, yard, mill, tonnes in legs.reset_index().itertuples(index=False, name=None):
        rows.append((f"{yard}>{mill} {period}", f"sent {yard} {period}", f"got {mill} {period}", period, tonnes))
    for period, yard, tonnes in legs.groupby(level=[0, 1]).sum().reset_index().itertuples(index=False, name=None):
        rows.append((f"sent {yard} {period}", f"{yard} {period}", f"sent {yard} {period}", period, tonnes))
    for period, mill, tonnes in legs.groupby(level=[0, 2]).sum().reset_index().itertuples(index=False, name=None):
        rows.append((f"got {mill} {period}", f"got {mill} {period}", OUTSIDE, period, tonnes))
    for period, yard, held in stocks["closing_t"].reset_index().itertuples(index=False, name=None):
        after = f"{yard} {then[period]}" if then[period] and (then[period], yard) in stocks.index else OUTSIDE
        rows.append((f"held {yard} {period}", f"{yard} {period}", after, period, held))
    for yard, opening in stocks.loc[labels[0], "opening_t"].items() if len(stocks) else ():
        if opening > 0:
            rows.append((f"held before {yard} {labels[0]}", OUTSIDE, f"{yard} {labels[0]}", labels[0], opening))
    table = pd.DataFrame(rows, columns=["flow_id", "origin", "destination", "period", "modelled_t"])
    table["stock"] = table["flow_id"].str.startswith("held ")
    return table


def _reported(
    run: RunTables, table: pd.DataFrame, known: set[str]
) -> tuple[list[tuple[str, float, float]], list[dict[str, str]]]:
    """Return flow, value and standard deviation of each report, and what is wrong with those that are none."""
    reader = Reader(run, ())
    kinds = run.nodes.set_index("node_id")["kind"].to_dict()
    rows, problems = [], []
    for row in table.to_dict("records"):
        wanted, faults = reader.read(row)
        ask = wanted.plus[0] if wanted is not None else None
        node = next(iter(ask.keys), "") if ask is not None and ask.keys is not None and len(ask.keys) == 1 else ""
        word = _FLOW_OF.get((str(row["metric"]), str(kinds.get(node, ""))), "")
        flow = f"{word} {node} {ask.periods[0]}" if ask is not None and word and len(ask.periods) == 1 else ""
        value, sd = _normal(row)
        if not faults and not flow:
            told = ", ".join(f"{m} of a {k}" for m, k in _FLOW_OF)
            faults.append(("metric", f"is no flow of one place in one period; there are {told}"))
        elif not faults and flow not in known:
            faults.append(("first", f"the run has no flow {flow!r}: nothing moved there then"))
        if not faults and not (np.isfinite(value) and sd > 0):
            faults.append(("sd", "a value without an error: give sd, or low and high"))
        problems += [problem("observations", str(row["observation_id"]), c, message) for c, message in faults]
        rows.append((flow, value, sd))
    return rows, problems


def _normal(row: Mapping[Hashable, Any]) -> tuple[float, float]:
    """Return an observation as a value with a standard deviation, both in t."""
    value, sd, low, high = (float(row[c]) for c in ("value", "sd", "low", "high"))
    if row["error"] == "bounds":
        return (low + high) / 2, (high - low) / np.sqrt(12)
    if row["error"] == "poisson":
        tonnes = value / float(row["exposure"])
        return tonnes, float(np.hypot(np.sqrt(max(value, 1.0)) / float(row["exposure"]), np.nan_to_num(sd) * tonnes))
    return value, float(value * np.sqrt(np.expm1(sd**2))) if row["error"] == "lognormal" else sd


def _with_report(flows: pd.DataFrame, flow_id: str, value: float, sd: float) -> pd.DataFrame:
    """Return flows with a report; a second one of the same flow stands on the second half of its way."""
    at = flows.index[flows["flow_id"] == flow_id][0]
    if flows.loc[at, "basis"] == "modelled":
        flows.loc[at, ["value", "sd"]] = value, sd
        flows.loc[at, "basis"] = "reported"
        return flows
    number = 1 + int(flows["flow_id"].str.startswith(f"{flow_id} (report ").sum())
    again = flows.loc[[at]].assign(
        flow_id=f"{flow_id} (report {number + 1})", value=value, sd=sd, origin=f"{flow_id} #{number}"
    )
    flows.loc[at, "destination"] = f"{flow_id} #{number}"
    return pd.concat([flows, again], ignore_index=True)
