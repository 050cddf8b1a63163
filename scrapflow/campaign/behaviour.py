"""The settings of a campaign as the loop over periods needs them: numbers and rules, looked up once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scrapflow.campaign.filling import checked_filling, fill_in_order, stock_used
from scrapflow.campaign.inspection import PATROLS, checked_patrol
from scrapflow.campaign.looting import LOOTERS
from scrapflow.units import KG_PER_T, MONTHS_PER_YEAR

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapflow.campaign.campaign import Campaign
    from scrapflow.campaign.filling import FillingRule
    from scrapflow.campaign.inspection import PatrolRule
    from scrapflow.campaign.population import Floats


def in_period(share: Floats | float, months: float) -> Floats:
    """Turn a share a month into that of a period: ``1 − (1 − w)^τ``.

    Examples
    --------
    >>> float(in_period(0.5, 2.0)), float(in_period(0.3, 1.0))
    (0.75, 0.3)
    """
    if months == 1.0:
        return np.asarray(share)
    return np.asarray(1.0 - np.power(1.0 - np.asarray(share), months))


@dataclass(frozen=True, eq=False)
class Behaviour:
    """How people of a campaign act.

    Attributes
    ----------
    months
        Length of a period, in months.
    willingness, household_willingness
        Part of a stock that may be given up in a period, by role of the material; shapes (4,) and (2,).
    used
        t of stock used up per t handed over, by role; shape (4,).
    portability
        Part of each material that looters can carry, by role; shape (4,).
    looters
        One of :data:`~scrapflow.campaign.looting.LOOTERS`.
    filling, patrol
        The rules; those of a user's own are checked whenever they are called.
    repair
        How long a repair takes, in periods.
    visits
        Of all teams of a region together, in a month.
    liftable, condemned_counts
        Part of a stock that can be carried off in a period; part of the condemned scrap that counts for the quota.
    household_arising
        Scrap that arises in households in a period, t a person.
    arising
        Scale of the new scrap times the length of a period.
    show, return_after, recredit, books_only, loot_share, guard, chance, condemn, chain, spares, tolerance
        Settings of the same or a similar name.
    punished, marks_allowed, marks_before, warrant_shortfall, warrant_after, camp, receipt_limit, sold
        Likewise; limits are a month's.
    """

    months: float
    willingness: Floats
    household_willingness: Floats
    used: Floats
    filling: FillingRule
    patrol: PatrolRule
    show: float
    return_after: int
    recredit: float
    repair: float
    books_only: float
    arising: float
    household_arising: float
    loot_share: float
    looters: Callable[[Floats], Floats]
    guard: float
    liftable: float
    portability: Floats
    visits: float
    chance: float
    condemn: float
    condemned_counts: float
    chain: float
    spares: float
    tolerance: float
    punished: float
    marks_allowed: int
    marks_before: float
    warrant_shortfall: float
    warrant_after: int
    camp: float
    receipt_limit: float
    sold: float

    @staticmethod
    def of(c: Campaign, filling: FillingRule | None, patrol: PatrolRule | None) -> Behaviour:
        """Read the settings of a campaign; ``filling`` and ``patrol`` replace its rules where given."""
        willing = "filling.willingness."
        held = ("scrap", "obsolete_machinery", "idle_machinery", "working_machinery")
        months = c.months / c.steps_per_period
        return Behaviour(
            months=months,
            willingness=in_period(np.array([c[willing + m] for m in held]), months),
            household_willingness=in_period(
                np.array([c[willing + m] for m in ("household_scrap", "appliance")]), months
            ),
            used=stock_used(c["filling.stripped_share"], c["show.share"]),
            filling=fill_in_order if filling is None else checked_filling(filling),
            patrol=PATROLS[c["inspection.patrol"]] if patrol is None else checked_patrol(patrol),
            show=c["show.share"],
            return_after=c.return_after,
            recredit=c["show.recredit"],
            repair=c["show.repair_periods"] / months,
            books_only=c["filling.books_only_share"],
            arising=c["arising.scale"] * months,
            household_arising=c["arising.household_kg_per_year"] / KG_PER_T / MONTHS_PER_YEAR * months,
            loot_share=c["looting.share"],
            looters=LOOTERS[c["looting.by"]],
            guard=c["looting.guard"],
            liftable=float(in_period(c["looting.liftable_share"], months)),
            portability=np.array([c[f"looting.portability.{m}"] for m in held]),
            visits=c["inspection.teams"] * c["inspection.visits"],
            chance=c["inspection.chance"],
            condemn=c["inspection.condemn_share"],
            condemned_counts=c["inspection.condemned_counts"],
            chain=c["output.chain"],
            spares=c["output.spares"],
            tolerance=c["penalties.tolerance"],
            punished=c["penalties.punished"],
            marks_allowed=c["penalties.marks_allowed"],
            marks_before=c["penalties.marks_before"],
            warrant_shortfall=c["penalties.warrant_shortfall"],
            warrant_after=c["penalties.warrant_after"],
            camp=c["penalties.camp_share"],
            receipt_limit=c["yards.receipt_limit_t"],
            sold=c["leakage.share"],
        )
