"""Several flow problems at once on links that they share, each with its own supplies and demands.

Each problem is first solved alone. Where their sum fits, that is the best for all together. Where it does not, a linear
program mixes plans: each problem's plan under the prices of the full links is one column, and new ones are made until
none is cheaper (Dantzig and Wolfe 1960, *Decomposition principle for linear programs*, Operations Research 8). Only full
links have a row in it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from scrapflow.routing.solve import solve
from scrapflow.units import dust, unit_for_solver

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from scrapflow.routing.problem import FlowProblem
    from scrapflow.routing.result import FlowResult

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_SLACK = 1e-9
_ROUNDS = 200


def solve_together(
    problems: Sequence[FlowProblem],
    tracks: Ints | None = None,
    *,
    foresight: str = "full",
    near: Sequence[FlowResult] | None = None,
) -> list[FlowResult]:
    """Move the most tonnes of all problems together, then at the least cost.

    Parameters
    ----------
    problems
        K problems over the same m links and P periods. The capacities of the first are shared by all.
    tracks
        Number of the track that each link is on, (m,): links of one track share the most that one of
        them can carry. None: each has its own.
    foresight
        As for :func:`~scrapflow.routing.solve.solve`; what full links carry is divided with full foresight.
    near
        Results of problems that differ by a few tonnes, one a problem, as for :func:`~scrapflow.routing.solve.solve`.

    Returns
    -------
    list of FlowResult
        One a problem. Where links are full, each is the best within its part of their capacity.

    Examples
    --------
    >>> import pandas as pd
    >>> from scrapflow.routing.problem import FlowProblem
    >>> links = pd.DataFrame(
    ...     {"link_id": ["ab"], "from_node_id": ["a"], "to_node_id": ["b"], "capacity_t": [5], "cost_per_t": [1]}
    ... )
    >>> nodes = pd.DataFrame({"node_id": ["a", "b"], "supply_t": [4, 0], "demand_t": [0, 4]})
    >>> round(sum(r.moved_t for r in solve_together([FlowProblem(nodes, links), FlowProblem(nodes, links)])), 3)
    5.0
    """
    known = [None] * len(problems) if near is None else near
    alone = [solve(p, foresight=foresight, near=n) for p, n in zip(problems, known, strict=True)]
    if not alone or (len(alone) == 1 and tracks is None):
        return alone
    flows = [_flow(result) for result in alone]
    shared = _Shared.of(problems[0].arrays.capacity, tracks, float(np.sum(flows, axis=0).max(initial=0.0)))
    if not shared.over(np.sum(flows, axis=0)).any():
        return alone
    parts, full = _divided(problems, alone, shared)

    def within(limited: NDArray[np.bool_]) -> list[FlowResult]:
        # The slacks of all that share a track are together one; who may send nothing gets none, or that would move as tonnes.
        spare = shared.slack / (len(problems) * int(np.bincount(shared.tracks).max()))
        room = [np.where(part > shared.slack, part + spare, 0.0) for part in parts]
        limits = [np.where(limited, part, p.arrays.capacity) for p, part in zip(problems, room, strict=True)]
        return [
            solve(p.change(capacity_t=limit), foresight=foresight) for p, limit in zip(problems, limits, strict=True)
        ]

    # Links with room are not cut to what they carry, so that what cannot move is said to be kept back by the full ones.
    results = within(full)
    fits = not shared.over(np.sum([_flow(result) for result in results], axis=0)).any()
    return results if fits else within(np.isfinite(problems[0].arrays.capacity))


def _flow(result: FlowResult) -> Floats:
    """Return the tonnes on each link in each period, (P, m)."""
    shape = result.problem.arrays.capacity.shape
    return np.asarray(result.plan.flow[: shape[0] * shape[1]].reshape(shape))


class _Shared(NamedTuple):
    """What is shared: the track of each link, (m,), the capacity of each track in each period, (P, T); the most on a link, t."""

    tracks: Ints
    capacity: Floats
    largest: float

    @classmethod
    def of(cls, capacity: Floats, tracks: Ints | None, largest: float) -> _Shared:
        own = np.arange(capacity.shape[1]) if tracks is None else tracks
        names, of_link = np.unique(own, return_inverse=True)
        most = np.full((len(capacity), len(names)), -np.inf)
        np.maximum.at(most.T, of_link, capacity.T)
        return cls(of_link.astype(np.int64), most, largest)

    @property
    def slack(self) -> float:
        """Tonnes of a link that are rounding."""
        return dust(self.largest)

    @property
    def unit(self) -> float:
        """Tonnes that the linear program counts as one."""
        return unit_for_solver(self.largest)

    def load(self, flow: Floats) -> Floats:
        """Add up tonnes on links by track, (P, T)."""
        out = np.zeros_like(self.capacity)
        np.add.at(out.T, self.tracks, flow.T)
        return out

    def over(self, flow: Floats) -> NDArray[np.bool_]:
        """Tell the tracks that carry more than they can, (P, T)."""
        return np.asarray(self.load(flow) > self.capacity * (1 + _SLACK) + self.slack)


class _Plan(NamedTuple):
    """A plan of one problem: its flows, (P, m), and what it costs, a moved tonne being worth more than any path."""

    owner: int
    flow: Floats
    price: float


def _divided(
    problems: Sequence[FlowProblem], alone: Sequence[FlowResult], shared: _Shared
) -> tuple[list[Floats], NDArray[np.bool_]]:
    """Return what each problem may send over each link in each period, K arrays (P, m), and which are full without, (P, m)."""
    a = problems[0].arrays
    dear = (
        float(a.cost.sum() + len(a.periods) * a.store_cost.sum()) + 1.0
    )  # dearer than any path: the most tonnes first
    plans = [_Plan(k, np.zeros_like(a.capacity), 0.0) for k in range(len(problems))]
    plans += [_Plan(k, _flow(r), r.cost - dear * r.moved_t) for k, r in enumerate(alone)]
    tight: list[int] = []
    weights = np.array([float(i >= len(problems)) for i in range(len(plans))])
    worth, toll = np.zeros(len(problems)), np.zeros_like(shared.capacity)
    for _ in range(_ROUNDS):
        mixed = np.tensordot(weights, np.stack([p.flow for p in plans]), axes=1)
        fresh = sorted(set(np.flatnonzero(shared.over(mixed)).tolist()) - set(tight))
        tight += fresh
        if not fresh:
            better = _better(problems, shared, toll, worth, dear)
            if not better:
                break
            plans += better
        weights, worth, toll = _mix(plans, shared, tight, len(problems))
    parts = [np.zeros_like(a.capacity) for _ in problems]
    for plan, weight in zip(plans, weights.tolist(), strict=True):
        parts[plan.owner] += weight * plan.flow
    full = np.zeros(shared.capacity.shape, dtype=bool)
    full.ravel()[tight] = True
    return parts, full[:, shared.tracks]


def _better(problems: Sequence[FlowProblem], shared: _Shared, toll: Floats, worth: Floats, dear: float) -> list[_Plan]:
    """Return the plans that are cheaper under the prices of full links than what their problems pay."""
    plans = []
    extra = toll[:, shared.tracks]
    for k, problem in enumerate(problems):
        priced = problem.change(cost_per_t=problem.arrays.cost + extra)
        priced.arrays = replace(priced.arrays, share=None, priority=None)
        priced.unserved_cost_per_t = dear
        result = solve(priced, ties="any")
        flow = _flow(result)
        tolls = float((extra * flow).sum())
        plan = _Plan(k, flow, result.cost - tolls - dear * result.moved_t)
        if plan.price + tolls < worth[k] - _SLACK * (abs(worth[k]) + dear * shared.unit):
            plans.append(plan)
    return plans


def _mix(plans: Sequence[_Plan], shared: _Shared, tight: Sequence[int], count: int) -> tuple[Floats, Floats, Floats]:
    """Mix the plans at the least cost: their weights, what each problem pays, and the price of each track, (P, T)."""
    from scipy.optimize import linprog

    owner, unit = np.array([p.owner for p in plans]), shared.unit
    solution = linprog(
        [p.price / unit for p in plans],
        A_ub=np.stack([shared.load(p.flow).ravel()[tight] for p in plans], axis=1) / unit,
        b_ub=shared.capacity.ravel()[tight] / unit,
        A_eq=(owner[None, :] == np.arange(count)[:, None]).astype(np.float64),
        b_eq=np.ones(count),
        method="highs",
    )
    toll = np.zeros(shared.capacity.size)
    toll[tight] = np.maximum(0.0, -solution.ineqlin.marginals)
    return solution.x, solution.eqlin.marginals * unit, toll.reshape(shared.capacity.shape)
