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
    from scrapflow.world.names import NameIndex

    Metric = Callable[[list[int], frozenset[str]], float]

LARGEST = 0.1
"""Part of the single enterprises, by workers, that counts as large."""


class Metrics:
    """Numbers of a run by metric, place and time.

    Parameters
    ----------
    amounts
        The run as arrays, without leading axes.
    periods, nodes
        Tables of the run.
    links
        Gives the table of links, which few metrics ask for.
    names
        Places and regions by any spelling.
    groups
        Materials that a group word stands for.
    settings
        The campaign as TOML holds it.
    scopes
        The nodes of scopes that were asked for already, of runs with the same places and names; filled further.
    """

    def __init__(
        self,
        amounts: Amounts,
        periods: pd.DataFrame,
        nodes: pd.DataFrame,
        links: Callable[[], pd.DataFrame],
        names: NameIndex,
        groups: Mapping[str, tuple[str, ...]],
        settings: Mapping[str, Any],
        scopes: dict[str, frozenset[str] | None] | None = None,
    ) -> None:
        self._amounts, self._labels, self._months = amounts, periods["period"].tolist(), months_of(periods)
        self._nodes, self._links, self._names = nodes, links, names
        self._groups, self._settings = groups, settings
        self._scopes: dict[str, frozenset[str] | None] = {} if scopes is None else scopes
        self._chosen: dict[tuple[int, frozenset[str]], tuple[NDArray[np.object_], NDArray[np.bool_]]] = {}

    def value(self, metric: str, scope: str, period: str) -> float:
        """Return the metric, NaN where the model has no such number."""
        when = [i for i, label in enumerate(self._labels) if label.startswith(period or "")]
        if metric == "line_capacity_t_per_month":
            return self._line_capacity(scope)
        found = self._find(metric)
        nodes = self._scope(scope)
        return found(when, nodes) if found is not None and when and nodes is not None else float("nan")

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

    def _scope(self, scope: str) -> frozenset[str] | None:
        """Return the nodes a claim is about; None where the run does not know the place."""
        if scope not in self._scopes:
            self._scopes[scope] = self._nodes_of(scope)
        return self._scopes[scope]

    def _nodes_of(self, scope: str) -> frozenset[str] | None:
        if not scope:
            return frozenset(self._nodes["node_id"])
        region = self._names.find(scope, ("region",))
        return None if region is None else frozenset(self._by_region.get(region.id, ()))

    @cached_property
    def _by_region(self) -> dict[str, list[str]]:
        by_region: dict[str, list[str]] = {}
        for region, node in zip(self._nodes["region_id"].tolist(), self._nodes["node_id"].tolist(), strict=True):
            by_region.setdefault(region, []).append(node)
        return by_region

    def _moved(self, kinds: tuple[str, ...], material: str, when: list[int], nodes: frozenset[str]) -> float:
        return sum(float(self._by_place(self._amounts.moved(k), when, nodes, material).sum()) for k in kinds)

    def _account(self, column: str, when: list[int], nodes: frozenset[str]) -> float:
        return float(self._by_place(self._amounts.account(column), when, nodes, "").sum())

    def _held(self, material: str, when: list[int], nodes: frozenset[str]) -> float:
        """Return what yards held (opening + in) on average over the periods, t."""
        return float(self._by_place(self._amounts.held(), when, nodes, material).sum()) / len(when)

    def _functional_yards(self, when: list[int], nodes: frozenset[str]) -> float:
        """Return the share of the yards that held anything which held more functional machines than waste, as a mean."""
        held = self._amounts.held()
        if not {"functional", "waste"} <= set(self._groups):
            return float("nan")
        functional, waste = (
            self._by_place(held, when, nodes, word).sum(axis=(0, 1)) for word in ("functional", "waste")
        )
        used = functional + waste > 0
        return float((functional > waste)[used].mean()) if used.any() else float("nan")

    def _quota_a_month(self, largest: float, when: list[int], nodes: frozenset[str]) -> float:
        """Return the mean quota a month of the largest single enterprises by workers; NaN where there is none."""
        ids, workers = self._firms
        here = np.fromiter((firm in nodes for firm in ids), dtype=bool, count=len(ids))
        count = int(np.ceil(largest * here.sum()))
        chosen = ids[here][np.lexsort((ids[here], -workers[here]))][:count]
        months = float(self._months[when].sum())
        return self._account("quota_t", when, frozenset(chosen)) / (count * months) if count else float("nan")

    @cached_property
    def _firms(self) -> tuple[NDArray[np.object_], NDArray[np.float64]]:
        """Single enterprises and their workers, those that have any."""
        nodes = self._nodes
        workers = nodes["workers"].to_numpy(dtype=np.float64)
        single = ((nodes["kind"] == "enterprise") & nodes["named"]).to_numpy(dtype=bool) & (workers > 0)
        return nodes["node_id"].to_numpy(dtype=object)[single], workers[single]

    def _share_of_show(self, column: str, when: list[int], nodes: frozenset[str]) -> float:
        whole = self._account("for_show_t", when, nodes)
        return self._account(column, when, nodes) / whole if whole > 0 else float("nan")

    def _by_place(self, placed: Placed, when: list[int], nodes: frozenset[str], material: str) -> NDArray[np.float64]:
        """Return an amount in the periods, materials ("" for all) and places that are asked for, shape (p, m, n)."""
        key = (id(placed.places), nodes)
        if key not in self._chosen:
            # The places are kept beside their mask, so that no other array can come by the same identity.
            mask = np.fromiter((p in nodes for p in placed.places), dtype=bool, count=len(placed.places))
            self._chosen[key] = placed.places, mask
        amount = placed.amount[when]
        if material:
            order = list(self._amounts.materials)
            amount = amount[:, [order.index(m) for m in self._groups.get(material, (material,))]]
        return np.asarray(amount[..., self._chosen[key][1]])

    def _line_capacity(self, scope: str) -> float:
        """Return the capacity a month of the narrowest link of a line; NaN where no line has the name or none is limited."""
        links = self._links()
        if "line" not in links.columns or not scope or not len(self._months):
            return float("nan")
        narrow = links.loc[links["line"].eq(scope) | links["line_id"].eq(scope), "capacity_t"].min()
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
