"""Queries over the members of an ensemble that observations weighed: the verbs of a run's flows, ending in weighted ranges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scrapflow.evidence.weighing import weighted_quantiles
from scrapflow.studies.quantiles import QUANTILES, RANGE
from scrapflow.studies.ranged_flows import MEMBER, RangedFlows

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from scrapflow.queries.groupers import Grouper

_AT_ONCE = 1_000_000
"""So many numbers are held as a matrix of members and groups."""


@dataclass(frozen=True, repr=False)
class WeightedFlows(RangedFlows):
    """A query over members by their weights; see :class:`scrapflow.studies.ranged_flows.RangedFlows`.

    Parameters
    ----------
    context, count
        As for an ensemble.
    weights
        One a member, sum 1.
    """

    weights: tuple[float, ...] = ()

    def _quantiles(self, tonnes: NDArray[np.float64]) -> NDArray[np.float64]:
        return weighted_quantiles(tonnes[:, None], np.array(self.weights), np.array(QUANTILES))[:, 0]

    def _ranged(self, columns: Sequence[Grouper], *, what: str) -> pd.DataFrame:
        rows = self._summed([MEMBER, *columns], what=what)
        return self.over_members(rows, [c.name for c in columns])

    def over_members(self, rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
        """Return the weighted ranges of rows ``member, *keys, tonnage_t``; a member without a row has nothing."""
        if not keys:
            rows, keys = rows.assign(all=""), ["all"]
        group = rows.groupby(keys, sort=True).ngroup().to_numpy()
        groups = rows[keys].drop_duplicates().sort_values(keys, ignore_index=True)
        member, tonnes = rows["member"].to_numpy(dtype=np.int64), rows["tonnage_t"].to_numpy(dtype=np.float64)
        weights, ends = np.array(self.weights), np.zeros((len(QUANTILES), len(groups)))
        order = np.argsort(group, kind="stable")
        step = max(1, _AT_ONCE // max(1, self.count))
        for first in range(0, len(groups), step):
            last = min(first + step, len(groups))
            part = order[np.searchsorted(group[order], first) : np.searchsorted(group[order], last)]
            dense = np.zeros((self.count, last - first))
            dense[member[part], group[part] - first] = tonnes[part]
            ends[:, first:last] = weighted_quantiles(dense, weights, np.array(QUANTILES))
        table = groups.assign(**dict(zip(RANGE, ends, strict=True)))
        table = table.sort_values(
            ["median", "high", *keys], ascending=[False, False, *([True] * len(keys))], ignore_index=True
        )
        return table.drop(columns="all") if keys == ["all"] else table
