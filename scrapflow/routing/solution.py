"""What a solver answers: the contract between :func:`~scrapflow.routing.solve.solve` and the solvers behind it.

A solver is a function from a :class:`~scrapflow.routing.time_expansion.Net` to a :class:`Solution`: it moves the most
tonnes, then at the least cost (with ``penalty``, the cost of leaving a tonne, at the least of both). It raises
:class:`InfeasibleError` where lower bounds cannot be met and :class:`LimitError` where it cannot prove an optimum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from scrapflow.routing.time_expansion import Net

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


class InfeasibleError(Exception):
    """The balances of a network, which hold its lower bounds, cannot be met."""


class LimitError(Exception):
    """The solver stopped before it could prove the optimum."""


@dataclass(frozen=True, eq=False)
class Solution:
    """A solved network in tonnes.

    ``flow`` is by arc, ``left`` (supply not moved) and ``short`` (demand not met) by node, all float64.
    """

    flow: Floats
    left: Floats
    short: Floats
    full: NDArray[np.bool_]
    """(A) arcs that can take no more."""
    used: NDArray[np.bool_]
    """(A) arcs that could take less."""
    moved_t: float
    """Tonnes moved, without the float noise of a sum."""
    tolerance_t: float
    """Tonnes below which a remainder is rounding; 0 where the scaling was exact."""
    cost_error: float
    """The most by which a tonne's path may cost more than the best one."""
    grain: float
    """Units a tonne in which the flow is whole, so that it can be taken apart without float noise."""
    prices: Callable[[], Prices] | None
    """Node potentials, made on demand."""


@dataclass(frozen=True, eq=False)
class Prices:
    """Node potentials in integer units: an arc's reduced cost is cost + potential of tail − potential of head."""

    cost: Ints
    """(A) cost of the net's arcs in units."""
    potential: Ints
    """(N) potentials of the net's nodes."""
    supply: int
    """Potential of a node that would give every supply."""
    demand: int
    """Potential of a node that would take every demand."""
    unit: float
    """Units a unit of cost."""


class NetSolver(Protocol):
    """What can stand behind ``solve(problem, solver=...)``."""

    def __call__(self, net: Net, *, penalty: float | None) -> Solution:
        """Return the plan that moves the most tonnes at the least cost."""
