"""Claims of the sources used as observations: then they are evidence, and no longer tests of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from scrapflow.errors import did_you_mean, problem

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from scrapflow.ledger.tables import RunTables

NOT_TESTS = {
    "input": "it was put into the model, which would count it twice",
    "tuned": "values were chosen to fit it, which would count it twice: widen them back and give it as an observation",
    "definition": "it is true of any run, and says nothing",
}
"""Why a claim of another role than ``test`` is no evidence."""


def rows_of_claims(run: RunTables, claims: Sequence[str]) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """Return claims as rows of observations, and what is wrong with those that cannot be.

    A stated value without a range has no error of its own, so only bounds, comparisons and values with a low and a high can be
    used. One metric above another is the share of the first in both, above a half.

    Parameters
    ----------
    run
        Whose claims.
    claims
        Their ``claim_id``.
    """
    table = run.tables["claim_rows"]
    by_id = {str(r["claim_id"]): r for r in table.to_dict("records")}
    rows, faults = [], []
    for name in claims:
        claim = by_id.get(name)
        if claim is None:
            faults.append(problem("claims", name, "claim_id", f"there is no such claim; {did_you_mean(name, by_id, 'run.claims() lists them', n=3)}"))  # fmt: skip
        elif claim["role"] in NOT_TESTS:
            faults.append(problem("claims", name, "role", f"is of role {claim['role']}: {NOT_TESTS[claim['role']]}"))
        else:
            told, fault = _row(claim)
            rows.append({"observation_id": name, **told, **_where(run, claim)})
            faults += [problem("claims", name, "value", fault)] if fault else []
    return rows, faults


def _row(claim: Mapping[Hashable, Any]) -> tuple[dict[str, Any], str]:
    """Return metric and error of a claim, or why it has none."""
    relation, value, low, high = claim["relation"], *(float(claim[c]) for c in ("value", "low", "high"))
    said = {"metric": claim["metric"], "error": "bounds"}
    if claim["other_metric"]:
        if relation not in ("<", ">"):
            return said, f"two metrics that are {relation or 'beside each other'} are no bound"
        ends = (claim["metric"], claim["other_metric"]) if relation == ">" else (claim["other_metric"], claim["metric"])
        return {"metric": " > ".join(ends), "error": "bounds", "low": 0.5}, ""
    if relation == ">" and np.isfinite(value):
        return {**said, "low": value}, ""
    if relation == "<" and np.isfinite(value):
        return {**said, "high": value}, ""
    if np.isfinite(low) and np.isfinite(high) and low < high:
        return {**said, "low": low, "high": high}, ""
    return said, "is a value without an error: give it as an observation with its sd"


def _where(run: RunTables, claim: Mapping[Hashable, Any]) -> dict[str, str]:
    scope, period = str(claim["scope"]), str(claim["period"])
    graded = {"source_id": claim["source_id"], "credibility": claim["credibility"], "note": claim["text"]}
    regions = run.regions
    is_region = bool(scope) and (regions["region_id"].eq(scope) | regions["name"].eq(scope)).any()
    return {**graded, "region_id" if is_region else "node_id": scope, "first": period, "last": period}
