"""The same network many times: each solve starts from the last one's basis instead of from nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scrapflow.errors import ProblemError, did_you_mean, problem
from scrapflow.routing.integers import prepare, read_back
from scrapflow.routing.lemon import LemonGraph
from scrapflow.routing.myopic import Part
from scrapflow.routing.result import FlowResult, Status, Termination
from scrapflow.routing.scaling import tonnage_scale
from scrapflow.routing.solution import InfeasibleError
from scrapflow.routing.time_expansion import expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from scrapflow.routing.integers import Prepared
    from scrapflow.routing.problem import FlowProblem
    from scrapflow.routing.scaling import Scale
    from scrapflow.routing.time_expansion import Net

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


class Solver:
    """A problem that is solved again and again with a few things changed.

    Parameters
    ----------
    problem
        The problem all changes start from; without shares and priorities.

    Raises
    ------
    ProblemError
        If the problem has shares or priorities: their networks differ from case to case.

    Examples
    --------
    >>> import pandas as pd
    >>> from scrapflow.routing import FlowProblem
    >>> nodes = pd.DataFrame({"node_id": ["a", "b"], "supply_t": [5, 0], "demand_t": [0, 4]})
    >>> links = pd.DataFrame(
    ...     {
    ...         "link_id": ["ab", "ab2"],
    ...         "from_node_id": ["a", "a"],
    ...         "to_node_id": ["b", "b"],
    ...         "capacity_t": [9, 3],
    ...         "cost_per_t": [1, 2],
    ...     }
    ... )
    >>> solver = Solver(FlowProblem(nodes, links))
    >>> [solver.solve(close=c).moved_t for c in ([], ["ab"], ["ab", "ab2"])]
    [4.0, 3.0, 0.0]
    """

    def __init__(self, problem: FlowProblem) -> None:
        _without_wishes(problem)
        self.problem = problem
        self._graph: LemonGraph | None = None
        self._givers = self._takers = np.zeros(0, dtype=np.int64)

    def solve(
        self,
        *,
        supply_t: Mapping[str, float] | Floats | None = None,
        demand_t: Mapping[str, float] | Floats | None = None,
        capacity_t: Mapping[str, float] | Floats | None = None,
        close: Iterable[str] = (),
    ) -> FlowResult:
        """Return the plan of the changed problem, as :func:`~scrapflow.routing.solve.solve` would.

        Parameters are those of :meth:`FlowProblem.change <scrapflow.routing.problem.FlowProblem.change>`; each call
        starts from the problem as it was given, not from the last change.
        """
        changed = self.problem.change(supply_t=supply_t, demand_t=demand_t, capacity_t=capacity_t, close=close)
        return self._run(changed)

    def _run(self, changed: FlowProblem) -> FlowResult:
        net, penalty = expand(changed.arrays), changed.unserved_cost_per_t
        giving, taking = np.flatnonzero(net.supply), np.flatnonzero(net.demand)
        if not (np.isin(giving, self._givers).all() and np.isin(taking, self._takers).all()):
            self._givers, self._takers = np.union1d(self._givers, giving), np.union1d(self._takers, taking)
            self._graph = None
        made = prepare(net, penalty=penalty, givers=self._givers, takers=self._takers)
        if self._graph is None:
            self._graph = LemonGraph(made.ints)
        else:
            self._graph.load(made.ints.balance, made.ints.capacity, made.ints.cost)
        try:
            result = self._graph.solve()
        except InfeasibleError:
            cut = self._graph.cut()[: net.size]
            self._graph = None
            return FlowResult(changed, net, None, Status.FAILED, Termination.INFEASIBLE, cut=cut)
        # The graph will be solved again, so potentials are made by a new solve when prices are asked for.
        solution = read_back(made, replace(result, potentials=None))
        return FlowResult(
            changed, net, solution, Status.OPTIMAL, Termination.OPTIMAL, parts=[Part(net, solution, penalty)]
        )


@dataclass(frozen=True, eq=False)
class Batch:
    """Plans of K cases as arrays.

    Attributes
    ----------
    cost, moved_t, served
        (K) cost, tonnes moved, and whether min(supply, demand) was moved.
    flow_t
        (K, P, m) tonnes on the links; None if not kept.
    """

    cost: Floats
    moved_t: Floats
    served: NDArray[np.bool_]
    flow_t: Floats | None

    def __len__(self) -> int:
        return len(self.cost)


def solve_batch(
    flow_problem: FlowProblem,
    *,
    supply_t: Floats | None = None,
    demand_t: Floats | None = None,
    capacity_t: Floats | None = None,
    close: Sequence[Iterable[str]] | None = None,
    keep_flows: bool = True,
) -> Batch:
    """Solve many cases of one problem in a row, each from the last one's basis.

    Parameters
    ----------
    flow_problem
        The problem all cases start from; without shares, priorities, lower bounds and negative costs.
    supply_t, demand_t
        (K, n) or (K, P, n) tonnes of each case, in the order of ``flow_problem.arrays.nodes``.
    capacity_t
        (K, m) or (K, P, m) capacities of each case.
    close
        K collections of links that are closed in all periods.
    keep_flows
        Whether to keep the flows of all cases.

    Raises
    ------
    ProblemError
        If values are NaN or negative, or the problem has what a batch cannot hold.
    ValueError
        If the numbers of cases differ, or there is nothing to change.

    Examples
    --------
    >>> import pandas as pd
    >>> from scrapflow.routing import FlowProblem
    >>> nodes = pd.DataFrame({"node_id": ["a", "b"], "supply_t": [5, 0], "demand_t": [0, 4]})
    >>> links = pd.DataFrame(
    ...     {"link_id": ["ab"], "from_node_id": ["a"], "to_node_id": ["b"], "capacity_t": [9], "cost_per_t": [1.5]}
    ... )
    >>> solve_batch(FlowProblem(nodes, links), supply_t=np.array([[1.0, 0], [3, 0], [7, 0]])).cost.tolist()
    [1.5, 4.5, 6.0]
    """
    a = flow_problem.arrays
    _without_wishes(flow_problem)
    if a.lower.any() or (a.cost < 0).any():
        text = "a batch takes no lower bounds and no negative costs; use Solver"
        raise ProblemError([problem("links", "", "lower_t", text)], what="the batch")
    cases = {len(v) for v in (supply_t, demand_t, capacity_t, close) if v is not None}
    if len(cases) != 1:
        text = f"the changes must all have one number of cases, not {sorted(cases) or 'none'}"
        raise ValueError(text)
    count = cases.pop()
    supply, demand = (_stack(count, given, old) for given, old in ((supply_t, a.supply), (demand_t, a.demand)))
    capacity = None if capacity_t is None and close is None else _capacities(count, flow_problem, capacity_t, close)
    return _run_batch(flow_problem, supply, demand, capacity, keep_flows=keep_flows)


def _without_wishes(flow_problem: FlowProblem) -> None:
    """Refuse shares and priorities."""
    if flow_problem.arrays.share is not None or flow_problem.arrays.priority is not None:
        text = "a problem with shares or priorities cannot be solved again from its last basis; use solve"
        raise ProblemError([problem("problem", "", "shares", text)], what="the flow problem")


def _stack(count: int, given: Floats | None, old: Floats) -> Floats:
    """Return the values of all cases, (K, P * n)."""
    if given is None:
        return np.broadcast_to(old.ravel(), (count, old.size))
    value = np.asarray(given, dtype=np.float64).reshape(count, -1)
    if value.shape[1] != old.size:
        text = f"each case needs {old.size} values, not {value.shape[1]}"
        raise ValueError(text)
    if not (value >= 0).all() or not np.isfinite(value).all():
        text = "a value of the batch is NaN, negative or without end"
        raise ProblemError([problem("nodes", "", "", text)], what="the batch")
    return value


def _capacities(
    count: int, flow_problem: FlowProblem, given: Floats | None, close: Sequence[Iterable[str]] | None
) -> Floats:
    """Return the capacities of all cases, (K, P * m)."""
    a = flow_problem.arrays
    value = np.tile(a.capacity.ravel(), (count, 1))
    if given is not None:
        value = np.asarray(given, dtype=np.float64).reshape(count, -1).copy()
        if value.shape[1] != a.capacity.size or not (value >= 0).all():
            text = f"each case needs {a.capacity.size} capacities ≥ 0"
            raise ProblemError([problem("links", "", "capacity_t", text)], what="the batch")
    for k, links in enumerate(close or ()):
        at = a.links.get_indexer(pd.Index(list(links), dtype=object))
        if (at < 0).any():
            names = [str(link) for link, i in zip(links, at, strict=False) if i < 0]
            hints = [did_you_mean(n, a.links, "name a link of the problem") for n in names]
            raise ProblemError(
                [problem("links", n, "link_id", f"unknown link; {hint}") for n, hint in zip(names, hints, strict=True)],
                what="the batch",
            )
        value[k].reshape(len(a.periods), -1)[:, at] = 0.0
    return value


@dataclass(frozen=True, eq=False)
class _Cases:
    """All cases of a batch in the units of one tonnage scale."""

    offered: Ints
    """(K, givers) units."""
    wanted: Ints
    """(K, takers) units."""
    limits: Ints | None
    """(K, P * m) units where capacities vary."""
    fixed: Ints
    """(A) units of the arcs as they are."""
    scale: Scale


def _run_batch(
    flow_problem: FlowProblem, supply: Floats, demand: Floats, capacity: Floats | None, *, keep_flows: bool
) -> Batch:
    """Solve all cases on one graph."""
    a = flow_problem.arrays
    most = float(np.minimum(supply.sum(axis=1), demand.sum(axis=1)).max(initial=0.0))
    shape = a.supply.shape
    top = {"supply": supply.max(axis=0).reshape(shape), "demand": demand.max(axis=0).reshape(shape)}
    net = expand(replace(a, **top))
    givers, takers = np.flatnonzero(net.supply), np.flatnonzero(net.demand)
    made = prepare(net, penalty=flow_problem.unserved_cost_per_t, givers=givers, takers=takers)
    cases = _scaled(net, np.minimum(supply[:, givers], most), np.minimum(demand[:, takers], most), capacity, most)
    flow, rest = _solve_cases(made, cases, keep_flows=keep_flows)
    k = cases.scale.factor
    slack = 0 if cases.scale.exact else len(made.ints.tail)
    served = np.minimum(rest[:, 0], rest[:, 1]) <= slack
    moved = (cases.offered.sum(axis=1) - rest[:, 0]) / k
    kept = None if flow is None else flow[:, : net.links].reshape(len(supply), *a.capacity.shape) / k
    return Batch(rest[:, 2] / k, moved, served, kept)


def _scaled(net: Net, offered: Floats, wanted: Floats, capacity: Floats | None, most: float) -> _Cases:
    """Return the cases in units of a scale that fits them all."""
    limits = None if capacity is None else np.minimum(capacity, most)
    fixed = np.minimum(net.capacity, most)
    largest = max(float(v.sum(axis=1).max(initial=0.0)) for v in (offered, wanted))
    varied = [] if limits is None else [limits.ravel()]
    scale = tonnage_scale([offered.ravel(), wanted.ravel(), fixed, *varied], most, largest)
    ints = [np.rint(v * scale.factor).astype(np.int64) for v in (offered, wanted, fixed)]
    units = None if limits is None else np.rint(limits * scale.factor).astype(np.int64)
    return _Cases(ints[0], ints[1], units, ints[2], scale)


def _solve_cases(made: Prepared, cases: _Cases, *, keep_flows: bool) -> tuple[Ints | None, Floats]:
    """Return the flows (K, A), if kept, and what is left, what is short and the cost of each case (K, 3)."""
    net, givers, takers = made.net, made.givers, made.takers
    count, arcs, first = len(cases.offered), len(net.tail), len(net.tail) + len(givers)
    flows = np.zeros((count, arcs), dtype=np.int64) if keep_flows else None
    told = np.zeros((count, 3))
    limit, balance = made.ints.capacity.copy(), np.zeros(net.size + 1, dtype=np.int64)
    limit[:arcs] = cases.fixed
    graph: LemonGraph | None = None
    for k in range(count):
        give, take = cases.offered[k], cases.wanted[k]
        if cases.limits is not None:
            limit[: net.links] = cases.limits[k]
        limit[arcs:first], limit[first:] = give, take
        balance[:] = 0
        balance[givers] = give
        balance[takers] -= take
        balance[-1] = take.sum() - give.sum()
        if graph is None:
            graph = LemonGraph(replace(made.ints, balance=balance, capacity=limit))
            flow = graph.solve().flow
            graph.quicken()
        else:
            graph.load(balance, limit)
            flow = graph.solve().flow
        told[k] = flow[arcs:first].sum(), flow[first:].sum(), flow[:arcs] @ net.cost
        if flows is not None:
            flows[k] = flow[:arcs]
    return flows, told
