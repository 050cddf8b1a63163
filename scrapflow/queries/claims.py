"""What the sources claim beside what the model says, where the two can be compared at all."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.queries.metrics import Metrics
from scrapflow.queries.sites import Sites, of_line

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from scrapflow.ledger.tables import RunTables

NEAR = 0.05
"""How far a modelled value may be from a stated one, as a share of it, to count as equal."""
ROLES = ("input", "tuned", "definition", "test")
"""What a claim is to the model: read into it, fitted by it, true by definition, or able to fail."""
_COLUMNS = [
    "claim_id",
    "role",
    "text",
    "metric",
    "relation",
    "other_metric",
    "stated",
    "low",
    "high",
    "modelled",
    "agrees",
    "unit",
    "scope",
    "period",
    "source_id",
    "credibility",
    "note",
]


def evaluate_claims(run: RunTables) -> pd.DataFrame:
    """Set each claim of the sources beside the model.

    A claim about a time the run does not cover, or a quantity the model does not have, keeps its row: ``modelled`` is
    NaN and ``agrees`` ``<NA>``, which means *not comparable*, not *wrong*.

    Parameters
    ----------
    run
        A run.

    Returns
    -------
    DataFrame
        ``claim_id, role, text, metric, relation, other_metric, stated, low, high, modelled, agrees, unit, scope, period,
        source_id, credibility, note``. ``role`` is one of :data:`ROLES`, "" where nobody said; only a ``test`` can
        speak for the model. ``stated`` is the claim's value, or the modelled value of the other metric where two
        metrics are compared; ``agrees`` is True, False or ``<NA>`` (of pandas' ``boolean``, so that ``~`` works on it);
        equality means within 5 %.

    Examples
    --------
    >>> import scrapflow as sf
    >>> sf.run(sf.read_world("toy")).claims().agrees.tolist()
    [True]
    """
    nodes = run.nodes
    metrics = Metrics(
        run.amounts,
        run.periods,
        Sites(nodes, run.names),
        nodes["workers"].to_numpy(dtype=np.float64),
        lambda line: run.links.loc[of_line(run.links, line), "capacity_t"].to_numpy(dtype=np.float64),
        run.material_groups,
        run.campaign_settings,
    )
    rows = [
        {"role": "", **claim, **judge_claim(claim, metrics)} for claim in run.tables["claim_rows"].to_dict("records")
    ]
    table = pd.DataFrame(rows, columns=_COLUMNS)
    return table.astype({"stated": "float64", "modelled": "float64", "agrees": "boolean"})


def judge_claim(claim: Mapping[Hashable, Any], metrics: Metrics) -> dict[str, Any]:
    """Return the stated and the modelled value of a claim (a row of ``world.claims``), and whether they agree."""
    modelled = metrics.value(claim["metric"], claim["scope"], claim["period"])
    other = metrics.value(claim["other_metric"], claim["scope"], claim["period"]) if claim["other_metric"] else None
    stated = float(claim["value"]) if other is None else other
    agrees = _agrees(claim["relation"], modelled, stated, float(claim["low"]), float(claim["high"]))
    return {"stated": stated, "modelled": modelled, "agrees": agrees}


def relation_words(claim: Mapping[Hashable, Any]) -> str:
    """Say what a claim states, such as ``> 3,490 t`` or ``between 100 and 900 t``; numbers with three figures.

    Examples
    --------
    >>> row = {"relation": ">", "stated": 3490.0, "low": float("nan"), "high": float("nan"), "unit": "t"}
    >>> relation_words(row)
    '> 3,490 t'
    """
    low, high, stated = (_figures(claim[c]) for c in ("low", "high", "stated"))
    said = f"between {low} and {high}" if claim["relation"] == "between" else f"{claim['relation']} {stated}"
    return f"{said} {claim['unit']}".strip()


def claims_words(claims: pd.DataFrame) -> list[str]:
    """Say what the claims prove, one sentence each: how many can be compared, how many of these are tests, and their outcome.

    Parameters
    ----------
    claims
        As :func:`evaluate_claims` gives them.

    Examples
    --------
    >>> import scrapflow as sf
    >>> claims = sf.run(sf.read_world("toy")).claims().assign(role="input")
    >>> claims_words(claims)
    ['Of 1 claim that can be compared with the model, 0 are tests that could have failed.']
    """
    compared = claims[claims["agrees"].notna()]
    tests = compared[compared["role"] == "test"]
    if compared.empty:
        return ["No claim can be compared with the model."]
    many = "1 claim" if len(compared) == 1 else f"{len(compared)} claims"
    proving = (
        "1 is a test that could have failed" if len(tests) == 1 else f"{len(tests)} are tests that could have failed"
    )
    lines = [f"Of {many} that can be compared with the model, {proving}."]
    if len(tests):
        right = int(tests["agrees"].astype(bool).sum())
        failed = ", ".join(tests.loc[~tests["agrees"].astype(bool), "claim_id"])
        lines.append(f"Of the tests {right} agree{'s' if right == 1 else ''}{f'; not so: {failed}' if failed else ''}.")
    return lines


def _figures(value: float) -> str:
    if not np.isfinite(value):
        return "?"
    return f"{float(f'{value:.3g}'):,.10g}"


def _agrees(relation: str, modelled: float, stated: float, low: float, high: float) -> bool | None:
    """Compare a modelled with a stated value; None where either is not known."""
    if relation == "between":
        return None if any(map(math.isnan, (modelled, low, high))) else bool(low <= modelled <= high)
    if math.isnan(modelled) or math.isnan(stated) or relation not in ("=", "<", ">"):
        return None
    if relation == "=":
        return bool(abs(modelled - stated) <= NEAR * abs(stated))
    return bool(modelled < stated if relation == "<" else modelled > stated)
