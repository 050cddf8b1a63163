"""What the sources claim beside what the model says, where the two can be compared at all."""

from __future__ import annotations

import tomllib
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.errors import UnknownNameError
from scrapflow.vocabulary import MATERIAL_GROUPS

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from scrapflow.ledger.tables import RunTables

_NEAR = 0.05
"""How far a modelled value may be from a stated one, as a share of it, to count as equal."""
_KINDS = {
    "carted_t": "carted",
    "returned_t": "returned",
    "looted_t": "looted",
    "shipped_t": "shipped",
    "delivered_t": "shipped",
    "leaked_t": "leaked",
}
_ACCOUNTS = ("quota_t", "credited_t", "books_only_t", "for_show_t", "intercepted_t", "shortfall_t", "detained")
_COLUMNS = [
    "claim_id",
    "text",
    "metric",
    "relation",
    "other_metric",
    "stated",
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
    NaN and ``agrees`` None, which means *not comparable*, not *wrong*.

    Parameters
    ----------
    run
        A run.

    Returns
    -------
    DataFrame
        ``claim_id, text, metric, relation, other_metric, stated, modelled, agrees, unit, scope, period, source_id,
        credibility, note``. ``stated`` is the claim's value, or the modelled value of the other metric where two
        metrics are compared; ``agrees`` is True, False or None; equality means within 5 %.

    Examples
    --------
    >>> import scrapflow as sf
    >>> sf.run(sf.read_world("toy")).claims().agrees.tolist()
    [True]
    """
    metrics = Metrics(run)
    rows = [claim | judge(claim, metrics) for claim in run.tables["claim_rows"].to_dict("records")]
    table = pd.DataFrame(rows, columns=_COLUMNS)
    return table.astype({"stated": "float64", "modelled": "float64", "agrees": "object"})


def judge(claim: Mapping[Hashable, Any], metrics: Metrics) -> dict[str, Any]:
    """Return the stated and the modelled value of a claim (a row of ``world.claims``), and whether they agree."""
    modelled = metrics.value(claim["metric"], claim["scope"], claim["period"])
    other = metrics.value(claim["other_metric"], claim["scope"], claim["period"]) if claim["other_metric"] else None
    stated = float(claim["value"]) if other is None else other
    agrees = _agrees(claim["relation"], modelled, stated, float(claim["low"]), float(claim["high"]))
    return {"stated": stated, "modelled": modelled, "agrees": agrees}


def _agrees(relation: str, modelled: float, stated: float, low: float, high: float) -> bool | None:
    """Compare a modelled with a stated value; None where either is not known."""
    if relation == "between":
        return None if np.isnan([modelled, low, high]).any() else bool(low <= modelled <= high)
    if np.isnan([modelled, stated]).any() or relation not in ("=", "<", ">"):
        return None
    if relation == "=":
        return bool(abs(modelled - stated) <= _NEAR * abs(stated))
    return bool(modelled < stated if relation == "<" else modelled > stated)


class Metrics:
    """The model's side of a claim: a number for a metric, a place and a time; a study may add up in another way."""

    def __init__(self, run: RunTables) -> None:
        self.run = run
        self._scopes: dict[str, frozenset[str] | None] = {}

    @cached_property
    def settings(self) -> Mapping[str, Any]:
        """The campaign as TOML holds it."""
        return tomllib.loads(str(self.run.meta.get("campaign_toml", "")))

    def value(self, metric: str, scope: str, period: str) -> float:
        """Return the metric, NaN where the model has no such number."""
        found = self._find(metric)
        periods = self._periods(period)
        if found is None or not periods:
            return float("nan")
        if scope not in self._scopes:
            self._scopes[scope] = self._nodes(scope)
        nodes = self._scopes[scope]
        if nodes is None:
            return float("nan")
        return found(periods, nodes)

    def _find(self, metric: str) -> Callable[[list[str], frozenset[str]], float] | None:  # noqa: PLR0911
        if metric in _KINDS:
            return lambda p, n: self._moved(p, n, kind=_KINDS[metric])
        if metric in _ACCOUNTS:
            return lambda p, n: self._account(metric, p, n)
        if metric in ("scrap_t", "machinery_t", "functional_t", "appliance_t"):
            return lambda p, n: self._moved(p, n, kind="carted", material=metric.removesuffix("_t"))
        if metric.startswith("yard_") and metric.endswith("_t"):
            return lambda p, n: self._held(metric.removeprefix("yard_").removesuffix("_t"), p, n)
        if metric == "intercepted_share_of_show":
            return lambda p, n: _share(self._account("intercepted_t", p, n), self._account("for_show_t", p, n))
        if metric == "for_show_home_share":
            return lambda p, n: _share(self._account("returned_t", p, n), self._account("for_show_t", p, n))
        if metric == "marks_allowed":
            return lambda p, n: self._setting("penalties", "marks_allowed")  # noqa: ARG005
        rules = {"quota_kg_per_unaffiliated": "unaffiliated", "quota_kg_per_person": "per_person"}
        if metric in rules:
            return lambda p, n: self._rate(rules[metric])  # noqa: ARG005
        return None

    def _periods(self, period: str) -> list[str]:
        known: list[str] = self.run.periods["period"].tolist()
        return [p for p in known if p.startswith(period)] if period else known

    def _nodes(self, scope: str) -> frozenset[str] | None:
        """Return the nodes a claim is about; None where the run does not know the place."""
        nodes = self.run.nodes
        if not scope:
            return frozenset(nodes["node_id"])
        try:
            region = self.run.names.resolve(scope, ("region",))
        except UnknownNameError:
            return None
        return frozenset(nodes.loc[nodes["region_id"] == region, "node_id"])

    def _moved(self, periods: list[str], nodes: frozenset[str], *, kind: str, material: str = "") -> float:
        m = self.run.movements
        keep = m["period"].isin(periods) & (m["kind"] == kind) & m["origin"].isin(nodes)
        if material:
            keep &= m["material"].isin(MATERIAL_GROUPS.get(material, (material,)))
        return float(m.loc[keep, "tonnage_t"].sum())

    def _account(self, column: str, periods: list[str], nodes: frozenset[str]) -> float:
        a = self.run.accounts
        return float(a.loc[a["period"].isin(periods) & a["node_id"].isin(nodes), column].sum())

    def _held(self, material: str, periods: list[str], nodes: frozenset[str]) -> float:
        """Return what yards held (opening + in) on average over the periods."""
        s = self.run.stocks
        keep = s["period"].isin(periods) & s["node_id"].isin(nodes) & s["node_id"].isin(self._yards)
        keep &= s["material"].isin(MATERIAL_GROUPS.get(material, (material,)))
        return float((s.loc[keep, "opening_t"] + s.loc[keep, "in_t"]).sum()) / len(periods)

    @cached_property
    def _yards(self) -> list[str]:
        nodes = self.run.nodes
        return list(nodes.loc[nodes["kind"] == "yard", "node_id"])

    def _setting(self, section: str, key: str) -> float:
        raw = self.settings.get(section, {}).get(key, float("nan"))
        return float(raw["value"] if isinstance(raw, dict) else raw)

    def _rate(self, kind: str) -> float:
        """Return the rate of the campaign's first rule of a kind, in kg a head."""
        for rule in self.settings.get("quota", []):
            if rule.get("kind") == kind:
                raw = rule.get("kg", float("nan"))
                return float(raw["value"] if isinstance(raw, dict) else raw)
        return float("nan")


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else float("nan")
