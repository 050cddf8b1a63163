"""Judging, month by month: what counts against an enterprise, and what follows for its secretaries and managers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from scrapflow.campaign.by_code import ratio
from scrapflow.campaign.chance import happens
from scrapflow.campaign.penalties import Record, judge_month, mark_probability

if TYPE_CHECKING:
    from scrapflow.campaign.behaviour import Behaviour
    from scrapflow.campaign.calendar import Months
    from scrapflow.campaign.chance import Draws
    from scrapflow.campaign.population import Floats

_FORGIVEN = 1e-9
"""Part of a quota below which a shortfall beyond the tolerance is rounding, not a fault."""


class _Month(NamedTuple):
    """What counts when a month is judged, added up over its periods; shape (n,) each.

    Attributes
    ----------
    owed, fault
        What was owed, and the shortfall that is the enterprise's own fault, t.
    found
        Chance that a load for show is found, times months.
    length
        Months.
    """

    owed: Floats
    fault: Floats
    found: Floats
    length: float

    @staticmethod
    def begin(n: int) -> _Month:
        """Return a month of which nothing has passed."""
        return _Month(np.zeros(n), np.zeros(n), np.zeros(n), 0.0)


class Court:
    """Judges every site of n enterprises once for each month, whatever the unit of the periods.

    Parameters
    ----------
    behaviour
        Thresholds and chances.
    sites
        Sites of each enterprise, shape (n,).
    draws
        Random numbers of the sampled mode; None in expected mode.
    """

    def __init__(self, behaviour: Behaviour, sites: Floats, draws: Draws | None) -> None:
        self.behaviour, self.sites, self.draws = behaviour, sites, draws
        self.month = _Month.begin(len(sites))
        record = Record.clean(len(sites), behaviour.marks_allowed, warrant_after=behaviour.warrant_after)
        before = None if draws is None else draws.record
        self.record = record.with_marks_before(behaviour.marks_before, before, sites)

    def note(self, owed: Floats, fault: Floats, shown: Floats) -> None:
        """Add a period to the month that is to be judged.

        Parameters
        ----------
        owed, fault
            Quota, and the part of its shortfall that is the enterprise's own fault, t, shape (n,).
        shown
            Chance that a load for show is found; 0 where there is none; shape (n,).
        """
        month, length = self.month, self.behaviour.months
        self.month = _Month(month.owed + owed, month.fault + fault, month.found + shown * length, month.length + length)

    def judge(self, months: Months) -> dict[str, Floats]:
        """Judge the months that end in a period; return columns of its account, shape (n,) each."""
        b, n, draws = self.behaviour, len(self.sites), self.draws
        chance, expelled, detained, camp = (np.zeros(n) for _ in range(4))
        # Rounding must not decide at a threshold: rows cut in two would be judged otherwise than whole ones.
        severity = np.round(ratio(self.month.fault, self.month.owed), 9)
        punishable = severity > b.tolerance + _FORGIVEN
        found = self.month.found / self.month.length
        for month in months.drawn[: months.judged]:
            p = mark_probability(punishable, found, b.punished)
            punished, marked, to_camp = np.full(n, b.punished), p, np.full(n, b.camp)
            if draws is not None:
                punished = happens(punished, draws.punished[month], self.sites)
                caught = happens(found, draws.caught[month], self.sites)
                to_camp = happens(to_camp, draws.camp[month], self.sites)
                marked = mark_probability(punishable, caught, punished)
            self.record, verdict = judge_month(
                self.record,
                marked=marked,
                punishable=punishable,
                severity=severity,
                warrant_shortfall=b.warrant_shortfall,
                warrant_after=b.warrant_after,
                punished=punished,
            )
            chance += p / months.judged
            expelled += verdict.expelled
            detained += verdict.detained
            camp += verdict.detained * to_camp
        if months.judged:
            self.month = _Month.begin(n)
        return {
            "mark_probability": chance,
            "marks": self.record.marks * self.sites,
            "expelled": expelled * self.sites,
            "detained": detained * self.sites,
            "camp": camp * self.sites,
        }
