r"""Tonnes and costs as integers, with a proven bound on what rounding can do.

Network simplex codes compute in integers, and exactly. So tonnes are multiplied by a factor *k* and costs by a factor
*q*, both chosen from the data, and rounded to the nearest integer.

*Tonnes.* If all values are decimal numbers (multiples of 1, 0.1, … 1e-9 t), *k* is that power of ten and nothing is
rounded: the results are the decimals themselves. Otherwise *k* is the largest power of two with *k* × (most tonnes
that flow) ≤ 2⁵². Each value then moves by at most 1/(2k). By duality the most tonnes that can be moved are the
smallest cut, a sum of at most *r* of these values, so they move by at most r/(2k) ≤ r·2⁻⁵² of the tonnage: about
1e-11 of it for 10⁵ values. Flows are integers below 2⁵³, hence exact as float64. Where there are lower bounds, they
are rounded down and all other values up, by less than 1/k, so that no plan that just fits is lost.

*Costs.* Likewise *q* is a power of ten if all costs are decimals, else a power of two. A path has at most N − 1
arcs, so the path chosen costs at most (N − 1)/q more a tonne than the best one; the bound is in the result as
``cost_error``.

*Penalty.* Leaving a tonne costs more than Σ over nodes of the largest cost of an arc that leaves it. If more
tonnes could move, the residual network would have a simple path that moves one more. It uses each node once, and arcs
used backwards save money, so it costs less than the penalty; the plan was not the cheapest. So the cheapest plan
moves the most tonnes, exactly.

With ``unserved_cost_per_t`` the penalty is that cost. Costs are then even numbers of units and the penalty is one unit
more: a tonne whose path costs just as much moves, and which plan is found does not hang on the solver or the numbering.

*Overflow.* Σ of the largest costs, which bounds the potentials too, stays below 2⁶⁰. Where that would round a cost
above 0 to less than 2¹⁰ units (error above 0.05 %), the problem is refused.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scrapflow.errors import ProblemError, problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TONNAGE_LIMIT = 2.0**52
"""Most units of tonnage that flow at all, so that every flow is exact as float64."""
TOTAL_LIMIT = 2.0**60
"""Most units of supply or demand in all."""
COST_LIMIT = 2.0**59
"""Most units of cost that a path can sum to; potentials and the solvers' own large costs then fit in int64."""
LEAST_COST_UNITS = 2.0**10
"""Units that the smallest cost above 0 must keep, unless all costs are exact."""
_DECIMALS = 10
_SAMPLE = 256


@dataclass(frozen=True)
class Scale:
    """Units a tonne or a unit of cost, and whether that is exact."""

    factor: float
    exact: bool

    def doubled(self) -> Scale:
        """Return the scale with twice the units."""
        return Scale(2 * self.factor, self.exact)


def is_decimal(value: Floats, factor: float) -> bool:
    """Tell whether all values are whole multiples of 1/factor, but for float noise (4 units in the last place).

    Examples
    --------
    >>> is_decimal(np.array([0.1, 2.5]), 10.0), is_decimal(np.array([1 / 3]), 10.0)
    (True, False)
    """
    back = np.rint(value * factor) / factor
    return bool(np.all(np.abs(back - value) <= 4 * np.spacing(np.abs(value))))


def choose(parts: list[Floats], most: float) -> Scale:
    """Return the factor that makes the values integers without exceeding ``most`` units a unit.

    Parameters
    ----------
    parts
        The values, finite.
    most
        The largest factor allowed.

    Examples
    --------
    >>> choose([np.array([0.25, 3.0])], 1e9)
    Scale(factor=100.0, exact=True)
    >>> choose([np.array([1 / 3])], 1000.0)
    Scale(factor=512.0, exact=False)
    """
    samples = [v[:_SAMPLE] for v in parts]
    for digits in range(_DECIMALS):
        factor = 10.0**digits
        if factor > most:
            break
        if all(is_decimal(v, factor) for v in samples) and all(is_decimal(v, factor) for v in parts):
            return Scale(factor, exact=True)
    return Scale(2.0 ** math.floor(math.log2(most)), exact=False)


def tonnage_scale(parts: list[Floats], through: float, total: float) -> Scale:
    """Return the factor for tonnes of which at most ``through`` flow on an arc and ``total`` are offered or wanted."""
    if through <= 0:
        return Scale(1.0, exact=True)
    return choose(parts, min(TONNAGE_LIMIT / through, TOTAL_LIMIT / max(total, through), 2.0**1000))


def cost_scale(cost: Floats, longest: float, limit: float = COST_LIMIT) -> Scale:
    """Return the factor for costs of which a path sums to at most ``longest``.

    Raises
    ------
    ProblemError
        If the costs span so wide a range that the smallest would be lost.
    """
    size = np.abs(cost)
    if longest <= 0 or not size.any():
        return Scale(1.0, exact=True)
    scale = choose([cost], min(limit / longest, TONNAGE_LIMIT / float(size.max()), 2.0**1000))
    least = float(size[size > 0].min())
    if not scale.exact and least * scale.factor < LEAST_COST_UNITS:
        text = (
            f"overflow: costs from {least:g} to {float(size.max()):g} on paths that may sum to {longest:g} "
            "cannot be ranked exactly in 64-bit integers"
        )
        raise ProblemError([problem("links", "", "cost_per_t", text)], what="the flow problem")
    return scale
