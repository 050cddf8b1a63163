"""The model's side of a claim: a number for a metric, a place and a time, added up from the amounts of a run."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from scrapflow.ledger.run_periods import months_of
from scrapflow.vocabulary import accounts, kinds_to, traced_as
from scrapflow.vocabulary.totals import totals

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from scrapflow.ledger.amounts import Amounts, Placed
    from scrapflow.queries.sites import Sites

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]
    Metric = Callable[[list[int], Bools], float]

LARGEST = 0.1
"""Part of the single enterprises, by workers, that counts as large."""


class Metrics:
    """Numbers of a run by metric, place and time.

    Parameters
    ----------
    amounts
        The run as arrays, without leading axes.
    periods
        Table of the run.
    sites, workers
        Its nodes, and how many people work in each.
    line
        Gives the capacities in t a period of the links of a line, by its name or identifier.
    groups
        Materials that a group word stands for.
    settings
        The campaign as TOML holds it.
    """

    def __init__(
        self,
        amounts: Amounts,
        periods: pd.DataFrame,
        sites: Sites,
        workers: Floats,
        line: Callable[[str], Floats],
        groups: Mapping[str, tuple[str, ...]],
        settings: Mapping[str, Any],
    ) -> None:
        self._amounts, self._labels, self._months = amounts, periods["period"].tolist(), months_of(periods)
        self._sites, self._workers, self._line = sites, workers, line
        self._groups, self._settings = groups, settings
        self._found: dict[str, Metric | None] = {}
        self._when: dict[str, list[int]] = {}
        self._positions: dict[int, tuple[NDArray[np.object_], NDArray[np.int64]]] = {}

    def value(self, metric: str, scope: str, period: str) -> float:
        """Return the metric, NaN where the model has no such number."""
        if metric == "line_capacity_t_per_month":
            return self._line_capacity(scope)
        if metric not in self._found:
            self._found[metric] = self._find(metric)
        found, when = self._found[metric], self._periods(period or "")
        nodes = self._sites.scope(scope) if found is not None and when else None
        return found(when, nodes) if found is not None and nodes is not None else float("nan")

    def _periods(self, period: str) -> list[int]:
        if period not in self._when:
            self._when[period] = [i for i, label in enumerate(self._labels) if label.startswith(period)]
        return self._when[period]

    @cached_property
    def _named(self) -> dict[str, Metric]:
        return {
            "intercepted_share_of_show": partial(self._share_of_show, "intercepted_t"),
            "for_show_home_share": partial(self._share_of_show, "returned_t"),
            "functional_yards_share": self._functional_yards,
            "enterprise_quota_t": partial(self._quota_a_month, 1.0),
            "large_enterprise_quota_t": partial(self._quota_a_month, LARGEST),
            "marks_allowed": lambda when, nodes: self._setting("penalties", "marks_allowed"),  # noqa: ARG005
            "quota_kg_per_unaffiliated": lambda when, nodes: self._rate("unaffiliated"),  # noqa: ARG005
            "quota_kg_per_person": lambda when, nodes: self._rate("per_person"),  # noqa: ARG005
        }

    def _find(self, metric: str) -> Metric | None:
        if metric in self._named:
            return self._named[metric]
        total, stem = totals().get(metric), metric.removesuffix("_t")
        if total is not None and total.of in ("kind", "arrived"):
            kinds = (total.what,) if total.of == "kind" else kinds_to(total.what)
            return partial(self._moved, kinds, "")
        if metric in accounts() and accounts()[metric].over_time == "sum":
            return partial(self._account, metric)
        if metric.startswith("yard_") and self._known(stem.removeprefix("yard_")):
            return partial(self._held, stem.removeprefix("yard_"))
        if metric.endswith("_t") and self._known(stem):
            return partial(self._moved, traced_as("bring"), stem)
        return None

    def _known(self, material: str) -> bool:
        return material in self._groups or material in self._amounts.materials

    def _moved(self, kinds: tuple[str, ...], material: str, when: list[int], nodes: Bools) -> float:
        return sum(float(self._by_place(self._amounts.moved(k), when, nodes, material).sum()) for k in kinds)

    def _account(self, column: str, when: list[int], nodes: Bools) -> float:
        return float(self._by_place(self._amounts.account(column), when, nodes, "").sum())

    def _held(self, material: str, when: list[int], nodes: Bools) -> float:
        """Return what yards held (opening + in) on average over the periods, t."""
        return float(self._by_place(self._amounts.held(), when, nodes, material).sum()) / len(when)

    def _functional_yards(self, when: list[int], nodes: Bools) -> float:
        """Return the share of the yards that held anything which held more functional machines than waste, as a mean."""
        held = self._amounts.held()
        if not {"functional", "waste"} <= set(self._groups):
            return float("nan")
        functional, waste = (
            self._by_place(held, when, nodes, word).sum(axis=(0, 1)) for word in ("functional", "waste")
        )
        used = functional + waste > 0
        return float((functional > waste)[used].mean()) if used.any() else float("nan")

    def _quota_a_month(self, largest: float, when: list[int], nodes: Bools) -> float:
        """Return the mean quota a month of the largest single enterprises by workers; NaN where there is none."""
        at = self._sites.single
        firms = at[nodes[at] & (self._workers[at] > 0)]
        count = int(np.ceil(largest * len(firms)))
        chosen = np.zeros(len(nodes), dtype=bool)
        chosen[firms[np.argsort(-self._workers[firms], kind="stable")][:count]] = True
        months = float(self._months[when].sum())
        return self._account("quota_t", when, chosen) / (count * months) if count else float("nan")

    def _share_of_show(self, column: str, when: list[int], nodes: Bools) -> float:
        whole = self._account("for_show_t", when, nodes)
        return self._account(column, when, nodes) / whole if whole > 0 else float("nan")

    def _by_place(self, placed: Placed, when: list[int], nodes: Bools, material: str) -> NDArray[np.float64]:
        """Return an amount in the periods, materials ("" for all) and places that are asked for, shape (p, m, n)."""
        if id(placed.places) not in self._positions:
            # The places are kept beside their positions, so that no other array can come by the same identity.
            self._positions[id(placed.places)] = placed.places, self._sites.positions(placed.places)
        amount = placed.amount[when]
        if material:
            order = list(self._amounts.materials)
            amount = amount[:, [order.index(m) for m in self._groups.get(material, (material,))]]
        return np.asarray(amount[..., nodes[self._positions[id(placed.places)][1]]])

    def _line_capacity(self, scope: str) -> float:
        """Return the capacity a month of the narrowest link of a line; NaN where no line has the name or none is limited."""
        if not scope or not len(self._months):
            return float("nan")
        narrow = self._line(scope).min(initial=np.inf)
        return float(narrow / self._months.mean()) if np.isfinite(narrow) else float("nan")

    def _setting(self, section: str, key: str) -> float:
        return _number(self._settings.get(section, {}).get(key, float("nan")))

    def _rate(self, kind: str) -> float:
        """Return the rate a month of the campaign's first rule of a kind, in kg a head."""
        rates = [
            _number(rule.get("kg", np.nan)) for rule in self._settings.get("quota", []) if rule.get("kind") == kind
        ]
        return rates[0] if rates else float("nan")


def _number(raw: Any) -> float:
    return float(raw["value"] if isinstance(raw, dict) else raw)
