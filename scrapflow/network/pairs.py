"""Many pairs of places at once over links that they share: whose tonnes go where is known, the way is not.

Each pair first takes its cheapest path. Where a link is full, a linear program over the paths found so far divides what
passes it, its prices make other ways cheaper, and those are added until no cheaper one is left (column generation: Ford
and Fulkerson 1958, *A suggested computation for maximal multi-commodity network flows*, Management Science 5). Only
full links have a row in the program, so that a country's network is as quick as the few links that are tight in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from scrapflow.network.many_paths import cheapest_steps
from scrapflow.units import unit_for_solver

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from scrapflow.network.passage import Passage

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_SLACK = 1e-9
"""Part of a capacity or a cost that is rounding."""
_ROUNDS = 200


class PairRoutes(NamedTuple):
    """Where K pairs went.

    Attributes
    ----------
    pair
        The pair of each path, (n,).
    arcs
        Positions of the arcs of each path, in order; n arrays.
    tonnage_t
        What took it, in t, (n,).
    unserved_t
        What found no room, in t, (K,).
    joined
        Whether any path joins the pair, (K,).
    full
        The arcs that had no room left for a pair, by pair.
    """

    pair: Ints
    arcs: list[Ints]
    tonnage_t: Floats
    unserved_t: Floats
    joined: NDArray[np.bool_]
    full: dict[int, Ints]


def route_pairs(
    passage: Passage, pairs: Sequence[tuple[str, str]], tonnage_t: Floats, capacity_t: Floats
) -> PairRoutes:
    """Move as many tonnes as links allow between pairs of places, then at least cost.

    Parameters
    ----------
    passage
        The arcs of a network, ready for searches; m of them.
    pairs
        Origin and destination of K pairs, each once, by ``node_id``.
    tonnage_t
        What each pair wants to move, in t, (K,).
    capacity_t
        What each arc can carry, in t, inf where there is no limit, (m,).

    Returns
    -------
    PairRoutes

    Examples
    --------
    >>> import scrapflow as sf
    >>> net = sf.build_network(sf.read_world("toy"))
    >>> room = np.where(net.arcs["link_id"] == "rail_far", 3.0, np.inf)
    >>> routes = route_pairs(net.passage, [("yard", "far")], np.array([5.0]), room)
    >>> routes.tonnage_t.tolist(), routes.unserved_t.tolist()
    ([3.0], [2.0])
    """
    ways = cheapest_steps(passage, pairs)
    first = {pair: passage.arcs_of(steps) for pair, steps in ways.items()}
    joined = np.array([pair in first for pair in pairs], dtype=bool)
    owner = [k for k, pair in enumerate(pairs) if joined[k]]
    paths = [first[pairs[k]] for k in owner]
    costs = [float(passage.step_cost[ways[pairs[k]]].sum()) for k in owner]
    known = {(k, arcs.tobytes()) for k, arcs in zip(owner, paths, strict=True)}
    dear = float(passage.step_cost.sum()) + 1.0  # dearer than any path: the most tonnes first
    tight: list[int] = []
    taken = tonnage_t[owner]
    prices, worth = np.zeros(len(passage.cost)), np.zeros(len(pairs))
    for _ in range(_ROUNDS):
        over = _loads(paths, taken, len(capacity_t)) > capacity_t * (1 + _SLACK)
        fresh = [a for a in np.flatnonzero(over).tolist() if a not in set(tight)]
        if fresh:
            tight += fresh
        elif not tight or not _add_cheaper(passage, pairs, owner, paths, costs, known, prices, worth):
            break
        taken, worth, prices = _shared(owner, paths, costs, tonnage_t, capacity_t, tight, dear)
    moved = np.bincount(owner, taken, minlength=len(pairs)) if owner else np.zeros(len(pairs))
    unserved = np.maximum(0.0, tonnage_t - moved)
    least = min(1.0, float(np.max(tonnage_t, initial=0.0)))
    unserved[unserved <= _SLACK * np.maximum(tonnage_t, least)] = 0.0
    full = {k: first[pairs[k]][prices[first[pairs[k]]] > 0] for k in np.flatnonzero((unserved > 0) & joined).tolist()}
    used = np.flatnonzero(taken > _SLACK * np.maximum(tonnage_t[owner], least))
    return PairRoutes(
        np.array(owner, dtype=np.int64)[used], [paths[i] for i in used], taken[used], unserved, joined, full
    )


def _loads(paths: Sequence[Ints], taken: Floats, size: int) -> Floats:
    if not paths:
        return np.zeros(size)
    weights = np.repeat(taken, [len(p) for p in paths])
    return np.bincount(np.concatenate(paths), weights, minlength=size).astype(np.float64)


def _add_cheaper(
    passage: Passage,
    pairs: Sequence[tuple[str, str]],
    owner: list[int],
    paths: list[Ints],
    costs: list[float],
    known: set[tuple[int, bytes]],
    prices: Floats,
    worth: Floats,
) -> bool:
    """Add the path of each pair that is cheaper under the prices than what it pays; tell whether there was one."""
    asked = sorted({k for k, path in zip(owner, paths, strict=True) if prices[path].any()})
    found = cheapest_steps(passage, [pairs[k] for k in asked], extra=prices)
    added = False
    for k in asked:
        arcs, cost = passage.arcs_of(found[pairs[k]]), float(passage.step_cost[found[pairs[k]]].sum())
        paid = cost + float(prices[arcs].sum())
        if paid < worth[k] * (1 - _SLACK) - _SLACK and (k, arcs.tobytes()) not in known:
            known.add((k, arcs.tobytes()))
            owner.append(k)
            paths.append(arcs)
            costs.append(cost)
            added = True
    return added


def _shared(
    owner: Sequence[int],
    paths: Sequence[Ints],
    costs: Sequence[float],
    tonnage_t: Floats,
    capacity_t: Floats,
    tight: Sequence[int],
    dear: float,
) -> tuple[Floats, Floats, Floats]:
    """Divide the tight links among the paths: tonnes of each path, worth of a tonne of each pair, price of each arc."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, eye_array, hstack

    n, k = len(paths), len(tonnage_t)
    unit = unit_for_solver(float(tonnage_t.max(initial=0.0)))
    length = [len(p) for p in paths]
    row = np.full(len(capacity_t), -1)
    row[list(tight)] = np.arange(len(tight))
    steps, of_path = row[np.concatenate(paths)], np.repeat(np.arange(n), length)
    on = steps >= 0
    room = csr_array((np.ones(on.sum()), (steps[on], of_path[on])), shape=(len(tight), n + k))
    each = csr_array((np.ones(n), (np.array(owner), np.arange(n))), shape=(k, n))
    solution = linprog(
        np.concatenate([costs, np.full(k, dear)]),
        A_ub=room,
        b_ub=capacity_t[list(tight)] / unit,
        A_eq=hstack([each, eye_array(k)]),
        b_eq=tonnage_t / unit,
        method="highs",
    )
    prices = np.zeros(len(capacity_t))
    prices[list(tight)] = np.maximum(0.0, -solution.ineqlin.marginals)
    return solution.x[:n] * unit, solution.eqlin.marginals, prices
