"""Which assumption matters: each from low to high, one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd  # noqa: TC002

from scrapflow.campaign import Campaign, read_campaign
from scrapflow.errors import UnknownNameError
from scrapflow.ledger.train_tables import ROUNDING_T
from scrapflow.studies.member import Study
from scrapflow.studies.parallel import spread
from scrapflow.studies.uncertain import uncertain

DELIVERED = "delivered_t"

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from scrapflow.world import World


def sensitivity(
    world: World,
    campaign: str | Campaign | None = None,
    *,
    total: str | None = None,
    detail: bool = False,
    processes: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Move each assumption from its low to its high, alone, and rank them by what that does to a total.

    Parameters
    ----------
    world, campaign
        What to run (expected mode); the world's default campaign if none is named.
    total
        A name of ``run.totals()``. If not given, ``delivered_t``; where what the mills take is settled by what they were
        assumed to take, so that others move with at least twice as many assumptions, the one that moves with most.
    detail
        True: every single value. False: values of one column of a table move together (see
        :func:`scrapflow.studies.uncertain.uncertain`).
    processes
        How many processes; as many as there are cores if not given, 1 for none.
    progress
        Called with the number of runs done and to do.

    Returns
    -------
    DataFrame
        ``input, table, row, column, unit, low, value, high, total_at_low_t, total_t, total_at_high_t, effect_t``,
        largest effect (highest minus lowest total) first. ``attrs["total"]`` names the total.

    Raises
    ------
    UnknownNameError
        If there is no such total.

    Examples
    --------
    >>> import scrapflow as sf
    >>> table = sf.sensitivity(sf.read_world("toy"), processes=1)
    >>> bool(table.effect_t.is_monotonic_decreasing)
    True
    """
    camp = campaign if isinstance(campaign, Campaign) else read_campaign(world, campaign or world.default_campaign)
    inputs = uncertain(world, camp, detail=detail)
    study = Study(world, camp, inputs)
    base = study.totals(study.run({}))
    if total is not None and total not in base:
        msg = f"no total {total!r}; totals are {', '.join(base)}"
        raise UnknownNameError(msg, list(base))
    cases = [
        {str(name): part[end].to_numpy(dtype=np.float64)}
        for name, part in inputs.members.groupby("input", sort=True)
        for end in ("low", "high")
    ]
    reached_by = spread(_totals_of, study, cases, processes=processes, progress=progress)
    total = total or _moving(base, reached_by)
    ends = [case[total] for case in reached_by]
    table = inputs.groups.copy()
    table["total_at_low_t"], table["total_t"], table["total_at_high_t"] = ends[0::2], base[total], ends[1::2]
    reached = table[["total_at_low_t", "total_t", "total_at_high_t"]]
    effect = reached.max(axis=1) - reached.min(axis=1)
    table["effect_t"] = effect.where(effect > ROUNDING_T, 0.0)
    table = table.sort_values(["effect_t", "input"], ascending=[False, True], ignore_index=True)
    columns = ["input", "table", "row", "column", "unit", "low", "value", "high", *reached.columns, "effect_t"]
    table = table[columns]
    table.attrs["total"] = total
    return table


def _totals_of(study: Study, values: dict[str, NDArray[np.float64]]) -> dict[str, float]:
    return study.totals(study.run(values))


def _moving(base: dict[str, float], cases: list[dict[str, float]]) -> str:
    """Return the total to rank by: what mills receive, unless others move with at least twice as many assumptions."""
    pairs = list(zip(cases[0::2], cases[1::2], strict=True))
    count = {
        name: sum(max(abs(low[name] - now), abs(high[name] - now)) > ROUNDING_T for low, high in pairs)
        for name, now in base.items()
    }
    most = max(count, key=lambda name: count[name])
    return most if count[most] >= 2 * count[DELIVERED] and count[most] else DELIVERED
