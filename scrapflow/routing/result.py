"""What a solve found, told in rows: flows, what was not moved and why, stocks, shadow prices, paths."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrapflow.routing.reasons import explain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrapflow.routing.periods import Net
    from scrapflow.routing.problem import FlowProblem
    from scrapflow.routing.simplex import Solution

    Ints = NDArray[np.int64]


class Status(StrEnum):
    """Whether there is a plan."""

    OPTIMAL = "optimal"
    FAILED = "failed"


class Termination(StrEnum):
    """Why the solver stopped."""

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    """Lower bounds of links cannot be met; ``FlowResult.conflict`` names the links of the cut."""
    LIMIT = "limit"
    """A limit of time or iterations was reached before the optimum was proven."""


class FlowResult:
    """The plan that moves the most tonnes at the least cost, or the reason why there is none.

    Frames are made on first access. They have exactly the columns named here; where the problem names its periods (a
    column ``period`` or the argument ``periods``) the column ``period`` comes first.

    Attributes
    ----------
    status, termination
        Whether there is a plan and why the solver stopped.
    cost
        Σ tonnes × cost of links (and of storage), in float64, without any penalty; NaN if the solve failed.
    moved_t
        Tonnes moved from supply to demand.
    served
        True when min(total supply, total demand) was moved.
    tonnage_error_t, cost_error
        What rounding to integers may have done, at most: to any tonnage, and to the cost of a tonne's path. 0.0 = exact.
    """

    def __init__(
        self,
        problem: FlowProblem,
        net: Net,
        found: Solution | None,
        status: Status,
        termination: Termination,
        *,
        cut: NDArray[np.bool_] | None = None,
    ) -> None:
        self.problem = problem
        self.status = status
        self.termination = termination
        self._net = net
        self._found = found
        self._cut = cut
        self.cost = float("nan")
        self.moved_t = 0.0
        self.served = False
        self.tonnage_error_t = self.cost_error = 0.0
        if found is not None:
            self.cost = float((found.flow * net.cost).sum())
            self.moved_t = float((net.supply - found.left).sum())
            self.served = not (found.left.any() and found.short.any())
            self.tonnage_error_t, self.cost_error = found.tolerance_t, found.cost_error

    @cached_property
    def flows(self) -> pd.DataFrame:
        """``link_id, tonnage_t`` of every link in input order, by period."""
        if self._found is None:
            return self._by_period(np.zeros(0, dtype=np.int64), {"link_id": [], "tonnage_t": np.zeros(0)})
        a = self.problem.arrays
        m, links = len(a.link_ids), self._net.links
        ids: Any = self.problem.links["link_id"].array
        if len(ids) != m or len(a.periods) > 1:
            ids = pd.array(a.link_ids).take(np.tile(np.arange(m), len(a.periods)))
        columns = {"link_id": ids, "tonnage_t": self._found.flow[:links]}
        return self._by_period(np.arange(links) // max(1, m), columns)

    @cached_property
    def unserved(self) -> pd.DataFrame:
        """``node_id, side, tonnage_t, reason, links``: what was not moved (side supply) or not received (demand).

        ``links`` is a tuple of the links of the cut where ``reason`` is ``capacity``, else empty; a yard whose storage is
        part of the cut appears as ``storage:NODE_ID``.
        """
        rows: dict[str, list[Any]] = {k: [] for k in ("node_id", "side", "tonnage_t", "reason", "links")}
        period: list[Ints] = [np.zeros(0, dtype=np.int64)]
        a = self.problem.arrays
        for side in ("supply", "demand") if self._found is not None else ():
            assert self._found is not None
            rest = self._found.left if side == "supply" else self._found.short
            if not rest.any():
                continue
            nodes, reasons, cuts = explain(self._net, self._found, side)
            endless = np.isinf((a.supply if side == "supply" else a.demand).ravel()[nodes])
            kept = [i for i, end in enumerate(endless) if not end]
            rows["node_id"] += [a.node_ids[nodes[i] % len(a.node_ids)] for i in kept]
            rows["side"] += [side] * len(kept)
            rows["tonnage_t"] += [float(rest[nodes[i]]) for i in kept]
            rows["reason"] += [str(reasons[i]) for i in kept]
            rows["links"] += [self._arc_names(cuts[i]) for i in kept]
            period.append(nodes[~endless] // max(1, len(a.node_ids)))
        when = np.concatenate(period)
        frame = self._by_period(when, rows).astype({"tonnage_t": "float64"})
        return frame.iloc[np.argsort(when, kind="stable")].reset_index(drop=True)

    @cached_property
    def stocks(self) -> pd.DataFrame:
        """``period, node_id, tonnage_t``: what a node with storage keeps at the end of a period for a later one."""
        a = self.problem.arrays
        q, n = len(a.store), len(a.periods)
        kept = np.zeros((n, q))
        if self._found is not None and n > 1 and q:
            kept[:-1] = self._found.flow[self._net.links : self._net.links + (n - 1) * q].reshape(n - 1, q)
        return pd.DataFrame(
            {
                "period": pd.array(np.repeat(np.array(a.periods, dtype=object), q), dtype="str"),
                "node_id": np.tile(a.node_ids[a.store], n),
                "tonnage_t": kept.ravel(),
            }
        )

    @property
    def conflict(self) -> tuple[str, ...]:
        """Links of the cut that makes the lower bounds infeasible; empty unless the solve failed so."""
        if self._cut is None:
            return ()
        net, inside = self._net, self._cut[: self._net.size]
        bound = (net.lower > 0) & (inside[net.tail] | inside[net.head])
        return self._arc_names(np.flatnonzero((inside[net.tail] != inside[net.head]) | bound))

    def _arc_names(self, arcs: Ints) -> tuple[str, ...]:
        """Return the links of some arcs, each once, in input order, storage last."""
        a, links = self.problem.arrays, self._net.links
        here = np.unique(arcs[arcs < links] % max(1, len(a.link_ids)))
        kept = np.unique((arcs[arcs >= links] - links) % max(1, len(a.store)))
        return (*(a.link_ids[here]), *(f"storage:{a.node_ids[a.store[i]]}" for i in kept))

    def _by_period(self, when: Ints, columns: dict[str, Any]) -> pd.DataFrame:
        """Return a frame, with the column ``period`` first if there are several."""
        if not self.problem.multi_period:
            return pd.DataFrame(columns, copy=False)
        labels = pd.array(np.array(self.problem.periods, dtype=object), dtype="str").take(when)
        return pd.DataFrame({"period": labels, **columns})

    def __repr__(self) -> str:
        return (
            f"<FlowResult: {self.status}, {self.moved_t:g} t moved at cost {self.cost:g}, "
            f"{'all' if self.served else 'not all'} served>"
        )
