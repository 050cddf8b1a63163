"""A quota rule: who owes how much, per head or per place, when. Read from a file by :mod:`.read_rules`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from scrapflow.campaign.calendar import MONTHS_PER_PERIOD, first_day
from scrapflow.campaign.settings import Setting
from scrapflow.units import KG_PER_T

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

NONE = Setting(0.0, given=False)
ALL = Setting(1.0, given=False)
"""Share of an organisation's pool that is counted where the file says nothing."""


def _each(window: list[int], months: float) -> dict[int, float]:
    return dict.fromkeys(window, months)


def _once(window: list[int], months: float) -> dict[int, float]:
    del months
    return dict.fromkeys(window[:1], 1.0)


def _spread(window: list[int], months: float) -> dict[int, float]:
    del months
    return {i: 1.0 / len(window) for i in window}


DUE: dict[str, Callable[[list[int], float], dict[int, float]]] = {"period": _each, "once": _once, "spread": _spread}
"""What falls due in each period of a window, as a factor on the amount of the rule, given the length of a period in months:
a rate a month in each, all of it in the first alone, the whole in equal parts."""
EVERY = tuple(DUE)
AMOUNTS = {"kg": "kg per head", "t": "t per place"}
"""Keys in which a rule may be given its amount, and their units."""


@dataclass(frozen=True)
class QuotaRule:
    """One rule of a campaign.

    Attributes
    ----------
    rule_id, kind
        Identifier, and one of :data:`scrapflow.campaign.quota.KINDS`.
    kg
        Quota in kg per head: a month if ``every`` is ``period``, else in all. Not of ``fixed``.
    t
        The same of ``fixed``, in t per place.
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
    kg: Setting = NONE
    t: Setting = NONE
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

    @property
    def amount_key(self) -> str:
        """``kg`` or ``t``: what a rule of this kind is given in."""
        return amount_key(self.kind)

    @property
    def amount(self) -> Setting:
        """The rate of the rule with its origin: ``kg`` or ``t``."""
        return self.t if self.amount_key == "t" else self.kg

    @property
    def unit(self) -> str:
        """Unit of the amount, in words."""
        return f"{AMOUNTS[self.amount_key]}{' and month' if self.every == 'period' else ''}"

    def tonnes(self, periods: pd.DataFrame, unit: str) -> list[float]:
        """Return the t per head (``fixed``: per place) that fall due in each period; 0 outside the window.

        Parameters
        ----------
        periods
            ``period`` labels of the campaign.
        unit
            Unit of the periods.
        """
        return self.tonnes_in(tuple(periods["period"].tolist()), unit)

    def tonnes_in(self, labels: tuple[str, ...], unit: str) -> list[float]:
        """Return the same for periods given by their labels."""
        parts = _factors(labels, unit, self.every, self.first, self.last)
        tonnes = float(self.amount.value) / (KG_PER_T if self.amount_key == "kg" else 1.0)
        return [tonnes * part for part in parts]

    def in_steps(self, tonnes: float, parts: int) -> list[float]:
        """Share what falls due in a period over its steps: alike, or all of it in the first if it is asked for once."""
        return [tonnes, *[0.0] * (parts - 1)] if self.every == "once" else [tonnes / parts] * parts


@lru_cache(maxsize=1024)
def _factors(periods: tuple[str, ...], unit: str, every: str, first: str, last: str) -> tuple[float, ...]:
    """Return what falls due in each period, as a factor on the amount: the same for all members of a study."""
    days = [first_day(p, unit) for p in periods]
    lowest = first_day(first, unit) if first else days[0]
    highest = first_day(last, unit) if last else days[-1]
    window = [i for i, day in enumerate(days) if lowest <= day <= highest]
    parts = DUE[every](window, MONTHS_PER_PERIOD[unit])
    return tuple(parts.get(i, 0.0) for i in range(len(days)))


def amount_key(kind: str) -> str:
    """Return the key of a rule's amount: a quota of named places is in ``t``, any other in ``kg`` per head.

    Examples
    --------
    >>> amount_key("fixed"), amount_key("per_worker")
    ('t', 'kg')
    """
    return "t" if kind == "fixed" else "kg"
