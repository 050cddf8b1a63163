"""What the least cost alone settles of a plan: whether it is the only one, and the range of any sum over all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scrapflow.routing.linear_sums import bounds

if TYPE_CHECKING:
    from scrapflow.routing.ties import Settled

_SAME = 1e-7
"""Share of all tonnes by which two sums may differ and be the same: the tolerance of the linear solver."""


def is_unique(plan: Settled | None) -> bool:
    """Tell whether no other plan costs as little; False where the rule could not be applied, and nobody knows.

    A capacity that the plan keeps below is not asked whether another plan would: where it alone rules the others out, False is
    told although there are none.

    Parameters
    ----------
    plan
        The plan by the rule.
    """
    if plan is None:
        return False
    if plan.arcs is None and (plan.equal.paths[plan.copy[plan.tonnes > 0]] > 1).any():
        return False
    # One weighted sum that no two plans share, but by a chance of zero: the same at its least and its most.
    weight = np.random.default_rng(0).uniform(1.0, 2.0, len(plan.programme.low))
    least, most = bounds(plan.programme, weight)
    size = float(np.abs(plan.programme.right).sum())
    return most - least <= _SAME * max(size, np.finfo(np.float64).tiny)
