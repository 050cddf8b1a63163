"""A quota rule: who owes how much, per head or per place, when. Read from a file by :mod:`.read_rules`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scrapflow.campaign.calendar import first_day
from scrapflow.campaign.settings import Setting

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

ALL = Setting(1.0, given=False)
"""Share of an organisation's pool that is counted where the file says nothing."""


def _each(window: list[int]) -> dict[int, float]:
    return dict.fromkeys(window, 1.0)


def _once(window: list[int]) -> dict[int, float]:
    return dict.fromkeys(window[:1], 1.0)


def _spread(window: list[int]) -> dict[int, float]:
    return {i: 1.0 / len(window) for i in window}


DUE: dict[str, Callable[[list[int]], dict[int, float]]] = {"period": _each, "once": _once, "spread": _spread}
"""Part of the quota that falls due in each period of a window: all of it in each, in the first alone, in equal parts."""
EVERY = tuple(DUE)


@dataclass(frozen=True)
class QuotaRule:
    """One rule of a campaign.

    Attributes
    ----------
    rule_id, kind
        Identifier, and one of :data:`scrapflow.campaign.quota.KINDS`.
    kg
        Quota in kg per head and period; for ``fixed`` in t per place and period.
    every
        One of :data:`EVERY`.
    first, last
        Labels of the first and last period of its window; "" is open.
    additional
        True: its heads may be counted by other rules as well.
    organisation
        Body whose drive it is; "" for none.
    members_share
        Members as a share of the residents (``organisation`` only).
    draw
        One of :data:`scrapflow.campaign.quota.DRAWS`.
    sectors, regions, nodes
        Only these (identifiers, regions with all they contain); empty: all.
    """

    rule_id: str
    kind: str
    kg: Setting
    every: str = "period"
    first: str = ""
    last: str = ""
    additional: bool = False
    organisation: str = ""
    members_share: Setting = ALL
    draw: str = "residents"
    sectors: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()

    def amounts(self, periods: pd.DataFrame, unit: str) -> list[float]:
        """Return the kg per head (``fixed``: t per place) that fall due in each period; 0 outside the window.

        Parameters
        ----------
        periods
            ``period`` labels of the campaign.
        unit
            Unit of the periods.
        """
        days = [first_day(p, unit) for p in periods["period"]]
        lowest = first_day(self.first, unit) if self.first else days[0]
        highest = first_day(self.last, unit) if self.last else days[-1]
        parts = DUE[self.every]([i for i, day in enumerate(days) if lowest <= day <= highest])
        return [float(self.kg.value) * parts.get(i, 0.0) for i in range(len(days))]
